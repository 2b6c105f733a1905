/* Sign-in at other providers: handlers of the routes, and a grant of /token. */
#ifndef SIGNIN_OAUTH_H
#define SIGNIN_OAUTH_H

#include "signin/call.h"

int handle_authorize(struct call *k);
int handle_callback(struct call *k);
int handle_link_identity(struct call *k);   /* GET /user/identities/authorize */
int handle_unlink_identity(struct call *k); /* DELETE /user/identities/: */
int token_id_token(struct call *k);	    /* grant_type=id_token */

#endif
