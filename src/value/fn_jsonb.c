/* jsonb's operators and the functions that change it. */
#include "value/fn_int.h"
#include "value/jsonb_path.h"
#include "value/pgjson.h"
#include "value/text.h"

#include <string.h>

static struct json *load(struct ctx *c, struct datum v)
{
	return pgjson_load(c->arena, v.s);
}

static int give(struct ctx *c, struct datum *ret, const struct json *v)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(jsonb_put(c, &b, v));
	return ret_buf(c, ret, &b);
}

static bool is_scalar(const struct json *v)
{
	return v->kind != JSON_ARRAY && v->kind != JSON_OBJECT;
}

static void open_texts(struct ctx *c, struct datum v, struct array *ret)
{
	struct vtype text = VTYPE(V_TEXT);
	array_open(c->arena, &text, v.s, ret);
}

static int contains(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, jsonb_contains(load(c, args[0]), load(c, args[1])));
}

static int contained(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, jsonb_contains(load(c, args[1]), load(c, args[0])));
}

/* A key of an object, or a string in an array or alone. */
static bool has_key(const struct json *v, struct str key)
{
	if (v->kind == JSON_STRING)
		return str_eq(v->text, key);
	for (const struct json *e = v->child; e; e = e->next) {
		if (v->kind == JSON_OBJECT ? str_eq(e->key, key)
					   : e->kind == JSON_STRING && str_eq(e->text, key))
			return true;
	}
	return false;
}

static int exists(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, has_key(load(c, args[0]), args[1].s));
}

static int exists_of(struct ctx *c, const struct datum *args, bool is_all, struct datum *ret)
{
	struct array keys;
	const struct json *v = load(c, args[0]);
	open_texts(c, args[1], &keys);
	for (size_t i = 0; i < keys.n; i++) {
		if (keys.v[i].kind == D_NULL)
			continue;
		if (has_key(v, keys.v[i].s) != is_all)
			return ret_bool(ret, !is_all);
	}
	return ret_bool(ret, is_all);
}

static int exists_any(FN_ARGS)
{
	FN_UNUSED;
	return exists_of(c, args, false, ret);
}

static int exists_all(FN_ARGS)
{
	FN_UNUSED;
	return exists_of(c, args, true, ret);
}

/* Puts v, or its children when it is an array, behind *tail. */
static void add_elements(struct arena *a, struct json *to, struct json ***tail, struct json *v)
{
	struct json *first = v->kind == JSON_ARRAY ? v->child : v;
	for (struct json *e = first; e;) {
		struct json *next = v->kind == JSON_ARRAY ? e->next : NULL;
		struct json *copy = ARENA_NEW(a, struct json);
		*copy = *e;
		copy->next = NULL;
		**tail = copy;
		*tail = &copy->next;
		to->count++;
		e = next;
	}
}

static int concat(FN_ARGS)
{
	FN_UNUSED;
	struct json *a = load(c, args[0]), *b = load(c, args[1]);
	struct json result = { .kind = JSON_ARRAY }, **tail = &result.child;
	if (a->kind == JSON_OBJECT && b->kind == JSON_OBJECT) {
		/* duplicates are dropped when it is printed: the last one stays */
		result.kind = JSON_OBJECT;
		result.count = a->count + b->count;
		result.child = a->child ? a->child : b->child;
		for (struct json *m = a->child; m; m = m->next)
			if (!m->next) {
				m->next = b->child;
				break;
			}
		return give(c, ret, &result);
	}
	add_elements(c->arena, &result, &tail, a);
	add_elements(c->arena, &result, &tail, b);
	return give(c, ret, &result);
}

static bool is_named(const struct json *parent, const struct json *e, const struct array *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->v[i].kind == D_NULL)
			continue;
		struct str key = keys->v[i].s;
		if (parent->kind == JSON_OBJECT ? str_eq(e->key, key)
						: e->kind == JSON_STRING && str_eq(e->text, key))
			return true;
	}
	return false;
}

static int delete_keys(struct ctx *c, struct datum from, const struct array *keys,
		       struct datum *ret)
{
	struct json *v = load(c, from);
	if (is_scalar(v))
		return err_set(c, "22023", "cannot delete from scalar");
	for (struct json **at = &v->child; *at;) {
		if (is_named(v, *at, keys)) {
			*at = (*at)->next;
			v->count--;
		} else {
			at = &(*at)->next;
		}
	}
	return give(c, ret, v);
}

static int delete_key(FN_ARGS)
{
	FN_UNUSED;
	struct datum key = args[1];
	struct array keys = { .v = &key, .n = 1 };
	return delete_keys(c, args[0], &keys, ret);
}

static int delete_array(FN_ARGS)
{
	FN_UNUSED;
	struct array keys;
	open_texts(c, args[1], &keys);
	if (keys.ndims > 1)
		return err_set(c, "2202E", "wrong number of array subscripts");
	return delete_keys(c, args[0], &keys, ret);
}

static int delete_index(FN_ARGS)
{
	FN_UNUSED;
	struct json *v = load(c, args[0]);
	int64_t index = args[1].i;
	if (is_scalar(v))
		return err_set(c, "22023", "cannot delete from scalar");
	if (v->kind == JSON_OBJECT)
		return err_set(c, "22023", "cannot delete from object using integer index");
	if (index < 0)
		index += v->count;
	struct json **at = &v->child;
	for (int64_t i = 0; *at && i < index; i++)
		at = &(*at)->next;
	if (index >= 0 && *at) {
		*at = (*at)->next;
		v->count--;
	}
	return give(c, ret, v);
}

static int path_of(struct ctx *c, struct datum v, struct array *ret)
{
	open_texts(c, v, ret);
	if (ret->ndims > 1)
		return err_set(c, "2202E", "wrong number of array subscripts");
	return 0;
}

static int delete_path(FN_ARGS)
{
	FN_UNUSED;
	struct array path;
	struct json *v = load(c, args[0]), *result;
	TRY(path_of(c, args[1], &path));
	if (is_scalar(v))
		return err_set(c, "22023", "cannot delete path in scalar");
	if (!v->count)
		return give(c, ret, v);
	TRY(jsonb_edit(c, v, &path, JSONB_DELETE, NULL, &result));
	return give(c, ret, result);
}

static int set_with(struct ctx *c, const struct datum *args, unsigned edit, struct datum *ret)
{
	struct array path;
	struct json *v = load(c, args[0]), *result;
	TRY(path_of(c, args[1], &path));
	if (is_scalar(v))
		return err_set(c, "22023", "cannot set path in scalar");
	if (!v->count && edit == JSONB_REPLACE)
		return give(c, ret, v);
	TRY(jsonb_edit(c, v, &path, edit, load(c, args[2]), &result));
	return give(c, ret, result);
}

static int set(FN_ARGS)
{
	FN_UNUSED;
	bool creates = nargs < 4 || args[3].i;
	return set_with(c, args, creates ? JSONB_REPLACE | JSONB_CREATE : JSONB_REPLACE, ret);
}

static int insert(FN_ARGS)
{
	FN_UNUSED;
	bool is_after = nargs > 3 && args[3].i;
	return set_with(c, args, is_after ? JSONB_INSERT_AFTER : JSONB_INSERT_BEFORE, ret);
}

/* jsonb_set_lax(target, path, value, create, null_value_treatment) */
static int set_lax(FN_ARGS)
{
	if (args[0].kind == D_NULL || args[1].kind == D_NULL ||
	    (nargs > 3 && args[3].kind == D_NULL))
		return ret_null(ret);
	if (nargs > 4 && args[4].kind == D_NULL)
		return err_set(c, "22023",
			       "null_value_treatment must be \"delete_key\", \"return_target\", "
			       "\"use_json_null\", or \"raise_exception\"");
	if (args[2].kind != D_NULL)
		return set(c, env, args, nargs < 4 ? nargs : 4, ret);
	struct str how = nargs > 4 ? args[4].s : STR("use_json_null");
	if (str_is(how, "raise_exception")) {
		err_set(c, "22004", "JSON value must not be null");
		err_details(c, "Exception was raised because null_value_treatment is "
			       "\"raise_exception\".");
		return err_hint(c, "To avoid, either change the null_value_treatment argument or "
				   "ensure that an SQL NULL is not passed.");
	}
	struct datum changed[4] = { args[0], args[1], datum_text(STR("null")),
				    nargs > 3 ? args[3] : datum_bool(true) };
	if (str_is(how, "use_json_null"))
		return set(c, env, changed, 4, ret);
	if (str_is(how, "delete_key"))
		return delete_path(c, env, args, 2, ret);
	if (str_is(how, "return_target")) {
		*ret = args[0];
		return 0;
	}
	return err_set(c, "22023",
		       "null_value_treatment must be \"delete_key\", \"return_target\", "
		       "\"use_json_null\", or \"raise_exception\"");
}

static void indent(struct buf *b, int depth)
{
	buf_char(b, '\n');
	for (int i = 0; i < depth * 4; i++)
		buf_char(b, ' ');
}

static void put_pretty(struct buf *b, const struct json *v, int depth)
{
	bool is_object = v->kind == JSON_OBJECT;
	if (is_scalar(v)) {
		buf_str(b, v->raw);
		return;
	}
	buf_char(b, is_object ? '{' : '[');
	for (const struct json *e = v->child; e; e = e->next) {
		if (e != v->child)
			buf_char(b, ',');
		indent(b, depth + 1);
		if (is_object) {
			json_put_string(b, e->key);
			buf_puts(b, ": ");
		}
		put_pretty(b, e, depth + 1);
	}
	indent(b, depth);
	buf_char(b, is_object ? '}' : ']');
}

static int pretty(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	put_pretty(&b, load(c, args[0]), 0);
	return ret_buf(c, ret, &b);
}

static int compare(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, jsonb_cmp(load(c, args[0]), load(c, args[1])));
}

static const struct value_fn rows[] = {
	STRICT("jsonb_contains", "b:JJ", contains),
	STRICT("jsonb_contained", "b:JJ", contained),
	STRICT("jsonb_exists", "b:Jt", exists),
	STRICT("jsonb_exists_any", "b:J[t", exists_any),
	STRICT("jsonb_exists_all", "b:J[t", exists_all),
	STRICT("jsonb_concat", "J:JJ", concat),
	STRICT("jsonb_delete", "J:Jt", delete_key),
	STRICT("jsonb_delete_array", "J:J[t", delete_array),
	STRICT("jsonb_delete_idx", "J:Ji", delete_index),
	STRICT("jsonb_delete_path", "J:J[t", delete_path),
	STRICT("jsonb_set", "J:J[tJ?b", set),
	LAX("jsonb_set_lax", "J:J[tJ?bt", set_lax),
	STRICT("jsonb_insert", "J:J[tJ?b", insert),
	STRICT("jsonb_pretty", "t:J", pretty),
	STRICT("jsonb_cmp", "i:JJ", compare),
};
FN_GROUP(fn_group_jsonb, rows);
