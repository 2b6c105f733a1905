/*
 * The data API alone, at bare paths, from a file in PostgREST's configuration
 * syntax: for running its cases in each of their configurations.
 *
 *	rest_server CONFIG [NAME=VALUE ...]
 *
 * "script=FILE" makes the database and runs a SQL script first. Keys without a counterpart are
 *ignored.
 */
#include "api/api.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "config/config.h"
#include "engine/engine.h"
#include "net/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setup {
	struct config *cfg;
	const char *db_uri;
	const char *script; /* run first, going on after refused statements */
	uint16_t port;
};

static char *unquote(struct arena *a, const char *text)
{
	size_t n = strlen(text);
	char *out = arena_alloc(a, n + 1), *p = out;
	if (n < 2 || *text != '"') {
		memcpy(out, text, n + 1);
		return out;
	}
	for (const char *s = text + 1; *s && s < text + n - 1; s++) {
		if (*s == '\\' || (*s == '$' && s[1] == '$'))
			s++;
		*p++ = s[-1] == '\\' && *s == 'n' ? '\n' : *s;
	}
	*p = 0;
	return out;
}

static struct config_list list_of(struct arena *a, const char *text)
{
	struct config_list list = { .v = arena_array(a, 64, sizeof(char *)) };
	struct str rest = str_of(text);
	while (rest.p && rest.n && list.n < 64)
		list.v[list.n++] = str_dup(a, str_trim(str_split(&rest, ',')));
	return list;
}

static enum config_tx_end tx_end_of(const char *text)
{
	return !strcmp(text, "rollback")		  ? CONFIG_TX_ROLLBACK
	       : !strcmp(text, "rollback-allow-override") ? CONFIG_TX_ROLLBACK_ALLOW_OVERRIDE
	       : !strcmp(text, "commit-allow-override")	  ? CONFIG_TX_COMMIT_ALLOW_OVERRIDE
							  : CONFIG_TX_COMMIT;
}

static void set_text(struct setup *s, struct arena *a, const char *key, const char *v)
{
	struct config *cfg = s->cfg;
	const struct {
		const char *key;
		const char **text;
	} texts[] = { { "db-uri", &s->db_uri },
		      { "script", &s->script },
		      { "db-anon-role", &cfg->server.anon_role },
		      { "db-pre-request", &cfg->server.pre_request },
		      { "jwt-secret", &cfg->auth.jwt_secret },
		      { "jwt-aud", &cfg->server.jwt_aud },
		      { "jwt-role-claim-key", &cfg->server.jwt_role_claim },
		      { "openapi-mode", &cfg->server.openapi_mode },
		      { "server-trace-header", &cfg->server.trace_header } };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (!strcmp(key, texts[i].key))
			*texts[i].text = v;
	if (!strcmp(key, "db-schemas"))
		cfg->api.schemas = list_of(a, v);
	else if (!strcmp(key, "db-extra-search-path"))
		cfg->api.extra_search_path = list_of(a, v);
	else if (!strcmp(key, "server-cors-allowed-origins"))
		cfg->server.cors_allowed_origins = list_of(a, v);
	else if (!strcmp(key, "db-tx-end"))
		cfg->server.tx_end = tx_end_of(v);
	else if (!strcmp(key, "client-error-verbosity"))
		cfg->server.minimal_errors = !strcmp(v, "minimal");
	else if (!strcmp(key, "db-max-rows"))
		cfg->api.max_rows = atoi(v);
	else if (!strcmp(key, "server-port"))
		s->port = (uint16_t)atoi(v);
}

static void set_flag(struct setup *s, const char *key, bool v)
{
	struct config_server *server = &s->cfg->server;
	const struct {
		const char *key;
		bool *flag;
	} flags[] = { { "db-aggregates-enabled", &server->aggregates_enabled },
		      { "db-plan-enabled", &server->plan_enabled },
		      { "jwt-secret-is-base64", &server->jwt_secret_is_base64 },
		      { "server-timing-enabled", &server->server_timing },
		      { "url-use-legacy-target-names", &server->legacy_target_names } };
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (!strcmp(key, flags[i].key))
			*flags[i].flag = v;
}

static void defaults(struct setup *s, struct arena *a)
{
	struct config *cfg = s->cfg;
	cfg->api.schemas = list_of(a, "public");
	cfg->api.extra_search_path = list_of(a, "public");
	cfg->api.max_rows = 0;
	cfg->server.anon_role = "";
	cfg->server.accept_jwt = false;
	cfg->server.jwt_role_claim = "$.role";
	cfg->server.openapi_mode = "follow-privileges";
}

static bool read_file(struct setup *s, struct arena *a, const char *path)
{
	FILE *f = fopen(path, "r");
	char line[65536];
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		char *eq = strchr(line, '=');
		if (!eq)
			continue;
		const char *key = str_dup(a, str_trim((struct str){ line, (size_t)(eq - line) }));
		const char *value = unquote(a, str_dup(a, str_trim(str_of(eq + 1))));
		set_text(s, a, key, value);
		set_flag(s, key, !strcmp(value, "true"));
		if (!strcmp(key, "jwt-secret"))
			s->cfg->server.accept_jwt = true;
	}
	fclose(f);
	return true;
}

static void report(void *arg, const struct script_report *r)
{
	(void)arg;
	if (r->err)
		fprintf(stderr, "refused at %d: %s %s: %.*s\n", r->offset, r->err->code,
			r->err->message, (int)(r->statement.n < 200 ? r->statement.n : 200),
			r->statement.p);
}

static int run_script(struct ctx *c, struct engine *engine, const char *path)
{
	FILE *f = fopen(path, "r");
	BUF_CLEANUP struct buf b = buf_make(64 << 20);
	char part[65536];
	size_t n;
	if (!f)
		return err_set(c, "58030", "cannot read %s", path);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		buf_put(&b, part, n);
	fclose(f);
	struct script_spec spec = {
		.sql = buf_view(&b), .role = "postgres", .keep_going = true, .report = report
	};
	TRY(engine_script(c, engine, &spec));
	fprintf(stderr, "applied %zu, refused %zu\n", spec.ret_applied, spec.ret_refused);
	return 0;
}

static int serve(struct ctx *c, struct setup *s, sigset_t *ending)
{
	struct engine *engine;
	struct auth *auth;
	struct api *api;
	struct server *server;
	struct engine_options eo = { .url = s->db_uri, .create = s->script != NULL };
	TRY(engine_open(c, &eo, &engine));
	if (s->script)
		TRY(run_script(c, engine, s->script));
	TRY(auth_new(c, s->cfg, &auth));
	struct api_options ao = {
		.engine = engine, .cfg = s->cfg, .auth = auth, .bare_paths = true
	};
	TRY(api_new(c, &ao, &api));
	struct server_options o = { .n_listen = 1,
				    .loops = 2,
				    .listen[0] = { .port = s->port,
						   .handler = { api_handle, api } } };
	TRY(server_start(c, &o, &server));
	int number;
	sigwait(ending, &number);
	server_drain(server);
	server_join(server);
	api_free(api);
	auth_free(auth);
	engine_close(engine);
	return 0;
}

int main(int argc, char **argv)
{
	struct ctx c = { .arena = arena_new(0) };
	struct setup s = { 0 };
	sigset_t ending;
	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ending, NULL);
	char *no_environment[] = { NULL };
	struct config_options co = { .environ = no_environment };
	if (argc < 2 || config_read(&c, "/", &co, &s.cfg) < 0)
		return 2;
	defaults(&s, c.arena);
	if (!read_file(&s, c.arena, argv[1]) || !s.db_uri)
		return 2;
	for (int i = 2; i < argc; i++) {
		struct str value = str_of(argv[i]);
		const char *key = str_dup(c.arena, str_split(&value, '='));
		set_text(&s, c.arena, key, str_dup(c.arena, value));
	}
	int rc = serve(&c, &s, &ending);
	if (rc < 0)
		fprintf(stderr, "rest_server: %s\n", c.err.message);
	config_free(s.cfg);
	arena_free(c.arena);
	return rc < 0;
}
