#include "app/command.h"
#include "app/term.h"

#include <string.h>

const struct option_def common_options[] = {
	{ "project", 'C', "DIR", "the project's folder (default: where supabase/config.toml is)" },
	{ "no-color", 0, NULL, "no colours, as with NO_COLOR in the environment" },
	{ "help", 'h', NULL, "show this help" },
	{ 0 },
};

static void print_options(const struct option_def *defs)
{
	for (const struct option_def *d = defs; d && d->name; d++) {
		char left[64];
		snprintf(left, sizeof(left), "--%s%s%s", d->name, d->arg ? " " : "",
			 d->arg ? d->arg : "");
		if (d->letter)
			printf("  -%c, %-22s %s\n", d->letter, left, d->doc);
		else
			printf("      %-22s %s\n", left, d->doc);
	}
}

static void print_title(const char *title)
{
	printf("\n%s%s%s\n", term(stdout, TERM_BOLD), title, term(stdout, TERM_PLAIN));
}

static void print_exit_codes(void)
{
	print_title("Exit codes");
	printf("  0  done\n"
	       "  1  it did not work; the reason is on stderr\n"
	       "  2  the command line is wrong\n"
	       "  3  check: there are problems; status: the server is not running\n");
}

static void help_program(void)
{
	printf("Bedplate: a whole back end in one program.\n");
	print_title("Usage");
	printf("  bedplate COMMAND [options]\n");
	print_title("Commands");
	for (size_t i = 0; command_at(i); i++)
		printf("  %-12s %s\n", command_at(i)->name, command_at(i)->summary);
	print_title("Options of every command");
	print_options(common_options);
	print_title("Examples");
	printf("  bedplate new shop && cd shop && bedplate dev\n"
	       "  DATABASE_URL=postgres://user:password@host/db bedplate serve\n"
	       "  bedplate migrate --help\n");
	print_exit_codes();
}

void help_print(const struct command *cmd)
{
	if (!cmd) {
		help_program();
		return;
	}
	printf("bedplate %s: %s\n", cmd->name, cmd->summary);
	print_title("Usage");
	printf("  bedplate %s%s%s [options]\n", cmd->name, *cmd->args ? " " : "", cmd->args);
	if (cmd->details)
		printf("\n%s", cmd->details);
	print_title("Options");
	print_options(cmd->options);
	print_options(common_options);
	if (cmd->examples) {
		print_title("Examples");
		printf("%s", cmd->examples);
	}
	print_exit_codes();
}

void usage_print(const struct command *cmd)
{
	if (cmd)
		fprintf(stderr, "usage: bedplate %s%s%s [options]   (bedplate %s --help)\n",
			cmd->name, *cmd->args ? " " : "", cmd->args, cmd->name);
	else
		fprintf(stderr, "usage: bedplate COMMAND [options]   (bedplate --help)\n");
}
