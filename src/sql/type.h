/*
 * PostgreSQL types as the catalog knows them: a name, a kind, and the value
 * representation (value/value.h) that every engine shares.
 *
 * Built-in types live in one static table (sql/type.c); enums, domains,
 * composites and their arrays belong to a catalog. Types are compared by
 * pointer within one catalog snapshot; built-in ones are the same everywhere.
 */
#ifndef SQL_TYPE_H
#define SQL_TYPE_H

#include "base/str.h"
#include "value/value.h"

enum type_kind {
	TYPE_BASE,
	TYPE_ENUM,
	TYPE_DOMAIN,
	TYPE_ARRAY,
	TYPE_COMPOSITE, /* a table's row type or CREATE TYPE ... AS */
	TYPE_PSEUDO	/* unknown, record, any*, void, trigger */
};

struct acl;
struct relation;
struct stored_sql;
struct check_def;

struct type {
	uint32_t oid; /* PostgreSQL's own for built-ins, ours (>= 16384) otherwise */
	const char *schema;
	const char *name; /* as in pg_type.typname: "int4", "_int4", "mood" */
	enum type_kind kind;
	enum value_type value; /* representation; a domain's is its base type's */
	char category;	       /* pg_type.typcategory: B N S D T A E U X P C */
	bool is_preferred;     /* pg_type.typispreferred */

	const struct type *elem;  /* TYPE_ARRAY: the element type */
	const struct type *array; /* the array type over this one, NULL if none */

	const char **labels; /* TYPE_ENUM: in order, n_labels */
	uint32_t n_labels;

	const struct type *base; /* TYPE_DOMAIN */
	int32_t base_typmod;
	bool not_null;
	const char *default_sql;  /* domain default, NULL none */
	struct check_def *checks; /* domain checks, list */

	const struct relation *row; /* TYPE_COMPOSITE: its columns */
	const char *owner;	    /* NULL for built-ins */
	const char *comment;
	struct acl *acl; /* sql/catalog.h; NULL: PUBLIC has USAGE */
};

/* A type with its modifier; typmod -1 is none, else PostgreSQL's encoding
 * (varchar(n): n + 4; numeric(p,s): ((p << 16) | s) + 4; timestamp(p): p). */
struct typeref {
	const struct type *type;
	int32_t typmod;
};

/* A built-in type by its internal or SQL-standard spelling ("int4", "integer",
 * "timestamp with time zone", "_text"), in pg_catalog only; NULL if unknown. */
const struct type *type_builtin(struct str name);

/* The built-in type with PostgreSQL's OID, or NULL. */
const struct type *type_builtin_by_oid(uint32_t oid);

/* The built-in type of a representation (V_INT4 -> int4; is_array for arrays). */
const struct type *type_of_value(enum value_type value);

/* All of them, arrays too: 0 <= i < count. */
size_t type_builtin_count(void);
const struct type *type_builtin_at(size_t i);

/* Follows domains down to the type that is not one. */
const struct type *type_base(const struct type *t);

/* How values of the type are handled (value/value.h): representation, array or
 * not, modifier, and an enum's labels. A NULL type is text. In the arena. */
struct vtype type_vtype(struct arena *a, struct typeref t);

/* As format_type(): "integer", "character varying(20)", "timestamp with time
 * zone", "integer[]", quoted and schema-qualified outside the search path
 * (schema NULL, pg_catalog and public are never printed). In the arena. */
const char *type_format(struct arena *a, struct typeref t);

#define TYPEREF(t) ((struct typeref){ (t), -1 })

#endif
