#include "sql/syscat/names.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "sql/builtin.h"
#include "sql/parse.h"
#include "sql/syscat/syscat.h"

#include <string.h>

enum { NAME_TEXT_MAX = 1024, ARGS_MAX = 64 };

bool sysname_is_reg(uint32_t oid)
{
	return oid == REG_CLASS || oid == REG_TYPE || oid == REG_PROC || oid == REG_PROCEDURE ||
	       oid == REG_ROLE || oid == REG_NAMESPACE;
}

/* ---- splitting ---- */

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

int sysname_split(struct ctx *c, struct str text, struct str *ret_schema, struct str *ret_name)
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

/* ---- relations ---- */

static uint32_t index_along(const struct deparse *d, struct str schema, struct str name)
{
	const struct index *ix =
		schema.n ? catalog_index_by_name(d->cat, schema, name, NULL) : NULL;
	struct str element;
	size_t pos = 0;
	while (!ix && !schema.n && search_path_next(d->search_path, &pos, &element))
		ix = catalog_index_by_name(d->cat, element, name, NULL);
	return ix ? ix->oid : 0;
}

static uint32_t class_oid(const struct deparse *d, struct str schema, struct str name)
{
	const struct relation *rel =
		schema.n ? syscat_relation(schema, name) : syscat_find(d->search_path, name);
	if (!rel)
		rel = schema.n ? catalog_relation(d->cat, schema, name)
			       : catalog_find_relation(d->cat, d->search_path, name);
	return rel ? rel->oid : index_along(d, schema, name);
}

static const char *qualified(const struct deparse *d, const char *schema, const char *name)
{
	BUF_CLEANUP struct buf b = buf_make(NAME_TEXT_MAX);
	if (schema) {
		sql_put_ident(&b, str_of(schema));
		buf_char(&b, '.');
	}
	sql_put_ident(&b, str_of(name));
	return buf_dup(d->a, &b);
}

static const char *class_text(const struct deparse *d, uint32_t oid)
{
	const struct relation *rel = catalog_relation_by_oid(d->cat, oid);
	if (!rel)
		rel = syscat_relation_by_oid(oid);
	if (rel)
		return qualified(d, rel->schema, rel->name);
	const struct index *ix = syscat_index(d->cat, oid, &rel);
	return ix ? qualified(d, rel->schema, ix->name) : NULL;
}

/* ---- types ---- */

static struct str without_modifier(struct ctx *c, struct str text)
{
	const char *open = memchr(text.p, '(', text.n);
	const char *close = open ? memchr(open, ')', text.n - (size_t)(open - text.p)) : NULL;
	if (!close)
		return text;
	size_t before = (size_t)(open - text.p);
	struct str rest = str_from(text, (size_t)(close + 1 - text.p));
	return str_trim(
		str_of(arena_printf(c->arena, "%.*s%.*s", (int)before, text.p, STR_ARG(rest))));
}

static bool is_quoted_or_dotted(struct str text)
{
	return memchr(text.p, '"', text.n) || memchr(text.p, '.', text.n);
}

const struct type *sysname_type(struct ctx *c, const struct deparse *d, struct str text)
{
	bool is_array = false;
	const struct type *t;
	struct str schema = STR(""), name;
	text = str_trim(text);
	while (text.n > 2 && text.p[text.n - 1] == ']' && text.p[text.n - 2] == '[') {
		text = str_trim(str_sub(text, 0, text.n - 2));
		is_array = true;
	}
	text = without_modifier(c, text);
	if (text.n == 0)
		return NULL;
	name = str_lower(c->arena, text);
	if (is_quoted_or_dotted(text)) {
		struct ctx own = { .arena = c->arena };
		if (sysname_split(&own, text, &schema, &name) < 0)
			return NULL;
	}
	t = catalog_find_type(d->cat, d->search_path, schema, name);
	if (!t) {
		const struct relation *rel =
			schema.n ? catalog_relation(d->cat, schema, name)
				 : catalog_find_relation(d->cat, d->search_path, name);
		t = rel ? rel->row_type : NULL;
	}
	return t && is_array ? t->array : t;
}

/* ---- functions ---- */

struct signature {
	struct str schema, name;
	const struct type *args[ARGS_MAX];
	int n; /* -1: any */
};

static bool is_input(char mode)
{
	return mode != 'o' && mode != 't';
}

static bool matches_function(const struct function *f, const struct signature *s)
{
	int n = 0;
	for (uint16_t i = 0; s->n >= 0 && i < f->n_args; i++) {
		if (!is_input(f->args[i].mode))
			continue;
		if (n >= s->n || f->args[i].type.type->oid != s->args[n]->oid)
			return false;
		n++;
	}
	return s->n < 0 || n == s->n;
}

static bool in_schema(const struct deparse *d, const struct signature *s, const char *schema)
{
	return s->schema.n ? str_is(s->schema, schema) : deparse_is_visible(d, schema);
}

static bool matches_builtin(const struct builtin *b, const struct signature *s)
{
	bool is_function = b->kind != BUILTIN_OP && b->kind != BUILTIN_CAST;
	if (!is_function || !str_is(s->name, b->name) || (s->n >= 0 && s->n != b->n_args))
		return false;
	for (int i = 0; i < s->n; i++) {
		if (b->args[i]->oid != s->args[i]->oid)
			return false;
	}
	return true;
}

static uint32_t function_oid(const struct deparse *d, const struct signature *s, int *ret_n)
{
	uint32_t found = 0;
	*ret_n = 0;
	for (size_t i = 0; i < d->cat->functions.n; i++) {
		const struct function *f = d->cat->functions.v[i];
		if (!str_is(s->name, f->name) || !in_schema(d, s, f->schema) ||
		    !matches_function(f, s))
			continue;
		found = found ? found : f->oid;
		++*ret_n;
	}
	for (size_t i = 0; i < builtin_count(); i++) {
		const struct builtin *b = builtin_at(i);
		if (!matches_builtin(b, s) || !in_schema(d, s, b->schema))
			continue;
		found = found ? found : syscat_oid(SYS_BUILTIN, (uint32_t)i, b->name);
		++*ret_n;
	}
	return found;
}

static int find_function(struct ctx *c, const struct deparse *d, struct str text, uint32_t *ret)
{
	struct signature s = { .n = -1 };
	int n;
	TRY(sysname_split(c, text, &s.schema, &s.name));
	*ret = function_oid(d, &s, &n);
	if (n > 1)
		return err_set(c, "42725", "more than one function named \"%.*s\"", STR_ARG(text));
	return 0;
}

/* name(type, type) */
static int find_procedure(struct ctx *c, const struct deparse *d, struct str text, uint32_t *ret)
{
	struct signature s = { .n = 0 };
	const char *open = memchr(text.p, '(', text.n);
	int n;
	*ret = 0;
	text = str_trim(text);
	if (!open || text.p[text.n - 1] != ')')
		return err_set(c, "22P02", "expected a left parenthesis");
	TRY(sysname_split(c, str_sub(text, 0, (size_t)(open - text.p)), &s.schema, &s.name));
	struct str args = str_sub(text, (size_t)(open + 1 - text.p),
				  text.n - (size_t)(open + 1 - text.p) - 1);
	args = str_trim(args);
	while (args.n && s.n < ARGS_MAX) {
		const struct type *t = sysname_type(c, d, str_trim(str_split(&args, ',')));
		if (!t)
			return 0;
		s.args[s.n++] = t;
	}
	*ret = function_oid(d, &s, &n);
	return 0;
}

static const struct builtin *builtin_of(uint32_t oid)
{
	for (size_t i = 0; oid >= 0x60000000u && i < builtin_count(); i++) {
		if (syscat_oid(SYS_BUILTIN, (uint32_t)i, builtin_at(i)->name) == oid)
			return builtin_at(i);
	}
	return NULL;
}

static void put_types(const struct deparse *d, struct buf *b, const struct function *f,
		      const struct builtin *own)
{
	size_t start = b->n, n = f ? f->n_args : own->n_args;
	for (size_t i = 0; i < n; i++) {
		const struct type *t = f ? f->args[i].type.type : own->args[i];
		if (f && !is_input(f->args[i].mode))
			continue;
		buf_puts(b, b->n > start ? "," : "");
		const struct type *plain = t->kind == TYPE_ARRAY ? t->elem : t;
		if (plain->oid >= CATALOG_FIRST_OID &&
		    catalog_find_type(d->cat, d->search_path, STR(""), str_of(plain->name)) !=
			    plain) {
			sql_put_ident(b, str_of(plain->schema));
			buf_char(b, '.');
		}
		buf_puts(b, type_format(d->a, TYPEREF(t)));
	}
}

static const char *function_text(const struct deparse *d, uint32_t oid, bool with_args)
{
	BUF_CLEANUP struct buf b = buf_make(64 << 10);
	const struct function *f = syscat_function(d->cat, oid);
	const struct builtin *own = f ? NULL : builtin_of(oid);
	if (!f && !own)
		return NULL;
	const char *schema = f ? f->schema : own->schema;
	buf_puts(&b, qualified(d, deparse_is_visible(d, schema) ? NULL : schema,
			       f ? f->name : own->name));
	if (with_args) {
		buf_char(&b, '(');
		put_types(d, &b, f, own);
		buf_char(&b, ')');
	}
	return buf_dup(d->a, &b);
}

/* ---- all kinds ---- */

static int find_name(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text,
		     uint32_t *ret)
{
	struct str schema, name;
	if (kind == REG_PROC)
		return find_function(c, d, text, ret);
	if (kind == REG_PROCEDURE)
		return find_procedure(c, d, text, ret);
	if (kind == REG_TYPE) {
		const struct type *t = sysname_type(c, d, text);
		*ret = t ? t->oid : 0;
		return 0;
	}
	TRY(sysname_split(c, text, &schema, &name));
	if (kind == REG_CLASS) {
		*ret = class_oid(d, schema, name);
		return 0;
	}
	const char *copy = str_dup(c->arena, name);
	if (kind == REG_ROLE)
		*ret = catalog_role(d->cat, name) ? syscat_role_oid(copy) : 0;
	else
		*ret = catalog_schema(d->cat, name) || syscat_schema_oid(copy) < CATALOG_FIRST_OID
			       ? syscat_schema_oid(copy)
			       : 0;
	return 0;
}

int sysname_find(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text,
		 uint32_t *ret)
{
	int64_t oid;
	uint32_t found = 0;
	if (str_to_i64(text, &oid) && oid >= 0 && oid <= UINT32_MAX)
		found = (uint32_t)oid;
	else if (!str_is(text, "-"))
		TRY(find_name(c, d, kind, text, &found));
	*ret = found;
	return 0;
}

int sysname_oid(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text,
		uint32_t *ret)
{
	TRY(sysname_find(c, d, kind, text, ret));
	if (*ret || str_is(text, "-") || str_is(text, "0"))
		return 0;
	switch (kind) {
	case REG_CLASS:
		return err_set(c, "42P01", "relation \"%.*s\" does not exist", STR_ARG(text));
	case REG_TYPE:
		return err_set(c, "42704", "type \"%.*s\" does not exist", STR_ARG(text));
	case REG_ROLE:
		return err_set(c, "42704", "role \"%.*s\" does not exist", STR_ARG(text));
	case REG_NAMESPACE:
		return err_set(c, "3F000", "schema \"%.*s\" does not exist", STR_ARG(text));
	default:
		return err_set(c, "42883", "function \"%.*s\" does not exist", STR_ARG(text));
	}
}

static const char *name_of(const struct deparse *d, uint32_t kind, uint32_t oid)
{
	const char *name = NULL;
	switch (kind) {
	case REG_CLASS:
		return class_text(d, oid);
	case REG_TYPE: {
		const struct type *t = syscat_type(d->cat, oid);
		return t ? type_format(d->a, TYPEREF(t)) : NULL;
	}
	case REG_PROC:
	case REG_PROCEDURE:
		return function_text(d, oid, kind == REG_PROCEDURE);
	case REG_ROLE:
		name = syscat_role_name(d->cat, oid);
		break;
	case REG_NAMESPACE:
		name = syscat_schema_name(d->cat, oid);
		break;
	default:
		break;
	}
	return name ? qualified(d, NULL, name) : NULL;
}

const char *sysname_text(const struct deparse *d, uint32_t kind, uint32_t oid)
{
	const char *name = oid ? name_of(d, kind, oid) : "-";
	return name ? name : arena_printf(d->a, "%u", oid);
}

const char *sysname_shown(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text)
{
	struct str schema, name;
	uint32_t with = 0, without = 0;
	const char *as_is = str_dup(d->a, text);
	struct ctx own = { .arena = c->arena };
	if (kind != REG_CLASS || str_is(text, "-") ||
	    sysname_split(&own, text, &schema, &name) < 0 || !schema.n)
		return as_is;
	with = class_oid(d, schema, name);
	without = class_oid(d, STR(""), name);
	return with && with == without ? qualified(d, NULL, str_dup(d->a, name)) : as_is;
}
