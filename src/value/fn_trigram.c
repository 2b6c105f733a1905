/* pg_trgm's functions, by their internal names; thresholds are the defaults. */
#include "base/json.h"
#include "value/fn_int.h"
#include "value/trigram.h"

static int similarity(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, (double)trigram_similarity(c, args[0].s, args[1].s));
}

static int distance(FN_ARGS)
{
	FN_UNUSED;
	return ret_real(ret, (double)(1.0F - trigram_similarity(c, args[0].s, args[1].s)));
}

static int is_similar(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, trigram_similarity(c, args[0].s, args[1].s) >= 0.3F);
}

#define WORD_FN(prefix, is_strict, threshold)                                                      \
	static int prefix##_similarity(FN_ARGS)                                                    \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return ret_real(                                                                   \
			ret, (double)trigram_word_similarity(c, args[0].s, args[1].s, is_strict)); \
	}                                                                                          \
	static int prefix##_is_similar(FN_ARGS)                                                    \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return ret_bool(ret, trigram_word_similarity(c, args[0].s, args[1].s,              \
							     is_strict) >= (threshold));           \
	}                                                                                          \
	static int prefix##_distance(FN_ARGS)                                                      \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return ret_real(ret,                                                               \
				(double)(1.0F - trigram_word_similarity(c, args[0].s, args[1].s,   \
									is_strict)));              \
	}
WORD_FN(word, false, 0.6F)
WORD_FN(strict_word, true, 0.5F)

static int show_trgm(FN_ARGS)
{
	FN_UNUSED;
	struct trigrams t;
	BUF_CLEANUP struct buf b = buf_make(64 << 20);
	trigrams_of(c, args[0].s, &t);
	buf_char(&b, '[');
	for (size_t i = 0; i < t.v.n; i++) {
		buf_puts(&b, i ? "," : "");
		json_put_string(&b, t.v.v[i]);
	}
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

static const struct value_fn rows[] = {
	STRICT("similarity", "f:tt", similarity),
	STRICT("similarity_dist", "f:tt", distance),
	STRICT("similarity_op", "b:tt", is_similar),
	STRICT("word_similarity", "f:tt", word_similarity),
	STRICT("word_similarity_op", "b:tt", word_is_similar),
	STRICT("word_similarity_dist_op", "f:tt", word_distance),
	STRICT("strict_word_similarity", "f:tt", strict_word_similarity),
	STRICT("strict_word_similarity_op", "b:tt", strict_word_is_similar),
	STRICT("strict_word_similarity_dist_op", "f:tt", strict_word_distance),
	STRICT("show_trgm", "A:t", show_trgm),
};
FN_GROUP(fn_group_trigram, rows);
