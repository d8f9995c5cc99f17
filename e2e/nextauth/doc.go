// Package nextauth compares the library with the real NextAuth.js, which runs
// beside it in a Node.js process: the same requests go to both, and the answers
// must say the same. It also hands tokens and half-finished sign-ins from one to
// the other.
package nextauth
