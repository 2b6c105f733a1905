#include "app/command.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Made from src/app/templates by tools/embed_text.py. */
const char *template_config(void);
const char *template_migration(void);
const char *template_seed(void);
const char *template_env(void);
const char *template_gitignore(void);
const char *template_readme(void);

enum { NAME_MAX_BYTES = 40, TEXT_MAX = 64 << 10 };

static int check_name(struct ctx *c, const char *name)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
	size_t n = strlen(name);
	if (n == 0 || n > NAME_MAX_BYTES || strspn(name, allowed) != n || strchr("._-", name[0]))
		return err_set(c, "22023",
			       "a name has letters, digits, '_', '.' and '-', begins "
			       "with a letter or digit, and has 40 characters or less");
	return 0;
}

static int make_dir(struct ctx *c, const char *path)
{
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return err_set(c, "58030", "could not make the folder %s: %s", path,
			       strerror(errno));
	return 0;
}

static int write_all(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = write(fd, text.p, text.n);
		if (n < 0 && errno != EINTR)
			return -1;
		text = str_from(text, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

/* Writes a template with @NAME@ replaced. A file that is there stays. */
static int put_file(struct ctx *c, const char *name, const char *path, const char *template)
{
	BUF_CLEANUP struct buf b = buf_make(TEXT_MAX);
	const char *rest = template;
	for (const char *mark; (mark = strstr(rest, "@NAME@")); rest = mark + 6) {
		buf_put(&b, rest, (size_t)(mark - rest));
		buf_puts(&b, name);
	}
	buf_puts(&b, rest);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST) {
		term_warn("%s is there already and was left as it is", path);
		return 0;
	}
	int rc = fd < 0 ? -1 : write_all(fd, buf_view(&b));
	if (rc < 0)
		err_set(c, "58030", "could not write %s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return rc;
}

static int make_project(struct ctx *c, const char *name)
{
	char version[32];
	time_t now = time(NULL);
	struct tm tm;
	strftime(version, sizeof(version), "%Y%m%d%H%M%S", gmtime_r(&now, &tm));
	const char *const dirs[] = { "", "/supabase", "/supabase/migrations" };
	const struct {
		const char *path, *text;
	} files[] = {
		{ "supabase/config.toml", template_config() },
		{ arena_printf(c->arena, "supabase/migrations/%s_notes.sql", version),
		  template_migration() },
		{ "supabase/seed.sql", template_seed() },
		{ "supabase/.env.example", template_env() },
		{ ".gitignore", template_gitignore() },
		{ "README.md", template_readme() },
	};
	for (size_t i = 0; i < 3; i++)
		TRY(make_dir(c, arena_printf(c->arena, "%s%s", name, dirs[i])));
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		TRY(put_file(c, name, arena_printf(c->arena, "%s/%s", name, files[i].path),
			     files[i].text));
	return 0;
}

int cmd_new(struct app *app)
{
	const char *name = app->args[0];
	if (check_name(app->c, name) < 0) {
		term_error(app->c);
		return EXIT_USAGE;
	}
	if (access(arena_printf(app->c->arena, "%s/supabase/config.toml", name), F_OK) == 0) {
		err_set(app->c, "58030", "%s is a project already", name);
		term_error(app->c);
		return EXIT_FAILED;
	}
	if (make_project(app->c, name) < 0) {
		term_error(app->c);
		return EXIT_FAILED;
	}
	printf("made %s; next:\n  cd %s\n  bedplate dev\n", name, name);
	return EXIT_OK;
}
