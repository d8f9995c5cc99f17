package auth

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
	"github.com/gatehouse-auth/gatehouse/internal/cookie"
)

// attempt is one sign-in at a provider: what its answer is checked against.
type attempt struct {
	state        string
	nonce        string
	codeVerifier string
	// tokenSecret is the request token's secret of OAuth 1.0a.
	tokenSecret string
	// userID is who was signed in when the attempt began, or "". Only that
	// user may get the account linked.
	userID string
}

// maxAttempts and maxAttemptBytes bound the cookies of unfinished attempts.
const (
	maxAttempts     = 5
	maxAttemptBytes = 2048
)

var errNoAttempt = errors.New("auth: no sign-in at this provider was begun in this browser, or it took too long")

// newAttempt makes the secrets of an attempt from one random seed, which is all
// that its cookie has to carry.
func newAttempt(p *provider, seed []byte) attempt {
	derive := func(label string) string {
		mac := hmac.New(sha256.New, seed)
		mac.Write([]byte(label))
		return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	t := attempt{state: derive("state")}
	if !p.oauth.PKCEUnsupported {
		t.codeVerifier = derive("pkce")
	}
	if p.oauth.OpenID {
		t.nonce = derive("nonce")
	}
	return t
}

// beginAttempt makes an attempt and the cookies that remember it.
func (a *Auth) beginAttempt(x *exchange, userID string) (attempt, []*http.Cookie, error) {
	if a.config.StrictV4 {
		return a.beginAttemptV4(x)
	}
	seed := make([]byte, 32)
	rand.Read(seed)
	t := newAttempt(x.provider, seed)
	cookies, err := a.flowCookies(x, t.state, userID, token.Claims{"seed": base64.RawURLEncoding.EncodeToString(seed)})
	return t, cookies, err
}

// flowCookies returns the cookie of a new attempt, named after what its answer
// will carry, and clears the oldest ones when there are too many. The secrets are
// what the answer is checked against; userID is who is signed in, or "".
func (a *Auth) flowCookies(x *exchange, answer, userID string, secrets token.Claims) ([]*http.Cookie, error) {
	claims := secrets.Clone()
	claims["provider"] = x.providerID
	if userID != "" {
		claims["user"] = userID
	}
	added, err := x.names.seal(x.names.flow, x.flowName(answer), claims, x.names.flow.maxAge())
	if err != nil {
		return nil, err
	}
	type unfinished struct {
		name  string
		began time.Time
		size  int
	}
	var others []unfinished
	for _, name := range x.cookies.Names(x.names.flow.Name+".", 50) {
		value := x.cookies.Get(name)
		claims, err := x.names.codecs[x.names.flow.Name].Open(value)
		if err != nil {
			claims = token.Claims{} // the oldest of all
		}
		others = append(others, unfinished{name, claims.IssuedAt(), len(name) + len(value)})
	}
	slices.SortFunc(others, func(a, b unfinished) int { return cmp.Compare(b.began.Unix(), a.began.Unix()) })
	cookies := []*http.Cookie{added}
	total := len(added.Name) + len(added.Value)
	for i, o := range others {
		total += o.size
		if i+1 >= maxAttempts || total > maxAttemptBytes {
			cookies = append(cookies, cookie.Clear(x.names.flow.Cookie, o.name))
		}
	}
	return cookies, nil
}

// flowName is the name of the cookie of the attempt whose answer carries a
// state (or an OAuth 1.0a token).
func (x *exchange) flowName(answer string) string {
	sum := sha256.Sum256([]byte(answer))
	return x.names.flow.Name + "." + base64.RawURLEncoding.EncodeToString(sum[:6])
}

func (t cookieTemplate) maxAge() time.Duration {
	if t.MaxAge <= 0 {
		return checkMaxAge
	}
	return time.Duration(t.MaxAge) * time.Second
}

// finishAttempt finds the attempt that an answer belongs to. The cookies it
// returns burn it: they go out whatever the outcome is.
func (a *Auth) finishAttempt(x *exchange, answer string) (attempt, []*http.Cookie, error) {
	if a.config.StrictV4 {
		return a.finishAttemptV4(x)
	}
	claims, err := a.openFlow(x, x.flowName(answer))
	if answer == "" || err != nil {
		t, burnt, err := a.finishAttemptV4(x)
		if err == nil && t.state == answer && answer != "" {
			return t, burnt, nil
		}
		return attempt{}, append(burnt, a.burnAll(x)...), errNoAttempt
	}
	burnt := []*http.Cookie{cookie.Clear(x.names.flow.Cookie, x.flowName(answer))}
	if secret := claims.Text("secret"); secret != "" && claims.Text("token") == answer {
		return attempt{tokenSecret: secret, userID: claims.Text("user")}, burnt, nil
	}
	seed, err := base64.RawURLEncoding.DecodeString(claims.Text("seed"))
	if err != nil || len(seed) == 0 {
		return attempt{}, burnt, errNoAttempt
	}
	t := newAttempt(x.provider, seed)
	t.userID = claims.Text("user")
	return t, burnt, nil
}

// openFlow opens the cookie of an attempt at this provider.
func (a *Auth) openFlow(x *exchange, name string) (token.Claims, error) {
	claims, err := x.names.codecs[x.names.flow.Name].Open(x.cookies.Get(name))
	if err != nil {
		return nil, err
	}
	if claims.Text("provider") != x.providerID {
		return nil, errNoAttempt
	}
	return claims, nil
}

// burnAll clears every attempt at this provider: an answer that fits none of
// them may be a guess.
func (a *Auth) burnAll(x *exchange) []*http.Cookie {
	var cookies []*http.Cookie
	for _, name := range x.cookies.Names(x.names.flow.Name+".", 50) {
		if _, err := a.openFlow(x, name); err == nil {
			cookies = append(cookies, cookie.Clear(x.names.flow.Cookie, name))
		}
	}
	return cookies
}

// v4Check is a check cookie of NextAuth.js v4 and where its value goes.
type v4Check struct {
	check    Check
	template cookieTemplate
	value    *string
}

func (x *exchange) v4Checks(t *attempt) []v4Check {
	return []v4Check{
		{CheckState, x.names.state, &t.state},
		{CheckPKCE, x.names.pkceCodeVerifier, &t.codeVerifier},
		{CheckNonce, x.names.nonce, &t.nonce},
	}
}

// beginAttemptV4 makes the check cookies of NextAuth.js v4: one of each kind,
// for the checks of the provider's preset.
func (a *Auth) beginAttemptV4(x *exchange) (attempt, []*http.Cookie, error) {
	var t attempt
	var cookies []*http.Cookie
	for _, c := range x.v4Checks(&t) {
		if !x.provider.checks(c.check) {
			continue
		}
		*c.value = rand.Text() + rand.Text()
		sealed, err := x.names.seal(c.template, c.template.Name,
			token.Claims{"value": *c.value, "provider": x.providerID}, c.template.maxAge())
		if err != nil {
			return t, nil, err
		}
		cookies = append(cookies, sealed)
	}
	return t, cookies, nil
}

// finishAttemptV4 reads the check cookies of NextAuth.js v4. With StrictV4 those
// of the provider's preset must be there; otherwise they are what a Node server
// left behind, and the state is required.
func (a *Auth) finishAttemptV4(x *exchange) (attempt, []*http.Cookie, error) {
	var t attempt
	var burnt []*http.Cookie
	for _, c := range x.v4Checks(&t) {
		required := x.provider.checks(c.check)
		if !a.config.StrictV4 {
			required = c.check == CheckState
		}
		value := x.cookies.Get(c.template.Name)
		if a.config.StrictV4 && !required || value == "" && !required {
			continue
		}
		claims, err := x.names.codecs[c.template.Name].Open(value)
		if err != nil {
			return attempt{}, burnt, fmt.Errorf("auth: the %s cookie is missing or broken: %w", c.check, err)
		}
		if claims.Text("value") == "" || claims.Text("provider") != x.providerID {
			return attempt{}, burnt, fmt.Errorf("auth: the %s cookie was made for another provider", c.check)
		}
		*c.value = claims.Text("value")
		burnt = append(burnt, cookie.Clear(c.template.Cookie, c.template.Name))
	}
	return t, burnt, nil
}

// errAttemptUsed reports an answer that was used before.
var errAttemptUsed = errors.New("auth: this answer of the provider was used already")

// claimPrefix begins the identifier of a claim. No mail address has a space in it.
const claimPrefix = "attempt "

// claimAttempt makes the answer to an attempt count once, also when it comes many
// times at once and the provider redeems a code more than once: its cookie is burnt
// in the browser alone. The claim is a row among the mailed links, named by a hash of
// the state, with the life of an attempt. There is none without an adapter, and none in
// tables that a NextAuth.js server uses as well.
func (a *Auth) claimAttempt(ctx context.Context, x *exchange, state string) error {
	if a.config.Adapter == nil || a.store.plain {
		return nil
	}
	sum := sha256.Sum256([]byte("Gatehouse attempt " + state))
	life := x.names.flow.maxAge()
	claim := hex.EncodeToString(sum[:])
	err := a.store.CreateVerificationToken(ctx, VerificationToken{Identifier: claimPrefix + claim, Token: claim, Expires: time.Now().Add(life)})
	if errors.Is(err, ErrConflict) {
		return errAttemptUsed
	}
	return err
}
