/*
 * Where a view's columns come from. PostgreSQL keeps a view as the node tree
 * of its rule; each entry of the outermost target list names the table and
 * column it plainly is (resorigtbl, resorigcol), or 0. Only that much of the
 * tree is read.
 */
#include "engine/pg/pg_int.h"

#include "base/arena.h"

#include <stdlib.h>

struct scanner {
	const char *p, *end;
	int depth; /* of { } */
};

/* Moves over one character of the tree, keeping the depth; a backslash
 * escapes the next character, as outfuncs.c writes names. */
static void step(struct scanner *s)
{
	if (*s->p == '\\' && s->p + 1 < s->end)
		s->p++;
	else if (*s->p == '{')
		s->depth++;
	else if (*s->p == '}')
		s->depth--;
	s->p++;
}

static bool at_word(const struct scanner *s, struct str word)
{
	return (size_t)(s->end - s->p) >= word.n && str_eq((struct str){ s->p, word.n }, word);
}

/* Moves to just after the next occurrence of word at that depth; false when
 * the enclosing node ends first. */
static bool seek(struct scanner *s, struct str word, int depth)
{
	while (s->p < s->end && s->depth >= depth) {
		if (s->depth == depth && at_word(s, word)) {
			s->p += word.n;
			return true;
		}
		step(s);
	}
	return false;
}

static long number(struct scanner *s)
{
	return strtol(s->p, NULL, 10);
}

/* One TARGETENTRY, the scanner just inside its brace. */
static bool read_entry(struct scanner *s, int depth, struct view_source *ret)
{
	if (!seek(s, STR(":resno "), depth))
		return false;
	ret->attnum = (int16_t)number(s);
	if (!seek(s, STR(":resorigtbl "), depth))
		return false;
	ret->base_oid = (uint32_t)number(s);
	if (!seek(s, STR(":resorigcol "), depth))
		return false;
	ret->base_attnum = (int16_t)number(s);
	return seek(s, STR(":resjunk "), depth) && *s->p == 'f' && ret->base_oid != 0;
}

void pg_view_sources(struct arena *a, struct str ev_action, struct relation *view)
{
	struct scanner s = { .p = ev_action.p, .end = ev_action.p + ev_action.n };
	if (!seek(&s, STR("{QUERY"), 0))
		return;
	s.depth = 1;
	if (!seek(&s, STR(":targetList ("), 1))
		return;
	while (s.p < s.end && *s.p != ')') {
		struct view_source source;
		if (*s.p != '{') {
			s.p++;
			continue;
		}
		step(&s);
		if (read_entry(&s, 2, &source))
			VEC_PUSH(a, &view->sources, source);
		while (s.p < s.end && s.depth >= 2)
			step(&s);
	}
}
