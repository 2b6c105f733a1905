#include "app/table.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_MAX = 1000000, WIDTH_MAX = 60, TEXT_MAX = 256 << 20 };

struct table {
	enum table_format format;
	struct arena *arena;
	size_t n_columns;
	const char **names, **types;
	VEC(struct str *) rows;
};

struct table *table_new(enum table_format format)
{
	struct arena *a = arena_new(0);
	struct table *t = calloc(1, sizeof(*t));
	CHECK(t);
	t->format = format;
	t->arena = a;
	return t;
}

void table_free(struct table *t)
{
	arena_free(t->arena);
	free(t);
}

bool table_has_columns(const struct table *t)
{
	return t->names != NULL;
}

static int on_columns(struct ctx *c, void *arg, const char *const *names, const char *const *types,
		      size_t n)
{
	struct table *t = arg;
	(void)c;
	t->n_columns = n;
	t->names = arena_array(t->arena, n + 1, sizeof(*t->names));
	t->types = arena_array(t->arena, n + 1, sizeof(*t->types));
	for (size_t i = 0; i < n; i++) {
		t->names[i] = arena_strdup(t->arena, names[i]);
		t->types[i] = arena_strdup(t->arena, types[i]);
	}
	return 0;
}

static int on_row(struct ctx *c, void *arg, const struct str *cells, size_t n)
{
	struct table *t = arg;
	if (t->rows.n == ROWS_MAX)
		return err_set(c, "54000", "more than %d rows; add a LIMIT", ROWS_MAX);
	struct str *row = arena_array(t->arena, n + 1, sizeof(*row));
	for (size_t i = 0; i < n; i++)
		if (cells[i].p)
			row[i] = str_copy(t->arena, cells[i]);
	VEC_PUSH(t->arena, &t->rows, row);
	return 0;
}

struct db_rows table_rows(struct table *t)
{
	return (struct db_rows){ .arg = t, .columns = on_columns, .row = on_row };
}

/* Characters, each counted as one column; control characters show as one. */
static size_t width(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Terminal sequences in data must not reach the terminal. */
static void print_cell(struct str s, size_t to_width)
{
	size_t shown = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char ch = (unsigned char)s.p[i];
		bool is_start = (ch & 0xc0) != 0x80;
		if (is_start && shown == WIDTH_MAX - 1 && width(s) > WIDTH_MAX) {
			fputs("…", stdout);
			shown++;
			break;
		}
		shown += is_start;
		putchar(ch < 0x20 || ch == 0x7f ? ' ' : ch);
	}
	for (; shown < to_width; shown++)
		putchar(' ');
}

static void print_pretty(const struct table *t)
{
	size_t *widths = arena_array(t->arena, t->n_columns + 1, sizeof(*widths));
	for (size_t i = 0; i < t->n_columns; i++) {
		widths[i] = width(str_of(t->names[i]));
		for (size_t r = 0; r < t->rows.n; r++)
			if (width(t->rows.v[r][i]) > widths[i])
				widths[i] = width(t->rows.v[r][i]);
		if (widths[i] > WIDTH_MAX)
			widths[i] = WIDTH_MAX;
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		fputs(i ? " | " : " ", stdout);
		print_cell(str_of(t->names[i]), widths[i]);
	}
	putchar('\n');
	for (size_t i = 0; i < t->n_columns; i++) {
		fputs(i ? "-+-" : "-", stdout);
		for (size_t k = 0; k < widths[i]; k++)
			putchar('-');
	}
	putchar('\n');
	for (size_t r = 0; r < t->rows.n; r++) {
		for (size_t i = 0; i < t->n_columns; i++) {
			fputs(i ? " | " : " ", stdout);
			print_cell(t->rows.v[r][i], i + 1 < t->n_columns ? widths[i] : 0);
		}
		putchar('\n');
	}
	printf("(%zu row%s)\n", t->rows.n, t->rows.n == 1 ? "" : "s");
}

/* RFC 4180; NULL is an empty field, an empty text is "". */
static void print_csv_cell(struct str s)
{
	bool is_plain = s.n > 0 || !s.p;
	for (size_t i = 0; i < s.n && is_plain; i++)
		is_plain = !strchr("\",\r\n", s.p[i]);
	if (is_plain) {
		fwrite(s.p ? s.p : "", 1, s.n, stdout);
		return;
	}
	putchar('"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			putchar('"');
		putchar(s.p[i]);
	}
	putchar('"');
}

static void print_csv(const struct table *t)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		if (i)
			putchar(',');
		print_csv_cell(str_of(t->names[i]));
	}
	puts("");
	for (size_t r = 0; r < t->rows.n; r++) {
		for (size_t i = 0; i < t->n_columns; i++) {
			if (i)
				putchar(',');
			print_csv_cell(t->rows.v[r][i]);
		}
		puts("");
	}
}

/* Types whose text is a JSON value as it stands. */
static bool is_json_text(const char *type, struct str text)
{
	static const char *const types[] = {
		"smallint", "integer", "bigint", "numeric",	    "json", "jsonb", "int2",
		"int4",	    "int8",    "real",	 "double precision"
	};
	if (text.n == 0 || str_is(text, "NaN") || str_find(text, STR("nfinity")) >= 0)
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return false;
}

static void put_json_cell(struct buf *b, const char *type, struct str text)
{
	if (!text.p)
		buf_puts(b, "null");
	else if (strcmp(type, "boolean") == 0 || strcmp(type, "bool") == 0)
		buf_puts(b, text.p[0] == 't' ? "true" : "false");
	else if (is_json_text(type, text))
		buf_str(b, text);
	else
		json_put_string(b, text);
}

static void print_json(const struct table *t)
{
	putchar('[');
	for (size_t r = 0; r < t->rows.n; r++) {
		BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
		for (size_t i = 0; i < t->n_columns; i++) {
			buf_char(&b, i ? ',' : '{');
			json_put_string(&b, str_of(t->names[i]));
			buf_char(&b, ':');
			put_json_cell(&b, t->types[i], t->rows.v[r][i]);
		}
		printf("%s%.*s}", r ? ",\n " : "", STR_ARG(buf_view(&b)));
	}
	puts("]");
}

void table_flush(struct table *t, uint64_t affected)
{
	if (!t->names)
		printf(t->format == TABLE_JSON ? "{\"affected\":%llu}\n" : "%llu rows\n",
		       (unsigned long long)affected);
	else if (t->format == TABLE_PRETTY)
		print_pretty(t);
	else if (t->format == TABLE_CSV)
		print_csv(t);
	else
		print_json(t);
	t->names = NULL;
	t->rows.v = NULL;
	t->rows.n = t->rows.cap = 0;
	arena_reset(t->arena);
}
