package providers

import (
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/auth"
)

// Discord signs in with a Discord account. Create an application and add the
// redirect <base>/callback/discord under OAuth2 at
// https://discord.com/developers/applications. The name is the display name, as
// in Auth.js v5, because user names are no longer what people are known by; it is
// the user name of those who set none. Those without a picture get the one that
// Discord itself shows for them. An address counts as verified when Discord says
// so. Documentation: https://discord.com/developers/docs/topics/oauth2
func Discord(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:                "discord",
		Name:              "Discord",
		Style:             auth.Style{Icon: iconDiscord, Color: "#5865F2"},
		ClientID:          clientID,
		ClientSecret:      clientSecret,
		Authorization:     auth.Endpoint{URL: "https://discord.com/api/oauth2/authorize"},
		Token:             auth.Endpoint{URL: "https://discord.com/api/oauth2/token"},
		Userinfo:          auth.Endpoint{URL: "https://discord.com/api/users/@me"},
		Scopes:            []string{"identify", "email"},
		Checks:            []auth.Check{auth.CheckState},
		EmailTrust:        auth.EmailVerifiedByClaim,
		EmailVerifiedPath: []string{"verified"},
		Profile:           discordProfile,
	}
}

func discordDefinition() Definition {
	return Definition{
		ID:               "discord",
		Name:             "Discord",
		Kind:             KindOAuth2,
		Options:          clientOptions("The application, OAuth2"),
		ConsoleURL:       "https://discord.com/developers/applications",
		DocumentationURL: "https://discord.com/developers/docs/topics/oauth2",
		New:              newClient(Discord),
	}
}

func discordProfile(p auth.Profile, _ auth.Tokens) (auth.User, error) {
	name := textAt(p, "global_name").or(textAt(p, "username"))
	return newUser(idAt(p, "id"), name, textAt(p, "email"), discordAvatar(p)), nil
}

const discordPictures = "https://cdn.discordapp.com/"

// discordAvatar is the address of the picture that Discord shows. Pictures that
// move have a name that begins with "a_".
func discordAvatar(p auth.Profile) field {
	id, avatar := text(idAt(p, "id")), textAt(p, "avatar")
	switch {
	case avatar.text == "":
		return fill(discordPictures+"embed/avatars/{}.png", discordDefaultAvatar(id.text, numberAt(p, "discriminator").text))
	case strings.HasPrefix(avatar.text, "a_"):
		return fill(discordPictures+"avatars/{}/{}.gif", id, avatar)
	}
	return fill(discordPictures+"avatars/{}/{}.png", id, avatar)
}

// discordDefaultAvatar is the number of the picture of somebody who has none. It
// follows from the id, except with an old user name, one with a discriminator.
func discordDefaultAvatar(id, discriminator string) field {
	if n, err := strconv.ParseUint(discriminator, 10, 64); err == nil && n > 0 {
		return text(strconv.FormatUint(n%5, 10))
	}
	n, err := strconv.ParseUint(id, 10, 64)
	if err != nil {
		return null()
	}
	return text(strconv.FormatUint((n>>22)%6, 10))
}
