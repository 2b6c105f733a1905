/* DATABASE_URL. Private to this folder. */
#ifndef CONFIG_DATABASE_H
#define CONFIG_DATABASE_H

struct config;
struct ctx;

/*
 * Fills cfg->db.url and .shown_url from text (NULL: the default, a SQLite file
 * in the project's .bedplate folder). Accepts postgres://…, postgresql://…,
 * sqlite:PATH, sqlite://PATH and file:PATH; a relative path is taken from the
 * project's folder. Error F0000 for anything else, which never repeats the text.
 */
int database_choose(struct ctx *c, struct config *cfg, const char *text);

#endif
