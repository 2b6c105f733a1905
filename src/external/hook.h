/*
 * Hooks: functions of the project that sign-in asks, in SQL
 * (pg-functions://postgres/<schema>/<function>, on every engine) or over HTTP,
 * signed as Standard Webhooks says. Kinds, payloads, limits and errors are
 * those of upstream's hooks.
 *
 * A hook gets {"metadata": {uuid, time, name, ip_address}, ...members} and
 * answers with an object; {"error": {"http_code", "message"}} refuses.
 */
#ifndef EXTERNAL_HOOK_H
#define EXTERNAL_HOOK_H

#include "base/str.h"

struct config;
struct ctx;
struct engine;
struct hooks;
struct http_client;
struct json;

enum hook_kind {
	HOOK_CUSTOM_ACCESS_TOKEN,
	HOOK_BEFORE_USER_CREATED,
	HOOK_AFTER_USER_CREATED,
	HOOK_SEND_EMAIL,
	HOOK_SEND_SMS,
	HOOK_PASSWORD_VERIFICATION,
	HOOK_MFA_VERIFICATION,
	HOOK_KINDS,
};

enum {
	HOOK_SQL_TIMEOUT_MS = 2000,
	HOOK_HTTP_TIMEOUT_MS = 5000, /* of all tries together */
	HOOK_HTTP_TRIES = 3,
	HOOK_HTTP_PAUSE_MS = 2000,
	HOOK_ANSWER_MAX = 200 << 10, /* bytes */
};

struct hooks_options {
	struct engine *engine; /* these outlive the hooks */
	const struct config *cfg;
	struct http_client *client;
};

/* Reads the configuration's URIs and secrets. F0000 naming what is malformed. */
int hooks_new(struct ctx *c, const struct hooks_options *o, struct hooks **ret);
void hooks_free(struct hooks *h); /* NULL allowed */

bool hook_is_enabled(const struct hooks *h, enum hook_kind kind);

/*
 * Calls the hook, in no transaction of the caller's; may suspend. members is the
 * payload after "metadata", as JSON members without braces. *ret is the answer,
 * an object (empty for 204), in c->arena.
 *
 * Errors, with their status: what the hook answered as an error, with code
 * "unexpected_failure" (status 500) or "unknown"; hook_timeout,
 * hook_timeout_after_retry and hook_payload_over_size_limit 422;
 * hook_payload_invalid_content_type 400; unexpected_failure 500 for all else.
 */
int hook_call(struct ctx *c, struct hooks *h, enum hook_kind kind, struct str ip,
	      struct str members, struct json **ret);

/* "v1,<base64>" of Standard Webhooks: HMAC-SHA-256 of "id.time.body" with a
 * secret "v1,whsec_<base64>", in c->arena. F0000 for another kind of secret. */
int hook_sign(struct ctx *c, struct str secret, const char *id, int64_t time, struct str body,
	      const char **ret);

#endif
