package sqldb

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// userColumns are the columns that a userRow takes, in its order.
func userColumns(t Tables) []string {
	columns := []string{t.Users.ID, t.Users.Name, t.Users.Email, t.Users.Image, t.Users.EmailVerified}
	if t.own != nil {
		columns = append(columns, t.own.userExtra)
	}
	return columns
}

// userRow takes the userColumns of a query.
type userRow struct {
	shared             bool
	user               auth.User
	name, email, image sql.NullString
	verified           moment
	extra              sql.NullString
}

func (r *userRow) targets(s *store) []any {
	r.verified.codec, r.shared = &s.times, s.tables.own == nil
	targets := []any{&r.user.ID, &r.name, &r.email, &r.image, &r.verified, &r.extra}
	if s.tables.own == nil {
		return targets[:5]
	}
	return targets
}

// finish sets the fields that are not scanned directly.
func (r *userRow) finish() error {
	r.user.Name, r.user.Email, r.user.Image = r.name.String, r.email.String, r.image.String
	r.user.EmailVerified = r.verified.Time
	if r.shared {
		r.keepAbsent()
	}
	return readExtra(r.extra.String, "a user", &r.user.Extra)
}

// keepAbsent keeps the difference between NULL and an empty text, which the
// sessions of NextAuth.js show.
func (r *userRow) keepAbsent() {
	for _, field := range [...]struct {
		name  string
		value sql.NullString
	}{{"name", r.name}, {"email", r.email}, {"image", r.image}} {
		if field.value.String != "" {
			continue
		}
		if r.user.Extra == nil {
			r.user.Extra = make(map[string]any, 3)
		}
		r.user.Extra[field.name] = nil
		if field.value.Valid {
			r.user.Extra[field.name] = ""
		}
	}
}

// userText is a text of a user as it is stored. An empty one is NULL, unless Extra
// says that it was not.
func userText(u *auth.User, name, value string) sql.NullString {
	stored := text(value)
	if empty, ok := u.Extra[name].(string); ok && empty == "" {
		stored.Valid = true
	}
	return stored
}

// readExtra decodes the column extra of a row.
func readExtra(text, of string, extra *map[string]any) error {
	if text == "" {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(extra); err != nil {
		return fmt.Errorf("column extra of %s: %w", of, err)
	}
	return nil
}

// userAssignments are the columns of a user but the id.
func (s *store) userAssignments(u *auth.User) ([]assignment, error) {
	t := s.tables.Users
	name, email, image := text(u.Name), text(u.Email), text(u.Image)
	if s.tables.own == nil {
		// NextAuth.js stores addresses in lower case, and looks for them so.
		name, email, image = userText(u, "name", u.Name), text(mailaddr.Fold(u.Email)), userText(u, "image", u.Image)
	}
	assignments := []assignment{
		{t.Name, name}, {t.Email, email}, {t.Image, image},
		{t.EmailVerified, s.times.optional(u.EmailVerified)}, {t.UpdatedAt, s.times.value(time.Now())},
	}
	if own := s.tables.own; own != nil {
		extra, err := extraText(u.Extra)
		if err != nil {
			return nil, err
		}
		assignments = append(assignments, assignment{own.emailKey, text(mailaddr.Fold(u.Email))}, assignment{own.userExtra, extra})
	}
	return assignments, nil
}

// accountColumns are the columns that an accountRow takes, in its order.
func accountColumns(t Tables) []string {
	a := t.Accounts
	columns := []string{
		a.UserID, a.Provider, a.ProviderAccountID, a.Type, a.AccessToken, a.RefreshToken, a.IDToken, a.TokenType, a.Scope, a.SessionState, a.ExpiresAt,
	}
	if t.own != nil {
		columns = append(columns, t.own.accountExtra)
	}
	return columns
}

// accountRow takes the accountColumns of a query.
type accountRow struct {
	account                                                            auth.Account
	accessToken, refreshToken, idToken, tokenType, scope, sessionState sql.NullString
	expiresAt                                                          sql.NullInt64
	extra                                                              sql.NullString
}

func (r *accountRow) targets(s *store) []any {
	a := &r.account
	targets := []any{
		&a.UserID, &a.Provider, &a.ProviderAccountID, &a.Type, &r.accessToken, &r.refreshToken, &r.idToken,
		&r.tokenType, &r.scope, &r.sessionState, &r.expiresAt, &r.extra,
	}
	if s.tables.own == nil {
		return targets[:11]
	}
	return targets
}

func (r *accountRow) finish() error {
	a := &r.account
	a.AccessToken, a.RefreshToken, a.IDToken = r.accessToken.String, r.refreshToken.String, r.idToken.String
	a.TokenType, a.Scope, a.SessionState = r.tokenType.String, r.scope.String, r.sessionState.String
	a.ExpiresAt = r.expiresAt.Int64
	return readExtra(r.extra.String, "an account", &a.Extra)
}

// accountAssignments are the columns of an account but the user's id.
func (s *store) accountAssignments(a *auth.Account) ([]assignment, error) {
	t, now := s.tables.Accounts, s.times.value(time.Now())
	assignments := []assignment{
		{t.Provider, a.Provider}, {t.ProviderAccountID, a.ProviderAccountID}, {t.Type, string(a.Type)},
		{t.AccessToken, text(a.AccessToken)}, {t.RefreshToken, text(a.RefreshToken)}, {t.IDToken, text(a.IDToken)},
		{t.TokenType, text(a.TokenType)}, {t.Scope, text(a.Scope)}, {t.SessionState, text(a.SessionState)},
		{t.ExpiresAt, sql.NullInt64{Int64: a.ExpiresAt, Valid: a.ExpiresAt != 0}},
		{t.ID, s.rowID()}, {t.CreatedAt, now}, {t.UpdatedAt, now},
	}
	if own := s.tables.own; own != nil {
		extra, err := extraText(a.Extra)
		if err != nil {
			return nil, err
		}
		assignments = append(assignments, assignment{own.accountExtra, extra})
	}
	return assignments, nil
}

// sessionColumns are the columns that a sessionRow takes, in its order.
func sessionColumns(t Tables) []string {
	columns := []string{t.Sessions.SessionToken, t.Sessions.UserID, t.Sessions.Expires}
	if own := t.own; own != nil {
		columns = append(columns, t.Sessions.CreatedAt, own.sessionLastSeenAt, own.sessionAddress, own.sessionUA)
	}
	return columns
}

// sessionRow takes the sessionColumns of a query.
type sessionRow struct {
	session                      auth.SessionRecord
	expires, createdAt, lastSeen moment
	address, userAgent           sql.NullString
}

func (r *sessionRow) targets(s *store) []any {
	r.expires.codec, r.createdAt.codec, r.lastSeen.codec = &s.times, &s.times, &s.times
	targets := []any{&r.session.Token, &r.session.UserID, &r.expires, &r.createdAt, &r.lastSeen, &r.address, &r.userAgent}
	if s.tables.own == nil {
		return targets[:3]
	}
	return targets
}

func (r *sessionRow) finish() *auth.SessionRecord {
	r.session.Expires, r.session.CreatedAt, r.session.LastSeenAt = r.expires.Time, r.createdAt.Time, r.lastSeen.Time
	r.session.Address, r.session.UserAgent = r.address.String, r.userAgent.String
	return &r.session
}

// sessionAssignments are the columns of a session but the user's id.
func (s *store) sessionAssignments(session *auth.SessionRecord) []assignment {
	t := s.tables.Sessions
	assignments := []assignment{{t.SessionToken, session.Token}, {t.Expires, s.times.value(session.Expires)}, {t.ID, s.rowID()}}
	if own := s.tables.own; own != nil {
		return append(assignments,
			assignment{t.CreatedAt, s.times.optional(session.CreatedAt)}, assignment{own.sessionLastSeenAt, s.times.optional(session.LastSeenAt)},
			assignment{own.sessionAddress, text(session.Address)}, assignment{own.sessionUA, text(session.UserAgent)})
	}
	now := s.times.value(time.Now())
	return append(assignments, assignment{t.CreatedAt, now}, assignment{t.UpdatedAt, now})
}

// rowID is the id of a new account or session.
func (s *store) rowID() any { return s.tables.ID.newID() }

// text is NULL when it is empty.
func text(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// extraText is the JSON form of an Extra, NULL when it is empty.
func extraText(extra map[string]any) (sql.NullString, error) {
	if len(extra) == 0 {
		return sql.NullString{}, nil
	}
	b, err := json.Marshal(extra)
	if err != nil {
		return sql.NullString{}, fmt.Errorf("sqldb: Extra has no JSON form: %w", err)
	}
	return text(string(b)), nil
}
