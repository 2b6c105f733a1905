/* Character classes of RFC 9110 5.5 and 5.6.2. Internal to net. */
#ifndef NET_HTTP_CHARS_H
#define NET_HTTP_CHARS_H

#include <stdbool.h>

enum {
	CHAR_TOKEN = 1,	 /* tchar */
	CHAR_FIELD = 2,	 /* field-value: visible, SP, HTAB, bytes >= 0x80 */
	CHAR_TARGET = 4, /* request target: visible and >= 0x80, without '#' */
	CHAR_HOST = 8	 /* host and port: unreserved, sub-delims, % [ ] : */
};

extern const unsigned char http_chars[256];

static inline bool http_is(char ch, int class)
{
	return (http_chars[(unsigned char)ch] & class) != 0;
}

#endif
