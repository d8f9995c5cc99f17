package demo

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// site is what the visitor comes to see.
type site struct {
	signIn      *signIn
	inbox       *inbox
	pages       *pages
	providerURL string
}

// handler returns the whole site: the API and its pages below /api/auth/, and
// the demo's own pages around them.
func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", s.signIn)
	mux.Handle("GET /{$}", s.signIn.Load(http.HandlerFunc(s.home)))
	mux.Handle("GET /private", s.signIn.Require(http.HandlerFunc(s.private)))
	mux.HandleFunc("GET /inbox", s.inboxPage)
	s.pages.handleFiles(mux)
	mux.HandleFunc("/", s.notFound)
	return mux
}

// homeView is what the home page shows.
type homeView struct {
	// Who is signed in; nil when nobody is.
	Who *visitor
	// CSRFToken is for the form that signs out.
	CSRFToken string
	Mails     int
	Users     []User
	People    []Person
	// ProviderURL is the address of the OpenID provider.
	ProviderURL string
	// SignInURL leads to the sign-in page and from there back home.
	SignInURL string
}

// visitor describes somebody who is signed in.
type visitor struct {
	// Name is the mail address when there is no name.
	Name string
	// Way is the name of the provider.
	Way     string
	Session *auth.Session
	// JSON is what GET /session answers.
	JSON string
}

// home shows who is signed in and what to try.
func (s *site) home(w http.ResponseWriter, r *http.Request) {
	view := homeView{
		Mails:       len(s.inbox.all()),
		Users:       Users(),
		People:      People(),
		ProviderURL: s.providerURL,
		SignInURL:   "/api/auth/signin?callbackUrl=%2F",
	}
	if session := auth.FromContext(r.Context()); session != nil {
		who, err := s.describe(session)
		if err != nil {
			http.Error(w, "The session cannot be shown.", http.StatusInternalServerError)
			return
		}
		view.Who, view.CSRFToken = who, s.signIn.CSRFToken(w, r)
	}
	s.pages.write(w, http.StatusOK, "home.html", "Gatehouse demo", view)
}

// private is for people who are signed in: s.handler guards it.
func (s *site) private(w http.ResponseWriter, r *http.Request) {
	who, err := s.describe(auth.FromContext(r.Context()))
	if err != nil {
		http.Error(w, "The session cannot be shown.", http.StatusInternalServerError)
		return
	}
	s.pages.write(w, http.StatusOK, "private.html", "Guarded page", who)
}

func (s *site) notFound(w http.ResponseWriter, _ *http.Request) {
	s.pages.write(w, http.StatusNotFound, "notfound.html", "Not found", nil)
}

func (s *site) describe(session *auth.Session) (*visitor, error) {
	body, err := json.MarshalIndent(session, "", "  ")
	if err != nil {
		return nil, err
	}
	return &visitor{
		Name:    cmp.Or(session.User.Name, session.User.Email),
		Way:     s.signIn.ways.of(session),
		Session: session,
		JSON:    string(body),
	}, nil
}
