package main

import (
	"bytes"
	"log"
	"net/http"
	"path"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/pages"
)

// signIn shows every way to sign in. Gatehouse sends visitors here with the
// parameter callbackUrl, and error when an attempt has failed.
func (s *site) signIn(w http.ResponseWriter, r *http.Request) {
	back := s.back(r)
	if auth.FromContext(r.Context()) != nil {
		http.Redirect(w, r, back, http.StatusFound) //nolint:gosec // an address of this site
		return
	}
	s.render(w, http.StatusOK, "signin.html", struct {
		Alert, CallbackURL, CSRFToken string
		Providers                     []auth.ProviderInfo
	}{
		Alert:       signInAlert(r.FormValue("error")),
		CallbackURL: back,
		CSRFToken:   s.auth.CSRFToken(w, r),
		Providers:   s.auth.Providers(r),
	})
}

// back is where the visitor goes after signing in: the address in the parameter
// callbackUrl if it is one of this site, else the home page. Whoever made the
// link to the page chose that parameter. An address that leads here again would
// send a signed-in visitor round in circles.
func (s *site) back(r *http.Request) string {
	home := s.url.String()
	target, err := s.url.Parse(r.FormValue("callbackUrl"))
	if err != nil || target.Scheme != s.url.Scheme || target.Host != s.url.Host {
		return home
	}
	if p := path.Clean(target.Path); p == "/signin" || strings.HasPrefix(p, "/api/auth/") {
		return home
	}
	return target.String()
}

// signOut asks whether to sign out.
func (s *site) signOut(w http.ResponseWriter, r *http.Request) {
	session := auth.FromContext(r.Context())
	if session == nil {
		http.Redirect(w, r, "/", http.StatusFound)
		return
	}
	s.render(w, http.StatusOK, "signout.html", struct {
		User      *auth.SessionUser
		CSRFToken string
	}{session.User, s.auth.CSRFToken(w, r)})
}

// errorPage says what went wrong where trying again at once is of no use.
func (s *site) errorPage(w http.ResponseWriter, r *http.Request) {
	code := r.FormValue("error")
	s.render(w, pages.Status(code), "error.html", failureOf(code))
}

// checkMail is shown after a link was mailed.
func (s *site) checkMail(w http.ResponseWriter, _ *http.Request) {
	s.render(w, http.StatusOK, "check-mail.html", nil)
}

// welcome is shown once, after the first sign-in of a user.
func (s *site) welcome(w http.ResponseWriter, r *http.Request) {
	s.render(w, http.StatusOK, "welcome.html", struct {
		User *auth.SessionUser
		Back string
	}{auth.FromContext(r.Context()).User, s.back(r)})
}

// home is for everybody; its view is the session, or nil.
func (s *site) home(w http.ResponseWriter, r *http.Request) {
	s.render(w, http.StatusOK, "home.html", auth.FromContext(r.Context()))
}

// private is for people who are signed in.
func (s *site) private(w http.ResponseWriter, r *http.Request) {
	s.render(w, http.StatusOK, "private.html", auth.FromContext(r.Context()))
}

// render writes a page.
func (s *site) render(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := s.templates.ExecuteTemplate(&page, name, view); err != nil {
		log.Print(err)
		http.Error(w, "This page cannot be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	w.Write(page.Bytes())
}
