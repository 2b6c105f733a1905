/*
 * What people read on a terminal: colours (only there, and never with NO_COLOR
 * or --no-color), errors, and findings with the source line and a caret.
 */
#ifndef APP_TERM_H
#define APP_TERM_H

#include "base/str.h"

#include <stdio.h>

struct buf;
struct config;
struct ctx;

enum term_color { TERM_PLAIN, TERM_BOLD, TERM_DIM, TERM_RED, TERM_GREEN, TERM_YELLOW, TERM_CYAN };

/* Decides for stdout and stderr; call once. */
void term_init(bool is_color_off);

/* The sequence that starts a colour on this stream (TERM_PLAIN ends it), ""
 * where there is none. */
const char *term(FILE *f, enum term_color color);

/* "error: …", with details and hint on lines of their own, to stderr. */
void term_error(const struct ctx *c);
void term_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* One finding of `check` and its like. */
struct finding {
	bool is_error;
	const char *file; /* as shown; NULL: none */
	int line, column; /* 1-based, 0: unknown */
	struct str text;  /* the whole file, for the line and caret; may be empty */
	const char *what;
	const char *why; /* may be NULL */
	const char *fix; /* may be NULL */
};

void finding_print(FILE *f, const struct finding *x);

/* The same as one JSON object, appended. */
void finding_json(struct buf *b, const struct finding *x);

/* Line and column (in bytes, 1-based) of a byte offset. */
void text_place(struct str text, size_t offset, int *ret_line, int *ret_column);

#endif
