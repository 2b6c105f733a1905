/* Writes to SQL text: INSERT, upsert, UPDATE, DELETE. */
#ifndef API_REST_WRITE_H
#define API_REST_WRITE_H

#include "api/rest_body.h"
#include "api/rest_plan.h"
#include "api/rest_prefer.h"

enum write_kind { WRITE_INSERT, WRITE_UPDATE, WRITE_PUT, WRITE_DELETE };

/* Which rows a write hands back. */
enum write_returning {
	WRITE_NOTHING, /* only how many */
	WRITE_KEY,     /* key columns as text, for Location */
	WRITE_ROWS     /* what the read on top needs */
};

struct write_plan {
	enum write_kind kind;
	const struct relation *rel;
	const struct rest_query *query;
	const struct payload *payload; /* not for deletes */
	name_list key;		       /* primary key columns */
	enum prefer_resolution resolution;
	bool apply_defaults; /* missing=default */
	enum write_returning returning;
	VEC(const struct column *) columns; /* the payload's, in order */
	name_list conflict;		    /* upsert arbiter; empty: plain insert */
};

/* Resolves the columns (PGRST204) and the conflict target; PUT's filters must
 * be its key (PGRST105). */
int write_plan_build(struct ctx *c, struct write_plan *w);

/* The statement itself, with RETURNING for `read` (the root of the
 * representation's plan) unless nothing is returned. direct: RETURNING holds
 * the representation's own list, else the columns it needs. */
void write_print(struct sql_text *t, const struct write_plan *w, struct plan_node *read,
		 bool direct);

/* True when an upsert's answer depends on whether rows were inserted. */
bool write_counts_inserts(const struct write_plan *w);

/* SELECT count(*) of the payload's rows that would be inserted. */
void write_print_insert_count(struct sql_text *t, const struct write_plan *w);

#endif
