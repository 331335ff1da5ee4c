import ApusCore

extension Registry {
  /// New tensors.
  static let creation: [Operation] = [
    .tensor("arange", "start, end, step=1, *, dtype=None") {
      try arange($0.scalar("start"), $0.scalar("end"), $0.scalar("step"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("arange", "end, *, dtype=None") { try arange($0.scalar("end"), dtype: $0.optionalDType("dtype")) },
    .tensor("linspace", "start, end, steps, *, dtype=None") {
      try linspace($0.scalar("start"), $0.scalar("end"), $0.int("steps"), dtype: $0.optionalDType("dtype"))
    },
    .tensor("logspace", "start, end, steps, base=10.0, *, dtype=None") {
      try logspace(
        $0.scalar("start"), $0.scalar("end"), $0.int("steps"), base: $0.double("base"),
        dtype: $0.optionalDType("dtype"))
    },
    .tensor("eye", "n, m=None, *, dtype=None") {
      try eye($0.int("n"), $0.optionalInt("m"), dtype: $0.optionalDType("dtype") ?? .float32)
    },
    .tensor("tril_indices", "row, col, offset=0, *, dtype=int64") {
      try trilIndices($0.int("row"), $0.int("col"), offset: $0.int("offset"), dtype: $0.dtype("dtype"))
    },
    .tensor("triu_indices", "row, col, offset=0, *, dtype=int64") {
      try triuIndices($0.int("row"), $0.int("col"), offset: $0.int("offset"), dtype: $0.dtype("dtype"))
    },
    .tensor("scalar_tensor", "s, *, dtype=float32") { try Tensor.full([], $0.scalar("s"), dtype: $0.dtype("dtype")) },
    .tensor("full", "size, fill_value, *, dtype=None") {
      try Tensor.full($0.ints("size"), $0.scalar("fill_value"), dtype: $0.optionalDType("dtype"))
    },
    .sized("zeros") { Tensor.zeros($0, dtype: $1) },
    .sized("ones") { Tensor.ones($0, dtype: $1) },
    .sized("empty") { Tensor.empty($0, dtype: $1) },
    .like("zeros_like") { zerosLike($0, dtype: $1) },
    .like("ones_like") { onesLike($0, dtype: $1) },
    .like("empty_like") { emptyLike($0, dtype: $1) },
    .tensor("full_like", "input, fill_value, *, dtype=None") {
      try fullLike($0.tensor("input"), $0.scalar("fill_value"), dtype: $0.optionalDType("dtype"))
    },
    .sizedAs("new_zeros") { Tensor.zeros($0, dtype: $1) },
    .sizedAs("new_ones") { Tensor.ones($0, dtype: $1) },
    .sizedAs("new_empty") { Tensor.empty($0, dtype: $1) },
    .tensor("new_full", "input, size, fill_value, *, dtype=None") {
      try Tensor.full(
        $0.ints("size"), $0.scalar("fill_value"), dtype: $0.optionalDType("dtype") ?? $0.tensor("input").dtype)
    },
    .tensor("empty_strided", "size, stride, *, dtype=None") {
      try laidOut($0.ints("size"), $0.ints("stride"), $0.optionalDType("dtype") ?? .float32)
    },
    .tensor("new_empty_strided", "input, size, stride, *, dtype=None") {
      try laidOut($0.ints("size"), $0.ints("stride"), $0.optionalDType("dtype") ?? $0.tensor("input").dtype)
    },
    .tensor("empty_permuted", "size, physical_layout, *, dtype=None") {
      let (size, order) = (try $0.ints("size"), try $0.ints("physical_layout"))
      guard order.sorted() == Array(size.indices) else {
        throw TensorError(.dimension, "empty_permuted", "\(order) does not put each of \(size.count) dimensions once")
      }
      return try laidOut(size, denseStrides(size, order: order), $0.optionalDType("dtype") ?? .float32)
    },
    .tensor("fill Tensor.fill_", "input, value") {
      let input = try $0.tensor("input")
      if case .tensor(let value) = try $0.value("value") {
        guard value.rank == 0 else {
          throw TensorError(.shape, "fill", "the value must have no dimensions, and found \(value.shape)")
        }
        return input.maskedFill(Tensor.full([], true), value.to(input.dtype))
      }
      return input.maskedFill(
        Tensor.full([], true), input.hasFailed ? input : Tensor.full([], try $0.scalar("value"), dtype: input.dtype))
    },
    .unary("zero zero_") { zerosLike($0) },
    .window("hamming") { signal.windows.hamming($0, sym: $1, dtype: $2) },
    .window("hann") { signal.windows.hann($0, sym: $1, dtype: $2) },
    .window("bartlett") { signal.windows.bartlett($0, sym: $1, dtype: $2) },
    .window("blackman") { signal.windows.blackman($0, sym: $1, dtype: $2) },
    .window("cosine") { signal.windows.cosine($0, sym: $1, dtype: $2) },
    .window("nuttall") { signal.windows.nuttall($0, sym: $1, dtype: $2) },
    .tensor("signal.windows.gaussian", "M, *, std=1.0, sym=True, dtype=float32") {
      try signal.windows.gaussian($0.int("M"), std: $0.double("std"), sym: $0.bool("sym"), dtype: windowType($0))
    },
    .tensor("signal.windows.exponential", "M, *, center=None, tau=1.0, sym=True, dtype=float32") {
      try signal.windows.exponential(
        $0.int("M"), center: $0.optionalDouble("center"), tau: $0.double("tau"), sym: $0.bool("sym"),
        dtype: windowType($0))
    },
    .tensor("signal.windows.kaiser", "M, *, beta=12.0, sym=True, dtype=float32") {
      try signal.windows.kaiser($0.int("M"), beta: $0.double("beta"), sym: $0.bool("sym"), dtype: windowType($0))
    },
    .tensor("signal.windows.general_hamming", "M, *, alpha=0.54, sym=True, dtype=float32") {
      try signal.windows.generalHamming(
        $0.int("M"), alpha: $0.double("alpha"), sym: $0.bool("sym"), dtype: windowType($0))
    },
    .tensor("signal.windows.general_cosine", "M, *, a, sym=True, dtype=float32") {
      try signal.windows.generalCosine($0.int("M"), a: $0.doubles("a"), sym: $0.bool("sym"), dtype: windowType($0))
    },
  ]

  /// Zeros under the given strides.
  private static func laidOut(_ shape: [Int], _ strides: [Int], _ dtype: DType) throws -> Tensor {
    let zero = Tensor.full([], 0, dtype: dtype).expand(shape)
    return zero.hasFailed ? zero : try zero.laidOut(strides: strides)
  }
}

private func windowType(_ a: OperationArguments) throws -> DType { try a.optionalDType("dtype") ?? .float32 }

extension Operation {
  /// A tensor of a size: `zeros(2, 3)`.
  fileprivate static func sized(_ name: String, _ body: @escaping @Sendable ([Int], DType) -> Tensor) -> Operation {
    tensor(name, "*size, dtype=None") { body(try $0.ints("size"), try $0.optionalDType("dtype") ?? .float32) }
  }

  /// A tensor of a size, with the type of another.
  fileprivate static func sizedAs(_ name: String, _ body: @escaping @Sendable ([Int], DType) -> Tensor) -> Operation {
    tensor(name, "input, *size, dtype=None") {
      body(try $0.ints("size"), try $0.optionalDType("dtype") ?? $0.tensor("input").dtype)
    }
  }

  /// A tensor with the shape of another.
  fileprivate static func like(_ name: String, _ body: @escaping @Sendable (Tensor, DType?) -> Tensor) -> Operation {
    tensor(name, "input, *, dtype=None") { body(try $0.tensor("input"), try $0.optionalDType("dtype")) }
  }

  fileprivate static func window(_ name: String, _ body: @escaping @Sendable (Int, Bool, DType) -> Tensor) -> Operation
  {
    tensor("signal.windows." + name, "M, *, sym=True, dtype=float32") {
      body(try $0.int("M"), try $0.bool("sym"), try windowType($0))
    }
  }
}
