#include "config/reading.h"

#include "base/arena.h"
#include "config/env.h"

#include <string.h>

void reading_problem(struct reading *r, enum config_severity severity, const struct toml_node *at,
		     const char *key, const char *what, const char *fix)
{
	struct config_problem p = {
		.severity = severity,
		.file = at ? r->cfg->file : NULL,
		.line = at ? at->line : 0,
		.column = at ? at->column : 0,
		.key = key,
		.what = what,
		.fix = fix,
	};
	VEC_PUSH(r->c->arena, &r->problems, p);
}

const struct toml_node *reading_at(const struct reading *r, const char *path)
{
	const struct toml_node *n = r->root;
	struct str rest = str_of(path);
	while (n && rest.p) {
		const char *name = str_dup(r->c->arena, str_split(&rest, '.'));
		n = toml_get(n, name);
	}
	return n;
}

/* NAME of a text that is env(NAME) whole; empty otherwise. */
static struct str env_reference(struct str text)
{
	bool is_reference = str_starts(text, STR("env(")) && str_ends(text, STR(")"));
	return is_reference ? str_sub(text, 4, text.n - 5) : (struct str){ 0 };
}

static const char *string_text(struct reading *r, struct str text, const char **ret_unset)
{
	struct arena *a = r->c->arena;
	struct str name = env_reference(text);
	if (name.n == 0)
		return str_dup(a, text);
	const char *variable = str_dup(a, name);
	const char *value = env_get(r->cfg->env, variable);
	if (!value)
		*ret_unset = variable;
	return value;
}

const char *reading_text(struct reading *r, const struct toml_node *n, const char **ret_unset)
{
	struct arena *a = r->c->arena;
	*ret_unset = NULL;
	switch (n->kind) {
	case TOML_STRING:
		return string_text(r, n->text, ret_unset);
	case TOML_INTEGER:
		return arena_printf(a, "%lld", (long long)n->integer);
	case TOML_FLOAT:
		return arena_printf(a, "%.17g", n->real);
	case TOML_BOOLEAN:
		return n->boolean ? "true" : "false";
	default:
		return NULL;
	}
}

/* The texts of a value: one of a scalar, each of an array. False when the value
 * cannot be used; the reason is then among the problems. */
static bool node_texts(struct reading *r, const struct key *k, const struct toml_node *n,
		       struct config_list *ret)
{
	VEC(const char *) texts = { 0 };
	const struct toml_node *item = n->kind == TOML_ARRAY ? n->child : n;
	for (; item; item = n->kind == TOML_ARRAY ? item->next : NULL) {
		const char *unset;
		const char *text = reading_text(r, item, &unset);
		if (unset) {
			reading_problem(
				r, CONFIG_WARNING, item, k->path,
				arena_printf(r->c->arena,
					     "the variable %s is not set; the default is used",
					     unset),
				"Set it in the environment or in supabase/.env.");
			return false;
		}
		if (!text) {
			reading_problem(r, CONFIG_ERROR, item, k->path,
					"is not a value of the right type", k->doc);
			return false;
		}
		VEC_PUSH(r->c->arena, &texts, text);
	}
	*ret = (struct config_list){ texts.v, texts.n };
	return true;
}

static void put(struct reading *r, const struct key *k, const struct config_list *value,
		const struct toml_node *at, const char *from)
{
	const char *why = NULL, *fix = NULL;
	if (key_put(r->cfg, k, value, &why, &fix) == 0)
		return;
	reading_problem(r, CONFIG_ERROR, at, k->path,
			from ? arena_printf(r->c->arena, "(from %s) %s", from, why) : why, fix);
}

static struct config_list one_or_list(struct reading *r, const struct key *k, const char *text)
{
	if (k->type == KEY_LIST || k->type == KEY_PATHS)
		return list_split(r->c->arena, text);
	const char **v = arena_array(r->c->arena, 1, sizeof(*v));
	v[0] = text;
	return (struct config_list){ v, 1 };
}

/* An empty variable means "empty" for lists and for our own section; for the
 * CLI's scalars it means "not set", as there. */
static const char * override(struct reading *r, const struct key *k, const char **ret_name)
{
	*ret_name = key_env_name(r->c->arena, k);
	const char *text = env_get(r->cfg->env, *ret_name);
	bool may_be_empty = k->type == KEY_LIST || k->type == KEY_PATHS ||
			    strncmp(*ret_name, "BEDPLATE_", 9) == 0;
	return text && (*text || may_be_empty) ? text : NULL;
}

static void apply_key(struct reading *r, const struct key *k)
{
	struct config_list value = one_or_list(r, k, k->dflt);
	put(r, k, &value, NULL, NULL);
	const struct toml_node *n = reading_at(r, k->path);
	bool is_empty_default = n && n->kind == TOML_STRING && n->text.n == 0 && *k->dflt &&
				strncmp(k->path, "bedplate.", 9) != 0;
	if (n && !is_empty_default && node_texts(r, k, n, &value))
		put(r, k, &value, n, NULL);
	const char *name;
	const char *text = override(r, k, &name);
	if (text) {
		value = one_or_list(r, k, text);
		put(r, k, &value, NULL, name);
	}
}

void reading_apply(struct reading *r)
{
	const struct key *k;
	for (size_t i = 0; (k = key_at(i)); i++)
		if (k->use == KEY_HONOURED)
			apply_key(r, k);
}

static void unknown(struct reading *r, const struct toml_node *n, const char *path)
{
	const char *near = key_nearest(r->c->arena, str_of(path));
	const char *fix = near ? arena_printf(r->c->arena, "Did you mean %s?", near) : NULL;
	reading_problem(r, CONFIG_WARNING, n, path, "is not a known setting", fix);
}

static void survey(struct reading *r, const struct toml_node *table, const char *prefix)
{
	for (const struct toml_node *n = table->child; n; n = n->next) {
		const char *path = arena_printf(r->c->arena, "%s%s%.*s", prefix, *prefix ? "." : "",
						STR_ARG(n->key));
		const struct key *k = key_find(str_of(path));
		if (k && k->use == KEY_KNOWN) {
			struct config_ignored known = { r->cfg->file, n->line, n->column, path,
							k->doc };
			VEC_PUSH(r->c->arena, &r->ignored, known);
		} else if (!k && n->kind == TOML_TABLE && key_is_section(str_of(path))) {
			survey(r, n, path);
		} else if (!k) {
			unknown(r, n, path);
		}
	}
}

/* Ours that are no settings. */
static bool is_other_variable(struct str name)
{
	static const char *const names[] = { "BEDPLATE_DATABASE_URL", "BEDPLATE_SHARED",
					     "BEDPLATE_BREAK", "BEDPLATE_RECORD" };
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(name, names[i]))
			return true;
	return str_starts(name, STR("BEDPLATE_TEST_"));
}

static const struct key *setting_of_variable(struct reading *r, struct str name)
{
	const struct key *k;
	for (size_t i = 0; (k = key_at(i)); i++)
		if (str_is(name, key_env_name(r->c->arena, k)))
			return k;
	return NULL;
}

static void survey_variable(struct reading *r, struct str name)
{
	struct arena *a = r->c->arena;
	const struct key *k = setting_of_variable(r, name);
	if (k && k->use == KEY_HONOURED)
		return;
	struct str path = str_lower(a, str_from(name, strlen("BEDPLATE_")));
	const char *near =
		k ? NULL : key_nearest(a, str_of(arena_printf(a, "bedplate.%.*s", STR_ARG(path))));
	reading_problem(r, CONFIG_WARNING, NULL, str_dup(a, name),
			k ? "is not honoured yet" : "is not a setting's variable",
			near ? arena_printf(a, "Did you mean that of %s?", near) : NULL);
}

/* A misspelt BEDPLATE_ variable would otherwise do nothing and say nothing. */
static void survey_environment(struct reading *r)
{
	size_t pos = 0;
	struct str name;
	while ((name = env_next(r->cfg->env, &pos)).p)
		if (str_starts(name, STR("BEDPLATE_")) && !is_other_variable(name))
			survey_variable(r, name);
}

void reading_survey(struct reading *r)
{
	survey_environment(r);
	if (r->root)
		survey(r, r->root, "");
}
