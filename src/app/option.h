/*
 * Options of a command line: --name, --name=value, --name value, -x, -xvalue,
 * -x value; "--" ends them. Options and arguments may be mixed.
 */
#ifndef APP_OPTION_H
#define APP_OPTION_H

#include "base/str.h"

struct ctx;

enum { OPTIONS_MAX = 24 };

struct option_def {
	const char *name; /* without dashes; NULL ends the table */
	char letter;	  /* 0: none */
	const char *arg;  /* what the value is called; NULL: a flag */
	const char *doc;  /* one line */
};

struct options {
	struct {
		const struct option_def *def;
		const char *value; /* "" of a flag */
	} v[OPTIONS_MAX];
	size_t n;
};

/* Reads argv[0..n) by the tables (either may be NULL). Arguments that are no
 * options go to args, which has room for n. Error 22023 with what is wrong. */
int options_parse(struct ctx *c, const struct option_def *common, const struct option_def *own,
		  char **argv, size_t n, struct options *ret, const char **args,
		  size_t *ret_n_args);

bool option_given(const struct options *o, const char *name);

/* The last value given, or dflt. */
const char *option_value(const struct options *o, const char *name, const char *dflt);

/* A whole number of an option, dflt when it is not given. Error 22023. */
int option_number(struct ctx *c, const struct options *o, const char *name, int64_t dflt,
		  int64_t *ret);

/* "90", "90s", "15m", "12h", "7d" as seconds. False when malformed. */
bool duration_parse(struct str text, int64_t *ret);

#endif
