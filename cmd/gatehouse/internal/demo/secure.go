package demo

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/internal/loopback"
)

// secure protects the pages behind it, and answers requests for the address
// itself alone: a page of another site cannot reach the demo under a name that
// it made point to this computer. Forms lead to the same origin and to
// formTargets.
//
// A visitor who opened another name of this computer is led home.
func secure(next http.Handler, address string, formTargets ...string) http.Handler {
	policy := "default-src 'none'; style-src 'self'; img-src 'self'; form-action " +
		strings.Join(append([]string{"'self'"}, formTargets...), " ") + "; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		switch asked := "http://" + r.Host; {
		case asked == address:
			next.ServeHTTP(w, r)
		case isLoopback(asked) && r.Method == http.MethodGet:
			http.Redirect(w, r, address+"/", http.StatusFound)
		default:
			http.Error(w, "This host is not served here. Open "+address, http.StatusMisdirectedRequest)
		}
	})
}

// isLoopback reports whether an address is one of those under which a visitor
// may have opened the demo.
func isLoopback(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (loopback.Is(u.Hostname()))
}
