/* Timestamps as programs write them, read without the general reader. */
#include "value/datetime.h"

/* n digits at s.p[at], or -1 */
static int digits_at(struct str s, size_t at, size_t n)
{
	int v = 0;
	if (at + n > s.n)
		return -1;
	for (size_t i = at; i < at + n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

/* Z, ±HH or ±HH:MM to the end; *ret_has is false when nothing is there. */
static bool iso_zone(struct str s, bool *ret_has, int32_t *ret_east)
{
	*ret_has = s.n > 0;
	*ret_east = 0;
	if (!s.n || str_is(s, "Z"))
		return true;
	int hour = digits_at(s, 1, 2), minute = s.n == 3 ? 0 : digits_at(s, 4, 2);
	bool is_shaped =
		(s.n == 3 || (s.n == 6 && s.p[3] == ':')) && (s.p[0] == '+' || s.p[0] == '-');
	if (!is_shaped || hour < 0 || hour > 15 || minute < 0 || minute > 59)
		return false;
	*ret_east = (s.p[0] == '-' ? -1 : 1) * (hour * 3600 + minute * 60);
	return true;
}

bool ts_parse_iso(enum value_type id, const struct value_env *env, struct str s, int64_t *ret)
{
	struct civil t = { .year = digits_at(s, 0, 4),
			   .month = digits_at(s, 5, 2),
			   .day = digits_at(s, 8, 2),
			   .hour = digits_at(s, 11, 2),
			   .minute = digits_at(s, 14, 2),
			   .second = digits_at(s, 17, 2) };
	if (s.n < 19 || s.p[4] != '-' || s.p[7] != '-' || (s.p[10] != 'T' && s.p[10] != ' ') ||
	    s.p[13] != ':' || s.p[16] != ':' || t.year < 1 || t.month < 1 || t.month > 12 ||
	    t.day < 1 || t.day > month_days(t.year, t.month) || t.hour < 0 || t.hour > 23 ||
	    t.minute < 0 || t.minute > 59 || t.second < 0 || t.second > 59)
		return false;
	size_t at = 19;
	if (at < s.n && s.p[at] == '.') {
		int unit = 100000;
		for (at++; at < s.n && s.p[at] >= '0' && s.p[at] <= '9'; at++, unit /= 10)
			t.usec += (s.p[at] - '0') * unit;
		if (at == 20 || at > 26)
			return false;
	}
	bool has_zone;
	int32_t east;
	if (!iso_zone(str_from(s, at), &has_zone, &east))
		return false;
	int64_t ts = civil_to_ts(&t);
	if (id == V_TIMESTAMPTZ)
		ts = has_zone ? ts - east * USECS_PER_SEC : ts_from_local(ts, env_zone(env));
	*ret = ts;
	return true;
}
