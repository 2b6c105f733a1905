/* DO: the block is the storage's to run. */
#include "sql/ddl/statements.h"

int ddl_do(struct ctx *c, struct ddl *d, const struct json *stmt)
{
	const struct json *args = json_get(stmt, "args");
	const char *language = "plpgsql";
	struct str body = { 0 };
	for (const struct json *j = args ? args->child : NULL; j; j = j->next) {
		const struct json *def = node_as(j, "DefElem");
		struct str name = json_get_str(def, "defname", STR(""));
		if (str_is(name, "language"))
			language = str_dup(c->arena, node_string(json_get(def, "arg")));
		else if (str_is(name, "as"))
			body = node_string(json_get(def, "arg"));
	}
	if (!body.p)
		return err_set(c, "42601", "no inline code specified");
	if (!d->s->storage->run_block)
		return ddl_refuse(c, "DO blocks are not supported on this engine", NULL);
	return STORE(c, d, run_block, language, body);
}
