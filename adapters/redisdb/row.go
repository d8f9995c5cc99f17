package redisdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/redisdb/internal/key"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/jsonvalue"
	"github.com/gatehouse-auth/gatehouse/internal/mailaddr"
)

// Rows are hashes. Every field is always there, so that a row that replaces
// another leaves nothing of it; prelude.lua reads the fields in the order in which
// they are parsed here. An id that becomes a part of a key is stored escaped.

// userFields are the names and values of a user.
func userFields(u *auth.User, id string) ([]any, error) {
	extra, err := extraText(u.Extra)
	if err != nil {
		return nil, err
	}
	return []any{
		"id", id, "name", u.Name, "email", u.Email, "email_key", addressKey(u.Email),
		"email_verified", timeText(u.EmailVerified), "image", u.Image, "extra", extra,
	}, nil
}

// parseUser returns nil when the fields are those of no user.
func parseUser(v any) (*auth.User, error) {
	f, err := fields(v, 6)
	if err != nil || f[0] == "" {
		return nil, err
	}
	u := &auth.User{Name: f[1], Email: f[2], Image: f[4]}
	if u.ID, err = key.Unescape(f[0]); err != nil {
		return nil, fmt.Errorf("user: %w", err)
	}
	if u.EmailVerified, err = parseTime(f[3]); err != nil {
		return nil, fmt.Errorf("user: email_verified: %w", err)
	}
	if u.Extra, err = parseExtra(f[5]); err != nil {
		return nil, fmt.Errorf("user: extra: %w", err)
	}
	return u, nil
}

// accountFields are the names and values of an account.
func accountFields(a *auth.Account, userID string) ([]any, error) {
	extra, err := extraText(a.Extra)
	if err != nil {
		return nil, err
	}
	return []any{
		"user", userID, "provider", a.Provider, "id", a.ProviderAccountID, "type", string(a.Type),
		"access_token", a.AccessToken, "refresh_token", a.RefreshToken, "id_token", a.IDToken, "token_type", a.TokenType,
		"scope", a.Scope, "session_state", a.SessionState, "expires_at", strconv.FormatInt(a.ExpiresAt, 10), "extra", extra,
	}, nil
}

func parseAccount(v any) (auth.Account, error) {
	f, err := fields(v, 12)
	if err != nil {
		return auth.Account{}, err
	}
	a := auth.Account{
		Provider: f[1], ProviderAccountID: f[2], Type: auth.AccountType(f[3]), AccessToken: f[4], RefreshToken: f[5],
		IDToken: f[6], TokenType: f[7], Scope: f[8], SessionState: f[9],
	}
	if a.UserID, err = key.Unescape(f[0]); err != nil {
		return a, fmt.Errorf("account: %w", err)
	}
	if a.ExpiresAt, err = strconv.ParseInt(f[10], 10, 64); err != nil {
		return a, errors.New("account: expires_at is no number")
	}
	if a.Extra, err = parseExtra(f[11]); err != nil {
		return a, fmt.Errorf("account: extra: %w", err)
	}
	return a, nil
}

// sessionFields are the names and values of a session.
func sessionFields(s *auth.SessionRecord, userID string) []any {
	return []any{
		"user", userID, "expires", micros(s.Expires), "created", timeText(s.CreatedAt), "seen", timeText(s.LastSeenAt),
		"address", s.Address, "agent", s.UserAgent,
	}
}

// parseSession returns nil when the fields are those of no session.
func parseSession(token string, v any) (*auth.SessionRecord, error) {
	f, err := fields(v, 6)
	if err != nil || f[0] == "" && f[1] == "" {
		return nil, err
	}
	s := &auth.SessionRecord{Token: token, Address: f[4], UserAgent: f[5]}
	if s.UserID, err = key.Unescape(f[0]); err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	for field, target := range map[int]*time.Time{1: &s.Expires, 2: &s.CreatedAt, 3: &s.LastSeenAt} {
		if *target, err = parseTime(f[field]); err != nil {
			return nil, fmt.Errorf("session: %w", err)
		}
	}
	return s, nil
}

// fields reads a list of texts from a reply. What is not there is empty.
func fields(v any, n int) ([]string, error) {
	list, ok := v.([]any)
	if !ok || len(list) != n {
		return nil, errors.New("the reply has an unexpected form")
	}
	texts := make([]string, n)
	for i, field := range list {
		if field == nil {
			continue
		}
		if texts[i], ok = field.(string); !ok {
			return nil, errors.New("the reply has an unexpected form")
		}
	}
	return texts, nil
}

// addressKey is the part of a key that stands for a mail address, and is empty
// without one.
func addressKey(email string) string { return key.Escape(mailaddr.Fold(email)) }

// extraText is the JSON form of an Extra, empty when there is none.
func extraText(extra map[string]any) (string, error) {
	if len(extra) == 0 {
		return "", nil
	}
	b, err := json.Marshal(extra)
	if err != nil {
		return "", fmt.Errorf("redisdb: Extra has no JSON form: %w", err)
	}
	return string(b), nil
}

func parseExtra(text string) (map[string]any, error) {
	if text == "" {
		return nil, nil
	}
	v, err := jsonvalue.Decode([]byte(text))
	if err != nil {
		return nil, err
	}
	extra, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("no JSON object")
	}
	return extra, nil
}

// micros writes a time as microseconds since 1970.
func micros(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// timeText is micros, but empty for the zero time.
func timeText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return micros(t)
}

func parseTime(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, errors.New("a time is no number")
	}
	return time.UnixMicro(n).UTC(), nil
}

// keyEnd is when a key whose content ends at a time is removed, in milliseconds
// since 1970: later by what keep says, and never sooner than that from now on.
func keyEnd(expires time.Time) int64 {
	if now := time.Now(); expires.Before(now) {
		expires = now
	}
	return expires.Add(keep).UnixMilli()
}
