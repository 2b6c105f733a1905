/* For the fn_*.c files: their tables and the helpers that keep bodies short. */
#ifndef VALUE_FN_INT_H
#define VALUE_FN_INT_H

#include "base/arena.h"
#include "value/fn.h"

struct fn_group {
	const struct value_fn *rows;
	size_t n;
};
extern const struct fn_group fn_group_number, fn_group_numeric, fn_group_datetime,
	fn_group_interval, fn_group_text, fn_group_quote, fn_group_pattern, fn_group_jsonb,
	fn_group_jsonpath, fn_group_json, fn_group_array, fn_group_format, fn_group_bytes,
	fn_group_tsearch, fn_group_trigram, fn_group_vector;

#define FN_ARGS                                                                                    \
	struct ctx *c, const struct value_env *env, const struct datum *args, int nargs,           \
		struct datum *ret
#define FN_UNUSED                                                                                  \
	(void)c;                                                                                   \
	(void)env;                                                                                 \
	(void)args;                                                                                \
	(void)nargs
#define FN_GROUP(name, table)                                                                      \
	const struct fn_group name = { (table), sizeof(table) / sizeof((table)[0]) }
#define STRICT(name, sig, body)                                                                    \
	{                                                                                          \
		(name), (sig), true, false, false, (body)                                          \
	}
#define LAX(name, sig, body)                                                                       \
	{                                                                                          \
		(name), (sig), false, false, false, (body)                                         \
	}
#define STABLE(name, sig, body)                                                                    \
	{                                                                                          \
		(name), (sig), true, false, true, (body)                                           \
	}
#define VOLATILE(name, sig, body)                                                                  \
	{                                                                                          \
		(name), (sig), true, true, false, (body)                                           \
	}

/* Each sets *ret and returns 0. */
static inline int ret_text(struct datum *ret, struct str s)
{
	*ret = datum_text(s);
	return 0;
}
static inline int ret_int(struct datum *ret, int64_t v)
{
	*ret = datum_int(v);
	return 0;
}
static inline int ret_bool(struct datum *ret, bool v)
{
	*ret = datum_bool(v);
	return 0;
}
static inline int ret_real(struct datum *ret, double v)
{
	*ret = datum_real(v);
	return 0;
}
static inline int ret_null(struct datum *ret)
{
	*ret = datum_null();
	return 0;
}
/* A copy of the buffer's content; 54000 when it hit its cap. */
int ret_buf(struct ctx *c, struct datum *ret, const struct buf *b);

#endif
