/* From texts to the members of struct config, and back. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "config/key.h"

#include <string.h>

enum { LIST_SHOWN_MAX = 64 << 10 };

struct config_list list_split(struct arena *a, const char *text)
{
	VEC(const char *) items = { 0 };
	struct str rest = str_of(text);
	if (str_trim(rest).n == 0)
		return (struct config_list){ 0 };
	while (rest.p) {
		const char *item = str_dup(a, str_trim(str_split(&rest, ',')));
		VEC_PUSH(a, &items, item);
	}
	return (struct config_list){ items.v, items.n };
}

static int put_bool(bool *to, const char *text, const char **why, const char **fix)
{
	if (strcmp(text, "true") == 0 || strcmp(text, "1") == 0) {
		*to = true;
		return 0;
	}
	if (strcmp(text, "false") == 0 || strcmp(text, "0") == 0) {
		*to = false;
		return 0;
	}
	*why = "is not a boolean";
	*fix = "Write true or false.";
	return -1;
}

static int put_int(int64_t *to, const char *text, int64_t min, int64_t max, const char **why,
		   const char **fix)
{
	int64_t v;
	if (!str_to_i64(str_of(text), &v)) {
		*why = "is not a whole number";
		*fix = "Write digits without quotes.";
		return -1;
	}
	if (v < min || v > max) {
		*why = max == 65535 ? "is not a port" : "must not be negative";
		*fix = max == 65535 ? "Write a number from 1 to 65535." : "Write 0 or more.";
		return -1;
	}
	*to = v;
	return 0;
}

static int put_one_of(const char **to, struct arena *a, const char *text, const char *const *words,
		      const char **why, const char **fix)
{
	for (size_t i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0) {
			*to = words[i];
			return (int)i;
		}
	*why = arena_printf(a, "\"%s\" is not one of its values", text);
	char *list = arena_strdup(a, words[0]);
	for (size_t i = 1; words[i]; i++)
		list = arena_printf(a, "%s, %s", list, words[i]);
	*fix = arena_printf(a, "Write one of: %s.", list);
	return -1;
}

static const char *const tx_ends[] = { "commit", "commit-allow-override", "rollback",
				       "rollback-allow-override", NULL };
static const char *const levels[] = { "crit", "error", "warn", "info", "debug", NULL };

static const char *absolute(const struct config *cfg, const char *path)
{
	if (path[0] == '/' || path[0] == '\0')
		return path[0] ? path : NULL;
	while (path[0] == '.' && path[1] == '/')
		path += 2;
	return arena_printf(cfg->arena, "%s/%s", cfg->supabase_dir, path);
}

static struct config_list absolutes(const struct config *cfg, const struct config_list *from)
{
	VEC(const char *) to = { 0 };
	for (size_t i = 0; i < from->n; i++) {
		const char *path = absolute(cfg, from->v[i]);
		if (path)
			VEC_PUSH(cfg->arena, &to, path);
	}
	return (struct config_list){ to.v, to.n };
}

static int put_scalar(struct config *cfg, const struct key *k, const char *text, const char **why,
		      const char **fix)
{
	void *to = (char *)cfg + k->offset;
	int choice;
	switch (k->type) {
	case KEY_BOOL:
		return put_bool(to, text, why, fix);
	case KEY_INT:
		return put_int(to, text, 0, INT64_MAX, why, fix);
	case KEY_PORT:
		return put_int(to, text, 1, 65535, why, fix);
	case KEY_TX_END:
		choice = put_one_of(to, cfg->arena, text, tx_ends, why, fix);
		if (choice >= 0)
			cfg->server.tx_end = (enum config_tx_end)choice;
		return choice < 0 ? -1 : 0;
	case KEY_LEVEL:
		return put_one_of(to, cfg->arena, text, levels, why, fix) < 0 ? -1 : 0;
	case KEY_PATH:
		*(const char **)to = absolute(cfg, text);
		return 0;
	default:
		*(const char **)to = arena_strdup(cfg->arena, text);
		return 0;
	}
}

int key_put(struct config *cfg, const struct key *k, const struct config_list *value,
	    const char **ret_why, const char **ret_fix)
{
	void *to = (char *)cfg + k->offset;
	if (k->type == KEY_LIST) {
		*(struct config_list *)to = *value;
		return 0;
	}
	if (k->type == KEY_PATHS) {
		*(struct config_list *)to = absolutes(cfg, value);
		return 0;
	}
	if (value->n != 1) {
		*ret_why = "takes one value, not a list";
		*ret_fix = "Remove the brackets.";
		return -1;
	}
	return put_scalar(cfg, k, value->v[0], ret_why, ret_fix);
}

static const char *show_list(struct arena *a, const struct config_list *list)
{
	BUF_CLEANUP struct buf b = buf_make(LIST_SHOWN_MAX);
	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_char(&b, ',');
		buf_puts(&b, list->v[i]);
	}
	return buf_dup(a, &b);
}

const char *config_show(struct arena *a, const struct config *cfg, const char *path)
{
	const struct key *k = key_find(str_of(path));
	if (!k || k->use != KEY_HONOURED)
		return NULL;
	const void *at = (const char *)cfg + k->offset;
	const char *text = NULL;
	switch (k->type) {
	case KEY_BOOL:
		return *(const bool *)at ? "true" : "false";
	case KEY_INT:
	case KEY_PORT:
		return arena_printf(a, "%lld", (long long)*(const int64_t *)at);
	case KEY_LIST:
	case KEY_PATHS:
		return show_list(a, at);
	default:
		text = *(const char *const *)at;
		if (k->type == KEY_SECRET)
			return text && *text ? "(set)" : "";
		return text ? text : "";
	}
}
