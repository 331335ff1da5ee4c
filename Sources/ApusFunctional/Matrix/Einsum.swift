import ApusCore

// Sums of products by Einstein's convention: contractions become products of matrices.

/// Sums of products of the elements of `operands`, by the letters of `equation`, PyTorch's `torch.einsum`.
///
/// Each operand has a letter for every dimension, operands are separated by commas, and the letters of the result stand
/// behind an arrow. What the result does not name is summed; a letter that one operand has twice takes its diagonal.
///
///     einsum("ij,jk->ik", a, b)          // the matrix product
///     einsum("bhqd,bhkd->bhqk", q, k)    // scores of attention
///     einsum("ii", a)                    // the trace
///     einsum("...ij->...ji", a)          // a transposed batch
///
/// `...` stands for any leading dimensions, which broadcast, as do sizes of 1. Without an arrow the result has the dimensions
/// of `...`, then the letters that occur once, in alphabetical order, capitals first. Two operands at a time are contracted,
/// in the order that takes the fewest multiplications; of more than 8 operands those first whose product is smallest beside them.
public func einsum(_ equation: String, _ operands: Tensor...) -> Tensor { einsum(equation, operands) }

/// ``einsum(_:_:)-(String,Tensor...)`` of a list.
public func einsum(_ equation: String, _ operands: [Tensor]) -> Tensor {
  if let failed = poisoned(among: operands) { return failed }
  return attempt(operands.first) { () throws(TensorError) in
    try Contraction(equation, operands).result()
  }
}

/// A dimension of an operand: a letter, or a place of the ellipsis counted from its end.
private enum Label: Hashable {
  case letter(Character)
  case leading(Int)
}

/// An operand with the names of its dimensions.
private struct LabelledTensor {
  var tensor: Tensor
  var labels: [Label]

  func size(_ label: Label) -> Int { labels.firstIndex(of: label).map { tensor.shape[$0] } ?? 1 }

  /// Its dimensions in the order of `wanted`, with sizes of 1 for those that it has not.
  func arranged(_ wanted: [Label]) -> Tensor {
    let present = wanted.filter(labels.contains)
    let moved = tensor.permute(present.compactMap { labels.firstIndex(of: $0) })
    return moved.reshape(wanted.map { size($0) })
  }

  /// Summed over what `kept` does not name.
  func summed(keeping kept: Set<Label>) -> LabelledTensor {
    let dropped = labels.indices.filter { !kept.contains(labels[$0]) }
    if dropped.isEmpty { return self }
    return LabelledTensor(
      tensor: tensor.sum(dropped, dtype: tensor.dtype), labels: labels.filter { kept.contains($0) })
  }
}

/// An equation with its operands.
private struct Contraction {
  private let equation: String
  private var parts: [LabelledTensor] = []
  private var output: [Label] = []
  private var sizes: [Label: Int] = [:]

  init(_ equation: String, _ operands: [Tensor]) throws(TensorError) {
    self.equation = equation
    let text = equation.filter { $0 != " " }
    let sides = Self.sides(text)
    let inputs = sides.left.split(separator: ",", omittingEmptySubsequences: false)
    guard !operands.isEmpty, inputs.count == operands.count else {
      throw TensorError(
        .value, "einsum", "'\(equation)' describes \(inputs.count) operands, and \(operands.count) are given")
    }
    for (i, pair) in zip(inputs, operands).enumerated() {
      parts.append(try operand(Self.terms(pair.0, equation), pair.1, i))
    }
    output = try outputLabels(sides.right)
    // A size of 1 beside a larger one of the same name is repeated: it has no part in the sums.
    for i in parts.indices {
      let repeated = parts[i].labels.indices.filter {
        parts[i].tensor.shape[$0] == 1 && sizes[parts[i].labels[$0]] != 1
      }
      if repeated.isEmpty { continue }
      parts[i].tensor = parts[i].tensor.squeeze(repeated)
      parts[i].labels = parts[i].labels.indices.filter { !repeated.contains($0) }.map { parts[i].labels[$0] }
    }
  }

  /// What stands before and behind the arrow; nil: there is none.
  private static func sides(_ text: String) -> (left: Substring, right: Substring?) {
    var last: Character = " "
    for i in text.indices {
      if last == "-" && text[i] == ">" { return (text[..<text.index(before: i)], text[text.index(after: i)...]) }
      last = text[i]
    }
    return (text[...], nil)
  }

  /// The letters of a part of the equation; nil stands for the ellipsis.
  private static func terms(_ text: Substring, _ equation: String) throws(TensorError) -> [Character?] {
    var terms: [Character?] = []
    var rest = text
    while let next = rest.first {
      if rest.hasPrefix("...") {
        guard !terms.contains(nil) else {
          throw TensorError(.value, "einsum", "'\(text)' in '\(equation)' has more than one ellipsis")
        }
        terms.append(nil)
        rest = rest.dropFirst(3)
      } else if next.isASCII && next.isLetter {
        terms.append(next)
        rest = rest.dropFirst()
      } else {
        throw TensorError(
          .value, "einsum",
          "'\(next)' in '\(equation)' is no name of a dimension: names are letters, operands are separated by commas, "
            + "the result stands behind '->', and '...' stands for leading dimensions")
      }
    }
    return terms
  }

  /// An operand whose dimensions have distinct names: repeated ones became diagonals.
  private mutating func operand(
    _ terms: [Character?], _ tensor: Tensor, _ position: Int
  ) throws(TensorError) -> LabelledTensor {
    let named = terms.count { $0 != nil }
    let hasEllipsis = named < terms.count
    guard hasEllipsis ? tensor.rank >= named : tensor.rank == named else {
      throw TensorError(
        .shape, "einsum",
        "operand \(position) of '\(equation)' has \(named) names\(hasEllipsis ? " beside the ellipsis" : ""), and "
          + "found the shape \(tensor.shape)")
    }
    let leading = tensor.rank - named
    var labels: [Label] = []
    for term in terms {
      if let term { labels.append(.letter(term)) } else { labels += (0..<leading).map { .leading(leading - 1 - $0) } }
    }
    for (label, size) in zip(labels, tensor.shape) {
      let known = sizes[label] ?? 1
      guard known == 1 || size == 1 || known == size else {
        let name = if case .letter(let letter) = label { "'\(letter)'" } else { "of the ellipsis" }
        throw TensorError(
          .shape, "einsum",
          "operand \(position) of '\(equation)', \(tensor.shape), gives the dimension \(name) the size \(size), "
            + "where another one has \(known)")
      }
      sizes[label] = sizes[label] == nil || known == 1 ? size : known
    }
    var part = LabelledTensor(tensor: tensor, labels: labels)
    while let (first, second) = Self.pair(part.labels) {
      guard part.tensor.shape[first] == part.tensor.shape[second] else {
        throw TensorError(
          .shape, "einsum",
          "operand \(position) of '\(equation)' repeats a name for sizes \(part.tensor.shape[first]) and "
            + "\(part.tensor.shape[second]), which have no diagonal")
      }
      part.tensor = part.tensor.diagonal(dim1: first, dim2: second)
      let label = part.labels[first]
      part.labels.remove(at: second)
      part.labels.remove(at: first)
      part.labels.append(label)
    }
    return part
  }

  /// Two dimensions of one name.
  private static func pair(_ labels: [Label]) -> (Int, Int)? {
    for (i, label) in labels.enumerated() {
      if let j = labels[(i + 1)...].firstIndex(of: label) { return (i, j) }
    }
    return nil
  }

  private func outputLabels(_ right: Substring?) throws(TensorError) -> [Label] {
    let places = sizes.keys.compactMap { if case .leading(let i) = $0 { i } else { nil } }
    let leading = (0..<(places.max().map { $0 + 1 } ?? 0)).reversed().map { Label.leading($0) }
    guard let right else {
      let letters = Self.sides(equation.filter { $0 != " " }).left.filter(\.isLetter)
      let single = letters.filter { letter in letters.count { $0 == letter } == 1 }.sorted()
      return leading + single.map { .letter($0) }
    }
    var labels: [Label] = []
    for term in try Self.terms(right, equation) {
      guard let term else {
        labels += leading
        continue
      }
      guard sizes[.letter(term)] != nil else {
        throw TensorError(.value, "einsum", "the result of '\(equation)' names '\(term)', which no operand has")
      }
      guard !labels.contains(.letter(term)) else {
        throw TensorError(.value, "einsum", "the result of '\(equation)' names '\(term)' twice")
      }
      labels.append(.letter(term))
    }
    return labels
  }

  func result() throws(TensorError) -> Tensor {
    if parts.count > 2, let found = inBestOrder() { return arranged(found) }
    var parts = parts
    while parts.count > 1 {
      let (i, j) = Self.cheapest(parts, output)
      let others = parts.indices.filter { $0 != i && $0 != j }
      let needed = Set(output).union(others.flatMap { parts[$0].labels })
      let joined = Self.product(parts[i], parts[j], needed)
      if let failed = joined.tensor.failed { return failed }
      parts = others.map { parts[$0] } + [joined]
    }
    return arranged(parts[0])
  }

  private func arranged(_ found: LabelledTensor) -> Tensor {
    if let failed = found.tensor.failed { return failed }
    return found.summed(keeping: Set(output)).arranged(output).expand(output.map { sizes[$0] ?? 1 })
  }

  /// The product of all operands by the fewest multiplications; nil where there are too many operands or names to compare orders.
  private func inBestOrder() -> LabelledTensor? {
    let labels = Array(sizes.keys)
    guard parts.count <= ContractionOrder.mostOperands, labels.count <= 64 else { return nil }
    func bits(_ some: [Label]) -> UInt64 {
      labels.indices.reduce(0) { some.contains(labels[$1]) ? $0 | 1 << UInt64($1) : $0 }
    }
    let order = ContractionOrder(
      parts.map { bits($0.labels) }, output: bits(output), sizes: labels.map { sizes[$0] ?? 1 })
    func joined(_ set: Int) -> LabelledTensor {
      guard let (first, second) = order.parts(of: set) else { return parts[set.trailingZeroBitCount] }
      let others = parts.indices.filter { set >> $0 & 1 == 0 }
      let needed = Set(output).union(others.flatMap { parts[$0].labels })
      let (a, b) = (joined(first), joined(second))
      if a.tensor.hasFailed { return a }
      return b.tensor.hasFailed ? b : Self.product(a, b, needed)
    }
    return joined((1 << parts.count) - 1)
  }

  /// The pair whose product adds least to what the pair itself takes.
  private static func cheapest(_ parts: [LabelledTensor], _ output: [Label]) -> (Int, Int) {
    if parts.count == 2 { return (0, 1) }
    var best = (pair: (0, 1), cost: Double.infinity)
    for i in parts.indices {
      for j in parts.indices where j > i {
        let needed = Set(output).union(parts.indices.filter { $0 != i && $0 != j }.flatMap { parts[$0].labels })
        let kept = Set(parts[i].labels + parts[j].labels).intersection(needed)
        let size = kept.reduce(1.0) { $0 * Double(max(parts[i].size($1), parts[j].size($1))) }
        let cost = size - Double(parts[i].tensor.count) - Double(parts[j].tensor.count)
        if cost < best.cost { best = ((i, j), cost) }
      }
    }
    return best.pair
  }

  /// The product of two operands, summed over what is not needed any more.
  private static func product(
    _ first: LabelledTensor, _ second: LabelledTensor, _ needed: Set<Label>
  ) -> LabelledTensor {
    let a = first.summed(keeping: needed.union(second.labels))
    let b = second.summed(keeping: needed.union(first.labels))
    let shared = a.labels.filter(b.labels.contains)
    let batch = shared.filter(needed.contains)
    let summed = shared.filter { !needed.contains($0) }
    let left = a.labels.filter { !shared.contains($0) }
    let right = b.labels.filter { !shared.contains($0) }
    let labels = batch + left + right
    if summed.isEmpty {
      return LabelledTensor(tensor: a.arranged(labels) * b.arranged(labels), labels: labels)
    }
    func count(_ labels: [Label], _ part: LabelledTensor) -> Int { elementCount(labels.map { part.size($0) }) }
    let samples = count(batch, a)
    let depth = count(summed, a)
    let rows = a.arranged(batch + left + summed).reshape([samples, count(left, a), depth])
    let columns = b.arranged(batch + summed + right).reshape([samples, depth, count(right, b)])
    let shape = labels.map { left.contains($0) || batch.contains($0) ? a.size($0) : b.size($0) }
    return LabelledTensor(tensor: matmul(rows, columns).reshape(shape), labels: labels)
  }
}

extension Registry {
  /// Sums of products by names of dimensions.
  static let contractions: [Operation] = [
    .tensor("einsum", "equation, *operands") { try einsum($0.string("equation"), $0.tensors("operands")) }
  ]
}
