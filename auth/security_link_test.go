package auth_test

import (
	"maps"
	"net/url"
	"testing"

	"github.com/gatehouse-auth/gatehouse/adapters/memory"
	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
)

// claimed is a provider that says who the visitor is, whatever is true.
func claimed(s *testSite, claims map[string]any) {
	s.op.Script(func(b *fakeop.Behavior) { b.IDToken.Claims, b.Userinfo.Extra = claims, claims })
}

// squat creates a user with the victim's address in the attacker's browser, who
// never proves the mailbox.
func squat(t *testing.T, s *testSite) *browser {
	t.Helper()
	claimed(s, map[string]any{"sub": "attacker", "name": "Mallory", "email": "v@example.com", "email_verified": false})
	attacker := s.browser()
	if attacker.signInWithOAuth("op"); attacker.signedInAs() != "Mallory" {
		t.Fatalf("the attacker has no user\n%s", s.log)
	}
	return attacker
}

// LINK-03 and LINK-04: whoever proves the mailbox gets rid of what somebody else
// attached to its address before: accounts and sessions, of both kinds.
func TestSecurityPreHijack(t *testing.T) {
	for _, strategy := range []auth.SessionStrategy{auth.StrategyJWT, auth.StrategyDatabase} {
		t.Run(string(strategy), func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) { c.Session.Strategy = strategy })
			attacker := squat(t, s)
			pending := attacker.startOAuth("op") // begun as the squatted user
			victim := s.browser()
			if victim.get(victim.requestLink("v@example.com")); victim.session()["user"] == nil {
				t.Fatalf("the victim cannot sign in\n%s", s.log)
			}
			if who := attacker.signedInAs(); who != "" {
				t.Errorf("LINK-04: the attacker's session lives on, as %q", who)
			}
			victimID := s.store.Dump().Users[0].ID
			claimed(s, map[string]any{"sub": "attacker-2", "name": "Mallory 2", "email": "m2@example.com"})
			attacker.get(pending)
			claimed(s, map[string]any{"sub": "attacker", "name": "Mallory", "email": "v@example.com", "email_verified": false})
			again := s.browser()
			again.signInWithOAuth("op")
			for _, account := range s.store.Dump().Accounts {
				if account.UserID == victimID {
					t.Errorf("LINK-03: the account %s still belongs to the victim's user", account.ProviderAccountID)
				}
			}
			if who := again.signedInAs(); who != "" {
				t.Errorf("LINK-03: the attacker signs in again, as %q", who)
			}
			if victim.session()["user"] == nil {
				t.Error("the victim was signed out")
			}
		})
	}
}

// LINK-01: a verified address at a provider joins an unproven user only where
// linking is on, and then nothing of the squatter stays.
func TestSecurityPreHijackByOAuth(t *testing.T) {
	for _, linking := range []bool{false, true} {
		s := newTestSite(t, all(addPlain, func(c *auth.Config) {
			plain, _ := c.Providers[3].(auth.OAuthProvider)
			plain.AllowDangerousEmailAccountLinking = linking
			c.Providers[3] = plain
		}))
		attacker := squat(t, s)
		claimed(s, map[string]any{"sub": "victim", "name": "Vera", "email": "v@example.com", "email_verified": true})
		victim := s.browser()
		got := victim.signInWithOAuth("plain")
		if !linking {
			victim.wantRefused(got, auth.ErrorOAuthAccountNotLinked)
			continue
		}
		if got.location != s.url {
			t.Fatalf("linking refused: %s\n%s", got.location, s.log)
		}
		if who := attacker.signedInAs(); who != "" {
			t.Errorf("the attacker's session lives on, as %q", who)
		}
		if accounts := s.store.Dump().Accounts; len(accounts) != 1 || accounts[0].ProviderAccountID != "victim" {
			t.Errorf("accounts %v", accounts)
		}
	}
}

// The same with a user who signs in with a password (Authorize), and a session of
// whom is open: LINK-02.
func TestSecurityPreHijackWithPassword(t *testing.T) {
	s := newTestSite(t, nil)
	if err := s.store.Insert(memory.Data{Users: []auth.User{{ID: "alice-id", Name: "Mallory", Email: "v@example.com"}}}); err != nil {
		t.Fatal(err)
	}
	attacker := s.browser()
	attacker.signInWithCredentials()
	victim := s.browser()
	victim.get(victim.requestLink("v@example.com"))
	if victim.session()["user"] == nil {
		t.Fatal("the victim cannot sign in")
	}
	if who := attacker.signedInAs(); who != "" {
		t.Errorf("the attacker's session lives on, as %q", who)
	}
}

// LINK-08: only the JSON value true says that an address is verified.
func TestSecurityVerifiedClaim(t *testing.T) {
	for _, test := range []struct {
		name  string
		claim any
		trust auth.EmailTrust
		want  bool
	}{
		{"true", true, auth.EmailVerifiedByClaim, true},
		{"false", false, auth.EmailVerifiedByClaim, false},
		{"text true", "true", auth.EmailVerifiedByClaim, false},
		{"text false", "false", auth.EmailVerifiedByClaim, false},
		{"text False", "False", auth.EmailVerifiedByTextClaim, false},
		{"text true where it is allowed", "true", auth.EmailVerifiedByTextClaim, true},
		{"text TRUE where true is allowed", "TRUE", auth.EmailVerifiedByTextClaim, false},
		{"one", 1, auth.EmailVerifiedByTextClaim, false},
		{"zero", 0, auth.EmailVerifiedByClaim, false},
		{"null", nil, auth.EmailVerifiedByTextClaim, false},
		{"list", []any{true}, auth.EmailVerifiedByTextClaim, false},
		{"object", map[string]any{"value": true}, auth.EmailVerifiedByTextClaim, false},
		{"no trust", true, auth.EmailNeverVerified, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) {
				op := onlyOP(c)
				op.EmailTrust, op.AllowDangerousEmailAccountLinking = test.trust, true
				c.Providers[0] = op
			})
			if err := s.store.Insert(memory.Data{Users: []auth.User{{ID: "u", Name: "Vera", Email: "v@example.com"}}}); err != nil {
				t.Fatal(err)
			}
			claimed(s, map[string]any{"sub": "x", "name": "Mallory", "email": "v@example.com", "email_verified": test.claim})
			b := s.browser()
			b.signInWithOAuth("op")
			if got := b.signedInAs() != ""; got != test.want {
				t.Errorf("signed in: %v, want %v", got, test.want)
			}
		})
	}
}

// LINK-08 for providers that have a member of their own: then it alone counts.
func TestSecurityVerifiedPath(t *testing.T) {
	for _, test := range []struct {
		name   string
		path   []string
		trust  auth.EmailTrust
		claims map[string]any
		want   bool
	}{
		{"member", []string{"verified"}, auth.EmailVerifiedByClaim, map[string]any{"verified": true}, true},
		{"member is false", []string{"verified"}, auth.EmailVerifiedByClaim, map[string]any{"verified": false, "email_verified": true}, false},
		{"member is missing", []string{"verified"}, auth.EmailVerifiedByClaim, map[string]any{"email_verified": true}, false},
		{"text", []string{"verified"}, auth.EmailVerifiedByClaim, map[string]any{"verified": "true"}, false},
		{"text where it is allowed", []string{"verified"}, auth.EmailVerifiedByTextClaim, map[string]any{"verified": "true"}, true},
		{"deep", []string{"data", "0", "ok"}, auth.EmailVerifiedByClaim, map[string]any{"data": []any{map[string]any{"ok": true}}}, true},
		{"not as deep", []string{"data", "0", "ok"}, auth.EmailVerifiedByClaim, map[string]any{"data": true, "ok": true}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) {
				op := onlyOP(c)
				op.EmailTrust, op.EmailVerifiedPath, op.AllowDangerousEmailAccountLinking = test.trust, test.path, true
				c.Providers[0] = op
			})
			if err := s.store.Insert(memory.Data{Users: []auth.User{{ID: "u", Name: "Vera", Email: "v@example.com"}}}); err != nil {
				t.Fatal(err)
			}
			claims := map[string]any{"sub": "x", "name": "Mallory", "email": "v@example.com", "email_verified": nil}
			maps.Copy(claims, test.claims)
			claimed(s, claims)
			b := s.browser()
			b.signInWithOAuth("op")
			if got := b.signedInAs() != ""; got != test.want {
				t.Errorf("signed in: %v, want %v", got, test.want)
			}
		})
	}
}

// LINK-09 and LINK-11: who somebody is follows from the provider and the subject
// alone.
func TestSecuritySubjects(t *testing.T) {
	s := newTestSite(t, all(addSecondOP, addPlain))
	claimed(s, map[string]any{"sub": "1001", "name": "Vera", "email": "v@example.com", "email_verified": true})
	s.browser().signInWithOAuth("op")

	claimed(s, map[string]any{"sub": "1002", "name": "Mallory", "email": "v@example.com", "email_verified": true})
	b := s.browser()
	b.wantRefused(b.signInWithOAuth("op"), auth.ErrorOAuthAccountNotLinked)
	b.wantRefused(b.signInWithOAuth("op2"), auth.ErrorOAuthAccountNotLinked)

	claimed(s, map[string]any{"sub": "1001", "name": "Other", "email": "other@example.com", "email_verified": true})
	b.signInWithOAuth("op2")
	if users := s.store.Dump().Users; len(users) != 2 || b.signedInAs() != "Other" {
		t.Errorf("the same subject at two providers: %d users, signed in as %q", len(users), b.signedInAs())
	}
}

// LINK-13: a profile without an id of its own is refused, also when a careless
// mapping made a word of it.
func TestSecurityConstantSubjects(t *testing.T) {
	for _, test := range []struct {
		name    string
		subject any
	}{
		{"empty", ""}, {"null", nil}, {"zero", 0}, {"false", false}, {"list", []any{"x"}}, {"object", map[string]any{}}, {"fraction", 1.5},
		{"text null", "null"}, {"text undefined", "undefined"}, {"text nil", "<nil>"}, {"text object", "[object Object]"}, {"text NaN", "NaN"}, {"space", " "},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, addPlain)
			claimed(s, map[string]any{"sub": test.subject})
			b := s.browser()
			got := b.signInWithOAuth("plain")
			if got.setsSession() || b.signedInAs() != "" || len(s.store.Dump().Users) != 0 {
				t.Errorf("signed in with the subject %q: %s", test.subject, got.location)
			}
		})
	}
}

// LINK-14: an account of somebody else is not taken over while signed in.
func TestSecurityOwnedAccount(t *testing.T) {
	_, useCrowd := crowd(t, crowdOf(2))
	for _, change := range []func(*auth.Config){func(*auth.Config) {}, databaseSessions, strictly(true)} {
		s := newTestSite(t, all(useCrowd, change))
		other := s.browser()
		other.get(other.startAs("op", "sub-1"))
		b := s.browser()
		b.get(b.startAs("op", "sub-0"))
		before := s.store.Dump()
		got := b.get(b.startAs("op", "sub-1"))
		if got.errorCode() != string(auth.ErrorOAuthAccountNotLinked) || b.signedInAs() != "User 0" {
			t.Errorf("%d %s, signed in as %q", got.status, got.location, b.signedInAs())
		}
		wantRows(t, s.store, before)
	}
}

// LINK-16: addresses that look or compare alike belong to different people.
func TestSecurityAlikeAddresses(t *testing.T) {
	for _, test := range []struct{ name, stored, claimed string }{
		{"Kelvin sign", "mike@example.com", "mi\u212ae@example.com"},
		{"dotted capital i", "mike@example.com", "m\u0130ke@example.com"},
		{"dotless i", "mike@example.com", "m\u0131ke@example.com"},
		{"long s", "sam@example.com", "\u017fam@example.com"},
		{"sharp s", "strasse@example.com", "stra\u00dfe@example.com"},
		{"zero width space", "mike@example.com", "mi\u200bke@example.com"},
		{"soft hyphen", "mike@example.com", "mi\u00adke@example.com"},
		{"space", "mike@example.com", " mike@example.com"},
		{"full width at", "mike@example.com", "mike\uff20example.com"},
		{"Cyrillic e", "mike@example.com", "mik\u0435@example.com"},
		{"comma", "mike@example.com", "mike@example.com,evil@example.com"},
		{"line break", "mike@example.com", "mike@example.com\n"},
		{"null", "mike@example.com", "mike@example.com\x00"},
		{"decomposed", "jos\u00e9@example.com", "jose\u0301@example.com"},
		{"composed", "jose\u0301@example.com", "jos\u00e9@example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newTestSite(t, func(c *auth.Config) {
				op := onlyOP(c)
				op.AllowDangerousEmailAccountLinking = true
				c.Providers[0] = op
			})
			if err := s.store.Insert(memory.Data{Users: []auth.User{{ID: "u", Name: "Mike", Email: test.stored}}}); err != nil {
				t.Fatal(err)
			}
			claimed(s, map[string]any{"sub": "x", "name": "Mallory", "email": test.claimed, "email_verified": true})
			b := s.browser()
			b.signInWithOAuth("op")
			if who := b.signedInAs(); who == "Mike" {
				t.Errorf("%q opened the session of %q", test.claimed, test.stored)
			}
			for _, account := range s.store.Dump().Accounts {
				if account.UserID == "u" {
					t.Errorf("%q was linked to the user of %q", test.claimed, test.stored)
				}
			}
			// By mail the proof goes to the address that was stored, whatever was
			// typed.
			before := s.mails.count()
			b.post("/api/auth/signin/email", url.Values{"email": {test.claimed}})
			if s.mails.count() > before {
				if to := s.mails.last(t).Identifier; to == test.stored && test.name != "space" && test.name != "decomposed" {
					t.Errorf("a link for %q went to %q", test.claimed, to)
				}
			}
		})
	}
}

// LINK-16: the case of an address does not count.
func TestSecurityAddressCase(t *testing.T) {
	s := newTestSite(t, func(c *auth.Config) {
		op := onlyOP(c)
		op.AllowDangerousEmailAccountLinking = true
		c.Providers[0] = op
	})
	if err := s.store.Insert(memory.Data{Users: []auth.User{{ID: "u", Name: "Mike", Email: "User@Example.com"}}}); err != nil {
		t.Fatal(err)
	}
	claimed(s, map[string]any{"sub": "x", "name": "Mike", "email": "user@EXAMPLE.com", "email_verified": true})
	b := s.browser()
	b.signInWithOAuth("op")
	if users := s.store.Dump().Users; len(users) != 1 || b.signedInAs() != "Mike" {
		t.Errorf("%d users, signed in as %q, want the one whose address it is", len(users), b.signedInAs())
	}
}

// LINK-21: a user who is gone leaves nothing that comes back to life.
func TestSecurityGhosts(t *testing.T) {
	s := newTestSite(t, databaseSessions)
	if err := s.store.Insert(memory.Data{
		Accounts: []auth.Account{{UserID: "gone", Provider: "op", ProviderAccountID: "sub-1001", Type: auth.AccountOAuth}},
	}); err != nil {
		t.Fatal(err)
	}
	b := s.browser()
	b.signInWithOAuth("op")
	for _, session := range s.store.Dump().Sessions {
		if session.UserID == "gone" {
			t.Error("a session for a user who does not exist")
		}
	}
}

// LINK-24: an application hears of every account that is linked.
func TestSecurityLinkEvent(t *testing.T) {
	t.Parallel()
	_, useCrowd := crowd(t, crowdOf(2))
	linked := &heard[auth.LinkAccountEvent]{}
	s := newTestSite(t, all(useCrowd, func(c *auth.Config) { c.Events.LinkAccount = linked.add }))
	b := s.browser()
	b.get(b.startAs("op", "sub-0"))
	b.get(b.startAs("op", "sub-1"))
	events := linked.all()
	if len(events) != 2 || events[0].User.ID != events[1].User.ID || events[1].Account.ProviderAccountID != "sub-1" ||
		events[1].User.Email != "user0@example.com" { // where a notice has to go
		t.Errorf("events %v", events)
	}
}
