#include "app/command.h"
#include "app/project.h"
#include "app/term.h"
#include "auth/auth.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROWS_MAX = 16 };

struct row {
	const char *name;  /* as `supabase status -o env` prints it */
	const char *title; /* NULL: not in the table for people */
	const char *value;
};

struct rows {
	struct row v[ROWS_MAX];
	size_t n;
};

static void add(struct rows *r, const char *name, const char *title, const char *value)
{
	r->v[r->n++] = (struct row){ name, title, value };
}

static const char *below(struct app *app, const struct config *cfg, const char *path)
{
	return arena_printf(app->c->arena, "%s%s", cfg->api.external_url, path);
}

static void collect(struct app *app, const struct config *cfg, const struct auth *auth,
		    struct rows *r)
{
	add(r, "API_URL", "API URL", cfg->api.external_url);
	add(r, "REST_URL", "REST URL", below(app, cfg, "/rest/v1"));
	add(r, "GRAPHQL_URL", NULL, below(app, cfg, "/graphql/v1"));
	add(r, "FUNCTIONS_URL", NULL, below(app, cfg, "/functions/v1"));
	add(r, "STORAGE_S3_URL", NULL, below(app, cfg, "/storage/v1/s3"));
	add(r, "DB_URL", NULL, cfg->db.url);
	if (cfg->mail.catcher_enabled) {
		const char *url = arena_printf(app->c->arena, "http://127.0.0.1:%lld",
					       (long long)cfg->mail.catcher_port);
		add(r, "MAILPIT_URL", "Mailpit URL", url);
		add(r, "INBUCKET_URL", NULL, url);
	}
	add(r, "PUBLISHABLE_KEY", "Publishable key", cfg->auth.publishable_key);
	add(r, "SECRET_KEY", "Secret key", cfg->auth.secret_key);
	add(r, "JWT_SECRET", NULL, cfg->auth.jwt_secret);
	add(r, "ANON_KEY", "anon key", auth_anon_key(auth));
	add(r, "SERVICE_ROLE_KEY", "service_role key", auth_service_role_key(auth));
}

static bool is_running(const struct config *cfg)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)cfg->api.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	inet_pton(AF_INET, cfg->server.host, &to.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	bool ok = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;
	close(fd);
	return ok;
}

/* Double quotes as `supabase status` has; what a shell would expand is escaped. */
static void print_env(const struct rows *r)
{
	for (size_t i = 0; i < r->n; i++) {
		printf("%s=\"", r->v[i].name);
		for (const char *p = r->v[i].value; *p; p++) {
			if (strchr("\"\\$`", *p))
				putchar('\\');
			putchar(*p);
		}
		puts("\"");
	}
}

static void print_json(const struct rows *r, bool running)
{
	BUF_CLEANUP struct buf b = buf_make(256 << 10);
	for (size_t i = 0; i < r->n; i++) {
		buf_printf(&b, "%s\"%s\":", i ? "," : "{", r->v[i].name);
		json_put_string(&b, str_of(r->v[i].value));
	}
	printf("%.*s,\"running\":%s}\n", STR_ARG(buf_view(&b)), running ? "true" : "false");
}

static void print_pretty(const struct config *cfg, const struct rows *r, bool running)
{
	printf("%s%s%s  %s\n", term(stdout, running ? TERM_GREEN : TERM_DIM),
	       running ? "running" : "not running", term(stdout, TERM_PLAIN), cfg->project_id);
	printf("  %-17s %s\n", "Database", cfg->db.shown_url);
	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].title)
			printf("  %-17s %s\n", r->v[i].title, r->v[i].value);
}

static int print(struct app *app, const struct config *cfg, const struct rows *r)
{
	const char *format =
		option_value(&app->options, "output", app->is_json ? "json" : "pretty");
	bool running = is_running(cfg);
	if (strcmp(format, "env") == 0)
		print_env(r);
	else if (strcmp(format, "json") == 0)
		print_json(r, running);
	else if (strcmp(format, "pretty") == 0)
		print_pretty(cfg, r, running);
	else
		return err_set(app->c, "22023", "--output takes pretty, env or json");
	return running || strcmp(format, "pretty") != 0 ? EXIT_OK : EXIT_PROBLEMS;
}

int cmd_status(struct app *app)
{
	struct config *cfg;
	struct auth *auth;
	struct rows rows = { 0 };
	if (app_config(app, false, &cfg) < 0)
		return EXIT_FAILED;
	if (auth_new(app->c, cfg, &auth) < 0) {
		term_error(app->c);
		config_free(cfg);
		return EXIT_FAILED;
	}
	collect(app, cfg, auth, &rows);
	int rc = print(app, cfg, &rows);
	if (rc < 0)
		term_error(app->c);
	auth_free(auth);
	config_free(cfg);
	return rc < 0 ? EXIT_USAGE : rc;
}
