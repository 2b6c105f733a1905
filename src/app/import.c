#include "app/import.h"

#include "app/database.h"
#include "app/dump.h"
#include "app/import_table.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"

#include <string.h>

enum { SCHEMA_MAX = 56 << 20 };

struct importing {
	struct ctx *c;
	struct db *db;
	const struct import_spec *spec;
	struct import_result *ret;
	struct buf pending; /* statements that wait for the next COPY or the end */
	VEC(struct import_table *) tables;
	size_t n_loaded;	   /* of tables: their rows are in */
	struct import_table *copy; /* under way; NULL: its rows are dropped */
};

/* ---- what is ours ---- */

/* Schemas that the services make and keep themselves. */
static bool is_managed(const char *schema)
{
	static const char *const names[] = {
		"auth",
		"bedplate",
		"storage",
		"realtime",
		"_realtime",
		"supabase_functions",
		"graphql",
		"graphql_public",
		"vault",
		"pgsodium",
		"pgsodium_masks",
		"pgbouncer",
		"cron",
		"net",
		"pgmq",
		"extensions",
		"supabase_migrations",
		"_analytics",
		"pgtle",
		"information_schema",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(schema, names[i]) == 0)
			return true;
	return false;
}

static bool is_type(const struct dump_entry *e, const char *type)
{
	return strcmp(e->type, type) == 0;
}

/* What a project adds to the services' tables: its own triggers and policies. */
static bool is_users_own(const struct dump_entry *e, struct str text)
{
	if (is_type(e, "POLICY"))
		return true;
	return is_type(e, "TRIGGER") && str_find(text, STR("EXECUTE FUNCTION auth.")) < 0 &&
	       str_find(text, STR("EXECUTE FUNCTION storage.")) < 0 &&
	       str_find(text, STR("EXECUTE FUNCTION realtime.")) < 0;
}

static bool is_left_out(const struct dump_entry *e, struct str text)
{
	if (is_type(e, "SCHEMA") ||
	    (is_type(e, "COMMENT") && str_starts(text, STR("COMMENT ON SCHEMA"))))
		return is_managed(e->name) || strcmp(e->name, "public") == 0 ||
		       strcmp(e->name, "SCHEMA public") == 0;
	if (is_type(e, "ACL") && strncmp(e->name, "SCHEMA ", 7) == 0)
		return is_managed(e->name + 7);
	if (is_type(e, "EVENT TRIGGER"))
		return true;
	if (is_type(e, "PUBLICATION"))
		return strcmp(e->name, "supabase_realtime") == 0;
	return is_managed(e->schema) && !is_users_own(e, text);
}

/* ---- findings ---- */

static void tell(struct importing *x, const char *what, const char *why, const char *fix)
{
	struct finding f = { .is_error = true, .what = what, .why = why, .fix = fix };
	if (x->spec->on_finding)
		x->spec->on_finding(x->spec->arg, &f);
}

static const char *first_line(struct arena *a, struct str text)
{
	struct str line = str_sub(text, 0, text.n > 100 ? 100 : text.n);
	ptrdiff_t end = str_chr(line, '\n');
	return str_dup(a, end >= 0 ? str_sub(line, 0, (size_t)end) : line);
}

static void on_report(void *arg, const struct script_report *r)
{
	struct importing *x = arg;
	if (!r->err)
		return;
	const char *what = arena_printf(x->c->arena, "%s: %s", r->err->message,
					first_line(x->c->arena, r->statement));
	tell(x, what, r->err->details, r->err->hint);
}

/* ---- statements ---- */

static int apply_pending(struct importing *x)
{
	if (!x->pending.n)
		return 0;
	struct ctx own = { .arena = arena_new(0) };
	struct script_spec script = { .role = "postgres",
				      .sql = buf_view(&x->pending),
				      .keep_going = true,
				      .report = on_report,
				      .report_arg = x };
	int failed = db_script(&own, x->db, &script);
	x->ret->statements += script.ret_applied;
	x->ret->refused += script.ret_refused;
	if (failed < 0)
		x->c->err = err_copy(x->c->arena, &own.err);
	arena_free(own.arena);
	buf_clear(&x->pending);
	return failed;
}

/* Rows whose foreign keys lead to tables that are still empty wait for another round. */
static int load_tables(struct importing *x)
{
	bool is_moving = true;
	TRY(apply_pending(x));
	while (x->n_loaded < x->tables.n && is_moving) {
		is_moving = false;
		for (size_t i = x->n_loaded; i < x->tables.n; i++) {
			struct import_table *t = x->tables.v[i];
			if (import_table_load(x->c, x->db, t) < 0)
				continue;
			import_table_end(t);
			x->tables.v[i] = x->tables.v[x->n_loaded];
			x->tables.v[x->n_loaded++] = t;
			is_moving = true;
		}
	}
	for (size_t i = x->n_loaded; i < x->tables.n; i++) {
		struct import_table *t = x->tables.v[i];
		if (import_table_load(x->c, x->db, t) == 0)
			continue;
		tell(x, arena_printf(x->c->arena, "the rows of %s: %s", t->name, x->c->err.message),
		     x->c->err.details, x->c->err.hint);
		import_table_end(t);
	}
	x->n_loaded = x->tables.n;
	err_clear(x->c);
	return 0;
}

static int on_sql(struct ctx *c, void *arg, const struct dump_entry *e, struct str text)
{
	struct importing *x = arg;
	if (is_left_out(e, text)) {
		x->ret->managed++;
		return 0;
	}
	if (x->n_loaded < x->tables.n && !is_type(e, "SEQUENCE SET"))
		TRY(load_tables(x));
	if (x->pending.n + text.n > SCHEMA_MAX)
		TRY(apply_pending(x));
	struct buf *out[] = { &x->pending, x->spec->schema };
	bool is_data = is_type(e, "SEQUENCE SET");
	for (size_t i = 0; i < 2; i++) {
		if (!out[i] || (i == 1 && is_data))
			continue;
		buf_str(out[i], text);
		buf_puts(out[i], "\n\n");
	}
	return buf_ok(&x->pending) ? 0 : err_set(c, "54000", "the statements are too large");
}

/* ---- rows ---- */

static const struct relation *target(struct importing *x, const struct dump_entry *e,
				     struct catalog **ret_cat)
{
	struct engine *engine = db_engine(x->db);
	*ret_cat = NULL;
	if (!engine || engine_catalog(x->c, engine, ret_cat) < 0)
		return NULL;
	return catalog_relation(*ret_cat, str_of(e->schema), str_of(e->name));
}

static int on_copy(struct ctx *c, void *arg, const struct dump_entry *e, struct str copy)
{
	struct importing *x = arg;
	struct catalog *cat = NULL;
	const struct relation *rel = NULL;
	bool is_ours = is_managed(e->schema);
	x->copy = NULL;
	if (is_ours) {
		rel = target(x, e, &cat);
		if (!rel || strcmp(e->name, "schema_migrations") == 0) {
			catalog_unref(cat);
			x->ret->managed++;
			return 0;
		}
	}
	x->copy = ARENA_NEW(c->arena, struct import_table);
	int failed = import_table_begin(c, copy, rel, x->copy);
	catalog_unref(cat);
	return failed;
}

static int on_copy_row(struct ctx *c, void *arg, struct str line)
{
	struct importing *x = arg;
	return x->copy ? import_table_row(c, x->copy, line) : 0;
}

static int on_copy_end(struct ctx *c, void *arg)
{
	struct importing *x = arg;
	struct import_table *t = x->copy;
	if (!t || !t->count)
		return 0;
	x->ret->tables++;
	x->ret->rows += t->count;
	if (t->n_left_out)
		tell(x,
		     arena_printf(c->arena, "%s: %zu columns are not kept here", t->name,
				  t->n_left_out),
		     NULL, NULL);
	VEC_PUSH(c->arena, &x->tables, t);
	return 0;
}

/* ---- the whole ---- */

static void compare_tables(struct importing *x)
{
	for (size_t i = 0; i < x->tables.n; i++) {
		const char *why = NULL;
		int same = import_table_compare(x->c, x->db, x->tables.v[i], &why);
		x->ret->compared++;
		if (same == 1)
			continue;
		x->ret->different++;
		tell(x, arena_printf(x->c->arena, "%s differs from the dump", x->tables.v[i]->name),
		     same < 0 ? x->c->err.message : why, NULL);
		err_clear(x->c);
	}
}

static void on_progress(void *arg, size_t bytes)
{
	const struct importing *x = arg;
	if (x->spec->progress)
		x->spec->progress(x->spec->arg, bytes);
}

int import_dump(struct ctx *c, struct db *db, FILE *in, const struct import_spec *spec,
		struct import_result *ret)
{
	*ret = (struct import_result){ 0 };
	struct importing x = {
		.c = c, .db = db, .spec = spec, .ret = ret, .pending = buf_make(2 * SCHEMA_MAX)
	};
	struct dump_reader reader = { .arg = &x,
				      .sql = on_sql,
				      .copy_begin = on_copy,
				      .copy_row = on_copy_row,
				      .copy_end = on_copy_end,
				      .progress = on_progress };
	int failed = dump_read(c, in, &reader);
	if (failed == 0)
		failed = load_tables(&x);
	if (failed == 0)
		compare_tables(&x);
	for (size_t i = 0; i < x.tables.n; i++)
		import_table_end(x.tables.v[i]);
	buf_free(&x.pending);
	return failed;
}
