/* The types of an instance's variables, and of its result. */
#include "plpgsql/run_int.h"
#include "sql/parse.h"

#include <string.h>

static const struct row_shape *lasting_shape(struct plpgsql_instance *in, const struct type *t)
{
	const struct relation *rel = type_base(t)->row;
	if (!rel)
		return NULL;
	struct row_shape *shape = pl_relation_shape(in->arena, rel);
	shape->is_lasting = true;
	return shape;
}

static void set_type(struct plpgsql_instance *in, struct var_type *vt, struct typeref t)
{
	vt->type = t;
	vt->is_record = !strcmp(t.type->name, "record") && t.type->kind == TYPE_PSEUDO;
	vt->is_row = vt->is_record || type_base(t.type)->kind == TYPE_COMPOSITE;
	if (vt->is_row && !vt->is_record)
		vt->shape = lasting_shape(in, t.type);
}

static struct str quoted_name(struct plpgsql_instance *in, const struct str *parts, size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&b, '.');
		sql_put_ident(&b, parts[i]);
	}
	return str_of(buf_dup(in->arena, &b));
}

static int row_type(struct ctx *c, struct plpgsql_instance *in, const struct str *parts, size_t n,
		    struct typeref *ret)
{
	struct str name = quoted_name(in, parts, n);
	if (in->host->type(c, in->host->arg, name, ret) < 0 ||
	    type_base(ret->type)->kind != TYPE_COMPOSITE) {
		return err_set(c, "42P01", "relation \"%.*s\" does not exist", STR_ARG(name));
	}
	return 0;
}

/* table.column%TYPE */
static int column_type(struct ctx *c, struct plpgsql_instance *in, const struct pl_var *v,
		       struct typeref *ret)
{
	struct typeref row;
	const struct column *col = NULL;
	struct str column = v->like[v->n_like - 1];
	if (v->n_like > 1 && row_type(c, in, v->like, v->n_like - 1, &row) == 0)
		col = relation_column(type_base(row.type)->row, column);
	if (!col)
		return err_set(c, "42601", "syntax error at or near \"%%\"");
	*ret = col->type;
	return 0;
}

static int declared_type(struct ctx *c, struct plpgsql_instance *in, const struct pl_var *v,
			 struct typeref *ret)
{
	if (v->n_like && v->is_rowtype)
		return row_type(c, in, v->like, v->n_like, ret);
	if (v->n_like)
		return column_type(c, in, v, ret);
	if (str_ieq(v->type, STR("refcursor")))
		*ret = TYPEREF(in->text);
	else if (str_ieq(v->type, STR("record")))
		*ret = TYPEREF(type_builtin(STR("record")));
	else if (v->type.n)
		return in->host->type(c, in->host->arg, v->type, ret);
	else
		*ret = (struct typeref){ NULL, -1 }; /* taken from the first value */
	return 0;
}

/* Of parameter i where the caller gave types: one for each input parameter. */
static const struct typeref *actual_type(const struct plpgsql_instance *in, int i)
{
	const struct function *fn = in->spec.function;
	int input = 0;
	if (!in->spec.arg_types || !strchr("ibv", fn->args[i].mode))
		return NULL;
	for (int j = 0; j < i; j++)
		input += strchr("ibv", fn->args[j].mode) != NULL;
	const struct typeref *t = &in->spec.arg_types[input];
	return t->type ? t : NULL;
}

static int resolve_var(struct ctx *c, struct plpgsql_instance *in, size_t i)
{
	const struct pl_var *v = &in->body->vars.v[i];
	struct var_type *vt = &in->types[i];
	const struct function *fn = in->spec.function;
	struct typeref t;
	if (v->argument) {
		const struct typeref *actual = actual_type(in, v->argument - 1);
		t = actual ? *actual : fn->args[v->argument - 1].type;
	} else if (v->like_var >= 0) {
		*vt = in->types[v->like_var];
		return 0;
	} else if (declared_type(c, in, v, &t) < 0) {
		return v->type_offset ? err_at(c, 0) : -1;
	}
	if (t.type)
		set_type(in, vt, t);
	return 0;
}

static bool is_out(const struct func_arg *arg)
{
	return strchr("obt", arg->mode) != NULL;
}

/* OUT parameters and RETURNS TABLE columns as a row. */
static void out_shape(struct plpgsql_instance *in, const struct function *fn)
{
	const char **names = arena_array(in->arena, fn->n_args, sizeof(*names));
	struct typeref *types = arena_array(in->arena, fn->n_args, sizeof(*types));
	size_t n = 0;
	for (int i = 0; i < fn->n_args; i++) {
		if (!is_out(&fn->args[i]))
			continue;
		names[n] = fn->args[i].name;
		types[n++] = in->types[in->body->args[i]].type;
	}
	if (n)
		in->result = (struct row_shape){ names, types, n, true };
	in->has_outs = n > 0;
}

static void resolve_result(struct plpgsql_instance *in)
{
	const struct function *fn = in->spec.function;
	const struct type *t = in->spec.result.type;
	if (!fn || !t || in->spec.rel) {
		in->is_void = !in->spec.rel;
		return;
	}
	in->is_set = fn->returns_set;
	in->is_void = !strcmp(t->name, "void");
	in->is_row_result = type_base(t)->kind == TYPE_COMPOSITE || !strcmp(t->name, "record");
	out_shape(in, fn);
	if (!in->has_outs && type_base(t)->kind == TYPE_COMPOSITE)
		in->result = *lasting_shape(in, t);
	if (in->has_outs && in->result.n == 1 && !in->is_row_result)
		in->spec.result = in->result.types[0];
}

int pl_resolve_types(struct ctx *c, struct plpgsql_instance *in)
{
	in->unknown = type_builtin(STR("unknown"));
	in->boolean = type_of_value(V_BOOL);
	in->text = type_of_value(V_TEXT);
	in->int4 = type_of_value(V_INT4);
	in->int8 = type_of_value(V_INT8);
	in->types = arena_array(in->arena, in->body->vars.n, sizeof(*in->types));
	for (size_t i = 0; i < in->body->vars.n; i++)
		TRY(resolve_var(c, in, i));
	if (in->spec.rel && in->body->new_row >= 0 && in->spec.rel->row_type) {
		set_type(in, &in->types[in->body->new_row], TYPEREF(in->spec.rel->row_type));
		set_type(in, &in->types[in->body->old_row], TYPEREF(in->spec.rel->row_type));
	}
	resolve_result(in);
	return 0;
}
