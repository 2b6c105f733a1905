#include "sql/builtin.h"

#include "base/check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A row as it is written: signatures are text until first use. */
struct row {
	enum builtin_kind kind;
	const char *schema, *name, *args;
	uint8_t n_defaults;
	const char *returns;
	char volatility;
	uint32_t flags;
	const char *sqlite;
};

#define BUILTIN(kind, schema, name, args, n_defaults, returns, volatility, flags, sqlite)          \
	{ BUILTIN_##kind, schema, name, args, n_defaults, returns, volatility, flags, sqlite },
static const struct row rows[] = {
#include "builtins/operators.def"

#include "builtins/casts.def"

#include "builtins/math.def"

#include "builtins/text.def"

#include "builtins/datetime.def"

#include "builtins/json.def"

#include "builtins/array.def"

#include "builtins/misc.def"

#include "builtins/auth.def"

#include "builtins/catalog.def"

#include "builtins/aggregates.def"

#include "builtins/search.def"

#include "builtins/extensions.def"
};
#undef BUILTIN

enum { N_ROWS = sizeof(rows) / sizeof(*rows) };

static struct builtin table[N_ROWS];
static const struct builtin *by_name[N_ROWS]; /* sorted by kind, then name, then row */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct type *type_named(struct str name)
{
	const struct type *t = type_builtin(name);
	if (!t)
		fprintf(stderr, "builtins: no type \"%.*s\"\n", STR_ARG(name));
	CHECK(t);
	return t;
}

/* "text" or "key text": the name part goes to *ret_name, kept for ever. */
static const struct type *named_type(struct str item, const char **ret_name)
{
	item = str_trim(item);
	ptrdiff_t space = str_chr(item, ' ');
	if (space < 0)
		return type_named(item);
	char *name = strndup(item.p, (size_t)space);
	CHECK(name);
	*ret_name = name;
	return type_named(str_trim(str_from(item, (size_t)space)));
}

static void fill_args(struct builtin *b, struct str args)
{
	if (args.n == 0)
		return;
	while (args.p) {
		CHECK(b->n_args < BUILTIN_MAX_ARGS);
		struct str item = str_split(&args, ',');
		b->args[b->n_args] = named_type(item, &b->arg_names[b->n_args]);
		b->n_args++;
	}
}

/* "int4"; "value json", whose column in FROM has that name; or "record(key
 * text, value json)". */
static void fill_returns(struct builtin *b, struct str returns)
{
	ptrdiff_t paren = str_chr(returns, '(');
	if (paren < 0) {
		b->returns = named_type(returns, &b->out_names[0]);
		b->outs[0] = b->returns;
		b->n_outs = b->out_names[0] != NULL;
		return;
	}
	b->returns = type_named(str_sub(returns, 0, (size_t)paren));
	struct str outs = str_sub(returns, (size_t)paren + 1, returns.n - (size_t)paren - 2);
	while (outs.p) {
		CHECK(b->n_outs < BUILTIN_MAX_OUTS);
		struct str item = str_split(&outs, ',');
		b->outs[b->n_outs] = named_type(item, &b->out_names[b->n_outs]);
		b->n_outs++;
	}
}

static int compare(const void *left, const void *right)
{
	const struct builtin *a = *(const struct builtin *const *)left;
	const struct builtin *b = *(const struct builtin *const *)right;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	int order = strcmp(a->name, b->name);
	return order ? order : (a > b) - (a < b);
}

static void fill(void)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];
		table[i] = (struct builtin){ .kind = r->kind,
					     .schema = r->schema,
					     .name = r->name,
					     .n_defaults = r->n_defaults,
					     .volatility = r->volatility,
					     .flags = r->flags,
					     .sqlite = r->sqlite };
		fill_args(&table[i], str_of(r->args));
		fill_returns(&table[i], str_of(r->returns));
		by_name[i] = &table[i];
	}
	qsort(by_name, N_ROWS, sizeof(*by_name), compare);
}

size_t builtin_count(void)
{
	return N_ROWS;
}

const struct builtin *builtin_at(size_t i)
{
	pthread_once(&once, fill);
	CHECK(i < N_ROWS);
	return &table[i];
}

/* The first entry of by_name that is not before (kind, name). */
static size_t lower_bound(enum builtin_kind kind, struct str name)
{
	size_t low = 0, high = N_ROWS;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct builtin *b = by_name[mid];
		bool is_before =
			b->kind < kind || (b->kind == kind && str_cmp(str_of(b->name), name) < 0);
		if (is_before)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void builtin_each(enum builtin_kind kind, struct str name,
		  bool (*fn)(const struct builtin *, void *), void *arg)
{
	pthread_once(&once, fill);
	for (size_t i = lower_bound(kind, name); i < N_ROWS; i++) {
		const struct builtin *b = by_name[i];
		if (b->kind != kind || !str_is(name, b->name) || !fn(b, arg))
			return;
	}
}

struct wanted {
	const struct type *args[2];
	int n_args;
	const struct type *returns;
	const struct builtin *found;
};

static bool match(const struct builtin *b, void *arg)
{
	struct wanted *w = arg;
	if (b->n_args != w->n_args || (w->returns && b->returns != w->returns))
		return true;
	for (int i = 0; i < w->n_args; i++)
		if (b->args[i] != w->args[i])
			return true;
	w->found = b;
	return false;
}

const struct builtin *builtin_cast(const struct type *from, const struct type *to)
{
	struct wanted w = { .args = { from }, .n_args = 1, .returns = to };
	builtin_each(BUILTIN_CAST, STR(""), match, &w);
	return w.found;
}

const struct builtin *builtin_op(const char *symbol, const struct type *left,
				 const struct type *right)
{
	struct wanted w = { .args = { left, right }, .n_args = 2 };
	if (!left)
		w = (struct wanted){ .args = { right }, .n_args = 1 };
	builtin_each(BUILTIN_OP, str_of(symbol), match, &w);
	return w.found;
}
