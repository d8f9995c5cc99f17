// The configuration of NextAuth.js that settings_test.go writes for the library.

import Credentials from "next-auth/providers/credentials"
import Email from "next-auth/providers/email"

const users = {
  alice: { id: "alice-id", name: "Alice Liddell", email: "alice@example.com", image: "https://img.example/alice.png" },
  sparse: { id: "sparse-id" },
  unicode: { id: "unicode-id", name: "Zoë </b> 山田 🎉", email: "zoe@example.com" },
  big: { id: "big-id", name: "Big" },
  barred: { id: "barred-id", name: "Barred", email: "barred@example.com" },
}

const credentials = (Credentials.default ?? Credentials)({
  credentials: {
    username: { label: "Name", type: "text", placeholder: "alice" },
    password: { label: "Password", type: "password" },
  },
  async authorize({ username, password }) {
    if (username === "locked") throw new Error("Account locked & sealed")
    return password === "wonderland" && users[username] ? { ...users[username] } : null
  },
})

const profile = (document) => ({
  id: document.sub,
  name: document.name,
  email: document.email,
  image: document.picture,
})

/** An OAuth 2.0 provider with the checks of its name. */
const plainOAuth = (id, issuer, checks) => ({
  id,
  name: `Provider ${id}`,
  type: "oauth",
  clientId: "client",
  clientSecret: "client-secret-of-at-least-thirty-two-bytes",
  authorization: { url: `${issuer}/authorize`, params: { scope: "profile email" } },
  token: `${issuer}/token`,
  userinfo: `${issuer}/userinfo`,
  checks,
  profile,
})

const openID = (issuer) => ({
  ...plainOAuth("openid", issuer, ["pkce", "state", "nonce"]),
  wellKnown: `${issuer}/.well-known/openid-configuration`,
  authorization: { params: { scope: "openid email profile" } },
  token: undefined,
  userinfo: undefined,
  idToken: true,
})

/** A transport of nodemailer that keeps what it is given. */
const transport = (outbox) => ({
  name: "outbox",
  version: "1",
  send(mail, done) {
    const { to, from, text } = mail.data
    if (to === "unreachable@example.com") return done(new Error("no such mailbox"))
    outbox.push({ to, from, url: text.split("\n").find((line) => line.startsWith("http")) })
    done(null, { accepted: [to], rejected: [], pending: [] })
  },
})

export function options(settings, adapter, outbox) {
  const silent = () => {}
  const providers = [
    plainOAuth("plain", settings.provider, ["state"]),
    plainOAuth("pkce", settings.provider, ["pkce", "state"]),
    openID(settings.provider),
  ]
  if (settings.adapter) {
    providers.push((Email.default ?? Email)({ server: transport(outbox), from: "Sign-in <sign-in@example.com>" }))
  }
  if (settings.strategy === "jwt") providers.push(credentials)
  return {
    secret: settings.secret,
    providers,
    adapter: settings.adapter ? adapter : undefined,
    session: { strategy: settings.strategy },
    pages: settings.pages ?? {},
    logger: { error: silent, warn: silent, debug: silent },
    callbacks: {
      async signIn({ user }) {
        return user.email !== "barred@example.com"
      },
      async jwt({ token, user, trigger, session }) {
        if (user?.id === "big-id") token.pad = "x".repeat(6000)
        if (trigger === "update" && session) Object.assign(token, session)
        return token
      },
    },
  }
}
