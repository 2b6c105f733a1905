#include "engine/sqlite/regclass.h"

#include "base/arena.h"
#include "base/buf.h"
#include "engine/sqlite/plan_cache.h"

enum { NAME_TEXT_MAX = 1024 };

static int bad_name(struct ctx *c)
{
	return err_set(c, "42602", "invalid name syntax");
}

/* One part of the name; moves *text behind it. */
static int take_part(struct ctx *c, struct str *text, struct str *ret)
{
	BUF_CLEANUP struct buf b = buf_make(NAME_TEXT_MAX);
	size_t i = 0;
	if (text->n && text->p[0] == '"') {
		for (i = 1; i < text->n; i++) {
			if (text->p[i] == '"' && (i + 1 >= text->n || text->p[i + 1] != '"'))
				break;
			i += text->p[i] == '"';
			buf_char(&b, text->p[i]);
		}
		if (i++ >= text->n)
			return bad_name(c);
	} else {
		for (; i < text->n && text->p[i] != '.' && text->p[i] != '"'; i++) {
			char ch = text->p[i];
			buf_char(&b, ch >= 'A' && ch <= 'Z' ? (char)(ch + 32) : ch);
		}
	}
	if (!b.n || !buf_ok(&b))
		return bad_name(c);
	*ret = str_copy(c->arena, buf_view(&b));
	*text = str_from(*text, i);
	return 0;
}

int regclass_split(struct ctx *c, struct str text, struct str *ret_schema, struct str *ret_name)
{
	struct str schema = STR(""), name;
	text = str_trim(text);
	TRY(take_part(c, &text, &name));
	while (text.n) {
		if (text.p[0] != '.')
			return bad_name(c);
		text = str_from(text, 1);
		schema = name;
		TRY(take_part(c, &text, &name));
	}
	*ret_schema = schema;
	*ret_name = name;
	return 0;
}

int regclass_find(struct ctx *c, struct sqlite_conn *cn, struct str text,
		  const struct relation **ret)
{
	struct str schema, name;
	int64_t oid;
	const struct relation *rel;
	if (str_to_i64(text, &oid)) {
		rel = catalog_relation_by_oid(cn->cat, (uint32_t)oid);
	} else {
		TRY(regclass_split(c, text, &schema, &name));
		rel = schema.n ? catalog_relation(cn->cat, schema, name)
			       : catalog_find_relation(cn->cat, sqlite_search_path(cn), name);
	}
	if (!rel)
		return err_set(c, "42P01", "relation \"%.*s\" does not exist", STR_ARG(text));
	*ret = rel;
	return 0;
}
