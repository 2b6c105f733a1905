#include "config/key.h"

#include "base/arena.h"

#include <string.h>

/* The C type of a setting's member: a row whose member has another does not compile. */
typedef bool member_BOOL;
typedef int64_t member_INT;
typedef int64_t member_PORT;
typedef const char *member_STR;
typedef const char *member_SECRET;
typedef const char *member_PATH;
typedef const char *member_TX_END;
typedef const char *member_LEVEL;
typedef struct config_list member_LIST;
typedef struct config_list member_PATHS;

#define MEMBER_CHECK(type, member)                                                                 \
	(0 * sizeof(1 ? (member_##type *)0 : &((struct config *)0)->member))
#define HONOURED(path, type, dflt, member, doc)                                                    \
	{ path,                                                                                    \
	  KEY_##type,                                                                              \
	  KEY_HONOURED,                                                                            \
	  dflt,                                                                                    \
	  offsetof(struct config, member) + MEMBER_CHECK(type, member),                            \
	  doc },
#define READ(path, type, doc) { path, KEY_##type, KEY_READ, NULL, 0, doc },
#define KNOWN(path, type, doc) { path, KEY_##type, KEY_KNOWN, NULL, 0, doc },

static const struct key keys[] = {
#include "settings.def"
};

#undef HONOURED
#undef READ
#undef KNOWN

enum { N_KEYS = sizeof(keys) / sizeof(*keys) };

const struct key *key_at(size_t i)
{
	return i < N_KEYS ? &keys[i] : NULL;
}

/* Compares segment by segment. Returns how many segments of path are matched
 * by the row's first ones, or -1 where they differ. */
static int match(struct str pattern, struct str path, struct str *ret_rest)
{
	int n = 0;
	while (path.p && pattern.p) {
		struct str want = str_split(&pattern, '.');
		struct str have = str_split(&path, '.');
		if (!str_is(want, "*") && !str_eq(want, have))
			return -1;
		n++;
	}
	*ret_rest = pattern;
	return path.p ? -(n + 1) : n;
}

const struct key *key_find(struct str path)
{
	struct str rest = { 0 };
	for (size_t i = 0; i < N_KEYS; i++) {
		int n = match(str_of(keys[i].path), path, &rest);
		bool is_below = n < -1 && keys[i].type == KEY_TABLE;
		if ((n > 0 && !rest.p) || is_below)
			return &keys[i];
	}
	return NULL;
}

bool key_is_section(struct str path)
{
	struct str rest = { 0 };
	for (size_t i = 0; i < N_KEYS; i++)
		if (match(str_of(keys[i].path), path, &rest) > 0 && rest.p)
			return true;
	return false;
}

enum { DISTANCE_MAX_LEN = 96 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;
	return m < c ? m : c;
}

/* Levenshtein distance of two short texts. */
static unsigned distance(struct str a, struct str b)
{
	unsigned row[DISTANCE_MAX_LEN + 1];
	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned diagonal = row[0];
		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			unsigned cost = diagonal + (a.p[i - 1] != b.p[j - 1]);
			diagonal = row[j];
			row[j] = min3(row[j] + 1, row[j - 1] + 1, cost);
		}
	}
	return row[b.n];
}

const char *key_nearest(struct arena *a, struct str path)
{
	const char *best = NULL;
	unsigned best_distance = (unsigned)(path.n / 3 < 6 ? path.n / 3 : 6) + 1;
	if (path.n > DISTANCE_MAX_LEN)
		return NULL;
	for (size_t i = 0; i < N_KEYS; i++) {
		struct str row = str_of(keys[i].path);
		if (strchr(keys[i].path, '*') || row.n > DISTANCE_MAX_LEN)
			continue;
		unsigned d = distance(path, row);
		if (d < best_distance) {
			best = keys[i].path;
			best_distance = d;
		}
	}
	return best ? arena_strdup(a, best) : NULL;
}

const char *key_env_name(struct arena *a, const struct key *k)
{
	bool is_ours = strncmp(k->path, "bedplate.", 9) == 0;
	char *name = arena_printf(a, "%s%s", is_ours ? "" : "SUPABASE_", k->path);
	for (char *p = name; *p; p++)
		*p = *p == '.' ? '_' : (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
	return name;
}
