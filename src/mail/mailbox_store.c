#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/vec.h"
#include "mail/html.h"
#include "mail/mailbox_int.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { SNIPPET_MAX = 250 };

struct store {
	pthread_mutex_t lock;
	struct item *newest;
	struct store_counts counts;
};

struct store *store_new(void)
{
	struct store *s = calloc(1, sizeof(*s));
	CHECK(s);
	pthread_mutex_init(&s->lock, NULL);
	return s;
}

static void unref(struct item *item)
{
	if (--item->refs)
		return;
	arena_free(item->arena);
	free(item);
}

/* Under the lock: takes the item at *at out of the list. */
static void drop(struct store *s, struct item **at)
{
	struct item *item = *at;
	*at = item->older;
	s->counts.total--;
	s->counts.unread -= !item->is_read;
	s->counts.bytes -= item->raw.n;
	unref(item);
}

void store_free(struct store *s)
{
	if (!s)
		return;
	while (s->newest)
		drop(s, &s->newest);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static bool is_named(const struct mime_addresses *list, struct str address)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_ieq(list->v[i].address, address))
			return true;
	return false;
}

static void add_bcc(struct item *item, const struct str *to, size_t n_to)
{
	struct mime_message *m = &item->m;
	VEC(struct mime_address) v = { 0 };
	for (size_t i = 0; i < n_to; i++) {
		if (is_named(&m->to, to[i]) || is_named(&m->cc, to[i]) || is_named(&m->bcc, to[i]))
			continue;
		struct mime_address hidden = { STR(""), str_copy(item->arena, to[i]) };
		VEC_PUSH(item->arena, &v, hidden);
	}
	if (v.n)
		m->bcc = (struct mime_addresses){ v.v, v.n };
}

/* The beginning of the text, with single spaces. */
static struct str snippet_of(struct arena *a, struct str text)
{
	char *p = arena_alloc(a, SNIPPET_MAX + 8);
	size_t n = 0;
	for (size_t i = 0; i < text.n && n < SNIPPET_MAX; i++) {
		bool is_space = (unsigned char)text.p[i] <= ' ';
		if (is_space && (n == 0 || p[n - 1] == ' '))
			continue;
		p[n++] = is_space ? ' ' : text.p[i];
	}
	while (n && ((unsigned char)p[n - 1] & 0xc0) == 0x80 && !str_is_utf8((struct str){ p, n }))
		n--;
	while (n && !str_is_utf8((struct str){ p, n }))
		n--;
	return str_trim((struct str){ p, n });
}

/* As Mailpit: of the HTML, when there is one. */
static struct str shown_text(const struct item *item)
{
	if (!item->m.html.n)
		return item->m.text;
	BUF_CLEANUP struct buf b = buf_make(MAILBOX_MESSAGE_MAX);
	html_to_text(item->m.html, false, &b);
	return str_copy(item->arena, buf_view(&b));
}

static struct item *item_new(struct str raw, const struct str *to, size_t n_to)
{
	struct item *item = calloc(1, sizeof(*item));
	unsigned char r[11];
	struct timespec now;
	CHECK(item);
	CHECK(getrandom(r, sizeof(r), 0) == (ssize_t)sizeof(r));
	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < sizeof(r); i++)
		snprintf(item->id + 2 * i, 3, "%02x", r[i]);
	item->created_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	item->arena = arena_new(0);
	item->raw = str_copy(item->arena, raw);
	item->m = mime_read(item->arena, item->raw);
	add_bcc(item, to, n_to);
	item->snippet = snippet_of(item->arena, shown_text(item));
	item->refs = 1;
	return item;
}

static void drop_oldest(struct store *s)
{
	struct item **at = &s->newest;
	while ((*at)->older)
		at = &(*at)->older;
	drop(s, at);
	s->counts.deleted++;
}

void store_add(struct store *s, struct str raw, const struct str *to, size_t n_to)
{
	struct item *item = item_new(raw, to, n_to);
	pthread_mutex_lock(&s->lock);
	item->older = s->newest;
	s->newest = item;
	s->counts.total++;
	s->counts.unread++;
	s->counts.bytes += raw.n;
	s->counts.accepted++;
	s->counts.accepted_bytes += raw.n;
	while (s->counts.total > MAILBOX_MESSAGES_MAX || s->counts.bytes > MAILBOX_BYTES_MAX)
		drop_oldest(s);
	pthread_mutex_unlock(&s->lock);
}

/* Under the lock: the place of an id in the list; of NULL when there is none. */
static struct item **find(struct store *s, struct str id)
{
	struct item **at = &s->newest;
	while (*at && !str_is(id, (*at)->id) && !str_is(id, "latest"))
		at = &(*at)->older;
	return at;
}

struct item *store_get(struct store *s, struct str id)
{
	pthread_mutex_lock(&s->lock);
	struct item *item = *find(s, id);
	if (item)
		item->refs++;
	pthread_mutex_unlock(&s->lock);
	return item;
}

void store_put_back(struct store *s, struct item *item)
{
	pthread_mutex_lock(&s->lock);
	unref(item);
	pthread_mutex_unlock(&s->lock);
}

static void mark(struct store *s, struct item *item, bool is_read)
{
	if (item->is_read == is_read)
		return;
	item->is_read = is_read;
	s->counts.unread += is_read ? (uint64_t)-1 : 1;
}

void store_mark(struct store *s, struct str id, bool is_read)
{
	pthread_mutex_lock(&s->lock);
	if (id.n) {
		struct item *item = *find(s, id);
		if (item)
			mark(s, item, is_read);
	} else {
		for (struct item *i = s->newest; i; i = i->older)
			mark(s, i, is_read);
	}
	pthread_mutex_unlock(&s->lock);
}

void store_delete(struct store *s, struct str id)
{
	pthread_mutex_lock(&s->lock);
	struct item **at = id.n ? find(s, id) : &s->newest;
	while (*at) {
		drop(s, at);
		s->counts.deleted++;
		if (id.n)
			break;
	}
	pthread_mutex_unlock(&s->lock);
}

struct store_counts store_counts(struct store *s)
{
	pthread_mutex_lock(&s->lock);
	struct store_counts counts = s->counts;
	pthread_mutex_unlock(&s->lock);
	return counts;
}

struct item **store_list(struct arena *a, struct store *s, size_t *ret_n)
{
	pthread_mutex_lock(&s->lock);
	struct item **v = arena_array(a, s->counts.total + 1, sizeof(struct item *));
	size_t n = 0;
	for (struct item *i = s->newest; i; i = i->older) {
		i->refs++;
		v[n++] = i;
	}
	pthread_mutex_unlock(&s->lock);
	*ret_n = n;
	return v;
}
