import ApusCore

// Distinct elements, runs of equal ones and membership.

/// What ``Tensor/unique(sorted:dim:)`` finds.
public struct UniqueResult: Sendable {
  /// The distinct elements or slices.
  public var values: Tensor
  /// For each element of the input the place of its value.
  public var inverse: Tensor
  /// How often each value occurs.
  public var counts: Tensor
}

extension UniqueResult: CustomStringConvertible {
  /// The text of the values, which is all that PyTorch's `unique()` gives unless it is asked for more.
  public var description: String { values.description }
}

extension Tensor {
  /// The distinct elements in ascending order, or the distinct slices along `dim` in lexicographic order. Every NaN is
  /// a value of its own.
  public func unique(sorted: Bool = true, dim: Int? = nil) -> UniqueResult {
    distinct("unique", dim, consecutive: false)
  }

  /// The elements, or slices along `dim`, with repetitions that follow each other left out.
  public func uniqueConsecutive(dim: Int? = nil) -> UniqueResult {
    distinct("uniqueConsecutive", dim, consecutive: true)
  }

  /// The distinct values alone, PyTorch's `x.unique()`.
  @_disfavoredOverload
  public func unique(sorted: Bool = true, dim: Int? = nil) -> Tensor { unique(sorted: sorted, dim: dim).values }

  /// The distinct values with what is asked for beside them: `let (values, counts) = x.unique(returnCounts: true)`.
  public func unique(sorted: Bool = true, returnInverse: Bool, dim: Int? = nil) -> (Tensor, Tensor) {
    let found = unique(sorted: sorted, dim: dim).requiring(returnInverse, "unique")
    return (found.values, found.inverse)
  }
  public func unique(sorted: Bool = true, returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor) {
    let found = unique(sorted: sorted, dim: dim).requiring(returnCounts, "unique")
    return (found.values, found.counts)
  }
  public func unique(
    sorted: Bool = true, returnInverse: Bool, returnCounts: Bool, dim: Int? = nil
  ) -> (Tensor, Tensor, Tensor) {
    let found = unique(sorted: sorted, dim: dim).requiring(returnInverse && returnCounts, "unique")
    return (found.values, found.inverse, found.counts)
  }

  /// The values without repetitions that follow each other alone.
  @_disfavoredOverload
  public func uniqueConsecutive(dim: Int? = nil) -> Tensor {
    guard dim == nil, count > 1, !hasFailed, !isComplex, !dtype.isCustom else {
      let found: UniqueResult = uniqueConsecutive(dim: dim)
      return found.values
    }
    // Nobody asks for places: elements that differ from the one before.
    do throws(TensorError) {
      let source = detach().resolved.reshape([count])
      let ordering = try dtype.orderType("uniqueConsecutive")
      let kept = try ordering.order(FirstsTask(values: source.to(ordering).contiguousBody()))
      return kept.to(dtype).placed(with: self)
    } catch { return fail(error) }
  }

  /// Elements that differ from the one before.
  private struct FirstsTask: OrderTask {
    let values: TensorBody
    func run<T: OrderedElement & PickElement>(_: T.Type) -> Tensor {
      let x = UnsafePointer(values.data.assumingMemoryBound(to: T.self))
      let n = values.count
      let room = Context.onHost { Tensor.zeros([n], dtype: values.dtype) }
      let out = room.body.data.assumingMemoryBound(to: T.self)
      var kept = 1
      withExtendedLifetime(values) {
        out[0] = x[0]
        // Every element is written, and stays where it differs.
        for i in 1..<n {
          out[kept] = x[i]
          kept &+= x[i] != x[i - 1] ? 1 : 0
        }
      }
      return room.narrow(0, 0, kept).clone()
    }
  }

  /// The values without repetitions that follow each other, with what is asked for beside them.
  public func uniqueConsecutive(returnInverse: Bool, dim: Int? = nil) -> (Tensor, Tensor) {
    let found = uniqueConsecutive(dim: dim).requiring(returnInverse, "uniqueConsecutive")
    return (found.values, found.inverse)
  }
  public func uniqueConsecutive(returnCounts: Bool, dim: Int? = nil) -> (Tensor, Tensor) {
    let found = uniqueConsecutive(dim: dim).requiring(returnCounts, "uniqueConsecutive")
    return (found.values, found.counts)
  }
  public func uniqueConsecutive(
    returnInverse: Bool, returnCounts: Bool, dim: Int? = nil
  ) -> (Tensor, Tensor, Tensor) {
    let found = uniqueConsecutive(dim: dim).requiring(returnInverse && returnCounts, "uniqueConsecutive")
    return (found.values, found.inverse, found.counts)
  }

  private func distinct(_ operation: String, _ dim: Int?, consecutive: Bool) -> UniqueResult {
    if hasFailed { return UniqueResult(values: self, inverse: self, counts: self) }
    do throws(TensorError) {
      let source = detach().resolved
      let d = try dim.map { d throws(TensorError) in try normalize(dim: d, rank: rank, operation) }
      // Slices as rows: [n, elements of a slice].
      let lanes: Tensor
      if let d, rank > 0 {
        let n = shape[d]
        guard count > 0 || n == 0 || shape.filter({ $0 == 0 }).count > 0 else {
          throw TensorError(.shape, operation, "there is nothing along dimension \(d) of \(shape)")
        }
        lanes = source.movedim(d, 0).reshape([n, n == 0 ? 0 : count / n])
      } else {
        lanes = source.reshape([count, 1])
      }
      if let failed = lanes.failed { return UniqueResult(values: failed, inverse: failed, counts: failed) }
      let (first, inverse, counts) = try groups(lanes, consecutive, operation)
      let index = vector(first)
      let values: Tensor
      if let d, rank > 0 {
        values = source.indexSelect(d, index)
      } else {
        values = source.reshape([count]).indexSelect(0, index)
      }
      return UniqueResult(
        values: values, inverse: vector(inverse).reshape(d == nil ? shape : [inverse.count]), counts: vector(counts))
    } catch {
      let bad = fail(error)
      return UniqueResult(values: bad, inverse: bad, counts: bad)
    }
  }

  private func vector(_ values: [Int]) -> Tensor {
    (values.isEmpty ? Tensor.zeros([0], dtype: .int64) : Tensor(values)).placed(with: self)
  }

  /// The first row of each group of equal rows, the group of each row, and the groups' sizes.
  private func groups(
    _ rows: Tensor, _ consecutive: Bool, _ operation: String
  ) throws(TensorError) -> (first: [Int], inverse: [Int], counts: [Int]) {
    if rows.dtype.isCustom { return try groups(try rows.ranks(consecutive, operation), consecutive, operation) }
    let ordering = try rows.dtype.orderType(operation)
    return try ordering.order(GroupTask(rows: rows.to(ordering), consecutive: consecutive))
  }

  /// Integers that are equal where elements of a registered type are, and in their order: of a matrix its elements, or
  /// where only neighbours count a number for each row, which needs no order.
  private func ranks(_ consecutive: Bool, _ operation: String) throws(TensorError) -> Tensor {
    func zeros(_ shape: [Int]) -> Tensor { Tensor.zeros(shape, dtype: .int64).placed(with: self) }
    if count == 0 { return zeros(shape) }
    if consecutive {
      let isNew = narrow(0, 1, shape[0] - 1).ne(narrow(0, 0, shape[0] - 1)).any([1])
      return cat([zeros([1]), isNew.cumsum(0)]).unsqueeze(1)
    }
    try ElementCapability.order.require(of: dtype, operation)
    let (values, order) = reshape([count]).sort(0).pair
    let steps = values.narrow(0, 1, count - 1).ne(values.narrow(0, 0, count - 1)).cumsum(0)
    return zeros([count]).scatter(0, order, cat([zeros([1]), steps])).reshape(shape)
  }

  private struct GroupTask: OrderTask {
    let rows: Tensor
    let consecutive: Bool
    func run<T: OrderedElement & PickElement>(_: T.Type) -> (first: [Int], inverse: [Int], counts: [Int]) {
      Tensor.groupRows(T.self, rows, consecutive)
    }
  }

  private static func groupRows<T: OrderedElement>(
    _: T.Type, _ rows: Tensor, _ consecutive: Bool
  ) -> (first: [Int], inverse: [Int], counts: [Int]) {
    let body = rows.contiguousBody()
    let (n, width) = (body.shape[0], body.shape[1])
    let x = UnsafePointer(body.data.assumingMemoryBound(to: T.self))
    var order = [Int](0..<n)
    withExtendedLifetime(body) {
      if consecutive {
      } else if width == 1 {
        withScratch(T.Item.self, n) { items, spare in
          for i in 0..<n { items[i] = T.Item(x[i].orderKey, i) }
          sortItems(items, spare)
          for i in 0..<n { order[i] = items[i].position }
        }
      } else {
        order.sort { a, b in
          for j in 0..<width {
            let (p, q) = (x[a * width + j].orderKey, x[b * width + j].orderKey)
            if p != q { return p < q }
          }
          return a < b
        }
      }
    }
    var (first, inverse, counts): ([Int], [Int], [Int]) = ([], [Int](repeating: 0, count: n), [])
    withExtendedLifetime(body) {
      for k in 0..<n {
        let row = order[k]
        let isNew = k == 0 || (0..<width).contains { x[row * width + $0] != x[order[k - 1] * width + $0] }
        if isNew {
          first.append(row)
          counts.append(1)
        } else {
          counts[counts.count - 1] += 1
        }
        inverse[row] = first.count - 1
      }
    }
    return (first, inverse, counts)
  }
}

extension UniqueResult {
  /// Itself where the tensors that a call names are asked for: in Swift the number of results does not depend on a flag.
  fileprivate func requiring(_ isAsked: Bool, _ operation: String) -> UniqueResult {
    if isAsked { return self }
    let bad = fail(
      TensorError(
        .value, operation,
        "cannot leave a result out that its call names: leave the flag out, or take .values, .inverse and .counts"))
    return UniqueResult(values: bad, inverse: bad, counts: bad)
  }
}

/// For each element whether it is among `testElements`.
///
/// - Parameter invert: whether it is not.
public func isin(_ elements: Tensor, _ testElements: Tensor, invert: Bool = false) -> Tensor {
  if let bad = poisoned(among: [elements, testElements]) { return bad }
  let dtype = promoteTypes(elements.dtype, testElements.dtype)
  let values = testElements.detach().to(dtype).reshape([testElements.count]).sort(0).values
  let x = elements.detach().to(dtype)
  guard values.count > 0 else { return Tensor.full(elements.shape, invert, dtype: .bool) }
  let place = searchsorted(values, x)
  let last = Tensor.full([], values.count - 1, dtype: .int64)
  let found = values.take(`where`(place.gt(last), last, place)).eq(x)
  return invert ? found.logicalNot() : found
}

extension Registry {
  /// Distinct elements and membership.
  static let distinctValues: [Operation] = [
    .tensors("unique", "input, sorted=True, return_inverse=False, return_counts=False, dim=None") {
      let found = try $0.tensor("input").unique(sorted: try $0.bool("sorted"), dim: try $0.optionalInt("dim"))
      return try chosen(found, $0)
    },
    .tensors("unique_consecutive", "input, return_inverse=False, return_counts=False, dim=None") {
      let (input, dim) = (try $0.tensor("input"), try $0.optionalInt("dim"))
      guard try $0.bool("return_inverse") || $0.bool("return_counts") else {
        let values: Tensor = input.uniqueConsecutive(dim: dim)
        return [values]
      }
      return try chosen(input.uniqueConsecutive(dim: dim), $0)
    },
    .tensor("isin", "elements, test_elements, *, assume_unique=False, invert=False") {
      isin(try $0.operand("elements").asTensor, try $0.operand("test_elements").asTensor, invert: try $0.bool("invert"))
    },
  ]

  private static func chosen(_ found: UniqueResult, _ arguments: OperationArguments) throws -> [Tensor] {
    var results = [found.values]
    if try arguments.bool("return_inverse") { results.append(found.inverse) }
    if try arguments.bool("return_counts") { results.append(found.counts) }
    return results
  }
}
