package standin

import (
	"context"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// Who can sign in with a password.
const (
	Username   = "ada"
	Passphrase = "analytical-engine"
)

// Password returns a provider that signs in Ada Lovelace, whom it adds to the
// store, with [Username] and [Passphrase]. An application looks the name up and
// compares a slow hash of the password.
func Password(ctx context.Context, store auth.Adapter) (auth.CredentialsProvider, error) {
	ada, err := store.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{Name: "Ada Lovelace", Email: "ada@example.com"}})
	if err != nil {
		return auth.CredentialsProvider{}, err
	}
	provider := providers.Credentials(func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
		if c["username"] != Username || c["password"] != Passphrase {
			return nil, auth.ErrInvalidCredentials
		}
		return ada, nil
	})
	provider.Name = "Password"
	return provider, nil
}
