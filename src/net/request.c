/* Looking up request headers. */
#include "net/request.h"

#include "base/arena.h"

#include <string.h>

static struct str lookup(const struct http_header *h, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (h[i].name.n == name.n && str_ieq(h[i].name, name))
			return h[i].value;
	return (struct str){ NULL, 0 };
}

struct str request_header(const struct request *rq, const char *name)
{
	return lookup(rq->headers, rq->n_headers, str_of(name));
}

struct str request_header_all(struct arena *a, const struct request *rq, const char *name)
{
	struct str key = str_of(name), all = { NULL, 0 };
	for (size_t i = 0; i < rq->n_headers; i++) {
		const struct http_header *h = &rq->headers[i];
		if (!str_ieq(h->name, key))
			continue;
		if (!all.p) {
			all = h->value;
			continue;
		}
		const char *joined = arena_printf(a, "%.*s, %.*s", STR_ARG(all), STR_ARG(h->value));
		all = str_of(joined);
	}
	return all;
}
