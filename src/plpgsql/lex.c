/*
 * Tokens of a body, over PostgreSQL's scanner: keywords, dotted names, and which
 * of them are variables.
 */
#include "plpgsql/parse_int.h"
#include "sql/scan.h"

#include <string.h>

struct keyword {
	const char *word;
	int kind;
	bool is_reserved;
};

static const struct keyword keywords[] = {
#define RESERVED(symbol, word) { word, K_##symbol, true },
#define UNRESERVED(symbol, word) { word, K_##symbol, false },
#include "keywords.def"
#undef RESERVED
#undef UNRESERVED
};

static const struct keyword *find_keyword(struct str word)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (str_is(word, keywords[i].word))
			return &keywords[i];
	return NULL;
}

bool pl_is_unreserved(int kind)
{
	if (kind <= K_FIRST_KEYWORD || kind >= K_KEYWORD_END)
		return false;
	return !keywords[kind - K_FIRST_KEYWORD - 1].is_reserved;
}

int pl_line_of(struct str text, size_t at)
{
	int line = 1;
	for (size_t i = 0; i < at && i < text.n; i++)
		line += text.p[i] == '\n';
	return line;
}

int pl_error_at(struct pl_parser *p, size_t at)
{
	return err_at(p->c, sql_char_pos(p->text, (int)at));
}

int pl_error(struct pl_parser *p, const char *what)
{
	struct str near = str_sub(p->text, p->tok.at, p->tok.n);
	if (p->tok.kind == T_EOF)
		err_set(p->c, "42601", "%s at end of input", what);
	else
		err_set(p->c, "42601", "%s at or near \"%.*s\"", what, STR_ARG(near));
	return pl_error_at(p, p->tok.at);
}

/* The name of "quoted" text, or the content of 'a string', with doubled quotes undone. */
static struct str unquote(struct arena *a, struct str s)
{
	char quote = s.p[0];
	s = str_sub(s, 1, s.n - 2);
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		out[n++] = s.p[i];
		i += s.p[i] == quote;
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

static char escaped(char ch)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *at = ch ? strchr(from, ch) : NULL;
	return at ? to[at - from] : ch;
}

/* E'...': the plain escapes; octal, hex and Unicode ones stay rare enough to be left. */
static struct str unescape(struct arena *a, struct str s)
{
	struct str in = str_sub(s, 2, s.n - 3);
	char *out = arena_alloc(a, in.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < in.n; i++) {
		bool is_escape = in.p[i] == '\\' && i + 1 < in.n;
		i += is_escape;
		out[n++] = is_escape ? escaped(in.p[i]) : in.p[i];
		if (!is_escape && in.p[i] == '\'')
			i++;
	}
	out[n] = '\0';
	return (struct str){ out, n };
}

static struct str string_value(struct arena *a, struct str s, enum sql_token_kind kind)
{
	if (kind == TOK_DOLLAR) {
		size_t tag = (size_t)str_chr(str_from(s, 1), '$') + 2;
		return str_sub(s, tag, s.n - 2 * tag);
	}
	if (s.p[0] == '\'')
		return unquote(a, s);
	if ((s.p[0] | 32) == 'e')
		return unescape(a, s);
	ptrdiff_t quote = str_chr(s, '\'');
	return unquote(a, str_from(s, (size_t)quote));
}

static int unterminated(struct pl_parser *p, const struct sql_token *t)
{
	static const char *const what[] = { [TOK_QUOTED] = "unterminated quoted identifier",
					    [TOK_STRING] = "unterminated quoted string",
					    [TOK_DOLLAR] = "unterminated dollar-quoted string",
					    [TOK_COMMENT] = "unterminated /* comment" };
	p->tok = (struct pl_token){ .kind = T_OP, .at = t->at, .n = t->n };
	return pl_error(p, what[t->kind]);
}

/* How much of a run of operator characters is one operator: PostgreSQL lets + and -
 * end one only when it holds a character that SQL's own operators do not. */
static size_t operator_length(struct str op)
{
	for (size_t i = 0; i < op.n; i++)
		if (strchr("~!@#%^&|`?", op.p[i]))
			return op.n;
	size_t n = op.n;
	while (n > 1 && (op.p[n - 1] == '+' || op.p[n - 1] == '-'))
		n--;
	return n;
}

static void scan_operator(struct pl_token *t, struct str run)
{
	static const struct {
		const char *op;
		int kind;
	} named[] = { { "<<", T_LESS_LESS }, { ">>", T_GREATER_GREATER }, { "=>", T_ARROW } };
	t->n = operator_length(run);
	t->kind = t->n == 1 ? (unsigned char)run.p[0] : T_OP;
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (str_is(str_sub(run, 0, t->n), named[i].op))
			t->kind = named[i].kind;
}

static void scan_other(struct pl_parser *p, struct pl_token *t)
{
	char next = t->at + 1 < p->text.n ? p->text.p[t->at + 1] : '\0';
	char ch = p->text.p[t->at];
	t->kind = (unsigned char)ch;
	if (ch == ':' && next == '=')
		t->kind = T_COLON_EQUALS;
	else if (ch == ':' && next == ':')
		t->kind = T_TYPECAST;
	else if (ch == '.' && next == '.')
		t->kind = T_DOT_DOT;
	t->n = t->kind >= 256 ? 2 : 1;
}

static void scan_word(struct pl_parser *p, struct pl_token *t, struct str word)
{
	t->parts[0] = str_lower(p->a, word);
	t->n_parts = 1;
	t->kind = T_IDENT;
	const struct keyword *k = find_keyword(t->parts[0]);
	if (k && k->is_reserved)
		t->kind = k->kind;
}

/* 1into: PostgreSQL wants something between a number and a word. */
static int scan_number(struct pl_parser *p, struct pl_token *t, struct str number)
{
	size_t end = t->at + t->n;
	struct sql_token next = { .kind = TOK_OTHER };
	if (end < p->text.n)
		next = sql_scan(p->text, end);
	t->parts[0] = number;
	t->kind = T_ICONST;
	for (size_t i = 0; i < number.n; i++)
		if (strchr(".eE", number.p[i]))
			t->kind = T_FCONST;
	if (next.kind != TOK_WORD)
		return 0;
	p->tok = *t;
	p->tok.n += next.n;
	return pl_error(p, "trailing junk after numeric literal");
}

static int scan(struct pl_parser *p, struct pl_token *t)
{
	struct sql_token s = { .kind = TOK_COMMENT };
	while (s.kind == TOK_COMMENT) {
		p->at = sql_skip_space(p->text, p->at);
		*t = (struct pl_token){ .kind = T_EOF, .at = p->at };
		if (p->at >= p->text.n)
			return 0;
		s = sql_scan(p->text, p->at);
		if (s.is_unterminated)
			return unterminated(p, &s);
		if (s.kind == TOK_COMMENT)
			p->at += s.n;
	}
	struct str word = str_sub(p->text, s.at, s.n);
	t->n = s.n;
	t->n_parts = 1;
	if (s.kind == TOK_WORD)
		scan_word(p, t, word);
	else if (s.kind == TOK_QUOTED)
		*t = (struct pl_token){ .kind = T_IDENT,
					.at = s.at,
					.n = s.n,
					.n_parts = 1,
					.is_quoted = true,
					.parts = { unquote(
						p->a, str_from(word, word.p[0] == '"' ? 0 : 2)) } };
	else if (s.kind == TOK_STRING || s.kind == TOK_DOLLAR)
		t->kind = T_SCONST, t->parts[0] = string_value(p->a, word, s.kind);
	else if (s.kind == TOK_NUMBER)
		TRY(scan_number(p, t, word));
	else if (s.kind == TOK_PARAM)
		t->kind = T_PARAM, t->parts[0] = word;
	else if (s.kind == TOK_OPERATOR)
		scan_operator(t, word);
	else
		scan_other(p, t);
	p->at = t->at + t->n;
	return 0;
}

static int next_raw(struct pl_parser *p, struct pl_token *t)
{
	if (!p->n_pushed)
		return scan(p, t);
	*t = p->pushed[--p->n_pushed];
	return 0;
}

static void push(struct pl_parser *p, const struct pl_token *t)
{
	p->pushed[p->n_pushed++] = *t;
}

void pl_push_back(struct pl_parser *p)
{
	push(p, &p->tok);
}

static bool at_statement_start(int previous)
{
	return previous == ';' || previous == K_BEGIN || previous == K_THEN || previous == K_ELSE ||
	       previous == K_LOOP;
}

/* The variable that a name stands for, where names are looked up. */
static bool lookup(struct pl_parser *p, struct pl_token *t)
{
	bool is_on = p->lookup == LOOKUP_NORMAL || (p->lookup == LOOKUP_SQL && t->n_parts > 1);
	if (!is_on || !pl_ns_find(p->b, p->ns, t->parts, t->n_parts, false, &t->var, &t->used))
		return false;
	t->kind = T_DATUM;
	return true;
}

static int plain_name(struct pl_parser *p, struct pl_token *t, int previous, int following)
{
	const struct keyword *k =
		t->is_quoted || t->kind == T_PARAM ? NULL : find_keyword(t->parts[0]);
	bool is_assignment = following == '=' || following == T_COLON_EQUALS || following == '[' ||
			     following == '.';
	bool is_word_first = at_statement_start(previous) && !is_assignment;
	if (is_word_first || !lookup(p, t))
		t->kind = k ? k->kind : t->kind == T_PARAM ? T_PARAM : T_WORD;
	return 0;
}

/* Joins `.name` parts to the name in t, at most three parts. */
static int join_parts(struct pl_parser *p, struct pl_token *t, struct pl_token *dot)
{
	while (dot->kind == '.') {
		struct pl_token name;
		TRY(next_raw(p, &name));
		if (name.kind != T_IDENT || t->n_parts == 3) {
			push(p, &name);
			break;
		}
		t->parts[t->n_parts++] = name.parts[0];
		t->n = name.at + name.n - t->at;
		TRY(next_raw(p, dot));
	}
	push(p, dot);
	return 0;
}

int pl_next(struct pl_parser *p)
{
	int previous = p->tok.kind;
	struct pl_token t, following;
	TRY(next_raw(p, &t));
	p->tok = t;
	if (t.kind != T_IDENT && t.kind != T_PARAM)
		return 0;
	TRY(next_raw(p, &following));
	int kind = following.kind;
	TRY(join_parts(p, &t, &following));
	if (t.n_parts == 1)
		plain_name(p, &t, previous, kind);
	else if (!lookup(p, &t))
		t.kind = T_CWORD;
	p->tok = t;
	return 0;
}

int pl_expect(struct pl_parser *p, int kind)
{
	TRY(pl_next(p));
	return p->tok.kind == kind ? 0 : pl_error(p, "syntax error");
}

int pl_peek_kind(struct pl_parser *p, int *ret_kind)
{
	struct pl_token t, now = p->tok;
	TRY(next_raw(p, &t));
	push(p, &t);
	p->tok = now;
	*ret_kind = t.kind;
	return 0;
}

int pl_any_identifier(struct pl_parser *p, struct str *ret)
{
	TRY(pl_next(p));
	bool is_name =
		p->tok.kind == T_WORD || p->tok.kind == T_DATUM || pl_is_unreserved(p->tok.kind);
	if (!is_name || p->tok.n_parts != 1)
		return pl_error(p, "syntax error");
	*ret = p->tok.parts[0];
	return 0;
}

struct str pl_token_name(struct pl_parser *p, const struct pl_token *t)
{
	struct str s = t->parts[0];
	for (size_t i = 1; i < t->n_parts; i++)
		s = str_of(arena_printf(p->a, "%.*s.%.*s", STR_ARG(s), STR_ARG(t->parts[i])));
	return s;
}

int pl_not_variable(struct pl_parser *p, const struct pl_token *t)
{
	if (t->kind != T_WORD && t->kind != T_CWORD) {
		p->tok = *t;
		return pl_error(p, "syntax error");
	}
	err_set(p->c, "42601", "\"%.*s\" is not a known variable", STR_ARG(pl_token_name(p, t)));
	return pl_error_at(p, t->at);
}
