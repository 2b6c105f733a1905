/*
 * LIKE, SIMILAR TO and regular expressions over UTF-8.
 *
 * Regular expressions are PostgreSQL's ARE dialect, run by PCRE2 after a
 * translation (README: what differs). Compiled patterns are cached per
 * thread, bounded; matching stops at a limit with 54000.
 */
#ifndef VALUE_PATTERN_H
#define VALUE_PATTERN_H

#include "value/value.h"

struct regex;

/* 1 match, 0 none, -1 error (22025 for a trailing escape). escape is one
 * character, or empty for none; is_ci folds as ILIKE does. */
int like_match(struct ctx *c, struct str text, struct str pattern, struct str escape, bool is_ci);

/* LIKE's pattern rewritten so that its escape is a backslash. 22025. */
int like_escape_pattern(struct ctx *c, struct str pattern, struct str escape, struct str *ret);

/* SIMILAR TO's pattern as a regular expression; escape as above (22025). */
int similar_to_regex(struct ctx *c, struct str pattern, struct str escape, struct str *ret);

/* Compiles pattern with PostgreSQL's option letters ("", "i", "n", "x", …; "g"
 * is left to the caller). The result belongs to the cache: valid until this
 * thread compiles 64 other patterns. Error 2201B. */
int regex_compile(struct ctx *c, struct str pattern, struct str flags, struct regex **ret);

/* Byte offsets of a match and its groups; start < 0 when a group is unset. */
struct regex_span {
	ptrdiff_t start, end;
};
enum { REGEX_GROUPS_MAX = 32 };

/* Just whether it matches: compiles and searches, 1, 0 or -1. */
int regex_test(struct ctx *c, struct str text, struct str pattern, struct str flags);

/* Number of capturing groups of the pattern. */
int regex_groups(const struct regex *re);

/* Searches text from byte `from`, a character's start. Only a search from 0
 * checks that text is UTF-8: the caller vouches for it otherwise. 1 with spans[0] the whole match
 * and spans[1..groups], 0 none, -1 error. */
int regex_search(struct ctx *c, const struct regex *re, struct str text, size_t from,
		 struct regex_span spans[static REGEX_GROUPS_MAX]);

#endif
