import ApusCore

// Places in sorted sequences.

/// Where each of `values` would be inserted in the last dimension of `sortedSequence` to keep it sorted.
///
/// A sequence of one dimension serves all values; otherwise the leading dimensions of both must agree.
/// - Parameters:
///   - right: behind equal elements rather than before them.
///   - sorter: positions that sort `sortedSequence`, if it is not sorted.
public func searchsorted(
  _ sortedSequence: Tensor, _ values: Tensor, right: Bool = false, outInt32: Bool = false, sorter: Tensor? = nil
) -> Tensor {
  attempt(sortedSequence, values, sorter) { () throws(TensorError) in
    var sequence = sortedSequence.detach()
    guard sequence.rank > 0 else {
      throw TensorError(.dimension, "searchsorted", "the sequence needs at least one dimension, and is a scalar")
    }
    guard
      sequence.rank == 1
        || (values.rank == sequence.rank && values.shape.dropLast() == sequence.shape.dropLast())
    else {
      throw TensorError(
        .shape, "searchsorted",
        "the sequence must be a vector or agree with the values but in the last dimension, and found \(sequence.shape) and "
          + "\(values.shape)")
    }
    if let sorter {
      guard sorter.shape == sequence.shape, sorter.dtype == .int64 else {
        throw TensorError(
          .shape, "searchsorted", "the sorter must be int64 of shape \(sequence.shape), and found \(sorter.type)")
      }
      sequence = sequence.gather(-1, sorter)
    }
    let result = apply(SearchSorted(right: right), sequence, values.detach())
    return outInt32 ? result.to(.int32) : result
  }
}

/// The bucket of each element between `boundaries`: bucket i ends with (or, if `right`, before) boundary i.
public func bucketize(_ input: Tensor, _ boundaries: Tensor, right: Bool = false, outInt32: Bool = false) -> Tensor {
  guard boundaries.rank == 1 || boundaries.hasFailed else {
    return fail(TensorError(.shape, "bucketize", "the boundaries must be a vector, and found \(boundaries.shape)"))
  }
  return searchsorted(boundaries, input, right: right, outInt32: outInt32)
}

/// Positions in a sorted sequence: inputs sequence (a vector, or with the leading dimensions of the values) and values.
struct SearchSorted: Primitive, Hashable {
  let right: Bool
  var name: String { "Searchsorted" }
  var saves: Saves { .nothing }
  var takesCustomElements: Bool { true }
  var takesComplexElements: Bool { false }

  func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    [TensorType(inputs[1].shape, .int64)]
  }

  func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    // Compared in the type that both have together, as PyTorch, or one that holds its elements exactly.
    let common = resultType(inputs.map(\.type))
    if common.isCustom {
      try ElementCapability.order.require(of: common, "searchsorted")
      return searchCustom(try inputs[0].dense(common), try inputs[1].dense(common), right, results[0].body.data.i64)
    }
    for input in inputs { _ = try input.dtype.orderType("searchsorted") }
    let compute = try common.orderType("searchsorted")
    let sequence = try Tensor(try inputs[0].dense(common)).dense(compute)
    let values = try Tensor(try inputs[1].dense(common)).dense(compute)
    try compute.order(Task(sequence: sequence, values: values, right: right, places: results[0].body.data.i64))
  }

  private struct Task: OrderTask {
    let sequence, values: TensorBody
    let right: Bool
    let places: UnsafeMutablePointer<Int64>
    func run<T: OrderedElement & PickElement>(_: T.Type) { search(T.self, sequence, values, right, places) }
  }

  func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    if !isBatched[0] && inputs[0].rank == 1 { return apply(self, inputs) }
    let all = everySample(inputs, isBatched, size)
    let values = all[0].rank == 2 ? all[1].reshape([size, all[1].count / size]) : all[1]
    return [apply(self, all[0], values).reshape(all[1].shape)]
  }

  func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] { [nil, nil] }
}

private func search<T: OrderedElement>(
  _: T.Type, _ sequence: TensorBody, _ values: TensorBody, _ right: Bool, _ places: UnsafeMutablePointer<Int64>
) {
  let s = UnsafePointer(sequence.data.assumingMemoryBound(to: T.self))
  let x = UnsafePointer(values.data.assumingMemoryBound(to: T.self))
  if right {
    search(sequence, values, places) { place, i in s[place].orderKey <= x[i].orderKey }
  } else {
    search(sequence, values, places) { place, i in s[place].orderKey < x[i].orderKey }
  }
}

/// ``search(_:_:_:_:_:)`` by the order of a registered type.
private func searchCustom(
  _ sequence: TensorBody, _ values: TensorBody, _ right: Bool, _ places: UnsafeMutablePointer<Int64>
) {
  let (loops, size) = (sequence.dtype.custom.loops, sequence.dtype.size)
  let (s, x) = (UnsafeRawPointer(sequence.data), UnsafeRawPointer(values.data))
  search(sequence, values, places) { place, i in
    right
      ? !loops.isLess(x + i * size, s + place * size) : loops.isLess(s + place * size, x + i * size)
  }
}

/// Where each value belongs, if `isBefore` tells whether the element at a place of a sequence stays before a value.
@inline(__always)
private func search(
  _ sequence: TensorBody, _ values: TensorBody, _ places: UnsafeMutablePointer<Int64>,
  _ isBefore: (_ place: Int, _ value: Int) -> Bool
) {
  let n = sequence.shape[sequence.shape.count - 1]
  let isShared = sequence.shape.count == 1
  let row = isShared ? max(values.count, 1) : max(values.shape[values.shape.count - 1], 1)
  withExtendedLifetime((sequence, values)) {
    parallelFor(values.count, grain: parallelGrain / 8) { range in
      for i in range {
        // The same halves for every value, and sums in place of branches, which nothing could foretell: so the searches
        // of several values overlap.
        let base = isShared ? 0 : (i / row) * n
        var (low, left) = (base, n)
        while left > 1 {
          let half = left / 2
          low &+= half & (0 &- (isBefore(low &+ half &- 1, i) ? 1 : 0))
          left &-= half
        }
        places[i] = Int64(low - base + (n > 0 && isBefore(low, i) ? 1 : 0))
      }
    }
  }
}

extension Registry {
  /// Places in sorted sequences.
  static let searching: [Operation] = [
    .tensor("searchsorted", "sorted_sequence, input, *, out_int32=False, right=False, side=None, sorter=None") {
      let (sequence, values) = (try $0.tensor("sorted_sequence"), try $0.operand("input").asTensor)
      let isRight = try $0.bool("right") || (try $0.optionalString("side") == "right")
      if try $0.bool("right"), try $0.optionalString("side") == "left" {
        throw TensorError(.value, "searchsorted", "side and right contradict each other: 'left' and true")
      }
      return searchsorted(
        sequence, values, right: isRight, outInt32: try $0.bool("out_int32"), sorter: try $0.optionalTensor("sorter"))
    },
    .tensor("bucketize", "input, boundaries, *, out_int32=False, right=False") {
      bucketize(
        try $0.operand("input").asTensor, try $0.tensor("boundaries"), right: try $0.bool("right"),
        outInt32: try $0.bool("out_int32"))
    },
  ]
}
