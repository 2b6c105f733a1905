#include "mail/mailbox.h"

#include "base/check.h"
#include "base/err.h"
#include "mail/mailbox_int.h"
#include "net/server.h"

#include <stdlib.h>

enum { BODY_MAX = 1 << 20, CONNECTIONS = 64, DRAIN_MS = 500 };

struct mailbox {
	struct store *store;
	struct server *page;
	struct smtp_server *smtp;
};

static int start_page(struct ctx *c, struct mailbox *mb, const char *host, unsigned port)
{
	struct server_options o = {
		.listen = { { .host = host,
			      .port = (uint16_t)port,
			      .handler = { mailbox_handle, mb->store } } },
		.n_listen = 1,
		.loops = 1,
		.body_max = BODY_MAX,
		.connections_max = CONNECTIONS,
		.drain_timeout_ms = DRAIN_MS,
	};
	return server_start(c, &o, &mb->page);
}

static int start(struct ctx *c, struct mailbox *mb, const struct mailbox_options *o)
{
	TRY(smtp_server_start(c, mb->store, o->host, o->smtp_port, &mb->smtp));
	if (start_page(c, mb, o->host, o->port) == 0)
		return 0;
	err_clear(c);
	return start_page(c, mb, o->host, 0);
}

int mailbox_start(struct ctx *c, const struct mailbox_options *o, struct mailbox **ret)
{
	struct mailbox *mb = calloc(1, sizeof(*mb));
	CHECK(mb);
	mb->store = store_new();
	if (start(c, mb, o) < 0) {
		mailbox_stop(mb);
		return -1;
	}
	*ret = mb;
	return 0;
}

void mailbox_stop(struct mailbox *mb)
{
	if (!mb)
		return;
	smtp_server_stop(mb->smtp);
	if (mb->page) {
		server_drain(mb->page);
		server_join(mb->page);
	}
	store_free(mb->store);
	free(mb);
}

unsigned mailbox_port(const struct mailbox *mb)
{
	return server_port(mb->page, 0);
}

unsigned mailbox_smtp_port(const struct mailbox *mb)
{
	return smtp_server_port(mb->smtp);
}
