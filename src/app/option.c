#include "app/option.h"

#include "base/arena.h"
#include "base/err.h"

#include <string.h>

static const struct option_def *find_in(const struct option_def *defs, struct str name, char letter)
{
	for (const struct option_def *d = defs; d && d->name; d++)
		if (letter ? d->letter == letter : str_is(name, d->name))
			return d;
	return NULL;
}

struct parser {
	struct ctx *c;
	const struct option_def *common, *own;
	char **argv;
	size_t n, at;
	struct options *out;
};

static const struct option_def *find(const struct parser *p, struct str name, char letter)
{
	const struct option_def *d = find_in(p->own, name, letter);
	return d ? d : find_in(p->common, name, letter);
}

/* value: the text after '=' or a letter, NULL when there is none. */
static int take(struct parser *p, const struct option_def *d, const char *value)
{
	if (!d->arg && value)
		return err_set(p->c, "22023", "--%s takes no value", d->name);
	if (d->arg && !value && p->at == p->n)
		return err_set(p->c, "22023", "--%s needs a value (%s)", d->name, d->arg);
	if (d->arg && !value)
		value = p->argv[p->at++];
	if (p->out->n == OPTIONS_MAX)
		return err_set(p->c, "22023", "too many options");
	p->out->v[p->out->n].def = d;
	p->out->v[p->out->n++].value = value ? value : "";
	return 0;
}

static int take_long(struct parser *p, struct str text)
{
	struct str rest = text;
	struct str name = str_split(&rest, '=');
	const struct option_def *d = find(p, name, 0);
	if (!d)
		return err_set(p->c, "22023", "there is no option --%.*s", STR_ARG(name));
	return take(p, d, rest.p);
}

/* -x, -xvalue, or several flags as -abc. */
static int take_letters(struct parser *p, const char *letters)
{
	for (const char *s = letters; *s; s++) {
		const struct option_def *d = find(p, (struct str){ 0 }, *s);
		if (!d)
			return err_set(p->c, "22023", "there is no option -%c", *s);
		if (d->arg)
			return take(p, d, s[1] ? s + 1 : NULL);
		TRY(take(p, d, NULL));
	}
	return 0;
}

int options_parse(struct ctx *c, const struct option_def *common, const struct option_def *own,
		  char **argv, size_t n, struct options *ret, const char **args, size_t *ret_n_args)
{
	struct options out = { 0 };
	struct parser p = { c, common, own, argv, n, 0, &out };
	size_t n_args = 0;
	bool is_over = false;
	while (p.at < n) {
		const char *text = argv[p.at++];
		bool is_option = !is_over && text[0] == '-' && text[1];
		if (!is_option)
			args[n_args++] = text;
		else if (strcmp(text, "--") == 0)
			is_over = true;
		else if (text[1] == '-')
			TRY(take_long(&p, str_of(text + 2)));
		else
			TRY(take_letters(&p, text + 1));
	}
	*ret = out;
	*ret_n_args = n_args;
	return 0;
}

bool option_given(const struct options *o, const char *name)
{
	return option_value(o, name, NULL) != NULL;
}

const char *option_value(const struct options *o, const char *name, const char *dflt)
{
	for (size_t i = o->n; i > 0; i--)
		if (strcmp(o->v[i - 1].def->name, name) == 0)
			return o->v[i - 1].value;
	return dflt;
}

int option_number(struct ctx *c, const struct options *o, const char *name, int64_t dflt,
		  int64_t *ret)
{
	const char *text = option_value(o, name, NULL);
	if (!text) {
		*ret = dflt;
		return 0;
	}
	if (!str_to_i64(str_of(text), ret))
		return err_set(c, "22023", "--%s takes a whole number", name);
	return 0;
}

bool duration_parse(struct str text, int64_t *ret)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'y', 31536000 } };
	int64_t factor = 1, n;
	for (size_t i = 0; text.n && i < sizeof(units) / sizeof(*units); i++)
		if (text.p[text.n - 1] == units[i].letter) {
			factor = units[i].seconds;
			text.n--;
			break;
		}
	if (!str_to_i64(text, &n) || n < 0 || n > INT64_C(100) * 31536000)
		return false;
	*ret = n * factor;
	return *ret <= INT64_C(100) * 31536000;
}
