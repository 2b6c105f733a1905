/* Regular expressions: PCRE2 with POSIX's choice of the match's length. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "base/arena.h"
#include "base/check.h"
#include "value/pattern.h"
#include "value/regex_int.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_SIZE = 64, PATTERN_MAX = 64 << 10, MATCH_LIMIT = 2000000, WORKSPACE = 2000 };

struct regex {
	char *key; /* flags, newline, pattern */
	size_t key_n;
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	struct regex_facts facts;
	uint32_t groups;
	uint64_t used; /* of the cache's clock */
};

static _Thread_local struct regex cache[CACHE_SIZE];
static _Thread_local uint64_t cache_clock;

static void regex_release(struct regex *re)
{
	free(re->key);
	pcre2_code_free(re->code);
	pcre2_match_data_free(re->data);
	pcre2_match_context_free(re->limits);
	*re = (struct regex){ 0 };
}

/* A thread's cache ends with the thread. */
static pthread_key_t cache_key;
static pthread_once_t cache_once = PTHREAD_ONCE_INIT;

static void cache_free(void *slots)
{
	struct regex *re = slots;
	for (size_t i = 0; i < CACHE_SIZE; i++)
		if (re[i].key)
			regex_release(&re[i]);
}

static void cache_make_key(void)
{
	CHECK(pthread_key_create(&cache_key, cache_free) == 0);
}

static void cache_register(void)
{
	pthread_once(&cache_once, cache_make_key);
	pthread_setspecific(cache_key, cache);
}

static struct regex *find_cached(struct str key)
{
	for (size_t i = 0; i < CACHE_SIZE; i++)
		if (cache[i].key && cache[i].key_n == key.n &&
		    memcmp(cache[i].key, key.p, key.n) == 0)
			return &cache[i];
	return NULL;
}

static struct regex *free_slot(void)
{
	struct regex *oldest = &cache[0];
	cache_register();
	for (size_t i = 0; i < CACHE_SIZE; i++) {
		if (!cache[i].key)
			return &cache[i];
		if (cache[i].used < oldest->used)
			oldest = &cache[i];
	}
	regex_release(oldest);
	return oldest;
}

/* What the translator does not check itself, in PostgreSQL's words. */
static const char *compile_text(int code)
{
	switch (code) {
	case PCRE2_ERROR_CLASS_RANGE_ORDER:
	case PCRE2_ERROR_CLASS_INVALID_RANGE:
		return "invalid character range";
	case PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP:
	case PCRE2_ERROR_PATTERN_TOO_LARGE:
		return "regular expression is too complex";
	default:
		return "invalid regular expression";
	}
}

static uint32_t compile_flags(const struct regex_options *o)
{
	uint32_t flags = PCRE2_UTF | PCRE2_UCP | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_POSSESS;
	if (o->is_ci)
		flags |= PCRE2_CASELESS;
	if (!o->is_newline_stop)
		flags |= PCRE2_DOTALL;
	if (o->is_newline_anchor)
		flags |= PCRE2_MULTILINE;
	return flags;
}

static int compile(struct ctx *c, struct str pattern, struct str flags, struct regex *re)
{
	struct regex_options options;
	int code;
	size_t at;
	TRY(regex_options_read(c, flags, &options));
	BUF_CLEANUP struct buf b = buf_make((size_t)PATTERN_MAX * 16);
	TRY(regex_translate(c, pattern, &options, &b, &re->facts));
	re->code = pcre2_compile((PCRE2_SPTR)(b.p ? b.p : ""), b.n, compile_flags(&options), &code,
				 &at, NULL);
	if (!re->code)
		return err_set(c, "2201B", "invalid regular expression: %s", compile_text(code));
	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &re->groups);
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->limits = pcre2_match_context_create(NULL);
	CHECK(re->data && re->limits);
	pcre2_set_match_limit(re->limits, MATCH_LIMIT);
	pcre2_set_depth_limit(re->limits, 20000);
	pcre2_set_heap_limit(re->limits, 32768);
	return 0;
}

int regex_compile(struct ctx *c, struct str pattern, struct str flags, struct regex **ret)
{
	if (pattern.n > PATTERN_MAX)
		return err_set(c, "54000", "regular expression is too long");
	struct str key =
		str_of(arena_printf(c->arena, "%.*s\n%.*s", STR_ARG(flags), STR_ARG(pattern)));
	struct regex *re = find_cached(key);
	if (!re) {
		struct regex fresh = { 0 };
		if (compile(c, pattern, flags, &fresh) < 0)
			return -1;
		fresh.key = malloc(key.n + 1);
		CHECK(fresh.key);
		memcpy(fresh.key, key.p, key.n);
		fresh.key_n = key.n;
		re = free_slot();
		*re = fresh;
	}
	re->used = ++cache_clock;
	*ret = re;
	return 0;
}

int regex_groups(const struct regex *re)
{
	return (int)(re->groups < REGEX_GROUPS_MAX - 1 ? re->groups : REGEX_GROUPS_MAX - 1);
}

static int match_error(struct ctx *c, int rc)
{
	switch (rc) {
	case PCRE2_ERROR_MATCHLIMIT:
	case PCRE2_ERROR_DEPTHLIMIT:
	case PCRE2_ERROR_HEAPLIMIT:
		return err_set(c, "54000", "regular expression is too complex");
	default:
		return err_set(c, "2201B", "regular expression failed: %d", rc);
	}
}

static void copy_spans(const struct regex *re, struct regex_span *spans)
{
	const size_t *v = pcre2_get_ovector_pointer(re->data);
	for (int i = 0; i <= regex_groups(re); i++) {
		bool is_set = v[2 * i] != PCRE2_UNSET;
		spans[i].start = is_set ? (ptrdiff_t)v[2 * i] : -1;
		spans[i].end = is_set ? (ptrdiff_t)v[2 * i + 1] : -1;
	}
}

/* POSIX's length of the match that starts at spans[0].start; the groups are
 * then found again within it. Patterns that the automaton cannot run keep
 * Perl's choice. */
static void settle_length(const struct regex *re, struct str text, struct regex_span *spans)
{
	static _Thread_local int workspace[WORKSPACE];
	uint32_t flags = PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK;
	size_t start = (size_t)spans[0].start;
	if (re->facts.is_shortest)
		flags |= PCRE2_DFA_SHORTEST;
	int rc = pcre2_dfa_match(re->code, (PCRE2_SPTR)text.p, text.n, start, flags, re->data,
				 re->limits, workspace, WORKSPACE);
	if (rc < 0)
		return;
	size_t end = pcre2_get_ovector_pointer(re->data)[1];
	if ((ptrdiff_t)end == spans[0].end)
		return;
	rc = pcre2_match(re->code, (PCRE2_SPTR)text.p, end, start,
			 PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NO_UTF_CHECK, re->data,
			 re->limits);
	if (rc > 0)
		copy_spans(re, spans);
}

int regex_search(struct ctx *c, const struct regex *re, struct str text, size_t from,
		 struct regex_span spans[static REGEX_GROUPS_MAX])
{
	const char *p = text.p ? text.p : "";
	/* one pass over the bytes for the first search, none for those that go on */
	uint32_t flags = from ? PCRE2_NO_UTF_CHECK : 0;
	int rc = pcre2_match(re->code, (PCRE2_SPTR)p, text.n, from, flags, re->data, re->limits);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0)
		return match_error(c, rc);
	copy_spans(re, spans);
	if (re->facts.has_choice && !re->facts.has_backref)
		settle_length(re, (struct str){ p, text.n }, spans);
	return 1;
}

int regex_test(struct ctx *c, struct str text, struct str pattern, struct str flags)
{
	struct regex *re;
	TRY(regex_compile(c, pattern, flags, &re));
	const char *p = text.p ? text.p : "";
	int rc = pcre2_match(re->code, (PCRE2_SPTR)p, text.n, 0, 0, re->data, re->limits);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	return rc < 0 ? match_error(c, rc) : 1;
}
