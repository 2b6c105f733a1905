#include "mail/address.h"

#include <string.h>

bool address_is_valid(struct str s)
{
	ptrdiff_t at = str_chr(s, '@');
	if (s.n > ADDRESS_MAX || at < 1 || at > 64 || (size_t)at + 1 >= s.n)
		return false;
	struct str domain = str_from(s, (size_t)at + 1);
	if (domain.p[0] == '.' || domain.p[0] == '-' || domain.p[domain.n - 1] == '.' ||
	    str_find(s, STR("..")) >= 0 || s.p[0] == '.' || s.p[0] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~' || strchr("\"(),:;<>[\\]", s.p[i]) ||
		    (s.p[i] == '@' && i != (size_t)at))
			return false;
	return true;
}
