/* POST /invite and /admin/generate_link. */
#include "base/arena.h"
#include "base/buf.h"
#include "config/config.h"
#include "signin/admin.h"
#include "signin/hooks.h"
#include "signin/ott.h"
#include "signin/password.h"
#include "signin/routes.h"
#include "signin/signin_int.h"

#include <string.h>

#define EXISTS "A user with this email address has already been registered"

/* Appends the user that a link is for, when there is none; the hook may refuse. */
static int need_user(struct txn *t, struct user *u, const char *email, const char *hash)
{
	struct call *k = t->k;
	const char *data = body_object(k, "data");
	struct new_user made = { .id = new_uuid(k->a),
				 .email = email,
				 .password_hash = hash,
				 .user_metadata = data,
				 .app_metadata =
					 "{\"provider\":\"email\",\"providers\":[\"email\"]}" };
	*u = (struct user){ .id = made.id,
			    .email = email,
			    .phone = "",
			    .email_change = "",
			    .user_metadata = data ? data : "{}" };
	TRY(hook_before_user_created(k, &made));
	txn_new_user(t, &made, NULL);
	return 0;
}

int handle_invite(struct call *k)
{
	const char *email;
	struct user *old, u, *ret;
	struct txn t;
	TRY(check_email(k, body_text(k, "email"), &email));
	TRY(user_by_email(k, email, &old));
	if (old && user_is_confirmed(old))
		return refuse(k, 422, "email_exists", EXISTS);
	txn_begin(&t, k);
	if (old)
		u = *old;
	else
		TRY(need_user(&t, &u, email, NULL));
	txn_audit(&t, NULL, "user_invited", admin_traits(k, u.id, email));
	TRY(ott_send(&t, &ott_invite, &u, email, false));
	TRY(txn_run(&t, "Database error saving new user"));
	TRY(user_by_id(k, u.id, &ret));
	return ret ? answer_user(k, 200, ret) : refuse(k, 404, "user_not_found", "User not found");
}

struct link {
	const char *type, *email, *new_email, *hash;
	const struct ott_kind *kind;
	struct user *old;
	bool is_change;
};

static int pick_kind(struct call *k, struct link *l)
{
	static const struct {
		const char *type;
		const struct ott_kind *kind;
		bool is_change, needs_user;
	} kinds[] = {
		{ "signup", &ott_signup, false, false },
		{ "invite", &ott_invite, false, false },
		{ "magiclink", &ott_magic_link, false, false },
		{ "recovery", &ott_recovery, false, true },
		{ "email_change_current", &ott_change_current, true, true },
		{ "email_change_new", &ott_change_new, true, true },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].type, l->type)) {
			if (kinds[i].needs_user && !l->old)
				return refuse(k, 404, "user_not_found",
					      "User with this email not found");
			l->kind = kinds[i].kind;
			l->is_change = kinds[i].is_change;
			return 0;
		}
	return refuse(k, 400, "validation_failed", "Invalid email action link type requested: %s",
		      l->type);
}

static int check_link(struct call *k, struct link *l)
{
	bool is_taken = false;
	const char *password = body_text(k, "password");
	if ((l->kind == &ott_signup || l->kind == &ott_invite) && l->old &&
	    user_is_confirmed(l->old))
		return refuse(k, 422, "email_exists", EXISTS);
	if (l->is_change) {
		if (l->kind == &ott_change_current && !k->s->o.cfg->auth.double_confirm)
			return refuse(
				k, 400, "validation_failed",
				"Enable secure email change to generate link for current email");
		TRY(check_email(k, body_text(k, "new_email"), &l->new_email));
		TRY(email_is_taken(k, l->new_email, l->old->id, &is_taken));
		return is_taken ? refuse(k, 422, "email_exists", EXISTS) : 0;
	}
	if (l->kind == &ott_signup && !l->old && !strcmp(l->type, "signup")) {
		if (!*password)
			return refuse(k, 400, "validation_failed",
				      "Signup requires a valid password");
		TRY(password_check_strength(k, password));
		return password_hash(k, password, &l->hash);
	}
	return 0;
}

static int make_link(struct call *k, struct link *l)
{
	struct user u, *made;
	struct txn t;
	const char *address = l->kind == &ott_change_new ? l->new_email : l->email;
	const char *redirect_to = redirect_of(k, body_text(k, "redirect_to"));
	struct ott o = ott_new(k, address, false);
	txn_begin(&t, k);
	if (l->old)
		u = *l->old;
	else
		TRY(need_user(&t, &u, l->email, l->hash));
	if (l->is_change)
		txn_add(&t,
			"UPDATE auth.users SET email_change = $2, email_change_confirm_status = 0 "
			"WHERE "
			"id = $1::uuid",
			P(u.id, l->new_email));
	ott_store(&t, l->kind, u.id, address, &o);
	txn_audit(&t, NULL,
		  l->kind == &ott_invite		     ? "user_invited"
		  : !strcmp(l->kind->type, "recovery_token") ? "user_recovery_requested"
							     : "user_confirmation_requested",
		  admin_traits(k, u.id, u.email));
	TRY(txn_run(&t, "Database error saving new user"));
	TRY(user_by_id(k, u.id, &made));
	if (!made)
		return refuse(k, 404, "user_not_found", "User not found");
	BUF_CLEANUP struct buf b = buf_make(16 << 20);
	user_put(k, &b, made);
	b.n--;
	buf_puts(&b, ",\"action_link\":");
	json_put_string(&b, str_of(ott_link(k, l->kind->mail_type, o.hash, redirect_to)));
	buf_printf(&b,
		   ",\"email_otp\":\"%s\",\"hashed_token\":\"%s\",\"verification_type\":\"%s\","
		   "\"redirect_to\":",
		   o.otp, o.hash, l->type);
	json_put_string(&b, str_of(redirect_to));
	buf_char(&b, '}');
	return answer(k, 200, buf_view(&b));
}

int handle_generate_link(struct call *k)
{
	struct link l = { .type = body_text(k, "type") };
	TRY(check_email(k, body_text(k, "email"), &l.email));
	TRY(user_by_email(k, l.email, &l.old));
	TRY(pick_kind(k, &l));
	/* A link for an address that nobody has signs it up. */
	if (!l.old && l.kind == &ott_magic_link) {
		l.kind = &ott_signup;
		l.type = "signup";
		return make_link(k, &l);
	}
	TRY(check_link(k, &l));
	return make_link(k, &l);
}
