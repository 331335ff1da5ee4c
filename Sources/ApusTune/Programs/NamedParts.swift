import ApusCore
import ApusNN
import ApusTrain

/// The sampler of a name, as a command line has it: `tpe`, `random`, `qmc`, `grid`, `cmaes`, `gp`, `nsga2`, `nsga3`, `auto`.
/// - Parameter space: what `grid` walks through.
/// - Throws: `TensorError` of kind `value` where there is none of that name, or where the space has no grid.
public func namedSampler(_ name: String, space: SpaceFile? = nil, seed: UInt32? = nil) throws -> any TrialSampler {
  switch name {
  case "tpe": return TPESampler(group: space?.hasConditions ?? false, seed: seed)
  case "random": return RandomTrialSampler(seed: seed)
  case "qmc": return QMCSampler(.sobol, scramble: true, seed: seed)
  case "cmaes": return try CMAESSampler(seed: seed)
  case "gp": return GPSampler(seed: seed)
  case "nsga2": return try NSGAIISampler(seed: seed)
  case "nsga3": return try NSGAIIISampler(seed: seed)
  case "auto": return try AutoSampler(seed: seed)
  case "grid":
    guard let space else { throw TensorError(.value, "sampler", "a grid needs to know the space") }
    return GridSampler(try space.grid, seed: seed ?? 0)
  case let name:
    let known = ["tpe", "random", "qmc", "grid", "cmaes", "gp", "nsga2", "nsga3", "auto"]
    let hint = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    throw TensorError(.value, "sampler", "there is no '\(name)'\(hint) There are \(known.joined(separator: ", "))")
  }
}

/// The pruner of a name, as a command line has it: `median`, `percentile` (the better quarter goes on), `halving`, `hyperband`,
/// `wilcoxon`, `none`.
/// - Throws: `TensorError` of kind `value` where there is none of that name.
public func namedPruner(_ name: String) throws -> any TrialPruner {
  switch name {
  case "median": return MedianPruner()
  case "percentile": return try PercentilePruner(25)
  case "halving": return try SuccessiveHalvingPruner()
  case "hyperband": return try HyperbandPruner()
  case "wilcoxon": return try WilcoxonPruner()
  case "none": return NopPruner()
  case let name:
    let known = ["median", "percentile", "halving", "hyperband", "wilcoxon", "none"]
    let hint = nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
    throw TensorError(.value, "pruner", "there is no '\(name)'\(hint) There are \(known.joined(separator: ", "))")
  }
}

extension SpaceFile {
  var hasConditions: Bool { parameters.contains { !$0.conditions.isEmpty } }

  /// All values of each parameter.
  /// - Throws: `TensorError` of kind `value` where a parameter has no steps, too many values, or conditions.
  var grid: [String: [SettingValue]] {
    get throws {
      var grid: [String: [SettingValue]] = [:]
      for parameter in parameters {
        func mistake(_ message: String) -> TensorError { TensorError(.value, "grid", "'\(parameter.name)' \(message)") }
        guard parameter.conditions.isEmpty else { throw mistake("exists only under conditions; a grid has none") }
        switch parameter.distribution {
        case .categorical(let choices): grid[parameter.name] = choices
        case .int(let low, let high, _, let step):
          guard (high - low) / step < 10_000 else { throw mistake("has more than 10,000 values; give it a step") }
          grid[parameter.name] = stride(from: low, through: high, by: step).map { .int($0) }
        case .float(let low, let high, _, let step?):
          let count = Int(((high - low) / step).rounded())
          guard count < 10_000 else { throw mistake("has more than 10,000 values; give it a larger step") }
          grid[parameter.name] = (0...count).map { .double(min(low + Double($0) * step, high)) }
        case .float: throw mistake("is a range without steps; give it a 'step', or choose another sampler")
        }
      }
      return grid
    }
  }
}
