// Package gatehouse is the root of Gatehouse: sign-in for web applications
// written in Go, on the wire contract of NextAuth.js v4. It has no code of its
// own. A program uses these packages:
//
//   - auth is the library: configuration, handler, sessions and middleware.
//   - providers has a function for each way to sign in that is known.
//   - adapters/memory and adapters/sqldb store users.
//   - mail delivers sign-in links.
//   - auth/token only opens and seals session tokens, for services that verify
//     them.
//   - adaptertest checks an adapter of your own.
//
// The command cmd/gatehouse is a module of its own. "go run ./cmd/gatehouse
// demo" shows every kind of sign-in in the browser, without configuration.
package gatehouse
