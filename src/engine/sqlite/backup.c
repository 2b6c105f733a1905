#include "engine/sqlite/backup.h"

#include "base/arena.h"
#include "engine/sqlite/state.h"
#include "loop/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <unistd.h>

struct backup_call {
	struct ctx *c;
	struct sqlite_engine *e;
	const char *path;
};

static int sync_path(struct ctx *c, const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);
	int failed = fd < 0 || fsync(fd) < 0;
	if (failed)
		err_set(c, "58030", "could not sync \"%s\": %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return failed ? -1 : 0;
}

static int copy(struct backup_call *b, struct sqlite_conn *cn, const char *temporary)
{
	TRY(sqlite_exec(b->c, cn, "PRAGMA query_only=OFF")); /* VACUUM INTO counts as a write */
	TRY(sqlite_execf(b->c, cn, "VACUUM INTO %Q", temporary));
	TRY(sync_path(b->c, temporary, O_RDONLY));
	if (link(temporary, b->path) < 0)
		return err_set(b->c, errno == EEXIST ? "58P02" : "58030",
			       "could not write \"%s\": %s", b->path, strerror(errno));
	return sync_path(b->c, dirname(arena_strdup(b->c->arena, b->path)), O_RDONLY | O_DIRECTORY);
}

static int run(void *arg)
{
	struct backup_call *b = arg;
	const char *temporary = arena_printf(b->c->arena, "%s.part", b->path);
	struct sqlite_conn *cn;
	TRY(sqlite_conn_open(b->c, b->e->path, CONN_READER, false, &cn));
	unlink(temporary);
	int failed = copy(b, cn, temporary);
	sqlite_conn_close(cn);
	unlink(temporary);
	return failed;
}

int sqlite_backup(struct ctx *c, struct sqlite_engine *e, const char *path)
{
	if (access(path, F_OK) == 0)
		return err_set(c, "58P02", "file \"%s\" exists already", path);
	struct backup_call b = { c, e, path };
	return pool_run(c, e->long_reads, run, &b);
}
