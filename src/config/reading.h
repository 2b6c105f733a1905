/* One run of config_read(), shared by its parts. Private to this folder. */
#ifndef CONFIG_READING_H
#define CONFIG_READING_H

#include "base/err.h"
#include "base/vec.h"
#include "config/config.h"
#include "config/key.h"
#include "config/toml.h"

struct reading {
	struct ctx *c; /* its arena is the config's own */
	struct config *cfg;
	const struct toml_node *root; /* NULL without a (well-formed) file */
	VEC(struct config_problem) problems;
	VEC(struct config_ignored) ignored;
};

/* Adds a finding at a node's place; at NULL, without a place. */
void reading_problem(struct reading *r, enum config_severity severity, const struct toml_node *at,
		     const char *key, const char *what, const char *fix);

/* Fills every honoured member: default, file, environment. */
void reading_apply(struct reading *r);

/* Walks the file: unknown keys become warnings, known ones that are not
 * honoured go to the list. */
void reading_survey(struct reading *r);

/* The text of a section's member, or NULL. */
const char *reading_member(struct reading *r, const char *section, const char *name);

/* Identity providers, hooks, captcha. */
void reading_external(struct reading *r);

/* Mail: templates, and checks of its server. */
void reading_mail(struct reading *r);

/* The text of a node that stands for one value, with env(NAME) replaced. NULL
 * for a table, an array, or a variable that is not set (then *ret_unset names it). */
const char *reading_text(struct reading *r, const struct toml_node *n, const char **ret_unset);

/* The node at a dotted path, or NULL. */
const struct toml_node *reading_at(const struct reading *r, const char *path);

#endif
