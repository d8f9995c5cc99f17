package adaptertest

import (
	"errors"
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

func verificationRules() []rule {
	return []rule{
		{"looking does not use up", checkLook},
		{"using removes", checkUse},
		{"an expired link is found", checkExpiredLink},
		{"links are compared by byte", checkLinkBytes},
		{"an address may have many links", checkManyLinks},
		{"two addresses may have the same token", checkSameToken},
		{"a link is stored once", checkLinkTaken},
	}
}

// wantLink fails unless got is the mailed link want.
func wantLink(t *testing.T, got *auth.VerificationToken, err error, want *auth.VerificationToken, rule string) {
	t.Helper()
	if err != nil {
		t.Errorf("%s: %v", rule, err)
		return
	}
	if got == nil || got.Identifier != want.Identifier || got.Token != want.Token || !got.Expires.Equal(want.Expires) {
		t.Errorf("%s: link = %+v, want %+v", rule, got, want)
	}
}

func checkLook(t *testing.T, a auth.Adapter) {
	want := mailLink(t, a, "ada@example.com", "link")
	for range 2 {
		got, err := a.VerificationToken(t.Context(), "ada@example.com", "link")
		wantLink(t, got, err, want, "VerificationToken finds a link and leaves it")
		if got != nil {
			got.Token = "changed"
		}
	}
}

func checkUse(t *testing.T, a auth.Adapter) {
	want := mailLink(t, a, "ada@example.com", "link")
	got, err := a.UseVerificationToken(t.Context(), "ada@example.com", "link")
	wantLink(t, got, err, want, "UseVerificationToken returns the link")
	_, err = a.UseVerificationToken(t.Context(), "ada@example.com", "link")
	wantNotFound(t, err, "UseVerificationToken a second time")
	_, err = a.VerificationToken(t.Context(), "ada@example.com", "link")
	wantNotFound(t, err, "VerificationToken of a link that is used up")
	mailLink(t, a, "ada@example.com", "link")
}

func checkExpiredLink(t *testing.T, a auth.Adapter) {
	want := auth.VerificationToken{Identifier: "ada@example.com", Token: "link", Expires: past()}
	if err := a.CreateVerificationToken(t.Context(), want); err != nil {
		t.Fatalf("CreateVerificationToken: %v", err)
	}
	got, err := a.VerificationToken(t.Context(), want.Identifier, want.Token)
	wantLink(t, got, err, &want, "VerificationToken finds a link that has expired")
	got, err = a.UseVerificationToken(t.Context(), want.Identifier, want.Token)
	wantLink(t, got, err, &want, "UseVerificationToken returns a link that has expired")

	if err := a.CreateVerificationToken(t.Context(), want); err != nil {
		t.Fatalf("CreateVerificationToken: %v", err)
	}
	link := want
	link.Expires = soon()
	signIn(t, a, auth.SignIn{UseVerificationToken: &link, CreateUser: &auth.User{}})
	_, err = a.VerificationToken(t.Context(), want.Identifier, want.Token)
	wantNotFound(t, err, "SignIn compares Identifier and Token of the link and not Expires")
}

func checkLinkBytes(t *testing.T, a auth.Adapter) {
	mailLink(t, a, "aBcé", "aBcé")
	for _, other := range alike() {
		for _, pair := range [][2]string{{"aBcé", other}, {other, "aBcé"}} {
			_, err := a.VerificationToken(t.Context(), pair[0], pair[1])
			wantNotFound(t, err, "links are compared byte by byte: "+pair[0]+"/"+pair[1])
			_, err = a.UseVerificationToken(t.Context(), pair[0], pair[1])
			wantNotFound(t, err, "links are compared byte by byte: "+pair[0]+"/"+pair[1])
		}
	}
	_, err := a.VerificationToken(t.Context(), "aBcéaBcé", "")
	wantNotFound(t, err, "the two parts of a link are compared one by one")
	if _, err := a.UseVerificationToken(t.Context(), "aBcé", "aBcé"); err != nil {
		t.Errorf("the link itself: %v", err)
	}
}

func checkManyLinks(t *testing.T, a auth.Adapter) {
	mailLink(t, a, "ada@example.com", "1")
	want := mailLink(t, a, "ada@example.com", "2")
	other := mailLink(t, a, "bob@example.com", "of bob")
	if _, err := a.UseVerificationToken(t.Context(), "ada@example.com", "1"); err != nil {
		t.Fatal(err)
	}
	got, err := a.VerificationToken(t.Context(), "ada@example.com", "2")
	wantLink(t, got, err, want, "using one link leaves the others of the address")
	got, err = a.VerificationToken(t.Context(), other.Identifier, other.Token)
	wantLink(t, got, err, other, "using one link leaves those of other addresses")

	mailLink(t, a, "ada@example.com", "3")
	alike := mailLink(t, a, "ad\u00e1@example.com", "4")
	signIn(t, a, auth.SignIn{UseVerificationToken: want, CreateUser: &auth.User{}})
	_, err = a.VerificationToken(t.Context(), "ada@example.com", "3")
	wantNotFound(t, err, "SignIn with a link removes the others of its address")
	got, err = a.VerificationToken(t.Context(), alike.Identifier, alike.Token)
	wantLink(t, got, err, alike, "SignIn with a link leaves those of an address that differs in a letter")
	got, err = a.VerificationToken(t.Context(), other.Identifier, other.Token)
	wantLink(t, got, err, other, "SignIn with a link leaves those of other addresses")
}

func checkSameToken(t *testing.T, a auth.Adapter) {
	mailLink(t, a, "ada@example.com", "link")
	want := mailLink(t, a, "bob@example.com", "link")
	if _, err := a.UseVerificationToken(t.Context(), "ada@example.com", "link"); err != nil {
		t.Fatal(err)
	}
	got, err := a.VerificationToken(t.Context(), "bob@example.com", "link")
	wantLink(t, got, err, want, "only the pair of address and token is unique")
}

func checkLinkTaken(t *testing.T, a auth.Adapter) {
	want := mailLink(t, a, "ada@example.com", "link")
	again := *want
	again.Expires = past()
	if err := a.CreateVerificationToken(t.Context(), again); !errors.Is(err, auth.ErrConflict) {
		t.Errorf("CreateVerificationToken of a link that is there: %v, want one that wraps auth.ErrConflict", err)
	}
	got, err := a.VerificationToken(t.Context(), want.Identifier, want.Token)
	wantLink(t, got, err, want, "a link that is there is not replaced")
}
