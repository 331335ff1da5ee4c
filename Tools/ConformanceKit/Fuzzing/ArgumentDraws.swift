import Apus
import ApusCore
import FormatsKit

/// Draws arguments: most of them as callers mean them, some as nobody should.
struct ArgumentDraws {
  private var random: SplitMix
  /// The shape that the tensors of the call have in common, more or less.
  private var base: [Int] = []
  private var dtype = DType.float32

  init(_ random: SplitMix) {
    self.random = random
    base = freshShape([0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6][below(12)])
    dtype = freshType()
  }

  mutating func below(_ count: Int) -> Int { count < 2 ? 0 : Int(random.next() % UInt64(count)) }
  mutating func isChosen(_ one: Int, in many: Int) -> Bool { below(many) < one }
  mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

  private mutating func freshType() -> DType {
    below(2) == 0 ? .float32 : below(3) == 0 ? .float64 : pick(DType.allCases)
  }

  private mutating func freshShape(_ rank: Int) -> [Int] {
    let isSquare = isChosen(1, in: 3)
    var shape = (0..<rank).map { _ in isChosen(1, in: 25) ? 0 : 1 + below(isChosen(1, in: 10) ? 17 : 5) }
    if isSquare, rank >= 2 { shape[rank - 1] = shape[rank - 2] }
    return shape
  }

  /// The argument for a parameter.
  mutating func argument(_ parameter: OperationParameter) -> OperationValue {
    value(isChosen(1, in: 20) ? ArgumentKind.any : ArgumentKind.of(parameter))
  }

  mutating func value(_ kinds: [ArgumentKind]) -> OperationValue {
    switch pick(kinds) {
    case .tensor: .tensor(tensor())
    case .indices: .tensor(indices())
    case .mask: .tensor((tensor() .> 0))
    case .number: number()
    case .count: .int(count())
    case .dim: .int(dim())
    case .dims: .list((0..<below(4)).map { _ in .int(dim()) })
    case .sizes: .list(sizes().map { .int($0) })
    case .bool: .bool(below(2) == 0)
    case .dtype: isChosen(1, in: 4) ? .none : .dtype(pick(DType.allCases))
    case .none: .none
    case .list(let kinds): .list((0..<below(4)).map { _ in value(kinds) })
    case .text(let texts): .string(pick(texts))
    case .function: .function { $0.isEmpty ? Tensor.zeros([]) : $0.dropFirst().reduce($0[0]) { $0 - $1 } }
    }
  }

  private mutating func dim() -> Int {
    isChosen(1, in: 12) ? hugeInt() : below(base.count * 2 + 2) - base.count - 1
  }

  private mutating func count() -> Int {
    switch below(16) {
    case 0: hugeInt()
    case 1: -1 - below(4)
    case 2: 0
    case 3: below(64)
    default: 1 + below(5)
    }
  }

  private mutating func sizes() -> [Int] {
    switch below(8) {
    case 0: base
    case 1: base.reversed()
    case 2: [base.reduce(1, *)]
    case 3: base + [1 + below(3)]
    case 4: base.map { _ in isChosen(1, in: 3) ? -1 : 1 + below(3) }
    default: (0..<below(6)).map { _ in count() }
    }
  }

  /// Numbers beyond every memory, and those at which arithmetic of ints goes over.
  private mutating func hugeInt() -> Int {
    pick([1 << 31, 1 << 40, 1 << 62, .max, .min, .min + 1, -(1 << 31) - 1, (1 << 32) + 1, .max / 2, 1 << 53])
  }

  private mutating func number() -> OperationValue {
    switch below(12) {
    case 0: .float(pick([.nan, .infinity, -.infinity, -0.0, 1e308, -1e308, 0x1p-1074, 1e-40, 1e19, -1e19]))
    case 1: .int(hugeInt())
    case 2: .bool(below(2) == 0)
    case 3: .complex(Complex(real(), real()))
    case 4, 5, 6: .int(below(7) - 2)
    case 7: .float(0)
    default: .float(real())
    }
  }

  /// Between -2 and 2.
  private mutating func real() -> Double { Double(below(4001) - 2000) / 1000 }

  private mutating func indices() -> Tensor {
    let shape = isChosen(1, in: 2) ? shape() : freshShape(below(3))
    let most = isChosen(1, in: 4) ? 8 : max(base.min() ?? 1, 1)
    var values = (0..<shape.reduce(1, *)).map { _ in below(most) }
    if isChosen(1, in: 8), !values.isEmpty {
      values[below(values.count)] = isChosen(1, in: 2) ? -1 - below(5) : hugeInt()
    }
    return Tensor(values, shape: shape).to(pick([.int64, .int64, .int64, .int32, .uint8]))
  }

  /// A shape that goes with that of the call, or does not.
  private mutating func shape() -> [Int] {
    var shape = base
    switch below(16) {
    case 0: return freshShape(below(6))
    case 1: return base.reversed()
    case 2: return Array(base.dropFirst(1))
    case 3: return [1 + below(3)] + base
    case 4: return base.isEmpty ? [] : [base[below(base.count)]]
    case 5, 6: for i in shape.indices where isChosen(1, in: 2) { shape[i] = 1 }
    case 7: if !shape.isEmpty { shape[below(shape.count)] = 1 + below(5) }
    case 8: if shape.count > 1 { shape.swapAt(shape.count - 1, shape.count - 2) }
    case 9: return []
    default: break
    }
    return shape
  }

  mutating func tensor() -> Tensor { tensor(of: shape(), isChosen(1, in: 6) ? freshType() : dtype) }

  /// A tensor with elements of one manner, whose memory may lie in any order.
  mutating func tensor(of shape: [Int], _ dtype: DType) -> Tensor {
    let manner = below(8)
    let values = (0..<shape.reduce(1, *)).map { _ -> Double in
      switch manner {
      case 0: pick([.nan, .infinity, -.infinity, 0, -0.0, 1, -1, 1e30, -1e30, 1e300, 1e-40, 2.5])
      case 1: 0
      case 2: Double(below(7) - 3)
      case 3: Double(below(1000)) / 1000
      default: real()
      }
    }
    let bounds: ClosedRange<Double> =
      dtype.isInteger ? (dtype.isSigned ? -100...100 : 0...100) : -.infinity ... .infinity
    let tame =
      dtype.isInexact ? values : values.map { $0.isNaN ? 0 : min(max($0, bounds.lowerBound), bounds.upperBound) }
    var made = Tensor(tame, shape: shape, dtype: .float64).to(dtype)
    if dtype.isComplex { made = made * Tensor.full([], Scalar.complex(Complex(real(), real())), dtype: dtype) }
    return placed(made)
  }

  /// The same elements, or some of them, in another order in memory.
  private mutating func placed(_ tensor: Tensor) -> Tensor {
    let shape = tensor.shape
    switch below(10) {
    case 0 where shape.count >= 2: return tensor.transpose(-1, -2).contiguous().transpose(-1, -2)
    case 1 where shape.count >= 1: return cat([tensor, tensor], dim: -1).narrow(-1, 0, shape[shape.count - 1])
    case 2 where shape.count >= 1 && shape[0] > 0: return tensor.narrow(0, 0, 1).expand(shape)
    case 3 where shape.count == 4: return tensor.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2])
    case 4 where shape.count >= 1: return stack([tensor, tensor], dim: -1).select(-1, 1)
    default: return tensor
    }
  }

  /// The same argument, damaged: of another kind, shape or type, or not there.
  mutating func damaged(_ value: OperationValue, of parameter: OperationParameter?) -> OperationValue {
    if isChosen(1, in: 4) { return self.value(parameter.map(ArgumentKind.of) ?? ArgumentKind.any) }
    if isChosen(1, in: 12) { return self.value(ArgumentKind.any) }
    switch value {
    case .tensor(let t): return .tensor(damaged(t))
    case .int: return .int(isChosen(1, in: 2) ? count() : dim())
    case .float: return number()
    case .bool(let b): return .bool(!b)
    case .list(var items):
      switch items.isEmpty ? 2 : below(4) {
      case 0: items.remove(at: below(items.count))
      case 1: items.append(items[below(items.count)])
      case 2: items.append(self.value(ArgumentKind.any))
      default:
        let i = below(items.count)
        items[i] = damaged(items[i], of: nil)
      }
      return .list(items)
    default: return self.value(ArgumentKind.any)
    }
  }

  private mutating func damaged(_ tensor: Tensor) -> Tensor {
    let shape = tensor.shape
    switch below(12) {
    case 0: return tensor.unsqueeze(below(shape.count + 1))
    case 1 where !shape.isEmpty && !shape.contains(0): return tensor.select(below(shape.count), 0)
    case 2 where !shape.isEmpty:
      let dim = below(shape.count)
      return tensor.narrow(dim, 0, below(shape[dim] + 1))
    case 3 where !shape.isEmpty && tensor.count < 4096:
      return cat([tensor, tensor], dim: below(shape.count))
    case 4: return tensor.to(pick(DType.allCases))
    case 5 where shape.count > 1: return tensor.transpose(0, -1)
    case 6: return tensor.isComplex || !tensor.dtype.isInexact ? tensor : tensor * Double.nan
    case 7 where tensor.dtype.isInexact: return tensor * 1e30
    case 8 where tensor.dtype != .bool: return tensor * pick([-1.0, 0, 100])
    case 9 where !shape.isEmpty: return tensor.narrow(below(shape.count), 0, 0)
    default: return placed(tensor)
    }
  }
}

extension DType {
  fileprivate var isSigned: Bool { kind == .signed }
}
