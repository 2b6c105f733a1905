/* pgvector's functions, by their internal names. */
#include "base/json.h"
#include "value/fn_int.h"
#include "value/vector.h"

#include <math.h>
#include <stdlib.h>

static int load_pair(struct ctx *c, const struct datum *args, struct vector *a, struct vector *b)
{
	*a = vector_load(c, args[0].s);
	*b = vector_load(c, args[1].s);
	if (a->n == b->n)
		return 0;
	return err_set(c, "22000", "different vector dimensions %d and %d", a->n, b->n);
}

/* ---- distances ---- */

static float squared(struct vector a, struct vector b)
{
	float sum = 0.0F;
	for (int i = 0; i < a.n; i++)
		sum += (a.v[i] - b.v[i]) * (a.v[i] - b.v[i]);
	return sum;
}

static float dot(struct vector a, struct vector b)
{
	float sum = 0.0F;
	for (int i = 0; i < a.n; i++)
		sum += a.v[i] * b.v[i];
	return sum;
}

static float taxicab(struct vector a, struct vector b)
{
	float sum = 0.0F;
	for (int i = 0; i < a.n; i++)
		sum += fabsf(a.v[i] - b.v[i]);
	return sum;
}

#define DISTANCE_FN(name, result)                                                                  \
	static int name(FN_ARGS)                                                                   \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct vector a, b;                                                                \
		TRY(load_pair(c, args, &a, &b));                                                   \
		return ret_real(ret, (result));                                                    \
	}
DISTANCE_FN(l2_distance, sqrt((double)squared(a, b)))
DISTANCE_FN(inner_product, (double)dot(a, b))
DISTANCE_FN(negative_inner_product, -(double)dot(a, b))
DISTANCE_FN(l1_distance, (double)taxicab(a, b))

static int cosine_distance(FN_ARGS)
{
	FN_UNUSED;
	struct vector a, b;
	TRY(load_pair(c, args, &a, &b));
	double similarity = (double)dot(a, b) / sqrt((double)dot(a, a) * (double)dot(b, b));
	if (isnan(similarity))
		return err_set(c, "0A000",
			       "the cosine distance to a zero vector is NaN, which "
			       "cannot be stored here");
	similarity = similarity > 1 ? 1 : similarity < -1 ? -1 : similarity;
	return ret_real(ret, 1 - similarity);
}

/* ---- one vector ---- */

static int dims(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, vector_load(c, args[0].s).n);
}

static int norm(FN_ARGS)
{
	FN_UNUSED;
	struct vector v = vector_load(c, args[0].s);
	double sum = 0;
	for (int i = 0; i < v.n; i++)
		sum += (double)v.v[i] * (double)v.v[i];
	return ret_real(ret, sqrt(sum));
}

static int normalize(FN_ARGS)
{
	FN_UNUSED;
	struct vector v = vector_load(c, args[0].s);
	double sum = 0;
	for (int i = 0; i < v.n; i++)
		sum += (double)v.v[i] * (double)v.v[i];
	for (int i = 0; i < v.n && sum > 0; i++)
		v.v[i] = (float)((double)v.v[i] / sqrt(sum));
	return ret_text(ret, vector_print(c, v));
}

static int subvector(FN_ARGS)
{
	FN_UNUSED;
	struct vector v = vector_load(c, args[0].s);
	int64_t first = args[1].i, end = first + args[2].i;
	if (args[2].i < 1)
		return err_set(c, "22000", "vector must have at least 1 dimension");
	first = first < 1 ? 1 : first;
	end = end > v.n + 1 ? v.n + 1 : end;
	if (end <= first)
		return err_set(c, "22000", "vector must have at least 1 dimension");
	struct vector part = { v.v + first - 1, (int)(end - first) };
	return ret_text(ret, vector_print(c, part));
}

/* ---- arithmetic ---- */

static int arithmetic(struct ctx *c, char op, const struct datum *args, struct datum *ret)
{
	struct vector a, b;
	TRY(load_pair(c, args, &a, &b));
	for (int i = 0; i < a.n; i++) {
		a.v[i] = op == '+'   ? a.v[i] + b.v[i]
			 : op == '-' ? a.v[i] - b.v[i]
				     : a.v[i] * b.v[i];
		if (isinf(a.v[i]))
			return err_set(c, "22003", "value out of range: overflow");
	}
	return ret_text(ret, vector_print(c, a));
}

static int add(FN_ARGS)
{
	FN_UNUSED;
	return arithmetic(c, '+', args, ret);
}

static int sub(FN_ARGS)
{
	FN_UNUSED;
	return arithmetic(c, '-', args, ret);
}

static int mul(FN_ARGS)
{
	FN_UNUSED;
	return arithmetic(c, '*', args, ret);
}

static int compare(FN_ARGS)
{
	FN_UNUSED;
	struct vector a = vector_load(c, args[0].s), b = vector_load(c, args[1].s);
	int shorter = a.n < b.n ? a.n : b.n;
	for (int i = 0; i < shorter; i++)
		if (a.v[i] != b.v[i])
			return ret_int(ret, a.v[i] < b.v[i] ? -1 : 1);
	return ret_int(ret, a.n < b.n ? -1 : a.n > b.n);
}

/* ---- arrays and modifiers ---- */

static int from_array(FN_ARGS)
{
	FN_UNUSED;
	struct json *tree;
	struct vector v = { 0 };
	TRY(json_parse(c, args[0].s, (struct json_limits){ 0 }, &tree));
	v.v = arena_array(c->arena, tree->count + 1, sizeof(float));
	for (const struct json *j = tree->child; j; j = j->next) {
		if (j->kind == JSON_NULL)
			return err_set(c, "22004", "array must not contain nulls");
		if (j->kind == JSON_ARRAY)
			return err_set(c, "22000", "array must be 1-D");
		if (v.n == VECTOR_DIMENSIONS_MAX)
			return err_set(c, "54000", "vector cannot have more than %d dimensions",
				       VECTOR_DIMENSIONS_MAX);
		v.v[v.n++] = strtof(str_dup(c->arena, j->text), NULL);
	}
	if (!v.n)
		return err_set(c, "22000", "vector must have at least 1 dimension");
	return ret_text(ret, vector_print(c, v));
}

static const struct value_fn rows[] = {
	STRICT("l2_distance", "d:tt", l2_distance),
	STRICT("vector_inner_product", "d:tt", inner_product),
	STRICT("vector_negative_inner_product", "d:tt", negative_inner_product),
	STRICT("l1_distance", "d:tt", l1_distance),
	STRICT("cosine_distance", "d:tt", cosine_distance),
	STRICT("vector_dims", "i:t", dims),
	STRICT("vector_norm", "d:t", norm),
	STRICT("l2_normalize", "t:t", normalize),
	STRICT("subvector", "t:tii", subvector),
	STRICT("vector_add", "t:tt", add),
	STRICT("vector_sub", "t:tt", sub),
	STRICT("vector_mul", "t:tt", mul),
	STRICT("vector_cmp", "i:tt", compare),
	STRICT("array_to_vector", "t:t", from_array),
};
FN_GROUP(fn_group_vector, rows);
