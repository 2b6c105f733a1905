#include "app/term.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_LINE_MAX = 160 };

static bool is_out_colored, is_err_colored;

void term_init(bool is_color_off)
{
	const char *no_color = getenv("NO_COLOR");
	const char *kind = getenv("TERM");
	if (is_color_off || (no_color && *no_color) || (kind && strcmp(kind, "dumb") == 0))
		return;
	is_out_colored = isatty(STDOUT_FILENO) == 1;
	is_err_colored = isatty(STDERR_FILENO) == 1;
}

const char *term(FILE *f, enum term_color color)
{
	static const char *const codes[] = { "\x1b[0m",	 "\x1b[1m",  "\x1b[2m", "\x1b[31m",
					     "\x1b[32m", "\x1b[33m", "\x1b[36m" };
	bool is_colored = f == stdout ? is_out_colored : f == stderr && is_err_colored;
	return is_colored ? codes[color] : "";
}

void term_error(const struct ctx *c)
{
	FILE *f = stderr;
	fprintf(f, "%serror:%s %s\n", term(f, TERM_RED), term(f, TERM_PLAIN),
		c->err.message ? c->err.message : "unknown");
	if (c->err.details)
		fprintf(f, "  %s\n", c->err.details);
	if (c->err.hint)
		fprintf(f, "%shint:%s %s\n", term(f, TERM_CYAN), term(f, TERM_PLAIN), c->err.hint);
}

void term_warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "%swarning:%s ", term(stderr, TERM_YELLOW), term(stderr, TERM_PLAIN));
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

void text_place(struct str text, size_t offset, int *ret_line, int *ret_column)
{
	int line = 1;
	size_t start = 0;
	for (size_t i = 0; i < offset && i < text.n; i++)
		if (text.p[i] == '\n') {
			line++;
			start = i + 1;
		}
	*ret_line = line;
	*ret_column = (int)(offset - start) + 1;
}

static struct str line_at(struct str text, int line)
{
	struct str one = { 0 };
	for (int i = 0; i < line && text.p; i++)
		one = str_split(&text, '\n');
	return str_ends(one, STR("\r")) ? str_sub(one, 0, one.n - 1) : one;
}

/* Tabs stay tabs before the caret, so that it stands under its column. */
static void print_caret(FILE *f, struct str line, int column)
{
	fputs("    ", f);
	for (int i = 0; i < column - 1 && (size_t)i < line.n; i++) {
		unsigned char ch = (unsigned char)line.p[i];
		if ((ch & 0xc0) != 0x80)
			fputc(ch == '\t' ? '\t' : ' ', f);
	}
	fprintf(f, "%s^%s\n", term(f, TERM_GREEN), term(f, TERM_PLAIN));
}

static void print_source(FILE *f, const struct finding *x)
{
	struct str line = line_at(x->text, x->line);
	if (x->line == 0 || line.n == 0)
		return;
	fprintf(f, "    %.*s\n", (int)(line.n < SHOWN_LINE_MAX ? line.n : SHOWN_LINE_MAX), line.p);
	if (x->column > 0 && x->column <= SHOWN_LINE_MAX)
		print_caret(f, line, x->column);
}

void finding_print(FILE *f, const struct finding *x)
{
	if (x->file && x->line)
		fprintf(f, "%s%s:%d:%d:%s ", term(f, TERM_BOLD), x->file, x->line,
			x->column ? x->column : 1, term(f, TERM_PLAIN));
	else if (x->file)
		fprintf(f, "%s%s:%s ", term(f, TERM_BOLD), x->file, term(f, TERM_PLAIN));
	fprintf(f, "%s%s:%s %s\n", term(f, x->is_error ? TERM_RED : TERM_YELLOW),
		x->is_error ? "error" : "warning", term(f, TERM_PLAIN), x->what);
	print_source(f, x);
	if (x->why)
		fprintf(f, "  why: %s\n", x->why);
	if (x->fix)
		fprintf(f, "  fix: %s\n", x->fix);
}

static void put_member(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(b, ",\"%s\":", name);
	json_put_string(b, str_of(value));
}

void finding_json(struct buf *b, const struct finding *x)
{
	buf_printf(b, "{\"severity\":\"%s\"", x->is_error ? "error" : "warning");
	put_member(b, "file", x->file);
	if (x->line)
		buf_printf(b, ",\"line\":%d,\"column\":%d", x->line, x->column);
	put_member(b, "what", x->what);
	put_member(b, "why", x->why);
	put_member(b, "fix", x->fix);
	buf_char(b, '}');
}
