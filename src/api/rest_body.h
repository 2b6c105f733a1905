/* Request bodies of writes: JSON, CSV and forms to rows of named values. */
#ifndef API_REST_BODY_H
#define API_REST_BODY_H

#include "api/rest_media.h"
#include "api/rest_relations.h"
#include "base/json.h"

struct ctx;

struct payload {
	struct json *rows; /* a JSON array of objects */
	struct str text;   /* its text */
	name_list keys;	   /* sorted, unique */
	bool is_object;	   /* one object was sent, not an array */
};

/* Parses body by its media type. With columns (columns= was given; NULL
 * otherwise) the keys are those, and objects may be ragged. Errors PGRST102. */
int payload_parse(struct ctx *c, const struct media *type, struct str body,
		  const name_list *columns, struct payload *ret);

/* CSV with a header row to a JSON array of objects of strings; the word NULL is
 * null. */
int csv_to_json(struct ctx *c, struct str csv, struct buf *out);

#endif
