/* The system relations themselves: shapes, look-ups, made-up oids. */
#include "sql/syscat/syscat.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/map.h"
#include "sql/syscat/fill.h"
#include "sql/syscat/fills.h"

#include <pthread.h>
#include <string.h>

struct def {
	const char *schema, *name;
	uint32_t oid;
	char kind;
	void (*fill)(struct fill *f);
	const char *columns;
};

static const struct def defs[] = {
#define SYSCAT(schema, name, oid, kind, fn, columns) { schema, name, oid, kind, fn, columns },
#include "syscat.def"
#undef SYSCAT
};
enum { N_DEFS = sizeof(defs) / sizeof(defs[0]) };

static struct relation relations[N_DEFS];
static struct acl readable = { .grantee = "", .grantor = "supabase_admin", .privs = PRIV_SELECT };
static struct acl unreadable = { .grantee = "", .grantor = "supabase_admin" };
static pthread_once_t once = PTHREAD_ONCE_INIT;
static void make(void);
/* Of names and columns, for ever: kept where leak checkers see it. */
static struct arena *memory __attribute__((used));
static struct map *by_name; /* "schema.name" */

/* The domains of information_schema. */
static struct type domains[] = {
	{ .oid = 13221, .name = "cardinal_number", .category = 'N' },
	{ .oid = 13224, .name = "character_data", .category = 'S' },
	{ .oid = 13226, .name = "sql_identifier", .category = 'S' },
	{ .oid = 13232, .name = "time_stamp", .category = 'D' },
	{ .oid = 13234, .name = "yes_or_no", .category = 'S' },
};
static const char *const domain_bases[] = { "int4", "varchar", "name", "timestamptz", "varchar" };
static struct type domain_arrays[5];

static void make_domains(struct arena *a)
{
	for (size_t i = 0; i < 5; i++) {
		const struct type *base = type_builtin(str_of(domain_bases[i]));
		struct type *t = &domains[i];
		t->schema = "information_schema";
		t->kind = TYPE_DOMAIN;
		t->value = base->value;
		t->base = base;
		t->base_typmod = i == 4 ? 3 + 4 : -1;
		t->array = &domain_arrays[i];
		domain_arrays[i] = (struct type){ .oid = t->oid - 1,
						  .schema = t->schema,
						  .name = arena_printf(a, "_%s", t->name),
						  .kind = TYPE_ARRAY,
						  .value = t->value,
						  .category = 'A',
						  .elem = t };
	}
}

const struct type *syscat_domain(struct str name)
{
	pthread_once(&once, make);
	for (size_t i = 0; i < 5; i++) {
		if (str_is(name, domains[i].name))
			return &domains[i];
		if (str_is(name, domain_arrays[i].name))
			return &domain_arrays[i];
	}
	return NULL;
}

static const struct type *column_type(struct str name)
{
	for (size_t i = 0; i < 5; i++) {
		if (str_is(name, domains[i].name))
			return &domains[i];
	}
	const struct type *t = type_builtin(str_is(name, "anyarray") ? STR("_text") : name);
	CHECK(t);
	return t;
}

static void add_columns(struct arena *a, struct relation *rel, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, " "), m = strcspn(text + n + 1, ",");
		struct column col = {
			.name = arena_strndup(a, text, n),
			.attnum = (int16_t)(rel->columns.n + 1),
			.type = { column_type((struct str){ text + n + 1, m }), -1 },
		};
		VEC_PUSH(a, &rel->columns, col);
		text += n + 1 + m;
		text += strspn(text, ", ");
	}
	rel->next_attnum = (int16_t)(rel->columns.n + 1);
}

static void make(void)
{
	struct arena *a = memory = arena_new(64 << 10);
	by_name = map_new();
	make_domains(a);
	for (size_t i = 0; i < N_DEFS; i++) {
		const struct def *d = &defs[i];
		bool is_secret = strcmp(d->name, "pg_authid") == 0;
		relations[i] = (struct relation){ .oid = d->oid,
						  .schema = d->schema,
						  .name = d->name,
						  .kind = REL_TABLE,
						  .owner = "supabase_admin",
						  .acl = is_secret ? &unreadable : &readable,
						  .replica_identity = 'n' };
		add_columns(a, &relations[i], d->columns);
		map_put(by_name, str_of(arena_printf(a, "%s.%s", d->schema, d->name)),
			&relations[i]);
	}
}

const struct relation *syscat_relation(struct str schema, struct str name)
{
	char key[160];
	bool is_ours = str_is(schema, "pg_catalog") || str_is(schema, "information_schema");
	if (!is_ours || name.n > 64)
		return NULL;
	pthread_once(&once, make);
	memcpy(key, schema.p, schema.n);
	key[schema.n] = '.';
	memcpy(key + schema.n + 1, name.p, name.n);
	return map_get(by_name, (struct str){ key, schema.n + 1 + name.n });
}

const struct relation *syscat_find(const char *search_path, struct str name)
{
	const struct relation *rel =
		str_starts(name, STR("pg_")) ? syscat_relation(STR("pg_catalog"), name) : NULL;
	struct str schema;
	size_t pos = 0;
	if (rel || !search_path || !strstr(search_path, "information_schema"))
		return rel;
	while (!rel && search_path_next(search_path, &pos, &schema))
		rel = syscat_relation(schema, name);
	return rel;
}

size_t syscat_count(void)
{
	return N_DEFS;
}

const struct relation *syscat_at(size_t i)
{
	pthread_once(&once, make);
	return &relations[i];
}

bool syscat_is(const struct relation *rel)
{
	return rel >= relations && rel < relations + N_DEFS;
}

const struct relation *syscat_relation_by_oid(uint32_t oid)
{
	for (size_t i = 0; oid < CATALOG_FIRST_OID && i < N_DEFS; i++) {
		if (defs[i].oid == oid)
			return syscat_at(i);
	}
	return NULL;
}

char syscat_relkind(const struct relation *rel)
{
	return syscat_is(rel) ? defs[rel - relations].kind : (char)rel->kind;
}

void syscat_fill(struct arena *a, const struct syscat_env *env, const struct relation *rel,
		 struct syscat_rows *ret)
{
	struct fill f = { .a = a,
			  .d = { a, env->cat, env->search_path },
			  .env = env,
			  .cat = env->cat,
			  .rel = rel,
			  .out = ret };
	CHECK(syscat_is(rel));
	const struct def *d = &defs[rel - relations];
	if (d->fill)
		d->fill(&f);
}

/* ---- oids ---- */

static uint32_t hash(uint32_t h, const void *p, size_t n)
{
	const unsigned char *bytes = p;
	for (size_t i = 0; i < n; i++)
		h = (h ^ bytes[i]) * 16777619u;
	return h;
}

uint32_t syscat_oid(enum syscat_class kind, uint32_t parent, const char *name)
{
	uint32_t h = hash(2166136261u, &(uint32_t){ kind }, sizeof(uint32_t));
	h = hash(h, &parent, sizeof(parent));
	h = hash(h, name, strlen(name));
	return 0x60000000u | (h & 0x1fffffffu);
}

uint32_t syscat_schema_oid(const char *name)
{
	if (strcmp(name, "pg_catalog") == 0)
		return 11;
	if (strcmp(name, "public") == 0)
		return 2200;
	if (strcmp(name, "information_schema") == 0)
		return 13219;
	return syscat_oid(SYS_SCHEMA, 0, name);
}

uint32_t syscat_role_oid(const char *name)
{
	return strcmp(name, "supabase_admin") == 0 ? 10 : syscat_oid(SYS_ROLE, 0, name);
}

uint32_t syscat_function_oid(const struct function *f)
{
	return f->oid;
}

const char *syscat_schema_name(const struct catalog *cat, uint32_t oid)
{
	if (oid == 11)
		return "pg_catalog";
	if (oid == 13219)
		return "information_schema";
	for (size_t i = 0; i < cat->schemas.n; i++) {
		if (syscat_schema_oid(cat->schemas.v[i]->name) == oid)
			return cat->schemas.v[i]->name;
	}
	return NULL;
}

const char *syscat_role_name(const struct catalog *cat, uint32_t oid)
{
	for (size_t i = 0; i < cat->roles.n; i++) {
		if (syscat_role_oid(cat->roles.v[i]->name) == oid)
			return cat->roles.v[i]->name;
	}
	return NULL;
}

const struct function *syscat_function(const struct catalog *cat, uint32_t oid)
{
	for (size_t i = 0; i < cat->functions.n; i++) {
		if (cat->functions.v[i]->oid == oid)
			return cat->functions.v[i];
	}
	return NULL;
}

const struct type *syscat_type(const struct catalog *cat, uint32_t oid)
{
	pthread_once(&once, make);
	for (size_t i = 0; i < 5; i++) {
		if (domains[i].oid == oid)
			return &domains[i];
		if (domain_arrays[i].oid == oid)
			return &domain_arrays[i];
	}
	const struct type *t = catalog_type_by_oid(cat, oid);
	return t ? t : type_builtin_by_oid(oid);
}

const struct constraint *syscat_constraint(const struct catalog *cat, uint32_t oid,
					   const struct relation **ret_rel)
{
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *rel = cat->relations.v[i];
		for (size_t k = 0; k < rel->constraints.n; k++) {
			const struct constraint *con = rel->constraints.v[k];
			if (syscat_oid(SYS_CONSTRAINT, rel->oid, con->name) != oid)
				continue;
			*ret_rel = rel;
			return con;
		}
	}
	return NULL;
}

const struct index *syscat_index(const struct catalog *cat, uint32_t oid,
				 const struct relation **ret_rel)
{
	for (size_t i = 0; i < cat->relations.n; i++) {
		const struct relation *rel = cat->relations.v[i];
		for (size_t k = 0; k < rel->indexes.n; k++) {
			if (rel->indexes.v[k]->oid != oid)
				continue;
			*ret_rel = rel;
			return rel->indexes.v[k];
		}
	}
	return NULL;
}
