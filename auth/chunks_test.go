package auth_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// The session cookie is split when the token grows, and the old cookies are
// cleared when their number changes.
func TestSessionCookieGrowsAndShrinks(t *testing.T) {
	inBothModes(t, "sizes", func(t *testing.T, strictV4 bool) {
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
			c.StrictV4 = strictV4
			c.Callbacks.JWT = func(_ context.Context, p auth.JWTParams) (token.Claims, error) {
				if p.Trigger == auth.TriggerUpdate {
					p.Token["padding"] = p.Update
				}
				return p.Token, nil
			}
		})
		b := s.browser()
		b.signInWithCredentials()
		for _, row := range []struct {
			padding int
			want    []string
			cleared []string
		}{
			{0, []string{""}, nil},
			{4000, []string{".0", ".1"}, []string{""}},
			{7000, []string{".0", ".1", ".2"}, nil},
			{4000, []string{".0", ".1"}, []string{".2"}},
			{10, []string{""}, []string{".0", ".1"}},
			{9000, []string{".0", ".1", ".2", ".3"}, []string{""}},
			{1, []string{""}, []string{".0", ".1", ".2", ".3"}},
		} {
			body, err := json.Marshal(map[string]string{"csrfToken": b.csrfToken(), "data": strings.Repeat("x", row.padding)})
			if err != nil {
				t.Fatal(err)
			}
			got := b.do(http.MethodPost, "/api/auth/session", strings.NewReader(string(body)), jsonHeader())
			var set, cleared []string
			for _, c := range got.cookies {
				suffix, ok := strings.CutPrefix(c.Name, secureSession)
				switch {
				case !ok:
				case c.MaxAge < 0:
					cleared = append(cleared, suffix)
				default:
					set = append(set, suffix)
					if len(c.Value) > 3933 || len(c.String()) > 4096 {
						t.Errorf("%s has %d characters", c.Name, len(c.String()))
					}
				}
			}
			if diff := cmp.Diff(row.want, set); diff != "" {
				t.Errorf("padding %d: set (-want +got):\n%s", row.padding, diff)
			}
			if diff := cmp.Diff(row.cleared, cleared); diff != "" {
				t.Errorf("padding %d: cleared (-want +got):\n%s", row.padding, diff)
			}
			if !b.open() || b.signedInAs() != "Alice" {
				t.Fatalf("padding %d: the session does not open", row.padding)
			}
		}
		b.post("/api/auth/signout", nil)
		if left := b.cookieNames(secureSession); left != nil {
			t.Errorf("the sign-out left %q", left)
		}
	})
}
