package token_test

import (
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/gatehouse-auth/gatehouse/auth/token"
)

// A service that verifies what another program sealed.
func ExampleCodec_Open() {
	codec, err := token.New(token.Options{
		Secrets: []string{"use openssl rand -base64 33 for your own"},
	})
	if err != nil {
		log.Fatal(err)
	}
	// In a service this is what the session cookie holds.
	cookie, err := codec.Seal(token.Claims{"sub": "42", "email": "ada@example.com"}, time.Hour)
	if err != nil {
		log.Fatal(err)
	}

	claims, err := codec.Open(cookie)
	if err != nil {
		fmt.Println("signed out")
		return
	}
	fmt.Println(claims.Subject(), claims.Email())
	// Output: 42 ada@example.com
}

// Telling a session that is over from a cookie that is none.
func ExampleCodec_Open_errors() {
	codec, err := token.New(token.Options{
		Secrets: []string{"use openssl rand -base64 33 for your own"},
	})
	if err != nil {
		log.Fatal(err)
	}
	old, err := codec.Seal(nil, -time.Minute)
	if err != nil {
		log.Fatal(err)
	}

	for _, tok := range []string{old, "not a token"} {
		_, err := codec.Open(tok)
		fmt.Println(errors.Is(err, token.ErrExpired), errors.Is(err, token.ErrInvalid))
	}
	// Output:
	// true false
	// false true
}

// Replacing a secret: the new one in front seals, the old one still opens.
func ExampleNew() {
	const oldSecret, newSecret = "the secret of last year, 32 bytes", "the secret of this year, 32 bytes"
	before, err := token.New(token.Options{Secrets: []string{oldSecret}})
	if err != nil {
		log.Fatal(err)
	}
	after, err := token.New(token.Options{Secrets: []string{newSecret, oldSecret}})
	if err != nil {
		log.Fatal(err)
	}

	tok, err := before.Seal(token.Claims{"sub": "42"}, time.Hour)
	if err != nil {
		log.Fatal(err)
	}
	claims, err := after.Open(tok)
	fmt.Println(claims.Subject(), err)
	// Output: 42 <nil>
}

// Claims of the application's own, next to the standard ones.
func ExampleCodec_Seal() {
	codec, err := token.New(token.Options{
		Secrets: []string{"use openssl rand -base64 33 for your own"},
	})
	if err != nil {
		log.Fatal(err)
	}
	tok, err := codec.Seal(token.Claims{
		"sub":   "42",
		"roles": []string{"editor", "admin"},
	}, 30*24*time.Hour)
	if err != nil {
		log.Fatal(err)
	}

	claims, err := codec.Open(tok)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(claims["roles"])
	fmt.Println(claims.Expires().Sub(claims.IssuedAt()))
	// Output:
	// [editor admin]
	// 720h0m0s
}

// A check cookie has a key of its own, made once and kept.
func ExampleCodec_ForCookie() {
	codec, err := token.New(token.Options{
		Secrets: []string{"use openssl rand -base64 33 for your own"},
	})
	if err != nil {
		log.Fatal(err)
	}
	state := codec.ForCookie("next-auth.state")

	tok, err := state.Seal(token.Claims{"value": "af0ifjsldkj"}, 15*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	claims, err := state.Open(tok)
	fmt.Println(claims.Text("value"), err)

	_, err = codec.Open(tok)
	fmt.Println("as a session:", err)
	// Output:
	// af0ifjsldkj <nil>
	// as a session: token: invalid: no secret opens it
}
