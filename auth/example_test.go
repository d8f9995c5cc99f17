package auth_test

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"os"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// demoCredentials signs in everybody who knows the word.
func demoCredentials() auth.Provider {
	return auth.CredentialsProvider{
		Fields: []auth.Field{{Name: "name"}, {Name: "word", Type: "password"}},
		Authorize: func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
			if c["word"] != "open sesame" {
				return nil, auth.ErrInvalidCredentials
			}
			return &auth.User{ID: c["name"], Name: c["name"]}, nil
		},
	}
}

func home(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "Hello %s", auth.FromContext(r.Context()).User.Name)
}

// A whole program: sign-in below /api/auth/, and a page for people who are
// signed in.
func ExampleNew() {
	a, err := auth.New(auth.Config{
		URL:       "http://localhost:3000",
		Secrets:   []string{os.Getenv("AUTH_SECRET")},
		Adapter:   memory.New(),
		Providers: []auth.Provider{demoCredentials()},
	})
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/api/auth/", a)
	http.Handle("/", a.Require(http.HandlerFunc(home)))
	log.Fatal(http.ListenAndServe("127.0.0.1:3000", nil))
}

// New reports everything that is wrong with a configuration at once.
func ExampleNew_errors() {
	_, err := auth.New(auth.Config{Secrets: []string{"too short"}, Providers: []auth.Provider{demoCredentials()}})
	fmt.Println(err)
	// Output:
	// auth: URL: is empty; set it to the address that browsers use, for example "https://example.com", or list AllowedHosts
	// auth: Secrets[0]: has 9 bytes; at least 32 are needed; use the output of "openssl rand -base64 33"
}

// Require lets only signed-in visitors through: a browser is sent to the sign-in
// page, a script gets 401.
func ExampleAuth_Require() {
	a := newExample()
	handler := a.Require(http.HandlerFunc(home))

	page := serve(handler, http.MethodGet, "/", http.Header{"Sec-Fetch-Mode": {"navigate"}})
	fmt.Println(page.Code, page.Header().Get("Location"))
	script := serve(handler, http.MethodGet, "/", http.Header{"Accept": {"application/json"}})
	fmt.Println(script.Code, script.Header().Get("Content-Type"))
	// Output:
	// 302 https://app.example/api/auth/signin?callbackUrl=https%3A%2F%2Fapp.example%2F
	// 401 application/json
}

// FromContext tells who is signed in. Behind Load that may be nobody.
func ExampleFromContext() {
	a := newExample()
	handler := a.Load(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if session := auth.FromContext(r.Context()); session != nil {
			fmt.Fprintf(w, "Hello %s", session.User.Name)
			return
		}
		fmt.Fprint(w, "Hello stranger")
	}))
	fmt.Println(serve(handler, http.MethodGet, "/", nil).Body)
	// Output: Hello stranger
}

// A sign-in form of the application's own posts the CSRF token.
func ExampleAuth_CSRFToken() {
	a := newExample()
	form := template.Must(template.New("").Parse(`<form method="post" action="/api/auth/callback/credentials">
<input type="hidden" name="csrfToken" value="{{.}}">
<input name="name"> <input name="word" type="password"> <button>Sign in</button>
</form>`))
	http.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		if err := form.Execute(w, a.CSRFToken(w, r)); err != nil {
			log.Print(err)
		}
	})
}

// Callbacks decide who may sign in and what the session shows.
func ExampleCallbacks() {
	callbacks := auth.Callbacks{
		SignIn: func(_ context.Context, p auth.SignInParams) (auth.Decision, error) {
			switch p.User.Email {
			case "":
				return auth.Deny(), nil
			case "mallory@example.com":
				return auth.Deny(), &auth.PublicError{Code: "account_locked", Err: errors.New("locked by an operator")}
			}
			return auth.Allow(), nil
		},
		JWT: func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
			if p.Trigger == auth.TriggerSignIn || p.Trigger == auth.TriggerSignUp {
				p.Token["role"] = "reader"
			}
			return p.Token, nil
		},
		Session: func(_ context.Context, p auth.SessionParams) error {
			p.Session.User.Extra = map[string]any{"role": p.Token.Text("role")}
			return nil
		},
	}
	decision, err := callbacks.SignIn(context.Background(), auth.SignInParams{User: &auth.User{Email: "ada@example.com"}})
	fmt.Println(decision == auth.Allow(), err)
	// Output: true <nil>
}

// newExample is an Auth that serves https://app.example.
func newExample() *auth.Auth {
	a, err := auth.New(auth.Config{
		URL:       "https://app.example",
		Secrets:   []string{"an-example-of-a-secret-has-at-least-32-bytes-and-is-random-in-real-life"},
		Providers: []auth.Provider{demoCredentials()},
	})
	if err != nil {
		log.Fatal(err)
	}
	return a
}
