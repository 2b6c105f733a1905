/*
 * Which relations can be embedded in which: foreign keys both ways, through
 * views whose columns are plainly the keys' columns, and through junction
 * tables whose primary key holds two foreign keys. Made once for a catalog
 * version and shared read-only.
 */
#ifndef API_REST_RELATIONS_H
#define API_REST_RELATIONS_H

#include "base/vec.h"
#include "sql/catalog.h"

/* In PostgREST's order, which error details follow. */
enum cardinality { CARD_O2M, CARD_M2O, CARD_O2O, CARD_M2M };

struct column_pair {
	const char *from, *to;
};

struct relationship {
	const struct relation *from, *to;
	bool is_self;
	enum cardinality card;
	const char *constraint;
	struct column_pair *cols; /* from's column, to's column; M2M: none */
	size_t n_cols;
	bool is_parent; /* O2O seen from the referenced side */
	bool from_is_view, to_is_view;

	/* A computed relationship: a function of the row; cols are empty. */
	const struct function *function;

	/* CARD_M2M: cols pair from's columns with the junction's. */
	const struct relation *junction;
	const char *constraint2;
	struct column_pair *cols2; /* to's column, junction's column */
	size_t n_cols2;
};

struct relation_set {
	struct arena *arena;
	struct catalog *cat; /* a reference */
	int refs;	     /* atomic */
	VEC(struct relationship) all;
	/* Index: relationships grouped by `from`. */
	struct map *by_from;   /* "schema.name" -> struct relationship_list */
	struct map *view_keys; /* "schema.name" of a view -> struct names */
};

typedef VEC(struct relationship *) relationship_list;
typedef VEC(const char *) name_list;

/* Makes the set; schemas are the exposed ones: a target or junction elsewhere
 * is never offered. Holds a reference on cat until the last unref. */
struct relation_set *relation_set_new(struct catalog *cat, const char *const *schemas,
				      size_t n_schemas);
struct relation_set *relation_set_ref(struct relation_set *s);
void relation_set_unref(struct relation_set *s); /* NULL allowed */

/* Relationships that begin at rel, in PostgREST's order; NULL when it has none. */
const relationship_list *relation_set_from(const struct relation_set *s,
					   const struct relation *rel);

/* Primary key columns sorted by name; of a view, those of the tables behind it
 * whose whole key it shows. */
void relation_key(const struct relation_set *s, struct arena *a, const struct relation *rel,
		  name_list *ret);

static inline bool relationship_is_to_one(const struct relationship *r)
{
	return r->card == CARD_M2O || r->card == CARD_O2O;
}

#endif
