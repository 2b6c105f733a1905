/* Mail addresses as SMTP and a header can carry them. */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include "base/str.h"

enum { ADDRESS_MAX = 254 }; /* RFC 5321 4.5.3.1.3 */

/* True for local@domain of printable ASCII without quotes, brackets, commas,
 * colons and the like: nothing that could end a header or an SMTP command. */
bool address_is_valid(struct str s);

#endif
