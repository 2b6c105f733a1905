/*
 * Emptying a database without dropping it, which would need another database
 * and the right to create one: every schema goes, with what is in it. Roles
 * belong to the whole server and stay.
 */
#include "base/err.h"
#include "engine/pg/pg.h"
#include "engine/pg/pg_int.h"

static const char erase_sql[] =
	"do $$\n"
	"declare s record;\n"
	"begin\n"
	"  for s in select nspname from pg_catalog.pg_namespace\n"
	"           where nspname !~ '^pg_' and nspname <> 'information_schema'\n"
	"  loop\n"
	"    execute pg_catalog.format('drop schema %I cascade', s.nspname);\n"
	"  end loop;\n"
	"  for s in select pubname from pg_catalog.pg_publication\n"
	"  loop\n"
	"    execute pg_catalog.format('drop publication %I', s.pubname);\n"
	"  end loop;\n"
	"end $$;\n"
	"create schema public;\n"
	"grant usage on schema public to public;\n";

int pg_erase(struct ctx *c, const struct engine_options *o)
{
	struct engine_options plain = *o;
	struct script_spec spec = { .sql = STR(erase_sql) };
	struct engine *e;
	plain.create = false;
	TRY(engine_open(c, &plain, &e));
	int rc = engine_script(c, e, &spec);
	engine_close(e);
	return rc < 0 ? err_wrap(c, "emptying the database") : 0;
}
