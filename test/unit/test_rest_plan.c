/* Requests against a small catalog: the SQL they become, and their refusals. */
#include "api/rest_plan.h"
#include "api/rest_write.h"
#include "base/arena.h"
#include "base/err.h"
#include "harness.h"

static struct ctx ctx;
static struct catalog *cat;
static struct relation_set *relations;

static struct relation *add_relation(const char *name, enum relation_kind kind)
{
	struct relation *rel = ARENA_NEW(cat->arena, struct relation);
	rel->oid = ++cat->next_oid;
	rel->schema = "public";
	rel->name = name;
	rel->kind = kind;
	rel->owner = "postgres";
	VEC_PUSH(cat->arena, &cat->relations, rel);
	return rel;
}

static void add_column(struct relation *rel, const char *name, const char *type)
{
	struct column col = { .name = name, .attnum = ++rel->next_attnum };
	col.type = TYPEREF(type_builtin(str_of(type)));
	VEC_PUSH(cat->arena, &rel->columns, col);
}

static void add_key(struct relation *rel, enum constraint_kind kind, const char *name,
		    int16_t first, int16_t second, const struct relation *ref)
{
	struct constraint *con = ARENA_NEW(cat->arena, struct constraint);
	con->name = name;
	con->kind = kind;
	con->n_cols = second ? 2 : 1;
	con->cols = arena_array(cat->arena, 2, sizeof(int16_t));
	con->cols[0] = first;
	con->cols[1] = second;
	if (ref) {
		con->ref_oid = ref->oid;
		con->ref_cols = arena_array(cat->arena, 2, sizeof(int16_t));
		con->ref_cols[0] = 1;
	}
	VEC_PUSH(cat->arena, &rel->constraints, con);
}

/* clients <- projects (twice: client_id, payer_id) <- tasks; users <-> tasks
 * through users_tasks; a view over projects; a one-to-one note of a project. */
static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	cat = catalog_new();
	struct relation *clients = add_relation("clients", REL_TABLE);
	add_column(clients, "id", "int4");
	add_column(clients, "name", "text");
	add_key(clients, CON_PRIMARY, "clients_pkey", 1, 0, NULL);
	struct relation *projects = add_relation("projects", REL_TABLE);
	add_column(projects, "id", "int4");
	add_column(projects, "name", "text");
	add_column(projects, "client_id", "int4");
	add_column(projects, "data", "jsonb");
	add_key(projects, CON_PRIMARY, "projects_pkey", 1, 0, NULL);
	add_key(projects, CON_FOREIGN, "projects_client_id_fkey", 3, 0, clients);
	struct relation *tasks = add_relation("tasks", REL_TABLE);
	add_column(tasks, "id", "int4");
	add_column(tasks, "project_id", "int4");
	add_column(tasks, "hours", "numeric");
	add_key(tasks, CON_PRIMARY, "tasks_pkey", 1, 0, NULL);
	add_key(tasks, CON_FOREIGN, "tasks_project_id_fkey", 2, 0, projects);
	struct relation *users = add_relation("users", REL_TABLE);
	add_column(users, "id", "int4");
	add_column(users, "name", "text");
	add_key(users, CON_PRIMARY, "users_pkey", 1, 0, NULL);
	struct relation *both = add_relation("users_tasks", REL_TABLE);
	add_column(both, "user_id", "int4");
	add_column(both, "task_id", "int4");
	add_key(both, CON_PRIMARY, "users_tasks_pkey", 1, 2, NULL);
	add_key(both, CON_FOREIGN, "users_tasks_user_id_fkey", 1, 0, users);
	add_key(both, CON_FOREIGN, "users_tasks_task_id_fkey", 2, 0, tasks);
	struct relation *notes = add_relation("notes", REL_TABLE);
	add_column(notes, "project_id", "int4");
	add_column(notes, "author_id", "int4");
	add_column(notes, "editor_id", "int4");
	add_key(notes, CON_PRIMARY, "notes_pkey", 1, 0, NULL);
	add_key(notes, CON_FOREIGN, "notes_project_id_fkey", 1, 0, projects);
	add_key(notes, CON_FOREIGN, "notes_author_fkey", 2, 0, users);
	add_key(notes, CON_FOREIGN, "notes_editor_fkey", 3, 0, users);
	struct relation *view = add_relation("projects_view", REL_VIEW);
	add_column(view, "pid", "int4");
	add_column(view, "cid", "int4");
	VEC_PUSH(cat->arena, &view->sources, ((struct view_source){ 1, projects->oid, 1 }));
	VEC_PUSH(cat->arena, &view->sources, ((struct view_source){ 2, projects->oid, 3 }));
	catalog_index(cat);
	static const char *const schemas[] = { "public" };
	relations = relation_set_new(cat, schemas, 1);
}

static void teardown(void)
{
	relation_set_unref(relations);
	catalog_unref(cat);
	arena_free(ctx.arena);
}

/* "table?query" to the read's SQL, or NULL with the error set. */
static const char *read_sql(const char *target)
{
	struct str query = str_of(target);
	struct str name = str_split(&query, '?');
	struct plan_settings s = { .relations = relations,
				   .schema = STR("public"),
				   .aggregates_enabled = true };
	const struct relation *rel;
	struct rest_query q;
	struct plan_node *root;
	if (plan_find_relation(&ctx, &s, name, &rel) < 0 ||
	    rest_query_parse(&ctx, query, false, &q) < 0 ||
	    plan_tree_build(&ctx, &s, rel, &q, PLAN_READ, &root) < 0)
		return NULL;
	struct sql_text t = { .arena = ctx.arena, .text = buf_make(SQL_TEXT_MAX) };
	plan_print_select(&t, root);
	const char *sql = buf_dup(ctx.arena, &t.text);
	buf_free(&t.text);
	return sql;
}

#define P "\"public\".\"projects\""
#define T "\"public\".\"tasks\""

static const struct {
	const char *target, *sql;
} reads[] = {
	{ "projects?id=eq.1", "SELECT " P ".* FROM " P " WHERE " P ".\"id\" = $1" },
	{ "projects?select=id,n:name&order=name.desc.nullslast,id",
	  "SELECT " P ".\"id\", " P ".\"name\" AS \"n\" FROM " P " ORDER BY " P
	  ".\"name\" DESC NULLS LAST, " P ".\"id\"" },
	{ "projects?select=id::text,data->a->>b,name->>0",
	  "SELECT CAST(" P ".\"id\" AS text) AS \"id\", (" P ".\"data\"->'a'->>'b') AS \"b\", "
	  "(to_jsonb(" P ".\"name\")->>0) AS \"name\" FROM " P },
	{ "projects?select=data->'x", "SELECT (" P ".\"data\"->$1) AS \"'x\" FROM " P },
	{ "projects?or=(id.in.(1,2),not.and(name.like.a*,id.is.null))",
	  "SELECT " P ".* FROM " P " WHERE (" P ".\"id\" = ANY ($1) OR NOT (" P
	  ".\"name\" LIKE $2 AND " P ".\"id\" IS NULL))" },
	{ "projects?name=not.eq(any).{a,b}&id=isdistinct.3",
	  "SELECT " P ".* FROM " P " WHERE NOT " P ".\"name\" = ANY ($1) AND " P
	  ".\"id\" IS DISTINCT FROM $2" },
	{ "projects?select=id,clients(name)",
	  "SELECT " P ".\"id\", (SELECT row_to_json(pgrst_e)::jsonb FROM (SELECT "
	  "\"clients_1\".\"name\" FROM \"public\".\"clients\" AS \"clients_1\" WHERE "
	  "\"clients_1\".\"id\" = " P ".\"client_id\") pgrst_e) AS \"clients\" FROM " P },
	{ "projects?select=tasks(id)&tasks.order=id&tasks.limit=2",
	  "SELECT COALESCE((SELECT json_agg(row_to_json(pgrst_e))::jsonb FROM (SELECT "
	  "\"tasks_1\".\"id\" FROM "
	  "\"public\".\"tasks\" AS \"tasks_1\" WHERE \"tasks_1\".\"project_id\" = " P
	  ".\"id\" ORDER BY \"tasks_1\".\"id\" LIMIT $1) pgrst_e), '[]') AS \"tasks\" FROM " P },
	{ "tasks?select=id,users(id)",
	  "SELECT " T
	  ".\"id\", COALESCE((SELECT json_agg(row_to_json(pgrst_e))::jsonb FROM (SELECT "
	  "\"users_1\".\"id\" FROM \"public\".\"users\" AS \"users_1\", \"public\".\"users_tasks\" "
	  "AS \"users_tasks_1_j\" WHERE \"users_tasks_1_j\".\"task_id\" = " T
	  ".\"id\" AND \"users_1\".\"id\" = \"users_tasks_1_j\".\"user_id\") pgrst_e), '[]') AS "
	  "\"users\" FROM " T },
	{ "projects?select=tasks(count)",
	  "SELECT COALESCE((SELECT json_agg(row_to_json(pgrst_e))::jsonb FROM (SELECT count(*) AS "
	  "\"count\" FROM \"public\".\"tasks\" AS \"tasks_1\" WHERE \"tasks_1\".\"project_id\" "
	  "= " P ".\"id\") pgrst_e), '[]') AS \"tasks\" FROM " P },
	{ "projects?select=id,clients!inner()&clients.name=eq.x",
	  "SELECT " P ".\"id\" FROM " P " WHERE EXISTS (SELECT 1 FROM \"public\".\"clients\" AS "
	  "\"clients_1\" WHERE \"clients_1\".\"id\" = " P
	  ".\"client_id\" AND \"clients_1\".\"name\" = $1)" },
	{ "projects?select=id,clients()&clients=is.null",
	  "SELECT " P ".\"id\" FROM " P " WHERE NOT EXISTS (SELECT 1 FROM \"public\".\"clients\" "
	  "AS \"clients_1\" WHERE \"clients_1\".\"id\" = " P ".\"client_id\")" },
	{ "projects?select=id,...clients(c:name)&order=clients(c).desc",
	  "SELECT " P ".\"id\", (SELECT \"clients_1\".\"name\" FROM \"public\".\"clients\" AS "
	  "\"clients_1\" WHERE \"clients_1\".\"id\" = " P ".\"client_id\") AS \"c\" FROM " P
	  " ORDER BY (SELECT \"clients_1\".\"name\" FROM \"public\".\"clients\" AS \"clients_1\" "
	  "WHERE \"clients_1\".\"id\" = " P ".\"client_id\") DESC" },
	{ "tasks?select=project_id,hours.sum(),count()",
	  "SELECT " T ".\"project_id\", sum(" T
	  ".\"hours\") AS \"sum\", count(*) AS \"count\" FROM " T " GROUP BY 1" },
	{ "projects_view?select=pid,clients(id)",
	  "SELECT \"public\".\"projects_view\".\"pid\", (SELECT row_to_json(pgrst_e)::jsonb FROM "
	  "(SELECT \"clients_1\".\"id\" FROM \"public\".\"clients\" AS \"clients_1\" WHERE "
	  "\"clients_1\".\"id\" = \"public\".\"projects_view\".\"cid\") pgrst_e) AS \"clients\" "
	  "FROM "
	  "\"public\".\"projects_view\"" },
	{ "projects?select=a\"b", NULL },
	{ "projects?select=\"a\\\"b\"", "SELECT " P ".\"a\"\"b\" FROM " P },
};

START_TEST(prints_reads)
{
	const char *sql = read_sql(reads[_i].target);
	if (!reads[_i].sql) {
		ck_assert_ptr_null(sql);
		return;
	}
	ck_assert_msg(sql != NULL, "%s: %s", reads[_i].target, ctx.err.message);
	ck_assert_str_eq(sql, reads[_i].sql);
}
END_TEST

static const struct {
	const char *target, *code, *message, *hint;
} refused[] = {
	{ "project?id=eq.1", "PGRST205",
	  "Could not find the table 'public.project' in the schema cache",
	  "Perhaps you meant the table 'public.projects'" },
	{ "zzz?", "PGRST205", "Could not find the table 'public.zzz' in the schema cache", NULL },
	{ "projects?select=client(id)", "PGRST200",
	  "Could not find a relationship between 'projects' and 'client' in the schema cache",
	  "Perhaps you meant 'clients' instead of 'client'." },
	{ "projects?select=clients!nope(id)", "PGRST200",
	  "Could not find a relationship between 'projects' and 'clients' in the schema cache",
	  NULL },
	{ "notes?select=users(id)", "PGRST201",
	  "Could not embed because more than one relationship was found for 'notes' and 'users'",
	  "Try changing 'users' to one of the following: 'users!notes_author_fkey', "
	  "'users!notes_editor_fkey'. Find the desired relationship in the 'details' key." },
	{ "projects?clients.name=eq.x", "PGRST108",
	  "'clients' is not an embedded resource in this request",
	  "Verify that 'clients' is included in the 'select' query parameter." },
	{ "clients?select=projects(id)&order=projects(id)", "PGRST118",
	  "A related order on 'projects' is not possible", NULL },
	{ "projects?select=...tasks(hours.sum())", "PGRST127", "Feature not implemented", NULL },
};

START_TEST(refuses)
{
	ck_assert_ptr_null(read_sql(refused[_i].target));
	ck_assert_str_eq(ctx.err.code, refused[_i].code);
	ck_assert_str_eq(ctx.err.message, refused[_i].message);
	if (refused[_i].hint)
		ck_assert_str_eq(ctx.err.hint, refused[_i].hint);
	else
		ck_assert_ptr_null(ctx.err.hint);
}
END_TEST

static const struct write {
	enum write_kind kind;
	enum prefer_resolution resolution;
	bool defaults;
	const char *query, *body, *sql;
} writes[] = {
	{ WRITE_INSERT, RESOLUTION_NONE, false, "", "{\"id\":1,\"name\":null}",
	  "INSERT INTO " P " (\"id\", \"name\") VALUES ($1, $2)" },
	{ WRITE_INSERT, RESOLUTION_NONE, false, "", "[{\"id\":1},{\"id\":2}]",
	  "INSERT INTO " P " (\"id\") SELECT pgrst_body.\"id\" FROM json_to_recordset($1) AS "
	  "pgrst_body(\"id\" integer)" },
	{ WRITE_INSERT, RESOLUTION_NONE, true, "columns=id,name", "[{\"id\":1},{\"name\":\"x\"}]",
	  "INSERT INTO " P " (\"id\", \"name\") VALUES ($1, DEFAULT), (DEFAULT, $2)" },
	{ WRITE_INSERT, RESOLUTION_NONE, true, "columns=id", "[{\"id\":1},{\"id\":2}]",
	  "INSERT INTO " P " (\"id\") SELECT pgrst_body.\"id\" FROM json_to_recordset($1) AS "
	  "pgrst_body(\"id\" integer)" },
	{ WRITE_INSERT, RESOLUTION_NONE, false, "", "{}", "INSERT INTO " P " DEFAULT VALUES" },
	{ WRITE_INSERT, RESOLUTION_MERGE, false, "", "{\"id\":1,\"name\":\"a\"}",
	  "INSERT INTO " P " (\"id\", \"name\") VALUES ($1, $2) ON CONFLICT (\"id\") DO UPDATE SET "
	  "\"id\" = EXCLUDED.\"id\", \"name\" = EXCLUDED.\"name\"" },
	{ WRITE_INSERT, RESOLUTION_IGNORE, false, "on_conflict=name", "{\"name\":\"a\"}",
	  "INSERT INTO " P " (\"name\") VALUES ($1) ON CONFLICT (\"name\") DO NOTHING" },
	{ WRITE_UPDATE, RESOLUTION_NONE, false, "id=eq.1", "{\"name\":\"b\"}",
	  "UPDATE " P " SET \"name\" = $1 WHERE " P ".\"id\" = $2" },
	{ WRITE_UPDATE, RESOLUTION_NONE, false, "id=eq.1", "{}",
	  "SELECT NULL FROM " P " WHERE false" },
	{ WRITE_DELETE, RESOLUTION_NONE, false, "id=lt.5&name=is.null", NULL,
	  "DELETE FROM " P " WHERE " P ".\"id\" < $1 AND " P ".\"name\" IS NULL" },
	{ WRITE_PUT, RESOLUTION_NONE, false, "id=eq.1", "{\"id\":1}",
	  "INSERT INTO " P " (\"id\") SELECT pgrst_body.\"id\" FROM json_to_recordset($1) AS "
	  "pgrst_body(\"id\" integer) WHERE pgrst_body.\"id\" = $2 ON CONFLICT (\"id\") DO UPDATE "
	  "SET "
	  "\"id\" = EXCLUDED.\"id\"" },
};

static int build_write(const struct write *w, struct rest_query *q, struct payload *p,
		       struct write_plan *plan)
{
	struct media json = { .kind = MEDIA_JSON };
	TRY(rest_query_parse(&ctx, str_of(w->query), false, q));
	name_list columns = { 0 };
	for (size_t i = 0; i < q->columns.n; i++)
		VEC_PUSH(ctx.arena, &columns, str_dup(ctx.arena, q->columns.v[i]));
	if (w->body)
		TRY(payload_parse(&ctx, &json, str_of(w->body), q->has_columns ? &columns : NULL,
				  p));
	*plan = (struct write_plan){ .kind = w->kind,
				     .rel = catalog_relation(cat, STR("public"), STR("projects")),
				     .query = q,
				     .payload = p,
				     .resolution = w->resolution,
				     .apply_defaults = w->defaults };
	relation_key(relations, ctx.arena, plan->rel, &plan->key);
	return write_plan_build(&ctx, plan);
}

START_TEST(prints_writes)
{
	struct rest_query q;
	struct payload p = { 0 };
	struct write_plan plan;
	ck_assert_msg(build_write(&writes[_i], &q, &p, &plan) == 0, "%s", ctx.err.message);
	struct sql_text t = { .arena = ctx.arena, .text = buf_make(SQL_TEXT_MAX) };
	write_print(&t, &plan, NULL, true);
	ck_assert_str_eq(buf_dup(ctx.arena, &t.text), writes[_i].sql);
	buf_free(&t.text);
}
END_TEST

static const struct {
	struct write w;
	const char *code, *message;
} refused_writes[] = {
	{ { WRITE_INSERT, RESOLUTION_NONE, false, "", "{\"nope\":1}", NULL },
	  "PGRST204",
	  "Could not find the 'nope' column of 'projects' in the schema cache" },
	{ { WRITE_INSERT, RESOLUTION_NONE, false, "", "{", NULL },
	  "PGRST102",
	  "Empty or invalid json" },
	{ { WRITE_INSERT, RESOLUTION_NONE, false, "", "[{\"id\":1},{\"name\":2}]", NULL },
	  "PGRST102",
	  "All object keys must match" },
	{ { WRITE_PUT, RESOLUTION_NONE, false, "id=gt.1", "{\"id\":1}", NULL },
	  "PGRST105",
	  "Filters must include all and only primary key columns with 'eq' operators" },
	{ { WRITE_PUT, RESOLUTION_NONE, false, "name=eq.1", "{\"id\":1}", NULL },
	  "PGRST105",
	  "Filters must include all and only primary key columns with 'eq' operators" },
};

START_TEST(refuses_writes)
{
	struct rest_query q;
	struct payload p = { 0 };
	struct write_plan plan;
	ck_assert_int_eq(build_write(&refused_writes[_i].w, &q, &p, &plan), -1);
	ck_assert_str_eq(ctx.err.code, refused_writes[_i].code);
	ck_assert_str_eq(ctx.err.message, refused_writes[_i].message);
}
END_TEST

START_TEST(values_never_reach_the_text)
{
	const char *sql = read_sql("projects?name=eq.x'); drop table projects; --&data->>a'b=eq.1");
	ck_assert_ptr_nonnull(sql);
	ck_assert_ptr_null(strstr(sql, "drop"));
	ck_assert_ptr_null(strstr(sql, "a'b"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("rest_plan");
	TCase *t = tcase_create("plans");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, prints_reads, 0, sizeof(reads) / sizeof(*reads));
	tcase_add_loop_test(t, refuses, 0, sizeof(refused) / sizeof(*refused));
	tcase_add_loop_test(t, prints_writes, 0, sizeof(writes) / sizeof(*writes));
	tcase_add_loop_test(t, refuses_writes, 0, sizeof(refused_writes) / sizeof(*refused_writes));
	tcase_add_test(t, values_never_reach_the_text);
	suite_add_tcase(s, t);
	return harness_run(s);
}
