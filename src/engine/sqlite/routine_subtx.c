/* EXCEPTION blocks: savepoints that nest, and what else of a call's state goes back
 * with them. */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "engine/sqlite/routine_int.h"
#include "sql/ddl.h"

#include <stdlib.h>

struct subtx {
	struct subtx *outer;
	int level;
	size_t deferred; /* constraints that wait for the end */
	struct local_setting *settings;
	struct sequence_value *sequences;
	struct catalog *cat;		/* as it was before the first DDL in it, NULL none yet */
	const char *role, *search_path; /* of the script */
};

static int begin(struct ctx *c, struct routines *rs)
{
	struct sqlite_conn *cn = rs->cn;
	int level = rs->subtx ? rs->subtx->level + 1 : 1;
	if (sqlite_execf(c, cn, "SAVEPOINT block_%d", level) < 0)
		return err_set(c, "0A000",
			       "an EXCEPTION block cannot run here: the statement that called the "
			       "function is writing");
	struct subtx *s = calloc(1, sizeof(*s));
	CHECK(s);
	*s = (struct subtx){ .outer = rs->subtx,
			     .level = level,
			     .deferred = exec_deferred_mark(cn),
			     .settings = cn->settings,
			     .sequences = cn->sequences };
	if (cn->ddl) {
		s->role = cn->ddl->role;
		s->search_path = cn->ddl->search_path;
	}
	rs->subtx = s;
	return 0;
}

static void close_level(struct routines *rs)
{
	struct subtx *s = rs->subtx;
	rs->subtx = s->outer;
	catalog_unref(s->cat);
	free(s);
}

static int commit(struct ctx *c, struct routines *rs)
{
	struct subtx *s = rs->subtx;
	int level = s->level;
	/* what the block changed is undone with the one around it */
	if (s->cat && s->outer && !s->outer->cat)
		s->outer->cat = catalog_ref(s->cat);
	close_level(rs);
	return sqlite_execf(c, rs->cn, "RELEASE block_%d", level);
}

static void restore_catalog(struct routines *rs, struct subtx *s)
{
	struct sqlite_conn *cn = rs->cn;
	if (!s->cat || !cn->ddl)
		return;
	struct catalog *cat = s->cat;
	s->cat = NULL;
	cat->version = cn->ddl->cat->version;
	cn->ddl->cat = cat;
	sqlite_set_catalog(cn, cat);
	catalog_unref(cat); /* the connection holds it */
	cn->edits++;
}

static int abort_level(struct ctx *c, struct routines *rs)
{
	struct sqlite_conn *cn = rs->cn;
	struct subtx *s = rs->subtx;
	int level = s->level, failed = -1;
	if (sqlite_tx_is_over(cn)) {
		/* an interrupt or a full disk took the savepoints along */
		if (cn->stop != STOP_NONE)
			sqlite_interrupted(c, cn);
		else
			err_set(c, "25P01", "the transaction has ended");
	} else {
		restore_catalog(rs, s);
		exec_deferred_cut(cn, s->deferred);
		cn->settings = s->settings;
		cn->sequences = s->sequences;
		cn->claims = NULL;
		failed = sqlite_execf(c, cn, "ROLLBACK TO block_%d", level);
		if (failed == 0)
			failed = sqlite_execf(c, cn, "RELEASE block_%d", level);
	}
	close_level(rs);
	return failed;
}

int routine_subtransaction(struct ctx *c, struct routines *rs, enum host_subtransaction what)
{
	if (what == SUBTX_BEGIN)
		return begin(c, rs);
	CHECK(rs->subtx);
	return what == SUBTX_COMMIT ? commit(c, rs) : abort_level(c, rs);
}

void routine_before_ddl(struct routines *rs)
{
	if (rs->subtx && !rs->subtx->cat && rs->cn->ddl)
		rs->subtx->cat = catalog_edit(rs->cn->ddl->cat);
}

void routine_drop_subtransactions(struct routines *rs)
{
	while (rs->subtx)
		close_level(rs);
}
