#include "sql/ddl.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Generated from src/sql/bootstrap_env.sql, bootstrap.sql and extension/supabase.sql. */
const char *bootstrap_env_sql(void);
const char *bootstrap_tables_sql(void);
const char *extension_supabase_sql(void);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct str whole;

static void join(void)
{
	const char *parts[] = { bootstrap_env_sql(), bootstrap_tables_sql(),
				"SET ROLE supabase_admin;", extension_supabase_sql(),
				"RESET ROLE;" };
	size_t n = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		n += strlen(parts[i]);
	char *p = malloc(n);
	if (!p)
		abort();
	whole = (struct str){ p, n };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		memcpy(p, parts[i], strlen(parts[i]));
		p += strlen(parts[i]);
	}
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
