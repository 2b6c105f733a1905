/*
 * Objects by name in values: what the types regclass, regtype, regproc,
 * regprocedure, regrole and regnamespace stand for. Their values are texts that
 * name the object whatever the search_path: a relation always with its schema.
 */
#ifndef SQL_SYSCAT_NAMES_H
#define SQL_SYSCAT_NAMES_H

#include "sql/deparse.h"

struct ctx;

/* The types' oids. */
enum {
	REG_PROC = 24,
	REG_PROCEDURE = 2202,
	REG_CLASS = 2205,
	REG_TYPE = 2206,
	REG_NAMESPACE = 4089,
	REG_ROLE = 4096,
	/* arrays shown as numbers between spaces */
	OID_INT2VECTOR = 22,
	OID_OIDVECTOR = 30
};
bool sysname_is_reg(uint32_t type_oid);

/* Splits "a"."b" or a.b into its last two parts, folded to lower case outside
 * quotes; *ret_schema is empty when there is one. 42602 "invalid name syntax". */
int sysname_split(struct ctx *c, struct str text, struct str *ret_schema, struct str *ret_name);

/* The oid of what text names along the search_path (or in digits, or "-"), 0 when
 * there is no such thing. 42602 for a malformed name, 42725 for an ambiguous one. */
int sysname_find(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text,
		 uint32_t *ret);
/* The same, with PostgreSQL's error where there is none: 42P01, 42704, 42883, 3F000. */
int sysname_oid(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text,
		uint32_t *ret);

/* The value that names it; the number of an oid that nothing has, "-" of 0. */
const char *sysname_text(const struct deparse *d, uint32_t kind, uint32_t oid);
/* As it is shown: relations without their schema where the search_path finds them. */
const char *sysname_shown(struct ctx *c, const struct deparse *d, uint32_t kind, struct str text);

/* A type by any of its spellings, arrays and modifiers included; NULL when unknown. */
const struct type *sysname_type(struct ctx *c, const struct deparse *d, struct str text);

#endif
