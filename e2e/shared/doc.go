// Package shared has the library work on the tables of an existing NextAuth.js or
// Auth.js database, beside the real NextAuth.js with the real adapters, which runs
// in a Node.js process.
package shared
