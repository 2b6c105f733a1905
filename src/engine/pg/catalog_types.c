/* Types, functions and roles of a PostgreSQL database. */
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

#include <stdlib.h>

static const char TYPES_SQL[] =
	"SELECT t.oid, n.nspname, t.typname, t.typtype, t.typcategory, t.typelem, t.typarray,"
	" t.typbasetype, t.typtypmod, pg_get_userbyid(t.typowner), t.typnotnull, t.typdefault,"
	" (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid "
	"= t.oid)"
	" FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace"
	" WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_toast'"
	" AND (t.typtype <> 'c' OR n.nspname <> 'pg_catalog') ORDER BY t.oid";

static const char FUNCTIONS_SQL[] =
	"SELECT p.oid, n.nspname, p.proname, pg_get_userbyid(p.proowner), l.lanname,"
	" obj_description(p.oid, 'pg_proc'), coalesce(p.proargnames::text, ''),"
	" array_to_json(coalesce(p.proallargtypes, p.proargtypes::oid[])),"
	" to_json(coalesce(p.proargnames, '{}')), to_json(coalesce(p.proargmodes::text[], '{}')),"
	" p.pronargdefaults, p.prorettype, p.proretset, p.provolatile, p.proisstrict, p.prosecdef,"
	" p.prorows, p.proacl::text, p.provariadic"
	" FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
	" JOIN pg_language l ON l.oid = p.prolang"
	" WHERE p.prokind = 'f' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY "
	"2, 3, 1";

static const char ROLES_SQL[] =
	"SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcanlogin, r.rolinherit, "
	"r.rolcreaterole,"
	" r.rolcreatedb, (SELECT json_agg(pg_get_userbyid(m.roleid)) FROM pg_auth_members m"
	" WHERE m.member = r.oid), (SELECT json_agg(s) FROM pg_db_role_setting d, "
	"unnest(d.setconfig) s"
	" WHERE d.setrole = r.oid AND d.setdatabase IN (0, (SELECT oid FROM pg_database"
	" WHERE datname = current_database()))) FROM pg_roles r ORDER BY 1";

const struct type *pg_type_by_oid(const struct catalog *cat, uint32_t oid)
{
	const struct type *t = type_builtin_by_oid(oid);
	for (size_t i = 0; !t && cat && i < cat->types.n; i++)
		if (cat->types.v[i]->oid == oid)
			t = cat->types.v[i];
	return t;
}

static int cell_json(struct ctx *c, const PGresult *res, int row, int col, struct json **ret)
{
	if (PQgetisnull(res, row, col)) {
		*ret = NULL;
		return 0;
	}
	struct str text = str_copy(c->arena, pg_cell(res, row, col));
	return json_parse(c, text, (struct json_limits){ 0 }, ret);
}

static enum type_kind kind_of(char typtype, bool is_array)
{
	switch (typtype) {
	case 'e':
		return TYPE_ENUM;
	case 'd':
		return TYPE_DOMAIN;
	case 'c':
		return TYPE_COMPOSITE;
	case 'p':
		return TYPE_PSEUDO;
	default:
		return is_array ? TYPE_ARRAY : TYPE_BASE;
	}
}

static int set_labels(struct ctx *c, struct arena *a, const PGresult *res, int row, struct type *t)
{
	struct json *list;
	TRY(cell_json(c, res, row, 12, &list));
	if (!list)
		return 0;
	t->labels = arena_array(a, list->count, sizeof(*t->labels));
	for (struct json *m = list->child; m; m = m->next)
		t->labels[t->n_labels++] = str_dup(a, m->text);
	return 0;
}

/* Second pass: element, array and base types, once every type is known. */
static void link_type(struct catalog *cat, struct type *t, uint32_t elem, uint32_t array,
		      uint32_t base)
{
	if (t->kind == TYPE_ARRAY)
		t->elem = pg_type_by_oid(cat, elem);
	t->array = array ? pg_type_by_oid(cat, array) : NULL;
	if (t->kind == TYPE_DOMAIN)
		t->base = pg_type_by_oid(cat, base);
}

static void set_values(struct catalog *cat)
{
	for (size_t i = 0; i < cat->types.n; i++) {
		struct type *t = cat->types.v[i];
		const struct type *b = type_base(t);
		if (b->kind == TYPE_ENUM)
			t->value = V_ENUM;
		else if (b->kind == TYPE_ARRAY && b->elem)
			t->value = type_base(b->elem)->value;
		else if (b != t)
			t->value = b->value;
	}
}

int pg_catalog_types(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, TYPES_SQL, &res));
	size_t first = cat->types.n;
	int n = PQntuples(res);
	int *rows = arena_array(c->arena, (size_t)n + 1, sizeof(*rows));
	for (int i = 0; i < n; i++) {
		uint32_t oid = pg_cell_oid(res, i, 0);
		if (type_builtin_by_oid(oid))
			continue;
		struct type *t = ARENA_NEW(a, struct type);
		t->oid = oid;
		t->schema = str_dup(a, pg_cell(res, i, 1));
		t->name = str_dup(a, pg_cell(res, i, 2));
		t->category = PQgetvalue(res, i, 4)[0];
		t->kind = kind_of(PQgetvalue(res, i, 3)[0], t->category == 'A');
		t->value = V_TEXT;
		t->base_typmod = atoi(PQgetvalue(res, i, 8));
		t->owner = str_dup(a, pg_cell(res, i, 9));
		t->not_null = PQgetvalue(res, i, 10)[0] == 't';
		t->default_sql = PQgetisnull(res, i, 11) ? NULL : str_dup(a, pg_cell(res, i, 11));
		TRY(set_labels(c, a, res, i, t));
		rows[cat->types.n - first] = i;
		VEC_PUSH(a, &cat->types, t);
	}
	for (size_t k = first; k < cat->types.n; k++) {
		int i = rows[k - first];
		link_type(cat, cat->types.v[k], pg_cell_oid(res, i, 5), pg_cell_oid(res, i, 6),
			  pg_cell_oid(res, i, 7));
	}
	set_values(cat);
	return 0;
}

static int read_args(struct ctx *c, struct catalog *cat, const PGresult *res, int row,
		     struct function *f)
{
	struct json *types, *names, *modes;
	TRY(cell_json(c, res, row, 7, &types));
	TRY(cell_json(c, res, row, 8, &names));
	TRY(cell_json(c, res, row, 9, &modes));
	f->args = arena_array(cat->arena, types->count, sizeof(*f->args));
	for (struct json *t = types->child; t; t = t->next) {
		const struct json *name = json_at(names, f->n_args);
		const struct json *mode = json_at(modes, f->n_args);
		int64_t oid = 0;
		str_to_i64(t->text, &oid);
		f->args[f->n_args++] = (struct func_arg){
			.name = name ? str_dup(cat->arena, name->text) : "",
			.type = TYPEREF(pg_type_by_oid(cat, (uint32_t)oid)),
			.mode = mode ? mode->text.p[0] : 'i',
		};
	}
	return 0;
}

/* Defaults belong to the last n input arguments. */
static void mark_defaults(struct function *f, int n)
{
	for (int i = f->n_args - 1; i >= 0 && n > 0; i--) {
		if (f->args[i].mode == 'o' || f->args[i].mode == 't')
			continue;
		f->args[i].has_default = true;
		n--;
	}
}

int pg_catalog_functions(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, FUNCTIONS_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct function *f = ARENA_NEW(a, struct function);
		f->oid = pg_cell_oid(res, i, 0);
		f->schema = str_dup(a, pg_cell(res, i, 1));
		f->name = str_dup(a, pg_cell(res, i, 2));
		f->owner = str_dup(a, pg_cell(res, i, 3));
		f->language = str_dup(a, pg_cell(res, i, 4));
		f->comment = PQgetisnull(res, i, 5) ? NULL : str_dup(a, pg_cell(res, i, 5));
		TRY(read_args(c, cat, res, i, f));
		mark_defaults(f, atoi(PQgetvalue(res, i, 10)));
		f->returns = TYPEREF(pg_type_by_oid(cat, pg_cell_oid(res, i, 11)));
		f->returns_set = PQgetvalue(res, i, 12)[0] == 't';
		f->volatility = PQgetvalue(res, i, 13)[0];
		f->is_strict = PQgetvalue(res, i, 14)[0] == 't';
		f->security_definer = PQgetvalue(res, i, 15)[0] == 't';
		f->rows = strtod(PQgetvalue(res, i, 16), NULL);
		if (!PQgetisnull(res, i, 17))
			f->acl = pg_acl_parse(a, pg_cell(res, i, 17));
		VEC_PUSH(a, &cat->functions, f);
	}
	return 0;
}

int pg_catalog_roles(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, ROLES_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct role *r = ARENA_NEW(a, struct role);
		struct json *groups, *settings;
		r->name = str_dup(a, pg_cell(res, i, 0));
		r->is_superuser = PQgetvalue(res, i, 1)[0] == 't';
		r->bypass_rls = PQgetvalue(res, i, 2)[0] == 't';
		r->can_login = PQgetvalue(res, i, 3)[0] == 't';
		r->inherits = PQgetvalue(res, i, 4)[0] == 't';
		r->create_role = PQgetvalue(res, i, 5)[0] == 't';
		r->create_db = PQgetvalue(res, i, 6)[0] == 't';
		TRY(cell_json(c, res, i, 7, &groups));
		TRY(cell_json(c, res, i, 8, &settings));
		for (struct json *m = groups ? groups->child : NULL; m; m = m->next)
			VEC_PUSH(a, &r->member_of, str_dup(a, m->text));
		for (struct json *m = settings ? settings->child : NULL; m; m = m->next)
			VEC_PUSH(a, &r->settings, str_dup(a, m->text));
		VEC_PUSH(a, &cat->roles, r);
	}
	return 0;
}
