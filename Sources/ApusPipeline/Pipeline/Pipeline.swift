import Apus

/// Steps from data to a served model, which remember what they did.
///
///     var penguins = Pipeline("penguins")
///     let examples = penguins.ingest(["penguins.csv"], splits: ["train": 8, "evaluation": 2])
///     let statistics = penguins.statistics(of: examples)
///     let schema = penguins.inferSchema(from: statistics)
///     penguins.validate(statistics, against: schema)
///     let result = try PipelineRunner(root: "runs").run(penguins)
///
/// A pipeline only describes: ``PipelineRunner`` runs it here, and orchestrators run what it is compiled to.
public struct Pipeline: Sendable {
  /// The name, by which lineage keeps its runs.
  public let name: String
  /// The steps, each behind those that it needs.
  public private(set) var steps: [PipelineStep] = []
  /// The first mistake in the description, which is thrown when it is used.
  private var mistake: TensorError?

  /// A pipeline without steps.
  /// - Parameter name: letters, digits, `-`, `_` and `.`.
  public init(_ name: String) {
    self.name = name
    if !Self.isName(name) { mistake = Self.wrongName("pipeline", name) }
  }

  /// Adds a step. A mistake, such as a name that is taken, is thrown when the pipeline is used.
  public mutating func add(_ step: PipelineStep) {
    do {
      try check(step)
      steps.append(step)
    } catch {
      mistake = mistake ?? error
    }
  }

  /// Adds a step with one output, and gives that.
  public mutating func add<Kind>(_ step: PipelineStep, giving key: String, _ kind: Kind.Type) -> StepOutput<Kind> {
    add(step)
    return StepOutput(step: step.name, key: key)
  }

  /// The step called `name`.
  /// - Throws: `TensorError` of kind `index` when there is none.
  public func step(_ name: String) throws(TensorError) -> PipelineStep {
    if let step = steps.first(where: { $0.name == name }) { return step }
    throw TensorError(
      .index, "pipeline \(self.name)",
      "there is no step '\(name)'; there are \(steps.map { "'\($0.name)'" }.joined(separator: ", "))")
  }

  /// Checks the description.
  /// - Throws: the first mistake that ``add(_:)`` met.
  public func check() throws(TensorError) { if let mistake { throw mistake } }

  /// Changes the step called `name`, for example the resources that an orchestrator gives it.
  public mutating func change(_ name: String, _ body: (inout PipelineStep) -> Void) {
    guard let place = steps.firstIndex(where: { $0.name == name }) else {
      mistake = mistake ?? TensorError(.index, "pipeline \(self.name)", "there is no step '\(name)' to change")
      return
    }
    body(&steps[place])
  }

  /// The steps behind `names` that need them, and `names` themselves.
  func dependents(of names: Set<String>) -> Set<String> {
    var found = names
    for step in steps where step.needed.contains(where: found.contains) { found.insert(step.name) }
    return found
  }

  private func check(_ step: PipelineStep) throws(TensorError) {
    let place = "pipeline \(name)"
    guard Self.isName(step.name) else { throw Self.wrongName("step", step.name) }
    guard !steps.contains(where: { $0.name == step.name }) else {
      throw TensorError(.value, place, "there are two steps called '\(step.name)'; give one of them another name")
    }
    for (keys, what) in [(step.inputs.map(\.key), "inputs"), (step.outputs.map(\.key), "outputs")] {
      for key in keys where !Self.isName(key) { throw Self.wrongName("key of \(what)", key) }
    }
    if let key = Self.repeated(step.outputs.map(\.key)) {
      throw TensorError(.value, place, "the step '\(step.name)' has two outputs '\(key)'")
    }
    for input in step.inputs {
      guard case .output(let name, let key) = input.source else { continue }
      guard let source = steps.first(where: { $0.name == name }) else {
        throw TensorError(
          .value, place,
          "the step '\(step.name)' takes '\(input.key)' from '\(name)', which is no step before it")
      }
      guard let output = source.outputs.first(where: { $0.key == key }) else {
        let known = source.outputs.map { "'\($0.key)'" }.joined(separator: ", ")
        throw TensorError(
          .value, place,
          "the step '\(step.name)' takes '\(key)' of '\(name)', which makes \(known.isEmpty ? "nothing" : known)")
      }
      guard output.type == input.type else {
        throw TensorError(
          .value, place,
          "the step '\(step.name)' takes '\(input.key)' of type \(input.type), but '\(key)' of '\(name)' is \(output.type)"
        )
      }
    }
    for name in step.after where !steps.contains(where: { $0.name == name }) {
      throw TensorError(.value, place, "the step '\(step.name)' comes after '\(name)', which is no step before it")
    }
  }

  private static func repeated(_ keys: [String]) -> String? {
    var seen: Set<String> = []
    return keys.first { !seen.insert($0).inserted }
  }

  static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 100 && text != "." && text != ".."
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  private static func wrongName(_ what: String, _ text: String) -> TensorError {
    TensorError(
      .value, "pipeline", "'\(text)' is no name of a \(what): use up to 100 letters, digits, '-', '_' and '.'")
  }
}
