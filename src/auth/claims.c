#include "auth/claims.h"

#include "auth/jwt.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static bool is_name_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '-' || ch == '$' || ch == '@';
}

/* A text between two equal quotes at the start of *s, without escapes. */
static bool take_quoted(struct str *s, struct str *ret)
{
	char quote = s->n ? s->p[0] : 0;
	if (quote != '"' && quote != '\'')
		return false;
	struct str rest = str_from(*s, 1);
	ptrdiff_t end = str_chr(rest, quote);
	if (end < 0)
		return false;
	*ret = str_sub(rest, 0, (size_t)end);
	*s = str_from(rest, (size_t)end + 1);
	return true;
}

static bool take_name(struct str *s, struct str *ret)
{
	size_t n = 0;
	if (take_quoted(s, ret))
		return true;
	while (n < s->n && is_name_char(s->p[n]))
		n++;
	*ret = str_sub(*s, 0, n);
	*s = str_from(*s, n);
	return n > 0;
}

static bool take_index(struct str *s, uint32_t *ret)
{
	size_t n = 0;
	int64_t v;
	while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
		n++;
	if (!str_to_i64(str_sub(*s, 0, n), &v) || v > 100000)
		return false;
	*ret = (uint32_t)v;
	*s = str_from(*s, n);
	return true;
}

/* One ".name", "['name']" or "[0]". */
static bool take_segment(struct str *s, struct role_path *path, size_t i)
{
	char open = s->p[0];
	*s = str_from(*s, 1);
	if (open == '.')
		return take_name(s, &path->v[i].key);
	if (open != '[')
		return false;
	if (!take_quoted(s, &path->v[i].key) && !take_index(s, &path->v[i].index))
		return false;
	bool is_closed = str_starts(*s, STR("]"));
	*s = str_from(*s, 1);
	return is_closed;
}

int role_path_parse(struct ctx *c, struct arena *a, const char *text, struct role_path *ret)
{
	struct role_path path = { 0 };
	struct str s = str_of(arena_strdup(a, text));
	if (str_starts(s, STR("$")))
		s = str_from(s, 1);
	while (s.n) {
		if (path.n == ROLE_PATH_MAX || !take_segment(&s, &path, path.n))
			return err_set(c, "F0000",
				       "bedplate.jwt_role_claim is not a path such as "
				       "$.app_metadata.role");
		path.n++;
	}
	if (path.n == 0)
		return err_set(c, "F0000", "bedplate.jwt_role_claim is empty");
	*ret = path;
	return 0;
}

const char *role_path_get(struct arena *a, const struct role_path *path, const struct json *claims)
{
	const struct json *v = claims;
	for (size_t i = 0; v && i < path->n; i++) {
		struct str key = path->v[i].key;
		v = key.p ? json_get(v, str_dup(a, key)) : json_at(v, path->v[i].index);
	}
	if (!v)
		return NULL;
	if (v->kind == JSON_STRING)
		return str_dup(a, v->text);
	BUF_CLEANUP struct buf b = buf_make(JWT_SIZE_MAX);
	json_put(&b, v);
	return buf_dup(a, &b);
}

struct member {
	const struct json *value;
	size_t order;
};

static int member_cmp(const void *x, const void *y)
{
	const struct member *a = x, *b = y;
	int r = str_cmp(a->value->key, b->value->key);
	return r ? r : (a->order > b->order) - (a->order < b->order);
}

static void put_member(struct buf *b, const struct json *value)
{
	if (b->n > 1)
		buf_char(b, ',');
	json_put_string(b, value->key);
	buf_char(b, ':');
	json_put(b, value);
}

struct str claims_text(struct arena *a, const struct json *claims, const char *role)
{
	struct json role_value = { .kind = JSON_STRING, .key = STR("role"), .text = str_of(role) };
	struct member *v = arena_array(a, (size_t)claims->count + 1, sizeof(*v));
	size_t n = 0;
	for (const struct json *m = claims->child; m; m = m->next)
		if (!str_is(m->key, "role")) {
			v[n] = (struct member){ m, n };
			n++;
		}
	v[n] = (struct member){ &role_value, n };
	n++;
	qsort(v, n, sizeof(*v), member_cmp);
	/* Every byte of a token can become six in an escape, at the most. */
	BUF_CLEANUP struct buf b = buf_make(8 * (size_t)JWT_SIZE_MAX);
	buf_char(&b, '{');
	for (size_t i = 0; i < n; i++)
		if (i + 1 == n || !str_eq(v[i].value->key, v[i + 1].value->key))
			put_member(&b, v[i].value);
	buf_char(&b, '}');
	CHECK(buf_ok(&b));
	return (struct str){ buf_dup(a, &b), b.n };
}
