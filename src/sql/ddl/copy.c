/* COPY ... FROM stdin and TRUNCATE. */
#include "sql/ddl/statements.h"

#include <string.h>

static int copy_format(struct ctx *c, const struct json *stmt, bool *ret_csv)
{
	const struct json *options = json_get(stmt, "options");
	*ret_csv = false;
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		const struct json *elem = node_as(j, "DefElem");
		struct str name = json_get_str(elem, "defname", STR(""));
		struct str value = node_string(json_get(elem, "arg"));
		if (str_is(name, "format") && str_is(value, "csv"))
			*ret_csv = true;
		else if (str_is(name, "header") && !*ret_csv)
			return ddl_refuse(c, "COPY ... HEADER is supported with FORMAT csv only",
					  NULL);
		else if (!(str_is(name, "format") && str_is(value, "text")) &&
			 !str_is(name, "encoding") && !str_is(name, "freeze") &&
			 !str_is(name, "header"))
			return err_set(c, "0A000", "COPY option \"%.*s\" is not supported here",
				       STR_ARG(name));
	}
	return 0;
}

/* Drops the heading line of a CSV block. */
static struct str without_header(const struct json *stmt, struct str data)
{
	const struct json *options = json_get(stmt, "options");
	for (const struct json *j = options ? options->child : NULL; j; j = j->next) {
		if (str_is(json_get_str(node_as(j, "DefElem"), "defname", STR("")), "header")) {
			ptrdiff_t end = str_chr(data, '\n');
			return end < 0 ? STR("") : str_from(data, (size_t)end + 1);
		}
	}
	return data;
}

static int copy_columns(struct ctx *c, struct relation *rel, const struct json *names,
			const struct column ***ret, size_t *ret_n)
{
	size_t n = 0, max = names ? names->count : rel->columns.n;
	const struct column **cols = arena_array(c->arena, max, sizeof(*cols));
	for (const struct json *j = names ? names->child : NULL; j; j = j->next) {
		struct column *col;
		TRY(ddl_column(c, rel, node_string(j), &col));
		if (col->is_generated) {
			err_set(c, "42P10", "column \"%s\" is a generated column", col->name);
			return err_details(c, "Generated columns cannot be used in COPY.");
		}
		cols[n++] = col;
	}
	for (size_t i = 0; !names && i < rel->columns.n; i++) {
		if (!rel->columns.v[i].is_generated)
			cols[n++] = &rel->columns.v[i];
	}
	*ret = cols;
	*ret_n = n;
	return 0;
}

int ddl_copy(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct relation *rel;
	const struct column **cols = NULL;
	size_t n = 0;
	bool is_csv;
	if (!json_get_bool(stmt, "is_from", false) || json_get(stmt, "filename") ||
	    json_get_bool(stmt, "is_program", false))
		return ddl_refuse(c, "only COPY ... FROM stdin is supported here",
				  "Use INSERT, or COPY ... FROM stdin with the rows behind it.");
	TRY(ddl_relation(c, d, json_get(stmt, "relation"), false, &rel));
	if (rel->kind != REL_TABLE) {
		err_set(c, "42809", "cannot copy to %s \"%s\"", relation_kind_name(rel->kind),
			rel->name);
		return -1;
	}
	TRY(copy_format(c, stmt, &is_csv));
	TRY(copy_columns(c, rel, json_get(stmt, "attlist"), &cols, &n));
	if (strcmp(d->s->role, "postgres") != 0 &&
	    !relation_privs(d->cat, str_of(d->s->role), rel, PRIV_INSERT))
		return err_set(c, "42501", "permission denied for table %s", rel->name);
	return STORE(c, d, copy_from, rel, cols, n, is_csv, without_header(stmt, d->copy_data));
}

struct truncation {
	VEC(const struct relation *) rels;
};

static bool is_in(const struct truncation *t, uint32_t oid)
{
	for (size_t i = 0; i < t->rels.n; i++) {
		if (t->rels.v[i]->oid == oid)
			return true;
	}
	return false;
}

/* Tables whose foreign keys point at one of the list: added, or in the way. */
static int add_referencing(struct ctx *c, struct ddl *d, struct truncation *t, bool cascade)
{
	for (size_t i = 0; i < t->rels.n; i++) {
		const struct relation *target = t->rels.v[i];
		for (size_t k = 0; k < d->cat->relations.n; k++) {
			const struct relation *rel = d->cat->relations.v[k];
			for (size_t j = 0; j < rel->constraints.n; j++) {
				const struct constraint *con = rel->constraints.v[j];
				if (con->kind != CON_FOREIGN || con->ref_oid != target->oid ||
				    is_in(t, rel->oid))
					continue;
				if (cascade) {
					ddl_notice(c, d, "truncate cascades to table \"%s\"",
						   rel->name);
					VEC_PUSH(c->arena, &t->rels, rel);
					continue;
				}
				err_set(c, "0A000",
					"cannot truncate a table referenced in a foreign key "
					"constraint");
				err_details(c, "Table \"%s\" references \"%s\".", rel->name,
					    target->name);
				return err_hint(c,
						"Truncate table \"%s\" at the same time, or use "
						"TRUNCATE ... CASCADE.",
						rel->name);
			}
		}
	}
	return 0;
}

int ddl_truncate(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	struct truncation t = { 0 };
	for (const struct json *j = json_get(stmt, "relations")->child; j; j = j->next) {
		struct relation *rel;
		TRY(ddl_relation(c, d, node_as(j, "RangeVar"), false, &rel));
		if (rel->kind != REL_TABLE)
			return err_set(c, "42809", "\"%s\" is not a table", rel->name);
		if (strcmp(d->s->role, "postgres") != 0 &&
		    !relation_privs(d->cat, str_of(d->s->role), rel, PRIV_TRUNCATE))
			return err_set(c, "42501", "permission denied for table %s", rel->name);
		if (!is_in(&t, rel->oid))
			VEC_PUSH(c->arena, &t.rels, rel);
	}
	bool cascade = str_is(json_get_str(stmt, "behavior", STR("")), "DROP_CASCADE");
	TRY(add_referencing(c, d, &t, cascade));
	bool restart = json_get_bool(stmt, "restart_seqs", false);
	TRY(STORE(c, d, truncate, t.rels.v, t.rels.n, restart));
	for (size_t i = 0; restart && i < d->cat->relations.n; i++) {
		const struct relation *seq = d->cat->relations.v[i];
		if (seq->kind == REL_SEQUENCE && is_in(&t, seq->seq->owner_rel))
			TRY(STORE(c, d, set_sequence, seq, seq->seq->start, false));
	}
	return 0;
}
