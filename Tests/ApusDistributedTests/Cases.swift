import Apus
import ApusDistributed
import Foundation
import GuardedDevice
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What ranks do together. Each checks what it gets against numbers that it computes alone, from what all ranks have.
enum Cases {
  /// The element `i` of rank `rank`: a small whole number, so that sums are exact in all types.
  static func value(_ rank: Int, _ i: Int, _ lowest: Double) -> Double { Double((i * 7 + rank * 3) % 5) + lowest }

  /// The tensor that `rank` has.
  static func tensor(_ rank: Int, _ shape: [Int], _ dtype: DType) -> Tensor {
    let count = shape.reduce(1, *)
    let lowest = dtype.isFloatingPoint || dtype.isComplex ? -2.0 : 0
    return Tensor((0..<count).map { value(rank, $0, lowest) }, dtype: .float64).reshape(shape).to(dtype)
  }

  /// Whether both have the same elements and types.
  static func equal(_ a: Tensor, _ b: Tensor) -> Bool {
    guard a.shape == b.shape, a.dtype == b.dtype else { return false }
    let haveSameBytes = a.withUnsafeBytes { a in b.withUnsafeBytes { b in a.elementsEqual(b) } }
    // The sign of a zero part of a product of complex numbers depends on who multiplies.
    return haveSameBytes || a.isComplex && (a.to(.complex128) - b.to(.complex128)).abs().sum().item() == 0
  }

  /// What reducing the tensors of all ranks element by element gives, in double precision.
  static func reduced(_ ranks: Int, _ shape: [Int], _ dtype: DType, _ operation: ReduceOperation) -> Tensor {
    let lowest = dtype.isFloatingPoint || dtype.isComplex ? -2.0 : 0
    let count = shape.reduce(1, *)
    let values = (0..<count).map { i -> Double in
      let x = (0..<ranks).map { rank -> Double in
        let x = value(rank, i, lowest)
        return dtype == .bool ? (x != 0 ? 1 : 0) : x
      }
      let whole = x.map { Int($0) }
      switch operation {
      case .sum: return x.reduce(0, +)
      case .mean: return x.reduce(0, +) / Double(ranks)
      case .product: return x.reduce(1, *)
      case .min: return x.min() ?? 0
      case .max: return x.max() ?? 0
      case .bitwiseAnd: return Double(whole.dropFirst().reduce(whole[0], &))
      case .bitwiseOr: return Double(whole.reduce(0, |))
      case .bitwiseXor: return Double(whole.reduce(0, ^))
      }
    }
    return Tensor(values, dtype: .float64).reshape(shape).to(dtype)
  }

  static let types: [DType] = [
    .float32, .float64, .float16, .bfloat16, .float8e5m2, .int8, .uint8, .int16, .int32, .int64, .uint16, .uint32,
    .uint64,
    .bool, .complex64, .complex128, .complex32, MaxPlus.dtype,
  ]

  static func collectives() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    let areApart = getenv("APUS_TEST_APART") != nil
    #expect(world.hostNames == (0..<size).map { areApart ? "host\($0)" : world.hostNames[0] })
    #expect(world.localRank == (areApart ? 0 : rank) && world.localSize == (areApart ? 1 : size))
    #expect(world.backend != nil)
    for dtype in types {
      for shape in [[0], [1], [5], [3, 40]] {
        let x = tensor(rank, shape, dtype)
        let all = (0..<size).map { tensor($0, shape, dtype) }
        let found = try world.allGather(x)
        #expect(zip(found, all).allSatisfy { equal($0, $1) }, "allGather \(dtype)\(shape)")
        #expect(equal(try world.broadcast(x, from: size - 1), all[size - 1]), "broadcast \(dtype)\(shape)")
        let gathered = try world.gather(x, to: 1)
        #expect((gathered != nil) == (rank == 1))
        if let gathered { #expect(zip(gathered, all).allSatisfy { equal($0, $1) }, "gather \(dtype)\(shape)") }
        let scattered = try world.scatter(rank == 0 ? all : nil, from: 0)
        #expect(equal(scattered, x), "scatter \(dtype)\(shape)")
        // Message (a, b) has the elements of rank a and b + 1 rows.
        let sent = (0..<size).map { tensor(rank, [$0 + 1] + shape, dtype) }
        let received = try world.allToAll(sent)
        #expect(
          received.enumerated().allSatisfy { equal($1, tensor($0, [rank + 1] + shape, dtype)) },
          "allToAll \(dtype)\(shape)")
        for operation in ReduceOperation.allCases where isPossible(operation, dtype) {
          let whole = reduced(size, shape, dtype, operation)
          let what: Comment = "\(operation) \(dtype)\(shape)"
          #expect(equal(try world.allReduce(x, operation), whole), what)
          if let root = try world.reduce(x, operation, to: 1) {
            #expect(rank == 1 && equal(root, whole), what)
          } else {
            #expect(rank != 1)
          }
          let rows = [size * 2] + shape
          let part = try world.reduceScatter(tensor(rank, rows, dtype), operation)
          let expected = reduced(size, rows, dtype, operation)[(rank * 2)..<(rank * 2 + 2)]
          #expect(equal(part, expected), what)
        }
      }
    }
    try layouts(world)
    try memory(world)
    try devices(world)
    try registeredTypes(world)
    try large(world)
    try objects(world)
    try messages(world)
    try mistakes(world)
    try world.barrier(timeout: .seconds(30))
    // The memory of what nobody waits for stays until it has ended.
    for _ in 0..<5 { _ = try world.startAllGather(Tensor.full([50_000], Double(rank))) }
    try destroyProcessGroup()
    #expect(!ProcessGroup.isInitialized)
    #expect(throws: TensorError.self) { try world.barrier() }
  }

  /// Messages longer than those that are under way at once between hosts, of lengths that differ.
  static func largeMessages() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    func numbers(_ from: Int, _ to: Int) -> Tensor {
      (arange(5_000_000 + 100_000 * (from + 2 * to)) % 1000 + Double(from * 10 + to)).to(.float32)
    }
    let received = try world.allToAll((0..<size).map { numbers(rank, $0) })
    for (from, tensor) in received.enumerated() { #expect(equal(tensor, numbers(from, rank)), "from \(from)") }
    let sum = (0..<size).map { numbers($0, 0).narrow(0, 0, 5_000_000) }.reduce(zeros([5_000_000])) { $0 + $1 }
    let own = numbers(rank, 0).narrow(0, 0, 5_000_000)
    #expect(equal(try world.allReduce(own), sum))
    #expect(equal(try world.reduceScatter(own), sum.chunk(size)[rank]))
    #expect(equal(try world.allGather(sum.chunk(size)[rank], dim: 0), sum))
    try destroyProcessGroup()
  }

  static func isPossible(_ operation: ReduceOperation, _ dtype: DType) -> Bool {
    if dtype == MaxPlus.dtype { return false }
    switch operation {
    case .sum, .product: return true
    case .mean: return dtype.isFloatingPoint || dtype.isComplex
    case .min, .max: return !dtype.isComplex
    case .bitwiseAnd, .bitwiseOr, .bitwiseXor: return dtype.isInteger || dtype == .bool
    }
  }

  /// Tensors that do not lie row by row, variables, and what is changed in place.
  private static func layouts(_ world: ProcessGroup) throws {
    let (rank, size) = (world.rank, world.size)
    let x = tensor(rank, [6, 4], .float32)
    let whole = reduced(size, [6, 4], .float32, .sum)
    #expect(equal(try world.allReduce(x.t()), whole.t()))
    #expect(equal(try world.allReduce(x[1..<5, 2]), whole[1..<5, 2]))
    #expect(equal(try world.allReduce(x[0].expand([3, 4])), whole[0].expand([3, 4])))
    #expect(equal(try world.broadcast(x.t(), from: 1), tensor(1, [6, 4], .float32).t()))
    let joined = try world.allGather(x, dim: -1)
    #expect(equal(joined, cat((0..<size).map { tensor($0, [6, 4], .float32) }, dim: 1)))

    var changed = tensor(rank, [6, 4], .float32)
    let kept = changed
    try world.allReduce(&changed)
    #expect(equal(changed, whole) && equal(kept, x))
    try world.allReduce(&changed, .mean)
    #expect(equal(changed, whole))
    var parameter = parameter(x)
    let handle = parameter
    try world.allReduce(&parameter)
    #expect(equal(handle.detach(), whole) && handle.requiresGrad)
    try world.broadcast(&parameter, from: 0)
    #expect(equal(handle.detach(), whole))
    // NaN wins, whoever has it.
    let extremes = try world.allReduce(Tensor([rank == 0 ? Float.nan : 1, Float(rank)]), .max).array(as: Float.self)
    #expect(extremes[0].isNaN && extremes[1] == Float(size - 1))
    // Sums of few digits are formed in more: 256 + 1 + 1 is 258 in bfloat16, and 256 where each step is rounded.
    if size == 3 {
      #expect(try world.allReduce(Tensor([rank == 0 ? 256.0 : 1.0]).to(.bfloat16)).array(as: Float.self) == [258])
    }
  }

  /// Memory that nobody else holds is that of the result.
  private static func memory(_ world: ProcessGroup) throws {
    var changed = Tensor.full([1000], 1.0)
    let place = changed.plainAddress
    try world.allReduce(&changed)
    #expect(changed.plainAddress == place && equal(changed, Tensor.full([1000], Double(world.size))))
    let given = Tensor.full([1000], 1.0)
    let other = given.plainAddress
    let result = try world.startAllReduce(consume given).wait()
    #expect(result.plainAddress == other)
  }

  /// Elements on a device go through the host, and come back.
  private static func devices(_ world: ProcessGroup) throws {
    GuardedDevice.install()
    let (rank, size) = (world.rank, world.size)
    let x = tensor(rank, [3, 4], .float32).to(GuardedDevice.shared.device)
    let sum = try world.allReduce(x)
    #expect(sum.device == x.device && equal(sum.to(.cpu), reduced(size, [3, 4], .float32, .sum)))
    let largest = try world.allReduce(x.t(), .max)
    #expect(largest.device == x.device && equal(largest.to(.cpu), reduced(size, [3, 4], .float32, .max).t()))
    let all = try world.allGather(x)
    #expect(all.enumerated().allSatisfy { $1.device == x.device && equal($1.to(.cpu), tensor($0, [3, 4], .float32)) })
    let first = try world.broadcast(x, from: 0)
    #expect(first.device == x.device && equal(first.to(.cpu), tensor(0, [3, 4], .float32)))
  }

  /// The addition of a registered type is its own: here the maximum.
  private static func registeredTypes(_ world: ProcessGroup) throws {
    let (rank, size) = (world.rank, world.size)
    let x = Tensor([Double(rank), Double(-rank), 5], dtype: MaxPlus.dtype)
    #expect(try world.allReduce(x).to(.float64).array(as: Double.self) == [Double(size - 1), 0, 5])
    let product = try world.allReduce(x, .product).to(.float64).array(as: Double.self)
    let sum = Double(size * (size - 1) / 2)
    #expect(product == [sum, -sum, Double(5 * size)])
  }

  /// More than one piece of a reduction and of a broadcast.
  private static func large(_ world: ProcessGroup) throws {
    let (rank, size) = (world.rank, world.size)
    let count = 2_300_003
    let pattern = arange(count) % 7
    let whole = try world.allReduce(pattern.to(.float32) + Double(rank), .mean)
    #expect(equal(whole, pattern.to(.float32) + Double(size - 1) / 2))
    let double = try world.allReduce(pattern.to(.float64) + Double(rank))
    #expect(equal(double, pattern.to(.float64) * Double(size) + Double(size * (size - 1) / 2)))
    // What MPI adds up itself.
    let complex = try world.allReduce((pattern + rank).to(.complex64))
    #expect(equal(complex, (pattern * size + size * (size - 1) / 2).to(.complex64)))
    let half = try world.allReduce((pattern + rank).to(.bfloat16))
    #expect(equal(half, (pattern * size + size * (size - 1) / 2).to(.bfloat16)))
    #expect(equal(try world.broadcast(rank == 0 ? pattern : pattern * 0, from: 0), pattern))
  }

  private struct Settings: Codable, Sendable, Equatable {
    var name: String
    var rates: [Double]
  }

  private static func objects(_ world: ProcessGroup) throws {
    let settings = Settings(name: "größe", rates: [0.1, .infinity])
    #expect(try world.broadcastObject(world.rank == 1 ? settings : nil, from: 1) == settings)
    let all = try world.allGatherObject(String(repeating: "x", count: world.rank))
    #expect(all == (0..<world.size).map { String(repeating: "x", count: $0) })
  }

  private static func messages(_ world: ProcessGroup) throws {
    let (rank, size) = (world.rank, world.size)
    let (next, previous) = ((rank + 1) % size, (rank + size - 1) % size)
    let large = 200_000
    // All receive before they send: nobody waits for the other.
    let second = try world.startReceive([2], dtype: .int64, from: previous, tag: 2)
    let first = try world.startReceive([large], from: previous, tag: 1)
    try world.send(Tensor.full([large], Double(rank)), to: next, tag: 1)
    try world.send(Tensor([rank, 7]), to: next, tag: 2)
    #expect(equal(try first.wait(), Tensor.full([large], Double(previous))))
    #expect(try second.wait().array(as: Int.self) == [previous, 7])
    var target = zeros(2, 2)
    let work = try world.startSend(Tensor([[1.0, 2], [3, 4]]).t(), to: next)
    try world.receive(into: &target, from: previous)
    try work.wait()
    #expect(equal(target, Tensor([[1.0, 3], [2, 4]])))
    // A message of another length than expected.
    let short = try world.startSend(Tensor([1.0]), to: next)
    #expect(throws: TensorError.self) { try world.receive([3], from: previous) }
    try short.wait()
    try world.barrier()
  }

  /// What one rank gets wrong by itself is thrown at once, and leaves the group as it was.
  private static func mistakes(_ world: ProcessGroup) throws {
    func message(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return ""
    }
    let x = Tensor([1.0, 2, 3])
    #expect(message { _ = try world.broadcast(x, from: 9) }.contains("there is no rank 9 in a group of \(world.size)"))
    #expect(message { _ = try world.allReduce(Tensor([1, 2]), .mean) }.contains("mean takes floating point"))
    #expect(
      message { _ = try world.allReduce(x, .bitwiseAnd) }.contains("integers and truth values, and these are float32"))
    #expect(
      message { _ = try world.reduceScatter(zeros(world.size + 1)) }.contains("a multiple of the \(world.size) ranks"))
    #expect(message { _ = try world.allToAll([x]) }.contains("need one each"))
    #expect(message { try world.send(x, to: world.rank) }.contains("is this process itself"))
    #expect(message { try world.send(x, to: (world.rank + 1) % world.size, tag: -1) }.contains("a tag is"))
    #expect(message { _ = try initProcessGroup() }.contains("joined already"))
    #expect(message { _ = try world.group(ranks: [0, 0]) }.contains("must differ"))
    #expect(try world.allReduce(Tensor([1.0])).array(as: Double.self) == [Double(world.size)])
  }

  static func asynchronous() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let (rank, size) = (world.rank, world.size)
    let sum = Double(size * (size - 1) / 2)
    var works: [Work<Tensor>] = []
    for i in 0..<20 {
      works.append(try world.startAllReduce(Tensor.full([i * 10_000 + 1], Double(rank))))
    }
    let gathered = try world.startAllGather(Tensor([rank]))
    // A message between two does not wait for the collectives before it.
    if rank == 0 { try world.send(Tensor([3.0]), to: 1) }
    if rank == 1 { #expect(try world.receive([1], from: 0).array(as: Float.self) == [3]) }
    let barrier = try world.allReduce(Tensor([1.0]))
    #expect(barrier.array(as: Float.self) == [Float(size)])
    // The collectives of a group end in their order.
    let haveEnded = works.allSatisfy { $0.isCompleted }
    #expect(haveEnded)
    for (i, work) in works.enumerated().reversed() {
      #expect(equal(try work.wait(), Tensor.full([i * 10_000 + 1], sum)))
      #expect(equal(try work.wait(), Tensor.full([i * 10_000 + 1], sum)))
    }
    let ranks = try gathered.wait().map { Int($0[0].item()) }
    #expect(ranks == Array(0..<size))
    // It ends though nobody waits, while this thread does something else.
    let work = try world.startAllReduce(Tensor.full([100_000], Double(rank)).to(.bfloat16))
    let limit = Date().addingTimeInterval(30)
    while !work.isCompleted, Date() < limit { usleep(1000) }
    #expect(work.isCompleted)
    #expect(equal(try work.wait(), Tensor.full([100_000], sum).to(.bfloat16)))
    // Several threads wait.
    let several = try (0..<8).map { try world.startAllReduce(Tensor([Double($0)])) }
    DispatchQueue.concurrentPerform(iterations: 8) { i in
      let value = try? several[i].wait().array(as: Double.self)
      #expect(value == [Double(i * size)])
    }
    try destroyProcessGroup()
  }

  static func groups() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let rank = world.rank
    let parts = try world.split(color: rank % 2, key: -rank)
    #expect(parts?.size == 2 && parts?.rank == (rank < 2 ? 1 : 0))
    let sum = try parts?.allReduce(Tensor([rank]))
    #expect(sum?.array(as: Int.self) == [rank % 2 == 0 ? 2 : 4])
    let some = try world.group(ranks: [3, 0, 1])
    #expect((some == nil) == (rank == 2))
    if let some {
      let members = try some.allGather(Tensor([rank])).map { Int($0[0].item()) }
      #expect(members == [3, 0, 1])
      #expect(try some.broadcast(Tensor([rank]), from: 0).array(as: Int.self) == [3])
      // A group of a group.
      let pair = try some.split(color: some.rank == 0 ? nil : 5)
      #expect(pair?.size == (some.rank == 0 ? nil : 2))
      if let pair {
        #expect(pair.name == "\(some.name).1(5)")
        #expect(try pair.allReduce(Tensor([Double(rank)]), .max).array(as: Double.self) == [1])
      }
      try some.free()
    }
    // Collectives of different groups do not wait for each other: one half begins with the world's, the other with its own.
    if let parts {
      if rank % 2 == 0 {
        let all = try world.startAllReduce(Tensor([1.0]))
        let own = try parts.startAllReduce(Tensor([2.0]))
        let (first, second) = (try own.wait(), try all.wait())
        #expect(first.array(as: Float.self) == [4] && second.array(as: Float.self) == [4])
      } else {
        let own = try parts.startAllReduce(Tensor([2.0]))
        let all = try world.startAllReduce(Tensor([1.0]))
        let (first, second) = (try own.wait(), try all.wait())
        #expect(first.array(as: Float.self) == [4] && second.array(as: Float.self) == [4])
      }
    }
    #expect(try world.hostGroup().size == 4)
    try destroyProcessGroup()
  }

  static func many() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let x = Tensor([1.0, 2])
    func round(_ count: Int) throws {
      for _ in 0..<count {
        let sum = try world.allReduce(x)
        #expect(sum.count == 2)
      }
    }
    try round(2000)
    let before = residentBytes()
    try round(8000)
    // An operation that were kept would take about a kilobyte.
    #expect(residentBytes() - before < 2 << 20)
    try destroyProcessGroup()
  }

  private static func residentBytes() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
  }

  static func mismatch() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    let rank = world.rank
    do {
      _ = try world.allReduce(zeros(rank == 1 ? 3 : 2))
      Issue.record("ranks with different shapes were joined")
    } catch {
      let text = "\(error)"
      #expect(text.contains("rank 0 calls allReduce(sum) of float32[2]"), "\(text)")
      #expect(text.contains("rank 1 calls allReduce(sum) of float32[3]"), "\(text)")
    }
    do {
      if rank == 0 { try world.barrier() } else { _ = try world.allGather(zeros(2)) }
      Issue.record("different collectives were joined")
    } catch {
      let text = "\(error)"
      #expect(text.contains("number 2: rank 0 calls barrier; rank 1 calls allGather of float32[2]"), "\(text)")
    }
    #expect(try world.allReduce(Tensor([1.0])).array(as: Float.self) == [3])
    try destroyProcessGroup()
  }

  static func hang() throws {
    let world = try initProcessGroup()
    try world.barrier()
    if world.rank == 1 { sleep(60) }
    _ = try world.allReduce(Tensor([1.0]))
  }

  static func stopped() throws {
    let world = try initProcessGroup()
    try world.barrier()
    if world.rank == 1 { stop() }
    _ = try world.allReduce(Tensor([1.0]))
  }

  static func failure() throws {
    let world = try initProcessGroup(timeout: .seconds(60))
    try world.barrier()
    if world.rank == 1 { exit(3) }
    try world.barrier()
  }

  static func refused() {
    setenv("APUS_MPI", ProcessInfo.processInfo.environment["APUS_TEST_LIBRARY"] ?? "", 1)
    do {
      _ = try initProcessGroup()
      Issue.record("a process that is alone believes to be with others")
    } catch {
      #expect("\(error)".contains("2 processes were started, and") && "\(error)".contains("sees 1"), "\(error)")
    }
  }

  static func alone() throws {
    #expect(throws: TensorError.self) { try ProcessGroup.world }
    let world = try initProcessGroup()
    #expect(world.rank == 0 && world.size == 1 && world.backend == nil && world.hostNames.count == 1)
    let x = tensor(0, [3, 2], .float32)
    for operation in ReduceOperation.allCases where isPossible(operation, .float32) {
      #expect(equal(try world.allReduce(x, operation), x))
      #expect(equal(try world.reduceScatter(x, operation), x))
      let root = try world.reduce(x, operation, to: 0)
      #expect(root.map { equal($0, x) } == true)
    }
    for found in [
      try world.allGather(x)[0], try world.allGather(x, dim: 1), try world.scatter([x], from: 0),
      try world.allToAll([x])[0], try world.allToAll(x), try world.broadcast(x.t(), from: 0).t(),
    ] {
      #expect(equal(found, x))
    }
    #expect(try world.gather(x, to: 0)?.count == 1)
    #expect(try world.broadcastObject(["a": 1], from: 0) == ["a": 1])
    #expect(try world.allGatherObject(2) == [2])
    #expect(try world.split(color: 0)?.size == 1)
    #expect(try world.split(color: nil) == nil)
    try world.barrier()
    #expect(throws: TensorError.self) { try world.send(x, to: 0) }
    try destroyProcessGroup()
    #expect(!ProcessGroup.isInitialized)
  }

  static func missing() {
    do {
      _ = try initProcessGroup()
      Issue.record("two processes were joined without a library")
    } catch {
      #expect("\(error)".contains("2 processes were started, and APUS_MPI=off"), "\(error)")
    }
  }
}

/// Numbers whose sum is the greater one, and whose product is the sum.
struct MaxPlus: CustomElement, Comparable {
  var value: Double
  init(_ value: Double) { self.value = value }
  var double: Double { value }
  static let elementName = "distributed_maxplus"
  static let zero = MaxPlus(-.infinity)
  static let one = MaxPlus(0)
  static func + (a: MaxPlus, b: MaxPlus) -> MaxPlus { MaxPlus(max(a.value, b.value)) }
  static func * (a: MaxPlus, b: MaxPlus) -> MaxPlus { MaxPlus(a.value + b.value) }
  static func < (a: MaxPlus, b: MaxPlus) -> Bool { a.value < b.value }
}
