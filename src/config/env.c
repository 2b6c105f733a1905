#include "config/env.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/vec.h"
#include "config/file.h"

#include <string.h>

struct env_var {
	const char *name;
	const char *value;
	const char *file;
};

struct env {
	struct arena *arena;
	char **process;
	VEC(struct env_var) vars;
};

/* A reader over one file. */
struct env_reader {
	struct env *env;
	const char *file;
	struct str text;
	size_t at;
	int line;
	size_t line_start;
};

struct env *env_new(struct arena *a, char **process)
{
	struct env *env = ARENA_NEW(a, struct env);
	env->arena = a;
	env->process = process;
	return env;
}

static const char *process_get(char **process, const char *name)
{
	size_t n = strlen(name);
	for (char **p = process; p && *p; p++)
		if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
			return *p + n + 1;
	return NULL;
}

static const struct env_var *find(const struct env *env, const char *name)
{
	for (size_t i = 0; i < env->vars.n; i++)
		if (strcmp(env->vars.v[i].name, name) == 0)
			return &env->vars.v[i];
	return NULL;
}

const char *env_get(const struct env *env, const char *name)
{
	const char *value = process_get(env->process, name);
	if (value)
		return value;
	const struct env_var *var = find(env, name);
	return var ? var->value : NULL;
}

struct str env_next(const struct env *env, size_t *pos)
{
	const char *entry = env->process ? env->process[*pos] : NULL;
	if (!entry)
		return (struct str){ 0 };
	++*pos;
	return (struct str){ entry, strcspn(entry, "=") };
}

const char *env_source(const struct env *env, const char *name)
{
	if (process_get(env->process, name))
		return NULL;
	const struct env_var *var = find(env, name);
	return var ? var->file : NULL;
}

static int peek(const struct env_reader *r)
{
	return r->at < r->text.n ? (unsigned char)r->text.p[r->at] : -1;
}

static int next(struct env_reader *r)
{
	int ch = peek(r);
	if (ch < 0)
		return ch;
	r->at++;
	if (ch == '\n') {
		r->line++;
		r->line_start = r->at;
	}
	return ch;
}

static int fail(struct ctx *c, const struct env_reader *r, const char *what)
{
	return err_set(c, "F0000", "%s:%d:%d: %s", r->file, r->line,
		       (int)(r->at - r->line_start) + 1, what);
}

static void skip_blanks(struct env_reader *r)
{
	while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r')
		next(r);
}

static void skip_line(struct env_reader *r)
{
	while (peek(r) >= 0 && peek(r) != '\n')
		next(r);
}

static bool is_name_char(int ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '.';
}

/* A variable's name at the reader; empty when there is none. */
static struct str take_name(struct env_reader *r)
{
	size_t start = r->at;
	while (is_name_char(peek(r)))
		next(r);
	return str_sub(r->text, start, r->at - start);
}

/* After a '$': ${NAME} or $NAME, or the dollar itself. */
static void expand(struct env_reader *r, struct buf *out)
{
	bool braced = peek(r) == '{';
	size_t back = r->at;
	if (braced)
		next(r);
	struct str name = take_name(r);
	if (name.n == 0 || (braced && peek(r) != '}')) {
		r->at = back;
		buf_char(out, '$');
		return;
	}
	if (braced)
		next(r);
	const char *value = env_get(r->env, str_dup(r->env->arena, name));
	if (value)
		buf_puts(out, value);
}

static void escape(struct env_reader *r, struct buf *out)
{
	int ch = next(r);
	switch (ch) {
	case 'n':
		buf_char(out, '\n');
		break;
	case 'r':
		buf_char(out, '\r');
		break;
	case 't':
		buf_char(out, '\t');
		break;
	case '"':
	case '\\':
	case '$':
		buf_char(out, (char)ch);
		break;
	default:
		buf_char(out, '\\');
		if (ch >= 0)
			buf_char(out, (char)ch);
	}
}

static int quoted(struct ctx *c, struct env_reader *r, struct buf *out)
{
	struct env_reader open = *r;
	int quote = next(r);
	for (;;) {
		int ch = next(r);
		if (ch < 0)
			return fail(c, &open, "the quoted value has no end");
		if (ch == quote)
			break;
		if (quote == '"' && ch == '\\')
			escape(r, out);
		else if (quote == '"' && ch == '$')
			expand(r, out);
		else
			buf_char(out, (char)ch);
	}
	skip_blanks(r);
	if (peek(r) >= 0 && peek(r) != '\n' && peek(r) != '#')
		return fail(c, r, "unexpected text after the quoted value");
	return 0;
}

static void bare(struct env_reader *r, struct buf *out)
{
	while (peek(r) >= 0 && peek(r) != '\n') {
		bool spaced = r->at > 0 && strchr(" \t=", r->text.p[r->at - 1]);
		if (peek(r) == '#' && spaced)
			break;
		int ch = next(r);
		if (ch == '$')
			expand(r, out);
		else
			buf_char(out, (char)ch);
	}
}

static void define(struct env_reader *r, struct str name, struct str value)
{
	const char *key = str_dup(r->env->arena, name);
	const struct env_var *old = find(r->env, key);
	if (old && old->file != r->file)
		return;
	if (old) { /* within one file the last line wins */
		r->env->vars.v[old - r->env->vars.v].value = str_dup(r->env->arena, value);
		return;
	}
	struct env_var var = { key, str_dup(r->env->arena, value), r->file };
	VEC_PUSH(r->env->arena, &r->env->vars, var);
}

/* The line at the reader, which is neither blank nor a comment. */
static int take_line(struct ctx *c, struct env_reader *r)
{
	struct str name = take_name(r);
	if (str_is(name, "export") && (peek(r) == ' ' || peek(r) == '\t')) {
		skip_blanks(r);
		name = take_name(r);
	}
	if (name.n == 0)
		return fail(c, r, "a variable's name was expected");
	skip_blanks(r);
	if (peek(r) != '=' && peek(r) != ':')
		return fail(c, r, "= was expected after the variable's name");
	next(r);
	skip_blanks(r);
	BUF_CLEANUP struct buf value = buf_make(ENV_FILE_MAX);
	if (peek(r) == '"' || peek(r) == '\'') {
		TRY(quoted(c, r, &value));
		define(r, name, buf_view(&value));
	} else {
		bare(r, &value);
		define(r, name, str_trim(buf_view(&value)));
	}
	if (!buf_ok(&value))
		return fail(c, r, "the value is too long");
	skip_line(r);
	return 0;
}

int env_add_text(struct ctx *c, struct env *env, const char *file, struct str text)
{
	struct env_reader r = {
		.env = env, .file = arena_strdup(env->arena, file), .text = text, .line = 1
	};
	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.at = r.line_start = 3;
	if (text.n && memchr(text.p, '\0', text.n))
		return fail(c, &r, "the file holds a NUL byte");
	for (;;) {
		skip_blanks(&r);
		int ch = peek(&r);
		if (ch < 0)
			return 0;
		if (ch == '#')
			skip_line(&r);
		else if (ch == '\n')
			next(&r);
		else
			TRY(take_line(c, &r));
	}
}

int env_add_file(struct ctx *c, struct env *env, const char *file)
{
	struct str text;
	if (file_read(c, file, ENV_FILE_MAX, &text) == 0)
		return env_add_text(c, env, file, text);
	if (!err_is(c, "58P01"))
		return -1;
	err_clear(c);
	return 0;
}
