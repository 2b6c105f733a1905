#include "net/client.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/check.h"
#include "base/err.h"
#include "loop/pool.h"

#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { THREADS = 8, QUEUE = 256, HANDLES_MAX = 64, CONNECT_MS = 5000, HEADER_VALUE_MAX = 256 };

struct http_client {
	struct pool *pool;
	pthread_mutex_t lock;
	CURL *idle[HANDLES_MAX]; /* with their open connections */
	size_t n_idle;
	char *ca_file;
};

/* One call, as the worker sees it. */
struct exchange {
	struct ctx *c;
	struct http_client *client;
	const struct http_call *call;
	struct http_answer answer;
	struct buf body;
	char error[CURL_ERROR_SIZE];
};

static void init(void)
{
	CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
}

void http_client_global_init(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, init);
}

int http_client_new(struct ctx *c, const struct http_client_options *o, struct http_client **ret)
{
	http_client_global_init();
	struct http_client *h = calloc(1, sizeof(*h));
	CHECK(h);
	pthread_mutex_init(&h->lock, NULL);
	if (o->ca_file) {
		h->ca_file = strdup(o->ca_file);
		CHECK(h->ca_file);
	}
	if (pool_new(c, "http-client", o->threads ? o->threads : THREADS,
		     o->queue ? o->queue : QUEUE, &h->pool) < 0) {
		http_client_free(h);
		return -1;
	}
	*ret = h;
	return 0;
}

void http_client_free(struct http_client *h)
{
	if (!h)
		return;
	pool_free(h->pool);
	for (size_t i = 0; i < h->n_idle; i++)
		curl_easy_cleanup(h->idle[i]);
	pthread_mutex_destroy(&h->lock);
	free(h->ca_file);
	free(h);
}

static CURL *take_handle(struct http_client *h)
{
	CURL *curl = NULL;
	pthread_mutex_lock(&h->lock);
	if (h->n_idle)
		curl = h->idle[--h->n_idle];
	pthread_mutex_unlock(&h->lock);
	if (!curl)
		curl = curl_easy_init();
	CHECK(curl);
	return curl;
}

static void give_handle(struct http_client *h, CURL *curl)
{
	curl_easy_reset(curl);
	pthread_mutex_lock(&h->lock);
	bool is_kept = h->n_idle < HANDLES_MAX;
	if (is_kept)
		h->idle[h->n_idle++] = curl;
	pthread_mutex_unlock(&h->lock);
	if (!is_kept)
		curl_easy_cleanup(curl);
}

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	buf_put(&x->body, p, size * n);
	return buf_ok(&x->body) ? size * n : 0;
}

static void keep_header(struct exchange *x, struct str line, const char *name, const char **to)
{
	size_t n = strlen(name);
	if (line.n <= n || line.p[n] != ':' || strncasecmp(line.p, name, n) != 0)
		return;
	*to = str_dup(x->c->arena, str_sub(str_trim(str_from(line, n + 1)), 0, HEADER_VALUE_MAX));
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
	struct exchange *x = arg;
	struct str line = { p, size * n };
	keep_header(x, line, "content-type", &x->answer.content_type);
	keep_header(x, line, "retry-after", &x->answer.retry_after);
	keep_header(x, line, "cache-control", &x->answer.cache_control);
	return size * n;
}

static struct curl_slist *header_list(const struct exchange *x)
{
	/* No waiting for "100 Continue" before a body. */
	struct curl_slist *list = curl_slist_append(NULL, "Expect:");
	for (size_t i = 0; i < x->call->n_headers; i++) {
		const struct http_header *h = &x->call->headers[i];
		list = curl_slist_append(list, arena_printf(x->c->arena, "%.*s: %.*s",
							    STR_ARG(h->name), STR_ARG(h->value)));
	}
	CHECK(list);
	return list;
}

static void set_limits(const struct exchange *x, CURL *curl)
{
	uint32_t timeout = x->call->timeout_ms ? x->call->timeout_ms : HTTP_CLIENT_TIMEOUT_MS;
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)timeout);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	if (x->client->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, x->client->ca_file);
}

static void set_request(struct exchange *x, CURL *curl, struct curl_slist *headers)
{
	const struct http_call *call = x->call;
	curl_easy_setopt(curl, CURLOPT_URL, call->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "bedplate");
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, x->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, x);
	if (call->body.p) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body.p);
	}
	if (call->method)
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call->method);
}

static int fail(struct exchange *x, CURLcode rc)
{
	const char *why = *x->error ? x->error : curl_easy_strerror(rc);
	if (x->body.overflow)
		return err_set(x->c, "54000", "the answer is larger than %zu bytes", x->body.limit);
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return err_set(x->c, "57014", "no answer in time");
	if (rc == CURLE_URL_MALFORMAT || rc == CURLE_UNSUPPORTED_PROTOCOL)
		return err_set(x->c, "22023", "the URL cannot be used: %s", why);
	return err_set(x->c, "08006", "%s", why);
}

static int perform(void *arg)
{
	struct exchange *x = arg;
	CURL *curl = take_handle(x->client);
	struct curl_slist *headers = header_list(x);
	long status = 0;
	set_limits(x, curl);
	set_request(x, curl, headers);
	CURLcode rc = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	x->answer.status = (int)status;
	give_handle(x->client, curl);
	curl_slist_free_all(headers);
	return rc == CURLE_OK ? 0 : fail(x, rc);
}

int http_client_call(struct ctx *c, struct http_client *h, const struct http_call *call,
		     struct http_answer *ret)
{
	size_t max = call->body_max ? call->body_max : HTTP_CLIENT_BODY_MAX;
	struct exchange x = {
		.c = c,
		.client = h,
		.call = call,
		.answer = { .content_type = "", .retry_after = "", .cache_control = "" },
		.body = buf_make(max),
	};
	int rc = pool_run(c, h->pool, perform, &x);
	if (rc == 0) {
		x.answer.body = (struct str){ buf_dup(c->arena, &x.body), x.body.n };
		*ret = x.answer;
	}
	buf_free(&x.body);
	return rc;
}
