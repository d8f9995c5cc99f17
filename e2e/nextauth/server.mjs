// The real NextAuth.js behind a plain HTTP server, without Next.js:
//
//   node server.mjs '{"url": "http://app.test", "secret": "...", ...}'
//
// It prints its address, and ends when its standard input does. settings_test.go
// says what the settings are. Beside the API it answers /control/*, by which a
// test looks inside.

process.env.NODE_ENV = "production"

import http from "node:http"
import { parse as parseCookies } from "cookie"
import * as jwt from "next-auth/jwt"
import nextAuth from "next-auth"
import { MemoryAdapter } from "./adapter.mjs"
import { options } from "./options.mjs"

const settings = JSON.parse(process.argv[2])
if (settings.timeZone) process.env.TZ = settings.timeZone
process.env.NEXTAUTH_URL = settings.url
const { secret } = settings
const { encode, decode, getToken } = jwt.default ?? jwt

const mount = "/api/auth/"
const outbox = []
let handler

// An adapter on a database of another folder's test, which makes it.
const stored = settings.adapterModule && (await import(settings.adapterModule)).makeAdapter(settings.database)

function reset() {
  outbox.length = 0
  handler = (nextAuth.default ?? nextAuth)(options(settings, stored ?? new MemoryAdapter().methods(), outbox))
}
reset()

/** What a test asks about, or tells. */
const control = {
  outbox: () => outbox,
  reset: () => reset(),
  encode: (req) => encode({ secret, ...req.body }).then((token) => ({ token })),
  decode: (req) => decode({ secret, ...req.body }),
  token: (req) => getToken({ req, secret }),
}

/** Parameters as Next.js hands them on: a repeated one is a list. */
function parameters(search) {
  const out = {}
  for (const [name, value] of search) out[name] = name in out ? [out[name], value].flat() : value
  return out
}

/** The body as the Pages Router of Next.js reads it. */
async function readBody(req) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  switch ((req.headers["content-type"] ?? "").split(";")[0].trim()) {
    case "application/json":
      return text === "" ? {} : JSON.parse(text)
    case "application/x-www-form-urlencoded":
      return parameters(new URLSearchParams(text))
  }
  return text
}

/** Adds the methods that Next.js gives a response. */
function extend(res) {
  res.status = (code) => {
    res.statusCode = code
    return res
  }
  res.send = (body) => {
    if (body === undefined || body === null) return res.end()
    if (typeof body === "object") return res.json(body)
    res.end(body)
  }
  res.json = (body) => {
    res.setHeader("Content-Type", "application/json; charset=utf-8")
    res.end(JSON.stringify(body))
  }
}

async function serve(req, res) {
  extend(res)
  const url = new URL(req.url, settings.url)
  req.cookies = parseCookies(req.headers.cookie ?? "")
  try {
    req.body = await readBody(req)
  } catch {
    return res.status(400).send("Invalid JSON")
  }
  if (url.pathname.startsWith("/control/")) {
    const answer = await control[url.pathname.slice("/control/".length)](req)
    return res.json(answer ?? null)
  }
  if (!url.pathname.startsWith(mount)) return res.status(404).send("not found")
  const nextauth = url.pathname.slice(mount.length).split("/").map(decodeURIComponent)
  req.query = { ...parameters(url.searchParams), nextauth }
  await handler(req, res)
}

const server = http.createServer((req, res) => {
  serve(req, res).catch((error) => {
    process.stderr.write(`${req.method} ${req.url}: ${error.stack}\n`)
    res.statusCode = 500
    res.end("Internal Server Error")
  })
})
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`))
process.stdin.resume().on("end", () => process.exit(0))
