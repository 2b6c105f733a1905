/*
 * inotify says when, a fingerprint of names, times and sizes says what: editors
 * write in too many ways to trust single events.
 */
#include "app/watch.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "config/config.h"
#include "config/project.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { QUIET_MS = 60, GROUPS = 3 };

struct watch {
	int fd;
	uint64_t prints[GROUPS];
};

/* FNV-1a: differs when the files do, nothing more is asked. */
static void mix(uint64_t *print, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*print = (*print ^ ((const unsigned char *)p)[i]) * UINT64_C(1099511628211);
}

static void mix_file(uint64_t *print, const char *path)
{
	struct stat st;
	if (stat(path, &st) < 0)
		return;
	mix(print, path, strlen(path));
	mix(print, &st.st_mtim, sizeof(st.st_mtim));
	mix(print, &st.st_size, sizeof(st.st_size));
	mix(print, &st.st_ino, sizeof(st.st_ino));
}

static void mix_config(struct ctx *c, uint64_t *print, const struct config *cfg)
{
	static const char *const names[] = { ".env", ".env.local", ".env.development",
					     ".env.development.local" };
	mix_file(print, cfg->file);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		mix_file(print, arena_printf(c->arena, "%s/%s", cfg->dir, names[i]));
		mix_file(print, arena_printf(c->arena, "%s/%s", cfg->supabase_dir, names[i]));
	}
}

static void take_prints(struct ctx *c, const struct config *cfg, uint64_t prints[GROUPS])
{
	struct project_files files;
	for (int i = 0; i < GROUPS; i++)
		prints[i] = UINT64_C(14695981039346656037);
	mix_config(c, &prints[0], cfg);
	if (project_list(c, cfg, &files) < 0) {
		/* A problem among the migrations is shown when they are applied. */
		mix(&prints[1], c->err.message, strlen(c->err.message));
		err_clear(c);
		return;
	}
	for (size_t i = 0; i < files.n_migrations; i++)
		mix_file(&prints[1], files.migrations[i].path);
	for (size_t i = 0; i < files.n_seeds; i++)
		mix_file(&prints[2], files.seeds[i]);
}

static void add_dir(struct watch *w, const char *path)
{
	(void)inotify_add_watch(w->fd, path,
				IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE |
					IN_DELETE | IN_ONLYDIR);
}

/* Also when called again: a folder may have come since. */
static void add_dirs(struct ctx *c, struct watch *w, const struct config *cfg)
{
	add_dir(w, cfg->dir);
	add_dir(w, cfg->supabase_dir);
	add_dir(w, arena_printf(c->arena, "%s/migrations", cfg->supabase_dir));
	for (size_t i = 0; i < cfg->db.sql_paths.n; i++) {
		char *dir = arena_strdup(c->arena, cfg->db.sql_paths.v[i]);
		char *slash = strrchr(dir, '/');
		if (slash && slash != dir && !strpbrk(dir, "*?[")) {
			*slash = '\0';
			add_dir(w, dir);
		}
	}
}

int watch_new(struct ctx *c, const struct config *cfg, struct watch **ret)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (fd < 0)
		return err_set(c, "58000", "changes cannot be watched: %s", strerror(errno));
	struct watch *w = calloc(1, sizeof(*w));
	CHECK(w);
	w->fd = fd;
	add_dirs(c, w, cfg);
	take_prints(c, cfg, w->prints);
	*ret = w;
	return 0;
}

void watch_free(struct watch *w)
{
	if (!w)
		return;
	close(w->fd);
	free(w);
}

int watch_fd(const struct watch *w)
{
	return w->fd;
}

uint32_t watch_take(struct ctx *c, struct watch *w, const struct config *cfg)
{
	char events[4096];
	uint64_t prints[GROUPS];
	uint32_t changes = 0;
	struct pollfd fd = { w->fd, POLLIN, 0 };
	do {
		while (read(w->fd, events, sizeof(events)) > 0)
			;
	} while (poll(&fd, 1, QUIET_MS) > 0);
	struct arena_mark mark = arena_mark(c->arena);
	add_dirs(c, w, cfg);
	take_prints(c, cfg, prints);
	arena_rewind(c->arena, mark);
	for (int i = 0; i < GROUPS; i++) {
		if (prints[i] != w->prints[i])
			changes |= 1u << i;
		w->prints[i] = prints[i];
	}
	return changes;
}
