/* Whole small files. */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include "base/str.h"

struct ctx;

/* Reads at most max bytes into c->arena (a NUL follows). Errors: 58P01 when
 * there is no such file, 54000 when it is larger, 58030 otherwise. */
int file_read(struct ctx *c, const char *path, size_t max, struct str *ret);

/* "dir/name" in the arena of c, or name alone when it is absolute. A leading
 * "./" of name is dropped. */
const char *path_join(struct ctx *c, const char *dir, const char *name);

#endif
