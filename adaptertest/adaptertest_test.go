package adaptertest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/adaptertest"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// An adapter's own tests call Run with a function that opens an empty store.
func ExampleRun() {
	_ = func(t *testing.T) { // func TestAdapter(t *testing.T)
		adaptertest.Run(t, func(*testing.T) auth.Adapter { return memory.New() })
	}
}

// variable names what the process tests: a broken adapter, or options.
const variable = "GATEHOUSE_BROKEN_ADAPTER"

// broken are adapters that break one rule each, and a part of the message that
// has to say so.
func broken() map[string]struct {
	wrap func(*memory.Adapter) auth.Adapter
	want string
} {
	type entry = struct {
		wrap func(*memory.Adapter) auth.Adapter
		want string
	}
	return map[string]entry{
		"folds letters":      {func(a *memory.Adapter) auth.Adapter { return &foldsLetters{Adapter: a} }, "UserByEmail with a different letter (Kelvin sign) finds nobody"},
		"not atomic":         {func(a *memory.Adapter) auth.Adapter { return &notAtomic{Adapter: a} }, "SignIn is atomic: a failed one does not use up the link"},
		"hides expired":      {func(a *memory.Adapter) auth.Adapter { return &hidesExpired{Adapter: a} }, "SessionAndUser returns a session that has expired"},
		"folds tokens":       {func(a *memory.Adapter) auth.Adapter { return &foldsTokens{Adapter: a} }, "session tokens are compared byte by byte"},
		"link twice":         {func(a *memory.Adapter) auth.Adapter { return &linkTwice{Adapter: a} }, "UseVerificationToken a second time"},
		"ignores context":    {func(a *memory.Adapter) auth.Adapter { return &ignoresContext{Adapter: a} }, "User with a canceled context"},
		"drops microseconds": {func(a *memory.Adapter) auth.Adapter { return &dropsMicroseconds{Adapter: a} }, "microseconds are kept"},
		"silent delete":      {func(a *memory.Adapter) auth.Adapter { return &silentDelete{Adapter: a} }, "DeleteSession with an unknown token, outside of SignIn"},
		"drops details":      {func(a *memory.Adapter) auth.Adapter { return &dropsDetails{Adapter: a} }, "SessionAndUser returns Address and UserAgent"},
		"never seen":         {func(a *memory.Adapter) auth.Adapter { return &neverSeen{Adapter: a} }, "LastSeenAt = "},
		"unlinks all":        {func(a *memory.Adapter) auth.Adapter { return &unlinksAll{Adapter: a} }, "2 calls succeeded and 0 accounts are left, want 1 and 1"},
		"keeps links":        {func(a *memory.Adapter) auth.Adapter { return &keepsLinks{Adapter: a} }, "the links mailed to a deleted user are gone"},
		"unsorted":           {func(a *memory.Adapter) auth.Adapter { return &unsorted{Adapter: a} }, "also one that has expired, the one that expires last first"},
		"lost update":        {func(a *memory.Adapter) auth.Adapter { return &lostUpdate{Adapter: a} }, "want one that wraps auth.ErrConflict: others are stored"},
		"skips pages":        {func(a *memory.Adapter) auth.Adapter { return &skipsPages{Adapter: a} }, "each account once, sorted by the bytes"},
		"bare errors":        {func(a *memory.Adapter) auth.Adapter { return &bareErrors{Adapter: a} }, "want an *auth.StepError of step CreateUser"},
	}
}

// TestBroken runs the suite against broken adapters, each in a process of its
// own because its tests have to fail.
func TestBroken(t *testing.T) {
	if name := os.Getenv(variable); name != "" {
		adaptertest.Run(t, func(*testing.T) auth.Adapter { return broken()[name].wrap(memory.New()) })
		return
	}
	for name, b := range broken() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestBroken$")
			cmd.Env = append(os.Environ(), variable+"="+name)
			output, err := cmd.CombinedOutput()
			if err == nil {
				t.Fatalf("the suite passes:\n%s", output)
			}
			if !strings.Contains(string(output), b.want) {
				t.Errorf("output lacks %q:\n%s", b.want, output)
			}
		})
	}
}

// TestWithout leaves rules out, each in a process of its own.
func TestWithout(t *testing.T) {
	const microseconds = "Value/times keep microseconds"
	runs := map[string]struct {
		options []adaptertest.Option
		passes  bool
		want    string
	}{
		"the rule that is broken": {[]adaptertest.Option{adaptertest.Without(microseconds, "seconds are enough")}, true, "seconds are enough"},
		"another rule":            {[]adaptertest.Option{adaptertest.Without("Value/text survives", "seconds are enough")}, false, "microseconds are kept"},
		"no such rule":            {[]adaptertest.Option{adaptertest.Without("Value/everything", "seconds are enough")}, false, `Without("Value/everything"): there is no such rule`},
		"no group":                {[]adaptertest.Option{adaptertest.Without("times keep microseconds", "r")}, false, "there is no such rule"},
		"no reason":               {[]adaptertest.Option{adaptertest.Without(microseconds, "")}, false, "has no reason"},
	}
	if name := os.Getenv(variable); name != "" {
		newAdapter := func(*testing.T) auth.Adapter { return &dropsMicroseconds{Adapter: memory.New()} }
		adaptertest.Run(t, newAdapter, runs[name].options...)
		return
	}
	for name, run := range runs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWithout$", "-test.v")
			cmd.Env = append(os.Environ(), variable+"="+name)
			output, err := cmd.CombinedOutput()
			if passes := err == nil; passes != run.passes || !strings.Contains(string(output), run.want) {
				t.Errorf("passes = %t, want %t, and output with %q:\n%s", passes, run.passes, run.want, output)
			}
		})
	}
}

type foldsLetters struct{ *memory.Adapter }

func (a *foldsLetters) UserByEmail(ctx context.Context, email string) (*auth.User, error) {
	return a.Adapter.UserByEmail(ctx, strings.ToLower(email))
}

type notAtomic struct{ *memory.Adapter }

func (a *notAtomic) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	if link := s.UseVerificationToken; link != nil {
		if _, err := a.UseVerificationToken(ctx, link.Identifier, link.Token); err != nil {
			return nil, &auth.StepError{Step: auth.StepUseVerificationToken, Err: err}
		}
		s.UseVerificationToken = nil
	}
	return a.Adapter.SignIn(ctx, s)
}

type hidesExpired struct{ *memory.Adapter }

func (a *hidesExpired) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	s, u, err := a.Adapter.SessionAndUser(ctx, token)
	if err == nil && s.Expires.Before(time.Now()) {
		return nil, nil, auth.ErrNotFound
	}
	return s, u, err
}

type foldsTokens struct{ *memory.Adapter }

func (a *foldsTokens) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	s, u, err := a.Adapter.SessionAndUser(ctx, token)
	if errors.Is(err, auth.ErrNotFound) {
		return a.Adapter.SessionAndUser(ctx, strings.TrimRight(token, " "))
	}
	return s, u, err
}

type linkTwice struct{ *memory.Adapter }

func (a *linkTwice) UseVerificationToken(ctx context.Context, identifier, token string) (*auth.VerificationToken, error) {
	return a.VerificationToken(ctx, identifier, token)
}

type ignoresContext struct{ *memory.Adapter }

func (a *ignoresContext) User(ctx context.Context, id string) (*auth.User, error) {
	return a.Adapter.User(context.WithoutCancel(ctx), id)
}

type dropsMicroseconds struct{ *memory.Adapter }

func (a *dropsMicroseconds) UpdateSession(ctx context.Context, token string, expires time.Time) error {
	return a.Adapter.UpdateSession(ctx, token, expires.Truncate(time.Millisecond))
}

type silentDelete struct{ *memory.Adapter }

func (a *silentDelete) DeleteSession(ctx context.Context, token string) (*auth.SessionRecord, error) {
	s, err := a.Adapter.DeleteSession(ctx, token)
	if errors.Is(err, auth.ErrNotFound) {
		return &auth.SessionRecord{Token: token}, nil
	}
	return s, err
}

type bareErrors struct{ *memory.Adapter }

func (a *bareErrors) SignIn(ctx context.Context, s auth.SignIn) (*auth.User, error) {
	u, err := a.Adapter.SignIn(ctx, s)
	if errors.Is(err, auth.ErrConflict) {
		return nil, auth.ErrConflict
	}
	return u, err
}

type dropsDetails struct{ *memory.Adapter }

func (a *dropsDetails) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	s, u, err := a.Adapter.SessionAndUser(ctx, token)
	if err == nil {
		s.UserAgent = s.UserAgent[:min(len(s.UserAgent), 255)]
	}
	return s, u, err
}

type neverSeen struct{ *memory.Adapter }

func (a *neverSeen) SessionAndUser(ctx context.Context, token string) (*auth.SessionRecord, *auth.User, error) {
	s, u, err := a.Adapter.SessionAndUser(ctx, token)
	if err == nil {
		s.LastSeenAt = s.CreatedAt.Add(time.Hour)
	}
	return s, u, err
}

// unlinksAll removes what an earlier look allows, as two statements without a lock
// do.
type unlinksAll struct {
	*memory.Adapter
	looked sync.Map
}

func (a *unlinksAll) UnlinkAccount(ctx context.Context, userID, provider, providerAccountID string, otherWays []string) error {
	list, err := a.Accounts(ctx, userID)
	if err != nil {
		return err
	}
	looked, _ := a.looked.LoadOrStore(userID, len(list))
	if looked != 1 {
		otherWays = nil
	}
	return a.Adapter.UnlinkAccount(ctx, userID, provider, providerAccountID, otherWays)
}

type keepsLinks struct{ *memory.Adapter }

func (a *keepsLinks) DeleteUser(ctx context.Context, id string) error {
	var kept []auth.VerificationToken
	if u, err := a.User(ctx, id); err == nil {
		for _, link := range a.Dump().VerificationTokens {
			if link.Identifier == u.Email {
				kept = append(kept, link)
			}
		}
	}
	err := a.Adapter.DeleteUser(ctx, id)
	for _, link := range kept {
		err = errors.Join(err, a.CreateVerificationToken(ctx, link))
	}
	return err
}

type unsorted struct{ *memory.Adapter }

func (a *unsorted) Sessions(ctx context.Context, userID string) ([]auth.SessionRecord, error) {
	list, err := a.Adapter.Sessions(ctx, userID)
	slices.Reverse(list)
	return list, err
}

type lostUpdate struct{ *memory.Adapter }

func (a *lostUpdate) ReplaceTokens(ctx context.Context, old, replacement auth.Account) error {
	for _, account := range a.Dump().Accounts {
		if account.Provider == old.Provider && account.ProviderAccountID == old.ProviderAccountID {
			old = account
		}
	}
	return a.Adapter.ReplaceTokens(ctx, old, replacement)
}

// skipsPages folds the case of what it pages by.
type skipsPages struct{ *memory.Adapter }

func (a *skipsPages) AccountsAfter(ctx context.Context, provider, providerAccountID string, limit int) ([]auth.Account, error) {
	return a.Adapter.AccountsAfter(ctx, provider, strings.ToLower(providerAccountID), limit)
}
