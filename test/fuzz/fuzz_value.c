/*
 * Values of every type from anything: the first byte chooses the type, the
 * second an array or a pattern language, the rest is the text. What is read
 * prints, prints as JSON, and reads back equal.
 */
#include "base/arena.h"
#include "base/check.h"
#include "fuzz.h"
#include "value/fn.h"
#include "value/pgjson.h"

#include <string.h>

/* Except a timetz in a zone further off than input allows ("p-091"), as in
 * PostgreSQL. */
static void check_again(struct ctx *c, const struct vtype *t, struct datum v, struct str printed)
{
	struct datum again;
	if (t->id == V_TIMETZ)
		return;
	CHECK(value_in(c, t, NULL, printed, &again) == 0);
	CHECK(v.kind == again.kind && value_cmp(t, v, again) == 0);
}

static void check_value(struct arena *a, const struct vtype *t, struct str text)
{
	struct ctx c = { .arena = a };
	struct datum v;
	struct json *j;
	if (value_in(&c, t, NULL, text, &v) < 0) {
		CHECK(c.err.code[0] && c.err.message && c.err.message[0]);
		return;
	}
	BUF_CLEANUP struct buf out = buf_make(1 << 24), json = buf_make(1 << 24);
	value_out(&out, t, NULL, v);
	check_again(&c, t, v, buf_view(&out));
	value_to_json(&json, t, NULL, v);
	CHECK(pgjson_parse(&c, buf_view(&json), true, &j) == 0);
}

/* Functions that read a language of their own: pattern, template, path. */
static void check_language(struct arena *a, unsigned which, struct str text)
{
	static const char *const names[] = { "textlike",	  "textregexeq",
					     "similar_escape",	  "numeric_to_char",
					     "timestamp_to_char", "to_date",
					     "parse_ident",	  "textregexreplace_noopt" };
	static const char *const first[] = {
		"abc",	      "abc", NULL,    "-1234.5", "2020-02-29 12:34:56.789000",
		"2020-01-02", NULL,  "abcabc"
	};
	struct ctx c = { .arena = a };
	which %= sizeof(names) / sizeof(names[0]);
	struct datum args[3], v;
	int n = 0;
	if (first[which])
		args[n++] = datum_text(str_of(first[which]));
	args[n++] = datum_text(text);
	if (which == 7)
		args[n++] = datum_text(STR("\\1-\\&"));
	if (which == 2)
		args[n++] = datum_text(STR("#"));
	const struct value_fn *f = value_fn_find(names[which], n);
	CHECK(f);
	if (str_is_utf8(text) && value_fn_call(&c, f, NULL, args, n, &v) < 0)
		CHECK(c.err.code[0] && c.err.message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2 || size > 4096)
		return 0;
	struct vtype t = VTYPE((enum value_type)(data[0] % (V_TYPE_COUNT - 1) + 1));
	t.is_array = data[1] % 4 == 1;
	struct str text = { (const char *)data + 2, size - 2 };
	struct arena *a = arena_new(0);
	if (data[1] % 4 == 2)
		check_language(a, data[0], text);
	else
		check_value(a, &t, text);
	arena_free(a);
	return 0;
}
