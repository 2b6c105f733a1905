/* Codes for tokens, tokens for identities. */
#include "base/arena.h"
#include "base/b64.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "external/provider_int.h"
#include "net/client.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>

enum { FORM_MAX = 16 << 10, PROFILE_MAX = 256 << 10 };

static const char *hex(struct arena *a, const unsigned char *p, size_t n)
{
	char *out = arena_alloc(a, 2 * n + 1);
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = "0123456789abcdef"[p[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[p[i] & 15];
	}
	out[2 * n] = '\0';
	return out;
}

/* RFC 6749 2.3.1: each part form-encoded, then as HTTP Basic has it. */
static const char *basic_credentials(struct ctx *c, const struct provider *p)
{
	BUF_CLEANUP struct buf id = buf_make(FORM_MAX), secret = buf_make(FORM_MAX);
	put_parameter(&id, "", str_of(p->clients[0]));
	put_parameter(&secret, "", str_of(p->cfg->secret));
	const char *both = arena_printf(c->arena, "%s:%s", buf_dup(c->arena, &id) + 1,
					buf_dup(c->arena, &secret) + 1);
	size_t n = strlen(both);
	unsigned char *encoded = arena_alloc(c->arena, n * 2 + 8);
	EVP_EncodeBlock(encoded, (const unsigned char *)both, (int)n);
	return arena_printf(c->arena, "Basic %s", (char *)encoded);
}

static int post_form(struct ctx *c, struct providers *ps, const struct provider *p,
		     const struct oidc_endpoints *e, const struct buf *form, struct json **ret)
{
	struct http_header headers[3] = {
		{ STR("Content-Type"), STR("application/x-www-form-urlencoded") },
		{ STR("Accept"), STR("application/json") },
	};
	struct http_call call = { .url = e->token,
				  .headers = headers,
				  .n_headers = 2,
				  .body = buf_view(form),
				  .body_max = PROFILE_MAX };
	struct http_answer a;
	if (!e->has_post && *p->cfg->secret)
		headers[call.n_headers++] = (struct http_header){ STR("Authorization"),
								  str_of(basic_credentials(c, p)) };
	if (http_client_call(c, ps->client, &call, &a) < 0) {
		const char *why = c->err.message;
		return err_set(c, "08006", "the token endpoint of %s: %s", p->name, why);
	}
	if (json_parse(c, a.body, (struct json_limits){ 32, 5000 }, ret) < 0 ||
	    (*ret)->kind != JSON_OBJECT)
		return err_set(c, "08006", "the token endpoint of %s answered no JSON (status %d)",
			       p->name, a.status);
	if (a.status >= 200 && a.status < 300 && !json_get(*ret, "error"))
		return 0;
	struct str error = json_get_str(*ret, "error", STR("?"));
	return err_set(c, "28000", "the token endpoint of %s refused: %.*s (status %d)", p->name,
		       STR_ARG(error), a.status);
}

int provider_exchange(struct ctx *c, struct providers *ps, const struct provider *p,
		      const char *code, const char *verifier, struct provider_tokens *ret)
{
	struct oidc_endpoints e;
	struct json *answer;
	BUF_CLEANUP struct buf form = buf_make(FORM_MAX);
	TRY(provider_endpoints(c, ps, p, &e));
	put_parameter(&form, "grant_type", STR("authorization_code"));
	put_parameter(&form, "code", str_of(code));
	put_parameter(&form, "redirect_uri", str_of(p->cfg->redirect_uri));
	if (e.has_post || !*p->cfg->secret)
		put_parameter(&form, "client_id", str_of(p->clients[0]));
	if (e.has_post && *p->cfg->secret)
		put_parameter(&form, "client_secret", str_of(p->cfg->secret));
	if (verifier)
		put_parameter(&form, "code_verifier", str_of(verifier));
	if (!buf_ok(&form))
		return err_set(c, "28000", "the code is too long");
	TRY(post_form(c, ps, p, &e, &form, &answer));
	*ret = (struct provider_tokens){
		.access = json_get_str(answer, "access_token", STR("")),
		.refresh = json_get_str(answer, "refresh_token", STR("")),
		.id = json_get_str(answer, "id_token", STR("")),
	};
	if (!ret->access.n)
		return err_set(c, "28000", "%s gave no access token", p->name);
	return 0;
}

static int get_json(struct ctx *c, struct providers *ps, const struct provider *p, const char *url,
		    struct str access, struct json **ret)
{
	struct http_header headers[] = {
		{ STR("Authorization"),
		  str_of(arena_printf(c->arena, "Bearer %.*s", STR_ARG(access))) },
		{ STR("Accept"), STR("application/json") },
	};
	struct http_call call = {
		.url = url, .headers = headers, .n_headers = 2, .body_max = PROFILE_MAX
	};
	struct http_answer a;
	if (http_client_call(c, ps->client, &call, &a) < 0) {
		const char *why = c->err.message;
		return err_set(c, "08006", "the profile at %s: %s", p->name, why);
	}
	if (a.status < 200 || a.status > 299)
		return err_set(c, "08006", "the profile at %s: status %d", p->name, a.status);
	if (json_parse(c, a.body, (struct json_limits){ 32, 20000 }, ret) < 0)
		return err_set(c, "08006", "the profile at %s is no JSON", p->name);
	return 0;
}

static int ask_profile(struct ctx *c, struct providers *ps, const struct provider *p,
		       const struct provider_tokens *t, struct identity *ret)
{
	struct oidc_endpoints e;
	struct json *profile, *emails = NULL;
	TRY(provider_endpoints(c, ps, p, &e));
	const char *url = e.userinfo;
	if (strcmp(p->row->name, "facebook") == 0) {
		unsigned char mac[EVP_MAX_MD_SIZE];
		unsigned n = 0;
		CHECK(HMAC(EVP_sha256(), p->cfg->secret, (int)strlen(p->cfg->secret),
			   (const unsigned char *)t->access.p, t->access.n, mac, &n));
		url = arena_printf(c->arena, "%s&appsecret_proof=%s", url, hex(c->arena, mac, n));
	}
	TRY(get_json(c, ps, p, url, t->access, &profile));
	if (*p->row->emails)
		TRY(get_json(c, ps, p, arena_printf(c->arena, "%s%s", p->api, p->row->emails),
			     t->access, &emails));
	return identity_read(c, p, profile, emails, e.issuer, ret);
}

/* Apple signs with either name. */
static const char *other_issuer(const struct provider *p)
{
	return strcmp(p->row->name, "apple") == 0 ? "https://account.apple.com" : NULL;
}

static int verify(struct ctx *c, struct providers *ps, const struct provider *p, struct str token,
		  struct str access, bool is_flow, struct json **ret)
{
	struct oidc_expected e = {
		.issuer = p->base,
		.other_issuer = other_issuer(p),
		.clients = p->clients,
		.n_clients = is_flow ? 1 : p->n_clients,
		.access_token = access,
	};
	return oidc_verify(c, ps->oidc, token, &e, ret);
}

/* {"name": {"firstName", "lastName"}}, sent by the browser: a name, never more. */
static void add_apple_name(struct ctx *c, struct str form, struct json *claims)
{
	struct json *user;
	if (!form.n || json_parse(c, form, (struct json_limits){ 8, 100 }, &user) < 0) {
		err_clear(c);
		return;
	}
	const struct json *name = json_get(user, "name");
	struct str first = json_get_str(name, "firstName", STR(""));
	struct str last = json_get_str(name, "lastName", STR(""));
	struct str full = str_trim(
		str_of(arena_printf(c->arena, "%.*s %.*s", STR_ARG(first), STR_ARG(last))));
	static const char *const names[] = { "name", "full_name" };
	for (size_t i = 0; full.n && i < 2; i++) {
		struct json *v = ARENA_NEW(c->arena, struct json);
		*v = (struct json){ .kind = JSON_STRING,
				    .key = str_of(names[i]),
				    .text = full,
				    .next = claims->child };
		claims->child = v;
	}
}

int provider_identity(struct ctx *c, struct providers *ps, const struct provider *p,
		      const struct provider_tokens *t, struct str user_form, struct identity *ret)
{
	struct json *claims;
	struct oidc_endpoints e;
	if (p->row->kind == PROVIDER_OAUTH)
		return ask_profile(c, ps, p, t, ret);
	if (!t->id.n)
		return err_set(c, "28000", "%s gave no id token", p->name);
	TRY(verify(c, ps, p, t->id, t->access, true, &claims));
	TRY(provider_endpoints(c, ps, p, &e));
	if (strcmp(p->row->name, "apple") == 0)
		add_apple_name(c, user_form, claims);
	return identity_read(c, p, claims, NULL, e.issuer, ret);
}

static int check_nonce(struct ctx *c, const struct provider *p, struct str nonce,
		       const struct json *claims)
{
	struct str claim = json_get_str(claims, "nonce", STR(""));
	unsigned char digest[SHA256_DIGEST_LENGTH];
	if (p->cfg->skip_nonce_check)
		return 0;
	if ((claim.n > 0) != (nonce.n > 0))
		return err_set(
			c, "28000",
			"Passed nonce and nonce in id_token should either both exist or not.");
	if (!nonce.n)
		return 0;
	SHA256((const unsigned char *)nonce.p, nonce.n, digest);
	if (!str_eq_secret(claim, str_of(hex(c->arena, digest, sizeof(digest)))))
		return err_set(c, "invalid_nonce", "Nonces mismatch");
	return 0;
}

int provider_id_token(struct ctx *c, struct providers *ps, const struct provider *p,
		      const struct id_token_request *r, struct identity *ret)
{
	struct json *claims;
	struct str named = r->issuer, base = str_of(p->base);
	while (str_ends(named, STR("/")))
		named.n--;
	bool is_other = other_issuer(p) && str_is(named, other_issuer(p));
	if (p->row->kind != PROVIDER_OIDC && strcmp(p->row->name, "keycloak") != 0)
		return err_set(c, "28000", "%s gives no id tokens", p->name);
	if (named.n && !str_eq(named, base) && !is_other)
		return err_set(c, "28000", "the issuer is not that of %s", p->name);
	TRY(verify(c, ps, p, r->id_token, r->access_token, false, &claims));
	TRY(check_nonce(c, p, r->nonce, claims));
	return identity_read(c, p, claims, NULL,
			     str_dup(c->arena, json_get_str(claims, "iss", STR(""))), ret);
}
