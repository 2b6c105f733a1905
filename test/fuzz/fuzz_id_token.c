/*
 * What identity providers send. The first byte chooses the provider; the rest is
 * the claims of an id token, or a profile. A result always says who it is, is
 * JSON, and calls no address verified that the input does not.
 */
#include "auth/jwt.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "external/oidc.h"
#include "external/provider.h"
#include "fuzz.h"

#include <string.h>

static struct config_provider rows[] = {
	{ .name = "google" },	{ .name = "apple" },	  { .name = "azure" },
	{ .name = "github" },	{ .name = "gitlab" },	  { .name = "discord" },
	{ .name = "facebook" }, { .name = "slack_oidc" }, { .name = "keycloak" },
	{ .name = "corp" },
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };

static const char *const clients[] = { "id" };

static struct providers *make(struct ctx *c)
{
	static struct config cfg;
	struct providers *ps;
	for (size_t i = 0; i < ROWS; i++) {
		rows[i].client_id = "id";
		rows[i].secret = rows[i].redirect_uri = "x";
		rows[i].url = i >= 8 ? "https://idp.example.org" : "";
	}
	cfg.external.providers = rows;
	cfg.external.n_providers = ROWS;
	CHECK(providers_new(c, &cfg, NULL, &ps) == 0);
	return ps;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena *a = arena_new(0);
	struct ctx c = { .arena = a };
	struct providers *ps = make(&c);
	struct str text = { (const char *)data + 1, size - 1 };
	struct json *claims, *again;
	struct jwt_parts parts;
	struct identity id;
	if (jwt_split(&c, text, &parts) < 0)
		err_clear(&c);
	if (json_parse(&c, text, (struct json_limits){ 32, 5000 }, &claims) == 0) {
		const struct provider *p = provider_find(ps, str_of(rows[data[0] % ROWS].name));
		(void)oidc_audience_fits(claims, clients, 1);
		if (identity_read(&c, p, claims, json_get(claims, "emails"), "iss", &id) == 0) {
			CHECK(*id.subject);
			CHECK(json_parse(&c, str_of(id.data), (struct json_limits){ 0 }, &again) ==
			      0);
			CHECK(id.n_emails <= PROVIDER_EMAILS_MAX);
		}
	}
	providers_free(ps);
	arena_free(a);
	return 0;
}
