/*
 * Identities of other providers: which account one belongs to, and how it gets
 * there. An account that exists is linked only by an address that the provider
 * has verified; one whose own address was never confirmed loses its password and
 * its other identities then, since nobody showed to own it.
 */
#ifndef SIGNIN_LINK_H
#define SIGNIN_LINK_H

#include "external/provider.h"
#include "signin/user.h"

enum link_kind { LINK_EXISTS, LINK_ADD, LINK_CREATE };

struct link {
	const struct identity *id;
	const char *provider;
	enum link_kind kind;
	struct user *user; /* NULL for LINK_CREATE */
	const char *email; /* of a new account; "" none */
	const char *user_id;
	bool is_pending; /* its address must be confirmed before anybody gets in */
};

/* Decides. Suspends; calls the before-user-created hook for a new account.
 * Errors: signup_disabled 422, user_banned 403, unexpected_failure 500. */
int link_decide(struct call *k, const struct identity *id, const struct provider *p,
		struct link *ret);

/* Appends what the decision says. With ret->is_pending a confirmation is mailed
 * and the caller answers with link_pending() after the commit. */
int link_apply(struct txn *t, struct link *l);

/* 422 provider_email_needs_verification. Always -1. */
int link_pending(struct call *k, const struct link *l);

/* Appends a further identity for a user who is signed in. identity_already_exists
 * 422 when anybody has it. Suspends. */
int link_to_user(struct txn *t, struct user *u, const struct identity *id,
		 const struct provider *p);

/* The error that external/ set as this service answers it. Always -1. */
int refuse_external(struct call *k, const char *text);

#endif
