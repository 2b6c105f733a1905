/*
 * Rewriting: what PostgreSQL's rewriter, permission checks and row security do
 * to an analysed query, for engines without native policies.
 *
 * Rules followed (PostgreSQL 15, src/backend/rewrite/rowsecurity.c's behaviour,
 * DESIGN §2): deny by default; permissive OR-ed, restrictive AND-ed; RETURNING
 * and reading UPDATE/DELETE need SELECT policies; upsert needs INSERT, UPDATE
 * and SELECT; views check as their owner unless security_invoker; foreign-key
 * checks bypass policies; non-leakproof caller expressions are guarded.
 */
#ifndef SQL_REWRITE_H
#define SQL_REWRITE_H

#include "sql/ir.h"

struct ctx;

struct rewrite {
	const struct catalog *cat;
	const char *role;	 /* the current role */
	const char *search_path; /* of the caller; stored SQL brings its own */
};

/* Expands views (auto-updatable views in DML too), checks privileges (42501
 * "permission denied for table x", column privileges as PostgreSQL), adds
 * policies as security_quals and row checks, recursing into subqueries and CTEs,
 * and guards the caller's leaky expressions. Infinite policy recursion: 42P17. */
int rewrite_query(struct ctx *c, const struct rewrite *rw, struct query *q, struct query **ret);

#endif
