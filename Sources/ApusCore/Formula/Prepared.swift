import CKernels

// The chunk engine for compiled functions: formulas whose layout is known before there are elements, with sums of what
// they compute.

/// A sum of what a formula computes: over each row of `columns` elements, over each column of such rows, or over everything,
/// which has no rows (`columns` is 0).
package struct FormulaSum: Sendable, Hashable {
  package enum Kind: Sendable { case rows, columns, all }
  package let kind: Kind
  package let columns: Int

  package init(_ kind: Kind, columns: Int) {
    self.kind = kind
    self.columns = columns
  }
}

/// A formula of float32 elements, ready to run on elements anywhere that lie as `layout` says.
package struct PreparedFormula: Sendable {
  private let plan: ChunkPlan<Float>

  /// Nil where the formula has a function without a kernel.
  /// - Parameters:
  ///   - inputs: the types of the operands, which are converted to float32.
  ///   - results: the types of the results.
  ///   - sums: for each result the sum that is kept of it, all with the same rows; nil: its elements.
  package init?(
    _ formula: Formula, _ layout: PointwiseLayout, inputs: [DType], results: [DType], sums: [FormulaSum?]
  ) {
    let program = formula.programs.f32
    guard program.missing == nil else { return nil }
    let nowhere = UnsafeRawPointer(Storage.none.pointer)
    plan = ChunkPlan(
      program, sizes: layout.sizes,
      operands: zip(inputs, layout.access).map { dtype, access in
        switch access {
        case .dense: Operand(data: nowhere, dtype: dtype, access: .dense)
        case .uniform: Operand(data: nowhere, dtype: dtype, access: .uniform)
        case .strided(let strides): Operand(data: nowhere, dtype: dtype, access: .strided(strides))
        }
      }, results: results, scalars: [], mayStream: true,
      sums: sums.contains { $0 != nil } ? sums : [])
  }

  /// Runs over elements `range` of the walk, whole rows where there are sums. Results go to their place in `results`, and
  /// so do sums over rows; sums over columns and over everything are added to doubles there.
  package func run(
    _ range: Range<Int>, _ inputs: UnsafeBufferPointer<UnsafeRawPointer>,
    _ results: UnsafeBufferPointer<UnsafeMutableRawPointer>
  ) {
    plan.run(range, inputs, results)
  }
}

/// The sums of a run of chunks, in float for a few rows and then in double.
struct ChunkSums {
  private let sums: UnsafeBufferPointer<FormulaSum?>
  private let columns: Int
  private let targets: UnsafeBufferPointer<UnsafeMutableRawPointer>
  /// Of each result the sum of the row, or of everything, so far.
  private let totals: UnsafeMutablePointer<Double>
  /// Of each result the sums over columns of the last rows; empty for other sums.
  private let partial: UnsafeMutableBufferPointer<Float>
  /// Elements added to them.
  private var pending = 0

  /// Rows that are added up in float.
  private static let group = 64

  init(
    _ sums: UnsafeBufferPointer<FormulaSum?>, _ columns: Int,
    _ targets: UnsafeBufferPointer<UnsafeMutableRawPointer>
  ) {
    (self.sums, self.columns, self.targets) = (sums, columns, targets)
    totals = .allocate(capacity: sums.count)
    totals.initialize(repeating: 0, count: sums.count)
    partial = .allocate(capacity: sums.contains { $0?.kind == .columns } ? sums.count * columns : 0)
    partial.initialize(repeating: 0)
  }

  /// Takes in elements `start ..< start + n`: whole rows or a part of one.
  mutating func add(
    _ addresses: UnsafeMutableBufferPointer<UnsafeRawPointer>, _ outputs: UnsafeBufferPointer<Int>, _ start: Int,
    _ n: Int
  ) {
    for k in 0..<sums.count {
      guard let sum = sums[k] else { continue }
      let values = addresses[outputs[k]].assumingMemoryBound(to: Float.self)
      switch sum.kind {
      case .all: totals[k] += Double(ck_sum_f32(values, n))
      case .rows:
        let out = targets[k].assumingMemoryBound(to: Float.self)
        if n >= columns {
          for r in 0..<n / columns { out[start / columns + r] = ck_sum_f32(values + r * columns, columns) }
        } else {
          totals[k] += Double(ck_sum_f32(values, n))
          if (start + n) % columns == 0 {
            out[start / columns] = Float(totals[k])
            totals[k] = 0
          }
        }
      case .columns:
        guard let row = partial.baseAddress.map({ $0 + k * columns }) else { continue }
        if n >= columns {
          for r in 0..<n / columns { ck_add_into_f32(row, values + r * columns, columns) }
        } else {
          ck_add_into_f32(row + start % columns, values, n)
        }
      }
    }
    pending += n
    if pending >= Self.group * columns { flush() }
  }

  private mutating func flush() {
    pending = 0
    for k in 0..<sums.count where sums[k]?.kind == .columns {
      guard let row = partial.baseAddress.map({ $0 + k * columns }) else { continue }
      let out = targets[k].assumingMemoryBound(to: Double.self)
      for i in 0..<columns {
        out[i] += Double(row[i])
        row[i] = 0
      }
    }
  }

  /// Hands the sums over and gives the memory back.
  mutating func finish() {
    flush()
    for k in 0..<sums.count where sums[k]?.kind == .all {
      targets[k].assumingMemoryBound(to: Double.self).pointee += totals[k]
    }
    totals.deallocate()
    partial.deallocate()
  }
}
