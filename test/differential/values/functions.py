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
