/* The parts of the mailbox: store, SMTP, API. */
#ifndef MAIL_MAILBOX_INT_H
#define MAIL_MAILBOX_INT_H

#include "mail/mailbox.h"
#include "mail/mime_read.h"

#include <stdatomic.h>

struct arena;
struct buf;
struct request;
struct response;

enum { MAILBOX_ID_MAX = 24 };

/* A message as it is kept; immutable but for is_read, which the store's lock
 * guards. */
struct item {
	struct item *older;
	char id[MAILBOX_ID_MAX];
	int64_t created_ms; /* Unix time */
	atomic_bool is_read;
	struct arena *arena;
	struct str raw;
	struct mime_message m;
	struct str snippet;
	int refs;
};

struct store;

struct store *store_new(void);
void store_free(struct store *s);

/* Takes a copy; `to` are the envelope's recipients, of which those that no
 * header names become Bcc. */
void store_add(struct store *s, struct str raw, const struct str *to, size_t n_to);

/* The message of that id ("latest": the newest), or NULL; give it back. */
struct item *store_get(struct store *s, struct str id);
void store_put_back(struct store *s, struct item *item);
void store_mark(struct store *s, struct str id, bool is_read); /* id empty: all */
void store_delete(struct store *s, struct str id);	       /* likewise */

struct store_counts {
	uint64_t total, unread, accepted, accepted_bytes, deleted, bytes;
};
struct store_counts store_counts(struct store *s);

/* Every message, newest first, with a reference each, in a; give each back. */
struct item **store_list(struct arena *a, struct store *s, size_t *ret_n);

/* Mailpit's search: words, "phrases", to: from: cc: bcc: subject: message-id:
 * addressed: is:read is:unread has:attachment, each after - or ! negated. */
bool search_matches(struct arena *a, struct str query, const struct item *item);

/* Mailpit's JSON of a message, whole or in a list. */
void item_put_json(struct buf *b, const struct item *item);
void item_put_summary(struct buf *b, const struct item *item);

struct smtp_server;
int smtp_server_start(struct ctx *c, struct store *s, const char *host, unsigned port,
		      struct smtp_server **ret);
void smtp_server_stop(struct smtp_server *s);
unsigned smtp_server_port(const struct smtp_server *s);

/* An http_handler; arg is the store. */
int mailbox_handle(struct ctx *c, struct request *rq, struct response *rs, void *arg);

#endif
