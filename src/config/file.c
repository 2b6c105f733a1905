#include "config/file.h"

#include "base/arena.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define FD_CLEANUP __attribute__((cleanup(close_fd)))

static int read_all(struct ctx *c, int fd, const char *path, char *to, size_t size, size_t *ret)
{
	size_t n = 0;
	while (n < size) {
		ssize_t got = read(fd, to + n, size - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(c, "58030", "could not read %s: %s", path, strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*ret = n;
	return 0;
}

int file_read(struct ctx *c, const char *path, size_t max, struct str *ret)
{
	FD_CLEANUP int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(c, errno == ENOENT || errno == ENOTDIR ? "58P01" : "58030",
			       "could not open %s: %s", path, strerror(errno));
	struct stat st;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(c, "58030", "%s is not a regular file", path);
	if ((uint64_t)st.st_size > max)
		return err_set(c, "54000", "%s is larger than %zu bytes", path, max);
	char *text = arena_alloc(c->arena, (size_t)st.st_size + 1);
	size_t n;
	TRY(read_all(c, fd, path, text, (size_t)st.st_size, &n));
	text[n] = '\0';
	*ret = (struct str){ text, n };
	return 0;
}

const char *path_join(struct ctx *c, const char *dir, const char *name)
{
	if (name[0] == '/')
		return arena_strdup(c->arena, name);
	while (name[0] == '.' && name[1] == '/')
		name += 2;
	return arena_printf(c->arena, "%s/%s", dir, name);
}
