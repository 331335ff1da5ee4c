import ApusCore
import ApusFunctional

// Matrix products: a group of 256 threads computes a square of 64 x 64 results, 4 x 4 a thread, from panels of 16 columns and rows that
// it brings to memory of the group. Convolutions are products too, of matrices that exist in these panels only.

/// The text of a kernel that multiplies matrices of `m` rows and `n` columns over `k`, whose elements are read and written by texts of
/// their own.
struct TileText {
  static let tile = 64
  static let threads = 256
  private static let depth = 16

  let kind: NumberKind
  /// Statements that set `value` to the element of the left matrix in row `r` and column `c`, both in range; it is 0 before.
  let left: String
  /// Whether neighbours of the left matrix in memory are in one column.
  let leftGoesDown: String
  /// The same of the right matrix.
  let right: String
  let rightGoesDown: String
  /// What is done with `sum`, the result in row `r` and column `c`.
  let store: String

  /// Lines that find which square of which product (`job`) a group has.
  static let begin = [
    "const index tiles_across = (n + \(tile - 1)) / \(tile), tiles_down = (m + \(tile - 1)) / \(tile);",
    "const index column = GROUP % tiles_across * \(tile), row = GROUP / tiles_across % tiles_down * \(tile);",
    "const index job = GROUP / tiles_across / tiles_down;",
  ]

  /// The lines of the body, behind ``begin`` and those that find the matrices.
  var lines: String {
    let (number, zero) = (kind.text, kind.literal(0))
    let product = kind.isComplex ? "ap_mul_\(kind == .c64 ? "c64" : "c128")(x, y)" : "x * y"
    let (tile, depth, threads) = (Self.tile, Self.depth, Self.threads)
    return """
      const int tx = THREAD % 16, ty = THREAD / 16;
        SHARED(\(number), left, \((tile + 1) * depth));
        SHARED(\(number), right, \((tile + 1) * depth));
        \(number) sums[16];
        for (int i = 0; i < 16; i++) sums[i] = \(zero);
        for (index first = 0; first < k; first += \(depth)) {
          for (int e = THREAD; e < \(tile * depth); e += \(threads)) {
            {
              const int i = \(leftGoesDown) ? e % \(tile) : e / \(depth), j = \(leftGoesDown) ? e / \(tile) : e % \(depth);
              const index r = row + i, c = first + j;
              \(number) value = \(zero);
              if (r < m && c < k) { \(left) }
              left[j * \(tile + 1) + i] = value;
            }
            {
              const int i = \(rightGoesDown) ? e % \(depth) : e / \(tile), j = \(rightGoesDown) ? e / \(depth) : e % \(tile);
              const index r = first + i, c = column + j;
              \(number) value = \(zero);
              if (r < k && c < n) { \(right) }
              right[i * \(tile + 1) + j] = value;
            }
          }
          BARRIER;
          for (int e = 0; e < \(depth); e++) {
            for (int i = 0; i < 4; i++) {
              const \(number) x = left[e * \(tile + 1) + ty + 16 * i];
              for (int j = 0; j < 4; j++) {
                const \(number) y = right[e * \(tile + 1) + tx + 16 * j], p = \(product);
                sums[4 * i + j] = \(Reduction.sum.joined("sums[4 * i + j]", "p", kind));
              }
            }
          }
          BARRIER;
        }
        for (int i = 0; i < 4; i++) {
          for (int j = 0; j < 4; j++) {
            const index r = row + ty + 16 * i, c = column + tx + 16 * j;
            if (r < m && c < n) {
              const \(number) sum = sums[4 * i + j];
              \(store)
            }
          }
        }
      """
  }

  /// The groups for `batch` products.
  static func grid(m: Int, n: Int, batch: Int) -> Grid {
    Grid(groups: (n + tile - 1) / tile * ((m + tile - 1) / tile) * batch, threads: threads)
  }
}

/// A product of matrices `[..., m, k]` and `[..., k, n]` into a dense `[..., m, n]`.
struct ProductJob {
  let a, b, result: Tensor
  /// `[n]`, dense.
  var bias: Tensor?
  var epilogue = Epilogue.none

  func run(on engine: GPUEngine) throws(TensorError) -> Bool {
    guard let kind = NumberKind(computing: result.dtype.accumulateType), let x = ElementText(a.dtype),
      let y = ElementText(b.dtype), let z = ElementText(result.dtype), bias == nil || bias?.dtype == result.dtype,
      let last = epilogue.text("sum", kind)
    else { return false }
    let rank = result.rank
    let (m, n, k) = (result.shape[rank - 2], result.shape[rank - 1], a.shape[a.rank - 1])
    let batch = Array(result.shape.dropLast(2))
    let first = LoopNest(batch, batchStrides(a, batch))
    let second = LoopNest(batch, batchStrides(b, batch))
    let isWide = max(a.span, b.span, result.count) >= Int(Int32.max)
    var key = KernelKey("product")
    for detail in [Int(kind.rawValue), first.sizes.count, second.sizes.count, epilogue.rawValue] { key.add(detail) }
    for tensor in [a, b, result] { key.add(tensor.dtype) }
    key.add(bias != nil)
    key.add(isWide)
    let kernel = try engine.kernel(key) {
      var source = KernelSource("product")
      source.isWide = isWide
      source.place(z.storage, "out0")
      source.place("const \(x.storage)", "a")
      source.place("const \(y.storage)", "b")
      if bias != nil { source.place("const \(z.storage)", "bias") }
      for name in ["m", "n", "k", "a_row", "a_column", "b_row", "b_column"] { source.int(name) }
      first.declare("i", &source)
      second.declare("j", &source)
      source.body += TileText.begin
      first.locate("job", "i", &source)
      second.locate("job", "j", &source)
      source.body += ["a += \(first.place("i"));", "b += \(second.place("j"));", "out0 += job * m * n;"]
      let added = bias == nil ? "" : "const \(kind.text) b = \(z.load("bias[c]", as: kind));"
      source.body.append(
        TileText(
          kind: kind, left: "value = \(x.load("a[r * a_row + c * a_column]", as: kind));", leftGoesDown: "a_row == 1",
          right: "value = \(y.load("b[r * b_row + c * b_column]", as: kind));", rightGoesDown: "b_row == 1",
          store: """
            \(added)
            \(bias == nil ? "" : "const \(kind.text) biased = \(Reduction.sum.joined("sum", "b", kind)); { const \(kind.text) sum = biased;")
            const \(kind.text) value = \(last);
            out0[r * n + c] = \(z.store("value", from: kind));
            \(bias == nil ? "" : "}")
            """
        ).lines)
      return source
    }
    var arguments: [Argument] = [.tensor(result), .tensor(a), .tensor(b)]
    if let bias { arguments.append(.tensor(bias)) }
    for number in [
      m, n, k, a.strides[a.rank - 2], a.strides[a.rank - 1], b.strides[b.rank - 2], b.strides[b.rank - 1],
    ] { arguments.append(.int(number)) }
    first.addArguments(&arguments)
    second.addArguments(&arguments)
    try engine.launch(kernel, TileText.grid(m: m, n: n, batch: batch.reduce(1, *)), arguments)
    return true
  }

  private func batchStrides(_ tensor: Tensor, _ batch: [Int]) -> [Int] {
    let own = Array(tensor.shape.dropLast(2))
    let missing = batch.count - own.count
    return batch.indices.map { d in
      d < missing || own[d - missing] == 1 ? 0 : tensor.strides[d - missing]
    }
  }
}

extension Epilogue {
  /// Its value at `x`; nil where there is no text in these numbers.
  func text(_ x: String, _ kind: NumberKind) -> String? {
    switch (self, kind) {
    case (.none, _): x
    case (.relu, .f32), (.relu, .f64): "(\(source(x)))"
    case (_, .f32): source(x)
    case (_, .f64): source(x).replacing("_f32(", with: "_f64(")
    case (_, .i64), (_, .u64), (_, .c64), (_, .c128): nil
    }
  }
}

extension MatrixProduct: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    try ProductJob(a: inputs[0], b: inputs[1], result: results[0]).run(on: engine)
  }
}

extension LinearProduct: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    let (x, weight) = (inputs[0], inputs[1])
    let features = weight.shape[1]
    let rows = results[0].count / max(1, weight.shape[0])
    guard let flat = try engine.dense(x) else { return false }
    var bias: Tensor?
    if inputs.count == 3 {
      guard let dense = try engine.dense(inputs[2]) else { return false }
      bias = dense
    }
    return try ProductJob(
      a: flat.seen([rows, features], [features, 1]),
      b: weight.seen([features, weight.shape[0]], [weight.strides[1], weight.strides[0]]),
      result: results[0].seen([rows, weight.shape[0]], [weight.shape[0], 1]), bias: bias, epilogue: epilogue
    ).run(on: engine)
  }
}
