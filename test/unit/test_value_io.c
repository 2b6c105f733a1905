/* Input, output, JSON, order and casts of every type. */
#include "value_rows.h"

/* clang-format off */
static const struct {
	const char *type;
	int typmod;
	const char *text, *expected;
} inputs[] = {
	{ "bool", -1, "false", "false" },
	{ "bool", -1, "y", "true" },
	{ "bool", -1, "no", "false" },
	{ "bool", -1, "true", "true" },
	{ "bool", -1, "TRUE", "true" },
	{ "bool", -1, "tr", "true" },
	{ "bool", -1, "yes", "true" },
	{ "bool", -1, "f", "false" },
	{ "int2", -1, "1", "1" },
	{ "int2", -1, "1_000", "!22P02 invalid input syntax for type smallint: \"1_000\"" },
	{ "int2", -1, "-32769", "!22003 value \"-32769\" is out of range for type smallint" },
	{ "int2", -1, "0", "0" },
	{ "int2", -1, "\331\243", "!22P02 invalid input syntax for type smallint: \"\331\243\"" },
	{ "int2", -1, "0x10", "!22P02 invalid input syntax for type smallint: \"0x10\"" },
	{ "int2", -1, "1.5", "!22P02 invalid input syntax for type smallint: \"1.5\"" },
	{ "int2", -1, "1e3", "!22P02 invalid input syntax for type smallint: \"1e3\"" },
	{ "int4", -1, "-2147483649", "!22003 value \"-2147483649\" is out of range for type integer" },
	{ "int4", -1, "-1", "-1" },
	{ "int4", -1, " ", "!22P02 invalid input syntax for type integer: \" \"" },
	{ "int4", -1, "0", "0" },
	{ "int4", -1, "12abc", "!22P02 invalid input syntax for type integer: \"12abc\"" },
	{ "int4", -1, "1", "1" },
	{ "int4", -1, "42", "42" },
	{ "int8", -1, " 5", "5" },
	{ "int8", -1, "1234567890123", "1234567890123" },
	{ "int8", -1, "0", "0" },
	{ "int8", -1, "-9223372036854775809", "!22003 value \"-9223372036854775809\" is out of range for type bigint" },
	{ "int8", -1, "", "!22P02 invalid input syntax for type bigint: \"\"" },
	{ "int8", -1, "1", "1" },
	{ "int8", -1, "abc", "!22P02 invalid input syntax for type bigint: \"abc\"" },
	{ "int8", -1, "-9223372036854775808", "-9223372036854775808" },
	{ "oid", -1, "4294967295", "4294967295" },
	{ "oid", -1, "4294967296", "!22003 value \"4294967296\" is out of range for type oid" },
	{ "oid", -1, "0", "0" },
	{ "oid", -1, "abc", "!22P02 invalid input syntax for type oid: \"abc\"" },
	{ "oid", -1, "1", "1" },
	{ "float4", -1, "0.0001", "0.0001" },
	{ "float4", -1, "16777217", "1.6777216e+07" },
	{ "float4", -1, "1.5", "1.5" },
	{ "float4", -1, "0.00001", "1e-05" },
	{ "float4", -1, "3.4028235e38", "3.4028235e+38" },
	{ "float4", -1, "-inf", "-Infinity" },
	{ "float4", -1, "1e-5", "1e-05" },
	{ "float4", -1, "1e-45", "1e-45" },
	{ "float8", -1, "0.1", "0.1" },
	{ "float8", -1, "+inf", "Infinity" },
	{ "float8", -1, "-0", "-0" },
	{ "float8", -1, "abc", "!22P02 invalid input syntax for type double precision: \"abc\"" },
	{ "float8", -1, "1e15", "1e+15" },
	{ "float8", -1, "Infinity", "Infinity" },
	{ "float8", -1, " 1 ", "1" },
	{ "float8", -1, "inf", "Infinity" },
	{ "numeric", 327686, "12345.67890", "!22003 numeric field overflow | A field with precision 5, scale 2 must round to an absolute value less than 10^3." },
	{ "numeric", -1, "", "!22P02 invalid input syntax for type numeric: \"\"" },
	{ "numeric", 655369, "-5.55", "-5.55000" },
	{ "numeric", 327686, "10000", "!22003 numeric field overflow | A field with precision 5, scale 2 must round to an absolute value less than 10^3." },
	{ "numeric", -1, "-5.55", "-5.55" },
	{ "numeric", -1, "1e", "!22P02 invalid input syntax for type numeric: \"1e\"" },
	{ "numeric", -1, "abc", "!22P02 invalid input syntax for type numeric: \"abc\"" },
	{ "numeric", 655369, "nan", "NaN" },
	{ "numeric", 196612, ".5", "1" },
	{ "numeric", 196612, "nan", "NaN" },
	{ "numeric", -1, "0.00", "0.00" },
	{ "numeric", 655369, "9999.9999", "9999.99990" },
	{ "numeric", 196612, "0.1", "0" },
	{ "numeric", 196612, "3.5", "4" },
	{ "text", -1, "abcabc", "abcabc" },
	{ "text", -1, "a b  c", "a b  c" },
	{ "text", -1, "NULL", "NULL" },
	{ "text", -1, "say \"hi\"", "say \"hi\"" },
	{ "text", -1, "\360\237\230\200x", "\360\237\230\200x" },
	{ "text", -1, "\304\260stanbul", "\304\260stanbul" },
	{ "text", -1, "abc", "abc" },
	{ "text", -1, "ABC", "ABC" },
	{ "varchar", 14, "a_b", "a_b" },
	{ "varchar", -1, "stra\303\237e", "stra\303\237e" },
	{ "varchar", 7, "say \"hi\"", "!22001 value too long for type character varying(3)" },
	{ "varchar", 7, "\303\204\303\226\303\234", "\303\204\303\226\303\234" },
	{ "varchar", 14, "\316\221\316\243", "\316\221\316\243" },
	{ "varchar", 14, "a", "a" },
	{ "varchar", 7, "abcabc", "!22001 value too long for type character varying(3)" },
	{ "bpchar", -1, "ABC", "ABC" },
	{ "bpchar", 14, "NULL", "NULL      " },
	{ "bpchar", 7, "null", "!22001 value too long for type character(3)" },
	{ "bpchar", 7, "o'brien", "!22001 value too long for type character(3)" },
	{ "bpchar", 7, "say \"hi\"", "!22001 value too long for type character(3)" },
	{ "bpchar", 7, "a  ", "a  " },
	{ "bpchar", 14, "say \"hi\"", "say \"hi\"  " },
	{ "bpchar", 7, "{}", "{} " },
	{ "citext", -1, "back\\slash", "back\\slash" },
	{ "citext", -1, "foo.bar", "foo.bar" },
	{ "citext", -1, "{}", "{}" },
	{ "citext", -1, "say \"hi\"", "say \"hi\"" },
	{ "citext", -1, "abc", "abc" },
	{ "citext", -1, "\303\251\314\201", "\303\251\314\201" },
	{ "citext", -1, "\346\227\245\346\234\254\350\252\236", "\346\227\245\346\234\254\350\252\236" },
	{ "citext", -1, "aBC", "aBC" },
	{ "name", -1, "abc", "abc" },
	{ "name", -1, "", "" },
	{ "name", -1, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" },
	{ "name", -1, "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244", "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244" },
	{ "uuid", -1, "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
	{ "uuid", -1, "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "!22P02 invalid input syntax for type uuid: \"{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"" },
	{ "uuid", -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "!22P02 invalid input syntax for type uuid: \"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1\"" },
	{ "uuid", -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
	{ "uuid", -1, "xyz", "!22P02 invalid input syntax for type uuid: \"xyz\"" },
	{ "uuid", -1, "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
	{ "uuid", -1, "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
	{ "uuid", -1, "ffffffff-ffff-ffff-ffff-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff" },
	{ "date", -1, "1/8/1999", "1999-01-08" },
	{ "date", -1, "2020-01-01T10:00:00Z", "2020-01-01" },
	{ "date", -1, "2020-13-01", "!22008 date/time field value out of range: \"2020-13-01\"" },
	{ "date", -1, "8 Jan 1999", "1999-01-08" },
	{ "date", -1, "08-Jan-99", "1999-01-08" },
	{ "date", -1, "1/18/1999", "1999-01-18" },
	{ "date", -1, "Jan-08-1999", "1999-01-08" },
	{ "date", -1, "infinity", "infinity" },
	{ "date", -1, "2020-06-00", "!22008 date/time field value out of range: \"2020-06-00\"" },
	{ "date", -1, "2020-01-01 foo", "!22007 invalid input syntax for type date: \"2020-01-01 foo\"" },
	{ "date", -1, "20200102", "2020-01-02" },
	{ "date", -1, "01/02/03", "2003-01-02" },
	{ "date", -1, "abc", "!22007 invalid input syntax for type date: \"abc\"" },
	{ "date", -1, "2020-00-10", "!22008 date/time field value out of range: \"2020-00-10\"" },
	{ "time", 0, "04:05:06 PST", "04:05:06" },
	{ "time", 3, "11:00 PM", "23:00:00" },
	{ "time", 3, "12:34:56.789", "12:34:56.789" },
	{ "time", 0, "", "!22007 invalid input syntax for type time: \"\"" },
	{ "time", 3, "1:2:3", "01:02:03" },
	{ "time", 0, "1:2:3", "01:02:03" },
	{ "time", 3, "abc", "!22007 invalid input syntax for type time: \"abc\"" },
	{ "time", -1, "040506.789", "04:05:06.789" },
	{ "timetz", -1, "02:00:00+01", "02:00:00+01" },
	{ "timetz", -1, "abc", "!22007 invalid input syntax for type time with time zone: \"abc\"" },
	{ "timetz", -1, "00:00:00-08", "00:00:00-08" },
	{ "timetz", -1, "12:34+05:30", "12:34:00+05:30" },
	{ "timetz", -1, "12:34:56+02", "12:34:56+02" },
	{ "timetz", -1, "12:34:56", "12:34:56+00" },
	{ "timetz", -1, "24:00:00+00", "24:00:00+00" },
	{ "timetz", -1, "12:34:56 PST", "12:34:56-08" },
	{ "timestamp", -1, "2020-12-31 23:59:59.999999", "2020-12-31 23:59:59.999999" },
	{ "timestamp", 3, "2020-01-01 25:00:00", "!22008 date/time field value out of range: \"2020-01-01 25:00:00\"" },
	{ "timestamp", 0, "2020-01-01 00:00:00", "2020-01-01 00:00:00" },
	{ "timestamp", 3, "4713-01-01 00:00:00 BC", "4713-01-01 00:00:00 BC" },
	{ "timestamp", 0, "2020-01-01 at 10:00", "2020-01-01 10:00:00" },
	{ "timestamp", -1, "2020-01-01 10:10:10.5", "2020-01-01 10:10:10.5" },
	{ "timestamp", 3, "20200101 123456", "2020-01-01 12:34:56" },
	{ "timestamp", -1, "infinity", "infinity" },
	{ "timestamp", -1, "-infinity", "-infinity" },
	{ "timestamp", -1, "2020-01-01 00:00:00", "2020-01-01 00:00:00" },
	{ "timestamp", -1, "20200101T123456", "2020-01-01 12:34:56" },
	{ "timestamp", 3, "", "!22007 invalid input syntax for type timestamp: \"\"" },
	{ "timestamp", 3, "0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC" },
	{ "timestamp", 3, "2020-06-15 10:00 Europe/Berlin", "2020-06-15 10:00:00" },
	{ "interval", -1, "PT", "00:00:00" },
	{ "interval", -1, "1.5", "00:00:01.5" },
	{ "interval", -1, "1h30m", "01:30:00" },
	{ "interval", -1, "P1W", "7 days" },
	{ "interval", -1, "1 year ago", "-1 years" },
	{ "interval", -1, "36:00:00", "36:00:00" },
	{ "interval", -1, "1 day -01:00:00", "1 day -01:00:00" },
	{ "interval", -1, "1 day 2:3", "1 day 02:03:00" },
	{ "interval", -1, "0", "00:00:00" },
	{ "interval", -1, "178000000 years", "178000000 years" },
	{ "interval", -1, "24:00:00", "24:00:00" },
	{ "interval", -1, "1 year 2 mons 3 days 04:05:06.789", "1 year 2 mons 3 days 04:05:06.789" },
	{ "interval", -1, "@ 1 minute", "00:01:00" },
	{ "interval", -1, "12:34", "12:34:00" },
	{ "bytea", -1, "\\x616263", "\\x616263" },
	{ "bytea", -1, "a\\1", "!22P02 invalid input syntax for type bytea" },
	{ "bytea", -1, "a\\\\b", "\\x615c62" },
	{ "bytea", -1, "", "\\x" },
	{ "bytea", -1, "\\x 00 ff", "\\x00ff" },
	{ "bytea", -1, "\303\244", "\\xc3a4" },
	{ "bytea", -1, "\\x", "\\x" },
	{ "bytea", -1, "\\x1", "!22023 invalid hexadecimal data: odd number of digits" },
	{ "json", -1, "{\"a\":null}", "{\"a\":null}" },
	{ "json", -1, "null", "null" },
	{ "json", -1, "[1,]", "!22P02 invalid input syntax for type json | Expected JSON value, but found \"]\"." },
	{ "json", -1, "true", "true" },
	{ "json", -1, "[1 2]", "!22P02 invalid input syntax for type json | Expected \",\" or \"]\", but found \"2\"." },
	{ "json", -1, "1e5", "1e5" },
	{ "json", -1, "{\"a\":}", "!22P02 invalid input syntax for type json | Expected JSON value, but found \"}\"." },
	{ "json", -1, "1.50", "1.50" },
	{ "jsonb", -1, "{\"a\":{\"b\":{\"c\":[1,{\"d\":null}]}}}", "{\"a\": {\"b\": {\"c\": [1, {\"d\": null}]}}}" },
	{ "jsonb", -1, "\"x\"", "\"x\"" },
	{ "jsonb", -1, "[1 2]", "!22P02 invalid input syntax for type json | Expected \",\" or \"]\", but found \"2\"." },
	{ "jsonb", -1, "{\"a\": 1, \"b\": [1, 2]}", "{\"a\": 1, \"b\": [1, 2]}" },
	{ "jsonb", -1, "\"\\u0000\"", "!22P05 unsupported Unicode escape sequence | \\u0000 cannot be converted to text." },
	{ "jsonb", -1, "[1,]", "!22P02 invalid input syntax for type json | Expected JSON value, but found \"]\"." },
	{ "jsonb", -1, "{\"a\" 1}", "!22P02 invalid input syntax for type json | Expected \":\", but found \"1\"." },
	{ "jsonb", -1, "null", "null" },
	{ "timestamptz", -1, "20200101T123456", "2020-01-01 12:34:56+00" },
	{ "timestamptz", 3, "", "!22007 invalid input syntax for type timestamp with time zone: \"\"" },
	{ "timestamptz", 0, "2021-10-31 02:30:00 Europe/Berlin", "2021-10-31 01:30:00+00" },
	{ "timestamptz", -1, "2024-02-29 23:00:00", "2024-02-29 23:00:00+00" },
	{ "timestamptz", 3, "-infinity", "-infinity" },
	{ "timestamptz", -1, "2020-06-15 10:00:00 +02:00", "2020-06-15 08:00:00+00" },
	{ "timestamptz", 0, "4714-01-01 00:00:00 BC", "!22008 timestamp out of range: \"4714-01-01 00:00:00 BC\"" },
	{ "timestamptz", 0, "2000-02-29 01:02:03", "2000-02-29 01:02:03+00" },
	{ "timestamptz", 0, "2021-03-28 02:30:00 Europe/Berlin", "2021-03-28 01:30:00+00" },
	{ "timestamptz", -1, "1900-01-01 00:00:00", "1900-01-01 00:00:00+00" },
	{ "timestamptz", 0, "2020-06-15 10:00:00+02", "2020-06-15 08:00:00+00" },
	{ "timestamptz", 0, "2020-02-30 00:00:00", "!22008 date/time field value out of range: \"2020-02-30 00:00:00\"" },
	{ "timestamptz", 3, "2020-01-01 25:00:00", "!22008 date/time field value out of range: \"2020-01-01 25:00:00\"" },
	{ "timestamptz", 0, "2020-06-15 10:00:00-0330", "2020-06-15 13:30:00+00" },
	{ "int4[]", -1, "{a\\,b}", "!22P02 invalid input syntax for type integer: \"a,b\"" },
	{ "int4[]", -1, " {1} ", "{1}" },
	{ "int4[]", -1, "{,}", "!22P02 malformed array literal: \"{,}\" | Unexpected \",\" character." },
	{ "int4[]", -1, "{a,b}", "!22P02 invalid input syntax for type integer: \"a\"" },
	{ "int4[]", -1, "{\"NULL\"}", "!22P02 invalid input syntax for type integer: \"NULL\"" },
	{ "text[]", -1, "{\"a b\",\"c,d\"}", "{\"a b\",\"c,d\"}" },
	{ "text[]", -1, "{,1}", "!22P02 malformed array literal: \"{,1}\" | Unexpected \",\" character." },
	{ "text[]", -1, "", "!22P02 malformed array literal: \"\" | Array value must start with \"{\" or dimension information." },
	{ "text[]", -1, " {1} ", "{1}" },
	{ "text[]", -1, "{\"1\",\"2\"}", "{1,2}" },
	{ "numeric[]", -1, "{null}", "{NULL}" },
	{ "numeric[]", -1, "{t,f}", "!22P02 invalid input syntax for type numeric: \"t\"" },
	{ "numeric[]", -1, "{1,2,3}", "{1,2,3}" },
	{ "numeric[]", -1, "{", "!22P02 malformed array literal: \"{\" | Unexpected end of input." },
	{ "numeric[]", -1, "{{1},2}", "!22P02 malformed array literal: \"{{1},2}\" | Unexpected array element." },
	{ "bool[]", -1, "{\"NULL\"}", "!22P02 invalid input syntax for type boolean: \"NULL\"" },
	{ "bool[]", -1, "{\"1\",\"2\"}", "!22P02 invalid input syntax for type boolean: \"2\"" },
	{ "bool[]", -1, "{1.50,2}", "!22P02 invalid input syntax for type boolean: \"1.50\"" },
	{ "bool[]", -1, "{1,2,3}", "!22P02 invalid input syntax for type boolean: \"2\"" },
	{ "bool[]", -1, "{t,f}", "{t,f}" },
	{ "uuid[]", -1, "{,}", "!22P02 malformed array literal: \"{,}\" | Unexpected \",\" character." },
	{ "uuid[]", -1, "{\303\244,\346\227\245\346\234\254}", "!22P02 invalid input syntax for type uuid: \"\303\244\"" },
	{ "uuid[]", -1, "{a,b}", "!22P02 invalid input syntax for type uuid: \"a\"" },
	{ "uuid[]", -1, "{\"1\",\"2\"}", "!22P02 invalid input syntax for type uuid: \"1\"" },
	{ "uuid[]", -1, "", "!22P02 malformed array literal: \"\" | Array value must start with \"{\" or dimension information." },
	{ "jsonb[]", -1, "{t,f}", "!22P02 invalid input syntax for type json | Token \"t\" is invalid." },
	{ "jsonb[]", -1, "{{1},2}", "!22P02 malformed array literal: \"{{1},2}\" | Unexpected array element." },
	{ "jsonb[]", -1, "{null}", "{NULL}" },
	{ "jsonb[]", -1, "{{},{}}", "!22P02 malformed array literal: \"{{},{}}\" | Unexpected \"}\" character." },
	{ "jsonb[]", -1, "}", "!22P02 malformed array literal: \"}\" | Array value must start with \"{\" or dimension information." },
	{ "date[]", -1, "{1.50,2}", "!22007 invalid input syntax for type date: \"1.50\"" },
	{ "date[]", -1, "{\"\"}", "!22007 invalid input syntax for type date: \"\"" },
	{ "date[]", -1, "{,1}", "!22P02 malformed array literal: \"{,1}\" | Unexpected \",\" character." },
	{ "date[]", -1, "{{1,2}}", "!22007 invalid input syntax for type date: \"1\"" },
	{ "date[]", -1, "}", "!22P02 malformed array literal: \"}\" | Array value must start with \"{\" or dimension information." },
	{ "float8[]", -1, "{2,1}", "{2,1}" },
	{ "float8[]", -1, "{1,{2}}", "!22P02 malformed array literal: \"{1,{2}}\" | Unexpected \"{\" character." },
	{ "float8[]", -1, "abc", "!22P02 malformed array literal: \"abc\" | Array value must start with \"{\" or dimension information." },
	{ "float8[]", -1, "{a b}", "!22P02 invalid input syntax for type double precision: \"a b\"" },
	{ "float8[]", -1, "}", "!22P02 malformed array literal: \"}\" | Array value must start with \"{\" or dimension information." },
	{ "int8[]", -1, "{1,{2}}", "!22P02 malformed array literal: \"{1,{2}}\" | Unexpected \"{\" character." },
	{ "int8[]", -1, "{t,f}", "!22P02 invalid input syntax for type bigint: \"t\"" },
	{ "int8[]", -1, "{{{{{{{1}}}}}}}", "!54000 number of array dimensions (7) exceeds the maximum allowed (6)" },
	{ "int8[]", -1, "{{},{}}", "!22P02 malformed array literal: \"{{},{}}\" | Unexpected \"}\" character." },
	{ "int8[]", -1, "{1,2,3}", "{1,2,3}" },
	{ "bytea[]", -1, "{1,2,3}", "{\"\\\\x31\",\"\\\\x32\",\"\\\\x33\"}" },
	{ "bytea[]", -1, "{1,2}x", "!22P02 malformed array literal: \"{1,2}x\" | Junk after closing right brace." },
	{ "bytea[]", -1, " {1} ", "{\"\\\\x31\"}" },
	{ "bytea[]", -1, "", "!22P02 malformed array literal: \"\" | Array value must start with \"{\" or dimension information." },
	{ "bytea[]", -1, "{1,{2}}", "!22P02 malformed array literal: \"{1,{2}}\" | Unexpected \"{\" character." },
	{ "timestamptz[]", -1, "{\"1\",\"2\"}", "!22007 invalid input syntax for type timestamp with time zone: \"1\"" },
	{ "timestamptz[]", -1, "{1,1,2}", "!22007 invalid input syntax for type timestamp with time zone: \"1\"" },
	{ "timestamptz[]", -1, "{{},{}}", "!22P02 malformed array literal: \"{{},{}}\" | Unexpected \"}\" character." },
	{ "timestamptz[]", -1, "{\\a}", "!22007 invalid input syntax for type timestamp with time zone: \"a\"" },
	{ "timestamptz[]", -1, "{{1},2}", "!22P02 malformed array literal: \"{{1},2}\" | Unexpected array element." },
};

static const struct {
	const char *type;
	int typmod;
	const char *text, *expected;
} jsons[] = {
	{ "bool", -1, "TRUE", "true" },
	{ "bool", -1, "1", "true" },
	{ "bool", -1, "tr", "true" },
	{ "int2", -1, "32767", "32767" },
	{ "int4", -1, "0", "0" },
	{ "int8", -1, " 5", "5" },
	{ "int8", -1, "-9223372036854775808", "-9223372036854775808" },
	{ "int8", -1, "1", "1" },
	{ "oid", -1, "1", "\"1\"" },
	{ "oid", -1, "0", "\"0\"" },
	{ "float4", -1, "999999", "999999" },
	{ "float4", -1, "100000", "100000" },
	{ "float4", -1, "Infinity", "\"Infinity\"" },
	{ "float4", -1, "1", "1" },
	{ "float8", -1, "1.0", "1" },
	{ "float8", -1, "-2.5", "-2.5" },
	{ "float8", -1, "0.30000000000000004", "0.30000000000000004" },
	{ "float8", -1, "1e300", "1e+300" },
	{ "numeric", -1, "1E+3", "1000" },
	{ "numeric", -1, "1e5", "100000" },
	{ "numeric", -1, "1", "1" },
	{ "numeric", -1, "1e-5", "0.00001" },
	{ "text", -1, "foo.bar", "\"foo.bar\"" },
	{ "text", -1, "abcabc", "\"abcabc\"" },
	{ "text", -1, "say \"hi\"", "\"say \\\"hi\\\"\"" },
	{ "text", -1, "{}", "\"{}\"" },
	{ "varchar", -1, "\316\221\316\243", "\"\316\221\316\243\"" },
	{ "varchar", -1, "Hello World", "\"Hello World\"" },
	{ "varchar", -1, "\304\260stanbul", "\"\304\260stanbul\"" },
	{ "varchar", -1, "\303\251\314\201", "\"\303\251\314\201\"" },
	{ "bpchar", -1, "\304\260stanbul", "\"\304\260stanbul\"" },
	{ "bpchar", -1, "back\\slash", "\"back\\\\slash\"" },
	{ "bpchar", -1, "a  ", "\"a  \"" },
	{ "citext", -1, " pad ", "\" pad \"" },
	{ "citext", -1, "Hello World", "\"Hello World\"" },
	{ "citext", -1, "a_b", "\"a_b\"" },
	{ "citext", -1, "", "\"\"" },
	{ "name", -1, "abc", "\"abc\"" },
	{ "name", -1, "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244", "\"\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\"" },
	{ "name", -1, "", "\"\"" },
	{ "name", -1, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"" },
	{ "uuid", -1, "a0eebc999c0b4ef8bb6d6bb9bd380a11", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"" },
	{ "uuid", -1, "00000000-0000-0000-0000-000000000000", "\"00000000-0000-0000-0000-000000000000\"" },
	{ "uuid", -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\"" },
	{ "date", -1, "08-Jan-1999", "\"1999-01-08\"" },
	{ "date", -1, "8 Jan 1999", "\"1999-01-08\"" },
	{ "date", -1, "08-Jan-99", "\"1999-01-08\"" },
	{ "date", -1, "10000-01-01", "\"10000-01-01\"" },
	{ "time", -1, "23:59:59.9999999", "\"24:00:00\"" },
	{ "time", -1, "12:34:60", "\"12:35:00\"" },
	{ "timetz", -1, "12:34:56 PST", "\"12:34:56-08\"" },
	{ "timetz", -1, "10:00:00+01:30:15", "\"10:00:00+01:30:15\"" },
	{ "timetz", -1, "12:34+05:30", "\"12:34:00+05:30\"" },
	{ "timestamp", -1, "2020-01-01 12:34:56.1234567", "\"2020-01-01T12:34:56.123457\"" },
	{ "timestamp", -1, "0044-03-15 12:00:00 BC", "\"0044-03-15T12:00:00 BC\"" },
	{ "timestamp", -1, "2000-02-29 01:02:03", "\"2000-02-29T01:02:03\"" },
	{ "timestamp", -1, "2020-01-01 1000", "\"2020-01-01T10:00:00\"" },
	{ "interval", -1, "12:34", "\"12:34:00\"" },
	{ "interval", -1, "-15 days", "\"-15 days\"" },
	{ "interval", -1, "1 century", "\"100 years\"" },
	{ "bytea", -1, "\\xDEADBEEF", "\"\\\\xdeadbeef\"" },
	{ "bytea", -1, "\\x616263", "\"\\\\x616263\"" },
	{ "bytea", -1, "\303\244", "\"\\\\xc3a4\"" },
	{ "json", -1, "{}", "{}" },
	{ "json", -1, "\"\303\244\"", "\"\303\244\"" },
	{ "json", -1, "{\"a\": 1, \"b\": [1, 2]}", "{\"a\": 1, \"b\": [1, 2]}" },
	{ "jsonb", -1, "\"\\u00e9\"", "\"\303\251\"" },
	{ "jsonb", -1, "[null]", "[null]" },
	{ "timestamptz", -1, "20200101 123456", "\"2020-01-01T12:34:56+00:00\"" },
	{ "timestamptz", -1, "2020-01-01 at 10:00", "\"2020-01-01T10:00:00+00:00\"" },
	{ "int4[]", -1, "{1,NULL,3}", "[1,null,3]" },
	{ "text[]", -1, "{t,f}", "[\"t\",\"f\"]" },
	{ "text[]", -1, "{2020-01-01}", "[\"2020-01-01\"]" },
	{ "text[]", -1, " {1} ", "[\"1\"]" },
	{ "text[]", -1, "{\"a b\",\"c,d\"}", "[\"a b\",\"c,d\"]" },
	{ "numeric[]", -1, "{1,NULL,3}", "[1,null,3]" },
	{ "bool[]", -1, "{NULL}", "[null]" },
	{ "jsonb[]", -1, "{2,1}", "[2,1]" },
	{ "float8[]", -1, "{1.50,2}", "[1.5,2]" },
	{ "int8[]", -1, " {1} ", "[1]" },
	{ "int8[]", -1, "{\"1\",\"2\"}", "[1,2]" },
	{ "bytea[]", -1, "{t,f}", "[\"\\\\x74\",\"\\\\x66\"]" },
	{ "bytea[]", -1, "{2020-01-01}", "[\"\\\\x323032302d30312d3031\"]" },
};

static const struct {
	const char *type, *a, *b;
	int expected;
} orders[] = {
	{ "bool", "no", "of", 0 },
	{ "bool", "false", "TRUE", -1 },
	{ "bool", "1", "off", 1 },
	{ "bool", "TRUE", "on", 0 },
	{ "int2", "-1", " 7 ", -1 },
	{ "int2", "-32768", " 7 ", -1 },
	{ "int2", "1", "-32768", 1 },
	{ "int2", "-32768", " 7 ", -1 },
	{ "int4", "-1", " 7 ", -1 },
	{ "int4", "-1", "2147483647", -1 },
	{ "int4", "0", "1", -1 },
	{ "int4", "1", "0", 1 },
	{ "int8", "0", "1234567890123", -1 },
	{ "int8", " 5", " 5", 0 },
	{ "int8", "9223372036854775807", "1", 1 },
	{ "int8", "1234567890123", "-1", 1 },
	{ "oid", "0", "4294967295", -1 },
	{ "oid", "0", "4294967295", -1 },
	{ "oid", "0", "1", -1 },
	{ "oid", "0", "4294967295", -1 },
	{ "float4", "0.0001", "3.4028235e38", -1 },
	{ "float4", "16777217", "Infinity", -1 },
	{ "float4", "0.0001", "1", -1 },
	{ "float4", "-inf", "1e-45", -1 },
	{ "float8", "2.5", "1e14", -1 },
	{ "float8", "1e15", "0.1", 1 },
	{ "float8", "0.0001", "-Infinity", 1 },
	{ "float8", "1.7976931348623157e308", "0", 1 },
	{ "numeric", "3", " 4 ", -1 },
	{ "numeric", "-0.0", "0", 0 },
	{ "numeric", "0.00", "-inf", 1 },
	{ "numeric", "0.000000000000000000001", "123456789.987654321", -1 },
	{ "text", "a b  c", "aaa", -1 },
	{ "text", "a b  c", "say \"hi\"", -1 },
	{ "text", " pad ", "{}", -1 },
	{ "text", "{}", "\304\260stanbul", -1 },
	{ "varchar", "100%", "100%", 0 },
	{ "varchar", "stra\303\237e", "\316\221\316\243", -1 },
	{ "varchar", "{}", "ABC", 1 },
	{ "varchar", "\316\221\316\243", "say \"hi\"", 1 },
	{ "bpchar", "{}", "x,y,z", 1 },
	{ "bpchar", "Hello World", "\316\221\316\243", -1 },
	{ "bpchar", "a_b", "abc", -1 },
	{ "bpchar", "\316\221\316\243", "\303\244", 1 },
	{ "citext", "x,y,z", "back\\slash", 1 },
	{ "citext", "null", "{}", -1 },
	{ "citext", "{}", "aBC", 1 },
	{ "citext", "{}", "\303\204\303\226\303\234", -1 },
	{ "name", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "", 1 },
	{ "name", "", "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244", -1 },
	{ "name", "", "", 0 },
	{ "name", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "abc", 1 },
	{ "uuid", "a0eebc999c0b4ef8bb6d6bb9bd380a11", "{a0eebc99-9c0b4ef8-bb6d6bb9-bd380a11}", 0 },
	{ "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", 0 },
	{ "uuid", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", "00000000-0000-0000-0000-000000000000", 1 },
	{ "uuid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "ffffffff-ffff-ffff-ffff-ffffffffffff", -1 },
	{ "date", "2020-01-01T10:00:00Z", "Jan-08-1999", 1 },
	{ "date", "01/02/03", "2020-01-01", -1 },
	{ "date", "infinity", "January 8, 1999", 1 },
	{ "date", "Jan-08-1999", "01/02/03", -1 },
	{ "time", "24:00:00", "12:34", 1 },
	{ "time", "allballs", "00:00:00", 0 },
	{ "time", "24:00:00", "12:34:56.789", 1 },
	{ "time", "04:05:06 PST", "12:34:60", -1 },
	{ "timetz", "12:34:56", "12:34:56+02", 1 },
	{ "timetz", "12:34:56+02", "02:00:00+01", 1 },
	{ "timetz", "12:34:56", "02:00:00+01", 1 },
	{ "timetz", "02:00:00+01", "12:34:56 PST", -1 },
	{ "timestamp", "20200101T123456", "2020-01-01 10:10:10.5", 1 },
	{ "timestamp", "2020-01-01 10:10:10.5", "2020-01-01 00:00:00+02", 1 },
	{ "timestamp", "2020-01-01 00:00:00 PST", "2020-01-01T00:00:00Z", 0 },
	{ "timestamp", "10000-01-01 00:00:00", "epoch", 1 },
	{ "interval", "1 day -01:00:00", "00:00:00", 1 },
	{ "interval", "1 hour 30 minutes", "@ 1 minute", 1 },
	{ "interval", "1 day 02:03:04", "1 week", -1 },
	{ "interval", "24:00:00", "7 us", 1 },
	{ "bytea", "\\xDEADBEEF", "\303\244", 1 },
	{ "bytea", "\\x00ff", "\\x 00 ff", 0 },
	{ "bytea", "\\x", "", 0 },
	{ "bytea", "\\x616263", "abc", 0 },
	{ "jsonb", "-0", "[{}]", -1 },
	{ "jsonb", "{\"a\": 1, \"b\": [1, 2]}", " { \"a\" : 1 } ", 1 },
	{ "jsonb", "[\"\\\"\\\\\"]", "{\"\":1}", -1 },
	{ "jsonb", "[]", "[]", 0 },
	{ "timestamptz", "2000-02-29 01:02:03", "2020-06-15 10:00:00 America/New_York", -1 },
	{ "timestamptz", "2020-06-15 10:00:00+05:30", "294276-12-31 23:59:59", -1 },
	{ "timestamptz", "2050-07-01 00:00 Europe/Berlin", "2000-02-29 01:02:03", 1 },
	{ "timestamptz", "10000-01-01 00:00:00", "2020-01-01 00:00:00 PST", 1 },
	{ "int4[]", "{1}", "{{1,2}}", -1 },
	{ "int4[]", " {1} ", "{1,1,2}", -1 },
	{ "int4[]", "{2,1}", "[1:2]={1,2}", 1 },
	{ "int4[]", "{\"1\",\"2\"}", "{\"1\",\"2\"}", 0 },
	{ "text[]", "{1,1,2}", "{1}", 1 },
	{ "text[]", "{a\\\\b}", "{\"NULL\"}", 1 },
	{ "text[]", "{2020-01-01}", "{\"a b\",\"c,d\"}", -1 },
	{ "text[]", "{a,b}", "{\303\244,\346\227\245\346\234\254}", -1 },
	{ "numeric[]", "{1,1,2}", "{}", 1 },
	{ "numeric[]", "[1:2]={1,2}", "[1:2]={1,2}", 0 },
	{ "numeric[]", "{\"1\",\"2\"}", "{}", 1 },
	{ "numeric[]", "{null}", "{1}", 1 },
	{ "jsonb[]", "{1,NULL,3}", "{{1,2}}", 1 },
	{ "date[]", "{NULL}", "{null}", 0 },
	{ "float8[]", "{null}", "{1,2,3}", 1 },
	{ "float8[]", "{{1,2}}", "[1:2]={1,2}", 1 },
	{ "float8[]", "{1,1,2}", "{1,1,2}", 0 },
	{ "float8[]", "{NULL}", "{NULL}", 0 },
	{ "int8[]", "{1,NULL,3}", "{1,1,2}", 1 },
	{ "int8[]", " {1} ", " {1} ", 0 },
	{ "int8[]", "[1:2]={1,2}", "{1}", 1 },
	{ "bytea[]", "{1,2,3}", "{null}", -1 },
	{ "bytea[]", "{2020-01-01}", "{{1,2},{3,4}}", 1 },
	{ "bytea[]", "{1,NULL,3}", "{t,f}", -1 },
	{ "bytea[]", "[1:2]={1,2}", "{\\a}", -1 },
};

static const struct {
	const char *from, *to;
	int typmod;
	const char *text, *expected;
} casts[] = {
	{ "varchar", "bpchar", -1, "NULL", "NULL" },
	{ "date", "text", -1, "4715-01-01 BC", "!22008 date out of range: \"4715-01-01 BC\"" },
	{ "jsonb", "bool", -1, "{\"a\":1", "!22P02 invalid input syntax for type json | The input string ended unexpectedly." },
	{ "date", "text", -1, "8 Jan 1999", "1999-01-08" },
	{ "numeric", "int4", -1, "3.5", "4" },
	{ "numeric[]", "int4[]", -1, "}", "!22P02 malformed array literal: \"}\" | Array value must start with \"{\" or dimension information." },
	{ "uuid", "int4", -1, "", "!22P02 invalid input syntax for type uuid: \"\"" },
	{ "int4[]", "text[]", -1, "{2,1}", "{2,1}" },
	{ "numeric", "float8", -1, "1e-5", "1e-05" },
	{ "json", "jsonb", -1, "{\"a\":null}", "{\"a\": null}" },
	{ "bool", "int8", -1, "0", "!42846 cannot cast type boolean to bigint" },
	{ "numeric[]", "int4[]", -1, "{,}", "!22P02 malformed array literal: \"{,}\" | Unexpected \",\" character." },
	{ "numeric[]", "int4[]", -1, "{\303\244,\346\227\245\346\234\254}", "!22P02 invalid input syntax for type numeric: \"\303\244\"" },
	{ "text", "bpchar", 7, "", "   " },
	{ "float8", "int2", -1, "1e-400", "!22003 \"1e-400\" is out of range for type double precision" },
	{ "date", "time", -1, "Jan-08-99", "!42846 cannot cast type date to time without time zone" },
	{ "jsonb", "bool", -1, "[1 2]", "!22P02 invalid input syntax for type json | Expected \",\" or \"]\", but found \"2\"." },
	{ "int4", "int2", -1, "2147483647", "!22003 smallint out of range" },
	{ "int4", "bool", -1, "abc", "!22P02 invalid input syntax for type integer: \"abc\"" },
	{ "interval", "time", -1, "00:00:00", "00:00:00" },
	{ "json", "int4", -1, "{\"a\":{\"b\":{\"c\":[1,{\"d\":null}]}}}", "!42846 cannot cast type json to integer" },
	{ "date", "time", -1, "Jan-08-1999", "!42846 cannot cast type date to time without time zone" },
	{ "timestamp", "timestamp", -1, "abc", "!22007 invalid input syntax for type timestamp: \"abc\"" },
	{ "int4", "bool", -1, "99999999999999999999999", "!22003 value \"99999999999999999999999\" is out of range for type integer" },
	{ "interval", "time", -1, "-1 mon +1 day", "00:00:00" },
	{ "jsonb", "int4", -1, "-", "!22P02 invalid input syntax for type json | Token \"-\" is invalid." },
	{ "float8", "numeric", -1, "0.5", "0.5" },
	{ "int4[]", "text", -1, "abc", "!22P02 malformed array literal: \"abc\" | Array value must start with \"{\" or dimension information." },
	{ "int8", "int4", -1, "-9223372036854775809", "!22003 value \"-9223372036854775809\" is out of range for type bigint" },
	{ "int8", "oid", -1, "", "!22P02 invalid input syntax for type bigint: \"\"" },
	{ "float8", "int4", -1, "0.00001", "0" },
	{ "timestamp", "date", -1, "294276-12-31 23:59:59", "294276-12-31" },
	{ "text", "date", -1, "x,y,z", "!22007 invalid input syntax for type date: \"x,y,z\"" },
	{ "bpchar", "text", -1, "{}", "{}" },
	{ "float8", "numeric", 327686, "-0", "0.00" },
	{ "timestamp", "timestamp", -1, "294276-12-31 23:59:59", "294276-12-31 23:59:59" },
	{ "bool", "int8", -1, "y", "!42846 cannot cast type boolean to bigint" },
	{ "timestamptz", "timestamp", -1, "2020-06-15 10:00:00 GMT+3", "2020-06-15 13:00:00" },
	{ "interval", "text", -1, "1 week", "7 days" },
	{ "text", "bytea", -1, "o'brien", "\\x6f27627269656e" },
	{ "citext", "text", -1, "ABC", "ABC" },
	{ "int4", "uuid", -1, "1.5", "!22P02 invalid input syntax for type integer: \"1.5\"" },
	{ "timestamp", "date", -1, "Sat Jan 04 10:00:00 2020", "2020-01-04" },
	{ "jsonb", "bool", -1, "{\"a\":1,}", "!22P02 invalid input syntax for type json | Expected string, but found \"}\"." },
	{ "int4[]", "text[]", -1, "{t,f}", "!22P02 invalid input syntax for type integer: \"t\"" },
	{ "numeric", "float4", -1, "12345.67890", "12345.679" },
	{ "text", "int4", -1, "abcabc", "!22P02 invalid input syntax for type integer: \"abcabc\"" },
	{ "text", "bool", -1, "abcabc", "!22P02 invalid input syntax for type boolean: \"abcabc\"" },
	{ "citext", "text", -1, "\316\221\316\243", "\316\221\316\243" },
	{ "int4", "varchar", 5, "1", "1" },
	{ "text", "citext", -1, "x,y,z", "x,y,z" },
	{ "float8", "int4", -1, " 1 ", "1" },
	{ "float4", "numeric", -1, "16777217", "16777200" },
	{ "numeric", "int2", -1, "1E+3", "1000" },
	{ "uuid", "text", -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "!22P02 invalid input syntax for type uuid: \"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1\"" },
	{ "text", "name", -1, "\303\204\303\226\303\234", "\303\204\303\226\303\234" },
	{ "text", "bpchar", -1, "NULL", "NULL" },
	{ "jsonb", "float8", -1, "1E+5", "100000" },
	{ "text[]", "int4[]", -1, "{1.50,2}", "!22P02 invalid input syntax for type integer: \"1.50\"" },
	{ "jsonb", "numeric", -1, "\"\\ud83d\\ude00\"", "!22023 cannot cast jsonb string to type numeric" },
	{ "numeric", "int4", -1, "1000000000000", "!22003 integer out of range" },
	{ "interval", "text", -1, "10 seconds", "00:00:10" },
	{ "int4", "int2", -1, "", "!22P02 invalid input syntax for type integer: \"\"" },
	{ "numeric", "text", -1, "-2.5", "-2.5" },
	{ "float8", "numeric", 327686, "123456789012345", "!22003 numeric field overflow | A field with precision 5, scale 2 must round to an absolute value less than 10^3." },
	{ "text", "int4[]", -1, "o'brien", "!22P02 malformed array literal: \"o'brien\" | Array value must start with \"{\" or dimension information." },
	{ "timestamptz", "text", -1, "2020-06-15 10:00:00 America/New_York", "2020-06-15 14:00:00+00" },
	{ "text", "int4", -1, "new\012line", "!22P02 invalid input syntax for type integer: \"new\012line\"" },
	{ "json", "int4", -1, "[1,\"a\",true,null,{\"x\":1}]", "!42846 cannot cast type json to integer" },
	{ "date", "timestamptz", -1, "4715-01-01 BC", "!22008 date out of range: \"4715-01-01 BC\"" },
	{ "json", "jsonb", -1, "100", "100" },
	{ "timestamp", "time", -1, "2020-01-01 1000", "10:00:00" },
	{ "uuid", "text", -1, "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11" },
	{ "float8", "int8", -1, "0.30000000000000004", "0" },
	{ "timestamp", "time", -1, "2020-01-01T00:00:00Z", "00:00:00" },
	{ "numeric[]", "int4[]", -1, "{\"NULL\"}", "!22P02 invalid input syntax for type numeric: \"NULL\"" },
	{ "float4", "numeric", -1, "1", "1" },
	{ "text", "int4[]", -1, "aaa", "!22P02 malformed array literal: \"aaa\" | Array value must start with \"{\" or dimension information." },
	{ "numeric", "int8", -1, "0", "0" },
	{ "json", "jsonb", -1, "[1]]", "!22P02 invalid input syntax for type json | Expected end of input, but found \"]\"." },
	{ "date", "text", -1, "2020-01-01 foo", "!22007 invalid input syntax for type date: \"2020-01-01 foo\"" },
	{ "jsonb", "int8", -1, "1e5", "100000" },
	{ "int4[]", "int8[]", -1, "{1.50,2}", "!22P02 invalid input syntax for type integer: \"1.50\"" },
	{ "jsonb", "text", -1, "[1,2,3]", "[1, 2, 3]" },
	{ "int4", "int8", -1, "1", "1" },
	{ "numeric", "int4", -1, "1e5", "100000" },
	{ "date", "timestamp", -1, "Jan-08-1999", "1999-01-08 00:00:00" },
	{ "jsonb", "int4", -1, "\"\\ud83d\\ude00\"", "!22023 cannot cast jsonb string to type integer" },
	{ "int4[]", "text", -1, "{}", "{}" },
	{ "bool", "varchar", 6, "TRUE", "tr" },
	{ "float8", "int2", -1, "+inf", "!22003 smallint out of range" },
	{ "jsonb", "numeric", -1, "\"\\/\\b\"", "!22023 cannot cast jsonb string to type numeric" },
	{ "int4[]", "int8[]", -1, "{,}", "!22P02 malformed array literal: \"{,}\" | Unexpected \",\" character." },
	{ "date", "timestamptz", -1, "2020-1-1", "2020-01-01 00:00:00+00" },
	{ "timestamp", "timestamptz", -1, "2000-02-29 01:02:03", "2000-02-29 01:02:03+00" },
	{ "date", "timestamp", -1, "-infinity", "-infinity" },
	{ "float8", "int2", -1, "abc", "!22P02 invalid input syntax for type double precision: \"abc\"" },
	{ "bool", "text", -1, "f", "false" },
	{ "int4[]", "text", -1, "{\"a}", "!22P02 malformed array literal: \"{\"a}\" | Unexpected end of input." },
	{ "text", "date", -1, "\303\244", "!22007 invalid input syntax for type date: \"\303\244\"" },
	{ "timestamptz", "text", -1, "infinity", "infinity" },
	{ "bool", "int4", -1, "1", "1" },
	{ "jsonb", "int8", -1, "{\"a\":null}", "!22023 cannot cast jsonb object to type bigint" },
	{ "interval", "time", -1, "1 decade", "00:00:00" },
	{ "jsonb", "bool", -1, ":", "!22P02 invalid input syntax for type json | Expected JSON value, but found \":\"." },
	{ "int4[]", "text[]", -1, "{1}", "{1}" },
	{ "timestamptz", "timestamp", -1, "2020-01-01 00:00:00", "2020-01-01 00:00:00" },
	{ "bpchar", "text", -1, "back\\slash", "back\\slash" },
	{ "numeric", "int8", -1, "inf", "!0A000 cannot convert infinity to bigint" },
	{ "timestamp", "timestamptz", -1, "2020-01-01 12:34:56.1234567", "2020-01-01 12:34:56.123457+00" },
	{ "numeric", "text", -1, "1.0", "1.0" },
	{ "jsonb", "text", -1, "-0.0", "0.0" },
	{ "float8", "text", -1, "1.0", "1" },
	{ "text", "varchar", 7, " pad ", " pa" },
	{ "int4[]", "text", -1, "{\"NULL\"}", "!22P02 invalid input syntax for type integer: \"NULL\"" },
	{ "date", "timestamp", -1, "1999.008", "1999-01-08 00:00:00" },
	{ "jsonb", "bool", -1, "\"\\ud83d\"", "!22P02 invalid input syntax for type json | Unicode low surrogate must follow a high surrogate." },
	{ "interval", "time", -1, "+1 day", "00:00:00" },
	{ "jsonb", "int4", -1, "nul", "!22P02 invalid input syntax for type json | Token \"nul\" is invalid." },
};
/* clang-format on */

static void check_input(int i)
{
	struct ctx c = { .arena = arena_new(0) };
	struct vtype t = row_type(inputs[i].type, inputs[i].typmod);
	struct datum v = datum_null();
	int failed = value_in(&c, &t, NULL, str_of(inputs[i].text), &v);
	check_result(&c, failed, &t, v, inputs[i].expected);
	arena_free(c.arena);
}

START_TEST(input)
{
	for (int i = 0; i < COUNT(inputs); i++)
		check_input(i);
}
END_TEST

/* What is stored prints and reads back as the same cell. */
static void check_stored_form(int i)
{
	struct ctx c = { .arena = arena_new(0) };
	struct vtype t = row_type(inputs[i].type, inputs[i].typmod);
	struct datum v, again;
	if (value_in(&c, &t, NULL, str_of(inputs[i].text), &v) == 0) {
		struct buf b = buf_make(1 << 20);
		value_out(&b, &t, NULL, v);
		ck_assert_int_eq(value_in(&c, &t, NULL, buf_view(&b), &again), 0);
		ck_assert_int_eq(v.kind, again.kind);
		ck_assert_int_eq(value_cmp(&t, v, again), 0);
		buf_free(&b);
	}
	arena_free(c.arena);
}

START_TEST(stored_form)
{
	for (int i = 0; i < COUNT(inputs); i++)
		check_stored_form(i);
}
END_TEST

static void check_json(int i)
{
	struct ctx c = { .arena = arena_new(0) };
	struct vtype t = row_type(jsons[i].type, jsons[i].typmod);
	struct datum v;
	ck_assert_int_eq(value_in(&c, &t, NULL, str_of(jsons[i].text), &v), 0);
	struct buf b = buf_make(1 << 20);
	value_to_json(&b, &t, NULL, v);
	buf_char(&b, 0);
	ck_assert_str_eq(b.p, jsons[i].expected);
	buf_free(&b);
	arena_free(c.arena);
}

START_TEST(json)
{
	for (int i = 0; i < COUNT(jsons); i++)
		check_json(i);
}
END_TEST

static void check_order(int i)
{
	struct ctx c = { .arena = arena_new(0) };
	struct vtype t = row_type(orders[i].type, -1);
	struct datum a, b;
	ck_assert_int_eq(value_in(&c, &t, NULL, str_of(orders[i].a), &a), 0);
	ck_assert_int_eq(value_in(&c, &t, NULL, str_of(orders[i].b), &b), 0);
	ck_assert_int_eq(value_cmp(&t, a, b), orders[i].expected);
	ck_assert_int_eq(value_cmp(&t, b, a), -orders[i].expected);
	arena_free(c.arena);
}

START_TEST(order)
{
	for (int i = 0; i < COUNT(orders); i++)
		check_order(i);
}
END_TEST

static void check_cast(int i)
{
	struct ctx c = { .arena = arena_new(0) };
	struct vtype from = row_type(casts[i].from, -1);
	struct vtype to = row_type(casts[i].to, casts[i].typmod);
	struct datum v = datum_null();
	int failed = value_in(&c, &from, NULL, str_of(casts[i].text), &v);
	if (failed == 0)
		failed = value_cast(&c, &from, &to, NULL, true, v, &v);
	check_result(&c, failed, &to, v, casts[i].expected);
	arena_free(c.arena);
}

START_TEST(cast)
{
	for (int i = 0; i < COUNT(casts); i++)
		check_cast(i);
}
END_TEST

/* Timestamps of every era are stored so that their bytes sort as their times. */
START_TEST(stored_timestamps_sort_as_bytes)
{
	static const char *const rising[] = { "-infinity",     "4713-01-01 BC",
					      "0044-03-15 BC", "0001-12-31 BC",
					      "0001-01-01",    "1969-12-31 23:59:59.999999",
					      "1970-01-01",    "9999-12-31 23:59:59",
					      "10000-01-01",   "294276-12-31",
					      "infinity" };
	struct ctx c = { .arena = arena_new(0) };
	struct vtype t = VTYPE(V_TIMESTAMPTZ);
	struct datum before, v;
	for (int i = 0; i < COUNT(rising); i++) {
		ck_assert_int_eq(value_in(&c, &t, NULL, str_of(rising[i]), &v), 0);
		if (i)
			ck_assert_msg(str_cmp(before.s, v.s) < 0, "%s", rising[i]);
		before = v;
	}
	arena_free(c.arena);
}
END_TEST

START_TEST(assignment_refuses_what_a_cast_cuts)
{
	struct ctx c = { .arena = arena_new(0) };
	struct vtype text = VTYPE(V_TEXT), v3 = VTYPE(V_VARCHAR);
	v3.typmod = 3 + 4;
	struct datum v;
	ck_assert_int_eq(value_cast(&c, &text, &v3, NULL, false, datum_text(STR("abcd")), &v), -1);
	ck_assert_str_eq(c.err.code, "22001");
	ck_assert_str_eq(c.err.message, "value too long for type character varying(3)");
	ck_assert_int_eq(value_cast(&c, &text, &v3, NULL, true, datum_text(STR("abcd")), &v), 0);
	ck_assert(str_is(v.s, "abc"));
	arena_free(c.arena);
}
END_TEST

START_TEST(enum_order_is_its_labels)
{
	static const struct str labels[] = { { "sad", 3 }, { "ok", 2 }, { "happy", 5 } };
	struct enum_labels mood = { { "mood", 4 }, labels, 3 };
	struct vtype t = VTYPE(V_ENUM);
	t.labels = &mood;
	struct ctx c = { .arena = arena_new(0) };
	struct datum v;
	ck_assert_int_eq(value_cmp(&t, datum_text(STR("ok")), datum_text(STR("happy"))), -1);
	ck_assert_int_eq(value_in(&c, &t, NULL, STR("glad"), &v), -1);
	ck_assert_str_eq(c.err.code, "22P02");
	ck_assert_str_eq(c.err.message, "invalid input value for enum mood: \"glad\"");
	arena_free(c.arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("value_io");
	TCase *cases = tcase_create("io");
	tcase_add_test(cases, input);
	tcase_add_test(cases, stored_form);
	tcase_add_test(cases, json);
	tcase_add_test(cases, order);
	tcase_add_test(cases, cast);
	tcase_add_test(cases, stored_timestamps_sort_as_bytes);
	tcase_add_test(cases, assignment_refuses_what_a_cast_cuts);
	tcase_add_test(cases, enum_order_is_its_labels);
	suite_add_tcase(suite, cases);
	return harness_run(suite);
}
