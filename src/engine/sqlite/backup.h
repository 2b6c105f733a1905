/* A consistent copy of an open database file. */
#ifndef ENGINE_SQLITE_BACKUP_H
#define ENGINE_SQLITE_BACKUP_H

struct ctx;
struct sqlite_engine;

/* Writes a compact copy to path, which must not exist (58P02), while reads and
 * writes go on. The copy is complete and synced when 0 is returned; on failure
 * no file is left. May suspend. */
int sqlite_backup(struct ctx *c, struct sqlite_engine *e, const char *path);

#endif
