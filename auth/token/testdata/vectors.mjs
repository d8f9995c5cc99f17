// Writes vectors.json: tokens made by NextAuth.js v4 and by jose, the library
// that it uses. Run it where next-auth 4.24.15 is installed:
//
//     node vectors.mjs > vectors.json
//
// Tokens are dated by the clock, so that every run writes other ones. The tests
// open them at the time "made", in seconds since 1970.
import jwt from "next-auth/jwt"
import { EncryptJWT, jwtDecrypt } from "jose"
import { hkdf } from "@panva/hkdf"

const secret = "a secret that only these tests know: not for use"
const century = 100 * 365 * 24 * 60 * 60

const keyOf = (salt) =>
  hkdf("sha256", secret, salt, "NextAuth.js Generated Encryption Key" + (salt ? ` (${salt})` : ""), 32)

// read returns the claims whatever the time.
async function read(token, salt) {
  const { payload } = await jwtDecrypt(token, await keyOf(salt), { currentDate: new Date(0), clockTolerance: 2 * century })
  return payload
}

// Sealed by next-auth/jwt.
async function nextAuth(name, token, { salt = "", maxAge = century, want = "" } = {}) {
  const sealed = await jwt.encode({ token, secret, salt, maxAge })
  return { name, cookie: salt, token: sealed, claims: await read(sealed, salt), want }
}

// Sealed by jose with a header and claims of its own.
async function foreign(name, header, claims, want = "") {
  const sealed = await new EncryptJWT(claims).setProtectedHeader(header).encrypt(await keyOf(""))
  return { name, cookie: "", token: sealed, claims, want }
}

const person = { name: "Ada Lovelace", email: "ada@example.com", picture: "https://example.com/ada.png", sub: "42" }
const dir = { alg: "dir", enc: "A256GCM" }
const made = Math.floor(Date.now() / 1000)
const exp = made + century

const vectors = [
  await nextAuth("session", person),
  await nextAuth("empty token", {}),
  await nextAuth("default claims are replaced", { sub: "1", iat: 1, exp: 2, jti: "x" }),
  await nextAuth("state cookie", { value: "hBXrMa0JpU0LgQ2dM2aJ1w", provider: "github" }, { salt: "next-auth.state" }),
  await nextAuth("nonce cookie", { value: "n-0S6_WzA2Mj" }, { salt: "__Secure-next-auth.nonce" }),
  await nextAuth("cookie name beyond ASCII", { value: "x" }, { salt: "café.状態" }),
  await nextAuth("null and empty fields", { name: null, email: "", picture: undefined, sub: "" }),
  await nextAuth("numbers", {
    zero: 0, negative: -7, half: 0.5, big: 9007199254740991, huge: 1e21, tiny: 1e-7, max: Number.MAX_VALUE,
    sub: 42,
  }),
  await nextAuth("nested", { roles: ["admin", { a: [1, 2, [], {}] }], org: { id: 7, tags: { "a.b": true } }, none: [], empty: {} }),
  await nextAuth("unicode", { name: "Ælfrēd 山田太郎 👩🏽‍💻", "ключ": "значение", sep: "a\u2028b\u2029c" }),
  await nextAuth("escapes", { script: "</script><!-- & -->", control: "\u0000\t\n\u001f\u007f", quote: 'a"b\\c/', 'k"e\\y\n': 1 }),
  await nextAuth("lone surrogates", { high: "x\ud800y", low: "\udc00", swapped: "\udc00\ud800", "k\ud800": 1 }),
  await nextAuth("names of Object.prototype", { constructor: "a", toString: "b", hasOwnProperty: "c" }),
  await nextAuth("long", { sub: "42", access_token: "t".repeat(5000) }),
  await nextAuth("expired", person, { maxAge: -60, want: "expired" }),
  await nextAuth("expired long ago", {}, { maxAge: -10 * century / 100, want: "expired" }),
  await foreign("enc before alg", { enc: "A256GCM", alg: "dir" }, { sub: "1", exp }),
  await foreign("typ, cty and kid", { ...dir, typ: "JWT", cty: "json", kid: "k\u00e9y" }, { sub: "1", exp }),
  await foreign("iss repeated in the header", { ...dir, iss: "me" }, { iss: "me", exp }),
  await foreign("aud repeated in the header", { ...dir, aud: ["a", "b"] }, { aud: ["a", "b"], exp }),
  await foreign("iss differs from the header", { ...dir, iss: "me" }, { iss: "you", exp }, "invalid"),
  await foreign("sub in the header alone", { ...dir, sub: "1" }, { exp }, "invalid"),
  await foreign("fractional exp", dir, { exp: exp + 0.5, nbf: 1.5, iat: 0.25 }),
  await foreign("iat in the future", dir, { exp, iat: exp }),
  await foreign("nbf in the future", dir, { exp, nbf: exp - 60 }, "invalid"),
  await foreign("no exp", dir, { sub: "1" }, "invalid"),
]
process.stdout.write(JSON.stringify({ secret, made: made + 1, vectors }, null, 1) + "\n")
