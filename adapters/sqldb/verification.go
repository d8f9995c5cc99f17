package sqldb

import (
	"context"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// CreateVerificationToken stores a mailed link. It returns [auth.ErrConflict]
// when a link with the same Identifier and Token is there.
func (s *store) CreateVerificationToken(ctx context.Context, link auth.VerificationToken) error {
	t := s.tables.VerificationTokens
	c := insert(s.dialect, t.Table, []assignment{{t.Identifier, link.Identifier}, {t.Token, link.Token}, {t.Expires, s.times.value(link.Expires)}})
	return s.write(ctx, "create verification token", func(ctx context.Context) error {
		_, err := execute(ctx, s.statements, c.query, c.args...)
		return err
	})
}

// VerificationToken finds a mailed link without using it up, also when it has
// expired.
func (s *store) VerificationToken(ctx context.Context, identifier, token string) (link *auth.VerificationToken, err error) {
	err = s.read(ctx, "verification token", func(ctx context.Context) error {
		link, err = s.readLink(ctx, s.statements, s.queries.selectLink, identifier, token)
		return err
	})
	return link, err
}

// UseVerificationToken removes a mailed link and returns it, also when it has
// expired. One statement decides who gets it.
func (s *store) UseVerificationToken(ctx context.Context, identifier, token string) (link *auth.VerificationToken, err error) {
	err = s.write(ctx, "use verification token", func(ctx context.Context) error {
		link, err = s.takeLink(ctx, s.statements, identifier, token)
		return err
	})
	if err != nil {
		return nil, err
	}
	return link, nil
}

// takeLink removes a mailed link. Where a DELETE returns nothing, the link is read
// first, and the number of rows that the DELETE removed says who got it.
func (s *store) takeLink(ctx context.Context, p preparer, identifier, token string) (*auth.VerificationToken, error) {
	if s.dialect.returning {
		return s.readLink(ctx, p, s.queries.takeLink, identifier, token)
	}
	link, err := s.readLink(ctx, p, s.queries.selectLink, identifier, token)
	if err != nil {
		return nil, err
	}
	return link, executeOne(ctx, p, s.queries.deleteLink, identifier, token)
}

// readLink runs a query for one mailed link.
func (s *store) readLink(ctx context.Context, p preparer, query, identifier, token string) (*auth.VerificationToken, error) {
	link := &auth.VerificationToken{}
	expires := moment{codec: &s.times}
	if err := queryOne(ctx, p, query, []any{identifier, token}, &link.Identifier, &link.Token, &expires); err != nil {
		return nil, err
	}
	if link.Identifier != identifier || link.Token != token {
		return nil, auth.ErrNotFound // the collation of the columns takes them for equal
	}
	link.Expires = expires.Time
	return link, nil
}
