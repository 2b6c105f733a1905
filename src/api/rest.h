/*
 * The data API: PostgREST's behaviour over any engine.
 *
 *	struct rest_api *api;
 *	TRY(rest_api_new(c, &options, &api));
 *	... rest_handle(c, rq, rs, path, who, api) for each request ...
 */
#ifndef API_REST_H
#define API_REST_H

#include "auth/principal.h"
#include "base/str.h"

struct ctx;
struct engine;
struct request;
struct response;
struct rest_api;
struct config;

struct rest_options {
	struct engine *engine;	  /* outlives the api */
	const struct config *cfg; /* outlives the api */
};

int rest_api_new(struct ctx *c, const struct rest_options *o, struct rest_api **ret);
void rest_api_free(struct rest_api *api); /* NULL allowed */

/*
 * Answers one data API request; path is what follows the API's prefix, still
 * percent-encoded. Always leaves a response (errors included) and returns 0.
 * jwt_us is what authentication took, for Server-Timing. May suspend in the engine. c->arena holds
 * all of the request's memory.
 */
int rest_handle(struct ctx *c, struct request *rq, struct response *rs, struct str path,
		const struct principal *who, uint64_t jwt_us, struct rest_api *api);

#endif
