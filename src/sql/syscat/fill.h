/* Making rows: how the fill functions of spec/syscat.def put cells. */
#ifndef SQL_SYSCAT_FILL_H
#define SQL_SYSCAT_FILL_H

#include "sql/builtin.h"
#include "sql/deparse.h"
#include "sql/syscat/syscat.h"
#include "sql/trigger.h"

struct fill {
	struct arena *a;
	struct deparse d;
	const struct syscat_env *env;
	const struct catalog *cat;
	const struct relation *rel;
	struct syscat_rows *out;
	struct datum *row;
	size_t at; /* the column behind the one put last */
};

/* Begins a row. Columns that are not put are NULL; in a catalog proper (relkind
 * r) numbers are 0 and booleans false. */
void fill_row(struct fill *f);

/* The named column of the row: it has to exist. NULL texts are NULL. */
void put_int(struct fill *f, const char *column, int64_t v);
void put_bool(struct fill *f, const char *column, bool v);
void put_real(struct fill *f, const char *column, double v);
void put_text(struct fill *f, const char *column, const char *v);
void put_char(struct fill *f, const char *column, char v); /* 0: the empty "char" */
void put_null(struct fill *f, const char *column);
void put_yes_no(struct fill *f, const char *column, bool v); /* YES, NO */
/* Arrays; a NULL list is NULL. */
void put_numbers(struct fill *f, const char *column, const int64_t *v, size_t n);
void put_attnums(struct fill *f, const char *column, const int16_t *v, size_t n);
void put_texts(struct fill *f, const char *column, const char *const *v, size_t n);
void put_acl(struct fill *f, const char *column, const struct acl *acl);

/* The i-th relation, the project's first, then the system's; NULL at the end. */
const struct relation *fill_relation(const struct fill *f, size_t i);
/* The i-th type: built-in ones and their arrays, then the project's. */
const struct type *fill_type(const struct fill *f, size_t i);
/* A relation of the project's that has rows of its own: table, matview. */
bool is_table(const struct relation *rel);

/* pg_type.typlen; -1 of varying length. */
int type_length(const struct type *t);
uint32_t relation_type_oid(const struct relation *rel);
/* PostgreSQL's form of a stored expression on rel (NULL: none). */
const char *fill_expr(struct fill *f, const struct relation *rel, const struct stored_sql *sql);

/* Whether the rows' reader has the rights of role, directly or not. */
bool fill_has_role(const struct fill *f, const char *role);

/* One right of one grantee, from an acl or the defaults of an object's kind (as
 * default_acl.kind). fn is called for each privilege and grantee. */
struct grant_row {
	const char *grantor, *grantee; /* "PUBLIC" */
	const char *privilege;
	bool is_grantable;
};
void each_grant(struct fill *f, const char *owner, const struct acl *acl, char kind,
		void (*fn)(struct fill *, const struct grant_row *, const void *), const void *arg);

/* information_schema's description of a type: data_type and what goes with it.
 * Put the columns in the order of spec/syscat.def. */
void put_is_type(struct fill *f, struct typeref t);
#define DATABASE "postgres"

#endif
