#include "sql/coerce.h"

#include "base/check.h"
#include "sql/analyze_int.h"
#include "sql/scan.h"
#include "sql/syscat/names.h"
#include "sql/syscat/syscat.h"

#include <string.h>

bool type_is(const struct type *t, const char *name)
{
	return t == type_builtin(str_of(name));
}

bool type_is_unknown(const struct type *t)
{
	return t->oid == 705;
}

bool type_is_row(const struct type *t)
{
	return t->kind == TYPE_COMPOSITE || t->oid == 2249;
}

static bool allows(const struct builtin *cast, enum coercion ctx)
{
	if (ctx == COERCE_EXPLICIT)
		return true;
	return cast->flags & (ctx == COERCE_ASSIGN ? BF_ASSIGN : BF_IMPLICIT);
}

static enum coerce_path array_path(const struct type *from, const struct type *to,
				   enum coercion ctx, const struct builtin **ret_cast)
{
	const struct builtin *elem_cast = NULL;
	enum coerce_path path = coerce_find(from->elem, to->elem, ctx, &elem_cast);
	if (path == PATH_NONE)
		return PATH_NONE;
	if (path == PATH_RELABEL)
		return PATH_RELABEL;
	const struct type *any = type_builtin(STR("anyarray"));
	*ret_cast = builtin_cast(any, any);
	return PATH_ARRAY;
}

enum coerce_path coerce_find(const struct type *from, const struct type *to, enum coercion ctx,
			     const struct builtin **ret_cast)
{
	from = type_base(from);
	to = type_base(to);
	*ret_cast = NULL;
	if (from == to)
		return PATH_RELABEL;
	const struct builtin *cast = builtin_cast(from, to);
	if (cast) {
		if (!allows(cast, ctx))
			return PATH_NONE;
		*ret_cast = cast;
		return cast->sqlite && !strcmp(cast->sqlite, "%1") ? PATH_RELABEL : PATH_FUNC;
	}
	if (from->kind == TYPE_ARRAY && to->kind == TYPE_ARRAY) {
		enum coerce_path path = array_path(from, to, ctx, ret_cast);
		if (path != PATH_NONE)
			return path;
	}
	if (ctx != COERCE_IMPLICIT && to->category == 'S')
		return PATH_IO;
	if (ctx == COERCE_EXPLICIT && from->category == 'S')
		return PATH_IO;
	return PATH_NONE;
}

static bool accepts_pseudo(const struct type *from, const struct type *to)
{
	switch (to->oid) {
	case 2276: /* any */
	case 2283: /* anyelement */
	case 5077: /* anycompatible */
		return true;
	case 2277: /* anyarray */
	case 5078: /* anycompatiblearray */
		return type_base(from)->kind == TYPE_ARRAY || type_base(from) == to;
	case 2776: /* anynonarray */
	case 5079:
		return type_base(from)->kind != TYPE_ARRAY;
	case 3500: /* anyenum */
		return type_base(from)->kind == TYPE_ENUM;
	case 2249: /* record */
		return type_is_row(from);
	default:
		return false;
	}
}

bool coerce_can(const struct type *from, const struct type *to, enum coercion ctx)
{
	if (from == to || type_is_unknown(from))
		return true;
	if (to->kind == TYPE_PSEUDO)
		return accepts_pseudo(from, to);
	if (from->kind == TYPE_PSEUDO && from->oid != 2249)
		return false;
	if (from->oid == 2249 && to->kind == TYPE_COMPOSITE)
		return true;
	const struct builtin *cast;
	return coerce_find(from, to, ctx, &cast) != PATH_NONE;
}

static struct expr *wrap(struct az *z, enum expr_kind kind, struct expr *arg, struct typeref type)
{
	struct expr *e = expr_new(z->a, kind, type);
	VEC_PUSH(z->a, &e->args, arg);
	e->location = arg->location;
	return e;
}

/* Enum labels are known now; the text is PostgreSQL's. */
static int check_enum_label(struct az *z, const struct type *t, struct expr *e)
{
	for (uint32_t i = 0; i < t->n_labels; i++)
		if (str_is(e->datum.s, t->labels[i]))
			return 0;
	err_set(z->c, "22P02", "invalid input value for enum %s: \"%.*s\"", az_type(z, t),
		STR_ARG(e->datum.s));
	return az_at(z, e->location);
}

/* Types whose input depends on the clock or the session's zone stay for run time. */
static bool input_is_immutable(const struct type *t)
{
	switch (t->value) {
	case V_DATE:
	case V_TIME:
	case V_TIMETZ:
	case V_TIMESTAMP:
	case V_TIMESTAMPTZ:
		return false;
	default:
		return t->category != 'R' && !sysname_is_reg(t->oid);
	}
}

/* One identifier of a name in a literal: folded, or unquoted. */
static struct str literal_ident(struct arena *a, struct str token)
{
	if (token.n < 2 || token.p[0] != '"')
		return str_lower(a, token);
	BUF_CLEANUP struct buf b = buf_make(SQL_STATEMENT_MAX);
	for (size_t i = 1; i + 1 < token.n; i++) {
		buf_char(&b, token.p[i]);
		i += token.p[i] == '"'; /* doubled */
	}
	return str_of(buf_dup(a, &b));
}

/* "schema"."name" or name, with PostgreSQL's folding. */
static int literal_name(struct az *z, struct str text, struct str *ret_schema, struct str *ret_name)
{
	struct str parts[2] = { { 0 } };
	int n = 0;
	for (size_t at = sql_skip_space(text, 0); at < text.n; at = sql_skip_space(text, at)) {
		struct sql_token t = sql_scan(text, at);
		bool is_dot = t.kind == TOK_OTHER && text.p[t.at] == '.';
		at = t.at + t.n;
		if (is_dot)
			continue;
		if ((t.kind != TOK_WORD && t.kind != TOK_QUOTED) || n == 2 || t.is_unterminated)
			return err_set(z->c, "42602", "invalid name syntax");
		parts[n++] = literal_ident(z->a, str_sub(text, t.at, t.n));
	}
	if (n == 0)
		return err_set(z->c, "42602", "invalid name syntax");
	*ret_schema = n == 2 ? parts[0] : (struct str){ 0 };
	*ret_name = parts[n - 1];
	return 0;
}

/* regclass names indexes too; NULL when text names none. */
static const char *index_named(struct az *z, struct str text)
{
	struct ctx own = { .arena = z->a };
	struct deparse d = { z->a, z->cat, z->an->search_path };
	const struct relation *rel;
	uint32_t oid = 0;
	if (sysname_find(&own, &d, REG_CLASS, text, &oid) < 0 || !oid ||
	    !syscat_index(z->cat, oid, &rel))
		return NULL;
	return sysname_text(&d, REG_CLASS, oid);
}

static int relation_literal(struct az *z, struct expr *e, struct expr **ret)
{
	struct str schema, name;
	if (literal_name(z, e->datum.s, &schema, &name) < 0)
		return az_at(z, e->location);
	const char *index = index_named(z, e->datum.s);
	if (index) {
		*ret = expr_copy(z->a, e);
		(*ret)->datum = datum_text(str_of(index));
		(*ret)->type = TYPEREF(type_builtin(STR("regclass")));
		return 0;
	}
	struct relation *rel = az_relation(z, schema, name, e->location);
	if (!rel)
		return -1;
	BUF_CLEANUP struct buf b = buf_make(4096);
	sql_put_ident(&b, str_of(rel->schema));
	buf_char(&b, '.');
	sql_put_ident(&b, str_of(rel->name));
	struct expr *copy = expr_copy(z->a, e);
	copy->datum = datum_text(str_of(buf_dup(z->a, &b)));
	copy->type = TYPEREF(type_builtin(STR("regclass")));
	az_ref(z, e->location, rel->oid, 0, NULL);
	*ret = copy;
	return 0;
}

/* Whether the literal's value (or error) is known without clock and zone. */
static bool can_read_now(const struct type *t, struct str text)
{
	bool is_array = t->kind == TYPE_ARRAY;
	if ((t->kind != TYPE_BASE && !is_array) || (is_array && t->elem->kind != TYPE_BASE))
		return false;
	if (is_array && sysname_is_reg(t->elem->oid))
		return false;
	if (input_is_immutable(t))
		return true;
	return !is_array && t->category == 'D' && text.n && text.p[0] >= '0' && text.p[0] <= '9';
}

static bool depends_on_zone(const struct type *t)
{
	return t->value == V_TIMESTAMPTZ || t->value == V_TIMETZ;
}

/* interval '1' day: a bare number counts the one field of the mask. */
static struct str with_unit(struct arena *a, struct str text, int32_t typmod)
{
	static const struct {
		int bit;
		const char *unit;
	} fields[] = { { 1, "month" }, { 2, "year" },	 { 3, "day" },
		       { 10, "hour" }, { 11, "minute" }, { 12, "second" } };
	int64_t number;
	if (typmod < 0 || !str_to_i64(str_trim(text), &number))
		return text;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (typmod >> 16 == 1 << fields[i].bit)
			return str_of(arena_printf(a, "%.*s %s", STR_ARG(text), fields[i].unit));
	return text;
}

static int read_literal(struct az *z, struct expr *e, struct typeref to, struct expr **ret)
{
	const struct type *t = to.type;
	struct vtype vt = { .id = t->value, .is_array = t->kind == TYPE_ARRAY, .typmod = -1 };
	struct str text = e->datum.s;
	struct datum d;
	if (t->value == V_INTERVAL && t->kind == TYPE_BASE)
		text = with_unit(z->a, text, to.typmod);
	if (value_in(z->c, &vt, NULL, text, &d) < 0)
		return az_at(z, e->location);
	if (depends_on_zone(t)) {
		*ret = wrap(z, EX_INPUT, e, TYPEREF(t));
		return 0;
	}
	*ret = expr_copy(z->a, e);
	(*ret)->datum = d;
	(*ret)->type = TYPEREF(t);
	return 0;
}

enum { REGCONFIG_OID = 3734 };

/* A project's own text search configuration stands for the one it copies. */
static struct expr *config_literal(struct az *z, struct expr *e)
{
	struct str schema, name;
	if (literal_name(z, e->datum.s, &schema, &name) < 0) {
		err_clear(z->c); /* the input function says it */
		return e;
	}
	const struct search_config *t = catalog_ts_config(z->cat, z->an->search_path, schema, name);
	if (!t)
		return e;
	struct expr *copy = expr_copy(z->a, e);
	copy->datum = datum_text(str_of(t->base));
	return copy;
}

/* A literal or parameter of no type through the input function of `to`. */
static int coerce_unknown(struct az *z, struct expr *e, struct typeref to, struct expr **ret)
{
	const struct type *t = to.type;
	bool is_const = e->kind == EX_CONST;
	if (is_const && e->datum.kind == D_NULL) {
		*ret = expr_copy(z->a, e);
		(*ret)->type = TYPEREF(t);
		return 0;
	}
	int64_t number;
	if (is_const && t->oid == 2205 && !str_to_i64(e->datum.s, &number) &&
	    !str_is(e->datum.s, "-"))
		return relation_literal(z, e, ret);
	if (is_const && t->oid == REGCONFIG_OID)
		e = config_literal(z, e);
	if (is_const && t->kind == TYPE_ENUM)
		TRY(check_enum_label(z, t, e));
	else if (is_const && can_read_now(t, e->datum.s))
		return read_literal(z, e, to, ret);
	*ret = wrap(z, EX_INPUT, e, TYPEREF(t));
	return 0;
}

static struct expr *via_text(struct az *z, struct expr *e, const struct type *from,
			     const struct type *to)
{
	const struct type *text = type_of_value(V_TEXT);
	if (to->category == 'S') {
		struct expr *out = wrap(z, EX_OUTPUT, e, TYPEREF(text));
		return to == text ? out : wrap(z, EX_RELABEL, out, TYPEREF(to));
	}
	if (from != text)
		e = wrap(z, EX_OUTPUT, e, TYPEREF(text));
	return wrap(z, EX_INPUT, e, TYPEREF(to));
}

/* Between base types (domains already taken off both sides). */
static struct expr *convert(struct az *z, struct expr *e, const struct type *to, enum coercion ctx)
{
	const struct type *from = type_base(e->type.type);
	const struct builtin *cast;
	bool is_shown = z->an->keep_casts && from == to && e->type.type->kind == TYPE_DOMAIN;
	if ((from == to && !is_shown) || to->kind == TYPE_PSEUDO)
		return e;
	switch (coerce_find(from, to, ctx, &cast)) {
	case PATH_FUNC:
	case PATH_ARRAY: {
		struct expr *call = wrap(z, EX_FUNC, e, TYPEREF(to));
		call->builtin = cast;
		call->is_explicit = ctx == COERCE_EXPLICIT;
		return call;
	}
	case PATH_IO:
		return via_text(z, e, from, to);
	case PATH_RELABEL:
	case PATH_NONE:
		break;
	}
	if (e->kind == EX_CONST && from->value != V_CITEXT && !z->an->keep_casts) {
		struct expr *copy = expr_copy(z->a, e);
		copy->type = TYPEREF(to);
		return copy;
	}
	struct expr *relabel = wrap(z, EX_RELABEL, e, TYPEREF(to));
	relabel->is_explicit = ctx == COERCE_EXPLICIT;
	return relabel;
}

static bool takes_typmod(const struct type *t)
{
	t = t->kind == TYPE_ARRAY ? t->elem : t;
	return t->value != V_DATE;
}

static struct expr *apply_typmod(struct az *z, struct expr *e, struct typeref to, enum coercion ctx)
{
	if (to.typmod < 0 || !takes_typmod(to.type) ||
	    (e->type.type == to.type && e->type.typmod == to.typmod))
		return e;
	if (e->kind == EX_CONST && e->datum.kind == D_NULL) {
		e->type.typmod = to.typmod;
		return e;
	}
	struct expr *mod = wrap(z, EX_TYPMOD, e, to);
	mod->is_explicit = ctx == COERCE_EXPLICIT;
	return mod;
}

static int coerce_domain(struct az *z, struct expr *e, const struct type *domain, enum coercion ctx,
			 struct expr **ret)
{
	if (e->type.type == domain) {
		*ret = e;
		return 0;
	}
	struct typeref base = { domain->base, domain->base_typmod };
	struct expr *inner;
	TRY(coerce_expr(z, e, base, ctx, &inner));
	*ret = wrap(z, EX_DOMAIN, inner, TYPEREF(domain));
	return 0;
}

static int no_row_cast(struct az *z, const struct expr *at, const struct type *to,
		       const char *detail)
{
	err_set(z->c, "42846", "cannot cast type record to %s", az_type(z, to));
	err_details(z->c, "%s", detail);
	return az_at(z, at->location);
}

/* ROW(a, b) as a row of a named type: column by column. */
static int coerce_row(struct az *z, struct expr *row, const struct type *to, enum coercion ctx,
		      struct expr **ret)
{
	const struct relation *rel = to->row;
	size_t n = rel->columns.n;
	struct expr *e = expr_new(z->a, EX_ROW, TYPEREF(to));
	if (row->args.n != n)
		return no_row_cast(z, row, to,
				   row->args.n < n ? "Input has too few columns."
						   : "Input has too many columns.");
	e->location = row->location;
	e->names = arena_array(z->a, n, sizeof(*e->names));
	for (size_t i = 0; i < n; i++) {
		const struct column *col = &rel->columns.v[i];
		struct expr *arg = row->args.v[i];
		if (!coerce_can(arg->type.type, col->type.type, ctx))
			return no_row_cast(z, arg, to,
					   arena_printf(z->a,
							"Cannot cast type %s to %s in column %zu.",
							az_type(z, arg->type.type),
							az_type(z, col->type.type), i + 1));
		TRY(coerce_expr(z, arg, col->type, ctx, &arg));
		e->names[i] = col->name;
		VEC_PUSH(z->a, &e->args, arg);
	}
	*ret = e;
	return 0;
}

int coerce_expr(struct az *z, struct expr *e, struct typeref to, enum coercion ctx,
		struct expr **ret)
{
	if (to.type->kind == TYPE_DOMAIN)
		return coerce_domain(z, e, to.type, ctx, ret);
	struct expr *out = e;
	if (e->kind == EX_ROW && e->type.type->oid == 2249 && to.type->kind == TYPE_COMPOSITE &&
	    to.type->row)
		return coerce_row(z, e, to.type, ctx, ret);
	if (type_is_unknown(e->type.type) && !type_is_unknown(to.type)) {
		bool any = to.type->kind == TYPE_PSEUDO;
		struct typeref target = any ? TYPEREF(type_of_value(V_TEXT)) : to;
		TRY(coerce_unknown(z, e, target, &out));
	} else if (e->type.type != to.type) {
		out = convert(z, e, to.type, ctx);
	}
	*ret = apply_typmod(z, out, to, ctx);
	return 0;
}

int coerce_to_column(struct az *z, struct expr *e, const char *column, struct typeref to,
		     struct expr **ret)
{
	if (!coerce_can(e->type.type, to.type, COERCE_ASSIGN)) {
		err_set(z->c, "42804", "column \"%s\" is of type %s but expression is of type %s",
			column, az_type(z, to.type), az_type(z, e->type.type));
		err_hint(z->c, "You will need to rewrite or cast the expression.");
		return az_at(z, e->location);
	}
	return coerce_expr(z, e, to, COERCE_ASSIGN, ret);
}

static bool all_same(const exprs *list)
{
	for (size_t i = 1; i < list->n; i++)
		if (list->v[i]->type.type != list->v[0]->type.type)
			return false;
	return !type_is_unknown(list->v[0]->type.type);
}

/* The typmod they share, or -1. */
static int32_t common_typmod(const exprs *list, const struct type *t)
{
	int32_t typmod = list->n ? list->v[0]->type.typmod : -1;
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i]->type.type != t || list->v[i]->type.typmod != typmod)
			return -1;
	return typmod;
}

int coerce_common(struct az *z, const exprs *list, const char *what, struct typeref *ret)
{
	const struct type *best = list->v[0]->type.type;
	if (all_same(list)) {
		*ret = (struct typeref){ best, common_typmod(list, best) };
		return 0;
	}
	best = type_base(best);
	for (size_t i = 1; i < list->n; i++) {
		const struct type *t = type_base(list->v[i]->type.type);
		if (type_is_unknown(t) || t == best)
			continue;
		if (type_is_unknown(best)) {
			best = t;
		} else if (t->category != best->category) {
			err_set(z->c, "42804", "%s types %s and %s cannot be matched", what,
				az_type(z, best), az_type(z, t));
			return az_at(z, list->v[i]->location);
		} else if (!best->is_preferred && coerce_can(best, t, COERCE_IMPLICIT) &&
			   !coerce_can(t, best, COERCE_IMPLICIT)) {
			best = t;
		}
	}
	if (type_is_unknown(best))
		best = type_of_value(V_TEXT);
	*ret = (struct typeref){ best, common_typmod(list, best) };
	return 0;
}

int coerce_list(struct az *z, exprs *list, struct typeref to, const char *what)
{
	for (size_t i = 0; i < list->n; i++) {
		struct expr *e = list->v[i];
		if (!coerce_can(e->type.type, to.type, COERCE_IMPLICIT)) {
			err_set(z->c, "42846", "%s could not convert type %s to %s", what,
				az_type(z, e->type.type), az_type(z, to.type));
			return az_at(z, e->location);
		}
		TRY(coerce_expr(z, e, to, COERCE_IMPLICIT, &list->v[i]));
	}
	return 0;
}
