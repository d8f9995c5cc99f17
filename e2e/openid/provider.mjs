// An OpenID Connect provider with two users and a login form:
//
//   node provider.mjs '{"clientID": "...", "clientSecret": "...", "redirectURI": "..."}'
//
// It prints its address, and ends when its standard input does.

import { generateKeyPairSync, randomBytes } from "node:crypto"
import http from "node:http"
import { Provider } from "oidc-provider"

const settings = JSON.parse(process.argv[2])

const accounts = {
  "user-1": { login: "ada", name: "Ada Lovelace", email: "ada@example.com", email_verified: true },
  "user-2": { login: "grace", name: "Grace Hopper", email: "grace@example.com", email_verified: true },
}

function newProvider(issuer) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 })
  return new Provider(issuer, {
    clients: [
      {
        client_id: settings.clientID,
        client_secret: settings.clientSecret,
        redirect_uris: [settings.redirectURI],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "RS256", use: "sig", kid: "key-1" }] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    // Without it the name and the address are at the userinfo endpoint alone.
    conformIdTokenClaims: settings.conformIDTokenClaims,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount(ctx, id) {
      const account = accounts[id]
      return account && { accountId: id, claims: () => ({ sub: id, ...account }) }
    },
    // Whoever signs in has agreed.
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({
        clientId: ctx.oidc.client.clientId,
        accountId: ctx.oidc.session.accountId,
      })
      grant.addOIDCScope("openid profile email")
      await grant.save()
      return grant
    },
  })
}

const form = `<!DOCTYPE html><html lang="en"><title>Sign in</title>
<form method="post"><input name="username"><input name="password" type="password"><button>Sign in</button></form></html>`

async function interact(provider, req, res) {
  if (req.method !== "POST") {
    await provider.interactionDetails(req, res)
    res.setHeader("Content-Type", "text/html; charset=utf-8")
    return res.end(form)
  }
  let body = ""
  for await (const chunk of req) body += chunk
  const posted = new URLSearchParams(body)
  const found = Object.entries(accounts).find(([, account]) => account.login === posted.get("username"))
  if (!found || posted.get("password") !== "verysecure") {
    res.statusCode = 401
    return res.end("Wrong name or password.")
  }
  await provider.interactionFinished(req, res, { login: { accountId: found[0] } })
}

const server = http.createServer()
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  const provider = newProvider(issuer)
  const callback = provider.callback()
  server.on("request", (req, res) => {
    if (!req.url.startsWith("/interaction/")) return callback(req, res)
    interact(provider, req, res).catch((error) => {
      console.error(error.stack)
      res.statusCode = 500
      res.end("the sign-in failed")
    })
  })
  console.log(issuer)
})
process.stdin.resume().on("end", () => process.exit(0))
