package auth_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// exampleSecret stands for the output of "openssl rand -base64 33".
const exampleSecret = "an-example-of-a-secret-has-at-least-32-bytes-and-is-random-in-real-life"

// managed is an Auth with database sessions and what is in its store.
func managed(data memory.Data) *auth.Auth {
	store := memory.New()
	if err := store.Insert(data); err != nil {
		log.Fatal(err)
	}
	a, err := auth.New(auth.Config{
		URL: "https://app.example", Secrets: []string{exampleSecret}, Adapter: store,
		Providers: []auth.Provider{exampleProvider("github"), exampleProvider("google")},
	})
	if err != nil {
		log.Fatal(err)
	}
	return a
}

// exampleProvider is what a function of package providers returns.
func exampleProvider(id string) auth.Provider {
	return auth.OAuthProvider{ID: id, Name: id, Issuer: "https://" + id + ".example", OpenID: true, ClientID: "id", ClientSecret: "secret"}
}

// ada is a user with two accounts and two sessions.
func ada() memory.Data {
	now := time.Now()
	return memory.Data{
		Users: []auth.User{{ID: "ada", Name: "Ada"}},
		Accounts: []auth.Account{
			{UserID: "ada", Provider: "github", ProviderAccountID: "1815"},
			{UserID: "ada", Provider: "google", ProviderAccountID: "1852", AccessToken: "ya29"},
		},
		Sessions: []auth.SessionRecord{
			{Token: "a", UserID: "ada", Expires: now.Add(time.Hour), UserAgent: "Laptop", Address: "203.0.113.5"},
			{Token: "b", UserID: "ada", Expires: now.Add(2 * time.Hour), UserAgent: "Phone", Address: "203.0.113.9"},
		},
	}
}

// An account page shows which identities are connected, and an application calls
// the provider with the token it got.
func ExampleAuth_Accounts() {
	a := managed(ada())
	accounts, err := a.Accounts(context.Background(), "ada")
	if err != nil {
		log.Fatal(err)
	}
	for _, account := range accounts {
		fmt.Println(account.Provider, account.ProviderAccountID, account.AccessToken != "")
	}
	// Output:
	// github 1815 false
	// google 1852 true
}

// A page behind Require lists the visitor's sessions. Passing the context of the
// request marks the visitor's own.
func ExampleAuth_Sessions() {
	a := managed(ada())
	mux := http.NewServeMux()
	mux.Handle("GET /sessions", a.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sessions, err := a.Sessions(r.Context(), auth.FromContext(r.Context()).User.ID)
		if err != nil {
			http.Error(w, "try again later", http.StatusServiceUnavailable)
			return
		}
		for _, session := range sessions {
			fmt.Fprintln(w, session.ID, session.UserAgent, session.LastSeenAt, session.Current)
		}
	})))

	sessions, err := a.Sessions(context.Background(), "ada")
	if err != nil {
		log.Fatal(err)
	}
	for _, session := range sessions {
		fmt.Println(session.UserAgent, session.Address)
	}
	// Output:
	// Phone 203.0.113.9
	// Laptop 203.0.113.5
}

// Revoke ends the session that the visitor chose from the list.
func ExampleAuth_Revoke() {
	a := managed(ada())
	ctx := context.Background()
	sessions, err := a.Sessions(ctx, "ada")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Revoke(ctx, "ada", sessions[0].ID))
	fmt.Println(errors.Is(a.Revoke(ctx, "ada", sessions[0].ID), auth.ErrNotFound))
	// Output:
	// <nil>
	// true
}

// RevokeAll signs a user out everywhere.
func ExampleAuth_RevokeAll() {
	a := managed(ada())
	ctx := context.Background()
	if err := a.RevokeAll(ctx, "ada"); err != nil {
		log.Fatal(err)
	}
	sessions, err := a.Sessions(ctx, "ada")
	fmt.Println(len(sessions), err)
	// Output: 0 <nil>
}

// The last way in stays.
func ExampleAuth_UnlinkAccount() {
	a := managed(ada())
	ctx := context.Background()
	fmt.Println(a.UnlinkAccount(ctx, "ada", "github", "1815"))
	if err := a.UnlinkAccount(ctx, "ada", "google", "1852"); errors.Is(err, auth.ErrLastAccount) {
		fmt.Println("connect another account first")
	}
	// Output:
	// <nil>
	// connect another account first
}

// DeleteUser removes a user with everything that belongs to it.
func ExampleAuth_DeleteUser() {
	a := managed(ada())
	ctx := context.Background()
	fmt.Println(a.DeleteUser(ctx, "ada"))
	accounts, err := a.Accounts(ctx, "ada")
	fmt.Println(len(accounts), err)
	// Output:
	// <nil>
	// 0 <nil>
}

// EncryptAccounts runs once for a store that was filled before, and again when the
// secret was replaced: the new one stands in front.
func ExampleEncryptAccounts() {
	store := memory.New()
	if err := store.Insert(ada()); err != nil {
		log.Fatal(err)
	}
	secrets := []string{exampleSecret}
	if old := os.Getenv("AUTH_SECRET_OLD"); old != "" {
		secrets = append(secrets, old)
	}
	changed, err := auth.EncryptAccounts(context.Background(), store, secrets, 0)
	fmt.Println(changed, err)
	// Output: 1 <nil>
}
