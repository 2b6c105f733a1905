#include "sql/parse.h"

#include "base/arena.h"
#include "base/err.h"
#include "sql/scan.h"

#include <pg_query.h>
#include <string.h>

/*
 * The grammar and its JSON writer recurse on nested and chained constructs, so
 * both are bounded first: tokens in a run (nothing resets a run but a comma,
 * AND, OR), set operations and joins per level, and brackets.
 */
enum { RUN_MAX = 4000, CHAIN_MAX = 1000, JSON_DEPTH_MAX = 16000 };

struct level {
	int run;
	int chain;
};

static int too_complex(struct ctx *c, struct str text, size_t at)
{
	err_set(c, "54001", "stack depth limit exceeded");
	err_hint(c, "The statement nests or chains too many constructs.");
	return err_at(c, sql_char_pos(text, (int)at));
}

static bool resets_run(const struct sql_token *t, struct str word)
{
	if (t->kind == TOK_OTHER)
		return word.p[0] == ',';
	return t->kind == TOK_WORD && (str_ieq(word, STR("and")) || str_ieq(word, STR("or")));
}

static bool is_chain(const struct sql_token *t, struct str word)
{
	return t->kind == TOK_WORD &&
	       (str_ieq(word, STR("union")) || str_ieq(word, STR("except")) ||
		str_ieq(word, STR("intersect")) || str_ieq(word, STR("join")));
}

/* CASE nests without a bracket. */
static int bracket_step(const struct sql_token *t, struct str word)
{
	if (t->kind == TOK_WORD)
		return str_ieq(word, STR("case")) - str_ieq(word, STR("end"));
	if (t->kind != TOK_OTHER)
		return 0;
	return (word.p[0] == '(' || word.p[0] == '[') - (word.p[0] == ')' || word.p[0] == ']');
}

static int check_limits(struct ctx *c, struct str text)
{
	struct level levels[SQL_DEPTH_MAX + 1] = { 0 };
	int depth = 0;
	size_t at = 0;
	while ((at = sql_skip_space(text, at)) < text.n) {
		struct sql_token t = sql_scan(text, at);
		struct str word = str_sub(text, t.at, t.n);
		at += t.n;
		int step = bracket_step(&t, word);
		if (step > 0 && depth == SQL_DEPTH_MAX)
			return too_complex(c, text, t.at);
		if (step > 0)
			levels[++depth] = (struct level){ 0 };
		else if (step < 0 && depth > 0)
			depth--;
		struct level *l = &levels[depth];
		l->run = resets_run(&t, word) ? 0 : l->run + 1;
		l->chain += is_chain(&t, word);
		if (l->run > RUN_MAX || l->chain > CHAIN_MAX)
			return too_complex(c, text, t.at);
	}
	return 0;
}

static int check_text(struct ctx *c, struct str text)
{
	if (text.n > SQL_STATEMENT_MAX)
		return err_set(c, "54000", "statement is longer than %d bytes", SQL_STATEMENT_MAX);
	if (memchr(text.p ? text.p : "", '\0', text.n) || !str_is_utf8(text))
		return err_set(c, "22021", "invalid byte sequence for encoding \"UTF8\"");
	return check_limits(c, text);
}

static void free_parse(PgQueryParseResult *r)
{
	pg_query_free_parse_result(*r);
}

/* Words that PostgreSQL 16 to 18 brought to the grammar, for the hint. */
static void hint_later_syntax(struct ctx *c, struct str text)
{
	static const struct {
		const char *word, *version;
	} later[] = {
		{ "json_table", "17" },	 { "json_array", "16" },       { "json_object", "16" },
		{ "json_exists", "17" }, { "json_query", "17" },       { "json_value", "17" },
		{ "any_value", "16" },	 { "merge_action", "17" },     { "system_user", "16" },
		{ "virtual", "18" },	 { "without_overlaps", "18" },
	};
	size_t at = 0;
	while ((at = sql_skip_space(text, at)) < text.n) {
		struct sql_token t = sql_scan(text, at);
		struct str word = str_sub(text, t.at, t.n);
		at += t.n;
		for (size_t i = 0; t.kind == TOK_WORD && i < sizeof(later) / sizeof(*later); i++)
			if (str_ieq(word, str_of(later[i].word))) {
				err_hint(c,
					 "\"%s\" is syntax of PostgreSQL %s; this is PostgreSQL "
					 "15's grammar.",
					 later[i].word, later[i].version);
				return;
			}
	}
}

static int parse_error(struct ctx *c, struct str text, const PgQueryError *e)
{
	/* The grammar's few other errors say so. */
	bool is_unsupported =
		strstr(e->message, " is not supported") || strstr(e->message, " are not supported");
	err_set(c, is_unsupported ? "0A000" : "42601", "%s", e->message);
	err_at(c, e->cursorpos);
	if (!strcmp(e->message, "subquery in FROM must have an alias"))
		return err_hint(c, "For example, FROM (SELECT ...) [AS] foo.");
	if (!strcmp(e->message, "VALUES in FROM must have an alias"))
		return err_hint(c, "For example, FROM (VALUES ...) [AS] foo.");
	hint_later_syntax(c, text);
	return -1;
}

/* The number after a minus sign at byte `at`, with its sign; "" when there is none. */
static struct str negative_at(struct arena *a, struct str text, size_t at)
{
	if (at >= text.n || text.p[at] != '-')
		return STR("");
	at = sql_skip_space(text, at + 1);
	struct sql_token t = { .kind = TOK_OTHER };
	for (; at < text.n; at = sql_skip_space(text, at + t.n)) {
		t = sql_scan(text, at);
		if (t.kind != TOK_COMMENT)
			break;
	}
	if (t.kind != TOK_NUMBER)
		return STR("");
	return str_of(arena_printf(a, "-%.*s", STR_ARG(str_sub(text, t.at, t.n))));
}

/* libpg_query's JSON leaves out every integer below 1: a folded "-5" comes as
 * {"ival":{}} and is read from the text again. */
static void restore_negative(struct json *node, struct arena *a, struct str text)
{
	for (struct json *child = node->child; child; child = child->next) {
		struct json *ival = str_is(child->key, "A_Const") ? json_get(child, "ival") : NULL;
		if (!ival) {
			restore_negative(child, a, text);
			continue;
		}
		int64_t at = json_get_i64(child, "location", -1);
		struct str number =
			ival->count || at < 0 ? STR("") : negative_at(a, text, (size_t)at);
		if (!number.n)
			continue;
		ival->child = ARENA_NEW(a, struct json);
		*ival->child = (struct json){ .kind = JSON_NUMBER, .key = STR("ival") };
		ival->child->text = ival->child->raw = number;
		ival->count = 1;
	}
}

static int parse_tree(struct ctx *c, struct str text, struct json **ret)
{
	TRY(check_text(c, text));
	__attribute__((cleanup(free_parse))) PgQueryParseResult r =
		pg_query_parse(str_dup(c->arena, text));
	if (r.error)
		return parse_error(c, text, r.error);
	struct str tree = str_copy(c->arena, str_of(r.parse_tree));
	struct json_limits limits = { .max_depth = JSON_DEPTH_MAX };
	if (json_parse(c, tree, limits, ret) < 0)
		return too_complex(c, text, 0);
	restore_negative(*ret, c->arena, text);
	return 0;
}

int sql_parse(struct ctx *c, struct str text, const struct json **ret_stmt)
{
	struct json *tree;
	TRY(parse_tree(c, text, &tree));
	const struct json *stmts = json_get(tree, "stmts");
	if (!stmts || stmts->count == 0)
		return err_set(c, "42601", "empty statement");
	if (stmts->count > 1) {
		err_set(c, "42601", "cannot insert multiple commands into a prepared statement");
		return -1;
	}
	*ret_stmt = json_get(stmts->child, "stmt");
	return 0;
}

/* Moves every location below node by delta bytes. */
static void shift_locations(struct json *node, struct arena *a, int64_t delta)
{
	for (struct json *child = node->child; child; child = child->next) {
		int64_t at;
		if (child->kind == JSON_NUMBER && str_is(child->key, "location") &&
		    str_to_i64(child->text, &at) && at >= 0) {
			const char *moved = arena_printf(a, "%lld", (long long)(at + delta));
			child->text = str_of(moved);
		} else if (child->child) {
			shift_locations(child, a, delta);
		}
	}
}

int sql_parse_expr(struct ctx *c, struct str text, const struct json **ret_expr)
{
	static const char prefix[] = "SELECT (";
	const char *wrapped = arena_printf(c->arena, "%s%.*s\n)", prefix, STR_ARG(text));
	struct json *tree;
	if (parse_tree(c, str_of(wrapped), &tree) < 0) {
		int at = c->err.position - (int)sizeof(prefix) + 1;
		c->err.position = at > 0 ? at : 0;
		return -1;
	}
	const struct json *stmts = json_get(tree, "stmts");
	const struct json *select = node_as(json_get(stmts->child, "stmt"), "SelectStmt");
	struct json *target = json_at(json_get(select, "targetList"), 0);
	struct json *value = json_get(node_as(target, "ResTarget"), "val");
	bool is_plain = stmts->count == 1 && value && json_get(select, "targetList")->count == 1 &&
			!json_get(select, "fromClause") && !json_get(select, "whereClause");
	if (!is_plain || json_get(node_as(target, "ResTarget"), "name"))
		return err_set(c, "42601", "syntax error: an expression is expected");
	shift_locations(value, c->arena, -(int64_t)(sizeof(prefix) - 1));
	*ret_expr = value;
	return 0;
}

struct str node_kind(const struct json *node)
{
	if (!node || node->kind != JSON_OBJECT || node->count != 1)
		return (struct str){ 0 };
	return node->child->key;
}

const struct json *node_as(const struct json *node, const char *kind)
{
	return str_is(node_kind(node), kind) ? node->child : NULL;
}

struct str node_string(const struct json *node)
{
	return json_get_str(node_as(node, "String"), "sval", (struct str){ "", 0 });
}

static bool is_plain_ident(struct str ident)
{
	if (ident.n == 0 || !((ident.p[0] >= 'a' && ident.p[0] <= 'z') || ident.p[0] == '_'))
		return false;
	for (size_t i = 1; i < ident.n; i++) {
		char ch = ident.p[i];
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_'))
			return false;
	}
	return !sql_is_keyword(ident);
}

void sql_put_ident(struct buf *b, struct str ident)
{
	if (is_plain_ident(ident)) {
		buf_str(b, ident);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < ident.n; i++) {
		if (ident.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, ident.p[i]);
	}
	buf_char(b, '"');
}

void sql_put_literal(struct buf *b, struct str text)
{
	if (str_chr(text, '\\') >= 0)
		buf_char(b, 'E');
	buf_char(b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'' || text.p[i] == '\\')
			buf_char(b, text.p[i]);
		buf_char(b, text.p[i]);
	}
	buf_char(b, '\'');
}

void sql_line_col(struct str text, int offset, int *ret_line, int *ret_col)
{
	int line = 1, col = 1;
	for (int i = 0; i < offset && (size_t)i < text.n; i++) {
		if (text.p[i] == '\n') {
			line++;
			col = 1;
		} else {
			col += ((unsigned char)text.p[i] & 0xC0) != 0x80;
		}
	}
	*ret_line = line;
	*ret_col = col;
}
