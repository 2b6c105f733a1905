/*
 * A response under construction. The server adds Date, Server, Connection,
 * Content-Length (or Transfer-Encoding) and leaves out the body where HTTP
 * forbids one (HEAD, 1xx, 204, 304).
 *
 * A small body goes into rs->body. A body of unknown or large size goes through
 * response_write(), which moves it to an unlinked file past SPOOL_BYTES; the
 * server sends that at the client's pace and holds neither memory, coroutine
 * nor transaction meanwhile.
 */
#ifndef NET_RESPONSE_H
#define NET_RESPONSE_H

#include "base/buf.h"
#include "base/str.h"

struct arena;
struct ctx;
struct http_header;

enum { RESPONSE_SPOOL_BYTES = 1 << 20 };

struct response {
	int status; /* 200 until set */
	struct arena *arena;
	struct http_header *headers;
	size_t n_headers, cap_headers;
	struct buf body; /* append with buf_*; limit is the server's response_max */
	int file;	 /* descriptor of a file body, -1 none; owned by the response */
	uint64_t file_offset;
	uint64_t file_bytes;
	uint64_t spooled;      /* of the file, counted against all others */
	uint64_t written;      /* bytes taken by response_write() */
	uint64_t write_max;    /* most bytes that response_write() takes */
	const char *spool_dir; /* for O_TMPFILE */
	bool has_length;       /* set Content-Length from `length` although HEAD sends no body */
	uint64_t length;       /* for HEAD without a body; ignored otherwise */
	void *stream;	       /* the server's, for response_stream() */
	bool is_streaming;     /* the head has been sent */
	bool is_close;	       /* ask for the connection to be closed afterwards */
};

/* Sets the status and returns 0, so that a handler can `return` it. */
int response_status(struct response *rs, int status);

/* Adds a header; name and value are copied into the arena. Control characters
 * in the value become spaces, so that input cannot add headers. */
void response_header(struct response *rs, const char *name, struct str value);
void response_headerf(struct response *rs, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same, replacing every header of that name. */
void response_header_set(struct response *rs, const char *name, struct str value);

/* Value of the first header of that name, p NULL when absent. */
struct str response_header_get(const struct response *rs, const char *name);

/* Content-Type and the whole body at once. */
void response_text(struct response *rs, int status, const char *content_type, struct str body);

/* Appends to the body, in memory or spooled. -1 with 54000 past write_max and
 * 53100 when the disk is full. Does not mix with direct use of rs->body. */
int response_write(struct ctx *c, struct response *rs, const void *p, size_t n);

/* The body is bytes [offset, offset+bytes) of fd; takes ownership of fd. */
void response_file(struct response *rs, int fd, uint64_t offset, uint64_t bytes);

/*
 * Sends bytes now instead of gathering a body: the first call sends the head
 * (chunked, or until the close for HTTP/1.0), so status and headers are fixed by
 * then. Suspends while the client is slow, so a stream of any length holds at
 * most 64 KiB. Small pieces are gathered until response_flush(). -1 with 57014
 * (deadline, cancelled) or 08006 when the client is gone. After it the handler
 * may only stream on or end; -1 from the handler then cuts the connection, so
 * that the client sees an incomplete body.
 */
int response_stream(struct ctx *c, struct response *rs, const void *p, size_t n);
int response_flush(struct ctx *c, struct response *rs);

/* Drops headers, body and file: to answer with an error instead. */
void response_clear(struct response *rs);

/* Standard reason phrase, "" for an unknown status. */
const char *http_reason(int status);

#endif
