/*
 * The writer: the one thread of a database file that writes. Requests are
 * handed to it whole and wait in a queue; whatever waits when it comes round
 * becomes one group: each request between SAVEPOINT and RELEASE, one COMMIT
 * with an fsync for all, then every request of the group is answered.
 *
 * A request that fails rolls back to its savepoint and leaves the others
 * alone. When SQLite ends the whole transaction under it (disk full, I/O
 * error, interrupt), the others run again without it. When the COMMIT's own
 * write or fsync fails, nobody can know what is on disk: the process ends.
 */
#ifndef ENGINE_SQLITE_WRITER_H
#define ENGINE_SQLITE_WRITER_H

#include "engine/sqlite/state.h"

enum { GROUP_MAX = 128 };

struct writer;

/* Opens the writing connection (creating the file when create) and starts the
 * thread. */
int writer_start(struct ctx *c, struct sqlite_engine *e, bool create, struct writer **ret);

/* Answers what is queued, ends the thread and closes its connection; the last
 * one of the file to close empties the log into it. NULL allowed. */
void writer_stop(struct writer *w);

/* Runs steps as one transaction. May suspend. */
int writer_tx(struct ctx *c, struct writer *w, const struct session *s, const struct tx_spec *spec,
	      const struct step *steps, size_t n);

/* Runs a script in a transaction of its own. May suspend. */
int writer_script(struct ctx *c, struct writer *w, struct script_spec *spec);

/* Requests waiting. Any thread. */
size_t writer_queued(struct writer *w);

#endif
