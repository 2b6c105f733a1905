#include "app/import_table.h"

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "sql/catalog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_BYTES = 8 << 20, ROW_MAX = 512 << 20 };

/* ---- COPY's statement ---- */

/* "quoted ""name""" or plain, up to a comma: without quotes. */
static struct str next_name(struct arena *a, struct str *rest)
{
	char *out = arena_alloc(a, rest->n + 1);
	size_t i = 0, n = 0;
	bool is_quoted = false;
	for (; i < rest->n && (is_quoted || rest->p[i] != ','); i++) {
		char ch = rest->p[i];
		if (ch != '"' && (is_quoted || ch != ' '))
			out[n++] = ch;
		if (ch != '"')
			continue;
		if (is_quoted && i + 1 < rest->n && rest->p[i + 1] == '"') {
			out[n++] = '"';
			i++;
		} else {
			is_quoted = !is_quoted;
		}
	}
	*rest = i < rest->n ? str_from(*rest, i + 1) : (struct str){ 0 };
	return (struct str){ out, n };
}

static int choose_columns(struct ctx *c, struct str list, const struct relation *rel,
			  struct import_table *t)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	struct str rest = list;
	while (rest.p && rest.n) {
		struct str before = rest, name = next_name(c->arena, &rest);
		if (t->n_columns == IMPORT_COLUMNS_MAX)
			return err_set(c, "54011", "a table has more than %d columns",
				       IMPORT_COLUMNS_MAX);
		size_t width = rest.p ? (size_t)(rest.p - before.p) - 1 : before.n;
		const struct column *col = rel ? relation_column(rel, name) : NULL;
		bool is_taken = !rel || (col && !col->is_generated);
		t->is_taken[t->n_columns++] = is_taken;
		t->n_left_out += !is_taken;
		if (!is_taken)
			continue;
		buf_puts(&b, b.n ? ", " : "");
		buf_str(&b, str_trim(str_sub(before, 0, width)));
	}
	t->columns = buf_dup(c->arena, &b);
	return 0;
}

int import_table_begin(struct ctx *c, struct str copy, const struct relation *rel,
		       struct import_table *ret)
{
	ptrdiff_t open = str_find(copy, STR(" (")), close = str_find(copy, STR(") FROM stdin"));
	struct import_table t = { 0 };
	if (!str_starts(copy, STR("COPY ")) || open < 0 || close < open)
		return err_set(c, "42601", "not a COPY of pg_dump's: %.*s", STR_ARG(copy));
	t.name = str_dup(c->arena, str_sub(copy, 5, (size_t)open - 5));
	struct str list = str_sub(copy, (size_t)open + 2, (size_t)(close - open) - 2);
	TRY(choose_columns(c, list, rel, &t));
	*ret = t;
	return 0;
}

/* ---- rows ---- */

static uint64_t mix(uint64_t h, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * 0x100000001b3ULL;
	return h;
}

/* A row's hash; a table's is their sum, whatever the order. */
static uint64_t hash_cell(uint64_t h, struct str cell)
{
	if (!cell.p)
		return mix(h, "\1", 1);
	h = mix(h, cell.p, cell.n);
	return mix(h, "\2", 1);
}

static uint64_t finish_row(uint64_t h)
{
	h ^= h >> 31;
	h *= 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

static const uint64_t HASH_START = 0xcbf29ce484222325ULL;

/* COPY's text form of a cell to the cell itself, in place of out. */
static struct str unescape(struct str raw, char *out)
{
	static const char from[] = "bfnrtv", to[] = "\b\f\n\r\t\v";
	size_t n = 0;
	if (str_is(raw, "\\N"))
		return (struct str){ 0 };
	for (size_t i = 0; i < raw.n; i++) {
		char ch = raw.p[i];
		if (ch == '\\' && i + 1 < raw.n) {
			ch = raw.p[++i];
			const char *known = strchr(from, ch);
			ch = known && *known ? to[known - from] : ch;
		}
		out[n++] = ch;
	}
	return (struct str){ out, n };
}

static int keep_line(struct ctx *c, struct import_table *t, struct str line)
{
	if (!t->rows)
		t->rows = tmpfile();
	if (!t->rows)
		return err_set(c, "58030", "no temporary file: %s", strerror(errno));
	if (fwrite(line.p, 1, line.n, t->rows) != line.n || putc('\n', t->rows) == EOF)
		return err_set(c, "58030", "could not write a temporary file: %s", strerror(errno));
	return 0;
}

int import_table_row(struct ctx *c, struct import_table *t, struct str line)
{
	struct arena_mark mark = arena_mark(c->arena);
	char *kept = arena_alloc(c->arena, line.n + 1), *cell = arena_alloc(c->arena, line.n + 1);
	size_t n = 0, column = 0;
	uint64_t h = HASH_START;
	struct str rest = line;
	do {
		struct str raw = str_split(&rest, '\t');
		if (column >= t->n_columns || !t->is_taken[column++])
			continue;
		if (n)
			kept[n++] = '\t';
		memcpy(kept + n, raw.p, raw.n);
		n += raw.n;
		h = hash_cell(h, unescape(raw, cell));
	} while (rest.p);
	int failed = keep_line(c, t, (struct str){ kept, n });
	t->count++;
	t->hash += finish_row(h);
	arena_rewind(c->arena, mark);
	return failed;
}

static int run_batch(struct ctx *c, struct db *db, struct buf *b)
{
	struct ctx own = { .arena = arena_new(0) };
	buf_puts(b, "\\.\n");
	struct script_spec script = { .role = "postgres", .sql = buf_view(b) };
	int failed = buf_ok(b)
			     ? db_script(&own, db, &script)
			     : err_set(&own, "54000", "a row is larger than %d MiB", ROW_MAX >> 20);
	if (failed < 0)
		c->err = err_copy(c->arena, &own.err);
	arena_free(own.arena);
	return failed;
}

static void begin_batch(struct buf *b, const struct import_table *t)
{
	buf_clear(b);
	buf_printf(b, "COPY %s (%s) FROM stdin;\n", t->name, t->columns);
}

static int load_rows(struct ctx *c, struct db *db, struct import_table *t, char **line, size_t *cap)
{
	BUF_CLEANUP struct buf b = buf_make(ROW_MAX);
	ssize_t n;
	begin_batch(&b, t);
	while ((n = getline(line, cap, t->rows)) > 0) {
		buf_put(&b, *line, (size_t)n);
		if (b.n < BATCH_BYTES)
			continue;
		TRY(run_batch(c, db, &b));
		begin_batch(&b, t);
	}
	return run_batch(c, db, &b);
}

int import_table_load(struct ctx *c, struct db *db, struct import_table *t)
{
	char *line = NULL;
	size_t cap = 0;
	if (!t->rows)
		return 0;
	rewind(t->rows);
	int failed = load_rows(c, db, t, &line, &cap);
	free(line);
	return failed;
}

void import_table_end(struct import_table *t)
{
	if (t->rows)
		fclose(t->rows);
	t->rows = NULL;
}

/* ---- reading back ---- */

struct tally {
	uint64_t count, hash;
};

static int add_row(struct ctx *c, void *arg, const struct str *cells, size_t n)
{
	struct tally *t = arg;
	uint64_t h = HASH_START;
	(void)c;
	for (size_t i = 0; i < n; i++)
		h = hash_cell(h, cells[i]);
	t->count++;
	t->hash += finish_row(h);
	return 0;
}

int import_table_compare(struct ctx *c, struct db *db, const struct import_table *t,
			 const char **ret_why)
{
	struct tally found = { 0 };
	struct db_rows rows = { .arg = &found, .row = add_row };
	const char *sql = arena_printf(c->arena, "select %s from %s", t->columns, t->name);
	TRY(db_query(c, db, "postgres", str_of(sql), &rows, NULL));
	if (found.count == t->count && found.hash == t->hash)
		return 1;
	*ret_why = arena_printf(c->arena, "%llu rows in the dump, %llu here%s",
				(unsigned long long)t->count, (unsigned long long)found.count,
				found.count == t->count ? ", with another content" : "");
	return 0;
}
