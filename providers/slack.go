package providers

import "github.com/gatehouse-auth/gatehouse/auth"

// Slack signs in with an account of any Slack workspace. Create an app with the
// redirect URL <base>/callback/slack, under OAuth & Permissions, at
// https://api.slack.com/apps. Slack refuses plain http, even for localhost. An
// account belongs to one workspace: who is a member of two is two users. The
// claims https://slack.com/user_id and https://slack.com/team_id are in the
// profile, so that the SignIn callback can let in one workspace alone. Addresses
// do not count as verified, because a workspace may take its accounts from a
// directory of its own. Documentation:
// https://docs.slack.dev/authentication/sign-in-with-slack/
func Slack(clientID, clientSecret string) auth.OAuthProvider {
	return auth.OAuthProvider{
		ID:           "slack",
		Name:         "Slack",
		Style:        auth.Style{Color: "#611F69"},
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Issuer:       "https://slack.com",
		OpenID:       true,
		Scopes:       []string{"openid", "profile", "email"},
		Checks:       []auth.Check{auth.CheckState},
		Profile:      openIDProfile,
	}
}

func slackDefinition() Definition {
	return Definition{
		ID:               "slack",
		Name:             "Slack",
		Kind:             KindOIDC,
		Options:          clientOptions("The app, Basic Information"),
		ConsoleURL:       "https://api.slack.com/apps",
		DocumentationURL: "https://docs.slack.dev/authentication/sign-in-with-slack/",
		Notes: []string{
			"Slack refuses plain http, even for localhost.",
			"Members of every workspace can sign in to a distributed app; the claim https://slack.com/team_id names the workspace.",
			"Addresses do not count as verified, because a workspace may take its accounts from a directory of its own.",
		},
		New: newClient(Slack),
	}
}
