package providers

import (
	"context"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Credentials signs people in with the fields of a form, which authorize checks,
// with the ID "credentials". There is nothing to register; the form is posted to
// <base>/callback/credentials. Authorize returns the user, or
// [auth.ErrInvalidCredentials] when the credentials are wrong; comparing in
// constant time, slow password hashes and the like are its own business. Without
// fields the built-in page shows no form, and the application brings its own.
// With database sessions the user has to be one that the adapter has, by its ID;
// with JWT sessions the adapter stores nothing of it.
func Credentials(
	authorize func(ctx context.Context, credentials auth.Credentials, r *http.Request) (*auth.User, error),
	fields ...auth.Field,
) auth.CredentialsProvider {
	return auth.CredentialsProvider{ID: "credentials", Fields: fields, Authorize: authorize}
}

func credentialsDefinition() Definition {
	return Definition{
		ID:   "credentials",
		Name: "Credentials",
		Kind: KindCredentials,
		Options: []Option{
			{Name: "authorize", Required: true, What: "The function that checks the fields.", Where: "The application", Go: "checkPassword"},
			{
				Name: "fields", What: "The inputs of the form. Without any the built-in page shows none, and the application brings its own.",
				Where: "The application", Go: `[]auth.Field{{Name: "username"}, {Name: "password", Type: "password"}}`,
			},
		},
		Notes: []string{"Only a Go program can use it."},
		New: func(o Options) (auth.Provider, error) {
			return Credentials(o.Authorize, o.Fields...), nil
		},
	}
}
