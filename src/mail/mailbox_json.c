/* Messages as Mailpit's API gives them. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "mail/mailbox_int.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void put(struct buf *b, const char *name, struct str value)
{
	buf_printf(b, "\"%s\":", name);
	json_put_string(b, str_is_utf8(value) ? value : STR(""));
	buf_char(b, ',');
}

static void put_address(struct buf *b, const struct mime_address *a)
{
	buf_puts(b, "{\"Name\":");
	json_put_string(b, a->name);
	buf_puts(b, ",\"Address\":");
	json_put_string(b, str_is_utf8(a->address) ? a->address : STR(""));
	buf_char(b, '}');
}

/* In a list Mailpit has null for no addresses. */
static void put_addresses(struct buf *b, const char *name, const struct mime_addresses *list,
			  bool is_summary)
{
	if (is_summary && !list->n) {
		buf_printf(b, "\"%s\":null,", name);
		return;
	}
	buf_printf(b, "\"%s\":[", name);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_char(b, ',');
		put_address(b, &list->v[i]);
	}
	buf_puts(b, "],");
}

static void put_time(struct buf *b, const char *name, int64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm t;
	gmtime_r(&s, &t);
	buf_printf(b, "\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02d.%03dZ\",", name, t.tm_year + 1900,
		   t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (int)(ms % 1000));
}

static void put_common(struct buf *b, const struct item *item, bool is_summary)
{
	static const struct mime_address nobody = { { "", 0 }, { "", 0 } };
	const struct mime_message *m = &item->m;
	put(b, "ID", str_of(item->id));
	put(b, "MessageID", m->id);
	buf_puts(b, "\"From\":");
	put_address(b, m->from.n ? &m->from.v[0] : &nobody);
	buf_char(b, ',');
	put_addresses(b, "To", &m->to, is_summary);
	put_addresses(b, "Cc", &m->cc, is_summary);
	put_addresses(b, "Bcc", &m->bcc, is_summary);
	put_addresses(b, "ReplyTo", &m->reply_to, false);
	put(b, "Subject", m->subject);
}

static size_t count_files(const struct item *item, bool is_inline)
{
	size_t n = 0;
	for (size_t i = 0; i < item->m.n_parts; i++)
		n += item->m.parts[i].is_inline == is_inline;
	return n;
}

void item_put_summary(struct buf *b, const struct item *item)
{
	buf_printf(b, "{\"Read\":%s,", item->is_read ? "true" : "false");
	put_common(b, item, true);
	put_time(b, "Created", item->created_ms);
	put(b, "Snippet", item->snippet);
	buf_printf(b, "\"Username\":\"\",\"Tags\":[],\"Size\":%zu,\"Attachments\":%zu}",
		   item->raw.n, count_files(item, false));
}

static void put_files(struct buf *b, const char *name, const struct item *item, bool is_inline)
{
	bool is_first = true;
	buf_printf(b, "\"%s\":[", name);
	for (size_t i = 0; i < item->m.n_parts; i++) {
		const struct mime_part *p = &item->m.parts[i];
		if (p->is_inline != is_inline)
			continue;
		buf_printf(b, "%s{\"PartID\":\"%d\",", is_first ? "" : ",", p->number);
		is_first = false;
		put(b, "FileName", p->file_name);
		put(b, "ContentType", p->type);
		put(b, "ContentID", p->content_id);
		buf_printf(b, "\"Size\":%zu}", p->body.n);
	}
	buf_puts(b, "],");
}

/* The Date header as RFC 3339, else the time of arrival. */
static void put_date(struct buf *b, const struct item *item)
{
	struct tm t = { 0 };
	char text[64];
	size_t n = item->m.date.n < sizeof(text) - 1 ? item->m.date.n : sizeof(text) - 1;
	memcpy(text, n ? item->m.date.p : "", n);
	text[n] = '\0';
	const char *p = strchr(text, ',');
	const char *end = strptime(p ? p + 1 : text, " %d %b %Y %H:%M:%S", &t);
	if (!end) {
		put_time(b, "Date", item->created_ms);
		return;
	}
	int zone = atoi(end);
	time_t at = timegm(&t) - (zone / 100 * 3600 + zone % 100 * 60);
	gmtime_r(&at, &t);
	buf_printf(b, "\"Date\":\"%04d-%02d-%02dT%02d:%02d:%02dZ\",", t.tm_year + 1900,
		   t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
}

void item_put_json(struct buf *b, const struct item *item)
{
	const struct mime_message *m = &item->m;
	buf_char(b, '{');
	put_common(b, item, false);
	put(b, "ReturnPath", m->return_path);
	put_date(b, item);
	buf_puts(b, "\"ListUnsubscribe\":{\"Header\":\"\",\"Links\":[],\"Errors\":\"\","
		    "\"HeaderPost\":\"\"},\"Tags\":[],\"Username\":\"\",");
	put(b, "Text", m->text);
	put(b, "HTML", m->html);
	put_files(b, "Inline", item, true);
	put_files(b, "Attachments", item, false);
	buf_printf(b, "\"Size\":%zu}", item->raw.n);
}
