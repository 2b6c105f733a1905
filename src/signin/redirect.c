#include "signin/redirect.h"

#include "config/config.h"

#include <arpa/inet.h>
#include <string.h>

enum { GLOB_DEPTH_MAX = 64, GLOB_STEPS_MAX = 200000, HOST_MAX = 255 };

struct url {
	struct str scheme, host, port;
};

static bool is_alpha(char c)
{
	c = (char)(c | 32);
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_clean(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 127 || s.p[i] == '\\')
			return false;
	return s.n > 0;
}

static bool split_scheme(struct str s, struct str *ret_scheme, struct str *ret_rest)
{
	ptrdiff_t colon = str_chr(s, ':');
	if (colon < 1 || !is_alpha(s.p[0]))
		return false;
	for (ptrdiff_t i = 0; i < colon; i++)
		if (!is_alpha(s.p[i]) && !is_digit(s.p[i]) && !strchr("+-.", s.p[i]))
			return false;
	*ret_scheme = str_sub(s, 0, (size_t)colon);
	*ret_rest = str_from(s, (size_t)colon + 1);
	return true;
}

/* scheme://host[:port]; the host of a scheme without // is empty. */
static bool parse_url(struct str s, struct url *ret)
{
	struct str rest;
	*ret = (struct url){ 0 };
	if (!is_clean(s) || !split_scheme(s, &ret->scheme, &rest))
		return false;
	if (!str_starts(rest, STR("//")))
		return true;
	rest = str_from(rest, 2);
	size_t end = 0;
	while (end < rest.n && !strchr("/?#", rest.p[end]))
		end++;
	struct str authority = str_sub(rest, 0, end);
	if (str_chr(authority, '@') >= 0)
		return false;
	ret->host = authority;
	if (authority.n && authority.p[0] == '[') {
		ptrdiff_t close = str_chr(authority, ']');
		if (close < 0)
			return false;
		ret->host = str_sub(authority, 1, (size_t)close - 1);
		authority = str_from(authority, (size_t)close + 1);
		if (authority.n && authority.p[0] != ':')
			return false;
		ret->port = str_from(authority, 1);
	} else if (str_chr(authority, ':') >= 0) {
		ret->host = str_split(&authority, ':');
		ret->port = authority;
	}
	for (size_t i = 0; i < ret->port.n; i++)
		if (!is_digit(ret->port.p[i]))
			return false;
	return true;
}

static bool is_localhost(struct str host)
{
	return str_ieq(host, STR("localhost")) || str_is(host, "127.0.0.1") || str_is(host, "::1");
}

enum host_kind { HOST_NAME, HOST_LOOPBACK, HOST_REFUSED };

static enum host_kind classify(struct str host, bool is_http)
{
	char text[HOST_MAX + 1];
	unsigned char addr[16];
	bool is_number = host.n, is_name = host.n;
	if (host.n > HOST_MAX)
		return HOST_REFUSED;
	memcpy(text, host.n ? host.p : "", host.n);
	text[host.n] = 0;
	for (size_t i = 0; i < host.n; i++) {
		is_number &= is_digit(host.p[i]);
		is_name &= is_alpha(host.p[i]) || is_digit(host.p[i]) || host.p[i] == '.' ||
			   host.p[i] == '-';
	}
	if (is_number)
		return HOST_REFUSED;
	if (inet_pton(AF_INET, text, addr) == 1)
		return addr[0] == 127 ? HOST_LOOPBACK : HOST_REFUSED;
	if (inet_pton(AF_INET6, text, addr) == 1)
		return !strcmp(text, "::1") ? HOST_LOOPBACK : HOST_REFUSED;
	if (!is_http)
		return HOST_NAME;
	is_name = is_name && (is_alpha(host.p[0]) || is_digit(host.p[0])) &&
		  (is_alpha(host.p[host.n - 1]) || is_digit(host.p[host.n - 1]));
	return is_name ? HOST_NAME : HOST_REFUSED;
}

/* Go's net/url and the addresses that are let through without a pattern. */
static bool is_site(const struct url *site, const struct url *u)
{
	return str_ieq(site->host, u->host) && str_ieq(site->scheme, u->scheme) &&
	       (str_eq(site->port, u->port) || is_localhost(u->host));
}

bool redirect_is_allowed(const char *site, const struct config_list *patterns, struct str url)
{
	struct url base, u;
	if (!parse_url(url, &u))
		return false;
	if (parse_url(str_of(site), &base) && is_site(&base, &u))
		return true;
	bool is_http = str_ieq(u.scheme, STR("http")) || str_ieq(u.scheme, STR("https"));
	if (str_ieq(u.scheme, STR("javascript")) || str_ieq(u.scheme, STR("data")) ||
	    str_ieq(u.scheme, STR("vbscript")))
		return false;
	enum host_kind kind = classify(u.host, is_http);
	if (kind != HOST_NAME)
		return kind == HOST_LOOPBACK;
	struct str plain = url;
	plain = str_split(&plain, '#');
	for (size_t i = 0; i < patterns->n; i++)
		if (redirect_glob(str_of(patterns->v[i]), plain))
			return true;
	return false;
}

struct glob {
	int steps, depth;
};

static bool match(struct glob *g, struct str p, struct str t);

static bool is_separator(char c)
{
	return c == '.' || c == '/';
}

/* [abc], [!a-z]; *p stands behind '['. False: no match or no ']'. */
static bool match_class(struct str *p, char c)
{
	bool is_not = p->n && (p->p[0] == '!' || p->p[0] == '^'), is_in = false;
	size_t i = is_not;
	for (bool is_first = true; i < p->n && (p->p[i] != ']' || is_first); is_first = false) {
		if (i + 2 < p->n && p->p[i + 1] == '-' && p->p[i + 2] != ']') {
			is_in |= c >= p->p[i] && c <= p->p[i + 2];
			i += 3;
		} else {
			is_in |= c == p->p[i++];
		}
	}
	if (i >= p->n)
		return false;
	*p = str_from(*p, i + 1);
	return is_in != is_not;
}

static bool match_star(struct glob *g, struct str p, struct str t)
{
	bool is_super = p.n > 1 && p.p[1] == '*';
	while (p.n && p.p[0] == '*')
		p = str_from(p, 1);
	for (size_t i = 0;; i++) {
		if (match(g, p, str_from(t, i)))
			return true;
		if (i >= t.n || (!is_super && is_separator(t.p[i])))
			return false;
	}
}

/* {a,b}rest: each alternative followed by the rest. */
static bool match_braces(struct glob *g, struct str p, struct str t)
{
	ptrdiff_t close = str_chr(p, '}');
	char joined[1024];
	if (close < 0)
		return false;
	struct str list = str_sub(p, 1, (size_t)close - 1), rest = str_from(p, (size_t)close + 1);
	if (rest.n + list.n > sizeof(joined))
		return false;
	if (!list.n)
		return match(g, rest, t);
	while (list.p) {
		struct str one = str_split(&list, ',');
		memcpy(joined, one.n ? one.p : "", one.n);
		memcpy(joined + one.n, rest.n ? rest.p : "", rest.n);
		if (match(g, (struct str){ joined, one.n + rest.n }, t))
			return true;
	}
	return false;
}

static bool match_here(struct glob *g, struct str p, struct str t)
{
	while (p.n) {
		if (++g->steps > GLOB_STEPS_MAX)
			return false;
		char c = p.p[0];
		if (c == '*')
			return match_star(g, p, t);
		if (c == '{')
			return match_braces(g, p, t);
		if (!t.n)
			return false;
		if (c == '?') {
			if (is_separator(t.p[0]))
				return false;
			p = str_from(p, 1);
		} else if (c == '[') {
			p = str_from(p, 1);
			if (!match_class(&p, t.p[0]))
				return false;
		} else {
			bool is_escaped = c == '\\' && p.n > 1;
			if (p.p[is_escaped] != t.p[0])
				return false;
			p = str_from(p, 1 + (size_t)is_escaped);
		}
		t = str_from(t, 1);
	}
	return !t.n;
}

static bool match(struct glob *g, struct str p, struct str t)
{
	if (g->depth >= GLOB_DEPTH_MAX)
		return false;
	g->depth++;
	bool is_match = match_here(g, p, t);
	g->depth--;
	return is_match;
}

bool redirect_glob(struct str pattern, struct str text)
{
	struct glob g = { 0 };
	return match(&g, pattern, text);
}
