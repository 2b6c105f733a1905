#include "api/rest_int.h"

#include "base/check.h"
#include "sql/trigger.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

int rest_api_new(struct ctx *c, const struct rest_options *o, struct rest_api **ret)
{
	(void)c;
	struct rest_api *api = calloc(1, sizeof(*api));
	CHECK(api);
	api->engine = o->engine;
	api->cfg = o->cfg;
	pthread_mutex_init(&api->lock, NULL);
	*ret = api;
	return 0;
}

void rest_api_free(struct rest_api *api)
{
	if (!api)
		return;
	relation_set_unref(api->relations);
	pthread_mutex_destroy(&api->lock);
	free(api);
}

/* The relationships of the current catalog: made anew when it has changed. */
static int current_relations(struct ctx *c, struct rest_api *api, struct relation_set **ret)
{
	struct catalog *cat;
	TRY(engine_catalog(c, api->engine, &cat));
	pthread_mutex_lock(&api->lock);
	if (!api->relations || api->relations->cat != cat) {
		struct relation_set *old = api->relations;
		api->relations =
			relation_set_new(cat, api->cfg->api.schemas.v, api->cfg->api.schemas.n);
		relation_set_unref(old);
	}
	*ret = relation_set_ref(api->relations);
	pthread_mutex_unlock(&api->lock);
	catalog_unref(cat);
	return 0;
}

static int respond_info(struct ctx *c, struct call *k)
{
	const struct relation *rel;
	TRY(plan_find_relation(c, &k->plan, k->req.target, &rel));
	bool can_insert = relation_accepts(rel, TRIGGER_INSERT);
	bool can_update = relation_accepts(rel, TRIGGER_UPDATE);
	bool can_delete = relation_accepts(rel, TRIGGER_DELETE);
	name_list key = { 0 };
	relation_key(k->relations, c->arena, rel, &key);
	BUF_CLEANUP struct buf b = buf_make(256);
	buf_puts(&b, "OPTIONS,GET,HEAD");
	if (can_insert)
		buf_puts(&b, ",POST");
	if (can_insert && can_update && key.n)
		buf_puts(&b, ",PUT");
	if (can_update)
		buf_puts(&b, ",PATCH");
	if (can_delete)
		buf_puts(&b, ",DELETE");
	response_status(k->rs, 200);
	response_header(k->rs, "Allow", buf_view(&b));
	respond_common(c, k, NULL);
	return 0;
}

static int respond_root_info(struct ctx *c, struct call *k)
{
	response_status(k->rs, 200);
	response_header(k->rs, "Allow", STR("OPTIONS,GET,HEAD"));
	respond_common(c, k, NULL);
	return 0;
}

static int dispatch(struct ctx *c, struct call *k)
{
	switch (k->req.action) {
	case ACT_READ:
		TRY(plan_find_relation(c, &k->plan, k->req.target, &k->rel));
		return call_read(c, k);
	case ACT_INSERT:
	case ACT_UPDATE:
	case ACT_PUT:
	case ACT_DELETE:
		return call_write(c, k);
	case ACT_INFO:
		return k->req.is_rpc ? call_function_info(c, k) : respond_info(c, k);
	case ACT_ROOT_INFO:
		return respond_root_info(c, k);
	case ACT_CALL:
	case ACT_CALL_GET:
		return call_function(c, k);
	case ACT_ROOT:
		return call_description(c, k);
	}
	UNREACHABLE();
}

static int handle(struct ctx *c, struct call *k, struct str path)
{
	const struct config *cfg = k->api->cfg;
	struct rest_request_options o = {
		.schemas = cfg->api.schemas.v,
		.n_schemas = cfg->api.schemas.n,
		.allow_tx = cfg->server.tx_end == CONFIG_TX_COMMIT_ALLOW_OVERRIDE ||
			    cfg->server.tx_end == CONFIG_TX_ROLLBACK_ALLOW_OVERRIDE,
		.is_openapi_off = !strcmp(cfg->server.openapi_mode, "disabled"),
	};
	TRY(rest_request_read(c, k->rq, path, &o, &k->req));
	call_mark(k, 1);
	TRY(current_relations(c, k->api, &k->relations));
	k->plan = (struct plan_settings){ .relations = k->relations,
					  .schema = k->req.schema,
					  .max_rows = cfg->api.max_rows,
					  .aggregates_enabled = cfg->server.aggregates_enabled,
					  .legacy_target_names = cfg->server.legacy_target_names };
	TRY(call_session(c, k));
	return dispatch(c, k);
}

uint64_t clock_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

/* Marks: begin, parsed, planned, transaction done; a step not reached took 0. */
static void respond_timing(struct call *k, uint64_t jwt_us)
{
	static const char *const names[] = { "parse", "plan", "transaction", "response" };
	BUF_CLEANUP struct buf b = buf_make(1024);
	buf_printf(&b, "jwt;dur=%.1f", (double)jwt_us / 1000);
	uint64_t now = clock_us(), last = k->marks[0];
	for (size_t i = 0; i < 4; i++) {
		uint64_t end = i < 3 ? k->marks[i + 1] : now;
		if (!end)
			end = last;
		buf_printf(&b, ", %s;dur=%.1f", names[i], (double)(end - last) / 1000);
		last = end;
	}
	response_header(k->rs, "Server-Timing", buf_view(&b));
}

int rest_handle(struct ctx *c, struct request *rq, struct response *rs, struct str path,
		const struct principal *who, uint64_t jwt_us, struct rest_api *api)
{
	struct call k = { .api = api, .rq = rq, .rs = rs, .who = who };
	bool is_timed = api->cfg->server.server_timing;
	if (is_timed)
		k.marks[0] = clock_us();
	if (handle(c, &k, path) < 0)
		api_error_respond(c, rs, who->is_anonymous, !api->cfg->server.minimal_errors);
	else if (is_timed)
		respond_timing(&k, jwt_us);
	relation_set_unref(k.relations);
	return 0;
}
