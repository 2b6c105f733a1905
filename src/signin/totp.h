/* Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 seconds) and their
 * QR codes. */
#ifndef SIGNIN_TOTP_H
#define SIGNIN_TOTP_H

#include "base/str.h"

struct arena;

/* 160 random bits in base32 without padding (RFC 4648 §6). */
const char *totp_new_secret(struct arena *a);
/* The code of the time step `counter`; false when the secret is not base32. */
bool totp_code(const char *secret, uint64_t counter, char ret[7]);
/* True for the code of now's step or a neighbouring one, as clocks differ. */
bool totp_matches(const char *secret, int64_t now, const char *code);
/* otpauth://totp/ISSUER:ACCOUNT?... */
const char *totp_uri(struct arena *a, const char *issuer, const char *account, const char *secret);
/* The text as a QR code, an SVG document; NULL when it does not fit one. */
const char *totp_svg(struct arena *a, const char *text);

#endif
