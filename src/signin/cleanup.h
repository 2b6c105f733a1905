/* Rows that have had their day: used refresh tokens, old flows and challenges. */
#ifndef SIGNIN_CLEANUP_H
#define SIGNIN_CLEANUP_H

#include "signin/call.h"

/* After every few hundred answers, deletes a bounded number of such rows, as
 * upstream does between requests. Failing is logged and no more. */
void cleanup_sometimes(struct call *k);

#endif
