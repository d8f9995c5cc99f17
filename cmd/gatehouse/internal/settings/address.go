package settings

import (
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/loopback"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// BaseURL is the address of the API of a site, which has been checked: its path,
// or /api/auth without one. An address without a scheme means https.
func BaseURL(site string) string {
	if !strings.Contains(site, "://") {
		site = "https://" + site
	}
	u, err := url.Parse(strings.TrimSuffix(site, "/"))
	if err != nil {
		return site
	}
	if u.Path == "" {
		u.Path = "/api/auth"
	}
	return u.String()
}

// BaseURLs are the addresses of the API. There is none when any host is believed.
func (s *Settings) BaseURLs() []string {
	if s.Config.URL != "" {
		return []string{BaseURL(s.Config.URL)}
	}
	var all []string
	for _, host := range s.Config.AllowedHosts {
		if u, err := url.Parse("//" + host); err == nil && !strings.Contains(host, "://") && loopback.Is(u.Hostname()) {
			host = "http://" + host
		}
		all = append(all, BaseURL(host))
	}
	return all
}

// Way is a way to sign in, for people.
type Way struct {
	ID, Name string
	// Callback says that the address <base>/callback/<ID> has to be registered
	// at the provider.
	Callback bool
	// By is what delivers the mails.
	By string
}

// Ways are the ways to sign in, in the order of the sign-in page.
func (s *Settings) Ways() []Way {
	var all []Way
	for _, p := range s.Config.Providers {
		switch p := p.(type) {
		case auth.OAuthProvider:
			all = append(all, Way{ID: p.ID, Name: p.Name, Callback: true})
		case auth.EmailProvider:
			d, _ := providers.Find(p.ID)
			all = append(all, Way{ID: p.ID, Name: d.Name, By: sentBy(p.Sender)})
		}
	}
	return all
}

// Sessions says where sessions live.
func (s *Settings) Sessions() auth.SessionStrategy {
	switch {
	case s.Config.Session.Strategy != "":
		return s.Config.Session.Strategy
	case s.Database != nil:
		return auth.StrategyDatabase
	}
	return auth.StrategyJWT
}
