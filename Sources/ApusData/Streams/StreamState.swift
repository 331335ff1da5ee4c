import ApusCore

/// Where a pass over a stream is: numbers, and lists of such states for what it is made of.
public indirect enum StreamState: Sendable, Hashable {
  /// A position, a count, the state of a generator ...
  case number(Int)
  /// The states of parts.
  case list([StreamState])

  /// The number.
  /// - Throws: `TensorError` where it is a list: the state is that of another stream.
  public func number() throws(TensorError) -> Int {
    guard case .number(let value) = self else { throw Self.foreign }
    return value
  }

  /// The states of `count` parts, or of any number of them.
  /// - Throws: `TensorError` where it is something else: the state is that of another stream.
  public func parts(_ count: Int? = nil) throws(TensorError) -> [StreamState] {
    guard case .list(let parts) = self, count == nil || parts.count == count else { throw Self.foreign }
    return parts
  }

  static let foreign = TensorError(
    .state, "stream", "the state is that of another stream; make the stream as it was when the state was taken")
}

extension StreamState {
  /// The state as bytes.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  private func append(to bytes: inout [UInt8]) {
    func add(_ tag: UInt8, _ value: Int) {
      bytes.append(tag)
      withUnsafeBytes(of: UInt64(bitPattern: Int64(value)).littleEndian) { bytes.append(contentsOf: $0) }
    }
    switch self {
    case .number(let value): add(0, value)
    case .list(let parts):
      add(1, parts.count)
      for part in parts { part.append(to: &bytes) }
    }
  }

  /// The state in bytes that ``bytes`` has given.
  /// - Throws: `TensorError` for others.
  init(bytes: [UInt8]) throws(TensorError) {
    var position = 0
    self = try Self.read(bytes, &position, depth: 0)
    guard position == bytes.count else { throw Self.damaged }
  }

  private static let damaged = TensorError(.format, "stream", "the bytes are no state of a stream; they are damaged")

  private static func read(_ bytes: [UInt8], _ position: inout Int, depth: Int) throws(TensorError) -> StreamState {
    guard bytes.count - position >= 9, depth < 64 else { throw damaged }
    let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[position + 1 + $1]) << UInt64(8 * $1) }
    let (tag, number) = (bytes[position], Int(Int64(bitPattern: value)))
    position += 9
    if tag == 0 { return .number(number) }
    guard tag == 1, number >= 0, number <= (bytes.count - position) / 9 else { throw damaged }
    var parts: [StreamState] = []
    for _ in 0..<number { parts.append(try read(bytes, &position, depth: depth + 1)) }
    return .list(parts)
  }
}

/// Random numbers whose state is one number (Steele, Lea and Flood: Fast Splittable Pseudorandom Number Generators, 2014).
struct StreamRandom {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number below `count`.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
  /// A number of 0 ..< 1.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  var stored: StreamState { .number(Int(truncatingIfNeeded: state)) }
  init(seed: UInt64) { state = seed }
  init(_ stored: StreamState) throws(TensorError) { state = UInt64(truncatingIfNeeded: try stored.number()) }

  /// One seeded by `seed`, or by a draw of the default generator, which in a worker is the worker's.
  init(_ seed: Int?) { state = seed.map { UInt64(truncatingIfNeeded: $0) } ?? drawSeed(.default) }
}
