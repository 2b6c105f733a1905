// A real OpenID provider: accounts by login name, settings from the environment.
import { generateKeyPairSync } from "node:crypto";
import { Provider } from "oidc-provider";

const port = Number(process.env.PORT);
const issuer = process.env.ISSUER || `http://127.0.0.1:${port}`;
const accounts = JSON.parse(process.env.ACCOUNTS);
const keycloak = process.env.KEYCLOAK === "1";
const redirect_uris = JSON.parse(process.env.REDIRECTS);

// Keys of its own: the default ones are everybody's.
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

const configuration = {
  jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: process.env.KID || "one" }] },
  clients: [
    { client_id: "app", client_secret: "s3cret/+ &", redirect_uris, token_endpoint_auth_method: process.env.AUTH_METHOD || "client_secret_basic",
      grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] },
    { client_id: "other", client_secret: "other", redirect_uris },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username", "picture", "role"] },
  scopes: ["openid", "profile", "email", "offline_access"],
  conformIdTokenClaims: false,
  pkce: { required: () => !keycloak },
  features: { devInteractions: { enabled: true }, userinfo: { enabled: true } },
  issueRefreshToken: async () => true,
  findAccount: async (ctx, id) => accounts[id] && ({ accountId: id, claims: async () => ({ sub: id, ...accounts[id] }) }),
  cookies: { keys: ["test"] },
};
if (keycloak)
  configuration.routes = { authorization: "/protocol/openid-connect/auth", token: "/protocol/openid-connect/token", userinfo: "/protocol/openid-connect/userinfo" };
const provider = new Provider(issuer, configuration);
provider.listen(port, "127.0.0.1", () => console.log("ready"));
