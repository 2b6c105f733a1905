/* Text functions on characters. */
#include "value/fn_int.h"
#include "value/number.h"
#include "value/scalar.h"
#include "value/text.h"

#include <string.h>

static int too_long(struct ctx *c)
{
	return err_set(c, "54000", "requested length too large");
}

static int lower(FN_ARGS)
{
	FN_UNUSED;
	return ret_text(ret, text_lower(c->arena, args[0].s));
}

static int upper(FN_ARGS)
{
	FN_UNUSED;
	return ret_text(ret, text_upper(c->arena, args[0].s));
}

static int initcap(FN_ARGS)
{
	FN_UNUSED;
	return ret_text(ret, text_initcap(c->arena, args[0].s));
}

static int length(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, (int64_t)utf8_length(args[0].s));
}

static struct str blanks_cut(struct str s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static int bpchar_length(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, (int64_t)utf8_length(blanks_cut(args[0].s)));
}

static int octets(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, (int64_t)args[0].s.n);
}

static int bits(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, (int64_t)args[0].s.n * 8);
}

/* Characters from..from+count-1, counted from 1; from may be below 1. */
static struct str slice(struct str s, int64_t from, int64_t end)
{
	if (from < 1)
		from = 1;
	if (end <= from)
		return STR("");
	size_t start = utf8_offset(s, (size_t)(from - 1));
	struct str rest = str_from(s, start);
	return str_sub(rest, 0, utf8_offset(rest, (size_t)(end - from)));
}

static int substr_from(FN_ARGS)
{
	FN_UNUSED;
	return ret_text(ret, slice(args[0].s, args[1].i, INT64_MAX / 2));
}

static int substr_part(FN_ARGS)
{
	FN_UNUSED;
	int64_t from = args[1].i, count = args[2].i;
	if (count < 0)
		return err_set(c, "22011", "negative substring length not allowed");
	return ret_text(ret, slice(args[0].s, from, from + count));
}

static int left(FN_ARGS)
{
	FN_UNUSED;
	int64_t n = args[1].i;
	if (n < 0)
		n += (int64_t)utf8_length(args[0].s);
	return ret_text(ret, slice(args[0].s, 1, 1 + (n < 0 ? 0 : n)));
}

static int right(FN_ARGS)
{
	FN_UNUSED;
	int64_t n = args[1].i, all = (int64_t)utf8_length(args[0].s);
	int64_t skip = n < 0 ? -n : all - n;
	return ret_text(ret, slice(args[0].s, (skip < 0 ? 0 : skip) + 1, INT64_MAX / 2));
}

/* ---- trimming ---- */

static bool has_char(struct str set, struct str ch)
{
	while (set.n) {
		size_t n = utf8_size((unsigned char)set.p[0]);
		if (n == ch.n && n <= set.n && memcmp(set.p, ch.p, n) == 0)
			return true;
		set = str_from(set, n);
	}
	return false;
}

static struct str first_char(struct str s)
{
	return str_sub(s, 0, utf8_size((unsigned char)s.p[0]));
}

static struct str last_char(struct str s)
{
	size_t n = 1;
	while (n < s.n && ((unsigned char)s.p[s.n - n] & 0xc0) == 0x80)
		n++;
	return str_from(s, s.n - n);
}

/* A set of characters with its ASCII part as a table: texts and sets may both
 * be long. */
struct char_set {
	bool has[128];
	struct str all;
	bool is_ascii;
};

static struct char_set char_set_of(struct str s)
{
	struct char_set set = { .all = s, .is_ascii = true };
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		if (ch < 128)
			set.has[ch] = true;
		else
			set.is_ascii = false;
	}
	return set;
}

static bool in_set(const struct char_set *set, struct str ch)
{
	unsigned char first = (unsigned char)ch.p[0];
	if (first < 128)
		return set->has[first];
	return !set->is_ascii && has_char(set->all, ch);
}

static struct str trim_left(struct str s, const struct char_set *set)
{
	while (s.n && in_set(set, first_char(s)))
		s = str_from(s, first_char(s).n);
	return s;
}

static struct str trim_right(struct str s, const struct char_set *set)
{
	while (s.n && in_set(set, last_char(s)))
		s.n -= last_char(s).n;
	return s;
}

static struct char_set trim_set(const struct datum *args, int nargs)
{
	return char_set_of(nargs > 1 ? args[1].s : STR(" "));
}

static int btrim(FN_ARGS)
{
	FN_UNUSED;
	struct char_set set = trim_set(args, nargs);
	return ret_text(ret, trim_right(trim_left(args[0].s, &set), &set));
}

static int ltrim(FN_ARGS)
{
	FN_UNUSED;
	struct char_set set = trim_set(args, nargs);
	return ret_text(ret, trim_left(args[0].s, &set));
}

static int rtrim(FN_ARGS)
{
	FN_UNUSED;
	struct char_set set = trim_set(args, nargs);
	return ret_text(ret, trim_right(args[0].s, &set));
}

/* ---- padding and repeating ---- */

/* count characters taken from fill, over and over */
static void put_fill(struct buf *b, struct str fill, int64_t count)
{
	struct str rest = fill;
	for (; count > 0 && !b->overflow; count--) {
		if (!rest.n)
			rest = fill;
		struct str ch = first_char(rest);
		buf_str(b, ch);
		rest = str_from(rest, ch.n);
	}
}

static int pad(struct ctx *c, const struct datum *args, int nargs, bool is_left, struct datum *ret)
{
	int64_t want = args[1].i < 0 ? 0 : args[1].i, have = (int64_t)utf8_length(args[0].s);
	struct str fill = nargs > 2 ? args[2].s : STR(" ");
	struct str s = slice(args[0].s, 1, want + 1);
	if (want > TEXT_MAX / 4)
		return too_long(c);
	if (have >= want || !fill.n)
		return ret_text(ret, s);
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	if (!is_left)
		buf_str(&b, s);
	put_fill(&b, fill, want - have);
	if (is_left)
		buf_str(&b, s);
	return ret_buf(c, ret, &b);
}

static int lpad(FN_ARGS)
{
	FN_UNUSED;
	return pad(c, args, nargs, true, ret);
}

static int rpad(FN_ARGS)
{
	FN_UNUSED;
	return pad(c, args, nargs, false, ret);
}

static int repeat(FN_ARGS)
{
	FN_UNUSED;
	struct str s = args[0].s;
	int64_t n = args[1].i;
	if (n <= 0 || !s.n)
		return ret_text(ret, STR(""));
	if (n > TEXT_MAX / (int64_t)s.n)
		return too_long(c);
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	while (n-- > 0)
		buf_str(&b, s);
	return ret_buf(c, ret, &b);
}

/* ---- searching ---- */

static int strpos(FN_ARGS)
{
	FN_UNUSED;
	if (!args[1].s.n)
		return ret_int(ret, 1);
	ptrdiff_t at = str_find(args[0].s, args[1].s);
	return ret_int(ret,
		       at < 0 ? 0 : (int64_t)utf8_length(str_sub(args[0].s, 0, (size_t)at)) + 1);
}

static int replace(FN_ARGS)
{
	FN_UNUSED;
	struct str s = args[0].s, from = args[1].s;
	if (!from.n)
		return ret_text(ret, s);
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	for (ptrdiff_t at = str_find(s, from); at >= 0; at = str_find(s, from)) {
		buf_str(&b, str_sub(s, 0, (size_t)at));
		buf_str(&b, args[2].s);
		s = str_from(s, (size_t)at + from.n);
	}
	buf_str(&b, s);
	return ret_buf(c, ret, &b);
}

static int64_t count_of(struct str s, struct str part)
{
	int64_t n = 0;
	for (ptrdiff_t at = str_find(s, part); at >= 0; at = str_find(s, part)) {
		n++;
		s = str_from(s, (size_t)at + part.n);
	}
	return n;
}

static int split_part(FN_ARGS)
{
	FN_UNUSED;
	struct str s = args[0].s, delimiter = args[1].s;
	int64_t want = args[2].i;
	if (want == 0)
		return err_set(c, "22023", "field position must not be zero");
	if (!s.n)
		return ret_text(ret, STR(""));
	if (!delimiter.n)
		return ret_text(ret, want == 1 || want == -1 ? s : STR(""));
	if (want < 0)
		want = count_of(s, delimiter) + 2 + want;
	for (int64_t i = 1; want > 0; i++) {
		ptrdiff_t at = str_find(s, delimiter);
		if (i == want)
			return ret_text(ret, at < 0 ? s : str_sub(s, 0, (size_t)at));
		if (at < 0)
			break;
		s = str_from(s, (size_t)at + delimiter.n);
	}
	return ret_text(ret, STR(""));
}

static int starts_with(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, str_starts(args[0].s, args[1].s));
}

static int reverse(FN_ARGS)
{
	FN_UNUSED;
	struct str s = args[0].s;
	char *out = arena_alloc(c->arena, s.n + 1), *to = out + s.n;
	while (s.n) {
		struct str ch = first_char(s);
		to -= ch.n;
		memcpy(to, ch.p, ch.n);
		s = str_from(s, ch.n);
	}
	return ret_text(ret, (struct str){ out, args[0].s.n });
}

/* Position of a character in a set, or -1. */
static ptrdiff_t char_index(struct str set, struct str ch)
{
	for (ptrdiff_t i = 0; set.n; i++) {
		struct str member = first_char(set);
		if (str_eq(member, ch))
			return i;
		set = str_from(set, member.n);
	}
	return -1;
}

static int translate(FN_ARGS)
{
	FN_UNUSED;
	struct str s = args[0].s;
	int64_t to_n = (int64_t)utf8_length(args[2].s);
	struct char_set set = char_set_of(args[1].s);
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	while (s.n) {
		struct str ch = first_char(s);
		ptrdiff_t at = in_set(&set, ch) ? char_index(args[1].s, ch) : -1;
		if (at < 0)
			buf_str(&b, ch);
		else if (at < to_n)
			buf_str(&b, slice(args[2].s, at + 1, at + 2));
		s = str_from(s, ch.n);
	}
	return ret_buf(c, ret, &b);
}

static int ascii(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, args[0].s.n ? (int64_t)utf8_decode(args[0].s, NULL) : 0);
}

static int chr(FN_ARGS)
{
	FN_UNUSED;
	int64_t cp = args[0].i;
	if (cp < 0)
		return err_set(c, "22023", "character number must be positive");
	if (cp == 0)
		return err_set(c, "54000", "null character not permitted");
	if (cp > 0x10ffff)
		return err_set(c, "54000", "requested character too large for encoding: %u",
			       (unsigned)cp);
	if (cp >= 0xd800 && cp <= 0xdfff)
		return err_set(c, "54000", "requested character not valid for encoding: %u",
			       (unsigned)cp);
	BUF_CLEANUP struct buf b = buf_make(8);
	utf8_put(&b, (uint32_t)cp);
	return ret_buf(c, ret, &b);
}

static int overlay(FN_ARGS)
{
	FN_UNUSED;
	int64_t from = args[2].i;
	int64_t count = nargs > 3 ? args[3].i : (int64_t)utf8_length(args[1].s);
	if (from <= 0)
		return err_set(c, "22011", "negative substring length not allowed");
	if (from + count > INT32_MAX)
		return err_set(c, "22003", "integer out of range");
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_str(&b, slice(args[0].s, 1, from));
	buf_str(&b, args[1].s);
	buf_str(&b, slice(args[0].s, from + count, INT64_MAX / 2));
	return ret_buf(c, ret, &b);
}

static int equal(FN_ARGS)
{
	FN_UNUSED;
	return ret_bool(ret, str_eq(args[0].s, args[1].s));
}

static int citext_cmp(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, text_cmp_folded(args[0].s, args[1].s));
}

static const struct value_fn rows[] = {
	STRICT("lower", "t:t", lower),
	STRICT("upper", "t:t", upper),
	STRICT("initcap", "t:t", initcap),
	STRICT("textlen", "i:t", length),
	STRICT("bpcharlen", "i:p", bpchar_length),
	STRICT("textoctetlen", "i:t", octets),
	STRICT("bpcharoctetlen", "i:p", octets),
	STRICT("bit_length", "i:t", bits),
	STRICT("text_substr", "t:tii", substr_part),
	STRICT("text_substr_no_len", "t:ti", substr_from),
	STRICT("text_left", "t:ti", left),
	STRICT("text_right", "t:ti", right),
	STRICT("btrim", "t:tt", btrim),
	STRICT("btrim1", "t:t", btrim),
	STRICT("ltrim", "t:tt", ltrim),
	STRICT("ltrim1", "t:t", ltrim),
	STRICT("rtrim", "t:tt", rtrim),
	STRICT("rtrim1", "t:t", rtrim),
	STRICT("lpad", "t:ti?t", lpad),
	STRICT("rpad", "t:ti?t", rpad),
	STRICT("repeat", "t:ti", repeat),
	STRICT("strpos", "i:tt", strpos),
	STRICT("textpos", "i:tt", strpos),
	STRICT("replace_text", "t:ttt", replace),
	STRICT("replace", "t:ttt", replace),
	STRICT("split_part", "t:tti", split_part),
	STRICT("split_text", "t:tti", split_part),
	STRICT("text_starts_with", "b:tt", starts_with),
	STRICT("text_reverse", "t:t", reverse),
	STRICT("translate", "t:ttt", translate),
	STRICT("ascii", "i:t", ascii),
	STRICT("chr", "t:i", chr),
	STRICT("textoverlay", "t:ttii", overlay),
	STRICT("textoverlay_no_len", "t:tti", overlay),
	STRICT("texteq", "b:tt", equal),
	STRICT("citext_cmp", "i:cc", citext_cmp),
};
FN_GROUP(fn_group_text, rows);
