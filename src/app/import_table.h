/* One table's rows on their way from a dump into the database, and the proof that they
 * arrived. */
#ifndef APP_IMPORT_TABLE_H
#define APP_IMPORT_TABLE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct ctx;
struct db;
struct relation;

enum { IMPORT_COLUMNS_MAX = 1600 };

struct import_table {
	const char *name;    /* as COPY writes it */
	const char *columns; /* "a, b": those taken */
	bool is_taken[IMPORT_COLUMNS_MAX];
	size_t n_columns; /* in the dump */
	size_t n_left_out;
	FILE *rows; /* waiting, as COPY text; NULL none */
	uint64_t count, hash;
};

/* Takes COPY's statement apart. rel NULL: every column is taken; else those it has.
 * 42601 when it is no COPY of pg_dump's. In c->arena. */
int import_table_begin(struct ctx *c, struct str copy, const struct relation *rel,
		       struct import_table *ret);
/* Keeps a row of COPY text for later, and counts it. */
int import_table_row(struct ctx *c, struct import_table *t, struct str line);
/* Loads the rows kept, in batches. On failure those of the batches before stay and the rest
 * is still kept when nothing was loaded yet. */
int import_table_load(struct ctx *c, struct db *db, struct import_table *t);
/* Reads the table back: 1 equal, 0 different with both counts in c->arena's text, -1. */
int import_table_compare(struct ctx *c, struct db *db, const struct import_table *t,
			 const char **ret_why);
void import_table_end(struct import_table *t);

#endif
