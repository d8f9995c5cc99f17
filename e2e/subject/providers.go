package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/mail"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// providerOptions are a provider of a scenario, of any kind.
type providerOptions struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name"`

	// credentials
	Fields json.RawMessage `json:"fields"`
	Users  []struct {
		Match map[string]any  `json:"match"`
		User  json.RawMessage `json:"user"`
	} `json:"users"`
	Throws []struct {
		Match   map[string]any `json:"match"`
		Message string         `json:"message"`
	} `json:"throws"`

	// email
	From      string   `json:"from"`
	MaxAge    *float64 `json:"maxAge"`
	Secret    string   `json:"secret"`
	LinkToken string   `json:"token"`
	Fail      any      `json:"fail"`
	Reject    bool     `json:"reject"`
	Normalize string   `json:"normalize"`

	// oauth and builtin
	oauthOptions
	Options       *oauthOptions   `json:"options"`
	ProfileMap    json.RawMessage `json:"profileMap"`
	ProfileThrows string          `json:"profileThrows"`
}

// oauthOptions are the options of NextAuth.js v4 that are data.
type oauthOptions struct {
	ID            string    `json:"id"`
	Name          string    `json:"name"`
	ClientID      string    `json:"clientId"`
	ClientSecret  *string   `json:"clientSecret"`
	WellKnown     string    `json:"wellKnown"`
	Issuer        string    `json:"issuer"`
	Authorization *endpoint `json:"authorization"`
	Token         *endpoint `json:"-"` // "token" is text for e-mail providers; see UnmarshalJSON
	Userinfo      *endpoint `json:"userinfo"`
	JWKS          string    `json:"jwks_endpoint"`
	Checks        any       `json:"checks"`
	Client        struct {
		TokenEndpointAuthMethod  string `json:"token_endpoint_auth_method"`
		IDTokenSignedResponseAlg string `json:"id_token_signed_response_alg"`
	} `json:"client"`
	IDToken     *bool `json:"idToken"`
	HTTPOptions struct {
		Timeout float64 `json:"timeout"`
	} `json:"httpOptions"`
	AllowDangerousEmailAccountLinking bool   `json:"allowDangerousEmailAccountLinking"`
	RequestTokenURL                   string `json:"requestTokenUrl"`
	AccessTokenURL                    string `json:"accessTokenUrl"`
	ProfileURL                        string `json:"profileUrl"`
}

// endpoint is a URL as text or {url, params}.
type endpoint struct {
	URL    string
	Params url.Values
}

func (e *endpoint) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var text string
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
		u, err := url.Parse(text)
		if err != nil {
			return err
		}
		e.Params = u.Query()
		u.RawQuery = ""
		e.URL = u.String()
		return nil
	}
	var object struct {
		URL    string         `json:"url"`
		Params map[string]any `json:"params"`
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	e.URL, e.Params = object.URL, url.Values{}
	for name, value := range object.Params {
		e.Params.Set(name, fmt.Sprint(value))
	}
	return nil
}

// provider builds a provider of the scenario.
func (s *subject) provider(raw json.RawMessage) (auth.Provider, error) {
	var o providerOptions
	if err := json.Unmarshal(raw, &o); err != nil {
		// An OAuth provider's "token" may be an object, an e-mail provider's
		// is text: read the rest without it.
		var members map[string]json.RawMessage
		if err := json.Unmarshal(raw, &members); err != nil {
			return nil, err
		}
		delete(members, "token")
		rest, err := json.Marshal(members)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(rest, &o); err != nil {
			return nil, err
		}
	}
	switch o.Kind {
	case "credentials":
		return o.credentials()
	case "email":
		return s.email(o), nil
	case "oauth":
		return o.oauth(raw)
	case "builtin":
		return o.builtin(raw)
	}
	return nil, fmt.Errorf("unknown kind of provider %q", o.Kind)
}

func (o providerOptions) credentials() (auth.Provider, error) {
	fields, err := orderedFields(o.Fields)
	if err != nil {
		return nil, err
	}
	return auth.CredentialsProvider{
		ID: o.ID, Name: o.Name, Fields: fields,
		Authorize: func(_ context.Context, credentials auth.Credentials, _ *http.Request) (*auth.User, error) {
			for _, t := range o.Throws {
				if matches(t.Match, credentials) {
					return nil, errors.New(t.Message)
				}
			}
			for _, u := range o.Users {
				if matches(u.Match, credentials) {
					return userFromJSON(u.User)
				}
			}
			return nil, auth.ErrInvalidCredentials
		},
	}, nil
}

// orderedFields reads the fields of a credentials provider in their order, which
// the page keeps.
func orderedFields(raw json.RawMessage) ([]auth.Field, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	fields := []auth.Field{}
	d := json.NewDecoder(bytes.NewReader(raw))
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var attributes struct{ Label, Type, Placeholder, Value string }
		if err := d.Decode(&attributes); err != nil {
			return nil, err
		}
		fields = append(fields, auth.Field{
			Name: key.(string), Label: attributes.Label, Type: attributes.Type, Placeholder: attributes.Placeholder, Value: attributes.Value,
		})
	}
	return fields, nil
}

func matches(match map[string]any, credentials auth.Credentials) bool {
	for name, value := range match {
		posted, ok := credentials[name]
		if !ok || posted != fmt.Sprint(value) {
			return false
		}
	}
	return true
}

// outboxMail is a mail that was sent.
type outboxMail struct {
	To      string `json:"to"`
	From    string `json:"from"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	HTML    string `json:"html"`
	URL     string `json:"url"`
}

// outboxSender puts mails into the outbox, or fails as the scenario says.
type outboxSender struct {
	outbox *list[outboxMail]
	fail   any
	reject bool
}

func (o outboxSender) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	switch {
	case o.fail != nil && o.fail != false:
		return errors.New("SMTP is down")
	case o.reject:
		return errors.New("the recipient was rejected")
	}
	m, err := mail.SignInMessage(r)
	if err != nil {
		return err
	}
	o.outbox.add(outboxMail{To: m.To, From: m.From, Subject: m.Subject, Text: m.Text, HTML: m.HTML, URL: r.URL})
	return nil
}

func (s *subject) email(o providerOptions) auth.Provider {
	p := auth.EmailProvider{
		ID: o.ID, Name: o.Name, From: o.From, Secret: o.Secret,
		MaxAge: seconds(o.MaxAge, time.Nanosecond),
		Sender: outboxSender{outbox: &s.outbox, fail: o.Fail, reject: o.Reject},
	}
	if o.LinkToken != "" {
		p.GenerateToken = func() (string, error) { return o.LinkToken, nil }
	}
	if p.From == "" {
		p.From = "NextAuth <no-reply@example.com>"
	}
	switch o.Normalize {
	case "none":
		p.NormalizeIdentifier = func(s string) (string, error) { return s, nil }
	case "lowercase":
		p.NormalizeIdentifier = func(s string) (string, error) { return strings.TrimSpace(strings.ToLower(s)), nil }
	case "throw":
		p.NormalizeIdentifier = func(string) (string, error) { return "", errors.New("only one address is allowed") }
	}
	return p
}

// tokenEndpoint reads the member "token" of an OAuth provider.
func tokenEndpoint(raw json.RawMessage) (*endpoint, error) {
	var members struct {
		Token *endpoint `json:"token"`
	}
	err := json.Unmarshal(raw, &members)
	return members.Token, err
}

// oauth builds a provider from the options of NextAuth.js v4.
func (o providerOptions) oauth(raw json.RawMessage) (auth.Provider, error) {
	p := auth.OAuthProvider{ID: o.ID, Name: o.Name, Timeout: 3500 * time.Millisecond}
	token, err := tokenEndpoint(raw)
	if err != nil {
		return nil, err
	}
	o.Token = token
	o.apply(&p)
	scope := p.Authorization.Params.Get("scope")
	switch {
	case o.IDToken != nil:
		p.OpenID = *o.IDToken
	case o.WellKnown != "":
		p.OpenID = strings.Contains(o.WellKnown, "openid-configuration")
	default:
		p.OpenID = strings.Contains(scope, "openid")
	}
	p.Profile, err = o.profile()
	return p, err
}

// apply sets the options that are given.
func (o *oauthOptions) apply(p *auth.OAuthProvider) {
	if o.ClientID != "" {
		p.ClientID = o.ClientID
	}
	if o.ID != "" {
		p.ID = o.ID
	}
	if o.Name != "" {
		p.Name = o.Name
	}
	if o.ClientSecret != nil {
		p.ClientSecret = *o.ClientSecret
	}
	if o.WellKnown != "" {
		p.Discovery, p.Issuer = o.WellKnown, ""
	}
	if o.Issuer != "" {
		p.Issuer = o.Issuer
	}
	if o.JWKS != "" {
		p.JWKS = o.JWKS
	}
	for _, e := range []struct {
		from *endpoint
		to   *auth.Endpoint
	}{{o.Authorization, &p.Authorization}, {o.Token, &p.Token}, {o.Userinfo, &p.Userinfo}} {
		if e.from == nil {
			continue
		}
		if e.from.URL != "" {
			e.to.URL = e.from.URL
		}
		if e.to.Params == nil {
			e.to.Params = url.Values{}
		}
		for name, values := range e.from.Params {
			e.to.Params[name] = values
		}
	}
	switch checks := o.Checks.(type) {
	case []any:
		p.Checks = []auth.Check{}
		for _, c := range checks {
			p.Checks = append(p.Checks, auth.Check(fmt.Sprint(c)))
		}
	case string:
		p.Checks = []auth.Check{auth.Check(checks)}
	}
	if m := o.Client.TokenEndpointAuthMethod; m != "" {
		p.ClientAuthentication = auth.ClientAuthentication(m)
	}
	if alg := o.Client.IDTokenSignedResponseAlg; alg != "" {
		p.IDTokenAlgorithms = []string{alg}
	}
	if o.HTTPOptions.Timeout > 0 {
		p.Timeout = time.Duration(o.HTTPOptions.Timeout) * time.Millisecond
	}
	p.AllowDangerousEmailAccountLinking = o.AllowDangerousEmailAccountLinking
}

// builtin builds a provider of the catalogue with the options of a scenario.
func (o providerOptions) builtin(raw json.RawMessage) (auth.Provider, error) {
	if o.Options == nil {
		o.Options = &oauthOptions{}
	}
	var outer struct {
		Options json.RawMessage `json:"options"`
	}
	if err := json.Unmarshal(raw, &outer); err != nil {
		return nil, err
	}
	token, err := tokenEndpoint(outer.Options)
	if err != nil {
		return nil, err
	}
	o.Options.Token = token
	p, err := catalogue(o.Name, o.Options.Issuer)
	if err != nil {
		return nil, err
	}
	o.Options.apply(&p)
	if o.Options.Userinfo != nil {
		p.FetchProfile = nil // a userinfo address replaces the preset's own request
	}
	if p.OAuth1 != nil {
		p.OAuth1 = &auth.OAuth1{RequestTokenURL: o.Options.RequestTokenURL, AccessTokenURL: o.Options.AccessTokenURL, ProfileURL: o.Options.ProfileURL}
	}
	if len(o.ProfileMap) > 0 || o.ProfileThrows != "" {
		if p.Profile, err = o.profile(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// catalogue builds the provider with an id. The scenario's own options are applied
// to it afterwards.
func catalogue(id, issuer string) (auth.OAuthProvider, error) {
	built, err := providers.ByID(id, providers.Options{ClientID: "client-id", ClientSecret: "client-secret", Issuer: issuer})
	if err != nil {
		return auth.OAuthProvider{}, err
	}
	p, ok := built.(auth.OAuthProvider)
	if !ok {
		return auth.OAuthProvider{}, fmt.Errorf("%s is no OAuth provider", id)
	}
	return p, nil
}
