import ApusCore

extension Module {
  /// A table of the modules inside this one with the shapes of their results and their numbers of parameters.
  ///
  /// - Parameter input: a shape of input to try, for example `[1, 1, 28, 28]`, with which the shapes of results are
  ///   found by a run on zeros without gradients in evaluation mode; without it they are left out.
  public func summary(input: [Int]? = nil, dtype: DType = .float32) -> String {
    let modules = namedModules()
    var shapes: [ObjectIdentifier: [Int]] = [:]
    if let input, let layer = self as? any Layer { shapes = resultShapes(layer, modules, input, dtype) }

    var rows: [[String]] = []
    for (path, module) in modules {
      let depth = path.isEmpty ? 0 : path.split(separator: ".").count
      let own = ModuleContents(of: module).parameters.reduce(0) { $0 + $1.tensor.count }
      rows.append([
        String(repeating: "  ", count: depth) + (path.split(separator: ".").last.map { "\($0): " } ?? "")
          + type(of: module).typeName,
        shapes[ObjectIdentifier(module)].map { "\($0)" } ?? "-",
        own == 0 ? "-" : grouped(own),
      ])
    }
    let all = parameters()
    let total = all.reduce(0) { $0 + $1.count }
    let trained = all.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) }

    var columns = [("Module", false), ("Result", false), ("Parameters", true)]
    if input == nil {
      columns.remove(at: 1)
      for i in rows.indices { rows[i].remove(at: 1) }
    }
    let widths = columns.indices.map { c in max(columns[c].0.count, rows.map { $0[c].count }.max() ?? 0) }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { c in
        let space = String(repeating: " ", count: widths[c] - cells[c].count)
        return columns[c].1 ? space + cells[c] : cells[c] + space
      }
      return padded.joined(separator: "  ")
    }
    let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1))
    return
      ([line(columns.map(\.0)), rule] + rows.map(line) + [
        rule, "Parameters: \(grouped(total)), trained: \(grouped(trained))",
      ]).joined(separator: "\n")
  }

  private func resultShapes(
    _ layer: any Layer, _ modules: [(name: String, module: any Module)], _ input: [Int], _ dtype: DType
  ) -> [ObjectIdentifier: [Int]] {
    let found = Lock<[ObjectIdentifier: [Int]]>([:])
    let handles = modules.map { _, module in
      module.registerForwardHook { module, _, output in
        found.withLock { $0[ObjectIdentifier(module)] = output.shape }
        return nil
      }
    }
    let modes = modules.map(\.module.isTraining)
    eval()
    defer {
      for handle in handles { handle.remove() }
      for (i, mode) in modes.enumerated() { modules[i].module.state.isTraining = mode }
    }
    _ = noGrad { layer(Tensor.zeros(input, dtype: dtype)) }
    return found.withLock { $0 }
  }
}

/// A number with its thousands set apart: 1,234,567.
private func grouped(_ number: Int) -> String {
  let digits = Array(String(number))
  return digits.indices.map { i in
    (i > 0 && (digits.count - i) % 3 == 0 ? "," : "") + String(digits[i])
  }.joined()
}
