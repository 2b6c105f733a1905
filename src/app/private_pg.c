#include "app/private_pg.h"

#include "app/command.h"
#include "app/term.h"
#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { START_TIMEOUT_MS = 20000, POLL_MS = 20 };

struct private_pg {
	pid_t pid;
	char *url;
};

/* PostgreSQL refuses to run as root: then as the user that its package made. */
struct identity {
	uid_t uid;
	gid_t gid;
	const char *user;
};

static int find_identity(struct ctx *c, struct identity *ret)
{
	*ret = (struct identity){ getuid(), getgid(), NULL };
	if (getuid() != 0)
		return 0;
	const struct passwd *pw = getpwnam("postgres");
	if (!pw)
		return err_set(c, "58000",
			       "PostgreSQL does not run as root, and there is no user "
			       "postgres to run it as");
	*ret = (struct identity){ pw->pw_uid, pw->pw_gid, arena_strdup(c->arena, pw->pw_name) };
	return 0;
}

/* The folder of the newest server: Debian's place, else PATH. */
static int find_programs(struct ctx *c, const char **ret)
{
	glob_t g = { 0 };
	const char *best = NULL;
	int version = 0;
	if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &g) == 0)
		for (size_t i = 0; i < g.gl_pathc; i++) {
			int v = atoi(g.gl_pathv[i] + strlen("/usr/lib/postgresql/"));
			if (v > version) {
				version = v;
				best = arena_printf(c->arena, "/usr/lib/postgresql/%d/bin", v);
			}
		}
	globfree(&g);
	struct str path = str_of(getenv("PATH"));
	while (!best && path.p) {
		const char *dir = str_dup(c->arena, str_split(&path, ':'));
		if (*dir && access(arena_printf(c->arena, "%s/postgres", dir), X_OK) == 0)
			best = dir;
	}
	if (!best) {
		err_set(c, "58P01", "no PostgreSQL server is installed");
		return err_hint(c, "On Debian: apt-get install postgresql; or set DATABASE_URL.");
	}
	*ret = best;
	return 0;
}

/* In the child: never returns. */
static void run_program(const struct identity *id, const char *log, const char *const *argv)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Ctrl-C is for `dev`, which then stops the server. */
	setpgid(0, 0);
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd >= 0) {
		dup2(fd, STDOUT_FILENO);
		dup2(fd, STDERR_FILENO);
	}
	bool is_switched = !id->user || (initgroups(id->user, id->gid) == 0 &&
					 setgid(id->gid) == 0 && setuid(id->uid) == 0);
	if (is_switched && chdir("/") == 0)
		execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

static pid_t start_program(const struct identity *id, const char *log, const char *const *argv)
{
	pid_t pid = fork();
	if (pid == 0)
		run_program(id, log, argv);
	return pid;
}

struct places {
	const char *dir, *data, *log, *programs;
};

/* A closed home folder keeps the other user out of all that is below it. */
static int check_way(struct ctx *c, const struct identity *id, const char *path)
{
	char *part = arena_strdup(c->arena, path);
	for (char *slash = part; id->user && (slash = strchr(slash + 1, '/'));) {
		struct stat st;
		*slash = '\0';
		bool is_closed =
			stat(part, &st) == 0 && !(st.st_mode & S_IXOTH) && st.st_uid != id->uid;
		if (is_closed) {
			err_set(c, "58030",
				"PostgreSQL runs as the user %s, which may not enter %s", id->user,
				part);
			return err_hint(c,
					"Run this as a user of your own, move the project, or: "
					"chmod o+x %s",
					part);
		}
		*slash = '/';
	}
	return 0;
}

static int make_folder(struct ctx *c, const struct config *cfg, const struct identity *id,
		       struct places *p)
{
	p->dir = arena_printf(c->arena, "%s/postgres", cfg->state_dir);
	p->data = arena_printf(c->arena, "%s/data", p->dir);
	p->log = arena_printf(c->arena, "%s/server.log", p->dir);
	if (mkdir(cfg->state_dir, 0755) < 0 && errno != EEXIST)
		return err_set(c, "58030", "could not make %s: %s", cfg->state_dir,
			       strerror(errno));
	if (mkdir(p->dir, 0700) < 0 && errno != EEXIST)
		return err_set(c, "58030", "could not make %s: %s", p->dir, strerror(errno));
	int fd = open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd >= 0)
		close(fd);
	/* The other user must get through the project's folder to its own. */
	if (id->user && chmod(cfg->state_dir, 0711) < 0)
		return err_set(c, "58030", "could not open %s to %s: %s", cfg->state_dir, id->user,
			       strerror(errno));
	TRY(check_way(c, id, p->dir));
	if (id->user &&
	    (chown(p->dir, id->uid, id->gid) < 0 || chown(p->log, id->uid, id->gid) < 0))
		return err_set(c, "58030", "could not give %s to %s: %s", p->dir, id->user,
			       strerror(errno));
	return 0;
}

static int init_data(struct ctx *c, const struct identity *id, const struct places *p)
{
	int status;
	if (access(arena_printf(c->arena, "%s/PG_VERSION", p->data), F_OK) == 0)
		return 0;
	fprintf(stderr, "making a PostgreSQL database in %s\n", p->data);
	const char *const argv[] = { arena_printf(c->arena, "%s/initdb", p->programs),
				     "-D",
				     p->data,
				     "-U",
				     "postgres",
				     "-A",
				     "trust",
				     "-E",
				     "UTF8",
				     "--locale=C.UTF-8",
				     "--no-sync",
				     NULL };
	pid_t pid = start_program(id, p->log, argv);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
		return err_set(c, "58000", "initdb failed; see %s", p->log);
	return 0;
}

static bool is_gone(pid_t pid)
{
	int status;
	return waitpid(pid, &status, WNOHANG) != 0;
}

static void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

/* postmaster.pid begins with the server's process id (a crash leaves an old
 * file) and says "ready" once it takes connections. */
static bool is_ready(struct ctx *c, pid_t pid, const struct places *p)
{
	char text[1024];
	int fd = open(arena_printf(c->arena, "%s/postmaster.pid", p->data), O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ssize_t n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return atol(text) == (long)pid && strstr(text, "ready");
}

static int wait_ready(struct ctx *c, pid_t pid, const struct places *p)
{
	for (int ms = 0; ms < START_TIMEOUT_MS; ms += POLL_MS) {
		struct arena_mark mark = arena_mark(c->arena);
		bool ready = is_ready(c, pid, p);
		arena_rewind(c->arena, mark);
		if (ready)
			return 0;
		if (is_gone(pid))
			break;
		sleep_ms(POLL_MS);
	}
	return err_set(c, "58000", "PostgreSQL did not start; see %s", p->log);
}

static int start_server(struct ctx *c, const struct config *cfg, struct private_pg *pg)
{
	struct identity id;
	struct places p = { 0 };
	TRY(find_identity(c, &id));
	TRY(find_programs(c, &p.programs));
	TRY(make_folder(c, cfg, &id, &p));
	TRY(init_data(c, &id, &p));
	const char *port = arena_printf(c->arena, "%lld", (long long)cfg->db.port);
	const char *const argv[] = { arena_printf(c->arena, "%s/postgres", p.programs),
				     "-D",
				     p.data,
				     "-p",
				     port,
				     "-c",
				     "listen_addresses=127.0.0.1",
				     "-c",
				     "unix_socket_directories=",
				     "-c",
				     "fsync=on",
				     NULL };
	pg->pid = start_program(&id, p.log, argv);
	if (pg->pid < 0)
		return err_set(c, "58000", "could not start a process: %s", strerror(errno));
	return wait_ready(c, pg->pid, &p);
}

bool private_pg_is_installed(struct ctx *c)
{
	const char *programs;
	bool is_found = find_programs(c, &programs) == 0;
	err_clear(c);
	return is_found;
}

int private_pg_start(struct ctx *c, struct config *cfg, struct private_pg **ret)
{
	struct private_pg *pg = calloc(1, sizeof(*pg));
	CHECK(pg);
	if (start_server(c, cfg, pg) < 0) {
		private_pg_stop(pg);
		return -1;
	}
	const char *url = arena_printf(c->arena, "postgres://postgres@127.0.0.1:%lld/postgres",
				       (long long)cfg->db.port);
	pg->url = strdup(url);
	private_pg_use(pg, cfg);
	*ret = pg;
	return 0;
}

int private_pg_choose(struct app *app, struct config *cfg, struct private_pg **ret)
{
	const char *name = option_value(&app->options, "engine", NULL);
	if (!name || strcmp(name, "sqlite") == 0)
		return 0;
	if (strcmp(name, "postgres") != 0)
		return err_set(app->c, "22023", "--engine takes sqlite or postgres");
	return private_pg_start(app->c, cfg, ret);
}

void private_pg_use(const struct private_pg *pg, struct config *cfg)
{
	cfg->db.url = arena_strdup(cfg->arena, pg->url);
	cfg->db.shown_url = cfg->db.url;
}

void private_pg_stop(struct private_pg *pg)
{
	int status;
	if (!pg)
		return;
	if (pg->pid > 0) {
		kill(pg->pid, SIGINT);
		waitpid(pg->pid, &status, 0);
	}
	free(pg->url);
	free(pg);
}
