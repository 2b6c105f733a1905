#include "base/err.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

void err_set_error(struct ctx *c, const char *code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	c->err = (struct error){ .message = message };
	snprintf(c->err.code, sizeof(c->err.code), "%s", code);
}

void err_set_details(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	c->err.details = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
}

void err_set_hint(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	c->err.hint = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
}

void err_set_context(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *prefix = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	c->err.message = arena_printf(c->arena, "%s: %s", prefix, c->err.message);
}

void err_add_context(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *line = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	const char *before = c->err.context;
	c->err.context = before ? arena_printf(c->arena, "%s\n%s", before, line) : line;
}

void err_clear(struct ctx *c)
{
	c->err = (struct error){ .code = "" };
}

bool err_is(const struct ctx *c, const char *code)
{
	return strcmp(c->err.code, code) == 0;
}

bool err_class_is(const struct ctx *c, const char *class2)
{
	return strncmp(c->err.code, class2, 2) == 0;
}

static const char *copy_text(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

struct error err_copy(struct arena *a, const struct error *e)
{
	struct error copy = *e;
	copy.message = copy_text(a, e->message);
	copy.details = copy_text(a, e->details);
	copy.hint = copy_text(a, e->hint);
	copy.context = copy_text(a, e->context);
	copy.schema = copy_text(a, e->schema);
	copy.table = copy_text(a, e->table);
	copy.column = copy_text(a, e->column);
	copy.constraint = copy_text(a, e->constraint);
	copy.datatype = copy_text(a, e->datatype);
	return copy;
}
