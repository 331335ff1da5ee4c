import ApusCore
import ApusNN

/// What a planner knows of a part of a model that is computed as one: a layer of a transformer, a table of tokens.
public struct PlannedBlock: Sendable, Hashable {
  /// What it is called.
  public var name: String
  /// The numbers of elements of its parameters without those of ``experts``, in the order in which the forward pass uses them.
  public var parameters: [Int]
  /// How many experts it has, of which each token comes to a few; 1 for what has none.
  public var experts = 1
  /// The numbers of elements of the parameters of all its experts.
  public var expertParameters: [Int] = []
  /// Elements of an example that go to its experts, and as many come back.
  public var exchanged = 0.0
  /// What the forward pass of an example takes, in ``PlannedModel/unit``.
  public var forward: Double
  /// What its backward pass takes.
  public var backward: Double
  /// Elements that it keeps for the backward pass of an example, of which tensor parallelism divides ``divisible``.
  public var kept: Double
  /// Elements that it keeps beside these on every rank.
  public var keptEverywhere: Double
  /// The part of ``keptEverywhere`` that ranks with some of the positions keep of these alone: inputs of norms.
  public var keptByPosition = 0.0
  /// Elements of an example that it hands to the next block.
  public var output: Double
  /// The part of its work, parameters and kept elements that tensor parallelism divides: 0 to 1.
  public var divisible: Double
  /// How many tensors tensor parallelism adds up in the forward pass, and in the backward pass.
  public var forwardReductions, backwardReductions: Int
  /// Elements of an example of such a tensor.
  public var reduced: Double
  /// Elements of keys and values of an example, which context parallelism passes round; 0 for what has no attention.
  public var keysAndValues: Double
  /// Whether it is one of the layers that repeat, which are sharded and recomputed each for itself.
  public var isLayer: Bool

  /// A block.
  public init(
    name: String, parameters: [Int], forward: Double, backward: Double? = nil, kept: Double = 0,
    keptEverywhere: Double = 0, output: Double = 0,
    divisible: Double = 0, forwardReductions: Int = 0, backwardReductions: Int = 0, reduced: Double = 0,
    keysAndValues: Double = 0, isLayer: Bool = true
  ) {
    self.name = name
    self.parameters = parameters
    self.forward = forward
    self.backward = backward ?? 2 * forward
    self.kept = kept
    self.keptEverywhere = keptEverywhere
    self.output = output
    self.divisible = divisible
    self.forwardReductions = forwardReductions
    self.backwardReductions = backwardReductions
    self.reduced = reduced
    self.keysAndValues = keysAndValues
    self.isLayer = isLayer
  }

  /// The number of its parameters.
  public var parameterCount: Int { commonParameterCount + expertParameters.reduce(0, +) }

  /// The number of its parameters without those of experts.
  public var commonParameterCount: Int { parameters.reduce(0, +) }
}

/// What a planner knows of a model.
public struct PlannedModel: Sendable, Hashable {
  /// What the work of blocks is counted in.
  public enum Unit: Sendable, Hashable {
    /// Floating-point operations, a multiplication with an addition as two.
    case operations
    /// Seconds, as measured on one rank.
    case seconds
  }

  /// What it is called.
  public var name: String
  /// Its parts, in the order of the forward pass.
  public var blocks: [PlannedBlock]
  /// What work is counted in.
  public var unit: Unit
  /// How many tokens an example has; 1 for what has none.
  public var length: Int
  /// Seconds of the optimiser's step over all parameters; nil: as long as reading and writing its states takes.
  public var optimizerTime: Double?
  /// Parameters that the first and the last block share, which are counted once.
  public var sharedParameters: Int
  /// The parameters that a token comes to, where experts are chosen among more; nil: all.
  public var activeParameters: Int?
  /// Whether ranks that share layers may divide what lies between them by positions: `ParallelPlan(for:sequenceParallel:)`.
  public var dividesPositions = false

  /// A model.
  public init(
    name: String, blocks: [PlannedBlock], unit: Unit = .operations, length: Int = 1, optimizerTime: Double? = nil,
    sharedParameters: Int = 0
  ) {
    self.name = name
    self.blocks = blocks
    self.unit = unit
    self.length = length
    self.optimizerTime = optimizerTime
    self.sharedParameters = sharedParameters
  }

  /// The number of its parameters.
  public var parameterCount: Int { blocks.reduce(0) { $0 + $1.parameterCount } - sharedParameters }

  /// What forward and backward pass of an example take, in ``unit``.
  public var work: Double { blocks.reduce(0) { $0 + $1.forward + $1.backward } }
}

extension PlannedModel {
  /// What a call of a module tells: parameters, floating-point operations and results of its parts, counted on an input of this shape. Parts are the
  /// members of lists (`layers.0`), and what lies outside of them.
  ///
  /// - Parameters:
  ///   - input: the shape of a batch, whose first dimension are examples.
  ///   - dtype: the element type of the input.
  public init(_ module: some Module, input: [Int], dtype: DType = .float32) throws(TensorError) {
    guard let examples = input.first, examples > 0, !input.contains(where: { $0 < 1 }) else {
      throw TensorError(.shape, "plan", "an input has at least one example, and its shape is \(input)")
    }
    let statistics = module.summary(input: input, dtype: dtype)
    var blocks: [PlannedBlock] = []
    var inside: String?
    let named = module.namedParameters()
    var counted: Set<String> = []
    let scale = 1 / Double(examples)
    for row in statistics.rows where !row.path.isEmpty || row.isLeaf {
      if let prefix = inside, row.path == prefix || row.path.hasPrefix(prefix + ".") {
        // What is inside of a block keeps its results.
        if row.isLeaf { blocks[blocks.count - 1].kept += Self.elements(row.outputShapes) * scale }
        continue
      }
      inside = nil
      let last = row.path.split(separator: ".").last
      let isMember = last.map { $0.allSatisfy(\.isNumber) } ?? false
      guard isMember || row.isLeaf else { continue }
      inside = row.isLeaf ? nil : row.path
      let own = named.filter { $0.name.hasPrefix(row.path.isEmpty ? "" : row.path + ".") && !counted.contains($0.name) }
      counted.formUnion(own.map(\.name))
      let output = Self.elements(row.outputShapes) * scale
      blocks.append(
        PlannedBlock(
          name: row.path.isEmpty ? row.typeName : row.path, parameters: own.map(\.tensor.count),
          forward: Double(row.flops) * scale, kept: row.isLeaf ? output : 0, output: output,
          isLayer: isMember && !own.isEmpty))
    }
    let rest = named.filter { !counted.contains($0.name) }
    if !rest.isEmpty {
      blocks.append(PlannedBlock(name: "others", parameters: rest.map(\.tensor.count), forward: 0, isLayer: false))
    }
    self.init(name: type(of: module).typeName, blocks: blocks)
  }

  private static func elements(_ shapes: [[Int]]) -> Double {
    shapes.reduce(0) { $0 + $1.reduce(1.0) { $0 * Double($1) } }
  }
}
