#include "app/command.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/err.h"

#include <signal.h>
#include <string.h>

/* The command's place: the first argument that is no option and no value of
 * the common ones. */
static size_t find_command(size_t argc, char **argv)
{
	for (size_t i = 1; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		if (strcmp(argv[i], "--project") == 0 || strcmp(argv[i], "-C") == 0)
			i++;
	}
	return 0;
}

static int usage_error(struct app *app)
{
	term_error(app->c);
	usage_print(app->command);
	return EXIT_USAGE;
}

static int check_args(struct app *app)
{
	const struct command *cmd = app->command;
	if (app->n_args < cmd->min_args)
		return err_set(app->c, "22023", "%s needs %s", cmd->name, cmd->args);
	if (app->n_args > cmd->max_args)
		return err_set(app->c, "22023", "unexpected argument \"%s\"",
			       app->args[cmd->max_args]);
	return 0;
}

static int run(struct app *app, char **argv, size_t n)
{
	app->args = arena_array(app->c->arena, n + 1, sizeof(*app->args));
	const struct option_def *own = app->command ? app->command->options : NULL;
	if (options_parse(app->c, common_options, own, argv, n, &app->options, app->args,
			  &app->n_args) < 0)
		return usage_error(app);
	term_init(option_given(&app->options, "no-color"));
	if (option_given(&app->options, "help") || !app->command) {
		help_print(app->command);
		return EXIT_OK;
	}
	if (check_args(app) < 0)
		return usage_error(app);
	app->is_json = option_given(&app->options, "json");
	return app->command->run(app);
}

/* "bedplate --version" and "bedplate help X", which people type. */
static void rewrite(size_t argc, char **argv)
{
	static char version[] = "version", help[] = "--help";
	if (argc > 1 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		argv[1] = version;
	if (argc > 1 && strcmp(argv[1], "help") == 0)
		argv[1] = help;
}

static int dispatch(struct app *app, size_t argc, char **argv)
{
	rewrite(argc, argv);
	size_t n = argc - 1, at = find_command(argc, argv);
	if (at) {
		app->command = command_find(argv[at]);
		if (!app->command) {
			err_set(app->c, "22023", "there is no command \"%s\"", argv[at]);
			return usage_error(app);
		}
		/* The rest is options and arguments, in their order. */
		memmove(argv + at, argv + at + 1, (n - at) * sizeof(*argv));
		n--;
	}
	return run(app, argv + 1, n);
}

int main(int argc, char **argv)
{
	struct ctx ctx = { .arena = arena_new(0) };
	struct app app = { .c = &ctx };
	signal(SIGPIPE, SIG_IGN);
	int rc = dispatch(&app, (size_t)argc, argv);
	arena_free(ctx.arena);
	return rc;
}
