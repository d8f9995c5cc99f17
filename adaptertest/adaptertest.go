// Package adaptertest checks that an [auth.Adapter] keeps the rules of the
// interface: what is unique, what is atomic, what is found and what is not, and
// what happens when many requests come at once.
//
// A test of an adapter hands it a function that makes an adapter on an empty
// store:
//
//	func TestAdapter(t *testing.T) {
//		adaptertest.Run(t, func(t *testing.T) auth.Adapter {
//			return mystore.New(openEmptyDatabase(t))
//		})
//	}
//
// Every rule is a subtest, and the message of a failure says which rule is
// broken. Run with -race.
//
// What is optional is skipped when it is missing: keeping Extra, keeping what
// lets a person recognise a session, [auth.Revoker], [auth.UserManager] and
// [auth.AccountRewriter]. An adapter on tables that others laid out names with
// [Without] the rules that those tables cannot keep.
package adaptertest

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// rule is one rule of the interface.
type rule struct {
	name  string
	check func(t *testing.T, a auth.Adapter)
}

// Option changes which rules [Run] checks.
type Option struct{ rule, reason string }

// Without leaves out a rule that the adapter cannot keep, because of where it
// keeps its data. The rule is named as its subtest, "Value/times keep
// microseconds" for example, and its subtest is skipped with the reason. Run fails
// when there is no such rule, or no reason.
//
// Every rule protects somebody: what an adapter cannot keep belongs into its
// documentation.
func Without(rule, reason string) Option { return Option{rule, reason} }

// Run checks every rule in a subtest of its own. It calls newAdapter once per
// subtest; each call must return an adapter on an empty store. The adapter must
// stay usable until the subtest ends; t.Cleanup is the place to close it.
//
// Some rules make 50 calls at once, so the adapter must be able to queue them.
func Run(t *testing.T, newAdapter func(t *testing.T) auth.Adapter, options ...Option) {
	t.Helper()
	without := reasons(t, options)
	for _, group := range groups() {
		t.Run(group.name, func(t *testing.T) {
			for _, r := range group.rules {
				t.Run(r.name, func(t *testing.T) {
					if reason := without[group.name+"/"+r.name]; reason != "" {
						t.Skip("this adapter does not keep the rule: " + reason)
					}
					r.check(t, newAdapter(t))
				})
			}
		})
	}
}

// reasons are why rules are left out, by the name of the rule.
func reasons(t *testing.T, options []Option) map[string]string {
	t.Helper()
	known := map[string]bool{}
	for _, group := range groups() {
		for _, r := range group.rules {
			known[group.name+"/"+r.name] = true
		}
	}
	without := map[string]string{}
	for _, option := range options {
		switch {
		case !known[option.rule]:
			t.Fatalf("adaptertest.Without(%q): there is no such rule", option.rule)
		case option.reason == "":
			t.Fatalf("adaptertest.Without(%q) has no reason", option.rule)
		}
		without[option.rule] = option.reason
	}
	return without
}

// group are rules about one thing.
type group struct {
	name  string
	rules []rule
}

func groups() []group {
	return []group{
		{"User", userRules()},
		{"Value", valueRules()},
		{"SignIn", signInRules()},
		{"Atomic", atomicRules()},
		{"Session", sessionRules()},
		{"VerificationToken", verificationRules()},
		{"Concurrent", concurrentRules()},
		{"Context", contextRules()},
		{"Revoker", revokerRules()},
		{"SessionDetails", sessionDetailRules()},
		{"UserManager", userManagerRules()},
		{"AccountRewriter", accountRewriterRules()},
	}
}
