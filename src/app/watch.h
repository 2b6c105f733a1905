/*
 * Notices changes of a project's files: configuration, migrations, seeds.
 */
#ifndef APP_WATCH_H
#define APP_WATCH_H

#include <stdint.h>

struct config;
struct ctx;
struct watch;

enum watch_change {
	WATCH_CONFIG = 1 << 0, /* config.toml or a .env file */
	WATCH_MIGRATIONS = 1 << 1,
	WATCH_SEEDS = 1 << 2,
};

/* Starts watching. Error 58000 when the system has no watches left. */
int watch_new(struct ctx *c, const struct config *cfg, struct watch **ret);
void watch_free(struct watch *w); /* NULL allowed */

/* Readable when something may have changed. */
int watch_fd(const struct watch *w);

/* Waits until it has been quiet for a moment, and says what differs from the
 * last call: a set of watch_change, 0 for nothing. */
uint32_t watch_take(struct ctx *c, struct watch *w, const struct config *cfg);

#endif
