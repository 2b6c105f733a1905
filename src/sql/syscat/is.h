/* What the relations of information_schema share. */
#ifndef SQL_SYSCAT_IS_H
#define SQL_SYSCAT_IS_H

#include "sql/syscat/fill.h"

/* Whether the reader owns rel, or has one of these rights on it or on a column. */
bool may_see(const struct fill *f, const struct relation *rel, uint32_t privs,
	     uint32_t column_privs);
/* udt_catalog, udt_schema, udt_name: a domain's are its base type's. */
void put_udt(struct fill *f, const struct type *t);
const char *number_text(struct fill *f, int64_t n);
/* table_catalog, table_schema, table_name. */
void put_table(struct fill *f, const struct relation *rel);
/* The key that a foreign key refers to, NULL when it is a plain index. */
const struct constraint *referenced_key(const struct relation *ref, const struct constraint *fk);

enum {
	PRIVS_ON_TABLE = PRIV_INSERT | PRIV_SELECT | PRIV_UPDATE | PRIV_DELETE | PRIV_TRUNCATE |
			 PRIV_REFERENCES | PRIV_TRIGGER,
	PRIVS_ON_COLUMN = PRIV_INSERT | PRIV_SELECT | PRIV_UPDATE | PRIV_REFERENCES
};

#endif
