// An adapter for NextAuth.js that keeps everything in the process.

import { randomBytes } from "node:crypto"

export class MemoryAdapter {
  users = []
  accounts = []
  sessions = []
  links = []

  /** The methods as NextAuth.js calls them: it takes them off the object. */
  methods() {
    const names = Object.getOwnPropertyNames(MemoryAdapter.prototype)
    const own = names.filter((name) => name !== "constructor" && name !== "methods")
    return Object.fromEntries(own.map((name) => [name, async (...args) => structuredClone(this[name](...args))]))
  }

  createUser(user) {
    const row = { ...user, id: randomBytes(16).toString("hex") }
    this.users.push(row)
    return row
  }

  getUser(id) {
    return this.users.find((user) => user.id === id) ?? null
  }

  getUserByEmail(email) {
    return this.users.find((user) => user.email === email) ?? null
  }

  getUserByAccount({ provider, providerAccountId }) {
    const account = this.accounts.find((a) => a.provider === provider && a.providerAccountId === providerAccountId)
    return account ? this.getUser(account.userId) : null
  }

  updateUser(change) {
    return Object.assign(this.getUser(change.id), change)
  }

  linkAccount(account) {
    this.accounts.push(account)
    return account
  }

  createSession(session) {
    this.sessions.push(session)
    return session
  }

  getSessionAndUser(sessionToken) {
    const session = this.sessions.find((s) => s.sessionToken === sessionToken)
    const user = session && this.getUser(session.userId)
    return user ? { session, user } : null
  }

  updateSession(change) {
    const session = this.sessions.find((s) => s.sessionToken === change.sessionToken)
    return session ? Object.assign(session, change) : null
  }

  deleteSession(sessionToken) {
    const i = this.sessions.findIndex((s) => s.sessionToken === sessionToken)
    return i < 0 ? null : this.sessions.splice(i, 1)[0]
  }

  createVerificationToken(link) {
    this.links.push(link)
    return link
  }

  useVerificationToken({ identifier, token }) {
    const i = this.links.findIndex((l) => l.identifier === identifier && l.token === token)
    return i < 0 ? null : this.links.splice(i, 1)[0]
  }
}
