/* Mailpit's search language, the part that tests use. */
#include "base/arena.h"
#include "mail/mailbox_int.h"

#include <string.h>

static bool contains(struct arena *a, struct str text, struct str needle)
{
	return str_find(str_lower(a, text), needle) >= 0;
}

static bool list_contains(struct arena *a, const struct mime_addresses *list, struct str needle)
{
	for (size_t i = 0; i < list->n; i++)
		if (contains(a, list->v[i].address, needle) || contains(a, list->v[i].name, needle))
			return true;
	return false;
}

static bool anywhere(struct arena *a, const struct item *item, struct str needle)
{
	const struct mime_message *m = &item->m;
	return contains(a, m->subject, needle) || contains(a, m->text, needle) ||
	       contains(a, m->html, needle) || list_contains(a, &m->from, needle) ||
	       list_contains(a, &m->to, needle) || list_contains(a, &m->cc, needle) ||
	       list_contains(a, &m->bcc, needle);
}

static bool addressed(struct arena *a, const struct mime_message *m, struct str needle)
{
	return list_contains(a, &m->from, needle) || list_contains(a, &m->to, needle) ||
	       list_contains(a, &m->cc, needle) || list_contains(a, &m->bcc, needle) ||
	       list_contains(a, &m->reply_to, needle);
}

/* term is lower case. */
static bool term_matches(struct arena *a, struct str term, const struct item *item)
{
	const struct mime_message *m = &item->m;
	const struct {
		const char *prefix;
		const struct mime_addresses *list;
	} lists[] = { { "to:", &m->to },
		      { "from:", &m->from },
		      { "cc:", &m->cc },
		      { "bcc:", &m->bcc },
		      { "reply-to:", &m->reply_to } };
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (str_starts(term, str_of(lists[i].prefix)))
			return list_contains(a, lists[i].list,
					     str_from(term, strlen(lists[i].prefix)));
	if (str_starts(term, STR("subject:")))
		return contains(a, m->subject, str_from(term, 8));
	if (str_starts(term, STR("message-id:")))
		return contains(a, m->id, str_from(term, 11));
	if (str_starts(term, STR("addressed:")))
		return addressed(a, m, str_from(term, 10));
	if (str_is(term, "is:read") || str_is(term, "is:unread"))
		return item->is_read == str_is(term, "is:read");
	if (str_starts(term, STR("has:attachment")))
		return m->n_parts > 0;
	if (str_starts(term, STR("tag:")) || str_is(term, "is:tagged"))
		return false;
	return anywhere(a, item, term);
}

/* The next word of *rest; quotes, also after a prefix, hold spaces together. */
static struct str next_term(struct arena *a, struct str *rest)
{
	char *p = arena_alloc(a, rest->n + 1);
	size_t n = 0, i = 0;
	bool is_quoted = false;
	for (; i < rest->n && (is_quoted || rest->p[i] != ' '); i++) {
		if (rest->p[i] == '"')
			is_quoted = !is_quoted;
		else
			p[n++] = rest->p[i];
	}
	*rest = str_from(*rest, i + 1);
	return str_lower(a, (struct str){ p, n });
}

bool search_matches(struct arena *a, struct str query, const struct item *item)
{
	while (query.n) {
		struct str term = next_term(a, &query);
		bool is_not = term.n > 1 && (term.p[0] == '-' || term.p[0] == '!');
		if (is_not)
			term = str_from(term, 1);
		if (term.n && term_matches(a, term, item) == is_not)
			return false;
	}
	return true;
}
