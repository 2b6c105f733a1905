/* POSIX TZ rules and abbreviations. */
#include "value/timezone_int.h"

#include "value/datetime.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool take_name(struct str *s, struct tzone_type *ret)
{
	size_t n = 0;
	struct str name;
	if (s->n && s->p[0] == '<') {
		while (n < s->n && s->p[n] != '>')
			n++;
		if (n == s->n)
			return false;
		name = str_sub(*s, 1, n - 1);
		*s = str_from(*s, n + 1);
	} else {
		while (n < s->n && isalpha((unsigned char)s->p[n]))
			n++;
		name = str_sub(*s, 0, n);
		*s = str_from(*s, n);
	}
	if (name.n < 1 || name.n >= TZONE_ABBREV_MAX)
		return false;
	snprintf(ret->abbrev, sizeof(ret->abbrev), "%.*s", STR_ARG(name));
	return true;
}

static bool take_int(struct str *s, int *ret)
{
	size_t n = 0;
	int v = 0;
	for (; n < s->n && n < 4 && isdigit((unsigned char)s->p[n]); n++)
		v = v * 10 + (s->p[n] - '0');
	*s = str_from(*s, n);
	*ret = v;
	return n > 0;
}

static bool take_char(struct str *s, char ch)
{
	if (!s->n || s->p[0] != ch)
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* [+-]h[:m[:s]] in seconds. */
static bool take_time(struct str *s, int32_t *ret)
{
	bool is_neg = take_char(s, '-');
	if (!is_neg)
		take_char(s, '+');
	int h = 0, m = 0, sec = 0;
	if (!take_int(s, &h))
		return false;
	if (take_char(s, ':') && !take_int(s, &m))
		return false;
	if (take_char(s, ':') && !take_int(s, &sec))
		return false;
	*ret = h * 3600 + m * 60 + sec;
	if (is_neg)
		*ret = -*ret;
	return true;
}

static bool take_change(struct str *s, struct tzone_change *ret)
{
	struct tzone_change change = { .seconds = 7200 };
	if (!take_char(s, ','))
		return false;
	if (take_char(s, 'M')) {
		change.kind = CHANGE_MONTH;
		if (!take_int(s, &change.month) || !take_char(s, '.') ||
		    !take_int(s, &change.week) || !take_char(s, '.') || !take_int(s, &change.day))
			return false;
		if (change.month < 1 || change.month > 12)
			return false;
	} else {
		change.kind = take_char(s, 'J') ? CHANGE_JULIAN : CHANGE_DAY;
		if (!take_int(s, &change.day))
			return false;
	}
	if (take_char(s, '/') && !take_time(s, &change.seconds))
		return false;
	*ret = change;
	return true;
}

bool tzone_rule_parse(struct str text, struct tzone_rule *ret)
{
	struct tzone_rule rule = { 0 };
	int32_t west;
	if (!take_name(&text, &rule.std) || !take_time(&text, &west))
		return false;
	rule.std.east = -west;
	if (text.n && text.p[0] != ',') {
		if (!take_name(&text, &rule.dst))
			return false;
		rule.has_dst = true;
		rule.dst.is_dst = true;
		rule.dst.east = rule.std.east + 3600;
		if (text.n && text.p[0] != ',') {
			if (!take_time(&text, &west))
				return false;
			rule.dst.east = -west;
		}
		if (!take_change(&text, &rule.start) || !take_change(&text, &rule.end))
			return false;
	}
	if (text.n)
		return false;
	*ret = rule;
	return true;
}

/* Unix seconds, local time, of a change in a year. */
static int64_t change_at(const struct tzone_change *change, int64_t year)
{
	int64_t day;
	if (change->kind == CHANGE_MONTH) {
		day = civil_to_days(year, change->month, 1);
		int weekday = (int)(((day + 6) % 7 + 7) % 7); /* 2000-01-01 was a Saturday */
		int ahead = (change->day - weekday + 7) % 7 + (change->week - 1) * 7;
		while (ahead >= month_days(year, change->month))
			ahead -= 7;
		day += ahead;
	} else {
		day = civil_to_days(year, 1, 1) + change->day;
		bool is_leap = month_days(year, 2) == 29;
		if (change->kind == CHANGE_JULIAN)
			day += (is_leap && change->day >= 60) - 1;
	}
	return day * 86400 + change->seconds + PG_EPOCH_UNIX;
}

struct tzone_type tzone_rule_at(const struct tzone_rule *rule, int64_t unix_s)
{
	if (!rule->has_dst)
		return rule->std;
	int64_t local = unix_s + rule->std.east - PG_EPOCH_UNIX;
	struct civil t;
	civil_from_days(local / 86400 - (local % 86400 < 0), &t);
	int64_t start = change_at(&rule->start, t.year) - rule->std.east;
	int64_t end = change_at(&rule->end, t.year) - rule->dst.east;
	bool is_dst =
		start < end ? unix_s >= start && unix_s < end : unix_s >= start || unix_s < end;
	return is_dst ? rule->dst : rule->std;
}

bool tzone_posix_offset(struct str name, int32_t *ret_east)
{
	struct tzone_type type;
	int32_t west;
	struct str s = name;
	bool is_signed = s.n && (s.p[0] == '+' || s.p[0] == '-');
	if (!is_signed && s.n && !isdigit((unsigned char)s.p[0]) && !take_name(&s, &type))
		return false;
	if (!take_time(&s, &west) || s.n)
		return false;
	if (west > 167 * 3600 || west < -167 * 3600)
		return false;
	*ret_east = -west;
	return true;
}

static const struct {
	const char *name;
	int minutes;
} abbrevs[] = {
	{ "acdt", 630 },   { "acsst", 630 },  { "acst", 570 },	{ "act", -300 },   { "acwst", 525 },
	{ "adt", -180 },   { "aedt", 660 },   { "aesst", 660 }, { "aest", 600 },   { "aft", 270 },
	{ "akdt", -480 },  { "akst", -540 },  { "almst", 420 }, { "almt", 360 },   { "amst", 240 },
	{ "amt", -240 },   { "anast", 720 },  { "anat", 720 },	{ "arst", -180 },  { "art", -180 },
	{ "ast", -240 },   { "awsst", 540 },  { "awst", 480 },	{ "azost", 0 },	   { "azot", -60 },
	{ "azst", 240 },   { "azt", 240 },    { "bdst", 120 },	{ "bdt", 360 },	   { "bnt", 480 },
	{ "bort", 480 },   { "bot", -240 },   { "bra", -180 },	{ "brst", -120 },  { "brt", -180 },
	{ "bst", 60 },	   { "btt", 360 },    { "cadt", 630 },	{ "cast", 570 },   { "cct", 480 },
	{ "cdt", -300 },   { "cest", 120 },   { "cet", 60 },	{ "cetdst", 120 }, { "chadt", 825 },
	{ "chast", 765 },  { "chut", 600 },   { "ckt", -600 },	{ "clst", -180 },  { "clt", -180 },
	{ "cot", -300 },   { "cst", -360 },   { "cxt", 420 },	{ "davt", 420 },   { "ddut", 600 },
	{ "easst", -300 }, { "east", -300 },  { "eat", 180 },	{ "edt", -240 },   { "eest", 180 },
	{ "eet", 120 },	   { "eetdst", 180 }, { "egst", 0 },	{ "egt", -60 },	   { "est", -300 },
	{ "fet", 180 },	   { "fjst", 780 },   { "fjt", 720 },	{ "fkst", -180 },  { "fkt", -180 },
	{ "fnst", -60 },   { "fnt", -120 },   { "galt", -360 }, { "gamt", -540 },  { "gest", 240 },
	{ "get", 240 },	   { "gft", -180 },   { "gilt", 720 },	{ "gmt", 0 },	   { "gyt", -240 },
	{ "hkt", 480 },	   { "hst", -600 },   { "ict", 420 },	{ "idt", 180 },	   { "iot", 360 },
	{ "irkst", 480 },  { "irkt", 480 },   { "irt", 210 },	{ "ist", 120 },	   { "jayt", 540 },
	{ "jst", 540 },	   { "kdt", 600 },    { "kgst", 360 },	{ "kgt", 360 },	   { "kost", 660 },
	{ "krast", 420 },  { "krat", 420 },   { "kst", 540 },	{ "lhdt", 660 },   { "lhst", 630 },
	{ "ligt", 600 },   { "lint", 840 },   { "lkt", 330 },	{ "magst", 660 },  { "magt", 660 },
	{ "mart", -570 },  { "mawt", 300 },   { "mdt", -360 },	{ "mest", 120 },   { "mesz", 120 },
	{ "met", 60 },	   { "metdst", 120 }, { "mez", 60 },	{ "mht", 720 },	   { "mmt", 390 },
	{ "mpt", 600 },	   { "msd", 240 },    { "msk", 180 },	{ "mst", -420 },   { "must", 300 },
	{ "mut", 240 },	   { "mvt", 300 },    { "myt", 480 },	{ "ndt", -150 },   { "nft", -210 },
	{ "novst", 420 },  { "novt", 420 },   { "npt", 345 },	{ "nst", -210 },   { "nut", -660 },
	{ "nzdt", 780 },   { "nzst", 720 },   { "nzt", 720 },	{ "omsst", 360 },  { "omst", 360 },
	{ "pdt", -420 },   { "pet", -300 },   { "petst", 720 }, { "pett", 720 },   { "pgt", 600 },
	{ "pht", 480 },	   { "pkst", 360 },   { "pkt", 300 },	{ "pmdt", -120 },  { "pmst", -180 },
	{ "pont", 660 },   { "pst", -480 },   { "pwt", 540 },	{ "pyst", -180 },  { "pyt", -180 },
	{ "ret", 240 },	   { "sadt", 630 },   { "sast", 120 },	{ "sct", 240 },	   { "sgt", 480 },
	{ "taht", -600 },  { "tft", 300 },    { "tjt", 300 },	{ "tkt", 780 },	   { "tmt", 300 },
	{ "tot", 780 },	   { "trut", 600 },   { "tvt", 720 },	{ "uct", 0 },	   { "ulast", 540 },
	{ "ulat", 480 },   { "ut", 0 },	      { "utc", 0 },	{ "uyst", -120 },  { "uyt", -180 },
	{ "uzst", 360 },   { "uzt", 300 },    { "vet", -240 },	{ "vlast", 600 },  { "vlat", 600 },
	{ "volt", 180 },   { "vut", 660 },    { "wadt", 480 },	{ "wakt", 720 },   { "wast", 420 },
	{ "wat", 60 },	   { "wdt", 540 },    { "wet", 0 },	{ "wetdst", 60 },  { "wft", 720 },
	{ "wgst", -120 },  { "wgt", -180 },   { "xjt", 360 },	{ "yakst", 540 },  { "yakt", 540 },
	{ "yapt", 600 },   { "yekst", 360 },  { "yekt", 300 },	{ "z", 0 },	   { "zulu", 0 },
};

bool tzone_abbrev(struct str name, int32_t *ret_east)
{
	for (size_t i = 0; i < sizeof(abbrevs) / sizeof(abbrevs[0]); i++) {
		if (!str_ieq(name, str_of(abbrevs[i].name)))
			continue;
		*ret_east = abbrevs[i].minutes * 60;
		return true;
	}
	return false;
}
