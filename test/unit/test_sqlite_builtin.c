/* Every built-in's template is SQL that a connection of ours can prepare: no
 * unknown function, no wrong number of arguments. */
#include "base/arena.h"
#include "engine/sqlite/conn.h"
#include "harness.h"
#include "sql/builtin.h"
#include "value/fn.h"

static struct sqlite_conn *open_memory(struct ctx *c)
{
	struct sqlite_conn *cn;
	if (sqlite_conn_open(c, ":memory:", CONN_WRITER, true, &cn) < 0)
		ck_abort_msg("%s", c->err.message);
	return cn;
}

static int code_of(const struct type *t)
{
	if (t && t->kind == TYPE_ARRAY)
		return (int)t->elem->value + VALUE_ARRAY;
	return t && t->kind == TYPE_BASE ? (int)t->value : V_TEXT;
}

static void put_all(struct buf *b, const struct builtin *f, bool with_codes)
{
	for (int i = 0; i < f->n_args; i++) {
		buf_puts(b, i ? ", " : "");
		if (with_codes)
			buf_printf(b, "%d, ", code_of(f->args[i]));
		buf_printf(b, "?%d", i + 1);
	}
}

static void expand(struct buf *b, const struct builtin *f)
{
	for (const char *p = f->sqlite; *p; p++) {
		if (*p != '%') {
			buf_char(b, *p);
			continue;
		}
		p++;
		if (*p >= '1' && *p <= '8')
			buf_printf(b, "?%c", *p);
		else if (*p == 't')
			buf_printf(b, "%d", code_of(f->args[*++p - '1']));
		else if (*p == 'r')
			buf_printf(b, "%d", code_of(f->returns));
		else if (*p == '*' || *p == '#')
			put_all(b, f, *p == '#');
	}
}

static bool prepares(struct ctx *c, struct sqlite_conn *cn, const struct builtin *f)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	buf_puts(&b, f->kind == BUILTIN_SRF ? "SELECT * FROM " : "SELECT ");
	expand(&b, f);
	if (f->kind == BUILTIN_WINDOW)
		buf_puts(&b, " OVER ()");
	sqlite3_stmt *st;
	if (sqlite_prepare(c, cn, buf_view(&b), false, &st) == 0) {
		sqlite3_finalize(st);
		return true;
	}
	fprintf(stderr, "%s: %.*s: %s\n", f->name, STR_ARG(buf_view(&b)), c->err.message);
	return false;
}

START_TEST(every_template_prepares)
{
	struct ctx c = { .arena = arena_new(0) };
	struct sqlite_conn *cn = open_memory(&c);
	int n_failed = 0, n = 0;
	for (size_t i = 0; i < builtin_count(); i++) {
		const struct builtin *f = builtin_at(i);
		if (!f->sqlite)
			continue;
		n++;
		n_failed += !prepares(&c, cn, f);
	}
	ck_assert_int_gt(n, 500);
	ck_assert_int_eq(n_failed, 0);
	sqlite_conn_close(cn);
	arena_free(c.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sqlite_builtin");
	TCase *t = tcase_create("all");
	tcase_add_test(t, every_template_prepares);
	suite_add_tcase(suite, t);
	return harness_run(suite);
}
