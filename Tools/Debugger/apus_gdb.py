"""Tensors and modules of Apus in gdb.

    (gdb) source Tools/Debugger/apus_gdb.py
    (gdb) break apusStop           every mistake outside of withErrors comes by here
    (gdb) run
    (gdb) apus bt                  the program's own calls
    (gdb) frame 12
    (gdb) apus locals              the tensors of the frame, in release builds as well
    (gdb) apus print x             as print(x) shows it; of a module its tree
    (gdb) apus module              the path of the module that is being called
    (gdb) apus memory              live tensors by place, after recordMemoryHistory()
"""

import os
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import apus_objects  # noqa: E402

# Other languages' names in the debug information of Swift are not gdb's business.
gdb.execute("set complaints 0")


class GDBMemory(apus_objects.Memory):
    def read(self, address, count):
        return gdb.selected_inferior().read_memory(address, count)

    def symbol(self, name):
        try:
            return int(gdb.parse_and_eval("(unsigned long) &'%s'" % name))
        except gdb.error:
            return None


_known = {}


def tensors():
    """The tensors of the program that is being looked at; read anew where it was started again."""
    memory = GDBMemory()
    key = memory.symbol(apus_objects.METADATA)
    if key not in _known:
        _known.clear()
        _known[key] = apus_objects.Tensors(memory)
    return _known[key]


def word_at(value):
    """The one word that a value of a Swift struct or class is; None if it is something else."""
    if value.type.strip_typedefs().sizeof != 8:
        return None
    if value.address is not None:
        return GDBMemory().word(int(value.address))
    try:
        return int(value)
    except gdb.error:
        return int.from_bytes(bytes(value.bytes), "little") if hasattr(value, "bytes") else None


class TensorPrinter:
    def __init__(self, body):
        self.body = body

    def to_string(self):
        return str(tensors().describe(self.body))


def printer(value):
    if value.type.strip_typedefs().name != "Tensor":
        return None
    try:
        body = word_at(value)
        return TensorPrinter(body) if body is not None and tensors().is_body(body) else None
    except gdb.error:
        return None


gdb.pretty_printers.append(printer)


def call_text(function, argument=None):
    """What a function of the library says, called in the halted program."""
    call = "((char *(*)(void *)) %s)((void *) %d)" % (function, argument or 0)
    text = gdb.parse_and_eval(call)
    result = text.string(errors="replace") if int(text) else ""
    gdb.parse_and_eval("((void (*)(void *)) free)((void *) %d)" % int(text))
    return result


def demangled(name):
    """A Swift function's name for people; needs a program that runs."""
    if not name or not name.startswith("$s"):
        return name or "?"
    try:
        call = '((char *(*)(const char *, unsigned long, void *, void *, int)) swift_demangle)("%s", %d, 0, 0, 0)'
        text = gdb.parse_and_eval(call % (name, len(name)))
        return text.string() if int(text) else name
    except gdb.error:
        return name


def object_of(expression):
    """The address of the object that an expression names: a variable of the frame, a register, a number."""
    try:
        frame = gdb.selected_frame()
        block = frame.block()
        while block is not None:
            for symbol in block:
                if symbol.name == expression and (symbol.is_variable or symbol.is_argument):
                    word = word_at(frame.read_var(symbol, block))
                    if word:
                        return word
            if block.function is not None:
                break
            block = block.superblock
    except (gdb.error, RuntimeError):
        pass
    try:
        value = gdb.parse_and_eval(expression)
    except gdb.error as error:
        raise gdb.GdbError("%s Choose a frame of apus bt, or take what apus locals lists." % error)
    return word_at(value) if value.type.code == gdb.TYPE_CODE_STRUCT else int(value)


class Apus(gdb.Command):
    """Looks at tensors and modules of Apus: apus print X, apus locals, apus bt, apus module, apus memory."""

    def __init__(self):
        super().__init__("apus", gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class ApusPrint(gdb.Command):
    """apus print X: X as Swift's print shows it. X is a variable, a register ($rdi) or an address. Without a running program
    (a core file) tensors are read from memory."""

    def __init__(self):
        super().__init__("apus print", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        address = object_of(argument.strip())
        if not address:
            raise gdb.GdbError("%s is nil, or the compiler has kept it nowhere; apus locals lists what there is" % argument)
        try:
            print(call_text("apus_debug_text", address))
        except gdb.error:
            if not tensors().is_body(address):
                raise
            print(tensors().describe(address))


class ApusLocals(gdb.Command):
    """apus locals: the tensors that the selected frame holds, by the names of variables where these are known, and by
    registers and places on the stack otherwise."""

    def __init__(self):
        super().__init__("apus locals", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        known = tensors()
        if not known.is_known:
            raise gdb.GdbError("this program has no tensors of Apus, or no symbols")
        frame = gdb.selected_frame()
        seen = set()
        for name, body in self.variables(frame, known):
            seen.add(body)
            print("%s = %s" % (name, known.describe(body)))
        for name, body in self.places(frame, known):
            if body not in seen:
                seen.add(body)
                print("%s: %s" % (name, known.describe(body)))
        if not seen:
            print("no tensor is in this frame's variables, registers and stack")

    def variables(self, frame, known):
        try:
            block = frame.block()
        except RuntimeError:
            return
        names = set()
        while block is not None:
            for symbol in block:
                if symbol.name in names or not (symbol.is_variable or symbol.is_argument):
                    continue
                names.add(symbol.name)
                try:
                    body = word_at(frame.read_var(symbol, block))
                except (gdb.error, ValueError):
                    continue
                if body is not None and known.is_body(body):
                    yield symbol.name, body
            if block.function is not None:
                break
            block = block.superblock

    def places(self, frame, known):
        for name in ["rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"] + [
            "x%d" % i for i in range(31)
        ]:
            try:
                body = int(frame.read_register(name)) & 0xFFFFFFFFFFFFFFFF
            except (gdb.error, ValueError):
                continue
            if known.is_body(body):
                yield "$" + name, body
        low = int(frame.read_register("sp")) & 0xFFFFFFFFFFFFFFFF
        older = frame.older()
        high = int(older.read_register("sp")) & 0xFFFFFFFFFFFFFFFF if older is not None else low + 1024
        for place in range(low, min(high, low + 65536), 8):
            body = known.memory.word(place)
            if known.is_body(body):
                yield "*0x%x" % place, body


class ApusBacktrace(gdb.Command):
    """apus bt: the calls of the program's own code, without those of the library and of Swift; apus bt all: every call."""

    def __init__(self):
        super().__init__("apus bt", gdb.COMMAND_STACK)

    def invoke(self, argument, from_tty):
        frame = gdb.newest_frame()
        while frame is not None:
            place = frame.find_sal()
            file = place.symtab.fullname() if place.symtab is not None else ""
            is_own = "/Sources/Apus" not in file and "/Sources/CKernels/" not in file and place.line > 0
            if (is_own and "compiler-generated" not in file) or argument.strip() == "all":
                where = " at %s:%d" % (file, place.line) if file else ""
                print("#%-3d %s%s" % (frame.level(), demangled(frame.name()), where))
            frame = frame.older()


class ApusModule(gdb.Command):
    """apus module: the path of the module that the thread is in."""

    def __init__(self):
        super().__init__("apus module", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print(call_text("apus_debug_module") or "no module is being called")


class ApusMemory(gdb.Command):
    """apus memory: live tensors by the place where they were made, if the program has called recordMemoryHistory()."""

    def __init__(self):
        super().__init__("apus memory", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        print(call_text("apus_debug_memory"))


for command in [Apus, ApusPrint, ApusLocals, ApusBacktrace, ApusModule, ApusMemory]:
    command()
