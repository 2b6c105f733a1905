/*
 * Full text search: tsvector and tsquery as PostgreSQL 15 makes, prints and
 * matches them. Both are stored as PostgreSQL's output text.
 *
 * Configurations are Snowball's languages and "simple", as PostgreSQL ships
 * them. Stop words are known for English; other languages' configurations stem
 * and keep every word.
 *
 * Limits as PostgreSQL's: a lexeme 2046 bytes, 255 positions of a lexeme up to
 * 16383, a tsvector 1 MB (54000).
 */
#ifndef VALUE_TSEARCH_H
#define VALUE_TSEARCH_H

#include "base/err.h"
#include "base/str.h"
#include "base/vec.h"

enum { TS_LEXEME_MAX = 2046, TS_POSITION_MAX = 16383, TS_POSITIONS_MAX = 255 };

/* Weights as PostgreSQL numbers them: D 0, C 1, B 2, A 3. */
struct ts_pos {
	uint16_t pos;
	uint8_t weight;
};

struct ts_lexeme {
	struct str text;
	VEC(struct ts_pos) pos; /* ascending; empty: stripped */
};

/* Lexemes in byte order, each once. */
struct ts_vector {
	VEC(struct ts_lexeme) lexemes;
};

/* The input function; errors 42601 and 54000. */
int ts_vector_parse(struct ctx *c, struct str text, struct ts_vector *ret);
/* The input functions of the types: text to stored text. */
int ts_vector_in(struct ctx *c, struct str text, struct str *ret);
int ts_query_in(struct ctx *c, struct str text, struct str *ret);
/* What ts_vector_print wrote. */
void ts_vector_load(struct ctx *c, struct str text, struct ts_vector *ret);
int ts_vector_print(struct ctx *c, const struct ts_vector *v, struct str *ret);
/* Sorts lexemes and positions, joins equal ones. */
void ts_vector_normalize(struct ctx *c, struct ts_vector *v);
const struct ts_lexeme *ts_vector_find(const struct ts_vector *v, struct str text);

enum ts_op { TS_VALUE, TS_STOP, TS_NOT, TS_AND, TS_OR, TS_PHRASE };

struct ts_node {
	enum ts_op op;
	struct str text;	      /* TS_VALUE */
	uint8_t weights;	      /* TS_VALUE: bit per weight, 0 any */
	bool is_prefix;		      /* TS_VALUE */
	int distance;		      /* TS_PHRASE */
	struct ts_node *left, *right; /* TS_NOT: left */
};

/* How an operand's text becomes lexemes: to_tsquery's, or none ('…'::tsquery). */
struct ts_config;
/* NULL query: empty. Errors 42601 "syntax error in tsquery: ...". */
int ts_query_parse(struct ctx *c, struct str text, const struct ts_config *cfg,
		   struct ts_node **ret);
void ts_query_load(struct ctx *c, struct str text, struct ts_node **ret);
struct str ts_query_print(struct ctx *c, const struct ts_node *q);
/* Text of free words: plainto (TS_AND), phraseto (TS_PHRASE). */
int ts_query_words(struct ctx *c, struct str text, const struct ts_config *cfg, enum ts_op join,
		   struct ts_node **ret);
/* websearch_to_tsquery: never fails on syntax. */
int ts_query_web(struct ctx *c, struct str text, const struct ts_config *cfg, struct ts_node **ret);

/* "english", "pg_catalog.simple", ...; 42704 when there is none. An empty name is the
 * default, english. */
bool ts_config_is_builtin(struct str name);
int ts_config_find(struct ctx *c, struct str name, const struct ts_config **ret);

/* A word of a text as its configuration's dictionary gives it; text empty: a stop word,
 * which counts for positions. */
struct ts_word {
	struct str text;
	uint32_t pos; /* 1-based */
};
struct ts_words {
	VEC(struct ts_word) v;
};
int ts_words(struct ctx *c, const struct ts_config *cfg, struct str text, struct ts_words *ret);
/* to_tsvector. */
int ts_vector_make(struct ctx *c, const struct ts_config *cfg, struct str text,
		   struct ts_vector *ret);

/* @@ */
bool ts_match(struct ctx *c, const struct ts_vector *v, const struct ts_node *q);

/* ts_rank and ts_rank_cd with weights for D, C, B, A. */
float ts_rank(struct ctx *c, const struct ts_vector *v, const struct ts_node *q,
	      const float weights[4], int method);
float ts_rank_cover(struct ctx *c, const struct ts_vector *v, const struct ts_node *q,
		    const float weights[4], int method);

/* ---- between the tsearch files ---- */

struct buf;
void ts_put_quoted(struct buf *b, struct str s);

enum ts_token_kind { TS_TOKEN_WORD, TS_TOKEN_PLAIN }; /* stemmed, or taken as it is */
struct ts_token {
	struct str text;
	enum ts_token_kind kind;
	bool is_part; /* of the compound before it */
};
struct ts_tokens {
	VEC(struct ts_token) v;
};
/* PostgreSQL's default parser: words, compounds and their parts, numbers, addresses. */
void ts_tokenize(struct ctx *c, struct str text, struct ts_tokens *ret);
/* The lexeme of a token, in the arena; empty for a stop word. */
int ts_lexize(struct ctx *c, const struct ts_config *cfg, const struct ts_token *t,
	      struct str *ret);

#endif
