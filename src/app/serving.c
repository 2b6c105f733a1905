#include "app/serving.h"

#include "api/api.h"
#include "app/control.h"
#include "app/pgport.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "config/config.h"
#include "external/issuers.h"
#include "mail/mail.h"
#include "net/access_log.h"
#include "net/server.h"
#include "signin/signin.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { MS = 1000 };

struct serving {
	struct issuers *issuers;
	struct mailer *mailer;
	struct signin *signin;
	struct api *api;
	struct access_log *log;
	struct server *server;
	struct pgport *pgport;
	struct control_server control;
};

int serving_signals(struct ctx *c, int *ret_fd)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_set(c, "58000", "the system gave no signalfd");
	*ret_fd = fd;
	return 0;
}

static void add_listener(struct server_options *o, struct server_listen l)
{
	CHECK(o->n_listen < SERVER_LISTEN_MAX);
	o->listen[o->n_listen++] = l;
}

static struct server_options options_of(struct ctx *c, const struct config *cfg, struct serving *s)
{
	struct server_options o = {
		.loops = (int)cfg->server.threads,
		.body_max = (uint64_t)cfg->server.max_body_size,
		.connections_max = (uint32_t)cfg->server.max_connections,
		.request_timeout_ms = (uint32_t)cfg->server.statement_timeout,
		.drain_timeout_ms = (uint32_t)cfg->server.drain_timeout * MS,
		.log = s->log,
	};
	struct http_handler api = { api_handle, s->api };
	struct http_handler control = { control_handle, &s->control };
	add_listener(&o, (struct server_listen){ .host = cfg->server.host,
						 .port = (uint16_t)cfg->api.port,
						 .handler = api });
	add_listener(&o, (struct server_listen){ .unix_path = control_path(c->arena, cfg),
						 .unix_mode = 0600,
						 .handler = control });
	if (*cfg->server.unix_socket)
		add_listener(&o, (struct server_listen){ .unix_path = cfg->server.unix_socket,
							 .unix_mode = 0660,
							 .handler = api });
	return o;
}

/* A client of the database's port is told what to use; a port in use only
 * means that nobody is told. */
static void start_pgport(struct ctx *c, const struct config *cfg, const struct engine *e,
			 struct serving *s)
{
	if (engine_can(e, CAP_NATIVE_SQL))
		return;
	if (pgport_start(c, (uint16_t)cfg->db.port, cfg->api.external_url, &s->pgport) == 0)
		return;
	term_warn("%s", c->err.message);
	err_clear(c);
}

static int start_mailer(struct ctx *c, const struct serving_spec *spec, struct serving *s)
{
	struct mailer_options o = { spec->engine, spec->cfg, spec->catcher_port };
	TRY(mailer_new(c, &o, &s->mailer));
	return mailer_start(c, s->mailer);
}

static int start_signin(struct ctx *c, const struct serving_spec *spec, struct serving *s)
{
	struct signin_options o = { spec->engine, spec->cfg, spec->auth, s->mailer };
	return spec->cfg->auth.enabled ? signin_new(c, &o, &s->signin) : 0;
}

static int start(struct ctx *c, const struct serving_spec *spec, struct serving *s)
{
	struct api_options api = { .engine = spec->engine, .cfg = spec->cfg, .auth = spec->auth };
	s->control = (struct control_server){ spec->engine, spec->reset_fd };
	TRY(issuers_start(c, spec->cfg, spec->auth, &s->issuers));
	TRY(start_mailer(c, spec, s));
	TRY(start_signin(c, spec, s));
	api.signin = s->signin;
	TRY(api_new(c, &api, &s->api));
	if (spec->has_log)
		TRY(access_log_new(c, STDOUT_FILENO, &s->log));
	struct server_options o = options_of(c, spec->cfg, s);
	if (server_start(c, &o, &s->server) < 0)
		return c->err.hint ? -1 : err_hint(c, "Choose another with --port or [api].port.");
	start_pgport(c, spec->cfg, spec->engine, s);
	return 0;
}

int serving_start(struct ctx *c, const struct serving_spec *spec, struct serving **ret)
{
	struct serving *s = calloc(1, sizeof(*s));
	CHECK(s);
	if (start(c, spec, s) < 0) {
		serving_stop(s);
		return -1;
	}
	*ret = s;
	return 0;
}

void serving_stop(struct serving *s)
{
	pgport_stop(s->pgport);
	if (s->server) {
		server_drain(s->server);
		server_join(s->server);
	}
	api_free(s->api);
	signin_free(s->signin);
	issuers_stop(s->issuers);
	mailer_stop(s->mailer);
	mailer_free(s->mailer);
	access_log_free(s->log);
	free(s);
}
