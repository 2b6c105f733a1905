/*
 * The public keys of [auth.third_party] issuers, whose tokens the data API takes:
 * fetched at start and every ten minutes, on a thread of its own. An issuer that
 * cannot be reached keeps the keys it had.
 */
#ifndef EXTERNAL_ISSUERS_H
#define EXTERNAL_ISSUERS_H

struct auth;
struct config;
struct ctx;
struct issuers;

enum { ISSUERS_FRESH_S = 600, ISSUERS_RETRY_S = 15 };

/* *ret NULL when no issuer is configured. cfg and auth outlive it. */
int issuers_start(struct ctx *c, const struct config *cfg, struct auth *auth, struct issuers **ret);
void issuers_stop(struct issuers *i); /* NULL allowed */

#endif
