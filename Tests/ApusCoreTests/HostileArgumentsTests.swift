import Apus
import ApusCore
import Testing

/// Every operation of the registry with arguments that fit, and then with others in the place of each: tensors of all
/// types and of other shapes, numbers from the ends of their ranges, lists of nothing, failed tensors. All in one
/// process, inside `withErrors`: results or errors, never a trap, an endless loop or memory without end.
@Suite struct HostileArgumentsTests {
  @Test func noOperationStopsTheProgram() {
    var unreached: [String] = []
    for (i, operation) in Registry.families.joined().enumerated() {
      var caller = Caller(operation, seed: UInt64(i))
      if let fitting = caller.fittingArguments() {
        caller.replaceEach(of: fitting)
      } else {
        unreached.append(operation.names[0])
      }
      caller.combine()
    }
    // What is never called with arguments that fit is hardly tested.
    #expect(unreached.count < 10, "\(unreached)")
  }
}

/// Calls one operation with many arguments.
private struct Caller {
  typealias Arguments = [String: OperationValue]

  let operation: Operation
  var numbers: Numbers

  init(_ operation: Operation, seed: UInt64) {
    self.operation = operation
    numbers = Numbers(seed: seed)
  }

  /// Calls the operation, reads its results and goes back through them. Gives what was reported.
  @discardableResult func call(_ arguments: Arguments) -> TensorError? {
    do {
      try withErrors {
        for case .tensor(let result) in try operation([], arguments) where result.count < 10_000 {
          let real = result.isComplex ? result.abs() : result
          _ = real.array(as: Double.self)
          // Several results of one operation go back through the same record.
          if real.requiresGrad { real.sum().backward(retainGraph: true) }
        }
      }
      return nil
    } catch {
      return error as? TensorError ?? TensorError(.state, "", "\(error)")
    }
  }

  /// Arguments with which the operation works: for the required parameters, and where these are not enough one of the others.
  mutating func fittingArguments() -> Arguments? {
    let required = operation.parameters.filter { $0.standard == nil }.map(\.name)
    if let found = fittingArguments(for: required) { return found }
    for optional in operation.parameters.map(\.name) where !required.contains(optional) {
      if let found = fittingArguments(for: required + [optional]) { return found }
    }
    return nil
  }

  private mutating func fittingArguments(for required: [String]) -> Arguments? {
    // An argument of the wrong kind is named: that kind is not tried again for it.
    let all = Array(plainValues.indices)
    var accepted = [String: [Int]](uniqueKeysWithValues: required.map { ($0, all) })
    for _ in 0..<3000 {
      var (arguments, kinds): (Arguments, [String: Int]) = ([:], [:])
      for name in required {
        let kind = numbers.pick(accepted[name] ?? all)
        kinds[name] = kind
        arguments[name] = numbers.pick(plainValues[kind])
      }
      guard let error = call(arguments) else { return arguments }
      if let name = required.first(where: { error.message.hasPrefix("\($0): expected") }) {
        let rest = (accepted[name] ?? all).filter { $0 != kinds[name] }
        accepted[name] = rest.isEmpty ? all : rest
      }
    }
    return nil
  }

  /// Each parameter gets every hostile value, while the others keep what fits.
  func replaceEach(of arguments: Arguments) {
    for parameter in operation.parameters {
      for value in hostileValues {
        var changed = arguments
        changed[parameter.name] = value
        call(changed)
      }
    }
  }

  /// Hostile values in all places.
  mutating func combine() {
    for _ in 0..<60 {
      var arguments: Arguments = [:]
      for parameter in operation.parameters where parameter.standard == nil || numbers.next(2) == 0 {
        arguments[parameter.name] = numbers.pick(numbers.next(2) == 0 ? hostileTensors : hostileValues)
      }
      call(arguments)
    }
  }
}

/// Numbers that look random and are the same in every run.
private struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed << 32 }

  /// SplitMix64.
  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((bits ^ (bits >> 31)) % UInt64(bound))
  }

  mutating func pick<T>(_ values: [T]) -> T { values[next(values.count)] }
}

private func tensor(_ shape: [Int], _ dtype: DType = .float32) -> Tensor {
  (Tensor.ones(shape, dtype: .int64).cumsum(-1) - 1).to(dtype)
}

private func leaf(_ shape: [Int], _ dtype: DType = .float32) -> Tensor {
  Tensor(Tensor.full(shape, 0.5, dtype: dtype), requiresGrad: true)
}

/// Values of each kind that many operations accept: tensors, lists of tensors, integers, numbers, lists of them, names.
private let plainValues: [[OperationValue]] = [
  [
    .tensor(leaf([])), .tensor(leaf([3])), .tensor(leaf([2, 3])), .tensor(leaf([3, 3])), .tensor(leaf([2, 3, 4])),
    .tensor(leaf([2, 3, 3])), .tensor(leaf([2, 2, 4, 4])), .tensor(leaf([1, 2, 4, 4, 4])), .tensor(leaf([2, 2, 3])),
    .tensor(tensor([3], .int64)), .tensor(tensor([2], .int64)), .tensor(tensor([2, 3], .int64)),
    .tensor(tensor([3, 3], .int64)), .tensor(tensor([2, 3, 4], .int64)), .tensor(tensor([2, 3], .bool)),
    .tensor(tensor([2, 2, 4], .int64)), .tensor(tensor([2, 2, 4, 4], .int64)), .tensor(tensor([], .int64)),
    .tensor(leaf([2], .complex64)), .tensor(leaf([2])), .tensor(leaf([2, 2, 2])), .tensor(leaf([2, 2, 2, 2])),
    .tensor(leaf([2, 2, 2, 2, 2])), .tensor(eye(3) + 1), .tensor(eye(6).reshape([2, 3, 6])),
    .tensor(tensor([3], .int32) + 1),
  ],
  [.list([.tensor(leaf([2, 3])), .tensor(leaf([2, 3]))]), .list([.tensor(leaf([3])), .tensor(leaf([3]))])],
  [.int(1), .int(0), .int(2), .int(3)], [.float(0.5), .float(1)],
  [
    .list([.int(2), .int(3)]), .list([.int(1)]), .list([.int(0)]), .list([.int(0), .int(1)]),
    .list([.int(3), .int(1)]),
    .list([.int(6)]), .list([.int(1), .int(0)]), .list([.int(1), .int(1), .int(1), .int(1)]), .list([.int(3)]),
    .list([.int(4)]), .list([.int(1), .int(2), .int(0)]), .list([.int(2), .int(2), .int(2)]),
    .list([.int(2), .int(2), .int(4), .int(4)]),
  ],
  [.string("sum"), .string("mean"), .string("linear"), .string("constant")], [.bool(true)], [.dtype(.float32)],
]

/// The result of an operation that failed elsewhere.
private let failedTensor: Tensor = {
  var result = Tensor(0.0)
  _ = try? withErrors { result = tensor([2]) + tensor([3]) }
  return result
}()

private let hostileTensors: [OperationValue] =
  DType.allCases.flatMap { type in
    [[], [2, 3]].map { OperationValue.tensor(Tensor.ones($0, dtype: type)) }
  }
  + [
    [0], [1], [3], [1, 1], [3, 0], [0, 3], [1, 3], [3, 1], [3, 3], [1, 1, 1], [2, 3, 4], [0, 3, 4], [2, 0, 4],
    [2, 3, 0], [2, 2, 4, 4],
    [2, 0, 4, 4], [0, 2, 4, 4], [2, 2, 0, 4], [1, 2, 4, 4, 4], [1, 0, 4, 4, 4], [2, 2, 2, 2, 2, 2],
    Array(repeating: 1, count: 70),
  ].flatMap { shape in [.tensor(leaf(shape)), .tensor(tensor(shape, .int64))] }
  + [
    .tensor(Tensor([Int.max, Int.min, -1])), .tensor(Tensor(Int.max)), .tensor(Tensor(Int.min)),
    .tensor(Tensor([[Int.max, 1 << 45, 0], [-1, 5, 1 << 62]])), .tensor(Tensor([1 << 45, 0, 1 << 45])),
    .tensor(Tensor([Double.nan, .infinity, -.infinity])), .tensor(Tensor(Double.nan)),
    .tensor(Tensor([[-1.0, 1e30, .nan], [.infinity, 0, -.infinity]], requiresGrad: true)),
    .tensor(Tensor(1.0).expand([2, 3])), .tensor(leaf([3, 2]).t()), .tensor(tensor([6])[.slice(step: 2)]),
    .tensor(failedTensor), .tensor(buffer(Tensor.ones([3]))), .tensor(buffer(Tensor.ones([0]))),
    .tensor(makeDual(Tensor.ones([2, 3]), Tensor.ones([2, 3]))), .tensor(makeDual(Tensor(1.0), Tensor(1.0))),
  ]

private let hugeIntegers = [Int.max, Int.min, Int.max - 1, Int.min + 1, 1 << 45, -(1 << 45), 1 << 62, -(1 << 62)]

private let hostileValues: [OperationValue] =
  hostileTensors
  + ([0, 1, -1, 2, -2, 3, 4, 7, -7] + hugeIntegers).map { .int($0) }
  + [Double.nan, .infinity, -.infinity, 0, -0.0, 0.5, -1, 2, 1e300, -1e300, 1e19].map { .float($0) }
  + ([
    [], [0], [1], [-1], [2, 3], [3, 2], [1, 1, 1], [-1, -1], [0, 0], [0, 1], [-1, 0], [2, 2, 2, 2], [0, 1, 2, 3, 4],
  ]
  + [Array(repeating: 1, count: 70), Array(repeating: 0, count: 6), Array(repeating: 2, count: 12)]
  + [Int.max, Int.min, 1 << 45].flatMap { [[$0], [$0, $0], [1, $0], [$0, 0], [$0, -1], [2, $0, $0]] })
  .map { .list($0.map { .int($0) }) }
  + [[Double.nan], [.infinity, -1], [1e300, 1e300], [0, 0], [-0.5]].map { .list($0.map { .float($0) }) }
  + [
    .list([.tensor(leaf([2, 3]))]), .list([.tensor(leaf([3])), .tensor(tensor([3], .int64))]),
    .list([.tensor(leaf([3])), .tensor(leaf([2, 3]))]), .list([.tensor(failedTensor)]),
    .list([.tensor(leaf([3])), .tensor(failedTensor)]),
    .list([.tensor(leaf([0])), .tensor(leaf([])), .tensor(leaf([1]))]),
    .list([.tensor(Tensor([Int.max, 0])), .tensor(Tensor([Int.min, 0]))]), .list([.tensor(tensor([2, 3], .bool))]),
    .list([.none, .int(1)]), .list([.list([.int(0)]), .list([.int(0)])]), .list([.list([.int(Int.max)]), .list([])]),
    .list([.list([]), .string("x")]), .list([.slice(0, 1, 1), .none, .ellipsis, .ellipsis]),
    .none, .bool(true), .bool(false), .string(""), .string("sum"), .string("none"), .string("mean"), .string("amax"),
    .string("circular"), .string("reflect"), .string("bilinear"), .string("bicubic"), .string("xy"), .string("same"),
    .slice(nil, nil, 0), .slice(Int.min, Int.max, 1), .slice(Int.max, Int.min, Int.min), .slice(-1, Int.min, -1),
    .ellipsis, .unsupported("a complex number"),
  ]
  + DType.allCases.map { .dtype($0) } + [.dtype(.dual32)]
