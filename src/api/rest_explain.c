/* Accept: application/vnd.pgrst.plan: how the database would run the request. */
#include "api/rest_int.h"

void explain_open(struct sql_text *t, const struct call *k)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} options[] = { { PLAN_ANALYZE, ", ANALYZE" },
			{ PLAN_VERBOSE, ", VERBOSE" },
			{ PLAN_SETTINGS, ", SETTINGS" },
			{ PLAN_BUFFERS, ", BUFFERS" },
			{ PLAN_WAL, ", WAL" } };
	if (!call_explains(k))
		return;
	buf_puts(&t->text,
		 k->explain.plan_is_json ? "EXPLAIN (FORMAT JSON" : "EXPLAIN (FORMAT TEXT");
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (k->explain.plan_options & options[i].bit)
			buf_puts(&t->text, options[i].word);
	buf_puts(&t->text, ") ");
}

int explain_respond(struct ctx *c, struct call *k)
{
	k->media = k->explain;
	response_status(k->rs, 200);
	respond_content_type(c, k);
	respond_common(c, k, NULL);
	return 0;
}
