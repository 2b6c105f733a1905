/*
 * How the IR is written for SQLite: names, constants, parameters, comparison
 * and the C functions that stand behind PostgreSQL's expressions.
 *
 * C functions that printed SQL calls beside those of func.h. T is a type code as
 * an INTEGER: enum value_type (+ VALUE_ARRAY), or for an enum of the catalog the
 * type's oid, >= 16384. func_type.c has these:
 *   bp_row(spec, v..)          a row as a JSON object's text; spec is JSON text
 *                              [["name", T], ..], one pair per value
 *   bp_field(T, row, name)     one member of such a text, as a cell of type T
 *   bp_array(T, v..)           ARRAY[v..]; T of the element, itself an array or not
 *   bp_limit(n), bp_offset(n)  2201W and 2201X below zero; NULL is no limit
 *   bp_single(v)               an aggregate: the one row's value, 21000 for more
 *   bp_subscript(T, arr, i)    one element of an array; T of the array
 *   bp_slice(T, arr, lo, hi)   a slice; NULL bounds are open
 *   bp_raise(sqlstate, text)   raises, whatever the row
 * Built-ins are written by their template (sql/builtin.h) where %t1 and %r
 * print T of an argument and of the result.
 *
 * Collations carry pg_type.typname: "numeric", "bpchar", "citext", "timetz",
 * "interval", "jsonb", and "_int4" for arrays (value_collate).
 */
#ifndef ENGINE_SQLITE_DIALECT_H
#define ENGINE_SQLITE_DIALECT_H

#include "sql/print.h"

struct ctx;

/* The physical table and column names, quoted: "public.todos", "title". */
void sqlite_put_table(struct buf *b, const struct relation *rel);
/* The same for anything that SQLite keeps in one space of names: "schema.name". */
void sqlite_put_object(struct buf *b, const char *schema, const char *name);
void sqlite_put_column(struct buf *b, const struct column *col);
/* A quoted identifier and a string literal of SQLite's. */
void sqlite_put_name(struct buf *b, const char *name);
void sqlite_put_text(struct buf *b, struct str text);
/* A cell as a literal. */
void sqlite_put_datum(struct buf *b, struct datum v);

/* The temporary table that holds RETURNING's rows of the index-th CTE of a statement,
 * columns c1..cn: temp.w0_2. */
void sqlite_put_cte_table(struct buf *b, size_t index, size_t n_columns);

/* The name by which a table's rowid can be had: one that no column hides. */
const char *sqlite_rowid_name(const struct relation *rel);

/* The column that is the rowid (a single integer primary key), or NULL. */
const struct column *sqlite_rowid_column(const struct relation *rel);

/* The collation a column or expression of the type compares by, NULL: binary. */
const char *sqlite_collation(const struct type *t);

/* T of a type, see above. */
int64_t sqlite_type_code(const struct type *t);
struct vtype sqlite_vtype(struct arena *a, struct typeref t);

/* Where the value of a SQLite parameter comes from when a statement runs. */
enum bind_kind {
	BIND_PARAM, /* $n, through the input function of `type` (NULL type: as text) */
	BIND_ROW    /* a cell of the row under way */
};
struct bind {
	enum bind_kind kind;
	int index; /* $n (1-based), or the cell (0-based) */
	struct typeref type;
};
typedef VEC(struct bind) binds;

/* Vars that are bound from a row instead of read from a table: column a of
 * rtes[rte] of the outermost query printed is cell base + (a's position). */
struct row_source {
	int rte;
	int base;
};

struct sqlite_print {
	const struct catalog *cat; /* for domains' checks */
	binds *binds;		   /* filled: ?1 is binds->v[0] */
	const struct row_source *rows;
	size_t n_rows;
};

extern const struct dialect sqlite_dialect;

/* Prints q, or one expression whose vars are those of q, to SQL text. */
int sqlite_print_query(struct ctx *c, const struct query *q, struct sqlite_print *sp,
		       struct buf *out);
int sqlite_print_expr(struct ctx *c, const struct query *q, const struct expr *e,
		      struct sqlite_print *sp, struct buf *out);

#endif
