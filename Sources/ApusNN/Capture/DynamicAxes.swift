import ApusCore
import ApusFunctional

/// A size of a dimension, or a number that may depend on one: what it was in each of the calls that were captured. Where the
/// axes of all inputs are fixed there is one call.
package struct Size: Hashable, Sendable, CustomStringConvertible {
  package let values: [Int]

  package init(_ values: [Int]) { self.values = values }

  /// Whether it is the same whatever the sizes of the inputs.
  package var isFixed: Bool { values.allSatisfy { $0 == values[0] } }

  /// The fixed number; nil where it depends on an input's size.
  package var fixed: Int? { isFixed ? values[0] : nil }

  package var description: String { isFixed ? "\(values[0])" : values.map(String.init).joined(separator: " or ") }

  package static func + (a: Size, b: Size) -> Size { Size(zip(a.values, b.values).map { $0 + $1 }) }
  package static func - (a: Size, b: Size) -> Size { Size(zip(a.values, b.values).map { $0 - $1 }) }
  package static func * (a: Size, b: Size) -> Size { Size(zip(a.values, b.values).map { $0 * $1 }) }
}

/// The dimensions of inputs whose sizes are left open.
package struct DynamicAxes {
  /// For each input the name of each open dimension.
  package let names: [[Int: String]]
  /// The size of each name in the example.
  package let bases: [(name: String, size: Int)]
  /// What the user called: its name stands in messages.
  private let operation: String

  package init(
    _ inputs: [Tensor], _ inputNames: [String], _ axes: [String: [Int: String]], _ operation: String
  ) throws {
    self.operation = operation
    if let unknown = axes.keys.sorted().first(where: { !inputNames.contains($0) }) {
      throw TensorError(
        .value, operation,
        "the open dimensions name the input \"\(unknown)\", and the inputs are \(inputNames.joined(separator: ", "))")
    }
    var bases: [(name: String, size: Int)] = []
    var names: [[Int: String]] = []
    for (input, inputName) in zip(inputs, inputNames) {
      var own: [Int: String] = [:]
      for (axis, name) in (axes[inputName] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let d = axis < 0 ? axis + input.rank : axis
        guard input.shape.indices.contains(d) else {
          throw TensorError(
            .dimension, operation, "\(inputName) of shape \(input.shape) has no dimension \(axis) to leave open")
        }
        if let known = bases.first(where: { $0.name == name }) {
          guard known.size == input.shape[d] else {
            throw TensorError(
              .shape, operation,
              "the dimension \"\(name)\" has size \(known.size) and, as dimension \(d) of \(inputName), \(input.shape[d])"
            )
          }
        } else {
          bases.append((name, input.shape[d]))
        }
        own[d] = name
      }
      names.append(own)
    }
    (self.names, self.bases) = (names, bases)
  }

  /// Captures a call with the example, and with inputs of other sizes where axes are open: three times, so that a number that
  /// depends on them shows how; with `confirms` up to three times more, as far as the function takes such sizes.
  package func captures(
    of inputs: [Tensor], confirms: Bool = false, _ capture: ([Tensor]) throws -> CapturedCall
  ) throws -> [CapturedCall] {
    if bases.isEmpty { return [try capture(inputs)] }
    return try ScanCapture.$keepsShortLoops.withValue(true) {
      try capturesOfSizes(inputs, confirms: confirms, capture)
    }
  }

  private func capturesOfSizes(
    _ inputs: [Tensor], confirms: Bool, _ capture: ([Tensor]) throws -> CapturedCall
  ) throws -> [CapturedCall] {
    var first: (any Error)?
    for plan in plans {
      do {
        func captured(_ sizes: [Int]) throws -> CapturedCall {
          let named = Dictionary(uniqueKeysWithValues: zip(bases.map(\.name), sizes))
          return try capture(resized(inputs, named))
        }
        let made = try (0..<3).map { k in try captured(plan.map { $0[k] }) }
        try checkAlike(made)
        guard confirms else { return made }
        // Sums of sizes that worked, which keep what divides them, and sizes that little divides, which not every function takes.
        let sums = plan.enumerated().map { i, sizes in sizes[i % 2] + sizes[2] }
        let raised = [3, 5].map { step in plan.enumerated().map { i, sizes in sizes[0] + step + 2 * i } }
        let others = ([sums] + raised).compactMap { try? captured($0) }
        try checkAlike(made + others)
        return made + others
      } catch {
        if first == nil { first = error }
      }
    }
    // Where the example itself fails, that is the mistake.
    _ = try capture(inputs)
    throw first ?? TensorError(.value, operation, "the function cannot be called with other sizes")
  }

  /// Ways to choose three sizes for each name. No two names' sizes lie on one line, so that no number that depends on one of them
  /// seems to depend on another.
  private var plans: [[[Int]]] {
    let factors = [[4, 8, 20], [4, 12, 16], [4, 16, 28], [4, 20, 24], [4, 8, 16], [4, 24, 32], [4, 28, 64]]
    let parts = [[4, 2, 1], [4, 3, 1], [4, 3, 2], [4, 5, 2], [4, 5, 3], [4, 6, 3], [4, 6, 5]]
    let steps = [[0, 1, 4], [0, 2, 3], [0, 3, 7], [0, 4, 5], [0, 1, 3], [0, 5, 7], [0, 6, 11]]
    func plan(_ size: (Int, Int) -> [Int]) -> [[Int]] {
      bases.enumerated().map { size($0 % factors.count, $1.size) }
    }
    let scaled = plan { i, n in factors[i].map { max(n, 2) * $0 / 4 } }
    let divided = plan { i, n in parts[i].map { n * $0 / 4 } }
    let raised = plan { i, n in steps[i].map { max(n, 2) + $0 } }
    let lowered = plan { i, n in steps[i].map { n - $0 } }
    let isLarge = bases.contains { $0.size >= 32 }
    return (isLarge ? [divided, raised, scaled, lowered] : [scaled, raised, divided, lowered])
      .filter { $0.allSatisfy { sizes in sizes.allSatisfy { $0 > 1 } && Set(sizes).count == 3 } }
  }

  /// The inputs with other sizes: elements repeat, or some are left out.
  private func resized(_ inputs: [Tensor], _ sizes: [String: Int]) -> [Tensor] {
    noGrad {
      zip(inputs, names).map { input, axes in
        axes.sorted { $0.key < $1.key }.reduce(input.detach()) { tensor, axis in
          guard let size = sizes[axis.value], size != tensor.shape[axis.key], tensor.shape[axis.key] > 0 else {
            return tensor
          }
          let places = (0..<size).map { $0 % tensor.shape[axis.key] }
          return tensor.indexSelect(axis.key, Tensor(places))
        }
      }
    }
  }

  /// The name whose size this is, if it is one.
  package func name(of size: Size, among inputs: [[Size]]) -> String? {
    for (sizes, axes) in zip(inputs, names) {
      for (axis, name) in axes where sizes[axis] == size { return name }
    }
    return nil
  }

  /// Refuses calls that did different things with different sizes.
  private func checkAlike(_ calls: [CapturedCall]) throws {
    let first = calls[0]
    try checkSteps(calls)
    for call in calls.dropFirst() {
      let pairs = zip(first.trace.instructions, call.trace.instructions)
      for (i, (a, b)) in pairs.enumerated() {
        guard a.inputs == b.inputs, a.outputs == b.outputs, Self.kind(a) == Self.kind(b) else {
          throw TensorError(
            .unsupported, operation,
            "with other sizes of the open dimensions the function does something else\(Self.place(first.paths[i])): "
              + "\(Self.kind(a)) with some, \(Self.kind(b)) with others; fix these dimensions, or avoid `if` and loops that depend on them"
          )
        }
      }
      guard first.trace.instructions.count == call.trace.instructions.count, first.outputs == call.outputs else {
        throw TensorError(
          .unsupported, operation,
          "with other sizes of the open dimensions the function has another number of operations "
            + "(\(first.trace.instructions.count) and \(call.trace.instructions.count)); a loop goes over such a dimension"
        )
      }
    }
  }

  /// The same for the steps of branches and loops.
  private func checkSteps(_ calls: [CapturedCall]) throws {
    for (i, instruction) in calls[0].trace.instructions.enumerated() {
      guard case .operation(let operation as any ControlFlow, _, _) = instruction else { continue }
      for part in operation.form.parts.indices {
        try checkAlike(
          calls.compactMap { call in
            guard call.trace.instructions.indices.contains(i),
              case .operation(let own as any ControlFlow, _, _) = call.trace.instructions[i],
              own.form.parts.indices.contains(part)
            else { return nil }
            return CapturedCall(step: own.form.parts[part].step, of: call, path: call.paths[i])
          })
      }
    }
  }

  private static func place(_ path: String) -> String { path.isEmpty ? "" : " in \(path)" }

  private static func kind(_ instruction: Trace.Instruction) -> String {
    switch instruction {
    case .operation(let primitive, _, _): primitive.name
    case .readVariable: "a parameter"
    case .writeVariable: "storing"
    case .readGradient, .writeGradient: "a gradient"
    case .perform(let name, _): name
    case .hooks: "hooks"
    }
  }
}
