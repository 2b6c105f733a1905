/*
 * The data API's URL grammar: a request target's query string to a tree, with
 * PostgREST's operators, precedence and error texts. Pure: no catalog, no I/O.
 *
 * Every name and value is a slice in the arena, percent-decoded, UTF-8. Nothing
 * here decides whether a name exists; the planner does.
 */
#ifndef API_REST_QUERY_H
#define API_REST_QUERY_H

#include "base/str.h"
#include "base/vec.h"

struct ctx;

/* Limits on what one query string may hold. */
enum {
	REST_MAX_PARAMS = 2000, /* name=value pairs */
	REST_MAX_ITEMS = 5000,	/* select items, filters, order terms and list elements' groups */
	REST_MAX_DEPTH = 32	/* nesting of embeds and of and/or groups */
};

/* One step of a JSON path: ->key, ->>key, ->0. An index carries its sign. */
struct rest_json_step {
	bool as_text; /* ->> */
	bool is_index;
	struct str key;
};

struct rest_field {
	struct str name;
	VEC(struct rest_json_step) path;
};

enum rest_agg { AGG_NONE, AGG_SUM, AGG_AVG, AGG_COUNT, AGG_MAX, AGG_MIN };
enum rest_item_kind { ITEM_FIELD, ITEM_EMBED, ITEM_SPREAD };
enum rest_join { JOIN_DEFAULT, JOIN_TYPE_INNER, JOIN_TYPE_LEFT };

struct rest_item;
typedef VEC(struct rest_item *) rest_items;

/* An item of select=. Slices with p NULL are absent. */
struct rest_item {
	enum rest_item_kind kind;
	struct str alias;
	struct rest_field field; /* ITEM_FIELD; name "*" for all */
	enum rest_agg agg;
	struct str cast;     /* before the aggregate */
	struct str agg_cast; /* after it */
	struct str relation; /* ITEM_EMBED, ITEM_SPREAD */
	struct str hint;
	enum rest_join join;
	rest_items items; /* the embed's own select list */
};

enum rest_op {
	OP_EQ,
	OP_GTE,
	OP_GT,
	OP_LTE,
	OP_LT,
	OP_LIKE,
	OP_ILIKE,
	OP_MATCH,
	OP_IMATCH, /* up to here: any/all may follow */
	OP_NEQ,
	OP_CS,
	OP_CD,
	OP_OV,
	OP_SL,
	OP_SR,
	OP_NXR,
	OP_NXL,
	OP_ADJ,
	OP_IN,
	OP_IS,
	OP_ISDISTINCT,
	OP_FTS,
	OP_PLFTS,
	OP_PHFTS,
	OP_WFTS
};
enum rest_quant { QUANT_NONE, QUANT_ANY, QUANT_ALL };
enum rest_is { IS_NULL_, IS_NOT_NULL, IS_TRUE, IS_FALSE, IS_UNKNOWN };

struct rest_filter {
	struct rest_field field;
	bool negated;
	enum rest_op op;
	enum rest_quant quant;
	enum rest_is is;      /* OP_IS */
	struct str value;     /* all but OP_IN and OP_IS */
	VEC(struct str) list; /* OP_IN */
	struct str language;  /* fts family; p NULL absent */
};

/* A filter, or a group of them under and/or. */
struct rest_logic {
	bool is_group;
	bool negated; /* groups; a filter has its own */
	bool is_or;
	VEC(struct rest_logic *) parts;
	struct rest_filter filter;
};

/* Names of embeds, outermost first; empty at the root. */
typedef VEC(struct str) rest_path;

struct rest_where {
	rest_path path;
	struct rest_logic *logic;
	bool is_plain; /* a column=op.value parameter, not and=/or= */
};

struct rest_order_term {
	struct str relation; /* rel(col); p NULL for an own column */
	struct rest_field field;
	char direction; /* 'a', 'd', 0 not given */
	char nulls;	/* 'f', 'l', 0 not given */
};

struct rest_order {
	rest_path path;
	VEC(struct rest_order_term) terms;
};

/* limit= and offset= of one level. */
struct rest_range {
	rest_path path;
	bool has_limit, has_offset;
	int64_t limit, offset;
};

struct rest_param {
	struct str name, value;
};

struct rest_query {
	rest_items select;
	VEC(struct rest_where) where;
	VEC(struct rest_order) order;
	VEC(struct rest_range) ranges;
	bool has_columns;
	VEC(struct str) columns; /* columns=, sorted, unique */
	bool has_on_conflict;
	VEC(struct str) on_conflict;
	/* Keys of all filter parameters as written: PUT compares them to the key. */
	VEC(struct str) filter_keys;
	VEC(struct rest_param) args; /* rpc by GET: parameters without an operator */
	struct str canonical;	     /* parameters sorted by name, re-encoded */
};

/* Parses a raw query string (no '?'). is_rpc: parameters without an operator
 * are arguments rather than errors. Error PGRST100 with PostgREST's message
 * and details. */
int rest_query_parse(struct ctx *c, struct str raw, bool is_rpc, struct rest_query *ret);

/* Splits at & and ; and decodes '+' and %XX. A pair without '=' has value.p
 * NULL. 22021 when a name or value is not UTF-8 or holds a NUL. */
int rest_params_split(struct ctx *c, struct str raw, struct rest_param **ret, size_t *ret_n);

#endif
