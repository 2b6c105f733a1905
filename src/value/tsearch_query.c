/* tsquery: input, output, and queries made of words. */
#include "value/tsearch.h"

#include "base/buf.h"

#include <string.h>

enum { QUERY_DEPTH_MAX = 500, DISTANCE_MAX = 16384 };

struct reader {
	struct ctx *c;
	struct str all, s;
	const struct ts_config *cfg;
	int depth;
};

static struct ts_node *node(struct ctx *c, enum ts_op op, struct ts_node *left,
			    struct ts_node *right)
{
	struct ts_node *n = ARENA_NEW(c->arena, struct ts_node);
	n->op = op;
	n->left = left;
	n->right = right;
	n->distance = op == TS_PHRASE ? 1 : 0;
	return n;
}

static int syntax(const struct reader *r)
{
	return err_set(r->c, "42601", "syntax error in tsquery: \"%.*s\"", STR_ARG(r->all));
}

static bool is_blank(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static void skip(struct reader *r, size_t n)
{
	r->s = str_from(r->s, n);
}

static char peek(struct reader *r)
{
	while (r->s.n && is_blank(r->s.p[0]))
		skip(r, 1);
	return r->s.n ? r->s.p[0] : '\0';
}

/* ---- words as operands ---- */

/* The lexemes of one operand joined by op; gaps of stop words count in a phrase. */
static struct ts_node *join_words(struct ctx *c, const struct ts_words *words, enum ts_op op)
{
	struct ts_node *all = NULL;
	for (size_t i = 0; i < words->v.n; i++) {
		const struct ts_word *w = &words->v.v[i];
		if (!all && !w->text.n)
			continue; /* nothing stands before it that it could be far from */
		struct ts_node *one = node(c, w->text.n ? TS_VALUE : TS_STOP, NULL, NULL);
		one->text = w->text;
		all = all ? node(c, op, all, one) : one;
	}
	return all;
}

static void mark_values(struct ts_node *n, uint8_t weights, bool is_prefix)
{
	if (!n)
		return;
	n->weights = weights;
	n->is_prefix = is_prefix;
	mark_values(n->left, weights, is_prefix);
	mark_values(n->right, weights, is_prefix);
}

/* ---- stop words out ---- */

static struct ts_node *clean(struct ts_node *n, int *ret_left, int *ret_right)
{
	*ret_left = *ret_right = 0;
	if (n->op == TS_VALUE)
		return n;
	if (n->op == TS_STOP)
		return NULL;
	if (n->op == TS_NOT) {
		n->left = clean(n->left, ret_left, ret_right);
		return n->left ? n : NULL;
	}
	int ll, lr, rl, rr, distance = n->op == TS_PHRASE ? n->distance : 0;
	n->left = clean(n->left, &ll, &lr);
	n->right = clean(n->right, &rl, &rr);
	bool is_phrase = n->op == TS_PHRASE;
	if (!n->left && !n->right) {
		*ret_left = *ret_right = is_phrase ? ll + distance + rl : (ll > rl ? ll : rl);
		return NULL;
	}
	if (!n->left) {
		*ret_left = is_phrase ? ll + distance + rl : rl;
		*ret_right = rr;
		return n->right;
	}
	if (!n->right) {
		*ret_left = ll;
		*ret_right = is_phrase ? lr + distance + rr : lr;
		return n->left;
	}
	if (is_phrase) {
		n->distance += lr + rl;
		*ret_left = ll;
		*ret_right = rr;
	}
	return n;
}

static struct ts_node *without_stops(struct ts_node *n)
{
	int left, right;
	return n ? clean(n, &left, &right) : NULL;
}

/* ---- input ---- */

static int read_or(struct reader *r, struct ts_node **ret);

static void read_flags(struct reader *r, uint8_t *ret_weights, bool *ret_prefix)
{
	*ret_weights = 0;
	*ret_prefix = false;
	if (!r->s.n || r->s.p[0] != ':')
		return;
	skip(r, 1);
	for (; r->s.n; skip(r, 1)) {
		static const char letters[] = "DCBA";
		char ch = (char)(r->s.p[0] & ~0x20);
		const char *found = r->s.p[0] >= 'A' ? strchr(letters, ch) : NULL;
		if (r->s.p[0] == '*')
			*ret_prefix = true;
		else if (found && *found)
			*ret_weights |= (uint8_t)(1 << (found - letters));
		else
			break;
	}
}

static int read_operand(struct reader *r, struct ts_node **ret)
{
	BUF_CLEANUP struct buf b = buf_make(r->s.n + 1);
	bool is_quoted = r->s.p[0] == '\'', is_closed = !is_quoted;
	if (is_quoted)
		skip(r, 1);
	while (r->s.n) {
		char ch = r->s.p[0];
		if (!is_quoted && (is_blank(ch) || strchr(":&|!()<", ch)))
			break;
		if (is_quoted && ch == '\'') {
			skip(r, 1);
			if (!r->s.n || r->s.p[0] != '\'') {
				is_closed = true;
				break;
			}
		} else if (ch == '\\') {
			skip(r, 1);
			if (!r->s.n)
				return err_set(r->c, "42601",
					       "there is no escaped character: \"%.*s\"",
					       STR_ARG(r->all));
		}
		buf_char(&b, r->s.p[0]);
		skip(r, 1);
	}
	uint8_t weights;
	bool is_prefix;
	if (!is_closed || (!b.n && !is_quoted))
		return syntax(r);
	read_flags(r, &weights, &is_prefix);
	struct ts_node *n = node(r->c, b.n ? TS_VALUE : TS_STOP, NULL, NULL);
	if (b.n > TS_LEXEME_MAX)
		return err_set(r->c, "22023", "word is too long in tsquery: \"%.*s\"",
			       STR_ARG(r->all));
	n->text = str_copy(r->c->arena, buf_view(&b));
	if (r->cfg) {
		struct ts_words words = { 0 };
		TRY(ts_words(r->c, r->cfg, n->text, &words));
		n = join_words(r->c, &words, TS_PHRASE);
		n = n ? n : node(r->c, TS_STOP, NULL, NULL);
	}
	mark_values(n, weights, is_prefix);
	*ret = n;
	return 0;
}

static int read_primary(struct reader *r, struct ts_node **ret)
{
	char ch = peek(r);
	if (r->depth > QUERY_DEPTH_MAX)
		return err_set(r->c, "54001", "stack depth limit exceeded");
	if (ch == '!') {
		skip(r, 1);
		r->depth++;
		struct ts_node *inner;
		TRY(read_primary(r, &inner));
		r->depth--;
		*ret = node(r->c, TS_NOT, inner, NULL);
		return 0;
	}
	if (ch == '(') {
		skip(r, 1);
		r->depth++;
		TRY(read_or(r, ret));
		r->depth--;
		if (peek(r) != ')')
			return syntax(r);
		skip(r, 1);
		return 0;
	}
	if (!ch || strchr("&|:)<", ch))
		return ch ? syntax(r)
			  : err_set(r->c, "42601", "no operand in tsquery: \"%.*s\"",
				    STR_ARG(r->all));
	return read_operand(r, ret);
}

/* <-> or <N>: 1 with the distance, 0, -1. */
static int read_phrase_op(struct reader *r, int *ret)
{
	if (peek(r) != '<')
		return 0;
	skip(r, 1);
	long distance = 1;
	if (r->s.n && r->s.p[0] == '-') {
		skip(r, 1);
	} else {
		size_t digits = 0;
		for (distance = 0; r->s.n && r->s.p[0] >= '0' && r->s.p[0] <= '9'; digits++) {
			distance = distance > DISTANCE_MAX ? distance
							   : distance * 10 + (r->s.p[0] - '0');
			skip(r, 1);
		}
		if (!digits)
			return syntax(r);
	}
	if (!r->s.n || r->s.p[0] != '>')
		return syntax(r);
	skip(r, 1);
	if (distance > DISTANCE_MAX)
		return err_set(r->c, "22023",
			       "distance in phrase operator must be an integer value between zero "
			       "and %d inclusive",
			       DISTANCE_MAX);
	*ret = (int)distance;
	return 1;
}

static int read_phrase(struct reader *r, struct ts_node **ret)
{
	struct ts_node *left, *right;
	int distance, found;
	TRY(read_primary(r, &left));
	while ((found = read_phrase_op(r, &distance)) > 0) {
		TRY(read_primary(r, &right));
		left = node(r->c, TS_PHRASE, left, right);
		left->distance = distance;
	}
	*ret = left;
	return found;
}

static int read_and(struct reader *r, struct ts_node **ret)
{
	struct ts_node *left, *right;
	TRY(read_phrase(r, &left));
	while (peek(r) == '&') {
		skip(r, 1);
		TRY(read_phrase(r, &right));
		left = node(r->c, TS_AND, left, right);
	}
	*ret = left;
	return 0;
}

static int read_or(struct reader *r, struct ts_node **ret)
{
	struct ts_node *left, *right;
	TRY(read_and(r, &left));
	while (peek(r) == '|') {
		skip(r, 1);
		TRY(read_and(r, &right));
		left = node(r->c, TS_OR, left, right);
	}
	*ret = left;
	return 0;
}

int ts_query_parse(struct ctx *c, struct str text, const struct ts_config *cfg,
		   struct ts_node **ret)
{
	struct reader r = { c, text, text, cfg, 0 };
	struct ts_node *q;
	if (!peek(&r)) {
		*ret = NULL;
		return 0;
	}
	TRY(read_or(&r, &q));
	if (peek(&r))
		return syntax(&r);
	*ret = without_stops(q);
	return 0;
}

void ts_query_load(struct ctx *c, struct str text, struct ts_node **ret)
{
	struct ctx own = { .arena = c->arena };
	*ret = NULL;
	if (ts_query_parse(&own, text, NULL, ret) < 0)
		*ret = NULL;
}

int ts_query_words(struct ctx *c, struct str text, const struct ts_config *cfg, enum ts_op join,
		   struct ts_node **ret)
{
	struct ts_words words = { 0 };
	TRY(ts_words(c, cfg, text, &words));
	*ret = without_stops(join_words(c, &words, join));
	return 0;
}

/* ---- websearch ---- */

struct web {
	struct ctx *c;
	const struct ts_config *cfg;
	struct str s;
	struct ts_node *any, *all; /* finished OR terms, the AND term under way */
	bool is_or;
};

static void web_add(struct web *w, struct ts_node *n)
{
	if (!n)
		return;
	if (w->is_or && w->all) {
		w->any = w->any ? node(w->c, TS_OR, w->any, w->all) : w->all;
		w->all = NULL;
	}
	w->is_or = false;
	w->all = w->all ? node(w->c, TS_AND, w->all, n) : n;
}

/* "or" between two operands joins them; first or last it is a word like any other. */
static bool web_is_or(const struct web *w, struct str word)
{
	struct str rest = w->s;
	while (rest.n && is_blank(rest.p[0]))
		rest = str_from(rest, 1);
	return str_ieq(word, STR("or")) && rest.n && (w->all || w->any) && !w->is_or;
}

/* What ends a bare word beside blanks. */
static bool is_web_break(char ch)
{
	return is_blank(ch) || strchr("\"!&|()<:", ch) != NULL;
}

static struct str web_take(struct web *w, bool is_quoted)
{
	size_t n = 0;
	while (n < w->s.n && (is_quoted ? w->s.p[n] != '"' : !is_web_break(w->s.p[n])))
		n++;
	struct str taken = str_sub(w->s, 0, n);
	w->s = str_from(w->s, is_quoted && n < w->s.n ? n + 1 : n);
	return taken;
}

/* Blanks, operators of the other grammar, and minus signs: how many of these. */
static int web_skip(struct web *w)
{
	int n_minus = 0;
	while (w->s.n && (w->s.p[0] == '-' || (w->s.p[0] != '"' && is_web_break(w->s.p[0])))) {
		n_minus += w->s.p[0] == '-';
		w->s = str_from(w->s, 1);
	}
	return n_minus;
}

int ts_query_web(struct ctx *c, struct str text, const struct ts_config *cfg, struct ts_node **ret)
{
	struct web w = { .c = c, .cfg = cfg, .s = text };
	for (;;) {
		int n_minus = web_skip(&w);
		if (!w.s.n)
			break;
		bool is_quoted = w.s.p[0] == '"';
		if (is_quoted)
			w.s = str_from(w.s, 1);
		struct str part = web_take(&w, is_quoted);
		if (!is_quoted && !n_minus && web_is_or(&w, part)) {
			w.is_or = true;
			continue;
		}
		struct ts_words words = { 0 };
		TRY(ts_words(c, cfg, part, &words));
		struct ts_node *n = join_words(c, &words, TS_PHRASE);
		for (int i = 0; n && i < n_minus && i < QUERY_DEPTH_MAX; i++)
			n = node(c, TS_NOT, n, NULL);
		web_add(&w, n);
	}
	struct ts_node *q = w.any && w.all ? node(c, TS_OR, w.any, w.all) : w.all;
	*ret = without_stops(q);
	return 0;
}

/* ---- output ---- */

static int priority(enum ts_op op)
{
	static const int of[] = { [TS_NOT] = 4, [TS_PHRASE] = 3, [TS_AND] = 2, [TS_OR] = 1 };
	return of[op];
}

static void put(struct buf *b, const struct ts_node *n, int outer, bool is_right_of_phrase)
{
	if (n->op == TS_VALUE) {
		ts_put_quoted(b, n->text);
		if (n->weights || n->is_prefix)
			buf_char(b, ':');
		if (n->is_prefix)
			buf_char(b, '*');
		for (int w = 3; w >= 0; w--)
			if (n->weights & (1 << w))
				buf_char(b, "DCBA"[w]);
		return;
	}
	int own = priority(n->op);
	bool parens = own < outer || (n->op == TS_PHRASE && is_right_of_phrase);
	buf_puts(b, parens ? "( " : "");
	if (n->op == TS_NOT) {
		buf_char(b, '!');
		put(b, n->left, own, false);
	} else {
		put(b, n->left, own, false);
		if (n->op == TS_PHRASE && n->distance != 1)
			buf_printf(b, " <%d> ", n->distance);
		else
			buf_puts(b, n->op == TS_PHRASE ? " <-> " : n->op == TS_AND ? " & " : " | ");
		put(b, n->right, own, n->op == TS_PHRASE);
	}
	buf_puts(b, parens ? " )" : "");
}

struct str ts_query_print(struct ctx *c, const struct ts_node *q)
{
	BUF_CLEANUP struct buf b = buf_make(4 << 20);
	if (q)
		put(&b, q, -1, false);
	return str_copy(c->arena, buf_view(&b));
}

int ts_query_in(struct ctx *c, struct str text, struct str *ret)
{
	struct ts_node *q;
	TRY(ts_query_parse(c, text, NULL, &q));
	*ret = ts_query_print(c, q);
	return 0;
}
