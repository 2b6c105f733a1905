/* CREATE, ALTER and DROP EXTENSION: what an extension brings is built in, the
 * catalog keeps that it was asked for, under which schema. */
#include "sql/ddl/statements.h"

#include <string.h>

/* Generated from src/sql/extension/: what CREATE EXTENSION runs. */
const char *extension_http_sql(void);
const char *extension_pg_cron_sql(void);
const char *extension_pg_net_sql(void);
const char *extension_pgmq_sql(void);
const char *extension_supabase_vault_sql(void);

static const struct {
	const char *name;
	const char *(*sql)(void);
} scripts[] = {
	{ "http", extension_http_sql },
	{ "pg_cron", extension_pg_cron_sql },
	{ "pg_net", extension_pg_net_sql },
	{ "pgmq", extension_pgmq_sql },
	{ "supabase_vault", extension_supabase_vault_sql },
};

/* schema: the one that the extension insists on, made when it is not there.
 * notice: what of it is not here; NULL: all that projects use is. */
static const struct known {
	const char *name, *version, *schema, *notice;
} known[] = {
	{ "plpgsql", "1.0", "pg_catalog", NULL },
	{ "uuid-ossp", "1.1", NULL, NULL },
	{ "pgcrypto", "1.3", NULL, NULL },
	{ "citext", "1.6", NULL, NULL },
	{ "moddatetime", "1.0", NULL, NULL },
	{ "unaccent", "1.1", NULL, NULL },
	{ "pgjwt", "0.2.0", NULL, NULL },
	{ "vector", "0.8.0", NULL, "searches are exact: hnsw and ivfflat indexes are not used" },
	{ "pg_trgm", "1.6", NULL, "trigram indexes are kept in the catalog only" },
	{ "btree_gin", "1.3", NULL, "its operator classes add nothing here" },
	{ "btree_gist", "1.7", NULL, "its operator classes add nothing here" },
	{ "pg_stat_statements", "1.10", NULL, "statistics are kept elsewhere" },
	{ "pg_net", "0.14.0", NULL, "requests are queued; nothing sends them yet" },
	{ "http", "1.6", NULL, "requests are not sent: its functions are refused when called" },
	{ "pg_cron", "1.6.4", "pg_catalog", "jobs are kept; nothing runs them yet" },
	{ "pgmq", "1.4.4", "pgmq", NULL },
	{ "supabase_vault", "0.3.1", "vault", "secrets are stored as they are given" },
	{ "pg_graphql", "1.5.9", "graphql", "GraphQL is not served" },
	{ "pgsodium", "3.1.8", "pgsodium", "its functions are refused when called" },
	{ "pg_jsonschema", "0.3.3", NULL,
	  "only json_matches_schema and jsonb_matches_schema are here" },
	{ "fuzzystrmatch", "1.1", NULL, "metaphone and daitch_mokotoff are refused when called" },
	{ "dblink", "1.2", NULL, "its functions are refused when called" },
	{ "pg_tle", "1.4.0", "pgtle", "its functions are refused when called" },
	{ "pgroonga", "3.2.5", NULL, "its indexes are kept in the catalog only" },
	{ "wrappers", "0.4.6", NULL, "foreign data is not read: foreign tables are refused" },
	{ "postgres_fdw", "1.1", NULL, "foreign data is not read: foreign tables are refused" },
	{ "plpgsql_check", "2.7", NULL, "its functions are refused when called" },
	{ "pg_stat_monitor", "2.1", NULL, "statistics are kept elsewhere" },
	{ "pg_repack", "1.5.2", NULL, "it adds nothing here" },
	{ "pgaudit", "1.7", NULL, "it adds nothing here" },
	{ "pg_prewarm", "1.2", NULL, "it adds nothing here" },
	{ "pgstattuple", "1.5", NULL, "its functions are refused when called" },
	{ "pgrowlocks", "1.2", NULL, "its functions are refused when called" },
	{ "pg_walinspect", "1.0", NULL, "its functions are refused when called" },
	{ "hypopg", "1.4.1", NULL, "it adds nothing here" },
	{ "index_advisor", "0.2.0", NULL, "it adds nothing here" },
};

static const struct known *known_extension(struct str name)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (str_is(name, known[i].name))
			return &known[i];
	}
	return NULL;
}

static struct str option(const struct json *options, const char *name)
{
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		if (str_is(json_get_str(elem, "defname", STR("")), name))
			return node_string(json_get(elem, "arg"));
	}
	return STR("");
}

static void make_schema(struct ddl *d, const char *name)
{
	if (catalog_schema(d->cat, str_of(name)) || strcmp(name, "pg_catalog") == 0)
		return;
	struct schema *schema = ARENA_NEW(d->a, struct schema);
	schema->name = arena_strdup(d->a, name);
	schema->owner = arena_strdup(d->a, d->s->role);
	VEC_PUSH(d->a, &d->cat->schemas, schema);
	catalog_index(d->cat);
}

/* Its own schema, the one it was given, or the first of the path. */
static int extension_schema(struct ctx *c, struct ddl *d, const struct known *k, struct str asked,
			    const char **ret)
{
	struct schema *schema;
	if (k->schema) {
		make_schema(d, k->schema);
		*ret = k->schema;
		return 0;
	}
	if (asked.n && !catalog_schema(d->cat, asked))
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(asked));
	TRY(ddl_create_schema_of(c, d, asked, -1, &schema));
	*ret = schema->name;
	return 0;
}

static int run_all(struct ctx *c, struct ddl_session *s, struct str sql)
{
	sql_stmts stmts = { 0 };
	TRY(sql_split(c, sql, &stmts));
	for (size_t i = 0; i < stmts.n; i++) {
		const struct json *stmt;
		TRY(sql_parse(c, stmts.v[i].text, &stmt));
		TRY(ddl_run(c, s, stmts.v[i].text, stmt, stmts.v[i].copy_data));
	}
	return 0;
}

/* As the superuser, in the extension's schema, with nothing to tell. */
static int run_script(struct ctx *c, struct ddl *d, struct str sql, const char *schema)
{
	struct ddl_session s = *d->s;
	s.role = catalog_role(d->cat, STR("supabase_admin")) ? "supabase_admin" : d->s->role;
	s.session_role = s.role;
	s.search_path = schema;
	s.notice = NULL;
	s.keep_bodies_unchecked = true;
	if (run_all(c, &s, sql) < 0)
		return err_wrap(c, "the extension's own script");
	return 0;
}

static int bring(struct ctx *c, struct ddl *d, const struct extension *x)
{
	BUF_CLEANUP struct buf path = buf_make(1 << 10);
	sql_put_ident(&path, str_of(x->schema));
	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		if (strcmp(scripts[i].name, x->name) == 0)
			return run_script(c, d, str_of(scripts[i].sql()), buf_dup(c->arena, &path));
	}
	return 0;
}

int ddl_create_extension(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct str name = json_get_str(stmt, "extname", STR(""));
	const struct json *options = json_get(stmt, "options");
	const struct known *k = known_extension(name);
	const char *schema;
	if (catalog_extension(d->cat, name)) {
		if (!json_get_bool(stmt, "if_not_exists", false))
			return err_set(c, "42710", "extension \"%.*s\" already exists",
				       STR_ARG(name));
		ddl_notice(c, d, "extension \"%.*s\" already exists, skipping", STR_ARG(name));
		return 0;
	}
	if (!k) {
		err_set(c, "0A000", "extension \"%.*s\" is not available on this engine",
			STR_ARG(name));
		return err_hint(c, "Take what depends on it out of the migration, or use "
				   "PostgreSQL as the engine.");
	}
	TRY(extension_schema(c, d, k, option(options, "schema"), &schema));
	struct extension *x = ARENA_NEW(d->a, struct extension);
	struct str version = option(options, "new_version");
	x->oid = ddl_new_oid(d);
	x->name = k->name;
	x->schema = arena_strdup(d->a, schema);
	x->version = version.n ? str_dup(d->a, version) : k->version;
	x->owner = arena_strdup(d->a, d->s->role);
	VEC_PUSH(d->a, &d->cat->extensions, x);
	if (k->notice)
		ddl_notice(c, d, "extension \"%s\": %s", k->name, k->notice);
	return bring(c, d, x);
}

int ddl_find_extension(struct ctx *c, struct ddl *d, struct str name, struct extension **ret)
{
	struct extension *x = catalog_extension(d->cat, name);
	if (!x)
		return err_set(c, "42704", "extension \"%.*s\" does not exist", STR_ARG(name));
	if (!ddl_may_do_all(d))
		TRY(ddl_must_own(c, d, x->owner, "extension", x->name));
	*ret = x;
	return 0;
}

int ddl_alter_extension(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct extension *x;
	TRY(ddl_find_extension(c, d, json_get_str(stmt, "extname", STR("")), &x));
	struct str version = option(json_get(stmt, "options"), "new_version");
	if (version.n)
		x->version = str_dup(d->a, version);
	return 0;
}

int ddl_drop_extension(struct ctx *c, struct ddl *d, struct str name, bool missing_ok)
{
	struct extension *x;
	if (missing_ok && !catalog_extension(d->cat, name)) {
		ddl_notice(c, d, "extension \"%.*s\" does not exist, skipping", STR_ARG(name));
		return 0;
	}
	TRY(ddl_find_extension(c, d, name, &x));
	size_t n = 0;
	for (size_t i = 0; i < d->cat->extensions.n; i++) {
		if (d->cat->extensions.v[i] != x)
			d->cat->extensions.v[n++] = d->cat->extensions.v[i];
	}
	d->cat->extensions.n = n;
	ddl_notice(c, d, "extension \"%s\": what it brought is built in and stays", x->name);
	return 0;
}
