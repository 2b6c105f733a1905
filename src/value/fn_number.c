/* Integer and float functions. */
#include "value/fn_int.h"
#include "value/number.h"

#include <math.h>
#include <stdlib.h>

#define INT_OP(fn, id, op)                                                                         \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		int64_t v;                                                                         \
		TRY(int_arith(c, id, op, args[0].i, args[1].i, &v));                               \
		return ret_int(ret, v);                                                            \
	}
INT_OP(add2, V_INT2, '+')
INT_OP(sub2, V_INT2, '-')
INT_OP(mul2, V_INT2, '*')
INT_OP(div2, V_INT2, '/')
INT_OP(mod2, V_INT2, '%')
INT_OP(add4, V_INT4, '+')
INT_OP(sub4, V_INT4, '-')
INT_OP(mul4, V_INT4, '*')
INT_OP(div4, V_INT4, '/')
INT_OP(mod4, V_INT4, '%')
INT_OP(add8, V_INT8, '+')
INT_OP(sub8, V_INT8, '-')
INT_OP(mul8, V_INT8, '*')
INT_OP(div8, V_INT8, '/')
INT_OP(mod8, V_INT8, '%')

#define FLOAT_OP(fn, id, op)                                                                       \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		double v;                                                                          \
		TRY(float_arith(c, id, op, args[0].r, args[1].r, &v));                             \
		return ret_real(ret, v);                                                           \
	}
FLOAT_OP(fadd4, V_FLOAT4, '+')
FLOAT_OP(fsub4, V_FLOAT4, '-')
FLOAT_OP(fmul4, V_FLOAT4, '*')
FLOAT_OP(fdiv4, V_FLOAT4, '/')
FLOAT_OP(fadd8, V_FLOAT8, '+')
FLOAT_OP(fsub8, V_FLOAT8, '-')
FLOAT_OP(fmul8, V_FLOAT8, '*')
FLOAT_OP(fdiv8, V_FLOAT8, '/')

#define INT_UNARY(fn, id, expr)                                                                    \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		int64_t a = args[0].i, v;                                                          \
		if (id == V_INT8 && a == INT64_MIN)                                                \
			return err_set(c, "22003", "bigint out of range");                         \
		TRY(int_check(c, id, (expr), &v));                                                 \
		return ret_int(ret, v);                                                            \
	}
INT_UNARY(neg2, V_INT2, -a)
INT_UNARY(neg4, V_INT4, -a)
INT_UNARY(neg8, V_INT8, -a)
INT_UNARY(abs2, V_INT2, llabs(a))
INT_UNARY(abs4, V_INT4, llabs(a))
INT_UNARY(abs8, V_INT8, llabs(a))

#define BIT_OP(fn, expr)                                                                           \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		int64_t a = args[0].i, b = nargs > 1 ? args[1].i : 0;                              \
		(void)b;                                                                           \
		return ret_int(ret, (expr));                                                       \
	}
BIT_OP(bit_and, a &b)
BIT_OP(bit_or, a | b)
BIT_OP(bit_xor, a ^ b)
BIT_OP(bit_not, ~a)
BIT_OP(shl2, (int16_t)((uint32_t)a << (b & 31)))
BIT_OP(shr2, (int16_t)((int16_t)a >> (b & 31)))
BIT_OP(shl4, (int32_t)((uint32_t)a << (b & 31)))
BIT_OP(shr4, (int32_t)a >> (b & 31))
BIT_OP(shl8, (int64_t)((uint64_t)a << (b & 63)))
BIT_OP(shr8, a >> (b & 63))

/* Checks a float function's result as PostgreSQL does. */
static int float_result(struct ctx *c, double in, double v, struct datum *ret)
{
	if (isinf(v) && !isinf(in))
		return err_set(c, "22003", "value out of range: overflow");
	if (isnan(v))
		return err_set(c, "0A000", "NaN is not supported for type double precision");
	return ret_real(ret, v);
}

#define FLOAT_FN(fn, expr)                                                                         \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		double a = args[0].r;                                                              \
		return float_result(c, a, (expr), ret);                                            \
	}
FLOAT_FN(fneg, -a)
FLOAT_FN(fabs8, fabs(a))
FLOAT_FN(fround, rint(a))
FLOAT_FN(ftrunc, trunc(a))
FLOAT_FN(fceil, ceil(a))
FLOAT_FN(ffloor, floor(a))
FLOAT_FN(fsign, a > 0 ? 1.0 : a < 0 ? -1.0 : 0.0)
FLOAT_FN(fcbrt, cbrt(a))
FLOAT_FN(fdegrees, a / (M_PI / 180.0))

static int fradians(FN_ARGS)
{
	FN_UNUSED;
	double a = args[0].r, v = a * (M_PI / 180.0);
	if (fpclassify(v) == FP_ZERO && fpclassify(a) != FP_ZERO)
		return err_set(c, "22003", "value out of range: underflow");
	return ret_real(ret, v);
}

#define TRIG_FN(fn, call)                                                                          \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		if (isinf(args[0].r))                                                              \
			return err_set(c, "22003", "input is out of range");                       \
		return float_result(c, args[0].r, call(args[0].r), ret);                           \
	}
TRIG_FN(fsin, sin)
TRIG_FN(fcos, cos)
TRIG_FN(ftan, tan)

#define ARC_FN(fn, call)                                                                           \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		if (args[0].r < -1.0 || args[0].r > 1.0)                                           \
			return err_set(c, "22003", "input is out of range");                       \
		return ret_real(ret, call(args[0].r));                                             \
	}
ARC_FN(fasin, asin)
ARC_FN(facos, acos)

static int fatan(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, atan(args[0].r));
}

static int fatan2(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, atan2(args[0].r, args[1].r));
}

static int fpi(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, M_PI);
}

static int fsquare_root(FN_ARGS)
{
	FN_UNUSED;
	if (args[0].r < 0)
		return err_set(c, "2201F", "cannot take square root of a negative number");
	return ret_real(ret, sqrt(args[0].r));
}

static int fexp(FN_ARGS)
{
	FN_UNUSED;
	double v = exp(args[0].r);
	if (fpclassify(v) == FP_ZERO && !isinf(args[0].r))
		return err_set(c, "22003", "value out of range: underflow");
	return float_result(c, args[0].r, v, ret);
}

static int log_check(struct ctx *c, double v)
{
	if (fpclassify(v) == FP_ZERO)
		return err_set(c, "2201E", "cannot take logarithm of zero");
	if (v < 0)
		return err_set(c, "2201E", "cannot take logarithm of a negative number");
	return 0;
}

static int fln(FN_ARGS)
{
	FN_UNUSED;
	TRY(log_check(c, args[0].r));
	return ret_real(ret, log(args[0].r));
}

static int flog10(FN_ARGS)
{
	FN_UNUSED;
	TRY(log_check(c, args[0].r));
	return ret_real(ret, log10(args[0].r));
}

static int fpow(FN_ARGS)
{
	FN_UNUSED;
	double a = args[0].r, b = args[1].r;
	bool a_zero = fpclassify(a) == FP_ZERO;
	if (a_zero && b < 0)
		return err_set(c, "2201F", "zero raised to a negative power is undefined");
	if (a < 0 && !(floor(b) >= b))
		return err_set(
			c, "2201F",
			"a negative number raised to a non-integer power yields a complex result");
	double v = pow(a, b);
	if (isinf(v) && !isinf(a) && !isinf(b))
		return err_set(c, "22003", "value out of range: overflow");
	if (fpclassify(v) == FP_ZERO && !a_zero && !isinf(a) && !isinf(b))
		return err_set(c, "22003", "value out of range: underflow");
	return ret_real(ret, v);
}

static int same(FN_ARGS)
{
	FN_UNUSED;
	*ret = args[0];
	return 0;
}

static int increment4(FN_ARGS)
{
	FN_UNUSED;
	int64_t v;
	TRY(int_check(c, V_INT4, args[0].i + 1, &v));
	return ret_int(ret, v);
}

static int fcot(FN_ARGS)
{
	FN_UNUSED;
	if (isinf(args[0].r))
		return err_set(c, "22003", "input is out of range");
	return ret_real(ret, 1.0 / tan(args[0].r));
}

static int fsinh(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, sinh(args[0].r));
}

static int fcosh(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, cosh(args[0].r));
}

static int ftanh(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, tanh(args[0].r));
}

static uint64_t abs64(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static int gcd_of(struct ctx *c, enum value_type id, int64_t a, int64_t b, int64_t *ret)
{
	uint64_t x = abs64(a), y = abs64(b);
	while (y) {
		uint64_t rest = x % y;
		x = y;
		y = rest;
	}
	if (x > (uint64_t)int_range_of(id).max)
		return err_set(c, "22003", "%s out of range", int_range_of(id).name);
	*ret = (int64_t)x;
	return 0;
}

#define GCD_FN(fn, id)                                                                             \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		int64_t v;                                                                         \
		TRY(gcd_of(c, id, args[0].i, args[1].i, &v));                                      \
		return ret_int(ret, v);                                                            \
	}
GCD_FN(gcd4, V_INT4)
GCD_FN(gcd8, V_INT8)

#define LCM_FN(fn, id)                                                                             \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		int64_t g, v;                                                                      \
		if (args[0].i == 0 || args[1].i == 0)                                              \
			return ret_int(ret, 0);                                                    \
		TRY(gcd_of(c, id, args[0].i, args[1].i, &g));                                      \
		TRY(int_arith(c, id, '*', args[0].i / g, args[1].i, &v));                          \
		if (v == INT64_MIN)                                                                \
			return err_set(c, "22003", "bigint out of range");                         \
		return int_check(c, id, v < 0 ? -v : v, &v) < 0 ? -1 : ret_int(ret, v);            \
	}
LCM_FN(lcm4, V_INT4)
LCM_FN(lcm8, V_INT8)

static int to_hex(FN_ARGS)
{
	FN_UNUSED;
	uint64_t v = (uint64_t)args[0].i;
	return ret_text(ret, str_of(arena_printf(c->arena, "%llx", (unsigned long long)v)));
}

static int to_hex4(FN_ARGS)
{
	FN_UNUSED;
	return ret_text(ret, str_of(arena_printf(c->arena, "%x", (uint32_t)args[0].i)));
}

static const struct value_fn rows[] = {
	STRICT("int2pl", "s:ss", add2),	      STRICT("int2mi", "s:ss", sub2),
	STRICT("int2mul", "s:ss", mul2),      STRICT("int2div", "s:ss", div2),
	STRICT("int2mod", "s:ss", mod2),      STRICT("int4pl", "i:ii", add4),
	STRICT("int4mi", "i:ii", sub4),	      STRICT("int4mul", "i:ii", mul4),
	STRICT("int4div", "i:ii", div4),      STRICT("int4mod", "i:ii", mod4),
	STRICT("int24pl", "i:si", add4),      STRICT("int24mi", "i:si", sub4),
	STRICT("int24mul", "i:si", mul4),     STRICT("int24div", "i:si", div4),
	STRICT("int42pl", "i:is", add4),      STRICT("int42mi", "i:is", sub4),
	STRICT("int42mul", "i:is", mul4),     STRICT("int42div", "i:is", div4),
	STRICT("int8pl", "l:ll", add8),	      STRICT("int8mi", "l:ll", sub8),
	STRICT("int8mul", "l:ll", mul8),      STRICT("int8div", "l:ll", div8),
	STRICT("int8mod", "l:ll", mod8),      STRICT("int84pl", "l:li", add8),
	STRICT("int84mi", "l:li", sub8),      STRICT("int84mul", "l:li", mul8),
	STRICT("int84div", "l:li", div8),     STRICT("int48pl", "l:il", add8),
	STRICT("int48mi", "l:il", sub8),      STRICT("int48mul", "l:il", mul8),
	STRICT("int48div", "l:il", div8),     STRICT("int28pl", "l:sl", add8),
	STRICT("int28mi", "l:sl", sub8),      STRICT("int28mul", "l:sl", mul8),
	STRICT("int28div", "l:sl", div8),     STRICT("int82pl", "l:ls", add8),
	STRICT("int82mi", "l:ls", sub8),      STRICT("int82mul", "l:ls", mul8),
	STRICT("int82div", "l:ls", div8),     STRICT("int2um", "s:s", neg2),
	STRICT("int4um", "i:i", neg4),	      STRICT("int8um", "l:l", neg8),
	STRICT("int2abs", "s:s", abs2),	      STRICT("int4abs", "i:i", abs4),
	STRICT("int8abs", "l:l", abs8),	      STRICT("int4and", "i:ii", bit_and),
	STRICT("int4or", "i:ii", bit_or),     STRICT("int4xor", "i:ii", bit_xor),
	STRICT("int4not", "i:i", bit_not),    STRICT("int4shl", "i:ii", shl4),
	STRICT("int4shr", "i:ii", shr4),      STRICT("int8and", "l:ll", bit_and),
	STRICT("int8or", "l:ll", bit_or),     STRICT("int8xor", "l:ll", bit_xor),
	STRICT("int8not", "l:l", bit_not),    STRICT("int8shl", "l:li", shl8),
	STRICT("int2and", "s:ss", bit_and),   STRICT("int2or", "s:ss", bit_or),
	STRICT("int2xor", "s:ss", bit_xor),   STRICT("int2not", "s:s", bit_not),
	STRICT("int2shl", "s:si", shl2),      STRICT("int2shr", "s:si", shr2),
	STRICT("int2up", "s:s", same),	      STRICT("int4up", "i:i", same),
	STRICT("int8up", "l:l", same),	      STRICT("float4up", "f:f", same),
	STRICT("float8up", "d:d", same),      STRICT("int4inc", "i:i", increment4),
	STRICT("dcot", "d:d", fcot),	      STRICT("dsinh", "d:d", fsinh),
	STRICT("dcosh", "d:d", fcosh),	      STRICT("dtanh", "d:d", ftanh),
	STRICT("int8shr", "l:li", shr8),      STRICT("int4gcd", "i:ii", gcd4),
	STRICT("int8gcd", "l:ll", gcd8),      STRICT("int4lcm", "i:ii", lcm4),
	STRICT("int8lcm", "l:ll", lcm8),      STRICT("to_hex32", "t:i", to_hex4),
	STRICT("to_hex64", "t:l", to_hex),    STRICT("float4pl", "f:ff", fadd4),
	STRICT("float4mi", "f:ff", fsub4),    STRICT("float4mul", "f:ff", fmul4),
	STRICT("float4div", "f:ff", fdiv4),   STRICT("float8pl", "d:dd", fadd8),
	STRICT("float8mi", "d:dd", fsub8),    STRICT("float8mul", "d:dd", fmul8),
	STRICT("float8div", "d:dd", fdiv8),   STRICT("float48pl", "d:fd", fadd8),
	STRICT("float48mi", "d:fd", fsub8),   STRICT("float48mul", "d:fd", fmul8),
	STRICT("float48div", "d:fd", fdiv8),  STRICT("float84pl", "d:df", fadd8),
	STRICT("float84mi", "d:df", fsub8),   STRICT("float84mul", "d:df", fmul8),
	STRICT("float84div", "d:df", fdiv8),  STRICT("float4um", "f:f", fneg),
	STRICT("float8um", "d:d", fneg),      STRICT("float4abs", "f:f", fabs8),
	STRICT("float8abs", "d:d", fabs8),    STRICT("dround", "d:d", fround),
	STRICT("dtrunc", "d:d", ftrunc),      STRICT("dceil", "d:d", fceil),
	STRICT("dfloor", "d:d", ffloor),      STRICT("dsign", "d:d", fsign),
	STRICT("dsqrt", "d:d", fsquare_root), STRICT("dcbrt", "d:d", fcbrt),
	STRICT("dexp", "d:d", fexp),	      STRICT("dlog1", "d:d", fln),
	STRICT("dlog10", "d:d", flog10),      STRICT("dpow", "d:dd", fpow),
	STRICT("degrees", "d:d", fdegrees),   STRICT("radians", "d:d", fradians),
	STRICT("dsin", "d:d", fsin),	      STRICT("dcos", "d:d", fcos),
	STRICT("dtan", "d:d", ftan),	      STRICT("dasin", "d:d", fasin),
	STRICT("dacos", "d:d", facos),	      STRICT("datan", "d:d", fatan),
	STRICT("datan2", "d:dd", fatan2),     STRICT("dpi", "d:", fpi),
};
FN_GROUP(fn_group_number, rows);
