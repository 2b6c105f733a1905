/* The table of functions: lookup, arity, call. */
#include "value/fn.h"

#include "base/check.h"
#include "value/fn_int.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct fn_group *const groups[] = {
	&fn_group_number, &fn_group_numeric,  &fn_group_datetime, &fn_group_interval,
	&fn_group_text,	  &fn_group_quote,    &fn_group_pattern,  &fn_group_json,
	&fn_group_jsonb,  &fn_group_jsonpath, &fn_group_array,	  &fn_group_format,
	&fn_group_bytes,  &fn_group_tsearch,  &fn_group_trigram,  &fn_group_vector,
};

enum { TABLE_MAX = 2048 };
static struct value_fn table[TABLE_MAX];
static size_t table_n;

static int by_name(const void *a, const void *b)
{
	const struct value_fn *x = a, *y = b;
	int names = strcmp(x->name, y->name);
	return names ? names : strcmp(x->sig, y->sig);
}

static void fill(void)
{
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		CHECK(table_n + groups[g]->n <= TABLE_MAX);
		memcpy(table + table_n, groups[g]->rows, groups[g]->n * sizeof(table[0]));
		table_n += groups[g]->n;
	}
	qsort(table, table_n, sizeof(table[0]), by_name);
}

const struct value_fn *value_fn_table(size_t *ret_n)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, fill);
	*ret_n = table_n;
	return table;
}

static int count_args(const char *p, bool stop_at_optional)
{
	int n = 0;
	for (; *p; p++) {
		if (*p == '?' && stop_at_optional)
			break;
		if (*p == '*')
			return stop_at_optional ? n : 127;
		n += *p != '[' && *p != '?';
	}
	return n;
}

int value_fn_min_args(const struct value_fn *f)
{
	return count_args(strchr(f->sig, ':') + 1, true);
}

int value_fn_max_args(const struct value_fn *f)
{
	return count_args(strchr(f->sig, ':') + 1, false);
}

const struct value_fn *value_fn_find(const char *name, int nargs)
{
	size_t n, low = 0;
	const struct value_fn *all = value_fn_table(&n);
	size_t high = n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (strcmp(all[mid].name, name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < n && strcmp(all[low].name, name) == 0; low++)
		if (nargs >= value_fn_min_args(&all[low]) && nargs <= value_fn_max_args(&all[low]))
			return &all[low];
	return NULL;
}

int value_fn_call(struct ctx *c, const struct value_fn *f, const struct value_env *env,
		  const struct datum *args, int nargs, struct datum *ret)
{
	for (int i = 0; f->is_strict && i < nargs; i++) {
		if (args[i].kind != D_NULL)
			continue;
		*ret = datum_null();
		return 0;
	}
	struct datum result = datum_null();
	TRY(f->body(c, env, args, nargs, &result));
	*ret = result;
	return 0;
}

struct vtype value_type_of_code(int64_t code)
{
	int64_t id = code & (VALUE_ARRAY - 1);
	struct vtype t = VTYPE(id > 0 && id < V_TYPE_COUNT ? (enum value_type)id : V_UNKNOWN);
	t.is_array = code & VALUE_ARRAY;
	return t;
}

int ret_buf(struct ctx *c, struct datum *ret, const struct buf *b)
{
	if (!buf_ok(b))
		return err_set(c, "54000", "result of function is too large");
	*ret = datum_text(str_copy(c->arena, buf_view(b)));
	return 0;
}
