package oauth_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/url"

	"github.com/gatehouse-auth/gatehouse/internal/fakeop"
	"github.com/gatehouse-auth/gatehouse/internal/oauth"
)

// A whole flow at a provider that is found by discovery.
func ExampleClient() {
	op := fakeop.New(fakeop.Config{Key: sharedKey()})
	server := httptest.NewServer(op)
	defer server.Close()
	op.SetIssuer(server.URL)

	client := oauth.New(oauth.Config{
		ClientID:     fakeop.DefaultClient().ID,
		ClientSecret: fakeop.DefaultClient().Secret,
		Issuer:       server.URL,
		OpenID:       true,
	})
	ctx := context.Background()
	request := oauth.AuthorizationRequest{
		RedirectURI:  "https://app.example/callback",
		State:        "a random value",
		Nonce:        "another random value",
		CodeVerifier: "a third random value, of 43 characters or more",
	}
	target, err := client.AuthorizationURL(ctx, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	callback, err := visit(ctx, target) // the browser goes there and comes back
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := client.Exchange(ctx, oauth.Answer{
		Params:       callback,
		RedirectURI:  request.RedirectURI,
		State:        request.State,
		Nonce:        request.Nonce,
		CodeVerifier: request.CodeVerifier,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Profile["sub"], result.Profile["email"])
	// Output: sub-1001 ida@example.com
}

// The secret of the request token stays with the caller; the browser gets the
// token alone.
func ExampleOAuth1Client() {
	op := fakeop.New(fakeop.Config{})
	server := httptest.NewServer(op)
	defer server.Close()
	op.SetIssuer(server.URL)

	client := oauth.NewOAuth1(oauth.OAuth1Config{
		ClientID:        fakeop.DefaultClient().ID,
		ClientSecret:    fakeop.DefaultClient().Secret,
		RequestTokenURL: server.URL + "/oauth1/request_token",
		AccessTokenURL:  server.URL + "/oauth1/access_token",
		ProfileURL:      server.URL + "/oauth1/profile",
		Authorization:   oauth.Endpoint{URL: server.URL + "/oauth1/authorize"},
	})
	ctx := context.Background()
	token, secret, err := client.RequestToken(ctx, "https://app.example/callback", url.Values{})
	if err != nil {
		fmt.Println(err)
		return
	}
	callback, err := visit(ctx, client.AuthorizationURL(token))
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := client.Exchange(ctx, token, secret, callback.Get("oauth_verifier"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Profile["name"])
	// Output: Ida Provider
}
