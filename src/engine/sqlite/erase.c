/* Deleting a database file with all that belongs to it. */
#include "engine/sqlite/sqlite.h"

#include "base/arena.h"
#include "base/err.h"
#include "engine/sqlite/lock.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The file first: a log without its file is nothing, while a file without its
 * log is an older state of the database. */
static int remove_files(struct ctx *c, const char *path)
{
	static const char *const suffixes[] = { "", "-shm", "-wal", "-journal" };
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		const char *name = arena_printf(c->arena, "%s%s", path, suffixes[i]);
		if (unlink(name) < 0 && errno != ENOENT)
			return err_set(c, "58030", "could not delete \"%s\": %s", name,
				       strerror(errno));
	}
	return 0;
}

int sqlite_erase(struct ctx *c, const char *path)
{
	int lock;
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	TRY(file_lock_take(c, path, &lock));
	int rc = remove_files(c, path);
	file_lock_release(lock);
	return rc;
}
