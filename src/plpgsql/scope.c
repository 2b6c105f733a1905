/* Names in scope, and the names of conditions. */
#include "plpgsql/parse_int.h"

static bool can_have_fields(const struct plpgsql_body *b, const struct pl_ns *item)
{
	return b->vars.v[item->var].shape != SHAPE_SCALAR;
}

/* Names between `from` and the label that ends their block. */
static const struct pl_ns *find_var(const struct plpgsql_body *b, const struct pl_ns *from,
				    struct str name, bool has_more)
{
	for (; from && from->kind == NS_VAR; from = from->up)
		if (str_eq(from->name, name) && (!has_more || can_have_fields(b, from)))
			return from;
	return NULL;
}

bool pl_ns_find(const struct plpgsql_body *b, const struct pl_ns *ns, const struct str *parts,
		size_t n, bool is_local, int *ret_var, size_t *ret_used)
{
	while (ns) {
		const struct pl_ns *found = find_var(b, ns, parts[0], n > 1), *label = ns;
		size_t used = 1;
		while (label && label->kind == NS_VAR)
			label = label->up;
		if (!found && n > 1 && label && str_eq(label->name, parts[0]) && label->name.n) {
			found = find_var(b, ns, parts[1], n > 2);
			used = 2;
		}
		if (found) {
			*ret_var = found->var;
			*ret_used = used;
			return true;
		}
		if (is_local || !label)
			return false;
		ns = label->up;
	}
	return false;
}

void pl_ns_push(struct pl_parser *p, struct str label, int kind)
{
	struct pl_ns *ns = ARENA_NEW(p->a, struct pl_ns);
	*ns = (struct pl_ns){ .kind = NS_LABEL, .name = label, .up = p->ns };
	ns->label = kind;
	p->ns = ns;
}

int pl_var_add(struct pl_parser *p, struct pl_var v)
{
	struct pl_ns *ns = ARENA_NEW(p->a, struct pl_ns);
	int no = (int)p->b->vars.n;
	*ns = (struct pl_ns){ .kind = NS_VAR, .name = v.name, .var = no, .up = p->ns };
	VEC_PUSH(p->a, &p->b->vars, v);
	p->ns = ns;
	return no;
}

static const struct {
	const char *name, *code;
} conditions[] = {
#define CONDITION(name, code) { #name, code },
#include "sqlstates.def"
#undef CONDITION
};

const char *pl_condition_next(struct str name, size_t *pos)
{
	while (*pos < sizeof(conditions) / sizeof(*conditions)) {
		size_t i = (*pos)++;
		if (str_is(name, conditions[i].name))
			return conditions[i].code;
	}
	return NULL;
}

const char *pl_condition_code(struct str name)
{
	size_t pos = 0;
	return pl_condition_next(name, &pos);
}
