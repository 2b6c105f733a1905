/* jsonb: canonical text and order. */
#include "value/numeric.h"
#include "value/pgjson.h"

#include <stdlib.h>
#include <string.h>

int jsonb_key_cmp(struct str a, struct str b)
{
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n ? memcmp(a.p, b.p, a.n) : 0;
}

struct member {
	const struct json *v;
	size_t at; /* position in the source: the last duplicate wins */
};

static int member_cmp(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int by_key = jsonb_key_cmp(x->v->key, y->v->key);
	return by_key ? by_key : x->at < y->at ? -1 : 1;
}

/* A tree from elsewhere may hold what jsonb cannot. */
static int put_text(struct ctx *c, struct buf *b, struct str s)
{
	if (s.n && memchr(s.p, 0, s.n)) {
		err_set(c, "22P05", "unsupported Unicode escape sequence");
		return err_details(c, "\\u0000 cannot be converted to text.");
	}
	json_put_string(b, s);
	return 0;
}

static int put_object(struct ctx *c, struct buf *b, const struct json *v)
{
	struct member *members = arena_array(c->arena, v->count, sizeof(*members));
	size_t n = 0;
	bool is_sorted = true;
	for (const struct json *m = v->child; m; m = m->next, n++) {
		members[n] = (struct member){ m, n };
		if (n && jsonb_key_cmp(members[n - 1].v->key, m->key) >= 0)
			is_sorted = false;
	}
	if (!is_sorted)
		qsort(members, n, sizeof(*members), member_cmp);
	buf_char(b, '{');
	bool is_first = true;
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && str_eq(members[i].v->key, members[i + 1].v->key))
			continue;
		if (!is_first)
			buf_puts(b, ", ");
		is_first = false;
		TRY(put_text(c, b, members[i].v->key));
		buf_puts(b, ": ");
		TRY(jsonb_put(c, b, members[i].v));
	}
	buf_char(b, '}');
	return 0;
}

static bool is_plain_integer(struct str s)
{
	if (s.n && s.p[0] == '-')
		s = str_from(s, 1);
	if (!s.n || s.n > 18 || (s.p[0] == '0'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

static int put_number(struct ctx *c, struct buf *b, struct str text)
{
	struct numeric v;
	if (is_plain_integer(text)) {
		buf_str(b, text);
		return 0;
	}
	TRY(numeric_parse(c, text, &v));
	buf_str(b, numeric_print(c->arena, v));
	return 0;
}

int jsonb_put(struct ctx *c, struct buf *b, const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL:
		buf_puts(b, "null");
		return 0;
	case JSON_TRUE:
		buf_puts(b, "true");
		return 0;
	case JSON_FALSE:
		buf_puts(b, "false");
		return 0;
	case JSON_NUMBER:
		return put_number(c, b, v->text);
	case JSON_STRING:
		return put_text(c, b, v->text);
	case JSON_OBJECT:
		return put_object(c, b, v);
	case JSON_ARRAY:
		break;
	}
	buf_char(b, '[');
	for (const struct json *e = v->child; e; e = e->next) {
		if (e != v->child)
			buf_puts(b, ", ");
		TRY(jsonb_put(c, b, e));
	}
	buf_char(b, ']');
	return 0;
}

int jsonb_parse(struct ctx *c, struct str text, struct str *ret)
{
	struct json *v;
	TRY(pgjson_parse(c, text, false, &v));
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	TRY(jsonb_put(c, &b, v));
	*ret = str_copy(c->arena, buf_view(&b));
	return 0;
}

static int kind_rank(enum json_kind kind)
{
	switch (kind) {
	case JSON_NULL:
		return 0;
	case JSON_STRING:
		return 1;
	case JSON_NUMBER:
		return 2;
	case JSON_TRUE:
	case JSON_FALSE:
		return 3;
	case JSON_ARRAY:
		return 4;
	default:
		return 5;
	}
}

static int sign(int v)
{
	return v < 0 ? -1 : v > 0;
}

static int cmp_scalar(const struct json *x, const struct json *y)
{
	if (x->kind == JSON_STRING)
		return sign(str_cmp(x->text, y->text));
	if (x->kind == JSON_NUMBER)
		return numeric_cmp_text(x->text, y->text);
	return (x->kind == JSON_TRUE) - (y->kind == JSON_TRUE);
}

static int cmp_nested(const struct json *x, const struct json *y)
{
	int rank = kind_rank(x->kind) - kind_rank(y->kind);
	if (rank)
		return sign(rank);
	if (x->kind != JSON_ARRAY && x->kind != JSON_OBJECT)
		return cmp_scalar(x, y);
	if (x->count != y->count)
		return x->count < y->count ? -1 : 1;
	const struct json *p = x->child, *q = y->child;
	for (; p && q; p = p->next, q = q->next) {
		int by_key = x->kind == JSON_OBJECT ? sign(str_cmp(p->key, q->key)) : 0;
		if (by_key)
			return by_key;
		int by_value = cmp_nested(p, q);
		if (by_value)
			return by_value;
	}
	return 0;
}

static bool is_scalar(const struct json *v)
{
	return v->kind != JSON_ARRAY && v->kind != JSON_OBJECT;
}

/* A scalar at the top is an array of one to PostgreSQL, less than a real
 * array of one and greater than an empty array. */
int jsonb_cmp(const struct json *x, const struct json *y)
{
	bool x_scalar = is_scalar(x), y_scalar = is_scalar(y);
	if (x_scalar == y_scalar)
		return cmp_nested(x, y);
	const struct json *other = x_scalar ? y : x;
	int scalar_side = other->kind == JSON_OBJECT || other->count > 0 ? -1 : 1;
	return x_scalar ? scalar_side : -scalar_side;
}
