package providers

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// SoundCloud signs in with an account of SoundCloud. Register an app with the
// redirect URI <base>/callback/soundcloud at https://soundcloud.com/you/apps.
// SoundCloud requires PKCE, has no scopes and wants a scheme of its own in the
// Authorization header of the profile request. The name is the user name of those
// who gave none. There is no mail address. Documentation:
// https://developers.soundcloud.com/docs/api/guide
func SoundCloud(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                   "soundcloud",
		Name:                 "SoundCloud",
		Style:                auth.Style{Icon: iconSoundCloud, Color: "#FF5500"},
		ClientID:             clientID,
		ClientSecret:         clientSecret,
		ClientAuthentication: auth.ClientSecretPost,
		Authorization:        auth.Endpoint{URL: "https://secure.soundcloud.com/authorize"},
		Token:                auth.Endpoint{URL: "https://secure.soundcloud.com/oauth/token"},
		Checks:               []auth.Check{auth.CheckPKCE, auth.CheckState},
		FetchProfile:         fetchSoundCloud,
		Profile:              soundCloudProfile,
	}
}

func soundCloudDefinition() Definition {
	return Definition{
		ID:               "soundcloud",
		Name:             "SoundCloud",
		Kind:             KindOAuth2,
		Options:          clientOptions("The app"),
		ConsoleURL:       "https://soundcloud.com/you/apps",
		DocumentationURL: "https://developers.soundcloud.com/docs/api/guide",
		Notes:            []string{"There is no mail address."},
		New:              newClient(SoundCloud),
	}
}

func fetchSoundCloud(ctx context.Context, r *auth.ProfileRequest) (auth.Profile, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.soundcloud.com/me", nil)
	if err != nil {
		return nil, fmt.Errorf("providers: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "OAuth "+r.Tokens.Text("access_token"))
	var profile auth.Profile
	err = doJSON(r.Client, request, &profile)
	return profile, err
}

// soundCloudProfile takes the number from the urn, which is going to replace the
// id, where there is no id.
func soundCloudProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	fromURN, _ := strings.CutPrefix(textAt(p, "urn").text, "soundcloud:users:")
	name := textAt(p, "full_name").orFilled(textAt(p, "username"))
	return newUser(cmp.Or(idAt(p, "id"), fromURN), name, null(), textAt(p, "avatar_url")), nil
}
