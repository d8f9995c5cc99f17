package databases_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/adapters/sqldb"
	"github.com/gatehouse-auth/gatehouse/auth"
)

// BenchmarkSessionAndUser is what GET /session asks of the database, with
// 1000 sessions in it.
func BenchmarkSessionAndUser(b *testing.B) {
	a := sqldb.New(migrated(b, recommended), sqldb.SQLite)
	for i := range 1000 {
		_, err := a.SignIn(b.Context(), auth.SignIn{
			CreateUser:    &auth.User{Name: "Ada Lovelace", Email: fmt.Sprintf("ada%d@example.com", i), Image: "https://example.com/ada.png"},
			CreateSession: &auth.SessionRecord{Token: fmt.Sprintf("%064d", i), Expires: time.Now().Add(time.Hour)},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	token := fmt.Sprintf("%064d", 500)
	b.Run("serial", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, _, err := a.SessionAndUser(b.Context(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, _, err := a.SessionAndUser(b.Context(), token); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

// BenchmarkSignIn is a sign-in with a linked account and a new session.
func BenchmarkSignIn(b *testing.B) {
	a := sqldb.New(migrated(b, recommended), sqldb.SQLite)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		id := fmt.Sprint(i)
		_, err := a.SignIn(b.Context(), auth.SignIn{
			CreateUser:    &auth.User{Name: "Ada Lovelace", Email: id + "@example.com"},
			LinkAccount:   &auth.Account{Provider: "github", ProviderAccountID: id, Type: auth.AccountOAuth},
			CreateSession: &auth.SessionRecord{Token: id, Expires: time.Now().Add(time.Hour)},
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
