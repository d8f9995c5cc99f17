package auth_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// journal writes down the events of a site.
type journal struct {
	mu    sync.Mutex
	lines []string
}

func (j *journal) add(format string, values ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, values...))
}

// since returns the new lines.
func (j *journal) since() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	lines := j.lines
	j.lines = nil
	return lines
}

func (j *journal) events() auth.Events {
	profile := func(u *auth.User) string {
		if u == nil {
			return "none"
		}
		return u.ID + " " + u.Email
	}
	return auth.Events{
		SignIn: func(_ context.Context, e auth.SignInEvent) {
			j.add("SignIn %s %s %s profile=%s new=%v", e.User.Email, e.Account.Provider, e.Account.Type, profile(e.Profile), e.IsNewUser)
		},
		SignOut: func(_ context.Context, e auth.SignOutEvent) {
			j.add("SignOut email=%s row=%v", e.Token.Email(), e.Session != nil)
		},
		CreateUser: func(_ context.Context, e auth.UserEvent) { j.add("CreateUser %s id=%v", e.User.Email, e.User.ID != "") },
		UpdateUser: func(_ context.Context, e auth.UserEvent) {
			j.add("UpdateUser %s verified=%v", e.User.Email, !e.User.EmailVerified.IsZero())
		},
		LinkAccount: func(_ context.Context, e auth.LinkAccountEvent) {
			j.add("LinkAccount %s %s %s profile=%s", e.User.Email, e.Account.Provider, e.Account.ProviderAccountID, profile(e.Profile))
		},
		Session: func(_ context.Context, e auth.SessionEvent) {
			j.add("Session %s token=%v", e.Session.User.Email, e.Token != nil)
		},
	}
}

// The events of a flow, in their order.
func TestEvents(t *testing.T) {
	const ida, grace = "ida@example.com", "grace@example.com"
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		inBothModes(t, string(strategy), func(t *testing.T, strictV4 bool) {
			store := memory.New()
			j := &journal{}
			s := newOfflineSite(t, store, func(c *auth.Config) {
				withStore(store, strictV4, strategy)(c)
				c.Events = j.events()
			})
			b, mailed := s.browser(), s.browser()
			isJWT := strategy == auth.StrategyJWT
			signOut := "SignOut email= row=true"
			if isJWT {
				signOut = "SignOut email=" + ida + " row=false"
			}
			for _, row := range []struct {
				name string
				do   func()
				want []string
			}{
				{"first sign-in", func() { b.signInWithOAuth("op") }, []string{
					"CreateUser " + ida + " id=true",
					"LinkAccount " + ida + " op sub-1001 profile=sub-1001 " + ida,
					"SignIn " + ida + " op oauth profile=sub-1001 " + ida + " new=true",
				}},
				{"reading the session", func() { b.session() }, []string{fmt.Sprintf("Session %s token=%v", ida, isJWT)}},
				{"the middleware", func() { b.open() }, nil},
				{"an update", func() { b.post("/api/auth/session", nil) }, []string{fmt.Sprintf("Session %s token=%v", ida, isJWT)}},
				{"sign-out", func() { b.post("/api/auth/signout", nil) }, []string{signOut}},
				{"sign-out of nobody", func() { b.post("/api/auth/signout", nil) }, nil},
				{"reading no session", func() { b.session() }, nil},
				{"second sign-in", func() { b.signInWithOAuth("op") }, []string{
					"SignIn " + ida + " op oauth profile=sub-1001 " + ida + " new=false",
				}},
				{"requesting a link", func() { mailed.requestLink(grace) }, nil},
				{"first sign-in by link", func() { mailed.get(mailed.requestLink(grace)) }, []string{
					"CreateUser " + grace + " id=true",
					"SignIn " + grace + " email email profile=none new=true",
				}},
				{"second sign-in by link", func() { mailed.get(mailed.requestLink(grace)) }, []string{
					"UpdateUser " + grace + " verified=true",
					"SignIn " + grace + " email email profile=none new=false",
				}},
				{"refused sign-in", func() { b.post("/api/auth/callback/credentials", nil) }, nil},
			} {
				row.do()
				if diff := cmp.Diff(row.want, j.since()); diff != "" {
					t.Errorf("%s (-want +got):\n%s\n%s", row.name, diff, s.log)
				}
			}
		})
	}
	t.Run("credentials", func(t *testing.T) {
		j := &journal{}
		s := newOfflineSite(t, memory.New(), func(c *auth.Config) { c.Adapter, c.Events = nil, j.events() })
		s.browser().signInWithCredentials()
		want := []string{"SignIn alice@example.com credentials credentials profile=none new=false"}
		if diff := cmp.Diff(want, j.since()); diff != "" {
			t.Errorf("events (-want +got):\n%s", diff)
		}
	})
}

// An account that is linked to the visitor who is signed in.
func TestEventsOfLinking(t *testing.T) {
	store := memory.New()
	j := &journal{}
	s := newOfflineSite(t, store, func(c *auth.Config) { c.Events = j.events() })
	b := s.browser()
	b.get(b.requestLink("grace@example.com"))
	j.since()
	b.signInWithOAuth("op")
	want := []string{
		"LinkAccount grace@example.com op sub-1001 profile=sub-1001 ida@example.com",
		"SignIn grace@example.com op oauth profile=sub-1001 ida@example.com new=false",
	}
	if diff := cmp.Diff(want, j.since()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// A handler that panics changes nothing but the log.
func TestEventPanics(t *testing.T) {
	s := newOfflineSite(t, memory.New(), func(c *auth.Config) {
		c.Events = auth.Events{
			SignIn:      func(context.Context, auth.SignInEvent) { panic("in SignIn") },
			SignOut:     func(context.Context, auth.SignOutEvent) { panic("in SignOut") },
			CreateUser:  func(context.Context, auth.UserEvent) { panic("in CreateUser") },
			UpdateUser:  func(context.Context, auth.UserEvent) { panic("in UpdateUser") },
			LinkAccount: func(context.Context, auth.LinkAccountEvent) { panic("in LinkAccount") },
			Session:     func(context.Context, auth.SessionEvent) { panic("in Session") },
		}
	})
	b := s.browser()
	if got := b.signInWithOAuth("op"); got.status != http.StatusFound || got.errorCode() != "" {
		t.Errorf("the sign-in answered %d %s", got.status, got.location)
	}
	if b.signedInAs() != "Ida Provider" {
		t.Error("not signed in")
	}
	mailed := s.browser()
	for range 2 {
		if got := mailed.get(mailed.requestLink("grace@example.com")); got.errorCode() != "" {
			t.Errorf("the link answered %s", got.location)
		}
	}
	b.post("/api/auth/signout", nil)
	if b.signedInAs() != "" {
		t.Error("still signed in")
	}
	for _, name := range []string{"SignIn", "SignOut", "CreateUser", "UpdateUser", "LinkAccount", "Session"} {
		if !strings.Contains(s.log.String(), "event="+name+` error="in `+name+`"`) {
			t.Errorf("the log has no line for %s:\n%s", name, s.log)
		}
	}
}
