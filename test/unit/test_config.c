#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"
#include "config/env.h"
#include "config/project.h"
#include "config/toml.h"
#include "harness.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ctx ctx;
static char dir[64];
static struct config *cfg;

static void setup(void)
{
	ctx = (struct ctx){ .arena = arena_new(0) };
	strcpy(dir, "/tmp/bedplate-config-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	cfg = NULL;
}

static void teardown(void)
{
	config_free(cfg);
	ck_assert_int_eq(system(arena_printf(ctx.arena, "rm -rf '%s'", dir)), 0);
	arena_free(ctx.arena);
}

static void put(const char *name, const char *text)
{
	char *path = arena_printf(ctx.arena, "%s/%s", dir, name);
	for (char *p = path + strlen(dir) + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			mkdir(path, 0700);
			*p = '/';
		}
	FILE *f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(text, f);
	fclose(f);
}

static char *no_environ[] = { NULL };

static struct config *load(char **environment)
{
	struct config_options opt = { .environ = environment ? environment : no_environ };
	config_free(cfg);
	cfg = NULL;
	err_clear(&ctx);
	ck_assert_msg(config_read(&ctx, dir, &opt, &cfg) == 0, "%s", ctx.err.message);
	return cfg;
}

static const struct config_problem *problem(const char *key)
{
	for (size_t i = 0; i < cfg->n_problems; i++)
		if (cfg->problems[i].key && strcmp(cfg->problems[i].key, key) == 0)
			return &cfg->problems[i];
	return NULL;
}

START_TEST(toml_keeps_order_and_places)
{
	struct toml_node *root;
	struct str text = STR("z = 1\n[b.c]\n  y = \"x\"\n[a]\nl = [true, 2.5]\n");
	ck_assert_int_eq(toml_parse(&ctx, text, NULL, &root), 0);
	ck_assert(str_is(root->child->key, "z"));
	ck_assert(str_is(root->child->next->key, "b"));
	const struct toml_node *y = toml_get(toml_get(toml_get(root, "b"), "c"), "y");
	ck_assert_int_eq(y->line, 3);
	ck_assert_int_eq(y->column, 3);
	ck_assert(str_is(y->text, "x"));
	const struct toml_node *l = toml_get(toml_get(root, "a"), "l");
	ck_assert_int_eq(l->count, 2);
	ck_assert(l->child->boolean);
	ck_assert(l->child->next->real == 2.5);
}
END_TEST

START_TEST(toml_refuses_with_a_place)
{
	struct toml_node *root = NULL;
	struct toml_error e;
	ck_assert_int_eq(toml_parse(&ctx, STR("a = 1\nb = = 2\n"), &e, &root), -1);
	ck_assert_int_eq(e.line, 2);
	ck_assert(err_is(&ctx, "F0000"));
	ck_assert_ptr_null(root);
}
END_TEST

static int place(const char *text)
{
	struct toml_node *root;
	struct toml_error e = { 0 };
	err_clear(&ctx);
	if (toml_parse(&ctx, str_of(text), &e, &root) == 0)
		return 0;
	return e.line * 100 + e.column;
}

START_TEST(toml_takes_other_characters_in_quotes_only)
{
	ck_assert_int_eq(place("a = 'é' # é\nb = \"\"\"é\n\\\"é\"\"\"\n\"é\" = '''\né'''\n"), 0);
	ck_assert_int_eq(place("\xef\xbb\xbf"
			       "a = 1\n"),
			 0);
	ck_assert_int_eq(place("a = 1\nbé = 2\n"), 202);
	ck_assert_int_eq(place("a = 'x' é\n"), 109);
	ck_assert_int_ne(place("a = 'é\nb = é\n"), 0);
}
END_TEST

START_TEST(toml_refuses_deep_nesting)
{
	char text[4096] = "a = ";
	for (int i = 0; i < 1000; i++)
		strcat(text, "[");
	struct toml_node *root;
	ck_assert_int_eq(toml_parse(&ctx, str_of(text), NULL, &root), -1);
}
END_TEST

static const char *env_of(const char *text, const char *name)
{
	struct env *env = env_new(ctx.arena, (char *[]){ "HOST=proc", NULL });
	ck_assert_msg(env_add_text(&ctx, env, "f", str_of(text)) == 0, "%s", ctx.err.message);
	return env_get(env, name);
}

START_TEST(env_reads_dotenv)
{
	ck_assert_str_eq(env_of("A=b", "A"), "b");
	ck_assert_str_eq(env_of("# c\n\nexport A = b c  # d\n", "A"), "b c");
	ck_assert_str_eq(env_of("A=b#c", "A"), "b#c");
	ck_assert_str_eq(env_of("A=", "A"), "");
	ck_assert_str_eq(env_of("A='b # $HOST\\n'\n", "A"), "b # $HOST\\n");
	ck_assert_str_eq(env_of("A=\"l1\\nl2\nl3 \\\" ${HOST}\" # x\n", "A"), "l1\nl2\nl3 \" proc");
	ck_assert_str_eq(env_of("B=1\nA=$B-${B}${NONE}-$", "A"), "1-1-$");
	ck_assert_str_eq(env_of("A=1\nA=2\r\n", "A"), "2");
	ck_assert_str_eq(env_of("HOST=file", "HOST"), "proc");
	ck_assert_ptr_null(env_of("A=1", "B"));
}
END_TEST

START_TEST(env_refuses_with_a_place)
{
	struct env *env = env_new(ctx.arena, NULL);
	ck_assert_int_eq(env_add_text(&ctx, env, "f", STR("A=1\n  =2\n")), -1);
	ck_assert_str_eq(ctx.err.message, "f:2:3: a variable's name was expected");
	ck_assert_int_eq(env_add_text(&ctx, env, "f", STR("A='1\n\n")), -1);
	ck_assert_str_eq(ctx.err.message, "f:1:3: the quoted value has no end");
	ck_assert_int_eq(env_add_text(&ctx, env, "f", STR("A=\"1\"x")), -1);
	ck_assert_int_eq(env_add_text(&ctx, env, "f", STR("A b")), -1);
	ck_assert_str_eq(env_get(env, "A"), "1");
}
END_TEST

START_TEST(defaults_are_those_of_supabase_start)
{
	load(NULL);
	ck_assert_uint_eq(cfg->n_problems, 0);
	ck_assert(!cfg->has_file);
	ck_assert_int_eq(cfg->api.port, 54321);
	ck_assert_int_eq(cfg->db.port, 54322);
	ck_assert_int_eq(cfg->api.max_rows, 1000);
	ck_assert_uint_eq(cfg->api.schemas.n, 2);
	ck_assert_str_eq(cfg->api.schemas.v[1], "graphql_public");
	ck_assert_str_eq(cfg->api.external_url, "http://127.0.0.1:54321");
	ck_assert_str_eq(cfg->auth.jwt_issuer, "http://127.0.0.1:54321/auth/v1");
	ck_assert_str_eq(cfg->auth.jwt_secret, CONFIG_DEMO_JWT_SECRET);
	ck_assert(config_uses_demo_secret(cfg));
	ck_assert_str_eq(cfg->server.anon_role, "anon");
	ck_assert_int_eq(cfg->server.tx_end, CONFIG_TX_COMMIT);
	ck_assert_str_eq(cfg->db.url, arena_printf(ctx.arena, "sqlite:%s/.bedplate/data.db", dir));
	ck_assert_str_eq(cfg->db.sql_paths.v[0],
			 arena_printf(ctx.arena, "%s/supabase/seed.sql", dir));
}
END_TEST

START_TEST(file_and_environment_override)
{
	put("supabase/config.toml", "project_id = \"my app!\"\n[api]\nport = 1234\n"
				    "schemas = [\"a\", \"env(SECOND)\"]\n"
				    "[bedplate]\ntx_end = \"rollback\"\nanon_role = \"web\"\n");
	load((char *[]){ "SECOND=b", "SUPABASE_API_MAX_ROWS=5",
			 "BEDPLATE_ANON_ROLE=", "BEDPLATE_CORS_ALLOWED_ORIGINS=http://a, http://b",
			 "SUPABASE_API_EXTRA_SEARCH_PATH=", "SUPABASE_API_PORT=", NULL });
	ck_assert_uint_eq(cfg->n_problems, 0);
	ck_assert_str_eq(cfg->project_id, "my_app_");
	ck_assert_int_eq(cfg->api.port, 1234);
	ck_assert_str_eq(cfg->api.schemas.v[1], "b");
	ck_assert_int_eq(cfg->api.max_rows, 5);
	ck_assert_uint_eq(cfg->api.extra_search_path.n, 0);
	ck_assert_int_eq(cfg->server.tx_end, CONFIG_TX_ROLLBACK);
	ck_assert_str_eq(cfg->server.anon_role, "");
	ck_assert_str_eq(cfg->server.cors_allowed_origins.v[1], "http://b");
	ck_assert_str_eq(config_show(ctx.arena, cfg, "api.schemas"), "a,b");
	ck_assert_str_eq(config_show(ctx.arena, cfg, "auth.jwt_secret"), "(set)");
}
END_TEST

START_TEST(env_files_are_read_nearest_first)
{
	put(".env", "A=outer\nB=outer\nC=outer\n");
	put("supabase/.env", "A=inner\nB=inner\n");
	put("supabase/.env.local", "A=local\n");
	load((char *[]){ "C=process", NULL });
	ck_assert_str_eq(env_get(cfg->env, "A"), "local");
	ck_assert_str_eq(env_get(cfg->env, "B"), "inner");
	ck_assert_str_eq(env_get(cfg->env, "C"), "process");
}
END_TEST

START_TEST(unknown_and_unhonoured_keys_are_named)
{
	put("supabase/config.toml", "[api]\nmax_row = 3\n[storage]\nenabled = true\n"
				    "[auth.web3.solana]\nenabled = true\n"
				    "[db.vault]\nanything = \"1\"\n[foo.bar]\nx = 1\n"
				    "[remotes.staging.api]\nport = 1\n");
	load(NULL);
	const struct config_problem *p = problem("api.max_row");
	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(p->severity, CONFIG_WARNING);
	ck_assert_int_eq(p->line, 2);
	ck_assert_int_eq(p->column, 1);
	ck_assert_str_eq(p->fix, "Did you mean api.max_rows?");
	ck_assert_ptr_nonnull(problem("foo"));
	ck_assert_uint_eq(cfg->n_problems, 2);
	ck_assert_uint_eq(cfg->n_ignored, 4);
	ck_assert_str_eq(cfg->ignored[0].key, "storage.enabled");
	ck_assert_str_eq(cfg->ignored[1].key, "auth.web3.solana.enabled");
	ck_assert_str_eq(cfg->ignored[3].key, "remotes.staging");
}
END_TEST

START_TEST(providers_hooks_and_mail_are_read)
{
	put("supabase/config.toml",
	    "[auth.external.github]\nenabled = true\nclient_id = \"id\"\nsecret = \"env(S)\"\n"
	    "[auth.external.apple]\nenabled = false\n[auth.external.google]\nenabled = true\n"
	    "[auth.hook.send_email]\nenabled = true\nuri = \"https://x.org/h\"\n"
	    "[auth.hook.custom_access_token]\nenabled = true\n"
	    "uri = \"pg-functions://postgres/public/f\"\n"
	    "[auth.email.smtp]\nhost = \"h\"\n"
	    "[auth.email.notification.password_changed]\nenabled = true\n"
	    "[auth.email.template.invit]\nsubject = \"x\"\n");
	load((char *[]){ "S=secret", NULL });
	ck_assert_uint_eq(cfg->external.n_providers, 2);
	ck_assert_str_eq(cfg->external.providers[0].name, "github");
	ck_assert_str_eq(cfg->external.providers[0].secret, "secret");
	ck_assert_str_eq(cfg->external.providers[0].redirect_uri,
			 "http://127.0.0.1:54321/auth/v1/callback");
	ck_assert_int_eq(problem("auth.external.google")->severity, CONFIG_ERROR);
	ck_assert_int_eq(problem("auth.hook.send_email")->severity, CONFIG_ERROR);
	ck_assert_ptr_null(problem("auth.hook.custom_access_token"));
	ck_assert(cfg->mail.smtp_enabled);
	ck_assert_int_eq(problem("auth.email.smtp")->severity, CONFIG_ERROR);
	ck_assert_int_eq(problem("auth.email.template.invit")->severity, CONFIG_WARNING);
	ck_assert_uint_eq(cfg->n_ignored, 0);
}
END_TEST

START_TEST(unknown_variables_of_ours_are_named)
{
	load((char *[]){ "BEDPLATE_TX_ENDS=commit", "BEDPLATE_DATABASE_URL=", "OTHER_TX=1",
			 "BEDPLATE_HOST=127.0.0.1", NULL });
	ck_assert_uint_eq(cfg->n_problems, 1);
	ck_assert_str_eq(problem("BEDPLATE_TX_ENDS")->fix, "Did you mean that of bedplate.tx_end?");
}
END_TEST

START_TEST(every_problem_is_listed_in_one_run)
{
	put("supabase/config.toml", "[api]\nport = 70000\nmax_rows = \"many\"\nschemas = []\n"
				    "[auth]\njwt_secret = \"short\"\n"
				    "[bedplate]\ntx_end = \"maybe\"\npool_size = 0\nhost = [\"a\", "
				    "\"b\"]\nlog_level = {}\n");
	load(NULL);
	ck_assert_str_eq(problem("api.port")->what, "is not a port");
	ck_assert_str_eq(problem("api.max_rows")->what, "is not a whole number");
	ck_assert_int_eq(problem("api.schemas")->line, 4);
	ck_assert_str_eq(problem("auth.jwt_secret")->what, "is shorter than 32 bytes");
	ck_assert_str_eq(problem("bedplate.tx_end")->fix,
			 "Write one of: commit, commit-allow-override, rollback, "
			 "rollback-allow-override.");
	ck_assert_ptr_nonnull(problem("bedplate.pool_size"));
	ck_assert_ptr_nonnull(problem("bedplate.host"));
	ck_assert_ptr_nonnull(problem("bedplate.log_level"));
	struct config *loaded = NULL;
	struct config_options opt = { .environ = no_environ };
	ck_assert_int_eq(config_load(&ctx, dir, &opt, &loaded), -1);
	ck_assert_str_eq(ctx.err.message,
			 arena_printf(ctx.arena,
				      "%s/supabase/config.toml:2:1: api.port is not a port", dir));
	ck_assert_ptr_null(loaded);
}
END_TEST

START_TEST(malformed_file_is_one_error_and_defaults)
{
	put("supabase/config.toml", "[api\nport = 1\n");
	load(NULL);
	ck_assert_uint_eq(cfg->n_problems, 1);
	ck_assert_int_eq(cfg->problems[0].severity, CONFIG_ERROR);
	ck_assert_int_eq(cfg->problems[0].line, 1);
	ck_assert_int_eq(cfg->api.port, 54321);
}
END_TEST

START_TEST(unset_variable_is_warned_about)
{
	put("supabase/config.toml", "[auth]\njwt_secret = \"env(NOPE)\"\n[studio]\n"
				    "openai_api_key = \"env(OTHER)\"\n");
	load(NULL);
	ck_assert_uint_eq(cfg->n_problems, 1);
	ck_assert_str_eq(problem("auth.jwt_secret")->what,
			 "the variable NOPE is not set; the default is used");
}
END_TEST

static const char *shown(const char *url)
{
	struct config_options opt = { .environ = no_environ, .database_url = url };
	config_free(cfg);
	ck_assert_int_eq(config_read(&ctx, dir, &opt, &cfg), 0);
	return cfg->n_problems ? cfg->problems[0].what : cfg->db.shown_url;
}

START_TEST(database_url_chooses_and_hides_passwords)
{
	ck_assert_str_eq(shown("postgresql://u:p@ss@h:5/d?sslmode=require&password=x"),
			 "postgres://u:***@h:5/d?sslmode=require&password=***");
	ck_assert_str_eq(cfg->db.url, "postgres://u:p@ss@h:5/d?sslmode=require&password=x");
	ck_assert_str_eq(shown("postgres:///d"), "postgres:///d");
	ck_assert_str_eq(shown("postgres://u:p?q/r@h/d"), "postgres://u:***@h/d");
	ck_assert_str_eq(shown("postgres://h/d?password=a@b"), "postgres://***");
	ck_assert_str_eq(shown("postgres://h/d?sslpassword=x"), "postgres://h/d?sslpassword=***");
	ck_assert_str_eq(shown("sqlite:/a/b.db"), "sqlite:/a/b.db");
	ck_assert_str_eq(shown("sqlite:///a/b.db"), "sqlite:/a/b.db");
	ck_assert_str_eq(shown("sqlite:b.db"), arena_printf(ctx.arena, "sqlite:%s/b.db", dir));
	ck_assert_str_eq(shown("mysql://root:secret@h"),
			 "DATABASE_URL is neither a postgres:// nor a sqlite: URL");
	ck_assert_int_eq(cfg->problems[0].severity, CONFIG_ERROR);
}
END_TEST

START_TEST(database_url_of_a_file_is_not_used)
{
	put(".env", "DATABASE_URL=postgres://prod\n");
	load(NULL);
	ck_assert(str_starts(str_of(cfg->db.url), STR("sqlite:")));
	ck_assert_ptr_nonnull(problem("DATABASE_URL"));
	put("supabase/.env", "BEDPLATE_DATABASE_URL=postgres://mine/x\n");
	load(NULL);
	ck_assert_str_eq(cfg->db.url, "postgres://mine/x");
	load((char *[]){ "DATABASE_URL=postgres://proc/y", NULL });
	ck_assert_str_eq(cfg->db.url, "postgres://mine/x");
}
END_TEST

START_TEST(third_parties_have_issuers)
{
	put("supabase/config.toml",
	    "[auth.third_party.firebase]\nenabled = true\nproject_id = \"p\"\n"
	    "[auth.third_party.auth0]\nenabled = false\n"
	    "[auth.third_party.clerk]\nenabled = true\n"
	    "[bedplate]\njwks_path = \"./keys.json\"\n");
	load(NULL);
	ck_assert_uint_eq(cfg->auth.n_third_party, 1);
	ck_assert_str_eq(cfg->auth.third_party[0].issuer, "https://securetoken.google.com/p");
	ck_assert_ptr_nonnull(problem("auth.third_party.clerk"));
	ck_assert_str_eq(cfg->server.jwks_path,
			 arena_printf(ctx.arena, "%s/supabase/keys.json", dir));
}
END_TEST

START_TEST(migrations_in_order_of_their_names)
{
	put("supabase/migrations/20240101000000_b.sql", "");
	put("supabase/migrations/9_a.sql", "");
	put("supabase/migrations/0010_c_d.sql", "");
	put("supabase/migrations/123456789012345678901234567890_z.sql", "");
	put("supabase/migrations/readme.txt", "");
	put("supabase/migrations/1_.sql", "");
	put("supabase/roles.sql", "");
	put("supabase/seed.sql", "");
	struct project_files f;
	ck_assert_int_eq(project_list(&ctx, load(NULL), &f), 0);
	ck_assert_uint_eq(f.n_migrations, 5);
	ck_assert_str_eq(f.migrations[0].version, "0010");
	ck_assert_str_eq(f.migrations[0].name, "c_d");
	ck_assert_str_eq(f.migrations[0].shown, "supabase/migrations/0010_c_d.sql");
	ck_assert_str_eq(f.migrations[1].name, "z");
	ck_assert_str_eq(f.migrations[4].version, "9");
	ck_assert_uint_eq(f.n_skipped, 1);
	ck_assert_uint_eq(f.n_seeds, 1);
	ck_assert_ptr_nonnull(f.roles);
	put("supabase/migrations/09_twice.sql", "");
	ck_assert_int_eq(project_list(&ctx, cfg, &f), -1);
	ck_assert_str_eq(ctx.err.message, "supabase/migrations/09_twice.sql and "
					  "supabase/migrations/9_a.sql have the same version");
}
END_TEST

START_TEST(seeds_by_pattern_without_repeats)
{
	put("supabase/config.toml", "[db.seed]\nsql_paths = [\"./seeds/b.sql\", \"seeds/*.sql\", "
				    "\"none*.sql\"]\n");
	put("supabase/seeds/b.sql", "");
	put("supabase/seeds/a.sql", "");
	struct project_files f;
	ck_assert_int_eq(project_list(&ctx, load(NULL), &f), 0);
	ck_assert_uint_eq(f.n_seeds, 2);
	ck_assert(str_ends(str_of(f.seeds[0]), STR("/b.sql")));
	ck_assert_uint_eq(f.n_unmatched, 1);
}
END_TEST

START_TEST(finds_the_project_from_below)
{
	put("supabase/config.toml", "");
	put("src/deep/file", "");
	const char *below = arena_printf(ctx.arena, "%s/src/deep", dir);
	ck_assert_str_eq(config_find_dir(&ctx, below), dir);
	ck_assert_ptr_null(config_find_dir(&ctx, "/usr"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, toml_keeps_order_and_places);
	tcase_add_test(t, toml_refuses_with_a_place);
	tcase_add_test(t, toml_takes_other_characters_in_quotes_only);
	tcase_add_test(t, toml_refuses_deep_nesting);
	tcase_add_test(t, env_reads_dotenv);
	tcase_add_test(t, env_refuses_with_a_place);
	tcase_add_test(t, defaults_are_those_of_supabase_start);
	tcase_add_test(t, file_and_environment_override);
	tcase_add_test(t, env_files_are_read_nearest_first);
	tcase_add_test(t, unknown_and_unhonoured_keys_are_named);
	tcase_add_test(t, providers_hooks_and_mail_are_read);
	tcase_add_test(t, unknown_variables_of_ours_are_named);
	tcase_add_test(t, every_problem_is_listed_in_one_run);
	tcase_add_test(t, malformed_file_is_one_error_and_defaults);
	tcase_add_test(t, unset_variable_is_warned_about);
	tcase_add_test(t, database_url_chooses_and_hides_passwords);
	tcase_add_test(t, database_url_of_a_file_is_not_used);
	tcase_add_test(t, third_parties_have_issuers);
	tcase_add_test(t, migrations_in_order_of_their_names);
	tcase_add_test(t, seeds_by_pattern_without_repeats);
	tcase_add_test(t, finds_the_project_from_below);
	suite_add_tcase(s, t);
	return harness_run(s);
}
