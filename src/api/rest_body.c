#include "api/rest_body.h"

#include "api/rest_errors.h"
#include "api/rest_query.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_JSON_MAX = 256 << 20 };

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void keys_of(struct arena *a, const struct json *object, name_list *ret)
{
	name_list keys = { 0 };
	for (const struct json *m = object->child; m; m = m->next)
		VEC_PUSH(a, &keys, str_dup(a, m->key));
	if (keys.n > 1)
		qsort(keys.v, keys.n, sizeof(*keys.v), compare_names);
	size_t n = 0;
	for (size_t i = 0; i < keys.n; i++)
		if (!n || strcmp(keys.v[n - 1], keys.v[i]) != 0)
			keys.v[n++] = keys.v[i];
	keys.n = n;
	*ret = keys;
}

/* Same members in the same order: the usual case, without sorting. */
static bool same_shape(const struct json *a, const struct json *b)
{
	const struct json *x = a->child, *y = b->child;
	for (; x && y && str_eq(x->key, y->key); x = x->next, y = y->next)
		;
	return !x && !y;
}

static bool same_keys(struct arena *a, const name_list *keys, const struct json *object)
{
	struct arena_mark mark = arena_mark(a);
	name_list other;
	keys_of(a, object, &other);
	bool same = other.n == keys->n;
	for (size_t i = 0; i < keys->n && same; i++)
		same = !strcmp(other.v[i], keys->v[i]);
	arena_rewind(a, mark);
	return same;
}

static int check_uniform(struct ctx *c, struct payload *p, const char *complaint)
{
	const struct json *first = p->rows->child;
	if (!first)
		return 0;
	if (first->kind != JSON_OBJECT)
		return api_failf(c, ERR_INVALID_BODY, "%s", complaint);
	keys_of(c->arena, first, &p->keys);
	for (const struct json *row = first->next; row; row = row->next)
		if (row->kind != JSON_OBJECT ||
		    (!same_shape(first, row) && !same_keys(c->arena, &p->keys, row)))
			return api_failf(c, ERR_INVALID_BODY, "%s", complaint);
	return 0;
}

static struct json *array_of(struct arena *a, struct json *element)
{
	struct json *array = ARENA_NEW(a, struct json);
	array->kind = JSON_ARRAY;
	array->child = element;
	array->count = element ? 1 : 0;
	return array;
}

static int parse_json(struct ctx *c, struct str body, struct payload *ret)
{
	struct json *j;
	struct payload p = { 0 };
	if (json_parse(c, body, (struct json_limits){ 0 }, &j) < 0) {
		if (err_is(c, "22P02")) {
			err_clear(c);
			return api_fail(c, ERR_INVALID_BODY);
		}
		return -1;
	}
	if (j->kind == JSON_ARRAY) {
		p.rows = j;
		p.text = body;
	} else if (j->kind == JSON_OBJECT) {
		p.rows = array_of(c->arena, j);
		p.text = str_of(arena_printf(c->arena, "[%.*s]", STR_ARG(body)));
		p.is_object = true;
	} else {
		p.rows = array_of(c->arena, NULL);
		p.text = STR("[]");
	}
	*ret = p;
	return 0;
}

static int parse_form(struct ctx *c, struct str body, struct buf *out)
{
	struct rest_param *params;
	size_t n;
	TRY(rest_params_split(c, body, &params, &n));
	buf_char(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(out, ',');
		json_put_string(out, params[i].name);
		buf_char(out, ':');
		json_put_string(out, params[i].value);
	}
	buf_char(out, '}');
	return 0;
}

static int converted(struct ctx *c, const struct media *type, struct str body, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(BODY_JSON_MAX);
	if (type->kind == MEDIA_CSV)
		TRY(csv_to_json(c, body, &b));
	else
		TRY(parse_form(c, body, &b));
	if (!buf_ok(&b))
		return api_failf(c, ERR_INVALID_BODY, "The body is too large");
	*ret = (struct str){ buf_dup(c->arena, &b), b.n };
	return 0;
}

int payload_parse(struct ctx *c, const struct media *type, struct str body,
		  const name_list *columns, struct payload *ret)
{
	struct payload p;
	bool is_csv = type->kind == MEDIA_CSV;
	if (type->kind != MEDIA_JSON && type->kind != MEDIA_FORM && !is_csv)
		return api_failf(c, ERR_INVALID_BODY, "Content-Type not acceptable: %s",
				 media_name(c->arena, type));
	if (type->kind != MEDIA_JSON)
		TRY(converted(c, type, body, &body));
	TRY(parse_json(c, body, &p));
	if (columns && type->kind == MEDIA_JSON)
		p.keys = *columns;
	else
		TRY(check_uniform(c, &p,
				  is_csv ? "All lines must have same number of fields"
					 : "All object keys must match"));
	*ret = p;
	return 0;
}
