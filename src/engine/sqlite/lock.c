#include "engine/sqlite/lock.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int refuse(struct ctx *c, const char *path, int fd)
{
	char pid[32];
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);
	pid[n > 0 ? n : 0] = '\0';
	pid[strspn(pid, "0123456789")] = '\0';
	err_set(c, "55006", "database file \"%s\" is in use by another process%s%s", path,
		pid[0] ? ", pid " : "", pid);
	return err_hint(c, "One process owns a database file: stop that one, or work through it.");
}

int file_lock_take(struct ctx *c, const char *path, int *ret_fd)
{
	const char *name = arena_printf(c->arena, "%s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(c, "58030", "could not open lock file \"%s\": %s", name,
			       strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		refuse(c, path, fd);
		close(fd);
		return -1;
	}
	char pid[32];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, pid, (size_t)n, 0) != n) {
		err_set(c, "58030", "could not write lock file \"%s\": %s", name, strerror(errno));
		close(fd);
		return -1;
	}
	*ret_fd = fd;
	return 0;
}

void file_lock_release(int fd)
{
	if (fd >= 0)
		close(fd);
}
