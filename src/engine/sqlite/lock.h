/*
 * One process owns a database file. The lock is a flock()
 * on PATH.lock, which the kernel drops when the process ends however it ends;
 * the file holds the owner's process id, for the message.
 */
#ifndef ENGINE_SQLITE_LOCK_H
#define ENGINE_SQLITE_LOCK_H

struct ctx;

/* Takes the lock; *ret_fd holds it. 55006 naming the owner when another
 * process (or another engine of this one) has it; 58030 when the lock file
 * cannot be made. */
int file_lock_take(struct ctx *c, const char *path, int *ret_fd);

/* Gives it back. The file stays: removing it would race with the next owner. */
void file_lock_release(int fd);

#endif
