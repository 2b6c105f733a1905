#include "engine/sqlite/regclass.h"

#include "base/arena.h"
#include "engine/sqlite/plan_cache.h"
#include "sql/syscat/names.h"

int regclass_split(struct ctx *c, struct str text, struct str *ret_schema, struct str *ret_name)
{
	return sysname_split(c, text, ret_schema, ret_name);
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
