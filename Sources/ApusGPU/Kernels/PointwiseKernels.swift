import ApusCore

// Formulas, one thread for each element.

extension GPUEngine {
  func run(_ pointwise: Pointwise, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let kind = NumberKind(computing: try pointwise.computeType(inputs)) else { return false }
    return try run(pointwise.formula, pointwise.scalars, inputs, into: results, kind)
  }

  /// Computes a formula in numbers of `kind` on operands that are broadcast to the results.
  func run(
    _ formula: Formula, _ scalars: [Scalar], _ inputs: [Tensor], into results: [Tensor], _ kind: NumberKind
  ) throws(TensorError) -> Bool {
    guard let first = results.first else { return true }
    if first.count == 0 { return true }
    let walk = ElementWalk(results: first, inputs)
    // Many operands that lie in many ways: more parameters than a device takes.
    guard walk.parameterCount <= 100, results.allSatisfy({ $0.strides == first.strides }) else { return false }
    var key = KernelKey("formula", formula)
    key.add(Int(kind.rawValue))
    key.add(walk.isWide)
    key.add(walk.sizes.count)
    for (input, access) in zip(inputs, walk.access) {
      guard ElementText(input.dtype) != nil else { return false }
      key.add(input.dtype)
      key.add(access.code)
    }
    for result in results {
      guard ElementText(result.dtype) != nil else { return false }
      key.add(result.dtype)
    }
    key.add(scalars.count)
    let made = try kernel(key, formula) {
      FormulaText(formula, kind).map {
        source($0, kind, walk, inputs.map(\.dtype), results.map(\.dtype), scalars: scalars.count)
      }
    }
    guard let kernel = made else { return false }
    var arguments: [Argument] = [.int(walk.count)]
    arguments.reserveCapacity(16)
    for result in results { arguments.append(.tensor(result)) }
    for input in inputs { arguments.append(.tensor(input)) }
    walk.addArguments(&arguments)
    for scalar in scalars {
      switch kind {
      case .f32: arguments.append(.float(Float(scalar.double)))
      case .f64: arguments.append(.double(scalar.double))
      case .i64, .u64: arguments.append(.int(scalar.int))
      case .c64:
        arguments.append(.float(Float(scalar.complex.real)))
        arguments.append(.float(Float(scalar.complex.imaginary)))
      case .c128:
        arguments.append(.double(scalar.complex.real))
        arguments.append(.double(scalar.complex.imaginary))
      }
    }
    try launch(kernel, Grid(over: walk.count), arguments)
    return true
  }

  private func source(
    _ text: FormulaText, _ kind: NumberKind, _ walk: ElementWalk, _ inputs: [DType], _ results: [DType], scalars: Int
  ) -> KernelSource {
    var source = KernelSource("formula")
    source.isWide = walk.isWide
    source.int("count")
    for (k, dtype) in results.enumerated() { source.place(ElementText(dtype)?.storage ?? "", "out\(k)") }
    for (k, dtype) in inputs.enumerated() {
      source.place("const \(ElementText(dtype)?.storage ?? "")", "in\(k)")
    }
    walk.declare(&source)
    for i in 0..<scalars {
      if kind.isComplex {
        source.parameters += ["\(kind.part.text) p\(i)_re", "\(kind.part.text) p\(i)_im"]
        source.body.append("const \(kind.text) p\(i) = \(kind.complex("p\(i)_re", "p\(i)_im"));")
      } else {
        source.parameters.append("\(kind.text) p\(i)")
      }
    }
    source.body += ["const index i = ELEMENT;", "if (i >= count) return;"]
    walk.place("i", &source)
    for (k, dtype) in inputs.enumerated() {
      let element = "in\(k)[\(walk.offset(of: k, "i"))]"
      source.body.append("const \(kind.text) x\(k) = \(ElementText(dtype)?.load(element, as: kind) ?? "");")
    }
    source.body += text.statements.map { "const " + $0 }
    for (k, dtype) in results.enumerated() {
      source.body.append("const \(kind.text) y\(k) = \(text.results[k]);")
      source.body.append("out\(k)[i] = \(ElementText(dtype)?.store("y\(k)", from: kind) ?? "");")
    }
    return source
  }

  /// Copies elements, converting them: `from` is broadcast to `to`, which is dense.
  func copy(_ from: Tensor, to: Tensor) throws(TensorError) -> Bool {
    if to.count == 0 { return true }
    if from.dtype != to.dtype {
      guard let kind = NumberKind(converting: from.dtype, to: to.dtype) else { return false }
      return try run(Self.identity, [], [from], into: [to], kind)
    }
    return try write(from, to: to)
  }

  private static let identity = Formula("Copy") { $0 }

  /// A tensor of the device, not initialised.
  func make(_ shape: [Int], _ dtype: DType) throws(TensorError) -> Tensor {
    try Tensor.uninitialized(TensorType(shape, dtype), strides: rowMajorStrides(shape), on: self)
  }

  /// Integers of the host as a tensor of the device.
  func numbers(_ values: [Int]) throws(TensorError) -> Tensor {
    let made = try make([values.count], .int64)
    try driver.write(values, to: made.deviceBlock, values.count * MemoryLayout<Int>.size)
    return made
  }

  /// The elements of a tensor, row by row and of a type: itself where they are; nil where that cannot be computed here.
  func dense(_ tensor: Tensor, as dtype: DType? = nil) throws(TensorError) -> Tensor? {
    let dtype = dtype ?? tensor.dtype
    if tensor.dtype == dtype, tensor.isContiguous { return tensor }
    let result = try make(tensor.shape, dtype)
    return try copy(tensor, to: result) ? result : nil
  }
}

extension FusedFormula: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try engine.run(formula, [], inputs, into: results, .f32)
  }
}

extension NumberKind {
  /// The kind in which elements of one type become those of another.
  init?(converting from: DType, to: DType) {
    guard let source = NumberKind(computing: from), let target = NumberKind(computing: to) else { return nil }
    if source.isComplex && target.isComplex {
      self = source == .c128 || target == .c128 ? .c128 : .c64
    } else {
      self = source
    }
  }
}

/// How the threads of a kernel find the elements of operands that are broadcast to a dense result: neighbouring dimensions that all
/// operands step through evenly are one.
struct ElementWalk {
  let count: Int
  /// Merged dimensions, the slowest first.
  let sizes: [Int]
  let access: [PointwiseLayout.Access]
  /// Whether places need 64 bits.
  let isWide: Bool

  init(results: Tensor, _ inputs: [Tensor]) {
    if inputs.allSatisfy({ $0.shape == results.shape && $0.strides == results.strides }) {
      self.init(denseOf: results.count, operands: inputs.count)
      return
    }
    self.init(
      PointwiseLayout(
        shape: results.shape, resultStrides: results.strides, inputs: inputs.map { ($0.type, $0.strides) }),
      count: results.count)
  }

  /// A walk over elements of a shape in the order of rows.
  init(shape: [Int], _ inputs: [Tensor]) {
    self.init(
      PointwiseLayout(
        shape: shape, resultStrides: rowMajorStrides(shape), inputs: inputs.map { ($0.type, $0.strides) }),
      count: elementCount(shape))
  }

  /// Operands that lie as the results do.
  private init(denseOf count: Int, operands: Int) {
    self.count = count
    (sizes, access) = ([count], Array(repeating: .dense, count: operands))
    isWide = count >= Int(Int32.max)
  }

  private init(_ layout: PointwiseLayout, count: Int) {
    let isStrided = layout.access.contains { if case .strided = $0 { true } else { false } }
    self.count = count
    sizes = isStrided ? layout.sizes : [count]
    access = layout.access
    isWide =
      count >= Int(Int32.max)
      || layout.access.contains { access in
        guard case .strided(let strides) = access else { return false }
        return zip(strides, layout.sizes).reduce(0) { $0 + abs($1.0) * ($1.1 - 1) } >= Int(Int32.max)
      }
  }

  private var isStrided: Bool { access.contains { if case .strided = $0 { true } else { false } } }

  var parameterCount: Int { isStrided ? sizes.count * (1 + access.count) : 0 }

  /// The parameters for sizes and strides.
  func declare(_ source: inout KernelSource) {
    guard isStrided else { return }
    for d in sizes.indices.dropFirst() { source.int("size\(d)") }
    for (k, access) in access.enumerated() {
      if case .strided(let strides) = access { for d in strides.indices { source.int("stride\(k)_\(d)") } }
    }
  }

  func addArguments(_ arguments: inout [Argument]) {
    guard isStrided else { return }
    for d in sizes.indices.dropFirst() { arguments.append(.int(sizes[d])) }
    for access in access {
      if case .strided(let strides) = access { for stride in strides { arguments.append(.int(stride)) } }
    }
  }

  /// The coordinates of element `i`.
  func place(_ i: String, _ source: inout KernelSource) {
    guard isStrided else { return }
    source.body.append("index rest = \(i);")
    for d in sizes.indices.reversed() {
      source.body.append(
        d == 0 ? "const index c0 = rest;" : "const index c\(d) = rest % size\(d); rest /= size\(d);")
    }
  }

  /// The place of operand `k` at these coordinates.
  func offset(of k: Int, _ i: String) -> String {
    switch access[k] {
    case .dense: i
    case .uniform: "0"
    case .strided(let strides): strides.indices.map { "c\($0) * stride\(k)_\($0)" }.joined(separator: " + ")
    }
  }
}

extension PointwiseLayout.Access {
  var code: Int {
    switch self {
    case .dense: 0
    case .uniform: 1
    case .strided: 2
    }
  }
}
