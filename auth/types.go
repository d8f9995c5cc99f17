package auth

import (
	"encoding/json"
	"maps"
	"time"
)

// User is a person who signs in.
//
// The four text fields cover what the session shows. An empty field counts as
// absent, unless Extra holds a member of the same name as in the JSON form
// ("name", "email", "image"): that value, null or "" for example, is then kept
// as it is, so that what NextAuth.js stored survives unchanged.
type User struct {
	// ID identifies the user for the application. With an adapter the adapter
	// assigns it; without one it is what the provider's profile function or
	// Authorize returned.
	ID string
	// Name is the name to show.
	Name string
	// Email is the mail address, lower case unless a custom normalizer keeps
	// the case.
	Email string
	// Image is the URL of a picture.
	Image string
	// EmailVerified is when the mailbox was last proven to belong to the user;
	// zero means never.
	EmailVerified time.Time
	// Extra holds further members by their JSON name. Adapters store them when
	// they can; the JWT and SignIn callbacks see them. They never reach the
	// browser by themselves.
	Extra map[string]any
}

// MarshalJSON writes the members id, name, email, image and those of Extra;
// emailVerified is written when it is set.
func (u User) MarshalJSON() ([]byte, error) {
	m := members(u.Extra, 5)
	setText(m, "id", u.ID)
	setText(m, "name", u.Name)
	setText(m, "email", u.Email)
	setText(m, "image", u.Image)
	if !u.EmailVerified.IsZero() {
		m["emailVerified"] = isoTime(u.EmailVerified)
	}
	return json.Marshal(m)
}

// Clone returns a copy that shares nothing with u but the values inside Extra.
func (u *User) Clone() *User {
	if u == nil {
		return nil
	}
	c := *u
	c.Extra = maps.Clone(u.Extra)
	return &c
}

// AccountType is the kind of provider an account belongs to. The values are
// those that NextAuth.js stores.
type AccountType string

// The account types. OpenID Connect accounts are of type "oauth", as in
// NextAuth.js v4.
const (
	AccountOAuth       AccountType = "oauth"
	AccountEmail       AccountType = "email"
	AccountCredentials AccountType = "credentials"
)

// Account connects a user with an identity at a provider. The pair Provider
// and ProviderAccountID is unique.
type Account struct {
	// UserID is the user it belongs to; set by the adapter when one sign-in
	// creates both.
	UserID string
	// Provider is the provider's id, as in Provider.ID.
	Provider string
	// ProviderAccountID is the subject at the provider, always as text.
	ProviderAccountID string
	Type              AccountType

	// What the token endpoint answered. The adapter gets the three tokens, and
	// the secret of OAuth 1.0a in Extra, encrypted with Config.Secrets, unless
	// it is a [SharedStore] or Config.StrictV4 is set; callbacks and events see
	// them as they are. [Auth.Accounts] opens them again. ExpiresAt is in seconds since 1970 and
	// zero when the answer had no lifetime.
	AccessToken  string
	RefreshToken string
	IDToken      string
	TokenType    string
	Scope        string
	SessionState string
	ExpiresAt    int64

	// Extra holds the other members of the token response by their JSON name,
	// also one of the above that was empty or not of the expected type.
	Extra map[string]any
}

// MarshalJSON writes the members as NextAuth.js names them: userId, provider,
// type, providerAccountId, access_token and so on, together with Extra.
func (a Account) MarshalJSON() ([]byte, error) {
	m := members(a.Extra, 11)
	setText(m, "userId", a.UserID)
	setText(m, "provider", a.Provider)
	setText(m, "providerAccountId", a.ProviderAccountID)
	setText(m, "type", string(a.Type))
	setText(m, "access_token", a.AccessToken)
	setText(m, "refresh_token", a.RefreshToken)
	setText(m, "id_token", a.IDToken)
	setText(m, "token_type", a.TokenType)
	setText(m, "scope", a.Scope)
	setText(m, "session_state", a.SessionState)
	if a.ExpiresAt != 0 {
		m["expires_at"] = a.ExpiresAt
	}
	return json.Marshal(m)
}

// Clone returns a copy that shares nothing with a but the values inside Extra.
func (a *Account) Clone() *Account {
	if a == nil {
		return nil
	}
	c := *a
	c.Extra = maps.Clone(a.Extra)
	return &c
}

// Profile is what a provider said about the person, as it said it: the ID
// token's claims or the userinfo document. Numbers are json.Number.
type Profile map[string]any

// Session is what a signed-in visitor's request carries, and what GET /session
// answers.
type Session struct {
	// User is nil only when the Session callback removed it.
	User *SessionUser
	// Expires is when the session ends unless it is extended before.
	Expires time.Time
	// Extra holds further members of the JSON object, by name.
	Extra map[string]any
}

// SessionUser is the part of the user that the browser may see.
type SessionUser struct {
	// ID is the user's id. It is for the server's own use and is not part of
	// the JSON; a Session callback that wants it there copies it into Extra.
	ID string
	// Name, Email and Image are as in [User].
	Name  string
	Email string
	Image string
	// Extra holds further members of the JSON object, by name. As in [User], a
	// member named like an empty field is kept as it is.
	Extra map[string]any
}

// MarshalJSON writes {"user":{...},"expires":"..."} with the members of Extra.
// Expires has milliseconds and ends in Z, as JavaScript writes it.
func (s Session) MarshalJSON() ([]byte, error) {
	if len(s.Extra) == 0 && s.User != nil {
		return s.appendJSON(make([]byte, 0, 256))
	}
	m := members(s.Extra, 2)
	if s.User != nil {
		m["user"] = s.User
	}
	if !s.Expires.IsZero() {
		m["expires"] = isoTime(s.Expires)
	}
	return json.Marshal(m)
}

// MarshalJSON writes name, email, image and the members of Extra, but not ID.
func (u SessionUser) MarshalJSON() ([]byte, error) {
	return u.appendJSON(make([]byte, 0, 192))
}

// SessionRecord is a row of the session table.
type SessionRecord struct {
	// Token finds the row. It is a keyed hash of what the cookie holds, so that
	// a stolen table opens no session; with Config.StrictV4 or a [SharedStore]
	// it is the same as in the cookie.
	Token   string
	UserID  string
	Expires time.Time

	// What lets a person recognise a session among others. An adapter that does
	// not keep it leaves it empty.

	// CreatedAt is when the person signed in.
	CreatedAt time.Time
	// LastSeenAt is when the session was last extended, see
	// [SessionConfig.UpdateAge].
	LastSeenAt time.Time
	// Address is the network address of the browser that signed in, see
	// [Config.TrustedProxies].
	Address string
	// UserAgent is the User-Agent header of that browser, at most 512 bytes.
	UserAgent string
}

// VerificationToken is a row of the table of mailed links, which also has the
// answers of providers that were used lately.
type VerificationToken struct {
	// Identifier is the mail address the link was sent to. That of an answer
	// that was used begins with "attempt " and is no address.
	Identifier string
	// Token is a hash of what the link holds.
	Token   string
	Expires time.Time
}

// members returns a copy of extra with room for n more members.
func members(extra map[string]any, n int) map[string]any {
	m := make(map[string]any, len(extra)+n)
	maps.Copy(m, extra)
	return m
}

// setText sets a member that is not empty.
func setText(m map[string]any, key, value string) {
	if value != "" {
		m[key] = value
	}
}

// isoLayout is the form in which JavaScript's toISOString writes a time in UTC.
const isoLayout = "2006-01-02T15:04:05.000Z"

func isoTime(t time.Time) string { return t.UTC().Format(isoLayout) }
