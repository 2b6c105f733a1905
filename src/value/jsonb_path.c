#include "value/jsonb_path.h"

#include "base/arena.h"
#include "value/pgjson.h"

#include <stdlib.h>

struct editor {
	struct ctx *c;
	const struct array *path;
	unsigned edit;
	const struct json *value;
};

static struct json *copy(struct arena *a, const struct json *v)
{
	struct json *r = ARENA_NEW(a, struct json);
	*r = *v;
	r->next = NULL;
	return r;
}

static struct json *empty_copy(struct arena *a, const struct json *v)
{
	struct json *r = copy(a, v);
	r->child = NULL;
	r->count = 0;
	return r;
}

static void append(struct json *parent, struct json **tail, struct json *child)
{
	if (*tail)
		(*tail)->next = child;
	else
		parent->child = child;
	*tail = child;
	parent->count++;
}

static int edit_level(struct editor *e, const struct json *v, size_t level, struct json **ret);

static int null_step(struct editor *e, size_t level)
{
	return err_set(e->c, "22004", "path element at position %zu is null", level + 1);
}

static int edit_object(struct editor *e, const struct json *v, size_t level, struct json **ret)
{
	struct arena *a = e->c->arena;
	struct json *r = empty_copy(a, v), *tail = NULL;
	struct str key = e->path->v[level].s;
	bool is_last = level + 1 == e->path->n, is_done = false;
	for (const struct json *m = v->child; m; m = m->next) {
		struct json *changed = copy(a, m);
		if (!str_eq(m->key, key)) {
			append(r, &tail, changed);
			continue;
		}
		is_done = true;
		if (!is_last) {
			TRY(edit_level(e, m, level + 1, &changed));
		} else if (e->edit & (JSONB_INSERT_BEFORE | JSONB_INSERT_AFTER)) {
			err_set(e->c, "22023", "cannot replace existing key");
			return err_hint(e->c,
					"Try using the function jsonb_set to replace key value.");
		} else if (e->edit & JSONB_DELETE) {
			continue;
		} else {
			changed = copy(a, e->value);
		}
		changed->key = m->key;
		append(r, &tail, changed);
	}
	bool creates = e->edit & (JSONB_CREATE | JSONB_INSERT_BEFORE | JSONB_INSERT_AFTER);
	if (!is_done && is_last && creates) {
		struct json *added = copy(a, e->value);
		added->key = key;
		append(r, &tail, added);
	}
	*ret = r;
	return 0;
}

static int step_index(struct editor *e, size_t level, int64_t *ret)
{
	struct str s = e->path->v[level].s, digits = s;
	while (digits.n && digits.p[0] == ' ')
		digits = str_from(digits, 1);
	if (!str_to_i64(digits, ret) || *ret > INT32_MAX || *ret < INT32_MIN)
		return err_set(e->c, "22P02",
			       "path element at position %zu is not an integer: \"%.*s\"",
			       level + 1, STR_ARG(s));
	return 0;
}

/* One element at the last step. */
static void edit_element(struct editor *e, struct json *r, struct json **tail,
			 const struct json *element)
{
	struct arena *a = e->c->arena;
	if (e->edit & JSONB_INSERT_BEFORE)
		append(r, tail, copy(a, e->value));
	if (e->edit & (JSONB_INSERT_BEFORE | JSONB_INSERT_AFTER))
		append(r, tail, copy(a, element));
	if (e->edit & (JSONB_INSERT_AFTER | JSONB_REPLACE))
		append(r, tail, copy(a, e->value));
}

static int edit_array(struct editor *e, const struct json *v, size_t level, struct json **ret)
{
	struct arena *a = e->c->arena;
	struct json *r = empty_copy(a, v), *tail = NULL;
	int64_t index, n = v->count, at = 0;
	bool is_last = level + 1 == e->path->n;
	bool creates = e->edit & (JSONB_CREATE | JSONB_INSERT_BEFORE | JSONB_INSERT_AFTER);
	bool is_done = false;
	TRY(step_index(e, level, &index));
	if (index < 0)
		index = -index > n ? INT32_MIN : n + index;
	if (creates && is_last && (index == INT32_MIN || n == 0)) {
		append(r, &tail, copy(a, e->value));
		is_done = true;
	}
	for (const struct json *m = v->child; m; m = m->next, at++) {
		struct json *changed = copy(a, m);
		if (at == index && is_last) {
			edit_element(e, r, &tail, m);
			is_done = true;
			continue;
		}
		if (at == index)
			TRY(edit_level(e, m, level + 1, &changed));
		append(r, &tail, changed);
	}
	if (creates && is_last && !is_done)
		append(r, &tail, copy(a, e->value));
	*ret = r;
	return 0;
}

static int edit_level(struct editor *e, const struct json *v, size_t level, struct json **ret)
{
	if (e->path->v[level].kind == D_NULL)
		return null_step(e, level);
	if (v->kind == JSON_OBJECT)
		return edit_object(e, v, level, ret);
	if (v->kind == JSON_ARRAY)
		return edit_array(e, v, level, ret);
	*ret = copy(e->c->arena, v);
	return 0;
}

int jsonb_edit(struct ctx *c, const struct json *v, const struct array *path, unsigned edit,
	       const struct json *value, struct json **ret)
{
	struct editor e = { c, path, edit, value };
	if (path->n == 0) {
		*ret = copy(c->arena, v);
		return 0;
	}
	return edit_level(&e, v, 0, ret);
}

static bool is_container(const struct json *v)
{
	return v->kind == JSON_ARRAY || v->kind == JSON_OBJECT;
}

static bool contains(const struct json *v, const struct json *part);

static bool is_integer(struct str s)
{
	return str_chr(s, '.') < 0;
}

/* Equal scalars; canonical integers and strings by their bytes. */
static bool scalar_eq(const struct json *x, const struct json *y)
{
	if (x->kind != y->kind)
		return false;
	if (x->kind == JSON_STRING)
		return str_eq(x->text, y->text);
	if (x->kind == JSON_NUMBER && is_integer(x->text) && is_integer(y->text))
		return str_eq(x->text, y->text);
	return jsonb_cmp(x, y) == 0;
}

static bool array_has(const struct json *v, const struct json *element)
{
	for (const struct json *e = v->child; e; e = e->next) {
		if (is_container(element) ? e->kind == element->kind && contains(e, element)
					  : scalar_eq(e, element))
			return true;
	}
	return false;
}

static const struct json *member(const struct json *v, struct str key)
{
	for (const struct json *m = v->child; m; m = m->next)
		if (str_eq(m->key, key))
			return m;
	return NULL;
}

static bool contains(const struct json *v, const struct json *part)
{
	if (v->kind == JSON_ARRAY) {
		for (const struct json *e = part->child; e; e = e->next)
			if (!array_has(v, e))
				return false;
		return true;
	}
	for (const struct json *m = part->child; m; m = m->next) {
		const struct json *own = member(v, m->key);
		if (!own || is_container(own) != is_container(m))
			return false;
		if (is_container(m) ? own->kind != m->kind || !contains(own, m)
				    : !scalar_eq(own, m))
			return false;
	}
	return true;
}

bool jsonb_contains(const struct json *v, const struct json *part)
{
	if (is_container(v) && is_container(part))
		return v->kind == part->kind && contains(v, part);
	if (v->kind == JSON_ARRAY)
		return array_has(v, part);
	return !is_container(v) && !is_container(part) && scalar_eq(v, part);
}
