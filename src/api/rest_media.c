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

/* The next parameter of a media type; a quoted value may hold semicolons. */
static bool next_param(struct arena *a, struct str *rest, struct str *name, struct str *value)
{
	bool is_quoted = false;
	size_t n = 0;
	if (!rest->p)
		return false;
	for (; n < rest->n && (is_quoted || rest->p[n] != ';'); n++)
		is_quoted ^= rest->p[n] == '"';
	*value = str_sub(*rest, 0, n);
	*rest = n < rest->n ? str_from(*rest, n + 1) : (struct str){ 0 };
	*name = str_lower(a, str_trim(str_split(value, '=')));
	*value = str_trim(*value);
	if (value->n >= 2 && value->p[0] == '"' && value->p[value->n - 1] == '"')
		*value = str_sub(*value, 1, value->n - 2);
	return true;
}

static const char *const plan_options[] = { "analyze", "verbose", "settings", "buffers", "wal" };
enum { PLAN_OPTION_COUNT = sizeof(plan_options) / sizeof(*plan_options) };

static uint32_t options_of(struct str list)
{
	uint32_t bits = 0;
	while (list.p) {
		struct str one = str_split(&list, '|');
		for (size_t i = 0; i < PLAN_OPTION_COUNT; i++)
			if (str_is(one, plan_options[i]))
				bits |= 1u << i;
	}
	return bits;
}

struct media media_parse(struct arena *a, struct str text)
{
	struct media m = { .kind = MEDIA_OTHER, .text = text };
	struct str params = text, name, value;
	struct str base = str_lower(a, str_trim(str_split(&params, ';')));
	bool stripped = false;
	for (size_t i = 0; i < NAME_COUNT && m.kind == MEDIA_OTHER; i++)
		if (str_is(base, names[i].name))
			m.kind = names[i].kind;
	m.plan_is_json = m.kind == MEDIA_PLAN && str_ends(base, STR("+json"));
	m.plan_for = STR("application/json");
	while (next_param(a, &params, &name, &value)) {
		if (str_is(name, "nulls"))
			stripped = str_is(value, "stripped");
		else if (str_is(name, "for"))
			m.plan_for = value;
		else if (str_is(name, "options"))
			m.plan_options = options_of(value);
	}
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

static const char *plan_name(struct arena *a, const struct media *m)
{
	struct media target = media_parse(a, m->plan_for);
	const char *name = arena_printf(
		a, "application/vnd.pgrst.plan+%s; for=\"%s\"", m->plan_is_json ? "json" : "text",
		target.kind == MEDIA_PLAN ? "application/json" : media_name(a, &target));
	const char *before = "; options=";
	for (size_t i = 0; i < PLAN_OPTION_COUNT; i++) {
		if (!(m->plan_options & 1u << i))
			continue;
		name = arena_printf(a, "%s%s%s", name, before, plan_options[i]);
		before = "|";
	}
	return name;
}

const char *media_name(struct arena *a, const struct media *m)
{
	if (m->kind == MEDIA_PLAN)
		return plan_name(a, m);
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
