// Package openid signs in at OpenID Connect providers that were written
// elsewhere: the example server of github.com/zitadel/oidc, and oidc-provider of
// npm in a Node.js process.
package openid
