/*
 * Answers one line per line: "op\ttype\ttypmod\ttext…" in COPY's escapes, so
 * that values.py can compare this library with PostgreSQL.
 *   in   TYPE TYPMOD TEXT        value_in, value_out
 *   json TYPE TYPMOD TEXT        value_in, value_to_json
 *   from TYPE TYPMOD JSON        value_from_json, value_out
 *   cmp  TYPE TEXT TEXT          -1 0 1
 *   cast FROM FMOD TO TMOD TEXT  value_cast (explicit), value_out
 *   fn   NAME ARG…               value_fn_call by the row's signature
 *   fns                          the table, a row a line, ends with "."
 * Answers: "V\ttext", "N" or "E\tcode\tmessage\tdetail".
 */
#include "base/arena.h"
#include "base/vec.h"
#include "value/fn.h"
#include "value/pgjson.h"
#include "value/timezone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS = 40 };

static struct value_env env = { .now_us = 1709210096789012 };

/* Undoes COPY's escapes in place; "\N" is NULL (p == NULL). */
static struct str unescape(char *s)
{
	if (strcmp(s, "\\N") == 0)
		return (struct str){ 0 };
	char *to = s;
	for (char *p = s; *p; p++) {
		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		p++;
		*to++ = *p == 'n' ? '\n' : *p == 't' ? '\t' : *p == 'r' ? '\r' : *p;
	}
	return (struct str){ s, (size_t)(to - s) };
}

static void put(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch == '\n')
			fputs("\\n", stdout);
		else if (ch == '\t')
			fputs("\\t", stdout);
		else if (ch == '\r')
			fputs("\\r", stdout);
		else if (ch == '\\')
			fputs("\\\\", stdout);
		else
			putchar(ch);
	}
}

static void answer_error(const struct ctx *c)
{
	printf("E\t%s\t", c->err.code);
	put(str_of(c->err.message));
	putchar('\t');
	put(str_of(c->err.details));
	putchar('\n');
}

static void answer(struct str s)
{
	fputs("V\t", stdout);
	put(s);
	putchar('\n');
}

static struct vtype type_named(struct str name)
{
	struct vtype t = VTYPE(V_UNKNOWN);
	if (str_ends(name, STR("[]"))) {
		t.is_array = true;
		name.n -= 2;
	}
	t.id = value_type_by_name(name);
	if (!t.id) {
		fprintf(stderr, "no type %.*s\n", STR_ARG(name));
		exit(1);
	}
	return t;
}

static void answer_datum(const struct vtype *t, struct datum v, bool is_json)
{
	if (v.kind == D_NULL) {
		puts("N");
		return;
	}
	if (t->id == V_BOOL && !t->is_array) {
		answer(v.i ? STR("true") : STR("false"));
		return;
	}
	BUF_CLEANUP struct buf b = buf_make(1 << 28);
	if (is_json)
		value_to_json(&b, t, &env, v);
	else
		value_out(&b, t, &env, v);
	answer(buf_view(&b));
}

static void op_in(struct ctx *c, struct str *f, bool is_json)
{
	struct vtype t = type_named(f[1]);
	t.typmod = atoi(f[2].p);
	struct datum v;
	if (value_in(c, &t, &env, f[3], &v) < 0)
		answer_error(c);
	else
		answer_datum(&t, v, is_json);
}

static void op_from(struct ctx *c, struct str *f)
{
	struct vtype t = type_named(f[1]);
	t.typmod = atoi(f[2].p);
	struct datum v;
	struct json *j;
	if (pgjson_parse(c, f[3], false, &j) < 0 || value_from_json(c, &t, &env, j, &v) < 0)
		answer_error(c);
	else
		answer_datum(&t, v, false);
}

static void op_cmp(struct ctx *c, struct str *f)
{
	struct vtype t = type_named(f[1]);
	struct datum a, b;
	if (value_in(c, &t, &env, f[2], &a) < 0 || value_in(c, &t, &env, f[3], &b) < 0) {
		answer_error(c);
		return;
	}
	int r = value_cmp(&t, a, b);
	answer(r < 0 ? STR("-1") : r ? STR("1") : STR("0"));
}

static void op_cast(struct ctx *c, struct str *f)
{
	struct vtype from = type_named(f[1]), to = type_named(f[3]);
	from.typmod = atoi(f[2].p);
	to.typmod = atoi(f[4].p);
	struct datum v;
	if (value_in(c, &from, &env, f[5], &v) < 0 ||
	    value_cast(c, &from, &to, &env, true, v, &v) < 0)
		answer_error(c);
	else
		answer_datum(&to, v, false);
}

static enum value_type letter_type(char letter)
{
	static const char letters[] = "bsilfdntpcuDMZmzIjJy";
	static const enum value_type ids[] = {
		V_BOOL,	     V_INT2,	    V_INT4,	V_INT8, V_FLOAT4, V_FLOAT8, V_NUMERIC,
		V_TEXT,	     V_BPCHAR,	    V_CITEXT,	V_UUID, V_DATE,	  V_TIME,   V_TIMETZ,
		V_TIMESTAMP, V_TIMESTAMPTZ, V_INTERVAL, V_JSON, V_JSONB,  V_BYTEA,
	};
	const char *found = strchr(letters, letter);
	return found ? ids[found - letters] : V_UNKNOWN;
}

/* The type at *p of a signature, moved behind it. code: the last type code. */
static struct vtype sig_type(const char **p, struct vtype code)
{
	char ch = *(*p)++;
	if (ch == '[') {
		struct vtype t = VTYPE_ARRAY(letter_type(*(*p)++));
		return t;
	}
	if (ch == 'V')
		return code;
	if (ch == 'A') {
		code.is_array = true;
		return code;
	}
	return VTYPE(letter_type(ch));
}

static const struct value_fn *find_fn(const char *name, const char *sig)
{
	size_t n;
	const struct value_fn *all = value_fn_table(&n);
	for (size_t i = 0; i < n; i++)
		if (strcmp(all[i].name, name) == 0 && strcmp(all[i].sig, sig) == 0)
			return &all[i];
	fprintf(stderr, "no function %s %s\n", name, sig);
	exit(1);
}

/* fn NAME SIG ARG…; a type code's argument is a type's name. */
static void op_fn(struct ctx *c, struct str *f, int n)
{
	const struct value_fn *fn = find_fn(str_dup(c->arena, f[1]), str_dup(c->arena, f[2]));
	struct datum args[FIELDS];
	struct vtype codes[FIELDS] = { 0 };
	int n_codes = 0;
	struct vtype code = VTYPE(V_UNKNOWN);
	const char *p = strchr(fn->sig, ':') + 1, *repeat = NULL;
	int nargs = 0;
	for (int i = 3; i < n; i++, nargs++) {
		if (*p == '?')
			p++;
		if (*p == '*')
			p = repeat;
		const char *start = p;
		if (*p == 'T') {
			p++;
			code = codes[n_codes++] = type_named(f[i]);
			args[nargs] = datum_int(code.id + (code.is_array ? VALUE_ARRAY : 0));
			if (*p == 'V' || *p == 'A')
				repeat = start;
			continue;
		}
		struct vtype t = sig_type(&p, code);
		if (start == p || start[-1] != 'T')
			repeat = start;
		args[nargs] = datum_null();
		if (f[i].p && value_in(c, &t, &env, f[i], &args[nargs]) < 0) {
			answer_error(c);
			return;
		}
	}
	struct datum v;
	if (value_fn_call(c, fn, &env, args, nargs, &v) < 0) {
		answer_error(c);
		return;
	}
	const char *result = fn->sig;
	struct vtype t =
		*result == '1' || *result == '2' ? codes[*result - '1'] : sig_type(&result, code);
	if (*fn->sig == 'E') {
		t = codes[0];
		t.is_array = false;
	}
	answer_datum(&t, v, false);
}

static void list_fns(void)
{
	size_t n;
	const struct value_fn *all = value_fn_table(&n);
	for (size_t i = 0; i < n; i++)
		printf("%s\t%s\t%d\t%d\t%d\n", all[i].name, all[i].sig, all[i].is_strict,
		       all[i].is_volatile, all[i].uses_env);
	puts(".");
}

static void serve(struct ctx *c, char *line)
{
	struct str f[FIELDS] = { 0 };
	int n = 0;
	for (char *p = line; p && n < FIELDS; n++) {
		char *tab = strchr(p, '\t');
		if (tab)
			*tab = 0;
		f[n] = unescape(p);
		p = tab ? tab + 1 : NULL;
	}
	if (str_is(f[0], "in") || str_is(f[0], "json"))
		op_in(c, f, str_is(f[0], "json"));
	else if (str_is(f[0], "from"))
		op_from(c, f);
	else if (str_is(f[0], "cmp"))
		op_cmp(c, f);
	else if (str_is(f[0], "cast"))
		op_cast(c, f);
	else if (str_is(f[0], "fn"))
		op_fn(c, f, n);
	else if (str_is(f[0], "fns"))
		list_fns();
}

int main(int argc, char **argv)
{
	struct ctx c = { .arena = arena_new(0) };
	if (argc > 1 && tzone_find(&c, str_of(argv[1]), &env.zone) < 0)
		return 1;
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = 0;
		err_clear(&c);
		serve(&c, line);
		arena_reset(c.arena);
	}
	free(line);
	arena_free(c.arena);
	return 0;
}
