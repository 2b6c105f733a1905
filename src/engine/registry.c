/* Every engine there is: the one place that names them. */
#include "engine/engine.h"

#include "engine/null/null.h"
#include "engine/pg/pg.h"
#include "engine/sqlite/sqlite.h"

static const struct engine_vtable *const engines[] = {
	&sqlite_engine_vtable,
	&pg_engine_vtable,
	&null_engine_vtable,
};

const struct engine_vtable *engine_at(size_t i)
{
	return i < sizeof(engines) / sizeof(engines[0]) ? engines[i] : NULL;
}

/* "postgresql" is "postgres" too: a scheme may go on with letters. */
const struct engine_vtable *engine_for_url(struct str url)
{
	ptrdiff_t colon = str_chr(url, ':');
	ptrdiff_t slash = str_chr(url, '/');
	if (url.n == 0)
		return NULL;
	if (colon < 0 || (slash >= 0 && slash < colon))
		return &sqlite_engine_vtable;
	struct str scheme = str_sub(url, 0, (size_t)colon);
	for (size_t i = 0; engine_at(i); i++) {
		if (str_starts(scheme, str_of(engine_at(i)->url_scheme)))
			return engine_at(i);
	}
	return NULL;
}
