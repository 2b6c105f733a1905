/*
 * A small catalog for tests of the SQL front end, built by hand: public.t,
 * public.child, public.gen, public.mood, the view public.v and a function.
 */
#ifndef TEST_SUPPORT_SQL_FIXTURE_H
#define TEST_SUPPORT_SQL_FIXTURE_H

#include "sql/catalog.h"

/* One reference for the caller. */
struct catalog *fixture_catalog(void);

/* The same objects as SQL, for a real PostgreSQL. */
extern const char fixture_sql[];

#endif
