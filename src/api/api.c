#include "api/api.h"

#include "api/cors.h"
#include "api/rest.h"
#include "api/rest_errors.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/json.h"
#include "config/config.h"
#include "engine/engine.h"
#include "net/metrics.h"
#include "net/request.h"
#include "net/response.h"
#include "signin/signin.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct api {
	struct api_options o;
	struct rest_api *rest;
};

int api_new(struct ctx *c, const struct api_options *o, struct api **ret)
{
	struct rest_api *rest;
	TRY(rest_api_new(c, &(struct rest_options){ .engine = o->engine, .cfg = o->cfg }, &rest));
	struct api *api = calloc(1, sizeof(*api));
	CHECK(api);
	api->o = *o;
	api->rest = rest;
	*ret = api;
	return 0;
}

void api_free(struct api *api)
{
	if (!api)
		return;
	rest_api_free(api->rest);
	free(api);
}

static uint64_t now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static struct str query_param(const struct request *rq, const char *name)
{
	struct str rest = rq->query;
	while (rest.p) {
		struct str value = str_split(&rest, '&');
		struct str key = str_split(&value, '=');
		if (str_is(key, name) && value.p)
			return value;
	}
	return (struct str){ 0 };
}

/* Behind the gateway, apikey names no column: it is taken out of the query. */
static struct str without_apikey(struct arena *a, struct str query)
{
	if (!query.p || str_find(query, STR("apikey=")) < 0)
		return query;
	BUF_CLEANUP struct buf b = buf_make(query.n + 1);
	while (query.p) {
		struct str one = str_split(&query, '&');
		if (str_starts(one, STR("apikey=")))
			continue;
		if (b.n)
			buf_char(&b, '&');
		buf_str(&b, one);
	}
	return (struct str){ buf_dup(a, &b), b.n };
}

static int authenticate(struct ctx *c, const struct api *api, struct request *rq,
			struct principal *ret)
{
	struct credential cr;
	credential_resolve(api->o.auth, request_header(rq, "Authorization"),
			   request_header(rq, "apikey"), query_param(rq, "apikey"), &cr);
	TRY(credential_require_key(c, api->o.auth, &cr));
	TRY(auth_verify(c, api->o.auth, &cr, ret));
	rq->role = str_of(ret->role);
	return 0;
}

static int refuse(struct ctx *c, struct response *rs, const struct api *api)
{
	const char *challenge = auth_challenge(c);
	api_error_respond(c, rs, true, !api->o.cfg->server.minimal_errors);
	if (challenge)
		response_header_set(rs, "WWW-Authenticate", str_of(challenge));
	return 0;
}

static int serve_rest(struct ctx *c, struct request *rq, struct response *rs, struct str path,
		      const struct api *api)
{
	struct principal who;
	uint64_t start = api->o.cfg->server.server_timing ? now_us() : 0;
	if (authenticate(c, api, rq, &who) < 0)
		return refuse(c, rs, api);
	uint64_t spent = start ? now_us() - start : 0;
	if (!api->o.bare_paths)
		rq->query = without_apikey(c->arena, rq->query);
	return rest_handle(c, rq, rs, path, &who, spent, api->rest);
}

static int health(struct ctx *c, struct response *rs, const struct api *api)
{
	struct engine *e = api->o.engine;
	if (!e->vt->health || e->vt->health(c, e) == 0) {
		response_text(rs, 200, "application/json; charset=utf-8",
			      STR("{\"status\":\"ok\"}"));
		return 0;
	}
	response_text(rs, 503, "application/json; charset=utf-8",
		      STR("{\"status\":\"database unavailable\"}"));
	return 0;
}

static int metrics(struct response *rs, const struct api *api)
{
	response_header(rs, "Content-Type", STR("text/plain; version=0.0.4; charset=utf-8"));
	metrics_print(&rs->body);
	if (api->o.engine->vt->metrics)
		api->o.engine->vt->metrics(api->o.engine, &rs->body);
	auth_metrics(api->o.auth, &rs->body);
	if (api->o.signin)
		signin_metrics(api->o.signin, &rs->body);
	return response_status(rs, 200);
}

/* Services to come, with the error body that their SDK reads. */
static const struct service {
	const char *prefix;
	const char *body;
} services[] = {
	{ "/storage/v1",
	  "{\"statusCode\":\"501\",\"error\":\"NotImplemented\",\"message\":\"Storage "
	  "is not built yet in this version\"}" },
	{ "/realtime/v1", "{\"message\":\"Realtime is not built yet in this version\"}" },
	{ "/functions/v1",
	  "{\"code\":\"NOT_IMPLEMENTED\",\"message\":\"Functions are not built yet "
	  "in this version\"}" },
	{ "/graphql/v1", "{\"errors\":[{\"message\":\"GraphQL is not built yet in this "
			 "version\"}]}" },
};

/* path is prefix, or goes on behind it with a slash: the rest, else p NULL. */
static struct str behind(struct str path, const char *prefix)
{
	struct str p = str_of(prefix);
	if (!str_starts(path, p))
		return (struct str){ 0 };
	struct str rest = str_from(path, p.n);
	if (rest.n && rest.p[0] != '/')
		return (struct str){ 0 };
	return rest.p ? rest : STR("");
}

static int route(struct ctx *c, struct request *rq, struct response *rs, const struct api *api)
{
	struct str rest = behind(rq->path, "/rest/v1");
	if (rest.p && api->o.cfg->api.enabled)
		return serve_rest(c, rq, rs, rest, api);
	rest = behind(rq->path, "/auth/v1");
	if (rest.p && api->o.signin)
		return signin_handle(c, rq, rs, rest, api->o.signin);
	for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++)
		if (behind(rq->path, services[i].prefix).p) {
			response_text(rs, 501, "application/json; charset=utf-8",
				      str_of(services[i].body));
			return 0;
		}
	if (str_is(rq->path, "/health") || str_is(rq->path, "/rest-admin/v1/ready") ||
	    str_is(rq->path, "/rest-admin/v1/live"))
		return health(c, rs, api);
	if (str_is(rq->path, "/metrics"))
		return metrics(rs, api);
	if (api->o.bare_paths)
		return serve_rest(c, rq, rs, rq->path, api);
	response_text(rs, 404, "application/json; charset=utf-8",
		      STR("{\"message\":\"no Route matched with those values\"}"));
	return 0;
}

int api_handle(struct ctx *c, struct request *rq, struct response *rs, void *arg)
{
	const struct api *api = arg;
	const char *trace = api->o.cfg->server.trace_header;
	if (!cors_preflight(rq, rs, &api->o.cfg->server.cors_allowed_origins)) {
		if (route(c, rq, rs, api) < 0)
			api_error_respond(c, rs, true, !api->o.cfg->server.minimal_errors);
		cors_headers(rq, rs, &api->o.cfg->server.cors_allowed_origins);
	}
	struct str traced = trace && *trace ? request_header(rq, trace) : (struct str){ 0 };
	if (traced.p)
		response_header(rs, trace, traced);
	return 0;
}
