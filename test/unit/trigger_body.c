#include "trigger_body.h"

#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/dialect.h"
#include "engine/sqlite/exec.h"
#include "sql/parse.h"

#include <ctype.h>
#include <string.h>

struct body {
	struct ctx *c;
	struct sqlite_conn *cn;
	struct trigger_call *call;
};

static bool is_word(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_';
}

static void put_value(struct body *b, struct buf *out, struct typeref t, struct datum v)
{
	BUF_CLEANUP struct buf text = buf_make(1 << 20);
	if (v.kind == D_NULL) {
		buf_puts(out, "NULL");
	} else {
		struct vtype vt = sqlite_vtype(b->c->arena, t);
		value_out(&text, &vt, &b->cn->env, v);
		sql_put_literal(out, buf_view(&text));
	}
	buf_printf(out, "::%s", type_format(b->c->arena, t));
}

static void put_rows(struct body *b, struct buf *out, const char *name,
		     const struct datum *const *rows)
{
	const struct relation *rel = b->call->rel;
	buf_puts(out, "(");
	for (size_t r = 0; r < b->call->n_rows + 1; r++) {
		buf_puts(out, r ? " UNION ALL SELECT " : "SELECT ");
		for (size_t i = 0; i < rel->columns.n; i++) {
			struct datum v = r ? rows[r - 1][i] : datum_null();
			buf_puts(out, i ? ", " : "");
			put_value(b, out, rel->columns.v[i].type, v);
		}
		buf_puts(out, r ? "" : " WHERE false");
	}
	buf_printf(out, ") AS %s(", name);
	for (size_t i = 0; i < rel->columns.n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", rel->columns.v[i].name);
	buf_puts(out, ")");
}

static void put_text(struct buf *out, const char *text)
{
	sql_put_literal(out, str_of(text));
}

/* What a word stands for; how many bytes of s it takes, 0 when it is SQL's own. */
static size_t put_word(struct body *b, struct buf *out, struct str s, size_t n)
{
	static const char *const ops[] = { [TRIGGER_INSERT] = "INSERT",
					   [TRIGGER_UPDATE] = "UPDATE",
					   [TRIGGER_DELETE] = "DELETE",
					   [TRIGGER_TRUNCATE] = "TRUNCATE" };
	const struct trigger *tg = b->call->trigger;
	struct str word = str_sub(s, 0, n);
	bool is_new = str_ieq(word, STR("new"));
	if ((is_new || str_ieq(word, STR("old"))) && s.n > n && s.p[n] == '.') {
		size_t m = n + 1;
		while (m < s.n && is_word(s.p[m]))
			m++;
		const struct relation *rel = b->call->rel;
		const struct column *col = relation_column(rel, str_sub(s, n + 1, m - n - 1));
		const struct datum *row = is_new ? b->call->new_row : b->call->old_row;
		put_value(b, out, col->type, row ? row[col - rel->columns.v] : datum_null());
		return m;
	}
	if (s.n > n && s.p[n] == '.')
		return 0;
	if (str_ieq(word, STR("tg_op")))
		put_text(out, ops[b->call->event]);
	else if (str_ieq(word, STR("tg_name")))
		put_text(out, tg->name);
	else if (str_ieq(word, STR("tg_table_name")))
		put_text(out, b->call->rel->name);
	else if (str_ieq(word, STR("tg_when")))
		put_text(out, tg->timing == 'b'	  ? "BEFORE"
			      : tg->timing == 'a' ? "AFTER"
						  : "INSTEAD OF");
	else if (str_ieq(word, STR("tg_level")))
		put_text(out, tg->for_each_row ? "ROW" : "STATEMENT");
	else if (tg->new_table && str_is(word, tg->new_table))
		put_rows(b, out, tg->new_table, b->call->new_rows);
	else if (tg->old_table && str_is(word, tg->old_table))
		put_rows(b, out, tg->old_table, b->call->old_rows);
	else
		return 0;
	return n;
}

static struct str fill(struct body *b, struct str s)
{
	BUF_CLEANUP struct buf out = buf_make(1 << 20);
	bool is_quoted = false;
	for (size_t i = 0; i < s.n;) {
		size_t n = 0;
		while (i + n < s.n && is_word(s.p[i + n]))
			n++;
		size_t took = n && !is_quoted ? put_word(b, &out, str_from(s, i), n) : 0;
		if (!took) {
			is_quoted ^= s.p[i] == '\'';
			buf_put(&out, s.p + i, n ? n : 1);
			took = n ? n : 1;
		}
		i += took;
	}
	return str_of(buf_dup(b->c->arena, &out));
}

static int on_row(struct ctx *c, void *arg, const struct datum *cells, size_t n)
{
	struct datum *v = arg;
	if (n)
		*v = cells[0];
	if (n && (v->kind == D_TEXT || v->kind == D_BLOB))
		v->s = str_copy(c->arena, v->s);
	return 0;
}

static int run_sql(struct body *b, struct str sql, struct datum *ret)
{
	struct exec_plan *p;
	struct sink sink = { .arg = ret, .row = on_row };
	TRY(exec_plan_make(b->c, b->cn, sql, &p));
	int failed = exec_run(b->c, b->cn, p, NULL, 0, &sink, NULL);
	exec_plan_free(p);
	return failed;
}

static int assign(struct body *b, struct str s)
{
	size_t n = (size_t)str_find(s, STR(":="));
	struct str name = str_trim(str_sub(s, 4, n - 4));
	const struct column *col = relation_column(b->call->rel, name);
	const char *sql =
		arena_printf(b->c->arena, "SELECT (%.*s)::%s", STR_ARG(fill(b, str_from(s, n + 2))),
			     type_format(b->c->arena, col->type));
	struct datum v = datum_null();
	TRY(run_sql(b, str_of(sql), &v));
	b->call->new_row[col - b->call->rel->columns.v] = v;
	return 0;
}

static bool starts(struct str s, const char *word)
{
	size_t n = strlen(word);
	return s.n >= n && str_ieq(str_sub(s, 0, n), str_of(word));
}

/* One statement: 1 RETURN. */
static int run_one(struct body *b, struct str s)
{
	struct datum v = datum_null();
	if (starts(s, "return")) {
		struct str what = str_trim(str_from(s, 6));
		bool is_absent = str_ieq(what, STR("null")) ||
				 (str_ieq(what, STR("new")) && !b->call->new_row) ||
				 (str_ieq(what, STR("old")) && !b->call->old_row);
		b->call->ret_is_null = is_absent;
		if (str_ieq(what, STR("old")) && b->call->new_row && b->call->old_row)
			memcpy(b->call->new_row, b->call->old_row,
			       b->call->rel->columns.n * sizeof(v));
		return 1;
	}
	if (starts(s, "new.") && str_find(s, STR(":=")) > 0)
		return assign(b, s);
	if (starts(s, "raise exception"))
		return err_set(b->c, "P0001", "%.*s", (int)(str_trim(str_from(s, 15)).n - 2),
			       str_trim(str_from(s, 15)).p + 1);
	if (starts(s, "perform"))
		s = str_of(arena_printf(b->c->arena, "SELECT %.*s", STR_ARG(str_from(s, 7))));
	return s.n ? run_sql(b, fill(b, s), &v) : 0;
}

/* IF c THEN s: 1 its condition holds; *s becomes the statement. */
static int take_if(struct body *b, struct str *s)
{
	ptrdiff_t at = str_find(*s, STR(" THEN "));
	const char *sql = arena_printf(b->c->arena, "SELECT coalesce(%.*s, false)",
				       STR_ARG(fill(b, str_sub(*s, 3, (size_t)at - 3))));
	struct datum v = datum_null();
	TRY(run_sql(b, str_of(sql), &v));
	*s = str_trim(str_from(*s, (size_t)at + 6));
	return v.kind == D_INT && v.i;
}

static int run_list(struct body *b, struct str text)
{
	bool is_off = false;
	while (text.n) {
		struct str s = str_trim(str_split(&text, ';'));
		if (starts(s, "begin"))
			s = str_trim(str_from(s, 5));
		if (starts(s, "end if")) {
			is_off = false;
			continue;
		}
		if (starts(s, "else")) {
			is_off = !is_off;
			s = str_trim(str_from(s, 4));
		} else if (starts(s, "if ")) {
			int holds = take_if(b, &s);
			if (holds < 0)
				return -1;
			is_off = !holds;
		}
		if (is_off || str_ieq(s, STR("end")))
			continue;
		int rc = run_one(b, s);
		if (rc)
			return rc < 0 ? -1 : 0;
	}
	return 0;
}

int trigger_body_run(struct ctx *c, struct sqlite_conn *cn, struct trigger_call *call)
{
	struct body b = { c, cn, call };
	const struct function *f = NULL;
	for (size_t i = 0; i < cn->cat->functions.n; i++) {
		if (cn->cat->functions.v[i]->oid == call->trigger->function_oid)
			f = cn->cat->functions.v[i];
	}
	if (!f)
		return err_set(c, "42883", "no function %s", call->trigger->function);
	return run_list(&b, str_of(f->body.text));
}
