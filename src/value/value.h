/*
 * PostgreSQL's values outside PostgreSQL: types, their stored form, and the
 * functions every type has (input, output, JSON, order, casts).
 *
 * A value is a `struct datum`, a cell as SQLite stores it (DESIGN 3, "Storage
 * map"):
 *   bool            INT 0/1           int2 int4 int8 oid  INT
 *   float4 float8   REAL (never NaN)  numeric             TEXT as printed
 *   text varchar bpchar citext name   TEXT                uuid  TEXT lower case
 *   date            TEXT YYYY-MM-DD
 *   time            TEXT HH:MM:SS.ffffff
 *   timetz          TEXT HH:MM:SS.ffffff+HH[:MM[:SS]]
 *   timestamp       TEXT YYYY-MM-DD HH:MM:SS.ffffff
 *   timestamptz     TEXT YYYY-MM-DD HH:MM:SS.ffffff+00
 *   interval        TEXT as printed   json TEXT verbatim  jsonb TEXT canonical
 *   enum            TEXT label        bytea BLOB          array TEXT, JSON
 *   tsvector tsquery vector TEXT as printed
 * Years outside 0001..9999 are stored so that byte order stays time order:
 * '-infinity' < '-y9999956-03-15' (44 BC) < '0001-…' < 'Y0010000-…' < 'infinity'.
 * An array is a JSON array whose elements are the stored cells: numbers, true
 * and false for bool, strings for everything stored as TEXT, '"\\x…"' for
 * bytea, null, nested arrays for more dimensions (all of one length). Lower
 * bounds other than 1 are not kept.
 *
 * Everything here is pure: no clock, no locale, no session. Memory comes from
 * c->arena; a returned datum points into it or into the argument. Errors are
 * PostgreSQL's SQLSTATE and text.
 */
#ifndef VALUE_VALUE_H
#define VALUE_VALUE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct json;
struct tzone;

/* Kept stable: the numbers appear in prepared statements as the first
 * argument of polymorphic functions (value/fn.h), never on disk. */
enum value_type {
	V_UNKNOWN = 0, /* an untyped literal: behaves as text */
	V_BOOL = 1,
	V_INT2 = 2,
	V_INT4 = 3,
	V_INT8 = 4,
	V_FLOAT4 = 5,
	V_FLOAT8 = 6,
	V_NUMERIC = 7,
	V_TEXT = 8,
	V_VARCHAR = 9,
	V_BPCHAR = 10,
	V_CITEXT = 11,
	V_NAME = 12,
	V_UUID = 13,
	V_DATE = 14,
	V_TIME = 15,
	V_TIMETZ = 16,
	V_TIMESTAMP = 17,
	V_TIMESTAMPTZ = 18,
	V_INTERVAL = 19,
	V_JSON = 20,
	V_JSONB = 21,
	V_BYTEA = 22,
	V_ENUM = 23,
	V_OID = 24,
	V_TSVECTOR = 25,
	V_TSQUERY = 26,
	V_VECTOR = 27,
	V_TYPE_COUNT
};

/* Labels of an enum in their order; name is what messages say. */
struct enum_labels {
	struct str name;
	const struct str *labels;
	size_t n;
};

/* A column's or expression's type. Zero-initialized parts are the defaults
 * except typmod, which is -1 for "none" (use VTYPE / VTYPE_ARRAY). */
struct vtype {
	enum value_type id; /* of an array: its element type */
	bool is_array;
	int32_t typmod;			  /* pg_attribute.atttypmod: varchar(3) is 7 */
	const struct enum_labels *labels; /* V_ENUM; NULL: any label, byte order */
};
#define VTYPE(id_) ((struct vtype){ .id = (id_), .typmod = -1 })
#define VTYPE_ARRAY(id_) ((struct vtype){ .id = (id_), .is_array = true, .typmod = -1 })

enum datum_kind { D_NULL, D_INT, D_REAL, D_TEXT, D_BLOB };

struct datum {
	enum datum_kind kind;
	union {
		int64_t i;
		double r;
		struct str s; /* D_TEXT and D_BLOB */
	};
};

static inline struct datum datum_null(void)
{
	return (struct datum){ .kind = D_NULL };
}
static inline struct datum datum_int(int64_t i)
{
	return (struct datum){ .kind = D_INT, .i = i };
}
static inline struct datum datum_bool(bool is_true)
{
	return (struct datum){ .kind = D_INT, .i = is_true };
}
static inline struct datum datum_real(double r)
{
	return (struct datum){ .kind = D_REAL, .r = r };
}
static inline struct datum datum_text(struct str s)
{
	return (struct datum){ .kind = D_TEXT, .s = s };
}
static inline struct datum datum_blob(struct str s)
{
	return (struct datum){ .kind = D_BLOB, .s = s };
}

/* What PostgreSQL takes from the session. NULL stands for now = 0 and UTC. */
struct value_env {
	int64_t now_us;		  /* transaction start, Unix time in microseconds */
	const struct tzone *zone; /* session time zone; NULL is UTC */
};

/* The input function of the type: what `'text'::type` and a bound text
 * parameter do (an explicit cast's silent cut of varchar(n) is value_cast's).
 * Arrays are '{…}' literals. NaN is refused for floats with 0A000. Errors
 * 22P02, 22003, 22001, 22007, 22008, 22021, … with PostgreSQL's message and
 * detail. */
int value_in(struct ctx *c, const struct vtype *t, const struct value_env *env, struct str text,
	     struct datum *ret);

/* The output function: text as psql shows it (DateStyle ISO, IntervalStyle
 * postgres, bytea_output hex, extra_float_digits 1). NULL appends nothing. */
void value_out(struct buf *b, const struct vtype *t, const struct value_env *env, struct datum v);

/* As to_json does: numbers bare, NaN and Infinity quoted, timestamps with T,
 * json verbatim, arrays nested; NULL is null. */
void value_to_json(struct buf *b, const struct vtype *t, const struct value_env *env,
		   struct datum v);

/* What json_to_recordset does with a member for a column of this type: null is
 * NULL, a string goes through value_in, json and jsonb columns take the value
 * itself, arrays come from JSON arrays or '{…}' strings (22P02 otherwise). */
int value_from_json(struct ctx *c, const struct vtype *t, const struct value_env *env,
		    const struct json *j, struct datum *ret);

/* PostgreSQL's btree order, neither side NULL: < 0, 0, > 0. Malformed stored
 * text compares by bytes. json has no order in PostgreSQL; here it is bytes.
 * Allocation free except for jsonb and arrays, which use malloc inside. */
int value_cmp(const struct vtype *t, struct datum a, struct datum b);

/* The same for two stored TEXTs: a SQLite collation for the type. */
int value_collate(enum value_type id, bool is_array, struct str a, struct str b);

/* True when stored TEXT of the type must not be compared by bytes (numeric,
 * bpchar, citext, timetz, interval, jsonb, every array). */
bool value_needs_collation(enum value_type id, bool is_array);

/* Converts between types as an explicit CAST does (is_explicit), or as an
 * assignment does (false: varchar(n) too long is 22001). from and to may be
 * the same type with another typmod. Pairs that PostgreSQL has no cast for:
 * 42846 "cannot cast type a to b". */
int value_cast(struct ctx *c, const struct vtype *from, const struct vtype *to,
	       const struct value_env *env, bool is_explicit, struct datum v, struct datum *ret);

/* format_type's name ("character varying", "timestamp with time zone"); an
 * array's has "[]" behind. Static storage or the labels' name (not NUL ended). */
struct str value_type_name(struct arena *a, const struct vtype *t);

/* pg_type.typname ("int4", "timestamptz"), and the reverse for either kind of
 * name; V_UNKNOWN when there is none. */
const char *value_type_typname(enum value_type id);
enum value_type value_type_by_name(struct str name);

#endif
