/* What a principal takes from verified claims. Private to this folder. */
#ifndef AUTH_CLAIMS_H
#define AUTH_CLAIMS_H

#include "base/str.h"

struct arena;
struct ctx;
struct json;

enum { ROLE_PATH_MAX = 8 };

/* Where the role stands: a parsed jwt_role_claim. */
struct role_path {
	struct {
		struct str key; /* p NULL: an index */
		uint32_t index;
	} v[ROLE_PATH_MAX];
	size_t n;
};

/*
 * Reads "$.role", ".app_metadata.role", "$.roles[0]", "$['https://x/role']" or
 * ".\"quoted\"". The keys are copied to a. Error F0000 for anything else.
 */
int role_path_parse(struct ctx *c, struct arena *a, const char *text, struct role_path *ret);

/* The role's text, NULL when the claims have none there. A value that is not a
 * string gives its JSON text, as PostgREST does. In a. */
const char *role_path_get(struct arena *a, const struct role_path *path, const struct json *claims);

/* The claims as request.jwt.claims: members sorted by name, the last of equal
 * ones kept, "role" set to role. In a. */
struct str claims_text(struct arena *a, const struct json *claims, const char *role);

#endif
