/* Rows and keys in the details of errors, as far as the role may see them. */
#include "base/err.h"
#include "engine/sqlite/exec_int.h"

enum { FIELD_MAX = 64, ROW_TEXT_MAX = 256 << 10 };

static void put_clipped(struct buf *b, struct str text)
{
	if (text.n <= FIELD_MAX) {
		buf_str(b, text);
		return;
	}
	size_t n = FIELD_MAX;
	while (n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
		n--;
	buf_put(b, text.p, n);
	buf_puts(b, "...");
}

static void put_value(struct exec_run *run, struct buf *b, struct typeref t, struct datum v,
		      bool is_clipped)
{
	if (v.kind == D_NULL) {
		buf_puts(b, "null");
		return;
	}
	BUF_CLEANUP struct buf one = buf_make(64 << 20);
	struct vtype type = sqlite_vtype(run->c->arena, t);
	value_out(&one, &type, &run->cn->env, v);
	if (is_clipped)
		put_clipped(b, buf_view(&one));
	else
		buf_str(b, buf_view(&one));
}

void exec_put_value(struct exec_run *run, struct buf *b, struct typeref t, struct datum v)
{
	put_value(run, b, t, v, false);
}

static bool has_attnum(const int16_t *v, size_t n, int16_t attnum)
{
	for (size_t i = 0; i < n; i++) {
		if (v[i] == attnum)
			return true;
	}
	return false;
}

/* The role gave this value itself. */
static bool is_given(const struct exec_run *run, const struct relation *rel, int16_t attnum)
{
	const struct rte_access *a = run->access;
	return run->written == rel && a &&
	       (has_attnum(a->inserted.v, a->inserted.n, attnum) ||
		has_attnum(a->updated.v, a->updated.n, attnum));
}

const char *exec_row_text(struct exec_run *run, const struct relation *rel,
			  const struct datum *cells)
{
	struct str role = str_of(run->p->role);
	const struct catalog *cat = run->p->cat;
	if (relation_rls_applies(cat, role, rel))
		return NULL;
	bool sees_all = relation_privs(cat, role, rel, PRIV_SELECT) & PRIV_SELECT;
	BUF_CLEANUP struct buf names = buf_make(ROW_TEXT_MAX);
	BUF_CLEANUP struct buf values = buf_make(ROW_TEXT_MAX);
	for (size_t i = 0; i < rel->columns.n; i++) {
		const struct column *col = &rel->columns.v[i];
		if (!sees_all && !is_given(run, rel, col->attnum) &&
		    !(column_privs(cat, role, rel, col, PRIV_SELECT) & PRIV_SELECT))
			continue;
		buf_puts(&names, names.n ? ", " : "");
		buf_puts(&names, col->name);
		buf_puts(&values, values.n ? ", " : "");
		put_value(run, &values, col->type, cells[i], true);
	}
	if (!names.n)
		return NULL;
	const char *shown = buf_dup(run->c->arena, &values);
	if (sees_all)
		return arena_printf(run->c->arena, "(%s)", shown);
	return arena_printf(run->c->arena, "(%s) = (%s)", buf_dup(run->c->arena, &names), shown);
}

bool exec_may_see(struct exec_run *run, const struct relation *rel, const int16_t *cols, size_t n)
{
	struct str role = str_of(run->p->role);
	const struct catalog *cat = run->p->cat;
	if (relation_rls_applies(cat, role, rel))
		return false;
	if (relation_privs(cat, role, rel, PRIV_SELECT) & PRIV_SELECT)
		return true;
	for (size_t i = 0; i < n; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		if (!col || !(column_privs(cat, role, rel, col, PRIV_SELECT) & PRIV_SELECT))
			return false;
	}
	return n > 0;
}

const char *exec_key_text(struct exec_run *run, const struct relation *rel, const int16_t *cols,
			  size_t n, const struct datum *values)
{
	BUF_CLEANUP struct buf b = buf_make(ROW_TEXT_MAX);
	buf_char(&b, '(');
	for (size_t i = 0; i < n; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		buf_puts(&b, i ? ", " : "");
		buf_puts(&b, col ? col->name : "?");
	}
	buf_puts(&b, ")=(");
	for (size_t i = 0; i < n; i++) {
		const struct column *col = relation_column_by_attnum(rel, cols[i]);
		buf_puts(&b, i ? ", " : "");
		if (col)
			put_value(run, &b, col->type, values[i], false);
	}
	buf_char(&b, ')');
	return buf_dup(run->c->arena, &b);
}
