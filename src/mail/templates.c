#include "mail/templates.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "config/file.h"
#include "mail/kind.h"
#include "mail/template.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SUBJECT_MAX = 4096, BODY_MAX = 1 << 20 };

/* A parsed body; freed when the last rendering has let go of it. */
struct body {
	struct arena *arena;
	struct template *t;
	int refs;
	struct timespec mtime;
	off_t size;
};

struct entry {
	const struct config_mail_template *cfg; /* NULL: defaults only */
	struct template *subject;
	struct body *body;
};

struct templates {
	struct arena *arena; /* of subjects */
	pthread_mutex_t lock;
	struct entry v[MAIL_KINDS];
};

static const struct config_mail_template *configured(const struct config *cfg, enum mail_kind kind)
{
	for (size_t i = 0; i < cfg->mail.n_templates; i++)
		if (strcmp(cfg->mail.templates[i].name, mail_kind_name(kind)) == 0 &&
		    cfg->mail.templates[i].is_notification == mail_default(kind)->is_notification)
			return &cfg->mail.templates[i];
	return NULL;
}

static int body_source(struct ctx *c, enum mail_kind kind, const struct config_mail_template *cfg,
		       const char **ret_name, struct str *ret)
{
	*ret_name = arena_printf(c->arena, "default template of %s", mail_kind_name(kind));
	*ret = str_of(mail_default(kind)->body);
	if (!cfg || !cfg->content_path)
		return 0;
	*ret_name = cfg->content_path;
	return file_read(c, cfg->content_path, TEMPLATE_SIZE_MAX, ret);
}

static void body_unref(struct body *b)
{
	if (b && --b->refs == 0) {
		arena_free(b->arena);
		free(b);
	}
}

static struct body *body_new(void)
{
	struct body *b = calloc(1, sizeof(*b));
	CHECK(b);
	b->arena = arena_new(0);
	b->refs = 1;
	return b;
}

/* Errors move from the body's arena to the caller's. */
static int body_load(struct ctx *c, enum mail_kind kind, const struct config_mail_template *cfg,
		     struct body **ret)
{
	struct body *b = body_new();
	struct ctx own = { .arena = b->arena };
	const char *name;
	struct str source;
	struct stat st;
	int rc = body_source(&own, kind, cfg, &name, &source);
	if (cfg && cfg->content_path && stat(cfg->content_path, &st) == 0) {
		b->mtime = st.st_mtim;
		b->size = st.st_size;
	}
	if (rc == 0)
		rc = template_parse(&own, name, 1, source, &b->t);
	if (rc < 0) {
		err_set(c, "F0000", "%s", own.err.message);
		body_unref(b);
		return -1;
	}
	*ret = b;
	return 0;
}

static int load(struct ctx *c, struct templates *t, const struct config *cfg, enum mail_kind kind)
{
	struct entry *e = &t->v[kind];
	struct ctx own = { .arena = t->arena };
	e->cfg = configured(cfg, kind);
	bool has_own = e->cfg && e->cfg->subject;
	struct str subject = str_of(has_own ? e->cfg->subject : mail_default(kind)->subject);
	if (template_parse(&own, has_own ? cfg->file : "default subject",
			   has_own ? e->cfg->subject_line : 1, subject, &e->subject) < 0)
		return err_set(c, "F0000", "%s (in the subject of %s)", own.err.message,
			       mail_kind_name(kind));
	return body_load(c, kind, e->cfg, &e->body);
}

int templates_new(struct ctx *c, const struct config *cfg, struct templates **ret)
{
	struct templates *t = calloc(1, sizeof(*t));
	CHECK(t);
	t->arena = arena_new(0);
	pthread_mutex_init(&t->lock, NULL);
	for (int kind = 0; kind < MAIL_KINDS; kind++)
		if (load(c, t, cfg, (enum mail_kind)kind) < 0) {
			templates_free(t);
			return -1;
		}
	*ret = t;
	return 0;
}

void templates_free(struct templates *t)
{
	if (!t)
		return;
	for (int kind = 0; kind < MAIL_KINDS; kind++)
		body_unref(t->v[kind].body);
	pthread_mutex_destroy(&t->lock);
	arena_free(t->arena);
	free(t);
}

bool templates_enabled(const struct templates *t, enum mail_kind kind)
{
	const struct config_mail_template *cfg = t->v[kind].cfg;
	return !mail_default(kind)->is_notification || (cfg && cfg->is_enabled);
}

static bool has_changed(const struct entry *e)
{
	struct stat st;
	if (!e->cfg || !e->cfg->content_path || stat(e->cfg->content_path, &st) < 0)
		return false;
	return st.st_size != e->body->size || st.st_mtim.tv_sec != e->body->mtime.tv_sec ||
	       st.st_mtim.tv_nsec != e->body->mtime.tv_nsec;
}

/* A changed file with an error is not read again until it changes once more. */
static void reload(struct entry *e, enum mail_kind kind)
{
	struct arena *a = arena_new(0);
	struct ctx own = { .arena = a };
	struct body *fresh;
	struct stat st;
	if (body_load(&own, kind, e->cfg, &fresh) == 0) {
		body_unref(e->body);
		e->body = fresh;
	} else {
		fprintf(stderr, "mail: %s; the former template stays\n", own.err.message);
		if (stat(e->cfg->content_path, &st) == 0) {
			e->body->mtime = st.st_mtim;
			e->body->size = st.st_size;
		}
	}
	arena_free(a);
}

static struct body *body_take(struct templates *t, enum mail_kind kind)
{
	pthread_mutex_lock(&t->lock);
	if (has_changed(&t->v[kind]))
		reload(&t->v[kind], kind);
	struct body *b = t->v[kind].body;
	b->refs++;
	pthread_mutex_unlock(&t->lock);
	return b;
}

static void body_give(struct templates *t, struct body *b)
{
	pthread_mutex_lock(&t->lock);
	body_unref(b);
	pthread_mutex_unlock(&t->lock);
}

int templates_render(struct ctx *c, struct templates *t, enum mail_kind kind,
		     const struct json *vars, struct str *ret_subject, struct str *ret_body)
{
	BUF_CLEANUP struct buf subject = buf_make(SUBJECT_MAX);
	BUF_CLEANUP struct buf body = buf_make(BODY_MAX);
	TRY(template_render(c, t->v[kind].subject, TEMPLATE_TEXT, vars, &subject));
	struct body *b = body_take(t, kind);
	int rc = template_render(c, b->t, TEMPLATE_HTML, vars, &body);
	body_give(t, b);
	TRY(rc);
	*ret_subject = (struct str){ buf_dup(c->arena, &subject), subject.n };
	*ret_body = (struct str){ buf_dup(c->arena, &body), body.n };
	return 0;
}

static void add(struct ctx *c, struct json *to, const char *name, const char *text)
{
	struct json *v = ARENA_NEW(c->arena, struct json);
	v->kind = JSON_STRING;
	v->key = str_of(name);
	v->text = str_of(text);
	v->next = to->child;
	to->child = v;
	to->count++;
}

const struct json *templates_vars(struct ctx *c, const struct mail_vars *v)
{
	struct json *o = ARENA_NEW(c->arena, struct json), *data = NULL;
	o->kind = JSON_OBJECT;
	if (!v->data.n || json_parse(c, v->data, (struct json_limits){ 64, 10000 }, &data) < 0) {
		err_clear(c);
		data = ARENA_NEW(c->arena, struct json);
		data->kind = JSON_OBJECT;
	}
	data->key = STR("Data");
	o->child = data;
	o->count = 1;
	add(c, o, "SiteURL", v->site_url);
	add(c, o, "ConfirmationURL", v->confirmation_url);
	add(c, o, "Token", v->token);
	add(c, o, "TokenHash", v->token_hash);
	add(c, o, "Email", v->email);
	add(c, o, "NewEmail", v->new_email);
	add(c, o, "OldEmail", v->old_email);
	add(c, o, "Phone", v->phone);
	add(c, o, "OldPhone", v->old_phone);
	add(c, o, "SendingTo", v->sending_to);
	add(c, o, "RedirectTo", v->redirect_to);
	add(c, o, "Provider", v->provider);
	add(c, o, "FactorType", v->factor_type);
	return o;
}

void mail_check_templates(struct ctx *c, const struct config *cfg,
			  void (*fn)(void *arg, const char *message), void *arg)
{
	struct templates t = { .arena = c->arena };
	for (int kind = 0; kind < MAIL_KINDS; kind++) {
		if (load(c, &t, cfg, (enum mail_kind)kind) < 0) {
			fn(arg, c->err.message);
			err_clear(c);
		}
		body_unref(t.v[kind].body);
	}
}
