/* The service's inside. Private to this folder. */
#ifndef SIGNIN_SIGNIN_INT_H
#define SIGNIN_SIGNIN_INT_H

#include "signin/rate.h"
#include "signin/signin.h"

#include <stdatomic.h>

struct arena;
struct hooks;
struct http_client;
struct pool;
struct providers;

struct signin {
	struct signin_options o;
	struct arena *arena;
	const char *external_url;   /* of this service, without a slash at its end */
	struct pool *pool;	    /* hashes passwords */
	struct http_client *client; /* asks providers, hooks, captchas */
	struct hooks *hooks;
	struct providers *providers;
	struct limits *limits;
	const char *dummy_hash; /* of no password: equal work for unknown users */
	int64_t timebox, inactivity, max_frequency; /* seconds; 0 none */
	_Atomic uint64_t n_sign_ins, n_refused, n_limited, n_refreshed, n_answers;
};

#define SIGNIN_ROLE "supabase_auth_admin"
#define SIGNIN_AUD "authenticated"

#endif
