/*
 * Planning: a parsed request and the catalog to PostgreSQL SQL text with $n
 * parameters. The same text runs on every engine. Identifiers are quoted;
 * values are parameters, untyped text as a client's are.
 *
 * Embeds become scalar subqueries: to-one `(SELECT row_to_json(e)::jsonb FROM
 * (SELECT ...) e)`, to-many `COALESCE((SELECT json_agg(row_to_json(e))::jsonb FROM (...) e),
 * '[]')`; !inner and null filters become EXISTS. They are jsonb because
 * PostgREST's are: members in jsonb's order and spacing.
 */
#ifndef API_REST_PLAN_H
#define API_REST_PLAN_H

#include "api/rest_query.h"
#include "api/rest_relations.h"
#include "base/buf.h"
#include "engine/engine.h"

/* SQL text under construction, with its parameters. */
struct sql_text {
	struct arena *arena;
	struct buf text;
	VEC(struct sql_param) params;
};

enum { SQL_TEXT_MAX = 4 << 20 };

/* Appends $n for a new parameter. */
void sql_param(struct sql_text *t, struct str value);
/* Appends a quoted identifier, "schema"."name", a quoted literal. */
void sql_ident(struct buf *b, struct str name);
void sql_name(struct buf *b, const char *schema, const char *name);
void sql_literal(struct buf *b, struct str text);

/* One level of the read: the root or an embed. */
struct plan_node {
	struct plan_node *parent;
	const struct rest_item *item; /* NULL at the root */
	const rest_items *items;
	struct str name;  /* as requested */
	struct str alias; /* p NULL none */
	const struct relation *rel;
	const struct relationship *ship; /* NULL at the root */
	const char *ref;		 /* what qualifies its columns, quoted */
	const char *row;		 /* its whole row, unqualified */
	const char *from;		 /* its FROM items */
	const char *junction_ref;	 /* M2M */
	int depth;
	bool is_to_one, is_inner, is_spread;
	bool has_legacy_match;		  /* a filter used the relation's name despite an alias */
	VEC(struct plan_node *) children; /* in the order of their items */
	VEC(const struct rest_logic *) where;
	VEC(struct rest_order_term) order;
	bool has_limit, has_offset;
	int64_t limit, offset;
};

struct plan_settings {
	const struct relation_set *relations;
	struct str schema; /* of this request */
	int64_t max_rows;  /* 0 none; reads only */
	bool aggregates_enabled;
	bool legacy_target_names; /* filters may use an aliased embed's own name */
};

enum plan_source {
	PLAN_READ,  /* FROM the relation */
	PLAN_WRITE, /* FROM pgrst_source: the rows a write returned */
	PLAN_CALL   /* FROM pgrst_source: the rows a function returned */
};

/* Builds and checks the tree. PLAN_WRITE leaves out filters, limits and ranges
 * of the root. Errors PGRST108, 118, 123, 127, 200, 201. */
int plan_tree_build(struct ctx *c, const struct plan_settings *s, const struct relation *rel,
		    const struct rest_query *q, enum plan_source source, struct plan_node **ret);

/* Alias, else the requested name: the member's name in the response. */
static inline struct str plan_label(const struct plan_node *n)
{
	return n->alias.p ? n->alias : n->name;
}

/* The inner SELECT: one column for each member of the response's rows. */
void plan_print_select(struct sql_text *t, struct plan_node *root);
/* Only its select list: for a RETURNING clause. */
void plan_print_list(struct sql_text *t, struct plan_node *root);

/* SELECT count(*) of the rows without limit; EXISTS for inner embeds. */
void plan_print_count(struct sql_text *t, struct plan_node *root);
/* The same as SELECT 1, for EXPLAIN. */
void plan_print_count_rows(struct sql_text *t, struct plan_node *root);

/* True when the select list can stand in a RETURNING clause: no embed, no
 * order, no aggregate. */
bool plan_is_flat(const struct plan_node *root);

/* The columns of the root that the read needs: for RETURNING. "*" alone when
 * all are. Names are sorted and unique. */
void plan_needed_columns(struct arena *a, const struct plan_node *root, name_list *ret);

/* Shared printers. `ref` qualifies columns. */
void plan_print_filter(struct sql_text *t, const struct plan_node *node,
		       const struct rest_filter *f, const struct relation *rel, const char *ref);
void plan_print_logic(struct sql_text *t, const struct plan_node *node, const struct rest_logic *l,
		      const struct relation *rel, const char *ref);
void plan_print_field(struct sql_text *t, const struct rest_field *f, const struct relation *rel,
		      const char *ref);
void plan_print_order(struct sql_text *t, struct plan_node *node);
/* EXISTS (SELECT 1 FROM the child ...). */
void plan_print_exists(struct sql_text *t, struct plan_node *child);
/* FROM ... WHERE of a child, correlated with its parent. */
void plan_print_from_where(struct sql_text *t, struct plan_node *node, bool with_inner);

/* The child that a filter column's name means, for null filters; NULL none. */
struct plan_node *plan_child_named(const struct plan_node *node, struct str name);

/* Relation by name in a schema; PGRST205 with a hint otherwise. */
int plan_find_relation(struct ctx *c, const struct plan_settings *s, struct str name,
		       const struct relation **ret);

#endif
