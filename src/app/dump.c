#include "app/dump.h"

#include "base/buf.h"
#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS_MAX = 60 << 20, PROGRESS_BYTES = 1 << 20 };

struct reading {
	struct ctx *c;
	FILE *in;
	const struct dump_reader *r;
	struct dump_entry entry;
	struct buf text; /* statements of the entry so far */
	char *line;
	size_t cap, bytes, shown;
};

static void take_field(struct str line, const char *label, char *ret, size_t size)
{
	ptrdiff_t at = str_find(line, str_of(label));
	ret[0] = '\0';
	if (at < 0)
		return;
	struct str value = str_from(line, (size_t)at + strlen(label));
	ptrdiff_t end = str_find(value, STR("; "));
	if (end >= 0)
		value = str_sub(value, 0, (size_t)end);
	size_t n = value.n < size - 1 ? value.n : size - 1;
	memcpy(ret, value.p, n);
	ret[n] = '\0';
}

/* "-- Name: x; Type: T; Schema: s; Owner: o" and "-- Data for Name: ..." */
static bool is_header(struct str line)
{
	return str_starts(line, STR("-- Name: ")) || str_starts(line, STR("-- Data for Name: "));
}

static int flush(struct reading *x)
{
	if (!buf_ok(&x->text))
		return err_set(x->c, "54000", "statements of more than %d MiB: %s",
			       STATEMENTS_MAX >> 20, x->entry.name);
	struct str text = str_trim(buf_view(&x->text));
	int failed = text.n ? x->r->sql(x->c, x->r->arg, &x->entry, text) : 0;
	buf_clear(&x->text);
	return failed;
}

/* The next line without its end; 1, 0 at the end of the dump, -1. */
static int next_line(struct reading *x, struct str *ret)
{
	errno = 0;
	ssize_t n = getline(&x->line, &x->cap, x->in);
	if (n < 0)
		return ferror(x->in) ? err_set(x->c, "58030", "could not read the dump: %s",
					       strerror(errno))
				     : 0;
	x->bytes += (size_t)n;
	if (x->r->progress && x->bytes - x->shown >= PROGRESS_BYTES) {
		x->shown = x->bytes;
		x->r->progress(x->r->arg, x->bytes);
	}
	while (n > 0 && (x->line[n - 1] == '\n' || x->line[n - 1] == '\r'))
		n--;
	*ret = (struct str){ x->line, (size_t)n };
	return 1;
}

static bool is_copy(struct str line)
{
	return str_starts(line, STR("COPY ")) && str_ends(line, STR(" FROM stdin;"));
}

static int read_copy(struct reading *x, struct str line)
{
	struct str row;
	int more;
	struct str copy = str_copy(x->c->arena, str_sub(line, 0, line.n - 1));
	TRY(x->r->copy_begin(x->c, x->r->arg, &x->entry, copy));
	while ((more = next_line(x, &row)) > 0 && !str_is(row, "\\."))
		TRY(x->r->copy_row(x->c, x->r->arg, row));
	if (more < 0)
		return -1;
	return x->r->copy_end(x->c, x->r->arg);
}

static int read_header(struct reading *x, struct str line)
{
	TRY(flush(x));
	take_field(line, "Name: ", x->entry.name, sizeof(x->entry.name));
	take_field(line, "Type: ", x->entry.type, sizeof(x->entry.type));
	take_field(line, "Schema: ", x->entry.schema, sizeof(x->entry.schema));
	return 0;
}

/* Between two statements, as far as lines tell. */
static bool is_between(const struct reading *x)
{
	return x->text.n < 2 ||
	       (x->text.p[x->text.n - 2] == ';' && x->text.p[x->text.n - 1] == '\n');
}

static int read_line(struct reading *x, struct str line)
{
	if (x->bytes < 64 && (str_starts(line, STR("PGDMP")) || str_starts(line, STR("\x1f\x8b"))))
		return err_set(x->c, "22P04", "this is a custom or compressed dump"),
		       err_hint(x->c, "Make a plain one: pg_dump --format=plain, or pg_restore "
				      "-f dump.sql FILE.");
	if (is_header(line))
		return read_header(x, line);
	if (is_copy(line)) {
		TRY(flush(x));
		return read_copy(x, line);
	}
	if (is_between(x) && (!line.n || str_starts(line, STR("--")) || line.p[0] == '\\'))
		return 0; /* comments and psql's own lines; those inside a body stay */
	buf_str(&x->text, line);
	buf_char(&x->text, '\n');
	return 0;
}

int dump_read(struct ctx *c, FILE *in, const struct dump_reader *r)
{
	struct reading x = { .c = c, .in = in, .r = r, .text = buf_make(STATEMENTS_MAX) };
	struct str line;
	int more;
	while ((more = next_line(&x, &line)) > 0)
		if (read_line(&x, line) < 0) {
			more = -1;
			break;
		}
	if (more == 0)
		more = flush(&x);
	buf_free(&x.text);
	free(x.line);
	return more < 0 ? -1 : 0;
}
