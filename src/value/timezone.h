/*
 * Time zones from the system's TZif files, plus fixed offsets.
 */
#ifndef VALUE_TIMEZONE_H
#define VALUE_TIMEZONE_H

#include "base/err.h"
#include "base/str.h"

struct tzone;

/* A zone by IANA name (any case), abbreviation of it, "UTC", or PostgreSQL's
 * POSIX form ("+02", "<+02>-02"). Loaded once, kept for the life of the
 * process, shared by threads. Error 22023 `time zone "x" not recognized`. */
int tzone_find(struct ctx *c, struct str name, const struct tzone **ret);

/* The same as SET TimeZone reads it: a plain number is hours east, there are no
 * abbreviations, offsets must be whole minutes. 22023 `invalid value for
 * parameter "TimeZone": "x"` or about leap seconds. */
int tzone_session(struct ctx *c, struct str name, const struct tzone **ret);

/* A fixed offset, seconds east of Greenwich. The arena owns it. */
const struct tzone *tzone_fixed(struct arena *a, int32_t east);

/* Seconds east of Greenwich at that instant (Unix seconds, UTC). NULL zone is
 * UTC. *ret_abbrev (may be NULL) is the abbreviation, *ret_dst the flag. */
int32_t tzone_offset_at(const struct tzone *z, int64_t unix_s, struct str *ret_abbrev,
			bool *ret_dst);

/* The offset that a local wall-clock time has (Unix seconds as if it were
 * UTC): in a gap the time before the change counts, in a fold standard time,
 * as PostgreSQL decides. */
int32_t tzone_offset_local(const struct tzone *z, int64_t local_s);

#endif
