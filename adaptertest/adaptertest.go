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
// [auth.AccountRewriter].
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

// Run checks every rule in a subtest of its own. It calls newAdapter once per
// subtest; each call must return an adapter on an empty store. The adapter must
// stay usable until the subtest ends; t.Cleanup is the place to close it.
//
// Some rules make 50 calls at once, so the adapter must be able to queue them.
func Run(t *testing.T, newAdapter func(t *testing.T) auth.Adapter) {
	t.Helper()
	groups := []struct {
		name  string
		rules []rule
	}{
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
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			for _, r := range group.rules {
				t.Run(r.name, func(t *testing.T) { r.check(t, newAdapter(t)) })
			}
		})
	}
}
