/* The series that the server itself counts. */
#include "net/metrics.h"
#include "net/server_int.h"

static struct server_metrics m;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* A scrape and the end of the server may come together. */
static pthread_mutex_t watch_lock = PTHREAD_MUTEX_INITIALIZER;
static struct server *watched;

void server_metrics_watch(struct server *s)
{
	pthread_mutex_lock(&watch_lock);
	watched = s;
	pthread_mutex_unlock(&watch_lock);
}

static double longest_stall(void *arg)
{
	(void)arg;
	uint64_t longest = 0;
	pthread_mutex_lock(&watch_lock);
	for (int i = 0; watched && i < watched->n_loops; i++) {
		uint64_t ns = loop_take_stall_ns(watched->loops[i].l);
		longest = ns > longest ? ns : longest;
	}
	pthread_mutex_unlock(&watch_lock);
	return (double)longest * 1e-9;
}

static void register_all(void)
{
	static const char *const classes[] = { "class=\"refused\"", "class=\"1xx\"",
					       "class=\"2xx\"",	    "class=\"3xx\"",
					       "class=\"4xx\"",	    "class=\"5xx\"" };
	static const uint32_t bounds[] = { 50,	   100,	   250,	   500,	    1000,
					   2500,   5000,   10000,  25000,   50000,
					   100000, 250000, 500000, 1000000, 5000000 };
	for (int i = 0; i < 6; i++)
		m.requests[i] = metrics_counter("bedplate_http_requests_total",
						"Requests answered, by status class.", classes[i]);
	m.duration = metrics_histogram("bedplate_http_request_duration_seconds",
				       "From the last byte of the request to the answer.", "",
				       bounds, sizeof(bounds) / sizeof(bounds[0]), 1e-6);
	m.in_flight = metrics_gauge("bedplate_http_requests_in_flight",
				    "Requests whose handler runs or waits.", "");
	m.connections = metrics_gauge("bedplate_http_connections", "Open connections.", "");
	m.accepted =
		metrics_counter("bedplate_http_connections_total", "Connections accepted.", "");
	m.refused = metrics_counter("bedplate_http_connections_refused_total",
				    "Connections closed at once because of a limit.", "");
	m.bytes_in = metrics_counter("bedplate_http_received_bytes_total", "Bytes received.", "");
	m.bytes_out = metrics_counter("bedplate_http_sent_bytes_total", "Bytes sent.", "");
	metrics_gauge_fn("bedplate_loop_stall_seconds",
			 "Longest turn of any event loop since the last scrape.", "", longest_stall,
			 NULL);
}

const struct server_metrics *server_metrics(void)
{
	pthread_once(&once, register_all);
	return &m;
}
