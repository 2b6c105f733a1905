/*
 * The vector type of pgvector: single-precision numbers, stored and shown as
 * "[1,2.5,3]"; the type's modifier is the number of dimensions (1 to 16000).
 */
#ifndef VALUE_VECTOR_H
#define VALUE_VECTOR_H

#include "base/err.h"
#include "base/str.h"

enum { VECTOR_DIMENSIONS_MAX = 16000 };

struct vector {
	float *v;
	int n;
};

/* The input function; dimensions -1: any number. Errors 22P02, 22003, 22000, 54000. */
int vector_parse(struct ctx *c, struct str text, int dimensions, struct vector *ret);
/* What vector_print wrote. */
struct vector vector_load(struct ctx *c, struct str text);
struct str vector_print(struct ctx *c, struct vector v);
/* 22000 when the number of dimensions is not the one that is wanted (-1: any). */
int vector_fit(struct ctx *c, struct vector v, int dimensions);

#endif
