/*
 * The pieces of the URL grammar, shared by its files. Each parser returns
 * false on failure; whether it consumed shows in l->pos (see rest_lex.h).
 */
#ifndef API_REST_GRAMMAR_H
#define API_REST_GRAMMAR_H

#include "api/rest_lex.h"
#include "api/rest_query.h"

/* rest_names.c */
bool parse_field_name(struct lex *l, struct str *ret);
bool parse_quoted(struct lex *l, struct str *ret);
bool parse_identifier(struct lex *l, struct str *ret);
bool parse_json_path(struct lex *l, struct rest_field *f);
bool parse_field(struct lex *l, struct rest_field *ret);
bool parse_delimiter(struct lex *l);		   /* "." */
bool parse_comma(struct lex *l);		   /* "," with spaces around */
bool parse_ahead(struct lex *l, const char *word); /* try (lookAhead (string word)) */
/* a.b.c->d: embeds, then the field. */
bool parse_tree_path(struct lex *l, rest_path *path, struct rest_field *ret);
/* False once a limit on parts is met. */
bool count_item(struct lex *l);

/* rest_select.c */
bool parse_select(struct lex *l, rest_items *ret);

/* rest_filter.c */
bool parse_op_expr(struct lex *l, struct rest_filter *f, bool in_logic);
bool parse_logic_tree(struct lex *l, struct rest_logic **ret);

/* rest_order.c */
struct rest_order;
bool parse_order(struct lex *l, struct rest_order *ret);

#endif
