/*
 * What is allowed and yet seldom meant: policies that nothing enforces, rows
 * that a view shows past its tables' policies, writes that can find no row.
 */
#ifndef APP_LINT_H
#define APP_LINT_H

struct catalog;
struct config;
struct ctx;
struct finding;

/* Gives each finding in the exposed schemas, at the migration's line that made
 * the policy, table or view where that can be told. */
void lint_catalog(struct ctx *c, const struct catalog *cat, const struct config *cfg,
		  void (*on_finding)(void *arg, const struct finding *f), void *arg);

#endif
