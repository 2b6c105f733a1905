#include "engine/sqlite/plan_cache.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/state.h"
#include "sql/analyze.h"
#include "sql/parse.h"
#include "sql/rewrite.h"

#include <stdlib.h>

/* Everything of a plan lives in its arena, this struct as well. */
struct plan {
	struct plan *newer, *older;
	struct arena *arena;
	struct str key;
	struct exec_plan *exec;
	bool is_cached;
};

struct plan_cache {
	struct map *by_key;
	struct plan *newest, *oldest;
};

struct plan_cache *plan_cache_new(void)
{
	struct plan_cache *pc = calloc(1, sizeof(*pc));
	CHECK(pc);
	pc->by_key = map_new();
	return pc;
}

static void unlink_plan(struct plan_cache *pc, struct plan *p)
{
	*(p->newer ? &p->newer->older : &pc->newest) = p->older;
	*(p->older ? &p->older->newer : &pc->oldest) = p->newer;
	p->newer = p->older = NULL;
}

static void link_newest(struct plan_cache *pc, struct plan *p)
{
	p->older = pc->newest;
	*(pc->newest ? &pc->newest->newer : &pc->oldest) = p;
	pc->newest = p;
}

static void free_plan(struct plan *p)
{
	exec_finish(p->exec);
	arena_free(p->arena);
}

static void drop(struct plan_cache *pc, struct plan *p)
{
	unlink_plan(pc, p);
	map_remove(pc->by_key, p->key);
	free_plan(p);
}

void plan_cache_clear(struct plan_cache *pc)
{
	while (pc->oldest)
		drop(pc, pc->oldest);
}

void plan_cache_free(struct plan_cache *pc)
{
	if (!pc)
		return;
	plan_cache_clear(pc);
	map_free(pc->by_key);
	free(pc);
}

const char *sqlite_search_path(const struct sqlite_conn *cn)
{
	const char *path = cn->session ? cn->session->search_path : NULL;
	return path ? path : "\"$user\", public";
}

int plan_make(struct ctx *c, struct sqlite_conn *cn, const char *role, const char *search_path,
	      const struct json *stmt, struct exec_plan **ret)
{
	struct str kind = node_kind(stmt);
	if (!str_is(kind, "SelectStmt") && !str_is(kind, "InsertStmt") &&
	    !str_is(kind, "UpdateStmt") && !str_is(kind, "DeleteStmt"))
		return err_set(c, "0A000", "only SELECT, INSERT, UPDATE and DELETE can run here");
	struct analysis an = { .cat = cn->cat, .search_path = search_path };
	struct query *q;
	TRY(analyze_query(c, &an, stmt, &q));
	struct rewrite rw = { .cat = cn->cat, .role = role, .search_path = search_path };
	TRY(rewrite_query(c, &rw, q, &q));
	return exec_prepare(c, cn, q, ret);
}

static int build(struct ctx *c, struct sqlite_conn *cn, struct plan *p, struct str sql)
{
	const struct json *stmt;
	TRY(sql_parse(c, sql, &stmt));
	return plan_make(c, cn, arena_strdup(c->arena, sqlite_conn_role(cn)),
			 arena_strdup(c->arena, sqlite_search_path(cn)), stmt, &p->exec);
}

/* Builds in an arena of the plan's own; the error moves to the caller's. */
static int new_plan(struct ctx *c, struct sqlite_conn *cn, struct str key, struct str sql,
		    struct plan **ret)
{
	struct arena *arena = arena_new(0);
	struct plan *p = ARENA_NEW(arena, struct plan);
	p->arena = arena;
	p->key = key.p ? str_copy(arena, key) : STR("");
	struct ctx own = { .arena = arena,
			   .deadline_ns = c->deadline_ns,
			   .request_id = c->request_id };
	if (build(&own, cn, p, str_copy(arena, sql)) < 0) {
		c->err = err_copy(c->arena, &own.err);
		arena_free(arena);
		return -1;
	}
	*ret = p;
	return 0;
}

static struct str make_key(struct ctx *c, const struct sqlite_conn *cn, struct str sql)
{
	BUF_CLEANUP struct buf b = buf_make(PLAN_CACHE_SQL_MAX * 2 + 4096);
	buf_puts(&b, sqlite_conn_role(cn));
	buf_char(&b, '\0');
	buf_puts(&b, sqlite_search_path(cn));
	buf_char(&b, '\0');
	buf_str(&b, sql);
	return buf_ok(&b) ? str_copy(c->arena, buf_view(&b)) : (struct str){ 0 };
}

static void remember(struct plan_cache *pc, struct plan *p)
{
	while (map_count(pc->by_key) >= PLAN_CACHE_MAX)
		drop(pc, pc->oldest);
	p->is_cached = true;
	map_put(pc->by_key, p->key, p);
	link_newest(pc, p);
}

static void count(struct sqlite_conn *cn, bool is_hit)
{
	if (!cn->engine)
		return;
	struct metrics *m = &cn->engine->metrics;
	atomic_fetch_add_explicit(is_hit ? &m->plan_hits : &m->plan_misses, 1,
				  memory_order_relaxed);
}

int plan_get(struct ctx *c, struct sqlite_conn *cn, struct str sql, struct plan **ret)
{
	struct plan_cache *pc = cn->plans;
	struct str key = sql.n <= PLAN_CACHE_SQL_MAX ? make_key(c, cn, sql) : (struct str){ 0 };
	struct plan *p = key.p ? map_get(pc->by_key, key) : NULL;
	count(cn, p != NULL);
	if (p) {
		unlink_plan(pc, p);
		link_newest(pc, p);
		*ret = p;
		return 0;
	}
	TRY(new_plan(c, cn, key, sql, &p));
	if (key.p)
		remember(pc, p);
	*ret = p;
	return 0;
}

struct exec_plan *plan_exec(struct plan *p)
{
	return p->exec;
}

void plan_release(struct plan *p)
{
	if (!p->is_cached)
		free_plan(p);
}
