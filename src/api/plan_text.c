#include "api/rest_plan.h"

#include <string.h>

void sql_param(struct sql_text *t, struct str value)
{
	VEC_PUSH(t->arena, &t->params, ((struct sql_param){ value }));
	buf_char(&t->text, '$');
	buf_i64(&t->text, (int64_t)t->params.n);
}

void sql_ident(struct buf *b, struct str name)
{
	buf_char(b, '"');
	if (str_chr(name, '"') < 0) {
		buf_str(b, name);
	} else {
		for (size_t i = 0; i < name.n; i++) {
			if (name.p[i] == '"')
				buf_char(b, '"');
			buf_char(b, name.p[i]);
		}
	}
	buf_char(b, '"');
}

void sql_name(struct buf *b, const char *schema, const char *name)
{
	sql_ident(b, str_of(schema));
	buf_char(b, '.');
	sql_ident(b, str_of(name));
}

void sql_literal(struct buf *b, struct str text)
{
	if (text.n && memchr(text.p, '\\', text.n))
		buf_char(b, 'E');
	buf_char(b, '\'');
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\'' || text.p[i] == '\\')
			buf_char(b, text.p[i]);
		buf_char(b, text.p[i]);
	}
	buf_char(b, '\'');
}
