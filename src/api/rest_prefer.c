#include "api/rest_prefer.h"

#include "base/buf.h"

enum kind { K_RESOLUTION, K_MISSING, K_RETURN, K_COUNT, K_TX, K_HANDLING, KIND_COUNT };

static const struct token {
	const char *text;
	enum kind kind;
	int value;
} tokens[] = {
	{ "resolution=merge-duplicates", K_RESOLUTION, RESOLUTION_MERGE },
	{ "resolution=ignore-duplicates", K_RESOLUTION, RESOLUTION_IGNORE },
	{ "missing=default", K_MISSING, MISSING_DEFAULT },
	{ "missing=null", K_MISSING, MISSING_NULL },
	{ "return=representation", K_RETURN, RETURN_FULL },
	{ "return=minimal", K_RETURN, RETURN_MINIMAL },
	{ "return=headers-only", K_RETURN, RETURN_HEADERS },
	{ "count=exact", K_COUNT, COUNT_EXACT },
	{ "count=planned", K_COUNT, COUNT_PLANNED },
	{ "count=estimated", K_COUNT, COUNT_ESTIMATED },
	{ "tx=commit", K_TX, PREFER_TX_COMMIT },
	{ "tx=rollback", K_TX, PREFER_TX_ROLLBACK },
	{ "handling=strict", K_HANDLING, HANDLING_STRICT },
	{ "handling=lenient", K_HANDLING, HANDLING_LENIENT },
};
enum { TOKEN_COUNT = sizeof(tokens) / sizeof(*tokens) };

static int get(const struct preferences *p, enum kind kind)
{
	const int values[KIND_COUNT] = { [K_RESOLUTION] = (int)p->resolution,
					 [K_MISSING] = (int)p->missing,
					 [K_RETURN] = (int)p->ret,
					 [K_COUNT] = (int)p->count,
					 [K_TX] = (int)p->tx,
					 [K_HANDLING] = (int)p->handling };
	return values[kind];
}

static void set(struct preferences *p, enum kind kind, int value)
{
	switch (kind) {
	case K_RESOLUTION:
		p->resolution = (enum prefer_resolution)value;
		break;
	case K_MISSING:
		p->missing = (enum prefer_missing)value;
		break;
	case K_RETURN:
		p->ret = (enum prefer_return)value;
		break;
	case K_COUNT:
		p->count = (enum prefer_count)value;
		break;
	case K_TX:
		p->tx = (enum prefer_tx)value;
		break;
	case K_HANDLING:
		p->handling = (enum prefer_handling)value;
		break;
	case KIND_COUNT:
		break;
	}
}

static const struct token *find(struct str text)
{
	for (size_t i = 0; i < TOKEN_COUNT; i++)
		if (str_is(text, tokens[i].text))
			return &tokens[i];
	return NULL;
}

static void add(struct arena *a, struct preferences *p, struct str text, bool allow_tx)
{
	const struct token *t = find(text);
	if (t) {
		if ((t->kind != K_TX || allow_tx) && !get(p, t->kind))
			set(p, t->kind, t->value);
		return;
	}
	if (str_starts(text, STR("timezone="))) {
		if (!p->timezone.p)
			p->timezone = str_from(text, 9);
		return;
	}
	if (str_starts(text, STR("max-affected="))) {
		if (!p->has_max_affected)
			p->has_max_affected = str_to_i64(str_from(text, 13), &p->max_affected);
		return;
	}
	VEC_PUSH(a, &p->invalid, text);
}

void preferences_add(struct arena *a, struct preferences *p, struct str header, bool allow_tx)
{
	while (header.p) {
		struct str one = str_trim(str_split(&header, ','));
		add(a, p, one, allow_tx);
	}
}

static void put(struct buf *b, const char *text)
{
	if (b->n)
		buf_puts(b, ", ");
	buf_puts(b, text);
}

void preferences_applied(struct buf *b, const struct preferences *p)
{
	for (size_t i = 0; i < TOKEN_COUNT; i++)
		if (get(p, tokens[i].kind) == tokens[i].value)
			put(b, tokens[i].text);
	if (p->timezone.p) {
		put(b, "timezone=");
		buf_str(b, p->timezone);
	}
	if (p->has_max_affected && p->handling == HANDLING_STRICT) {
		put(b, "max-affected=");
		buf_i64(b, p->max_affected);
	}
}
