/* tsvector: input, output, order. */
#include "value/tsearch.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

enum { VECTOR_MAX = 1 << 20 };

static int by_text(const void *a, const void *b)
{
	return str_cmp(((const struct ts_lexeme *)a)->text, ((const struct ts_lexeme *)b)->text);
}

/* Of two weights at one position the higher stays, as in PostgreSQL. */
static int by_position(const void *a, const void *b)
{
	const struct ts_pos *x = a, *y = b;
	return x->pos != y->pos ? (int)x->pos - (int)y->pos : (int)y->weight - (int)x->weight;
}

static void sort_positions(struct ts_lexeme *l)
{
	if (!l->pos.n)
		return;
	qsort(l->pos.v, l->pos.n, sizeof(*l->pos.v), by_position);
	size_t n = 1;
	for (size_t i = 1; i < l->pos.n && n < TS_POSITIONS_MAX; i++)
		if (l->pos.v[i].pos != l->pos.v[n - 1].pos)
			l->pos.v[n++] = l->pos.v[i];
	l->pos.n = n;
}

void ts_vector_normalize(struct ctx *c, struct ts_vector *v)
{
	if (!v->lexemes.n)
		return;
	qsort(v->lexemes.v, v->lexemes.n, sizeof(*v->lexemes.v), by_text);
	size_t n = 1;
	for (size_t i = 1; i < v->lexemes.n; i++) {
		struct ts_lexeme *last = &v->lexemes.v[n - 1], *next = &v->lexemes.v[i];
		if (!str_eq(last->text, next->text)) {
			v->lexemes.v[n++] = *next;
			continue;
		}
		for (size_t k = 0; k < next->pos.n; k++)
			VEC_PUSH(c->arena, &last->pos, next->pos.v[k]);
	}
	v->lexemes.n = n;
	for (size_t i = 0; i < n; i++)
		sort_positions(&v->lexemes.v[i]);
}

const struct ts_lexeme *ts_vector_find(const struct ts_vector *v, struct str text)
{
	size_t low = 0, high = v->lexemes.n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = str_cmp(v->lexemes.v[mid].text, text);
		if (order == 0)
			return &v->lexemes.v[mid];
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* ---- input ---- */

struct reader {
	struct ctx *c;
	struct str all, s;
};

static int syntax(const struct reader *r)
{
	return err_set(r->c, "42601", "syntax error in tsvector: \"%.*s\"", STR_ARG(r->all));
}

static bool is_blank(char ch)
{
	return ch == ' ' || (ch >= '\t' && ch <= '\r');
}

static void skip_blanks(struct reader *r)
{
	while (r->s.n && is_blank(r->s.p[0]))
		r->s = str_from(r->s, 1);
}

/* 'quoted ''text''', or up to a blank or colon; a backslash takes the next byte as it is. */
static int read_text(struct reader *r, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(r->s.n + 1);
	bool is_quoted = r->s.p[0] == '\'', is_closed = !is_quoted;
	if (is_quoted)
		r->s = str_from(r->s, 1);
	while (r->s.n && (is_quoted || (r->s.p[0] != ':' && !is_blank(r->s.p[0])))) {
		if (is_quoted && r->s.p[0] == '\'') {
			r->s = str_from(r->s, 1);
			if (!r->s.n || r->s.p[0] != '\'') {
				is_closed = true;
				break;
			}
		} else if (r->s.p[0] == '\\') {
			r->s = str_from(r->s, 1);
			if (!r->s.n)
				return err_set(r->c, "42601",
					       "there is no escaped character: \"%.*s\"",
					       STR_ARG(r->all));
		}
		buf_char(&b, r->s.p[0]);
		r->s = str_from(r->s, 1);
	}
	if (!is_closed || !b.n)
		return syntax(r);
	if (b.n > TS_LEXEME_MAX)
		return err_set(r->c, "54000", "word is too long (%zu bytes, max %d bytes)", b.n,
			       TS_LEXEME_MAX);
	*ret = str_copy(r->c->arena, buf_view(&b));
	return 0;
}

static int read_position(struct reader *r, struct ts_lexeme *l)
{
	long pos = 0;
	size_t digits = 0;
	for (; r->s.n && r->s.p[0] >= '0' && r->s.p[0] <= '9'; digits++) {
		pos = pos > TS_POSITION_MAX ? pos : pos * 10 + (r->s.p[0] - '0');
		r->s = str_from(r->s, 1);
	}
	if (!digits)
		return syntax(r);
	if (!pos)
		return err_set(r->c, "42601", "wrong position info in tsvector: \"%.*s\"",
			       STR_ARG(r->all));
	struct ts_pos p = { .pos = (uint16_t)(pos > TS_POSITION_MAX ? TS_POSITION_MAX : pos) };
	if (r->s.n) {
		static const char letters[] = "DCBA";
		char upper = r->s.p[0] == '*' ? 'A' : (char)(r->s.p[0] & ~0x20);
		const char *found = r->s.p[0] ? strchr(letters, upper) : NULL;
		if (found && *found) {
			p.weight = (uint8_t)(found - letters);
			r->s = str_from(r->s, 1);
		}
	}
	VEC_PUSH(r->c->arena, &l->pos, p);
	return 0;
}

int ts_vector_parse(struct ctx *c, struct str text, struct ts_vector *ret)
{
	struct reader r = { c, text, text };
	struct ts_vector v = { 0 };
	for (skip_blanks(&r); r.s.n; skip_blanks(&r)) {
		struct ts_lexeme l = { 0 };
		TRY(read_text(&r, &l.text));
		while (r.s.n && (r.s.p[0] == ':' || (l.pos.n && r.s.p[0] == ','))) {
			r.s = str_from(r.s, 1);
			TRY(read_position(&r, &l));
		}
		if (r.s.n && !is_blank(r.s.p[0]))
			return syntax(&r);
		VEC_PUSH(c->arena, &v.lexemes, l);
	}
	ts_vector_normalize(c, &v);
	*ret = v;
	return 0;
}

void ts_vector_load(struct ctx *c, struct str text, struct ts_vector *ret)
{
	struct ctx own = { .arena = c->arena };
	*ret = (struct ts_vector){ 0 };
	if (ts_vector_parse(&own, text, ret) < 0)
		ret->lexemes.n = 0;
}

/* ---- output ---- */

void ts_put_quoted(struct buf *b, struct str s)
{
	buf_char(b, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\'' || s.p[i] == '\\')
			buf_char(b, s.p[i]);
		buf_char(b, s.p[i]);
	}
	buf_char(b, '\'');
}

int ts_vector_print(struct ctx *c, const struct ts_vector *v, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(2 * VECTOR_MAX);
	for (size_t i = 0; i < v->lexemes.n; i++) {
		const struct ts_lexeme *l = &v->lexemes.v[i];
		if (i)
			buf_char(&b, ' ');
		ts_put_quoted(&b, l->text);
		for (size_t k = 0; k < l->pos.n; k++) {
			buf_printf(&b, "%c%d", k ? ',' : ':', l->pos.v[k].pos);
			if (l->pos.v[k].weight)
				buf_char(&b, "DCBA"[l->pos.v[k].weight]);
		}
	}
	if (!buf_ok(&b))
		return err_set(c, "54000",
			       "string is too long for tsvector (%zu bytes, max %d bytes)", b.n,
			       VECTOR_MAX - 1);
	*ret = str_copy(c->arena, buf_view(&b));
	return 0;
}

int ts_vector_in(struct ctx *c, struct str text, struct str *ret)
{
	struct ts_vector v;
	TRY(ts_vector_parse(c, text, &v));
	return ts_vector_print(c, &v, ret);
}
