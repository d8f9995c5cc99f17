package authtest

import (
	"cmp"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

const wellKnown = "/.well-known/openid-configuration"

// endpoints are the addresses of a provider. Those that a real discovery document
// would name are made up where the configuration has none.
type endpoints struct {
	issuer                               string
	authorization, token, userinfo, keys string
	// discovery is empty for providers without.
	discovery string
	// requestToken is that of OAuth 1.0a.
	requestToken string
}

func endpointsOf(p auth.OAuthProvider) endpoints {
	if p.OAuth1 != nil {
		return endpoints{
			authorization: p.Authorization.URL, requestToken: p.OAuth1.RequestTokenURL,
			token: p.OAuth1.AccessTokenURL, userinfo: p.OAuth1.ProfileURL,
		}
	}
	e := endpoints{
		discovery: p.Discovery, authorization: p.Authorization.URL, token: p.Token.URL, userinfo: p.Userinfo.URL, keys: p.JWKS,
	}
	if e.discovery == "" && p.OpenID && p.Issuer != "" {
		e.discovery = strings.TrimSuffix(p.Issuer, "/") + wellKnown
	}
	if e.discovery == "" {
		e.issuer = p.Issuer
		return e
	}
	base, _, _ := strings.Cut(e.discovery, "?")
	base = strings.TrimSuffix(base, wellKnown)
	e.issuer = cmp.Or(p.IssuerTemplate, p.Issuer, base)
	e.authorization = cmp.Or(e.authorization, base+"/authorize")
	e.token = cmp.Or(e.token, base+"/token")
	e.userinfo = cmp.Or(e.userinfo, base+"/userinfo")
	e.keys = cmp.Or(e.keys, base+"/keys")
	return e
}

// endpointOf returns the endpoint that a request goes to.
func (s *Simulation) endpointOf(r Request, g *grant) Endpoint {
	best, found := 0, Other
	for _, e := range []struct {
		name Endpoint
		url  string
	}{
		{Discovery, s.endpoints.discovery},
		{Keys, s.endpoints.keys},
		{RequestToken, s.endpoints.requestToken},
		{Token, s.endpoints.token},
		{Userinfo, s.endpoints.userinfo},
	} {
		if score := match(e.url, r, g); score > best {
			best, found = score, e.name
		}
	}
	if found == Other && g != nil && !g.redeemed && r.Carries(g.code) {
		return Token
	}
	return found
}

// match says how well a request fits a URL: 0 when it does not, and otherwise more
// for every parameter in the query of the URL and for a method before it.
func match(pattern string, r Request, g *grant) int {
	score := 1
	if method, rest, ok := strings.Cut(pattern, " "); ok {
		if method != r.Method {
			return 0
		}
		pattern, score = rest, 2
	}
	u, err := url.Parse(g.expand(pattern, escapeSegment))
	if pattern == "" || err != nil || !strings.EqualFold(u.Host, r.URL.Host) || slash(u.Path) != slash(r.URL.Path) || u.Scheme != r.URL.Scheme {
		return 0
	}
	sent := r.URL.Query()
	for name, values := range u.Query() {
		for _, value := range values {
			if !slices.Contains(sent[name], value) {
				return 0
			}
			score++
		}
	}
	return score
}

// slash is the path of a URL as it is sent.
func slash(path string) string { return cmp.Or(path, "/") }

// placeholder stands for a member of the token response.
var placeholder = regexp.MustCompile(`\{[A-Za-z0-9_.-]+\}`)

// named is the value that a placeholder stands for.
func (g *grant) named(name string) (any, bool) {
	if value, ok := g.tokens[name]; ok {
		return value, true
	}
	if name == "profile" {
		return map[string]any(g.account.Profile), true
	}
	value, ok := g.account.Profile[name]
	return value, ok
}

// expand replaces the placeholders in a text that stand for something.
func (g *grant) expand(text string, escape func(string) string) string {
	if g == nil || !strings.Contains(text, "{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(match string) string {
		value, _ := g.named(match[1 : len(match)-1])
		if text := reads(value); text != "" {
			return escape(text)
		}
		return match
	})
}

func escapeSegment(value string) string {
	return strings.ReplaceAll(url.QueryEscape(value), "+", "%20")
}

func unescaped(value string) string { return value }

// answer finds the answer for a request among those of the account. Without one it
// reports false.
func (g *grant) answer(r Request) (Response, bool) {
	if g == nil {
		return Response{}, false
	}
	best, found := 0, any(nil)
	for pattern, value := range g.account.Answers {
		if score := match(pattern, r, g); score > best {
			best, found = score, value
		}
	}
	if best == 0 {
		return Response{}, false
	}
	switch value := g.expandAll(found).(type) {
	case nil:
		return refusal(http.StatusNotFound, "not_found", "there is no such thing"), true
	case Response:
		return value, true
	default:
		return jsonResponse(http.StatusOK, value), true
	}
}

// expandAll expands the texts inside of a value.
func (g *grant) expandAll(value any) any {
	return edited(value, func(found any) (any, bool) {
		text, ok := found.(string)
		if !ok {
			return nil, false
		}
		if placeholder.FindString(text) == text && text != "" {
			value, _ := g.named(text[1 : len(text)-1])
			return value, true
		}
		return g.expand(text, unescaped), true
	})
}
