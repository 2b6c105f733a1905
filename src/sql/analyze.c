/* The analyser's entry points. */
#include "sql/analyze.h"

#include "sql/analyze_int.h"

static struct az begin(struct ctx *c, struct analysis *an)
{
	err_clear(c);
	return (struct az){ .c = c, .a = c->arena, .an = an, .cat = an->cat };
}

int analyze_query(struct ctx *c, struct analysis *an, const struct json *stmt, struct query **ret)
{
	struct az z = begin(c, an);
	struct query *q;
	TRY(az_query(&z, stmt, &q));
	TRY(az_outputs_known(&z, q));
	q->n_params = z.n_params;
	*ret = q;
	return 0;
}

/* The relation's row as the only thing in scope. */
static int row_scope(struct az *z, const struct relation *rel, struct query *q)
{
	struct rte *r = ARENA_NEW(z->a, struct rte);
	r->kind = RTE_RELATION;
	r->rel = rel;
	r->alias = rel->name;
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *c = &rel->columns.v[i];
		struct rte_column col = { c->name, c->type, c->attnum };
		VEC_PUSH(z->a, &r->columns, col);
	}
	query_add_rte(z, q, r);
	struct from_item *leaf = ARENA_NEW(z->a, struct from_item);
	VEC_PUSH(z->a, &q->from, leaf);
	struct ns_item *item = ns_for_rte(z, q, 0);
	item->schema = rel->schema;
	VEC_PUSH(z->a, &z->scope->items, item);
	return 0;
}

static int want_type(struct az *z, struct expr *e, const struct type *want, struct expr **ret)
{
	if (want->value == V_BOOL && want->kind == TYPE_BASE)
		return az_to_bool(z, e, "CHECK", ret);
	if (!coerce_can(e->type.type, want, COERCE_ASSIGN)) {
		err_set(z->c, "42804", "expression is of type %s but type %s is expected",
			az_type(z, e->type.type), az_type(z, want));
		err_hint(z->c, "You will need to rewrite or cast the expression.");
		return az_at(z, e->location);
	}
	return coerce_expr(z, e, TYPEREF(want), COERCE_ASSIGN, ret);
}

int analyze_row_expr(struct ctx *c, struct analysis *an, struct str text,
		     const struct relation *rel, const struct type *want, struct query **ret_scope)
{
	const struct json *node;
	struct expr *e;
	TRY(sql_parse_expr(c, text, &node));
	an->text = text;
	struct az z = begin(c, an);
	struct query *q = ARENA_NEW(c->arena, struct query);
	q->result_rte = q->source_rte = -1;
	scope_push(&z, q);
	TRY(row_scope(&z, rel, q));
	TRY(az_expr_in(&z, node, CL_ROW, &e));
	if (want)
		TRY(want_type(&z, e, want, &e));
	else if (type_is_unknown(e->type.type))
		TRY(coerce_expr(&z, e, TYPEREF(type_of_value(V_TEXT)), COERCE_IMPLICIT, &e));
	q->where = e;
	*ret_scope = q;
	return 0;
}

int analyze_default(struct ctx *c, struct analysis *an, struct str text, struct typeref want,
		    struct expr **ret)
{
	const struct json *node;
	struct expr *e;
	TRY(sql_parse_expr(c, text, &node));
	an->text = text;
	struct az z = begin(c, an);
	struct query *q = ARENA_NEW(c->arena, struct query);
	scope_push(&z, q);
	TRY(az_expr_in(&z, node, CL_DEFAULT, &e));
	if (!coerce_can(e->type.type, want.type, COERCE_ASSIGN)) {
		err_set(c, "42804", "column is of type %s but default expression is of type %s",
			az_type(&z, want.type), az_type(&z, e->type.type));
		err_hint(c, "You will need to rewrite or cast the expression.");
		return az_at(&z, e->location);
	}
	return coerce_expr(&z, e, want, COERCE_ASSIGN, ret);
}

int analyze_cast(struct ctx *c, struct analysis *an, struct typeref from, struct typeref to,
		 struct expr **ret)
{
	struct az z = begin(c, an);
	struct expr *e = expr_new(c->arena, EX_PARAM, from);
	e->param = 1;
	e->location = -1;
	enum coercion how =
		coerce_can(from.type, to.type, COERCE_ASSIGN) ? COERCE_ASSIGN : COERCE_EXPLICIT;
	if (!coerce_can(from.type, to.type, how))
		return err_set(c, "42804", "cannot cast type %s to %s", az_type(&z, from.type),
			       az_type(&z, to.type));
	return coerce_expr(&z, e, to, how, ret);
}

int analyze_type_name(struct ctx *c, struct analysis *an, const struct json *type_name,
		      struct typeref *ret)
{
	struct az z = begin(c, an);
	const struct json *body = node_as(type_name, "TypeName");
	return az_type_name(&z, body ? body : type_name, ret);
}
