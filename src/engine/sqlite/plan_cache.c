#include "engine/sqlite/plan_cache.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/map.h"
#include "engine/sqlite/exec.h"
#include "engine/sqlite/state.h"

#include <stdlib.h>
#include <string.h>

struct plan {
	struct plan *newer, *older;
	struct exec_plan *exec;
	bool is_cached;
	struct str key; /* in bytes */
	char bytes[];
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
	exec_plan_free(p->exec);
	free(p);
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

static struct plan *new_plan(struct str key, struct exec_plan *exec)
{
	struct plan *p = calloc(1, sizeof(*p) + key.n);
	CHECK(p);
	p->exec = exec;
	if (key.n)
		memcpy(p->bytes, key.p, key.n);
	p->key = (struct str){ p->bytes, key.n };
	return p;
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
	struct exec_plan *exec;
	TRY(exec_plan_make(c, cn, sql, &exec));
	p = new_plan(key, exec);
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
