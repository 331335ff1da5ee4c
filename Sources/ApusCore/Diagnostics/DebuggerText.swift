#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What the scripts for debuggers in `Tools/gdb` and `Tools/lldb` call in a program that is halted.

/// The text of what a pointer refers to, as `print` would show it: a tensor's content, a module, or any other object of a Swift
/// class. The caller frees it.
@_cdecl("apus_debug_text")
package func debugText(_ object: UnsafeRawPointer?) -> UnsafeMutablePointer<CChar>? {
  guard let object else { return strdup("nil") }
  let value = Unmanaged<AnyObject>.fromOpaque(object).takeUnretainedValue()
  guard let body = value as? TensorBody else { return strdup("\(value)") }
  return strdup(Tensor(body).description)
}

/// The live tensors by the place where they were made; see ``liveTensors()``. The caller frees it.
@_cdecl("apus_debug_memory")
package func debugMemory() -> UnsafeMutablePointer<CChar>? { strdup(MemorySnapshot().description) }

/// The path of the module that the calling thread is in, empty outside of all. The caller frees it.
@_cdecl("apus_debug_module")
package func debugModule() -> UnsafeMutablePointer<CChar>? { strdup(ModuleFrame.path ?? "") }
