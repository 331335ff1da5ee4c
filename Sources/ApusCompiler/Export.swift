import ApusCore
import CKernels

/// Writes a function as a self-contained C file: no library is needed to compile and run it.
///
/// The function is captured with `example` arguments, whose shapes and types the C function keeps; parameters and other
/// tensors become constants in the file. It defines
///
///     void NAME(const float *in0, ..., float *out0, ...);   // row-major arrays
///
/// and, for hosts that have no pointers of their own such as WebAssembly's, `NAME_input(i)`, `NAME_output(i)` (addresses of
/// arrays inside) and `NAME_run()`.
///
/// - Parameters:
///   - name: the C function's.
///   - example: arguments as calls will bring them.
/// - Throws: `TensorError` if the function reads values, stores variables, draws random numbers, or has an operation without
///   a C form.
public func exportC<each Argument: TensorTree, Output: TensorTree>(
  _ function: (repeat each Argument) -> Output, example: repeat each Argument, name: String = "model"
) throws(TensorError) -> String {
  let tracer = Tracer()
  var outputs: [Tensor] = []
  noGrad {
    tracer.follow {
      func follow<T: TensorTree>(_ tree: T) -> T { tree.mapTensors { tracer.input($0.elementsOnly.contiguous()) } }
      _ = function(repeat follow(each example)).mapTensors {
        outputs.append($0.contiguous())
        return $0
      }
    }
  }
  tracer.close()
  if let reason = tracer.failure { throw TensorError(.value, "exportC", "the function cannot be captured: \(reason)") }
  if outputs.contains(where: \.isPoisoned) {
    throw TensorError(
      .value, "exportC", "the function cannot be captured: an operation failed on the example arguments")
  }
  let trace = tracer.trace
  var graph = Graph(
    trace, 0..<trace.instructions.count, inputs: trace.inputs, outputs: outputs.map { tracer.value(of: $0) })
  // What variables hold now is part of the program.
  for node in graph.nodes {
    if case .readVariable(let variable) = node.operation {
      graph.constants[node.outputs[0]] = variable.elements
    }
  }
  graph.constants.merge(tracer.trace.constants.map { ($0.value, $0.tensor) }) { first, _ in first }
  while graph.values.count < tracer.trace.values.count { graph.values.append(tracer.trace.values[graph.values.count]) }
  graph.nodes.removeAll { if case .readVariable = $0.operation { true } else { false } }
  _ = graph.removeCopies()
  _ = graph.shareCommon()
  _ = graph.removeDead()
  _ = graph.fuseEpilogues()
  _ = graph.fusePointwise(all: true)
  _ = graph.removeDead()
  return try CProgram(graph, name: name).text
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
  let source = try exportC(function, example: repeat each example, name: name)
  let exports = ["", "_input", "_output", "_run"].map { "-Wl,--export=\(name)\($0)" }
  guard
    let bytes = NativeCompiler.build(
      source,
      [
        "--target=wasm32", "-O3", "-msimd128", "-mbulk-memory", "-ffp-contract=fast", "-nostdlib", "-w",
        "-Wl,--no-entry",
      ] + exports)
  else {
    throw TensorError(
      .value, "exportWebAssembly",
      "no compiler made a WebAssembly module: "
        + (NativeCompiler.compiler.map { "\($0) failed; it needs the target wasm32 and wasm-ld" }
          ?? "no C compiler was found; put clang on the search path or name it in APUS_CC"))
  }
  return bytes
}

/// A graph as C.
private struct CProgram {
  let text: String

  /// The elements of memory from the first to the last one of a tensor.
  private static func span(_ type: TensorType, _ strides: [Int]) -> Int {
    type.count == 0 ? 0 : 1 + zip(type.shape, strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
  }

  /// Whether a view lies in the memory of the value that it is a view of.
  private static func isInside(_ value: Int, _ graph: Graph) -> Bool {
    var (root, offset) = (value, 0)
    while let view = graph.values[root].view { (root, offset) = (view.of, offset + view.offset) }
    let size = span(graph.values[root].type, graph.values[root].strides)
    return offset >= 0 && offset + span(graph.values[value].type, graph.values[value].strides) <= size
  }

  init(_ graph: Graph, name: String) throws(TensorError) {
    func cType(_ dtype: DType) throws(TensorError) -> String {
      if let name = dtype.cName { return name }
      throw TensorError(.dtype, "exportC", "has no C form for \(dtype) tensors; use float32")
    }
    let plan = MemoryPlan(graph, copiesViews: true) { _ in true }
    var kernels: [String] = []
    var body: [String] = []
    var constants: [String] = []
    let used = Set(graph.nodes.flatMap(\.inputs) + graph.outputs)
    for value in graph.constants.keys.sorted() where used.contains(value) {
      guard let tensor = graph.constants[value] else { continue }
      // As they lie in memory, gaps included: views of constants are pointers into them.
      let memory = tensor.asStrided([Self.span(tensor.type, tensor.strides)], [1])
      let numbers =
        tensor.dtype == .float32
        ? memory.array().map { CExpressions.literal(Double($0)) } : memory.array(as: Int.self).map { "\($0)" }
      constants.append(
        "static const \(try cType(tensor.dtype)) v\(value)_data[\(max(1, numbers.count))] = {\(numbers.joined(separator: ", "))};"
      )
      body.append("  const \(try cType(tensor.dtype)) *v\(value) = v\(value)_data;")
    }
    for (k, value) in graph.inputs.enumerated() {
      body.append("  const \(try cType(graph.values[value].type.dtype)) *v\(value) = in\(k);")
    }
    func array(_ value: Int) -> CArray {
      CArray(name: "v\(value)", type: graph.values[value].type, strides: graph.values[value].strides)
    }
    // Results are computed where they belong; those that are views, arguments or constants are copied there at the end.
    var places: [Int: String] = [:]
    let computed = Set(graph.nodes.flatMap(\.outputs).filter { graph.values[$0].view == nil })
    for (k, value) in graph.outputs.enumerated() where places[value] == nil && computed.contains(value) {
      places[value] = "out\(k)"
    }
    for node in graph.nodes {
      body.append("  // \(node.name)")
      for value in node.outputs {
        let type = try cType(graph.values[value].type.dtype)
        if let view = graph.values[value].view {
          guard Self.isInside(value, graph) else {
            throw TensorError(.value, "exportC", "has no C form for \(node.name) beyond the elements of its operand")
          }
          body.append("  \(type) *v\(value) = (\(type) *)v\(view.of) + \(view.offset);")
        } else if let place = places[value] {
          body.append("  \(type) *v\(value) = \(place);")
        } else if let offset = plan.offsets[value] {
          body.append("  \(type) *v\(value) = (\(type) *)(arena + \(offset));")
        }
      }
      switch node.operation {
      case .fused(let fused):
        let inputs = node.inputs.map { Trace.Value(type: graph.values[$0].type, strides: array($0).strides) }
        guard let walk = FusedWalk(fused, inputs: inputs),
          let kernel = CKernelSource(fused, walk, inputs: inputs, name: "\(name)_kernel_\(kernels.count)")
        else {
          throw TensorError(.value, "exportC", "has no C form for \(fused.parts.joined(separator: ", "))")
        }
        guard
          zip(node.outputs, fused.sums).allSatisfy({ $1 != nil || array($0).strides == walk.layout.resultStrides })
        else {
          throw TensorError(
            .value, "exportC", "cannot keep the order of dimensions in memory; use contiguous() before it")
        }
        kernels.append(kernel.text.replacing("\nvoid ", with: "\nstatic void "))
        let read = node.inputs.map { "v\($0)" }.joined(separator: ", ")
        let written = node.outputs.map { "v\($0)" }.joined(separator: ", ")
        body.append(
          "  { const void *in[] = {\(read)}; void *out[] = {\(written)}; \(kernel.name)(in, out, 0, \(walk.unitCount)); }"
        )
      case .primitive(let primitive):
        if node.outputs.allSatisfy({ graph.values[$0].view != nil }) { continue }
        guard let source = primitive.source(node.inputs.map(array), node.outputs.map(array)) else {
          throw TensorError(
            .value, "exportC",
            "has no C form for \(primitive.name) on \(node.inputs.map { "\(graph.values[$0].type)" }.joined(separator: ", "))"
          )
        }
        body.append("  {\n" + source + "\n  }")
      default:
        throw TensorError(.value, "exportC", "has no C form for \(node.name): a program has no variables and no host")
      }
    }
    for (k, value) in graph.outputs.enumerated() where places[value] != "out\(k)" {
      let type = graph.values[value].type
      let result = CArray(name: "out\(k)", type: type, strides: rowMajorStrides(type.shape))
      body.append("  " + cLoops(type.shape) { "\(result($0)) = \(array(value)($0));" })
    }

    func parameter(_ value: Int, _ name: String, isInput: Bool) throws(TensorError) -> String {
      "\(isInput ? "const " : "")\(try cType(graph.values[value].type.dtype)) *\(name)"
    }
    var parameters: [String] = []
    var statics: [String] = []
    for (k, value) in graph.inputs.enumerated() {
      parameters.append(try parameter(value, "in\(k)", isInput: true))
      statics.append(
        "static \(try cType(graph.values[value].type.dtype)) input_\(k)[\(max(1, graph.values[value].type.count))];")
    }
    for (k, value) in graph.outputs.enumerated() {
      parameters.append(try parameter(value, "out\(k)", isInput: false))
      statics.append(
        "static \(try cType(graph.values[value].type.dtype)) output_\(k)[\(max(1, graph.values[value].type.count))];")
    }
    let inputNames = graph.inputs.indices.map { "input_\($0)" }
    let outputNames = graph.outputs.indices.map { "output_\($0)" }
    let described =
      graph.inputs.enumerated().map { "//   in\($0): \(graph.values[$1].type.dtype)\(graph.values[$1].type.shape)" }
      + graph.outputs.enumerated().map { "//   out\($0): \(graph.values[$1].type.dtype)\(graph.values[$1].type.shape)" }
    text = """
      // \(name): made by Apus from a captured function. Arrays are row-major:
      \(described.joined(separator: "\n"))
      // It keeps its memory in static arrays, so that one thread at a time may call it.
      \(String(cString: ck_math_text()).replacing("#pragma once\n", with: ""))
      #if defined(__clang__)
      #pragma clang fp reassociate(on)
      #endif

      \(constants.joined(separator: "\n"))
      static _Alignas(64) unsigned char arena[\(max(64, plan.byteCount))];

      \(CKernelSource.common)
      \(kernels.joined(separator: "\n"))
      void \(name)(\(parameters.joined(separator: ", "))) {
      \(body.joined(separator: "\n"))
      }

      \(statics.joined(separator: "\n"))
      void *\(name)_input(int i) {
        void *all[] = {\(inputNames.joined(separator: ", "))};
        return i >= 0 && i < \(inputNames.count) ? all[i] : 0;
      }
      void *\(name)_output(int i) {
        void *all[] = {\(outputNames.joined(separator: ", "))};
        return i >= 0 && i < \(outputNames.count) ? all[i] : 0;
      }
      void \(name)_run(void) { \(name)(\((inputNames + outputNames).joined(separator: ", "))); }

      """
  }
}
