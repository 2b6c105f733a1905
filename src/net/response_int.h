/* Between the response and the server that sends it. Internal to net. */
#ifndef NET_RESPONSE_INT_H
#define NET_RESPONSE_INT_H

#include "net/request.h"
#include "net/response.h"

/* Writes what response_write() still holds to the spool file. */
int response_seal(struct ctx *c, struct response *rs);

/* What the status line and headers depend on besides the response. */
struct render {
	const struct request *rq;
	struct str date; /* "Date: ...\r\n" */
	bool is_close;
	bool is_chunked; /* Transfer-Encoding instead of Content-Length */
	bool is_endless; /* neither: the body ends with the connection */
};

/* True when a body may follow the head. */
bool response_has_body(const struct response *rs, const struct request *rq);

/* Bytes of the body: file or memory. */
uint64_t response_length(const struct response *rs);

/* Appends status line and headers, empty line included. */
void response_render(struct buf *out, const struct response *rs, const struct render *r);

#endif
