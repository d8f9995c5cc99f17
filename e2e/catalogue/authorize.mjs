// Prints, as JSON, the authorization request that NextAuth.js v4 and Auth.js (v5)
// make for each of their providers: [{version, id, url}]. A list of options, for
// one request each, comes from standard input. Discovery is answered from the
// address that is asked, and every request token of OAuth 1.0a is the same.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const allOptions = JSON.parse(readFileSync(0, "utf8"));
const site = "https://app.example";
const found = [];

// prefix is what stands before the well-known path of a discovery document.
const prefix = (address) => address.replace(/\/?\.well-known\/openid-configuration.*$/, "");
const document = (issuer, address) => ({
  issuer,
  authorization_endpoint: prefix(address) + "/DISCOVERED",
  token_endpoint: prefix(address) + "/token",
  userinfo_endpoint: prefix(address) + "/userinfo",
  jwks_uri: prefix(address) + "/jwks",
});

const packages = join(dirname(fileURLToPath(import.meta.url)), "node_modules");
const v4 = join(packages, "next-auth");
const { Issuer } = require("openid-client");
Issuer.discover = async (address) => new Issuer(document(prefix(address), address));
const { OAuth } = require("oauth");
OAuth.prototype.getOAuthRequestToken = (params, done) => done(null, "request-token", "request-token-secret", { oauth_callback_confirmed: "true" });
const parse4 = require(join(v4, "core/lib/providers.js")).default;
const url4 = require(join(v4, "core/lib/oauth/authorization-url.js")).default;
const { defaultCookies } = require(join(v4, "core/lib/cookie.js"));
const jwt = require(join(v4, "jwt/index.js"));
const logger = { debug() {}, error() {}, warn() {} };

for (const options of allOptions) {
  for (const file of readdirSync(join(v4, "providers")).filter((name) => name.endsWith(".js"))) {
    const make = require(join(v4, "providers", file)).default;
    if (typeof make !== "function") continue;
    try {
      const made = make({ ...options });
      if (made.type !== "oauth") continue;
      const { provider } = parse4({ providers: [made], url: new URL(site + "/api/auth"), providerId: made.id });
      const { redirect } = await url4({
        options: { provider, logger, cookies: defaultCookies(true), jwt: { secret: "secret", maxAge: 60, encode: jwt.encode, decode: jwt.decode } },
        query: {},
      });
      found.push({ version: "v4", id: made.id, url: redirect });
    } catch (error) {
      found.push({ version: "v4", id: file.replace(".js", ""), error: String(error) });
    }
  }
}

const v5 = join(packages, "auth-core");
const load = (path) => import(pathToFileURL(join(v5, path)));
const { default: parse5 } = await load("lib/utils/providers.js");
const { getAuthorizationUrl } = await load("lib/actions/signin/authorization-url.js");
const { customFetch } = await load("lib/symbols.js");
const { defaultCookies: cookies5 } = await load("lib/utils/cookie.js");
const jwt5 = await load("jwt.js");

// The two that are no identity providers need packages of their own.
const others = ["passkey.js", "webauthn.js"];
for (const options of allOptions) {
  for (const file of readdirSync(join(v5, "providers")).filter((name) => name.endsWith(".js") && !others.includes(name))) {
    const make = (await load("providers/" + file)).default;
    if (typeof make !== "function") continue;
    let id = file.replace(".js", "");
    try {
      let made = make({ ...options });
      if (made.type !== "oauth" && made.type !== "oidc") continue;
      id = made.id;
      const { provider } = parse5({ config: { providers: [made], basePath: "/api/auth" }, url: new URL(site), providerId: id });
      provider[customFetch] = async (address) => Response.json(document(provider.issuer, String(address)));
      const { redirect } = await getAuthorizationUrl({}, {
        provider, logger, cookies: cookies5(true), jwt: { secret: "secret", maxAge: 60, encode: jwt5.encode, decode: jwt5.decode }, secret: "secret",
      });
      found.push({ version: "v5", id, url: redirect });
    } catch (error) {
      found.push({ version: "v5", id, error: String(error) });
    }
  }
}
console.log(JSON.stringify(found, null, 1));
