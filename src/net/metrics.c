/*
 * Each thread owns a slab of words; only it writes them, with plain relaxed
 * stores. Slabs of ended threads stay in the sum and are reused.
 */
#include "net/metrics.h"

#include "base/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METRICS_MAX = 1024, SERIES_MAX = 128, BOUNDS_MAX = 24 };

enum kind { COUNTER, GAUGE, HISTOGRAM, ASKED };

struct series {
	enum kind kind;
	const char *name, *help, *labels;
	int word; /* first word in each slab */
	int n_bounds;
	uint32_t bounds[BOUNDS_MAX];
	double scale;
	double (*fn)(void *arg);
	void *arg;
};

struct slab {
	struct slab *next;
	atomic_bool is_used;
	_Atomic int64_t words[METRICS_MAX];
};

static struct {
	pthread_mutex_t lock;
	struct series series[SERIES_MAX];
	atomic_int n_series;
	int n_words;
	_Atomic(struct slab *) slabs;
	pthread_key_t on_thread_end;
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

static _Thread_local struct slab *mine;

/* ---- registering ---- */

static int add(struct series s, int words)
{
	pthread_mutex_lock(&all.lock);
	int id = all.n_series;
	CHECK(id < SERIES_MAX && all.n_words + words <= METRICS_MAX);
	s.word = all.n_words;
	all.n_words += words;
	all.series[id] = s;
	atomic_store(&all.n_series, id + 1);
	pthread_mutex_unlock(&all.lock);
	return id;
}

int metrics_counter(const char *name, const char *help, const char *labels)
{
	return add((struct series){ COUNTER, name, help, labels }, 1);
}

int metrics_gauge(const char *name, const char *help, const char *labels)
{
	return add((struct series){ GAUGE, name, help, labels }, 1);
}

int metrics_histogram(const char *name, const char *help, const char *labels,
		      const uint32_t *bounds, int n_bounds, double scale)
{
	CHECK(n_bounds > 0 && n_bounds <= BOUNDS_MAX);
	struct series s = { HISTOGRAM, name, help, labels, .n_bounds = n_bounds, .scale = scale };
	memcpy(s.bounds, bounds, (size_t)n_bounds * sizeof(*bounds));
	return add(s, n_bounds + 2); /* buckets, the one above all, the sum */
}

void metrics_gauge_fn(const char *name, const char *help, const char *labels,
		      double (*fn)(void *arg), void *arg)
{
	add((struct series){ ASKED, name, help, labels, .fn = fn, .arg = arg }, 0);
}

/* ---- counting ---- */

static void give_back_slab(void *slab)
{
	mine = NULL;
	atomic_store(&((struct slab *)slab)->is_used, false);
}

static void make_key(void)
{
	CHECK(pthread_key_create(&all.on_thread_end, give_back_slab) == 0);
}

static struct slab *find_unused(void)
{
	for (struct slab *s = all.slabs; s; s = s->next)
		if (!atomic_exchange(&s->is_used, true))
			return s;
	return NULL;
}

static struct slab *slab_of_thread(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_key);
	pthread_mutex_lock(&all.lock);
	struct slab *s = find_unused();
	if (!s) {
		s = calloc(1, sizeof(*s));
		CHECK(s != NULL);
		s->is_used = true;
		s->next = all.slabs;
		atomic_store(&all.slabs, s);
	}
	pthread_mutex_unlock(&all.lock);
	pthread_setspecific(all.on_thread_end, s);
	mine = s;
	return s;
}

static inline void add_word(int word, int64_t n)
{
	struct slab *s = mine ? mine : slab_of_thread();
	int64_t now = atomic_load_explicit(&s->words[word], memory_order_relaxed);
	atomic_store_explicit(&s->words[word], now + n, memory_order_relaxed);
}

void metrics_add(int id, int64_t n)
{
	add_word(all.series[id].word, n);
}

void metrics_observe(int id, uint64_t value)
{
	const struct series *s = &all.series[id];
	int i = 0;
	while (i < s->n_bounds && value > s->bounds[i])
		i++;
	add_word(s->word + i, 1);
	add_word(s->word + s->n_bounds + 1, (int64_t)value);
}

/* ---- printing ---- */

static int64_t sum_word(int word)
{
	int64_t sum = 0;
	for (struct slab *s = atomic_load(&all.slabs); s; s = s->next)
		sum += atomic_load_explicit(&s->words[word], memory_order_relaxed);
	return sum;
}

int64_t metrics_value(int id)
{
	return sum_word(all.series[id].word);
}

static void put_sample(struct buf *out, const struct series *s, const char *suffix, const char *le)
{
	buf_puts(out, s->name);
	buf_puts(out, suffix);
	if (s->labels[0] || le) {
		buf_char(out, '{');
		buf_puts(out, s->labels);
		if (le)
			buf_printf(out, "%sle=\"%s\"", s->labels[0] ? "," : "", le);
		buf_char(out, '}');
	}
	buf_char(out, ' ');
}

static void put_i64(struct buf *out, int64_t value)
{
	buf_i64(out, value);
	buf_char(out, '\n');
}

static void put_histogram(struct buf *out, const struct series *s)
{
	int64_t count = 0;
	for (int i = 0; i <= s->n_bounds; i++) {
		char le[32] = "+Inf";
		if (i < s->n_bounds)
			snprintf(le, sizeof(le), "%g", s->bounds[i] * s->scale);
		count += sum_word(s->word + i);
		put_sample(out, s, "_bucket", le);
		put_i64(out, count);
	}
	put_sample(out, s, "_sum", NULL);
	buf_printf(out, "%.9g\n", (double)sum_word(s->word + s->n_bounds + 1) * s->scale);
	put_sample(out, s, "_count", NULL);
	put_i64(out, count);
}

static void put_series(struct buf *out, const struct series *s)
{
	if (s->kind == HISTOGRAM) {
		put_histogram(out, s);
		return;
	}
	put_sample(out, s, "", NULL);
	if (s->kind == ASKED)
		buf_printf(out, "%.9g\n", s->fn(s->arg));
	else
		put_i64(out, sum_word(s->word));
}

static bool is_printed_before(int id)
{
	for (int i = 0; i < id; i++)
		if (strcmp(all.series[i].name, all.series[id].name) == 0)
			return true;
	return false;
}

void metrics_print(struct buf *out)
{
	static const char *const types[] = { "counter", "gauge", "histogram", "gauge" };
	int n = atomic_load(&all.n_series);
	for (int id = 0; id < n; id++) {
		const struct series *first = &all.series[id];
		if (is_printed_before(id))
			continue;
		buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", first->name, first->help,
			   first->name, types[first->kind]);
		for (int i = id; i < n; i++)
			if (strcmp(all.series[i].name, first->name) == 0)
				put_series(out, &all.series[i]);
	}
}
