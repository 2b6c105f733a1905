/* Workers take calls from one queue; the caller sleeps on a wakeup. */
#include "loop/pool.h"

#include "base/check.h"
#include "base/err.h"
#include "loop/await.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORKERS_MAX = 64 };

/* One call; lives on the caller's stack. */
struct job {
	struct job *next;
	int (*fn)(void *arg);
	void *arg;
	int result;
	struct wakeup done;
};

struct pool {
	char name[16];
	pthread_mutex_t lock;
	pthread_cond_t has_work;
	struct job *head;
	struct job **tail;
	size_t n_queued, queue_limit;
	bool is_ending;
	unsigned n_threads;
	pthread_t threads[WORKERS_MAX];
};

/* Waits for a job; NULL when the pool ends. */
static struct job *take(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	while (!p->head && !p->is_ending)
		pthread_cond_wait(&p->has_work, &p->lock);
	struct job *j = p->head;
	if (j) {
		p->head = j->next;
		if (!p->head)
			p->tail = &p->head;
		p->n_queued--;
	}
	pthread_mutex_unlock(&p->lock);
	return j;
}

static void *work(void *arg)
{
	struct pool *p = arg;
	for (struct job *j; (j = take(p));) {
		j->result = j->fn(j->arg);
		wakeup_fire(&j->done);
	}
	return NULL;
}

int pool_new(struct ctx *c, const char *name, unsigned threads, size_t queue_limit,
	     struct pool **ret)
{
	CHECK(threads > 0 && threads <= WORKERS_MAX && queue_limit > 0);
	struct pool *p = calloc(1, sizeof(*p));
	CHECK(p != NULL);
	snprintf(p->name, sizeof(p->name), "%s", name);
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->has_work, NULL);
	p->tail = &p->head;
	p->queue_limit = queue_limit;
	for (; p->n_threads < threads; p->n_threads++) {
		int rc = pthread_create(&p->threads[p->n_threads], NULL, work, p);
		if (rc) {
			err_set(c, "58000", "cannot start a %s thread: %s", name, strerror(rc));
			pool_free(p);
			return -1;
		}
		pthread_setname_np(p->threads[p->n_threads], p->name);
	}
	*ret = p;
	return 0;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	CHECK(!p->head);
	p->is_ending = true;
	pthread_cond_broadcast(&p->has_work);
	pthread_mutex_unlock(&p->lock);
	for (unsigned i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	pthread_cond_destroy(&p->has_work);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* False when the queue is full. */
static bool enqueue(struct pool *p, struct job *j)
{
	pthread_mutex_lock(&p->lock);
	bool has_room = p->n_queued < p->queue_limit;
	if (has_room) {
		*p->tail = j;
		p->tail = &j->next;
		p->n_queued++;
		pthread_cond_signal(&p->has_work);
	}
	pthread_mutex_unlock(&p->lock);
	return has_room;
}

/* True when no worker had taken j yet. */
static bool withdraw(struct pool *p, struct job *j)
{
	bool found = false;
	pthread_mutex_lock(&p->lock);
	for (struct job **at = &p->head; *at; at = &(*at)->next) {
		if (*at != j)
			continue;
		*at = j->next;
		if (!j->next)
			p->tail = at;
		p->n_queued--;
		found = true;
		break;
	}
	pthread_mutex_unlock(&p->lock);
	return found;
}

int pool_run(struct ctx *c, struct pool *p, int (*fn)(void *arg), void *arg)
{
	struct job j = { .fn = fn, .arg = arg };
	wakeup_init(&j.done);
	if (!enqueue(p, &j)) {
		err_set(c, "53000", "too many %s calls are waiting", p->name);
		return err_http(c, 503);
	}
	enum await_result result = await_wakeup_until(&j.done, c->deadline_ns);
	if (result == AWAIT_DONE)
		return j.result;
	if (withdraw(p, &j))
		return await_error(c, result);
	await_wakeup_always(&j.done);
	return j.result;
}

size_t pool_queued(struct pool *p)
{
	pthread_mutex_lock(&p->lock);
	size_t n = p->n_queued;
	pthread_mutex_unlock(&p->lock);
	return n;
}
