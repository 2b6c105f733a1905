/* Expressions as SQLite writes them. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "engine/sqlite/agg.h"
#include "engine/sqlite/dialect_int.h"
#include "sql/analyze.h"
#include "sql/builtin.h"
#include "sql/syscat/names.h"
#include "sql/walk.h"

#include <string.h>

/* ---- comparison ---- */

static bool is_symbol(const char *name)
{
	static const char *const symbols[] = { "=", "<>", "<", "<=", ">", ">=" };
	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++) {
		if (strcmp(name, symbols[i]) == 0)
			return true;
	}
	return false;
}

static bool is_int(enum value_type v)
{
	return v == V_INT2 || v == V_INT4 || v == V_INT8 || v == V_OID;
}

static bool is_float(enum value_type v)
{
	return v == V_FLOAT4 || v == V_FLOAT8;
}

/* Stored cells of both types compare by SQLite's operators and one collation. */
static bool is_native(const struct type *a, const struct type *b)
{
	a = type_base(a);
	b = type_base(b);
	if (a == b)
		return a->kind != TYPE_COMPOSITE && a->value != V_JSON;
	if (a->kind == TYPE_ENUM || b->kind == TYPE_ENUM)
		return false;
	if ((a->kind == TYPE_ARRAY) != (b->kind == TYPE_ARRAY))
		return false;
	return a->value == b->value || (is_int(a->value) && is_int(b->value)) ||
	       (is_float(a->value) && is_float(b->value));
}

static void put_side(struct printer *p, const struct expr *e, bool by_rank)
{
	if (by_rank)
		sqlite_put_enum_rank(p, type_base(e->type.type), e);
	else
		print_expr(p, e);
}

static void put_collation(struct printer *p, const struct type *t)
{
	const char *name = sqlite_collation(t);
	if (!name)
		return;
	buf_puts(p->out, " COLLATE ");
	sqlite_put_name(p->out, name);
}

static bool is_order(const char *symbol)
{
	return *symbol == '<' ? symbol[1] != '>' : *symbol == '>';
}

/* A constant NULL or parameter may have no type of its own; the other side has. */
static const struct type *compared_type(const struct expr *l, const struct expr *r)
{
	const struct type *t = type_base(l->type.type);
	return t->kind == TYPE_PSEUDO ? type_base(r->type.type) : t;
}

static void put_comparison(struct printer *p, const struct expr *l, const struct expr *r,
			   const char *symbol)
{
	const struct type *t = compared_type(l, r);
	bool by_rank = t->kind == TYPE_ENUM && is_order(symbol);
	buf_char(p->out, '(');
	put_side(p, l, by_rank);
	buf_printf(p->out, " %s ", symbol);
	put_side(p, r, by_rank);
	if (!by_rank)
		put_collation(p, t);
	buf_char(p->out, ')');
}

bool sqlite_is_native_comparison(const struct builtin *b, const struct type *l,
				 const struct type *r)
{
	return b && b->kind == BUILTIN_OP && b->n_args == 2 && is_symbol(b->name) &&
	       is_native(l, r);
}

static void put_distinct(struct printer *p, const struct expr *e)
{
	put_comparison(p, e->args.v[0], e->args.v[1], e->negated ? "IS" : "IS NOT");
}

/* ---- built-ins ---- */

static void put_args(struct printer *p, const struct expr *e)
{
	for (size_t i = 0; i < e->args.n; i++) {
		buf_puts(p->out, i ? ", " : "");
		print_expr(p, e->args.v[i]);
	}
}

static void put_filter(struct printer *p, const struct expr *e)
{
	if (!e->filter)
		return;
	buf_puts(p->out, " FILTER (WHERE ");
	print_expr(p, e->filter);
	buf_char(p->out, ')');
}

/* An argument of DISTINCT carries its collation: equal means equal to PostgreSQL. */
static void put_arg(struct printer *p, const struct expr *e, size_t i)
{
	if (i >= e->args.n) {
		buf_puts(p->out, "NULL");
		return;
	}
	if (i == 0 && e->is_distinct)
		buf_puts(p->out, "DISTINCT ");
	print_expr(p, e->args.v[i]);
	if (i == 0 && e->is_distinct)
		put_collation(p, e->args.v[0]->type.type);
}

/* An aggregate is told that its argument is a row: json_agg lays those out. */
static long long argument_code(const struct expr *e, size_t i)
{
	const struct type *t = type_base(e->args.v[i]->type.type);
	bool is_row = t->kind == TYPE_COMPOSITE || t->oid == 2249;
	bool is_agg = e->kind == EX_AGG || e->kind == EX_WINDOW;
	return is_row && is_agg ? AGG_ROW_CODE : sqlite_type_code(t);
}

static void put_typed_args(struct printer *p, const struct expr *e)
{
	for (size_t i = 0; i < e->args.n; i++) {
		buf_puts(p->out, i ? ", " : (e->is_distinct ? "DISTINCT " : ""));
		buf_printf(p->out, "%lld, ", argument_code(e, i));
		print_expr(p, e->args.v[i]);
	}
}

/* name(...): nothing around it can pull it apart. */
static bool is_call_template(const char *t)
{
	size_t n = strcspn(t, "( %");
	if (n == 0 || t[n] != '(')
		return false;
	int depth = 0;
	for (t += n; *t; t++) {
		depth += (*t == '(') - (*t == ')');
		if (depth == 0)
			return t[1] == '\0';
	}
	return false;
}

/* One %-directive; returns the place after it. */
static const char *put_directive(struct printer *p, const struct expr *e, const char *t)
{
	if (*t >= '1' && *t <= '8') {
		put_arg(p, e, (size_t)(*t - '1'));
	} else if (*t == '*') {
		if (e->is_distinct && e->args.n)
			buf_puts(p->out, "DISTINCT ");
		put_args(p, e);
	} else if (*t == 't' && t[1] >= '1' && t[1] <= '8') {
		size_t i = (size_t)(*++t - '1');
		const struct type *type = i < e->args.n ? e->args.v[i]->type.type : NULL;
		buf_i64(p->out, type ? sqlite_type_code(type) : 0);
	} else if (*t == 'o' && t[1] == '1') { /* the type itself: pg_typeof */
		t++;
		buf_i64(p->out, e->args.v[0]->type.type->oid);
	} else if (*t == 'r') {
		buf_i64(p->out, sqlite_type_code(e->type.type));
	} else if (*t == 'f') {
		put_filter(p, e);
	} else if (*t == 'c') {
		if (e->args.n)
			put_collation(p, e->args.v[0]->type.type);
	} else if (*t == '#') {
		put_typed_args(p, e);
	} else {
		buf_char(p->out, *t);
	}
	return t + 1;
}

static void put_template(struct printer *p, const struct expr *e, const char *t)
{
	bool has_filter = false;
	while (*t) {
		if (*t != '%' || !t[1]) {
			buf_char(p->out, *t++);
			continue;
		}
		has_filter |= t[1] == 'f';
		t = put_directive(p, e, t + 1);
	}
	if (!has_filter)
		put_filter(p, e);
}

/* ---- aggregates with DISTINCT or ORDER BY inside ---- */

/* SQLite has neither for functions of several arguments: bp_ordered sorts. Of the
 * plain ones (count, min) no order shows, and DISTINCT is SQLite's own. */
static bool needs_order(const struct expr *e)
{
	return e->kind == EX_AGG && (e->order_by.n || e->is_distinct) && e->builtin->sqlite &&
	       strncmp(e->builtin->sqlite, "bp_", 3) == 0;
}

static void put_ordered_spec(struct printer *p, const struct expr *e)
{
	BUF_CLEANUP struct buf spec = buf_make(64 << 10);
	const char *name = e->builtin->sqlite + 3;
	buf_printf(&spec, "[\"%.*s\",%d,[", (int)strcspn(name, "("), name, e->is_distinct);
	for (size_t i = 0; i < e->args.n; i++)
		buf_printf(&spec, "%s%lld", i ? "," : "", argument_code(e, i));
	buf_puts(&spec, "],[");
	for (size_t i = 0; i < e->order_by.n; i++) {
		const struct sort_key *k = &e->order_by.v[i];
		buf_printf(&spec, "%s[%lld,%d,%d]", i ? "," : "",
			   (long long)sqlite_type_code(k->expr->type.type), k->is_desc,
			   k->nulls_first);
	}
	buf_puts(&spec, "]]");
	sqlite_put_text(p->out, buf_view(&spec));
}

static void put_ordered(struct printer *p, const struct expr *e)
{
	buf_puts(p->out, "bp_ordered(");
	put_ordered_spec(p, e);
	for (size_t i = 0; i < e->args.n; i++) {
		buf_puts(p->out, ", ");
		print_expr(p, e->args.v[i]);
	}
	for (size_t i = 0; i < e->order_by.n; i++) {
		buf_puts(p->out, ", ");
		print_expr(p, e->order_by.v[i].expr);
	}
	buf_char(p->out, ')');
	put_filter(p, e);
}

static bool is_reg_array(const struct type *t)
{
	return t->kind == TYPE_ARRAY && sysname_is_reg(t->elem->oid);
}

void sqlite_put_builtin(struct printer *p, const struct expr *e)
{
	const struct builtin *b = e->builtin;
	if (b && needs_order(e)) {
		put_ordered(p, e);
		return;
	}
	if (!b) {
		print_refuse(p, "this call", e->location);
		return;
	}
	if (e->args.n == 2 &&
	    sqlite_is_native_comparison(b, e->args.v[0]->type.type, e->args.v[1]->type.type)) {
		put_comparison(p, e->args.v[0], e->args.v[1], b->name);
		return;
	}
	if (b->kind == BUILTIN_CAST && e->args.n == 1 && is_reg_array(e->args.v[0]->type.type)) {
		buf_printf(p->out, "bp_reg_array_oid(%u, ", e->args.v[0]->type.type->elem->oid);
		print_expr(p, e->args.v[0]);
		buf_char(p->out, ')');
		return;
	}
	if (!b->sqlite) {
		print_refuse(p, arena_printf(p->c->arena, "function or operator %s", b->name),
			     e->location);
		return;
	}
	bool is_bare =
		b->kind == BUILTIN_AGG || b->kind == BUILTIN_WINDOW || is_call_template(b->sqlite);
	buf_puts(p->out, is_bare ? "" : "(");
	put_template(p, e, b->sqlite);
	buf_puts(p->out, is_bare ? "" : ")");
}

/* ---- input, output, coercion ---- */

static bool is_time_word(struct str s)
{
	static const char *const words[] = { "now", "today", "tomorrow", "yesterday" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_ieq(str_trim(s), str_of(words[i])))
			return true;
	}
	return false;
}

static void put_in_call(struct printer *p, const struct expr *e)
{
	buf_printf(p->out, "bp_in(%lld, ", (long long)sqlite_type_code(e->type.type));
	print_expr(p, e->args.v[0]);
	if (e->type.typmod >= 0)
		buf_printf(p->out, ", %d", e->type.typmod);
	buf_char(p->out, ')');
}

/* Of an array its element's. */
static uint32_t element_oid(const struct type *t)
{
	return t->kind == TYPE_ARRAY ? t->elem->oid : t->oid;
}

/* regclass and its kin are looked up when the statement runs. */
static void put_reg_input(struct printer *p, const struct expr *e)
{
	bool is_array = e->type.type->kind == TYPE_ARRAY;
	buf_printf(p->out, "bp_reg_%s(%u, ", is_array ? "array_in" : "in",
		   element_oid(e->type.type));
	if (e->args.v[0]->kind == EX_PARAM && e->args.v[0]->type.type->oid == 705)
		sqlite_put_bind(p, (struct bind){ BIND_PARAM, e->args.v[0]->param,
						  TYPEREF(type_of_value(V_TEXT)) });
	else
		print_expr(p, e->args.v[0]);
	buf_char(p->out, ')');
}

/* A literal is read now, a parameter when it is bound, all else per row. */
static void put_input(struct printer *p, const struct expr *e)
{
	const struct expr *arg = e->args.v[0];
	if (sysname_is_reg(element_oid(e->type.type))) {
		put_reg_input(p, e);
		return;
	}
	if (arg->kind == EX_PARAM && arg->type.type->oid == 705) {
		sqlite_put_bind(p, (struct bind){ BIND_PARAM, arg->param, e->type });
		return;
	}
	if (arg->kind != EX_CONST || arg->datum.kind != D_TEXT || is_time_word(arg->datum.s)) {
		put_in_call(p, e);
		return;
	}
	struct vtype t = sqlite_vtype(p->c->arena, e->type);
	struct datum v;
	if (value_in(p->c, &t, NULL, arg->datum.s, &v) < 0)
		p->failed = -1;
	else
		sqlite_put_datum(p->out, v);
}

static bool is_text(enum value_type v)
{
	return v == V_TEXT || v == V_VARCHAR || v == V_UNKNOWN || v == V_NAME || v == V_CITEXT;
}

static void put_output(struct printer *p, const struct expr *e)
{
	const struct expr *arg = e->args.v[0];
	const struct type *t = type_base(arg->type.type);
	if (t->oid == REG_CLASS || t->oid == OID_INT2VECTOR || t->oid == OID_OIDVECTOR) {
		buf_puts(p->out, t->oid == REG_CLASS ? "bp_reg_out(2205, " : "bp_vector_out(");
		print_expr(p, arg);
		buf_char(p->out, ')');
		return;
	}
	if (t->kind == TYPE_ENUM || (t->kind == TYPE_BASE && is_text(t->value))) {
		print_expr(p, arg);
		return;
	}
	buf_printf(p->out, "bp_out(%lld, ", (long long)sqlite_type_code(t));
	print_expr(p, arg);
	buf_char(p->out, ')');
}

static void put_typmod(struct printer *p, const struct expr *e)
{
	long long code = sqlite_type_code(e->type.type);
	buf_printf(p->out, "bp_cast(%lld, %lld, %d, %d, ", code, code, e->type.typmod,
		   e->is_explicit);
	print_expr(p, e->args.v[0]);
	buf_char(p->out, ')');
}

/* ---- domains ---- */

struct value_walk {
	struct arena *a;
	const struct type *type;
};

static void replace_value(struct expr *e, int depth, void *arg)
{
	const struct value_walk *w = arg;
	if (e->kind != EX_VAR || e->levels_up != depth || e->rte != 0)
		return;
	*e = *expr_new(w->a, EX_FIELD, TYPEREF(w->type));
	e->name = "dv"; /* see put_field */
}

static int domain_check(struct printer *p, const struct type *t, const struct check_def *check,
			struct expr **ret)
{
	const struct sqlite_print *sp = p->arg;
	struct column value = { .name = "value", .attnum = 1, .type = { t->base, -1 } };
	struct relation *rel = ARENA_NEW(p->c->arena, struct relation);
	struct analysis an = { .cat = sp->cat, .search_path = check->expr.search_path };
	struct query *scope;
	rel->name = "value";
	rel->kind = REL_COMPOSITE;
	VEC_PUSH(p->c->arena, &rel->columns, value);
	TRY(analyze_row_expr(p->c, &an, str_of(check->expr.text), rel, type_of_value(V_BOOL),
			     &scope));
	struct value_walk w = { p->c->arena, t->base };
	expr_walk_depth(scope->where, 0, replace_value, &w);
	*ret = scope->where;
	return 0;
}

static void put_domain_check(struct printer *p, const struct type *t, const struct check_def *check)
{
	struct expr *e;
	if (domain_check(p, t, check, &e) < 0) {
		p->failed = -1;
		return;
	}
	buf_puts(p->out, " WHEN ");
	print_expr(p, e);
	buf_puts(p->out, " = 0 THEN bp_raise('23514', ");
	sqlite_put_text(p->out, str_of(arena_printf(p->c->arena,
						    "value for domain %s violates check "
						    "constraint \"%s\"",
						    t->name, check->name)));
	buf_char(p->out, ')');
}

/* The value, once the domain and those below it let it pass. */
static void put_domain(struct printer *p, const struct expr *e)
{
	const struct type *t = e->type.type;
	buf_puts(p->out, "(SELECT CASE");
	for (; t->kind == TYPE_DOMAIN; t = t->base) {
		if (t->not_null) {
			buf_puts(p->out, " WHEN dv IS NULL THEN bp_raise('23502', ");
			sqlite_put_text(p->out,
					str_of(arena_printf(p->c->arena,
							    "domain %s does not allow null values",
							    t->name)));
			buf_char(p->out, ')');
		}
		for (const struct check_def *check = t->checks; check; check = check->next)
			put_domain_check(p, t, check);
	}
	buf_puts(p->out, " WHEN NULL THEN NULL ELSE dv END FROM (SELECT ");
	print_expr(p, e->args.v[0]);
	buf_puts(p->out, " AS dv))");
}

/* ---- rows and arrays ---- */

static void put_row_spec(struct printer *p, const char *const *names, const struct type **types,
			 size_t n)
{
	BUF_CLEANUP struct buf spec = buf_make(1 << 20);
	buf_char(&spec, '[');
	for (size_t i = 0; i < n; i++) {
		buf_puts(&spec, i ? ",[" : "[");
		json_put_string(&spec, str_of(names[i]));
		buf_printf(&spec, ",%lld]", (long long)sqlite_type_code(types[i]));
	}
	buf_char(&spec, ']');
	sqlite_put_text(p->out, buf_view(&spec));
}

static void put_row(struct printer *p, const struct expr *e)
{
	const char **names = arena_array(p->c->arena, e->args.n, sizeof(*names));
	const struct type **types = arena_array(p->c->arena, e->args.n, sizeof(*types));
	for (size_t i = 0; i < e->args.n; i++) {
		names[i] = e->names && e->names[i] ? e->names[i]
						   : arena_printf(p->c->arena, "f%zu", i + 1);
		types[i] = e->args.v[i]->type.type;
	}
	buf_puts(p->out, "bp_row(");
	put_row_spec(p, names, types, e->args.n);
	for (size_t i = 0; i < e->args.n; i++) {
		buf_puts(p->out, ", ");
		print_expr(p, e->args.v[i]);
	}
	buf_char(p->out, ')');
}

static struct expr *column_var(struct printer *p, const struct expr *whole,
			       const struct rte_column *col)
{
	struct expr *v = expr_var(p->c->arena, whole->rte, col->attnum, col->type);
	v->levels_up = whole->levels_up;
	return v;
}

/* A subquery's row has no rowid to tell a row of NULLs from none. */
static void put_any_not_null(struct printer *p, const struct expr *row)
{
	buf_puts(p->out, "CASE WHEN ");
	for (size_t i = 0; i < row->args.n; i++) {
		buf_puts(p->out, i ? " OR " : "");
		print_expr(p, row->args.v[i]);
		buf_puts(p->out, " IS NOT NULL");
	}
	buf_puts(p->out, " THEN ");
}

/* A row that an outer join made of NULLs is NULL as a whole. */
static void put_whole_row(struct printer *p, const struct expr *e)
{
	const struct rte *rte = print_rte_of(p, e->levels_up, e->rte);
	struct expr row = { .kind = EX_ROW, .type = e->type, .location = e->location };
	const char **names = arena_array(p->c->arena, rte->columns.n, sizeof(*names));
	for (size_t i = 0; i < rte->columns.n; i++) {
		names[i] = rte->columns.v[i].name;
		VEC_PUSH(p->c->arena, &row.args, column_var(p, e, &rte->columns.v[i]));
	}
	row.names = names;
	bool is_table = rte->kind == RTE_RELATION && rte->rel->kind != REL_VIEW &&
			!sqlite_row_source(p, e->levels_up, e->rte);
	if (is_table) {
		buf_puts(p->out, "CASE WHEN ");
		print_alias(p, e->levels_up, e->rte);
		buf_printf(p->out, ".%s IS NOT NULL THEN ", sqlite_rowid_name(rte->rel));
	}
	bool is_optional = !is_table && rte->is_nullable && row.args.n;
	if (is_optional)
		put_any_not_null(p, &row);
	put_row(p, &row);
	buf_puts(p->out, is_table || is_optional ? " END" : "");
}

static void put_field(struct printer *p, const struct expr *e)
{
	if (!e->args.n) { /* a column of the SQL around it, see dialect_set.c */
		buf_puts(p->out, e->name);
		return;
	}
	buf_printf(p->out, "bp_field(%lld, ", (long long)sqlite_type_code(e->type.type));
	print_expr(p, e->args.v[0]);
	buf_puts(p->out, ", ");
	sqlite_put_text(p->out, str_of(e->name));
	buf_char(p->out, ')');
}

static void put_array(struct printer *p, const struct expr *e)
{
	const struct type *t = type_base(e->type.type);
	bool is_nested = e->args.n && type_base(e->args.v[0]->type.type)->kind == TYPE_ARRAY;
	buf_printf(p->out, "bp_array(%lld",
		   (long long)sqlite_type_code(t->kind == TYPE_ARRAY && !is_nested ? t->elem : t));
	for (size_t i = 0; i < e->args.n; i++) {
		buf_puts(p->out, ", ");
		print_expr(p, e->args.v[i]);
	}
	buf_char(p->out, ')');
}

static bool is_vector(const struct type *t)
{
	return t->oid == OID_INT2VECTOR || t->oid == OID_OIDVECTOR;
}

static void put_subscript(struct printer *p, const struct expr *e)
{
	const struct type *t = e->args.v[0]->type.type;
	buf_printf(p->out, "%s(%lld, ", e->is_slice ? "bp_slice" : "bp_subscript",
		   (long long)sqlite_type_code(t));
	for (size_t i = 0; i < e->args.n; i++) {
		bool is_index = i && e->args.v[i] && is_vector(t);
		buf_puts(p->out, i ? ", " : "");
		if (e->args.v[i])
			print_expr(p, e->args.v[i]);
		else
			buf_puts(p->out, "NULL");
		/* vectors count from 0, and are kept as arrays that count from 1 */
		buf_puts(p->out, is_index ? " + 1" : "");
	}
	if (e->is_slice && e->args.n < 3)
		buf_puts(p->out, ", NULL");
	buf_char(p->out, ')');
}

static bool is_aggregated(struct expr *e, void *arg)
{
	*(bool *)arg |= e->kind == EX_AGG || e->kind == EX_WINDOW;
	return true;
}

/* The extreme of the first n arguments, without a subquery. */
static void put_extreme_case(struct printer *p, const struct expr *e, size_t n)
{
	if (n == 1) {
		print_expr(p, e->args.v[0]);
		return;
	}
	const struct expr *last = e->args.v[n - 1];
	buf_puts(p->out, "CASE WHEN (");
	put_extreme_case(p, e, n - 1);
	buf_puts(p->out, ") IS NULL THEN ");
	print_expr(p, last);
	buf_puts(p->out, " WHEN (");
	print_expr(p, last);
	buf_puts(p->out, ")");
	put_collation(p, type_base(e->type.type));
	buf_puts(p->out, e->kind == EX_GREATEST ? " > (" : " < (");
	put_extreme_case(p, e, n - 1);
	buf_puts(p->out, ") THEN ");
	print_expr(p, last);
	buf_puts(p->out, " ELSE ");
	put_extreme_case(p, e, n - 1);
	buf_puts(p->out, " END");
}

/* GREATEST and LEAST skip NULLs, as SQLite's aggregates do; enums by rank. An
 * aggregate cannot stand in a subquery of its own, so few of those are compared
 * one by one. */
static void put_extreme(struct printer *p, const struct expr *e)
{
	const struct type *t = type_base(e->type.type);
	bool aggregated = false;
	for (size_t i = 0; i < e->args.n; i++)
		expr_walk(e->args.v[i], false, is_aggregated, &aggregated);
	if (aggregated && e->args.n <= 4) {
		buf_char(p->out, '(');
		put_extreme_case(p, e, e->args.n);
		buf_char(p->out, ')');
		return;
	}
	buf_printf(p->out, "(SELECT %s(g", e->kind == EX_GREATEST ? "max" : "min");
	put_collation(p, t);
	buf_puts(p->out, ") FROM (");
	for (size_t i = 0; i < e->args.n; i++) {
		buf_puts(p->out, i ? " UNION ALL SELECT " : "SELECT ");
		print_expr(p, e->args.v[i]);
		buf_puts(p->out, i ? "" : " AS g");
	}
	buf_puts(p->out, "))");
}

static void put_nullif(struct printer *p, const struct expr *e)
{
	buf_puts(p->out, "nullif(");
	print_expr(p, e->args.v[0]);
	put_collation(p, e->args.v[0]->type.type);
	buf_puts(p->out, ", ");
	print_expr(p, e->args.v[1]);
	buf_char(p->out, ')');
}

static void put_window(struct printer *p, const struct expr *e)
{
	sqlite_put_builtin(p, e);
	buf_puts(p->out, " OVER ");
	print_window(p, e->window);
}

/* ---- the hook ---- */

const struct row_source *sqlite_row_source(const struct printer *p, int levels_up, int rte)
{
	for (int i = 0; i < levels_up; i++)
		p = p->outer;
	const struct sqlite_print *sp = p->arg;
	if (p->outer)
		return NULL;
	for (size_t i = 0; i < sp->n_rows; i++) {
		if (sp->rows[i].rte == rte)
			return &sp->rows[i];
	}
	return NULL;
}

static bool put_var(struct printer *p, const struct expr *e)
{
	if (e->rte < 0) /* an output of a set operation */
		return false;
	const struct rte *rte = print_rte_of(p, e->levels_up, e->rte);
	const struct row_source *row = sqlite_row_source(p, e->levels_up, e->rte);
	if (e->attnum == 0 && !row) { /* the row itself: is it there, which is it */
		print_alias(p, e->levels_up, e->rte);
		buf_printf(p->out, ".%s", sqlite_rowid_name(rte->rel));
		return true;
	}
	if (!row)
		return sqlite_put_function_var(p, rte, e);
	for (size_t i = 0; i < rte->columns.n; i++) {
		if (rte->columns.v[i].attnum != e->attnum)
			continue;
		sqlite_put_bind(p, (struct bind){ BIND_ROW, row->base + (int)i, { NULL, -1 } });
		return true;
	}
	return false;
}

static bool put_structure(struct printer *p, const struct expr *e)
{
	switch (e->kind) {
	case EX_ROW:
		put_row(p, e);
		return true;
	case EX_WHOLE_ROW:
		put_whole_row(p, e);
		return true;
	case EX_FIELD:
		put_field(p, e);
		return true;
	case EX_ARRAY:
		put_array(p, e);
		return true;
	case EX_SUBSCRIPT:
		put_subscript(p, e);
		return true;
	case EX_GREATEST:
	case EX_LEAST:
		put_extreme(p, e);
		return true;
	case EX_NULLIF:
		put_nullif(p, e);
		return true;
	case EX_ANY_ALL:
		sqlite_put_any_all(p, e);
		return true;
	case EX_SUBLINK:
		return sqlite_put_sublink(p, e);
	default:
		return false;
	}
}

bool sqlite_dialect_expr(struct printer *p, const struct expr *e)
{
	switch (e->kind) {
	case EX_VAR:
		return put_var(p, e);
	case EX_CONST:
		sqlite_put_datum(p->out, e->datum);
		return true;
	case EX_PARAM:
		sqlite_put_bind(p, (struct bind){ BIND_PARAM, e->param, e->type });
		return true;
	case EX_FUNC:
	case EX_AGG:
	case EX_CURRENT:
		sqlite_put_builtin(p, e);
		return true;
	case EX_CALL:
		sqlite_put_call(p, e);
		return true;
	case EX_WINDOW:
		put_window(p, e);
		return true;
	case EX_DISTINCT:
		put_distinct(p, e);
		return true;
	case EX_INPUT:
		put_input(p, e);
		return true;
	case EX_OUTPUT:
		put_output(p, e);
		return true;
	case EX_TYPMOD:
		put_typmod(p, e);
		return true;
	case EX_DOMAIN:
		put_domain(p, e);
		return true;
	default:
		return put_structure(p, e);
	}
}
