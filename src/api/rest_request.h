/* A data API request, read from HTTP: what to do, to which relation, in which
 * schema, with which preferences. */
#ifndef API_REST_REQUEST_H
#define API_REST_REQUEST_H

#include "api/rest_media.h"
#include "api/rest_prefer.h"
#include "api/rest_query.h"

struct ctx;
struct request;

enum rest_action {
	ACT_READ,
	ACT_INSERT,
	ACT_UPDATE,
	ACT_PUT,
	ACT_DELETE,
	ACT_CALL, /* a function by POST */
	ACT_CALL_GET,
	ACT_INFO, /* OPTIONS on a relation or function */
	ACT_ROOT, /* the API description */
	ACT_ROOT_INFO
};

struct rest_request {
	enum rest_action action;
	bool is_head;
	bool is_rpc;
	struct str target; /* relation or function, decoded */
	struct str schema;
	bool by_profile; /* answer with Content-Profile */
	struct preferences prefs;
	struct rest_query query;
	media_list accept;
	struct media content_type;

	/* The rows of the top level: limit=, offset= and Range together. */
	bool has_limit;
	int64_t limit;
	int64_t offset;
};

struct rest_request_options {
	const char *const *schemas; /* exposed; the first is the default */
	size_t n_schemas;
	bool allow_tx; /* Prefer: tx= counts */
	bool is_openapi_off;
};

/* Reads rq; path is what follows the API's prefix, still encoded. Errors
 * PGRST100, 101, 103, 106, 114, 117, 125, 126. */
int rest_request_read(struct ctx *c, const struct request *rq, struct str path,
		      const struct rest_request_options *o, struct rest_request *ret);

#endif
