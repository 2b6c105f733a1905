#include "base/arena.h"
#include "base/check.h"
#include "base/err.h"
#include "base/json.h"
#include "config/config.h"
#include "external/provider_int.h"

#include <stdlib.h>
#include <string.h>

enum { URL_MAX = 16 << 10 };

#define OAUTH PROVIDER_OAUTH
#define OIDC PROVIDER_OIDC
#define PROVIDER(...) { __VA_ARGS__ },
static const struct provider_row rows[] = {
#include "providers.def"
};
#undef PROVIDER
#undef OAUTH
#undef OIDC

/* Any issuer that the project names. */
static const struct provider_row generic = {
	"", PROVIDER_OIDC, "", "", "", "", "", "", "openid email profile", "", "email_verified",
};

static const struct provider_row *row_of(const char *name)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return &generic;
}

static const char *without_slash(struct arena *a, const char *url)
{
	struct str s = str_of(url);
	while (str_ends(s, STR("/")))
		s.n--;
	return str_dup(a, s);
}

static void read_clients(struct arena *a, struct provider *p)
{
	struct str rest = str_of(p->cfg->client_id);
	while (rest.p && p->n_clients < PROVIDER_CLIENTS_MAX) {
		struct str id = str_trim(str_split(&rest, ','));
		if (id.n)
			p->clients[p->n_clients++] = str_dup(a, id);
	}
}

/* GitHub Enterprise has its API below /api/v3. */
static const char *api_of(struct arena *a, const struct provider *p)
{
	if (!*p->row->api)
		return p->base;
	if (!*p->cfg->url)
		return p->row->api;
	bool is_github = strcmp(p->row->name, "github") == 0;
	return is_github ? arena_printf(a, "%s/api/v3", p->base) : p->base;
}

static int read_provider(struct ctx *c, struct providers *ps, struct provider *p,
			 const struct config_provider *cfg)
{
	p->cfg = cfg;
	p->name = cfg->name;
	p->row = row_of(cfg->name);
	const char *url = *cfg->url ? cfg->url : p->row->base;
	if (!*url)
		return err_set(c, "F0000", "auth.external.%s is enabled without url", cfg->name);
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0)
		return err_set(c, "F0000", "auth.external.%s: the url must be http or https",
			       cfg->name);
	p->base = without_slash(ps->arena, url);
	/* Azure's documents are below the tenant. */
	if (strcmp(p->row->name, "azure") == 0)
		p->base = arena_printf(ps->arena, "%s/v2.0", p->base);
	p->api = api_of(ps->arena, p);
	read_clients(ps->arena, p);
	if (!p->n_clients)
		return err_set(c, "F0000", "auth.external.%s is enabled without client_id",
			       cfg->name);
	return 0;
}

int providers_new(struct ctx *c, const struct config *cfg, struct http_client *client,
		  struct providers **ret)
{
	struct providers *ps = calloc(1, sizeof(*ps));
	CHECK(ps);
	ps->cfg = cfg;
	ps->client = client;
	ps->oidc = oidc_new(client);
	ps->arena = arena_new(0);
	ps->v = arena_array(ps->arena, cfg->external.n_providers + 1, sizeof(*ps->v));
	for (size_t i = 0; i < cfg->external.n_providers; i++)
		if (read_provider(c, ps, &ps->v[ps->n++], &cfg->external.providers[i]) < 0) {
			providers_free(ps);
			return -1;
		}
	*ret = ps;
	return 0;
}

void providers_free(struct providers *p)
{
	if (!p)
		return;
	oidc_free(p->oidc);
	arena_free(p->arena);
	free(p);
}

const struct provider *provider_find(const struct providers *p, struct str name)
{
	if (str_starts(name, STR("custom:")))
		name = str_from(name, 7);
	for (size_t i = 0; i < p->n; i++)
		if (str_ieq(name, str_of(p->v[i].name)))
			return &p->v[i];
	return NULL;
}

bool provider_is_issuer(const struct provider *p, struct str issuer)
{
	while (str_ends(issuer, STR("/")))
		issuer.n--;
	return issuer.n && str_is(issuer, p->base);
}

const char *provider_name(const struct provider *p)
{
	return p->name;
}

const struct config_provider *provider_config(const struct provider *p)
{
	return p->cfg;
}

int provider_endpoints(struct ctx *c, struct providers *ps, const struct provider *p,
		       struct oidc_endpoints *ret)
{
	if (p->row->kind == PROVIDER_OIDC)
		return oidc_discover(c, ps->oidc, p->base, ret);
	bool is_facebook = strcmp(p->row->name, "facebook") == 0;
	*ret = (struct oidc_endpoints){
		.issuer = p->api,
		.authorize = arena_printf(c->arena, "%s%s", p->base, p->row->authorize),
		.token = arena_printf(c->arena, "%s%s", is_facebook ? p->api : p->base,
				      p->row->token),
		.userinfo = arena_printf(c->arena, "%s%s", p->api, p->row->user),
		.has_post = true,
	};
	return 0;
}

int provider_has_pkce(struct ctx *c, struct providers *ps, const struct provider *p, bool *ret)
{
	struct oidc_endpoints e;
	TRY(provider_endpoints(c, ps, p, &e));
	*ret = e.has_s256;
	return 0;
}

void put_parameter(struct buf *b, const char *name, struct str value)
{
	if (b->n && b->p[b->n - 1] != '?')
		buf_char(b, '&');
	for (int i = 0; i < 2; i++) {
		struct str s = i ? value : str_of(name);
		for (size_t k = 0; k < s.n; k++) {
			char ch = s.p[k];
			bool is_plain = (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') ||
					(ch >= 'A' && ch <= 'Z') || (ch && strchr("-._~", ch));
			if (is_plain)
				buf_char(b, ch);
			else
				buf_printf(b, "%%%02X", (unsigned char)ch);
		}
		buf_puts(b, i ? "" : "=");
	}
}

/* Parameters that only the service may set. */
static bool is_reserved(const char *name)
{
	static const char *const names[] = {
		"client_id",	 "client_secret",      "redirect_uri",
		"response_type", "response_mode",      "state",
		"scope",	 "code_challenge",     "code_challenge_method",
		"code_verifier", "redirect_to",	       "provider",
		"scopes",	 "skip_http_redirect", "invite_token",
		"request",	 "request_uri",	       "registration",
		"apikey",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcasecmp(names[i], name) == 0)
			return true;
	return false;
}

static struct str scopes_of(struct ctx *c, const struct provider *p, const char *more)
{
	bool is_openid = p->row->kind == PROVIDER_OIDC && strstr(p->row->scopes, "openid") == NULL;
	char *all = arena_printf(c->arena, "%s%s%s%s", is_openid ? "openid " : "", p->row->scopes,
				 *more ? " " : "", more);
	for (char *at = all; *at; at++)
		if (*at == ',')
			*at = ' ';
	return str_of(all);
}

int provider_authorize_url(struct ctx *c, struct providers *ps, const struct provider *p,
			   const struct provider_start *s, const char **ret)
{
	struct oidc_endpoints e;
	BUF_CLEANUP struct buf b = buf_make(URL_MAX);
	TRY(provider_endpoints(c, ps, p, &e));
	buf_puts(&b, e.authorize);
	if (!strchr(e.authorize, '?'))
		buf_char(&b, '?');
	put_parameter(&b, "client_id", str_of(p->clients[0]));
	put_parameter(&b, "redirect_uri", str_of(p->cfg->redirect_uri));
	put_parameter(&b, "response_type", STR("code"));
	put_parameter(&b, "scope", scopes_of(c, p, s->scopes));
	put_parameter(&b, "state", str_of(s->state));
	if (strcmp(p->row->name, "apple") == 0)
		put_parameter(&b, "response_mode", STR("form_post"));
	if (s->verifier && e.has_s256) {
		put_parameter(&b, "code_challenge", str_of(oidc_challenge(c->arena, s->verifier)));
		put_parameter(&b, "code_challenge_method", STR("S256"));
	}
	for (size_t i = 0; i < s->n_extra; i++)
		if (!is_reserved(s->extra[i][0]))
			put_parameter(&b, s->extra[i][0], str_of(s->extra[i][1]));
	if (!buf_ok(&b))
		return err_set(c, "54000", "the provider's URL is too long");
	*ret = buf_dup(c->arena, &b);
	return 0;
}
