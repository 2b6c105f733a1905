#include "sql/ddl.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Generated from src/sql/bootstrap_env.sql and bootstrap.sql. */
const char *bootstrap_env_sql(void);
const char *bootstrap_tables_sql(void);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct str whole;

static void join(void)
{
	size_t a = strlen(bootstrap_env_sql()), b = strlen(bootstrap_tables_sql());
	char *p = malloc(a + b);
	if (!p)
		abort();
	memcpy(p, bootstrap_env_sql(), a);
	memcpy(p + a, bootstrap_tables_sql(), b);
	whole = (struct str){ p, a + b };
}

struct str ddl_bootstrap_sql(void)
{
	pthread_once(&once, join);
	return whole;
}

struct str ddl_bootstrap_tables_sql(void)
{
	return str_of(bootstrap_tables_sql());
}
