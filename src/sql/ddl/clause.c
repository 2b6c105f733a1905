/* The raw tree has where an expression starts, not where it ends; what the
 * user wrote is found again by walking the statement's tokens. */
#include "sql/ddl/statements.h"

#include <string.h>

static void tokenize(struct ddl *d)
{
	if (d->tokens.n)
		return;
	for (size_t at = sql_skip_space(d->text, 0); at < d->text.n;
	     at = sql_skip_space(d->text, at)) {
		struct sql_token t = sql_scan(d->text, at);
		at += t.n;
		if (t.kind != TOK_COMMENT)
			VEC_PUSH(d->a, &d->tokens, t);
	}
}

static struct str token_text(const struct ddl *d, size_t i)
{
	const struct sql_token *t = &d->tokens.v[i];
	return str_sub(d->text, t->at, t->n);
}

size_t ddl_token_at(struct ddl *d, int64_t offset)
{
	tokenize(d);
	size_t low = 0, high = d->tokens.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if ((int64_t)d->tokens.v[mid].at < offset)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool ddl_token_is(struct ddl *d, size_t i, const char *word)
{
	tokenize(d);
	if (i >= d->tokens.n)
		return false;
	enum sql_token_kind kind = d->tokens.v[i].kind;
	return (kind == TOK_WORD || kind == TOK_OTHER || kind == TOK_OPERATOR) &&
	       str_ieq(token_text(d, i), str_of(word));
}

/* +1 for what opens a bracket or CASE, -1 for what closes one. */
static int depth_step(struct ddl *d, size_t i)
{
	if (ddl_token_is(d, i, "(") || ddl_token_is(d, i, "[") || ddl_token_is(d, i, "case"))
		return 1;
	if (ddl_token_is(d, i, ")") || ddl_token_is(d, i, "]") || ddl_token_is(d, i, "end"))
		return -1;
	return 0;
}

size_t ddl_token_find(struct ddl *d, size_t i, const char *word)
{
	tokenize(d);
	int depth = 0;
	for (; i < d->tokens.n; i++) {
		if (depth == 0 && ddl_token_is(d, i, word))
			return i;
		depth += depth_step(d, i);
	}
	return d->tokens.n;
}

struct str ddl_span(struct ddl *d, size_t i, size_t end)
{
	tokenize(d);
	if (i >= end || i >= d->tokens.n)
		return str_sub(d->text, d->text.n, 0);
	const struct sql_token *last = &d->tokens.v[end - 1];
	size_t from = d->tokens.v[i].at;
	return str_sub(d->text, from, last->at + last->n - from);
}

size_t ddl_close(struct ddl *d, size_t open)
{
	int depth = 0;
	for (size_t i = open; i < d->tokens.n; i++) {
		if (ddl_token_is(d, i, "("))
			depth++;
		else if (ddl_token_is(d, i, ")") && --depth == 0)
			return i;
	}
	return d->tokens.n;
}

struct str ddl_parens(struct ddl *d, size_t i)
{
	tokenize(d);
	while (i < d->tokens.n && !ddl_token_is(d, i, "("))
		i++;
	return ddl_span(d, i + 1, ddl_close(d, i));
}

static bool ends_default(struct ddl *d, size_t i)
{
	static const char *const words[] = { "constraint", "not",     "null",	    "unique",
					     "primary",	   "check",   "references", "default",
					     "generated",  "collate", "deferrable", "initially",
					     ",",	   ")" };
	for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++) {
		if (ddl_token_is(d, i, words[w]))
			return true;
	}
	return false;
}

struct str ddl_default_text(struct ddl *d, int64_t location)
{
	size_t i = ddl_token_at(d, location);
	if (ddl_token_is(d, i, "constraint"))
		i += 2;
	size_t from = i + 1;
	int depth = 0;
	for (i = from; i < d->tokens.n; i++) {
		bool is_operand = i == from || d->tokens.v[i - 1].kind == TOK_OPERATOR ||
				  ddl_token_is(d, i - 1, "is");
		if (depth == 0 && !is_operand && ends_default(d, i))
			break;
		depth += depth_step(d, i);
	}
	return ddl_span(d, from, i);
}

bool ddl_part(struct ddl *d, size_t from, size_t to, size_t n, size_t *ret_from, size_t *ret_to)
{
	tokenize(d);
	int depth = 0;
	size_t start = from, part = 0;
	for (size_t i = from; i <= to; i++) {
		if (i == to || (depth == 0 && ddl_token_is(d, i, ","))) {
			if (part++ == n) {
				*ret_from = start;
				*ret_to = i;
				return true;
			}
			start = i + 1;
			continue;
		}
		depth += depth_step(d, i);
	}
	return false;
}

struct stored_sql ddl_keep(struct ddl *d, struct str text)
{
	return (struct stored_sql){ str_dup(d->a, text), arena_strdup(d->a, d->s->search_path) };
}

bool ddl_is_no_default(const struct json *expr, struct typeref type)
{
	const struct json *cast = node_as(expr, "TypeCast");
	const struct json *k = node_as(cast ? json_get(cast, "arg") : expr, "A_Const");
	return type.type->kind != TYPE_DOMAIN && type.typmod < 0 &&
	       json_get_bool(k, "isnull", false);
}
