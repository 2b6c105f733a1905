/*
 * A command of the program: one file cmd_X.c and one row in commands.c. The
 * row's text makes `--help` and the shell completion.
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "app/option.h"

struct config;
struct ctx;

/* Exit codes, the same for every command. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,   /* it was tried and did not work */
	EXIT_USAGE = 2,	   /* the command line is wrong */
	EXIT_PROBLEMS = 3, /* `check` found problems; `status`: not running */
};

/* One run of the program. */
struct app {
	struct ctx *c;
	const struct command *command;
	struct options options; /* parsed; see option_given(), option_value() */
	const char **args;	/* what is no option */
	size_t n_args;
	bool is_json; /* --json */
};

struct command {
	const char *name;
	const char *args;    /* "NAME", "FILE", "" for the usage line */
	const char *summary; /* one line, no full stop */
	size_t min_args, max_args;
	const struct option_def *options; /* ends with a row without a name; may be NULL */
	const char *details;		  /* paragraphs of --help */
	const char *examples;		  /* indented lines of --help */
	int (*run)(struct app *app);	  /* returns an exit code */
};

/* The table, sorted by name: i-th row, NULL past the end. */
const struct command *command_at(size_t i);
const struct command *command_find(const char *name);

/* Options of every command: --project DIR, --no-color, --help. */
extern const struct option_def common_options[];

/* Prints the program's or one command's help to stdout. */
void help_print(const struct command *cmd);
void usage_print(const struct command *cmd); /* short, to stderr */

int cmd_backup(struct app *app);
int cmd_check(struct app *app);
int cmd_completion(struct app *app);
int cmd_dev(struct app *app);
int cmd_import(struct app *app);
int cmd_keys(struct app *app);
int cmd_migrate(struct app *app);
int cmd_new(struct app *app);
int cmd_reset(struct app *app);
int cmd_serve(struct app *app);
int cmd_sql(struct app *app);
int cmd_status(struct app *app);
int cmd_token(struct app *app);
int cmd_version(struct app *app);

#endif
