/* Private to the data API's files. */
#ifndef API_REST_INT_H
#define API_REST_INT_H

#include "api/rest.h"
#include "api/rest_errors.h"
#include "api/rest_plan.h"
#include "api/rest_request.h"
#include "api/rest_sink.h"
#include "api/rest_write.h"
#include "config/config.h"
#include "net/request.h"
#include "net/response.h"

#include <pthread.h>

struct rest_api {
	struct engine *engine;
	const struct config *cfg;
	pthread_mutex_t lock; /* guards relations */
	struct relation_set *relations;
};

/* One request on its way. */
struct call {
	struct rest_api *api;
	struct request *rq;
	struct response *rs;
	const struct principal *who;
	struct rest_request req;
	struct session session;
	const struct tzone *zone;	/* of typed cells; NULL is UTC */
	struct relation_set *relations; /* a reference */
	struct plan_settings plan;
	const struct relation *rel;
	struct media media;   /* negotiated */
	struct media explain; /* MEDIA_PLAN: the plan is asked for, of `media` */
	uint64_t marks[4];    /* microseconds, for Server-Timing; 0 when it is off */
};

uint64_t clock_us(void);
static inline void call_mark(struct call *k, int i)
{
	if (k->marks[0])
		k->marks[i] = clock_us();
}

/* rest_session.c: role, claims and request.* settings. */
int call_session(struct ctx *c, struct call *k);

/* rest_read.c, rest_mutate.c */
int call_read(struct ctx *c, struct call *k);
int call_write(struct ctx *c, struct call *k);
/* rest_call.c: functions. */
int call_function(struct ctx *c, struct call *k);
/* rest_openapi.c: the API's description. */
int call_description(struct ctx *c, struct call *k);
int call_function_info(struct ctx *c, struct call *k);

/* rest_respond.c */
int call_negotiate(struct ctx *c, struct call *k);
int call_negotiate_failed(struct ctx *c, const struct call *k); /* PGRST107 */
int call_check_preferences(struct ctx *c, const struct call *k);
void respond_common(struct ctx *c, struct call *k, const struct plan_node *root);
void respond_content_type(struct ctx *c, struct call *k);
void respond_preferences(struct ctx *c, struct call *k, const struct preferences *p);
/* a-b/total, with * for what is empty or unknown. */
void respond_range(struct call *k, int64_t lower, int64_t upper, bool has_total, int64_t total);
/* response.headers and response.status of the database. */
int respond_overrides(struct ctx *c, struct call *k, const struct row_sink *s);
/* Drops null members, at every depth, from the JSON body. */
int respond_strip_nulls(struct ctx *c, struct call *k);
/* 416 with the range that there is. */
int respond_out_of_bounds(struct ctx *c, struct call *k, int64_t total);
int singular_error(struct ctx *c, uint64_t rows);

static inline bool call_explains(const struct call *k)
{
	return k->explain.kind == MEDIA_PLAN;
}
/* rest_explain.c: EXPLAIN (...) in front of the statement; the answer. */
void explain_open(struct sql_text *t, const struct call *k);
int explain_respond(struct ctx *c, struct call *k);

/* Wraps an inner SELECT so that the database makes the body (CAP_JSON_BODY). */
void wrap_open(struct sql_text *t, const struct call *k, bool has_body);
void wrap_close(struct sql_text *t);
/* Caps and places the top level's limit and offset. */
void apply_range(const struct call *k, struct plan_node *root);

/* row_sink_init() with the request's arena and engine. */
void call_sink(struct ctx *c, const struct call *k, struct row_sink *s, struct buf *body,
	       enum row_format format);
struct sql_text sql_text_make(struct arena *a);
/* The finished text as a step; frees the buffer. 54001 when it met its limit. */
int step_make(struct ctx *c, struct sql_text *t, struct row_sink *sink, struct step *ret);
/* tx=, db-tx-end: does this write end in a rollback? */
enum tx_end call_tx_end(const struct call *k);
/* Before a rollback, constraints that wait for COMMIT are checked: 0 or 1 step. */
size_t call_check_deferred(const struct call *k, struct step *ret);
/* Reads response.headers and response.status after a write without a body. */
size_t call_overrides_step(struct ctx *c, const struct call *k, struct row_sink *sink,
			   struct step *ret);
/* The configured function that runs before each request, as a step: 0 or 1. */
size_t call_pre_request(struct ctx *c, const struct call *k, struct step *ret);

#endif
