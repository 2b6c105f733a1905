/*
 * encode() and decode(): hex, base64 and escape. 22023 for another name.
 */
#ifndef VALUE_ENCODE_H
#define VALUE_ENCODE_H

#include "base/buf.h"
#include "base/err.h"

int bytes_encode(struct ctx *c, struct buf *b, struct str bytes, struct str format);
int bytes_decode(struct ctx *c, struct str text, struct str format, struct str *ret);

#endif
