/* The commands there are, sorted by name. */
#include "app/command.h"

#include <string.h>

#define OPTION_JSON                                                                                \
	{                                                                                          \
		"json", 0, NULL, "print one JSON value, for scripts"                               \
	}
#define OPTION_URL                                                                                 \
	{                                                                                          \
		"database-url", 0, "URL", "the database, instead of DATABASE_URL"                  \
	}
#define END                                                                                        \
	{                                                                                          \
		0                                                                                  \
	}

static const struct option_def json_only[] = { OPTION_JSON, END };
static const struct option_def database_only[] = { OPTION_URL, OPTION_JSON, END };

static const struct option_def dev_options[] = {
	{ "port", 'p', "N", "port of the API, instead of [api].port" },
	{ "engine", 'e', "NAME", "sqlite, or postgres: a private server in the project's folder" },
	{ "no-watch", 0, NULL, "do not apply what changes while it runs" },
	{ "no-seed", 0, NULL, "do not load the seed files into a new database" },
	OPTION_URL,
	END,
};

static const struct option_def serve_options[] = {
	{ "port", 'p', "N", "port of the API, instead of [api].port" },
	{ "no-migrate", 0, NULL, "do not prepare the database nor apply pending migrations" },
	OPTION_URL,
	END,
};

static const struct option_def migrate_options[] = {
	{ "keep-going", 'k', NULL, "report each refused statement and go on: to try a project" },
	{ "dry-run", 'n', NULL, "only list what would be applied" },
	OPTION_URL,
	OPTION_JSON,
	END,
};

static const struct option_def reset_options[] = {
	{ "yes", 'y', NULL, "do not ask" },
	{ "no-seed", 0, NULL, "do not load the seed files" },
	OPTION_URL,
	END,
};

static const struct option_def import_options[] = {
	{ "force", 'f', NULL, "import into a database that has tables already" },
	{ "no-migration", 0, NULL, "do not write the schema as a migration" },
	OPTION_URL,
	OPTION_JSON,
	END,
};

static const struct option_def keys_options[] = {
	{ "new", 0, NULL, "make new secrets and print them as lines for supabase/.env" },
	OPTION_JSON,
	END,
};

static const struct option_def token_options[] = {
	{ "role", 'r', "ROLE", "the role claim (default: authenticated)" },
	{ "sub", 's', "ID", "the sub claim: a user's id" },
	{ "claims", 'c', "JSON", "more claims, one JSON object" },
	{ "expires", 'x', "TIME", "valid for 90s, 15m, 1h, 7d (default: [auth].jwt_expiry)" },
	OPTION_JSON,
	END,
};

static const struct option_def sql_options[] = {
	{ "file", 'f', "FILE", "read the statements from a file (- for stdin)" },
	{ "role", 'r', "ROLE", "run as this role (default: postgres)" },
	{ "csv", 0, NULL, "print rows as CSV" },
	OPTION_URL,
	OPTION_JSON,
	END,
};

static const struct option_def status_options[] = {
	{ "output", 'o', "FORMAT", "pretty, env or json" },
	OPTION_URL,
	OPTION_JSON,
	END,
};

static const struct command commands[] = {
	{ "backup", "FILE", "copy the database into a file while it is in use", 1, 1, database_only,
	  "The copy is consistent: it holds what was committed at one moment. SQLite only; for\n"
	  "PostgreSQL use pg_dump.\n",
	  "  bedplate backup /var/backups/shop.db\n", cmd_backup },
	{ "check", "", "report problems in configuration, migrations and policies", 0, 0,
	  database_only,
	  "Applies the migrations to an empty database of its own and lists every problem as\n"
	  "file:line:column with the line and how to fix it, then what anonymous callers can\n"
	  "read or write. The project's database is not touched.\n",
	  "  bedplate check\n  bedplate check --json | jq '.problems[]'\n", cmd_check },
	{ "completion", "SHELL", "print a completion script for bash, zsh or fish", 1, 1, NULL,
	  NULL,
	  "  bedplate completion bash > /etc/bash_completion.d/bedplate\n"
	  "  bedplate completion zsh > ~/.zfunc/_bedplate\n"
	  "  bedplate completion fish > ~/.config/fish/completions/bedplate.fish\n",
	  cmd_completion },
	{ "dev", "", "run the project here and apply what you change", 0, 0, dev_options,
	  "Makes the database if there is none, applies migrations and seeds, serves the API and\n"
	  "prints its URL and keys. Watches migrations, seed and configuration.\n",
	  "  bedplate dev\n  bedplate dev --engine postgres\n  bedplate dev --port 8000\n",
	  cmd_dev },
	{ "import", "SOURCE", "bring in another project from a dump or a live server", 1, 1,
	  import_options,
	  "SOURCE is the file of a plain pg_dump (- for stdin), or the URL of a Supabase or plain\n"
	  "PostgreSQL server, which pg_dump then reads. Takes schema, rows, users with their\n"
	  "password hashes and files' metadata; reports what was not taken and why; reads every\n"
	  "table back and compares count and content. The schema becomes the first migration.\n",
	  "  bedplate import dump.sql\n"
	  "  bedplate import postgres://postgres:secret@db.example.com/postgres\n"
	  "  pg_restore -f - old.dump | bedplate import -\n",
	  cmd_import },
	{ "keys", "", "print the project's API keys, or make new secrets", 0, 0, keys_options,
	  "The keys of a fresh project are those of `supabase start`, which everybody knows.\n"
	  "`serve` refuses them: make your own with --new and keep them out of git.\n",
	  "  bedplate keys\n  bedplate keys --new >> supabase/.env\n", cmd_keys },
	{ "migrate", "", "apply pending migrations", 0, 0, migrate_options,
	  "Applies supabase/migrations in the order of their names, each as one transaction,\n"
	  "and records them in supabase_migrations.schema_migrations.\n",
	  "  bedplate migrate\n  bedplate migrate --dry-run\n"
	  "  bedplate migrate --keep-going --database-url sqlite:/tmp/try.db\n",
	  cmd_migrate },
	{ "new", "NAME", "make a project's folder", 1, 1, NULL,
	  "Writes supabase/config.toml, a first migration with policies, seed.sql, .env.example,\n"
	  ".gitignore and README.md. Never overwrites a file.\n",
	  "  bedplate new shop\n", cmd_new },
	{ "reset", "", "empty the database, then apply migrations and seeds", 0, 0, reset_options,
	  "Everything in the database is lost. Asks first, unless --yes.\n",
	  "  bedplate reset\n  bedplate reset --yes --no-seed\n", cmd_reset },
	{ "serve", "", "run the project in production", 0, 0, serve_options,
	  "Applies pending migrations and serves the API until SIGTERM, then finishes what is\n"
	  "under way. Refuses secrets that everybody knows ([bedplate].allow_demo_secrets) and\n"
	  "exposed tables without row level security that [api].allow_open_tables does not list.\n",
	  "  bedplate serve\n  bedplate serve --port 80 --database-url postgres:///shop\n",
	  cmd_serve },
	{ "sql", "[STATEMENT]", "run SQL statements", 0, 1, sql_options,
	  "Works beside a running server. Rows are printed as a table, as CSV or as JSON.\n",
	  "  bedplate sql 'select * from books limit 5'\n  bedplate sql -f fix.sql\n"
	  "  bedplate sql --json 'select 1 as one'\n",
	  cmd_sql },
	{ "status", "", "print URLs, keys and whether the server runs", 0, 0, status_options,
	  "`-o env` prints the names that `supabase status -o env` does.\n",
	  "  bedplate status\n  eval \"$(bedplate status -o env)\"\n", cmd_status },
	{ "token", "", "mint an access token, to try policies", 0, 0, token_options,
	  "Signs with the project's signing key or JWT secret.\n",
	  "  bedplate token --sub 6f1e5a3c-0000-4000-8000-000000000001\n"
	  "  bedplate token --role service_role --expires 15m\n"
	  "  bedplate token --claims '{\"app_metadata\":{\"plan\":\"pro\"}}'\n",
	  cmd_token },
	{ "version", "", "print the version and what it was built with", 0, 0, json_only, NULL,
	  NULL, cmd_version },
};

const struct command *command_at(size_t i)
{
	return i < sizeof(commands) / sizeof(*commands) ? &commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; command_at(i); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}
