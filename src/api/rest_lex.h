/*
 * A backtracking scanner that explains its failures the way the parser library
 * behind PostgREST does, because clients compare those sentences.
 *
 * Rules (Parsec's): a parser succeeds or fails, with or without having
 * consumed. What was expected at the farthest position is remembered; errors
 * at the same position are merged; consuming forgets. A label replaces what
 * its parser expected when that parser did not consume. `try` lets a failure
 * count as not having consumed.
 *
 * Explaining costs, so a text is first parsed silently and parsed again with
 * is_explaining only when it failed.
 */
#ifndef API_REST_LEX_H
#define API_REST_LEX_H

#include "base/str.h"
#include "base/vec.h"

struct ctx;

enum lex_msg_kind { LEX_SYS_UNEXPECTED, LEX_UNEXPECTED, LEX_EXPECTED };

struct lex_msg {
	enum lex_msg_kind kind;
	const char *text;
};

struct lex_error {
	size_t pos;
	VEC(struct lex_msg) msgs;
};

struct lex {
	struct arena *arena;
	struct str text;
	size_t pos;
	bool is_explaining;
	struct lex_error err;
	uint32_t depth;
	uint32_t items;
	bool is_too_deep; /* a limit was met: no sentence of the library fits */
};

/* Where a label, try or look-ahead started. */
struct lex_mark {
	size_t pos;
	struct lex_error err;
};

struct lex lex_make(struct arena *a, struct str text, bool is_explaining);

struct lex_mark lex_begin(struct lex *l);
/* Each ends the frame of lex_begin and returns ok. */
bool lex_end_label(struct lex *l, struct lex_mark m, bool ok, const char *label);
bool lex_end_try(struct lex *l, struct lex_mark m, bool ok);
bool lex_end_ahead(struct lex *l, struct lex_mark m, bool ok); /* try (lookAhead p) */

/* True when the failing parser that began at m consumed nothing, so that an
 * alternative may be tried. */
static inline bool lex_is_empty(const struct lex *l, size_t start)
{
	return l->pos == start;
}

int lex_peek(const struct lex *l); /* next byte, -1 at the end */

/* One character; each consumes on success. */
bool lex_char(struct lex *l, char ch);
bool lex_any(struct lex *l);
bool lex_one_of(struct lex *l, const char *set);
bool lex_none_of(struct lex *l, const char *set);
bool lex_digit(struct lex *l);
bool lex_letter(struct lex *l);
/* A word, matched char by char: a mismatch after the first consumes. */
bool lex_string(struct lex *l, const char *word);
/* try (string word). */
bool lex_word(struct lex *l, const char *word);
bool lex_eof(struct lex *l);
/* notFollowedBy (char ch), notFollowedBy (noneOf set). */
bool lex_not_char(struct lex *l, char ch);
bool lex_not_none_of(struct lex *l, const char *set);
void lex_spaces(struct lex *l); /* many (oneOf " \t") */

/* Fails with a label's expectation and nothing consumed. */
bool lex_fail(struct lex *l);

/* Sets PGRST100: message `"<name>" (line 1, column 5)`, details the sentence. */
int lex_report(struct ctx *c, const struct lex *l, const char *name);

#endif
