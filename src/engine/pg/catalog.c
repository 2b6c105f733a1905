/*
 * PostgreSQL's own catalog as ours: relations, columns, keys, indexes,
 * policies and privileges of every schema but the system's.
 */
#include "engine/pg/pg_int.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* Every query names its columns in the order the reader takes them. */
static const char SCHEMAS_SQL[] =
	"SELECT nspname, pg_get_userbyid(nspowner), nspacl::text, obj_description(oid, "
	"'pg_namespace')"
	" FROM pg_namespace WHERE nspname !~ '^pg_(toast|temp)' ORDER BY 1";

static const char RELATIONS_SQL[] =
	"SELECT c.oid, n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner),"
	" obj_description(c.oid, 'pg_class'), c.relrowsecurity, c.relforcerowsecurity, "
	"c.relacl::text,"
	" 'security_invoker=true' = ANY (coalesce(c.reloptions, '{}')) OR"
	" 'security_invoker=on' = ANY (coalesce(c.reloptions, '{}')),"
	" CASE WHEN c.relkind IN ('v', 'm') THEN r.ev_action::text END,"
	" pg_relation_is_updatable(c.oid, true), c.relispartition,"
	" CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, c.relreplident"
	" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
	" LEFT JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'"
	" WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f', 'S') AND n.nspname !~ '^pg_'"
	" AND n.nspname <> 'information_schema' ORDER BY n.nspname, c.relname";

static const char COLUMNS_SQL[] =
	"SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull,"
	" pg_get_expr(d.adbin, d.adrelid), a.attgenerated, a.attidentity,"
	" col_description(a.attrelid, a.attnum), a.attacl::text"
	" FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum"
	" WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'v', 'm', 'p', 'f')"
	" AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
	" ORDER BY a.attrelid, a.attnum";

static const char CONSTRAINTS_SQL[] =
	"SELECT conrelid, conname, contype, conkey::text, confrelid, confkey::text, confdeltype,"
	" confupdtype, confmatchtype, condeferrable, condeferred, convalidated,"
	" CASE WHEN contype = 'c' THEN pg_get_expr(conbin, conrelid) END, x.relname"
	" FROM pg_constraint k LEFT JOIN pg_class x ON x.oid = k.conindid"
	" WHERE conrelid <> 0 AND contype IN ('p', 'u', 'f', 'c') ORDER BY conrelid, conname";

static const char INDEXES_SQL[] =
	"SELECT i.indrelid, i.indexrelid, c.relname, am.amname, i.indisunique, i.indkey::text,"
	" i.indnkeyatts, pg_get_expr(i.indpred, i.indrelid)"
	" FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am am ON am.oid = c.relam"
	" JOIN pg_namespace n ON n.oid = c.relnamespace"
	" WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1, 3";

static const char POLICIES_SQL[] =
	"SELECT polrelid, polname, polcmd, polpermissive,"
	" (SELECT json_agg(pg_get_userbyid(r)) FROM unnest(polroles) r WHERE r <> 0),"
	" pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)"
	" FROM pg_policy ORDER BY polrelid, polname";

static const char *cell_dup(struct arena *a, const PGresult *res, int row, int col)
{
	return PQgetisnull(res, row, col) ? NULL : str_dup(a, pg_cell(res, row, col));
}

static bool cell_bool(const PGresult *res, int row, int col)
{
	return PQgetvalue(res, row, col)[0] == 't';
}

static struct stored_sql cell_sql(struct arena *a, const PGresult *res, int row, int col)
{
	return (struct stored_sql){ .text = cell_dup(a, res, row, col), .search_path = "" };
}

/* "{1,2}" or "1 2" (int2vector) to attnums. */
static int16_t *parse_attnums(struct arena *a, const char *text, uint16_t *ret_n)
{
	int16_t *list = arena_array(a, strlen(text) / 2 + 2, sizeof(*list));
	uint16_t n = 0;
	for (const char *p = text; *p;) {
		char *end;
		long v = strtol(p, &end, 10);
		if (end == p) {
			p++;
			continue;
		}
		list[n++] = (int16_t)v;
		p = end;
	}
	*ret_n = n;
	return list;
}

static uint32_t letter_priv(char letter)
{
	static const char letters[] = "arwdDxtXUCcT";
	const char *at = strchr(letters, letter);
	return at && letter ? 1u << (at - letters) : 0;
}

/* A role name of an aclitem: quoted when it has unusual characters. */
static struct str acl_role(struct arena *a, const char **at)
{
	const char *p = *at;
	char *out = arena_alloc(a, strlen(p) + 1);
	size_t n = 0;
	bool quoted = false;
	for (; *p && (quoted || (*p != '=' && *p != '/' && *p != ',' && *p != '}')); p++) {
		if (*p == '\\' && p[1])
			p++;
		if (*p == '"')
			quoted = !quoted;
		else
			out[n++] = *p;
	}
	*at = p;
	out[n] = '\0';
	return (struct str){ out, n };
}

struct acl *pg_acl_parse(struct arena *a, struct str text)
{
	struct acl *head = NULL, **tail = &head;
	const char *p = str_dup(a, text);
	while (*p && *p != '}') {
		p++; /* the opening brace or a comma */
		/* An element with special characters is an array string: "..." */
		bool wrapped = *p == '"';
		struct acl *item = ARENA_NEW(a, struct acl);
		if (*p == '}')
			break;
		p += wrapped;
		item->grantee = acl_role(a, &p).p;
		for (p += *p == '='; *p && *p != '/'; p++) {
			uint32_t bit = letter_priv(*p);
			item->privs |= bit;
			if (p[1] == '*')
				item->grantable |= bit;
		}
		p += *p == '/';
		item->grantor = acl_role(a, &p).p;
		p += wrapped && *p == '"';
		*tail = item;
		tail = &item->next;
	}
	return head;
}

static struct acl *cell_acl(struct arena *a, const PGresult *res, int row, int col)
{
	return PQgetisnull(res, row, col) ? NULL : pg_acl_parse(a, pg_cell(res, row, col));
}

static int read_schemas(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, SCHEMAS_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct schema *s = ARENA_NEW(cat->arena, struct schema);
		s->name = cell_dup(cat->arena, res, i, 0);
		s->owner = cell_dup(cat->arena, res, i, 1);
		s->acl = cell_acl(cat->arena, res, i, 2);
		s->comment = cell_dup(cat->arena, res, i, 3);
		VEC_PUSH(cat->arena, &cat->schemas, s);
	}
	return 0;
}

/* Bits of pg_relation_is_updatable(): 1 << CMD_UPDATE (2), INSERT (3), DELETE (4). */
enum { CAN_UPDATE = 1 << 2, CAN_INSERT = 1 << 3, CAN_DELETE = 1 << 4 };

static void set_updatable(struct relation *rel, int bits)
{
	rel->is_updatable = (bits & CAN_UPDATE) != 0;
	rel->is_insertable = (bits & CAN_INSERT) != 0;
	rel->is_deletable = (bits & CAN_DELETE) != 0;
}

static int read_relations(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, RELATIONS_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct relation *rel = ARENA_NEW(a, struct relation);
		rel->oid = pg_cell_oid(res, i, 0);
		rel->schema = cell_dup(a, res, i, 1);
		rel->name = cell_dup(a, res, i, 2);
		rel->kind = (enum relation_kind)PQgetvalue(res, i, 3)[0];
		rel->owner = cell_dup(a, res, i, 4);
		rel->comment = cell_dup(a, res, i, 5);
		rel->rls_enabled = cell_bool(res, i, 6);
		rel->rls_forced = cell_bool(res, i, 7);
		rel->acl = cell_acl(a, res, i, 8);
		rel->security_invoker = cell_bool(res, i, 9);
		set_updatable(rel, atoi(PQgetvalue(res, i, 11)));
		rel->is_partition = cell_bool(res, i, 12);
		rel->view = cell_sql(a, res, i, 13);
		rel->replica_identity = PQgetvalue(res, i, 14)[0];
		if (!PQgetisnull(res, i, 10))
			pg_view_sources(a, pg_cell(res, i, 10), rel);
		VEC_PUSH(a, &cat->relations, rel);
	}
	return 0;
}

static int read_columns(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	struct relation *rel = NULL;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, COLUMNS_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		uint32_t oid = pg_cell_oid(res, i, 0);
		if (!rel || rel->oid != oid)
			rel = catalog_relation_by_oid(cat, oid);
		if (!rel)
			continue;
		struct column col = {
			.attnum = (int16_t)atoi(PQgetvalue(res, i, 1)),
			.name = cell_dup(a, res, i, 2),
			.type = { pg_type_by_oid(cat, pg_cell_oid(res, i, 3)),
				  atoi(PQgetvalue(res, i, 4)) },
			.not_null = cell_bool(res, i, 5),
			.default_expr = cell_sql(a, res, i, 6),
			.is_generated = PQgetvalue(res, i, 7)[0] == 's',
			.identity = PQgetvalue(res, i, 8)[0],
			.comment = cell_dup(a, res, i, 9),
			.acl = cell_acl(a, res, i, 10),
		};
		VEC_PUSH(a, &rel->columns, col);
	}
	return 0;
}

static int read_constraints(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, CONSTRAINTS_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct relation *rel = catalog_relation_by_oid(cat, pg_cell_oid(res, i, 0));
		if (!rel)
			continue;
		uint16_t n_ref;
		struct constraint *con = ARENA_NEW(a, struct constraint);
		con->name = cell_dup(a, res, i, 1);
		con->kind = (enum constraint_kind)PQgetvalue(res, i, 2)[0];
		con->cols = parse_attnums(a, PQgetvalue(res, i, 3), &con->n_cols);
		con->ref_oid = pg_cell_oid(res, i, 4);
		con->ref_cols = parse_attnums(a, PQgetvalue(res, i, 5), &n_ref);
		con->on_delete = PQgetvalue(res, i, 6)[0];
		con->on_update = PQgetvalue(res, i, 7)[0];
		con->match = PQgetvalue(res, i, 8)[0];
		con->is_deferrable = cell_bool(res, i, 9);
		con->is_deferred = cell_bool(res, i, 10);
		con->is_validated = cell_bool(res, i, 11);
		con->check = cell_sql(a, res, i, 12);
		con->index = cell_dup(a, res, i, 13);
		VEC_PUSH(a, &rel->constraints, con);
	}
	return 0;
}

static int read_indexes(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, INDEXES_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct relation *rel = catalog_relation_by_oid(cat, pg_cell_oid(res, i, 0));
		if (!rel)
			continue;
		uint16_t n;
		const int16_t *attnums = parse_attnums(a, PQgetvalue(res, i, 5), &n);
		struct index *ix = ARENA_NEW(a, struct index);
		ix->oid = pg_cell_oid(res, i, 1);
		ix->name = cell_dup(a, res, i, 2);
		ix->method = cell_dup(a, res, i, 3);
		ix->is_unique = cell_bool(res, i, 4);
		ix->n_keys = (uint16_t)atoi(PQgetvalue(res, i, 6));
		ix->keys = arena_array(a, ix->n_keys, sizeof(*ix->keys));
		for (uint16_t k = 0; k < ix->n_keys && k < n; k++)
			ix->keys[k].attnum = attnums[k];
		ix->predicate = cell_sql(a, res, i, 7);
		VEC_PUSH(a, &rel->indexes, ix);
	}
	return 0;
}

static void set_policy_roles(struct arena *a, struct ctx *c, struct str json_text, struct policy *p)
{
	struct json *list;
	if (json_text.n == 0 || json_parse(c, json_text, (struct json_limits){ 0 }, &list) < 0)
		return;
	p->roles = arena_array(a, list->count, sizeof(*p->roles));
	for (struct json *m = list->child; m; m = m->next)
		p->roles[p->n_roles++] = str_dup(a, m->text);
}

static int read_policies(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	struct arena *a = cat->arena;
	PGRESULT_CLEANUP PGresult *res = NULL;
	TRY(pg_conn_query(c, conn, POLICIES_SQL, &res));
	for (int i = 0; i < PQntuples(res); i++) {
		struct relation *rel = catalog_relation_by_oid(cat, pg_cell_oid(res, i, 0));
		if (!rel)
			continue;
		struct policy *p = ARENA_NEW(a, struct policy);
		p->name = cell_dup(a, res, i, 1);
		p->cmd = PQgetvalue(res, i, 2)[0];
		p->is_permissive = cell_bool(res, i, 3);
		set_policy_roles(a, c, pg_cell(res, i, 4), p);
		p->using_expr = cell_sql(a, res, i, 5);
		p->check_expr = cell_sql(a, res, i, 6);
		VEC_PUSH(a, &rel->policies, p);
	}
	return 0;
}

/* The table column behind a view's column, through any views in between; false
 * when it is computed on the way. */
static bool resolve_source(const struct catalog *cat, struct view_source *src)
{
	for (int depth = 0; depth < 64; depth++) {
		const struct relation *base = catalog_relation_by_oid(cat, src->base_oid);
		if (!base)
			return false;
		if (base->kind != REL_VIEW && base->kind != REL_MATVIEW)
			return true;
		bool found = false;
		for (size_t i = 0; i < base->sources.n && !found; i++) {
			if (base->sources.v[i].attnum != src->base_attnum)
				continue;
			src->base_oid = base->sources.v[i].base_oid;
			src->base_attnum = base->sources.v[i].base_attnum;
			found = true;
		}
		if (!found)
			return false;
	}
	return false;
}

static void resolve_sources(const struct catalog *cat)
{
	for (size_t r = 0; r < cat->relations.n; r++) {
		struct relation *rel = cat->relations.v[r];
		size_t kept = 0;
		for (size_t i = 0; i < rel->sources.n; i++) {
			struct view_source src = rel->sources.v[i];
			if (resolve_source(cat, &src))
				rel->sources.v[kept++] = src;
		}
		rel->sources.n = kept;
	}
}

static int read_all(struct ctx *c, struct pg_conn *conn, struct catalog *cat)
{
	TRY(pg_catalog_roles(c, conn, cat));
	TRY(read_schemas(c, conn, cat));
	TRY(pg_catalog_types(c, conn, cat));
	TRY(read_relations(c, conn, cat));
	catalog_index(cat);
	TRY(read_columns(c, conn, cat));
	TRY(read_constraints(c, conn, cat));
	TRY(read_indexes(c, conn, cat));
	TRY(read_policies(c, conn, cat));
	resolve_sources(cat);
	return pg_catalog_functions(c, conn, cat);
}

int pg_catalog_read(struct ctx *c, struct pg_conn *conn, struct catalog **ret)
{
	struct catalog *cat = catalog_new();
	/* pg_get_expr() and format_type() then qualify every name. */
	if (pg_conn_query(c, conn, "BEGIN READ ONLY; SET LOCAL search_path = ''", NULL) < 0 ||
	    read_all(c, conn, cat) < 0 || pg_conn_query(c, conn, "COMMIT", NULL) < 0) {
		conn->is_broken = true;
		catalog_unref(cat);
		return -1;
	}
	catalog_index(cat);
	*ret = cat;
	return 0;
}
