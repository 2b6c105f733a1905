/*
 * Configuration files. The first byte chooses: config.toml, a .env file, a
 * DATABASE_URL (whose password must never be shown).
 */
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "config/config.h"
#include "config/env.h"
#include "config/toml.h"
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int depth(const struct toml_node *n)
{
	int most = 0;
	for (const struct toml_node *child = n->child; child; child = child->next) {
		CHECK(child->line > 0 && child->column > 0);
		int d = depth(child);
		most = d > most ? d : most;
	}
	return most + 1;
}

/* The folder of all runs; made once. */
static const char *project(void)
{
	static char dir[] = "/tmp/bedplate-fuzz-XXXXXX";
	static bool is_made;
	if (!is_made) {
		char sub[64];
		CHECK(mkdtemp(dir));
		snprintf(sub, sizeof(sub), "%s/supabase", dir);
		CHECK(mkdir(sub, 0700) == 0);
		is_made = true;
	}
	return dir;
}

static void write_config(struct str text)
{
	char path[64];
	snprintf(path, sizeof(path), "%s/supabase/config.toml", project());
	FILE *f = fopen(path, "w");
	CHECK(f && fwrite(text.p, 1, text.n, f) == text.n && fclose(f) == 0);
}

static void check_config(const struct config *cfg)
{
	CHECK(cfg->api.port >= 1 && cfg->api.port <= 65535);
	CHECK(cfg->db.url && cfg->db.shown_url && cfg->api.external_url && cfg->project_id[0]);
	for (size_t i = 0; i < cfg->n_problems; i++)
		CHECK(cfg->problems[i].what);
	for (size_t i = 0; i < cfg->n_ignored; i++)
		CHECK(cfg->ignored[i].key && cfg->ignored[i].doc);
}

static void fuzz_toml(struct ctx *c, struct str in)
{
	struct toml_node *root;
	struct toml_error e = { 0 };
	struct config *cfg;
	struct config_options opt = { .environ = (char *[]){ "A=1", NULL } };
	if (toml_parse(c, in, &e, &root) == 0)
		CHECK(depth(root) <= TOML_DEPTH_MAX + 2);
	else
		CHECK(e.what);
	write_config(in);
	CHECK(config_read(c, project(), &opt, &cfg) == 0);
	check_config(cfg);
	config_free(cfg);
}

static void fuzz_env(struct ctx *c, struct str in)
{
	struct env *env = env_new(c->arena, (char *[]){ "A=1", NULL });
	if (env_add_text(c, env, "f", in) < 0)
		CHECK(strncmp(c->err.message, "f:", 2) == 0);
	CHECK(strcmp(env_get(env, "A"), "1") == 0);
	(void)env_get(env, "B");
}

static void fuzz_url(struct ctx *c, struct str in)
{
	struct config *cfg;
	const char *url = arena_printf(c->arena, "postgres://u:s3cr3t-x@%.*s", STR_ARG(in));
	if (strlen(url) != in.n + strlen("postgres://u:s3cr3t-x@") ||
	    str_find(in, STR("s3cr3t-x")) >= 0)
		return; /* a NUL ends the text; or the input shows the password itself */
	struct config_options opt = { .environ = (char *[]){ NULL }, .database_url = url };
	CHECK(config_read(c, project(), &opt, &cfg) == 0);
	check_config(cfg);
	CHECK(!strstr(cfg->db.shown_url, "s3cr3t-x"));
	config_free(cfg);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(struct ctx * c, struct str in) = { fuzz_toml, fuzz_env,
									  fuzz_url };
	if (size == 0 || size > 20000)
		return 0;
	struct ctx c = { .arena = arena_new(0) };
	struct str in = str_copy(c.arena, (struct str){ (const char *)data + 1, size - 1 });
	targets[data[0] % 3](&c, in);
	arena_free(c.arena);
	return 0;
}
