/* LIKE and the regular expression functions. */
#include "value/array.h"
#include "value/fn_int.h"
#include "value/pattern.h"
#include "value/scalar.h"
#include "value/text.h"

#include <stdlib.h>
#include <string.h>

static int give_bool(struct datum *ret, int result, bool is_negated)
{
	return result < 0 ? -1 : ret_bool(ret, (result != 0) != is_negated);
}

#define LIKE_FN(fn, is_ci, is_negated)                                                             \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		struct str escape = nargs > 2 ? args[2].s : STR("\\");                             \
		return give_bool(ret, like_match(c, args[0].s, args[1].s, escape, is_ci),          \
				 is_negated);                                                      \
	}
LIKE_FN(like, false, false)
LIKE_FN(not_like, false, true)
LIKE_FN(ilike, true, false)
LIKE_FN(not_ilike, true, true)

static int like_escape(FN_ARGS)
{
	FN_UNUSED;
	struct str s;
	TRY(like_escape_pattern(c, args[0].s, args[1].s, &s));
	return ret_text(ret, s);
}

#define REGEX_FN(fn, flags, is_negated)                                                            \
	static int fn(FN_ARGS)                                                                     \
	{                                                                                          \
		FN_UNUSED;                                                                         \
		return give_bool(ret, regex_test(c, args[0].s, args[1].s, STR(flags)),             \
				 is_negated);                                                      \
	}
REGEX_FN(regex, "", false)
REGEX_FN(not_regex, "", true)
REGEX_FN(iregex, "i", false)
REGEX_FN(not_iregex, "i", true)

static int similar(FN_ARGS)
{
	FN_UNUSED;
	struct str s, escape = nargs > 1 ? args[1].s : STR("\\");
	TRY(similar_to_regex(c, args[0].s, escape, &s));
	return ret_text(ret, s);
}

/* similar_escape(pattern, NULL) means the default escape. */
static int similar_lax(FN_ARGS)
{
	if (args[0].kind == D_NULL)
		return ret_null(ret);
	return similar(c, env, args, args[1].kind == D_NULL ? 1 : nargs, ret);
}

/* ---- the functions that give spans ---- */

/* Flags without g; *ret_global says whether it was there. */
static struct str without_g(struct arena *a, struct str flags, bool *ret_global)
{
	char *out = arena_alloc(a, flags.n + 1);
	size_t n = 0;
	*ret_global = false;
	for (size_t i = 0; i < flags.n; i++) {
		if (flags.p[i] == 'g')
			*ret_global = true;
		else
			out[n++] = flags.p[i];
	}
	return (struct str){ out, n };
}

static struct str group_text(struct str text, struct regex_span span)
{
	return str_sub(text, (size_t)span.start, (size_t)(span.end - span.start));
}

/* \1..\9 are groups, \& the match, \\ a backslash. */
static void put_replacement(struct buf *b, struct str with, struct str text,
			    const struct regex_span *spans, int groups)
{
	for (size_t i = 0; i < with.n; i++) {
		char ch = with.p[i];
		if (ch != '\\' || i + 1 >= with.n) {
			buf_char(b, ch);
			continue;
		}
		char next = with.p[i + 1];
		int group = next == '&' ? 0 : next >= '1' && next <= '9' ? next - '0' : -1;
		if (group < 0 && next != '\\') {
			buf_char(b, ch);
			continue;
		}
		i++;
		if (group < 0)
			buf_char(b, '\\');
		else if (group <= groups && spans[group].start >= 0)
			buf_str(b, group_text(text, spans[group]));
	}
}

/* Where the search goes on after a match: an empty one moves a character. */
static size_t next_from(struct str text, struct regex_span match, size_t *ret_copied)
{
	size_t at = (size_t)match.end;
	*ret_copied = at;
	if (match.end > match.start || at >= text.n)
		return match.end > match.start ? at : text.n + 1;
	return at + utf8_size((unsigned char)text.p[at]);
}

/* Replaces the n-th match (n > 0), or every one (n == 0), from byte `from`. */
static int replace(struct ctx *c, const struct regex *re, struct str text, struct str with,
		   size_t from, int64_t n, struct datum *ret)
{
	struct regex_span spans[REGEX_GROUPS_MAX];
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	size_t copied = 0;
	int64_t count = 0;
	while (from <= text.n) {
		int found = regex_search(c, re, text, from, spans);
		if (found < 0)
			return -1;
		if (!found)
			break;
		count++;
		size_t behind, next = next_from(text, spans[0], &behind);
		if (n == 0 || count == n) {
			buf_str(&b, str_sub(text, copied, (size_t)spans[0].start - copied));
			put_replacement(&b, with, text, spans, regex_groups(re));
			copied = behind;
		}
		if (n && count == n)
			break;
		from = next;
	}
	buf_str(&b, str_from(text, copied));
	return ret_buf(c, ret, &b);
}

static int replace_flags(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct str flags = nargs > 3 ? args[3].s : STR("");
	if (flags.n && flags.p[0] >= '0' && flags.p[0] <= '9') {
		err_set(c, "22023", "invalid regular expression option: \"%.*s\"", 1, flags.p);
		return err_hint(c, "If you meant to use regexp_replace() with a start parameter, "
				   "cast the fourth argument to integer explicitly.");
	}
	flags = without_g(c->arena, flags, &is_global);
	TRY(regex_compile(c, args[1].s, flags, &re));
	return replace(c, re, args[0].s, args[2].s, 0, is_global ? 0 : 1, ret);
}

static int positive(struct ctx *c, const char *name, int64_t v, int64_t least)
{
	if (v >= least)
		return 0;
	return err_set(c, "22023", "invalid value for parameter \"%s\": %lld", name, (long long)v);
}

static size_t start_offset(struct str text, int64_t start)
{
	size_t chars = (size_t)(start - 1);
	return chars > utf8_length(text) ? text.n + 1 : utf8_offset(text, chars);
}

/* regexp_replace(text, pattern, with, start[, n[, flags]]) */
static int replace_extended(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	int64_t start = args[3].i, n = nargs > 4 ? args[4].i : 1;
	TRY(positive(c, "start", start, 1));
	TRY(chars_check(c, args[0].s));
	TRY(positive(c, "n", n, 0));
	struct str flags = nargs > 5 ? args[5].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	if (nargs <= 4 && is_global)
		n = 0;
	TRY(regex_compile(c, args[1].s, flags, &re));
	return replace(c, re, args[0].s, args[2].s, start_offset(args[0].s, start), n, ret);
}

static int no_global(struct ctx *c, const char *name, bool is_global)
{
	if (!is_global)
		return 0;
	return err_set(c, "22023", "%s does not support the \"global\" option", name);
}

/* substring(text from pattern): the first group, or all of the match. */
static int substring(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	struct regex_span spans[REGEX_GROUPS_MAX];
	TRY(regex_compile(c, args[1].s, STR(""), &re));
	int found = regex_search(c, re, args[0].s, 0, spans);
	int group = regex_groups(re) > 0 ? 1 : 0;
	if (found < 0)
		return -1;
	if (!found || spans[group].start < 0)
		return ret_null(ret);
	return ret_text(ret, group_text(args[0].s, spans[group]));
}

/* substring(text, pattern, escape): SQL's regular expressions. */
static int substring_similar(FN_ARGS)
{
	struct datum regex_args[2] = { args[0], { 0 } };
	TRY(similar(c, env, args + 1, 2, &regex_args[1]));
	return substring(c, env, regex_args, nargs, ret);
}

static struct str spans_array(struct ctx *c, const struct regex *re, struct str text,
			      const struct regex_span *spans)
{
	struct vtype t = VTYPE(V_TEXT);
	BUF_CLEANUP struct buf b = buf_make(SIZE_MAX / 2);
	int groups = regex_groups(re), first = groups > 0 ? 1 : 0;
	buf_char(&b, '[');
	for (int i = first; i <= groups; i++) {
		if (i > first)
			buf_char(&b, ',');
		bool is_set = spans[i].start >= 0;
		array_put_cell(&b, &t,
			       is_set ? datum_text(group_text(text, spans[i])) : datum_null());
	}
	buf_char(&b, ']');
	return str_copy(c->arena, buf_view(&b));
}

static int match_groups(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct regex_span spans[REGEX_GROUPS_MAX];
	struct str flags = nargs > 2 ? args[2].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	if (no_global(c, "regexp_match()", is_global) < 0)
		return err_hint(c, "Use the regexp_matches function instead.");
	TRY(regex_compile(c, args[1].s, flags, &re));
	int found = regex_search(c, re, args[0].s, 0, spans);
	if (found <= 0)
		return found < 0 ? -1 : ret_null(ret);
	return ret_text(ret, spans_array(c, re, args[0].s, spans));
}

/* Every row of regexp_matches as one stored text[][]: a JSON array of arrays,
 * for the engine to unnest. */
static int match_rows(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct regex_span spans[REGEX_GROUPS_MAX];
	struct str text = args[0].s, flags = nargs > 2 ? args[2].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	TRY(regex_compile(c, args[1].s, flags, &re));
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_char(&b, '[');
	for (size_t from = 0, copied; from <= text.n; from = next_from(text, spans[0], &copied)) {
		int found = regex_search(c, re, text, from, spans);
		if (found < 0)
			return -1;
		if (!found)
			break;
		if (b.n > 1)
			buf_char(&b, ',');
		buf_str(&b, spans_array(c, re, text, spans));
		if (!is_global)
			break;
	}
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

/* Pieces between the matches; empty matches at the ends split nothing. */
static int split_array(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct regex_span spans[REGEX_GROUPS_MAX];
	struct vtype t = VTYPE(V_TEXT);
	struct str text = args[0].s, flags = nargs > 2 ? args[2].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	TRY(no_global(c, "regexp_split_to_array()", is_global));
	TRY(regex_compile(c, args[1].s, flags, &re));
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_char(&b, '[');
	size_t begin = 0, from = 0;
	while (from <= text.n) {
		int found = regex_search(c, re, text, from, spans);
		if (found < 0)
			return -1;
		if (!found)
			break;
		size_t copied, next = next_from(text, spans[0], &copied);
		bool is_empty = spans[0].start == spans[0].end;
		from = next;
		if (is_empty &&
		    (spans[0].start == (ptrdiff_t)begin || (size_t)spans[0].end == text.n))
			continue;
		array_put_cell(&b, &t,
			       datum_text(str_sub(text, begin, (size_t)spans[0].start - begin)));
		buf_char(&b, ',');
		begin = (size_t)spans[0].end;
	}
	array_put_cell(&b, &t, datum_text(str_from(text, begin)));
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

/* ---- the functions that are new in PostgreSQL 15 ---- */

static int like_regex(FN_ARGS)
{
	FN_UNUSED;
	bool is_global;
	struct str flags = nargs > 2 ? args[2].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	TRY(no_global(c, "regexp_like()", is_global));
	return give_bool(ret, regex_test(c, args[0].s, args[1].s, flags), false);
}

static int count(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct regex_span spans[REGEX_GROUPS_MAX];
	int64_t start = nargs > 2 ? args[2].i : 1, n = 0;
	struct str text = args[0].s, flags = nargs > 3 ? args[3].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	TRY(positive(c, "start", start, 1));
	TRY(chars_check(c, args[0].s));
	TRY(no_global(c, "regexp_count()", is_global));
	TRY(regex_compile(c, args[1].s, flags, &re));
	size_t copied, from = start_offset(text, start);
	for (; from <= text.n; from = next_from(text, spans[0], &copied)) {
		int found = regex_search(c, re, text, from, spans);
		if (found < 0)
			return -1;
		if (!found)
			break;
		n++;
	}
	return ret_int(ret, n);
}

/* The n-th match from start: its spans. 1, 0 or -1. */
static int nth_match(struct ctx *c, const struct regex *re, struct str text, int64_t start,
		     int64_t n, struct regex_span *spans)
{
	size_t copied, from = start_offset(text, start);
	while (from <= text.n) {
		int found = regex_search(c, re, text, from, spans);
		if (found <= 0)
			return found;
		if (--n == 0)
			return 1;
		from = next_from(text, spans[0], &copied);
	}
	return 0;
}

/* Without groups the whole match is group 1. */
static int64_t counted_group(const struct regex *re, int64_t group)
{
	return group == 1 && regex_groups(re) == 0 ? 0 : group;
}

/* regexp_substr(text, pattern[, start[, n[, flags[, group]]]]) */
static int substr_nth(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct regex_span spans[REGEX_GROUPS_MAX];
	int64_t start = nargs > 2 ? args[2].i : 1, n = nargs > 3 ? args[3].i : 1;
	int64_t group = nargs > 5 ? args[5].i : 0;
	struct str flags = nargs > 4 ? args[4].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	TRY(positive(c, "start", start, 1));
	TRY(chars_check(c, args[0].s));
	TRY(positive(c, "n", n, 1));
	TRY(positive(c, "subexpr", group, 0));
	TRY(no_global(c, "regexp_substr()", is_global));
	TRY(regex_compile(c, args[1].s, flags, &re));
	int found = nth_match(c, re, args[0].s, start, n, spans);
	if (found < 0)
		return -1;
	group = counted_group(re, group);
	if (!found || group > regex_groups(re) || spans[group].start < 0)
		return ret_null(ret);
	return ret_text(ret, group_text(args[0].s, spans[group]));
}

/* regexp_instr(text, pattern[, start[, n[, endoption[, flags[, group]]]]]) */
static int instr_nth(FN_ARGS)
{
	FN_UNUSED;
	struct regex *re;
	bool is_global;
	struct regex_span spans[REGEX_GROUPS_MAX];
	int64_t start = nargs > 2 ? args[2].i : 1, n = nargs > 3 ? args[3].i : 1;
	int64_t end = nargs > 4 ? args[4].i : 0, group = nargs > 6 ? args[6].i : 0;
	struct str flags = nargs > 5 ? args[5].s : STR("");
	flags = without_g(c->arena, flags, &is_global);
	TRY(positive(c, "start", start, 1));
	TRY(chars_check(c, args[0].s));
	TRY(positive(c, "n", n, 1));
	if (end != 0 && end != 1)
		return err_set(c, "22023", "invalid value for parameter \"endoption\": %lld",
			       (long long)end);
	TRY(positive(c, "subexpr", group, 0));
	TRY(no_global(c, "regexp_instr()", is_global));
	TRY(regex_compile(c, args[1].s, flags, &re));
	int found = nth_match(c, re, args[0].s, start, n, spans);
	if (found < 0)
		return -1;
	group = counted_group(re, group);
	if (!found || group > regex_groups(re) || spans[group].start < 0)
		return ret_int(ret, 0);
	ptrdiff_t at = end ? spans[group].end : spans[group].start;
	return ret_int(ret, (int64_t)utf8_length(str_sub(args[0].s, 0, (size_t)at)) + 1);
}

static const struct value_fn rows[] = {
	STRICT("textlike", "b:tt?t", like),
	STRICT("textnlike", "b:tt?t", not_like),
	STRICT("texticlike", "b:tt?t", ilike),
	STRICT("texticnlike", "b:tt?t", not_ilike),
	STRICT("namelike", "b:tt", like),
	STRICT("namenlike", "b:tt", not_like),
	STRICT("nameiclike", "b:tt", ilike),
	STRICT("nameicnlike", "b:tt", not_ilike),
	STRICT("bpcharlike", "b:pt", like),
	STRICT("bpcharnlike", "b:pt", not_like),
	STRICT("bpchariclike", "b:pt", ilike),
	STRICT("bpcharicnlike", "b:pt", not_ilike),
	STRICT("like_escape", "t:tt", like_escape),
	STRICT("textregexeq", "b:tt", regex),
	STRICT("textregexne", "b:tt", not_regex),
	STRICT("texticregexeq", "b:tt", iregex),
	STRICT("texticregexne", "b:tt", not_iregex),
	STRICT("nameregexeq", "b:tt", regex),
	STRICT("nameregexne", "b:tt", not_regex),
	STRICT("nameicregexeq", "b:tt", iregex),
	STRICT("nameicregexne", "b:tt", not_iregex),
	STRICT("bpcharregexeq", "b:pt", regex),
	STRICT("bpcharregexne", "b:pt", not_regex),
	STRICT("bpcharicregexeq", "b:pt", iregex),
	STRICT("bpcharicregexne", "b:pt", not_iregex),
	LAX("similar_escape", "t:tt", similar_lax),
	STRICT("similar_to_escape_1", "t:t", similar),
	STRICT("similar_to_escape_2", "t:tt", similar),
	STRICT("textregexreplace_noopt", "t:ttt", replace_flags),
	STRICT("textregexreplace", "t:tttt", replace_flags),
	STRICT("regexp_replace", "t:ttt?t", replace_flags),
	STRICT("textregexreplace_extended_no_n", "t:ttti", replace_extended),
	STRICT("textregexreplace_extended_no_flags", "t:tttii", replace_extended),
	STRICT("textregexreplace_extended", "t:tttiit", replace_extended),
	STRICT("textregexsubstr", "t:tt", substring),
	STRICT("substring", "t:ttt", substring_similar),
	STRICT("regexp_match_no_flags", "[t:tt", match_groups),
	STRICT("regexp_match", "[t:tt?t", match_groups),
	STRICT("regexp_matches_rows", "[t:tt?t", match_rows),
	STRICT("regexp_split_to_array_no_flags", "[t:tt", split_array),
	STRICT("regexp_split_to_array", "[t:tt?t", split_array),
	STRICT("regexp_like_no_flags", "b:tt", like_regex),
	STRICT("regexp_like", "b:tt?t", like_regex),
	STRICT("regexp_count_no_start", "i:tt", count),
	STRICT("regexp_count_no_flags", "i:tti", count),
	STRICT("regexp_count", "i:ttit", count),
	STRICT("regexp_substr_no_start", "t:tt", substr_nth),
	STRICT("regexp_substr_no_n", "t:tti", substr_nth),
	STRICT("regexp_substr_no_flags", "t:ttii", substr_nth),
	STRICT("regexp_substr_no_subexpr", "t:ttiit", substr_nth),
	STRICT("regexp_substr", "t:ttiiti", substr_nth),
	STRICT("regexp_instr_no_start", "i:tt", instr_nth),
	STRICT("regexp_instr_no_n", "i:tti", instr_nth),
	STRICT("regexp_instr_no_endoption", "i:ttii", instr_nth),
	STRICT("regexp_instr_no_flags", "i:ttiii", instr_nth),
	STRICT("regexp_instr_no_subexpr", "i:ttiiit", instr_nth),
	STRICT("regexp_instr", "i:ttiiiti", instr_nth),
};
FN_GROUP(fn_group_pattern, rows);
