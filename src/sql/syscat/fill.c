/* Cells by column name, arrays, privileges: what the fill functions share. */
#include "sql/syscat/fill.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/json.h"
#include "sql/deparse.h"

#include <string.h>

enum { ARRAY_TEXT_MAX = 1 << 20 };

static bool is_number(const struct type *t)
{
	t = type_base(t);
	return t->kind == TYPE_BASE &&
	       (t->value == V_BOOL || t->value == V_INT2 || t->value == V_INT4 ||
		t->value == V_INT8 || t->value == V_OID || t->value == V_FLOAT4);
}

void fill_row(struct fill *f)
{
	size_t n = f->rel->columns.n;
	bool is_catalog = syscat_relkind(f->rel) == 'r';
	f->row = arena_array(f->a, n, sizeof(*f->row));
	f->at = 0;
	for (size_t i = 0; i < n; i++) {
		const struct type *t = f->rel->columns.v[i].type.type;
		f->row[i] = is_catalog && is_number(t) ? datum_int(0) : datum_null();
		if (is_catalog && t->oid == 18)
			f->row[i] = datum_text(STR(""));
		if (is_catalog && t->oid == 24)
			f->row[i] = datum_text(STR("-"));
		if (is_catalog && t->value == V_FLOAT4 && t->kind == TYPE_BASE)
			f->row[i] = datum_real(0);
	}
	VEC_PUSH(f->a, &f->out->rows, f->row);
}

/* Columns are mostly put in order: look behind the last one first. */
static struct datum *cell(struct fill *f, const char *column)
{
	size_t n = f->rel->columns.n;
	for (size_t i = 0; i < n; i++) {
		size_t k = (f->at + i) % n;
		if (strcmp(f->rel->columns.v[k].name, column) == 0) {
			f->at = k + 1;
			return &f->row[k];
		}
	}
	CHECK(false); /* the caller names a column of this relation */
	return NULL;
}

void put_int(struct fill *f, const char *column, int64_t v)
{
	*cell(f, column) = datum_int(v);
}

void put_bool(struct fill *f, const char *column, bool v)
{
	*cell(f, column) = datum_int(v);
}

void put_real(struct fill *f, const char *column, double v)
{
	*cell(f, column) = datum_real(v);
}

void put_text(struct fill *f, const char *column, const char *v)
{
	*cell(f, column) = v ? datum_text(str_of(v)) : datum_null();
}

void put_char(struct fill *f, const char *column, char v)
{
	put_text(f, column, v ? arena_strndup(f->a, &v, 1) : "");
}

void put_null(struct fill *f, const char *column)
{
	*cell(f, column) = datum_null();
}

void put_yes_no(struct fill *f, const char *column, bool v)
{
	put_text(f, column, v ? "YES" : "NO");
}

static void put_buf(struct fill *f, const char *column, struct buf *b)
{
	*cell(f, column) = datum_text(str_copy(f->a, buf_view(b)));
}

void put_numbers(struct fill *f, const char *column, const int64_t *v, size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(ARRAY_TEXT_MAX);
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i ? "," : "");
		buf_i64(&b, v[i]);
	}
	buf_char(&b, ']');
	put_buf(f, column, &b);
}

void put_attnums(struct fill *f, const char *column, const int16_t *v, size_t n)
{
	int64_t *wide = arena_array(f->a, n + 1, sizeof(*wide));
	for (size_t i = 0; i < n; i++)
		wide[i] = v[i];
	put_numbers(f, column, wide, n);
}

void put_texts(struct fill *f, const char *column, const char *const *v, size_t n)
{
	BUF_CLEANUP struct buf b = buf_make(ARRAY_TEXT_MAX);
	buf_char(&b, '[');
	for (size_t i = 0; i < n; i++) {
		buf_puts(&b, i ? "," : "");
		json_put_string(&b, str_of(v[i]));
	}
	buf_char(&b, ']');
	put_buf(f, column, &b);
}

/* ---- privileges ---- */

static const struct {
	uint32_t bit;
	const char *name;
	char letter;
} privileges[] = {
	{ PRIV_INSERT, "INSERT", 'a' },	    { PRIV_SELECT, "SELECT", 'r' },
	{ PRIV_UPDATE, "UPDATE", 'w' },	    { PRIV_DELETE, "DELETE", 'd' },
	{ PRIV_TRUNCATE, "TRUNCATE", 'D' }, { PRIV_REFERENCES, "REFERENCES", 'x' },
	{ PRIV_TRIGGER, "TRIGGER", 't' },   { PRIV_EXECUTE, "EXECUTE", 'X' },
	{ PRIV_USAGE, "USAGE", 'U' },	    { PRIV_CREATE, "CREATE", 'C' },
	{ PRIV_CONNECT, "CONNECT", 'c' },   { PRIV_TEMPORARY, "TEMPORARY", 'T' },
};
enum { N_PRIVILEGES = sizeof(privileges) / sizeof(privileges[0]) };

void put_acl(struct fill *f, const char *column, const struct acl *acl)
{
	const char *items[256];
	size_t n = 0;
	if (!acl)
		return;
	for (; acl && n < 256; acl = acl->next) {
		BUF_CLEANUP struct buf b = buf_make(1024);
		if (!acl->privs)
			continue;
		buf_printf(&b, "%s=", acl->grantee);
		for (size_t i = 0; i < N_PRIVILEGES; i++) {
			if (acl->privs & privileges[i].bit)
				buf_char(&b, privileges[i].letter);
			if (acl->grantable & privileges[i].bit)
				buf_char(&b, '*');
		}
		buf_printf(&b, "/%s", acl->grantor);
		items[n++] = buf_dup(f->a, &b);
	}
	put_texts(f, column, items, n);
}

bool fill_has_role(const struct fill *f, const char *role)
{
	return catalog_has_role(f->cat, str_of(f->env->role), str_of(role), true);
}

static void grants_of(struct fill *f, const struct acl *item,
		      void (*fn)(struct fill *, const struct grant_row *, const void *),
		      const void *arg)
{
	bool is_public = !*item->grantee;
	if (!is_public && !fill_has_role(f, item->grantee) && !fill_has_role(f, item->grantor))
		return;
	for (size_t i = 0; i < N_PRIVILEGES; i++) {
		struct grant_row row = { item->grantor, is_public ? "PUBLIC" : item->grantee,
					 privileges[i].name, item->grantable & privileges[i].bit };
		if (item->privs & privileges[i].bit)
			fn(f, &row, arg);
	}
}

void each_grant(struct fill *f, const char *owner, const struct acl *acl, char kind,
		void (*fn)(struct fill *, const struct grant_row *, const void *), const void *arg)
{
	for (const struct acl *item = acl; item; item = item->next) {
		struct acl own = *item;
		/* the owner may always grant on */
		if (strcmp(item->grantee, owner) == 0)
			own.grantable = own.privs;
		grants_of(f, &own, fn, arg);
	}
	if (acl)
		return;
	uint32_t all = acl_all_privs(kind);
	struct acl owners = { .grantee = owner, .grantor = owner, .privs = all, .grantable = all };
	struct acl publics = { .grantee = "", .grantor = owner, .privs = acl_public_privs(kind) };
	grants_of(f, &publics, fn, arg);
	grants_of(f, &owners, fn, arg);
}

/* ---- objects ---- */

const struct relation *fill_relation(const struct fill *f, size_t i)
{
	if (i < f->cat->relations.n)
		return f->cat->relations.v[i];
	i -= f->cat->relations.n;
	return i < syscat_count() ? syscat_at(i) : NULL;
}

const struct type *fill_type(const struct fill *f, size_t i)
{
	size_t n = type_builtin_count();
	if (i < n)
		return type_builtin_at(i);
	i -= n;
	return i < f->cat->types.n ? f->cat->types.v[i] : NULL;
}

bool is_table(const struct relation *rel)
{
	return rel->kind == REL_TABLE || rel->kind == REL_MATVIEW || rel->kind == REL_PARTITIONED;
}

int type_length(const struct type *t)
{
	static const int8_t lengths[V_TYPE_COUNT] = {
		[V_BOOL] = 1,	     [V_INT2] = 2,	[V_INT4] = 4,	 [V_INT8] = 8,
		[V_OID] = 4,	     [V_FLOAT4] = 4,	[V_FLOAT8] = 8,	 [V_UUID] = 16,
		[V_DATE] = 4,	     [V_TIME] = 8,	[V_TIMETZ] = 12, [V_TIMESTAMP] = 8,
		[V_TIMESTAMPTZ] = 8, [V_INTERVAL] = 16, [V_NAME] = 64,
	};
	t = type_base(t);
	if (t->kind == TYPE_ENUM || t->oid == 24 || (t->oid >= 2202 && t->oid <= 2206))
		return 4;
	if (t->oid == 18)
		return 1;
	if (t->kind != TYPE_BASE || t->value >= V_TYPE_COUNT)
		return -1;
	return lengths[t->value] ? lengths[t->value] : -1;
}

uint32_t relation_type_oid(const struct relation *rel)
{
	return rel->row_type ? rel->row_type->oid : 0;
}

const char *fill_expr(struct fill *f, const struct relation *rel, const struct stored_sql *sql)
{
	return sql->text ? deparse_expr(&f->d, rel, sql, NULL) : NULL;
}
