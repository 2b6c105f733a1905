#include "app/command.h"
#include "app/term.h"
#include "base/err.h"

#include <string.h>

static void print_words(const struct option_def *defs)
{
	for (const struct option_def *d = defs; d && d->name; d++)
		printf(" --%s", d->name);
}

static void print_bash(void)
{
	printf("_bedplate() {\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	       "\tlocal cmd= w\n"
	       "\tfor w in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
	       "\t\tcase $w in -*) ;; *) cmd=$w; break ;; esac\n"
	       "\tdone\n"
	       "\tcase $prev in\n"
	       "\t--project | -C) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n"
	       "\t--file | -f) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
	       "\tesac\n"
	       "\tlocal words\n"
	       "\tcase $cmd in\n");
	for (size_t i = 0; command_at(i); i++) {
		printf("\t%s) words='", command_at(i)->name);
		print_words(command_at(i)->options);
		print_words(common_options);
		printf("%s' ;;\n",
		       strcmp(command_at(i)->name, "completion") ? "" : " bash zsh fish");
	}
	printf("\t*) words='");
	for (size_t i = 0; command_at(i); i++)
		printf(" %s", command_at(i)->name);
	print_words(common_options);
	printf("' ;;\n"
	       "\tesac\n"
	       "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	       "}\n"
	       "complete -o default -F _bedplate bedplate\n");
}

/* A text between single quotes: ' becomes '\''. */
static void print_quoted(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\'", stdout);
		else if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

static void print_zsh_options(const struct option_def *defs)
{
	for (const struct option_def *d = defs; d && d->name; d++) {
		printf(" \\\n\t\t\t'--%s%s[", d->name, d->arg ? "=" : "");
		print_quoted(d->doc, "[]:");
		printf("]%s%s%s'", d->arg ? ":" : "", d->arg ? d->arg : "",
		       !d->arg			     ? ""
		       : strcmp(d->arg, "DIR") == 0  ? ":_files -/"
		       : strcmp(d->arg, "FILE") == 0 ? ":_files"
						     : ":");
	}
}

static void print_zsh(void)
{
	printf("#compdef bedplate\n_bedplate() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; command_at(i); i++) {
		printf("\t\t'%s:", command_at(i)->name);
		print_quoted(command_at(i)->summary, ":");
		printf("'\n");
	}
	printf("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n"
	       "\tfi\n\tcase $words[2] in\n");
	for (size_t i = 0; command_at(i); i++) {
		printf("\t\t%s) _arguments", command_at(i)->name);
		print_zsh_options(command_at(i)->options);
		print_zsh_options(common_options);
		printf(" \\\n\t\t\t'*:%s:%s' ;;\n", *command_at(i)->args ? "argument" : "",
		       strcmp(command_at(i)->name, "completion") ? "_files" : "(bash zsh fish)");
	}
	printf("\tesac\n}\n_bedplate \"$@\"\n");
}

static void print_fish_options(const char *command, const struct option_def *defs)
{
	for (const struct option_def *d = defs; d && d->name; d++) {
		printf("complete -c bedplate -n '__fish_seen_subcommand_from %s' -l %s", command,
		       d->name);
		if (d->letter)
			printf(" -s %c", d->letter);
		printf("%s -d '", d->arg ? " -r" : "");
		print_quoted(d->doc, "");
		printf("'\n");
	}
}

static void print_fish(void)
{
	printf("complete -c bedplate -f\n");
	for (size_t i = 0; command_at(i); i++) {
		const struct command *cmd = command_at(i);
		printf("complete -c bedplate -n __fish_use_subcommand -a %s -d '", cmd->name);
		print_quoted(cmd->summary, "");
		printf("'\n");
		print_fish_options(cmd->name, cmd->options);
		print_fish_options(cmd->name, common_options);
	}
	printf("complete -c bedplate -n '__fish_seen_subcommand_from completion' -a 'bash zsh "
	       "fish'\n");
}

int cmd_completion(struct app *app)
{
	const char *shell = app->args[0];
	if (strcmp(shell, "bash") == 0)
		print_bash();
	else if (strcmp(shell, "zsh") == 0)
		print_zsh();
	else if (strcmp(shell, "fish") == 0)
		print_fish();
	else {
		err_set(app->c, "22023", "completion knows bash, zsh and fish, not \"%s\"", shell);
		term_error(app->c);
		return EXIT_USAGE;
	}
	return EXIT_OK;
}
