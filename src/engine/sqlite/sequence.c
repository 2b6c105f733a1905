#include "engine/sqlite/sequence.h"

#include "base/arena.h"
#include "engine/sqlite/plan_cache.h"
#include "engine/sqlite/regclass.h"

static int check_writer(struct ctx *c, const struct sqlite_conn *cn)
{
	if (cn->kind == CONN_WRITER)
		return 0;
	return err_set(c, "25006", "cannot execute nextval() in a read-only transaction");
}

int sequence_set(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq, int64_t value,
		 bool is_called)
{
	TRY(check_writer(c, cn));
	return sqlite_execf(c, cn,
			    "INSERT INTO _bedplate_sequences VALUES (%lld, %lld, %d) ON CONFLICT"
			    " (oid) DO UPDATE SET value = excluded.value, is_called ="
			    " excluded.is_called",
			    (long long)seq->oid, (long long)value, is_called);
}

int sequence_drop(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq)
{
	TRY(check_writer(c, cn));
	return sqlite_execf(c, cn, "DELETE FROM _bedplate_sequences WHERE oid = %lld",
			    (long long)seq->oid);
}

static int read_row(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq,
		    int64_t *ret_value, bool *ret_called)
{
	if (!cn->seq_read)
		TRY(sqlite_prepare(
			c, cn,
			STR("SELECT value, is_called FROM _bedplate_sequences WHERE oid = ?1"),
			true, &cn->seq_read));
	sqlite_bind(cn->seq_read, 1, datum_int(seq->oid));
	int more = sqlite_step(c, cn, cn->seq_read);
	if (more > 0) {
		*ret_value = sqlite3_column_int64(cn->seq_read, 0);
		*ret_called = sqlite3_column_int64(cn->seq_read, 1) != 0;
	}
	sqlite3_reset(cn->seq_read);
	return more < 0 ? -1 : 0;
}

static int write_row(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq,
		     int64_t value)
{
	if (!cn->seq_write)
		TRY(sqlite_prepare(c, cn,
				   STR("INSERT INTO _bedplate_sequences VALUES (?1, ?2, 1) ON"
				       " CONFLICT (oid) DO UPDATE SET value = ?2, is_called = 1"),
				   true, &cn->seq_write));
	sqlite_bind(cn->seq_write, 1, datum_int(seq->oid));
	sqlite_bind(cn->seq_write, 2, datum_int(value));
	return sqlite_run(c, cn, cn->seq_write);
}

/* The value after `value`; false at the end. */
static bool advance(const struct sequence *s, int64_t *value)
{
	int64_t next;
	bool is_over = __builtin_add_overflow(*value, s->increment, &next) || next > s->max ||
		       next < s->min;
	if (is_over && !s->is_cycle)
		return false;
	if (is_over)
		next = s->increment > 0 ? s->min : s->max;
	*value = next;
	return true;
}

int sequence_next(struct ctx *c, struct sqlite_conn *cn, const struct relation *seq, int64_t *ret)
{
	const struct sequence *s = seq->seq;
	int64_t value = s->start;
	bool is_called = false;
	TRY(check_writer(c, cn));
	TRY(read_row(c, cn, seq, &value, &is_called));
	if (is_called && !advance(s, &value))
		return err_set(c, "2200H", "nextval: reached %s value of sequence \"%s\" (%lld)",
			       s->increment > 0 ? "maximum" : "minimum", seq->name,
			       (long long)(s->increment > 0 ? s->max : s->min));
	TRY(write_row(c, cn, seq, value));
	*ret = value;
	return 0;
}

int sequence_find(struct ctx *c, struct sqlite_conn *cn, struct str name,
		  const struct relation **ret)
{
	const struct relation *rel;
	TRY(regclass_find(c, cn, name, &rel));
	if (rel->kind != REL_SEQUENCE || !rel->seq)
		return err_set(c, "42809", "\"%s\" is not a sequence", rel->name);
	*ret = rel;
	return 0;
}
