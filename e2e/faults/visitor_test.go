package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// person is somebody who signs in, always in the same way.
type person struct {
	// subject is the id at the provider, and address that of a mailbox. One of
	// them is empty.
	subject, address string

	mu sync.Mutex
	id string // of the user, once a sign-in was answered
	// tokens are the sessions that were answered. unanswered counts sign-ins
	// without an answer, and burnt those of them whose mailed link was gone
	// afterwards.
	tokens            []string
	unanswered, burnt int
}

func (p *person) String() string { return p.subject + p.address }

// signedIn notes an answered sign-in: it is always the same user.
func (p *person) signedIn(token, id string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.id == "" {
		p.id = id
	}
	p.tokens = append(p.tokens, token)
	if p.id != id {
		return fmt.Errorf("%v was user %s and is now user %s", p, p.id, id)
	}
	return nil
}

func (p *person) count(what *int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*what++
}

// crowd is the people who sign in at one server.
type crowd struct {
	world *world
	site  string
	// databaseFails says that the database may be away while the server runs.
	// The server then may say so, in any way but those that people are not to
	// get.
	databaseFails bool

	mu     sync.Mutex
	people []*person
	// shared are people who sign in from several browsers at once.
	shared []*person

	over                        atomic.Bool
	answered, unanswered, burnt atomic.Int64
}

// newcomer is a new person.
func (c *crowd) newcomer(mail bool) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := &person{}
	if mail {
		p.address = fmt.Sprintf("mail-%d@mailbox.example", len(c.people))
	} else {
		p.subject = fmt.Sprintf("person-%d", len(c.people))
	}
	c.people = append(c.people, p)
	return p
}

// everybodys is a person with a provider whom several visitors are at about the
// same time.
func (c *crowd) everybodys() *person {
	c.mu.Lock()
	p := (*person)(nil)
	if n := len(c.shared); n > 0 && rand.N(4) > 0 {
		p = c.shared[n-1]
	}
	c.mu.Unlock()
	if p == nil {
		p = c.newcomer(false)
		c.mu.Lock()
		c.shared = append(c.shared, p)
		c.mu.Unlock()
	}
	return p
}

// visit signs people in until the crowd goes home. It returns what must not happen.
func (c *crowd) visit(ctx context.Context) error {
	var mine []*person
	for !c.over.Load() && ctx.Err() == nil {
		var p *person
		switch dice := rand.N(20); {
		case dice < 6:
			p = c.newcomer(false)
			mine = append(mine, p)
		case dice < 11:
			p = c.newcomer(true)
			mine = append(mine, p)
		case dice < 14:
			p = c.everybodys()
		case len(mine) > 0:
			p = mine[rand.N(len(mine))]
		default:
			continue
		}
		if err := c.signIn(ctx, p); err != nil && !errors.Is(err, errUnanswered) {
			return fmt.Errorf("%v: %w", p, err)
		}
	}
	return nil
}

// signIn tries once to sign a person in. The error wraps errUnanswered when what
// ends at random had to do with it.
func (c *crowd) signIn(ctx context.Context, p *person) error {
	b := newBrowser(c.site)
	var token string
	var err error
	if p.subject != "" {
		token, err = c.byProvider(ctx, b, p)
	} else {
		token, err = c.byMail(ctx, b, p)
	}
	if err != nil {
		return err
	}
	// The answer is there: the session has to be as well, from now on.
	id, err := c.ask(ctx, token)
	if err != nil {
		return err
	}
	c.answered.Add(1)
	return p.signedIn(token, id)
}

// ask asks for a session until there is an answer.
func (c *crowd) ask(ctx context.Context, token string) (id string, err error) {
	for {
		id, err = owner(ctx, c.site, token)
		if !errors.Is(err, errUnanswered) || ctx.Err() != nil {
			return id, err
		}
		c.breathe()
	}
}

// refused is the error for an answer that has no session. The database explains
// some of them when it may fail, but never that somebody else has the address.
func (c *crowd) refused(p *page) error {
	code := p.errorCode()
	if c.databaseFails && code != "OAuthAccountNotLinked" && code != "AccessDenied" && code != "" {
		return fmt.Errorf("%w: error=%s", errUnanswered, code)
	}
	return fmt.Errorf("status %d, leads to %q: %s", p.status, p.location, p.body)
}

// breathe keeps visitors from taking the time that a database needs to start.
func (c *crowd) breathe() {
	if c.databaseFails {
		time.Sleep(10*time.Millisecond + rand.N(40*time.Millisecond))
	}
}

func (c *crowd) byProvider(ctx context.Context, b *browser, p *person) (token string, err error) {
	started, err := b.post(ctx, "/signin/op", url.Values{"login_hint": {p.subject}})
	if err != nil {
		return "", err
	}
	if started.errorCode() != "" {
		return "", c.refused(started)
	}
	back, err := b.do(ctx, started.location+"&login_hint="+p.subject, nil)
	if err != nil {
		return "", err
	}
	return c.open(ctx, b, p, back.location)
}

// open opens the address of a callback and returns the session.
func (c *crowd) open(ctx context.Context, b *browser, p *person, address string) (token string, err error) {
	arrived, err := b.do(ctx, address, nil)
	if err == nil && b.token() == "" {
		err = c.refused(arrived)
		if p.address != "" && arrived.errorCode() == "Verification" {
			err = errLinkGone
		}
	}
	if errors.Is(err, errUnanswered) {
		c.unanswered.Add(1)
		p.count(&p.unanswered)
		c.breathe()
	}
	return b.token(), err
}

// errLinkGone says that a mailed link is of no use.
var errLinkGone = errors.New("the link is gone")

// byMail asks for a link and opens it, again and again while there is no answer.
// A link may be gone only after an attempt whose answer was lost.
func (c *crowd) byMail(ctx context.Context, b *browser, p *person) (token string, err error) {
	asked, err := b.post(ctx, "/signin/email", url.Values{"email": {p.address}})
	if err != nil {
		return "", err
	}
	if asked.errorCode() != "" {
		return "", c.refused(asked)
	}
	link := c.world.link(p.address)
	for first := true; ; first = false {
		token, err = c.open(ctx, b, p, link)
		switch {
		case errors.Is(err, errLinkGone) && first:
			return "", err
		case errors.Is(err, errLinkGone):
			c.burnt.Add(1)
			p.count(&p.burnt)
			return "", fmt.Errorf("%w: it went with the answer", errUnanswered)
		case !errors.Is(err, errUnanswered) || ctx.Err() != nil:
			return token, err
		}
	}
}
