/* has_*_privilege([role,] object, privileges), pg_has_role, row_security_active. */
#include "base/arena.h"
#include "base/buf.h"
#include "engine/sqlite/func_catalog.h"
#include "sql/builtin.h"
#include "sql/syscat/names.h"
#include "sql/syscat/syscat.h"

#include <string.h>

static const struct {
	const char *name;
	uint32_t bit;
} privileges[] = {
	{ "select", PRIV_SELECT },     { "insert", PRIV_INSERT },
	{ "update", PRIV_UPDATE },     { "delete", PRIV_DELETE },
	{ "truncate", PRIV_TRUNCATE }, { "references", PRIV_REFERENCES },
	{ "trigger", PRIV_TRIGGER },   { "execute", PRIV_EXECUTE },
	{ "usage", PRIV_USAGE },       { "create", PRIV_CREATE },
	{ "connect", PRIV_CONNECT },   { "temporary", PRIV_TEMPORARY },
	{ "temp", PRIV_TEMPORARY },
};

/* One of the list suffices; a kind of object knows only some of them. */
static int privilege_bits(struct ctx *c, struct datum v, uint32_t allowed, uint32_t *ret)
{
	static const char option[] = " with grant option";
	struct str list = v.kind == D_TEXT ? v.s : STR("");
	uint32_t bits = 0;
	while (list.p) {
		struct str word = str_trim(str_split(&list, ','));
		uint32_t bit = 0;
		size_t n = sizeof(option) - 1;
		if (word.n > n && str_ieq(str_from(word, word.n - n), str_of(option)))
			word = str_sub(word, 0, word.n - n);
		for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++) {
			if (str_ieq(word, str_of(privileges[i].name)))
				bit = privileges[i].bit & allowed;
		}
		if (!bit)
			return err_set(c, "22023", "unrecognized privilege type: \"%.*s\"",
				       STR_ARG(word));
		bits |= bit;
	}
	*ret = bits;
	return 0;
}

static int role_of(struct ctx *c, const struct sqlite_conn *cn, struct datum v, struct str *ret)
{
	if (v.kind == D_INT) {
		const char *name = syscat_role_name(cn->cat, (uint32_t)v.i);
		*ret = str_of(name ? name : "");
		return 0;
	}
	if (str_is(v.s, "public")) {
		*ret = STR("");
		return 0;
	}
	if (!catalog_role(cn->cat, v.s))
		return err_set(c, "42704", "role \"%.*s\" does not exist", STR_ARG(v.s));
	*ret = v.s;
	return 0;
}

/* The role, and the arguments behind it. */
struct question {
	struct str role;
	const struct datum *object;
	uint32_t bits;
};

static int ask(struct ctx *c, const struct sqlite_conn *cn, const struct datum *a, int n,
	       int n_object, uint32_t allowed, struct question *ret)
{
	ret->role = str_of(sqlite_conn_role(cn));
	if (n == n_object + 2)
		TRY(role_of(c, cn, a[0], &ret->role));
	ret->object = &a[n - n_object - 1];
	return privilege_bits(c, a[n - 1], allowed, &ret->bits);
}

static const struct relation *relation_of(const struct catalog *cat, uint32_t oid)
{
	const struct relation *rel = catalog_relation_by_oid(cat, oid);
	return rel ? rel : syscat_relation_by_oid(oid);
}

/* NULL in *ret for an oid that nothing has. */
static int find_relation(struct ctx *c, const struct sqlite_conn *cn, struct datum v,
			 const struct relation **ret)
{
	uint32_t oid;
	TRY(catalog_oid(c, cn, REG_CLASS, v, &oid));
	*ret = relation_of(cn->cat, oid);
	return 0;
}

enum {
	ON_TABLE = PRIV_INSERT | PRIV_SELECT | PRIV_UPDATE | PRIV_DELETE | PRIV_TRUNCATE |
		   PRIV_REFERENCES | PRIV_TRIGGER,
	ON_COLUMN = PRIV_INSERT | PRIV_SELECT | PRIV_UPDATE | PRIV_REFERENCES,
	ON_SEQUENCE = PRIV_USAGE | PRIV_SELECT | PRIV_UPDATE
};

static int fn_table(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	struct question q;
	const struct relation *rel;
	TRY(ask(c, cn, a, n, 1, ON_TABLE, &q));
	TRY(find_relation(c, cn, q.object[0], &rel));
	if (rel)
		*ret = datum_bool(relation_privs(cn->cat, q.role, rel, q.bits) != 0);
	return 0;
}

static int fn_sequence(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	struct question q;
	const struct relation *rel;
	TRY(ask(c, cn, a, n, 1, ON_SEQUENCE, &q));
	TRY(find_relation(c, cn, q.object[0], &rel));
	if (rel && rel->kind != REL_SEQUENCE)
		return err_set(c, "42809", "\"%s\" is not a sequence", rel->name);
	if (rel)
		*ret = datum_bool(relation_privs(cn->cat, q.role, rel, q.bits) != 0);
	return 0;
}

static int fn_any_column(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	struct question q;
	const struct relation *rel;
	bool has = false;
	TRY(ask(c, cn, a, n, 1, ON_COLUMN, &q));
	TRY(find_relation(c, cn, q.object[0], &rel));
	for (size_t i = 0; rel && i < rel->columns.n; i++)
		has |= column_privs(cn->cat, q.role, rel, &rel->columns.v[i], q.bits) != 0;
	if (rel)
		*ret = datum_bool(has);
	return 0;
}

static int fn_column(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	struct question q;
	const struct relation *rel;
	const struct column *col;
	TRY(ask(c, cn, a, n, 2, ON_COLUMN, &q));
	TRY(find_relation(c, cn, q.object[0], &rel));
	if (!rel)
		return 0;
	if (q.object[1].kind == D_INT) {
		col = relation_column_by_attnum(rel, (int16_t)q.object[1].i);
		if (!col)
			return 0;
	} else {
		col = relation_column(rel, q.object[1].s);
		if (!col)
			return err_set(c, "42703",
				       "column \"%.*s\" of relation \"%s\" does not exist",
				       STR_ARG(q.object[1].s), rel->name);
	}
	*ret = datum_bool(column_privs(cn->cat, q.role, rel, col, q.bits) != 0);
	return 0;
}

static int fn_schema(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	struct question q;
	TRY(ask(c, cn, a, n, 1, PRIV_USAGE | PRIV_CREATE, &q));
	struct str name = q.object[0].kind == D_TEXT ? q.object[0].s : STR("");
	if (q.object[0].kind == D_INT) {
		const char *found = syscat_schema_name(cn->cat, (uint32_t)q.object[0].i);
		if (!found)
			return 0;
		name = str_of(found);
	}
	const struct schema *s = catalog_schema(cn->cat, name);
	bool is_system = str_is(name, "pg_catalog") || str_is(name, "information_schema");
	if (!s && !is_system)
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(name));
	*ret = datum_bool(s ? catalog_privs(cn->cat, q.role, s->owner, s->acl, 'n', q.bits) != 0
			    : (q.bits & PRIV_USAGE) != 0);
	return 0;
}

static int fn_function(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	struct question q;
	uint32_t oid;
	TRY(ask(c, cn, a, n, 1, PRIV_EXECUTE, &q));
	TRY(catalog_oid(c, cn, REG_PROCEDURE, q.object[0], &oid));
	const struct function *f = syscat_function(cn->cat, oid);
	if (f)
		*ret = datum_bool(catalog_privs(cn->cat, q.role, f->owner, f->acl, 'f', q.bits) !=
				  0);
	else if (oid >= 0x60000000u) /* a built-in one */
		*ret = datum_bool(true);
	return 0;
}

static int fn_type(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	struct question q;
	uint32_t oid;
	TRY(ask(c, cn, a, n, 1, PRIV_USAGE, &q));
	TRY(catalog_oid(c, cn, REG_TYPE, q.object[0], &oid));
	const struct type *t = syscat_type(cn->cat, oid);
	if (t)
		*ret = datum_bool(catalog_privs(cn->cat, q.role, t->owner, t->acl, 'T', q.bits) !=
				  0);
	return 0;
}

/* There is one database, and everyone may connect to it. */
static int fn_database(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	struct question q;
	TRY(ask(c, cn, a, n, 1, PRIV_CREATE | PRIV_CONNECT | PRIV_TEMPORARY, &q));
	bool is_owner = catalog_has_role(cn->cat, q.role, STR("postgres"), true);
	*ret = datum_bool((q.bits & (PRIV_CONNECT | PRIV_TEMPORARY)) || is_owner);
	return 0;
}

static int fn_language(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	struct question q;
	TRY(ask(c, cn, a, n, 1, PRIV_USAGE, &q));
	*ret = datum_bool(true);
	return 0;
}

/* pg_has_role([user,] role, 'USAGE' | 'MEMBER' [WITH ADMIN OPTION]) */
static int fn_has_role(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	struct str user = str_of(sqlite_conn_role(cn)), role;
	bool usage = false;
	if (n == 3)
		TRY(role_of(c, cn, a[0], &user));
	TRY(role_of(c, cn, a[n - 2], &role));
	struct str list = a[n - 1].s;
	bool has = false;
	while (list.p) {
		struct str word = str_trim(str_split(&list, ','));
		usage = str_ieq(word, STR("usage"));
		if (!usage && !str_ieq(str_sub(word, 0, 6), STR("member")))
			return err_set(c, "22023", "unrecognized privilege type: \"%.*s\"",
				       STR_ARG(word));
		has |= catalog_has_role(cn->cat, user, role, usage);
	}
	*ret = datum_bool(has);
	return 0;
}

static int fn_row_security(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)n;
	const struct relation *rel;
	TRY(find_relation(c, cn, a[0], &rel));
	*ret = datum_bool(rel && relation_rls_applies(cn->cat, str_of(sqlite_conn_role(cn)), rel));
	return 0;
}

/* acldefault(kind, owner): what an object has whose list is NULL. */
static int fn_acldefault(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	static const char letters[] = "arwdDxtXUCcT"; /* by PRIV_ bits */
	(void)n;
	char kind = a[0].kind == D_TEXT && a[0].s.n ? a[0].s.p[0] : 'r';
	const char *owner = syscat_role_name(cn->cat, (uint32_t)a[1].i);
	kind = kind == 's' ? 'S' : kind;
	uint32_t sets[2] = { acl_public_privs(kind), kind == 'c' ? 0 : acl_all_privs(kind) };
	BUF_CLEANUP struct buf b = buf_make(1024);
	for (int i = 0; i < 2 && owner; i++) {
		if (!sets[i])
			continue;
		buf_printf(&b, "%s\"%s=", b.n ? "," : "[", i ? owner : "");
		for (int bit = 0; bit < 12; bit++) {
			if (sets[i] & 1u << bit)
				buf_char(&b, letters[bit]);
		}
		buf_printf(&b, "/%s\"", owner);
	}
	buf_puts(&b, b.n ? "]" : "[]");
	*ret = datum_text(str_copy(c->arena, buf_view(&b)));
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_has_table_privilege", -1, FN_STRICT, fn_table },
	{ "bp_has_sequence_privilege", -1, FN_STRICT, fn_sequence },
	{ "bp_has_column_privilege", -1, FN_STRICT, fn_column },
	{ "bp_has_any_column_privilege", -1, FN_STRICT, fn_any_column },
	{ "bp_has_schema_privilege", -1, FN_STRICT, fn_schema },
	{ "bp_has_function_privilege", -1, FN_STRICT, fn_function },
	{ "bp_has_type_privilege", -1, FN_STRICT, fn_type },
	{ "bp_has_database_privilege", -1, FN_STRICT, fn_database },
	{ "bp_has_language_privilege", -1, FN_STRICT, fn_language },
	{ "bp_acldefault", 2, FN_STRICT, fn_acldefault },
	{ "bp_pg_has_role", -1, FN_STRICT, fn_has_role },
	{ "bp_row_security_active", 1, FN_STRICT, fn_row_security },
};

int sqlite_add_privilege_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
