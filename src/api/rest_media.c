#include "api/rest_media.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	enum media_kind kind;
} names[] = { { "application/json", MEDIA_JSON },
	      { "text/csv", MEDIA_CSV },
	      { "application/vnd.pgrst.object+json", MEDIA_OBJECT },
	      { "application/vnd.pgrst.object", MEDIA_OBJECT },
	      { "application/vnd.pgrst.array+json", MEDIA_ARRAY_STRIPPED },
	      { "application/vnd.pgrst.array", MEDIA_ARRAY_STRIPPED },
	      { "application/geo+json", MEDIA_GEOJSON },
	      { "application/openapi+json", MEDIA_OPENAPI },
	      { "text/plain", MEDIA_TEXT },
	      { "text/xml", MEDIA_XML },
	      { "application/x-www-form-urlencoded", MEDIA_FORM },
	      { "application/octet-stream", MEDIA_OCTETS },
	      { "application/vnd.pgrst.plan", MEDIA_PLAN },
	      { "application/vnd.pgrst.plan+text", MEDIA_PLAN },
	      { "application/vnd.pgrst.plan+json", MEDIA_PLAN },
	      { "*/*", MEDIA_ANY } };
enum { NAME_COUNT = sizeof(names) / sizeof(*names) };

static bool has_stripped_nulls(struct arena *a, struct str params)
{
	while (params.p) {
		struct str p = str_lower(a, str_trim(str_split(&params, ';')));
		if (str_is(p, "nulls=stripped") || str_is(p, "nulls=\"stripped\""))
			return true;
	}
	return false;
}

struct media media_parse(struct arena *a, struct str text)
{
	struct media m = { .kind = MEDIA_OTHER, .text = text };
	struct str params = text;
	struct str base = str_lower(a, str_trim(str_split(&params, ';')));
	for (size_t i = 0; i < NAME_COUNT && m.kind == MEDIA_OTHER; i++)
		if (str_is(base, names[i].name))
			m.kind = names[i].kind;
	bool stripped = has_stripped_nulls(a, params);
	if (m.kind == MEDIA_ARRAY_STRIPPED && !stripped)
		m.kind = MEDIA_JSON;
	m.is_stripped = m.kind == MEDIA_OBJECT && stripped;
	return m;
}

struct weighted {
	struct str text;
	double q;
	int specificity;
	size_t order;
};

static struct weighted weigh(struct arena *a, struct str text, size_t order)
{
	char *p = arena_alloc(a, text.n + 1);
	struct weighted w = { .text = { p, 0 }, .q = 1, .order = order };
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] != ' ')
			p[w.text.n++] = text.p[i];
	p[w.text.n] = 0;
	ptrdiff_t q = str_find(w.text, STR(";q="));
	if (q >= 0) {
		char *end;
		double value = strtod(p + q + 3, &end);
		if (end != p + q + 3)
			w.q = value;
		w.text.n = (size_t)q;
	}
	for (size_t i = 0; i < w.text.n; i++)
		w.specificity += (p[i] == ';') - (p[i] == '*');
	return w;
}

static int compare_weighted(const void *a, const void *b)
{
	const struct weighted *x = a, *y = b;
	if (x->q < y->q || x->q > y->q)
		return x->q < y->q ? 1 : -1;
	if (x->specificity != y->specificity)
		return x->specificity < y->specificity ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

void media_accept(struct arena *a, struct str header, media_list *ret)
{
	if (!header.p) {
		VEC_PUSH(a, ret, ((struct media){ .kind = MEDIA_ANY }));
		return;
	}
	VEC(struct weighted) list = { 0 };
	while (header.p && list.n < 100) {
		struct weighted w = weigh(a, str_split(&header, ','), list.n);
		VEC_PUSH(a, &list, w);
	}
	qsort(list.v, list.n, sizeof(*list.v), compare_weighted);
	for (size_t i = 0; i < list.n; i++)
		VEC_PUSH(a, ret, media_parse(a, list.v[i].text));
}

const char *media_name(struct arena *a, const struct media *m)
{
	if (m->kind == MEDIA_OTHER)
		return str_dup(a, m->text);
	if (m->kind == MEDIA_ARRAY_STRIPPED)
		return "application/vnd.pgrst.array+json;nulls=stripped";
	if (m->kind == MEDIA_OBJECT && m->is_stripped)
		return "application/vnd.pgrst.object+json;nulls=stripped";
	for (size_t i = 0; i < NAME_COUNT; i++)
		if (names[i].kind == m->kind)
			return names[i].name;
	return "*/*";
}

const char *media_content_type(struct arena *a, const struct media *m)
{
	const char *name = media_name(a, m);
	if (m->kind == MEDIA_OCTETS || m->kind == MEDIA_OTHER)
		return name;
	return arena_printf(a, "%s; charset=utf-8", name);
}
