package main

import (
	"context"
	"crypto/rand"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"os"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/examples/internal/standin"
)

//go:embed templates static
var files embed.FS

// site is the application.
type site struct {
	auth *auth.Auth
	// url is where browsers reach the site.
	url       *url.URL
	templates *template.Template
	// policy is the Content-Security-Policy of the pages.
	policy string
}

func newSite(ctx context.Context, address string) (*site, error) {
	store := memory.New()
	openID, err := standin.OpenID(ctx, address)
	if err != nil {
		return nil, err
	}
	password, err := standin.Password(ctx, store)
	if err != nil {
		return nil, err
	}
	s := &site{
		// A form may lead to the site itself, and from there to a provider.
		policy: "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' https: " + openID.Issuer +
			"; frame-ancestors 'none'; base-uri 'none'",
	}
	if s.url, err = url.Parse(address); err != nil {
		return nil, err
	}
	if s.templates, err = template.ParseFS(files, "templates/*.html"); err != nil {
		return nil, err
	}
	s.auth, err = auth.New(auth.Config{
		URL:       address,
		Secrets:   []string{rand.Text() + rand.Text()}, // sessions end with the program
		Adapter:   store,
		Providers: []auth.Provider{openID, standin.Email(os.Stdout), password},
		Pages: auth.Pages{
			SignIn:        "/signin",
			SignOut:       "/signout",
			Error:         "/error",
			VerifyRequest: "/check-mail",
			NewUser:       "/welcome",
		},
	})
	return s, err
}

// handler returns the API of Gatehouse and the pages around it.
func (s *site) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", s.auth)
	mux.Handle("GET /signin", s.auth.Load(http.HandlerFunc(s.signIn)))
	mux.Handle("GET /signout", s.auth.Load(http.HandlerFunc(s.signOut)))
	mux.HandleFunc("GET /error", s.errorPage)
	mux.HandleFunc("GET /check-mail", s.checkMail)
	mux.Handle("GET /welcome", s.auth.Require(http.HandlerFunc(s.welcome)))
	mux.Handle("GET /{$}", s.auth.Load(http.HandlerFunc(s.home)))
	mux.Handle("GET /private", s.auth.Require(http.HandlerFunc(s.private)))
	mux.Handle("GET /static/", http.FileServerFS(files))
	return s.secure(mux)
}

// secure sets the headers of every page.
func (s *site) secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", s.policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cache-Control", "private, no-store")
		next.ServeHTTP(w, r)
	})
}
