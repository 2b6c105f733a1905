#include "value/json_scan.h"

#include "base/arena.h"
#include "value/pgjson.h"

#include <string.h>

struct scan {
	struct str s;
	size_t at;
};

static char look(const struct scan *k)
{
	return k->at < k->s.n ? k->s.p[k->at] : 0;
}

static void skip_space(struct scan *k)
{
	while (k->at < k->s.n && strchr(" \t\n\r", k->s.p[k->at]))
		k->at++;
}

static void skip_string(struct scan *k)
{
	for (k->at++; k->at < k->s.n && k->s.p[k->at] != '"'; k->at++)
		if (k->s.p[k->at] == '\\')
			k->at++;
	k->at++;
}

static void skip_value(struct scan *k)
{
	int depth = 0;
	do {
		char ch = look(k);
		if (ch == '"') {
			skip_string(k);
			continue;
		}
		if (ch == '{' || ch == '[')
			depth++;
		else if (ch == '}' || ch == ']')
			depth--;
		else if (depth == 0) {
			while (k->at < k->s.n && !strchr(",]} \t\n\r", k->s.p[k->at]))
				k->at++;
			return;
		}
		k->at++;
	} while (depth > 0 && k->at < k->s.n);
}

static struct str take_value(struct scan *k)
{
	skip_space(k);
	size_t start = k->at;
	skip_value(k);
	if (k->at > k->s.n)
		k->at = k->s.n;
	struct str raw = str_sub(k->s, start, k->at - start);
	skip_space(k);
	return raw;
}

static bool open_container(struct scan *k, char bracket)
{
	skip_space(k);
	if (look(k) != bracket)
		return false;
	k->at++;
	skip_space(k);
	return look(k) != (bracket == '{' ? '}' : ']');
}

static bool is_key(struct arena *a, struct str raw, struct str key)
{
	struct str inner = str_sub(raw, 1, raw.n - 2);
	if (str_chr(inner, '\\') < 0)
		return str_eq(inner, key);
	return str_eq(pgjson_load(a, raw)->text, key);
}

bool json_scan_member(struct arena *a, struct str text, struct str key, struct str *ret)
{
	struct scan k = { text, 0 };
	bool is_found = false;
	for (bool more = open_container(&k, '{'); more && k.at < text.n;) {
		struct str name = take_value(&k);
		k.at++; /* the colon */
		struct str raw = take_value(&k);
		if (name.n >= 2 && is_key(a, name, key)) {
			*ret = raw;
			is_found = true;
		}
		more = look(&k) == ',';
		k.at++;
	}
	return is_found;
}

static int64_t count_elements(struct str text)
{
	struct scan k = { text, 0 };
	int64_t n = 0;
	for (bool more = open_container(&k, '['); more && k.at < text.n; n++) {
		take_value(&k);
		more = look(&k) == ',';
		k.at++;
	}
	return n;
}

bool json_scan_element(struct str text, int64_t index, struct str *ret)
{
	struct scan k = { text, 0 };
	if (index < 0)
		index += count_elements(text);
	if (index < 0)
		return false;
	for (bool more = open_container(&k, '['); more && k.at < text.n; index--) {
		struct str raw = take_value(&k);
		if (index == 0) {
			*ret = raw;
			return true;
		}
		more = look(&k) == ',';
		k.at++;
	}
	return false;
}

bool json_scan_text(struct arena *a, struct str raw, struct str *ret)
{
	if (str_is(raw, "null"))
		return false;
	if (!raw.n || raw.p[0] != '"')
		*ret = raw;
	else if (str_chr(raw, '\\') < 0)
		*ret = str_sub(raw, 1, raw.n - 2);
	else
		*ret = pgjson_load(a, raw)->text;
	return true;
}
