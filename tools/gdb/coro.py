"""gdb: what the suspended coroutines are doing.

    (gdb) source tools/gdb/coro.py
    (gdb) coro            lists the coroutines of every event loop
    (gdb) coro bt 2       backtrace of the second; `coro bt all` of each

The running coroutine is seen by gdb's own `backtrace`, through the unwind
information of src/loop/coro_switch_*.S. Needs a stopped process, not a core
file (registers are set for a moment and put back). x86-64.
"""

import gdb

# Where coro_switch() has saved what a backtrace needs, from the saved stack
# pointer: rbp, and the return address above it.
SAVED_RBP, SAVED_RIP = 48, 56


def coroutines():
    """(thread, coroutine) of each live coroutine, running ones included."""
    chosen = gdb.selected_thread()
    found = []
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        try:
            loop = gdb.parse_and_eval("loop_this")
        except gdb.error:
            continue
        if int(loop) == 0:
            continue
        co = loop["live"]
        while int(co) != 0:
            found.append((thread, co))
            co = co["live_next"]
    chosen.switch()
    return found


def is_running(co):
    return co["loop"]["current"] == co


def describe(co):
    flags = [name for name in ("is_queued", "is_cancelled", "is_shielded") if co[name]]
    state = "running" if is_running(co) else "suspended"
    return f"{co}  {co['fn']}({co['arg']})  {state} {' '.join(f[3:] for f in flags)}"


def backtrace(thread, co):
    thread.switch()
    if is_running(co):
        gdb.execute("backtrace")
        return
    gdb.execute("frame 0", to_string=True)
    names = ("rsp", "rbp", "rip")
    before = {name: int(gdb.parse_and_eval(f"(unsigned long)${name}")) for name in names}
    sp = int(co["sp"])
    word = gdb.lookup_type("unsigned long").pointer()
    try:
        rbp = int(gdb.Value(sp + SAVED_RBP).cast(word).dereference())
        rip = int(gdb.Value(sp + SAVED_RIP).cast(word).dereference())
        for name, value in zip(names, (sp + SAVED_RIP + 8, rbp, rip)):
            gdb.execute(f"set ${name} = {value}")
        gdb.execute("backtrace")
    finally:
        for name in names:
            gdb.execute(f"set ${name} = {before[name]}")


class Coro(gdb.Command):
    """coro [bt N|bt all]: suspended coroutines of the event loops."""

    def __init__(self):
        super().__init__("coro", gdb.COMMAND_STACK)

    def invoke(self, text, from_tty):
        words = text.split()
        found = coroutines()
        chosen = gdb.selected_thread()
        for i, (thread, co) in enumerate(found, 1):
            if words and words[1:] not in ([str(i)], ["all"]):
                continue
            print(f"{i:4}  thread {thread.num}  {describe(co)}")
            if words:
                backtrace(thread, co)
        chosen.switch()
        print(f"{len(found)} coroutines")


Coro()
