package adaptertest

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func signInRules() []rule {
	return []rule{
		{"everything at once", checkFirstSignIn},
		{"UserID leaves the user as it is", checkUserID},
		{"UpdateUser replaces every field", checkUpdateUser},
		{"UpdateUser keeps addresses unique", checkUpdateEmail},
		{"a user that is not there is not found", checkMissingUser},
		{"exactly one user is named", checkOneUser},
		{"users without an address never conflict", checkNoEmail},
		{"a linked account is taken", checkAccountTaken},
		{"a user has many accounts", checkManyAccounts},
		{"RemoveAttached", checkRemoveAttached},
		{"RemoveAttached comes before LinkAccount and CreateSession", checkRemoveAttachedOrder},
		{"DeleteSession replaces a session", checkReplaceSession},
		{"DeleteSession that is not there is no error", checkReplaceNothing},
		{"a session token is taken", checkSessionTaken},
	}
}

func checkFirstSignIn(t *testing.T, a auth.Adapter) {
	link := mailLink(t, a, "ada@example.com", "link")
	u := signIn(t, a, auth.SignIn{
		UseVerificationToken: link,
		CreateUser:           &auth.User{Email: "ada@example.com"},
		RemoveAttached:       true,
		LinkAccount:          account("github", "1"),
		DeleteSession:        "none",
		CreateSession:        &auth.SessionRecord{Token: "s", UserID: "ignored", Expires: soon()},
	})
	got, err := a.UserByAccount(t.Context(), "github", "1")
	wantUser(t, got, err, u.ID, "LinkAccount links the account to the user of the sign-in")
	wantSession(t, a, "s", u.ID, "CreateSession makes a session of the user of the sign-in")
	_, err = a.VerificationToken(t.Context(), link.Identifier, link.Token)
	wantNotFound(t, err, "SignIn uses the mailed link up")
}

func checkUserID(t *testing.T, a auth.Adapter) {
	want := signIn(t, a, auth.SignIn{CreateUser: &auth.User{Name: "Ada", Email: "ada@example.com", EmailVerified: soon()}})
	got := signIn(t, a, auth.SignIn{UserID: want.ID})
	if got.ID != want.ID || got.Name != want.Name || got.Email != want.Email || !got.EmailVerified.Equal(want.EmailVerified) {
		t.Errorf("SignIn with UserID returned %+v, want the whole stored user %+v", got, want)
	}
}

func checkUpdateUser(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{
		Name: "Ada", Email: "ada@example.com", Image: "i", EmailVerified: soon(), Extra: map[string]any{"a": "b"},
	}})
	signIn(t, a, auth.SignIn{UpdateUser: &auth.User{ID: u.ID, Name: "Countess", Email: "countess@example.com"}})
	got, err := a.User(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Countess" || got.Email != "countess@example.com" || got.Image != "" || !got.EmailVerified.IsZero() || len(beyondAbsent(got.Extra)) != 0 {
		t.Errorf("after UpdateUser the user is %+v, want every field replaced, the empty ones too", got)
	}
}

func checkUpdateEmail(t *testing.T, a auth.Adapter) {
	first, second := create(t, a, "a@example.com"), create(t, a, "b@example.com")
	_, err := a.SignIn(t.Context(), auth.SignIn{UpdateUser: &auth.User{ID: second.ID, Email: "A@example.com"}})
	wantStep(t, err, auth.StepUpdateUser, auth.ErrConflict, "UpdateUser with the address of another user")

	signIn(t, a, auth.SignIn{UpdateUser: &auth.User{ID: first.ID, Email: "c@example.com"}})
	_, err = a.UserByEmail(t.Context(), "a@example.com")
	wantNotFound(t, err, "UserByEmail with an address that was given up")
	signIn(t, a, auth.SignIn{UpdateUser: &auth.User{ID: second.ID, Email: "A@example.com"}})
	got, err := a.UserByEmail(t.Context(), "a@example.com")
	wantUser(t, got, err, second.ID, "an address that was given up is free for another user")
}

func checkMissingUser(t *testing.T, a auth.Adapter) {
	tests := []struct {
		name string
		s    auth.SignIn
	}{
		{"UserID", auth.SignIn{UserID: "nobody", CreateSession: session("s"), LinkAccount: account("github", "1")}},
		{"UpdateUser", auth.SignIn{UpdateUser: &auth.User{ID: "nobody", Email: "a@example.com"}, CreateSession: session("s")}},
	}
	for _, test := range tests {
		_, err := a.SignIn(t.Context(), test.s)
		wantStep(t, err, auth.StepUpdateUser, auth.ErrNotFound, test.name+" that is not there")
		wantNoSession(t, a, "s", "no session is made for a user that is not there")
	}
	_, err := a.UserByEmail(t.Context(), "a@example.com")
	wantNotFound(t, err, "UpdateUser never creates a user")
}

func checkOneUser(t *testing.T, a auth.Adapter) {
	u := create(t, a, "")
	tests := []struct {
		name string
		s    auth.SignIn
	}{
		{"none", auth.SignIn{CreateSession: session("s")}},
		{"CreateUser and UserID", auth.SignIn{CreateUser: &auth.User{}, UserID: u.ID, CreateSession: session("s")}},
		{"UpdateUser and UserID", auth.SignIn{UpdateUser: u, UserID: u.ID, CreateSession: session("s")}},
	}
	for _, test := range tests {
		if _, err := a.SignIn(t.Context(), test.s); err == nil {
			t.Errorf("SignIn with %s succeeded, want an error: exactly one of CreateUser, UpdateUser and UserID names the user", test.name)
		}
		wantNoSession(t, a, "s", "a refused SignIn writes nothing")
	}
}

func checkNoEmail(t *testing.T, a auth.Adapter) {
	first, second := create(t, a, ""), create(t, a, "")
	signIn(t, a, auth.SignIn{UpdateUser: &auth.User{ID: second.ID, Name: "B"}})
	got, err := a.User(t.Context(), first.ID)
	wantUser(t, got, err, first.ID, "users without an address live side by side")
}

func checkAccountTaken(t *testing.T, a auth.Adapter) {
	owner := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1")})
	other := create(t, a, "")
	for _, id := range []string{other.ID, owner.ID} {
		_, err := a.SignIn(t.Context(), auth.SignIn{UserID: id, LinkAccount: account("github", "1")})
		wantStep(t, err, auth.StepLinkAccount, auth.ErrConflict, "LinkAccount with an account that is linked already")
	}
	got, err := a.UserByAccount(t.Context(), "github", "1")
	wantUser(t, got, err, owner.ID, "an account stays with its user")
}

func checkManyAccounts(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1")})
	for _, linked := range []*auth.Account{account("github", "2"), account("gitlab", "1")} {
		signIn(t, a, auth.SignIn{UserID: u.ID, LinkAccount: linked})
		got, err := a.UserByAccount(t.Context(), linked.Provider, linked.ProviderAccountID)
		wantUser(t, got, err, u.ID, "only the pair of provider and account id is unique")
	}
}

func checkRemoveAttached(t *testing.T, a auth.Adapter) {
	other := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "2"), CreateSession: session("other")})
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{Email: "a@example.com"}, LinkAccount: account("github", "1"), CreateSession: session("s1")})
	signIn(t, a, auth.SignIn{UserID: u.ID, LinkAccount: account("gitlab", "1"), CreateSession: session("s2")})

	u.EmailVerified = soon()
	signIn(t, a, auth.SignIn{UpdateUser: u, RemoveAttached: true, CreateSession: session("s3")})
	for _, provider := range []string{"github", "gitlab"} {
		_, err := a.UserByAccount(t.Context(), provider, "1")
		wantNotFound(t, err, "RemoveAttached removes every account of the user")
	}
	wantNoSession(t, a, "s1", "RemoveAttached removes every session of the user")
	wantNoSession(t, a, "s2", "RemoveAttached removes every session of the user")
	wantSession(t, a, "s3", u.ID, "RemoveAttached keeps the session that the same sign-in creates")
	wantSession(t, a, "other", other.ID, "RemoveAttached keeps the sessions of other users")
	got, err := a.UserByAccount(t.Context(), "github", "2")
	wantUser(t, got, err, other.ID, "RemoveAttached keeps the accounts of other users")
}

func checkRemoveAttachedOrder(t *testing.T, a auth.Adapter) {
	same := auth.SignIn{CreateUser: &auth.User{}, LinkAccount: account("github", "1"), CreateSession: session("s")}
	u := signIn(t, a, same)
	same.CreateUser, same.UserID, same.RemoveAttached = nil, u.ID, true
	signIn(t, a, same)
	wantSession(t, a, "s", u.ID, "a session token that RemoveAttached freed can be used again")
	got, err := a.UserByAccount(t.Context(), "github", "1")
	wantUser(t, got, err, u.ID, "an account that RemoveAttached removed can be linked again")
}

func checkReplaceSession(t *testing.T, a auth.Adapter) {
	old := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("old")})
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, DeleteSession: "old", CreateSession: session("new")})
	wantNoSession(t, a, "old", "DeleteSession removes the replaced session, whoever it belonged to")
	wantSession(t, a, "new", u.ID, "CreateSession")

	signIn(t, a, auth.SignIn{UserID: old.ID, DeleteSession: "new", CreateSession: session("new")})
	wantSession(t, a, "new", old.ID, "DeleteSession comes before CreateSession, so a token can be used again")
}

func checkReplaceNothing(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, DeleteSession: "gone", CreateSession: session("s")})
	wantSession(t, a, "s", u.ID, "SignIn.DeleteSession of a session that is not there is no error")
}

func checkSessionTaken(t *testing.T, a auth.Adapter) {
	u := signIn(t, a, auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("s")})
	_, err := a.SignIn(t.Context(), auth.SignIn{CreateUser: &auth.User{}, CreateSession: session("s")})
	wantStep(t, err, auth.StepCreateSession, auth.ErrConflict, "CreateSession with a token that is taken")
	wantSession(t, a, "s", u.ID, "a session stays with its user")
}
