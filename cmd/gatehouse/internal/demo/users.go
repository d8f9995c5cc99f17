package demo

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// User is somebody who signs in with a name and a password.
type User struct {
	Username string
	Password string
	Name     string
	Email    string
}

// Users returns the demo's users. Their passwords are no secret: the home page
// shows them.
func Users() []User {
	return []User{
		{Username: "ada", Password: "analytical-engine", Name: "Ada Lovelace", Email: "ada@example.com"},
		{Username: "grace", Password: "nanoseconds", Name: "Grace Hopper", Email: "grace@example.com"},
	}
}

// passwords checks names and passwords.
type passwords struct {
	adapter auth.Adapter
	known   map[string]credential
	// nobody is checked for a name that does not exist, so that such an
	// attempt takes as long as any other.
	nobody credential
}

// newPasswords stores users, and keeps hashes of their passwords.
func newPasswords(ctx context.Context, adapter auth.Adapter, users []User) (*passwords, error) {
	p := &passwords{adapter: adapter, known: make(map[string]credential, len(users)), nobody: newCredential("", rand.Text())}
	for _, u := range users {
		stored, err := adapter.SignIn(ctx, auth.SignIn{CreateUser: &auth.User{Name: u.Name, Email: u.Email}})
		if err != nil {
			return nil, fmt.Errorf("storing the user %s: %w", u.Username, err)
		}
		p.known[u.Username] = newCredential(stored.ID, u.Password)
	}
	return p, nil
}

// authorize returns the user whose name and password these are.
func (p *passwords) authorize(ctx context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
	found, ok := p.known[strings.ToLower(strings.TrimSpace(c["username"]))]
	if !ok {
		found = p.nobody
	}
	if !found.opensWith(c["password"]) || !ok {
		return nil, auth.ErrInvalidCredentials
	}
	return p.adapter.User(ctx, found.userID)
}

// credential is what is kept of a password.
type credential struct {
	userID     string
	salt, hash []byte
}

func newCredential(userID, password string) credential {
	salt := []byte(rand.Text())
	return credential{userID, salt, hashPassword(password, salt)}
}

func (c credential) opensWith(password string) bool {
	return subtle.ConstantTimeCompare(hashPassword(password, c.salt), c.hash) == 1
}

// hashPassword is Argon2id with two passes over 19 MiB.
func hashPassword(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, 2, 19<<10, 1, 32)
}
