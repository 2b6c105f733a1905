/* Sizes, server facts and advisory locks, which whoever asks for has. */
#include "base/arena.h"
#include "base/buf.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/func_catalog.h"
#include "sql/syscat/names.h"
#include "sql/syscat/syscat.h"
#include "value/value.h"

#include <stdio.h>
#include <string.h>

/* A single number that a query of our own gives; 0 where it cannot. */
static int64_t number_of(struct sqlite_conn *cn, const char *sql, const char *name)
{
	sqlite3_stmt *st = NULL;
	int64_t n = 0;
	if (sqlite3_prepare_v2(cn->db, sql, -1, &st, NULL) != SQLITE_OK)
		return 0;
	if (name)
		sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* The bytes of what the file calls schema.name. */
static int64_t object_size(struct ctx *c, struct sqlite_conn *cn, const char *schema,
			   const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(1024);
	sqlite_put_object(&b, schema, name);
	if (b.n < 2)
		return 0;
	const char *quoted = arena_strndup(c->arena, b.p + 1, b.n - 2);
	return number_of(cn, "SELECT coalesce(sum(pgsize), 0) FROM dbstat WHERE name = ?1", quoted);
}

static int64_t indexes_size(struct ctx *c, struct sqlite_conn *cn, const struct relation *rel)
{
	int64_t size = 0;
	for (size_t i = 0; i < rel->indexes.n; i++)
		size += object_size(c, cn, rel->schema, rel->indexes.v[i]->name);
	return size;
}

static int size_of(struct ctx *c, struct sqlite_conn *cn, struct datum v, bool with_table,
		   bool with_indexes, struct datum *ret)
{
	uint32_t oid;
	TRY(catalog_oid(c, cn, REG_CLASS, v, &oid));
	const struct relation *rel = catalog_relation_by_oid(cn->cat, oid);
	const struct index *ix = rel ? NULL : syscat_index(cn->cat, oid, &rel);
	int64_t size = 0;
	if (!rel)
		return 0;
	if (ix)
		size = object_size(c, cn, rel->schema, ix->name);
	else if (with_table)
		size = object_size(c, cn, rel->schema, rel->name);
	if (!ix && with_indexes)
		size += indexes_size(c, cn, rel);
	*ret = datum_int(size);
	return 0;
}

static int fn_relation_size(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			    struct datum *ret)
{
	(void)n;
	return size_of(c, cn, a[0], true, false, ret);
}

static int fn_total_size(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			 struct datum *ret)
{
	(void)n;
	return size_of(c, cn, a[0], true, true, ret);
}

static int fn_indexes_size(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			   struct datum *ret)
{
	(void)n;
	return size_of(c, cn, a[0], false, true, ret);
}

static int fn_database_size(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			    struct datum *ret)
{
	(void)n;
	if (a[0].kind == D_TEXT && !str_is(a[0].s, "postgres"))
		return err_set(c, "3D000", "database \"%.*s\" does not exist", STR_ARG(a[0].s));
	*ret = datum_int(number_of(cn,
				   "SELECT page_count * page_size FROM pragma_page_count(),"
				   " pragma_page_size()",
				   NULL));
	return 0;
}

/* Halves up, and away from zero. */
static int64_t half_rounded(int64_t n)
{
	return (n + (n < 0 ? -1 : 1)) / 2;
}

static int fn_size_pretty(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			  struct datum *ret)
{
	static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB", "PB" };
	int64_t size = a[0].kind == D_INT ? a[0].i : 0;
	size_t unit = 0;
	(void)cn;
	(void)n;
	if (a[0].kind == D_TEXT) {
		char text[32] = "";
		snprintf(text, sizeof(text), "%.*s", (int)strcspn(a[0].s.p, "."), a[0].s.p);
		if (!str_to_i64(str_of(text), &size))
			return err_set(c, "0A000", "a size of that many digits");
	}
	/* one bit more than shown is kept for the rounding */
	int64_t limit = 10 * 1024;
	bool is_doubled = false;
	while (unit < 5 && (size >= limit || size <= -limit)) {
		size = is_doubled ? size / 1024 : size / 512;
		is_doubled = true;
		limit = 20 * 1024 - 1;
		unit++;
	}
	*ret = datum_text(str_of(arena_printf(c->arena, "%lld %s",
					      (long long)(is_doubled ? half_rounded(size) : size),
					      units[unit])));
	return 0;
}

/* ---- the server ---- */

static int fn_encoding_to_char(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			       struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)n;
	*ret = datum_text(a[0].i == 6 ? STR("UTF8") : a[0].i == 0 ? STR("SQL_ASCII") : STR(""));
	return 0;
}

static int fn_encoding(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_text(STR("UTF8"));
	return 0;
}

static int fn_true(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_bool(true);
	return 0;
}

static int fn_false(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		    struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_bool(false);
	return 0;
}

static int fn_void(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_text(STR(""));
	return 0;
}

static int fn_zero(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		   struct datum *ret)
{
	(void)c;
	(void)cn;
	(void)a;
	(void)n;
	*ret = datum_int(0);
	return 0;
}

/* Bits as 1 << CmdType: 4 update, 8 insert, 16 delete. */
static int fn_relation_updatable(struct ctx *c, struct sqlite_conn *cn, const struct datum *a,
				 int n, struct datum *ret)
{
	uint32_t oid;
	(void)n;
	TRY(catalog_oid(c, cn, REG_CLASS, a[0], &oid));
	const struct relation *rel = catalog_relation_by_oid(cn->cat, oid);
	int64_t bits = 0;
	if (rel && (rel->kind == REL_TABLE || rel->kind == REL_PARTITIONED))
		bits = 28;
	else if (rel && rel->kind == REL_VIEW)
		bits = (rel->is_updatable ? 4 : 0) | (rel->is_insertable ? 8 : 0) |
		       (rel->is_deletable ? 16 : 0);
	*ret = datum_int(bits);
	return 0;
}

static int fn_column_updatable(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			       struct datum *ret)
{
	uint32_t oid;
	(void)n;
	TRY(catalog_oid(c, cn, REG_CLASS, a[0], &oid));
	const struct relation *rel = catalog_relation_by_oid(cn->cat, oid);
	bool is = rel && rel->kind == REL_TABLE;
	for (size_t i = 0; rel && rel->kind == REL_VIEW && i < rel->sources.n; i++)
		is |= rel->is_updatable && rel->sources.v[i].attnum == a[1].i;
	*ret = datum_bool(is);
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_pg_relation_size", -1, FN_STRICT, fn_relation_size },
	{ "bp_pg_table_size", 1, FN_STRICT, fn_relation_size },
	{ "bp_pg_total_relation_size", 1, FN_STRICT, fn_total_size },
	{ "bp_pg_indexes_size", 1, FN_STRICT, fn_indexes_size },
	{ "bp_pg_database_size", 1, FN_STRICT, fn_database_size },
	{ "bp_pg_size_pretty", 1, FN_STRICT, fn_size_pretty },
	{ "bp_pg_encoding_to_char", 1, FN_STRICT, fn_encoding_to_char },
	{ "bp_getdatabaseencoding", 0, 0, fn_encoding },
	{ "bp_pg_is_in_recovery", 0, 0, fn_false },
	{ "bp_pg_is_other_temp_schema", 1, FN_STRICT, fn_false },
	{ "bp_pg_stat_none", 1, FN_STRICT, fn_zero }, /* nothing is counted */
	{ "bp_pg_my_temp_schema", 0, 0, fn_zero },
	{ "bp_pg_relation_filenode", 1, FN_STRICT, fn_zero },
	{ "bp_pg_tablespace_location", 1, FN_STRICT, fn_void },
	{ "bp_pg_relation_is_updatable", 2, FN_STRICT, fn_relation_updatable },
	{ "bp_pg_column_is_updatable", 3, FN_STRICT, fn_column_updatable },
	{ "bp_pg_try_advisory_lock", -1, FN_STRICT, fn_true },
	{ "bp_pg_try_advisory_xact_lock", -1, FN_STRICT, fn_true },
	{ "bp_pg_advisory_unlock", -1, FN_STRICT, fn_true },
	{ "bp_pg_advisory_unlock_all", 0, 0, fn_void },
	{ "bp_pg_advisory_lock_shared", -1, FN_STRICT, fn_void },
	{ "bp_pg_advisory_xact_lock_shared", -1, FN_STRICT, fn_void },
};

int sqlite_add_size_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
