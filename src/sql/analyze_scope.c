/* Names: scopes, FROM items, column references, whole rows and stars. */
#include "base/check.h"
#include "sql/analyze_int.h"
#include "sql/scan.h"
#include "sql/syscat/syscat.h"

#include <string.h>

struct scope *scope_push(struct az *z, struct query *q)
{
	struct scope *s = ARENA_NEW(z->a, struct scope);
	s->outer = z->scope;
	s->q = q;
	s->srf_rte = -1;
	z->scope = s;
	return s;
}

void scope_pop(struct az *z)
{
	z->scope = z->scope->outer;
}

int query_add_rte(struct az *z, struct query *q, struct rte *r)
{
	VEC_PUSH(z->a, &q->rtes, r);
	return (int)q->rtes.n - 1;
}

struct ns_item *ns_for_rte(struct az *z, struct query *q, int rte)
{
	struct rte *r = q->rtes.v[rte];
	struct ns_item *item = ARENA_NEW(z->a, struct ns_item);
	*item = (struct ns_item){ .alias = r->alias,
				  .rte = rte,
				  .is_rel_visible = true,
				  .is_col_visible = true,
				  .is_lateral_ok = true };
	for (size_t i = 0; i < r->columns.n; i++) {
		struct rte_column *col = &r->columns.v[i];
		struct ns_column nc = { col->name, expr_var(z->a, rte, col->attnum, col->type) };
		VEC_PUSH(z->a, &item->cols, nc);
	}
	return item;
}

/* Two items of one FROM may not share a visible alias, unless both are tables
 * of different schemas named without one. */
int ns_check_alias(struct az *z, const ns_items *items, const struct ns_item *add, int location)
{
	for (size_t i = 0; i < items->n; i++) {
		const struct ns_item *have = items->v[i];
		if (!have->is_rel_visible || !add->is_rel_visible || !add->alias[0] ||
		    strcmp(have->alias, add->alias) != 0)
			continue;
		if (have->schema && add->schema && strcmp(have->schema, add->schema) != 0)
			continue;
		err_set(z->c, "42712", "table name \"%s\" specified more than once", add->alias);
		return az_at(z, location);
	}
	return 0;
}

/* The last identifier of a dotted name that starts at location. */
static int last_name_token(struct str text, int location)
{
	size_t at = (size_t)location;
	int last = location;
	while (at < text.n) {
		struct sql_token t = sql_scan(text, at);
		if (t.kind != TOK_WORD && t.kind != TOK_QUOTED)
			break;
		last = (int)t.at;
		at = sql_skip_space(text, t.at + t.n);
		if (at >= text.n || text.p[at] != '.')
			break;
		at = sql_skip_space(text, at + 1);
	}
	return last;
}

void az_ref(struct az *z, int location, uint32_t rel, int16_t attnum, const struct type *t)
{
	if (!z->an->want_refs || location < 0)
		return;
	if (z->an->text.p && (size_t)location < z->an->text.n)
		location = last_name_token(z->an->text, location);
	struct sql_ref ref = { .location = location, .rel_oid = rel, .attnum = attnum, .type = t };
	VEC_PUSH(z->a, &z->an->refs, ref);
}

void rte_mark(struct az *z, struct rte *r, int attnum)
{
	if (r->kind != RTE_RELATION)
		return;
	r->access.privs |= PRIV_SELECT;
	for (size_t i = 0; i < r->access.selected.n; i++)
		if (r->access.selected.v[i] == attnum)
			return;
	VEC_PUSH(z->a, &r->access.selected, (int16_t)attnum);
}

void az_ref_function(struct az *z, int location, const struct function *f)
{
	if (!z->an->want_refs || location < 0)
		return;
	if (z->an->text.p && (size_t)location < z->an->text.n)
		location = last_name_token(z->an->text, location);
	struct sql_ref ref = { .location = location, .function = f };
	VEC_PUSH(z->a, &z->an->refs, ref);
}

struct use {
	struct az *z;
	struct scope *s;
	int location;
};

static bool mark_var(struct expr *e, void *arg)
{
	struct use *u = arg;
	if (e->kind != EX_VAR || e->levels_up != 0)
		return true;
	struct rte *r = u->s->q->rtes.v[e->rte];
	rte_mark(u->z, r, e->attnum);
	if (r->kind == RTE_RELATION)
		az_ref(u->z, u->location, r->rel->oid, (int16_t)e->attnum, NULL);
	return true;
}

/* A copy of e, an expression of scope s, for use `levels` queries further in. */
struct expr *az_ns_use(struct az *z, struct scope *s, int levels, struct expr *e, int location)
{
	struct use use = { z, s, location };
	expr_walk(e, false, mark_var, &use);
	struct expr *copy = expr_copy(z->a, e);
	copy->location = location;
	if (levels)
		expr_shift_levels(copy, levels, 0);
	return copy;
}

static struct expr *item_column(const struct ns_item *item, struct str name, bool *ret_many)
{
	struct expr *found = NULL;
	for (size_t i = 0; i < item->cols.n; i++) {
		if (!str_is(name, item->cols.v[i].name))
			continue;
		*ret_many |= found != NULL;
		found = item->cols.v[i].expr;
	}
	return found;
}

static int ambiguous(struct az *z, struct str name, int location)
{
	err_set(z->c, "42702", "column reference \"%.*s\" is ambiguous", STR_ARG(name));
	return az_at(z, location);
}

static int not_lateral(struct az *z, const struct ns_item *item, int location)
{
	err_set(z->c, "42P10", "invalid reference to FROM-clause entry for table \"%s\"",
		item->alias);
	err_hint(z->c,
		 "There is an entry for table \"%s\", but it cannot be referenced from this part "
		 "of the query.",
		 item->alias);
	return az_at(z, location);
}

/* A bare column name in one scope: 1 found, 0 not, -1 error. */
static int find_in_scope(struct az *z, struct scope *s, struct str name, int location,
			 struct expr **ret)
{
	struct expr *found = NULL;
	bool many = false;
	for (size_t i = 0; i < s->items.n; i++) {
		struct ns_item *item = s->items.v[i];
		if (!item->is_col_visible || (item->is_lateral_only && !s->is_lateral))
			continue;
		struct expr *e = item_column(item, name, &many);
		if (!e)
			continue;
		if (found || many)
			return ambiguous(z, name, location);
		if (item->is_lateral_only && !item->is_lateral_ok)
			return not_lateral(z, item, location);
		found = e;
	}
	*ret = found;
	return found ? 1 : 0;
}

static const char *const system_columns[] = { "ctid", "xmin", "xmax", "cmin", "cmax", "tableoid" };

static bool is_system_column(struct str name)
{
	for (size_t i = 0; i < sizeof(system_columns) / sizeof(*system_columns); i++)
		if (str_is(name, system_columns[i]))
			return true;
	return false;
}

static int system_column(struct az *z, struct str name, int location)
{
	err_set(z->c, "0A000", "system column \"%.*s\" is not supported", STR_ARG(name));
	return az_at(z, location);
}

/* Levenshtein distance, capped: what "Perhaps you meant" goes by. */
static int distance(struct str a, struct str b)
{
	int row[65];
	if (a.n > 64 || b.n > 64)
		return 100;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a.n; i++) {
		int diagonal = row[0];
		row[0] = (int)i;
		for (size_t j = 1; j <= b.n; j++) {
			int change = diagonal + (a.p[i - 1] != b.p[j - 1]);
			diagonal = row[j];
			int best = change < row[j] + 1 ? change : row[j] + 1;
			row[j] = best < row[j - 1] + 1 ? best : row[j - 1] + 1;
		}
	}
	return row[b.n];
}

struct guess {
	int best;
	const char *alias[2];
	const char *column[2];
	int n;
};

static void consider(struct guess *g, const struct rte *r, struct str alias, struct str name)
{
	int penalty = alias.n ? distance(alias, str_of(r->alias)) : 0;
	for (size_t i = 0; i < r->columns.n; i++) {
		int d = distance(name, str_of(r->columns.v[i].name)) + penalty;
		if (d > g->best || d > 3 || 2 * (size_t)d > name.n)
			continue;
		if (d < g->best)
			g->n = 0;
		g->best = d;
		if (g->n < 2) {
			g->alias[g->n] = r->alias;
			g->column[g->n] = r->columns.v[i].name;
		}
		g->n++;
	}
}

void az_hint_column(struct az *z, struct str alias, struct str name)
{
	struct guess g = { .best = 4 };
	for (struct scope *s = z->scope; s; s = s->outer)
		for (size_t i = 0; i < s->q->rtes.n; i++)
			consider(&g, s->q->rtes.v[i], alias, name);
	if (g.n >= 1 && g.best == 0)
		err_hint(z->c,
			 "There is a column named \"%.*s\" in table \"%s\", but it cannot be "
			 "referenced from this part of the query.",
			 STR_ARG(name), g.alias[0]);
	else if (g.n == 1)
		err_hint(z->c, "Perhaps you meant to reference the column \"%s.%s\".", g.alias[0],
			 g.column[0]);
	else if (g.n == 2)
		err_hint(z->c,
			 "Perhaps you meant to reference the column \"%s.%s\" or the column "
			 "\"%s.%s\".",
			 g.alias[0], g.column[0], g.alias[1], g.column[1]);
}

static int no_column(struct az *z, struct str alias, struct str name, int location)
{
	if (is_system_column(name))
		return system_column(z, name, location);
	if (alias.n)
		err_set(z->c, "42703", "column %.*s.%.*s does not exist", STR_ARG(alias),
			STR_ARG(name));
	else
		err_set(z->c, "42703", "column \"%.*s\" does not exist", STR_ARG(name));
	az_hint_column(z, alias, name);
	return az_at(z, location);
}

static bool item_matches(const struct ns_item *item, struct str schema, struct str name)
{
	if (!item->is_rel_visible || !str_is(name, item->alias))
		return false;
	return schema.n == 0 || (item->schema && str_is(schema, item->schema));
}

struct ns_item *az_find_item(struct az *z, struct str schema, struct str name, int *ret_levels,
			     int location)
{
	int levels = 0;
	for (struct scope *s = z->scope; s; s = s->outer, levels++) {
		for (size_t i = 0; i < s->items.n; i++) {
			struct ns_item *item = s->items.v[i];
			if (!item_matches(item, schema, name) ||
			    (item->is_lateral_only && !s->is_lateral))
				continue;
			if (item->is_lateral_only && !item->is_lateral_ok) {
				not_lateral(z, item, location);
				return NULL;
			}
			*ret_levels = levels;
			return item;
		}
	}
	return NULL;
}

static struct scope *scope_at(struct az *z, int levels)
{
	struct scope *s = z->scope;
	while (levels--)
		s = s->outer;
	return s;
}

static int missing_from(struct az *z, struct str schema, struct str name, int location)
{
	if (z->c->err.code[0])
		return -1;
	/* A table hidden behind its alias deserves its own message. */
	for (struct scope *s = z->scope; s; s = s->outer)
		for (size_t i = 0; i < s->q->rtes.n; i++) {
			struct rte *r = s->q->rtes.v[i];
			bool hidden = r->kind == RTE_RELATION && str_is(name, r->rel->name) &&
				      strcmp(r->alias, r->rel->name) != 0;
			if (!hidden && !str_is(name, r->alias))
				continue;
			err_set(z->c, "42P01",
				"invalid reference to FROM-clause entry for table \"%.*s\"",
				STR_ARG(name));
			if (hidden)
				err_hint(z->c,
					 "Perhaps you meant to reference the table alias \"%s\".",
					 r->alias);
			else
				err_hint(z->c,
					 "There is an entry for table \"%.*s\", but it cannot be "
					 "referenced from this part of the query.",
					 STR_ARG(name));
			return az_at(z, location);
		}
	if (schema.n)
		err_set(z->c, "42P01", "missing FROM-clause entry for table \"%.*s\"",
			STR_ARG(name));
	else
		err_set(z->c, "42P01", "missing FROM-clause entry for table \"%.*s\"",
			STR_ARG(name));
	return az_at(z, location);
}

static const struct type *row_type_of(const struct rte *r)
{
	if (r->kind == RTE_RELATION && r->rel->row_type)
		return r->rel->row_type;
	bool is_named = r->kind == RTE_FUNCTION && !r->with_ordinality &&
			type_base(r->func->type.type)->kind == TYPE_COMPOSITE;
	return is_named ? r->func->type.type : type_builtin(STR("record"));
}

void az_whole_row(struct az *z, struct scope *s, int levels, struct ns_item *item, int location,
		  struct expr **ret)
{
	if (item->rte < 0) { /* a join's alias: a row of its columns */
		struct expr *row = expr_new(z->a, EX_ROW, TYPEREF(type_builtin(STR("record"))));
		row->names = arena_array(z->a, item->cols.n, sizeof(*row->names));
		for (size_t i = 0; i < item->cols.n; i++) {
			row->names[i] = item->cols.v[i].name;
			VEC_PUSH(z->a, &row->args,
				 az_ns_use(z, s, levels, item->cols.v[i].expr, location));
		}
		row->location = location;
		*ret = row;
		return;
	}
	struct rte *r = s->q->rtes.v[item->rte];
	const struct type *type = row_type_of(r);
	for (size_t i = 0; i < r->columns.n; i++)
		rte_mark(z, r, r->columns.v[i].attnum);
	if (r->kind == RTE_RELATION)
		az_ref(z, location, r->rel->oid, 0, NULL);
	/* A function of one scalar column: its name means the value, not a row. */
	if (r->kind == RTE_FUNCTION && r->columns.n == 1 && !type_is_row(r->func->type.type)) {
		*ret = az_ns_use(z, s, levels, item->cols.v[0].expr, location);
		return;
	}
	struct expr *e = expr_new(z->a, EX_WHOLE_ROW, TYPEREF(type));
	e->rte = item->rte;
	e->levels_up = levels;
	e->location = location;
	*ret = e;
}

static int bare_name(struct az *z, struct str name, int location, struct expr **ret)
{
	int levels = 0;
	for (struct scope *s = z->scope; s; s = s->outer, levels++) {
		struct expr *e;
		int found = find_in_scope(z, s, name, location, &e);
		if (found < 0)
			return -1;
		if (found) {
			*ret = az_ns_use(z, s, levels, e, location);
			return 0;
		}
	}
	struct ns_item *item = az_find_item(z, (struct str){ 0 }, name, &levels, location);
	if (!item)
		return z->c->err.code[0] ? -1 : no_column(z, (struct str){ 0 }, name, location);
	az_whole_row(z, scope_at(z, levels), levels, item, location, ret);
	return 0;
}

/* t.f for a function f of t's row. */
static int computed_column(struct az *z, struct ns_item *item, int levels, struct str name,
			   int location, struct expr **ret)
{
	if (!z->cat->functions.n || item->rte < 0)
		return 0;
	struct scope *s = scope_at(z, levels);
	const struct rte *r = s->q->rtes.v[item->rte];
	if (row_type_of(r)->kind != TYPE_COMPOSITE)
		return 0;
	struct expr row = { .kind = EX_WHOLE_ROW, .type = TYPEREF(row_type_of(r)) };
	struct expr *whole = &row;
	if (!az_has_computed(z, whole, name))
		return 0;
	az_whole_row(z, s, levels, item, location, &whole);
	return az_computed(z, whole, name, location, ret);
}

static int qualified_name(struct az *z, struct str schema, struct str rel, struct str name,
			  int location, struct expr **ret)
{
	int levels;
	struct ns_item *item = az_find_item(z, schema, rel, &levels, location);
	if (!item)
		return missing_from(z, schema, rel, location);
	bool many = false;
	struct expr *e = item_column(item, name, &many);
	if (many)
		return ambiguous(z, name, location);
	if (e) {
		*ret = az_ns_use(z, scope_at(z, levels), levels, e, location);
		return 0;
	}
	int computed = computed_column(z, item, levels, name, location, ret);
	return computed ? (computed < 0 ? -1 : 0) : no_column(z, rel, name, location);
}

static void count_param(struct expr *e, int depth, void *arg)
{
	struct az *z = arg;
	(void)depth;
	if (e->kind == EX_PARAM && e->param > z->n_params)
		z->n_params = e->param;
}

int az_note_params(struct az *z, struct expr *e, int location)
{
	expr_walk_levels(e, 0, count_param, z);
	e->location = location;
	return 0;
}

int az_scope_name(struct az *z, const struct str *parts, size_t n, int location, struct expr **ret)
{
	const struct name_scope *names = z->an->names;
	if (!names || !names->resolve)
		return 0;
	int known = names->resolve(z->c, names->arg, parts, n, ret);
	if (known > 0)
		az_note_params(z, *ret, location);
	else if (known < 0 && !z->c->err.position)
		az_at(z, location);
	return known;
}

/* What stands before .* as a name of the body's. */
static int scope_row(struct az *z, const struct json *fields, int location, struct expr **ret)
{
	struct str parts[3];
	size_t n = fields->count - 1;
	if (n > 3 || z->c->err.code[0])
		return z->c->err.code[0] ? -1 : 0;
	for (size_t i = 0; i < n; i++)
		parts[i] = node_string(json_at(fields, (uint32_t)i));
	return az_scope_name(z, parts, n, location, ret);
}

/* f(t.*): the whole row, as f(t). */
static int star_as_row(struct az *z, const struct json *fields, int location, struct expr **ret)
{
	if (fields->count == 1 || fields->count > 3)
		return err_set(z->c, "42601", "* is not allowed here"), az_at(z, location);
	struct str name = node_string(json_at(fields, fields->count - 2));
	struct str schema = fields->count == 3 ? node_string(fields->child) : (struct str){ 0 };
	int levels;
	struct ns_item *item = az_find_item(z, schema, name, &levels, location);
	if (item) {
		az_whole_row(z, scope_at(z, levels), levels, item, location, ret);
		return 0;
	}
	int known = scope_row(z, fields, location, ret);
	return known ? (known < 0 ? -1 : 0) : missing_from(z, schema, name, location);
}

static int column(struct az *z, const struct str *names, size_t n, int location, struct expr **ret)
{
	if (n == 1)
		return bare_name(z, names[0], location, ret);
	if (n == 3)
		return qualified_name(z, names[0], names[1], names[2], location, ret);
	return qualified_name(z, (struct str){ 0 }, names[0], names[1], location, ret);
}

/* A name that may be a column or one of the body's own. */
static int scoped_column(struct az *z, const struct str *names, size_t n, int location,
			 struct expr **ret)
{
	enum name_conflict on_conflict = z->an->names->on_conflict;
	struct expr *own = NULL, *col = NULL;
	int known = 0;
	if (on_conflict == NAMES_VARIABLE)
		known = az_scope_name(z, names, n, location, ret);
	if (known)
		return known < 0 ? -1 : 0;
	int rc = column(z, names, n, location, &col);
	bool is_missing = rc < 0 && (err_is(z->c, "42703") || err_is(z->c, "42P01"));
	if (on_conflict == NAMES_VARIABLE || (rc < 0 && !is_missing) ||
	    (rc == 0 && on_conflict == NAMES_COLUMN)) {
		*ret = col;
		return rc;
	}
	struct error before = z->c->err;
	err_clear(z->c);
	known = az_scope_name(z, names, n, location, &own);
	if (known < 0 && rc == 0) { /* the column it is, whatever the variable lacks */
		err_clear(z->c);
		known = 0;
	}
	if (known > 0 && rc == 0) {
		struct str all = names[0];
		for (size_t i = 1; i < n; i++)
			all = str_of(
				arena_printf(z->a, "%.*s.%.*s", STR_ARG(all), STR_ARG(names[i])));
		err_set(z->c, "42702", "column reference \"%.*s\" is ambiguous", STR_ARG(all));
		err_details(z->c,
			    "It could refer to either a PL/pgSQL variable or a table column.");
		return az_at(z, location);
	}
	if (known == 0)
		z->c->err = before;
	*ret = known ? own : col;
	return known ? (known < 0 ? -1 : 0) : rc;
}

int az_column_ref(struct az *z, const struct json *body, struct expr **ret)
{
	const struct json *fields = json_get(body, "fields");
	int location = (int)node_location(body);
	const struct json *last = json_at(fields, fields->count - 1);
	if (node_as(last, "A_Star"))
		return star_as_row(z, fields, location, ret);
	if (z->scope->clause == CL_DEFAULT) {
		err_set(z->c, "0A000", "cannot use column reference in DEFAULT expression");
		return az_at(z, location);
	}
	struct str names[3] = { { 0 } };
	if (fields->count > 3)
		return err_set(z->c, "42601", "improper qualified name (too many dotted names)"),
		       az_at(z, location);
	for (uint32_t i = 0; i < fields->count; i++)
		names[i] = node_string(json_at(fields, i));
	if (z->an->names && z->an->names->resolve)
		return scoped_column(z, names, fields->count, location, ret);
	return column(z, names, fields->count, location, ret);
}

static void star_item(struct az *z, struct scope *s, int levels, struct ns_item *item, int location,
		      targets *out)
{
	for (size_t i = 0; i < item->cols.n; i++) {
		struct target t = { .name = item->cols.v[i].name };
		t.expr = az_ns_use(z, s, levels, item->cols.v[i].expr, location);
		VEC_PUSH(z->a, out, t);
	}
}

/* The fields of a body's row variable. */
static int row_fields(struct az *z, struct expr *row, targets *out)
{
	row_columns cols = { 0 };
	if (!az_row_shape(z, row, &cols)) {
		err_set(z->c, "42809", "type %s is not composite", az_type(z, row->type.type));
		return az_at(z, row->location);
	}
	for (size_t i = 0; i < cols.n; i++) {
		struct target t = { .name = cols.v[i].name };
		if (row->kind == EX_ROW)
			t.expr = row->args.v[i];
		else
			TRY(az_field(z, row, str_of(t.name), row->location, &t.expr));
		VEC_PUSH(z->a, out, t);
	}
	return 0;
}

int az_star(struct az *z, const struct json *fields, int location, targets *out)
{
	bool want_refs = z->an->want_refs;
	if (fields->count > 1) {
		struct str name = node_string(json_at(fields, fields->count - 2));
		struct str schema =
			fields->count > 2 ? node_string(json_at(fields, 0)) : (struct str){ 0 };
		int levels;
		struct ns_item *item = az_find_item(z, schema, name, &levels, location);
		if (!item) {
			struct expr *row;
			int known = scope_row(z, fields, location, &row);
			if (known)
				return known < 0 ? -1 : row_fields(z, row, out);
			return missing_from(z, schema, name, location);
		}
		z->an->want_refs = false;
		star_item(z, scope_at(z, levels), levels, item, location, out);
		z->an->want_refs = want_refs;
		return 0;
	}
	bool any = false;
	z->an->want_refs = false;
	for (size_t i = 0; i < z->scope->items.n; i++) {
		struct ns_item *item = z->scope->items.v[i];
		if (!item->is_col_visible || item->is_lateral_only)
			continue;
		star_item(z, z->scope, 0, item, location, out);
		any = true;
	}
	z->an->want_refs = want_refs;
	if (any)
		return 0;
	err_set(z->c, "42601", "SELECT * with no tables specified is not valid");
	return az_at(z, location);
}

struct relation *az_relation(struct az *z, struct str schema, struct str name, int location)
{
	const struct name_scope *names = z->an->names;
	if (!schema.n && names && names->relation) {
		const struct relation *own = names->relation(names->arg, name);
		if (own)
			return (struct relation *)(uintptr_t)own;
	}
	const struct relation *system =
		schema.n ? syscat_relation(schema, name) : syscat_find(z->an->search_path, name);
	if (system)
		return (struct relation *)(uintptr_t)system;
	struct relation *rel = schema.n ? catalog_relation(z->cat, schema, name)
					: catalog_find_relation(z->cat, z->an->search_path, name);
	if (rel)
		return rel;
	if (schema.n)
		err_set(z->c, "42P01", "relation \"%.*s.%.*s\" does not exist", STR_ARG(schema),
			STR_ARG(name));
	else
		err_set(z->c, "42P01", "relation \"%.*s\" does not exist", STR_ARG(name));
	az_at(z, location);
	return NULL;
}

struct cte *az_find_cte(struct az *z, struct str name)
{
	for (struct scope *s = z->scope; s; s = s->outer)
		for (size_t i = s->ctes.n; i-- > 0;)
			if (str_is(name, s->ctes.v[i]->name))
				return s->ctes.v[i];
	return NULL;
}

static void shape_of_relation(struct az *z, const struct relation *rel, row_columns *ret)
{
	for (size_t i = 0; i < rel->columns.n; i++) {
		struct row_column col = { rel->columns.v[i].name, rel->columns.v[i].type };
		VEC_PUSH(z->a, ret, col);
	}
}

/* The rte a whole-row expression of the current scope refers to. */
static const struct rte *whole_row_rte(struct az *z, const struct expr *e)
{
	struct scope *s = z->scope;
	for (int i = 0; i < e->levels_up && s; i++)
		s = s->outer;
	return s && e->rte >= 0 && (size_t)e->rte < s->q->rtes.n ? s->q->rtes.v[e->rte] : NULL;
}

struct expr *az_row_column(struct az *z, const struct expr *e, size_t i)
{
	const struct rte_column *col = &whole_row_rte(z, e)->columns.v[i];
	struct expr *var = expr_var(z->a, e->rte, col->attnum, col->type);
	var->levels_up = e->levels_up;
	return var;
}

const char *az_row_alias(struct az *z, const struct expr *e)
{
	const struct rte *r = whole_row_rte(z, e);
	return r ? r->alias : "?";
}

bool az_row_shape(struct az *z, const struct expr *e, row_columns *ret)
{
	const struct type *t = type_base(e->type.type);
	if (t->kind == TYPE_COMPOSITE && t->row) {
		shape_of_relation(z, t->row, ret);
		return true;
	}
	if (e->kind == EX_CALL && call_out_columns(z->a, e, ret))
		return true;
	if (e->kind == EX_ROW) {
		for (size_t i = 0; i < e->args.n; i++) {
			const char *name =
				e->names ? e->names[i] : arena_printf(z->a, "f%zu", i + 1);
			struct row_column col = { name, e->args.v[i]->type };
			VEC_PUSH(z->a, ret, col);
		}
		return true;
	}
	const struct rte *r = e->kind == EX_WHOLE_ROW ? whole_row_rte(z, e) : NULL;
	if (!r)
		return false;
	for (size_t i = 0; i < r->columns.n; i++) {
		struct row_column col = { r->columns.v[i].name, r->columns.v[i].type };
		VEC_PUSH(z->a, ret, col);
	}
	return true;
}
