/*
 * Mail. The first byte chooses: a template rendered as HTML or text, or a
 * message that somebody sends to the mailbox. What is printed into HTML must
 * not bring a tag of its own.
 */
#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "fuzz.h"
#include "mail/message.h"
#include "mail/mime_read.h"
#include "mail/template.h"

static const char VARS[] = "{\"Email\":\"a@b.c\",\"Token\":\"1\",\"X\":\"<i\\u0001>\\\"'` "
			   "onx=javascript:a\",\"Data\":{\"l\":[1,true,null,"
			   "\"a\"],\"o\":{\"k\":\"v\"},\"n\":1.5}}";

static void render(struct ctx *c, struct str source, enum template_mode mode)
{
	struct template *t;
	struct json *root;
	BUF_CLEANUP struct buf out = buf_make(1 << 20);
	CHECK(json_parse(c, str_of(VARS), (struct json_limits){ 0 }, &root) == 0);
	if (template_parse(c, "t", 1, source, &t) < 0)
		return;
	if (template_render(c, t, mode, root, &out) < 0)
		return;
	if (mode == TEMPLATE_HTML && str_find(source, STR("<")) < 0)
		CHECK(str_find(buf_view(&out), STR("<i")) < 0);
	struct message m = { "n", "a@b.c", "b@c.d", source, buf_view(&out), "id", 0 };
	struct str text;
	CHECK(message_build(c, &m, &text) == 0);
}

static void read_message(struct ctx *c, struct str raw)
{
	struct mime_message m = mime_read(c->arena, raw);
	CHECK(m.n_parts <= MIME_PARTS_MAX);
	CHECK(str_is_utf8(m.subject) && str_is_utf8(m.html));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena *a = arena_new(0);
	struct ctx c = { .arena = a };
	struct str rest = { (const char *)data + 1, size - 1 };
	if (data[0] % 3 == 2)
		read_message(&c, rest);
	else
		render(&c, rest, data[0] % 3 == 0 ? TEMPLATE_HTML : TEMPLATE_TEXT);
	arena_free(a);
	return 0;
}
