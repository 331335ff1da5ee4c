import ApusCore

// Sequences of different lengths without padding.

/// Sequences of different lengths, packed: the first elements of all, then the second elements of those that have one, and so
/// on, the longest sequence first. PyTorch's `nn.utils.rnn.PackedSequence`; recurrent layers take and give it.
public struct PackedSequence: Sendable {
  /// `[elements of all sequences, ...]`.
  public let data: Tensor
  /// How many sequences have an element at each time: never more than at the time before.
  public let batchSizes: [Int]
  /// Which sequence stands at each place, where they were not in order; the layers' states are arranged by it.
  public let sortedIndices: Tensor?
  /// The place of each sequence, the inverse of ``sortedIndices``.
  public let unsortedIndices: Tensor?

  /// - Parameters:
  ///   - data: the elements in order of time, `[sum of batchSizes, ...]`.
  ///   - batchSizes: positive numbers that do not grow.
  ///   - sortedIndices: which sequence stands at each place, int64 `[batchSizes[0]]`; the inverse follows if it is not given.
  public init(
    _ data: Tensor, batchSizes: [Int], sortedIndices: Tensor? = nil, unsortedIndices: Tensor? = nil
  ) {
    var (data, inverse) = (data, Tensor?.none)
    let rows = data.isPoisoned ? nil : data.shape.first
    let isInOrder = batchSizes.allSatisfy { $0 > 0 } && zip(batchSizes, batchSizes.dropFirst()).allSatisfy { $0 >= $1 }
    if !data.hasFailed {
      if rows != batchSizes.reduce(0, { $0.clampedAdding($1) }) || !isInOrder {
        data = fail(
          TensorError(
            .shape, "PackedSequence",
            "the batch sizes, which must be positive and not grow, must add up to the rows of the data, and found data of "
              + "shape \(data.shape) and batch sizes \(batchSizes)"))
      } else if let sorted = sortedIndices, unsortedIndices == nil {
        let (order, count) = (sorted.detach().array(as: Int64.self).map(Int.init), batchSizes.first ?? 0)
        if order.sorted() == Array(0..<count) {
          var places = order
          for (place, sequence) in order.enumerated() { places[sequence] = place }
          inverse = Tensor(places).placed(with: data)
        } else {
          data = fail(
            TensorError(
              .shape, "PackedSequence", "needs the numbers of \(count) sequences in some order, and found \(order)"))
        }
      }
    }
    self.data = data
    self.batchSizes = batchSizes
    self.sortedIndices = sortedIndices
    self.unsortedIndices = unsortedIndices ?? inverse
  }

  /// The same sequences with other elements, one row for each.
  package func replacing(_ data: Tensor) -> PackedSequence {
    PackedSequence(data, batchSizes: batchSizes, sortedIndices: sortedIndices, unsortedIndices: unsortedIndices)
  }

  /// How many sequences there are.
  package var count: Int { batchSizes.first ?? 0 }

  /// The length of each sequence, in the order in which they stand.
  var sortedLengths: [Int] {
    var lengths = [Int](repeating: 0, count: count)
    var rest = count
    for (t, size) in batchSizes.enumerated() {
      while rest > size {
        rest -= 1
        lengths[rest] = t
      }
    }
    for i in 0..<rest { lengths[i] = batchSizes.count }
    return lengths
  }

  /// The elements in another type.
  public func to(_ dtype: DType) -> PackedSequence { replacing(data.to(dtype)) }
  /// The elements on another device.
  public func to(_ device: Device) -> PackedSequence { replacing(data.to(device)) }
}

extension PackedSequence: CustomStringConvertible {
  public var description: String {
    let sorted = sortedIndices.map { "\($0)" } ?? "None"
    let unsorted = unsortedIndices.map { "\($0)" } ?? "None"
    return "PackedSequence(data=\(data), batch_sizes=\(Tensor(batchSizes)), sorted_indices=\(sorted), "
      + "unsorted_indices=\(unsorted))"
  }
}

/// Where the elements of sequences of these lengths, the longest first, lie: the index of each packed row among rows that
/// `row` numbers by time and sequence.
private func packedRows(_ lengths: [Int], _ row: (_ time: Int, _ sequence: Int) -> Int) -> (rows: [Int], sizes: [Int]) {
  var (rows, sizes): ([Int], [Int]) = ([], [])
  rows.reserveCapacity(lengths.reduce(0, +))
  var count = lengths.count
  for t in 0..<(lengths.first ?? 0) {
    while count > 0, lengths[count - 1] <= t { count -= 1 }
    for i in 0..<count { rows.append(row(t, i)) }
    sizes.append(count)
  }
  return (rows, sizes)
}

/// Packs padded sequences, PyTorch's `nn.utils.rnn.pack_padded_sequence`.
///
/// - Parameters:
///   - input: `[longest, N, ...]`, or `[N, longest, ...]` with `batchFirst`.
///   - lengths: the length of each of the N sequences, at least 1.
///   - enforceSorted: whether the longest must come first; otherwise they are sorted here, and what is made of them is put back
///     in their order by ``padPackedSequence(_:batchFirst:paddingValue:totalLength:)``.
public func packPaddedSequence(
  _ input: Tensor, _ lengths: [Int], batchFirst: Bool = false, enforceSorted: Bool = true
) -> PackedSequence {
  var sizes = [1]
  var order: [Int]?
  let data = attempt(input) { () throws(TensorError) in
    func mistake(_ text: String) -> TensorError { TensorError(.value, "pack_padded_sequence", text) }
    guard input.rank >= 2 else {
      throw TensorError(
        .shape, "pack_padded_sequence", "needs sequences of shape [longest, N, ...] and found \(input.shape)")
    }
    let (batch, longest) = batchFirst ? (input.shape[0], input.shape[1]) : (input.shape[1], input.shape[0])
    guard lengths.count == batch else {
      throw mistake(
        "needs a length for each of \(batch) sequences of an input of shape \(input.shape), and found \(lengths.count)")
    }
    guard let shortest = lengths.min(), shortest > 0 else {
      throw mistake("the length of each sequence has to be greater than 0, and found \(lengths)")
    }
    if let wrong = lengths.first(where: { $0 > longest }) {
      throw mistake("a length of \(wrong) does not fit into an input of shape \(input.shape) with \(longest) steps")
    }
    var sorted = lengths
    if !zip(lengths, lengths.dropFirst()).allSatisfy({ $0 >= $1 }) && enforceSorted {
      throw mistake("lengths must be in decreasing order, and found \(lengths); enforceSorted: false takes any order")
    }
    if !enforceSorted {
      let found = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
      order = found
      sorted = found.map { lengths[$0] }
    }
    let places = order
    let packed = packedRows(sorted) { t, i in
      let sequence = places?[i] ?? i
      return batchFirst ? sequence * longest + t : t * batch + sequence
    }
    sizes = packed.sizes
    return input.flatten(0, 1).indexSelect(0, Tensor(packed.rows).placed(with: input))
  }
  if data.isPoisoned { return PackedSequence(data, batchSizes: sizes) }
  guard let order else { return PackedSequence(data, batchSizes: sizes) }
  var inverse = order
  for (place, sequence) in order.enumerated() { inverse[sequence] = place }
  return PackedSequence(
    data, batchSizes: sizes, sortedIndices: Tensor(order).placed(with: data),
    unsortedIndices: Tensor(inverse).placed(with: data))
}

/// ``packPaddedSequence(_:_:batchFirst:enforceSorted:)-(_,[Int],_,_)`` with the lengths as a tensor of integers `[N]`.
public func packPaddedSequence(
  _ input: Tensor, _ lengths: Tensor, batchFirst: Bool = false, enforceSorted: Bool = true
) -> PackedSequence {
  let checked = attempt(input, lengths) { () throws(TensorError) in
    guard lengths.rank == 1, !lengths.dtype.isInexact, lengths.dtype != .bool else {
      throw TensorError(
        .value, "pack_padded_sequence", "needs lengths as integers of shape [N], and found \(lengths.type)")
    }
    return input
  }
  if checked.isPoisoned { return PackedSequence(checked, batchSizes: [1]) }
  return packPaddedSequence(
    input, lengths.detach().array(as: Int64.self).map(Int.init), batchFirst: batchFirst, enforceSorted: enforceSorted)
}

/// Fills packed sequences up to one length, PyTorch's `nn.utils.rnn.pad_packed_sequence`.
///
/// - Parameters:
///   - batchFirst: whether the result is `[N, longest, ...]` instead of `[longest, N, ...]`.
///   - paddingValue: what fills the gaps.
///   - totalLength: the steps of the result if they shall be more than those of the longest sequence.
/// - Returns: the padded sequences in their order, and their lengths, int64 `[N]`.
public func padPackedSequence(
  _ sequence: PackedSequence, batchFirst: Bool = false, paddingValue: some ScalarConvertible = 0.0,
  totalLength: Int? = nil
) -> (Tensor, Tensor) {
  let value = paddingValue.scalar
  return attempt(sequence.data) { () throws(TensorError) in
    let (longest, count, data) = (sequence.batchSizes.count, sequence.count, sequence.data)
    if let totalLength, totalLength < longest {
      throw TensorError(
        .value, "pad_packed_sequence",
        "a total length of \(totalLength) was asked for, and the longest sequence has \(longest) steps")
    }
    let sorted = sequence.sortedLengths
    let places = sequence.unsortedIndices?.array(as: Int64.self).map(Int.init) ?? Array(0..<count)
    guard places.count == count, places.allSatisfy({ (0..<count).contains($0) }) else {
      throw TensorError(
        .index, "pad_packed_sequence", "needs the places 0 to \(count - 1) of \(count) sequences, and found \(places)")
    }
    let lengths = places.map { sorted[$0] }
    let item = Array(data.shape.dropFirst())
    try checkMemory(TensorType([count.clampedMultiplying(longest)] + item, data.dtype), "pad_packed_sequence")
    // Rows of the packed data, and one row behind them for the gaps.
    let gap = data.shape[0]
    var offsets: [Int] = []
    var total = 0
    for size in sequence.batchSizes {
      offsets.append(total)
      total += size
    }
    func row(_ t: Int, _ i: Int) -> Int { t < lengths[i] ? offsets[t] + places[i] : gap }
    let index =
      batchFirst
      ? (0..<count).flatMap { i in (0..<longest).map { row($0, i) } }
      : (0..<longest).flatMap { t in (0..<count).map { row(t, $0) } }
    let filler = Tensor.full([1] + item, value, dtype: data.dtype).placed(with: data)
    let hasGaps = gap != count.clampedMultiplying(longest)
    let rows = (hasGaps ? cat([data, filler]) : data).indexSelect(0, Tensor(index).placed(with: data))
    var padded = rows.reshape((batchFirst ? [count, longest] : [longest, count]) + item)
    if let totalLength, totalLength > longest {
      let missing = (batchFirst ? [count, totalLength - longest] : [totalLength - longest, count]) + item
      padded = cat(
        [padded, Tensor.full(missing, value, dtype: data.dtype).placed(with: data)], dim: batchFirst ? 1 : 0)
    }
    return (padded, Tensor(lengths))
  }
}

/// Packs sequences `[length, ...]`, PyTorch's `nn.utils.rnn.pack_sequence`.
///
/// - Parameter enforceSorted: whether the longest must come first; otherwise they are sorted here.
public func packSequence(_ sequences: [Tensor], enforceSorted: Bool = true) -> PackedSequence {
  let padded = padSequence(sequences)
  if padded.isPoisoned { return PackedSequence(padded, batchSizes: [1]) }
  return packPaddedSequence(padded, sequences.map { $0.shape[0] }, enforceSorted: enforceSorted)
}

/// The sequences that were packed, each `[length, ...]`, in their order: PyTorch's `nn.utils.rnn.unpack_sequence`.
public func unpackSequence(_ sequence: PackedSequence) -> [Tensor] {
  let (padded, lengths) = padPackedSequence(sequence, batchFirst: true)
  return unpadSequence(padded, lengths, batchFirst: true)
}

/// The sequences that were padded, each `[length, ...]`: PyTorch's `nn.utils.rnn.unpad_sequence`.
///
/// - Parameters:
///   - padded: `[longest, N, ...]`, or `[N, longest, ...]` with `batchFirst`.
///   - lengths: the length of each, integers `[N]`.
public func unpadSequence(_ padded: Tensor, _ lengths: Tensor, batchFirst: Bool = false) -> [Tensor] {
  attempt(padded, lengths) { () throws(TensorError) in
    guard padded.rank >= 2, lengths.rank == 1, !lengths.dtype.isInexact,
      lengths.shape[0] == padded.shape[batchFirst ? 0 : 1]
    else {
      throw TensorError(
        .shape, "unpad_sequence",
        "needs sequences of shape [longest, N, ...] and N integers as their lengths, and found \(padded.type) and \(lengths.type)"
      )
    }
    let longest = padded.shape[batchFirst ? 1 : 0]
    let numbers = lengths.detach().array(as: Int64.self).map(Int.init)
    if let wrong = numbers.first(where: { $0 < 0 || $0 > longest }) {
      throw TensorError(
        .value, "unpad_sequence", "a length of \(wrong) is not within the \(longest) steps of the sequences")
    }
    return numbers.enumerated().map { padded.select(batchFirst ? 0 : 1, $0).narrow(0, 0, $1) }
  }
}
