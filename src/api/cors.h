/* Cross-origin requests (Fetch, "CORS protocol"). */
#ifndef API_CORS_H
#define API_CORS_H

#include "base/str.h"

struct config_list;
struct request;
struct response;

/* Answers a preflight: OPTIONS with Origin and Access-Control-Request-Method.
 * Any requested header is allowed. True when it was one. origins empty: any. */
bool cors_preflight(const struct request *rq, struct response *rs,
		    const struct config_list *origins);

/* Adds Access-Control-Allow-Origin and the exposed headers to an answer, errors
 * included, when the request has an Origin that may read it. */
void cors_headers(const struct request *rq, struct response *rs, const struct config_list *origins);

#endif
