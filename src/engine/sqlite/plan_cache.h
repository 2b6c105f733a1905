/*
 * Statements ready to run, per connection: parsed, analysed, rewritten for a
 * role, printed and prepared. The key is (role, search_path, text); a change
 * of the connection's catalog empties the cache. Bounded, least recently used
 * first out.
 */
#ifndef ENGINE_SQLITE_PLAN_CACHE_H
#define ENGINE_SQLITE_PLAN_CACHE_H

#include "engine/sqlite/conn.h"

struct exec_plan;

enum { PLAN_CACHE_MAX = 256, PLAN_CACHE_SQL_MAX = 64 << 10 };

struct plan_cache *plan_cache_new(void);
void plan_cache_free(struct plan_cache *pc); /* NULL allowed */
void plan_cache_clear(struct plan_cache *pc);

/* The plan for sql on behalf of cn's call, from the cache or made. It is valid
 * until plan_release(). Errors of the parser, analysis and rewriting. */
struct plan;
int plan_get(struct ctx *c, struct sqlite_conn *cn, struct str sql, struct plan **ret);
struct exec_plan *plan_exec(struct plan *p);
void plan_release(struct plan *p);

/* The search_path of cn's call. */
const char *sqlite_search_path(const struct sqlite_conn *cn);

#endif
