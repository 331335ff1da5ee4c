import ApusCore
import ApusText

/// Which modules a configuration gives adapters, and of what rank and scale. Regular expressions of files are matched in a bounded
/// number of steps, for all modules together.
package final class LoraTargeting {
  private let configuration: LoraConfiguration
  private let targets, excluded: WholePattern?
  private let ranks: NamedValues<Int>
  private let alphas: NamedValues<Double>
  private let file: String
  private var steps = 20_000_000

  /// - Parameter file: what errors name.
  /// - Throws: `TensorError` for expressions that are none.
  package init(_ configuration: LoraConfiguration, file: String = "LoraConfiguration") throws(TensorError) {
    func whole(_ targets: LoraTargets?, _ key: String) throws(TensorError) -> WholePattern? {
      guard case .pattern(let pattern)? = targets else { return nil }
      return try WholePattern(pattern, file: file, key: key)
    }
    self.configuration = configuration
    self.file = file
    targets = try whole(configuration.targets, "target_modules")
    excluded = try whole(configuration.excluded, "exclude_modules")
    ranks = try NamedValues(configuration.rankPattern, file: file, key: "rank_pattern")
    alphas = try NamedValues(configuration.alphaPattern, file: file, key: "alpha_pattern")
  }

  /// What `alpha` and the rank of the module at `path` make of a product.
  package func scale(of path: String, rank: Int) throws(TensorError) -> Double {
    let alpha = try alphas.value(for: path, steps: &steps) ?? configuration.alpha
    return rank == 0 ? 0 : alpha / (configuration.isRankStabilised ? Double(rank).squareRoot() : Double(rank))
  }

  /// The rank of the module at `path`.
  package func rank(of path: String) throws(TensorError) -> Int {
    try ranks.value(for: path, steps: &steps) ?? configuration.rank
  }

  /// Whether the module at `path` gets an adapter; whether it may be one is asked elsewhere.
  func includes(_ path: String, isHead: Bool) throws(TensorError) -> Bool {
    if let excluded = configuration.excluded, try includes(excluded, self.excluded, path) { return false }
    if configuration.targets == .allLinear, isHead { return false }
    guard try includes(configuration.targets, targets, path) else { return false }
    // A regular expression says everything itself.
    if targets != nil { return true }
    guard let layers = configuration.layers else { return true }
    return layer(of: path).map { layers.contains($0) } ?? false
  }

  private func includes(_ targets: LoraTargets, _ pattern: WholePattern?, _ path: String) throws(TensorError) -> Bool {
    switch targets {
    case .names(let names): names.contains { path == $0 || path.hasSuffix(".\($0)") }
    case .pattern: try pattern?.matches(path, steps: &steps) ?? false
    case .allLinear: true
    }
  }

  /// The number of the layer in a path.
  private func layer(of path: String) -> Int? {
    let parts = path.split(separator: ".").map(String.init)
    let patterns = configuration.layersPattern
    for (i, part) in parts.enumerated() where i > 0 {
      if let number = Int(part), patterns.isEmpty || patterns.contains(parts[i - 1]) { return number }
    }
    return nil
  }
}

/// Values under names that paths end with, or under regular expressions that they match from a point on.
private struct NamedValues<Value: Sendable> {
  private var plain: [String: (place: Int, value: Value)] = [:]
  private var patterns: [(place: Int, pattern: WholePattern, value: Value)] = []

  init(_ values: LoraPattern<Value>, file: String, key: String) throws(TensorError) {
    for (place, name) in values.names.enumerated() {
      guard let value = values[name] else { continue }
      if name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }) {
        plain[name] = (place, value)
      } else {
        patterns.append((place, try WholePattern("(?:.*\\.)?(?:\(name))", file: file, key: key), value))
      }
    }
    guard patterns.count <= 1000 else {
      throw TensorError(.format, file, "'\(key)' has \(patterns.count) regular expressions; at most 1000 are possible")
    }
  }

  /// The first value whose name the path has.
  func value(for path: String, steps: inout Int) throws(TensorError) -> Value? {
    var first: (place: Int, value: Value)?
    if !plain.isEmpty {
      var rest = Substring(path)
      while true {
        if let found = plain[String(rest)], found.place < first?.place ?? .max { first = found }
        guard let point = rest.firstIndex(of: ".") else { break }
        rest = rest[rest.index(after: point)...]
      }
    }
    for (place, pattern, value) in patterns {
      if let first, first.place < place { break }
      if try pattern.matches(path, steps: &steps) { return value }
    }
    return first?.value
  }
}
