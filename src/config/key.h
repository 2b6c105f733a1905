/* The table of spec/settings.def. Private to this folder. */
#ifndef CONFIG_KEY_H
#define CONFIG_KEY_H

#include "config/config.h"

enum key_type {
	KEY_BOOL,
	KEY_INT,
	KEY_PORT,
	KEY_STR,
	KEY_SECRET,
	KEY_LIST,
	KEY_PATH,
	KEY_PATHS,
	KEY_TX_END,
	KEY_LEVEL,
	KEY_TABLE,
};

enum key_use { KEY_HONOURED, KEY_READ, KEY_KNOWN };

struct key {
	const char *path;
	enum key_type type;
	enum key_use use;
	const char *dflt; /* of an honoured key */
	size_t offset;	  /* of its member in struct config */
	const char *doc;
};

/* The i-th row, or NULL past the end. */
const struct key *key_at(size_t i);

/* The row that a dotted path matches, or NULL. */
const struct key *key_find(struct str path);

/* True when rows stand below this path: it names a table. */
bool key_is_section(struct str path);

/* The path of the row (or section) most like this one, or NULL when none is. */
const char *key_nearest(struct arena *a, struct str path);

/* "SUPABASE_API_PORT", "BEDPLATE_TX_END". */
const char *key_env_name(struct arena *a, const struct key *k);

/*
 * Puts a value, given as the texts of its elements (one for a scalar), into
 * cfg. Relative paths are taken from cfg->supabase_dir. On failure *ret_why is
 * what is wrong and *ret_fix what to write instead.
 */
int key_put(struct config *cfg, const struct key *k, const struct config_list *value,
	    const char **ret_why, const char **ret_fix);

/* The elements of a comma-separated text, trimmed; none when it is blank. */
struct config_list list_split(struct arena *a, const char *text);

#endif
