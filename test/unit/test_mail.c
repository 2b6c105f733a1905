#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "harness.h"
#include "mail/address.h"
#include "mail/html.h"
#include "mail/message.h"
#include "mail/mime_read.h"
#include "mail/template.h"

static void cleanup_arena(struct arena **a)
{
	arena_free(*a);
}
#define ARENA_CLEANUP __attribute__((cleanup(cleanup_arena)))

static const char VARS[] = "{\"SiteURL\":\"https://example.org\",\"ConfirmationURL\":\"https://"
			   "api.example.org/verify?a=1&b=2\","
			   "\"Token\":\"123456\",\"TokenHash\":\"ab+c/"
			   "d\",\"Email\":\"a@b.c\",\"RedirectTo\":\"https://x.org/?q=1&r=2\","
			   "\"Evil\":\"javascript:alert(1)\",\"Quote\":\"\\\" "
			   "onclick=\\\"x\",\"Tag\":\"<b>&'\",\"Empty\":\"\","
			   "\"Data\":{\"name\":\"Ada\",\"admin\":true,\"n\":3,\"list\":[\"a\","
			   "\"b\"],\"map\":{\"k\":\"v\"},\"color\":\"red;x:y\"}}";

/* The rendering, or "error: message". */
static const char *render(enum template_mode mode, const char *source)
{
	static struct arena *a;
	if (!a)
		a = arena_new(0);
	struct ctx c = { .arena = a };
	struct template *t;
	struct json *root;
	BUF_CLEANUP struct buf out = buf_make(1 << 16);
	ck_assert_int_eq(json_parse(&c, str_of(VARS), (struct json_limits){ 0 }, &root), 0);
	if (template_parse(&c, "t.html", 1, str_of(source), &t) < 0 ||
	    template_render(&c, t, mode, root, &out) < 0)
		return arena_printf(a, "error: %s", c.err.message);
	return buf_dup(a, &out);
}

#define TEXT(source, want) ck_assert_str_eq(render(TEMPLATE_TEXT, source), want)
#define HTML(source, want) ck_assert_str_eq(render(TEMPLATE_HTML, source), want)

START_TEST(values_and_blocks)
{
	TEXT("Hi {{ .Data.name }}!", "Hi Ada!");
	TEXT("{{.Missing}}{{ .Data.missing.deeper }}|", "|");
	TEXT("{{ if .Data.admin }}A{{ else }}B{{ end }}", "A");
	TEXT("{{ if .Empty }}A{{ else if eq .Token \"123456\" }}B{{ else }}C{{ end }}", "B");
	TEXT("{{ with .Data.map }}{{ .k }}{{ $.Token }}{{ end }}", "v123456");
	TEXT("{{ with .Data.none }}x{{ else }}none{{ end }}", "none");
	TEXT("{{ range .Data.list }}<{{ . }}>{{ end }}", "<a><b>");
	TEXT("{{ range $i, $v := .Data.list }}{{ $i }}={{ $v }};{{ end }}", "0=a;1=b;");
	TEXT("{{ range .Data.none }}x{{ else }}empty{{ end }}", "empty");
	TEXT("{{ $x := .Token }}{{ if true }}{{ $x = \"new\" }}{{ end }}{{ $x }}", "new");
	TEXT("a  {{- /* gone */ -}}  b {{- \"c\" -}} d", "abcd");
	TEXT("{{ `{{ raw }}` }}", "{{ raw }}");
	TEXT("{{ printf \"%s-%v%%\" .Token 3 | len }}", "9");
	TEXT("{{ and .Data.admin (or .Empty .Token) }}", "123456");
	TEXT("{{ not .Empty }} {{ ne .Token \"1\" }} {{ eq .Data.n 3.0 }} {{ lt 2 .Data.n }}",
	     "true true true true");
	TEXT("{{ slice .Token 0 3 }} {{ index .Data.list 1 }} {{ index .Data \"name\" }}",
	     "123 b Ada");
	TEXT("{{ .RedirectTo | urlquery }}", "https%3a%2f%2fx.org%2f%3fq%3d1%26r%3d2");
	TEXT("{{ .Data.map }} {{ .Data.list }}", "map[k:v] [a b]");
}
END_TEST

START_TEST(errors_have_a_place)
{
	TEXT("a\nb {{ if .X }}", "error: t.html:2: a block has no {{ end }}");
	TEXT("{{ end }}", "error: t.html:1: end without a block");
	TEXT("\n\n{{ foo }}", "error: t.html:3: there is no function \"foo\"");
	TEXT("{{ .X", "error: t.html:1: an action does not end: }} is missing");
	TEXT("{{ \"x }}", "error: t.html:1: an action does not end: }} is missing");
	TEXT("{{ template \"x\" }}", "error: t.html:1: {{ template }} is not supported");
	TEXT("{{ $x }}", "error: t.html:1: there is no variable $x");
	TEXT("{{ .Token.x }}", "error: t.html:1: the value has no field x");
	TEXT("{{ eq .Token 1 }}", "error: t.html:1: eq compares values of different types");
	TEXT("{{ .Token .Email }}", "error: t.html:1: only functions take arguments");
	TEXT("{{ eq .Token }}", "error: t.html:1: \"eq\" takes another number of arguments");
}
END_TEST

START_TEST(html_is_escaped_by_place)
{
	HTML("<p>{{ .Tag }}</p>", "<p>&lt;b&gt;&amp;&#39;</p>");
	HTML("<a title=\"{{ .Quote }}\">", "<a title=\"&#34; onclick=&#34;x\">");
	HTML("<a title={{ .Quote }}>", "<a title=&#34;&#32;onclick&#61;&#34;x>");
	HTML("<a href=\"{{ .ConfirmationURL }}\">",
	     "<a href=\"https://api.example.org/verify?a=1&amp;b=2\">");
	HTML("<a href=\"{{ .Evil }}\">", "<a href=\"#ZgotmplZ\">");
	HTML("<a href='/x?h={{ .TokenHash }}&r={{ .RedirectTo }}'>",
	     "<a href='/x?h=ab%2bc%2fd&r=https%3a%2f%2fx.org%2f%3fq%3d1%26r%3d2'>");
	HTML("<a href=\"{{ .SiteURL }}/c?t={{ .TokenHash }}\">",
	     "<a href=\"https://example.org/c?t=ab%2bc%2fd\">");
	HTML("<p style=\"color: {{ .Data.color }}\">", "<p style=\"color: ZgotmplZ\">");
	HTML("<p style=\"color: {{ .Data.name }}\">", "<p style=\"color: Ada\">");
	HTML("<style>p { color: {{ .Tag }} }</style>{{ .Tag }}",
	     "<style>p { color: ZgotmplZ }</style>&lt;b&gt;&amp;&#39;");
	HTML("<script>x = {{ .Token }}</script>",
	     "error: t.html:1: a value cannot be printed into a script");
	HTML("<a onclick=\"{{ .Token }}\">",
	     "error: t.html:1: a value cannot be printed into an event attribute");
	HTML("<!-- {{ .Tag }} -->{{ .Tag }}", "<!-- &lt;b&gt;&amp;&#39; -->&lt;b&gt;&amp;&#39;");
	HTML("<!--[if mso]><v:rect href=\"{{ .Evil }}\"><![endif]-->",
	     "<!--[if mso]><v:rect href=\"#ZgotmplZ\"><![endif]-->");
	HTML("<a {{ .Evil }}>", "<a ZgotmplZ>");
	HTML("<{{ .Token }}>", "error: t.html:1: a value cannot be printed into a tag's name");
}
END_TEST

START_TEST(work_is_bounded)
{
	BUF_CLEANUP struct buf b = buf_make(1 << 20);
	for (int i = 0; i < 200; i++)
		buf_puts(&b, "{{ if true }}");
	buf_char(&b, '\0');
	TEXT(b.p, "error: t.html:1: too many blocks inside each other");
	buf_clear(&b);
	buf_puts(&b, "{{ ");
	for (int i = 0; i < 200; i++)
		buf_char(&b, '(');
	buf_puts(&b, " }}");
	buf_char(&b, '\0');
	TEXT(b.p, "error: t.html:1: too many parentheses inside each other");
}
END_TEST

START_TEST(html_becomes_text)
{
	ARENA_CLEANUP struct arena *a = arena_new(0);
	BUF_CLEANUP struct buf out = buf_make(1 << 16);
	html_to_text(STR("<html><head><title>x</title></head><style>p{}</style><h2>Hello  "
			 "<b>you</b></h2>\n"
			 "<p>Follow <a class=\"b\" "
			 "href=\"https://x.org/?a=1&amp;b=2\">this\nlink</a>.</p>"
			 "<p>1 &lt; 2 &#39;q&#x27;</p><ul><li>a</li><li>b</li></ul>"),
		     true, &out);
	ck_assert_str_eq(
		buf_dup(a, &out),
		"Hello you\n\nFollow this link: https://x.org/?a=1&b=2.\n\n1 < 2 'q'\n\na\nb\n");
}
END_TEST

static struct message example(void)
{
	return (struct message){
		.from_name = "Ada \"L\"",
		.from = "noreply@example.org",
		.to = "bob@example.org",
		.subject = STR("Hi\r\nBcc: evil@x.org"),
		.html = STR("<p>Gr\xc3\xbc\xc3\x9f"
			    "e = 1 \n.dot\n</p>"),
		.id = "11111111-2222-4333-8444-555555555555",
		.date = 1700000000,
	};
}

START_TEST(message_is_mime)
{
	ARENA_CLEANUP struct arena *a = arena_new(0);
	struct ctx c = { .arena = a };
	struct message m = example();
	struct str text;
	ck_assert_int_eq(message_build(&c, &m, &text), 0);
	ck_assert(str_starts(
		text, STR("From: \"Ada \\\"L\\\"\"\r\n <noreply@example.org>\r\n"
			  "To: bob@example.org\r\nSubject: Hi  Bcc: evil@x.org\r\n"
			  "Date: Tue, 14 Nov 2023 22:13:20 +0000\r\n"
			  "Message-ID: <11111111-2222-4333-8444-555555555555@example.org>\r\n")));
	ck_assert(str_find(text, STR("<p>Gr=C3=BC=C3=9Fe =3D 1=20\r\n=2Edot\r\n</p>\r\n")) > 0);
	ck_assert(str_find(text, STR("\r\nBcc:")) < 0);
	size_t line = 0;
	for (size_t i = 0; i < text.n; i++) {
		line = text.p[i] == '\n' ? 0 : line + 1;
		ck_assert_uint_le(line, 78);
		ck_assert((unsigned char)text.p[i] < 0x80);
	}
}
END_TEST

START_TEST(subject_is_encoded)
{
	ARENA_CLEANUP struct arena *a = arena_new(0);
	struct ctx c = { .arena = a };
	struct message m = example();
	struct str text;
	m.subject = STR("Best\xc3\xa4tigung");
	ck_assert_int_eq(message_build(&c, &m, &text), 0);
	ck_assert(str_find(text, STR("Subject: =?UTF-8?B?QmVzdMOkdGlndW5n?=\r\n")) > 0);
	m.subject = STR("=?UTF-8?Q?fake?=");
	ck_assert_int_eq(message_build(&c, &m, &text), 0);
	ck_assert(str_find(text, STR("Subject: =?UTF-8?B?PT9VVEYtOD9RP2Zha2U/PQ==?=\r\n")) > 0);
}
END_TEST

START_TEST(what_is_built_is_read)
{
	ARENA_CLEANUP struct arena *a = arena_new(0);
	struct ctx c = { .arena = a };
	struct message m = example();
	struct str text;
	m.subject =
		STR("Gr\xc3\xbc\xc3\x9f"
		    "e an alle, die sehr lange Betreffzeilen m\xc3\xb6gen und nie aufh\xc3\xb6ren");
	ck_assert_int_eq(message_build(&c, &m, &text), 0);
	struct mime_message r = mime_read(a, text);
	ck_assert(str_eq(r.subject, m.subject));
	ck_assert(str_is(r.from.v[0].name, "Ada \"L\""));
	ck_assert(str_is(r.from.v[0].address, "noreply@example.org"));
	ck_assert_uint_eq(r.to.n, 1);
	ck_assert(str_is(r.html, "<p>Gr\xc3\xbc\xc3\x9f"
				 "e = 1 \r\n.dot\r\n</p>\r\n"));
	ck_assert(str_starts(r.text, STR("Gr\xc3\xbc\xc3\x9f"
					 "e = 1 .dot")));
	ck_assert_uint_eq(r.n_parts, 0);
}
END_TEST

START_TEST(foreign_messages_are_read)
{
	ARENA_CLEANUP struct arena *a = arena_new(0);
	struct mime_message r =
		mime_read(a, STR("From: =?iso-8859-1?Q?J=F6rg_M?= <j@x.org>\r\nTo: \"A, B\" "
				 "<a@x.org>,\r\n b@x.org\r\n"
				 "Subject: =?utf-8?b?SGVs?= =?utf-8?b?bG8=?=\r\nContent-Type: "
				 "multipart/mixed; boundary=\"x y\"\r\n\r\n"
				 "pre\r\n--x y\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
				 "Content-Transfer-Encoding: 8bit\r\n\r\nM\xfcll\r\n--x y\r\n"
				 "Content-Type: image/png; name=a.png\r\nContent-Disposition: "
				 "attachment; filename=\"a.png\"\r\n"
				 "Content-Transfer-Encoding: base64\r\n\r\nAQID\r\n--x y--\r\n"));
	ck_assert(str_is(r.from.v[0].name, "J\xc3\xb6rg M"));
	ck_assert_uint_eq(r.to.n, 2);
	ck_assert(str_is(r.to.v[0].name, "A, B"));
	ck_assert(str_is(r.to.v[1].address, "b@x.org"));
	ck_assert(str_is(r.subject, "Hello"));
	ck_assert(str_is(r.text, "M\xc3\xbcll"));
	ck_assert_uint_eq(r.n_parts, 1);
	ck_assert(str_is(r.parts[0].file_name, "a.png"));
	ck_assert(str_is(r.parts[0].body, "\x01\x02\x03"));
}
END_TEST

START_TEST(addresses)
{
	static const char *const good[] = { "a@b.c", "first.last+tag@sub.example.org",
					    "o'neil@x.org" };
	static const char *const bad[] = { "",
					   "a",
					   "@b.c",
					   "a@",
					   "a@b@c",
					   "a b@c.d",
					   "a@b\r\nRCPT TO:<x@y.z>",
					   "<a@b.c>",
					   "a@b.c,d@e.f",
					   "a@.b",
					   "a..b@c.d",
					   "\"a\"@b.c",
					   "a@b.c\n",
					   "\xc3\xa4@b.c" };
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		ck_assert_msg(address_is_valid(str_of(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		ck_assert_msg(!address_is_valid(str_of(bad[i])), "%s", bad[i]);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");
	tcase_add_test(t, values_and_blocks);
	tcase_add_test(t, errors_have_a_place);
	tcase_add_test(t, html_is_escaped_by_place);
	tcase_add_test(t, work_is_bounded);
	tcase_add_test(t, html_becomes_text);
	tcase_add_test(t, message_is_mime);
	tcase_add_test(t, subject_is_encoded);
	tcase_add_test(t, what_is_built_is_read);
	tcase_add_test(t, foreign_messages_are_read);
	tcase_add_test(t, addresses);
	suite_add_tcase(s, t);
	return harness_run(s);
}
