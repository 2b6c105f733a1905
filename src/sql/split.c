/*
 * Splits a script into statements with a scanner of our own: the grammar would
 * stop at the first bad statement, and does not know psql's lines or COPY data.
 */
#include "base/err.h"
#include "sql/parse.h"
#include "sql/scan.h"

#include <string.h>

/* Where the scan of one statement stands. */
struct splitter {
	struct ctx *c;
	struct str script;
	size_t at;
	size_t start; /* first byte of the statement's first token, or npos */
	size_t end;   /* past its last token */
	int parens;
	int begin_depth;     /* inside BEGIN ATOMIC ... END */
	int case_depth;	     /* CASE ... END within it */
	struct str words[3]; /* the statement's first words, for COPY and CREATE FUNCTION */
	size_t n_words;
	bool saw_from, is_stdin;
	struct str last_word;
};

enum { NPOS = -1 };

static int unterminated(struct splitter *s, const struct sql_token *t)
{
	const char *what = "quoted string";
	if (t->kind == TOK_COMMENT)
		what = "/* comment";
	else if (t->kind == TOK_QUOTED)
		what = "quoted identifier";
	else if (t->kind == TOK_DOLLAR)
		what = "dollar-quoted string";
	struct str rest = str_from(s->script, t->at);
	err_set(s->c, "42601", "unterminated %s at or near \"%.*s\"", what,
		(int)(rest.n > 200 ? 200 : rest.n), rest.p);
	return err_at(s->c, sql_char_pos(s->script, (int)t->at));
}

/* psql's lines (\restrict, \connect, \.): to the end of the line. */
static bool skip_meta_line(struct splitter *s)
{
	if (s->start != (size_t)NPOS || s->script.p[s->at] != '\\')
		return false;
	struct str rest = str_from(s->script, s->at);
	ptrdiff_t eol = str_chr(rest, '\n');
	s->at += eol < 0 ? rest.n : (size_t)eol + 1;
	return true;
}

static void note_word(struct splitter *s, struct str word)
{
	if (s->n_words < 3)
		s->words[s->n_words++] = word;
	if (str_ieq(word, STR("stdin")) && str_ieq(s->last_word, STR("from")))
		s->is_stdin = true;
	bool is_create = s->n_words > 0 && str_ieq(s->words[0], STR("create"));
	if (is_create && str_ieq(word, STR("atomic")) && str_ieq(s->last_word, STR("begin")))
		s->begin_depth = 1;
	else if (s->begin_depth && str_ieq(word, STR("case")))
		s->case_depth++;
	else if (s->begin_depth && str_ieq(word, STR("end"))) {
		if (s->case_depth)
			s->case_depth--;
		else
			s->begin_depth = 0;
	}
	s->last_word = word;
}

static void statement_reset(struct splitter *s)
{
	s->start = (size_t)NPOS;
	s->parens = s->begin_depth = s->case_depth = 0;
	s->n_words = 0;
	s->is_stdin = false;
	s->last_word = (struct str){ 0 };
}

/* The lines after COPY ... FROM stdin; up to "\." or the script's end. */
static struct str copy_block(struct splitter *s)
{
	ptrdiff_t eol = str_chr(str_from(s->script, s->at), '\n');
	s->at = eol < 0 ? s->script.n : s->at + (size_t)eol + 1;
	size_t from = s->at;
	while (s->at < s->script.n) {
		struct str rest = str_from(s->script, s->at);
		eol = str_chr(rest, '\n');
		struct str line = eol < 0 ? rest : str_sub(rest, 0, (size_t)eol);
		size_t line_at = s->at;
		s->at += eol < 0 ? rest.n : (size_t)eol + 1;
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (str_is(line, "\\."))
			return str_sub(s->script, from, line_at - from);
	}
	return str_from(s->script, from);
}

static int statement_end(struct splitter *s, sql_stmts *out)
{
	if (s->start == (size_t)NPOS)
		return 0;
	struct sql_stmt stmt = { .text = str_sub(s->script, s->start, s->end - s->start),
				 .offset = (int)s->start };
	if (stmt.text.n > SQL_STATEMENT_MAX)
		return err_set(s->c, "54000", "statement is longer than %d bytes",
			       SQL_STATEMENT_MAX);
	bool is_copy = s->n_words > 0 && str_ieq(s->words[0], STR("copy")) && s->is_stdin;
	if (is_copy)
		stmt.copy_data = copy_block(s);
	VEC_PUSH(s->c->arena, out, stmt);
	statement_reset(s);
	return 0;
}

static int take_token(struct splitter *s, const struct sql_token *t, sql_stmts *out)
{
	if (t->is_unterminated)
		return unterminated(s, t);
	if (t->kind == TOK_COMMENT)
		return 0;
	struct str text = str_sub(s->script, t->at, t->n);
	char ch = text.p[0];
	if (t->kind == TOK_OTHER && ch == ';' && s->parens <= 0 && !s->begin_depth)
		return statement_end(s, out);
	if (s->start == (size_t)NPOS)
		s->start = t->at;
	s->end = t->at + t->n;
	if (t->kind == TOK_WORD)
		note_word(s, text);
	else if (t->kind == TOK_OTHER && (ch == '(' || ch == '['))
		s->parens++;
	else if (t->kind == TOK_OTHER && (ch == ')' || ch == ']'))
		s->parens--;
	return 0;
}

int sql_split(struct ctx *c, struct str script, sql_stmts *ret)
{
	if (script.n > SQL_TEXT_MAX)
		return err_set(c, "54000", "script is longer than %d bytes", SQL_TEXT_MAX);
	struct splitter s = { .c = c, .script = script };
	sql_stmts out = { 0 };
	statement_reset(&s);
	if (str_starts(script, STR("\xEF\xBB\xBF")))
		s.at = 3;
	while ((s.at = sql_skip_space(script, s.at)) < script.n) {
		if (skip_meta_line(&s))
			continue;
		struct sql_token t = sql_scan(script, s.at);
		s.at = t.at + t.n;
		TRY(take_token(&s, &t, &out));
	}
	TRY(statement_end(&s, &out));
	*ret = out;
	return 0;
}
