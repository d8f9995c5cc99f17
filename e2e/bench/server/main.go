// Command server serves a small application for load tests of whole requests:
// five providers, credentials sign-in and a guarded path.
package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"flag"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

func main() {
	port := flag.Int("port", 3000, "port to listen on, at 127.0.0.1")
	reissue := flag.Bool("reissue", false, "seal a new session token on every GET /session")
	secret := flag.String("secret", "bench-secret-bench-secret-bench-secret-42", "secret")
	flag.Parse()

	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(*port))
	config := auth.Config{
		URL:     "http://" + address,
		Secrets: []string{*secret},
		Providers: []auth.Provider{
			credentials(),
			providers.GitHub("bench-github", "secret"),
			providers.Kakao("bench-kakao", "secret"),
			providers.Naver("bench-naver", "secret"),
			providers.TwitterOAuth2("bench-twitter", "secret"),
		},
		Logger: slog.New(slog.DiscardHandler),
	}
	if *reissue {
		config.Session.UpdateAge = -1
	}
	a, err := auth.New(config)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/auth/", a)
	mux.Handle("/protected", a.Require(http.HandlerFunc(protected)))
	log.Fatal((&http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 10 * time.Second}).ListenAndServe())
}

func protected(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	body, err := json.Marshal(map[string]string{"sub": auth.FromContext(r.Context()).User.ID})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(body)
}

// credentials knows one user. A real application would use a slow password hash,
// which would hide what is measured here.
func credentials() auth.CredentialsProvider {
	want := sha256.Sum256([]byte("correct horse battery staple"))
	return auth.CredentialsProvider{
		Fields: []auth.Field{{Name: "username", Label: "Username"}, {Name: "password", Label: "Password", Type: "password"}},
		Authorize: func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
			h := sha256.New()
			_, _ = io.WriteString(h, c["password"])
			if c["username"] != "jsmith" || subtle.ConstantTimeCompare(h.Sum(nil), want[:]) != 1 {
				return nil, auth.ErrInvalidCredentials
			}
			return &auth.User{ID: "user-1", Name: "Jane Smith", Email: "jane.smith@example.com", Image: "https://example.com/avatars/jane-smith.png"}, nil
		},
	}
}
