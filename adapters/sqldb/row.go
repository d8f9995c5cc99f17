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

// userRow takes the userColumns of a query.
type userRow struct {
	user     auth.User
	verified sql.NullInt64
	extra    string
}

func (r *userRow) targets() []any {
	return []any{&r.user.ID, &r.user.Name, &r.user.Email, &r.user.Image, &r.verified, &r.extra}
}

// finish sets the fields that are not scanned directly.
func (r *userRow) finish() error {
	if r.verified.Valid {
		r.user.EmailVerified = fromMicros(r.verified.Int64)
	}
	if r.extra == "" {
		return nil
	}
	decoder := json.NewDecoder(strings.NewReader(r.extra))
	decoder.UseNumber()
	if err := decoder.Decode(&r.user.Extra); err != nil {
		return fmt.Errorf("column extra of a user: %w", err)
	}
	return nil
}

// userValues are the values of insertUser and updateUser.
func userValues(u *auth.User, id string) ([]any, error) {
	extra, err := extraText(u.Extra)
	if err != nil {
		return nil, err
	}
	verified := sql.NullInt64{Int64: u.EmailVerified.UnixMicro(), Valid: !u.EmailVerified.IsZero()}
	return []any{text(u.Name), text(u.Email), text(mailaddr.Fold(u.Email)), verified, text(u.Image), extra, id}, nil
}

// accountValues are the values of insertAccount but the first, the user's id.
func accountValues(a *auth.Account) ([]any, error) {
	extra, err := extraText(a.Extra)
	if err != nil {
		return nil, err
	}
	expiresAt := sql.NullInt64{Int64: a.ExpiresAt, Valid: a.ExpiresAt != 0}
	return []any{
		a.Provider, a.ProviderAccountID, string(a.Type), text(a.AccessToken), text(a.RefreshToken), text(a.IDToken),
		text(a.TokenType), text(a.Scope), text(a.SessionState), expiresAt, extra,
	}, nil
}

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

func fromMicros(t int64) time.Time { return time.UnixMicro(t).UTC() }
