/* Shared by the regex*.c files only. */
#ifndef VALUE_REGEX_INT_H
#define VALUE_REGEX_INT_H

#include "base/buf.h"
#include "base/err.h"

/* Option letters of a pattern. */
struct regex_options {
	bool is_ci, is_literal, is_extended;
	bool is_newline_stop;	/* n, m, p: . and [^a] do not match a newline */
	bool is_newline_anchor; /* n, m, w: ^ and $ match at newlines */
};

/* What the translation found out. */
struct regex_facts {
	bool is_shortest; /* the whole prefers the shortest match */
	bool has_backref;
	bool has_choice; /* a | or a quantifier: longest may differ from first */
};

/* Reads flags; "g" is an error here. 22023. */
int regex_options_read(struct ctx *c, struct str flags, struct regex_options *ret);

/* An advanced regular expression as a PCRE2 pattern appended to b. 2201B. */
int regex_translate(struct ctx *c, struct str pattern, struct regex_options *options, struct buf *b,
		    struct regex_facts *ret);

#endif
