#include "signin/cleanup.h"

#include "net/request.h"
#include "signin/signin_int.h"
#include "signin/txn.h"

enum { EVERY = 256 };

/* A day after their end, as upstream; a bounded number, so that no request is long. */
static const char *const statements[] = {
	"DELETE FROM auth.refresh_tokens WHERE id IN (SELECT r.id FROM auth.refresh_tokens r WHERE "
	"r.revoked = true AND r.updated_at < now() - interval '24 hours' AND EXISTS (SELECT 1 FROM "
	"auth.refresh_tokens n WHERE n.session_id = r.session_id AND n.id > r.id) LIMIT 500)",
	"DELETE FROM auth.flow_state WHERE id IN (SELECT f.id FROM auth.flow_state f WHERE "
	"f.created_at < now() - interval '24 hours' LIMIT 500)",
	"DELETE FROM auth.mfa_challenges WHERE id IN (SELECT c.id FROM auth.mfa_challenges c WHERE "
	"c.created_at < now() - interval '24 hours' LIMIT 500)",
	"DELETE FROM auth.mfa_factors WHERE id IN (SELECT f.id FROM auth.mfa_factors f WHERE "
	"f.status = 'unverified' AND f.created_at < now() - interval '24 hours' LIMIT 500)",
	"DELETE FROM auth.sessions WHERE id IN (SELECT s.id FROM auth.sessions s WHERE s.not_after "
	"< "
	"now() - interval '24 hours' LIMIT 500)",
};

void cleanup_sometimes(struct call *k)
{
	struct txn t;
	if (k->rq->method != HTTP_POST ||
	    atomic_fetch_add_explicit(&k->s->n_answers, 1, memory_order_relaxed) % EVERY !=
		    EVERY - 1)
		return;
	txn_begin(&t, k);
	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		txn_add(&t, statements[i], P_NONE);
	if (txn_run(&t, "Old rows could not be deleted") < 0)
		err_clear(k->c);
}
