/* The commands' side of the control socket. */
#include "app/control.h"

#include "app/database.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/vec.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { RESET_TIMEOUT_MS = 120000, RESET_POLL_MS = 5 };

static const size_t answer_max = (size_t)1 << 30;

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define FD_CLEANUP __attribute__((cleanup(close_fd)))

static int connect_to(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(to.sun_path))
		return -1;
	strcpy(to.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

bool control_is_alive(const char *path)
{
	FD_CLEANUP int fd = connect_to(path);
	return fd >= 0;
}

static int fail(struct ctx *c, const char *path)
{
	return err_set(c, "08006", "the server at %s did not answer: %s", path, strerror(errno));
}

static int send_all(int fd, struct str text)
{
	while (text.n) {
		ssize_t n = send(fd, text.p, text.n, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return -1;
		text = str_from(text, n > 0 ? (size_t)n : 0);
	}
	return 0;
}

static int receive_all(int fd, struct buf *in)
{
	for (;;) {
		char *to = buf_reserve(in, 64 << 10);
		if (!to) {
			errno = EFBIG;
			return -1;
		}
		ssize_t n = recv(fd, to, 64 << 10, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -1 : 0;
		in->n += (size_t)n;
	}
}

/* HTTP/1.0: the answer ends with the connection, without chunks. */
static int call(struct ctx *c, const char *path, const char *route, const struct buf *body,
		struct buf *in, struct str *ret)
{
	FD_CLEANUP int fd = connect_to(path);
	const char *head = arena_printf(c->arena,
					"POST %s HTTP/1.0\r\nHost: localhost\r\n"
					"Content-Type: application/json\r\n"
					"Content-Length: %zu\r\n\r\n",
					route, body->n);
	if (fd < 0 || send_all(fd, str_of(head)) < 0 || send_all(fd, buf_view(body)) < 0 ||
	    receive_all(fd, in) < 0)
		return fail(c, path);
	struct str all = buf_view(in);
	ptrdiff_t end = str_find(all, STR("\r\n\r\n"));
	if (end < 0)
		return err_set(c, "08006", "the server at %s ended while it answered", path);
	struct str status = str_sub(all, 9, 3);
	*ret = str_from(all, (size_t)end + 4);
	if (str_is(status, "413"))
		return err_set(c, "54000",
			       "the script is larger than [bedplate].max_body_size; stop "
			       "the server, or raise it");
	if (!str_is(status, "200"))
		return err_set(c, "08006", "the server at %s answered with status %.*s", path,
			       STR_ARG(status));
	return 0;
}

static void put_member(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_printf(b, "%s\"%s\":", b->n > 1 ? "," : "", name);
	json_put_string(b, str_of(value));
}

static int set_error(struct ctx *c, const struct json *e)
{
	const char *details = json_get_cstr(c->arena, e, "details");
	const char *hint = json_get_cstr(c->arena, e, "hint");
	const char *code = json_get_cstr(c->arena, e, "code");
	err_set(c, code ? code : "XX000", "%.*s", STR_ARG(json_get_str(e, "message", STR(""))));
	if (details)
		err_details(c, "%s", details);
	if (hint)
		err_hint(c, "%s", hint);
	return err_at(c, (int)json_get_i64(e, "position", 0));
}

/* Reads one line of an answer; the tree lives until the caller's mark. */
static int next_line(struct ctx *c, struct str *answer, struct json **ret)
{
	struct str line = str_split(answer, '\n');
	*ret = NULL;
	if (str_trim(line).n == 0)
		return 0;
	return json_parse(c, line, (struct json_limits){ 8, 0 }, ret);
}

static int give_columns(struct ctx *c, const struct json *line, struct db_rows *rows)
{
	VEC(const char *) names = { 0 };
	VEC(const char *) types = { 0 };
	for (const struct json *v = json_get(line, "columns")->child; v; v = v->next)
		VEC_PUSH(c->arena, &names, str_dup(c->arena, v->text));
	const struct json *list = json_get(line, "types");
	for (const struct json *v = list ? list->child : NULL; v; v = v->next)
		VEC_PUSH(c->arena, &types, str_dup(c->arena, v->text));
	if (names.n != types.n || !rows || !rows->columns)
		return 0;
	return rows->columns(c, rows->arg, names.v, types.v, names.n);
}

/* The cells are in `own`, whose memory is dropped after the row. */
static int give_row(struct ctx *c, struct ctx *own, const struct json *line, struct db_rows *rows)
{
	struct str *cells = arena_array(own->arena, line->count + 1, sizeof(*cells));
	size_t n = 0;
	for (const struct json *v = line->child; v; v = v->next, n++)
		if (v->kind == JSON_STRING)
			cells[n] = v->text.p ? v->text : STR("");
	return rows && rows->row ? rows->row(c, rows->arg, cells, n) : 0;
}

static int give_line(struct ctx *c, struct ctx *own, struct str *answer, struct db_rows *rows,
		     uint64_t *ret_affected)
{
	struct json *line;
	if (next_line(own, answer, &line) < 0)
		return err_set(c, "08P01", "the server's answer is malformed");
	if (!line)
		return 0;
	if (json_get(line, "error"))
		return set_error(c, json_get(line, "error"));
	if (line->kind == JSON_ARRAY)
		return give_row(c, own, line, rows);
	*ret_affected = (uint64_t)json_get_i64(line, "affected", (int64_t)*ret_affected);
	return json_get(line, "columns") ? give_columns(c, line, rows) : 0;
}

static int give_lines(struct ctx *c, struct str answer, struct db_rows *rows,
		      uint64_t *ret_affected)
{
	struct ctx own = { .arena = arena_new(0) };
	int rc = 0;
	while (rc == 0 && answer.p) {
		rc = give_line(c, &own, &answer, rows, ret_affected);
		arena_reset(own.arena);
	}
	arena_free(own.arena);
	return rc;
}

int control_query(struct ctx *c, const char *path, const char *role, struct str sql,
		  struct db_rows *rows, uint64_t *ret_affected)
{
	BUF_CLEANUP struct buf body = buf_make(answer_max);
	BUF_CLEANUP struct buf in = buf_make(answer_max);
	struct str answer;
	buf_char(&body, '{');
	put_member(&body, "role", role);
	buf_puts(&body, ",\"sql\":");
	json_put_string(&body, sql);
	buf_char(&body, '}');
	TRY(call(c, path, "/query", &body, &in, &answer));
	return give_lines(c, answer, rows, ret_affected);
}

static void give_report(struct ctx *c, const struct json *r, struct script_spec *spec)
{
	struct ctx own = { .arena = c->arena };
	struct script_report report = {
		.offset = (int)json_get_i64(r, "offset", 0),
		.statement = json_get_str(r, "statement", STR("")),
		.notice = json_get_cstr(c->arena, r, "notice"),
	};
	if (json_get(r, "err")) {
		set_error(&own, json_get(r, "err"));
		report.err = &own.err;
	}
	if (spec->report)
		spec->report(spec->report_arg, &report);
}

int control_script(struct ctx *c, const char *path, struct script_spec *spec)
{
	BUF_CLEANUP struct buf body = buf_make(answer_max);
	BUF_CLEANUP struct buf in = buf_make(answer_max);
	struct str answer;
	buf_char(&body, '{');
	put_member(&body, "role", spec->role);
	put_member(&body, "version", spec->version);
	put_member(&body, "name", spec->name);
	buf_printf(&body, "%s\"keep_going\":%s,\"sql\":", body.n > 1 ? "," : "",
		   spec->keep_going ? "true" : "false");
	json_put_string(&body, spec->sql);
	buf_char(&body, '}');
	TRY(call(c, path, "/script", &body, &in, &answer));
	while (answer.p) {
		struct json *line;
		TRY(next_line(c, &answer, &line));
		if (json_get(line, "report"))
			give_report(c, json_get(line, "report"), spec);
		if (json_get(line, "error"))
			return set_error(c, json_get(line, "error"));
		spec->ret_applied =
			(size_t)json_get_i64(line, "applied", (int64_t)spec->ret_applied);
		spec->ret_refused =
			(size_t)json_get_i64(line, "refused", (int64_t)spec->ret_refused);
	}
	return 0;
}

int control_backup(struct ctx *c, const char *path, const char *file)
{
	BUF_CLEANUP struct buf body = buf_make(answer_max);
	BUF_CLEANUP struct buf in = buf_make(answer_max);
	struct str answer;
	struct json *line;
	buf_char(&body, '{');
	put_member(&body, "file", file);
	buf_char(&body, '}');
	TRY(call(c, path, "/backup", &body, &in, &answer));
	TRY(next_line(c, &answer, &line));
	return json_get(line, "error") ? set_error(c, json_get(line, "error")) : 0;
}

static void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };
	nanosleep(&t, NULL);
}

int control_reset(struct ctx *c, const char *path)
{
	BUF_CLEANUP struct buf body = buf_make(answer_max);
	BUF_CLEANUP struct buf in = buf_make(answer_max);
	struct str answer;
	struct json *line;
	buf_puts(&body, "{}");
	TRY(call(c, path, "/reset", &body, &in, &answer));
	TRY(next_line(c, &answer, &line));
	if (json_get(line, "error"))
		return set_error(c, json_get(line, "error"));
	/* The socket goes away while the database is built, and comes back. */
	bool was_gone = false;
	for (int ms = 0; ms < RESET_TIMEOUT_MS; ms += RESET_POLL_MS) {
		bool is_alive = control_is_alive(path);
		if (was_gone && is_alive)
			return 0;
		was_gone = was_gone || !is_alive;
		sleep_ms(RESET_POLL_MS);
	}
	return err_set(c, "57014", "the running server did not come back; see its terminal");
}
