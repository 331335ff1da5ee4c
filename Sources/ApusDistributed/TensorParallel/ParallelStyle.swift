import ApusCore
import ApusModels
import ApusNN

/// How the processes of a group share one layer: PyTorch's `ColwiseParallel`, `RowwiseParallel` and `SequenceParallel`.
///
/// Two layers behind each other share their middle: the first one columnwise, which gives each process some features of the middle,
/// and the second one rowwise, which takes these and adds up what the processes give. One reduction in each direction is all that is sent.
///
///     let plan: ParallelPlan = ["mlp.up": .columnwise, "mlp.down": .rowwise]
public struct ParallelStyle: Sendable, Hashable {
  enum Kind: Sendable, Hashable { case columnwise, rowwise, sequence, heads }

  let kind: Kind
  let input: Placement
  let output: Placement
  /// How many units the divided features hold that stay together, as heads; nil: each feature is one.
  let units: Int?
  /// The layers that one matrix holds behind each other, by how many features each has in relation to the others.
  let fused: [Int]

  /// The features of the result are divided: those of linear layers and tables of rows.
  public static let columnwise = columnwise()

  /// ``columnwise`` with all that can be said.
  ///
  /// - Parameters:
  ///   - input: how the input `[batch, length, features]` lies: `.replicate`, or `.shard(1)` where positions are divided.
  ///   - output: `.shard(-1)`: each process has its features; `.replicate`: they are joined.
  ///   - units: how many units there are that stay together, as heads (of keys and values, whose queries follow them).
  ///   - fused: the layers that the matrix holds behind each other, each divided for itself, in relation to each other: `[1, 1, 1]` for
  ///     queries, keys and values.
  public static func columnwise(
    input: Placement = .replicate, output: Placement = .shard(-1), units: Int? = nil, fused: [Int] = [1]
  ) -> ParallelStyle {
    ParallelStyle(kind: .columnwise, input: input, output: output, units: units, fused: fused)
  }

  /// The features of the input are divided, and what the processes give is added up. Of a table, its rows: a divided vocabulary.
  public static let rowwise = rowwise()

  /// ``rowwise`` with all that can be said.
  ///
  /// - Parameters:
  ///   - input: `.shard(-1)`: each process has its features; `.replicate`: it has all, and takes its own.
  ///   - output: `.replicate`, or `.shard(1)`: each process gets some positions of the sum.
  ///   - units: how many units there are that stay together, as in ``columnwise(input:output:units:fused:)``.
  public static func rowwise(
    input: Placement = .shard(-1), output: Placement = .replicate, units: Int? = nil
  ) -> ParallelStyle {
    ParallelStyle(kind: .rowwise, input: input, output: output, units: units, fused: [1])
  }

  /// A layer that each process applies to positions, or heads, of its own: its parameters stay whole, and their gradients are summed.
  public static let sequence = sequence()

  /// ``sequence`` with all that can be said.
  ///
  /// - Parameter output: `.shard(1)`: as they come; `.replicate`: the positions are joined behind it.
  public static func sequence(output: Placement = .shard(1)) -> ParallelStyle {
    ParallelStyle(kind: .sequence, input: .shard(1), output: output, units: nil, fused: [1])
  }

  /// The heads of a ``MultiheadAttention`` are divided. Weights of attention that are asked for are those of the process's heads.
  public static let heads = ParallelStyle(
    kind: .heads, input: .replicate, output: .replicate, units: nil, fused: [1])
}

/// Which layers of a module are shared, and how: patterns of names in the module, and styles. `*` stands for one part of a name, and the
/// first pattern that fits counts.
public struct ParallelPlan: Sendable, ExpressibleByDictionaryLiteral {
  var entries: [(pattern: [String], style: ParallelStyle)]

  /// Nothing yet.
  public init() { entries = [] }

  public init(dictionaryLiteral elements: (String, ParallelStyle)...) {
    self.init()
    for (pattern, style) in elements { self[pattern] = style }
  }

  /// The style of the layers whose names fit `pattern`; setting one of a new pattern adds it behind the others.
  public subscript(pattern: String) -> ParallelStyle? {
    get { entries.first { $0.pattern == Self.parts(pattern) }?.style }
    set {
      let parts = Self.parts(pattern)
      let place = entries.firstIndex { $0.pattern == parts }
      switch (place, newValue) {
      case (let place?, let style?): entries[place].style = style
      case (let place?, nil): entries.remove(at: place)
      case (nil, let style?): entries.append((parts, style))
      case (nil, nil): break
      }
    }
  }

  private static func parts(_ name: String) -> [String] { name.split(separator: ".").map(String.init) }

  /// The place of the first entry that fits `name`.
  func match(_ name: String) -> Int? {
    let parts = Self.parts(name)
    return entries.firstIndex { entry in
      entry.pattern.count == parts.count && zip(entry.pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
    }
  }
}
