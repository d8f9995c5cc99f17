package providers

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// GitHub signs in with an account of github.com. Register an OAuth app, or a
// GitHub App with the account permission "Email addresses: read-only", with the
// callback URL <base>/callback/github at https://github.com/settings/developers.
// The name is the login of those who gave none. The address is the public one,
// else the primary one; the profile's member email_verified says whether GitHub
// has verified it. Without the scope user:email there is no address for those
// who hide theirs, and no address counts as verified. Userinfo is asked only when
// FetchProfile is set to nil. Documentation:
// https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
func GitHub(clientID, clientSecret string) auth.OAuthProvider {
	return gitHub("https://github.com", "https://api.github.com", clientID, clientSecret)
}

func gitHubDefinition() Definition {
	return Definition{
		ID:   "github",
		Name: "GitHub",
		Kind: KindOAuth2,
		Options: append(clientOptions("Settings, Developer settings, OAuth apps"), Option{
			Name:  "baseUrl",
			What:  "The address of a GitHub Enterprise Server, for applications that have its accounts under the id github.",
			Where: "The address bar of the browser.",
		}),
		ConsoleURL:       "https://github.com/settings/developers",
		DocumentationURL: "https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
		Notes: []string{
			"A GitHub App needs the account permission \"Email addresses: read-only\".",
		},
		New: func(o Options) (auth.Provider, error) {
			if o.BaseURL == "" {
				return GitHub(o.ClientID, o.ClientSecret), nil
			}
			p := GitHubEnterprise(o.BaseURL, o.ClientID, o.ClientSecret)
			p.ID, p.Name = "github", "GitHub"
			return p, nil
		},
	}
}

func gitHub(site, api, clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:            "github",
		Name:          "GitHub",
		Style:         auth.Style{Icon: iconGitHub, Color: "#181717"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Issuer:        site + "/login/oauth",
		Authorization: auth.Endpoint{URL: site + "/login/oauth/authorize"},
		Token:         auth.Endpoint{URL: site + "/login/oauth/access_token"},
		Userinfo:      auth.Endpoint{URL: api + "/user"},
		Scopes:        []string{"read:user", "user:email"},
		Checks:        []auth.Check{auth.CheckState},
		EmailTrust:    auth.EmailVerifiedByClaim,
		Profile:       gitHubProfile,
		FetchProfile: func(ctx context.Context, r *auth.ProfileRequest) (auth.Profile, error) {
			return fetchGitHub(ctx, r, api)
		},
	}
}

func gitHubProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "name").or(textAt(p, "login"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), textAt(p, "avatar_url")), nil
}

// gitHubEmail is an entry of the answer of /user/emails.
type gitHubEmail struct {
	Email    string
	Primary  bool
	Verified bool
}

// fetchGitHub gets the user, and the list of addresses to find one for a user
// who hides it and to learn whether it is verified. Without the list there is
// still a user, whose address does not count as verified.
func fetchGitHub(ctx context.Context, r *auth.ProfileRequest, api string) (auth.Profile, error) {
	var profile auth.Profile
	if err := getGitHub(ctx, r, api+"/user", &profile); err != nil {
		return nil, err
	}
	if profile == nil {
		return nil, fmt.Errorf("providers: github: %s/user answered null", api)
	}
	profile["email_verified"] = false
	var emails []gitHubEmail
	if err := getGitHub(ctx, r, api+"/user/emails", &emails); err != nil {
		return profile, ctx.Err() // an app may lack the permission: the address is then not verified
	}
	if e, ok := chooseGitHubEmail(emails, textAt(profile, "email").text); ok {
		profile["email"] = e.Email
		profile["email_verified"] = e.Verified
	}
	return profile, nil
}

// chooseGitHubEmail finds the entry of the public address; if there is no public
// address, the primary entry, else the first.
func chooseGitHubEmail(emails []gitHubEmail, public string) (gitHubEmail, bool) {
	for _, e := range emails {
		if public != "" && strings.EqualFold(e.Email, public) || public == "" && e.Primary {
			return e, e.Email != ""
		}
	}
	if public != "" || len(emails) == 0 {
		return gitHubEmail{}, false
	}
	return emails[0], emails[0].Email != ""
}

func getGitHub(ctx context.Context, r *auth.ProfileRequest, target string, answer any) error {
	return getJSON(ctx, r, target, http.Header{"Accept": {"application/vnd.github+json"}}, answer)
}
