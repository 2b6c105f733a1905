/*
 * Parses the bodies on stdin and prints for each "ok", or its error as
 * `SQLSTATE|position|message`. A case begins with a line `## returns|arguments`,
 * e.g. "## setof int|a int, out b text"; its body follows.
 */
#include "base/arena.h"
#include "plpgsql/plpgsql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct type *type_named(struct str name)
{
	static const struct type trigger = { .name = "trigger", .kind = TYPE_PSEUDO },
				 none = { .name = "void", .kind = TYPE_PSEUDO },
				 record = { .name = "record", .kind = TYPE_PSEUDO };
	if (str_is(name, "trigger"))
		return &trigger;
	if (str_is(name, "void"))
		return &none;
	const struct type *t = type_builtin(name);
	return t ? t : &record;
}

static void add_arg(struct arena *a, struct function *f, struct str text)
{
	struct func_arg *arg = &f->args[f->n_args++];
	text = str_trim(text);
	arg->mode = 'i';
	if (str_starts(text, STR("out ")) || str_starts(text, STR("inout "))) {
		arg->mode = text.p[0] == 'o' ? 'o' : 'b';
		str_split(&text, ' ');
	}
	arg->name = str_dup(a, str_split(&text, ' '));
	arg->type = TYPEREF(type_named(text));
}

static struct function *function_of(struct arena *a, struct str head)
{
	struct function *f = ARENA_NEW(a, struct function);
	struct str returns = str_split(&head, '|');
	if (str_is(returns, "do"))
		return NULL;
	f->name = "f";
	f->kind = str_is(returns, "procedure") ? 'p' : 'f';
	f->returns_set = str_starts(returns, STR("setof "));
	if (f->returns_set)
		str_split(&returns, ' ');
	f->returns = TYPEREF(type_named(f->kind == 'p' ? STR("void") : returns));
	f->args = arena_array(a, 20, sizeof(*f->args));
	while (head.n && head.p && f->n_args < 20)
		add_arg(a, f, str_split(&head, ','));
	return f;
}

static void run_case(struct str text)
{
	struct ctx c = { .arena = arena_new(0) };
	struct plpgsql_body *body;
	struct str head = str_split(&text, '\n');
	if (str_ends(text, STR("\n")))
		text.n--;
	if (plpgsql_parse(&c, c.arena, text, function_of(c.arena, head), &body) == 0)
		puts("ok");
	else
		printf("%s|%d|%s\n", c.err.code, c.err.position, c.err.message);
	arena_free(c.arena);
}

int main(void)
{
	size_t cap = 16 << 20, n = 0, got;
	char *in = malloc(cap);
	while (in && n < cap && (got = fread(in + n, 1, cap - n, stdin)) > 0)
		n += got;
	struct str all = { in, n };
	ptrdiff_t at = str_starts(all, STR("## ")) ? 0 : -1;
	while (at >= 0) {
		all = str_from(all, (size_t)at + 3);
		at = str_find(all, STR("\n## "));
		run_case(str_sub(all, 0, at < 0 ? all.n : (size_t)at + 1));
		at += at >= 0;
	}
	free(in);
	return 0;
}
