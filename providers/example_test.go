package providers_test

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"

	"github.com/gatehouse-auth/gatehouse/auth"
	"github.com/gatehouse-auth/gatehouse/providers"
)

// consoleSender prints links instead of mailing them.
type consoleSender struct{}

func (consoleSender) SendVerificationRequest(_ context.Context, r auth.VerificationRequest) error {
	fmt.Println("mail to", r.Identifier)
	return nil
}

func Example() {
	var mailer auth.VerificationSender = consoleSender{}
	config := auth.Config{
		URL:     "http://localhost:3000",
		Secrets: []string{os.Getenv("AUTH_SECRET")},
		Providers: []auth.Provider{
			providers.GitHub(os.Getenv("AUTH_GITHUB_ID"), os.Getenv("AUTH_GITHUB_SECRET")),
			providers.Email(mailer),
		},
	}
	fmt.Println(len(config.Providers), "ways to sign in")
	// Output: 2 ways to sign in
}

func ExampleByID() {
	_, err := providers.ByID("keycloak", providers.Options{ClientID: "client-id", ClientSecret: "client-secret"})
	fmt.Println(err)
	// Output: providers: keycloak lacks issuer (AUTH_KEYCLOAK_ISSUER)
}

func ExampleFromLookup() {
	environment := map[string]string{"AUTH_GITHUB_ID": "client-id", "AUTH_GITHUB_SECRET": "client-secret"}
	found, err := providers.FromLookup(func(variable string) (string, bool) {
		value, ok := environment[variable]
		return value, ok
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range found {
		fmt.Println(p.(auth.OAuthProvider).Name)
	}
	// Output: GitHub
}

func ExampleGitHub() {
	github := providers.GitHub("client-id", "client-secret")
	// The organizations somebody belongs to, for the SignIn callback.
	github.Scopes = append(github.Scopes, "read:org")
	fmt.Println(github.ID, github.Scopes)
	// Output: github [read:user user:email read:org]
}

func ExampleGitHubEnterprise() {
	ghe := providers.GitHubEnterprise("https://github.example.com", "client-id", "client-secret")
	fmt.Println(ghe.ID, ghe.Authorization.URL)
	// Output: github-enterprise https://github.example.com/login/oauth/authorize
}

func ExampleGoogle() {
	google := providers.Google("client-id", "client-secret")
	// A refresh token, at every sign-in.
	google.Authorization.Params = url.Values{"access_type": {"offline"}, "prompt": {"consent"}}
	fmt.Println(google.Name, google.Issuer)
	// Output: Google https://accounts.google.com
}

func ExampleApple() {
	apple := providers.Apple("com.example.web", os.Getenv("AUTH_APPLE_SECRET"))
	fmt.Println(apple.ID, apple.ResponseMode)
	// Output: apple form_post
}

func ExampleAppleClientSecret() {
	file, err := os.ReadFile("AuthKey_ABC123DEFG.p8")
	if err != nil {
		log.Fatal(err)
	}
	const servicesID = "com.example.web"
	apple := providers.Apple(servicesID, "")
	apple.ClientSecretFunc, err = providers.AppleClientSecret(servicesID, providers.AppleKey{
		TeamID:     "DEF123GHIJ",
		KeyID:      "ABC123DEFG",
		PrivateKey: file,
	})
	if err != nil {
		log.Fatal(err)
	}
	// apple now goes into auth.Config.Providers.
}

func ExampleKakao() {
	fmt.Println(providers.Kakao("rest-api-key", "client-secret").ID)
	// Output: kakao
}

func ExampleNaver() {
	fmt.Println(providers.Naver("client-id", "client-secret").ID)
	// Output: naver
}

func ExampleLINE() {
	line := providers.LINE("channel-id", "channel-secret")
	// The channel has been granted the e-mail permission.
	line.Scopes = append(line.Scopes, "email")
	fmt.Println(line.ID, line.Scopes)
	// Output: line [openid profile email]
}

func ExampleTwitter() {
	fmt.Println(providers.Twitter("api-key", "api-key-secret").Name)
	// Output: Twitter (Legacy)
}

func ExampleTwitterOAuth2() {
	x := providers.TwitterOAuth2("client-id", "client-secret")
	// The mail address, for an app that may ask for it.
	x.Scopes = append(x.Scopes, "users.email")
	x.Userinfo.Params.Set("user.fields", "profile_image_url,confirmed_email")
	fmt.Println(x.ID, x.Scopes)
	// Output: twitter [users.read tweet.read offline.access users.email]
}

func ExampleAuth0() {
	auth0 := providers.Auth0("https://example.eu.auth0.com", "client-id", "client-secret")
	fmt.Println(auth0.Discovery)
	// Output: https://example.eu.auth0.com/.well-known/openid-configuration
}

func ExampleKeycloak() {
	keycloak := providers.Keycloak("https://sso.example.com/realms/main", "client-id", "client-secret")
	fmt.Println(keycloak.Issuer)
	// Output: https://sso.example.com/realms/main
}

func ExampleAzureAD() {
	azure := providers.AzureAD("9122040d-6c67-4c5b-b112-36a304b66dad", "client-id", "client-secret")
	// Larger pictures, and the permission to read them.
	azure.Scopes = append(azure.Scopes, "User.Read")
	azure.FetchProfile = providers.AzureADPhoto(96)
	fmt.Println(azure.ID, azure.Scopes)
	// Output: azure-ad [openid profile email User.Read]
}

func ExampleAzureADPhoto() {
	azure := providers.AzureAD("organizations", "client-id", "client-secret")
	azure.FetchProfile = nil // no pictures, and one request less
	fmt.Println(azure.IssuerTemplate)
	// Output: https://login.microsoftonline.com/{tenantid}/v2.0
}

func ExampleOIDC() {
	acme := providers.OIDC("acme", "https://login.acme.example", "client-id", "client-secret")
	acme.Name = "ACME"
	fmt.Println(acme.ID, acme.Name, acme.Scopes)
	// Output: acme ACME [openid email profile]
}

func ExampleOAuth2() {
	forge := providers.OAuth2("forge", providers.OAuth2Endpoints{
		Authorization: "https://forge.example/oauth/authorize",
		Token:         "https://forge.example/oauth/token",
		Userinfo:      "https://forge.example/api/user",
	}, "client-id", "client-secret")
	forge.Name = "Forge"
	forge.Scopes = []string{"profile"}
	forge.Profile = func(p auth.Profile, _ auth.Tokens) (auth.User, error) {
		id, _ := p["uuid"].(string)
		name, _ := p["display_name"].(string)
		return auth.User{ID: id, Name: name}, nil
	}
	user, err := forge.Profile(auth.Profile{"uuid": "17", "display_name": "Ada"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.ID, user.Name)
	// Output: 17 Ada
}

func ExampleEmail() {
	email := providers.Email(consoleSender{})
	email.From = "Example <no-reply@example.com>"
	fmt.Println(email.ID, email.From)
	// Output: email Example <no-reply@example.com>
}

func ExampleCredentials() {
	login := providers.Credentials(
		func(_ context.Context, c auth.Credentials, _ *http.Request) (*auth.User, error) {
			// A real program looks the user up and compares a password hash.
			if c["username"] != "ada" || subtle.ConstantTimeCompare([]byte(c["password"]), []byte("lovelace")) != 1 {
				return nil, auth.ErrInvalidCredentials
			}
			return &auth.User{ID: "1", Name: "Ada"}, nil
		},
		auth.Field{Name: "username", Label: "User name"},
		auth.Field{Name: "password", Label: "Password", Type: "password"},
	)
	user, err := login.Authorize(context.Background(), auth.Credentials{"username": "ada", "password": "lovelace"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(login.ID, user.Name)
	// Output: credentials Ada
}
