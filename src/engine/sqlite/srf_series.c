/* generate_series: counts instead of making its rows at once. */
#include "base/arena.h"
#include "base/check.h"
#include "engine/sqlite/srf.h"
#include "value/fn.h"

#include <string.h>

static int call2(struct srf_call *call, const char *name, struct datum a, struct datum b,
		 struct datum *ret)
{
	const struct datum args[] = { a, b };
	const struct value_fn *f = value_fn_find(name, 2);
	CHECK(f);
	return value_fn_call(&call->c, f, &call->cn->env, args, 2, ret);
}

static int zero_step(struct srf_call *call)
{
	return err_set(&call->c, "22023", "step size cannot equal zero");
}

/* ---- integers ---- */

static int int_begin(struct srf_call *call, const struct datum *a)
{
	call->c1 = a[0];
	call->stop = a[1];
	call->step = datum_int(1);
	return 0;
}

static int int_step_begin(struct srf_call *call, const struct datum *a)
{
	int_begin(call, a);
	call->step = a[2];
	return a[2].i == 0 ? zero_step(call) : 0;
}

static int int_next(struct srf_call *call)
{
	int64_t next;
	if (call->row > 1) {
		if (__builtin_add_overflow(call->c1.i, call->step.i, &next))
			return 0;
		call->c1.i = next;
	}
	return call->step.i > 0 ? call->c1.i <= call->stop.i : call->c1.i >= call->stop.i;
}

/* ---- what the value library adds and compares ---- */

/* The row's text must outlive the next rewind: copied behind the mark, where
 * only the newest is kept. */
static int add_step(struct srf_call *call, const char *op)
{
	char keep[128];
	struct datum next = datum_null();
	TRY(call2(call, op, call->c1, call->step, &next));
	if (next.kind != D_TEXT || next.s.n >= sizeof(keep)) {
		call->c1 = next;
		return 0;
	}
	memcpy(keep, next.s.p, next.s.n);
	arena_rewind(call->c.arena, call->mark);
	call->c1 = datum_text(str_copy(call->c.arena, (struct str){ keep, next.s.n }));
	return 0;
}

static int ordered_next(struct srf_call *call, enum value_type id, const char *op)
{
	const struct vtype t = VTYPE(id);
	if (call->row > 1)
		TRY(add_step(call, op));
	int order = value_cmp(&t, call->c1, call->stop);
	return call->is_down ? order >= 0 : order <= 0;
}

static int begin_with(struct srf_call *call, const struct datum *a, enum value_type step_id,
		      struct datum zero)
{
	const struct vtype t = VTYPE(step_id);
	int_begin(call, a);
	call->step = a[2];
	int order = value_cmp(&t, a[2], zero);
	call->is_down = order < 0;
	return order == 0 ? zero_step(call) : 0;
}

static int check_finite(struct srf_call *call, struct datum v, const char *what)
{
	if (v.kind != D_TEXT ||
	    (!str_is(v.s, "NaN") && !str_is(v.s, "Infinity") && !str_is(v.s, "-Infinity")))
		return 0;
	return err_set(&call->c, "22023", "%s cannot be %s", what,
		       str_is(v.s, "NaN") ? "NaN" : "infinity");
}

static int numeric_step_begin(struct srf_call *call, const struct datum *a)
{
	TRY(check_finite(call, a[0], "start value"));
	TRY(check_finite(call, a[1], "stop value"));
	TRY(check_finite(call, a[2], "step size"));
	return begin_with(call, a, V_NUMERIC, datum_text(STR("0")));
}

static int numeric_begin(struct srf_call *call, const struct datum *a)
{
	const struct datum with_step[] = { a[0], a[1], datum_text(STR("1")) };
	return numeric_step_begin(call, with_step);
}

static int numeric_next(struct srf_call *call)
{
	return ordered_next(call, V_NUMERIC, "numeric_add");
}

static int time_begin(struct srf_call *call, const struct datum *a)
{
	return begin_with(call, a, V_INTERVAL, datum_text(STR("00:00:00")));
}

static int timestamp_next(struct srf_call *call)
{
	return ordered_next(call, V_TIMESTAMP, "timestamp_pl_interval");
}

static int timestamptz_next(struct srf_call *call)
{
	return ordered_next(call, V_TIMESTAMPTZ, "timestamptz_pl_interval");
}

const struct srf_ops srf_series_ops[] = {
	{ "generate_series_int4", 2, true, int_begin, int_next },
	{ "generate_series_int8", 2, true, int_begin, int_next },
	{ "generate_series_step_int4", 3, true, int_step_begin, int_next },
	{ "generate_series_step_int8", 3, true, int_step_begin, int_next },
	{ "generate_series_numeric", 2, true, numeric_begin, numeric_next },
	{ "generate_series_step_numeric", 3, true, numeric_step_begin, numeric_next },
	{ "generate_series_timestamp", 3, true, time_begin, timestamp_next },
	{ "generate_series_timestamptz", 3, true, time_begin, timestamptz_next },
	{ 0 },
};
