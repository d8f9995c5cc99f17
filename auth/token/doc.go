// Package token seals and opens the encrypted session tokens of NextAuth.js v4,
// so that a Go service and a Node server with the same secret read each other's
// cookies. It knows no HTTP and makes no network call.
//
// # A service that only verifies
//
// Most programs that import this package sit behind an application that signs
// people in, and want to know who is calling. They make one [Codec] at start
// and open what the session cookie holds:
//
//	codec, err := token.New(token.Options{
//		Secrets: []string{os.Getenv("NEXTAUTH_SECRET")},
//	})
//	if err != nil {
//		log.Fatal(err)
//	}
//
//	claims, err := codec.Open(cookie.Value)
//	switch {
//	case errors.Is(err, token.ErrExpired):
//		// Was signed in; ask to sign in again.
//	case err != nil:
//		// Not a token of ours: treat as signed out.
//	default:
//		fmt.Println(claims.Subject(), claims.Email())
//	}
//
// The cookie is named next-auth.session-token, or
// __Secure-next-auth.session-token where the site is served over https. A
// token that does not fit in one cookie is spread over several whose names end
// in .0, .1 and so on; join their values in that order before opening.
//
// Open proves that the token was sealed with one of the secrets and has not
// expired. It does not ask whether the session was withdrawn in the meantime:
// a token that was copied before its owner signed out stays valid until its
// expiry. A service that must know sooner asks the application's session
// endpoint.
//
// # Replacing a secret
//
// The first of several secrets seals, all of them open. To replace a secret,
// put the new one in front, and remove the old one when the last token that it
// sealed has expired.
//
// Everybody who holds a secret can make tokens as well as read them. A secret
// should be 32 random bytes or more; "openssl rand -base64 33" prints one. This
// package refuses an empty secret and does not judge any other.
//
// # Check cookies
//
// NextAuth.js seals the state, nonce and PKCE cookies of a sign-in in the same
// way, under a key of its own for each cookie. [Codec.ForCookie] returns the
// codec for such a cookie.
//
// # The format
//
// A token is a JSON Web Encryption object in compact form (RFC 7516) with direct
// encryption by AES-256-GCM; its header is {"alg":"dir","enc":"A256GCM"}. The key
// comes from the secret by HKDF with SHA-256 (RFC 5869). The content is a JSON
// Web Token claims set (RFC 7519).
//
// Tokens of any other algorithm are refused, as are compressed tokens and those
// with critical extensions. This happens before the key is used, so that a
// stranger cannot choose how much work a token makes.
package token
