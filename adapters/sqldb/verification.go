package sqldb

import (
	"context"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// CreateVerificationToken stores a mailed link. It returns [auth.ErrConflict]
// when a link with the same Identifier and Token is there.
func (a *Adapter) CreateVerificationToken(ctx context.Context, t auth.VerificationToken) error {
	return a.write(ctx, "create verification token", func(ctx context.Context) error {
		_, err := execute(ctx, a.statements, insertLink, t.Identifier, t.Token, t.Expires.UnixMicro())
		return err
	})
}

// VerificationToken finds a mailed link without using it up, also when it has
// expired.
func (a *Adapter) VerificationToken(ctx context.Context, identifier, token string) (link *auth.VerificationToken, err error) {
	err = a.read(ctx, "verification token", func(ctx context.Context) error {
		link, err = readLink(ctx, a.statements, selectLink, identifier, token)
		return err
	})
	return link, err
}

// UseVerificationToken removes a mailed link and returns it, also when it has
// expired. One statement does both.
func (a *Adapter) UseVerificationToken(ctx context.Context, identifier, token string) (link *auth.VerificationToken, err error) {
	err = a.write(ctx, "use verification token", func(ctx context.Context) error {
		link, err = readLink(ctx, a.statements, takeLink, identifier, token)
		return err
	})
	return link, err
}

// readLink runs a query for one mailed link.
func readLink(ctx context.Context, p preparer, query, identifier, token string) (*auth.VerificationToken, error) {
	var expires int64
	if err := queryOne(ctx, p, query, []any{identifier, token}, &expires); err != nil {
		return nil, err
	}
	return &auth.VerificationToken{Identifier: identifier, Token: token, Expires: fromMicros(expires)}, nil
}
