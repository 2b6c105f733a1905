/* Printing the IR as PostgreSQL's text: what the files of deparse share. */
#ifndef SQL_DEPARSE_INT_H
#define SQL_DEPARSE_INT_H

#include "base/buf.h"
#include "sql/deparse.h"
#include "sql/ir.h"

/* A query whose names are in scope. */
struct dp_frame {
	const struct query *q;
	const char **names; /* of q's rtes */
	struct dp_frame *outer;
};

struct dp {
	struct ctx *c;
	const struct deparse *d;
	struct buf *out;
	struct dp_frame *frame;
	int indent;
	int depth;
	bool with_prefix;  /* columns carry their table's name */
	const char *value; /* a domain's CHECK: the column is VALUE */
	bool is_operand;   /* of UNION and the like: its columns are not converted yet */
	bool failed;	   /* something has no text: the caller falls back */
};

/* show_implicit: implicit casts are written out, as in operators' arguments. */
void dp_expr(struct dp *p, const struct expr *e, bool show_implicit);
void dp_exprs(struct dp *p, const exprs *list, bool show_implicit);
void dp_query(struct dp *p, const struct query *q);
void dp_sort_keys(struct dp *p, const sort_keys *keys);
/* A keyword on a line of its own, indented, as PostgreSQL lays queries out. */
void dp_keyword(struct dp *p, const char *word, int before, int after, int plus);
/* A constant; label: 0 a type where it is needed, -1 never, 1 always. */
void dp_const(struct dp *p, const struct expr *e, int label);
void dp_window(struct dp *p, const struct window *w);

enum { DP_STD = 8, DP_JOIN = 4, DP_VAR = 4 };

#endif
