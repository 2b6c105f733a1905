/*
 * The front door: which service a path belongs to, who is calling, CORS.
 *
 *	/rest/v1/...	the data API
 *	/auth/v1/...	sign-in
 *	/storage/v1 /realtime/v1 /functions/v1 /graphql/v1
 *			not built yet: 501 in each service's own error format
 *	/health /metrics
 *
 * With bare_paths, any other path is the data API's (/table, /rpc/f), as
 * PostgREST itself serves.
 */
#ifndef API_API_H
#define API_API_H

#include "base/str.h"

struct api;
struct auth;
struct config;
struct ctx;
struct engine;
struct request;
struct response;
struct signin;

/* All outlive the api. */
struct api_options {
	struct engine *engine;
	const struct config *cfg;
	struct auth *auth;
	struct signin *signin; /* NULL: /auth/v1 is off */
	bool bare_paths;
};

int api_new(struct ctx *c, const struct api_options *o, struct api **ret);
void api_free(struct api *api); /* NULL allowed */

/* An http_handler's fn with the api as its arg. Always answers; returns 0. */
int api_handle(struct ctx *c, struct request *rq, struct response *rs, void *api);

#endif
