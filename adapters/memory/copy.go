package memory

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// storedUser returns the form in which a user is kept, sharing nothing with u.
func storedUser(u auth.User) (auth.User, error) {
	extra, err := storedExtra(u.Extra)
	u.Extra = extra
	u.EmailVerified = storedTime(u.EmailVerified)
	return u, err
}

func storedAccount(a auth.Account) (auth.Account, error) {
	extra, err := storedExtra(a.Extra)
	a.Extra = extra
	return a, err
}

func storedSession(s auth.SessionRecord) auth.SessionRecord {
	s.Expires = storedTime(s.Expires)
	s.CreatedAt = storedTime(s.CreatedAt)
	s.LastSeenAt = storedTime(s.LastSeenAt)
	return s
}

// storedExtra passes a map through JSON. An empty one becomes nil.
func storedExtra(extra map[string]any) (map[string]any, error) {
	if len(extra) == 0 {
		return nil, nil
	}
	text, err := json.Marshal(extra)
	if err != nil {
		return nil, fmt.Errorf("memory: Extra has no JSON form: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var stored map[string]any
	if err := decoder.Decode(&stored); err != nil {
		return nil, fmt.Errorf("memory: Extra: %w", err)
	}
	return stored, nil
}

// storedTime drops what is below a microsecond, the monotonic clock and the
// time zone, as a database does.
func storedTime(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

func copyUser(u auth.User) auth.User {
	u.Extra = copyExtra(u.Extra)
	return u
}

func copyExtra(extra map[string]any) map[string]any {
	if extra == nil {
		return nil
	}
	return copyValue(extra).(map[string]any)
}

// copyValue copies a decoded JSON value with everything inside.
func copyValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		c := make(map[string]any, len(v))
		for key, member := range v {
			c[key] = copyValue(member)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, member := range v {
			c[i] = copyValue(member)
		}
		return c
	}
	return v
}

// clone copies the tables. The rows are shared: they are replaced and never
// changed in place.
func (s *store) clone() store {
	c := *s
	c.users = maps.Clone(s.users)
	c.emails = maps.Clone(s.emails)
	c.accounts = maps.Clone(s.accounts)
	c.sessions = maps.Clone(s.sessions)
	c.links = maps.Clone(s.links)
	return c
}
