// Package auth signs people in to web applications: through OAuth 2.0, OpenID
// Connect and OAuth 1.0a providers, by a link sent to their mailbox, and with
// credentials that the application checks. It keeps the session, and answers the
// REST API of NextAuth.js v4, so that its browser client, its tokens and its
// database keep working.
//
// # In five lines
//
//	a, err := auth.New(auth.Config{
//		URL:       "https://example.com",
//		Secrets:   []string{os.Getenv("AUTH_SECRET")},
//		Providers: []auth.Provider{providers.GitHub(id, secret)},
//	})
//	...
//	http.Handle("/api/auth/", a)
//	http.Handle("/", a.Require(home)) // in home: auth.FromContext(r.Context())
//
// [New] checks the whole configuration and reports every problem at once. [Auth]
// is an http.Handler for the API and its pages. [Auth.Require] lets only
// signed-in visitors through, [Auth.Load] lets everybody through and makes the
// session available, and [FromContext] returns it.
//
// # Sessions
//
// Without an [Adapter] a session is an encrypted token in a cookie, and nothing
// is stored. With one, users and their accounts are stored, and sessions are
// rows of the database unless SessionConfig.Strategy says otherwise.
//
// # Deciding and observing
//
// [Callbacks] decide: who may sign in, where visitors may be sent, what a token
// and a session hold. [Events] observe.
//
// # Compatibility
//
// Where the behaviour of NextAuth.js v4 on the wire is safe, this package does
// the same. Where it is weak, this package is safer in a way that the unmodified
// client does not notice. Config.StrictV4 restores what v4 does, for fleets in
// which a Node server shares cookies or a database with this one.
package auth
