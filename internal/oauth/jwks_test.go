package oauth_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// keyFlow signs in once and says how many key requests there were so far.
func keyFlow(t *testing.T, op *testOP, client *oauth.Client, want string, wantRequests int) {
	t.Helper()
	_, err := client.Exchange(t.Context(), start(t, client, true, nil))
	checkError(t, err, want)
	if got := len(op.RequestsTo("jwks")); got != wantRequests {
		t.Errorf("%d key requests, want %d", got, wantRequests)
	}
}

// JWKS-01, JWKS-08
func TestKeyRotation(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	client := oauth.New(op.openID())
	keyFlow(t, op, client, "", 1)
	keyFlow(t, op, client, "", 1)
	withdrawn := start(t, client, true, nil)
	var old string
	op.Script(func(b *fakeop.Behavior) { b.IDToken.Claims = map[string]any{"nonce": withdrawn.Nonce} })
	result, err := client.Exchange(t.Context(), withdrawn)
	if err != nil {
		t.Fatal(err)
	}
	old = result.Tokens["id_token"].(string)

	op.ResetScript()
	op.RotateKeys()
	keyFlow(t, op, client, "", 2)
	op.Script(func(b *fakeop.Behavior) { b.IDToken.Raw = old })
	keyFlow(t, op, client, "no key of the provider fits", 3)
}

// JWKS-09
func TestKeyReplaced(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	client := oauth.New(op.openID())
	keyFlow(t, op, client, "", 1)
	if err := op.ReplaceKeys(); err != nil {
		t.Fatal(err)
	}
	keyFlow(t, op, client, "", 2)
	keyFlow(t, op, client, "", 2)
	// A signature that never fits costs one request each time.
	op.Script(func(b *fakeop.Behavior) { b.IDToken.BadSignature = true })
	keyFlow(t, op, client, "no key of the provider fits", 3)
}

// JWKS-03, JWKS-04
func TestKeysDown(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	now := time.Now()
	cfg := op.openID()
	cfg.Now = func() time.Time { return now }
	client := oauth.New(cfg)
	keyFlow(t, op, client, "", 1)
	op.Script(func(b *fakeop.Behavior) { b.JWKS = fakeop.Answer{Status: 503, Body: []byte("SECRET")} })
	keyFlow(t, op, client, "", 1)
	op.Script(func(b *fakeop.Behavior) { b.IDToken.UnknownKeyID = true })
	keyFlow(t, op, client, "/jwks: status 503", 2)
	op.Script(func(b *fakeop.Behavior) { b.JWKS = fakeop.Answer{Body: []byte("SECRET")} })
	keyFlow(t, op, client, "no key of the provider fits", 3)
	op.Script(func(b *fakeop.Behavior) { b.JWKS = fakeop.Answer{Body: []byte(strings.Repeat(" ", 2<<20))} })
	keyFlow(t, op, client, "no key of the provider fits", 4)
}

// JWKS-06
func TestKeysTogether(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	client := oauth.New(op.openID())
	keyFlow(t, op, client, "", 1)
	op.RotateKeys()
	var now, most atomic.Int64
	op.Script(func(b *fakeop.Behavior) {
		b.JWKS.Handler = nil
		b.JWKS.Hook = func(*http.Request) {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			now.Add(-1)
		}
	})
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			answer, err := tryStart(t.Context(), client, true, nil)
			if err == nil {
				_, err = client.Exchange(t.Context(), answer)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := most.Load(); n != 1 {
		t.Errorf("%d key requests at a time, want 1", n)
	}
}

// JWKS-11
func TestKeyWithoutID(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	op.Script(func(b *fakeop.Behavior) { b.IDToken.OmitKeyID = true })
	keyFlow(t, op, oauth.New(op.openID()), "", 1)
}

// A withdrawn key is forgotten after an hour even if nothing else asks for the
// keys.
func TestKeysExpire(t *testing.T) {
	op := newOP(t, fakeop.Config{})
	now := time.Now()
	cfg := op.openID()
	cfg.Now = func() time.Time { return now }
	client := oauth.New(cfg)
	keyFlow(t, op, client, "", 1)
	now = now.Add(61 * time.Minute)
	op.Script(func(b *fakeop.Behavior) {
		b.IDToken.Claims = map[string]any{"exp": now.Unix() + 60, "iat": now.Unix()}
	})
	keyFlow(t, op, client, "", 2)
}
