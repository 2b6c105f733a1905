#include "external/issuers.h"

#include "auth/auth.h"
#include "auth/jwk.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "external/oidc.h"
#include "net/client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct issuers {
	const struct config *cfg;
	struct auth *auth;
	struct http_client *client;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_stopping;
};

static int fetch(struct ctx *c, struct issuers *s, size_t i)
{
	struct json *doc;
	struct str base = str_of(s->cfg->auth.third_party[i].issuer);
	while (str_ends(base, STR("/")))
		base.n--;
	TRY(oidc_fetch_json(
		c, s->client,
		arena_printf(c->arena, "%.*s/.well-known/openid-configuration", STR_ARG(base)),
		&doc));
	const char *uri = str_dup(c->arena, json_get_str(doc, "jwks_uri", STR("")));
	TRY(oidc_fetch_json(c, s->client, uri, &doc));
	struct jwks *keys = jwks_new();
	if (jwks_add_json(c, keys, doc->raw, true) < 0) {
		jwks_free(keys);
		return -1;
	}
	auth_set_issuer_keys(s->auth, i, keys);
	return 0;
}

/* False when some issuer could not be asked. */
static bool fetch_all(struct issuers *s)
{
	bool is_ok = true;
	struct ctx c = { .arena = arena_new(0) };
	for (size_t i = 0; i < s->cfg->auth.n_third_party; i++) {
		if (fetch(&c, s, i) < 0) {
			fprintf(stderr, "auth: the keys of %s: %s\n",
				s->cfg->auth.third_party[i].issuer, c.err.message);
			err_clear(&c);
			is_ok = false;
		}
		arena_reset(c.arena);
	}
	arena_free(c.arena);
	return is_ok;
}

static void *run(void *arg)
{
	struct issuers *s = arg;
	pthread_mutex_lock(&s->lock);
	while (!s->is_stopping) {
		struct timespec until;
		pthread_mutex_unlock(&s->lock);
		bool is_ok = fetch_all(s);
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec += is_ok ? ISSUERS_FRESH_S : ISSUERS_RETRY_S;
		pthread_mutex_lock(&s->lock);
		int rc = 0;
		while (!s->is_stopping && rc == 0)
			rc = pthread_cond_timedwait(&s->changed, &s->lock, &until);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

int issuers_start(struct ctx *c, const struct config *cfg, struct auth *auth, struct issuers **ret)
{
	struct http_client_options o = { .threads = 1 };
	*ret = NULL;
	if (!cfg->auth.n_third_party)
		return 0;
	struct issuers *s = calloc(1, sizeof(*s));
	CHECK(s);
	*s = (struct issuers){ .cfg = cfg, .auth = auth };
	if (http_client_new(c, &o, &s->client) < 0) {
		free(s);
		return -1;
	}
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	if (pthread_create(&s->thread, NULL, run, s) != 0) {
		http_client_free(s->client);
		free(s);
		return err_set(c, "58000", "the system gave no thread for issuers' keys");
	}
	*ret = s;
	return 0;
}

void issuers_stop(struct issuers *s)
{
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->is_stopping = true;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->thread, NULL);
	http_client_free(s->client);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}
