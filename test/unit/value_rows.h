/*
 * Rows of literal expectations taken from PostgreSQL 15, shared by the
 * test_value_*.c programs. An expectation that starts with '!' is an error,
 * "!SQLSTATE message | detail"; NULL is SQL's NULL.
 */
#ifndef TEST_VALUE_ROWS_H
#define TEST_VALUE_ROWS_H

#include "base/arena.h"
#include "value/fn.h"
#include "value/value.h"

#include "harness.h"

#define COUNT(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* "int4" or "int4[]" */
static inline struct vtype row_type(const char *name, int32_t typmod)
{
	struct str s = str_of(name);
	bool is_array = str_ends(s, STR("[]"));
	if (is_array)
		s.n -= 2;
	struct vtype t = VTYPE(value_type_by_name(s));
	ck_assert_msg(t.id != V_UNKNOWN, "no type %s", name);
	t.is_array = is_array;
	t.typmod = typmod;
	return t;
}

static inline void check_error(const struct ctx *c, const char *expected)
{
	char got[2048];
	snprintf(got, sizeof(got), "!%s %s%s%s", c->err.code, c->err.message,
		 c->err.details ? " | " : "", c->err.details ? c->err.details : "");
	ck_assert_str_eq(got, expected ? expected : "NULL");
}

/* failed: what the function under test returned; booleans print as true, false. */
static inline void check_result(const struct ctx *c, int failed, const struct vtype *t,
				struct datum v, const char *expected)
{
	if (failed < 0) {
		check_error(c, expected);
		return;
	}
	if (v.kind == D_NULL) {
		ck_assert_msg(!expected, "NULL instead of %s", expected);
		return;
	}
	struct buf b = buf_make(1 << 20);
	if (t->id == V_BOOL && !t->is_array)
		buf_puts(&b, v.i ? "true" : "false");
	else
		value_out(&b, t, NULL, v);
	buf_char(&b, 0);
	ck_assert_str_eq(b.p, expected ? expected : "NULL");
	buf_free(&b);
}

#endif
