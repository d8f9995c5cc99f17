package catalogue_test

// difference is a member of the authorization request in which a provider differs
// from the packages on purpose.
type difference struct {
	// member is "host", "path", "checks", or "?" and the name of a parameter.
	member string
	// theirs and ours are the values, or absent.
	theirs, ours string
	reason       string
}

// defaultScope4 and defaultScope5 are what v4 and v5 ask for when a provider
// defines no scope.
const (
	defaultScope4 = "openid"
	defaultScope5 = "email openid profile"
)

// withoutScope is the difference of a provider that knows no scopes, or none that
// a sign-in needs.
func withoutScope(theirs string) difference {
	return difference{"?scope", theirs, absent, "it defines no scope and is asked for none; theirs is the default of their library"}
}

// differences are the members in which a request is neither that of v4 nor that
// of v5, by the provider. Of two versions that are as close either may stand here.
var differences = map[string][]difference{
	"asgardeo": {
		{"path", "/realms/main/DISCOVERED", "/realms/main/oauth2/token/DISCOVERED",
			"the document stands at /oauth2/token below the organization, where v5 means to look but does not"},
	},
	"atlassian":    {{"?scope", "openid", "read:me", "it wants the prompt of v4 and the scope of v5 together"}},
	"azure-ad-b2c": {{"?scope", "openid", "client-id openid", "without its own client id as a scope it returns no access token"}},
	"box":          {withoutScope(defaultScope4)},
	"boxyhq-saml":  {withoutScope(defaultScope4)},
	"bungie":       {withoutScope(defaultScope4)},
	"click-up":     {withoutScope(defaultScope5)},
	"dribbble":     {{"?scope", "undefined", "public", "the scope of v5 is a mistake"}},
	"facebook":     {{"path", "/v19.0/dialog/oauth", "/v24.0/dialog/oauth", "the versions of v4 and v5 have ended"}},
	"figma":        {{"?scope", "files:read", "current_user:read", "the scope of v5 has ended; ours is what the profile needs"}},
	"foursquare":   {withoutScope(defaultScope4)},
	"freshbooks":   {withoutScope(defaultScope5)},
	"instagram": {
		{"host", "api.instagram.com", "www.instagram.com", "the interface of v4 and v5 has ended; this is the login of professional accounts that is left"},
		{"?scope", "user_profile", "instagram_business_basic", "the scope of that login"},
	},
	"mailchimp":          {withoutScope(defaultScope4)},
	"mattermost":         {withoutScope(defaultScope5)},
	"microsoft-entra-id": {{"?scope", "User.Read email openid profile", "email openid profile", "it is azure-ad, whose scopes are those of v4: User.Read needs another consent"}},
	"naver":              {withoutScope(defaultScope4)},
	"nextcloud":          {withoutScope(defaultScope5)},
	"notion": {
		withoutScope(defaultScope5),
		{"?redirect_uri", "undefined", "https://app.example/api/auth/callback/notion", "v5 sends this text unless the program sets the address"},
	},
	"osso":              {withoutScope(defaultScope4)},
	"pipedrive":         {withoutScope(defaultScope4)},
	"tiktok":            {{"?client_id", "client-id", absent, "it knows client_key alone, which v5 sends beside client_id"}},
	"twitter":           requestTokenAlone,
	"wechat":            {{"?client_id", "client-id", absent, "it knows appid alone, which v5 sends beside client_id"}},
	"wechat WebsiteApp": {{"?client_id", "client-id", absent, "it knows appid alone, which v5 sends beside client_id"}},
	"workos":            {withoutScope(defaultScope4)},
}

// requestTokenAlone is the difference of OAuth 1.0a.
var requestTokenAlone = []difference{
	{"?oauth_token_secret", "request-token-secret", absent, "the secret must not travel through the browser, and no provider reads it there"},
	{"?oauth_callback_confirmed", "true", absent, "it is the provider's answer, which means nothing in a question"},
}

// strictDifferences are the members in which a request is not that of v4 although
// StrictV4 is set, by the provider: the request of v4 would fail.
var strictDifferences = map[string][]difference{
	"atlassian":    differences["atlassian"],
	"azure-ad-b2c": differences["azure-ad-b2c"],
	"coinbase": {
		{"host", "www.coinbase.com", "login.coinbase.com", "it has moved"},
		{"path", "/oauth/authorize", "/oauth2/auth", "it has moved"},
	},
	"facebook": {{"path", "/v11.0/dialog/oauth", "/v24.0/dialog/oauth", "the version of v4 has ended"}},
	"faceit":   {{"?scope", defaultScope4, "email openid profile", "v4 defines no scope; without these the profile lacks the name and the address"}},
	"fusionauth": {
		{"?scope", "offline_access openid", "email offline_access openid profile", "with the scopes of v4 the ID token lacks the name and the address"},
	},
	"instagram": differences["instagram"],
	"netlify":   {{"?scope", defaultScope4, "", "it refuses that scope"}},
	"salesforce": {
		{"path", "/services/oauth2/authorize", "/DISCOVERED", "it is discovered: v4 refuses the ID token that the scope openid leads to"},
		{"?display", "page", absent, "page is the default of OpenID Connect"},
		{"?scope", defaultScope4, "email openid profile", "the default of v4 leaves out the name and the address"},
		{"checks", "", "code_challenge code_challenge_method nonce state", "v4 has no protection against forged answers here"},
	},
	"twitter": requestTokenAlone,
}
