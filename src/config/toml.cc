/*
 * The C shim over toml++: it parses, then copies into the caller's arena. The
 * parser is built without exceptions; its own limit on nesting stands before
 * any recursion of ours.
 */
#undef NDEBUG /* with it, toml++ tells the compiler to take its assertions for true */
#define TOML_ASSERT(expr) static_cast<void>(0) /* "[ =" fails one; an error follows */
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_MAX_NESTED_VALUES 64
#define TOML_ENABLE_FORMATTERS 0

#include <algorithm>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

extern "C" {
#include "base/arena.h"
#include "base/err.h"
#include "config/toml.h"
}

static_assert(TOML_MAX_NESTED_VALUES == TOML_DEPTH_MAX, "one limit");

namespace
{

struct str copy_text(struct arena *a, std::string_view s)
{
	struct str r;
	r.p = arena_strndup(a, s.data(), s.size());
	r.n = s.size();
	return r;
}

toml_node *copy_node(struct arena *a, const toml::node &from);

void set_place(toml_node *n, const toml::source_region &where)
{
	n->line = static_cast<int>(where.begin.line);
	n->column = static_cast<int>(where.begin.column);
}

bool stands_before(const toml_node *x, const toml_node *y)
{
	return x->line != y->line ? x->line < y->line : x->column < y->column;
}

void link_children(toml_node *parent, const std::vector<toml_node *> &children)
{
	toml_node **tail = &parent->child;
	for (toml_node *child : children) {
		*tail = child;
		tail = &child->next;
	}
	parent->count = static_cast<int>(children.size());
}

/* toml++ keeps members sorted by name; the file's order is what people see. */
void copy_table(struct arena *a, toml_node *to, const toml::table &from)
{
	std::vector<toml_node *> children;
	for (auto &&[key, value] : from) {
		toml_node *child = copy_node(a, value);
		child->key = copy_text(a, key.str());
		set_place(child, key.source());
		children.push_back(child);
	}
	std::stable_sort(children.begin(), children.end(), stands_before);
	link_children(to, children);
}

void copy_array(struct arena *a, toml_node *to, const toml::array &from)
{
	std::vector<toml_node *> children;
	for (const toml::node &value : from)
		children.push_back(copy_node(a, value));
	link_children(to, children);
}

toml_node *copy_node(struct arena *a, const toml::node &from)
{
	toml_node *to = static_cast<toml_node *>(arena_zalloc(a, sizeof(toml_node)));
	set_place(to, from.source());
	switch (from.type()) {
	case toml::node_type::table:
		to->kind = TOML_TABLE;
		copy_table(a, to, *from.as_table());
		break;
	case toml::node_type::array:
		to->kind = TOML_ARRAY;
		copy_array(a, to, *from.as_array());
		break;
	case toml::node_type::string:
		to->kind = TOML_STRING;
		to->text = copy_text(a, from.as_string()->get());
		break;
	case toml::node_type::integer:
		to->kind = TOML_INTEGER;
		to->integer = from.as_integer()->get();
		break;
	case toml::node_type::floating_point:
		to->kind = TOML_FLOAT;
		to->real = from.as_floating_point()->get();
		break;
	case toml::node_type::boolean:
		to->kind = TOML_BOOLEAN;
		to->boolean = from.as_boolean()->get();
		break;
	default:
		to->kind = TOML_DATE;
	}
	return to;
}

int fail(struct ctx *c, struct toml_error *err, int line, int column, std::string_view what)
{
	const char *text = arena_strndup(c->arena, what.data(), what.size());
	if (err) {
		err->line = line;
		err->column = column;
		err->what = text;
	}
	return err_set(c, "F0000", "%d:%d: %s", line, column, text);
}

/* The end of the string that begins at i (its opening quotes included), or of
 * the text. A string of one line also ends there: the parser then refuses it. */
size_t skip_string(std::string_view s, size_t i)
{
	size_t n = s.substr(i, 3) == std::string(3, s[i]) ? 3 : 1;
	std::string_view quotes = s.substr(i, n);
	bool has_escapes = s[i] == '"';
	for (i += n; i < s.size(); i++) {
		if (s[i] == '\\' && has_escapes)
			i++;
		else if (s.substr(i, n) == quotes)
			return i + n;
		else if (s[i] == '\n' && n == 1)
			return i;
	}
	return s.size();
}

/*
 * The place of a character beyond ASCII that stands in neither a string nor a
 * comment, where TOML has none: toml++ 3.3 takes an unreachable branch on such
 * letters (is_non_ascii_horizontal_whitespace). npos when there is none.
 */
size_t find_stray(std::string_view s)
{
	size_t i = s.substr(0, 3) == "\xef\xbb\xbf" ? 3 : 0;
	while (i < s.size()) {
		if (s[i] == '"' || s[i] == '\'')
			i = skip_string(s, i);
		else if (s[i] == '#')
			i = std::min(s.find('\n', i), s.size());
		else if (static_cast<unsigned char>(s[i]) >= 0x80)
			return i;
		else
			i++;
	}
	return std::string_view::npos;
}

int refuse_stray(struct ctx *c, struct toml_error *err, std::string_view s, size_t at)
{
	size_t newline = at ? s.rfind('\n', at - 1) : std::string_view::npos;
	size_t start = newline == std::string_view::npos ? 0 : newline + 1;
	auto line = std::count(s.begin(), s.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
	return fail(c, err, static_cast<int>(line), static_cast<int>(at - start) + 1,
		    "a character outside ASCII must stand in quotes");
}

} // namespace

extern "C" int toml_parse(struct ctx *c, struct str text, struct toml_error *err,
			  struct toml_node **ret)
{
	if (text.n > TOML_SIZE_MAX)
		return fail(c, err, 1, 1, "the file is larger than 1 MiB");
	std::string_view view(text.n ? text.p : "", text.n);
	size_t stray = find_stray(view);
	if (stray != std::string_view::npos)
		return refuse_stray(c, err, view, stray);
	toml::parse_result result = toml::parse(view);
	if (!result) {
		const toml::parse_error &e = result.error();
		return fail(c, err, static_cast<int>(e.source().begin.line),
			    static_cast<int>(e.source().begin.column), e.description());
	}
	*ret = copy_node(c->arena, result.table());
	return 0;
}

extern "C" struct toml_node *toml_get(const struct toml_node *table, const char *key)
{
	if (!table || table->kind != TOML_TABLE)
		return nullptr;
	for (struct toml_node *n = table->child; n; n = n->next)
		if (str_is(n->key, key))
			return n;
	return nullptr;
}
