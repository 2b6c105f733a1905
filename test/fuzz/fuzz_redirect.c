/*
 * Where sign-in may lead back to. The first line of the input is a pattern, which
 * must only end; the second a URL, which must not pass unless the host that a
 * browser makes of it is one of ours.
 */
#include "base/check.h"
#include "config/config.h"
#include "fuzz.h"
#include "signin/redirect.h"

#include <string.h>
#include <strings.h>

/* As browsers read it (WHATWG): tabs and newlines vanish, \ is /, any number of
 * slashes, and everything up to the last @ is a user name. */
static size_t browser_host(struct str url, char *ret, size_t max)
{
	char clean[4096];
	size_t n = 0, start = 0, end;
	for (size_t i = 0; i < url.n && n < sizeof(clean); i++)
		if (!strchr("\t\r\n", url.p[i]) || !url.p[i])
			clean[n++] = url.p[i] == '\\' ? '/' : url.p[i];
	while (start < n && clean[start] != ':')
		start++;
	for (start++; start < n && clean[start] == '/';)
		start++;
	for (end = start; end < n && clean[end] != '/' && clean[end] != '?' && clean[end] != '#';)
		end++;
	for (size_t i = start; i < end; i++)
		if (clean[i] == '@')
			start = i + 1;
	for (size_t i = start; i < end; i++)
		if (clean[i] == ':' && clean[start] != '[')
			end = i;
	n = start < end && end - start < max ? end - start : 0;
	memcpy(ret, clean + (n ? start : 0), n);
	ret[n] = 0;
	return n;
}

static bool is_ours(const char *host)
{
	size_t n = strlen(host);
	return !strcasecmp(host, "site.example") || !strcmp(host, "app.example.org") ||
	       !strncmp(host, "127.", 4) || !strcmp(host, "[::1]") ||
	       (n > 20 && !strcmp(host + n - 20, ".preview.example.org"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const patterns[] = { "https://app.example.org/**",
						"https://*.preview.example.org/*" };
	struct config_list list = { (const char **)(uintptr_t)patterns, 2 };
	struct str in = { (const char *)data, size < 2048 ? size : 2048 }, url = in;
	struct str pattern = str_split(&url, '\n');
	char host[4096];
	if (!url.p)
		return 0;
	redirect_glob(pattern, url);
	if (redirect_is_allowed("https://site.example", &list, url)) {
		browser_host(url, host, sizeof(host));
		CHECK(is_ours(host));
	}
	return 0;
}
