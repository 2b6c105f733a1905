/*
 * The configuration of one project: the Supabase CLI's folder
 * (supabase/config.toml, .env files) plus a section of our own, [bedplate].
 *
 * spec/settings.def lists every key once: those with a member below are
 * honoured, the others are known and reported as not honoured yet. For each
 * key the first of these wins:
 *
 *	1. the environment: SUPABASE_API_PORT for api.port (as the CLI does),
 *	   BEDPLATE_TX_END for bedplate.tx_end; lists are separated by commas
 *	2. supabase/config.toml, where "env(NAME)" stands for a variable
 *	3. the default in spec/settings.def, which is that of `supabase start`
 *
 * A variable comes from the process, else from the first of
 * supabase/{.env.development.local,.env.local,.env.development,.env} and the
 * same four in the project's folder ($SUPABASE_ENV replaces "development").
 *
 * A config is immutable once read and owns its memory: any thread may read it.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "base/str.h"
#include "config/auth.h"

struct arena;
struct ctx;
struct env;

/* What a transaction does at its end: PostgREST's db-tx-end. */
enum config_tx_end {
	CONFIG_TX_COMMIT,
	CONFIG_TX_COMMIT_ALLOW_OVERRIDE,
	CONFIG_TX_ROLLBACK,
	CONFIG_TX_ROLLBACK_ALLOW_OVERRIDE,
};

struct config_api {
	bool enabled;
	int64_t port;
	struct config_list schemas; /* exposed; the first is the default */
	struct config_list extra_search_path;
	int64_t max_rows; /* 0: no limit */
	bool auto_expose_new_tables;
	struct config_list allow_open_tables; /* "schema.table": may lack RLS in serve */
	const char *external_url;	      /* never NULL: http://127.0.0.1:54321 */
};

struct config_db {
	int64_t port;
	bool migrations_enabled;
	bool seed_enabled;
	struct config_list sql_paths; /* absolute glob patterns */

	/* DATABASE_URL: "postgres://…" or "sqlite:/absolute/path". May hold a
	 * password: never print it, print shown_url. */
	const char *url;
	const char *shown_url;
};

/* An enabled [auth.external.<name>]. */
struct config_provider {
	const char *name;
	const char *client_id; /* several are separated by commas; the first one signs in */
	const char *secret;
	const char *redirect_uri; /* never NULL: <external url>/auth/v1/callback */
	const char *url;	  /* of a self-hosted provider, or an issuer; "" */
	bool skip_nonce_check;
	bool email_optional;
};

/* An enabled [auth.hook.<name>]. */
struct config_hook {
	const char *name;    /* "custom_access_token" */
	const char *uri;     /* pg-functions://postgres/<schema>/<function>, http(s)://… */
	const char *secrets; /* of http(s): "v1,whsec_<base64>", several separated by | */
};

struct config_external {
	struct config_provider *providers;
	size_t n_providers;
	struct config_hook *hooks;
	size_t n_hooks;
	const char *captcha_provider; /* "hcaptcha", "turnstile"; NULL: off */
	const char *captcha_secret;
};

/* A mail of [auth.email.template] or [auth.email.notification]. */
struct config_mail_template {
	const char *name; /* "confirmation", "password_changed" */
	bool is_notification;
	bool is_enabled;	  /* notifications are off by default */
	const char *subject;	  /* a template, or NULL */
	int subject_line;	  /* in config.toml */
	const char *content_path; /* absolute, or NULL */
};

/* [auth.email.smtp] and its templates; [inbucket], the mail catcher of `dev`. */
struct config_mail {
	bool smtp_enabled;
	const char *smtp_host;
	int64_t smtp_port; /* 465: TLS from the start, others STARTTLS */
	const char *smtp_user, *smtp_pass;
	const char *smtp_admin_email, *smtp_sender_name;
	bool catcher_enabled;
	int64_t catcher_port, catcher_smtp_port;
	const char *catcher_admin_email, *catcher_sender_name;
	struct config_mail_template *templates; /* one for each kind of mail */
	size_t n_templates;
};

/* [bedplate]: what PostgREST takes from its own configuration, and the server. */
struct config_server {
	const char *host; /* address to bind */
	const char *unix_socket;
	int64_t threads; /* event loops; 0: one for each core */
	enum config_tx_end tx_end;
	const char *tx_end_name;
	const char *anon_role; /* "" : anonymous callers are refused (PGRST302) */
	const char *authenticated_role;
	const char *jwt_aud;	    /* "" : any audience */
	const char *jwt_role_claim; /* "$.role", ".app_metadata.role" */
	bool jwt_secret_is_base64;
	bool accept_jwt;       /* false: every token is answered with PGRST300 */
	const char *jwks_path; /* public keys of third parties; absolute, or NULL */
	int64_t jwt_cache_max_entries;
	bool require_apikey; /* refuse requests without a known key, as the hosted platform does */
	bool aggregates_enabled;
	bool plan_enabled;
	bool legacy_target_names;
	bool server_timing;
	bool minimal_errors;	 /* error bodies without details and hint */
	const char *pre_request; /* "" or a function name */
	const char *openapi_mode;
	struct config_list cors_allowed_origins; /* empty: any */
	const char *trace_header;		 /* "" or a header name to echo */
	int64_t pool_size;
	int64_t pool_acquisition_timeout; /* seconds */
	int64_t statement_timeout;	  /* milliseconds, 0: the roles' own */
	int64_t max_body_size;		  /* bytes */
	int64_t max_connections;
	int64_t drain_timeout; /* seconds */
	const char *log_level; /* "crit", "error", "warn", "info", "debug" */
	bool allow_demo_secrets;
};

enum config_severity {
	CONFIG_ERROR,	/* the value cannot be used: nothing starts */
	CONFIG_WARNING, /* unknown key, unset variable */
};

/* One finding, at a place in a file. */
struct config_problem {
	enum config_severity severity;
	const char *file; /* NULL: the environment */
	int line, column; /* 1-based; 0: none */
	const char *key;  /* "api.portt" */
	const char *what;
	const char *fix; /* NULL when there is nothing to advise */
};

/* A known key that the project sets and this version does not honour. */
struct config_ignored {
	const char *file;
	int line, column;
	const char *key;
	const char *doc;
};

struct config {
	const char *dir;	  /* the project's folder, absolute */
	const char *supabase_dir; /* dir/supabase */
	const char *state_dir;	  /* dir/.bedplate: databases, sockets */
	const char *file;	  /* dir/supabase/config.toml, whether it exists or not */
	bool has_file;

	const char *project_id;
	struct config_api api;
	struct config_db db;
	struct config_auth auth;
	struct config_mail mail;
	struct config_external external;
	struct config_server server;

	struct config_problem *problems; /* in order of place */
	size_t n_problems;
	struct config_ignored *ignored;
	size_t n_ignored;

	struct env *env;     /* the variables seen, for env(NAME) elsewhere */
	struct arena *arena; /* owns all of the above */
};

struct config_options {
	/* Replaces the process environment (a NULL-terminated vector of
	 * "NAME=value"); NULL: environ. For tests. */
	char **environ;
	const char *database_url; /* replaces DATABASE_URL; NULL: none */
};

/*
 * Reads the project in dir (the folder that holds supabase/, NULL for the
 * working directory). A missing config.toml gives the defaults. Everything
 * wrong is listed in (*ret)->problems, all in one run; a malformed file gives
 * one CONFIG_ERROR and the defaults. Fails only when dir cannot be read
 * (58030). Blocks on file reads. Release with config_free().
 */
int config_read(struct ctx *c, const char *dir, const struct config_options *opt,
		struct config **ret);

/* config_read(), and failure with the first CONFIG_ERROR as the error (F0000,
 * "file:line:column: what", the fix as its hint) when there is any. */
int config_load(struct ctx *c, const char *dir, const struct config_options *opt,
		struct config **ret);

void config_free(struct config *cfg); /* NULL allowed */

/* Looks for the folder that holds supabase/config.toml: dir, then its parents,
 * as the CLI does. Returns it (arena of c), or NULL. */
const char *config_find_dir(struct ctx *c, const char *dir);

/* True when a secret of `supabase start` that everybody knows would be
 * accepted: the JWT secret, or the default sb_secret_ key. */
bool config_uses_demo_secret(const struct config *cfg);

/* The value of a setting as text, for `bedplate status`: secrets are given as
 * "(set)". NULL for an unknown path. Memory in a. */
const char *config_show(struct arena *a, const struct config *cfg, const char *path);

/* The well-known values of `supabase start`. */
#define CONFIG_DEMO_JWT_SECRET "super-secret-jwt-token-with-at-least-32-characters-long"
#define CONFIG_DEMO_PUBLISHABLE_KEY "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH"
#define CONFIG_DEMO_SECRET_KEY "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"

#endif
