package auth

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// Claims that make a JWT session revocable. They are set when the adapter is a
// Revoker.
const (
	claimSessionID = "sid"
	claimAuthTime  = "auth_time" // OpenID Connect Core 1.0, section 2
)

// sealSession makes the token of a new JWT session and says when its cookie
// expires.
func (a *Auth) sealSession(ctx context.Context, in *signedIn) (string, time.Time, error) {
	claims := a.protected(userClaims(in.user), "", in.began)
	if callback := a.config.Callbacks.JWT; callback != nil {
		trigger := TriggerSignIn
		if in.isNewUser {
			trigger = TriggerSignUp
		}
		made, err := callback(ctx, JWTParams{
			Token: claims.Clone(), User: in.user, Account: in.account, Profile: in.document, IsNewUser: in.isNewUser, Trigger: trigger,
		})
		if err != nil {
			return "", time.Time{}, err
		}
		if made == nil && !a.config.StrictV4 {
			return "", time.Time{}, refusal{ErrorAccessDenied}
		}
		claims = a.protectedLike(made, claims)
	}
	sealed, err := a.sessions.Seal(claims, a.bounded(a.config.JWT.MaxAge, claims))
	return sealed, time.Now().Add(a.bounded(a.config.Session.MaxAge, claims)), err
}

// protected gives claims what makes their session revocable: an id, which is new
// when it is empty, and when the session began.
func (a *Auth) protected(claims token.Claims, sessionID string, began time.Time) token.Claims {
	if a.revocations == nil {
		return claims
	}
	if sessionID == "" {
		sessionID = randomHex(16)
	}
	if began.IsZero() {
		began = time.Now()
	}
	claims[claimSessionID] = sessionID
	claims[claimAuthTime] = numericDate(began)
	return claims
}

// protectedLike copies claims that a callback made and gives them what makes the
// session of the received ones revocable. Without it a callback, or a client that
// a callback trusts, could make a session that cannot be withdrawn.
func (a *Auth) protectedLike(made, received token.Claims) token.Claims {
	if a.revocations == nil || made == nil {
		return made
	}
	began := received.Time(claimAuthTime)
	if began.IsZero() {
		began = received.IssuedAt() // a token of a server that does not withdraw sessions
	}
	return a.protected(maps.Clone(made), received.Text(claimSessionID), began)
}

// numericDate writes a time as seconds with six decimals (RFC 7519, section 2),
// so that a sign-in right after a revocation counts as later.
func numericDate(t time.Time) json.Number {
	return json.Number(fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000))
}

// userClaims are the claims that a session begins with.
func userClaims(u *User) token.Claims {
	claims := make(token.Claims, 8)
	for _, m := range [...]struct{ claim, key, value string }{
		{"name", "name", u.Name}, {"email", "email", u.Email}, {"picture", "image", u.Image},
	} {
		if m.value != "" {
			claims[m.claim] = m.value
		} else if value, ok := u.Extra[m.key]; ok {
			claims[m.claim] = value
		}
	}
	if u.ID != "" {
		claims["sub"] = u.ID
	}
	return claims
}

// bounded is how long a session may go on: for a time, but not past its absolute
// end.
func (a *Auth) bounded(life time.Duration, claims token.Claims) time.Duration {
	if a.revocations == nil || a.config.Session.AbsoluteMaxAge < 0 {
		return life
	}
	if began := claims.Time(claimAuthTime); !began.IsZero() {
		life = min(life, time.Until(began.Add(a.config.Session.AbsoluteMaxAge)))
	}
	return life
}

// maxTokenLife is the longest that a token can be valid which this process, or
// another that has not heard of a revocation yet, seals now.
func (a *Auth) maxTokenLife() time.Duration {
	const margin = time.Minute // tolerance, revocationInterval and clocks that differ
	return max(a.config.Session.MaxAge, a.config.JWT.MaxAge) + margin
}

// newSessionToken makes the token of a database session.
func (a *Auth) newSessionToken() string {
	if !a.config.StrictV4 {
		return randomHex(32)
	}
	return newUUID()
}

// storedTokens are the forms in which a database session's token may be stored:
// a keyed hash, under each secret, so that a stolen table opens no session, or the
// token itself where NextAuth.js has to find it.
func (a *Auth) storedTokens(sessionToken string) []string {
	if a.store.plain {
		return []string{sessionToken}
	}
	stored := make([]string, len(a.keys.session))
	for i, key := range a.keys.session {
		stored[i] = key.sum(sessionToken)
	}
	return stored
}

// newUUID makes a random UUID (RFC 9562, version 4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
