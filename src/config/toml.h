/*
 * TOML 1.0 through toml++, as a tree in an arena that knows where each key and
 * value stands in the file. A malformed or oversized document is an error,
 * never an end of the process.
 */
#ifndef CONFIG_TOML_H
#define CONFIG_TOML_H

#include "base/str.h"

struct ctx;

enum toml_kind {
	TOML_STRING,
	TOML_INTEGER,
	TOML_FLOAT,
	TOML_BOOLEAN,
	TOML_DATE, /* any date or time; only its place is kept */
	TOML_ARRAY,
	TOML_TABLE,
};

enum {
	TOML_SIZE_MAX = 1 << 20, /* bytes of a document */
	TOML_DEPTH_MAX = 64,	 /* tables and arrays inside each other */
};

struct toml_node {
	enum toml_kind kind;
	struct str key;	 /* of a table's member */
	struct str text; /* of a string */
	int64_t integer;
	double real;
	bool boolean;
	int line, column;	 /* of the key, or of the value in an array */
	int count;		 /* children */
	struct toml_node *child; /* in source order */
	struct toml_node *next;
};

/* Where a parse failed. */
struct toml_error {
	int line, column;
	const char *what;
};

/* Parses text (UTF-8) into c->arena. Error F0000 "LINE:COLUMN: what"; *err, when
 * given, gets the parts. */
int toml_parse(struct ctx *c, struct str text, struct toml_error *err, struct toml_node **ret);

/* The member of a table, or NULL; NULL and other kinds are allowed. */
struct toml_node *toml_get(const struct toml_node *table, const char *key);

#endif
