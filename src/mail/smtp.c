#include "mail/smtp.h"

#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "net/client.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

struct smtp {
	struct smtp_options o;
	CURL *curl;
	char error[CURL_ERROR_SIZE];
	struct str rest; /* of the message, not sent yet */
};

static size_t on_read(char *to, size_t size, size_t n, void *arg)
{
	struct smtp *s = arg;
	size_t part = size * n < s->rest.n ? size * n : s->rest.n;
	memcpy(to, s->rest.p, part);
	s->rest = str_from(s->rest, part);
	return part;
}

static int on_progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
		       curl_off_t up)
{
	struct smtp *s = arg;
	(void)down_total, (void)down, (void)up_total, (void)up;
	return s->o.is_stopping && s->o.is_stopping(s->o.arg);
}

static bool is_local(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 ||
	       strcmp(host, "::1") == 0;
}

static void set_security(struct smtp *s)
{
	bool has_password = *s->o.user != '\0';
	bool needs_tls = has_password && !is_local(s->o.host);
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(s->curl, CURLOPT_USE_SSL, needs_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY);
	curl_easy_setopt(s->curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (is_local(s->o.host)) {
		/* Opportunistic on this machine: whoever could listen here owns it. */
		curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(s->curl, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (has_password) {
		curl_easy_setopt(s->curl, CURLOPT_USERNAME, s->o.user);
		curl_easy_setopt(s->curl, CURLOPT_PASSWORD, s->o.pass);
	}
}

int smtp_new(struct ctx *c, const struct smtp_options *o, struct smtp **ret)
{
	http_client_global_init();
	struct smtp *s = calloc(1, sizeof(*s));
	CHECK(s);
	s->o = *o;
	s->curl = curl_easy_init();
	CHECK(s->curl);
	bool is_v6 = strchr(o->host, ':') != NULL;
	const char *url =
		arena_printf(c->arena, "%s://%s%s%s:%u", o->port == 465 ? "smtps" : "smtp",
			     is_v6 ? "[" : "", o->host, is_v6 ? "]" : "", o->port);
	curl_easy_setopt(s->curl, CURLOPT_URL, url);
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT, (long)SMTP_CONNECT_S);
	curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, (long)SMTP_TOTAL_S);
	curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(s->curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(s->curl, CURLOPT_READDATA, s);
	curl_easy_setopt(s->curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(s->curl, CURLOPT_XFERINFODATA, s);
	set_security(s);
	*ret = s;
	return 0;
}

void smtp_free(struct smtp *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->curl);
	free(s);
}

int smtp_send(struct ctx *c, struct smtp *s, const char *from, const char *to, struct str message,
	      bool *ret_is_final)
{
	struct curl_slist *rcpt = curl_slist_append(NULL, to);
	CHECK(rcpt);
	s->rest = message;
	s->error[0] = '\0';
	*ret_is_final = false;
	curl_easy_setopt(s->curl, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, rcpt);
	CURLcode rc = curl_easy_perform(s->curl);
	long code = 0;
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &code);
	curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(rcpt);
	if (rc == CURLE_OK)
		return 0;
	*ret_is_final = code >= 550 && code <= 554 && rc != CURLE_LOGIN_DENIED;
	return err_set(c, "08006", "%s", s->error[0] ? s->error : curl_easy_strerror(rc));
}
