/*
 * The system catalogs as relations: pg_catalog and information_schema with
 * PostgreSQL 15's columns (spec/syscat.def), their rows made from a catalog.
 * For engines that have none of their own. Pure and thread safe.
 *
 * Objects that the catalog gives no oid (schemas, roles, constraints, policies)
 * have one made of their names: the same in every relation and every run.
 */
#ifndef SQL_SYSCAT_H
#define SQL_SYSCAT_H

#include "sql/catalog.h"

/* Whose eyes the rows are for: information_schema shows what role may see. */
struct syscat_env {
	const struct catalog *cat;
	const char *role;
	const char *search_path;
	const char *timezone;
	int64_t pid;
};

/* Rows of one relation: arrays of as many cells as it has columns. */
struct syscat_rows {
	VEC(struct datum *) rows;
};

/* A system relation by exact name, or along a search_path (pg_catalog first);
 * NULL when there is none. */
const struct relation *syscat_relation(struct str schema, struct str name);
const struct relation *syscat_find(const char *search_path, struct str name);
const struct relation *syscat_relation_by_oid(uint32_t oid);

/* All of them, 0 <= i < count. */
size_t syscat_count(void);
const struct relation *syscat_at(size_t i);
bool syscat_is(const struct relation *rel);

/* Its rows, cells in a; strings may belong to env->cat. */
void syscat_fill(struct arena *a, const struct syscat_env *env, const struct relation *rel,
		 struct syscat_rows *ret);

enum syscat_class {
	SYS_SCHEMA,
	SYS_ROLE,
	SYS_CONSTRAINT, /* parent: the relation's or domain's oid */
	SYS_POLICY,	/* parent: the relation's oid */
	SYS_DEFAULT,	/* parent: the relation's oid; name: the column's */
	SYS_RULE,
	SYS_BUILTIN, /* parent: its place in sql/builtin.h */
	SYS_EXTENSION,
	SYS_OTHER
};
uint32_t syscat_oid(enum syscat_class kind, uint32_t parent, const char *name);
/* With PostgreSQL's own numbers where it has some. */
uint32_t syscat_schema_oid(const char *name);
uint32_t syscat_role_oid(const char *name);
uint32_t syscat_function_oid(const struct function *f);

/* Back from an oid; NULL when nothing has it. */
const char *syscat_schema_name(const struct catalog *cat, uint32_t oid);
const char *syscat_role_name(const struct catalog *cat, uint32_t oid);
const struct function *syscat_function(const struct catalog *cat, uint32_t oid);
const struct type *syscat_type(const struct catalog *cat, uint32_t oid);
const struct constraint *syscat_constraint(const struct catalog *cat, uint32_t oid,
					   const struct relation **ret_rel);
const struct index *syscat_index(const struct catalog *cat, uint32_t oid,
				 const struct relation **ret_rel);

/* A domain of information_schema's, or its array: "sql_identifier"; NULL. */
const struct type *syscat_domain(struct str name);

/* pg_class.relkind. */
char syscat_relkind(const struct relation *rel);

#endif
