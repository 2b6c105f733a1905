/* Rows on stdout: as a table for people, as CSV, or as a JSON array. */
#ifndef APP_TABLE_H
#define APP_TABLE_H

#include "app/database.h"

enum table_format { TABLE_PRETTY, TABLE_CSV, TABLE_JSON };

struct table;

struct table *table_new(enum table_format format);
void table_free(struct table *t);

/* Where db_query() puts its rows. */
struct db_rows table_rows(struct table *t);

/* Prints what a statement gave (rows, or the number of rows it wrote) and makes
 * the table ready for the next one. */
void table_flush(struct table *t, uint64_t affected);

/* True when a result with columns came since the last flush. */
bool table_has_columns(const struct table *t);

#endif
