#include "base/err.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

int err_set(struct ctx *c, const char *code, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *message = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	c->err = (struct error){ .message = message };
	snprintf(c->err.code, sizeof(c->err.code), "%s", code);
	return -1;
}

int err_details(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	c->err.details = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	return -1;
}

int err_hint(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	c->err.hint = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	return -1;
}

int err_at(struct ctx *c, int position)
{
	c->err.position = position;
	return -1;
}

int err_http(struct ctx *c, int status)
{
	c->err.http_status = status;
	return -1;
}

int err_wrap(struct ctx *c, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *prefix = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	c->err.message = arena_printf(c->arena, "%s: %s", prefix, c->err.message);
	return -1;
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
	return copy;
}
