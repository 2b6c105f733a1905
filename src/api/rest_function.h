/* Finding the function that /rpc/name means. */
#ifndef API_REST_FUNCTION_H
#define API_REST_FUNCTION_H

#include "api/rest_media.h"
#include "api/rest_relations.h"

struct ctx;
struct plan_settings;

/* What the caller gave: the names of the arguments, sorted and unique. */
struct function_call {
	struct str name;
	name_list keys;
	struct media content_type;
	bool is_post;
};

/* The overload that takes these arguments: all required ones and any optional;
 * else, by POST, one with a single unnamed parameter of the body's type.
 * PGRST202 with a hint when there is none, PGRST203 for several. */
int function_find(struct ctx *c, const struct plan_settings *s, const struct function_call *call,
		  const struct function **ret);

/* i-th input parameter, NULL past the end. */
const struct func_arg *function_input(const struct function *f, size_t i);

/* Its type for a cast or a column definition: types whose length is 1 when it
 * is not given are widened. */
const char *function_arg_type(struct arena *a, const struct func_arg *arg);

bool function_is_composite(const struct function *f); /* rows rather than values */
bool function_is_void(const struct function *f);
bool function_is_unnamed(const struct function *f); /* takes the body whole */

#endif
