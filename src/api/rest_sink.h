/* Where rows become a response body: JSON or CSV from typed cells, or text that
 * the database has made already. */
#ifndef API_REST_SINK_H
#define API_REST_SINK_H

#include "base/buf.h"
#include "base/vec.h"
#include "engine/engine.h"

enum row_format {
	ROWS_JSON,   /* [{...},...] */
	ROWS_OBJECT, /* the first row alone */
	ROWS_CSV,
	ROWS_MADE,   /* one row: body, count, total, response.headers, response.status */
	ROWS_VALUES, /* keep the first row's cells as JSON values, for Location */
	ROWS_NUMBER, /* one number */
	ROWS_LINES   /* the first cell of each row on a line: EXPLAIN */
};

struct row_sink {
	struct sink sink; /* hand &sink to a step */
	struct arena *arena;
	struct buf *body;
	enum row_format format;
	bool is_native;
	struct value_env env; /* the session's time zone */
	size_t start;	      /* body->n at the beginning: where a second run starts again */

	struct sink_column {
		struct str name;
		struct str key; /* `"name":`, escaped */
		struct vtype type;
		bool is_text; /* cells are PostgreSQL's output text */
	} * cols;
	size_t n_cols;

	uint64_t rows;
	int64_t number; /* ROWS_NUMBER */
	bool has_number;
	/* ROWS_MADE */
	int64_t total;
	bool has_total;
	struct str headers, status;
	/* ROWS_VALUES: text of each cell, p NULL for null */
	VEC(struct str) values;
};

/* Prepares a sink that writes to body (NULL where the format has none).
 * is_native: cells are PostgreSQL's output text (CAP_NATIVE_SQL). */
void row_sink_init(struct row_sink *s, struct arena *a, struct buf *body, enum row_format format,
		   bool is_native);

/* After the last row: closes the array, or writes null for no object. */
void row_sink_finish(struct row_sink *s);

#endif
