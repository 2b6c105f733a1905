/* Sequences, statistics. */
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

void fill_pg_sequence(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct sequence *seq = f->cat->relations.v[i]->seq;
		if (!seq)
			continue;
		fill_row(f);
		put_int(f, "seqrelid", f->cat->relations.v[i]->oid);
		put_int(f, "seqtypid", seq->type.type->oid);
		put_int(f, "seqstart", seq->start);
		put_int(f, "seqincrement", seq->increment);
		put_int(f, "seqmax", seq->max);
		put_int(f, "seqmin", seq->min);
		put_int(f, "seqcache", seq->cache);
		put_bool(f, "seqcycle", seq->is_cycle);
	}
}

/* last_value is NULL: as where the reader may not see it. */
void fill_pg_sequences(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		const struct sequence *seq = rel->seq;
		if (!seq)
			continue;
		fill_row(f);
		put_text(f, "schemaname", rel->schema);
		put_text(f, "sequencename", rel->name);
		put_text(f, "sequenceowner", rel->owner);
		put_text(f, "data_type", type_format(f->a, seq->type));
		put_int(f, "start_value", seq->start);
		put_int(f, "min_value", seq->min);
		put_int(f, "max_value", seq->max);
		put_int(f, "increment_by", seq->increment);
		put_bool(f, "cycle", seq->is_cycle);
		put_int(f, "cache_size", seq->cache);
	}
}

/* Nothing is counted here: the rows are there, the counters are not. */
void fill_pg_stat_tables(struct fill *f)
{
	for (size_t i = 0; i < f->cat->relations.n; i++) {
		const struct relation *rel = f->cat->relations.v[i];
		if (!is_table(rel))
			continue;
		fill_row(f);
		put_int(f, "relid", rel->oid);
		put_text(f, "schemaname", rel->schema);
		put_text(f, "relname", rel->name);
	}
}

void fill_pg_stat_activity(struct fill *f)
{
	fill_row(f);
	put_int(f, "datid", 5);
	put_text(f, "datname", DATABASE);
	put_int(f, "pid", f->env->pid);
	put_int(f, "usesysid", syscat_role_oid(f->env->role));
	put_text(f, "usename", f->env->role);
	put_text(f, "application_name", "");
	put_text(f, "state", "active");
	put_text(f, "backend_type", "client backend");
}
