/*
 * PostgreSQL's grammar: text to statements to raw parse trees (libpg_query's
 * JSON, PostgreSQL 15).
 *
 * Limits on text size, tokens and nesting stand before the grammar, which
 * recurses without a bound of its own; it runs on the thread's own stack,
 * never on a coroutine's (loop/coro.h, on_thread_stack).
 */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "base/json.h"
#include "base/str.h"
#include "base/vec.h"

struct ctx;

enum { SQL_TEXT_MAX = 64 << 20, SQL_STATEMENT_MAX = 16 << 20, SQL_DEPTH_MAX = 250 };

/* One statement of a script. For COPY ... FROM stdin of a dump, copy_data is
 * the block between the statement and its "\." line. */
struct sql_stmt {
	struct str text;      /* without the final semicolon and leading white space */
	int offset;	      /* byte offset of text in the script */
	struct str copy_data; /* p == NULL unless this is COPY ... FROM stdin */
};

typedef VEC(struct sql_stmt) sql_stmts;

/* Splits a script with the scanner alone, so that one bad statement does not
 * hide the others: quotes, dollar quotes, comments, parentheses, BEGIN ATOMIC
 * bodies, psql's \restrict, \unrestrict and \connect lines (skipped) and COPY
 * blocks are understood. Errors: 54000 past the limits, 42601 for an
 * unterminated quote or comment (position set). */
int sql_split(struct ctx *c, struct str script, sql_stmts *ret);

/* Parses one statement to its raw tree: the "stmt" object, e.g.
 * {"SelectStmt": {...}}. Error 42601 with PostgreSQL's text and position; a
 * construct of a later PostgreSQL is named with its version where known. */
int sql_parse(struct ctx *c, struct str text, const struct json **ret_stmt);

/* Parses a bare expression (a default, a policy's USING) by wrapping it; the
 * result is the expression node; positions are relative to text. */
int sql_parse_expr(struct ctx *c, struct str text, const struct json **ret_expr);

/* The single key of a node object ("SelectStmt") or "" . */
struct str node_kind(const struct json *node);
/* The object under that key, or NULL when the node is of another kind. */
const struct json *node_as(const struct json *node, const char *kind);
/* Text of a String node, "" otherwise. */
struct str node_string(const struct json *node);

/* "schema.name" parts as SQL identifiers, quoted where needed. */
void sql_put_ident(struct buf *b, struct str ident);
/* A SQL string literal, E'' when it holds backslashes. */
void sql_put_literal(struct buf *b, struct str text);

/* 1-based line and column of a byte offset in text. */
void sql_line_col(struct str text, int offset, int *ret_line, int *ret_col);

#endif
