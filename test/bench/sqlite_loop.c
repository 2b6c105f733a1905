/*
 * The floor: SQLite driven directly by a loop in C.
 *
 *	sqlite_loop read  DB SECONDS   point reads by primary key
 *	sqlite_loop write DB SECONDS   inserts in groups of 64, one durable COMMIT each
 *
 * Prints operations per second and CPU microseconds per operation.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { GROUP = 64 };

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_seconds(void)
{
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void must(sqlite3 *db, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "sqlite: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	must(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL));
	return st;
}

static void run(sqlite3_stmt *st)
{
	must(sqlite3_db_handle(st), sqlite3_step(st));
	sqlite3_reset(st);
}

static long read_rows(sqlite3 *db, double until)
{
	sqlite3_stmt *st = prepare(db, "SELECT id, owner, room, body FROM message WHERE id = ?1");
	long done = 0, bytes = 0;
	for (; now() < until; done++) {
		sqlite3_bind_int64(st, 1, 1 + done % 10000);
		must(db, sqlite3_step(st));
		bytes += sqlite3_column_bytes(st, 3);
		sqlite3_reset(st);
	}
	sqlite3_finalize(st);
	return bytes > 0 ? done : 0;
}

static long write_rows(sqlite3 *db, double until)
{
	sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
	sqlite3_stmt *save = prepare(db, "SAVEPOINT s"), *release = prepare(db, "RELEASE s");
	sqlite3_stmt *insert =
		prepare(db, "INSERT INTO message (owner, room, body) VALUES (?1, ?2, ?3)");
	sqlite3_stmt *member = prepare(db, "SELECT 1 FROM member WHERE room = ?1 AND who = ?2");
	const char *who = "11111111-1111-4111-8111-111111111111";
	long done = 0;
	while (now() < until) {
		run(begin);
		for (int i = 0; i < GROUP; i++, done++) {
			run(save);
			sqlite3_bind_int64(member, 1, 1);
			sqlite3_bind_text(member, 2, who, -1, SQLITE_STATIC);
			run(member);
			sqlite3_bind_text(insert, 1, who, -1, SQLITE_STATIC);
			sqlite3_bind_int64(insert, 2, 1);
			sqlite3_bind_text(insert, 3, "a message 12345", -1, SQLITE_STATIC);
			run(insert);
			run(release);
		}
		run(commit);
	}
	return done;
}

static const char SCHEMA[] =
	"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	"CREATE TABLE IF NOT EXISTS member (room INTEGER, who TEXT, PRIMARY KEY (room, who)) "
	"WITHOUT ROWID;"
	"CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, owner TEXT NOT NULL,"
	" room INTEGER NOT NULL, body TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS message_room ON message (room);"
	"INSERT OR IGNORE INTO member VALUES (1, '11111111-1111-4111-8111-111111111111');"
	"INSERT INTO message (owner, room, body) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
	"SELECT i + 1"
	" FROM n WHERE i < 10000) SELECT '11111111-1111-4111-8111-111111111111', 1, 'a message ' "
	"|| i FROM n;";

int main(int argc, char **argv)
{
	sqlite3 *db;
	if (argc != 4)
		return 2;
	must(NULL, sqlite3_open(argv[2], &db));
	must(db, sqlite3_exec(db, SCHEMA, NULL, NULL, NULL));
	double seconds = atof(argv[3]), began = now(), cpu = cpu_seconds();
	int is_read = strcmp(argv[1], "read") == 0;
	long done = is_read ? read_rows(db, began + seconds) : write_rows(db, began + seconds);
	double took = now() - began;
	printf("%.0f per second, %.2f us CPU each\n", (double)done / took,
	       (cpu_seconds() - cpu) * 1e6 / (double)done);
	sqlite3_close(db);
	return 0;
}
