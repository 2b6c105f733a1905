#include "api/rest_grammar.h"

#include <string.h>

bool count_item(struct lex *l)
{
	if (++l->items <= REST_MAX_ITEMS)
		return true;
	l->is_too_deep = true;
	return false;
}

bool parse_delimiter(struct lex *l)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_label(l, m, lex_char(l, '.'), "delimiter (.)");
}

bool parse_comma(struct lex *l)
{
	lex_spaces(l);
	if (!lex_char(l, ','))
		return false;
	lex_spaces(l);
	return true;
}

bool parse_ahead(struct lex *l, const char *word)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_ahead(l, m, lex_string(l, word));
}

bool parse_quoted(struct lex *l, struct str *ret)
{
	if (!lex_char(l, '"'))
		return false;
	size_t start = l->pos;
	char *out = NULL;
	size_t n = 0;
	for (;;) {
		size_t at = l->pos;
		if (lex_none_of(l, "\\\"")) {
			if (out)
				for (; at < l->pos; at++)
					out[n++] = l->text.p[at];
			continue;
		}
		if (!lex_char(l, '\\'))
			break;
		if (!out) {
			n = at - start;
			out = arena_alloc(l->arena, l->text.n - start + 1);
			memcpy(out, l->text.p + start, n);
		}
		size_t escaped = l->pos;
		if (!lex_any(l))
			return false;
		for (; escaped < l->pos; escaped++)
			out[n++] = l->text.p[escaped];
	}
	struct str value =
		out ? (struct str){ out, n } : (struct str){ l->text.p + start, l->pos - start };
	if (!lex_char(l, '"'))
		return false;
	*ret = value;
	return true;
}

static bool identifier_char(struct lex *l)
{
	return lex_letter(l) || lex_digit(l) || lex_one_of(l, "_ $");
}

bool parse_identifier(struct lex *l, struct str *ret)
{
	size_t start = l->pos;
	if (!identifier_char(l))
		return false;
	while (identifier_char(l))
		;
	*ret = str_trim((struct str){ l->text.p + start, l->pos - start });
	return true;
}

/* A dash that does not begin an arrow. */
static bool dash(struct lex *l)
{
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, lex_char(l, '-') && lex_not_char(l, '>'));
}

static struct str join_dash(struct lex *l, struct str left, struct str right)
{
	if (left.p + left.n + 1 == right.p)
		return (struct str){ left.p, left.n + 1 + right.n };
	char *p = arena_alloc(l->arena, left.n + right.n + 1);
	memcpy(p, left.p, left.n);
	p[left.n] = '-';
	memcpy(p + left.n + 1, right.p, right.n);
	return (struct str){ p, left.n + 1 + right.n };
}

static bool dashed(struct lex *l, bool (*part)(struct lex *, struct str *), struct str *ret)
{
	struct str name;
	if (!part(l, &name))
		return false;
	while (dash(l)) {
		struct str next;
		if (!part(l, &next))
			return false;
		name = join_dash(l, name, next);
	}
	*ret = name;
	return true;
}

bool parse_field_name(struct lex *l, struct str *ret)
{
	struct lex_mark m = lex_begin(l);
	bool ok = parse_quoted(l, ret);
	if (!ok && lex_is_empty(l, m.pos))
		ok = dashed(l, parse_identifier, ret);
	return lex_end_label(l, m, ok, "field name (* or [a..z0..9_$])");
}

static bool json_key_part(struct lex *l, struct str *ret)
{
	size_t start = l->pos;
	if (!lex_none_of(l, "(-:.,>)"))
		return false;
	while (lex_none_of(l, "(-:.,>)"))
		;
	*ret = str_trim((struct str){ l->text.p + start, l->pos - start });
	return true;
}

static bool json_key(struct lex *l, struct str *ret)
{
	struct lex_mark try_m = lex_begin(l);
	struct lex_mark m = lex_begin(l);
	bool ok = parse_quoted(l, ret);
	if (!ok && lex_is_empty(l, m.pos))
		ok = dashed(l, json_key_part, ret);
	ok = lex_end_label(l, m, ok, "any non reserved character different from: .,>()");
	return lex_end_try(l, try_m, ok);
}

static bool json_index_end(struct lex *l)
{
	if (parse_ahead(l, "->") || parse_ahead(l, "::") || parse_ahead(l, ".") ||
	    parse_ahead(l, ","))
		return true;
	struct lex_mark m = lex_begin(l);
	return lex_end_try(l, m, lex_eof(l));
}

/* Digits with an optional minus, not followed by more of a name; the sign is
 * always written. */
static bool json_index(struct lex *l, struct str *ret)
{
	struct lex_mark m = lex_begin(l);
	bool is_negative = lex_char(l, '-');
	size_t start = l->pos;
	bool ok = lex_digit(l);
	while (ok && lex_digit(l))
		;
	size_t end = l->pos;
	ok = ok && json_index_end(l);
	if (ok)
		*ret = str_of(arena_printf(l->arena, "%c%.*s", is_negative ? '-' : '+',
					   (int)(end - start), l->text.p + start));
	return lex_end_try(l, m, ok);
}

/* many json operation: false only when one failed half-way. */
bool parse_json_path(struct lex *l, struct rest_field *f)
{
	for (;;) {
		struct rest_json_step step = { 0 };
		step.as_text = lex_word(l, "->>");
		if (!step.as_text && !lex_word(l, "->"))
			return true;
		step.is_index = json_index(l, &step.key);
		if (!step.is_index && !json_key(l, &step.key))
			return false;
		if (!count_item(l))
			return false;
		VEC_PUSH(l->arena, &f->path, step);
	}
}

bool parse_field(struct lex *l, struct rest_field *ret)
{
	lex_spaces(l);
	struct rest_field f = { 0 };
	if (!parse_field_name(l, &f.name) || !parse_json_path(l, &f))
		return false;
	lex_spaces(l);
	*ret = f;
	return true;
}

bool parse_tree_path(struct lex *l, rest_path *path, struct rest_field *ret)
{
	struct rest_field f = { 0 };
	if (!parse_field_name(l, &f.name))
		return false;
	for (;;) {
		size_t start = l->pos;
		if (!parse_delimiter(l)) {
			if (l->pos != start)
				return false;
			break;
		}
		VEC_PUSH(l->arena, path, f.name);
		if (path->n > REST_MAX_DEPTH) {
			l->is_too_deep = true;
			return false;
		}
		if (!parse_field_name(l, &f.name))
			return false;
	}
	if (!parse_json_path(l, &f))
		return false;
	*ret = f;
	return true;
}
