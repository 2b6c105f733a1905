/*
 * The project's database as commands use it: opened here, or through the
 * socket of the server that owns it. Everything blocks.
 */
#ifndef APP_DATABASE_H
#define APP_DATABASE_H

#include "engine/engine.h"

struct config;
struct db;

/*
 * Opens the engine that cfg names; create makes the database (and the folder of
 * a SQLite file) when it is missing. A database that another process owns is
 * reached through its socket, when it is a server of ours; 55006 otherwise.
 */
int db_open(struct ctx *c, const struct config *cfg, bool create, struct db **ret);
void db_close(struct db *db); /* NULL allowed */

/* A db over an engine that is open already and stays so. */
struct db *db_of_engine(struct engine *e);

/* The engine, NULL when it is another process's. */
struct engine *db_engine(const struct db *db);

/* Rows as text. names and types have n entries; a NULL cell has p == NULL. */
struct db_rows {
	void *arg;
	int (*columns)(struct ctx *c, void *arg, const char *const *names, const char *const *types,
		       size_t n);
	int (*row)(struct ctx *c, void *arg, const struct str *cells, size_t n);
};

/* One statement that may return rows (rows NULL: dropped), as one transaction. */
int db_query(struct ctx *c, struct db *db, const char *role, struct str sql, struct db_rows *rows,
	     uint64_t *ret_affected);

/* A script, as engine_script(). */
int db_script(struct ctx *c, struct db *db, struct script_spec *spec);

/* A consistent copy into a file. 0A000 where the engine has none. */
int db_backup(struct ctx *c, struct db *db, const char *path);

/* Empties the database that cfg names: the next db_open() with create starts
 * anew. Refused (55006) while a process has it. */
int db_erase(struct ctx *c, const struct config *cfg);

/* The versions in supabase_migrations.schema_migrations; none without the table. */
int db_applied(struct ctx *c, struct db *db, const char ***ret, size_t *ret_n);

#endif
