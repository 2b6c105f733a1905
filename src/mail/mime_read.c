#include "mail/mime_read.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "mail/html.h"

enum { TEXT_MAX = 4 << 20 };

struct reading {
	struct arena *a;
	struct mime_message *m;
	VEC(struct mime_part) parts;
	int number;
};

struct headers {
	struct mime_header *v;
	size_t n;
};

static struct str header(const struct headers *h, const char *name)
{
	for (size_t i = 0; i < h->n; i++)
		if (str_ieq(h->v[i].name, str_of(name)))
			return h->v[i].value;
	return (struct str){ 0 };
}

/* One address: "Name <a@b>", <a@b>, a@b. */
static struct mime_address address(struct arena *a, struct str s)
{
	ptrdiff_t open = str_chr(s, '<'), close = str_chr(s, '>');
	if (open < 0 || close < open)
		return (struct mime_address){ { "", 0 }, str_trim(s) };
	struct str name = str_trim(str_sub(s, 0, (size_t)open));
	if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
		name = str_sub(name, 1, name.n - 2);
	char *p = arena_strndup(a, name.n ? name.p : "", name.n);
	size_t n = 0;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '\\' && i + 1 < name.n)
			i++;
		p[n++] = name.p[i];
	}
	return (struct mime_address){ mime_decode_words(a, (struct str){ p, n }),
				      str_sub(s, (size_t)open + 1, (size_t)(close - open) - 1) };
}

/* Bytes up to the comma that ends an address: not one inside quotes. */
static size_t address_end(struct str s)
{
	bool is_quoted = false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\' && is_quoted)
			i++;
		else if (s.p[i] == '"')
			is_quoted = !is_quoted;
		else if (s.p[i] == ',' && !is_quoted)
			return i;
	}
	return s.n;
}

static struct mime_addresses addresses(struct arena *a, struct str s)
{
	VEC(struct mime_address) v = { 0 };
	while (s.n && v.n < MIME_ADDRESSES_MAX) {
		size_t n = address_end(s);
		struct str one = str_trim(str_sub(s, 0, n));
		if (one.n) {
			struct mime_address found = address(a, one);
			VEC_PUSH(a, &v, found);
		}
		s = str_from(s, n + 1);
	}
	return (struct mime_addresses){ v.v, v.n };
}

static struct str without_brackets(struct str s)
{
	s = str_trim(s);
	return s.n >= 2 && s.p[0] == '<' && s.p[s.n - 1] == '>' ? str_sub(s, 1, s.n - 2) : s;
}

static void read_part(struct reading *r, struct str raw, int depth);

/* The parts between the lines of a boundary. */
static void read_parts(struct reading *r, struct str body, struct str boundary, int depth)
{
	struct str mark = str_of(arena_printf(r->a, "--%.*s", STR_ARG(boundary)));
	ptrdiff_t at = str_find(body, mark);
	while (at >= 0 && r->number < MIME_PARTS_MAX) {
		body = str_from(body, (size_t)at + mark.n);
		if (str_starts(body, STR("--")))
			return;
		ptrdiff_t eol = str_chr(body, '\n');
		if (eol < 0)
			return;
		body = str_from(body, (size_t)eol + 1);
		at = str_find(body, mark);
		struct str part = at < 0 ? body : str_sub(body, 0, (size_t)at);
		if (str_ends(part, STR("\n")))
			part.n--;
		if (str_ends(part, STR("\r")))
			part.n--;
		read_part(r, part, depth + 1);
	}
}

static void add_file(struct reading *r, const struct headers *h, struct mime_part *p,
		     struct str disposition)
{
	struct str name = mime_parameter(r->a, disposition, "filename");
	if (!name.n)
		name = mime_parameter(r->a, header(h, "Content-Type"), "name");
	p->file_name = mime_decode_words(r->a, name);
	p->content_id = without_brackets(header(h, "Content-ID"));
	p->is_inline =
		p->content_id.n > 0 || str_is(mime_parameter(r->a, disposition, NULL), "inline");
	VEC_PUSH(r->a, &r->parts, *p);
}

static void read_part(struct reading *r, struct str raw, int depth)
{
	struct headers h;
	h.v = mime_headers(r->a, &raw, &h.n);
	struct str content = header(&h, "Content-Type");
	struct str disposition = header(&h, "Content-Disposition");
	struct mime_part p = { .type = mime_parameter(r->a, content, NULL) };
	if (!p.type.n)
		p.type = STR("text/plain");
	struct str boundary = mime_parameter(r->a, content, "boundary");
	if (str_starts(p.type, STR("multipart/")) && boundary.n && depth < MIME_DEPTH_MAX) {
		read_parts(r, raw, boundary, depth);
		return;
	}
	p.number = ++r->number;
	p.body = mime_decode(r->a, raw, str_trim(header(&h, "Content-Transfer-Encoding")));
	bool is_file = str_is(mime_parameter(r->a, disposition, NULL), "attachment");
	if (!is_file && str_is(p.type, "text/plain") && !r->m->text.n)
		r->m->text = mime_to_utf8(r->a, p.body);
	else if (!is_file && str_is(p.type, "text/html") && !r->m->html.n)
		r->m->html = mime_to_utf8(r->a, p.body);
	else
		add_file(r, &h, &p, disposition);
}

struct mime_message mime_read(struct arena *a, struct str raw)
{
	struct mime_message m = { 0 };
	struct reading r = { .a = a, .m = &m };
	struct headers h;
	struct str rest = raw;
	h.v = mime_headers(a, &rest, &h.n);
	m.from = addresses(a, header(&h, "From"));
	m.to = addresses(a, header(&h, "To"));
	m.cc = addresses(a, header(&h, "Cc"));
	m.bcc = addresses(a, header(&h, "Bcc"));
	m.reply_to = addresses(a, header(&h, "Reply-To"));
	m.id = without_brackets(header(&h, "Message-ID"));
	m.subject = mime_decode_words(a, header(&h, "Subject"));
	m.date = header(&h, "Date");
	m.return_path = without_brackets(header(&h, "Return-Path"));
	read_part(&r, raw, 0);
	if (!m.text.n && m.html.n) {
		BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
		html_to_text(m.html, true, &b);
		m.text = str_copy(a, buf_view(&b));
	}
	m.parts = r.parts.v;
	m.n_parts = r.parts.n;
	return m;
}
