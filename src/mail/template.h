/*
 * Mail templates: the part of Go's templates that projects use.
 *
 *	{{ .Name }} {{ .Data.x.y }} {{ $x := … }} {{ "text" }} {{ `raw` }} {{/ * … * /}}
 *	{{ if … }} {{ else if … }} {{ else }} {{ with … }} {{ range $i, $v := … }} {{ end }}
 *	eq ne lt le gt ge and or not len index slice print println printf html
 *	urlquery, pipelines with |, parentheses, white space trimmed by {{- and -}}
 *
 * As html/template does, what is printed into HTML is escaped for the place
 * where it stands: text, attribute, URL (only http, https and mailto), style.
 * Inside <script> and event attributes nothing can be printed: an error.
 *
 * Work, depth and output are bounded: a template is the operator's, but its
 * variables come from users.
 */
#ifndef MAIL_TEMPLATE_H
#define MAIL_TEMPLATE_H

#include "base/str.h"

struct arena;
struct buf;
struct ctx;
struct json;
struct template;

enum {
	TEMPLATE_SIZE_MAX = 512 << 10, /* bytes of a template */
	TEMPLATE_DEPTH_MAX = 64,       /* blocks, and parentheses, inside each other */
	TEMPLATE_STEPS_MAX = 100000,   /* nodes and calls of one rendering */
};

enum template_mode { TEMPLATE_TEXT, TEMPLATE_HTML };

/*
 * Parses source into c->arena, where *ret and name live too. name (a file) and
 * first_line begin messages. Error 42601 "name:line: what is wrong".
 */
int template_parse(struct ctx *c, const char *name, int first_line, struct str source,
		   struct template **ret);

/* Renders into out with root as the dot. Temporary memory in c->arena. Errors:
 * 22000 "name:line: …"; 54000 when steps or out's limit are exhausted. */
int template_render(struct ctx *c, const struct template *t, enum template_mode mode,
		    const struct json *root, struct buf *out);

#endif
