/*
 * What the DDL files share. Each family of statements has its own file; run.c
 * picks one by the statement's kind. Everything kept goes into the catalog's
 * arena (d->a); c->arena is for the statement's own needs.
 *
 * Order inside a statement: everything that can be refused is checked first,
 * then the catalog is changed, then the storage is asked to follow.
 */
#ifndef SQL_DDL_INTERNAL_H
#define SQL_DDL_INTERNAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "sql/ddl.h"
#include "sql/parse.h"
#include "sql/scan.h"
#include "sql/trigger.h"

struct query;

enum { NAME_MAX_BYTES = 63 };

struct ddl {
	struct ddl_session *s;
	struct catalog *cat;
	struct arena *a;
	struct str text;
	struct str copy_data;
	VEC(struct sql_token) tokens; /* of text, without comments; made when first needed */
};

/* Calls one slot of the storage: STORE(d, create_table, rel). */
#define STORE(c, d, slot, ...)                                                                     \
	((d)->s->storage->slot ? (d)->s->storage->slot((c), (d)->s->storage_arg, __VA_ARGS__) : 0)

/* --- names.c: names, look-ups, ownership, errors --- */

/* A member's text, NUL-terminated in c->arena; NULL when absent. */
const char *ddl_cstr(struct ctx *c, const struct json *node, const char *key);
/* The last and the next to last of a list of String nodes; "" when absent. */
struct str ddl_last_name(const struct json *list);
struct str ddl_qualifier(const struct json *list);

/* Sets c->err.position from a byte offset in the statement, returns -1. */
int ddl_err_at(struct ctx *c, const struct ddl *d, int64_t location);
int ddl_refuse(struct ctx *c, const char *what, const char *hint);
void ddl_notice(struct ctx *c, struct ddl *d, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The schema a new object goes into: named, or the first of the search_path
 * that exists. Checks CREATE on it. Errors 3F000, 42501. */
int ddl_create_schema_of(struct ctx *c, struct ddl *d, struct str schema, int64_t location,
			 struct schema **ret);
/* The relation a RangeVar names; missing_ok gives NULL and 0. 42P01. */
int ddl_relation(struct ctx *c, struct ddl *d, const struct json *range_var, bool missing_ok,
		 struct relation **ret);
/* The same by a list of name parts. */
int ddl_relation_named(struct ctx *c, struct ddl *d, struct str schema, struct str name,
		       bool missing_ok, struct relation **ret);
/* An index by name along the path, with its relation. */
int ddl_index(struct ctx *c, struct ddl *d, struct str schema, struct str name, bool missing_ok,
	      struct relation **ret_rel, struct index **ret);
/* 42703 column "x" of relation "t" does not exist. */
int ddl_column(struct ctx *c, const struct relation *rel, struct str name, struct column **ret);
/* A user type by name parts (enum, domain, composite); 42704. */
int ddl_user_type(struct ctx *c, struct ddl *d, const struct json *names, bool missing_ok,
		  struct type **ret);
/* The role a RoleSpec names; PUBLIC is "". 42704. */
int ddl_role(struct ctx *c, struct ddl *d, const struct json *spec, const char **ret);
int ddl_type(struct ctx *c, struct ddl *d, const struct json *type_name, struct typeref *ret);

/* 42501 must be owner of KIND NAME, unless the current role is. */
int ddl_must_own(struct ctx *c, const struct ddl *d, const char *owner, const char *kind,
		 const char *name);
/* 42501 must be member of role "x": to give something to it or act for it. */
int ddl_must_be_member(struct ctx *c, const struct ddl *d, const char *role);
/* A superuser, or postgres: whom migrations run as. */
bool ddl_may_do_all(const struct ddl *d);
int ddl_must_own_relation(struct ctx *c, const struct ddl *d, const struct relation *rel);
const char *relation_kind_name(enum relation_kind kind);

/* Whether a relation or index of the name is in the schema. */
bool ddl_relname_taken(const struct ddl *d, struct str schema, struct str name);
/* PostgreSQL's makeObjectName: a_b_label cut to 63 bytes; b NULL or "" absent. */
const char *ddl_object_name(struct ctx *c, const char *a, const char *b, const char *label);
/* A free relation name of that form; also_constraints: not a constraint's either. */
const char *ddl_choose_relname(struct ctx *c, const struct ddl *d, const char *schema,
			       const char *a, const char *b, const char *label,
			       bool also_constraints);
/* A constraint name no constraint of the schema has. */
const char *ddl_choose_conname(struct ctx *c, const struct ddl *d, const char *schema,
			       const char *a, const char *b, const char *label);
/* Sets storage_name where the name clashes with another but for its case; to be
 * called again after a rename. */
void ddl_name_column_storage(struct ddl *d, const struct relation *rel, struct column *col);
uint32_t ddl_new_oid(struct ddl *d);
/* Adds a type and its array type to the catalog. Errors 42710. */
int ddl_add_type(struct ctx *c, struct ddl *d, struct type *t);
void ddl_remove_type(struct ddl *d, const struct type *t);
/* As messages show it: qualified unless the search_path finds it. */
const char *ddl_shown_name(struct ctx *c, const struct ddl *d, const struct relation *rel);
const char *ddl_qualified(struct ctx *c, const char *schema, const char *name);

/* --- clause.c: the user's text of expressions --- */

/* Index of the first token at or after a byte offset. */
size_t ddl_token_at(struct ddl *d, int64_t offset);
bool ddl_token_is(struct ddl *d, size_t i, const char *word);
/* The first such word at bracket depth 0 counted from token i; n when none. */
size_t ddl_token_find(struct ddl *d, size_t i, const char *word);
/* Bytes from token i up to (not with) token end. */
struct str ddl_span(struct ddl *d, size_t i, size_t end);
/* The text inside the first parentheses from token i on. */
struct str ddl_parens(struct ddl *d, size_t i);
size_t ddl_close(struct ddl *d, size_t open); /* the matching ")" */
/* The DEFAULT expression of a column constraint that begins at this offset. */
struct str ddl_default_text(struct ddl *d, int64_t location);
/* The n-th comma-separated part at depth 0 between two tokens: [*ret_from, *ret_to). */
bool ddl_part(struct ddl *d, size_t from, size_t to, size_t n, size_t *ret_from, size_t *ret_to);
struct stored_sql ddl_keep(struct ddl *d, struct str text);
/* DEFAULT NULL says nothing and is not kept, but where PostgreSQL wraps it: for a
 * domain, and for a type with a length. */
bool ddl_is_no_default(const struct json *expr, struct typeref type);

/* --- expr.c: analysis at definition --- */

/* part is a slice of d->text; positions of errors refer to the statement. */
int ddl_check_expr(struct ctx *c, struct ddl *d, struct str part, const struct relation *rel,
		   const struct type *want);
/* What stored SQL refers to: an expression on row's columns, or a query (row NULL). */
typedef VEC(struct sql_ref) sql_refs;
int ddl_refs(struct ctx *c, struct ddl *d, const struct stored_sql *sql, const struct relation *row,
	     sql_refs *ret);
/* Whether a default calls nextval() on this sequence. */
bool ddl_default_uses(struct ctx *c, struct ddl *d, const struct column *col,
		      const struct relation *seq);
/* The same for a boolean; clause is what messages call it: CHECK, POLICY, WHERE. */
int ddl_check_condition(struct ctx *c, struct ddl *d, struct str part, const struct relation *rel,
			const char *clause);
/* An index key or (is_generated) a generation expression: 42P17 when it is not
 * immutable or reads a generated column. */
int ddl_check_immutable(struct ctx *c, struct ddl *d, struct str part, const struct relation *rel,
			bool is_generated);
int ddl_check_default(struct ctx *c, struct ddl *d, struct str part, struct typeref want);

#endif
