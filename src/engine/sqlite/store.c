#include "engine/sqlite/store.h"

#include "base/arena.h"
#include "base/json.h"
#include "sql/ddl.h"

enum { CATALOG_JSON_MAX = 256 << 20 };

static const char *const lists[] = { "schemas",	       "relations",    "types",	     "functions",
				     "roles",	       "default_acls", "extensions", "publications",
				     "event_triggers", "ts_configs" };
enum { N_LISTS = sizeof(lists) / sizeof(lists[0]) };

int store_create(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_execf(
		c, cn,
		"CREATE TABLE _bedplate_meta (id INTEGER PRIMARY KEY, format INTEGER NOT NULL,"
		" version INTEGER NOT NULL, next_oid INTEGER NOT NULL);"
		"CREATE TABLE _bedplate_catalog (list TEXT NOT NULL, key INTEGER NOT NULL,"
		" object TEXT NOT NULL, PRIMARY KEY (list, key)) WITHOUT ROWID;"
		"CREATE TABLE _bedplate_sequences (oid INTEGER PRIMARY KEY, value INTEGER NOT NULL,"
		" is_called INTEGER NOT NULL);"
		"INSERT INTO _bedplate_meta VALUES (1, %d, 0, 16384)",
		STORE_FORMAT);
}

/* One integer from SQL of our own; *ret is untouched when there is no row. */
static int query_int(struct ctx *c, struct sqlite_conn *cn, struct str sql, int64_t *ret)
{
	sqlite3_stmt *st;
	TRY(sqlite_prepare(c, cn, sql, false, &st));
	int more = sqlite_step(c, cn, st);
	if (more > 0)
		*ret = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return more < 0 ? -1 : 0;
}

int store_exists(struct ctx *c, struct sqlite_conn *cn, bool *ret)
{
	int64_t n_ours = 0, n_all = 0, format = 0;
	TRY(query_int(c, cn, STR("SELECT count(*) FROM sqlite_schema"), &n_all));
	TRY(query_int(c, cn,
		      STR("SELECT count(*) FROM sqlite_schema WHERE name = '_bedplate_meta'"),
		      &n_ours));
	if (!n_ours && n_all)
		return err_set(c, "XX001", "the database file was not made by bedplate");
	if (n_ours)
		TRY(query_int(c, cn, STR("SELECT format FROM _bedplate_meta"), &format));
	if (format > STORE_FORMAT)
		return err_set(c, "0A000",
			       "the database file has format %lld, this program reads %d",
			       (long long)format, STORE_FORMAT);
	*ret = n_ours != 0;
	return 0;
}

int store_version(struct ctx *c, struct sqlite_conn *cn, int64_t *ret)
{
	if (!cn->version)
		TRY(sqlite_prepare(c, cn, STR("SELECT version FROM _bedplate_meta WHERE id = 1"),
				   true, &cn->version));
	int more = sqlite_step(c, cn, cn->version);
	if (more > 0)
		*ret = sqlite3_column_int64(cn->version, 0);
	sqlite3_reset(cn->version);
	if (more == 0)
		return err_set(c, "XX001", "the database file has lost its catalog version");
	return more < 0 ? -1 : 0;
}

static int load_list(struct ctx *c, struct sqlite_conn *cn, sqlite3_stmt *st, const char *list,
		     struct buf *out)
{
	buf_printf(out, ",\"%s\":[", list);
	sqlite_bind(st, 1, datum_text(str_of(list)));
	bool is_first = true;
	int more;
	while ((more = sqlite_step(c, cn, st)) > 0) {
		if (!is_first)
			buf_char(out, ',');
		is_first = false;
		buf_str(out, sqlite_cell(st, 0).s);
	}
	sqlite3_reset(st);
	buf_char(out, ']');
	return more;
}

static int load_head(struct ctx *c, struct sqlite_conn *cn, struct buf *out)
{
	sqlite3_stmt *st;
	TRY(sqlite_prepare(c, cn, STR("SELECT format, version, next_oid FROM _bedplate_meta"),
			   false, &st));
	int more = sqlite_step(c, cn, st);
	if (more > 0)
		buf_printf(out, "{\"format\":%lld,\"version\":%lld,\"next_oid\":%lld",
			   sqlite3_column_int64(st, 0), sqlite3_column_int64(st, 1),
			   sqlite3_column_int64(st, 2));
	sqlite3_finalize(st);
	if (more == 0)
		return err_set(c, "XX001", "the database file has lost its catalog version");
	return more < 0 ? -1 : 0;
}

int store_load(struct ctx *c, struct sqlite_conn *cn, struct catalog **ret)
{
	BUF_CLEANUP struct buf text = buf_make(CATALOG_JSON_MAX);
	TRY(load_head(c, cn, &text));
	sqlite3_stmt *st;
	TRY(sqlite_prepare(c, cn,
			   STR("SELECT object FROM _bedplate_catalog WHERE list = ?1 ORDER BY key"),
			   false, &st));
	int failed = 0;
	for (size_t i = 0; i < N_LISTS && failed == 0; i++)
		failed = load_list(c, cn, st, lists[i], &text);
	sqlite3_finalize(st);
	TRY(failed);
	buf_char(&text, '}');
	if (!buf_ok(&text))
		return err_set(c, "54000", "the catalog is too large");
	return catalog_from_json(c, buf_view(&text), ret);
}

/* An object's key: its oid, which never changes, or else its place. Lists of
 * objects with an oid are in the order of their oids. */
static int64_t object_key(const struct json *object, int64_t place)
{
	return json_get_i64(object, "oid", place);
}

struct saver {
	struct sqlite_conn *cn;
	sqlite3_stmt *put, *trim;
};

static int save_list(struct ctx *c, const struct saver *s, const char *list, const struct json *arr)
{
	int64_t place = 0;
	BUF_CLEANUP struct buf keys = buf_make(CATALOG_JSON_MAX);
	buf_char(&keys, '[');
	for (const struct json *j = arr ? arr->child : NULL; j; j = j->next) {
		int64_t key = object_key(j, place++);
		if (place > 1)
			buf_char(&keys, ',');
		buf_i64(&keys, key);
		sqlite_bind(s->put, 1, datum_text(str_of(list)));
		sqlite_bind(s->put, 2, datum_int(key));
		sqlite_bind(s->put, 3, datum_text(j->raw));
		TRY(sqlite_run(c, s->cn, s->put));
	}
	buf_char(&keys, ']');
	sqlite_bind(s->trim, 1, datum_text(str_of(list)));
	sqlite_bind(s->trim, 2, datum_text(buf_view(&keys)));
	return sqlite_run(c, s->cn, s->trim);
}

static int save_lists(struct ctx *c, struct saver *s, const struct json *root)
{
	TRY(sqlite_prepare(c, s->cn,
			   STR("INSERT INTO _bedplate_catalog VALUES (?1, ?2, ?3)"
			       " ON CONFLICT (list, key) DO UPDATE SET object = excluded.object"
			       " WHERE object <> excluded.object"),
			   false, &s->put));
	TRY(sqlite_prepare(c, s->cn,
			   STR("DELETE FROM _bedplate_catalog WHERE list = ?1 AND key NOT IN"
			       " (SELECT value FROM json_each(?2))"),
			   false, &s->trim));
	for (size_t i = 0; i < N_LISTS; i++)
		TRY(save_list(c, s, lists[i], json_get(root, lists[i])));
	return 0;
}

int store_save(struct ctx *c, struct sqlite_conn *cn, const struct catalog *cat)
{
	BUF_CLEANUP struct buf text = buf_make(CATALOG_JSON_MAX);
	catalog_to_json(cat, &text);
	if (!buf_ok(&text))
		return err_set(c, "54000", "the catalog is too large");
	struct json *root;
	TRY(json_parse(c, buf_view(&text), (struct json_limits){ 0 }, &root));
	struct saver s = { .cn = cn };
	int failed = save_lists(c, &s, root);
	sqlite3_finalize(s.put);
	sqlite3_finalize(s.trim);
	TRY(failed);
	return sqlite_execf(c, cn, "UPDATE _bedplate_meta SET version = %lld, next_oid = %u",
			    (long long)cat->version, cat->next_oid);
}
