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

static const struct option_def status_options[] = {
	{ "output", 'o', "FORMAT", "pretty, env or json" },
	OPTION_URL,
	OPTION_JSON,
	END,
};

static const struct command commands[] = {
	{ "completion", "SHELL", "print a completion script for bash, zsh or fish", 1, 1, NULL,
	  NULL,
	  "  bedplate completion bash > /etc/bash_completion.d/bedplate\n"
	  "  bedplate completion zsh > ~/.zfunc/_bedplate\n"
	  "  bedplate completion fish > ~/.config/fish/completions/bedplate.fish\n",
	  cmd_completion },
	{ "keys", "", "print the project's API keys, or make new secrets", 0, 0, keys_options,
	  "The keys of a fresh project are those of `supabase start`, which everybody knows.\n"
	  "`serve` refuses them: make your own with --new and keep them out of git.\n",
	  "  bedplate keys\n  bedplate keys --new >> supabase/.env\n", cmd_keys },
	{ "new", "NAME", "make a project's folder", 1, 1, NULL,
	  "Writes supabase/config.toml, a first migration with policies, seed.sql, .env.example,\n"
	  ".gitignore and README.md. Never overwrites a file.\n",
	  "  bedplate new shop\n", cmd_new },
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
