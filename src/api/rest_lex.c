#include "api/rest_lex.h"

#include "base/buf.h"
#include "base/err.h"

#include <string.h>

struct lex lex_make(struct arena *a, struct str text, bool is_explaining)
{
	return (struct lex){ .arena = a, .text = text, .is_explaining = is_explaining };
}

int lex_peek(const struct lex *l)
{
	return l->pos < l->text.n ? (unsigned char)l->text.p[l->pos] : -1;
}

/* Bytes of the character at pos; the text is valid UTF-8. */
static size_t char_size(const struct lex *l)
{
	unsigned char b = (unsigned char)l->text.p[l->pos];
	size_t n = b < 0x80 ? 1 : b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
	return n <= l->text.n - l->pos ? n : l->text.n - l->pos;
}

static uint32_t char_code(const struct lex *l)
{
	size_t n = char_size(l);
	const unsigned char *p = (const unsigned char *)l->text.p + l->pos;
	uint32_t code = n == 1 ? p[0] : p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++)
		code = code << 6 | (p[i] & 0x3f);
	return code;
}

static void merge(struct lex *l, struct lex_error *into, const struct lex_error *other)
{
	if (!other->msgs.n)
		return;
	if (!into->msgs.n || into->pos < other->pos) {
		*into = *other;
		return;
	}
	if (into->pos > other->pos)
		return;
	struct lex_error both = { .pos = into->pos };
	for (size_t i = 0; i < into->msgs.n; i++)
		VEC_PUSH(l->arena, &both.msgs, into->msgs.v[i]);
	for (size_t i = 0; i < other->msgs.n; i++)
		VEC_PUSH(l->arena, &both.msgs, other->msgs.v[i]);
	*into = both;
}

static void add_msg(struct lex *l, size_t pos, enum lex_msg_kind kind, const char *text)
{
	struct lex_error e = { .pos = pos };
	VEC_PUSH(l->arena, &e.msgs, ((struct lex_msg){ kind, text }));
	merge(l, &l->err, &e);
}

/* Keeps everything but what was expected, and expects the label instead. */
static void set_expected(struct lex *l, struct lex_error *e, const char *label)
{
	struct lex_error out = { .pos = e->msgs.n ? e->pos : l->pos };
	VEC_PUSH(l->arena, &out.msgs, ((struct lex_msg){ LEX_EXPECTED, label }));
	for (size_t i = 0; i < e->msgs.n; i++)
		if (e->msgs.v[i].kind != LEX_EXPECTED)
			VEC_PUSH(l->arena, &out.msgs, e->msgs.v[i]);
	*e = out;
}

/* A character as the library shows it, in the given quotes. */
static const char *show_char(struct lex *l, char quote)
{
	if (l->pos >= l->text.n)
		return "";
	uint32_t code = char_code(l);
	if (code == (unsigned char)quote || code == '\\')
		return arena_printf(l->arena, "%c\\%c%c", quote, (char)code, quote);
	if (code == '\n' || code == '\t' || code == '\r')
		return arena_printf(l->arena, "%c\\%c%c", quote,
				    code == '\n'   ? 'n'
				    : code == '\t' ? 't'
						   : 'r',
				    quote);
	if (code < 0x20 || code >= 0x7f)
		return arena_printf(l->arena, "%c\\%u%c", quote, code, quote);
	return arena_printf(l->arena, "%c%c%c", quote, (char)code, quote);
}

struct lex_mark lex_begin(struct lex *l)
{
	struct lex_mark m = { .pos = l->pos };
	if (l->is_explaining) {
		m.err = l->err;
		l->err = (struct lex_error){ .pos = l->pos };
	}
	return m;
}

static void merge_back(struct lex *l, struct lex_mark m)
{
	struct lex_error inner = l->err;
	l->err = m.err;
	merge(l, &l->err, &inner);
}

bool lex_end_label(struct lex *l, struct lex_mark m, bool ok, const char *label)
{
	if (!l->is_explaining || l->pos != m.pos)
		return ok;
	if (!ok || l->err.msgs.n)
		set_expected(l, &l->err, label);
	merge_back(l, m);
	return ok;
}

bool lex_end_try(struct lex *l, struct lex_mark m, bool ok)
{
	if (!ok)
		l->pos = m.pos;
	if (l->is_explaining && l->pos == m.pos)
		merge_back(l, m);
	return ok;
}

bool lex_end_ahead(struct lex *l, struct lex_mark m, bool ok)
{
	l->pos = m.pos;
	if (!l->is_explaining)
		return ok;
	if (ok)
		l->err = m.err;
	else
		merge_back(l, m);
	return ok;
}

bool lex_fail(struct lex *l)
{
	if (l->is_explaining)
		add_msg(l, l->pos, LEX_SYS_UNEXPECTED, show_char(l, '"'));
	return false;
}

static bool consume(struct lex *l)
{
	l->pos += char_size(l);
	if (l->is_explaining)
		l->err = (struct lex_error){ .pos = l->pos };
	return true;
}

static bool fail_expecting(struct lex *l, const char *label)
{
	if (!l->is_explaining)
		return false;
	struct lex_mark m = lex_begin(l);
	lex_fail(l);
	return lex_end_label(l, m, false, label);
}

bool lex_char(struct lex *l, char ch)
{
	if (l->pos < l->text.n && l->text.p[l->pos] == ch)
		return consume(l);
	return l->is_explaining && fail_expecting(l, arena_printf(l->arena, "\"%c\"", ch));
}

bool lex_any(struct lex *l)
{
	return l->pos < l->text.n ? consume(l) : lex_fail(l);
}

bool lex_one_of(struct lex *l, const char *set)
{
	int ch = lex_peek(l);
	return ch > 0 && strchr(set, ch) ? consume(l) : lex_fail(l);
}

bool lex_none_of(struct lex *l, const char *set)
{
	int ch = lex_peek(l);
	return ch > 0 && !strchr(set, ch) ? consume(l) : lex_fail(l);
}

bool lex_digit(struct lex *l)
{
	int ch = lex_peek(l);
	return ch >= '0' && ch <= '9' ? consume(l) : fail_expecting(l, "digit");
}

/* Beyond ASCII: all but spaces, controls and the punctuation blocks. */
static bool is_letter(const struct lex *l)
{
	int ch = lex_peek(l);
	if (ch < 0x80)
		return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z');
	uint32_t code = char_code(l);
	if (code < 0xc0)
		return code == 0xaa || code == 0xb5 || code == 0xba;
	if (code == 0xd7 || code == 0xf7)
		return false;
	return !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x20a0 && code <= 0x20cf) &&
	       !(code >= 0x2190 && code <= 0x2bff) && !(code >= 0x3000 && code <= 0x3004) &&
	       !(code >= 0xfff0 && code <= 0xffff) && !(code >= 0x1f000 && code <= 0x1faff);
}

bool lex_letter(struct lex *l)
{
	return l->pos < l->text.n && is_letter(l) ? consume(l) : fail_expecting(l, "letter");
}

/* A mismatch is reported at the word's start, and counts as consumed when a
 * first part matched. */
bool lex_string(struct lex *l, const char *word)
{
	size_t start = l->pos;
	size_t n = strlen(word), matched = 0;
	while (matched < n && l->pos < l->text.n && l->text.p[l->pos] == word[matched]) {
		l->pos++;
		matched++;
	}
	if (matched == n) {
		if (l->is_explaining)
			l->err = (struct lex_error){ .pos = l->pos };
		return true;
	}
	if (l->is_explaining) {
		const char *got = show_char(l, '"');
		size_t at = l->pos;
		l->pos = start;
		if (matched)
			l->err = (struct lex_error){ .pos = start };
		add_msg(l, start, LEX_SYS_UNEXPECTED, got);
		add_msg(l, start, LEX_EXPECTED, arena_printf(l->arena, "\"%s\"", word));
		l->pos = at;
	}
	return false;
}

bool lex_word(struct lex *l, const char *word)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, lex_string(l, word));
}

static bool end_not_followed(struct lex *l, struct lex_mark m, bool is_there, size_t error_pos,
			     const char *shown)
{
	l->pos = m.pos;
	if (!l->is_explaining)
		return !is_there;
	if (!is_there) {
		l->err = m.err;
		return true;
	}
	l->err = m.err;
	add_msg(l, error_pos, LEX_UNEXPECTED, shown);
	return false;
}

bool lex_not_char(struct lex *l, char ch)
{
	struct lex_mark m = lex_begin(l);
	bool is_there = l->pos < l->text.n && l->text.p[l->pos] == ch;
	return end_not_followed(l, m, is_there, m.pos + 1,
				l->is_explaining ? show_char(l, '\'') : "");
}

bool lex_not_none_of(struct lex *l, const char *set)
{
	struct lex_mark m = lex_begin(l);
	int ch = lex_peek(l);
	bool is_there = ch > 0 && !strchr(set, ch);
	const char *shown = l->is_explaining ? show_char(l, '\'') : "";
	return end_not_followed(l, m, is_there, is_there ? m.pos + char_size(l) : m.pos, shown);
}

bool lex_eof(struct lex *l)
{
	struct lex_mark label = lex_begin(l);
	struct lex_mark m = lex_begin(l);
	bool is_there = l->pos < l->text.n;
	const char *shown = l->is_explaining ? show_char(l, '\'') : "";
	bool ok = end_not_followed(l, m, is_there, m.pos, shown);
	return lex_end_label(l, label, ok, "end of input");
}

void lex_spaces(struct lex *l)
{
	while (lex_one_of(l, " \t"))
		;
}

static bool is_repeated(const struct lex_error *e, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (e->msgs.v[j].kind == e->msgs.v[i].kind &&
		    !strcmp(e->msgs.v[j].text, e->msgs.v[i].text))
			return true;
	return false;
}

/* "a, b or c" of the distinct messages of a kind. */
static void put_list(struct buf *b, const struct lex_error *e, enum lex_msg_kind kind)
{
	size_t left = 0;
	for (size_t i = 0; i < e->msgs.n; i++)
		left += e->msgs.v[i].kind == kind && *e->msgs.v[i].text && !is_repeated(e, i);
	size_t total = left;
	for (size_t i = 0; i < e->msgs.n; i++) {
		if (e->msgs.v[i].kind != kind || !*e->msgs.v[i].text || is_repeated(e, i))
			continue;
		if (left < total)
			buf_puts(b, left == 1 ? " or " : ", ");
		buf_puts(b, e->msgs.v[i].text);
		left--;
	}
}

static const char *first_of(const struct lex_error *e, enum lex_msg_kind kind)
{
	for (size_t i = 0; i < e->msgs.n; i++)
		if (e->msgs.v[i].kind == kind)
			return e->msgs.v[i].text;
	return NULL;
}

static const char *sentence(struct arena *a, const struct lex_error *e)
{
	if (!e->msgs.n)
		return "unknown parse error";
	BUF_CLEANUP struct buf b = buf_make(1 << 16);
	const char *sys = first_of(e, LEX_SYS_UNEXPECTED);
	if (first_of(e, LEX_UNEXPECTED)) {
		buf_puts(&b, "unexpected ");
		put_list(&b, e, LEX_UNEXPECTED);
	} else if (sys) {
		buf_printf(&b, "unexpected %s", *sys ? sys : "end of input");
	}
	const char *expected = first_of(e, LEX_EXPECTED);
	if (expected) {
		buf_puts(&b, b.n ? " expecting " : "expecting ");
		put_list(&b, e, LEX_EXPECTED);
	}
	return buf_dup(a, &b);
}

int lex_report(struct ctx *c, const struct lex *l, const char *name)
{
	if (l->is_too_deep) {
		err_set(c, "PGRST100", "\"%s\" has too many parts or levels", name);
		return err_details(c, "At most %d levels and %d parts are allowed", 32, 5000);
	}
	int line = 1, column = 1;
	for (size_t i = 0; i < l->err.pos && i < l->text.n; i++) {
		unsigned char ch = (unsigned char)l->text.p[i];
		if (ch == '\n') {
			line++;
			column = 1;
		} else if (ch == '\t') {
			column += 8 - (column - 1) % 8;
		} else if ((ch & 0xc0) != 0x80) {
			column++;
		}
	}
	err_set(c, "PGRST100", "\"%s\" (line %d, column %d)", name, line, column);
	return err_details(c, "%s", sentence(c->arena, &l->err));
}
