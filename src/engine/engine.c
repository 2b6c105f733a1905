/* Calls through the vtable, and what stands in for an empty slot. */
#include "engine/engine.h"

#include "base/err.h"

static int no_engine(struct ctx *c)
{
	err_set(c, "08001", "no database engine takes the URL");
	return err_hint(c, "Use sqlite:PATH or postgres://HOST/DATABASE.");
}

int engine_open(struct ctx *c, const struct engine_options *o, struct engine **ret)
{
	const struct engine_vtable *vt = engine_for_url(str_of(o->url));
	return vt ? vt->open(c, o, ret) : no_engine(c);
}

int engine_erase(struct ctx *c, const struct engine_options *o)
{
	const struct engine_vtable *vt = engine_for_url(str_of(o->url));
	if (!vt)
		return no_engine(c);
	if (!vt->erase)
		return err_set(c, "0A000", "the %s engine cannot empty a database", vt->name);
	return vt->erase(c, o);
}

void engine_close(struct engine *e)
{
	if (e)
		e->vt->close(e);
}

bool engine_can(const struct engine *e, uint32_t caps)
{
	return (e->vt->caps & caps) == caps;
}

int engine_catalog(struct ctx *c, struct engine *e, struct catalog **ret)
{
	return e->vt->catalog(c, e, ret);
}

int engine_read(struct ctx *c, struct engine *e, const struct session *s, const struct step *step)
{
	return e->vt->read(c, e, s, step);
}

int engine_tx(struct ctx *c, struct engine *e, const struct session *s, const struct tx_spec *spec,
	      const struct step *steps, size_t n)
{
	return e->vt->tx(c, e, s, spec, steps, n);
}

static int missing(struct ctx *c, const struct engine *e, const char *what)
{
	return err_set(c, "0A000", "the %s engine has no %s", e->vt->name, what);
}

int engine_script(struct ctx *c, struct engine *e, struct script_spec *spec)
{
	return e->vt->script ? e->vt->script(c, e, spec) : missing(c, e, "scripts");
}

int engine_reload(struct ctx *c, struct engine *e)
{
	return e->vt->reload ? e->vt->reload(c, e) : 0;
}

int engine_watch(struct engine *e, void (*fn)(void *arg, enum watch_event ev), void *arg)
{
	return e->vt->watch ? e->vt->watch(e, fn, arg) : 0;
}

int engine_health(struct ctx *c, struct engine *e)
{
	return e->vt->health ? e->vt->health(c, e) : 0;
}

int engine_backup(struct ctx *c, struct engine *e, const char *path)
{
	return e->vt->backup ? e->vt->backup(c, e, path) : missing(c, e, "backup");
}

void engine_metrics(struct engine *e, struct buf *out)
{
	if (e->vt->metrics)
		e->vt->metrics(e, out);
}
