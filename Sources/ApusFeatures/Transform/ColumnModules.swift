import ApusCore
import ApusFormats
import ApusFunctional
import ApusMedia
import ApusNN

/// What a column gives.
struct ColumnOutput {
  /// Features, shape [rows, width], float32.
  var dense: Tensor?
  /// Numbers of categories as features of their own, shape [rows], int64.
  var ids: Tensor?
  /// Numbers of categories for crosses, shape [rows]; outside of their range for none.
  var numbers: Tensor?
}

/// The fitted numbers of a column as buffers, and what they do.
protocol ColumnModule: Module {
  /// - Parameters:
  ///   - raw: the column as the model takes it; nil for a cross.
  ///   - known: numbers of categories by column.
  func output(_ raw: Tensor?, _ known: [String: Tensor]) -> ColumnOutput
}

/// A feature for each of `places`, shape [rows, places]: 1 where the number is this one.
private func oneHot(_ numbers: Tensor, _ places: Tensor) -> Tensor {
  numbers.unsqueeze(1).eq(places).to(.float32)
}

/// The numbers from 0 on.
private func places(_ count: Int) -> Tensor {
  buffer(Tensor((0..<count).map { Int64($0) }, shape: [count], dtype: .int64), persistent: false)
}

final class NumericColumn: Module, ColumnModule {
  private let fill: Tensor?
  private let hasIndicator: Bool
  private let operations: [NumericOperation]
  /// The numbers of each operation.
  private let numbers: [[Tensor]]

  init(_ fitted: FittedNumeric) {
    func kept(_ values: [Double]) -> Tensor {
      buffer(Tensor(values, shape: [values.count], dtype: .float64).to(fitted.dtype))
    }
    fill = fitted.fill.map { kept([$0]) }
    hasIndicator = fitted.hasIndicator
    operations = fitted.operations
    numbers = fitted.operations.map { operation in
      switch operation {
      case .log1p, .clip: []
      case .linear(let shift, let divisor, let offset): [kept([shift]), kept([divisor]), kept([offset])]
      case .interpolate(let marks):
        // Where two marks are one, the step between them is a half on the mark and whole behind it.
        [
          kept(Array(marks.dropLast())),
          kept(zip(marks, marks.dropFirst()).map { $1 > $0 ? $1 - $0 : 1 }),
          kept(zip(marks, marks.dropFirst()).map { $1 > $0 ? 1 : 0 }),
        ]
      case .buckets(let bounds, _): [kept(bounds), places(bounds.count + 1)]
      }
    }
  }

  func output(_ raw: Tensor?, _ known: [String: Tensor]) -> ColumnOutput {
    guard var x = raw else { return ColumnOutput() }
    var output = ColumnOutput()
    let isMissing = x.isnan()
    if let fill { x = `where`(isMissing, fill, x) }
    var dense: [Tensor] = []
    var isDense = true
    for (operation, own) in zip(operations, numbers) {
      switch operation {
      case .log1p: x = x.log1p()
      case .clip(let low, let high): x = x.clamp(min: low, max: high)
      case .linear: x = (x - own[0]) / own[1] + own[2]
      case .interpolate(let marks):
        let distance = x.unsqueeze(1) - own[0]
        let part = (distance / own[1]).clamp(min: 0, max: 1)
        let step = (distance.gt(0).to(x.dtype) + distance.ge(0).to(x.dtype)) * 0.5
        let sum = (part * own[2] + step * (1 - own[2])).sum(1)
        x = `where`(x.isnan(), x, sum / Double(marks.count - 1))
      case .buckets(let bounds, let encoding):
        isDense = false
        let number = x.unsqueeze(1).ge(own[0]).to(.int64).sum(1)
        let found = `where`(x.isnan(), Tensor(Int64(bounds.count + 1)), number)
        output.numbers = found
        switch encoding {
        case .oneHot: dense.append(oneHot(found, own[1]))
        case .index: output.ids = found
        case .crossedOnly: break
        }
      }
    }
    if isDense { dense.append(x.to(.float32).unsqueeze(1)) }
    if hasIndicator { dense.append(isMissing.to(.float32).unsqueeze(1)) }
    output.dense = dense.count == 1 ? dense[0] : dense.isEmpty ? nil : cat(dense, dim: 1)
    return output
  }
}

final class CategoryColumn: Module, ColumnModule {
  private let fitted: FittedCategory
  /// All numbers, for features of their own.
  private let numbers: Tensor?
  /// The categories that are whole numbers.
  private let values: Tensor?
  /// How far each of them lies before the number of unknown ones.
  private let distances: Tensor?

  init(_ fitted: FittedCategory) {
    self.fitted = fitted
    numbers = fitted.encoding == .oneHot ? places(fitted.count) : nil
    let count = fitted.words.count
    if fitted.isWhole {
      values = buffer(Tensor(fitted.words.map { Int64($0) ?? 0 }, shape: [count], dtype: .int64))
      distances = buffer(
        Tensor((0..<count).map { Int64(count - $0) }, shape: [count], dtype: .int64), persistent: false)
    } else {
      (values, distances) = (nil, nil)
    }
  }

  func output(_ raw: Tensor?, _ known: [String: Tensor]) -> ColumnOutput {
    guard let raw else { return ColumnOutput() }
    var number = raw
    var isMissing = raw.lt(0)
    if let values, let distances {
      number = Tensor(Int64(fitted.words.count)) - (raw.unsqueeze(1).eq(values).to(.int64) * distances).sum(1)
      isMissing = raw.eq(Tensor(Int64.min))
    }
    // What is unknown has the number behind the words, which may be none of its own. A number from outside may be anything, too.
    let unknown = Tensor(Int64(fitted.buckets > 0 ? fitted.words.count : -1))
    number = `where`(number.ge(fitted.words.count + fitted.buckets), unknown, number)
    number = `where`(isMissing, Tensor(Int64(fitted.missing)), number)
    return ColumnOutput(
      dense: numbers.map { oneHot(number, $0) }, ids: fitted.encoding == .index ? number : nil, numbers: number)
  }
}

final class CrossColumn: Module, ColumnModule {
  private let fitted: FittedCross
  private let numbers: Tensor?
  /// A prime below 2^32, and a number by which combinations are mixed.
  private static let (prime, factor): (Int64, Int64) = (4_294_967_291, 1_640_531_527)

  init(_ fitted: FittedCross) {
    self.fitted = fitted
    numbers = fitted.encoding == .oneHot ? places(fitted.buckets) : nil
  }

  func output(_ raw: Tensor?, _ known: [String: Tensor]) -> ColumnOutput {
    var combined: Tensor?
    for (member, size) in zip(fitted.members, fitted.sizes) {
      guard let number = known[member] else { continue }
      let none = Tensor(Int64(size - 1))
      let inside = `where`(number.ge(0).logicalAnd(number.lt(size)), number, none)
      combined = combined.map { $0 * Tensor(Int64(size)) + inside } ?? inside
    }
    guard var number = combined else { return ColumnOutput() }
    if fitted.combinations > fitted.buckets {
      number = (number * Tensor(Self.factor)).remainder(Tensor(Self.prime)).remainder(Tensor(Int64(fitted.buckets)))
    }
    return ColumnOutput(dense: numbers.map { oneHot(number, $0) }, ids: numbers == nil ? number : nil)
  }
}

final class TextColumn: Module, ColumnModule {
  private let features: TextFeatures
  private let numbers: Tensor

  init(_ fitted: FittedText) {
    features = fitted.features
    numbers = places(fitted.words.count + fitted.buckets)
  }

  func output(_ raw: Tensor?, _ known: [String: Tensor]) -> ColumnOutput {
    guard let raw else { return ColumnOutput() }
    let counts = raw.unsqueeze(2).eq(numbers).to(.float32).sum(1)
    return ColumnOutput(dense: features == .counts ? counts : counts.clamp(max: 1))
  }
}
