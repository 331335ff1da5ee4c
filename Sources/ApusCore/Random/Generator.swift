/// A source of random numbers that draws what PyTorch's CPU generator draws from the same seed, in the same order.
///
/// A generator is shared freely between tasks: each fill holds its lock from the first draw to the last, so that one
/// tensor's numbers are one run of the stream.
public final class Generator: Sendable {
  /// The seed that PyTorch's default generator starts from.
  public static let defaultSeed: UInt64 = 67_280_421_310_721

  /// The generator that random operations use unless they are given another: one for the program, and in a worker of a
  /// loader the worker's own.
  public static var `default`: Generator {
    guard let own = ofThread.value else { return ofProgram }
    return Unmanaged<Generator>.fromOpaque(own).takeUnretainedValue()
  }

  private static let ofProgram = Generator()
  private static let ofThread = ThreadLocalKey()

  /// Runs `body` with this generator as the calling thread's ``default``.
  package func asDefault<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    let outer = Self.ofThread.value
    return try withExtendedLifetime(self) { () throws(E) -> R in
      Self.ofThread.value = Unmanaged.passUnretained(self).toOpaque()
      defer { Self.ofThread.value = outer }
      return try body()
    }
  }

  private struct Body: ~Copyable {
    var seed: UInt64
    var engine: MersenneTwister
  }

  private let body: Lock<Body>

  /// A generator that starts at `seed`; only the low 32 bits select the stream.
  public init(seed: UInt64 = Generator.defaultSeed) {
    body = Lock(Body(seed: seed, engine: MersenneTwister(seed: seed)))
  }

  /// Starts the stream of `seed` anew. Negative seeds count from 2^64 down, as in PyTorch.
  @discardableResult
  public func manualSeed(_ seed: Int) -> Generator {
    let bits = UInt64(bitPattern: Int64(seed))
    body.withLock {
      $0.seed = bits
      $0.engine.reseed(bits)
    }
    return self
  }

  /// Seeds the generator from the system's entropy and returns that seed.
  @discardableResult
  public func seed() -> UInt64 {
    let fresh = UInt64.random(in: 0...UInt64(Int64.max))
    manualSeed(Int(fresh))
    return fresh
  }

  /// The seed of the last `init`, `manualSeed` or `seed`.
  public var initialSeed: UInt64 { body.withLock { $0.seed } }

  /// The next 32 random bits.
  public func random() -> UInt32 { body.withLock { $0.engine.random() } }

  /// The next 64 random bits.
  public func random64() -> UInt64 { body.withLock { $0.engine.random64() } }

  /// Runs `draw` on the engine while no other task can draw.
  package func withEngine<Result>(_ draw: (inout MersenneTwister) -> Result) -> Result where Result: Sendable {
    Tracer.current?.fail("random numbers are drawn past the operations of the library")
    return body.withLock { draw(&$0.engine) }
  }
}

// MARK: Saved states

extension Generator {
  /// Bytes of a saved state.
  private static let stateSize = 5056

  /// The state in the 5056 bytes of `torch.get_rng_state()`, so that the two can be exchanged.
  public func getState() -> [UInt8] {
    body.withLock { body in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(Self.stateSize)
      func put<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
      }
      let next = body.engine.isFresh ? 0 : body.engine.position
      put(body.seed)
      put(Int32(body.engine.isFresh ? 1 : MersenneTwister.wordCount + 1 - next))
      put(Int32(1))
      put(UInt64(next))
      for i in 0..<MersenneTwister.wordCount { put(UInt64(body.engine.words[i])) }
      // The older layout's x and rho of a Box-Muller pair are always zero; y is the cached value.
      put(UInt64(0))
      put((body.engine.cachedNormal ?? 0).bitPattern)
      put(UInt64(0))
      put(UInt64(body.engine.cachedNormal == nil ? 0 : 1))
      put((body.engine.cachedFloatNormal ?? 0).bitPattern)
      put(UInt32(body.engine.cachedFloatNormal == nil ? 0 : 1))
      return bytes
    }
  }

  /// Continues from a state that `getState()` or `torch.get_rng_state()` returned.
  ///
  /// - Throws: `TensorError` if the bytes are not such a state.
  public func setState(_ state: [UInt8]) throws {
    guard state.count == Self.stateSize else {
      throw TensorError(
        .value, "Generator.setState",
        "expected the \(Self.stateSize) bytes of a saved CPU generator, got \(state.count)")
    }
    func take<Value: FixedWidthInteger>(_ offset: Int, as type: Value.Type) -> Value {
      state.withUnsafeBytes { Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self)) }
    }
    let wordCount = MersenneTwister.wordCount
    let left = take(8, as: Int32.self)
    let next = take(16, as: UInt64.self)
    let fresh = left == 1 && next == 0
    guard take(12, as: Int32.self) != 0, next <= UInt64(wordCount), left >= 1,
      fresh || Int(left) + Int(next) == wordCount + 1
    else {
      throw TensorError(
        .value, "Generator.setState", "the bytes are not a valid mt19937 state: left \(left), next \(next)")
    }
    body.withLock { body in
      body.seed = take(0, as: UInt64.self)
      for i in 0..<wordCount {
        body.engine.words[i] = UInt32(truncatingIfNeeded: take(24 + 8 * i, as: UInt64.self))
      }
      let tail = 24 + 8 * wordCount
      body.engine.isFresh = fresh
      body.engine.position = fresh ? wordCount : Int(next)
      body.engine.cachedNormal =
        take(tail + 24, as: Int32.self) == 0 ? nil : Double(bitPattern: take(tail + 8, as: UInt64.self))
      body.engine.cachedFloatNormal =
        take(tail + 36, as: UInt8.self) == 0 ? nil : Float(bitPattern: take(tail + 32, as: UInt32.self))
    }
  }
}

/// Seeds the default generator: the streams that follow are those of `torch.manual_seed(seed)`.
@discardableResult
public func manualSeed(_ seed: Int) -> Generator { Generator.default.manualSeed(seed) }
