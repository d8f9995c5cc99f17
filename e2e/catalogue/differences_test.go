package catalogue_test

// noScope is the reason of providers that know no scopes, or none that a sign-in
// needs.
const noScope = "it defines no scope and is asked for none; v4 and v5 send the default of their library"

// differences are the providers whose authorization request is neither that of v4
// nor of v5, with the reason.
var differences = map[string]string{
	"asgardeo":           "the document stands at /oauth2/token below the organization, where v5 means to look but does not",
	"atlassian":          "it wants the prompt of v4 and the scope read:me of v5 together",
	"azure-ad-b2c":       "without its own client id as a scope it returns no access token",
	"battlenet":          "the issuer may be left out",
	"box":                noScope,
	"boxyhq-saml":        noScope,
	"bungie":             noScope,
	"click-up":           noScope,
	"dribbble":           "v5 asks for the scope \"undefined\"",
	"facebook":           "version 24.0 of its dialog; those of v4 and v5 have ended",
	"figma":              "the scope files:read of v5 has ended; current_user:read is what the profile needs",
	"foursquare":         noScope,
	"freshbooks":         noScope,
	"instagram":          "the interface of v4 and v5 has ended; this is the login of professional accounts that is left",
	"mailchimp":          noScope,
	"mattermost":         noScope,
	"microsoft-entra-id": "it is azure-ad, whose scopes are those of v4: User.Read needs another consent",
	"naver":              noScope,
	"nextcloud":          noScope,
	"notion":             noScope + "; and v5 sends redirect_uri=undefined",
	"osso":               noScope,
	"pipedrive":          noScope,
	"tiktok":             "it knows client_key alone, which v5 sends beside client_id",
	"wechat":             "it knows appid alone, which v5 sends beside client_id",
	"workos":             noScope,
}
