/* Extensions, publications, event triggers. */
#include "base/arena.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

#include <string.h>

void fill_pg_extension(struct fill *f)
{
	for (size_t i = 0; i < f->cat->extensions.n; i++) {
		const struct extension *e = f->cat->extensions.v[i];
		fill_row(f);
		put_int(f, "oid", e->oid);
		put_text(f, "extname", e->name);
		put_int(f, "extowner", syscat_role_oid(e->owner));
		put_int(f, "extnamespace", syscat_schema_oid(e->schema));
		put_bool(f, "extrelocatable", true);
		put_text(f, "extversion", e->version);
	}
}

void fill_pg_available_extensions(struct fill *f)
{
	for (size_t i = 0; i < f->cat->extensions.n; i++) {
		const struct extension *e = f->cat->extensions.v[i];
		fill_row(f);
		put_text(f, "name", e->name);
		put_text(f, "default_version", e->version);
		put_text(f, "installed_version", e->version);
		put_text(f, "comment", e->comment);
	}
}

/* ---- publications ---- */

void fill_pg_publication(struct fill *f)
{
	for (size_t i = 0; i < f->cat->publications.n; i++) {
		const struct publication *p = f->cat->publications.v[i];
		fill_row(f);
		put_int(f, "oid", p->oid);
		put_text(f, "pubname", p->name);
		put_int(f, "pubowner", syscat_role_oid(p->owner));
		put_bool(f, "puballtables", p->all_tables);
		put_bool(f, "pubinsert", p->inserts);
		put_bool(f, "pubupdate", p->updates);
		put_bool(f, "pubdelete", p->deletes);
		put_bool(f, "pubtruncate", p->truncates);
		put_bool(f, "pubviaroot", p->via_root);
	}
}

void fill_pg_publication_rel(struct fill *f)
{
	for (size_t i = 0; i < f->cat->publications.n; i++) {
		const struct publication *p = f->cat->publications.v[i];
		for (size_t k = 0; k < p->tables.n; k++) {
			const struct publication_table *t = &p->tables.v[k];
			fill_row(f);
			put_int(f, "oid", syscat_oid(SYS_OTHER, t->rel_oid, p->name));
			put_int(f, "prpubid", p->oid);
			put_int(f, "prrelid", t->rel_oid);
			if (t->n_columns)
				put_attnums(f, "prattrs", t->columns, t->n_columns);
		}
	}
}

static void publication_row(struct fill *f, const struct publication *p, const struct relation *rel,
			    const struct publication_table *t)
{
	const char **names = arena_array(f->a, rel->columns.n + 1, sizeof(*names));
	size_t n = 0;
	for (size_t i = 0; i < rel->columns.n; i++) {
		bool is_listed = !t || !t->n_columns;
		for (uint16_t k = 0; t && k < t->n_columns; k++)
			is_listed |= t->columns[k] == rel->columns.v[i].attnum;
		if (is_listed)
			names[n++] = rel->columns.v[i].name;
	}
	fill_row(f);
	put_text(f, "pubname", p->name);
	put_text(f, "schemaname", rel->schema);
	put_text(f, "tablename", rel->name);
	put_texts(f, "attnames", names, n);
}

static bool has_schema(const struct publication *p, const char *schema)
{
	for (size_t i = 0; i < p->schemas.n; i++) {
		if (strcmp(p->schemas.v[i], schema) == 0)
			return true;
	}
	return p->all_tables;
}

static const struct publication_table *member(const struct publication *p, uint32_t oid)
{
	for (size_t i = 0; i < p->tables.n; i++) {
		if (p->tables.v[i].rel_oid == oid)
			return &p->tables.v[i];
	}
	return NULL;
}

void fill_pg_publication_tables(struct fill *f)
{
	for (size_t i = 0; i < f->cat->publications.n; i++) {
		const struct publication *p = f->cat->publications.v[i];
		for (size_t k = 0; k < f->cat->relations.n; k++) {
			const struct relation *rel = f->cat->relations.v[k];
			const struct publication_table *t = member(p, rel->oid);
			if (rel->kind == REL_TABLE && (t || has_schema(p, rel->schema)))
				publication_row(f, p, rel, t);
		}
	}
}

void fill_pg_event_trigger(struct fill *f)
{
	for (size_t i = 0; i < f->cat->event_triggers.n; i++) {
		const struct event_trigger *t = f->cat->event_triggers.v[i];
		fill_row(f);
		put_int(f, "oid", t->oid);
		put_text(f, "evtname", t->name);
		put_text(f, "evtevent", t->event);
		put_int(f, "evtowner", syscat_role_oid(t->owner));
		put_char(f, "evtenabled", t->enabled ? t->enabled : 'O');
		if (t->tags.n)
			put_texts(f, "evttags", t->tags.v, t->tags.n);
	}
}
