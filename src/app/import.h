/*
 * Bringing another project's schema and data here from a plain dump: what
 * belongs to the services (auth, storage, ...) stays ours, its rows are taken;
 * the rest is applied as it stands.
 */
#ifndef APP_IMPORT_H
#define APP_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct buf;
struct ctx;
struct db;
struct finding;

struct import_spec {
	/* Bytes read so far. */
	void (*progress)(void *arg, size_t bytes);
	/* Each statement or table that was not taken, and why. */
	void (*on_finding)(void *arg, const struct finding *f);
	void *arg;
	struct buf *schema; /* filled with the statements that were applied, without rows */
};

struct import_result {
	size_t statements, refused;
	size_t managed; /* entries of the services' own schemas, left out */
	size_t tables, rows;
	size_t compared, different; /* tables whose rows were read back */
};

/* Reads a dump into an open database of this process. Rows are loaded in batches, each a
 * transaction; what was loaded before an error stays. Afterwards every table that had rows
 * is read back, and its count and a hash of its content are compared with the dump's: a
 * difference is a finding. Errors: those of reading, and of the database when it cannot go
 * on at all; refused statements are findings. */
int import_dump(struct ctx *c, struct db *db, FILE *in, const struct import_spec *spec,
		struct import_result *ret);

#endif
