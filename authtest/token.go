package authtest

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// token answers the token endpoint (RFC 6749, section 4.1.3).
func (s *Simulation) token(r Request, g *grant) Response {
	if problem := s.wrongClient(r); problem != "" {
		return refusal(http.StatusUnauthorized, "invalid_client", problem)
	}
	if problem := s.wrongGrant(r, g); problem != "" {
		return refusal(http.StatusBadRequest, "invalid_grant", problem)
	}
	g.redeemed = true
	if answer, ok := g.answer(r); ok {
		g.ownTokens = true
		return answer
	}
	return jsonResponse(http.StatusOK, g.tokens)
}

// wrongClient says what is wrong with the authentication of the client.
func (s *Simulation) wrongClient(r Request) string {
	want := s.Provider.ClientAuthentication
	switch {
	case s.Provider.FetchTokens != nil, s.Provider.TokenForm != nil && r.ClientAuthentication != "":
		return "" // these have ways of their own
	case want == "" && s.endpoints.discovery != "" && r.ClientAuthentication == auth.ClientSecretPost:
		return ""
	case want == "":
		want = auth.ClientSecretBasic
	}
	if r.ClientAuthentication != want {
		return "the client did not prove itself by " + string(want)
	}
	return ""
}

// wrongGrant says what is wrong with the code or what protects it.
func (s *Simulation) wrongGrant(r Request, g *grant) string {
	redirect := r.Parameters()["redirect_uri"]
	switch {
	case g == nil || !r.Carries(g.code):
		return "the code is not known"
	case g.redeemed:
		return "the code was used before"
	case len(redirect) > 0 && !slices.Equal(redirect, []string{g.redirectURI}):
		return "the redirect_uri is another one"
	case g.challenge != "" && !slices.ContainsFunc(r.values(), func(v string) bool { return challengeOf(v) == g.challenge }):
		return "the code verifier does not fit"
	}
	return ""
}

// challengeOf is the code challenge of a verifier (RFC 7636, section 4.2).
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// userinfo answers with the profile.
func (s *Simulation) userinfo(r Request, g *grant) Response {
	if g == nil || !g.redeemed || !g.ownTokens && !r.Carries(g.accessToken) {
		return refusal(http.StatusUnauthorized, "invalid_token", "the access token is not known")
	}
	document := s.document(g.account)
	if !s.Provider.SignedUserinfo {
		return jsonResponse(http.StatusOK, document)
	}
	claims, _ := edited(document, func(any) (any, bool) { return nil, false }).(map[string]any)
	claims["iss"], claims["aud"] = s.issuer(claims), s.Provider.ClientID
	signed, err := s.sign(claims)
	if err != nil {
		return Response{Status: http.StatusInternalServerError, ContentType: "text/plain", Body: []byte(err.Error())}
	}
	return Response{ContentType: "application/jwt", Body: []byte(signed)}
}

// document is the answer of the userinfo endpoint: the profile, wrapped the way
// the provider does it.
func (s *Simulation) document(a Account) any {
	var document any = s.withoutUser(a.Profile)
	if _, wrapped := at(document, s.Provider.ProfilePath); wrapped {
		return document
	}
	for _, step := range slices.Backward(s.Provider.ProfilePath) {
		if step == "0" {
			document = []any{document}
		} else {
			document = map[string]any{step: document}
		}
	}
	return document
}

// withoutUser is a profile without what travels through the browser.
func (s *Simulation) withoutUser(p auth.Profile) map[string]any {
	members := map[string]any{}
	for name, value := range p {
		if name != "user" || s.Provider.UserFromCallback == "" {
			members[name] = value
		}
	}
	return members
}

// at follows a path of member names and of "0", the first of a list.
func at(value any, path []string) (any, bool) {
	for _, step := range path {
		if plain, ok := plain(value); ok {
			value = plain
		}
		switch outer := value.(type) {
		case map[string]any:
			inner, ok := outer[step]
			if !ok {
				return nil, false
			}
			value = inner
		case []any:
			if step != "0" || len(outer) == 0 {
				return nil, false
			}
			value = outer[0]
		default:
			return nil, false
		}
	}
	return value, true
}

// halfHash is the value of at_hash and c_hash (OpenID Connect Core 1.0, section
// 3.1.3.6).
func halfHash(algorithm, value string) string {
	h := newHash(algorithm)
	h.Write([]byte(value))
	sum := h.Sum(nil)
	return base64.RawURLEncoding.EncodeToString(sum[:len(sum)/2])
}

func isHMAC(algorithm string) bool { return strings.HasPrefix(algorithm, "HS") }
