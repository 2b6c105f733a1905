/* Files of bodies that wait, counted together. */
#include "net/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static _Atomic uint64_t limit = 8ull << 30;
static _Atomic uint64_t total;

void spool_set_limit(uint64_t bytes)
{
	atomic_store(&limit, bytes);
}

int spool_open(const char *dir)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	/* A file system without O_TMPFILE. */
	char name[512];
	int n = snprintf(name, sizeof(name), "%s/bedplate-XXXXXX", dir);
	if (n < 0 || (size_t)n >= sizeof(name))
		return -1;
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	return fd;
}

int write_all(int fd, const void *p, size_t n)
{
	const char *at = p;
	while (n > 0) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -1;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

int spool_add(int fd, const void *p, size_t n, uint64_t *held)
{
	if (atomic_fetch_add(&total, n) + n > atomic_load(&limit)) {
		atomic_fetch_sub(&total, n);
		errno = EDQUOT;
		return -1;
	}
	*held += n;
	return write_all(fd, p, n);
}

void spool_release(uint64_t *held)
{
	atomic_fetch_sub(&total, *held);
	*held = 0;
}
