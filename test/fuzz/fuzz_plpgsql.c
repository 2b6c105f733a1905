/*
 * plpgsql's parser: any body is parsed for a function, a set-returning one, a trigger
 * and a DO block, or refused with an error that has its place in the body.
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "fuzz.h"
#include "plpgsql/plpgsql.h"
#include "sql/scan.h"

static void see_sql(void *arg, char kind, struct str sql, int offset)
{
	const struct str *body = arg;
	CHECK(kind == 's' || kind == 'e' || kind == 't');
	CHECK(offset >= 0 && (size_t)offset <= body->n && sql.n <= 2 * body->n + 16);
}

static void parse_for(struct str text, const struct function *f)
{
	struct ctx c = { .arena = arena_new(0) };
	struct plpgsql_body *body;
	if (plpgsql_parse(&c, c.arena, text, f, &body) == 0)
		plpgsql_each_sql(body, see_sql, &text);
	else
		CHECK(c.err.code[0] && c.err.message && c.err.position >= 0 &&
		      c.err.position <= sql_char_pos(text, (int)text.n) + 1);
	arena_free(c.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct func_arg args[] = {
		{ .name = "a", .type = TYPEREF(type_of_value(V_INT4)), .mode = 'i' },
		{ .name = "b", .type = TYPEREF(type_of_value(V_TEXT)), .mode = 'b' }
	};
	struct function plain = { .name = "f", .args = args, .n_args = 1 };
	struct function set = { .name = "f", .args = args, .n_args = 2, .returns_set = true };
	struct function trigger = { .name = "f" };
	struct str text = { (const char *)data, n };
	if (n > 1 << 14)
		return 0;
	plain.returns = TYPEREF(type_of_value(V_INT4));
	set.returns = TYPEREF(type_builtin(STR("record")));
	trigger.returns = TYPEREF(type_builtin(STR("trigger")));
	parse_for(text, &plain);
	parse_for(text, &set);
	parse_for(text, &trigger);
	parse_for(text, NULL);
	return 0;
}
