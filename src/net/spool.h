/*
 * Unlinked files for bodies that wait for their client. All of them together
 * are bounded, so that slow clients cannot fill the disk. Internal to net.
 */
#ifndef NET_SPOOL_H
#define NET_SPOOL_H

#include <stddef.h>
#include <stdint.h>

/* Most bytes of all files of the process together. */
void spool_set_limit(uint64_t bytes);

/* An unlinked file in dir, or -1 (errno). */
int spool_open(const char *dir);

/* Appends to fd and adds n to *held. -1 with errno; EDQUOT past the limit. */
int spool_add(int fd, const void *p, size_t n, uint64_t *held);

/* The file has been closed: gives *held back and zeroes it. */
void spool_release(uint64_t *held);

/* Writes all n bytes, or -1 (errno). Not counted. */
int write_all(int fd, const void *p, size_t n);

#endif
