/* Blocks: text, actions, what stands between if and end. */
#include "base/arena.h"
#include "base/err.h"
#include "mail/template_int.h"

struct parser {
	struct ctx *c;
	const char *name;
	int line;	  /* of rest */
	struct str rest;  /* not read yet */
	bool is_trimming; /* a -}} stood before rest */
	int depth;
	struct lexer l; /* of the current action */
	int action_line;
};

/* What ended a list of nodes. */
enum ending { ENDS_FILE, ENDS_BLOCK, ENDS_ELSE };

static int fail(struct parser *p, int line, const char *what)
{
	return err_set(p->c, "42601", "%s:%d: %s", p->name, line, what);
}

static struct node *node_new(struct parser *p, enum node_kind kind)
{
	struct node *n = ARENA_NEW(p->c->arena, struct node);
	n->kind = kind;
	n->line = p->action_line;
	return n;
}

static void skip(struct parser *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p->line += p->rest.p[i] == '\n';
	p->rest = str_from(p->rest, n);
}

static bool is_space(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

/* The text before the next action (or to the end), trimmed as the marks say. */
static struct str take_text(struct parser *p, bool *ret_has_action)
{
	ptrdiff_t at = str_find(p->rest, STR("{{"));
	struct str text = at < 0 ? p->rest : str_sub(p->rest, 0, (size_t)at);
	struct str mark = str_from(p->rest, text.n + 2);
	bool trims = at >= 0 && mark.n > 1 && mark.p[0] == '-' && is_space(mark.p[1]);
	skip(p, text.n);
	while (p->is_trimming && text.n && is_space(text.p[0]))
		text = str_from(text, 1);
	while (trims && text.n && is_space(text.p[text.n - 1]))
		text.n--;
	*ret_has_action = at >= 0;
	return text;
}

/* Where an action's inside ends; quotes may hold "}}". */
static ptrdiff_t find_close(struct str s)
{
	char quote = 0;
	for (size_t i = 0; i + 1 < s.n; i++) {
		char ch = s.p[i];
		if (quote) {
			if (ch == '\\' && quote == '"')
				i++;
			else if (ch == quote)
				quote = 0;
		} else if (ch == '"' || ch == '`') {
			quote = ch;
		} else if (ch == '}' && s.p[i + 1] == '}') {
			return (ptrdiff_t)i;
		}
	}
	return -1;
}

/* Moves over "{{ … }}" and gives its inside, without the trim marks. */
static int take_action(struct parser *p, struct str *ret)
{
	p->action_line = p->line;
	skip(p, 2);
	bool is_comment = str_starts(str_trim(p->rest), STR("/*")) ||
			  str_starts(str_trim(str_from(p->rest, 1)), STR("/*"));
	ptrdiff_t end = is_comment ? str_find(p->rest, STR("*/")) : find_close(p->rest);
	if (is_comment && end >= 0) {
		ptrdiff_t tail = str_find(str_from(p->rest, (size_t)end), STR("}}"));
		end = tail < 0 ? -1 : end + tail;
	}
	if (end < 0)
		return fail(p, p->action_line, "an action does not end: }} is missing");
	struct str inside = str_sub(p->rest, 0, (size_t)end);
	skip(p, (size_t)end + 2);
	if (inside.n > 1 && inside.p[0] == '-' && is_space(inside.p[1]))
		inside = str_from(inside, 1);
	p->is_trimming =
		inside.n > 1 && inside.p[inside.n - 1] == '-' && is_space(inside.p[inside.n - 2]);
	if (p->is_trimming)
		inside.n--;
	*ret = inside;
	return 0;
}

static int end_of_action(struct parser *p, const char *what)
{
	return p->l.tok.kind == TOKEN_END ? 0 : fail(p, p->l.line, what);
}

static int parse_list(struct parser *p, struct node **ret, enum ending *ret_ending);

/* `$x :=` or `$x =` before a pipeline. */
static int parse_target(struct parser *p, struct node *n)
{
	struct lexer ahead = p->l;
	if (p->l.tok.kind != TOKEN_VARIABLE || !p->l.tok.text.n)
		return 0;
	TRY(lexer_next(&ahead));
	if (ahead.tok.kind != TOKEN_DECLARE && ahead.tok.kind != TOKEN_ASSIGN)
		return 0;
	n->variable = p->l.tok.text;
	n->is_assign = ahead.tok.kind == TOKEN_ASSIGN;
	TRY(lexer_next(&ahead));
	p->l = ahead;
	return 0;
}

/* `$i, $v :=` of a range. */
static int parse_range_target(struct parser *p, struct node *n)
{
	struct lexer ahead = p->l;
	if (p->l.tok.kind != TOKEN_VARIABLE || !p->l.tok.text.n)
		return 0;
	TRY(lexer_next(&ahead));
	if (ahead.tok.kind != TOKEN_COMMA)
		return parse_target(p, n);
	n->key = p->l.tok.text;
	TRY(lexer_next(&ahead));
	n->variable = ahead.tok.text;
	if (ahead.tok.kind != TOKEN_VARIABLE || !n->variable.n)
		return fail(p, ahead.line, "range takes $index, $value := …");
	TRY(lexer_next(&ahead));
	if (ahead.tok.kind != TOKEN_DECLARE)
		return fail(p, ahead.line, "range takes $index, $value := …");
	TRY(lexer_next(&ahead));
	p->l = ahead;
	return 0;
}

static int parse_block(struct parser *p, enum node_kind kind, struct node **ret);

/* After {{ else }}: `else if` and `else with` nest, and share their end. */
static int parse_else(struct parser *p, struct node *n)
{
	enum ending ending;
	if (p->l.tok.kind == TOKEN_WORD && str_is(p->l.tok.text, "if"))
		return parse_block(p, NODE_IF, &n->other);
	if (p->l.tok.kind == TOKEN_WORD && str_is(p->l.tok.text, "with"))
		return parse_block(p, NODE_WITH, &n->other);
	TRY(end_of_action(p, "else takes nothing, \"if\" or \"with\""));
	TRY(parse_list(p, &n->other, &ending));
	if (ending != ENDS_BLOCK)
		return fail(p, n->line,
			    ending == ENDS_ELSE ? "a block has two else"
						: "a block has no {{ end }}");
	return 0;
}

/* From behind the word `if`, `with` or `range` to its end. */
static int parse_block(struct parser *p, enum node_kind kind, struct node **ret)
{
	struct node *n = node_new(p, kind);
	enum ending ending;
	if (++p->depth > TEMPLATE_DEPTH_MAX)
		return fail(p, n->line, "too many blocks inside each other");
	TRY(lexer_next(&p->l));
	TRY(kind == NODE_RANGE ? parse_range_target(p, n) : parse_target(p, n));
	TRY(expr_parse(&p->l, &n->expr));
	TRY(end_of_action(p, "unexpected text after the expression"));
	TRY(parse_list(p, &n->body, &ending));
	if (ending == ENDS_FILE)
		return fail(p, n->line, "a block has no {{ end }}");
	if (ending == ENDS_ELSE)
		TRY(parse_else(p, n));
	p->depth--;
	*ret = n;
	return 0;
}

static int refuse(struct parser *p, struct str word)
{
	return fail(p, p->action_line,
		    arena_printf(p->c->arena, "{{ %.*s }} is not supported", STR_ARG(word)));
}

static int parse_print(struct parser *p, struct node **ret)
{
	struct node *n = node_new(p, NODE_PRINT);
	TRY(parse_target(p, n));
	if (n->variable.n)
		n->kind = NODE_SET;
	TRY(expr_parse(&p->l, &n->expr));
	TRY(end_of_action(p, "unexpected text after the expression"));
	*ret = n;
	return 0;
}

static bool is_refused(struct str word)
{
	static const char *const words[] = { "define", "template", "block", "break", "continue" };
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (str_is(word, words[i]))
			return true;
	return false;
}

/* One action: a node, or (ret_ending not ENDS_FILE) the end of the list. A
 * comment gives neither. */
static int parse_action(struct parser *p, struct node **ret, enum ending *ret_ending)
{
	struct str inside;
	TRY(take_action(p, &inside));
	if (str_starts(str_trim(inside), STR("/*")))
		return 0;
	p->l = (struct lexer){ p->c, p->name, p->action_line, inside, { 0 }, 0 };
	TRY(lexer_next(&p->l));
	struct str word = p->l.tok.kind == TOKEN_WORD ? p->l.tok.text : (struct str){ 0 };
	if (str_is(word, "if"))
		return parse_block(p, NODE_IF, ret);
	if (str_is(word, "with"))
		return parse_block(p, NODE_WITH, ret);
	if (str_is(word, "range"))
		return parse_block(p, NODE_RANGE, ret);
	if (str_is(word, "end") || str_is(word, "else")) {
		*ret_ending = str_is(word, "end") ? ENDS_BLOCK : ENDS_ELSE;
		TRY(lexer_next(&p->l));
		return *ret_ending == ENDS_ELSE ? 0 : end_of_action(p, "end takes nothing");
	}
	return is_refused(word) ? refuse(p, word) : parse_print(p, ret);
}

static int parse_list(struct parser *p, struct node **ret, enum ending *ret_ending)
{
	struct node **tail = ret;
	*ret = NULL;
	*ret_ending = ENDS_FILE;
	for (;;) {
		bool has_action;
		struct str text = take_text(p, &has_action);
		p->is_trimming = false;
		if (text.n) {
			*tail = node_new(p, NODE_TEXT);
			(*tail)->text = text;
			tail = &(*tail)->next;
		}
		if (!has_action)
			return 0;
		TRY(parse_action(p, tail, ret_ending));
		if (*ret_ending != ENDS_FILE)
			return 0;
		while (*tail)
			tail = &(*tail)->next;
	}
}

int template_parse(struct ctx *c, const char *name, int first_line, struct str source,
		   struct template **ret)
{
	struct parser p = { .c = c, .name = arena_strdup(c->arena, name), .line = first_line };
	enum ending ending;
	struct template *t = ARENA_NEW(c->arena, struct template);
	p.action_line = first_line;
	if (source.n > TEMPLATE_SIZE_MAX)
		return fail(&p, first_line, "the template is larger than 512 KiB");
	if (!str_is_utf8(source))
		return fail(&p, first_line, "the template is not UTF-8");
	p.rest = str_copy(c->arena, source);
	t->name = p.name;
	TRY(parse_list(&p, &t->body, &ending));
	if (ending != ENDS_FILE)
		return fail(&p, p.action_line,
			    ending == ENDS_ELSE ? "else without if" : "end without a block");
	*ret = t;
	return 0;
}
