/*
 * Counters and histograms for Prometheus. Each thread adds to memory of its
 * own, without atomic read-modify-write; a scrape sums over threads. Register
 * at start-up; ids are plain indexes.
 */
#ifndef NET_METRICS_H
#define NET_METRICS_H

#include "base/buf.h"

/* Registers a series. name follows Prometheus' rules; labels is "" or the
 * inner text of the braces, e.g. "class=\"2xx\"", from a small fixed set (never
 * from input). Series of one name form a family and share its help. Strings
 * must live for ever (literals). CHECK fails past 128 series. */
int metrics_counter(const char *name, const char *help, const char *labels);

/* A value that also goes down: add a negative number. */
int metrics_gauge(const char *name, const char *help, const char *labels);

/* bounds: ascending upper bounds in observed units, n_bounds <= 24; printed
 * multiplied by scale (observe microseconds, scale 1e-6: seconds). */
int metrics_histogram(const char *name, const char *help, const char *labels,
		      const uint32_t *bounds, int n_bounds, double scale);

/* A gauge that is asked for at each scrape, on the scraping thread. */
void metrics_gauge_fn(const char *name, const char *help, const char *labels,
		      double (*fn)(void *arg), void *arg);

/* Any thread, ~2 ns. */
void metrics_add(int id, int64_t n);
void metrics_observe(int id, uint64_t value);

/* A counter's or gauge's sum over all threads. */
int64_t metrics_value(int id);

/* Appends all series in the text exposition format 0.0.4. */
void metrics_print(struct buf *out);

#endif
