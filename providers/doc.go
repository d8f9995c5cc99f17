// Package providers is the catalogue of ways to sign in: one function for each
// provider, which returns a plain value for [auth.Config.Providers].
//
//	auth.Config{
//		Providers: []auth.Provider{
//			providers.GitHub(id, secret),
//			providers.Email(mailer),
//		},
//	}
//
// # Registering an application
//
// An OAuth provider wants to know where to send visitors back to. That callback
// URL is the base path of the site's API followed by /callback/ and the
// provider's ID, for example
//
//	https://example.com/api/auth/callback/github
//
// In return the provider's console gives out a client id and a client secret,
// the first two arguments of most functions here. Providers that everybody hosts
// at an address of their own take that address first.
//
// # By name
//
// [ByID] builds a provider from its id and [Options], and [FromEnv] all those
// that the environment configures, by variables such as AUTH_GITHUB_ID and
// AUTH_GITHUB_SECRET. [All] describes every provider: what it needs, where to
// register an application and what to know about it. [Sample] and [Describe] show
// its addresses and protections without an account there.
//
// # Changing a provider
//
// The functions do not talk to anybody and do not check their arguments;
// [auth.New] does that. What they return is a struct whose fields may be changed
// before it is passed on:
//
//	google := providers.Google(id, secret)
//	google.Scopes = append(google.Scopes, "https://www.googleapis.com/auth/calendar.readonly")
//	google.Authorization.Params = url.Values{"access_type": {"offline"}, "prompt": {"consent"}}
//
// To have one provider twice, give the second an ID of its own. An ID must not
// change, and must not come to mean another server, once accounts are stored
// under it.
//
// # Providers that are not here
//
// [OIDC] reaches every OpenID Connect provider by its issuer and [OAuth2] every
// other OAuth 2.0 provider by its endpoints.
//
// # Compatibility
//
// IDs, names, scopes and the mapping from a provider's document to a user are
// those of NextAuth.js v4, so that its users find their accounts again. Where
// Auth.js v5 does otherwise v4 wins, unless a comment in the provider's file gives
// the reason for another choice. A member
// that a provider sends as null is null in the user as well, and one that is
// missing stays missing. A provider's document without an id makes a user
// without an ID, whose sign-in is refused.
//
// Whether a mail address counts as verified is decided by
// [auth.OAuthProvider.EmailTrust]. It is set only where the provider states for
// each address that it was proven; elsewhere no address is believed.
package providers
