/* Starting, draining and ending the loops. */
#include "net/server.h"

#include "base/arena.h"
#include "base/check.h"
#include "net/listen.h"
#include "net/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

/* ---- options ---- */

static void apply_defaults(struct server_options *o)
{
#define DEFAULT(member, value) o->member = o->member ? o->member : (value)
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	DEFAULT(loops, cores > 0 ? (int)cores : 1);
	DEFAULT(line_max, 16u << 10);
	DEFAULT(head_max, 64u << 10);
	DEFAULT(header_count, 100);
	DEFAULT(body_max, 50u << 20);
	DEFAULT(response_max, 64u << 20);
	DEFAULT(write_max, 4ull << 30);
	DEFAULT(spool_max, 8ull << 30);
	DEFAULT(input_memory_max, 256u << 20);
	DEFAULT(output_memory_max, 64u << 20);
	/* A stack takes two mappings; a process has 65530 by default. */
	DEFAULT(requests_max, o->loops * 4096 <= 24000 ? 4096u : 24000u / (uint32_t)o->loops);
	DEFAULT(connections_max, 10000);
	DEFAULT(head_timeout_ms, 10000);
	DEFAULT(body_timeout_ms, 10000);
	DEFAULT(idle_timeout_ms, 75000);
	DEFAULT(write_timeout_ms, 30000);
	DEFAULT(drain_timeout_ms, 10000);
	DEFAULT(spool_dir, "/tmp");
#undef DEFAULT
}

/* ---- a loop's thread ---- */

static void on_accept(struct loop_fd *w, uint32_t events)
{
	(void)events;
	struct listener *li = (struct listener *)w;
	listen_accept(li->sl, (int)(li - li->sl->listen));
}

struct str server_date(struct server_loop *sl)
{
	time_t now = time(NULL);
	if (now != sl->date_at) {
		struct tm tm;
		gmtime_r(&now, &tm);
		strftime(sl->date, sizeof(sl->date), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
		sl->date_at = now;
	}
	return (struct str){ sl->date, 37 };
}

static void free_spares(struct server_loop *sl)
{
	while (sl->spare) {
		struct exchange *x = sl->spare;
		sl->spare = x->next;
		arena_free(x->c.arena);
		buf_free(&x->rs.body);
		buf_free(&x->body_buf);
		free(x);
	}
	buf_free(&sl->spare_out);
}

static void close_listener(struct server_loop *sl, int i)
{
	struct loop_fd *w = &sl->listen[i].w;
	if (w->fd < 0)
		return;
	loop_fd_remove(sl->l, w);
	if (!sl->s->o.listen[i].unix_path)
		close(w->fd);
	w->fd = -1;
}

static void *loop_thread(void *arg)
{
	struct server_loop *sl = arg;
	loop_run(sl->l);
	/* Work beside requests (health checks, ...) unwinds. */
	coro_cancel_all(sl->l);
	while (coro_count(sl->l) > 0)
		loop_turn(sl->l, -1);
	loop_free(sl->l);
	sl->l = NULL;
	return NULL;
}

/* ---- draining ---- */

static void end_requests(struct timer *t)
{
	struct server_loop *sl =
		(struct server_loop *)((char *)t - offsetof(struct server_loop, drain_timer));
	for (struct conn *k = sl->conns, *next; k; k = next) {
		next = k->next;
		conn_close(k);
	}
}

static void drain_loop(struct loop_task *t)
{
	struct server_loop *sl =
		(struct server_loop *)((char *)t - offsetof(struct server_loop, drain_task));
	/* Who is in the backlog has connected: answer, do not reset. */
	for (int i = 0; i < sl->n_listen; i++) {
		listen_accept(sl, i);
		close_listener(sl, i);
	}
	sl->is_draining = true;
	for (struct conn *k = sl->conns, *next; k; k = next) {
		next = k->next;
		conn_drain(k);
	}
	if (sl->n_conns == 0)
		loop_stop(sl->l);
	sl->drain_timer.fn = end_requests;
	timer_start(sl->l, &sl->drain_timer,
		    loop_clock_ns() + sl->s->o.drain_timeout_ms * 1000000ull);
}

void server_drain(struct server *s)
{
	if (atomic_exchange(&s->is_draining, true))
		return;
	server_metrics_watch(NULL);
	for (int i = 0; i < s->n_loops; i++) {
		s->loops[i].drain_task.fn = drain_loop;
		loop_post_task(s->loops[i].l, &s->loops[i].drain_task);
	}
}

/* ---- starting ---- */

static char *copy_text(const char *text)
{
	char *copy = strdup(text);
	CHECK(copy != NULL);
	return copy;
}

static int open_listener(struct ctx *c, struct server *s, int i)
{
	struct server_listen *li = &s->o.listen[i];
	int fds[256];
	s->names[i] = copy_text(li->unix_path ? li->unix_path : li->host ? li->host : "127.0.0.1");
	if (li->unix_path) {
		li->unix_path = s->names[i];
		TRY(listen_unix(c, li->unix_path, li->unix_mode ? li->unix_mode : 0600,
				&s->unix_fds[i]));
	} else {
		li->host = s->names[i];
		TRY(listen_tcp(c, li->host, li->port, s->n_loops, fds, &s->ports[i]));
	}
	for (int n = 0; n < s->n_loops; n++) {
		struct server_loop *sl = &s->loops[n];
		sl->listen[i].sl = sl;
		sl->listen[i].w = (struct loop_fd){
			.fd = li->unix_path ? s->unix_fds[i] : fds[n],
			.events = EPOLLIN | (li->unix_path ? EPOLLEXCLUSIVE : 0u),
			.on_ready = on_accept,
		};
		sl->n_listen = i + 1;
	}
	return 0;
}

static int watch_listeners(struct ctx *c, struct server_loop *sl)
{
	for (int i = 0; i < sl->n_listen; i++)
		TRY(loop_fd_add(c, sl->l, &sl->listen[i].w));
	return 0;
}

static int make_loop(struct ctx *c, struct server *s, int i)
{
	struct server_loop *sl = &s->loops[i];
	sl->s = s;
	sl->index = i;
	sl->read_buf = malloc(READ_BYTES);
	CHECK(sl->read_buf != NULL);
	sl->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	CHECK(getrandom(&sl->id_state, sizeof(sl->id_state), 0) == sizeof(sl->id_state));
	TRY(loop_new(c, &sl->l));
	return 0;
}

/* Also of a half-made server; its threads have ended. */
static void server_free(struct server *s)
{
	for (int n = 0; n < s->n_loops; n++) {
		struct server_loop *sl = &s->loops[n];
		for (int i = 0; sl->l && i < sl->n_listen; i++)
			close_listener(sl, i);
		loop_free(sl->l);
		free_spares(sl);
		free(sl->read_buf);
		if (sl->reserve_fd >= 0)
			close(sl->reserve_fd);
	}
	for (int i = 0; i < SERVER_LISTEN_MAX; i++) {
		if (s->unix_fds[i] >= 0) {
			unlink(s->names[i]);
			close(s->unix_fds[i]);
		}
		free(s->names[i]);
	}
	free(s->loops);
	free(s->spool_dir);
	free(s);
}

static struct server *server_make(const struct server_options *o)
{
	struct server *s = calloc(1, sizeof(*s));
	CHECK(s != NULL);
	s->o = *o;
	apply_defaults(&s->o);
	CHECK(s->o.loops <= 256 && s->o.n_listen > 0 && s->o.n_listen <= SERVER_LISTEN_MAX);
	s->o.spool_dir = s->spool_dir = copy_text(s->o.spool_dir);
	s->limits = (struct http_limits){ s->o.line_max, s->o.head_max, s->o.header_count,
					  s->o.body_max };
	for (int i = 0; i < SERVER_LISTEN_MAX; i++)
		s->unix_fds[i] = -1;
	s->n_loops = s->o.loops;
	s->loops = calloc((size_t)s->n_loops, sizeof(*s->loops));
	CHECK(s->loops != NULL);
	for (int i = 0; i < s->n_loops; i++)
		s->loops[i].reserve_fd = -1;
	return s;
}

static int prepare(struct ctx *c, struct server *s)
{
	for (int i = 0; i < s->n_loops; i++)
		TRY(make_loop(c, s, i));
	for (int i = 0; i < s->o.n_listen; i++)
		TRY(open_listener(c, s, i));
	for (int i = 0; i < s->n_loops; i++)
		TRY(watch_listeners(c, &s->loops[i]));
	return 0;
}

/* Signals stay with the thread that started the server. */
static int start_threads(struct ctx *c, struct server *s, int *ret_started)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = 0;
	for (*ret_started = 0; *ret_started < s->n_loops; ++*ret_started) {
		struct server_loop *sl = &s->loops[*ret_started];
		rc = pthread_create(&sl->thread, NULL, loop_thread, sl);
		if (rc)
			break;
		char name[16];
		snprintf(name, sizeof(name), "loop-%d", *ret_started);
		pthread_setname_np(sl->thread, name);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc ? err_set(c, "58000", "cannot start a thread: %s", strerror(rc)) : 0;
}

int server_start(struct ctx *c, const struct server_options *o, struct server **ret)
{
	server_metrics();
	struct server *s = server_make(o);
	spool_set_limit(s->o.spool_max);
	int n_started;
	if (prepare(c, s) < 0) {
		server_free(s);
		return -1;
	}
	if (start_threads(c, s, &n_started) < 0) {
		server_drain(s);
		for (int i = 0; i < n_started; i++)
			pthread_join(s->loops[i].thread, NULL);
		server_free(s);
		return -1;
	}
	server_metrics_watch(s);
	*ret = s;
	return 0;
}

void server_join(struct server *s)
{
	for (int i = 0; i < s->n_loops; i++)
		pthread_join(s->loops[i].thread, NULL);
	server_free(s);
}

uint16_t server_port(const struct server *s, int i)
{
	return s->ports[i];
}

int server_n_loops(const struct server *s)
{
	return s->n_loops;
}

struct loop *server_loop(const struct server *s, int i)
{
	return s->loops[i].l;
}
