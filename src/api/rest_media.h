/* Media types: Accept negotiation with quality values, Content-Type. */
#ifndef API_REST_MEDIA_H
#define API_REST_MEDIA_H

#include "base/str.h"
#include "base/vec.h"

struct arena;

enum media_kind {
	MEDIA_JSON,
	MEDIA_CSV,
	MEDIA_OBJECT, /* application/vnd.pgrst.object+json */
	MEDIA_ARRAY_STRIPPED,
	MEDIA_GEOJSON,
	MEDIA_OPENAPI,
	MEDIA_TEXT,
	MEDIA_XML,
	MEDIA_FORM,
	MEDIA_OCTETS,
	MEDIA_PLAN,
	MEDIA_ANY,
	MEDIA_OTHER
};

enum plan_option {
	PLAN_ANALYZE = 1 << 0,
	PLAN_VERBOSE = 1 << 1,
	PLAN_SETTINGS = 1 << 2,
	PLAN_BUFFERS = 1 << 3,
	PLAN_WAL = 1 << 4
};

struct media {
	enum media_kind kind;
	bool is_stripped; /* nulls=stripped on MEDIA_OBJECT */
	struct str text;  /* MEDIA_OTHER: as sent */

	/* MEDIA_PLAN: the execution plan of what `plan_for` would answer. */
	bool plan_is_json;
	uint32_t plan_options;
	struct str plan_for;
};
typedef VEC(struct media) media_list;

/* One media type, with its parameters. */
struct media media_parse(struct arena *a, struct str text);

/* An Accept header in the client's order of preference; an empty one (p NULL)
 * is any. */
void media_accept(struct arena *a, struct str header, media_list *ret);

/* Its name, without a charset; and the Content-Type header's value. */
const char *media_name(struct arena *a, const struct media *m);
const char *media_content_type(struct arena *a, const struct media *m);

#endif
