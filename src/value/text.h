/*
 * Character strings as PostgreSQL 15 handles them in a UTF-8 database with
 * collation C.UTF-8: characters are code points, case is simple case mapping.
 * Functions that can grow their input take a cap (54000 beyond 64 MiB).
 */
#ifndef VALUE_TEXT_H
#define VALUE_TEXT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { TEXT_MAX = 64 << 20 };

uint32_t char_lower(uint32_t cp);
uint32_t char_upper(uint32_t cp);
bool char_is_alnum(uint32_t cp);

struct str text_lower(struct arena *a, struct str s);
struct str text_upper(struct arena *a, struct str s);
struct str text_initcap(struct arena *a, struct str s);

/* Order of the lower-cased texts, as citext. */
int text_cmp_folded(struct str a, struct str b);

/* quote_ident, quote_literal. */
void text_quote_ident(struct buf *b, struct str s);
void text_quote_literal(struct buf *b, struct str s);

#endif
