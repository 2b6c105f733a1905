/*
 * Reading a plain dump of pg_dump's: statements by the entry they belong to, and
 * the rows of COPY. Streams: a dump may be larger than memory.
 */
#ifndef APP_DUMP_H
#define APP_DUMP_H

#include "base/str.h"

#include <stdio.h>

struct ctx;

/* What the comment before a dump's statements says of them ("-- Name: users; Type:
 * TABLE; Schema: auth; Owner: x"); empty strings where there is none, as in a script
 * that pg_dump did not write. */
struct dump_entry {
	char name[256], type[64], schema[128];
};

/* Each returns 0, or -1 with c->err set to end the reading. */
struct dump_reader {
	void *arg;
	/* The statements between two comments or COPY blocks, as they stand. */
	int (*sql)(struct ctx *c, void *arg, const struct dump_entry *e, struct str text);
	/* COPY table (columns) FROM stdin, without its semicolon; then each row as it
	 * stands in the dump, without its line end; then the end. */
	int (*copy_begin)(struct ctx *c, void *arg, const struct dump_entry *e, struct str copy);
	int (*copy_row)(struct ctx *c, void *arg, struct str line);
	int (*copy_end)(struct ctx *c, void *arg);
	/* bytes read so far, now and then; NULL: not wanted */
	void (*progress)(void *arg, size_t bytes);
};

/* Reads to the end of in. Errors: 54000 for statements over 60 MiB, 58030, those of the
 * callbacks, 22P04 for a custom or compressed dump. */
int dump_read(struct ctx *c, FILE *in, const struct dump_reader *r);

#endif
