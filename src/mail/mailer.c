#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "config/config.h"
#include "engine/engine.h"
#include "mail/address.h"
#include "mail/kind.h"
#include "mail/message.h"
#include "mail/queue.h"
#include "mail/smtp.h"
#include "mail/templates.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { POLL_S = 5, PRUNE_S = 3600, SEND_ARENA = 16 << 10 };

struct mailer {
	struct mailer_options o;
	struct templates *templates;
	const char *from, *from_name;

	pthread_t thread;
	bool is_started;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_woken;
	atomic_bool is_stopping;
	atomic_uint_fast64_t sent, retried, failed;
};

static void choose_sender(struct mailer *m)
{
	const struct config_mail *cfg = &m->o.cfg->mail;
	bool is_smtp = cfg->smtp_enabled;
	m->from = is_smtp ? cfg->smtp_admin_email : cfg->catcher_admin_email;
	m->from_name = is_smtp ? cfg->smtp_sender_name : cfg->catcher_sender_name;
}

int mailer_new(struct ctx *c, const struct mailer_options *o, struct mailer **ret)
{
	struct mailer *m = calloc(1, sizeof(*m));
	CHECK(m);
	m->o = *o;
	choose_sender(m);
	pthread_mutex_init(&m->lock, NULL);
	pthread_cond_init(&m->changed, NULL);
	if (!address_is_valid(str_of(m->from))) {
		err_set(c, "F0000", "the sender \"%s\" is no mail address", m->from);
		mailer_free(m);
		return err_hint(c, "Correct admin_email.");
	}
	if (templates_new(c, o->cfg, &m->templates) < 0) {
		mailer_free(m);
		return -1;
	}
	*ret = m;
	return 0;
}

void mailer_free(struct mailer *m)
{
	if (!m)
		return;
	CHECK(!m->is_started);
	templates_free(m->templates);
	pthread_cond_destroy(&m->changed);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

bool mail_is_enabled(const struct mailer *m, enum mail_kind kind)
{
	return templates_enabled(m->templates, kind);
}

/* A random UUID (version 4), RFC 9562 5.4. */
static const char *new_id(struct arena *a)
{
	unsigned char r[16];
	CHECK(getrandom(r, sizeof(r), 0) == (ssize_t)sizeof(r));
	r[6] = (unsigned char)((r[6] & 0x0f) | 0x40);
	r[8] = (unsigned char)((r[8] & 0x3f) | 0x80);
	return arena_printf(a,
			    "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			    r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7], r[8], r[9], r[10],
			    r[11], r[12], r[13], r[14], r[15]);
}

int mail_compose(struct ctx *c, struct mailer *m, enum mail_kind kind, const char *to,
		 const struct mail_vars *v, struct step *ret)
{
	struct queued q = { .id = new_id(c->arena), .sender = m->from, .recipient = to };
	struct message msg = {
		.from_name = m->from_name,
		.from = m->from,
		.to = to,
		.id = q.id,
		.date = time(NULL),
	};
	if (!address_is_valid(str_of(to)))
		return err_set(c, "22023", "\"%s\" is no address that mail can be sent to", to);
	TRY(templates_render(c, m->templates, kind, templates_vars(c, v), &msg.subject, &msg.html));
	TRY(message_build(c, &msg, &q.message));
	queue_add(c, &q, mail_kind_name(kind), ret);
	return 0;
}

/* ---- the sender ---- */

static bool is_stopping(void *arg)
{
	struct mailer *m = arg;
	return atomic_load(&m->is_stopping);
}

void mailer_wake(struct mailer *m)
{
	pthread_mutex_lock(&m->lock);
	m->is_woken = true;
	pthread_cond_signal(&m->changed);
	pthread_mutex_unlock(&m->lock);
}

static void wait_for_mail(struct mailer *m)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += POLL_S;
	pthread_mutex_lock(&m->lock);
	int rc = 0;
	while (!m->is_woken && !is_stopping(m) && rc == 0)
		rc = pthread_cond_timedwait(&m->changed, &m->lock, &until);
	m->is_woken = false;
	pthread_mutex_unlock(&m->lock);
}

/* NULL: nowhere to send to. */
static int connection(struct ctx *c, struct mailer *m, struct smtp **ret)
{
	const struct config_mail *cfg = &m->o.cfg->mail;
	struct smtp_options o = { "127.0.0.1", m->o.catcher_port, "", "", is_stopping, m };
	if (cfg->smtp_enabled) {
		o.host = cfg->smtp_host;
		o.port = (unsigned)cfg->smtp_port;
		o.user = cfg->smtp_user;
		o.pass = cfg->smtp_pass;
	}
	*ret = NULL;
	return o.port ? smtp_new(c, &o, ret) : 0;
}

static void after_failure(struct ctx *c, struct mailer *m, const struct queued *q, bool is_final)
{
	const char *why = c->err.message;
	bool is_over = is_final || q->attempts >= QUEUE_ATTEMPTS_MAX;
	err_clear(c);
	if (is_over)
		fprintf(stderr, "mail: a message could not be sent: %s\n", why);
	else if (q->attempts == 1 && !is_stopping(m))
		fprintf(stderr, "mail: sending failed and is tried again: %s\n", why);
	atomic_fetch_add(is_over ? &m->failed : &m->retried, 1);
	if (queue_retry(c, m->o.engine, q, is_final, why) < 0)
		err_clear(c); /* its lease ends by itself */
}

/* Sends one message; *ret_found false when none is due. */
static int send_one(struct ctx *c, struct mailer *m, struct smtp *smtp, bool *ret_found)
{
	struct queued q;
	bool is_final;
	TRY(queue_take(c, m->o.engine, &q, ret_found));
	if (!*ret_found)
		return 0;
	if (smtp_send(c, smtp, q.sender, q.recipient, q.message, &is_final) < 0) {
		after_failure(c, m, &q, is_final);
		return 0;
	}
	atomic_fetch_add(&m->sent, 1);
	return queue_done(c, m->o.engine, q.id);
}

static void send_due(struct ctx *c, struct mailer *m, struct smtp *smtp)
{
	bool is_found = true;
	while (is_found && !is_stopping(m)) {
		if (send_one(c, m, smtp, &is_found) < 0) {
			fprintf(stderr, "mail: the queue could not be read: %s\n", c->err.message);
			err_clear(c);
			is_found = false;
		}
		arena_reset(c->arena);
	}
}

static void *sender(void *arg)
{
	struct mailer *m = arg;
	struct ctx c = { .arena = arena_new(SEND_ARENA) };
	struct smtp *smtp = NULL;
	time_t pruned = 0;
	if (connection(&c, m, &smtp) < 0)
		err_clear(&c);
	while (smtp && !is_stopping(m)) {
		send_due(&c, m, smtp);
		if (time(NULL) - pruned > PRUNE_S && !is_stopping(m)) {
			pruned = time(NULL);
			if (queue_prune(&c, m->o.engine) < 0)
				err_clear(&c);
		}
		wait_for_mail(m);
	}
	smtp_free(smtp);
	arena_free(c.arena);
	return NULL;
}

int mailer_start(struct ctx *c, struct mailer *m)
{
	atomic_store(&m->is_stopping, false);
	if (pthread_create(&m->thread, NULL, sender, m) != 0)
		return err_set(c, "58000", "the system gave no thread for the mailer");
	pthread_setname_np(m->thread, "mailer");
	m->is_started = true;
	return 0;
}

void mailer_stop(struct mailer *m)
{
	if (!m || !m->is_started)
		return;
	atomic_store(&m->is_stopping, true);
	mailer_wake(m);
	pthread_join(m->thread, NULL);
	m->is_started = false;
}

void mailer_metrics(struct mailer *m, struct buf *out)
{
	static const char *const names[] = { "sent", "retried", "failed" };
	uint64_t counts[] = { atomic_load(&m->sent), atomic_load(&m->retried),
			      atomic_load(&m->failed) };
	buf_puts(out, "# TYPE bedplate_mail_total counter\n");
	for (size_t i = 0; i < 3; i++)
		buf_printf(out, "bedplate_mail_total{result=\"%s\"} %llu\n", names[i],
			   (unsigned long long)counts[i]);
}
