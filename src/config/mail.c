/* [auth.email.template.*], [auth.email.notification.*], and what goes with
 * [auth.email.smtp]. */
#include "base/arena.h"
#include "config/reading.h"

#include <string.h>
#include <unistd.h>

static const char *const templates[] = { "confirmation", "invite",	 "recovery",
					 "magic_link",	 "email_change", "reauthentication" };
static const char *const notifications[] = { "password_changed",     "email_changed",
					     "phone_changed",	     "identity_linked",
					     "identity_unlinked",    "mfa_factor_enrolled",
					     "mfa_factor_unenrolled" };

/* The CLI takes templates from the project's folder and notifications from
 * supabase/; people write both either way. */
static const char *find_file(struct reading *r, bool is_notification, const char *path)
{
	struct arena *a = r->c->arena;
	if (path[0] == '/')
		return path;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	const char *in_project = arena_printf(a, "%s/%s", r->cfg->dir, path);
	const char *in_supabase = arena_printf(a, "%s/%s", r->cfg->supabase_dir, path);
	const char *first = is_notification ? in_supabase : in_project;
	const char *second = is_notification ? in_project : in_supabase;
	return access(first, R_OK) == 0 || access(second, R_OK) != 0 ? first : second;
}

static const char *text_at(struct reading *r, const char *section, const char *name, int *ret_line)
{
	const char *path = arena_printf(r->c->arena, "%s.%s", section, name), *unset = NULL;
	const struct toml_node *n = reading_at(r, path);
	if (n && ret_line)
		*ret_line = n->line;
	return n ? reading_text(r, n, &unset) : NULL;
}

static void read_template(struct reading *r, const char *section, struct config_mail_template *t)
{
	const struct toml_node *n = reading_at(r, section);
	const char *enabled = text_at(r, section, "enabled", NULL);
	const char *path = text_at(r, section, "content_path", NULL);
	if (!n)
		return;
	t->is_enabled = !t->is_notification || (enabled && strcmp(enabled, "true") == 0);
	t->subject = text_at(r, section, "subject", &t->subject_line);
	if (path && *path)
		t->content_path = find_file(r, t->is_notification, path);
	if (t->content_path && access(t->content_path, R_OK) != 0) {
		reading_problem(
			r, CONFIG_WARNING, n, section,
			arena_printf(r->c->arena,
				     "names a file that cannot be read, the built-in text is "
				     "sent: %s",
				     t->content_path),
			"Correct content_path.");
		t->content_path = NULL;
	}
}

static void read_list(struct reading *r, struct config_mail_template *to, const char *section,
		      const char *const *names, size_t n, bool is_notification)
{
	for (size_t i = 0; i < n; i++) {
		to[i].name = names[i];
		to[i].is_notification = is_notification;
		to[i].is_enabled = !is_notification;
		read_template(r, arena_printf(r->c->arena, "%s.%s", section, names[i]), &to[i]);
	}
}

static void survey_names(struct reading *r, const char *section, const char *const *names, size_t n)
{
	const struct toml_node *table = reading_at(r, section);
	for (const struct toml_node *k = table ? table->child : NULL; k; k = k->next) {
		bool is_known = false;
		for (size_t i = 0; i < n; i++)
			is_known = is_known || str_is(k->key, names[i]);
		if (!is_known)
			reading_problem(
				r, CONFIG_WARNING, k,
				arena_printf(r->c->arena, "%s.%.*s", section, STR_ARG(k->key)),
				"is not the name of a mail", NULL);
	}
}

/* As the CLI: a section without "enabled" is enabled. */
static void read_smtp(struct reading *r)
{
	struct config_mail *m = &r->cfg->mail;
	const struct toml_node *section = reading_at(r, "auth.email.smtp");
	if (section && !reading_at(r, "auth.email.smtp.enabled"))
		m->smtp_enabled = true;
	if (m->smtp_enabled && (!*m->smtp_host || !*m->smtp_admin_email))
		reading_problem(r, CONFIG_ERROR, section, "auth.email.smtp",
				"is enabled without host and admin_email", "Set both.");
}

void reading_mail(struct reading *r)
{
	enum { N_TEMPLATES = sizeof(templates) / sizeof(*templates) };
	enum { N_NOTIFICATIONS = sizeof(notifications) / sizeof(*notifications) };
	struct config_mail *m = &r->cfg->mail;
	m->n_templates = N_TEMPLATES + N_NOTIFICATIONS;
	m->templates = arena_array(r->c->arena, m->n_templates, sizeof(*m->templates));
	read_list(r, m->templates, "auth.email.template", templates, N_TEMPLATES, false);
	read_list(r, m->templates + N_TEMPLATES, "auth.email.notification", notifications,
		  N_NOTIFICATIONS, true);
	survey_names(r, "auth.email.template", templates, N_TEMPLATES);
	survey_names(r, "auth.email.notification", notifications, N_NOTIFICATIONS);
	read_smtp(r);
}
