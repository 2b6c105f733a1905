"""How each row of the function table is written in SQL, and what its arguments
are drawn from when the type's literals alone would rarely hit.

A value is the SQL name, or a template with {0} {1} … and {all}, or a pair
(template, {argument position: literals, "T": types})."""

SQL = {n: n for n in """
int2pl int2mi int2mul int2div int2mod int4pl int4mi int4mul int4div int4mod int24pl int24mi
int24mul int24div int42pl int42mi int42mul int42div int8pl int8mi int8mul int8div int8mod int84pl
int84mi int84mul int84div int48pl int48mi int48mul int48div int28pl int28mi int28mul int28div
int82pl int82mi int82mul int82div int2um int4um int8um int2abs int4abs int8abs int4and int4or
int4xor int4not int4shl int4shr int8and int8or int8xor int8not int8shl int8shr float4pl float4mi
float4mul float4div float8pl float8mi float8mul float8div float48pl float48mi float48mul float48div
float84pl float84mi float84mul float84div float4um float8um float4abs float8abs dround dtrunc dceil
dfloor dsign dsqrt dcbrt dexp dlog1 dlog10 dpow degrees radians
""".split()}
SQL.update({"int4gcd": "gcd", "int8gcd": "gcd", "int4lcm": "lcm", "int8lcm": "lcm",
            "to_hex32": "to_hex", "to_hex64": "to_hex", "dround": "round", "dtrunc": "trunc",
            "dceil": "ceil", "dfloor": "floor", "dsign": "sign", "dsqrt": "sqrt",
            "dcbrt": "cbrt", "dexp": "exp", "dlog1": "ln", "dlog10": "log", "dpow": "power",
            "dsin": "sin", "dcos": "cos", "dtan": "tan", "dasin": "asin", "dacos": "acos",
            "datan": "atan", "datan2": "atan2", "dpi": "pi"})

SQL.update({n: n for n in """
numeric_add numeric_sub numeric_mul numeric_div numeric_mod numeric_uminus numeric_inc numeric_abs
int2and int2or int2xor int2not int2shl int2shr int4inc
timestamp_pl_interval timestamp_mi_interval interval_pl_timestamp timestamptz_pl_interval
timestamptz_mi_interval interval_pl_timestamptz date_pl_interval date_mi_interval interval_pl_date
date_pli date_mii integer_pl_date date_mi timestamp_mi timestamptz_mi time_pl_interval
interval_pl_time time_mi_interval timetz_pl_interval interval_pl_timetz timetz_mi_interval
time_mi_time datetime_timestamp timedate_pl datetimetz_timestamptz timetzdate_pl
interval_pl interval_mi interval_um interval_mul mul_d_interval interval_div make_date make_time
""".split()})
# exponents and logarithms: the fourth digit group of a huge result differs by design limits
SMALL = ["0", "1", "2", "3", "-1", "-2.5", "0.5", "1.5", "10", "100.00", "0.001", "7.25",
         "123.456", "1e-5", "NaN", "Infinity", "-Infinity", "2.718281828459045", "20", "0.999"]
FIELDS = ["year", "month", "day", "hour", "minute", "second", "milliseconds", "microseconds",
          "week", "quarter", "decade", "century", "millennium", "dow", "isodow", "doy", "isoyear",
          "julian", "epoch", "timezone", "timezone_hour", "timezone_minute", "YEAR", "foo", "days"]
ZONES = ["UTC", "utc", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "EST", "PST", "+02",
         "-03:30", "Foo/Bar", "", "europe/berlin", "Asia/Tokyo", "GMT", "CEST", "<+02>-02"]
INTS = ["0", "1", "-1", "5", "12", "13", "2020", "-44", "29", "31", "60", "24", "59"]
SECS = ["0", "1.5", "59.999999", "60", "61", "-1", "0.0000001"]
SQL.update({
    "numeric_div_trunc": "div", "numeric_uplus": "+ {0}",
    "numeric_power": ("power", {0: SMALL, 1: SMALL}), "numeric_log": ("log", {0: SMALL, 1: SMALL}),
    "numeric_sqrt": "sqrt", "numeric_exp": ("exp", {0: SMALL}), "numeric_ln": "ln",
    "log": "log", "log10": "log10", "numeric_sign": "sign", "numeric_ceil": "ceil",
    "numeric_floor": "floor", "round": "round", "trunc": "trunc",
    "numeric_round": ("round", {1: ["0", "1", "2", "-1", "-2", "5", "-5", "100"]}),
    "numeric_trunc": ("trunc", {1: ["0", "1", "2", "-1", "-2", "5", "-5", "100"]}),
    "numeric_trim_scale": "trim_scale", "numeric_scale": "scale",
    "numeric_min_scale": "min_scale",
    "numeric_gcd": ("gcd", {0: SMALL, 1: SMALL}), "numeric_lcm": ("lcm", {0: SMALL, 1: SMALL}),
    "numeric_fac": ("factorial", {0: ["0", "1", "5", "20", "100", "-1"]}),
    "width_bucket_numeric": ("width_bucket", {0: SMALL, 1: SMALL, 2: SMALL,
                                              3: ["1", "5", "0", "-1"]}),
    "width_bucket_float8": ("width_bucket", {3: ["1", "5", "0", "-1"]}),
    "int2up": "+ {0}", "int4up": "+ {0}", "int8up": "+ {0}", "float4up": "+ {0}",
    "float8up": "+ {0}", "dcot": "cot", "dsinh": "sinh", "dcosh": "cosh", "dtanh": "tanh",
    "datetime_timestamp": "{0} + {1}", "datetimetz_timestamptz": "{0} + {1}",
    "timestamp_age": "age", "timestamptz_age": "age", "age": "skip", "now": "skip",
    "localtimestamp": "skip", "current_date": "skip", "localtime": "skip",
    "current_time": "skip",
    "timestamp_zone": ("timezone", {0: ZONES}), "timestamptz_zone": ("timezone", {0: ZONES}),
    "timestamp_izone": "timezone", "timestamptz_izone": "timezone",
    "timetz_zone": ("timezone", {0: ["UTC", "EST", "+02", "Asia/Tokyo"]}),
    "timetz_izone": "timezone",
    "timestamp_trunc": ("date_trunc", {0: FIELDS}), "timestamptz_trunc": ("date_trunc",
                                                                        {0: FIELDS}),
    "timestamptz_trunc_zone": ("date_trunc", {0: FIELDS, 2: ZONES}),
    "interval_trunc": ("date_trunc", {0: FIELDS}),
    "timestamp_bin": "date_bin", "timestamptz_bin": "date_bin",
    "make_date": ("make_date", {0: INTS, 1: INTS, 2: INTS}),
    "make_time": ("make_time", {0: INTS, 1: INTS, 2: SECS}),
    "make_timestamp": ("make_timestamp", {0: INTS, 1: INTS, 2: INTS, 3: INTS, 4: INTS, 5: SECS}),
    "make_timestamptz": ("make_timestamptz", {0: INTS, 1: INTS, 2: INTS, 3: INTS, 4: INTS,
                                              5: SECS}),
    "make_timestamptz_at_timezone": ("make_timestamptz", {
        0: INTS, 1: INTS, 2: INTS, 3: INTS, 4: INTS, 5: SECS, 6: ZONES}),
    "make_interval": ("make_interval", {0: INTS, 1: INTS, 2: INTS, 3: INTS, 4: INTS, 5: INTS,
                                        6: SECS}),
    "float8_timestamptz": ("to_timestamp", {0: ["0", "1", "1.5", "1700000000.123456", "-1e9",
                                               "1e15", "-1e15", "Infinity", "-Infinity"]}),
    "date_finite": "isfinite", "timestamp_finite": "isfinite", "interval_finite": "isfinite",
    "interval_justify_hours": "justify_hours", "interval_justify_days": "justify_days",
    "interval_justify_interval": "justify_interval",
})
for _t in ("timestamp", "timestamptz", "date", "time", "timetz", "interval"):
    SQL[_t + "_part"] = ("date_part", {0: FIELDS})
    SQL["extract_" + _t] = ("pg_catalog.extract", {0: FIELDS})
for _a in ("date", "timestamp", "timestamptz"):
    for _b in ("date", "timestamp", "timestamptz"):
        for _o in ("eq", "ne", "lt", "le", "gt", "ge"):
            SQL[f"{_a}_{_o}_{_b}"] = f"{_a}_{_o}_{_b}"

COUNTS = ["0", "1", "2", "3", "5", "-1", "-2", "10", "2147483647", "-2147483648"]
SMALL_COUNTS = ["0", "1", "2", "3", "5", "-1", "-2", "10"]
PARTS = ["a", "b", "ab", "", " ", ",", "ä", "l", "日", "abc", "o'", "\\", "x"]
SQL.update({n: n for n in """
lower upper initcap bit_length btrim ltrim rtrim repeat strpos replace split_part translate ascii
chr quote_ident quote_literal quote_nullable
""".split()})
SQL.update({
    "textlen": "length", "bpcharlen": "length", "textoctetlen": "octet_length",
    "bpcharoctetlen": "octet_length",
    "text_substr": ("substr", {1: COUNTS, 2: COUNTS}),
    "text_substr_no_len": ("substr", {1: COUNTS}),
    "text_left": ("left", {1: COUNTS}), "text_right": ("right", {1: COUNTS}),
    "btrim": ("btrim", {1: PARTS}), "ltrim": ("ltrim", {1: PARTS}), "rtrim": ("rtrim", {1: PARTS}),
    "btrim1": "btrim", "ltrim1": "ltrim", "rtrim1": "rtrim",
    "lpad": ("lpad", {1: SMALL_COUNTS, 2: PARTS}), "rpad": ("rpad", {1: SMALL_COUNTS, 2: PARTS}),
    "repeat": ("repeat", {1: SMALL_COUNTS}), "strpos": ("strpos", {1: PARTS}),
    "textpos": ("position({1} in {0})", {1: PARTS}), "replace_text": ("replace", {1: PARTS, 2: PARTS}),
    "replace": ("replace", {1: PARTS, 2: PARTS}),
    "split_part": ("split_part", {1: PARTS, 2: SMALL_COUNTS}),
    "split_text": ("split_part", {1: PARTS, 2: SMALL_COUNTS}),
    "text_starts_with": ("starts_with", {1: PARTS}), "text_reverse": "reverse",
    "translate": ("translate", {1: PARTS, 2: PARTS}),
    "chr": ("chr", {0: ["0", "-1", "65", "228", "26085", "128512", "55296", "1114112"]}),
    "textoverlay": ("overlay", {2: SMALL_COUNTS, 3: SMALL_COUNTS}),
    "textoverlay_no_len": ("overlay", {2: SMALL_COUNTS}),
    "texteq": "texteq", "citext_cmp": ("sign(citext_cmp({0}, {1}))::int", None),
    "text_concat": "concat", "text_concat_ws": ("concat_ws", None),
    "text_format": ("format", {0: ["%s", "%s %s", "%I", "%L", "%%", "%", "%z", "%1$s %1$s", "%2$s",
                                   "%10s|", "%-10s|", "%*s", "%s-%I-%L", "%3$s", "%0$s", "abc",
                                   "%-5L|", "%1$10s|"]}),
    "text_format_nv": ("format", {0: ["%s", "%%", "abc", "%", "x%%y"]}),
    "out": "skip", "pg_num_nulls": "num_nulls", "pg_num_nonnulls": "num_nonnulls",
    ("quote_literal", "t:TV"): ("quote_literal", None),
    ("quote_nullable", "t:TV"): ("quote_nullable", None),
})

LIKES = ["%", "_", "a%", "%c", "a_c", "%b%", "abc", "ABC%", "", "a\\%", "100\\%", "a\\_b", "\\",
         "abc\\", "%\\", "__", "%ä%", "Ä%", "日__", "%%", "_%_", "a\\b", "%x", "h%o%d"]
SUBJECTS = ["abc", "ABC", "abcabc", "foo bar baz", "a1b22c333", "", "ab", "aab", "xay",
                     "line1\nline2", "ÄÖÜäöü", "foo.bar", "a+b", "2020-01-02", "x=1;y=2", "aaa",
                     "The quick brown fox", "日本語", "a\\b", "abcd", "foobarbequebaz", "XY1234Z",
                     "  lead", "user@example.com", "a,b;c"]
REGEXES = ["abc", "^a", "c$", "^abc$", "a|ab", "(a|ab)(c|bcd)?", "a*", "a+?", "a{2}", "a{1,2}", "b*",
           "[abc]+", "[^a]+", "[[:digit:]]+", "\\d+", "\\w+", "\\s", "(\\d+)-(\\d+)", "(x)?(a)",
           "^\\s+|\\s+$", "\\.", "ä", "[ä-ü]", "(?i)ABC", "\\mfoo\\M", "\\yb", "(b[^b]+)(b[^b]+)",
           "Y*([0-9]{1,3})", "Y*?([0-9]{1,3})", "", "(", ")", "[", "a**", "*a", "a{2,1}", "a{300}",
           "[z-a]", "[[:foo:]]", "\\1", "(a)\\1", "\\x61", "\\u0061", "a.b", "e.q", "(?:a|b)c",
           "(?=b)b", "a(?!b)", "(?<=a)b", "x*", "\\q", "{", "a{,3}", "^[^@]+@[^@]+$", "[]a]",
           "[a-", "o+", "(.)(.)", ".*?b", "(a|ab|abc)", "***=a+b", "[\\d]+", "[\\w.]+", "\\Z", "a\\Z",
           "(a+|b+)*c"]
WITH = ["X", "", "\\1", "[\\&]", "\\\\", "\\2-\\1", "$1", "a\\b", "ä"]
FLAGS = ["g", "i", "gi", "", "n", "x", "q", "z", "c", "s"]
P3 = ["0", "1", "2", "3", "5", "100", "-1"]
for _n in ("textlike", "textnlike", "texticlike", "texticnlike", "bpcharlike", "bpcharnlike",
           "bpchariclike", "bpcharicnlike"):
    _op = {"like": "LIKE", "nlike": "NOT LIKE", "iclike": "ILIKE", "icnlike": "NOT ILIKE"}[
        _n.replace("text", "").replace("bpchar", "")]
    SQL[_n] = ((lambda op: lambda a: f"{a[0]} {op} {a[1]}" + (f" ESCAPE {a[2]}" if len(a) > 2
                                                             else ""))(_op),
               {1: LIKES, 2: ["\\", "", "x", "%", "xx", "ä"]})
for _n in ("textregexeq", "textregexne", "texticregexeq", "texticregexne", "bpcharregexeq",
           "bpcharregexne", "bpcharicregexeq", "bpcharicregexne"):
    SQL[_n] = (_n, {0: SUBJECTS, 1: REGEXES})
SIMILARS = ["abc", "a%", "%(b|d)%", "a_c", "(a|b)c", "[abc]+", "%\\%%", "a.c", "^abc$", "", "%x\"%",
            "a{3}", "[^a]%", "a\\"]
_S = {0: SUBJECTS, 1: REGEXES}
SQL.update({
    "like_escape": ("like_escape", {0: LIKES, 1: ["\\", "", "x", "%", "xx", "ä"]}),
    "similar_escape": ("similar_escape", {0: SIMILARS, 1: ["\\", "", "x", "#", "xx"]}),
    "similar_to_escape_1": ("similar_to_escape", {0: SIMILARS}),
    "similar_to_escape_2": ("similar_to_escape", {0: SIMILARS, 1: ["\\", "", "x", "#", "xx"]}),
    "textregexreplace_noopt": ("regexp_replace", {**_S, 2: WITH}),
    "textregexreplace": ("regexp_replace", {**_S, 2: WITH, 3: FLAGS}),
    "regexp_replace": "skip",
    "textregexreplace_extended_no_n": ("regexp_replace", {**_S, 2: WITH, 3: P3}),
    "textregexreplace_extended_no_flags": ("regexp_replace", {**_S, 2: WITH, 3: P3, 4: P3}),
    "textregexreplace_extended": ("regexp_replace", {**_S, 2: WITH, 3: P3, 4: P3, 5: FLAGS}),
    "textregexsubstr": ("substring", _S),
    "substring": ("substring", {0: SUBJECTS, 1: SIMILARS + ['%#"b_#"%', '#"%#"c'], 2: ["#", "\\"]}),
    "regexp_match_no_flags": ("regexp_match", _S), "regexp_match": ("regexp_match", {**_S, 2: FLAGS}),
    "regexp_matches_rows": "skip",
    "regexp_split_to_array_no_flags": ("regexp_split_to_array", _S),
    "regexp_split_to_array": ("regexp_split_to_array", {**_S, 2: FLAGS}),
    "regexp_like_no_flags": ("regexp_like", _S), "regexp_like": ("regexp_like", {**_S, 2: FLAGS}),
    "regexp_count_no_start": ("regexp_count", _S),
    "regexp_count_no_flags": ("regexp_count", {**_S, 2: P3}),
    "regexp_count": ("regexp_count", {**_S, 2: P3, 3: FLAGS}),
    "regexp_substr_no_start": ("regexp_substr", _S),
    "regexp_substr_no_n": ("regexp_substr", {**_S, 2: P3}),
    "regexp_substr_no_flags": ("regexp_substr", {**_S, 2: P3, 3: P3}),
    "regexp_substr_no_subexpr": ("regexp_substr", {**_S, 2: P3, 3: P3, 4: FLAGS}),
    "regexp_substr": ("regexp_substr", {**_S, 2: P3, 3: P3, 4: FLAGS, 5: P3}),
    "regexp_instr_no_start": ("regexp_instr", _S),
    "regexp_instr_no_n": ("regexp_instr", {**_S, 2: P3}),
    "regexp_instr_no_endoption": ("regexp_instr", {**_S, 2: P3, 3: P3}),
    "regexp_instr_no_flags": ("regexp_instr", {**_S, 2: P3, 3: P3, 4: ["0", "1", "2"]}),
    "regexp_instr_no_subexpr": ("regexp_instr", {**_S, 2: P3, 3: P3, 4: ["0", "1"], 5: FLAGS}),
    "regexp_instr": ("regexp_instr", {**_S, 2: P3, 3: P3, 4: ["0", "1"], 5: FLAGS, 6: P3}),
})

DOCS = ['{"a": 1, "b": [1, 2]}', '[]', '{}', 'null', 'true', '1', '"x"', '[1,2,3]', '["a","b"]',
        '{"a": {"b": {"c": [1, {"d": null}]}}}', '{"a": null, "b": 2}', '[[1,2],[3]]', '"a"',
        '{"a":"x","b":"y\\"z"}', '[1.0, "a", null, {"a": 1}]', '{"": 1}', '{"ä":"日本"}', '1.00',
        '[{"a":1},{"a":2}]', '{"a":1,"a":2}', '["a","a","b"]', '{"b":{"x":null,"y":[null,1]}}',
        '{"a":[1,2,{"b":3}]}', '[null]', '{"a": "\\u00e9\\n"}', '  {"a" :  [ 1 , 2 ] }  ']
KEYS = ["a", "b", "c", "", "ä", "x", "0", "1"]
PATHS = ["{}", "{a}", "{a,b}", "{a,b,c}", "{0}", "{1}", "{-1}", "{a,0}", "{a,-1}", "{b,1}",
         "{a,b,c,1,d}", "{NULL}", "{a,NULL}", "{x}", "{5}", "{-9}", "{a,2,b}", "{b,x}", "{0,a}", "{ 1}",
         "{1x}"]
KEYSETS = ["{}", "{a}", "{a,b}", "{x}", "{NULL}", "{a,NULL}", "{b,c,a}"]
_J = {0: DOCS}
for _p in ("json", "jsonb"):
    SQL.update({
        f"{_p}_object_field": ("{0} -> {1}", {0: DOCS, 1: KEYS}),
        f"{_p}_object_field_text": ("{0} ->> {1}", {0: DOCS, 1: KEYS}),
        f"{_p}_array_element": ("{0} -> {1}", {0: DOCS, 1: SMALL_COUNTS}),
        f"{_p}_array_element_text": ("{0} ->> {1}", {0: DOCS, 1: SMALL_COUNTS}),
        f"{_p}_extract_path": ("{0} #> {1}", {0: DOCS, 1: PATHS}),
        f"{_p}_extract_path_text": ("{0} #>> {1}", {0: DOCS, 1: PATHS}),
        f"{_p}_typeof": f"{_p}_typeof", f"{_p}_array_length": (f"{_p}_array_length", _J),
        f"{_p}_strip_nulls": (f"{_p}_strip_nulls", _J),
        f"{_p}_build_object": f"{_p}_build_object", f"{_p}_build_array": f"{_p}_build_array",
        f"{_p}_build_object_noargs": f"{_p}_build_object",
        f"{_p}_build_array_noargs": f"{_p}_build_array",
        f"{_p}_object_two_arg": f"{_p}_object",
    })
PAIRS = ["{}", "{a,1}", "{a,1,b,2}", "{a}", "{{a,1},{b,2}}", "{{a,b,c}}", "{NULL,1}", "{a,NULL}",
         "{{{a,b}}}", "{a,1,a,2}"]
for _p in ("json", "jsonb"):
    SQL[f"{_p}_object"] = (f"{_p}_object", {0: PAIRS})
    SQL[f"{_p}_object_two_arg"] = (f"{_p}_object", {0: PAIRS, 1: PAIRS})
ARRAY_T = ["int4[]", "text[]", "numeric[]", "bool[]", "jsonb[]", "timestamptz[]"]
SQL.update({
    "to_json": "to_json", "to_jsonb": "to_jsonb",
    "array_to_json": ("array_to_json", {"T": ARRAY_T}),
    "array_to_json_pretty": ("array_to_json", {"T": ARRAY_T}),
    "jsonb_contains": ("{0} @> {1}", {0: DOCS, 1: DOCS}),
    "jsonb_contained": ("{0} <@ {1}", {0: DOCS, 1: DOCS}),
    "jsonb_exists": ("{0} ? {1}", {0: DOCS, 1: KEYS}),
    "jsonb_exists_any": ("{0} ?| {1}", {0: DOCS, 1: KEYSETS}),
    "jsonb_exists_all": ("{0} ?& {1}", {0: DOCS, 1: KEYSETS}),
    "jsonb_concat": ("{0} || {1}", {0: DOCS, 1: DOCS}),
    "jsonb_delete": ("{0} - {1}", {0: DOCS, 1: KEYS}),
    "jsonb_delete_array": ("{0} - {1}", {0: DOCS, 1: KEYSETS}),
    "jsonb_delete_idx": ("{0} - {1}", {0: DOCS, 1: SMALL_COUNTS}),
    "jsonb_delete_path": ("{0} #- {1}", {0: DOCS, 1: PATHS}),
    "jsonb_set": ("jsonb_set", {0: DOCS, 1: PATHS, 2: DOCS, 3: ["t", "f"]}),
    "jsonb_set_lax": ("jsonb_set_lax", {0: DOCS, 1: PATHS, 2: DOCS + [None] * 20, 3: ["t", "f"],
                                        4: ["use_json_null", "delete_key", "return_target",
                                            "raise_exception", "foo"]}),
    "jsonb_insert": ("jsonb_insert", {0: DOCS, 1: PATHS, 2: DOCS, 3: ["t", "f"]}),
    "jsonb_pretty": ("jsonb_pretty", _J),
    "jsonb_cmp": ("sign(jsonb_cmp({0}, {1}))::int", {0: DOCS, 1: DOCS}),
})

_E = ["int4", "text", "numeric", "uuid", "jsonb", "bool", "date", "float8", "int8"]
_AE = {"Ts": [(e + "[]", e) for e in _E]}
_EA = {"Ts": [(e, e + "[]") for e in _E]}
_AA = {"Ts": [(e + "[]", e + "[]") for e in _E]}
_A = {"Ts": [(e + "[]",) for e in _E]}
DIMS = ["0", "1", "2", "3", "-1"]
SQL.update({
    "array_append": ("array_append", _AE), "array_prepend": ("array_prepend", _EA),
    "array_cat": ("array_cat", _AA), "array_cardinality": ("cardinality", _A),
    "array_ndims": ("array_ndims", _A), "array_length": ("array_length", {**_A, 1: DIMS}),
    "array_upper": ("array_upper", {**_A, 1: DIMS}),
    "array_lower": ("array_lower", {**_A, 1: DIMS}), "array_dims": ("array_dims", _A),
    "array_position": ("array_position", _AE),
    "array_position_start": ("array_position", {**_AE, 2: DIMS}),
    "array_positions": ("array_positions", _AE), "array_remove": ("array_remove", _AE),
    "array_replace": ("array_replace", {"Ts": [(e + "[]", e, e) for e in _E]}),
    "trim_array": ("trim_array", {**_A, 1: DIMS}),
    "array_fill": ("array_fill", {"Ts": [(e,) for e in _E], 1: ["{1}", "{2,2}", "{}", "{0}", "{NULL}",
                                                               "{3}"]}),
    "arraycontains": ("arraycontains", _AA), "arraycontained": ("arraycontained", _AA),
    "arrayoverlap": ("arrayoverlap", _AA),
    "array_to_text": ("array_to_string", {**_A, 1: PARTS}),
    "array_to_text_null": ("array_to_string", {**_A, 1: PARTS, 2: PARTS}),
    "text_to_array": ("string_to_array", {1: PARTS}),
    "text_to_array_null": ("string_to_array", {1: PARTS, 2: PARTS}),
    "width_bucket_array": ("width_bucket", {"Ts": [(e, e + "[]") for e in _E if e != "jsonb"]}),
    "array_subscript": ((lambda a: f"({a[0]})" + "".join(f"[{x}]" for x in a[1:])),
                        {**_A, 1: DIMS, 2: DIMS}),
    "array_slice": ((lambda a: f"({a[0]})[{a[1]}:{a[2]}]"), {**_A, 1: DIMS, 2: DIMS}),
    "array_make": "skip",
})

DATE_FORMATS = ["YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS", "YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"", "HH12:MI AM",
                "HH:MI:SS pm", "Day, DD Month YYYY", "FMDay, FMDD FMMonth YYYY", "Dy DD Mon YY",
                "DAY MONTH MON DY", "dy mon month day", "YYYYMMDD", "US MS FF3 FF6", "DDD D ID J Q",
                "WW IW W CC", "IYYY-IW-ID", "Y,YYY", "YYY YY Y", "BC B.C. ad a.d.", "DDth", "DDTH FMDDth",
                "SSSS SSSSS", "RM rm", "TZ tz TZH TZM OF", "", "abc", "\"quoted\" YYYY", "FMHH24:FMMI:FMSS",
                "MM/DD/YYYY", "yyyy-mm-dd hh24:mi:ss", "IDDD", "FMRM", "\\\"YYYY", "DD.MM.YYYY"]
NUMBER_FORMATS = ["9", "99", "999", "9999999999", "0000", "000.00", "999.99", "9.9", "FM999.99", "FM9.9",
                  "FM0.00", "FM999,999,999.00", "999,999", "9,999.99", "S999", "999S", "999MI", "MI999",
                  "PL999", "SG999", "999PR", "FM999PR", "999th", "L999", "999V99", "9.99EEEE", "RN", "FMRN",
                  "rn", "FM990.099", "9G999D99", "0.9", "", "$999", "FM$999.00", "999.", "FM999.",
                  "FM9999999990.099999", "\"x\"99", "99.9.9", "S9S", "0999", "FM0999"]
PARSE_TEXTS = ["2020-01-02", "2020-01-02 03:04:05", "02/01/2020", "January 5, 2020", "5 Jan 2020",
               "20200102", "2020", "1:30 PM", "abc", "", "2020-13-01", "2020-02-30", "99-1-2",
               "2020-01-02T03:04:05.678", "03:04", "12", "Mon 06 Jan 2020", "2020-W01-1", "13:00 AM"]
PARSE_FORMATS = ["YYYY-MM-DD", "YYYY-MM-DD HH24:MI:SS", "DD/MM/YYYY", "Month DD, YYYY", "DD Mon YYYY",
                 "YYYYMMDD", "YYYY", "HH12:MI AM", "HH24:MI", "YY-MM-DD", "YYYY-MM-DD\"T\"HH24:MI:SS.MS",
                 "FMDD FMMon YYYY", "DDD", "Dy DD Mon YYYY"]
SQL.update({
    "timestamp_to_char": ("to_char", {1: DATE_FORMATS}),
    "timestamptz_to_char": ("to_char", {1: DATE_FORMATS}),
    "interval_to_char": ("to_char", {1: DATE_FORMATS}),
    "numeric_to_char": ("to_char", {0: SMALL + ["1234567.891", "0.5", "-0.5",
                                                                      "485", "12345", "1", "0.05"],
                                    1: NUMBER_FORMATS}),
    "int4_to_char": ("to_char", {0: ["0", "1", "-1", "485", "-485", "12345", "1999", "5000"],
                                 1: NUMBER_FORMATS}),
    "int8_to_char": ("to_char", {0: ["0", "1", "-1", "485", "-485", "12345", "1999", "5000"],
                                 1: NUMBER_FORMATS}),
    "float4_to_char": ("to_char", {0: ["0", "1.5", "-2.25", "485", "1234.5"], 1: NUMBER_FORMATS}),
    "float8_to_char": ("to_char", {0: ["0", "1.5", "-2.25", "485", "1234567.891", "0.1", "1e20"],
                                   1: NUMBER_FORMATS}),
    "numeric_to_number": ("to_number", {0: ["12,454.8-", "123", "-1,234.56", "$99", "1.5", "<12>"],
                                        1: ["99G999D9S", "999", "S9,999.99", "L99", "9.9", "99PR"]}),
    "to_date": ("to_date", {0: PARSE_TEXTS, 1: PARSE_FORMATS}),
    "to_timestamp": ("to_timestamp", {0: PARSE_TEXTS, 1: PARSE_FORMATS}),
})

BYTES = ["\\x", "\\x00ff", "\\xDEADBEEF", "abc", "\\x616263616263", "\\x41", "\\x2020612020"]
CODED = ["", "aGVsbG8=", "aGVsbG8", "aGVs bG8=", "====", "a===", "zz", "deadbeef", "dead beef", "abc",
         "a\\\\b", "a\\101", "YWJj", "YWI=", "YQ==", "YQ=", "ä", "\\x41"]
CODES = ["hex", "base64", "escape", "HEX", "foo"]
IDENTS = ["a", "a.b", "A.B", '"A".b', '"a""b".c', "a..b", ".a", "a.", "1a", "a b", '""', '"a', "", " a . b ",
          "a-b", "ä.ö", "a(b)"]
SQL.update({
    "binary_encode": ("encode", {0: BYTES, 1: CODES}), "binary_decode": ("decode", {0: CODED, 1: CODES}),
    "byteaoctetlen": "length", "bytea_bit_count": "bit_count", "byteacat": "{0} || {1}",
    "bytea_substr": ("substr", {0: BYTES, 1: SMALL_COUNTS, 2: SMALL_COUNTS}),
    "bytea_substr_no_len": ("substr", {0: BYTES, 1: SMALL_COUNTS}),
    "byteapos": ("position({1} in {0})", {0: BYTES, 1: BYTES}),
    "byteatrim": ("btrim", {0: BYTES, 1: BYTES}), "bytealtrim": ("ltrim", {0: BYTES, 1: BYTES}),
    "byteartrim": ("rtrim", {0: BYTES, 1: BYTES}),
    "byteaoverlay": ("overlay", {0: BYTES, 1: BYTES, 2: SMALL_COUNTS, 3: SMALL_COUNTS}),
    "byteaoverlay_no_len": ("overlay", {0: BYTES, 1: BYTES, 2: SMALL_COUNTS}),
    "byteaGetByte": ("get_byte", {0: BYTES, 1: SMALL_COUNTS}),
    "byteaGetBit": ("get_bit", {0: BYTES, 1: SMALL_COUNTS}),
    "byteaSetByte": ("set_byte", {0: BYTES, 1: SMALL_COUNTS, 2: ["0", "65", "255"]}),
    "bytealike": ("{0} like {1}", {0: BYTES, 1: ["a%", "%", "abc", "\\x61"]}),
    "byteanlike": ("{0} not like {1}", {0: BYTES, 1: ["a%", "%", "abc", "\\x61"]}),
    "pg_convert_from": ("convert_from", {0: ["abc", "\\xff", "\\xc3a4", "\\x00"], 1: ["UTF8", "utf-8"]}),
    "pg_convert_to": ("convert_to", {1: ["UTF8", "utf-8"]}),
    "overlaps_timestamp": "overlaps", "overlaps_time": "overlaps", "overlaps_timetz": "overlaps",
    "parse_ident": ("parse_ident", {0: IDENTS, 1: ["t", "f"]}),
})
for _n in ("overlaps_timestamp", "overlaps_time", "overlaps_timetz"):
    SQL[_n] = "pg_catalog.overlaps"

SQL["overlaps"] = ("pg_catalog.overlaps", {"Ts": [
    (a, b, a, d) for a in ("time", "timestamp", "timestamptz") for b in (a, "interval")
    for d in (a, "interval") if not (b == a and d == a)]})
