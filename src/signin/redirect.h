/*
 * Where sign-in may lead back to: the site, and URLs that match a pattern of
 * [auth].additional_redirect_urls. Anything else becomes the site's URL.
 */
#ifndef SIGNIN_REDIRECT_H
#define SIGNIN_REDIRECT_H

#include "base/str.h"

struct config_list;

/* Whether url is allowed: same scheme, host and port as site (any port of
 * localhost), or it matches a pattern. Control characters, backslashes and user
 * names make it invalid, as do host names that are numbers other than loopback. */
bool redirect_is_allowed(const char *site, const struct config_list *patterns, struct str url);

/* Glob as upstream's: * stops at '.' and '/', ** does not, ? is one character
 * that is neither, [abc] [!a-z] classes, {a,b} alternatives, \ escapes. */
bool redirect_glob(struct str pattern, struct str text);

#endif
