/* quote_ident and quote_literal. */
#include "value/text.h"

#include <stdlib.h>
#include <string.h>

/* Key words that need quotes as identifiers: all but the unreserved. Sorted. */
static const char *const key_words[] = {
	"all",
	"analyse",
	"analyze",
	"and",
	"any",
	"array",
	"as",
	"asc",
	"asymmetric",
	"authorization",
	"between",
	"bigint",
	"binary",
	"bit",
	"boolean",
	"both",
	"case",
	"cast",
	"char",
	"character",
	"check",
	"coalesce",
	"collate",
	"collation",
	"column",
	"concurrently",
	"constraint",
	"create",
	"cross",
	"current_catalog",
	"current_date",
	"current_role",
	"current_schema",
	"current_time",
	"current_timestamp",
	"current_user",
	"dec",
	"decimal",
	"default",
	"deferrable",
	"desc",
	"distinct",
	"do",
	"else",
	"end",
	"except",
	"exists",
	"extract",
	"false",
	"fetch",
	"float",
	"for",
	"foreign",
	"freeze",
	"from",
	"full",
	"grant",
	"greatest",
	"group",
	"grouping",
	"having",
	"ilike",
	"in",
	"initially",
	"inner",
	"inout",
	"int",
	"integer",
	"intersect",
	"interval",
	"into",
	"is",
	"isnull",
	"join",
	"lateral",
	"leading",
	"least",
	"left",
	"like",
	"limit",
	"localtime",
	"localtimestamp",
	"national",
	"natural",
	"nchar",
	"none",
	"normalize",
	"not",
	"notnull",
	"null",
	"nullif",
	"numeric",
	"offset",
	"on",
	"only",
	"or",
	"order",
	"out",
	"outer",
	"overlaps",
	"overlay",
	"placing",
	"position",
	"precision",
	"primary",
	"real",
	"references",
	"returning",
	"right",
	"row",
	"select",
	"session_user",
	"setof",
	"similar",
	"smallint",
	"some",
	"substring",
	"symmetric",
	"table",
	"tablesample",
	"then",
	"time",
	"timestamp",
	"to",
	"trailing",
	"treat",
	"trim",
	"true",
	"union",
	"unique",
	"user",
	"using",
	"values",
	"varchar",
	"variadic",
	"verbose",
	"when",
	"where",
	"window",
	"with",
	"xmlattributes",
	"xmlconcat",
	"xmlelement",
	"xmlexists",
	"xmlforest",
	"xmlnamespaces",
	"xmlparse",
	"xmlpi",
	"xmlroot",
	"xmlserialize",
	"xmltable",
};

static int by_word(const void *key, const void *item)
{
	const struct str *s = key;
	return str_cmp(*s, str_of(*(const char *const *)item));
}

static bool is_key_word(struct str s)
{
	return bsearch(&s, key_words, sizeof(key_words) / sizeof(key_words[0]),
		       sizeof(key_words[0]), by_word) != NULL;
}

static bool is_plain(struct str s)
{
	if (!s.n || !((s.p[0] >= 'a' && s.p[0] <= 'z') || s.p[0] == '_'))
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_'))
			return false;
	}
	return !is_key_word(s);
}

static void put_doubled(struct buf *b, struct str s, char quote)
{
	buf_char(b, quote);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == quote || (quote == '\'' && s.p[i] == '\\'))
			buf_char(b, s.p[i]);
		buf_char(b, s.p[i]);
	}
	buf_char(b, quote);
}

void text_quote_ident(struct buf *b, struct str s)
{
	if (is_plain(s))
		buf_str(b, s);
	else
		put_doubled(b, s, '"');
}

void text_quote_literal(struct buf *b, struct str s)
{
	if (str_chr(s, '\\') >= 0)
		buf_char(b, 'E');
	put_doubled(b, s, '\'');
}
