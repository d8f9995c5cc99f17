package providers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Nextcloud signs in with an account of a Nextcloud server, whose address is
// issuer ("https://cloud.example.com"). Add an OAuth 2.0 client with the redirect
// URI <base>/callback/nextcloud in that server's administration settings, under
// Security. The access token can do whatever the person can, because Nextcloud has
// no scopes. The picture is the server's 512 pixel avatar, which needs pretty
// URLs there. Addresses do not count as verified. Documentation:
// https://docs.nextcloud.com/server/latest/admin_manual/configuration_server/oauth2.html
func Nextcloud(issuer, clientID, clientSecret string) auth.OAuthProvider {
	issuer = strings.TrimRight(issuer, "/")
	return auth.OAuthProvider{
		ID:            "nextcloud",
		Name:          "Nextcloud",
		Style:         auth.Style{Icon: iconNextcloud, Color: "#0082C9"},
		ClientID:      clientID,
		ClientSecret:  clientSecret,
		Authorization: auth.Endpoint{URL: issuer + "/apps/oauth2/authorize"},
		Token:         auth.Endpoint{URL: issuer + "/apps/oauth2/api/v1/token"},
		Userinfo: auth.Endpoint{
			URL:    issuer + "/ocs/v1.php/cloud/users/{user_id}",
			Header: http.Header{"Ocs-Apirequest": {"true"}},
		},
		ProfilePath: []string{"ocs", "data"},
		// Auth.js checks PKCE alone, which Nextcloud ignores.
		Checks:  []auth.Check{auth.CheckPKCE, auth.CheckState},
		Profile: nextcloudProfile(issuer),
	}
}

func nextcloudDefinition() Definition {
	return Definition{
		ID:   "nextcloud",
		Name: "Nextcloud",
		Kind: KindOAuth2,
		Options: issuerOptions("The address of the server, for example https://cloud.example.com.",
			"Administration settings, Security, OAuth 2.0 clients"),
		DocumentationURL: "https://docs.nextcloud.com/server/latest/admin_manual/configuration_server/oauth2.html",
		Notes:            []string{"There are no scopes: the access token can do whatever the person can."},
		New:              newIssuer(Nextcloud),
	}
}

func nextcloudProfile(issuer string) func(auth.Profile, auth.Tokens) (auth.User, error) {
	return func(p auth.Profile, _ auth.Tokens) (auth.User, error) {
		id := idAt(p, "id")
		image := fill(issuer+"/avatar/{}/512", text(url.PathEscape(id)))
		return newUser(id, textAt(p, "displayname"), textAt(p, "email"), image), nil
	}
}
