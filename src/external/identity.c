/* From a provider's claims to ours. */
#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "external/provider_int.h"

#include <string.h>

enum { DATA_MAX = 64 << 10, VALUE_MAX = 4096 };

/* Claims that are taken as they are from OpenID Connect (Core 5.1). */
static const char *const standard[] = {
	"name",	   "family_name", "given_name", "middle_name", "nickname",  "preferred_username",
	"profile", "picture",	  "website",	"gender",      "birthdate", "zoneinfo",
	"locale",  "updated_at",  "full_name",	"phone",
};

struct writer {
	struct ctx *c;
	struct buf b;
};

/* A scalar member as text; a number as it is written. */
static struct str text_of(const struct json *o, const char *name)
{
	const struct json *v = json_get(o, name);
	if (!v || (v->kind != JSON_STRING && v->kind != JSON_NUMBER) || v->text.n > VALUE_MAX)
		return STR("");
	return v->text;
}

static void put(struct writer *w, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_puts(&w->b, w->b.n > 1 ? "," : "");
	json_put_string(&w->b, str_of(name));
	buf_char(&w->b, ':');
	json_put_string(&w->b, value);
}

static void put_bool(struct writer *w, const char *name, bool value)
{
	buf_printf(&w->b, "%s\"%s\":%s", w->b.n > 1 ? "," : "", name, value ? "true" : "false");
}

/* "ours=theirs ours=theirs" */
static void put_mapped(struct writer *w, const char *pairs, const struct json *profile)
{
	struct str rest = str_of(pairs);
	while (rest.p) {
		struct str pair = str_split(&rest, ' ');
		struct str ours = str_split(&pair, '=');
		if (ours.n && !str_is(ours, "sub"))
			put(w, str_dup(w->c->arena, ours),
			    text_of(profile, str_dup(w->c->arena, pair)));
	}
}

static struct str subject_of(struct ctx *c, const struct provider *p, const struct json *profile)
{
	struct str rest = str_of(p->row->claims);
	while (rest.p) {
		struct str pair = str_split(&rest, ' ');
		if (str_is(str_split(&pair, '='), "sub"))
			return text_of(profile, str_dup(c->arena, pair));
	}
	return text_of(profile, "sub");
}

/* true, "true", "1", or a date: what providers mean by yes. */
static bool says_yes(const struct json *v)
{
	if (!v)
		return false;
	if (v->kind == JSON_STRING)
		return v->text.n && !str_is(v->text, "false") && !str_is(v->text, "0");
	return v->kind == JSON_TRUE;
}

static bool is_verified(const struct provider *p, const struct json *profile)
{
	const char *how = p->row->verified;
	if (strcmp(how, "yes") == 0)
		return true;
	if (strcmp(how, "no") == 0)
		return false;
	/* Azure without the optional claim: only tenants' own users sign in. */
	if (strcmp(how, "xms_edov") == 0 && !json_get(profile, how))
		return true;
	return says_yes(json_get(profile, how));
}

static void add_email(struct identity *id, struct str address, bool verified, bool primary)
{
	if (!address.n || id->n_emails == PROVIDER_EMAILS_MAX)
		return;
	id->emails[id->n_emails++] = (struct provider_email){ address, verified, primary };
}

/* A list says of each address whether it is verified (GitHub) or nothing. */
static void read_emails(const struct provider *p, const struct json *profile,
			const struct json *emails, struct identity *id)
{
	bool has_flags = strcmp(p->row->verified, "no") == 0;
	for (const struct json *e = emails ? emails->child : NULL; e; e = e->next)
		add_email(id, text_of(e, "email"), has_flags && says_yes(json_get(e, "verified")),
			  says_yes(json_get(e, "primary")));
	if (!emails || !has_flags)
		add_email(id, text_of(profile, "email"), is_verified(p, profile), true);
	for (size_t i = 0; i < id->n_emails; i++)
		if (!id->email || !id->email->is_primary)
			id->email = &id->emails[i];
}

static void put_discord(struct writer *w, const struct json *profile)
{
	struct str id = text_of(profile, "id"), avatar = text_of(profile, "avatar");
	struct str name = text_of(profile, "username"), tag = text_of(profile, "discriminator");
	int64_t n = 0;
	str_to_i64(tag, &n);
	const char *url = arena_printf(
		w->c->arena, "https://cdn.discordapp.com/embed/avatars/%d.png", (int)(n % 5));
	if (avatar.n)
		url = arena_printf(w->c->arena, "https://cdn.discordapp.com/avatars/%.*s/%.*s.%s",
				   STR_ARG(id), STR_ARG(avatar),
				   str_starts(avatar, STR("a_")) ? "gif" : "png");
	put(w, "name", str_of(arena_printf(w->c->arena, "%.*s#%.*s", STR_ARG(name), STR_ARG(tag))));
	put(w, "picture", str_of(url));
	put(w, "avatar_url", str_of(url));
	buf_puts(&w->b, ",\"custom_claims\":{\"global_name\":");
	json_put_string(&w->b, text_of(profile, "global_name"));
	buf_char(&w->b, '}');
}

static void put_facebook(struct writer *w, const struct json *profile)
{
	struct str first = text_of(profile, "first_name"), last = text_of(profile, "last_name");
	struct str url = text_of(json_get(json_get(profile, "picture"), "data"), "url");
	struct str name = str_trim(
		str_of(arena_printf(w->c->arena, "%.*s %.*s", STR_ARG(first), STR_ARG(last))));
	put(w, "name", name.n ? name : text_of(profile, "name"));
	put(w, "full_name", name);
	put(w, "picture", url);
	put(w, "avatar_url", url);
}

static void put_custom(struct writer *w, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_puts(&w->b, ",\"custom_claims\":{");
	json_put_string(&w->b, str_of(name));
	buf_char(&w->b, ':');
	json_put_string(&w->b, value);
	buf_char(&w->b, '}');
}

/* What a row cannot say. */
static void put_special(struct writer *w, const struct provider *p, const struct json *profile)
{
	const char *name = p->row->name;
	if (strcmp(name, "discord") == 0)
		put_discord(w, profile);
	else if (strcmp(name, "facebook") == 0 && json_get(profile, "id"))
		put_facebook(w, profile);
	else if (strcmp(name, "google") == 0)
		put_custom(w, "hd", text_of(profile, "hd"));
	else if (strncmp(name, "slack", 5) == 0)
		put_custom(w, "https://slack.com/team_id",
			   text_of(profile, "https://slack.com/team_id"));
	else if (strcmp(name, "azure") == 0)
		put_custom(w, "tid", text_of(profile, "tid"));
}

int identity_read(struct ctx *c, const struct provider *p, const struct json *profile,
		  const struct json *emails, const char *issuer, struct identity *ret)
{
	struct writer w = { c, buf_make(DATA_MAX) };
	struct identity id = { 0 };
	struct str subject = subject_of(c, p, profile);
	/* Facebook's id tokens name the person as its profiles do not. */
	if (!subject.n)
		subject = text_of(profile, "sub");
	*ret = id;
	read_emails(p, profile, emails, ret);
	buf_char(&w.b, '{');
	put(&w, "iss", str_of(issuer));
	put(&w, "sub", subject);
	put(&w, "provider_id", subject);
	if (*p->row->claims)
		put_mapped(&w, p->row->claims, profile);
	else
		for (size_t i = 0; i < sizeof(standard) / sizeof(*standard); i++)
			put(&w, standard[i], text_of(profile, standard[i]));
	if (ret->email)
		put(&w, "email", ret->email->address);
	put_bool(&w, "email_verified", ret->email && ret->email->is_verified);
	put_bool(&w, "phone_verified", false);
	put_special(&w, p, profile);
	buf_char(&w.b, '}');
	ret->subject = str_dup(c->arena, subject);
	ret->data = buf_dup(c->arena, &w.b);
	bool is_ok = buf_ok(&w.b);
	buf_free(&w.b);
	if (!is_ok || !subject.n)
		return err_set(c, "28000", "%s did not say who it is", p->name);
	return 0;
}
