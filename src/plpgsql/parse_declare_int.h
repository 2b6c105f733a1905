/* Declarations, as blocks use them. */
#ifndef PLPGSQL_PARSE_DECLARE_INT_H
#define PLPGSQL_PARSE_DECLARE_INT_H

#include "plpgsql/parse_int.h"

/* p->tok is DECLARE; ends with BEGIN in p->tok. */
int pl_parse_declare(struct pl_parser *p, struct pl_block *b);
int pl_read_type(struct pl_parser *p, struct pl_var *v);

#endif
