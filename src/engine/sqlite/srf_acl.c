/* aclexplode(): the items of an access list as rows. */
#include "base/arena.h"
#include "base/json.h"
#include "engine/sqlite/srf.h"
#include "sql/syscat/syscat.h"

#include <string.h>

static const char *privilege_name(char letter)
{
	static const struct {
		char letter;
		const char *name;
	} names[] = {
		{ 'a', "INSERT" },  { 'r', "SELECT" },	 { 'w', "UPDATE" },
		{ 'd', "DELETE" },  { 'D', "TRUNCATE" }, { 'x', "REFERENCES" },
		{ 't', "TRIGGER" }, { 'X', "EXECUTE" },	 { 'U', "USAGE" },
		{ 'C', "CREATE" },  { 'c', "CONNECT" },	 { 'T', "TEMPORARY" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (names[i].letter == letter)
			return names[i].name;
	}
	return NULL;
}

static struct datum role_oid(struct srf_call *call, struct str name)
{
	return datum_int(name.n ? syscat_role_oid(str_dup(call->c.arena, name)) : 0);
}

/* grantee=letters/grantor, a * behind what may be granted on */
static int explode_item(struct srf_call *call, struct str item)
{
	ptrdiff_t eq = str_chr(item, '=');
	ptrdiff_t slash = str_chr(item, '/');
	if (eq < 0 || slash < eq)
		return err_set(&call->c, "22P02", "malformed aclitem: \"%.*s\"", STR_ARG(item));
	struct datum grantee = role_oid(call, str_sub(item, 0, (size_t)eq));
	struct datum grantor = role_oid(call, str_from(item, (size_t)slash + 1));
	for (size_t i = (size_t)eq + 1; i < (size_t)slash; i++) {
		const char *name = privilege_name(item.p[i]);
		if (!name)
			continue;
		VEC_PUSH(call->c.arena, &call->v1, grantor);
		VEC_PUSH(call->c.arena, &call->v2, grantee);
		VEC_PUSH(call->c.arena, &call->v3, datum_text(str_of(name)));
		VEC_PUSH(call->c.arena, &call->v4, datum_bool(item.p[i + 1] == '*'));
	}
	return 0;
}

static int explode(struct srf_call *call, const struct datum *a)
{
	struct json *items;
	TRY(json_parse(&call->c, a[0].s, (struct json_limits){ 0 }, &items));
	for (const struct json *j = items->child; j; j = j->next) {
		if (j->kind == JSON_STRING)
			TRY(explode_item(call, j->text));
	}
	return 0;
}

const struct srf_ops srf_acl_ops[] = {
	{ "aclexplode", 1, true, explode, NULL },
	{ 0 },
};
