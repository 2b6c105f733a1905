/*
 * Rate limits: token buckets by kind and key (an address, an account), in memory,
 * bounded: when the table is full the buckets that are full go first.
 */
#ifndef SIGNIN_RATE_H
#define SIGNIN_RATE_H

#include "base/str.h"

struct limits;

/* burst tokens, refilled evenly over `period` seconds. burst 0: no limit. */
struct limit {
	const char *name; /* part of the key */
	double burst;
	double period;
};

struct limits *limits_new(void);
void limits_free(struct limits *l); /* NULL allowed */

/* Takes a token for the key. False when there is none; *ret_wait is then the
 * number of seconds until one is there. Any thread. now: seconds, monotonic. */
bool limits_take(struct limits *l, const struct limit *what, struct str key, double now,
		 int64_t *ret_wait);
/* The same without taking. */
bool limits_has(struct limits *l, const struct limit *what, struct str key, double now,
		int64_t *ret_wait);

size_t limits_count(struct limits *l); /* buckets, never more than 100,001 */

#endif
