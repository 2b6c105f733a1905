/* Configurations: Snowball's stemmers, English stop words, and words to lexemes. */
#include "value/tsearch.h"

#include "base/check.h"
#include "value/text.h"

#include <libstemmer.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct ts_config {
	const char *name;
	const char *stemmer; /* of libstemmer, NULL: none */
	bool has_stops;
};

static const struct ts_config configs[] = {
	{ "english", "english", true },	       { "simple", NULL, false },
	{ "arabic", "arabic", false },	       { "armenian", "armenian", false },
	{ "basque", "basque", false },	       { "catalan", "catalan", false },
	{ "danish", "danish", false },	       { "dutch", "dutch", false },
	{ "finnish", "finnish", false },       { "french", "french", false },
	{ "german", "german", false },	       { "greek", "greek", false },
	{ "hindi", "hindi", false },	       { "hungarian", "hungarian", false },
	{ "indonesian", "indonesian", false }, { "irish", "irish", false },
	{ "italian", "italian", false },       { "lithuanian", "lithuanian", false },
	{ "nepali", "nepali", false },	       { "norwegian", "norwegian", false },
	{ "portuguese", "portuguese", false }, { "romanian", "romanian", false },
	{ "russian", "russian", false },       { "serbian", "serbian", false },
	{ "spanish", "spanish", false },       { "swedish", "swedish", false },
	{ "tamil", "tamil", false },	       { "turkish", "turkish", false },
	{ "yiddish", "yiddish", false },
};
enum { N_CONFIGS = sizeof(configs) / sizeof(configs[0]) };

bool ts_config_is_builtin(struct str name)
{
	for (size_t i = 0; i < N_CONFIGS; i++) {
		if (str_is(name, configs[i].name))
			return true;
	}
	return false;
}

int ts_config_find(struct ctx *c, struct str name, const struct ts_config **ret)
{
	struct str bare = name;
	if (str_starts(bare, STR("pg_catalog.")))
		bare = str_from(bare, sizeof("pg_catalog.") - 1);
	for (size_t i = 0; i < N_CONFIGS; i++) {
		if (!bare.n || str_is(bare, configs[i].name)) {
			*ret = &configs[i];
			return 0;
		}
	}
	return err_set(c, "42704", "text search configuration \"%.*s\" does not exist",
		       STR_ARG(name));
}

/* In byte order. */
static const char *const english_stops[] = {
	"a",	  "about",  "above", "after", "again",	 "against",   "all",	    "am",
	"an",	  "and",    "any",   "are",   "as",	 "at",	      "be",	    "because",
	"been",	  "before", "being", "below", "between", "both",      "but",	    "by",
	"can",	  "did",    "do",    "does",  "doing",	 "don",	      "down",	    "during",
	"each",	  "few",    "for",   "from",  "further", "had",	      "has",	    "have",
	"having", "he",	    "her",   "here",  "hers",	 "herself",   "him",	    "himself",
	"his",	  "how",    "i",     "if",    "in",	 "into",      "is",	    "it",
	"its",	  "itself", "just",  "me",    "more",	 "most",      "my",	    "myself",
	"no",	  "nor",    "not",   "now",   "of",	 "off",	      "on",	    "once",
	"only",	  "or",	    "other", "our",   "ours",	 "ourselves", "out",	    "over",
	"own",	  "s",	    "same",  "she",   "should",	 "so",	      "some",	    "such",
	"t",	  "than",   "that",  "the",   "their",	 "theirs",    "them",	    "themselves",
	"then",	  "there",  "these", "they",  "this",	 "those",     "through",    "to",
	"too",	  "under",  "until", "up",    "very",	 "was",	      "we",	    "were",
	"what",	  "when",   "where", "which", "while",	 "who",	      "whom",	    "why",
	"will",	  "with",   "you",   "your",  "yours",	 "yourself",  "yourselves",
};

static int by_word(const void *key, const void *item)
{
	return str_cmp(*(const struct str *)key, str_of(*(const char *const *)item));
}

static bool is_stop(struct str word)
{
	return bsearch(&word, english_stops, sizeof(english_stops) / sizeof(english_stops[0]),
		       sizeof(english_stops[0]), by_word) != NULL;
}

/* A stemmer is made once for each thread and language. */
struct stemmers {
	struct sb_stemmer *of[N_CONFIGS];
};

static pthread_key_t stemmers_key;

static void free_stemmers(void *arg)
{
	struct stemmers *s = arg;
	for (size_t i = 0; i < N_CONFIGS; i++)
		sb_stemmer_delete(s->of[i]);
	free(s);
}

/* The main thread ends without its destructors. */
static void free_own(void)
{
	struct stemmers *s = pthread_getspecific(stemmers_key);
	if (s)
		free_stemmers(s);
	pthread_setspecific(stemmers_key, NULL);
}

static void make_key(void)
{
	CHECK(pthread_key_create(&stemmers_key, free_stemmers) == 0);
	CHECK(atexit(free_own) == 0);
}

static struct sb_stemmer *stemmer_of(const struct ts_config *cfg)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_key);
	struct stemmers *s = pthread_getspecific(stemmers_key);
	if (!s) {
		s = calloc(1, sizeof(*s));
		CHECK(s);
		CHECK(pthread_setspecific(stemmers_key, s) == 0);
	}
	size_t i = (size_t)(cfg - configs);
	if (!s->of[i])
		s->of[i] = sb_stemmer_new(cfg->stemmer, NULL);
	CHECK(s->of[i]);
	return s->of[i];
}

int ts_lexize(struct ctx *c, const struct ts_config *cfg, const struct ts_token *t, struct str *ret)
{
	struct str word = text_lower(c->arena, t->text);
	if (t->kind == TS_TOKEN_PLAIN || !cfg->stemmer) {
		*ret = word;
		return 0;
	}
	if (cfg->has_stops && is_stop(word)) {
		*ret = STR("");
		return 0;
	}
	struct sb_stemmer *stemmer = stemmer_of(cfg);
	const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)word.p, (int)word.n);
	CHECK(stem);
	struct str s = { (const char *)stem, (size_t)sb_stemmer_length(stemmer) };
	*ret = str_copy(c->arena, s);
	return 0;
}

int ts_words(struct ctx *c, const struct ts_config *cfg, struct str text, struct ts_words *ret)
{
	struct ts_tokens tokens = { 0 };
	ts_tokenize(c, text, &tokens);
	for (size_t i = 0; i < tokens.v.n; i++) {
		struct ts_word w = { .pos = (uint32_t)i + 1 };
		/* PostgreSQL leaves over-long words out, with a notice */
		if (tokens.v.v[i].text.n <= TS_LEXEME_MAX)
			TRY(ts_lexize(c, cfg, &tokens.v.v[i], &w.text));
		VEC_PUSH(c->arena, &ret->v, w);
	}
	return 0;
}

int ts_vector_make(struct ctx *c, const struct ts_config *cfg, struct str text,
		   struct ts_vector *ret)
{
	struct ts_words words = { 0 };
	TRY(ts_words(c, cfg, text, &words));
	*ret = (struct ts_vector){ 0 };
	for (size_t i = 0; i < words.v.n; i++) {
		const struct ts_word *w = &words.v.v[i];
		if (!w->text.n)
			continue;
		struct ts_lexeme l = { .text = w->text };
		struct ts_pos p = { .pos = (uint16_t)(w->pos > TS_POSITION_MAX ? TS_POSITION_MAX
									       : w->pos) };
		VEC_PUSH(c->arena, &l.pos, p);
		VEC_PUSH(c->arena, &ret->lexemes, l);
	}
	ts_vector_normalize(c, ret);
	return 0;
}
