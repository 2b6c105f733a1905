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
