package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// scenario is the configuration of a server as the rig writes it.
type scenario struct {
	Name             string            `json:"name"`
	Secret           *string           `json:"secret"`
	NextAuthURL      string            `json:"nextauthUrl"`
	TrustHost        bool              `json:"trustHost"`
	UseSecureCookies *bool             `json:"useSecureCookies"`
	Session          sessionOptions    `json:"session"`
	JWT              jwtOptions        `json:"jwt"`
	Pages            pageOptions       `json:"pages"`
	Theme            themeOptions      `json:"theme"`
	Cookies          map[string]cookie `json:"cookies"`
	Logger           string            `json:"logger"`
	Adapter          *adapterOptions   `json:"adapter"`
	Seed             seed              `json:"seed"`
	Events           eventOptions      `json:"events"`
	Providers        []json.RawMessage `json:"providers"`
	Callbacks        callbackOptions   `json:"callbacks"`
	Debug            bool              `json:"debug"`
}

type sessionOptions struct {
	Strategy  string   `json:"strategy"`
	MaxAge    *float64 `json:"maxAge"`
	UpdateAge *float64 `json:"updateAge"`
}

type jwtOptions struct {
	Secret string   `json:"secret"`
	MaxAge *float64 `json:"maxAge"`
}

type pageOptions struct {
	SignIn        string `json:"signIn"`
	SignOut       string `json:"signOut"`
	Error         string `json:"error"`
	VerifyRequest string `json:"verifyRequest"`
	NewUser       string `json:"newUser"`
}

type themeOptions struct {
	ColorScheme string `json:"colorScheme"`
	BrandColor  string `json:"brandColor"`
	Logo        string `json:"logo"`
	ButtonText  string `json:"buttonText"`
}

type cookie struct {
	Name    string `json:"name"`
	Options struct {
		HTTPOnly bool     `json:"httpOnly"`
		SameSite string   `json:"sameSite"`
		Path     string   `json:"path"`
		Secure   bool     `json:"secure"`
		Domain   string   `json:"domain"`
		MaxAge   *float64 `json:"maxAge"`
	} `json:"options"`
}

type adapterOptions struct {
	Fail map[string]string `json:"fail"`
	Omit []string          `json:"omit"`
}

type eventOptions struct {
	Throw []string `json:"throw"`
}

// subject is a running scenario.
type subject struct {
	scenario scenario
	handler  http.Handler
	store    *adapter
	outbox   list[outboxMail]
	events   list[map[string]any]
	logs     list[map[string]any]
}

// newSubject builds what a scenario describes.
func newSubject(sc scenario) (*subject, error) {
	s := &subject{scenario: sc, store: &adapter{Adapter: memory.New()}}
	if err := s.seed(sc.Seed); err != nil {
		return nil, err
	}
	config, err := s.config()
	if err != nil {
		return nil, err
	}
	s.handler = auth.Misconfigured(config)
	if a, err := auth.New(config); err == nil && !sc.lacksMethods() {
		s.handler = a
	}
	return s, nil
}

// lacksMethods reports whether the scenario's adapter leaves out a method that
// an e-mail provider needs. An adapter of the library has them all, which the
// compiler checks.
func (sc scenario) lacksMethods() bool {
	if sc.Adapter == nil {
		return false
	}
	needed := func(method string) bool {
		return method == "createVerificationToken" || method == "useVerificationToken" || method == "getUserByEmail"
	}
	return slices.ContainsFunc(sc.Adapter.Omit, needed) &&
		slices.ContainsFunc(sc.Providers, func(p json.RawMessage) bool { return strings.Contains(string(p), `"email"`) })
}

// config is the library's configuration for the scenario.
func (s *subject) config() (auth.Config, error) {
	sc := s.scenario
	config := auth.Config{
		URL:                sc.NextAuthURL,
		DangerousTrustHost: sc.TrustHost,
		UseSecureCookies:   sc.UseSecureCookies,
		Pages:              auth.Pages(sc.Pages),
		Theme:              auth.Theme{ColorScheme: auth.ColorScheme(sc.Theme.ColorScheme), BrandColor: sc.Theme.BrandColor, Logo: sc.Theme.Logo, ButtonText: sc.Theme.ButtonText},
		Session: auth.SessionConfig{
			Strategy:  auth.SessionStrategy(sc.Session.Strategy),
			MaxAge:    seconds(sc.Session.MaxAge, time.Nanosecond),
			UpdateAge: seconds(sc.Session.UpdateAge, -1),
		},
		JWT:       auth.JWTConfig{MaxAge: seconds(sc.JWT.MaxAge, time.Nanosecond)},
		Callbacks: sc.Callbacks.build(sc.Adapter != nil),
		Events:    s.eventHandlers(),
		Logger:    s.logger(),
		Debug:     sc.Debug,
		StrictV4:  true,
	}
	if sc.Secret != nil {
		config.Secrets = []string{*sc.Secret}
	}
	if sc.JWT.Secret != "" {
		config.JWT.Secrets = []string{sc.JWT.Secret}
	}
	if sc.Adapter != nil {
		s.store.fail = sc.Adapter.Fail
		config.Adapter = s.store
	}
	config.Cookies = cookies(sc.Cookies)
	for _, raw := range sc.Providers {
		p, err := s.provider(raw)
		if err != nil {
			return config, err
		}
		config.Providers = append(config.Providers, p)
	}
	return config, nil
}

// seconds turns an optional number of seconds into a duration. The library takes
// zero for "not set"; ifZero says what a configured zero becomes.
func seconds(n *float64, ifZero time.Duration) time.Duration {
	switch {
	case n == nil:
		return 0
	case *n == 0:
		return ifZero
	}
	return time.Duration(*n * float64(time.Second))
}

// cookies are the configured cookies; an option that is given replaces all
// options of that cookie, as in NextAuth.js.
func cookies(configured map[string]cookie) auth.Cookies {
	var out auth.Cookies
	for key, target := range map[string]*auth.Cookie{
		"sessionToken": &out.SessionToken, "callbackUrl": &out.CallbackURL, "csrfToken": &out.CSRFToken,
		"pkceCodeVerifier": &out.PKCECodeVerifier, "state": &out.State, "nonce": &out.Nonce,
	} {
		c, ok := configured[key]
		if !ok {
			continue
		}
		secure := c.Options.Secure
		*target = auth.Cookie{
			Name: c.Name, Path: c.Options.Path, Domain: c.Options.Domain, Secure: &secure,
			InsecureScriptAccess: !c.Options.HTTPOnly, InsecureNoSameSite: c.Options.SameSite == "",
			SameSite: map[string]http.SameSite{"lax": http.SameSiteLaxMode, "strict": http.SameSiteStrictMode, "none": http.SameSiteNoneMode}[c.Options.SameSite],
			MaxAge:   seconds(c.Options.MaxAge, 0),
		}
	}
	return out
}

// moment is a time in a seed: ISO text or seconds from now.
type moment struct{ time.Time }

func (m *moment) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err == nil {
		m.Time, err = time.Parse(time.RFC3339, text)
		return err
	}
	var fromNow float64
	if err := json.Unmarshal(b, &fromNow); err != nil {
		return fmt.Errorf("a time is neither text nor a number: %w", err)
	}
	m.Time = time.Now().Add(time.Duration(fromNow * float64(time.Second)))
	return nil
}
