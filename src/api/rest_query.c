#include "api/rest_grammar.h"

#include "base/buf.h"
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

static int hex(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch = (char)(ch | 0x20);
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Percent decoding with '+' as a space; a broken escape stands for itself. */
static struct str decode(struct arena *a, struct str s)
{
	if (str_chr(s, '%') < 0 && str_chr(s, '+') < 0)
		return s;
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			ch = (char)(hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]));
			i += 2;
		} else if (ch == '+') {
			ch = ' ';
		}
		out[n++] = ch;
	}
	return (struct str){ out, n };
}

static int check_text(struct ctx *c, struct str s)
{
	if (!str_is_utf8(s) || memchr(s.p ? s.p : "", 0, s.n)) {
		err_set(c, "22021", "invalid byte sequence for encoding \"UTF8\"");
		return err_http(c, 400);
	}
	return 0;
}

static size_t next_separator(struct str s)
{
	size_t i = 0;
	while (i < s.n && s.p[i] != '&' && s.p[i] != ';')
		i++;
	return i;
}

int rest_params_split(struct ctx *c, struct str raw, struct rest_param **ret, size_t *ret_n)
{
	VEC(struct rest_param) out = { 0 };
	while (raw.n) {
		size_t end = next_separator(raw);
		struct str pair = str_sub(raw, 0, end);
		raw = str_from(raw, end + (end < raw.n));
		ptrdiff_t eq = str_chr(pair, '=');
		struct rest_param p = { 0 };
		p.name = decode(c->arena, eq < 0 ? pair : str_sub(pair, 0, (size_t)eq));
		if (eq >= 0)
			p.value = decode(c->arena, str_from(pair, (size_t)eq + 1));
		if (eq >= 0 && !p.value.p)
			p.value = STR("");
		TRY(check_text(c, p.name));
		TRY(check_text(c, p.value));
		if (out.n >= REST_MAX_PARAMS) {
			err_set(c, "PGRST100", "Too many query parameters");
			return err_details(c, "At most %d are allowed", REST_MAX_PARAMS);
		}
		VEC_PUSH(c->arena, &out, p);
	}
	*ret = out.v;
	*ret_n = out.n;
	return 0;
}

/* The part behind the last dot. */
static struct str last_word(struct str key)
{
	size_t i = key.n;
	while (i && key.p[i - 1] != '.')
		i--;
	return str_from(key, i);
}

/* What a parameter's name says it is. Upstream evaluates the kinds in this
 * order, which decides the error that is reported. */
enum param_kind { PARAM_ORDER, PARAM_LOGIC, PARAM_FILTER, PARAM_RANGE, PARAM_RESERVED };

static enum param_kind kind_of(struct str key)
{
	struct str word = last_word(key);
	switch (word.n ? word.p[0] : 0) {
	case 'o':
		if (str_is(word, "order"))
			return PARAM_ORDER;
		if (str_is(word, "or"))
			return PARAM_LOGIC;
		if (str_is(word, "offset"))
			return PARAM_RANGE;
		return str_is(key, "on_conflict") ? PARAM_RESERVED : PARAM_FILTER;
	case 'a':
		return str_is(word, "and") ? PARAM_LOGIC : PARAM_FILTER;
	case 'l':
		return str_is(word, "limit") ? PARAM_RANGE : PARAM_FILTER;
	case 's':
		return str_is(key, "select") ? PARAM_RESERVED : PARAM_FILTER;
	case 'c':
		return str_is(key, "columns") ? PARAM_RESERVED : PARAM_FILTER;
	default:
		return PARAM_FILTER;
	}
}

typedef bool (*rule)(struct lex *l, void *out);

static bool run_rule(struct lex *l, rule fn, void *out)
{
	return fn(l, out) && !l->is_too_deep;
}

/* Runs a rule silently, and once more to explain when it failed. what and
 * shown make the name in the message: failed to parse WHAT (SHOWN). */
static int parse_with(struct ctx *c, struct str text, const char *what, struct str shown, rule fn,
		      void *out, size_t out_size)
{
	struct lex l = lex_make(c->arena, text, false);
	if (run_rule(&l, fn, out))
		return 0;
	memset(out, 0, out_size);
	l = lex_make(c->arena, text, true);
	run_rule(&l, fn, out);
	return lex_report(
		c, &l, arena_printf(c->arena, "failed to parse %s (%.*s)", what, STR_ARG(shown)));
}

struct target {
	rest_path path;
	struct rest_field field;
};

static bool rule_target(struct lex *l, void *out)
{
	struct target *t = out;
	return parse_tree_path(l, &t->path, &t->field);
}

/* The embed path in front of a key such as a.b.order, and the field. */
static int parse_key(struct ctx *c, struct str key, struct target *ret)
{
	*ret = (struct target){ 0 };
	return parse_with(c, key, "tree path", key, rule_target, ret, sizeof(*ret));
}

/* The library ignores what a rule leaves unread, except where a rule itself
 * asks for the end. */
static bool rule_select(struct lex *l, void *out)
{
	return parse_select(l, out);
}

static int parse_select_param(struct ctx *c, struct str value, struct rest_query *q)
{
	return parse_with(c, value, "select parameter", value, rule_select, &q->select,
			  sizeof(q->select));
}

typedef VEC(struct str) names;

static bool rule_names(struct lex *l, void *out)
{
	names *list = out;
	for (;;) {
		struct str name;
		if (!count_item(l) || !parse_field_name(l, &name))
			return false;
		VEC_PUSH(l->arena, list, name);
		size_t start = l->pos;
		if (!parse_comma(l))
			return l->pos == start;
	}
}

static int compare_names(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void sort_unique(names *list)
{
	qsort(list->v, list->n, sizeof(*list->v), compare_names);
	size_t n = 0;
	for (size_t i = 0; i < list->n; i++)
		if (!n || !str_eq(list->v[n - 1], list->v[i]))
			list->v[n++] = list->v[i];
	list->n = n;
}

static int parse_columns(struct ctx *c, struct str value, struct rest_query *q)
{
	names list = { 0 };
	TRY(parse_with(c, value, "columns parameter", value, rule_names, &list, sizeof(list)));
	sort_unique(&list);
	q->has_columns = true;
	q->columns.v = list.v;
	q->columns.n = list.n;
	return 0;
}

static int parse_on_conflict(struct ctx *c, struct str value, struct rest_query *q)
{
	names list = { 0 };
	TRY(parse_with(c, value, "on_conflict parameter", value, rule_names, &list, sizeof(list)));
	q->has_on_conflict = true;
	q->on_conflict.v = list.v;
	q->on_conflict.n = list.n;
	return 0;
}

static bool rule_order(struct lex *l, void *out)
{
	return parse_order(l, out);
}

static int parse_order_param(struct ctx *c, const struct rest_param *p, struct rest_query *q)
{
	struct target t;
	TRY(parse_key(c, p->name, &t));
	struct rest_order o = { 0 };
	TRY(parse_with(c, p->value, "order", p->value, rule_order, &o, sizeof(o)));
	o.path = t.path;
	VEC_PUSH(c->arena, &q->order, o);
	return 0;
}

static bool rule_logic(struct lex *l, void *out)
{
	return parse_logic_tree(l, out);
}

/* a.b.not.or=(...): the path without its "not"s, the operator put before the
 * value. */
static int parse_logic_param(struct ctx *c, const struct rest_param *p, struct rest_query *q)
{
	struct target t = { 0 };
	TRY(parse_with(c, p->name, "logic path", p->name, rule_target, &t, sizeof(t)));
	struct rest_where w = { 0 };
	bool is_not = false;
	for (size_t i = 0; i < t.path.n; i++) {
		if (str_is(t.path.v[i], "not"))
			is_not = true;
		else
			VEC_PUSH(c->arena, &w.path, t.path.v[i]);
	}
	const char *text = arena_printf(c->arena, "%s%.*s%.*s", is_not ? "not." : "",
					STR_ARG(t.field.name), STR_ARG(p->value));
	TRY(parse_with(c, str_of(text), "logic tree", p->value, rule_logic, &w.logic,
		       sizeof(w.logic)));
	VEC_PUSH(c->arena, &q->where, w);
	return 0;
}

static bool rule_filter(struct lex *l, void *out)
{
	return parse_op_expr(l, out, false);
}

static int parse_filter_param(struct ctx *c, const struct rest_param *p, bool is_rpc,
			      struct rest_query *q)
{
	struct target t;
	TRY(parse_key(c, p->name, &t));
	struct rest_logic *logic = ARENA_NEW(c->arena, struct rest_logic);
	VEC_PUSH(c->arena, &q->filter_keys, p->name);
	if (is_rpc) {
		struct lex l = lex_make(c->arena, p->value, false);
		if (!parse_op_expr(&l, &logic->filter, false)) {
			struct rest_param arg = { t.field.name, p->value };
			VEC_PUSH(c->arena, &q->args, arg);
			return 0;
		}
	} else {
		TRY(parse_with(c, p->value, "filter", p->value, rule_filter, &logic->filter,
			       sizeof(logic->filter)));
	}
	logic->filter.field = t.field;
	struct rest_where w = { .path = t.path, .logic = logic, .is_plain = true };
	VEC_PUSH(c->arena, &q->where, w);
	return 0;
}

static bool same_path(const rest_path *a, const rest_path *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->v[i], b->v[i]))
			return false;
	return true;
}

static struct rest_range *range_at(struct arena *a, struct rest_query *q, const rest_path *path)
{
	for (size_t i = 0; i < q->ranges.n; i++)
		if (same_path(&q->ranges.v[i].path, path))
			return &q->ranges.v[i];
	struct rest_range r = { .path = *path };
	VEC_PUSH(a, &q->ranges, r);
	return &q->ranges.v[q->ranges.n - 1];
}

/* A limit or offset that is no number is ignored. */
static int parse_range_param(struct ctx *c, const struct rest_param *p, bool is_limit,
			     struct rest_query *q)
{
	struct target t;
	TRY(parse_key(c, p->name, &t));
	int64_t number;
	if (!str_to_i64(str_trim(p->value), &number))
		return 0;
	struct rest_range *r = range_at(c->arena, q, &t.path);
	if (is_limit) {
		r->has_limit = true;
		r->limit = number;
	} else {
		r->has_offset = true;
		r->offset = number;
	}
	return 0;
}

static int parse_param(struct ctx *c, const struct rest_param *p, enum param_kind kind, bool is_rpc,
		       struct rest_query *q)
{
	switch (kind) {
	case PARAM_ORDER:
		return parse_order_param(c, p, q);
	case PARAM_LOGIC:
		return parse_logic_param(c, p, q);
	case PARAM_FILTER:
		return parse_filter_param(c, p, is_rpc, q);
	case PARAM_RANGE:
		return parse_range_param(c, p, last_word(p->name).p[0] == 'l', q);
	case PARAM_RESERVED:
		break;
	}
	return 0;
}

/* The first parameter of that name, with its value; NULL when there is none or
 * the first has none. */
static const struct str *lookup(const struct rest_param *params, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (str_is(params[i].name, name))
			return params[i].value.p ? &params[i].value : NULL;
	return NULL;
}

static void put_encoded(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
		    (ch >= 'A' && ch <= 'Z') || (ch && strchr("-_.~", ch)))
			buf_char(b, (char)ch);
		else
			buf_printf(b, "%%%02X", ch);
	}
}

static int compare_params(const void *a, const void *b)
{
	const struct rest_param *const *x = a, *const *y = b;
	int order = str_cmp((*x)->name, (*y)->name);
	return order ? order : (*x > *y) - (*x < *y);
}

/* Sorted by name; values of one name in a comma list. */
static struct str canonical(struct arena *a, const struct rest_param *params, size_t n)
{
	const struct rest_param **sorted = arena_array(a, n + 1, sizeof(*sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = &params[i];
	qsort(sorted, n, sizeof(*sorted), compare_params);
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (size_t i = 0; i < n; i++) {
		if (i && str_eq(sorted[i]->name, sorted[i - 1]->name)) {
			buf_char(&b, ',');
		} else {
			if (i)
				buf_char(&b, '&');
			put_encoded(&b, sorted[i]->name);
			buf_char(&b, '=');
		}
		put_encoded(&b, sorted[i]->value);
	}
	return str_of(buf_dup(a, &b));
}

static int parse_kind(struct ctx *c, const struct rest_param *params, const uint8_t *kinds,
		      size_t n, enum param_kind kind, bool is_rpc, struct rest_query *q)
{
	for (size_t i = 0; i < n; i++)
		if (kinds[i] == kind && params[i].value.p)
			TRY(parse_param(c, &params[i], kind, is_rpc, q));
	return 0;
}

static int parse_all(struct ctx *c, const struct rest_param *params, size_t n, bool is_rpc,
		     struct rest_query *q)
{
	uint8_t *kinds = arena_alloc(c->arena, n + 1);
	for (size_t i = 0; i < n; i++)
		kinds[i] = (uint8_t)kind_of(params[i].name);
	TRY(parse_kind(c, params, kinds, n, PARAM_ORDER, is_rpc, q));
	TRY(parse_kind(c, params, kinds, n, PARAM_LOGIC, is_rpc, q));
	const struct str *value = lookup(params, n, "columns");
	if (value)
		TRY(parse_columns(c, *value, q));
	value = lookup(params, n, "select");
	TRY(parse_select_param(c, value ? *value : STR("*"), q));
	TRY(parse_kind(c, params, kinds, n, PARAM_FILTER, is_rpc, q));
	TRY(parse_kind(c, params, kinds, n, PARAM_RANGE, is_rpc, q));
	value = lookup(params, n, "on_conflict");
	return value ? parse_on_conflict(c, *value, q) : 0;
}

int rest_query_parse(struct ctx *c, struct str raw, bool is_rpc, struct rest_query *ret)
{
	struct rest_param *params;
	size_t n;
	TRY(rest_params_split(c, raw, &params, &n));
	struct rest_query q = { 0 };
	TRY(parse_all(c, params, n, is_rpc, &q));
	q.canonical = canonical(c->arena, params, n);
	*ret = q;
	return 0;
}
