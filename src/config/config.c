#include "config/config.h"

#include "base/arena.h"
#include "base/check.h"
#include "config/database.h"
#include "config/env.h"
#include "config/file.h"
#include "config/reading.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HS256_SECRET_MIN = 32, PROJECT_ID_MAX = 40 };

static void add_env_file(struct reading *r, const char *dir, const char *name)
{
	if (env_add_file(r->c, r->cfg->env, path_join(r->c, dir, name)) == 0)
		return;
	reading_problem(r, CONFIG_WARNING, NULL, NULL, r->c->err.message,
			"The lines from there on were not read.");
	err_clear(r->c);
}

/* The CLI's order: the nearest folder first, the most specific file first. */
static void read_env(struct reading *r, const struct config_options *opt)
{
	struct config *cfg = r->cfg;
	cfg->env = env_new(cfg->arena, opt && opt->environ ? opt->environ : environ);
	const char *kind = env_get(cfg->env, "SUPABASE_ENV");
	if (!kind || !*kind || strchr(kind, '/'))
		kind = "development";
	const char *const dirs[] = { cfg->supabase_dir, cfg->dir };
	for (size_t i = 0; i < 2; i++) {
		add_env_file(r, dirs[i], arena_printf(cfg->arena, ".env.%s.local", kind));
		if (strcmp(kind, "test") != 0)
			add_env_file(r, dirs[i], ".env.local");
		add_env_file(r, dirs[i], arena_printf(cfg->arena, ".env.%s", kind));
		add_env_file(r, dirs[i], ".env");
	}
}

static void read_file(struct reading *r)
{
	struct config *cfg = r->cfg;
	struct str text;
	if (file_read(r->c, cfg->file, TOML_SIZE_MAX, &text) < 0) {
		if (!err_is(r->c, "58P01"))
			reading_problem(r, CONFIG_ERROR, NULL, NULL, r->c->err.message, NULL);
		err_clear(r->c);
		return;
	}
	cfg->has_file = true;
	struct toml_error e;
	struct toml_node *root;
	if (toml_parse(r->c, text, &e, &root) == 0) {
		r->root = root;
		return;
	}
	struct toml_node place = { .line = e.line, .column = e.column };
	reading_problem(r, CONFIG_ERROR, &place, NULL, e.what, NULL);
	err_clear(r->c);
}

static bool is_id_char(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       ch == '_' || ch == '.' || ch == '-';
}

/* The CLI's own rule: runs of other characters become one '_', no leading
 * punctuation, 40 characters. */
static const char *sanitize_id(struct arena *a, const char *text)
{
	char *out = arena_alloc(a, strlen(text) + 1);
	size_t n = 0;
	for (const char *p = text; *p; p++) {
		if (is_id_char(*p))
			out[n++] = *p;
		else if (p == text || is_id_char(p[-1]))
			out[n++] = '_';
	}
	out[n] = '\0';
	out += strspn(out, "_.-");
	return arena_strndup(a, out, strnlen(out, PROJECT_ID_MAX));
}

static void derive_names(struct reading *r)
{
	struct config *cfg = r->cfg;
	if (!*cfg->project_id) {
		const char *slash = strrchr(cfg->dir, '/');
		cfg->project_id = slash && slash[1] ? slash + 1 : "project";
	}
	const char *id = sanitize_id(cfg->arena, cfg->project_id);
	cfg->project_id = *id ? id : "project";
	if (!*cfg->api.external_url)
		cfg->api.external_url =
			arena_printf(cfg->arena, "http://127.0.0.1:%lld", (long long)cfg->api.port);
	if (!*cfg->auth.jwt_issuer)
		cfg->auth.jwt_issuer =
			arena_printf(cfg->arena, "%s/auth/v1", cfg->api.external_url);
	if (cfg->auth.anon_key && !*cfg->auth.anon_key)
		cfg->auth.anon_key = NULL;
	if (cfg->auth.service_role_key && !*cfg->auth.service_role_key)
		cfg->auth.service_role_key = NULL;
}

/* A DATABASE_URL in a .env file often names the production database of some
 * other tool: only the process's own counts, or BEDPLATE_DATABASE_URL. */
static void derive_database(struct reading *r, const struct config_options *opt)
{
	struct config *cfg = r->cfg;
	const char *url = opt ? opt->database_url : NULL;
	if (!url)
		url = env_get(cfg->env, "BEDPLATE_DATABASE_URL");
	const char *general = env_get(cfg->env, "DATABASE_URL");
	const char *file = env_source(cfg->env, "DATABASE_URL");
	if (!url && general && !file)
		url = general;
	if (!url && file)
		reading_problem(r, CONFIG_WARNING, NULL, "DATABASE_URL",
				arena_printf(cfg->arena, "in %s is not used", file),
				"To use it, set it in the environment, or name it "
				"BEDPLATE_DATABASE_URL.");
	if (database_choose(r->c, cfg, url) == 0)
		return;
	reading_problem(r, CONFIG_ERROR, NULL, "DATABASE_URL", r->c->err.message, r->c->err.hint);
	err_clear(r->c);
	CHECK(database_choose(r->c, cfg, NULL) == 0);
}

static const char *third_party_text(struct reading *r, const char *provider, const char *name)
{
	const char *path = arena_printf(r->c->arena, "auth.third_party.%s.%s", provider, name);
	const struct toml_node *n = reading_at(r, path);
	const char *unset = NULL;
	return n ? reading_text(r, n, &unset) : NULL;
}

static const char *third_party_issuer(struct reading *r, const char *provider)
{
	struct arena *a = r->c->arena;
	const char *const names[] = { "project_id", "tenant", "user_pool_id", "domain",
				      "issuer_url" };
	const char *v[5];
	for (size_t i = 0; i < 5; i++)
		v[i] = third_party_text(r, provider, names[i]);
	const char *region = third_party_text(r, provider, "tenant_region");
	const char *pool_region = third_party_text(r, provider, "user_pool_region");
	if (strcmp(provider, "firebase") == 0 && v[0])
		return arena_printf(a, "https://securetoken.google.com/%s", v[0]);
	if (strcmp(provider, "auth0") == 0 && v[1])
		return arena_printf(a, "https://%s%s%s.auth0.com/", v[1], region ? "." : "",
				    region ? region : "");
	if (strcmp(provider, "aws_cognito") == 0 && v[2] && pool_region)
		return arena_printf(a, "https://cognito-idp.%s.amazonaws.com/%s", pool_region,
				    v[2]);
	if (strcmp(provider, "clerk") == 0 && v[3])
		return arena_printf(a, "https://%s", v[3]);
	return strcmp(provider, "workos") == 0 ? v[4] : NULL;
}

static void read_third_party(struct reading *r)
{
	static const char *const providers[] = { "firebase", "auth0", "aws_cognito", "clerk",
						 "workos" };
	VEC(struct config_third_party) found = { 0 };
	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++) {
		const char *enabled = third_party_text(r, providers[i], "enabled");
		if (!enabled || strcmp(enabled, "true") != 0)
			continue;
		const char *section =
			arena_printf(r->c->arena, "auth.third_party.%s", providers[i]);
		struct config_third_party t = { providers[i], third_party_issuer(r, providers[i]) };
		if (t.issuer)
			VEC_PUSH(r->c->arena, &found, t);
		else
			reading_problem(r, CONFIG_ERROR, reading_at(r, section), section,
					"is enabled but does not say which tenant",
					"Set its project, tenant, pool, domain or issuer.");
	}
	r->cfg->auth.third_party = found.v;
	r->cfg->auth.n_third_party = found.n;
}

static void check_secret(struct reading *r)
{
	const char *secret = r->cfg->auth.jwt_secret;
	if (*secret == '{' || r->cfg->server.jwt_secret_is_base64)
		return; /* auth_new() judges these */
	if (strlen(secret) < HS256_SECRET_MIN)
		reading_problem(r, CONFIG_ERROR, reading_at(r, "auth.jwt_secret"),
				"auth.jwt_secret", "is shorter than 32 bytes",
				"Make one: openssl rand -base64 48");
}

static void check_values(struct reading *r)
{
	struct config *cfg = r->cfg;
	if (cfg->api.schemas.n == 0) {
		static const char *public_only[] = { "public" };
		reading_problem(r, CONFIG_WARNING, reading_at(r, "api.schemas"), "api.schemas",
				"is empty: public is exposed, as Supabase's command line does",
				"Write schemas = [\"public\"].");
		cfg->api.schemas = (struct config_list){ public_only, 1 };
	}
	if (cfg->server.pool_size < 1)
		reading_problem(r, CONFIG_ERROR, reading_at(r, "bedplate.pool_size"),
				"bedplate.pool_size", "must be 1 or more", NULL);
	check_secret(r);
}

static int problem_cmp(const void *x, const void *y)
{
	const struct config_problem *a = x, *b = y;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return (a->column > b->column) - (a->column < b->column);
}

static int find_dirs(struct ctx *c, struct config *cfg, const char *dir)
{
	char path[PATH_MAX];
	if (!realpath(dir ? dir : ".", path))
		return err_set(c, "58030", "could not read the folder %s: %s", dir ? dir : ".",
			       strerror(errno));
	cfg->dir = arena_strdup(cfg->arena, path);
	cfg->supabase_dir = arena_printf(cfg->arena, "%s/supabase", path);
	cfg->state_dir = arena_printf(cfg->arena, "%s/.bedplate", path);
	cfg->file = arena_printf(cfg->arena, "%s/config.toml", cfg->supabase_dir);
	return 0;
}

static struct config *config_new(void)
{
	struct arena *a = arena_new(64 << 10);
	struct config *cfg = ARENA_NEW(a, struct config);
	cfg->arena = a;
	return cfg;
}

int config_read(struct ctx *c, const char *dir, const struct config_options *opt,
		struct config **ret)
{
	struct config *cfg = config_new();
	if (find_dirs(c, cfg, dir) < 0) {
		config_free(cfg);
		return -1;
	}
	struct ctx own = { .arena = cfg->arena };
	struct reading r = { .c = &own, .cfg = cfg };
	read_env(&r, opt);
	read_file(&r);
	reading_apply(&r);
	reading_survey(&r);
	derive_names(&r);
	derive_database(&r, opt);
	read_third_party(&r);
	reading_mail(&r);
	reading_external(&r);
	check_values(&r);
	if (r.problems.n)
		qsort(r.problems.v, r.problems.n, sizeof(*r.problems.v), problem_cmp);
	cfg->problems = r.problems.v;
	cfg->n_problems = r.problems.n;
	cfg->ignored = r.ignored.v;
	cfg->n_ignored = r.ignored.n;
	*ret = cfg;
	return 0;
}

static int fail_with(struct ctx *c, const struct config_problem *p)
{
	if (p->file)
		err_set(c, "F0000", "%s:%d:%d: %s%s%s", p->file, p->line, p->column,
			p->key ? p->key : "", p->key ? " " : "", p->what);
	else
		err_set(c, "F0000", "%s%s%s", p->key ? p->key : "", p->key ? " " : "", p->what);
	return p->fix ? err_hint(c, "%s", p->fix) : -1;
}

int config_load(struct ctx *c, const char *dir, const struct config_options *opt,
		struct config **ret)
{
	struct config *cfg;
	TRY(config_read(c, dir, opt, &cfg));
	for (size_t i = 0; i < cfg->n_problems; i++)
		if (cfg->problems[i].severity == CONFIG_ERROR) {
			fail_with(c, &cfg->problems[i]);
			config_free(cfg);
			return -1;
		}
	*ret = cfg;
	return 0;
}

void config_free(struct config *cfg)
{
	if (cfg)
		arena_free(cfg->arena);
}

const char *config_find_dir(struct ctx *c, const char *dir)
{
	char path[PATH_MAX];
	if (!realpath(dir ? dir : ".", path))
		return NULL;
	for (;;) {
		const char *file = arena_printf(c->arena, "%s/supabase/config.toml", path);
		if (access(file, R_OK) == 0)
			return arena_strdup(c->arena, *path ? path : "/");
		char *slash = strrchr(path, '/');
		if (!slash)
			return NULL;
		*slash = '\0';
	}
}

bool config_uses_demo_secret(const struct config *cfg)
{
	return strcmp(cfg->auth.jwt_secret, CONFIG_DEMO_JWT_SECRET) == 0 ||
	       strcmp(cfg->auth.secret_key, CONFIG_DEMO_SECRET_KEY) == 0;
}
