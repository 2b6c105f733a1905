/* Full text search's functions, by PostgreSQL's internal names. */
#include "value/fn_int.h"
#include "value/pgjson.h"
#include "value/tsearch.h"

#include <stdlib.h>
#include <string.h>

static int give_vector(struct ctx *c, struct datum *ret, const struct ts_vector *v)
{
	struct str s;
	TRY(ts_vector_print(c, v, &s));
	return ret_text(ret, s);
}

/* ---- making vectors ---- */

static int vector_of(struct ctx *c, struct str config, struct str text, struct datum *ret)
{
	const struct ts_config *cfg;
	struct ts_vector v;
	TRY(ts_config_find(c, config, &cfg));
	TRY(ts_vector_make(c, cfg, text, &v));
	return give_vector(c, ret, &v);
}

static int to_tsvector(FN_ARGS)
{
	FN_UNUSED;
	return vector_of(c, STR(""), args[0].s, ret);
}

static int to_tsvector_byid(FN_ARGS)
{
	FN_UNUSED;
	return vector_of(c, args[0].s, args[1].s, ret);
}

/* The strings of a document, one after the other, a position apart. */
struct gather {
	struct ctx *c;
	const struct ts_config *cfg;
	struct ts_vector v;
	int base;
};

static int add_text(struct gather *g, struct str text)
{
	struct ts_vector v;
	int last = g->base;
	TRY(ts_vector_make(g->c, g->cfg, text, &v));
	for (size_t i = 0; i < v.lexemes.n; i++) {
		struct ts_lexeme *l = &v.lexemes.v[i];
		for (size_t k = 0; k < l->pos.n; k++) {
			int pos = l->pos.v[k].pos + g->base;
			last = pos > last ? pos : last;
			l->pos.v[k].pos = (uint16_t)(pos > TS_POSITION_MAX ? TS_POSITION_MAX : pos);
		}
		VEC_PUSH(g->c->arena, &g->v.lexemes, *l);
	}
	if (v.lexemes.n)
		g->base = last + 1;
	return 0;
}

static int add_json(struct gather *g, const struct json *j)
{
	if (j->kind == JSON_STRING)
		return add_text(g, j->text);
	for (const struct json *k = j->child; k; k = k->next)
		TRY(add_json(g, k));
	return 0;
}

static int json_vector(struct ctx *c, struct str config, struct str text, struct datum *ret)
{
	struct gather g = { .c = c };
	struct json *tree;
	TRY(ts_config_find(c, config, &g.cfg));
	TRY(pgjson_parse(c, text, true, &tree));
	TRY(add_json(&g, tree));
	ts_vector_normalize(c, &g.v);
	return give_vector(c, ret, &g.v);
}

static int json_to_tsvector(FN_ARGS)
{
	FN_UNUSED;
	return json_vector(c, STR(""), args[0].s, ret);
}

static int json_to_tsvector_byid(FN_ARGS)
{
	FN_UNUSED;
	return json_vector(c, args[0].s, args[1].s, ret);
}

/* ---- making queries ---- */

static int query_of(struct ctx *c, char how, struct str config, struct str text, struct datum *ret)
{
	const struct ts_config *cfg;
	struct ts_node *q = NULL;
	TRY(ts_config_find(c, config, &cfg));
	if (how == 't')
		TRY(ts_query_parse(c, text, cfg, &q));
	else if (how == 'w')
		TRY(ts_query_web(c, text, cfg, &q));
	else
		TRY(ts_query_words(c, text, cfg, how == 'p' ? TS_AND : TS_PHRASE, &q));
	return ret_text(ret, ts_query_print(c, q));
}

#define QUERY_FN(name, how)                                                                        \
	static int name(FN_ARGS)                                                                   \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return query_of(c, how, STR(""), args[0].s, ret);                                  \
	}                                                                                          \
	static int name##_byid(FN_ARGS)                                                            \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return query_of(c, how, args[0].s, args[1].s, ret);                                \
	}
QUERY_FN(to_tsquery, 't')
QUERY_FN(plainto_tsquery, 'p')
QUERY_FN(phraseto_tsquery, 'h')
QUERY_FN(websearch_to_tsquery, 'w')

/* ---- matching ---- */

static int match(FN_ARGS)
{
	FN_UNUSED;
	struct ts_vector v;
	struct ts_node *q;
	ts_vector_load(c, args[0].s, &v);
	ts_query_load(c, args[1].s, &q);
	return ret_bool(ret, ts_match(c, &v, q));
}

static int match_text(FN_ARGS)
{
	FN_UNUSED;
	const struct ts_config *cfg;
	struct ts_vector v;
	struct ts_node *q;
	TRY(ts_config_find(c, STR(""), &cfg));
	TRY(ts_vector_make(c, cfg, args[0].s, &v));
	ts_query_load(c, args[1].s, &q);
	return ret_bool(ret, ts_match(c, &v, q));
}

/* rank(vector, query [, method]), rank(weights, vector, query [, method]): weights as an
 * array of four, D first. */
static int read_weights(struct ctx *c, struct datum array, float ret[4])
{
	struct json *tree;
	TRY(pgjson_parse(c, array.s, true, &tree));
	int n = 0;
	for (const struct json *j = tree->child; j; j = j->next, n++) {
		if (j->kind != JSON_NUMBER)
			return err_set(c, "22004", "array of weight must not contain nulls");
		double w = strtod(str_dup(c->arena, j->raw), NULL);
		if (w > 1.0)
			return err_set(c, "22023", "weight out of range");
		if (n < 4)
			ret[n] = w >= 0 ? (float)w : ret[n];
	}
	return n >= 4 ? 0 : err_set(c, "2202E", "array of weight is too short");
}

typedef float rank_body(struct ctx *c, const struct ts_vector *v, const struct ts_node *q,
			const float w[4], int method);

static int rank_of(struct ctx *c, rank_body *body, const struct datum *weights, struct str vector,
		   struct str query, int64_t method, struct datum *ret)
{
	float w[4] = { 0.1F, 0.2F, 0.4F, 1.0F };
	struct ts_vector v;
	struct ts_node *q;
	if (weights)
		TRY(read_weights(c, *weights, w));
	ts_vector_load(c, vector, &v);
	ts_query_load(c, query, &q);
	return ret_real(ret, (double)body(c, &v, q, w, (int)method));
}

#define RANK_FN(prefix, body)                                                                      \
	static int prefix##_tt(FN_ARGS)                                                            \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return rank_of(c, body, NULL, args[0].s, args[1].s, 0, ret);                       \
	}                                                                                          \
	static int prefix##_ttf(FN_ARGS)                                                           \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return rank_of(c, body, NULL, args[0].s, args[1].s, args[2].i, ret);               \
	}                                                                                          \
	static int prefix##_wtt(FN_ARGS)                                                           \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return rank_of(c, body, &args[0], args[1].s, args[2].s, 0, ret);                   \
	}                                                                                          \
	static int prefix##_wttf(FN_ARGS)                                                          \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return rank_of(c, body, &args[0], args[1].s, args[2].s, args[3].i, ret);           \
	}
RANK_FN(ts_rank, ts_rank)
RANK_FN(ts_rankcd, ts_rank_cover)

/* ---- vectors as values ---- */

static int tsvectorin(FN_ARGS)
{
	FN_UNUSED;
	struct ts_vector v;
	TRY(ts_vector_parse(c, args[0].s, &v));
	return give_vector(c, ret, &v);
}

static int tsqueryin(FN_ARGS)
{
	FN_UNUSED;
	struct ts_node *q;
	TRY(ts_query_parse(c, args[0].s, NULL, &q));
	return ret_text(ret, ts_query_print(c, q));
}

static int setweight(FN_ARGS)
{
	FN_UNUSED;
	static const char letters[] = "DCBA";
	struct ts_vector v;
	char letter = args[1].s.n ? (char)(args[1].s.p[0] & ~0x20) : '\0';
	const char *found = letter ? strchr(letters, letter) : NULL;
	if (!found)
		return err_set(c, "XX000", "unrecognized weight: %d",
			       args[1].s.n ? (unsigned char)args[1].s.p[0] : 0);
	ts_vector_load(c, args[0].s, &v);
	for (size_t i = 0; i < v.lexemes.n; i++)
		for (size_t k = 0; k < v.lexemes.v[i].pos.n; k++)
			v.lexemes.v[i].pos.v[k].weight = (uint8_t)(found - letters);
	return give_vector(c, ret, &v);
}

static int strip(FN_ARGS)
{
	FN_UNUSED;
	struct ts_vector v;
	ts_vector_load(c, args[0].s, &v);
	for (size_t i = 0; i < v.lexemes.n; i++)
		v.lexemes.v[i].pos.n = 0;
	return give_vector(c, ret, &v);
}

static int length(FN_ARGS)
{
	FN_UNUSED;
	struct ts_vector v;
	ts_vector_load(c, args[0].s, &v);
	return ret_int(ret, (int64_t)v.lexemes.n);
}

/* The second one's positions follow the first one's last. */
static int concat(FN_ARGS)
{
	FN_UNUSED;
	struct ts_vector v, more;
	int last = 0;
	ts_vector_load(c, args[0].s, &v);
	ts_vector_load(c, args[1].s, &more);
	for (size_t i = 0; i < v.lexemes.n; i++)
		for (size_t k = 0; k < v.lexemes.v[i].pos.n; k++)
			last = v.lexemes.v[i].pos.v[k].pos > last ? v.lexemes.v[i].pos.v[k].pos
								  : last;
	for (size_t i = 0; i < more.lexemes.n; i++) {
		struct ts_lexeme *l = &more.lexemes.v[i];
		for (size_t k = 0; k < l->pos.n; k++) {
			int pos = l->pos.v[k].pos + last;
			l->pos.v[k].pos = (uint16_t)(pos > TS_POSITION_MAX ? TS_POSITION_MAX : pos);
		}
		VEC_PUSH(c->arena, &v.lexemes, *l);
	}
	ts_vector_normalize(c, &v);
	return give_vector(c, ret, &v);
}

/* ---- queries as values ---- */

static int join(struct ctx *c, enum ts_op op, int distance, const struct datum *args,
		struct datum *ret)
{
	struct ts_node *left, *right;
	ts_query_load(c, args[0].s, &left);
	ts_query_load(c, args[1].s, &right);
	struct ts_node both = { .op = op, .distance = distance, .left = left, .right = right };
	return ret_text(ret, ts_query_print(c, !left ? right : !right ? left : &both));
}

static int query_and(FN_ARGS)
{
	FN_UNUSED;
	return join(c, TS_AND, 0, args, ret);
}

static int query_or(FN_ARGS)
{
	FN_UNUSED;
	return join(c, TS_OR, 0, args, ret);
}

static int query_phrase(FN_ARGS)
{
	FN_UNUSED;
	return join(c, TS_PHRASE, nargs > 2 ? (int)args[2].i : 1, args, ret);
}

static int query_not(FN_ARGS)
{
	FN_UNUSED;
	struct ts_node *q;
	ts_query_load(c, args[0].s, &q);
	struct ts_node inverse = { .op = TS_NOT, .left = q };
	return ret_text(ret, ts_query_print(c, q ? &inverse : NULL));
}

static int count_nodes(const struct ts_node *q)
{
	return q ? 1 + count_nodes(q->left) + count_nodes(q->right) : 0;
}

static int numnode(FN_ARGS)
{
	FN_UNUSED;
	struct ts_node *q;
	ts_query_load(c, args[0].s, &q);
	return ret_int(ret, count_nodes(q));
}

static const struct value_fn rows[] = {
	STABLE("to_tsvector", "t:t", to_tsvector),
	STRICT("to_tsvector_byid", "t:tt", to_tsvector_byid),
	STABLE("json_to_tsvector", "t:j", json_to_tsvector),
	STRICT("json_to_tsvector_byid", "t:tj", json_to_tsvector_byid),
	STABLE("to_tsquery", "t:t", to_tsquery),
	STRICT("to_tsquery_byid", "t:tt", to_tsquery_byid),
	STABLE("plainto_tsquery", "t:t", plainto_tsquery),
	STRICT("plainto_tsquery_byid", "t:tt", plainto_tsquery_byid),
	STABLE("phraseto_tsquery", "t:t", phraseto_tsquery),
	STRICT("phraseto_tsquery_byid", "t:tt", phraseto_tsquery_byid),
	STABLE("websearch_to_tsquery", "t:t", websearch_to_tsquery),
	STRICT("websearch_to_tsquery_byid", "t:tt", websearch_to_tsquery_byid),
	STRICT("ts_match_vq", "b:tt", match),
	STABLE("ts_match_tq", "b:tt", match_text),
	STRICT("ts_rank_tt", "f:tt", ts_rank_tt),
	STRICT("ts_rank_ttf", "f:tti", ts_rank_ttf),
	STRICT("ts_rank_wtt", "f:ttt", ts_rank_wtt),
	STRICT("ts_rank_wttf", "f:ttti", ts_rank_wttf),
	STRICT("ts_rankcd_tt", "f:tt", ts_rankcd_tt),
	STRICT("ts_rankcd_ttf", "f:tti", ts_rankcd_ttf),
	STRICT("ts_rankcd_wtt", "f:ttt", ts_rankcd_wtt),
	STRICT("ts_rankcd_wttf", "f:ttti", ts_rankcd_wttf),
	STRICT("tsvectorin", "t:t", tsvectorin),
	STRICT("tsqueryin", "t:t", tsqueryin),
	STRICT("tsvector_setweight", "t:tt", setweight),
	STRICT("tsvector_strip", "t:t", strip),
	STRICT("tsvector_length", "i:t", length),
	STRICT("tsvector_concat", "t:tt", concat),
	STRICT("tsquery_and", "t:tt", query_and),
	STRICT("tsquery_or", "t:tt", query_or),
	STRICT("tsquery_phrase", "t:tt", query_phrase),
	STRICT("tsquery_phrase_distance", "t:tti", query_phrase),
	STRICT("tsquery_not", "t:t", query_not),
	STRICT("tsquery_numnode", "i:t", numnode),
};
FN_GROUP(fn_group_tsearch, rows);
