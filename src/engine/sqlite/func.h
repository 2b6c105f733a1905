/*
 * The C functions that printed SQL calls. Two families:
 *
 *   bp_NAME(...)   for every NAME of value/fn.h's table (PostgreSQL's prosrc
 *                  names: bp_int4pl, bp_numeric_add), with its arguments as
 *                  stored cells; type codes lead polymorphic ones;
 *   bp_...         what needs a type of the catalog, the session or the
 *                  database: dialect.h lists those that the printer writes
 *                  itself, func_*.c has them all.
 *
 */
#ifndef ENGINE_SQLITE_FUNC_H
#define ENGINE_SQLITE_FUNC_H

#include "engine/sqlite/conn.h"

enum { FN_STRICT = 1 << 0, FN_CONST = 1 << 1 /* SQLITE_DETERMINISTIC */ };

/* A C function in this engine's own table. body returns 0 with the result in
 * *ret (fn arena or an argument), or -1 with c->err; c is &cn->fn. */
struct sqlite_fn {
	const char *name;
	int8_t n_args; /* -1: any number */
	uint8_t flags;
	int (*body)(struct ctx *c, struct sqlite_conn *cn, const struct datum *args, int n,
		    struct datum *ret);
};

/* Registers the rows of a table. */
int sqlite_add_functions(struct ctx *c, struct sqlite_conn *cn, const struct sqlite_fn *fns,
			 size_t n);

/* What set_config() does, for the rest of the call. */
void sqlite_set_setting(struct sqlite_conn *cn, struct str name, struct str value);

/* Each file's own. */
int sqlite_add_value_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_type_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_session_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_record_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_crypto_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_extension_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_vault_functions(struct ctx *c, struct sqlite_conn *cn);
int sqlite_add_sequence_functions(struct ctx *c, struct sqlite_conn *cn);

#endif
