/* Array literals: a check of the brackets first, then the elements. */
#include "value/array.h"

#include "base/arena.h"

#include <string.h>

enum state {
	NO_LEVEL,
	LEVEL_STARTED,
	LEVEL_COMPLETED,
	LEVEL_DELIMITED,
	ELEMENT_STARTED,
	ELEMENT_DELIMITED,
	QUOTED_STARTED,
	QUOTED_COMPLETED
};

struct checker {
	struct ctx *c;
	struct str text;
	enum state state;
	int depth, ndims;
	long counts[ARRAY_DIMS_MAX + 1], expected[ARRAY_DIMS_MAX + 1];
};

static int malformed(struct checker *k, const char *detail)
{
	err_set(k->c, "22P02", "malformed array literal: \"%.*s\"", STR_ARG(k->text));
	return err_details(k->c, "%s", detail);
}

static int unexpected(struct checker *k, char ch)
{
	err_set(k->c, "22P02", "malformed array literal: \"%.*s\"", STR_ARG(k->text));
	return err_details(k->c, "Unexpected \"%c\" character.", ch);
}

static bool in_states(const struct checker *k, unsigned states)
{
	return states >> k->state & 1;
}
#define S(x) (1u << (x))

static bool is_space(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static int open_level(struct checker *k)
{
	if (!in_states(k, S(NO_LEVEL) | S(LEVEL_STARTED) | S(LEVEL_DELIMITED)))
		return unexpected(k, '{');
	k->state = LEVEL_STARTED;
	if (k->depth >= ARRAY_DIMS_MAX)
		return err_set(k->c, "54000",
			       "number of array dimensions (%d) exceeds the maximum allowed (%d)",
			       k->depth + 1, ARRAY_DIMS_MAX);
	k->counts[k->depth++] = 0;
	if (k->ndims < k->depth)
		k->ndims = k->depth;
	return 0;
}

static int close_level(struct checker *k)
{
	bool is_empty = k->depth == 1 && k->state == LEVEL_STARTED;
	if (!is_empty &&
	    !in_states(k, S(ELEMENT_STARTED) | S(QUOTED_COMPLETED) | S(LEVEL_COMPLETED)))
		return unexpected(k, '}');
	if (k->depth == 0)
		return unexpected(k, '}');
	k->depth--;
	long count = k->counts[k->depth] + (is_empty ? 0 : 1);
	if (k->expected[k->depth] && k->expected[k->depth] != count)
		return malformed(k, "Multidimensional arrays must have sub-arrays with matching "
				    "dimensions.");
	k->expected[k->depth] = count;
	k->state = LEVEL_COMPLETED;
	return 0;
}

static int check_plain(struct checker *k, char ch)
{
	if (ch == ',') {
		if (!in_states(k, S(ELEMENT_STARTED) | S(QUOTED_COMPLETED) | S(LEVEL_COMPLETED)))
			return unexpected(k, ch);
		k->state = k->state == LEVEL_COMPLETED ? LEVEL_DELIMITED : ELEMENT_DELIMITED;
		k->counts[k->depth - 1]++;
		return 0;
	}
	if (is_space(ch))
		return 0;
	if (!in_states(k, S(LEVEL_STARTED) | S(ELEMENT_STARTED) | S(ELEMENT_DELIMITED)))
		return malformed(k, "Unexpected array element.");
	k->state = ELEMENT_STARTED;
	return 0;
}

static int check_char(struct checker *k, char ch, bool *in_quotes)
{
	if (ch == '"') {
		if (!in_states(k, S(LEVEL_STARTED) | S(QUOTED_STARTED) | S(ELEMENT_DELIMITED)))
			return malformed(k, "Unexpected array element.");
		*in_quotes = !*in_quotes;
		k->state = *in_quotes ? QUOTED_STARTED : QUOTED_COMPLETED;
		return 0;
	}
	if (*in_quotes)
		return 0;
	return ch == '{' ? open_level(k) : ch == '}' ? close_level(k) : check_plain(k, ch);
}

/* Checks from the first brace to its match; *ret_end is behind it. */
static int check(struct checker *k, size_t from, size_t *ret_end)
{
	bool in_quotes = false;
	size_t i = from;
	do {
		if (i >= k->text.n)
			return malformed(k, "Unexpected end of input.");
		char ch = k->text.p[i++];
		if (ch != '\\') {
			TRY(check_char(k, ch, &in_quotes));
			continue;
		}
		if (!in_states(k, S(LEVEL_STARTED) | S(ELEMENT_STARTED) | S(QUOTED_STARTED) |
					  S(ELEMENT_DELIMITED)))
			return unexpected(k, ch);
		if (k->state != QUOTED_STARTED)
			k->state = ELEMENT_STARTED;
		if (i++ >= k->text.n)
			return malformed(k, "Unexpected end of input.");
	} while (k->depth > 0);
	*ret_end = i;
	return 0;
}

/* One element from *at: its text unescaped; *ret_null for a bare NULL. */
static struct str take_element(struct arena *a, struct str text, size_t *at, bool *ret_null)
{
	char *out = arena_alloc(a, text.n - *at + 1);
	size_t n = 0, keep = 0; /* trailing blanks beyond keep are dropped */
	bool in_quotes = false, has_quotes = false;
	for (; *at < text.n; ++*at) {
		char ch = text.p[*at];
		if (!in_quotes && (ch == ',' || ch == '}'))
			break;
		if (ch == '"') {
			in_quotes = !in_quotes;
			has_quotes = true;
			keep = n;
			continue;
		}
		if (ch == '\\') {
			ch = text.p[++*at];
			has_quotes = true;
			out[n++] = ch;
			keep = n;
			continue;
		}
		if (!in_quotes && is_space(ch)) {
			if (n > 0)
				out[n++] = ch;
			continue;
		}
		out[n++] = ch;
		keep = n;
	}
	struct str s = { out, keep };
	*ret_null = !has_quotes && str_ieq(s, STR("null"));
	return s;
}

static int build(struct ctx *c, const struct vtype *element, const struct value_env *env,
		 struct str text, struct buf *b)
{
	for (size_t i = 0; i < text.n;) {
		char ch = text.p[i];
		if (is_space(ch)) {
			i++;
			continue;
		}
		if (ch == '{' || ch == '}' || ch == ',') {
			buf_char(b, ch == '{' ? '[' : ch == '}' ? ']' : ',');
			i++;
			continue;
		}
		bool is_null;
		struct str s = take_element(c->arena, text, &i, &is_null);
		struct datum v = datum_null();
		if (!is_null)
			TRY(value_in(c, element, env, s, &v));
		array_put_cell(b, element, v);
	}
	return 0;
}

static size_t take_bound(struct str s, size_t at, int64_t *ret)
{
	size_t start = at;
	if (at < s.n && (s.p[at] == '-' || s.p[at] == '+'))
		at++;
	while (at < s.n && s.p[at] >= '0' && s.p[at] <= '9')
		at++;
	return str_to_i64(str_sub(s, start, at - start), ret) ? at : 0;
}

/* "[1:2][1:3]=" in front: lower bounds must be 1. *at moves behind it. */
static int skip_bounds(struct checker *k, size_t *at)
{
	size_t i = *at;
	while (i < k->text.n && k->text.p[i] == '[') {
		int64_t low = 1, high;
		size_t end = take_bound(k->text, i + 1, &low);
		if (!end)
			return malformed(k, "\"[\" must introduce explicitly-specified array "
					    "dimensions.");
		if (end < k->text.n && k->text.p[end] == ':') {
			end = take_bound(k->text, end + 1, &high);
			if (!end)
				return malformed(k, "Missing array dimension value.");
		} else {
			low = 1;
		}
		if (end >= k->text.n || k->text.p[end] != ']')
			return malformed(k, "Missing \"]\" after array dimensions.");
		if (low != 1)
			return err_set(k->c, "0A000",
				       "array lower bounds other than 1 are not supported");
		i = end + 1;
	}
	if (i == *at)
		return 0;
	while (i < k->text.n && is_space(k->text.p[i]))
		i++;
	if (i >= k->text.n || k->text.p[i] != '=')
		return malformed(k, "Missing \"=\" after array dimensions.");
	for (i++; i < k->text.n && is_space(k->text.p[i]);)
		i++;
	*at = i;
	return 0;
}

int array_parse(struct ctx *c, const struct vtype *element, const struct value_env *env,
		struct str text, struct str *ret)
{
	struct checker k = { .c = c, .text = text };
	size_t at = 0, end;
	while (at < text.n && is_space(text.p[at]))
		at++;
	TRY(skip_bounds(&k, &at));
	if (at >= text.n || text.p[at] != '{')
		return malformed(&k, "Array value must start with \"{\" or dimension information.");
	/* from here on messages show the text behind the bounds */
	k.text = str_from(text, at);
	TRY(check(&k, 0, &end));
	end += at;
	for (size_t i = end; i < text.n; i++)
		if (!is_space(text.p[i]))
			return malformed(&k, "Junk after closing right brace.");
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	TRY(build(c, element, env, str_sub(text, at, end - at), &b));
	*ret = str_copy(c->arena, buf_view(&b));
	return 0;
}
