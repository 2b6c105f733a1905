/* nextval and its kin, and other functions that look relations up by name. */
#include "base/arena.h"
#include "base/buf.h"
#include "engine/sqlite/func.h"
#include "engine/sqlite/regclass.h"
#include "engine/sqlite/sequence.h"
#include "sql/parse.h"

#include <string.h>

static int text_arg(struct ctx *c, struct datum v, struct str *ret)
{
	if (v.kind == D_INT)
		*ret = str_of(arena_printf(c->arena, "%lld", (long long)v.i));
	else if (v.kind == D_TEXT)
		*ret = v.s;
	else
		return err_set(c, "XX000", "a name is expected");
	return 0;
}

/* What currval answers with, for the rest of this call. */
static void remember(struct sqlite_conn *cn, const struct relation *seq, int64_t value)
{
	struct sequence_value *v = ARENA_NEW(cn->arena, struct sequence_value);
	*v = (struct sequence_value){ .next = cn->sequences, .oid = seq->oid, .value = value };
	cn->sequences = v;
}

static int find(struct ctx *c, struct sqlite_conn *cn, struct datum name,
		const struct relation **ret)
{
	struct str text;
	TRY(text_arg(c, name, &text));
	TRY(sequence_find(c, cn, text, ret));
	if (relation_privs(cn->cat, str_of(sqlite_conn_role(cn)), *ret,
			   PRIV_USAGE | PRIV_UPDATE | PRIV_SELECT))
		return 0;
	return err_set(c, "42501", "permission denied for sequence %s", (*ret)->name);
}

static int fn_nextval(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	const struct relation *seq;
	int64_t value;
	TRY(find(c, cn, a[0], &seq));
	TRY(sequence_next(c, cn, seq, &value));
	remember(cn, seq, value);
	*ret = datum_int(value);
	return 0;
}

/* An identity column's next value: no right on its sequence is needed. */
static int fn_identity(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		       struct datum *ret)
{
	(void)n;
	const struct relation *seq = catalog_relation_by_oid(cn->cat, (uint32_t)a[0].i);
	int64_t value;
	if (a[0].kind != D_INT || !seq || !seq->seq)
		return err_set(c, "XX000", "an identity column has no sequence");
	TRY(sequence_next(c, cn, seq, &value));
	remember(cn, seq, value);
	*ret = datum_int(value);
	return 0;
}

static int fn_currval(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)n;
	const struct relation *seq;
	TRY(find(c, cn, a[0], &seq));
	for (const struct sequence_value *v = cn->sequences; v; v = v->next) {
		if (v->oid == seq->oid) {
			*ret = datum_int(v->value);
			return 0;
		}
	}
	return err_set(c, "55000", "currval of sequence \"%s\" is not yet defined in this session",
		       seq->name);
}

static int fn_lastval(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		      struct datum *ret)
{
	(void)a;
	(void)n;
	if (!cn->sequences)
		return err_set(c, "55000", "lastval is not yet defined in this session");
	*ret = datum_int(cn->sequences->value);
	return 0;
}

static int fn_setval(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
		     struct datum *ret)
{
	const struct relation *seq;
	bool is_called = n < 3 || a[2].i != 0;
	TRY(find(c, cn, a[0], &seq));
	int64_t value = a[1].kind == D_INT ? a[1].i : 0;
	if (value < seq->seq->min || value > seq->seq->max)
		return err_set(c, "22003",
			       "setval: value %lld is out of bounds for sequence \"%s\" "
			       "(%lld..%lld)",
			       (long long)value, seq->name, (long long)seq->seq->min,
			       (long long)seq->seq->max);
	TRY(sequence_set(c, cn, seq, value, is_called));
	if (is_called)
		remember(cn, seq, value);
	*ret = datum_int(value);
	return 0;
}

/* ALTER SEQUENCE ... OWNED BY, as dumps have it. */
static void owned_sequence(struct ctx *c, const struct catalog *cat, const struct relation *rel,
			   const struct column *col, struct datum *ret)
{
	BUF_CLEANUP struct buf b = buf_make(4096);
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *seq = cat->relations.v[i];
		if (seq->kind != REL_SEQUENCE || seq->seq->owner_rel != rel->oid ||
		    seq->seq->owner_col != col->attnum)
			continue;
		sql_put_ident(&b, str_of(seq->schema));
		buf_char(&b, '.');
		sql_put_ident(&b, str_of(seq->name));
		*ret = datum_text(str_of(buf_dup(c->arena, &b)));
		return;
	}
}

static int fn_serial_sequence(struct ctx *c, struct sqlite_conn *cn, const struct datum *a, int n,
			      struct datum *ret)
{
	(void)n;
	const struct relation *rel;
	struct str table;
	TRY(text_arg(c, a[0], &table));
	TRY(regclass_find(c, cn, table, &rel));
	const struct column *col = a[1].kind == D_TEXT ? relation_column(rel, a[1].s) : NULL;
	if (!col)
		return err_set(c, "42703", "column \"%.*s\" of relation \"%s\" does not exist",
			       a[1].kind == D_TEXT ? (int)a[1].s.n : 0,
			       a[1].kind == D_TEXT ? a[1].s.p : "", rel->name);
	if (col->sequence)
		*ret = datum_text(str_of(col->sequence));
	else
		owned_sequence(c, cn->cat, rel, col, ret);
	return 0;
}

static const struct sqlite_fn fns[] = {
	{ "bp_identity", 1, FN_STRICT, fn_identity },
	{ "bp_nextval", 1, FN_STRICT, fn_nextval },
	{ "bp_currval", 1, FN_STRICT, fn_currval },
	{ "bp_lastval", 0, 0, fn_lastval },
	{ "bp_setval", 2, FN_STRICT, fn_setval },
	{ "bp_setval", 3, FN_STRICT, fn_setval },
	{ "bp_pg_get_serial_sequence", 2, FN_STRICT, fn_serial_sequence },
};

int sqlite_add_sequence_functions(struct ctx *c, struct sqlite_conn *cn)
{
	return sqlite_add_functions(c, cn, fns, sizeof(fns) / sizeof(fns[0]));
}
