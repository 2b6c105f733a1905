/*
 * What anonymous callers can reach: from the catalog's grants and policies.
 */
#ifndef APP_EXPOSURE_H
#define APP_EXPOSURE_H

#include "base/str.h"

struct catalog;
struct config;
struct ctx;

/* One relation in an exposed schema on which the anonymous role has a right. */
struct exposure {
	const char *name;	    /* "public.books" */
	const char *schema, *table; /* its parts */
	bool is_view;
	bool can_read, can_write; /* by grant, on some column at least */
	/* No row level security stands between: RLS is off, or it is a view that
	 * checks as its owner. */
	bool is_open;
	/* With RLS: some policy lets the anonymous role read or write some rows. */
	bool has_read_policy, has_write_policy;
	bool is_allowed; /* [api].allow_open_tables lists it */
};

/* In c->arena, sorted by name. */
int exposure_list(struct ctx *c, const struct catalog *cat, const struct config *cfg,
		  struct exposure **ret, size_t *ret_n);

/* Tables (not views) that are open and not allowed: `serve` refuses them. */
size_t exposure_count_refused(const struct exposure *v, size_t n);

#endif
