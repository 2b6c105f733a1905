/* Shared by the admin handlers. Private to them. */
#ifndef SIGNIN_ADMIN_H
#define SIGNIN_ADMIN_H

#include "signin/user.h"

/* The user of the path; 404. */
int admin_user(struct call *k, struct user **ret);
/* ban_duration as seconds, "0" for none, NULL when it is not there. */
int admin_ban_seconds(struct call *k, const char **ret);
void admin_ban(struct txn *t, const char *user_id, const char *seconds);
/* user_id, user_email, user_phone for the audit log. */
const char *admin_traits(struct call *k, const char *user_id, const char *email);
/* E.164 without '+'; 422 when another user than `except` has it. */
int admin_check_phone(struct call *k, const char *phone, const char *except, const char **ret);

#endif
