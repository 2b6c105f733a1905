/* Time zones: TZif files (RFC 8536), POSIX rules for the time after the last
 * transition, and the abbreviations PostgreSQL knows by default. */
#include "value/timezone.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/map.h"
#include "value/datetime.h"
#include "value/timezone_int.h"

#include <ctype.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const zone_folder = "/usr/share/zoneinfo";
enum { ZONE_FILE_MAX = 65536 };

static uint32_t get_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t get_i64(const unsigned char *p)
{
	return (int64_t)((uint64_t)get_u32(p) << 32 | get_u32(p + 4));
}

struct header {
	uint32_t isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt;
};

static bool read_header(const unsigned char *p, size_t n, struct header *ret)
{
	if (n < 44 || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
		return false;
	ret->isutcnt = get_u32(p + 20);
	ret->isstdcnt = get_u32(p + 24);
	ret->leapcnt = get_u32(p + 28);
	ret->timecnt = get_u32(p + 32);
	ret->typecnt = get_u32(p + 36);
	ret->charcnt = get_u32(p + 40);
	uint64_t sum = (uint64_t)ret->isutcnt + ret->isstdcnt + ret->leapcnt + ret->timecnt +
		       ret->typecnt + ret->charcnt;
	return sum < ZONE_FILE_MAX && ret->typecnt > 0;
}

static size_t block_size(const struct header *h, size_t time_size)
{
	return h->timecnt * (time_size + 1) + h->typecnt * 6 + h->charcnt +
	       h->leapcnt * (time_size + 4) + h->isstdcnt + h->isutcnt;
}

static void read_types(struct tzone *z, const unsigned char *types, const unsigned char *chars,
		       const struct header *h)
{
	z->types = calloc(h->typecnt, sizeof(*z->types));
	z->type_n = h->typecnt;
	for (uint32_t i = 0; i < h->typecnt; i++) {
		const unsigned char *p = types + 6 * (size_t)i;
		z->types[i].east = (int32_t)get_u32(p);
		z->types[i].is_dst = p[4] != 0;
		if (p[5] < h->charcnt)
			snprintf(z->types[i].abbrev, sizeof(z->types[i].abbrev), "%.*s",
				 (int)(h->charcnt - p[5]), (const char *)chars + p[5]);
	}
}

/* The version 2 block and its footer. */
static struct tzone *read_tzif(const unsigned char *p, size_t n)
{
	struct header h;
	if (!read_header(p, n, &h))
		return NULL;
	size_t skip = 44 + block_size(&h, 4);
	if (skip >= n || !read_header(p + skip, n - skip, &h))
		return NULL;
	p += skip + 44;
	n -= skip + 44;
	size_t size = block_size(&h, 8);
	if (size > n)
		return NULL;
	struct tzone *z = calloc(1, sizeof(*z));
	z->time_n = h.timecnt;
	z->times = calloc(h.timecnt + 1, sizeof(*z->times));
	z->kinds = calloc(h.timecnt + 1, 1);
	const unsigned char *kinds = p + 8 * (size_t)h.timecnt;
	for (uint32_t i = 0; i < h.timecnt; i++) {
		z->times[i] = get_i64(p + 8 * (size_t)i);
		z->kinds[i] = kinds[i] < h.typecnt ? kinds[i] : 0;
	}
	const unsigned char *types = kinds + h.timecnt;
	read_types(z, types, types + 6 * (size_t)h.typecnt, &h);
	struct str footer = { (const char *)p + size, n - size };
	if (footer.n > 2 && footer.p[0] == '\n') {
		footer = str_from(footer, 1);
		z->has_rule = tzone_rule_parse(str_split(&footer, '\n'), &z->rule);
	}
	return z;
}

static struct tzone *load_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	static _Thread_local unsigned char bytes[ZONE_FILE_MAX];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	close(fd);
	return n > 0 ? read_tzif(bytes, (size_t)n) : NULL;
}

/* Only names as the database has them: no dots, no leading slash. */
static bool is_plain_name(struct str name)
{
	if (!name.n || name.n > 60 || !isalpha((unsigned char)name.p[0]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) && !strchr("/_+-", name.p[i]))
			return false;
	return true;
}

/* The official spelling from tzdata's own list, so that any case is accepted. */
static bool official_name(struct str name, char ret[static 80])
{
	FILE *list = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
	char line[512];
	bool is_found = false;
	while (list && !is_found && fgets(line, sizeof(line), list)) {
		char kind, first[160], second[160] = "";
		int n = sscanf(line, "%c %159s %159s", &kind, first, second);
		const char *found = n >= 2 && kind == 'Z'   ? first
				    : n == 3 && kind == 'L' ? second
							    : NULL;
		if (!found || !str_ieq(str_of(found), name))
			continue;
		snprintf(ret, 80, "%.79s", found);
		is_found = true;
	}
	if (list)
		fclose(list);
	return is_found;
}

static struct tzone *load_name(struct str name)
{
	char path[160], spelled[80];
	snprintf(path, sizeof(path), "%s/%.*s", zone_folder, STR_ARG(name));
	struct stat st;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return load_file(path);
	if (!official_name(name, spelled))
		return NULL;
	snprintf(path, sizeof(path), "%s/%s", zone_folder, spelled);
	return load_file(path);
}

static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static struct map *cache;
enum { CACHE_MAX = 1024 };

/* Zones are few and live for ever; a made-up name is never cached. */
static const struct tzone *cached(struct str name)
{
	char key[64];
	if (name.n >= sizeof(key))
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		key[i] = (char)tolower((unsigned char)name.p[i]);
	struct str k = { key, name.n };
	pthread_mutex_lock(&cache_lock);
	if (!cache)
		cache = map_new();
	struct tzone *z = map_get(cache, k);
	if (!z && map_count(cache) < CACHE_MAX) {
		z = load_name(name);
		if (z)
			map_put(cache, k, z);
	}
	pthread_mutex_unlock(&cache_lock);
	return z;
}

const struct tzone *tzone_fixed(struct arena *a, int32_t east)
{
	struct tzone *z = ARENA_NEW(a, struct tzone);
	z->types = ARENA_NEW(a, struct tzone_type);
	z->type_n = 1;
	z->types[0].east = east;
	struct buf b = buf_make(32);
	offset_print(&b, east, false);
	snprintf(z->types[0].abbrev, sizeof(z->types[0].abbrev), "%.*s", STR_ARG(buf_view(&b)));
	buf_free(&b);
	return z;
}

static bool is_utc_name(struct str name)
{
	return str_ieq(name, STR("utc")) || str_ieq(name, STR("gmt")) || str_ieq(name, STR("z")) ||
	       str_ieq(name, STR("zulu"));
}

/* By name or POSIX form, abbreviations apart; NULL when there is none. */
static const struct tzone *find_named(struct arena *a, struct str name)
{
	int32_t east;
	const struct tzone *z = is_plain_name(name) ? cached(name) : NULL;
	if (!z && tzone_posix_offset(name, &east))
		z = tzone_fixed(a, east);
	return z;
}

int tzone_find(struct ctx *c, struct str name, const struct tzone **ret)
{
	if (is_utc_name(name)) {
		*ret = NULL;
		return 0;
	}
	int32_t east;
	if (tzone_abbrev(name, &east)) {
		*ret = tzone_fixed(c->arena, east);
		return 0;
	}
	const struct tzone *z = find_named(c->arena, name);
	if (!z)
		return err_set(c, "22023", "time zone \"%.*s\" not recognized", STR_ARG(name));
	*ret = z;
	return 0;
}

int tzone_session(struct ctx *c, struct str name, const struct tzone **ret)
{
	if (is_utc_name(name) && name.n > 1) {
		*ret = NULL;
		return 0;
	}
	char *end, *text = str_dup(c->arena, name);
	double hours = strtod(text, &end);
	bool is_number = name.n && !*end && hours >= -168 && hours <= 168;
	const struct tzone *z = is_number ? tzone_fixed(c->arena, (int32_t)(hours * 3600))
					  : find_named(c->arena, name);
	if (!z)
		return err_set(c, "22023", "invalid value for parameter \"TimeZone\": \"%.*s\"",
			       STR_ARG(name));
	if (tzone_offset_at(z, PG_EPOCH_UNIX, NULL, NULL) % 60) {
		err_set(c, "22023", "time zone \"%.*s\" appears to use leap seconds",
			STR_ARG(name));
		return err_details(c, "PostgreSQL does not support leap seconds.");
	}
	*ret = z;
	return 0;
}

/* Index of the last transition at or before t, or -1. */
static long last_before(const struct tzone *z, int64_t t)
{
	size_t low = 0, high = z->time_n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (z->times[mid] <= t)
			low = mid + 1;
		else
			high = mid;
	}
	return (long)low - 1;
}

static const struct tzone_type *type_at(const struct tzone *z, int64_t t, struct tzone_type *room)
{
	long i = last_before(z, t);
	if (z->has_rule && (z->time_n == 0 || i == (long)z->time_n - 1)) {
		*room = tzone_rule_at(&z->rule, t);
		return room;
	}
	if (i >= 0)
		return &z->types[z->kinds[i]];
	return &z->types[0];
}

int32_t tzone_offset_at(const struct tzone *z, int64_t unix_s, struct str *ret_abbrev,
			bool *ret_dst)
{
	static const struct tzone_type utc = { .abbrev = "UTC" };
	static _Thread_local struct tzone_type room;
	const struct tzone_type *type = z ? type_at(z, unix_s, &room) : &utc;
	if (ret_abbrev)
		*ret_abbrev = str_of(type->abbrev);
	if (ret_dst)
		*ret_dst = type->is_dst;
	return type->east;
}

int32_t tzone_offset_local(const struct tzone *z, int64_t local_s)
{
	if (!z)
		return 0;
	int64_t low = local_s - 86400, high = local_s + 86400;
	int32_t before = tzone_offset_at(z, low, NULL, NULL);
	int32_t after = tzone_offset_at(z, high, NULL, NULL);
	if (before == after)
		return before;
	while (high - low > 1) {
		int64_t mid = low + (high - low) / 2;
		if (tzone_offset_at(z, mid, NULL, NULL) == before)
			low = mid;
		else
			high = mid;
	}
	bool is_before = local_s - before < high, is_after = local_s - after >= high;
	if (is_before != is_after)
		return is_before ? before : after;
	/* in a gap (neither) the old offset, in a fold (both) the new one */
	return before > after ? after : before;
}
