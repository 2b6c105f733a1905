/* RAISE, ASSERT, GET DIAGNOSTICS. */
#include "plpgsql/run_int.h"

#include <stdio.h>
#include <string.h>

/* The format with each % replaced by the next argument. */
static int format_message(struct frame *f, const struct pl_stmt *s, const char **ret)
{
	BUF_CLEANUP struct buf b = buf_make(16 << 20);
	struct str format = s->raise.format;
	size_t arg = 0;
	for (size_t i = 0; i < format.n; i++) {
		bool is_doubled = format.p[i] == '%' && i + 1 < format.n && format.p[i + 1] == '%';
		if (format.p[i] != '%' || is_doubled) {
			buf_char(&b, format.p[i]);
			i += is_doubled;
			continue;
		}
		struct str text;
		bool is_null;
		TRY(pl_eval_text(f, s->raise.args.v[arg++], &text, &is_null));
		buf_str(&b, is_null ? STR("<NULL>") : text);
	}
	if (!buf_ok(&b))
		return err_set(&f->work, "54000", "message is too long");
	*ret = buf_dup(f->work.arena, &b);
	return 0;
}

static int set_errcode(struct frame *f, struct error *e, const char *text)
{
	const char *code = text;
	bool is_code =
		strlen(text) == 5 && strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5;
	if (!is_code)
		code = pl_condition_code(str_of(text));
	if (!code)
		return err_set(&f->work, "42704", "unrecognized exception condition \"%s\"", text);
	snprintf(e->code, sizeof(e->code), "%s", code);
	return 0;
}

static const char **option_place(struct error *e, enum pl_raise_option what)
{
	switch (what) {
	case OPT_DETAIL:
		return &e->details;
	case OPT_HINT:
		return &e->hint;
	case OPT_COLUMN:
		return &e->column;
	case OPT_CONSTRAINT:
		return &e->constraint;
	case OPT_DATATYPE:
		return &e->datatype;
	case OPT_TABLE:
		return &e->table;
	case OPT_SCHEMA:
		return &e->schema;
	default:
		return &e->message;
	}
}

static int twice(struct frame *f, enum pl_raise_option what)
{
	static const char *const names[] = { "ERRCODE",	   "MESSAGE",  "DETAIL", "HINT",  "COLUMN",
					     "CONSTRAINT", "DATATYPE", "TABLE",	 "SCHEMA" };
	return err_set(&f->work, "42601", "RAISE option already specified: %s", names[what]);
}

static int apply_options(struct frame *f, const struct pl_stmt *s, struct error *e)
{
	for (size_t i = 0; i < s->raise.n_options; i++) {
		enum pl_raise_option what = s->raise.options[i].what;
		struct str text;
		bool is_null;
		TRY(pl_eval_text(f, s->raise.options[i].value, &text, &is_null));
		if (is_null)
			return err_set(&f->work, "22004", "RAISE statement option cannot be null");
		const char *copy = str_dup(f->work.arena, text);
		const char **place = option_place(e, what);
		if (what == OPT_ERRCODE ? e->code[0] != '\0' : *place != NULL)
			return twice(f, what);
		if (what == OPT_ERRCODE)
			TRY(set_errcode(f, e, copy));
		else
			*place = copy;
	}
	return 0;
}

static int rethrow(struct frame *f)
{
	if (!f->caught)
		return err_set(
			&f->work, "0Z002",
			"RAISE without parameters cannot be used outside an exception handler");
	f->work.err = err_copy(f->work.arena, f->caught);
	f->is_context_done = true;
	return -1;
}

int pl_run_raise(struct frame *f, const struct pl_stmt *s)
{
	struct error e = { .code = "" };
	if (s->raise.is_rethrow)
		return rethrow(f);
	if (s->raise.code)
		snprintf(e.code, sizeof(e.code), "%s", s->raise.code);
	if (s->raise.format.p)
		TRY(format_message(f, s, &e.message));
	TRY(apply_options(f, s, &e));
	bool has_code = e.code[0] != '\0';
	if (!has_code && s->raise.is_exception)
		snprintf(e.code, sizeof(e.code), "P0001");
	if (!e.message)
		e.message = s->raise.condition.n ? str_dup(f->work.arena, s->raise.condition)
						 : arena_strdup(f->work.arena, e.code);
	if (s->raise.is_exception) {
		f->work.err = e;
		return -1;
	}
	if (!has_code)
		snprintf(e.code, sizeof(e.code), "%s",
			 s->raise.level == RAISE_WARNING ? "01000" : "00000");
	if (f->in->host->raise)
		f->in->host->raise(&f->work, f->in->host->arg, s->raise.level, &e);
	return 0;
}

int pl_run_assert(struct frame *f, const struct pl_stmt *s)
{
	bool is_true, is_null = true;
	struct str text;
	TRY(pl_eval_bool(f, s->assertion.cond, &is_true, &is_null));
	if (is_true)
		return 0;
	is_null = true;
	if (s->assertion.message)
		TRY(pl_eval_text(f, s->assertion.message, &text, &is_null));
	if (is_null)
		return err_set(&f->work, "P0004", "assertion failed");
	return err_set(&f->work, "P0004", "%.*s", STR_ARG(text));
}

/* An item of the error that is being handled; absent ones are "". */
static const char *stacked_item(const struct error *e, enum pl_diag what)
{
	switch (what) {
	case DIAG_ERROR_CONTEXT:
		return e->context;
	case DIAG_ERROR_DETAIL:
		return e->details;
	case DIAG_ERROR_HINT:
		return e->hint;
	case DIAG_SQLSTATE:
		return e->code;
	case DIAG_COLUMN:
		return e->column;
	case DIAG_CONSTRAINT:
		return e->constraint;
	case DIAG_DATATYPE:
		return e->datatype;
	case DIAG_MESSAGE:
		return e->message;
	case DIAG_TABLE:
		return e->table;
	case DIAG_SCHEMA:
		return e->schema;
	default:
		return NULL;
	}
}

int pl_run_diagnostics(struct frame *f, const struct pl_stmt *s)
{
	if (s->diag.is_stacked && !f->caught)
		return err_set(
			&f->work, "0Z002",
			"GET STACKED DIAGNOSTICS cannot be used outside an exception handler");
	for (size_t i = 0; i < s->diag.n; i++) {
		enum pl_diag what = s->diag.items[i].what;
		struct value v = { datum_null(), TYPEREF(f->in->text) };
		if (what == DIAG_ROW_COUNT) {
			v = (struct value){ datum_int((int64_t)f->row_count),
					    TYPEREF(f->in->int8) };
		} else if (what == DIAG_CONTEXT) {
			v.d = datum_text(str_of(pl_context_line(f)));
		} else {
			const char *text = stacked_item(f->caught, what);
			v.d = datum_text(str_of(text ? text : ""));
		}
		TRY(pl_assign_target(f, &s->diag.items[i].target, v));
	}
	return 0;
}
