package faults_test

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// checkStore looks for what is half done while people sign in. A store that cannot
// be read at one moment is read again when something seems to be wrong.
func checkStore(t *testing.T, s store) *contents {
	t.Helper()
	var c *contents
	var err error
	for try := range 4 {
		if try > 0 {
			time.Sleep(100 * time.Millisecond)
		}
		if c, err = s.read(t.Context()); err == nil && len(c.problems()) == 0 {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range c.problems() {
		t.Error(problem)
	}
	if file, ok := s.(*sqlStore); ok {
		if err := file.integrity(t.Context()); err != nil {
			t.Error(err)
		}
	}
	return c
}

// checkPeople compares what people were answered with what is stored.
func (c *crowd) checkPeople(t *testing.T, stored *contents) {
	t.Helper()
	byEmail := map[string]string{}
	for id, user := range stored.users {
		byEmail[user.email] = id
	}
	for _, p := range c.people {
		if err := p.check(stored, byEmail); err != nil {
			t.Errorf("%v: %v", p, err)
		}
	}
}

func (p *person) check(stored *contents, byEmail map[string]string) error {
	id := byEmail[p.address]
	if p.subject != "" {
		id = byEmail[addressOf(p.subject)]
		if owner := stored.accounts[p.subject]; owner != id {
			return fmt.Errorf("the account belongs to user %q, and the address to user %q", owner, id)
		}
	}
	if p.id != "" && p.id != id {
		return fmt.Errorf("user %q is stored, but the visitor signed in as user %q", id, p.id)
	}
	sessions, least, most := stored.sessions[id], len(p.tokens), len(p.tokens)+p.unanswered
	if p.address != "" {
		// A link that is gone has made a session, whether or not the answer arrived.
		least += p.burnt
		most = least
	}
	if sessions < least || sessions > most {
		return fmt.Errorf("%d sessions are stored, want %d to %d: %d were answered, %d attempts were not, %d links went with the answer",
			sessions, least, most, len(p.tokens), p.unanswered, p.burnt)
	}
	return nil
}

// checkSessions uses every session that was answered.
func (c *crowd) checkSessions(t *testing.T) {
	t.Helper()
	c.forEach(t, func(ctx context.Context, p *person) error {
		for i, token := range p.tokens {
			id, err := c.ask(ctx, token)
			if err != nil {
				return fmt.Errorf("session %d: %w", i, err)
			}
			if id != p.id {
				return fmt.Errorf("session %d is of user %q, want %q", i, id, p.id)
			}
		}
		return nil
	})
}

// checkReturns has people sign in once more: all those who were interrupted, and
// some others.
func (c *crowd) checkReturns(t *testing.T) {
	t.Helper()
	others := 0
	c.forEach(t, func(ctx context.Context, p *person) error {
		if p.unanswered == 0 {
			if others++; others > 20 {
				return nil
			}
		}
		return c.signIn(ctx, p)
	})
}

// forEach calls f for one person after the other.
func (c *crowd) forEach(t *testing.T, f func(ctx context.Context, p *person) error) {
	t.Helper()
	for _, p := range c.people {
		if err := f(t.Context(), p); err != nil {
			t.Errorf("%v: %v", p, err)
		}
	}
}
