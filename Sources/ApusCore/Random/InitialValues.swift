#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

// The two initialisers that are more than one fill. The others draw as follows, each element once, row-major:
//   kaiming_uniform_, xavier_uniform_   one fillUniform(from: -bound, to: bound)
//   kaiming_normal_, xavier_normal_     one fillNormal(mean: 0, std: std)
//   Linear, convolutions                weight by kaiming_uniform_ with a = sqrt 5, then bias uniform in +-1/sqrt(fan in)
//   Embedding                           fillNormal(mean: 0, std: 1); the padding row is cleared afterwards
//   LSTM, GRU, RNN                      each parameter in order of declaration, uniform in +-1/sqrt(hidden size)
extension Generator {
  /// Fills with normals cut off outside [a, b], as `trunc_normal_`.
  ///
  /// If more than 30 % of the normal lies inside, the whole buffer is drawn, and drawn again in full for the elements
  /// that fell outside until none does. Otherwise uniform candidates in [a, b] are accepted against the density.
  package func fillTruncatedNormal(
    _ out: UnsafeMutableRawPointer, count: Int, dtype: DType, mean: Double = 0, std: Double = 1, a: Double = -2,
    b: Double = 2
  ) throws {
    try dtype.requireFloatingPoint("trunc_normal_")
    guard a <= b, std > 0 else {
      throw TensorError(.value, "trunc_normal_", "expected a <= b and std > 0, got a \(a), b \(b), std \(std)")
    }
    func below(_ x: Double) -> Double { (1 + erf(x / 2.0.squareRoot())) / 2 }
    let inside = below((b - mean) / std) - below((a - mean) / std)
    func fill<Cell: RandomCell>(_ cell: Cell.Type, _ read: (Cell) -> Double) throws {
      let scratch = UnsafeMutablePointer<Cell>.allocate(capacity: max(count, 1))
      defer { scratch.deallocate() }
      let target = out.assumingMemoryBound(to: cell)
      if inside > 0.3 {
        let low = read(Cell(drawn: a))
        let high = read(Cell(drawn: b))
        func isOutside(_ cell: Cell) -> Bool { read(cell) < low || read(cell) > high }
        try fillNormal(out, count: count, dtype: dtype, mean: mean, std: std)
        while (0..<count).contains(where: { isOutside(target[$0]) }) {
          try fillNormal(scratch, count: count, dtype: dtype, mean: mean, std: std)
          for i in 0..<count where isOutside(target[i]) { target[i] = scratch[i] }
        }
        return
      }
      let mode = max(a, min(mean, b))
      let peak = -0.5 * ((mode - mean) / std) * ((mode - mean) / std)
      // Densities go through the element type after each step, so that acceptance agrees with PyTorch's.
      func step(_ value: Double) -> Double { read(Cell(drawn: value)) }
      func logDensity(_ cell: Cell) -> Double {
        let z = step(step(read(cell) - mean) / std)
        return step(step(step(z * z) * -0.5) - peak)
      }
      let acceptance = UnsafeMutablePointer<Cell>.allocate(capacity: max(count, 1))
      defer { acceptance.deallocate() }
      var pending = [Bool](repeating: true, count: count)
      while pending.contains(true) {
        try fillUniform(scratch, count: count, dtype: dtype, from: a, to: b)
        try fillUniform(acceptance, count: count, dtype: dtype)
        for i in 0..<count where pending[i] {
          target[i] = scratch[i]
          pending[i] = step(log(read(acceptance[i]))) > logDensity(scratch[i])
        }
      }
    }
    switch dtype {
    case .float64: try fill(Double.self) { $0 }
    case .float32: try fill(Float.self) { Double($0) }
    case .float16: try fill(HalfCell.self) { Double(Float16(bitPattern: $0.bits)) }
    case .bfloat16: try fill(BrainCell.self) { Double(Float(bitPattern: UInt32($0.bits) << 16)) }
    // Refused before anything is drawn.
    default: break
    }
  }

  /// Fills a row-major rows x columns matrix with orthonormal rows or columns, whichever are fewer, times `gain`, as
  /// `orthogonal_`: the Q factor of a normal matrix whose R has a positive diagonal (Mezzadri, 2007).
  package func fillOrthogonal(
    _ out: UnsafeMutableRawPointer, rows: Int, columns: Int, dtype: DType, gain: Double = 1
  ) throws {
    guard dtype == .float32 || dtype == .float64 else {
      throw TensorError(.dtype, "orthogonal_", "expected float32 or float64, got \(dtype): convert afterwards")
    }
    let count = rows * columns
    try fillNormal(out, count: count, dtype: dtype)
    // The vectors to orthogonalise are the matrix's columns, or its rows where these are fewer.
    let byRow = rows < columns
    let vectors = byRow ? rows : columns
    let length = byRow ? columns : rows
    func index(_ vector: Int, _ component: Int) -> Int {
      byRow ? vector * columns + component : component * columns + vector
    }
    let basis = OrthonormalBasis(vectors: vectors, length: length)
    defer { basis.deallocate() }
    func run<Real: BinaryFloatingPoint>(_ values: UnsafeMutablePointer<Real>) {
      for v in 0..<vectors {
        for c in 0..<length { basis[v, c] = Double(values[index(v, c)]) }
      }
      basis.orthonormalise()
      let scale = Real(gain)
      for v in 0..<vectors {
        for c in 0..<length { values[index(v, c)] = Real(basis[v, c]) * scale }
      }
    }
    if dtype == .float64 {
      run(out.assumingMemoryBound(to: Double.self))
    } else {
      run(out.assumingMemoryBound(to: Float.self))
    }
  }
}

/// Vectors that Gram-Schmidt makes orthonormal in order. Each is projected twice, which restores the orthogonality that
/// cancellation loses in a single pass (Kahan's "twice is enough").
private struct OrthonormalBasis {
  private let storage: UnsafeMutablePointer<SIMD8<Double>>
  private let vectors: Int
  /// Blocks of eight components a vector; the last one is padded with zeros.
  private let blocks: Int

  init(vectors: Int, length: Int) {
    self.vectors = vectors
    blocks = (length + 7) / 8
    storage = .allocate(capacity: max(vectors * blocks, 1))
    storage.initialize(repeating: .zero, count: vectors * blocks)
  }

  func deallocate() { storage.deallocate() }

  subscript(vector: Int, component: Int) -> Double {
    get { storage[vector * blocks + component / 8][component % 8] }
    nonmutating set { storage[vector * blocks + component / 8][component % 8] = newValue }
  }

  private func dot(_ a: UnsafePointer<SIMD8<Double>>, _ b: UnsafePointer<SIMD8<Double>>) -> Double {
    var sum = SIMD8<Double>.zero
    for i in 0..<blocks { sum += a[i] * b[i] }
    return sum.sum()
  }

  func orthonormalise() {
    for v in 0..<vectors {
      let current = storage + v * blocks
      for _ in 0..<2 {
        for u in 0..<v {
          let earlier = storage + u * blocks
          let overlap = dot(earlier, current)
          for i in 0..<blocks { current[i] -= overlap * earlier[i] }
        }
      }
      let length = dot(current, current).squareRoot()
      // A vector that depends on the earlier ones has no direction of its own and becomes zero, as its sign in PyTorch.
      let scale = length > 0 ? 1 / length : 0
      for i in 0..<blocks { current[i] *= scale }
    }
  }
}
