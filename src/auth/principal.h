/*
 * Who a request acts as: the result of authentication and all that the layers
 * above hand to an engine (SET LOCAL role, request.jwt.claims).
 */
#ifndef AUTH_PRINCIPAL_H
#define AUTH_PRINCIPAL_H

#include "base/str.h"

struct principal {
	const char *role; /* database role, never NULL or empty */
	/* The text of request.jwt.claims: one JSON object, its members sorted and
	 * unique, "role" always among them ({"role":"anon"} without a token), as
	 * PostgREST sets it. */
	struct str claims_json;
	struct str subject; /* the sub claim, empty when there is none */
	/* The role is the anonymous one, with or without a token: 42501 is answered
	 * with 401 and "WWW-Authenticate: Bearer" then, with 403 otherwise. */
	bool is_anonymous;
	int64_t expires_at; /* Unix seconds, 0: never */
};

#endif
