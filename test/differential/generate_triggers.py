"""The schemas and statements of generate.py with plpgsql beside them: triggers of
every kind on the tables, functions with EXCEPTION blocks in the policies.

Several rows of one statement come in an order that is each engine's own, so what a
trigger does depends on its own row and on other tables, never on how many rows
came before; what triggers log is compared as a bag."""
from generate import Generator, USERS

LOG = "select msg, count(*) from log group by msg"


class TriggerGenerator(Generator):
    acting = ["anon", "authenticated", "authenticated", "editor", "service_role", "service_role", "service_role"]

    def __init__(self, seed):
        super().__init__(seed)
        self.triggers = {}  # table -> features of its triggers
        self.n_functions = 0

    def schema(self):
        yield "create table log (msg text)"
        yield "grant select, insert on log to anon, authenticated, service_role"
        yield from super().schema()

    def table(self, name):
        yield from super().table(name)
        self.triggers[name] = []
        for i in range(self.r.randint(0, 4)):
            yield from self.trigger(name, self.pick("abmz") + str(i))

    # ---- functions of policies ----

    def function(self, table, rights):
        made = list(super().function(table, rights))
        if self.chance(0.5):
            made[0] = self.in_plpgsql(made[0])
            self.functions[-1] = (*self.functions[-1][:2], self.functions[-1][2].replace("function", "plpgsql function"))
        yield from made

    def in_plpgsql(self, sql):
        head, _, body = sql.partition(" as '")
        query = body[:-1]
        body = self.pick([
            f"begin return ({query}); end",
            f"declare r boolean; begin r := ({query}); if r is null then return false; end if; return r; end",
            f"declare n int; begin n := 10 / (k - 2); return n > 0 or ({query}); exception when division_by_zero then return true; end",
            f"begin if k is null then raise exception ''no key''; end if; return ({query}); exception when others then return sqlstate = ''P0001''; end",
        ])
        return head.replace("language sql", "language plpgsql") + f" as '{body.replace('$1', 'k')}'"

    # ---- trigger functions ----

    def earlier(self, table):
        known = [t for t in self.tables if t < table]
        return self.pick(known) if known else None

    def guarded(self, statement):
        """The statement, or the statement in a block that catches what it raises."""
        if self.chance(0.5):
            return statement, []
        caught = self.pick(["others", "insufficient_privilege", "unique_violation or check_violation or foreign_key_violation"])
        return (f"begin {statement} exception when {caught} then "
                "insert into log values (tg_name || ' caught ' || sqlstate); end;"), ["exception block"]

    def before(self, table, row):
        other = self.earlier(table)
        kinds = ["set", "owner", "skip", "raise", "log", "norm"] + (["lookup", "note"] if other else [])
        kind = self.pick(kinds)
        features = ["before " + kind]
        if kind == "set":
            body = "NEW.txt := left(coalesce(NEW.txt, '') || '*', 4);"
        elif kind == "owner":
            body = "NEW.owner := coalesce(NEW.owner, auth.uid());"
        elif kind == "norm":
            body = "if NEW.val is null or NEW.val < 0 then NEW.val := 0; end if; NEW.num := NEW.val + 0.5;"
        elif kind == "skip":
            return f"if {row}.val = 100 then return null; end if;", features
        elif kind == "raise":
            code = self.pick(["P0001", "23514", "42501", "22023"])
            return f"if {row}.id = 3 then raise exception 'no %', {row}.id using errcode = '{code}'; end if;", features
        elif kind == "lookup":
            body = f"NEW.flag := exists (select 1 from {other} o where o.id = NEW.grp);"
        elif kind == "note":
            body, more = self.guarded(f"insert into log select tg_name || ' sees ' || count(*) from {other} where id = {row}.grp;")
            return body, features + more
        else:
            return f"insert into log values (tg_name || ' ' || tg_op || ' ' || {row}.id);", features
        return (body if row == "NEW" else f"insert into log values (tg_name || ' ' || {row}.id);"), features

    def after(self, table, row):
        other = self.earlier(table)
        kind = self.pick(["log", "raise"] + (["touch", "copy", "remove", "select"] if other else []))
        features = ["after " + kind]
        if kind == "raise":
            return f"if {row}.id = 5 and {row}.val = 7 then raise exception 'late'; end if;", features
        if kind == "log":
            return f"insert into log values (tg_name || ' ' || tg_op || ' ' || coalesce(OLD.val::text, '-') || '>' || coalesce(NEW.val::text, '-'));", features
        statement = {
            "touch": f"update {other} set num = coalesce(num, 0) + 1 where id = {row}.grp and num < 900;",
            "copy": f"insert into {other} (id, txt) values ({row}.id + 20, 'copy') on conflict do nothing;",
            "remove": f"delete from {other} where id = {row}.id + 20;",
            "select": f"insert into log select tg_name || count(*) from {other} o where o.grp = {row}.grp;",
        }[kind]
        body, more = self.guarded(statement)
        return body, features + more

    def make_function(self, body, result):
        name = f"tf{self.n_functions}"
        self.n_functions += 1
        rights = self.pick(["", "", " security definer", " security definer set search_path = public"])
        text = f"begin {body} return {result}; end"
        sql = f"create function {name}() returns trigger language plpgsql{rights} as $$ {text} $$"
        return name, sql, ["trigger of the " + ("definer" if rights else "invoker")]

    def when(self, events, timing):
        """A condition that every event has the row for."""
        choices = ["pg_trigger_depth() < 2"]
        if "delete" not in events:
            choices += ["NEW.val > 0", "NEW.flag", "NEW.txt is not null"]
        if "insert" not in events:
            choices += ["OLD.val is not null"]
        if events == ["update"]:
            choices += ["OLD.val is distinct from NEW.val", "OLD.* is distinct from NEW.*", "OLD is distinct from NEW"]
        return self.pick(choices)

    def events(self):
        return self.r.sample(["insert", "update", "delete"], self.r.randint(1, 3))

    def trigger(self, table, name):
        if self.chance(0.25):
            yield from self.statement_trigger(table, name)
            return
        timing = self.pick(["before", "before", "after"])
        events = self.events()
        of = ""
        if self.chance(0.3) and "update" in events:
            of = f" of {', '.join(self.r.sample(['val', 'txt', 'grp', 'num'], 2))}"
        row = "OLD" if events == ["delete"] else "NEW"
        parts, features = [], []
        for event_row in ([row] if "delete" not in events or row == "OLD" else ["NEW", "OLD"]):
            body, more = (self.before if timing == "before" else self.after)(table, event_row)
            parts.append(body)
            features += more
        body = parts[0] if len(parts) == 1 else f"if tg_op = 'DELETE' then {parts[1]} else {parts[0]} end if;"
        result = row
        if row == "NEW" and "delete" in events:
            body += " if tg_op = 'DELETE' then return OLD; end if;"
        function, sql, more = self.make_function(body, result)
        yield sql
        condition = f" when ({self.when(events, timing)})" if self.chance(0.35) else ""
        text = " or ".join(e + (of if e == "update" else "") for e in events)
        kind = "trigger"
        tail = ""
        if timing == "after" and self.chance(0.2):
            kind, tail = "constraint trigger", self.pick(["", " deferrable initially deferred"])
        yield f"create {kind} {name} {timing} {text} on {table}{tail} for each row{condition} execute function {function}()"
        self.triggers[table] += features + more + [f"trigger {timing} row"] + (["trigger when"] if condition else []) + (
            ["update of"] if of else []) + (["deferred trigger"] if tail else [])

    def statement_trigger(self, table, name):
        timing = self.pick(["before", "after"])
        event = self.pick(["insert", "update", "delete"])
        references, body = "", "insert into log values (tg_name || ' ' || tg_op || ' ' || tg_level || ' ' || pg_trigger_depth());"
        features = [f"trigger {timing} statement"]
        if timing == "after" and self.chance(0.6):
            which = "old" if event == "delete" else "new"
            references = f" referencing {which} table as moved"
            body = "insert into log select tg_name || ' ' || tg_op || ' ' || count(*) || ' ' || coalesce(sum(id), 0) from moved;"
            features.append("transition table")
        function, sql, more = self.make_function(body, "null")
        yield sql
        yield f"create trigger {name} {timing} {event} on {table}{references} for each statement execute function {function}()"
        self.triggers[table] += features + more

    # ---- statements ----

    def count(self, command, kind, target, role, features):
        table = self.base_of.get(target, target)
        super().count(command, kind, target, role, features + (self.triggers[table] if command != "select" else []))

    def statement(self):
        if self.chance(0.12):
            return {"role": "service_role", "claims": '{"sub":"%s"}' % USERS[0], "sql": LOG, "commit": True}
        if self.chance(0.05):
            return {"role": "service_role", "claims": "{}", "sql": f"select * from {self.pick(self.tables)}", "commit": True}
        return super().statement()
