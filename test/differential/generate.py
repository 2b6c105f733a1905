"""Random schemas, policies, grants and statements whose answers PostgreSQL
decides. Everything comes from one seeded random source; `hits` counts what was
generated, by feature pair, so that a run can show what it covered."""
import collections
import itertools
import random

ROLES = ["anon", "authenticated", "service_role", "editor"]
USERS = ["00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"]
COMMANDS = ["all", "select", "insert", "update", "delete"]

# Columns that every table has; ids are small so that conflicts happen.
COLUMNS = {
    "id": "integer", "owner": "uuid", "grp": "integer", "val": "integer", "txt": "text",
    "flag": "boolean", "num": "numeric(8,2)",
}
WORDS = ["a", "b", "12", "7x", "", "Ä", "x y"]


class Generator:
    acting = ["anon", "authenticated", "authenticated", "editor", "service_role"]

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.hits = collections.Counter()
        self.tables = []
        self.views = []
        self.policies = collections.defaultdict(list)  # table -> (command, mode, to, conditions)
        self.granted = {}  # (table, role) -> "table", "columns" or "none"
        self.base_of = {}  # view -> table
        self.functions = []  # (name, table it reads, rights)
        self.called = set()  # rights of the functions of the policy or statement under way

    def pick(self, items):
        return self.r.choice(items)

    def chance(self, p):
        return self.r.random() < p

    # ---- values and expressions ----

    def literal(self, column):
        if self.chance(0.12):
            return "null"
        kind = COLUMNS[column]
        if column == "id":
            return str(self.r.randint(1, 12))
        if column == "grp":
            return str(self.r.randint(1, 4))
        if kind == "integer":
            return self.pick(["0", "1", "-3", "7", "100"])
        if kind == "uuid":
            return f"'{self.pick(USERS)}'"
        if kind == "text":
            return "'" + self.pick(WORDS) + "'"
        if kind == "boolean":
            return self.pick(["true", "false"])
        return self.pick(["0", "1.50", "-2.25", "99.99"])

    def condition(self, alias, depth=0):
        """A boolean expression over a row of a table, as policies have it."""
        q = f"{alias}." if alias else ""
        kinds = ["owner", "cmp", "flag", "const", "null", "text", "in", "subquery", "exists", "function", "and", "or", "not"]
        kind = self.pick(kinds if depth < 2 else kinds[:7])
        if kind == "owner":
            return self.pick([f"{q}owner = auth.uid()", f"{q}owner = (select auth.uid())"])
        if kind == "cmp":
            column = self.pick(["id", "grp", "val", "num"])
            return f"{q}{column} {self.pick(['=', '<>', '<', '>=', 'is distinct from'])} {self.literal(column)}"
        if kind == "flag":
            return self.pick([f"{q}flag", f"not {q}flag", f"coalesce({q}flag, true)"])
        if kind == "const":
            return self.pick(["true", "true", "false"])
        if kind == "null":
            return f"{q}{self.pick(list(COLUMNS))} is {self.pick(['', 'not '])}null"
        if kind == "text":
            return self.pick([f"{q}txt like '%1%'", f"lower({q}txt) = 'ä'", f"length({q}txt) > 1", f"auth.role() = 'anon'"])
        if kind == "in":
            return f"{q}grp in ({self.r.randint(1, 4)}, {self.r.randint(1, 4)})"
        if kind == "function":
            return self.call(q or f"{self.current}.")
        if kind in ("subquery", "exists") and self.tables:
            other = self.pick(self.tables)
            inner = self.condition("o", depth + 2)
            outer = q or f"{self.current}."
            if kind == "subquery":
                return f"{q}grp in (select o.grp from {other} o where {inner})"
            return f"exists (select 1 from {other} o where o.id = {outer}id and {inner})"
        if kind == "not":
            return f"not ({self.condition(alias, depth + 1)})"
        if kind in ("and", "or"):
            return f"({self.condition(alias, depth + 1)} {kind} {self.condition(alias, depth + 1)})"
        return "true"

    def call(self, q):
        """A boolean SQL function, of earlier tables where a policy asks."""
        known = [f for f in self.functions if f[1] is None or f[1] in self.tables]
        name, _, rights = self.pick(known)
        self.called.add("calls " + rights)
        if name == "is_mine":
            return f"is_mine({q}owner)"
        if name == "role_of":
            return f"role_of() {self.pick(['=', '<>'])} '{self.pick(ROLES)}'"
        return f"{name}({q}{self.pick(['id', 'grp'])})"

    def leaky(self, alias):
        """A caller's expression that fails on some rows."""
        q = f"{alias}." if alias else ""
        return self.pick([f"{q}txt::integer = 12", f"10 / {q}val > 1", f"{q}val + 2147483600 > 0",
                          f"({q}txt || '1')::integer > 0", f"10 / {q}num > 1"])

    # ---- schema ----

    def schema(self):
        yield "create role editor nologin"
        yield "grant authenticated to editor"
        yield "grant usage on schema public to editor"
        yield "create function is_mine(o uuid) returns boolean language sql stable as 'select o = auth.uid()'"
        yield "create function role_of() returns text language sql stable as 'select auth.role()'"
        self.functions = [("is_mine", None, "invoker function"), ("role_of", None, "invoker function")]
        for i in range(self.r.randint(2, 4)):
            yield from self.table(f"t{i}")
        for i in range(2):
            yield from self.view(f"v{i}", security_invoker=i == 1)

    def table(self, name):
        self.current = name
        extra = []
        if self.tables and self.chance(0.6):
            action = self.pick(["cascade", "set null", "no action", "restrict"])
            extra.append(f"foreign key (grp) references {self.tables[0]} (id) on delete {action} on update {self.pick(['cascade', 'no action'])}")
        if self.chance(0.5):
            extra.append("unique (owner, grp)")
        if self.chance(0.5):
            extra.append("check (val is null or val > -3)")
        columns = [f"{c} {t}" for c, t in COLUMNS.items()]
        columns[0] += " primary key"
        if self.chance(0.4):
            columns[1] += " default auth.uid()"
        if self.chance(0.4):
            columns[3] += " not null default 1"
        yield f"create table {name} ({', '.join(columns + extra)})"
        rows = []
        for key in self.r.sample(range(1, 10), 6):
            values = [str(key)] + [self.literal(c) for c in list(COLUMNS)[1:]]
            if values[3] in ("null", "-3"):
                values[3] = "5"
            rows.append(f"insert into {name} values ({', '.join(values)}) on conflict do nothing")
        # A row that breaks a foreign key is left out on both engines alike.
        self.seed_rows = getattr(self, "seed_rows", []) + rows
        self.tables.append(name)
        yield f"revoke all on {name} from public, anon, authenticated, service_role"
        yield f"grant all on {name} to service_role"
        yield from self.grants(name)
        if self.chance(0.9):
            yield f"alter table {name} enable row level security"
        if self.chance(0.1):
            yield f"alter table {name} force row level security"
        for i in range(self.r.randint(1, 5)):
            yield self.policy(name, f"p{i}")
        yield from self.function(name, "definer")
        yield from self.function(name, "invoker")

    def function(self, table, rights):
        name = f"{table}_{rights}"
        key = self.pick(["$1", "k"])
        body = f"select exists (select 1 from {table} o where o.{self.pick(['id', 'grp'])} = {key} and {self.condition('o', 2)})"
        if self.chance(0.3):
            body = f"select o.flag from {table} o where o.id = {key}"
        option = " security definer" if rights == "definer" else ""
        path = " set search_path = public" if rights == "definer" and self.chance(0.7) else ""
        text = body.replace("'", "''")
        yield f"create function {name}(k integer) returns boolean language sql stable{option}{path} as '{text}'"
        if self.chance(0.15):
            yield f"revoke execute on function {name} from public, anon, authenticated, service_role"
            yield f"grant execute on function {name} to authenticated"
            rights += " without execute"
        self.functions.append((name, table, rights + " function"))

    def grants(self, name):
        for role in ["anon", "authenticated", "editor"]:
            if self.chance(0.75):
                yield f"grant select, insert, update, delete on {name} to {role}"
                self.granted[name, role] = "table"
                continue
            self.granted[name, role] = "columns"
            for privilege in ["select", "insert", "update"]:
                columns = self.r.sample(list(COLUMNS), self.r.randint(2, 6))
                if self.chance(0.7):
                    yield f"grant {privilege} ({', '.join(columns)}) on {name} to {role}"
            if self.chance(0.5):
                yield f"grant delete on {name} to {role}"

    def policy(self, table, name):
        self.current = table
        command = self.pick(COMMANDS)
        mode = self.pick(["permissive", "permissive", "restrictive"])
        to = self.pick(["public", "anon", "authenticated", "editor", "anon, authenticated"])
        text = f"create policy {name} on {table} as {mode} for {command} to {to}"
        has_using = command != "insert" and self.chance(0.95)
        has_check = command in ("all", "insert", "update") and (command == "insert" or self.chance(0.5))
        if not has_using and not has_check:
            has_using = command != "insert"
            has_check = command == "insert"
        # Subqueries read earlier tables only: no recursion between policies.
        known, self.tables = self.tables, [t for t in self.tables if t < table]
        self.called = set()
        if has_using:
            text += f" using ({self.condition('')})"
        if has_check:
            text += f" with check ({self.condition('')})"
        self.tables = known
        conditions = {(True, False): "using", (False, True): "check", (True, True): "using and check"}
        self.policies[table].append((command, mode, to, conditions[has_using, has_check], self.called))
        return text

    def view(self, name, security_invoker):
        table = self.pick(self.tables)
        option = " with (security_invoker = true)" if security_invoker else ""
        yield f"create view {name}{option} as select id, owner, grp, val, txt, flag, num from {table} where {self.condition('', 2)}"
        yield f"revoke all on {name} from public, anon, authenticated, service_role"
        yield f"grant select, insert, update, delete on {name} to anon, authenticated, service_role, editor"
        self.views.append((name, "security_invoker view" if security_invoker else "owner's view"))
        self.base_of[name] = table

    # ---- statements ----

    def statement(self):
        role = self.pick(self.acting)
        user = self.pick(USERS)
        if self.views and self.chance(0.2):
            target, kind = self.pick(self.views)
        else:
            target, kind = self.pick(self.tables), "table"
        self.current = target
        self.called = set()
        command = self.pick(["select", "insert", "update", "delete", "upsert"])
        sql, features = getattr(self, command)(target)
        features = features + sorted(self.called)
        self.count(command, kind, target, role, features)
        claims = '{"sub":"%s","role":"%s","email":"x@example.com"}' % (user, role)
        return {"role": role, "claims": claims, "sql": sql, "commit": self.chance(0.5),
                "ordered": "order by" in sql and not sql.startswith("with")}

    def count(self, command, kind, target, role, features):
        """Every pair of what this statement meets: the statement's own features
        and those of each policy on its table."""
        table = self.base_of.get(target, target)
        own = {f"command {command}", f"on {kind}", f"as {role}",
               f"grant {self.granted.get((table, role), 'table')}", *features}
        for policy_command, mode, to, conditions, called in self.policies[table] or [("none",) * 4 + (set(),)]:
            met = own | {"policy " + c for c in called} | {f"policy for {policy_command}", f"policy {mode}", f"policy to {to}", f"policy {conditions}"}
            self.hits.update(itertools.combinations(sorted(met), 2))

    # Through a plain view or a join PostgreSQL may try the caller's condition on
    # rows that another condition leaves out, or not, as its plan happens to be.
    # So conditions that can fail stand on one table.

    def where(self, alias="", may_leak=True):
        if self.chance(0.25):
            return "", ["no where"]
        if may_leak and self.current in self.tables and self.chance(0.3):
            return f" where {self.leaky(alias)}", ["leaky where"]
        return f" where {self.condition(alias, 1)}", ["where"]

    def columns(self):
        return self.pick(["*", "id", "id, val", "id, owner, txt", "count(*)", "id, num, flag"])

    def select(self, t):
        form = self.pick(["plain", "plain", "order", "join", "aggregate", "subquery", "leaky order"])
        where, features = self.where("t", form != "join")
        if form == "join":
            other = self.pick(self.tables)
            sql = f"select t.id, o.id, o.txt from {t} t {self.pick(['join', 'left join'])} {other} o on o.id = t.grp{where}"
        elif form == "aggregate":
            sql = f"select grp, count(*), sum(val), max(txt) from {t} t{where} group by grp"
        elif form == "order":
            sql = f"select id, val, txt from {t} t{where} order by id {self.pick(['', 'desc'])} limit 5"
        elif form == "leaky order" and t in self.tables and "leaky where" not in features:
            sql = f"select id from {t} t{where} order by 10 / val, id"
        elif form == "subquery":
            sql = f"select id, (select count(*) from {self.pick(self.tables)} o where o.grp = t.grp) from {t} t{where}"
        else:
            sql = f"select {self.columns()} from {t} t{where}"
        return sql, features + ["select " + form]

    # A statement that writes several rows, each of which may fail in its own
    # way, reports whichever row the engine happens to reach first. So what can
    # fail in a condition or in RETURNING stands on statements for one row.

    def one_row(self, alias):
        return f"{alias}.id = {self.r.randint(1, 9)}"

    def write_where(self, alias, is_one_row, may_leak=True):
        where, features = self.where(alias, may_leak)
        if is_one_row or "leaky where" in features:
            where = f" where {self.one_row(alias)}" + where.replace(" where ", " and ", 1)
        return where, features

    def returning(self, may_leak):
        if self.chance(0.5):
            return "", ["no returning"]
        if may_leak and self.chance(0.25):
            return " returning 10 / val", ["leaky returning"]
        return f" returning {self.pick(['*', 'id', 'id, val, txt'])}", ["returning"]

    def values(self, names):
        return "(" + ", ".join(self.literal(n) for n in names) + ")"

    def insert(self, t):
        names = ["id"] + self.r.sample(list(COLUMNS)[1:], self.r.randint(1, 6))
        count = self.pick([1, 1, 2])
        rows = ", ".join(self.values(names) for _ in range(count))
        returning, features = self.returning(count == 1)
        return f"insert into {t} ({', '.join(names)}) values {rows}{returning}", features

    def upsert(self, t):
        names = ["id"] + self.r.sample(list(COLUMNS)[1:], self.r.randint(1, 6))
        returning, features = self.returning(True)
        arm = self.pick(["nothing", "nothing (id)", "update", "update where"])
        sql = f"insert into {t} as t ({', '.join(names)}) values {self.values(names)} on conflict "
        if arm == "nothing":
            sql += "do nothing"
        elif arm == "nothing (id)":
            sql += "(id) do nothing"
        else:
            column = self.pick(list(COLUMNS)[1:])
            sql += f"(id) do update set {column} = {self.pick([f'excluded.{column}', self.literal(column)])}"
            if arm == "update where":
                sql += f" where {self.condition('t', 2)}"
        return sql + returning, features + ["on conflict " + arm]

    def update(self, t):
        names = self.r.sample(list(COLUMNS)[1:], self.r.randint(1, 2))
        if self.chance(0.08):
            names = ["id"]
        sets = ", ".join(f"{n} = {self.pick([self.literal(n), n])}" for n in names)
        is_one_row = self.chance(0.4)
        has_source = self.chance(0.15)
        where, features = self.write_where("t", is_one_row, not has_source)
        returning, more = self.returning(is_one_row)
        source = ""
        if has_source:
            source = f" from {self.pick(self.tables)} o"
            where += (" and " if where else " where ") + "o.id = t.id"
            returning = " returning t.id" if returning else ""
            more = more + ["from"]
        return f"update {t} t set {sets}{source}{where}{returning}", features + more

    def delete(self, t):
        is_one_row = self.chance(0.4)
        where, features = self.write_where("t", is_one_row)
        returning, more = self.returning(is_one_row)
        return f"delete from {t} t{where}{returning}", features + more
