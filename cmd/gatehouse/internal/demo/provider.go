package demo

import (
	"crypto/rand"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// client is how the site is registered at the OpenID provider.
type client struct {
	// name is the provider's id at the site.
	name       string
	issuer     string
	id, secret string
}

// provider is an OpenID provider with a page on which the visitor chooses who to
// be. It stands for the providers that real sites use.
type provider struct {
	*fakeop.Provider
	client client
	// siteURL is the address of the site that sends people here.
	siteURL string
	people  []fakeop.User
	pages   *pages
}

func newProvider(issuer, siteURL string, pages *pages) *provider {
	p := &provider{
		client:  client{name: "demo-id", issuer: issuer, id: "gatehouse-demo", secret: rand.Text() + rand.Text()},
		siteURL: siteURL,
		pages:   pages,
	}
	for _, person := range People() {
		p.people = append(p.people, fakeop.User{
			Subject: person.Subject,
			Claims:  map[string]any{"name": person.Name, "email": person.Email, "email_verified": true},
		})
	}
	p.Provider = fakeop.New(fakeop.Config{
		Issuer: issuer,
		Clients: []fakeop.Client{{
			ID:           p.client.id,
			Secret:       p.client.secret,
			RedirectURIs: []string{siteURL + "/api/auth/callback/" + p.client.name},
		}},
		Users:           p.people,
		RequirePKCE:     true,
		IssuerParameter: true,
		Consent:         p.consent,
	})
	return p
}

// Person is somebody who has an account at the OpenID provider.
type Person struct {
	Subject string
	Name    string
	Email   string
}

// People returns who has an account at the OpenID provider.
func People() []Person {
	return []Person{
		{Subject: "1918", Name: "Katherine Johnson", Email: "katherine@example.com"},
		{Subject: "1912", Name: "Alan Turing", Email: "alan@example.com"},
	}
}

// handler returns the provider's endpoints and its page. A page of another site
// cannot press the buttons.
func (p *provider) handler() http.Handler {
	mux := http.NewServeMux()
	p.pages.handleFiles(mux)
	mux.Handle("/", http.NewCrossOriginProtection().Handler(p.Provider))
	return mux
}

// consentView is what the page of the provider shows.
type consentView struct {
	// Client is the address of the site that asks.
	Client string
	People []Person
	// Unclear says that the last answer was none of those offered.
	Unclear bool
}

// consent asks the visitor who to be and whether the site may know.
func (p *provider) consent(w http.ResponseWriter, r *http.Request, a fakeop.AuthorizationRequest) {
	view := consentView{Client: p.siteURL, People: People()}
	if r.Method == http.MethodPost {
		choice := r.PostFormValue("continue-as")
		if r.PostForm.Has("cancel") {
			p.Deny(w, r, a)
			return
		}
		for _, u := range p.people {
			if u.Subject == choice {
				p.Approve(w, r, a, u)
				return
			}
		}
		view.Unclear = true
	}
	p.pages.write(w, http.StatusOK, "consent.html", "Demo ID", view)
}
