/*
 * A scanner for PostgreSQL's SQL that knows just enough to find where tokens
 * end: what splitting, limits and text patches need. It never fails; a quote
 * or comment that does not end runs to the end of the text.
 */
#ifndef SQL_SCAN_H
#define SQL_SCAN_H

#include "base/str.h"

enum sql_token_kind {
	TOK_WORD,   /* identifier or keyword, unquoted */
	TOK_QUOTED, /* "identifier", U&"..." */
	TOK_STRING, /* '...', E'...', B'...', X'...', U&'...' */
	TOK_DOLLAR, /* $tag$...$tag$ */
	TOK_NUMBER,
	TOK_PARAM,   /* $1 */
	TOK_COMMENT, /* -- or slash-star, nested */
	TOK_OPERATOR,
	TOK_OTHER /* ( ) [ ] , ; . : and stray bytes, one at a time */
};

struct sql_token {
	enum sql_token_kind kind;
	size_t at, n;
	bool is_unterminated;
};

/* The token at byte `at` (not white space, at < text.n). */
struct sql_token sql_scan(struct str text, size_t at);

/* The first byte at or after `at` that is not white space. */
size_t sql_skip_space(struct str text, size_t at);

/* 1-based character number of a byte offset, as PostgreSQL counts positions. */
int sql_char_pos(struct str text, int offset);

/* True for keywords that must be quoted to serve as an identifier (lower case). */
bool sql_is_keyword(struct str word);

#endif
