package faults_test

import (
	"errors"
	"testing"

	"github.com/gatehouse-auth/gatehouse/e2e/internal/database"
)

// TestKilledBetween ends the server with SIGKILL between two statements of a first
// sign-in (case DB-03). Nothing of it is stored, and the same person signs in when
// the server is back.
func TestKilledBetween(t *testing.T) {
	for _, system := range database.Systems() {
		for _, test := range []struct{ name, table string }{
			{"user and account", "accounts"},
			{"account and session", "sessions"},
		} {
			t.Run(system.Name+"/"+test.name, func(t *testing.T) {
				quote := "`"
				if system.Name == "PostgreSQL" {
					quote = `"`
				}
				w, s := newWorld(t), newSQLStore(t, system.New(t))
				v := newServer(t, w, s, "-die-before", "INSERT INTO "+quote+test.table+quote)
				if err := v.start(); err != nil {
					t.Fatal(err)
				}
				c := &crowd{world: w, site: v.url}
				ada := &person{subject: "ada"}
				c.people = append(c.people, ada)
				if err := c.signIn(t.Context(), ada); !errors.Is(err, errUnanswered) {
					t.Fatalf("sign-in: %v, want one that is interrupted", err)
				}
				v.wait()
				if stored := checkStore(t, s); len(stored.users) != 0 || len(stored.accounts) != 0 || len(stored.sessions) != 0 {
					t.Errorf("stored: %+v, want nothing", stored)
				}
				v.args = v.args[:len(v.args)-2]
				if err := v.start(); err != nil {
					t.Fatal(err)
				}
				if err := c.signIn(t.Context(), ada); err != nil {
					t.Errorf("sign-in after the next start: %v", err)
				}
				c.checkPeople(t, checkStore(t, s))
			})
		}
	}
}
