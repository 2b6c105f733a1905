/*
 * Text to tokens, after PostgreSQL's default parser: words and numbers, compounds
 * with their parts, addresses, paths. Tags and entities are markup, no text.
 */
#include "value/tsearch.h"

#include "value/text.h"

#include <string.h>

struct lexer {
	struct ctx *c;
	struct str text;
	size_t at;
	struct ts_tokens *out;
};

/* ---- characters ---- */

static char byte_at(const struct lexer *x, size_t i)
{
	return i < x->text.n ? x->text.p[i] : '\0';
}

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static bool is_ascii_letter(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
}

/* Bytes of the letter or digit at i, 0 when it is neither. */
static size_t alnum_at(const struct lexer *x, size_t i, bool *ret_is_digit)
{
	unsigned char ch = (unsigned char)byte_at(x, i);
	*ret_is_digit = is_digit((char)ch);
	if (ch < 0x80)
		return *ret_is_digit || is_ascii_letter((char)ch);
	size_t n = ch >= 0xf0 ? 4 : ch >= 0xe0 ? 3 : 2;
	if (i + n > x->text.n)
		return 0;
	uint32_t cp = ch & (0xffU >> (n + 1));
	for (size_t k = 1; k < n; k++)
		cp = cp << 6 | ((unsigned char)x->text.p[i + k] & 0x3f);
	return char_is_alnum(cp) ? n : 0;
}

/* The end of the run of letters and digits from i. */
static size_t run_end(const struct lexer *x, size_t i, bool *ret_digits, bool *ret_letters)
{
	bool digit;
	size_t n;
	*ret_digits = *ret_letters = false;
	while ((n = alnum_at(x, i, &digit)) > 0) {
		*ret_digits |= digit;
		*ret_letters |= !digit;
		i += n;
	}
	return i;
}

static void emit(struct lexer *x, size_t from, size_t to, enum ts_token_kind kind, bool is_part)
{
	struct ts_token t = { str_sub(x->text, from, to - from), kind, is_part };
	VEC_PUSH(x->c->arena, &x->out->v, t);
}

/* ---- addresses ---- */

/* The end of labels joined by dots, the last one of two letters or more and no digit
 * first; 0 when there is no dot. */
static size_t host_end(const struct lexer *x, size_t i)
{
	size_t end = 0, label = i, k = i;
	bool has_dot = false;
	for (;; k++) {
		char ch = byte_at(x, k);
		bool is_label = is_ascii_letter(ch) || is_digit(ch) || (ch == '-' && k > label) ||
				(ch == '_' && k > label);
		if (is_label)
			continue;
		if (k == label)
			break;
		if (has_dot && is_ascii_letter(byte_at(x, label)) && k - label >= 2)
			end = k;
		else if (has_dot)
			end = 0;
		if (ch != '.' ||
		    !(is_ascii_letter(byte_at(x, k + 1)) || is_digit(byte_at(x, k + 1))))
			break;
		has_dot = true;
		label = k + 1;
	}
	if (end && byte_at(x, end) == ':' && is_digit(byte_at(x, end + 1)))
		for (end++; is_digit(byte_at(x, end));)
			end++;
	return end;
}

static bool is_path_char(char ch)
{
	return ch > ' ' && !strchr("<>\"'()[]{}|\\^`", ch);
}

static size_t path_end(const struct lexer *x, size_t i)
{
	while (is_path_char(byte_at(x, i)) || (unsigned char)byte_at(x, i) >= 0x80)
		i++;
	while (i > 0 && strchr(".,;:!?", byte_at(x, i - 1)))
		i--;
	return i;
}

/* user@host: the end, 0 when it is none. */
static size_t email_end(const struct lexer *x, size_t i)
{
	size_t k = i;
	while (is_ascii_letter(byte_at(x, k)) || is_digit(byte_at(x, k)) ||
	       (byte_at(x, k) && strchr("._-+", byte_at(x, k))))
		k++;
	if (k == i || byte_at(x, k) != '@')
		return 0;
	return host_end(x, k + 1);
}

static bool take_address(struct lexer *x)
{
	size_t end = email_end(x, x->at);
	if (end) {
		emit(x, x->at, end, TS_TOKEN_PLAIN, false);
		x->at = end;
		return true;
	}
	size_t host = host_end(x, x->at);
	if (!host)
		return false;
	end = byte_at(x, host) == '/' ? path_end(x, host) : host;
	if (end > host + 1) {
		emit(x, x->at, end, TS_TOKEN_PLAIN, false);
		emit(x, x->at, host, TS_TOKEN_PLAIN, false);
		emit(x, host, end, TS_TOKEN_PLAIN, false);
	} else {
		emit(x, x->at, host, TS_TOKEN_PLAIN, false);
	}
	x->at = end;
	return true;
}

static bool skip_protocol(struct lexer *x)
{
	static const char *const names[] = { "http://", "https://", "ftp://" };
	struct str rest = str_from(x->text, x->at);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);
		if (rest.n > n && str_ieq(str_sub(rest, 0, n), str_of(names[i])) &&
		    host_end(x, x->at + n)) {
			x->at += n;
			return true;
		}
	}
	return false;
}

/* dir/file, /dir/file, v1.2, U.S.A: a slash or dot with letters or digits around it. */
static bool take_path(struct lexer *x)
{
	size_t i = x->at;
	bool is_joined = false, starts_with_digit = is_digit(byte_at(x, i));
	for (;; i++) {
		char ch = byte_at(x, i), next = byte_at(x, i + 1);
		bool goes = is_ascii_letter(next) || is_digit(next);
		if ((ch == '/' || (ch == '.' && i > x->at && !starts_with_digit)) && goes)
			is_joined = true;
		else if (!is_ascii_letter(ch) && !is_digit(ch) &&
			 !((ch == '_' || ch == '-') && is_joined && goes))
			break;
	}
	if (!is_joined || i <= x->at + 1)
		return false;
	emit(x, x->at, i, TS_TOKEN_PLAIN, false);
	x->at = i;
	return true;
}

/* ---- markup ---- */

static bool skip_markup(struct lexer *x)
{
	char ch = byte_at(x, x->at), next = byte_at(x, x->at + 1);
	size_t i = x->at + 1;
	if (ch == '<' && (is_ascii_letter(next) || next == '/' || next == '!' || next == '?')) {
		while (i < x->text.n && x->text.p[i] != '>')
			i++;
		if (i >= x->text.n)
			return false;
		x->at = i + 1;
		return true;
	}
	if (ch != '&')
		return false;
	i += next == '#';
	size_t first = i;
	while (is_ascii_letter(byte_at(x, i)) || is_digit(byte_at(x, i)))
		i++;
	if (i == first || byte_at(x, i) != ';')
		return false;
	x->at = i + 1;
	return true;
}

/* ---- numbers ---- */

static size_t digits_end(const struct lexer *x, size_t i)
{
	while (is_digit(byte_at(x, i)))
		i++;
	return i;
}

/* 12, -12, 1.5, 1e5, 1.2.3; not when letters follow. */
static bool take_number(struct lexer *x)
{
	size_t i = x->at;
	bool digit;
	if (byte_at(x, i) == '-' || byte_at(x, i) == '+')
		i++;
	size_t end = digits_end(x, i);
	if (end == i)
		return false;
	while (byte_at(x, end) == '.' && is_digit(byte_at(x, end + 1)))
		end = digits_end(x, end + 1);
	if ((byte_at(x, end) | 0x20) == 'e') {
		size_t k = end + 1;
		if (byte_at(x, k) == '-' || byte_at(x, k) == '+')
			k++;
		if (digits_end(x, k) > k)
			end = digits_end(x, k);
	}
	if (alnum_at(x, end, &digit))
		return false;
	/* a plus sign is no part of the number's text, a minus is */
	emit(x, byte_at(x, x->at) == '+' ? x->at + 1 : x->at, end, TS_TOKEN_PLAIN, false);
	x->at = end;
	return true;
}

/* ---- words ---- */

static enum ts_token_kind word_kind(bool has_digits)
{
	return has_digits ? TS_TOKEN_PLAIN : TS_TOKEN_WORD;
}

/* A hyphen goes on when letters follow it. */
static bool goes_on(const struct lexer *x, size_t i)
{
	bool digit;
	return byte_at(x, i) == '-' && alnum_at(x, i + 1, &digit) && !digit;
}

static void take_word(struct lexer *x)
{
	bool digits, letters, any_digits;
	size_t first = x->at, end = run_end(x, first, &digits, &letters);
	any_digits = digits;
	if (!goes_on(x, end)) {
		emit(x, first, end, word_kind(digits), false);
		x->at = end;
		return;
	}
	while (goes_on(x, end)) {
		end = run_end(x, end + 1, &digits, &letters);
		any_digits |= digits;
	}
	emit(x, first, end, word_kind(any_digits), false);
	for (size_t i = first; i < end;) {
		size_t part = run_end(x, i, &digits, &letters);
		emit(x, i, part, word_kind(digits), true);
		i = part + 1;
	}
	x->at = end;
}

void ts_tokenize(struct ctx *c, struct str text, struct ts_tokens *ret)
{
	struct lexer x = { c, text, 0, ret };
	while (x.at < text.n) {
		bool digit;
		if (skip_markup(&x) || skip_protocol(&x))
			continue;
		size_t n = alnum_at(&x, x.at, &digit);
		char ch = byte_at(&x, x.at);
		bool is_ascii = (unsigned char)ch < 0x80;
		if (n && is_ascii && take_address(&x))
			continue;
		if (((n && is_ascii) || ch == '/') && take_path(&x))
			continue;
		if ((digit || ch == '-' || ch == '+') && take_number(&x))
			continue;
		if (n)
			take_word(&x);
		else
			x.at++;
	}
}
