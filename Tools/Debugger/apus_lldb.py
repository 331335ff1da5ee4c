"""Tensors and modules of Apus in lldb; the commands are those of apus_gdb.py.

    (lldb) command script import Tools/Debugger/apus_lldb.py
    (lldb) breakpoint set --name apusStop
    (lldb) run
    (lldb) apus bt
    (lldb) frame select 12
    (lldb) apus locals
    (lldb) apus print x
    (lldb) apus module
    (lldb) apus memory
"""

import os
import re
import sys

import lldb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import apus_objects  # noqa: E402


class LLDBMemory(apus_objects.Memory):
    def __init__(self, target):
        self.target = target

    def read(self, address, count):
        error = lldb.SBError()
        data = self.target.process.ReadMemory(address, count, error) if count else b""
        if error.Fail():
            raise ValueError(str(error))
        return data

    def symbol(self, name):
        found = self.target.FindSymbols(name)
        for i in range(found.GetSize()):
            address = found.GetContextAtIndex(i).symbol.addr.GetLoadAddress(self.target)
            if address != lldb.LLDB_INVALID_ADDRESS:
                return address
        return None


_known = {}


def tensors(target):
    memory = LLDBMemory(target)
    key = (target.process.GetUniqueID(), memory.symbol(apus_objects.METADATA))
    if key not in _known:
        _known.clear()
        _known[key] = apus_objects.Tensors(memory)
    return _known[key]


def word_at(value):
    """The one word that a value is; None if it is something else."""
    if value.GetByteSize() != 8:
        return None
    if value.GetLoadAddress() != lldb.LLDB_INVALID_ADDRESS:
        try:
            return LLDBMemory(value.GetTarget()).word(value.GetLoadAddress())
        except ValueError:
            return None
    error = lldb.SBError()
    word = value.GetData().GetUnsignedInt64(error, 0)
    return word if error.Success() else None


def tensor_summary(value, _):
    known = tensors(value.GetTarget())
    body = word_at(value.GetNonSyntheticValue())
    return str(known.describe(body)) if body is not None and known.is_body(body) else ""


def call_text(frame, function, argument=0):
    """What a function of the library says, called in the halted program."""
    options = lldb.SBExpressionOptions()
    options.SetLanguage(lldb.eLanguageTypeC)
    options.SetTrapExceptions(False)
    call = "((char *(*)(void *)) %s)((void *) %d)" % (function, argument)
    value = frame.EvaluateExpression(call, options)
    if value.error.Fail() or not value.unsigned:
        raise ValueError(str(value.error))
    error = lldb.SBError()
    text, address = b"", value.unsigned
    while not text.endswith(b"\0"):
        # Up to the next page, behind which there may be nothing.
        part = frame.thread.process.ReadMemory(address, 4096 - address % 4096, error)
        if error.Fail():
            break
        end = part.find(b"\0")
        text += part if end < 0 else part[: end + 1]
        address += len(part)
    frame.EvaluateExpression("((void (*)(void *)) free)((void *) %d)" % value.unsigned, options)
    return text.rstrip(b"\0").decode(errors="replace")


def object_of(frame, expression):
    """The address of the object that an expression names: a variable of the frame, a register, a number."""
    if expression.startswith("$"):
        return frame.FindRegister(expression[1:]).GetValueAsUnsigned()
    if re.fullmatch(r"0x[0-9a-fA-F]+|[0-9]+", expression):
        return int(expression, 0)
    value = frame.FindVariable(expression)
    return word_at(value) if value.IsValid() else None


def print_object(frame, argument, result):
    address = object_of(frame, argument)
    if not address:
        result.SetError("%s is nil, or the compiler has kept it nowhere; apus locals lists what there is" % argument)
        return
    known = tensors(frame.thread.process.target)
    try:
        result.AppendMessage(call_text(frame, "apus_debug_text", address))
    except ValueError as error:
        if known.is_body(address):
            result.AppendMessage(str(known.describe(address)))
        else:
            result.SetError(str(error))


def print_locals(frame, result):
    known = tensors(frame.thread.process.target)
    if not known.is_known:
        result.SetError("this program has no tensors of Apus, or no symbols")
        return
    seen = set()
    for value in frame.GetVariables(True, True, False, True):
        body = word_at(value)
        if body is not None and known.is_body(body):
            seen.add(body)
            result.AppendMessage("%s = %s" % (value.GetName(), known.describe(body)))
    for register in frame.GetRegisters()[0]:
        body = register.GetValueAsUnsigned()
        if body not in seen and known.is_body(body):
            seen.add(body)
            result.AppendMessage("$%s: %s" % (register.GetName(), known.describe(body)))
    low = frame.GetSP()
    older = frame.thread.GetFrameAtIndex(frame.idx + 1)
    high = older.GetSP() if older.IsValid() else low + 1024
    for place in range(low, min(high, low + 65536), 8):
        body = known.memory.word(place)
        if body not in seen and known.is_body(body):
            seen.add(body)
            result.AppendMessage("*0x%x: %s" % (place, known.describe(body)))
    if not seen:
        result.AppendMessage("no tensor is in this frame's variables, registers and stack")


def print_calls(frame, argument, result):
    for call in frame.thread:
        place = call.GetLineEntry()
        file = str(place.GetFileSpec()) if place.IsValid() else ""
        hidden = ["/Sources/Apus", "/Sources/CKernels/", "sysdeps/", "csu/"]
        is_own = place.IsValid() and place.GetLine() > 0 and not any(part in file for part in hidden)
        if (is_own and "compiler-generated" not in file) or argument == "all":
            where = " at %s:%d" % (file, place.GetLine()) if file else ""
            name = call.GetFunctionName() or "?"
            if name.startswith("$s"):
                try:
                    name = demangled(call, name)
                except ValueError:
                    pass
            result.AppendMessage("#%-3d %s%s" % (call.idx, name, where))


def demangled(frame, name):
    """A Swift function's name for people, where lldb does not know Swift."""
    options = lldb.SBExpressionOptions()
    options.SetLanguage(lldb.eLanguageTypeC)
    call = '((char *(*)(const char *, unsigned long, void *, void *, int)) swift_demangle)("%s", %d, 0, 0, 0)'
    value = frame.EvaluateExpression(call % (name, len(name)), options)
    text = frame.thread.process.ReadCStringFromMemory(value.unsigned, 4096, lldb.SBError()) if value.unsigned else ""
    return text or name


def apus(debugger, command, context, result, _):
    """apus print X | apus locals | apus bt [all] | apus module | apus memory"""
    frame = context.frame
    if not frame.IsValid():
        result.SetError("no program is halted")
        return
    word, _, argument = command.strip().partition(" ")
    try:
        if word == "print":
            print_object(frame, argument.strip(), result)
        elif word == "locals":
            print_locals(frame, result)
        elif word == "bt":
            print_calls(frame, argument.strip(), result)
        elif word == "module":
            result.AppendMessage(call_text(frame, "apus_debug_module") or "no module is being called")
        elif word == "memory":
            result.AppendMessage(call_text(frame, "apus_debug_memory"))
        else:
            result.SetError(apus.__doc__)
    except ValueError as error:
        result.SetError(str(error))


def __lldb_init_module(debugger, _):
    debugger.HandleCommand("command script add --overwrite -f apus_lldb.apus apus")
    for name in ["Tensor", "ApusCore.Tensor"]:
        debugger.HandleCommand('type summary add --python-function apus_lldb.tensor_summary "%s"' % name)
