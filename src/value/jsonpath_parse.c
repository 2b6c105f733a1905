/* jsonpath's text to a tree. */
#include "value/jsonpath_int.h"

#include "base/arena.h"

#include <string.h>

enum { DEPTH_MAX = 100 };

struct parser {
	struct ctx *c;
	struct str in;
	size_t at;
	int depth;
};

static int parse_or(struct parser *p, struct jp **ret);

static int syntax(struct parser *p)
{
	struct str rest = str_from(p->in, p->at);
	if (!rest.n)
		return err_set(p->c, "42601", "syntax error at end of jsonpath input");
	return err_set(p->c, "42601", "syntax error at or near \"%.*s\" of jsonpath input", 1,
		       rest.p);
}

static void blanks(struct parser *p)
{
	while (p->at < p->in.n && strchr(" \t\r\n", p->in.p[p->at]))
		p->at++;
}

static bool is_name(char ch)
{
	return (ch >= '0' && ch <= '9') || ((ch | 32) >= 'a' && (ch | 32) <= 'z') || ch == '_' ||
	       (unsigned char)ch >= 0x80;
}

/* A sign, or a word that no letter follows. */
static bool take(struct parser *p, const char *word)
{
	size_t n = strlen(word);
	blanks(p);
	if (p->in.n - p->at < n || memcmp(p->in.p + p->at, word, n) != 0)
		return false;
	if (is_name(word[0]) && p->at + n < p->in.n && is_name(p->in.p[p->at + n]))
		return false;
	p->at += n;
	return true;
}

static char peek(struct parser *p)
{
	blanks(p);
	return p->at < p->in.n ? p->in.p[p->at] : '\0';
}

static struct jp *node(struct parser *p, enum jp_kind kind, struct jp *a, struct jp *b)
{
	struct jp *n = ARENA_NEW(p->c->arena, struct jp);
	n->kind = kind;
	n->a = a;
	n->b = b;
	return n;
}

/* A JSON string or number at this place. */
static int literal(struct parser *p, const struct json **ret)
{
	size_t from = p->at, to = from + 1;
	bool is_string = p->in.p[from] == '"';
	while (to < p->in.n &&
	       (is_string ? p->in.p[to] != '"' : is_name(p->in.p[to]) || p->in.p[to] == '.'))
		to += is_string && p->in.p[to] == '\\' ? 2 : 1;
	to += is_string;
	if (to > p->in.n)
		return syntax(p);
	struct json *v;
	if (json_parse(p->c, str_sub(p->in, from, to - from), (struct json_limits){ 0 }, &v) < 0)
		return syntax(p);
	p->at = to;
	*ret = v;
	return 0;
}

static int name(struct parser *p, struct str *ret)
{
	if (peek(p) == '"') {
		const struct json *v;
		TRY(literal(p, &v));
		*ret = v->text;
		return 0;
	}
	size_t from = p->at;
	while (p->at < p->in.n && is_name(p->in.p[p->at]))
		p->at++;
	*ret = str_sub(p->in, from, p->at - from);
	return ret->n ? 0 : syntax(p);
}

static int bound(struct parser *p, int64_t *ret, bool *ret_last)
{
	bool is_minus = false;
	*ret = 0;
	*ret_last = take(p, "last");
	if (*ret_last && !(is_minus = take(p, "-")))
		return 0;
	size_t from = (blanks(p), p->at);
	while (p->at < p->in.n && p->in.p[p->at] >= '0' && p->in.p[p->at] <= '9')
		p->at++;
	if (!str_to_i64(str_sub(p->in, from, p->at - from), ret))
		return syntax(p);
	if (is_minus)
		*ret = -*ret;
	return 0;
}

static int subscripts(struct parser *p, struct jp **ret)
{
	if (take(p, "*")) {
		*ret = node(p, JP_ANY_ELEMENT, NULL, NULL);
		return take(p, "]") ? 0 : syntax(p);
	}
	struct jp *n = *ret = node(p, JP_SUBSCRIPTS, NULL, NULL);
	do {
		struct jp_range r;
		TRY(bound(p, &r.from, &r.from_last));
		r.to = r.from;
		r.to_last = r.from_last;
		if (take(p, "to"))
			TRY(bound(p, &r.to, &r.to_last));
		VEC_PUSH(p->c->arena, &n->ranges, r);
	} while (take(p, ","));
	return take(p, "]") ? 0 : syntax(p);
}

static int member(struct parser *p, struct jp **ret)
{
	if (take(p, "**"))
		return err_set(p->c, "0A000", "the accessor .** of jsonpath is not supported");
	if (take(p, "*")) {
		*ret = node(p, JP_ANY_KEY, NULL, NULL);
		return 0;
	}
	bool is_quoted = peek(p) == '"';
	struct str key;
	TRY(name(p, &key));
	if (is_quoted || !take(p, "(")) {
		*ret = node(p, JP_KEY, NULL, NULL);
		(*ret)->text = key;
		return 0;
	}
	if (!take(p, ")"))
		return syntax(p);
	if (!str_is(key, "type") && !str_is(key, "size"))
		return err_set(p->c, "0A000", "the method .%.*s() of jsonpath is not supported",
			       STR_ARG(key));
	*ret = node(p, str_is(key, "type") ? JP_TYPE : JP_SIZE, NULL, NULL);
	return 0;
}

static int filter(struct parser *p, struct jp **ret)
{
	struct jp *inner;
	if (!take(p, "("))
		return syntax(p);
	TRY(parse_or(p, &inner));
	if (!take(p, ")") || !jp_is_predicate(inner))
		return syntax(p);
	*ret = node(p, JP_FILTER, inner, NULL);
	return 0;
}

static int accessors(struct parser *p, struct jp *last)
{
	for (;;) {
		struct jp *n;
		if (take(p, "["))
			TRY(subscripts(p, &n));
		else if (take(p, "."))
			TRY(member(p, &n));
		else if (take(p, "?"))
			TRY(filter(p, &n));
		else
			return 0;
		last->next = n;
		last = n;
	}
}

static int word_literal(struct parser *p, struct jp **ret)
{
	static const char *const words[] = { "null", "true", "false" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!take(p, words[i]))
			continue;
		struct json *v = ARENA_NEW(p->c->arena, struct json);
		v->kind = i == 0 ? JSON_NULL : i == 1 ? JSON_TRUE : JSON_FALSE;
		*ret = node(p, JP_LITERAL, NULL, NULL);
		(*ret)->literal = v;
		return 0;
	}
	return syntax(p);
}

static int primary(struct parser *p, struct jp **ret)
{
	char ch = peek(p);
	if (take(p, "$")) {
		bool is_root =
			p->at == p->in.n || !(is_name(p->in.p[p->at]) || p->in.p[p->at] == '"');
		*ret = node(p, is_root ? JP_ROOT : JP_VARIABLE, NULL, NULL);
		return is_root ? 0 : name(p, &(*ret)->text);
	}
	if (take(p, "@")) {
		*ret = node(p, JP_CURRENT, NULL, NULL);
		return 0;
	}
	if (ch == '"' || ch == '-' || (ch >= '0' && ch <= '9')) {
		*ret = node(p, JP_LITERAL, NULL, NULL);
		return literal(p, &(*ret)->literal);
	}
	if (!take(p, "("))
		return word_literal(p, ret);
	struct jp *inner;
	TRY(parse_or(p, &inner));
	if (!take(p, ")"))
		return syntax(p);
	*ret = jp_is_predicate(inner) ? inner : node(p, JP_GROUP, inner, NULL);
	return 0;
}

static int parse_regex(struct parser *p, struct jp *left, struct jp **ret)
{
	*ret = node(p, JP_REGEX, left, NULL);
	if (peek(p) != '"')
		return syntax(p);
	TRY(name(p, &(*ret)->text));
	return take(p, "flag") ? name(p, &(*ret)->flags) : 0;
}

static int operand(struct parser *p, struct jp **ret)
{
	TRY(primary(p, ret));
	if (!jp_is_predicate(*ret))
		TRY(accessors(p, *ret));
	if (memchr("+-*/%", peek(p), 5) && peek(p))
		return err_set(p->c, "0A000", "arithmetic in jsonpath is not supported");
	return 0;
}

static int compare(struct parser *p, struct jp **ret)
{
	static const char *const ops[] = { "==", "!=", "<>", "<=", ">=", "<", ">" };
	struct jp *left;
	if (take(p, "exists")) {
		if (!take(p, "("))
			return syntax(p);
		TRY(parse_or(p, &left));
		*ret = node(p, JP_EXISTS, left, NULL);
		return take(p, ")") ? 0 : syntax(p);
	}
	TRY(operand(p, &left));
	*ret = left;
	if (jp_is_predicate(left)) {
		if (take(p, "is"))
			*ret = node(p, JP_UNKNOWN, left, NULL);
		return *ret == left || take(p, "unknown") ? 0 : syntax(p);
	}
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++) {
		if (!take(p, ops[i]))
			continue;
		*ret = node(p, JP_COMPARE, left, NULL);
		(*ret)->text = str_of(i == 2 ? "!=" : ops[i]);
		return operand(p, &(*ret)->b);
	}
	if (take(p, "like_regex"))
		return parse_regex(p, left, ret);
	if (take(p, "starts")) {
		*ret = node(p, JP_STARTS, left, NULL);
		return take(p, "with") ? operand(p, &(*ret)->b) : syntax(p);
	}
	return 0;
}

static int parse_not(struct parser *p, struct jp **ret)
{
	if (!take(p, "!"))
		return compare(p, ret);
	struct jp *inner;
	TRY(compare(p, &inner));
	*ret = node(p, JP_NOT, inner, NULL);
	return jp_is_predicate(inner) ? 0 : syntax(p);
}

static int join(struct parser *p, enum jp_kind kind, const char *sign,
		int (*next)(struct parser *, struct jp **), struct jp **ret)
{
	TRY(next(p, ret));
	while (take(p, sign)) {
		struct jp *right;
		TRY(next(p, &right));
		if (!jp_is_predicate(*ret) || !jp_is_predicate(right))
			return syntax(p);
		*ret = node(p, kind, *ret, right);
	}
	return 0;
}

static int parse_and(struct parser *p, struct jp **ret)
{
	return join(p, JP_AND, "&&", parse_not, ret);
}

static int parse_or(struct parser *p, struct jp **ret)
{
	if (++p->depth > DEPTH_MAX)
		return err_set(p->c, "54001", "the jsonpath is nested too deeply");
	TRY(join(p, JP_OR, "||", parse_and, ret));
	p->depth--;
	return 0;
}

int jsonpath_parse(struct ctx *c, struct str text, struct jsonpath *ret)
{
	struct parser p = { .c = c, .in = text };
	struct jsonpath path = { .is_strict = take(&p, "strict") };
	if (!path.is_strict)
		take(&p, "lax");
	TRY(parse_or(&p, &path.root));
	if (peek(&p))
		return syntax(&p);
	*ret = path;
	return 0;
}
