/* The vector type: input and output. */
#include "value/vector.h"

#include "base/arena.h"
#include "base/buf.h"
#include "value/number.h"
#include "value/value.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static int malformed(struct ctx *c, struct str text)
{
	return err_set(c, "22P02", "invalid input syntax for type vector: \"%.*s\"", STR_ARG(text));
}

static const char *skip(const char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

int vector_fit(struct ctx *c, struct vector v, int dimensions)
{
	if (dimensions < 0 || v.n == dimensions)
		return 0;
	return err_set(c, "22000", "expected %d dimensions, not %d", dimensions, v.n);
}

static int read_number(struct ctx *c, struct str text, const char **p, float *ret)
{
	char *end;
	errno = 0;
	float one = strtof(*p, &end);
	if (end == *p)
		return malformed(c, text);
	if (errno == ERANGE && isinf(one))
		return err_set(c, "22003", "\"%.*s\" is out of range for type vector",
			       (int)(end - *p), *p);
	if (isnan(one))
		return err_set(c, "22000", "NaN not allowed in vector");
	if (isinf(one))
		return err_set(c, "22000", "infinite value not allowed in vector");
	*p = skip(end);
	*ret = one;
	return 0;
}

int vector_parse(struct ctx *c, struct str text, int dimensions, struct vector *ret)
{
	const char *p = skip(str_dup(c->arena, text));
	struct vector v = { 0 };
	if (*p != '[')
		return err_set(c, "22P02", "invalid input syntax for type vector: \"%.*s\"",
			       STR_ARG(text)),
		       err_details(c, "Vector contents must start with \"[\".");
	p = skip(p + 1);
	if (*p == ']')
		return err_set(c, "22000", "vector must have at least 1 dimension");
	v.v = arena_array(c->arena, text.n / 2 + 1, sizeof(float));
	for (;;) {
		if (v.n == VECTOR_DIMENSIONS_MAX)
			return err_set(c, "54000", "vector cannot have more than %d dimensions",
				       VECTOR_DIMENSIONS_MAX);
		TRY(read_number(c, text, &p, &v.v[v.n]));
		v.n++;
		if (*p != ',')
			break;
		p = skip(p + 1);
	}
	if (*p != ']')
		return malformed(c, text);
	if (*skip(p + 1))
		return malformed(c, text), err_details(c, "Junk after closing right brace.");
	TRY(vector_fit(c, v, dimensions));
	*ret = v;
	return 0;
}

struct vector vector_load(struct ctx *c, struct str text)
{
	struct ctx own = { .arena = c->arena };
	struct vector v = { 0 };
	vector_parse(&own, text, -1, &v);
	return v;
}

struct str vector_print(struct ctx *c, struct vector v)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (int i = 0; i < v.n; i++) {
		buf_char(&b, i ? ',' : '[');
		float_print(&b, V_FLOAT4, (double)v.v[i]);
	}
	buf_char(&b, ']');
	return str_copy(c->arena, buf_view(&b));
}
