package adaptertest

import (
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func userRules() []rule {
	return []rule{
		{"created users have ids of their own", checkIDs},
		{"lookup finds nothing in an empty store", checkEmptyStore},
		{"email ignores case", checkEmailCase},
		{"the case of an email is kept", checkEmailKept},
		{"email compares letters exactly", checkEmailLetters},
		{"account ids are compared by byte", checkAccountBytes},
		{"accounts that differ in a byte live side by side", checkAlikeAccounts},
		{"user ids are compared by byte", checkIDBytes},
	}
}

func checkIDs(t *testing.T, a auth.Adapter) {
	first, second := create(t, a, "a@example.com"), create(t, a, "b@example.com")
	if first.ID == second.ID {
		t.Fatalf("two users were created with the id %q, want ids that differ", first.ID)
	}
	for _, want := range []*auth.User{first, second} {
		got, err := a.User(t.Context(), want.ID)
		wantUser(t, got, err, want.ID, "User finds a created user")
		got, err = a.UserByEmail(t.Context(), want.Email)
		wantUser(t, got, err, want.ID, "UserByEmail finds a created user")
	}
}

func checkEmptyStore(t *testing.T, a auth.Adapter) {
	ctx := t.Context()
	_, err := a.User(ctx, "nobody")
	wantNotFound(t, err, "User with an unknown id")
	_, err = a.UserByEmail(ctx, "nobody@example.com")
	wantNotFound(t, err, "UserByEmail with an unknown address")
	_, err = a.UserByAccount(ctx, "github", "1")
	wantNotFound(t, err, "UserByAccount with an unknown account")

	create(t, a, "")
	_, err = a.UserByEmail(ctx, "")
	wantNotFound(t, err, "UserByEmail with no address never finds a user without one")
}

func checkEmailCase(t *testing.T, a auth.Adapter) {
	const given = "Ada.Lovelace@Example.COM"
	u := create(t, a, given)
	for _, email := range []string{given, strings.ToLower(given), strings.ToUpper(given)} {
		got, err := a.UserByEmail(t.Context(), email)
		wantUser(t, got, err, u.ID, "UserByEmail ignores case: "+email)
	}
	_, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{Email: strings.ToLower(given)}})
	wantStep(t, err, auth.StepCreateUser, auth.ErrConflict, "a second user with the same address in another case")
}

func checkEmailKept(t *testing.T, a auth.Adapter) {
	u := create(t, a, "Ada.Lovelace@Example.COM")
	for _, given := range []string{"Ada.Lovelace@Example.COM", "ADA@example.com"} {
		signIn(t, a, auth.SignIn{UpdateUser: &auth.User{ID: u.ID, Email: given}})
		got, err := a.UserByEmail(t.Context(), strings.ToLower(given))
		wantUser(t, got, err, u.ID, "UserByEmail ignores case: "+given)
		if err == nil && got.Email != given {
			t.Errorf("stored address = %q, want %q: the case given is kept", got.Email, given)
		}
	}
}

// checkEmailLetters has pairs that some collations and case foldings take for
// equal. Each would let the owner of one mailbox sign in as the owner of the
// other.
func checkEmailLetters(t *testing.T, a auth.Adapter) {
	create(t, a, "mike.rosso@example.com")
	tests := []struct{ name, email string }{
		{"accent", "mik\u00e9.rosso@example.com"},
		{"combining accent", "mike\u0301.rosso@example.com"},
		{"Kelvin sign", "mi\u212ae.rosso@example.com"},
		{"dotless i", "m\u0131ke.rosso@example.com"},
		{"dotted capital I", "m\u0130ke.rosso@example.com"},
		{"long s", "mike.ro\u017fso@example.com"},
		{"sharp s", "mike.ro\u00dfo@example.com"},
		{"full width", "\uff4dike.rosso@example.com"},
		{"trailing space", "mike.rosso@example.com "},
		{"leading space", " mike.rosso@example.com"},
		{"percent", "%@example.com"},
		{"underscore", "mike_rosso@example.com"},
	}
	for _, test := range tests {
		_, err := a.UserByEmail(t.Context(), test.email)
		wantNotFound(t, err, "UserByEmail with a different letter ("+test.name+") finds nobody")
	}
}

func checkAccountBytes(t *testing.T, a auth.Adapter) {
	signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "aBé")})
	for _, other := range [][2]string{
		{"github", "Abé"}, {"github", "aBe"}, {"github", "aBe\u0301"}, {"github", "aBé "}, {"github", "abé"},
		{"GitHub", "aBé"}, {"github ", "aBé"}, {"githubaBé", ""}, {"", "githubaBé"},
	} {
		_, err := a.UserByAccount(t.Context(), other[0], other[1])
		wantNotFound(t, err, "accounts are compared byte by byte: "+other[0]+"/"+other[1])
	}
}

func checkAlikeAccounts(t *testing.T, a auth.Adapter) {
	users := map[string]*auth.User{}
	for _, id := range append(alike(), "aBcé") {
		users[id] = signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", id)})
	}
	for id, u := range users {
		got, err := a.UserByAccount(t.Context(), "github", id)
		wantUser(t, got, err, u.ID, "UserByAccount next to accounts that differ in a byte: "+id)
	}
}

func checkIDBytes(t *testing.T, a auth.Adapter) {
	u := create(t, a, "")
	for _, id := range []string{strings.ToUpper(u.ID), u.ID + " ", ""} {
		if id == u.ID {
			continue
		}
		_, err := a.User(t.Context(), id)
		wantNotFound(t, err, "user ids are compared byte by byte")
	}
}
