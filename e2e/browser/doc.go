// Package browser tests signing in with a real browser: the unmodified
// next-auth/react on a page of its own, the built-in pages and the demo.
package browser
