import ApusCore

/// Writes a function as a self-contained C file: no library is needed to compile and run it.
///
/// The function is captured with `example` arguments, whose shapes and types the C function keeps; parameters and other
/// tensors become constants in the file. It defines
///
///     void NAME(const float *in0, ..., float *out0, ...);   // row-major arrays
///
/// and, for hosts that have no pointers of their own such as WebAssembly's, `NAME_input(i)`, `NAME_output(i)` (addresses of
/// arrays inside) and `NAME_run()`. It has memory of its own, for one thread at a time; ``CLibrary`` has none.
///
/// - Parameters:
///   - name: the C function's.
///   - example: arguments as calls will bring them.
/// - Throws: `TensorError` if the function reads values, stores variables, draws random numbers, or has an operation without
///   a C form.
public func exportC<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, example: repeat each Argument, name: String = "model"
) throws(TensorError) -> String {
  try CLibrary(function, example: (repeat each example), name: name, weights: .inSource, operation: "exportC")
    .simpleSource
}

/// Writes a function as a WebAssembly module, with the functions that ``exportC(_:example:name:)`` defines. Needs a `clang`
/// with the target `wasm32` and `wasm-ld`, as Swift's toolchain has them; or name one in `APUS_CC`.
///
///     const {instance} = await WebAssembly.instantiate(bytes)
///     const {memory, model_input, model_output, model_run} = instance.exports
///     new Float32Array(memory.buffer, model_input(0), 64).set(pixels)
///     model_run()
///     const logits = new Float32Array(memory.buffer, model_output(0), 10)
public func exportWebAssembly<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, example: repeat each Argument, name: String = "model"
) throws(TensorError) -> [UInt8] {
  let library = try CLibrary(
    function, example: (repeat each example), name: name, weights: .inSource, operation: "exportWebAssembly")
  return try library.webAssembly("exportWebAssembly")
}
