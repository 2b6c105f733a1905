/* Order of values. */
#include "base/arena.h"
#include "value/array.h"
#include "value/datetime.h"
#include "value/interval.h"
#include "value/number.h"
#include "value/numeric.h"
#include "value/pgjson.h"
#include "value/scalar.h"
#include "value/text.h"
#include "value/value.h"

bool value_needs_collation(enum value_type id, bool is_array)
{
	return is_array || id == V_NUMERIC || id == V_BPCHAR || id == V_CITEXT || id == V_TIMETZ ||
	       id == V_INTERVAL || id == V_JSONB;
}

static struct str blanks_cut(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static int cmp_interval(struct str a, struct str b)
{
	struct interval x, y;
	if (!interval_load(a, &x) || !interval_load(b, &y))
		return str_cmp(a, b);
	return interval_cmp(x, y);
}

/* By instant, then by zone, west first. */
static int cmp_timetz(struct str a, struct str b)
{
	int32_t x_east, y_east;
	int64_t x = timetz_load(a, &x_east), y = timetz_load(b, &y_east);
	int64_t x_utc = x - x_east * USECS_PER_SEC, y_utc = y - y_east * USECS_PER_SEC;
	if (x_utc != y_utc)
		return x_utc < y_utc ? -1 : 1;
	/* PostgreSQL keeps seconds west */
	return x_east > y_east ? -1 : x_east < y_east;
}

static int cmp_jsonb(struct str a, struct str b)
{
	if (str_eq(a, b))
		return 0;
	struct arena *arena = arena_new(0);
	int result = jsonb_cmp(pgjson_load(arena, a), pgjson_load(arena, b));
	arena_free(arena);
	return result;
}

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

int value_collate(enum value_type id, bool is_array, struct str a, struct str b)
{
	if (is_array) {
		struct vtype element = VTYPE(id);
		return array_cmp(&element, a, b);
	}
	switch (id) {
	case V_NUMERIC:
		return numeric_cmp_text(a, b);
	case V_BPCHAR:
		return sign(str_cmp(blanks_cut(a), blanks_cut(b)));
	case V_CITEXT:
		return text_cmp_folded(a, b);
	case V_TIMETZ:
		return cmp_timetz(a, b);
	case V_INTERVAL:
		return cmp_interval(a, b);
	case V_JSONB:
		return cmp_jsonb(a, b);
	default:
		return sign(str_cmp(a, b));
	}
}

static double as_real(struct datum v)
{
	return v.kind == D_REAL ? v.r : (double)v.i;
}

static bool is_number(struct datum v)
{
	return v.kind == D_INT || v.kind == D_REAL;
}

int value_cmp(const struct vtype *t, struct datum a, struct datum b)
{
	if (a.kind == D_INT && b.kind == D_INT)
		return a.i < b.i ? -1 : a.i > b.i;
	if (is_number(a) && is_number(b))
		return float_cmp(as_real(a), as_real(b));
	if (a.kind != b.kind)
		return a.kind < b.kind ? -1 : 1;
	if (a.kind == D_NULL)
		return 0;
	if (t->is_array) {
		struct vtype element = *t;
		element.is_array = false;
		return array_cmp(&element, a.s, b.s);
	}
	if (t->id == V_ENUM && t->labels) {
		ptrdiff_t x = enum_rank(t->labels, a.s), y = enum_rank(t->labels, b.s);
		return x < y ? -1 : x > y;
	}
	return value_collate(t->id, false, a.s, b.s);
}
