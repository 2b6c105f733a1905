/* Binary strings, encodings, OVERLAPS, identifiers. */
#include "value/array.h"
#include "value/datetime.h"
#include "value/encode.h"
#include "value/fn_int.h"
#include "value/pattern.h"
#include "value/scalar.h"
#include "value/text.h"

#include <ctype.h>
#include <string.h>

static int give_bytes(struct ctx *c, struct datum *ret, const struct buf *b)
{
	if (!buf_ok(b))
		return err_set(c, "54000", "result of function is too large");
	*ret = datum_blob(str_copy(c->arena, buf_view(b)));
	return 0;
}

static int encode(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	TRY(bytes_encode(c, &b, args[0].s, args[1].s));
	return ret_buf(c, ret, &b);
}

static int decode(FN_ARGS)
{
	FN_UNUSED;
	struct str bytes;
	TRY(bytes_decode(c, args[0].s, args[1].s, &bytes));
	*ret = datum_blob(bytes);
	return 0;
}

static int length(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, (int64_t)args[0].s.n);
}

static int bit_count(FN_ARGS)
{
	FN_UNUSED;
	int64_t n = 0;
	for (size_t i = 0; i < args[0].s.n; i++)
		n += __builtin_popcount((unsigned char)args[0].s.p[i]);
	return ret_int(ret, n);
}

static int concat(FN_ARGS)
{
	FN_UNUSED;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_str(&b, args[0].s);
	buf_str(&b, args[1].s);
	return give_bytes(c, ret, &b);
}

static struct str slice(struct str s, int64_t from, int64_t end)
{
	if (from < 1)
		from = 1;
	if (end <= from || (size_t)(from - 1) >= s.n)
		return STR("");
	return str_sub(s, (size_t)(from - 1), (size_t)(end - from));
}

static int substr(FN_ARGS)
{
	FN_UNUSED;
	int64_t from = args[1].i, end = INT64_MAX / 2;
	if (nargs > 2) {
		if (args[2].i < 0)
			return err_set(c, "22011", "negative substring length not allowed");
		end = from + args[2].i;
	}
	*ret = datum_blob(slice(args[0].s, from, end));
	return 0;
}

static int position(FN_ARGS)
{
	FN_UNUSED;
	return ret_int(ret, args[1].s.n ? str_find(args[0].s, args[1].s) + 1 : 1);
}

static bool has_byte(struct str set, char byte)
{
	return set.n && memchr(set.p, byte, set.n);
}

static int trim_bytes(const struct datum *args, bool at_start, bool at_end, struct datum *ret)
{
	struct str s = args[0].s, set = args[1].s;
	while (at_start && s.n && has_byte(set, s.p[0]))
		s = str_from(s, 1);
	while (at_end && s.n && has_byte(set, s.p[s.n - 1]))
		s.n--;
	*ret = datum_blob(s);
	return 0;
}

static int trim_both(FN_ARGS)
{
	FN_UNUSED;
	return trim_bytes(args, true, true, ret);
}

static int trim_start(FN_ARGS)
{
	FN_UNUSED;
	return trim_bytes(args, true, false, ret);
}

static int trim_end(FN_ARGS)
{
	FN_UNUSED;
	return trim_bytes(args, false, true, ret);
}

static int overlay(FN_ARGS)
{
	FN_UNUSED;
	int64_t from = args[2].i, count = nargs > 3 ? args[3].i : (int64_t)args[1].s.n;
	if (from <= 0)
		return err_set(c, "22011", "negative substring length not allowed");
	if (from + count > INT32_MAX)
		return err_set(c, "22003", "integer out of range");
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_str(&b, slice(args[0].s, 1, from));
	buf_str(&b, args[1].s);
	buf_str(&b, slice(args[0].s, from + count, INT64_MAX / 2));
	return give_bytes(c, ret, &b);
}

static int check_index(struct ctx *c, int64_t at, int64_t count)
{
	if (at >= 0 && at < count)
		return 0;
	return err_set(c, "2202E", "index %lld out of valid range, 0..%lld", (long long)at,
		       (long long)count - 1);
}

static int get_byte(FN_ARGS)
{
	FN_UNUSED;
	TRY(check_index(c, args[1].i, (int64_t)args[0].s.n));
	return ret_int(ret, (unsigned char)args[0].s.p[args[1].i]);
}

static int get_bit(FN_ARGS)
{
	FN_UNUSED;
	int64_t at = args[1].i;
	TRY(check_index(c, at, (int64_t)args[0].s.n * 8));
	return ret_int(ret, (unsigned char)args[0].s.p[at / 8] >> (at % 8) & 1);
}

static int set_byte(FN_ARGS)
{
	FN_UNUSED;
	TRY(check_index(c, args[1].i, (int64_t)args[0].s.n));
	char *out = arena_strndup(c->arena, args[0].s.p, args[0].s.n);
	out[args[1].i] = (char)args[2].i;
	*ret = datum_blob((struct str){ out, args[0].s.n });
	return 0;
}

static int like(FN_ARGS)
{
	FN_UNUSED;
	int result = like_match(c, args[0].s, args[1].s, STR("\\"), false);
	return result < 0 ? -1 : ret_bool(ret, result);
}

static int not_like(FN_ARGS)
{
	FN_UNUSED;
	int result = like_match(c, args[0].s, args[1].s, STR("\\"), false);
	return result < 0 ? -1 : ret_bool(ret, !result);
}

/* ---- encodings of the server: UTF-8 alone ---- */

static bool is_utf8_name(struct str name)
{
	return str_ieq(name, STR("utf8")) || str_ieq(name, STR("utf-8")) ||
	       str_ieq(name, STR("unicode"));
}

static int other_encoding(struct ctx *c, struct str name)
{
	return err_set(c, "0A000", "encoding \"%.*s\" is not supported", STR_ARG(name));
}

static int convert_from(FN_ARGS)
{
	FN_UNUSED;
	if (!is_utf8_name(args[1].s))
		return other_encoding(c, args[1].s);
	TRY(chars_check(c, args[0].s));
	return ret_text(ret, args[0].s);
}

static int convert_to(FN_ARGS)
{
	FN_UNUSED;
	if (!is_utf8_name(args[1].s))
		return other_encoding(c, args[1].s);
	*ret = datum_blob(args[0].s);
	return 0;
}

/* ---- OVERLAPS ---- */

static bool is_null(struct datum v)
{
	return v.kind == D_NULL;
}

/* A period's ends in order; a NULL start counts as the end. */
static bool order_ends(const struct vtype *t, struct datum *start, struct datum *end)
{
	bool is_swapped = is_null(*start) || (!is_null(*end) && value_cmp(t, *start, *end) > 0);
	if (is_swapped) {
		struct datum first = *start;
		*start = *end;
		*end = first;
	}
	return !is_null(*start);
}

static int overlaps_of(enum value_type id, const struct datum *args, struct datum *ret)
{
	struct vtype t = VTYPE(id);
	struct datum s1 = args[0], e1 = args[1], s2 = args[2], e2 = args[3];
	if (!order_ends(&t, &s1, &e1) || !order_ends(&t, &s2, &e2))
		return ret_null(ret);
	int order = value_cmp(&t, s1, s2);
	if (order == 0)
		return is_null(e1) || is_null(e2) ? ret_null(ret) : ret_bool(ret, true);
	/* the period that starts first must reach the other's start */
	struct datum late = order > 0 ? s1 : s2, reach = order > 0 ? e2 : e1;
	struct datum other_end = order > 0 ? e1 : e2;
	if (is_null(reach))
		return ret_null(ret);
	if (value_cmp(&t, late, reach) < 0)
		return ret_bool(ret, true);
	return is_null(other_end) ? ret_null(ret) : ret_bool(ret, false);
}

static int overlaps_ts(FN_ARGS)
{
	FN_UNUSED;
	return overlaps_of(V_TIMESTAMP, args, ret);
}

static int overlaps_time(FN_ARGS)
{
	FN_UNUSED;
	return overlaps_of(V_TIME, args, ret);
}

static int overlaps_timetz(FN_ARGS)
{
	FN_UNUSED;
	return overlaps_of(V_TIMETZ, args, ret);
}

/* A period's end given as a length: the start plus it. */
static int end_of_period(struct ctx *c, const struct value_env *env, const struct datum *period,
			 struct datum *ret)
{
	*ret = period[3];
	if (period[2].i != V_INTERVAL)
		return 0;
	const char *name = period[0].i == V_TIME	? "time_pl_interval"
			   : period[0].i == V_TIMESTAMP ? "timestamp_pl_interval"
							: "timestamptz_pl_interval";
	const struct datum sum[2] = { period[1], period[3] };
	return value_fn_call(c, value_fn_find(name, 2), env, sum, 2, ret);
}

/* OVERLAPS of periods of which one or both have a length */
static int overlaps_any(FN_ARGS)
{
	FN_UNUSED;
	struct datum ends[4] = { args[1], args[3], args[5], args[7] };
	TRY(end_of_period(c, env, args, &ends[1]));
	TRY(end_of_period(c, env, args + 4, &ends[3]));
	return overlaps_of(value_type_of_code(args[0].i).id, ends, ret);
}

/* ---- parse_ident ---- */

static int bad_ident(struct ctx *c, struct str text, const char *detail)
{
	err_set(c, "22023", "string is not a valid identifier: \"%.*s\"", STR_ARG(text));
	return detail ? err_details(c, "%s", detail) : -1;
}

static bool is_ident_start(char ch)
{
	return isalpha((unsigned char)ch) || ch == '_' || (unsigned char)ch >= 0x80;
}

/* One part from *s: quoted, or folded to lower case. */
static int take_ident(struct ctx *c, struct str text, struct str *s, struct str *ret)
{
	struct str rest = *s;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	if (rest.n && rest.p[0] == '"') {
		for (rest = str_from(rest, 1);; rest = str_from(rest, 1)) {
			if (!rest.n)
				return bad_ident(c, text, "String has unclosed double quotes.");
			if (rest.p[0] == '"' && (rest.n < 2 || rest.p[1] != '"'))
				break;
			buf_char(&b, rest.p[0]);
			if (rest.p[0] == '"')
				rest = str_from(rest, 1);
		}
		rest = str_from(rest, 1);
		if (!b.n)
			return bad_ident(c, text, "Quoted identifier must not be empty.");
	} else {
		if (!rest.n || !is_ident_start(rest.p[0]))
			return bad_ident(c, text, NULL);
		while (rest.n && (is_ident_start(rest.p[0]) || isdigit((unsigned char)rest.p[0]) ||
				  rest.p[0] == '$')) {
			buf_char(&b, (char)tolower((unsigned char)rest.p[0]));
			rest = str_from(rest, 1);
		}
	}
	*ret = str_copy(c->arena, buf_view(&b));
	*s = rest;
	return 0;
}

static struct str skip_space(struct str s)
{
	while (s.n && isspace((unsigned char)s.p[0]))
		s = str_from(s, 1);
	return s;
}

static int parse_ident(FN_ARGS)
{
	FN_UNUSED;
	struct vtype t = VTYPE(V_TEXT);
	struct str s = skip_space(args[0].s), part;
	bool is_strict = nargs < 2 || args[1].i;
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	buf_char(&b, '[');
	for (;;) {
		bool is_after_dot = b.n > 1;
		struct str before = s;
		if (take_ident(c, args[0].s, &s, &part) < 0) {
			if (!c->err.details && before.n && before.p[0] == '.')
				return err_details(c, "No valid identifier before \".\".");
			if (!c->err.details && is_after_dot)
				return err_details(c, "No valid identifier after \".\".");
			return -1;
		}
		if (is_after_dot)
			buf_char(&b, ',');
		array_put_cell(&b, &t, datum_text(part));
		s = skip_space(s);
		if (!s.n || s.p[0] != '.')
			break;
		s = skip_space(str_from(s, 1));
	}
	if (s.n && is_strict)
		return bad_ident(c, args[0].s, NULL);
	buf_char(&b, ']');
	return ret_buf(c, ret, &b);
}

static const struct value_fn rows[] = {
	STRICT("binary_encode", "t:yt", encode),
	STRICT("binary_decode", "y:tt", decode),
	STRICT("byteaoctetlen", "i:y", length),
	STRICT("bytea_bit_count", "l:y", bit_count),
	STRICT("byteacat", "y:yy", concat),
	STRICT("bytea_substr", "y:yii", substr),
	STRICT("bytea_substr_no_len", "y:yi", substr),
	STRICT("byteapos", "i:yy", position),
	STRICT("byteatrim", "y:yy", trim_both),
	STRICT("bytealtrim", "y:yy", trim_start),
	STRICT("byteartrim", "y:yy", trim_end),
	STRICT("byteaoverlay", "y:yyii", overlay),
	STRICT("byteaoverlay_no_len", "y:yyi", overlay),
	STRICT("byteaGetByte", "i:yi", get_byte),
	STRICT("byteaGetBit", "i:yl", get_bit),
	STRICT("byteaSetByte", "y:yii", set_byte),
	STRICT("bytealike", "b:yy", like),
	STRICT("byteanlike", "b:yy", not_like),
	STRICT("pg_convert_from", "t:yt", convert_from),
	STRICT("pg_convert_to", "y:tt", convert_to),
	LAX("overlaps_timestamp", "b:mmmm", overlaps_ts),
	LAX("overlaps_time", "b:MMMM", overlaps_time),
	LAX("overlaps_timetz", "b:ZZZZ", overlaps_timetz),
	{ "overlaps", "b:TVTVTVTV", false, false, true, overlaps_any },
	STRICT("parse_ident", "[t:t?b", parse_ident),
};
FN_GROUP(fn_group_bytes, rows);
