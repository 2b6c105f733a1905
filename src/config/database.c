#include "config/database.h"

#include "base/arena.h"
#include "base/err.h"
#include "config/config.h"

#include <string.h>

static struct str after(struct str s, const char *prefix)
{
	struct str p = str_of(prefix);
	return str_starts(s, p) ? str_from(s, p.n) : (struct str){ 0 };
}

static int choose_sqlite(struct ctx *c, struct config *cfg, struct str path)
{
	while (str_starts(path, STR("//")))
		path = str_from(path, path.n > 2 && path.p[2] == '/' ? 2 : 1);
	if (path.n == 0)
		return err_set(c, "F0000", "DATABASE_URL names no SQLite file");
	if (path.p[0] == '/')
		cfg->db.url = arena_printf(cfg->arena, "sqlite:%.*s", STR_ARG(path));
	else
		cfg->db.url = arena_printf(cfg->arena, "sqlite:%s/%.*s", cfg->dir, STR_ARG(path));
	cfg->db.shown_url = cfg->db.url;
	return 0;
}

/* The parameters after '?', without the value of any that names a password. */
static const char *shown_query(struct arena *a, struct str query)
{
	const char *out = "";
	while (query.p) {
		struct str one = str_split(&query, '&');
		struct str name = one;
		name = str_split(&name, '=');
		bool is_secret = str_find(name, STR("password")) >= 0;
		out = arena_printf(a, "%s%s%.*s", out, *out ? "&" : "?",
				   STR_ARG(is_secret ? name : one));
		if (is_secret)
			out = arena_printf(a, "%s=***", out);
	}
	return out;
}

static ptrdiff_t last_chr(struct str s, char ch)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == ch)
			return (ptrdiff_t)i - 1;
	return -1;
}

/* postgres://user:password@host/db?… without the password. Wherever a reader of
 * URLs might see its end, nothing between the first ':' and the last '@' is shown. */
static const char *shown_postgres(struct arena *a, struct str rest)
{
	ptrdiff_t at = last_chr(rest, '@');
	struct str user = str_sub(rest, 0, at < 0 ? 0 : (size_t)at);
	struct str query = at < 0 ? rest : str_from(rest, (size_t)at + 1);
	struct str host = str_split(&query, '?');
	ptrdiff_t colon = str_chr(user, ':');
	if (str_find(user, STR("password")) >= 0)
		return "postgres://***";
	if (colon >= 0)
		user = str_sub(user, 0, (size_t)colon);
	return arena_printf(a, "postgres://%.*s%s%s%.*s%s", STR_ARG(user), colon >= 0 ? ":***" : "",
			    at >= 0 ? "@" : "", STR_ARG(host), shown_query(a, query));
}

int database_choose(struct ctx *c, struct config *cfg, const char *text)
{
	if (!text || !*text)
		return choose_sqlite(c, cfg, STR(".bedplate/data.db"));
	struct str url = str_trim(str_of(text));
	const char *const files[] = { "sqlite:", "file:" };
	for (size_t i = 0; i < 2; i++) {
		struct str path = after(url, files[i]);
		if (path.p)
			return choose_sqlite(c, cfg, path);
	}
	struct str rest = after(url, "postgres://");
	if (!rest.p)
		rest = after(url, "postgresql://");
	if (rest.p) {
		cfg->db.url = arena_printf(cfg->arena, "postgres://%.*s", STR_ARG(rest));
		cfg->db.shown_url = shown_postgres(cfg->arena, rest);
		return 0;
	}
	err_set(c, "F0000", "DATABASE_URL is neither a postgres:// nor a sqlite: URL");
	return err_hint(c, "Examples: sqlite:data.db, postgres://user:password@host:5432/dbname.");
}
