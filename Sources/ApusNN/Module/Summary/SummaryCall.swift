import ApusCore

extension Module {
  /// The modules inside this one, with their parameters; with an input also shapes, operations and memory of a call, which runs
  /// on zeros without gradients in evaluation mode.
  ///
  /// - Parameters:
  ///   - input: the shape of the input, for example `[1, 1, 28, 28]`; nil: no call.
  ///   - dtype: the element type of the input.
  ///   - depth: how many modules a module of the table may be inside of; nil: any number.
  ///   - columns: what the table shows.
  public func summary(
    input: [Int]? = nil, dtype: DType = .float32, depth: Int? = nil,
    columns: [ModelStatistics.Column] = [.outputSize, .numParams, .multAdds]
  ) -> ModelStatistics {
    guard let input else { return summary(of: namedRows(), [], hasCall: false, 0, depth, columns) }
    return summary(inputs: [input], dtypes: [dtype], depth: depth, columns: columns)
  }

  /// ``summary(input:dtype:depth:columns:)`` for layers with several inputs.
  ///
  /// - Parameters:
  ///   - inputs: the shape of each input.
  ///   - dtypes: the element type of each; float32 where there are fewer.
  public func summary(
    inputs: [[Int]], dtypes: [DType] = [], depth: Int? = nil,
    columns: [ModelStatistics.Column] = [.outputSize, .numParams, .multAdds]
  ) -> ModelStatistics {
    let data = inputs.enumerated().map { i, shape in
      Tensor.zeros(shape, dtype: dtypes.indices.contains(i) ? dtypes[i] : .float32)
    }
    return summary(of: data, depth: depth, columns: columns)
  }

  /// ``summary(input:dtype:depth:columns:)`` of a call with these tensors.
  public func summary(
    inputData: Tensor, _ others: Tensor..., depth: Int? = nil,
    columns: [ModelStatistics.Column] = [.outputSize, .numParams, .multAdds]
  ) -> ModelStatistics { summary(of: [inputData] + others, depth: depth, columns: columns) }

  private func summary(of inputData: [Tensor], depth: Int?, columns: [ModelStatistics.Column]) -> ModelStatistics {
    if let failed = inputData.first(where: \.isPoisoned) {
      _ = failed.hasFailed
      return summary(of: namedRows(), [], hasCall: false, 0, depth, columns)
    }
    var isCalled = true
    let result = summary(depth: depth, columns: columns, inputs: inputData) { model in
      switch (model, inputData.count) {
      case (let layer as any Layer, 1): _ = layer(inputData[0])
      case (let layer as any BinaryLayer, 2): _ = layer(inputData[0], inputData[1])
      case (let layer as any TernaryLayer, 3): _ = layer(inputData[0], inputData[1], inputData[2])
      case (_, let count):
        isCalled = false
        report(
          TensorError(
            .value, "summary",
            "\(type(of: self).typeName) is no layer of \(count) tensor\(count == 1 ? "" : "s"); say how it is called: "
              + "model.summary { model in _ = model(...) }"))
      }
    }
    return isCalled ? result : summary(of: namedRows(), [], hasCall: false, 0, depth, columns)
  }

  /// ``summary(input:dtype:depth:columns:)`` for a module of any inputs, which `call` calls with them:
  ///
  ///     print(encoder.summary { _ = $0((tokens: tokens, mask: mask)) })
  public func summary(
    depth: Int? = nil, columns: [ModelStatistics.Column] = [.outputSize, .numParams, .multAdds], _ call: (Self) -> Void
  ) -> ModelStatistics { summary(depth: depth, columns: columns, inputs: nil, call) }

  private func summary(
    depth: Int?, columns: [ModelStatistics.Column], inputs: [Tensor]?, _ call: (Self) -> Void
  ) -> ModelStatistics {
    let watch = SummaryWatch(self)
    let modes = namedModules().map { ($0.module, $0.module.isTraining) }
    eval()
    defer { for (module, mode) in modes { module.state.isTraining = mode } }
    let flops = countFLOPs { watch.run { noGrad { call(self) } } }
    return summary(of: watch.rows, inputs ?? watch.inputs, hasCall: true, flops.total, depth, columns)
  }

  private func summary(
    of rows: [ModelStatistics.Row], _ inputs: [Tensor], hasCall: Bool, _ flops: Int, _ depth: Int?,
    _ columns: [ModelStatistics.Column]
  ) -> ModelStatistics {
    ModelStatistics(
      rows, parameters: parameters(), inputs: inputs, hasCall: hasCall, flops: flops, depth: depth, columns: columns)
  }

  /// A row for each module, without a call.
  private func namedRows() -> [ModelStatistics.Row] {
    var rows: [ModelStatistics.Row] = []
    var seen: Set<ObjectIdentifier> = []
    func visit(_ path: String, _ depth: Int, _ module: any Module) {
      var row = ModelStatistics.Row(module, path, depth)
      let isNew = seen.insert(ObjectIdentifier(module)).inserted
      row.isRecursive = !isNew
      rows.append(row)
      guard isNew else { return }
      for child in ModuleContents(of: module).children { visit(joined(path, child.name), depth + 1, child.module) }
    }
    visit("", 0, self)
    return rows
  }
}

extension ModelStatistics.Row {
  /// What a module says of itself without a call.
  init(_ module: any Module, _ path: String, _ depth: Int) {
    self.init(path: path, typeName: type(of: module).typeName, depth: depth)
    let own = ModuleContents(of: module)
    let all = module.parameters()
    totalParams = all.reduce(0) { $0 + $1.count }
    trainableParams = all.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) }
    ownParams = own.parameters.reduce(0) { $0 + $1.tensor.count }
    isLeaf = own.children.isEmpty
    let isConvolution = typeName.contains("Conv")
    if isConvolution, let weight = own.parameters.first(where: { $0.name == "weight" })?.tensor, weight.rank > 2 {
      kernelSize = Array(weight.shape.dropFirst(2))
    } else {
      kernelSize = Mirror(reflecting: module).children.first { $0.label == "kernelSize" }?.value as? [Int]
    }
  }

  /// torchinfo's estimate for a call with these results.
  mutating func countMultAdds(_ module: any Module) {
    guard let shape = outputShapes.first else { return }
    let isConvolution = typeName.contains("Conv")
    for (name, tensor) in ModuleContents(of: module).parameters {
      if name == "weight" || name == "bias" {
        let places = isConvolution ? elementCount(Array(shape.prefix(1) + shape.dropFirst(2))) : shape.first ?? 1
        multAdds += tensor.count * places
      } else if name.contains("weight") || name.contains("bias") {
        multAdds += tensor.count * elementCount(Array(shape.prefix(2)))
      }
    }
  }
}

/// Sees the calls of all modules inside of one.
private final class SummaryWatch {
  private let root: any Module
  private let paths: [ObjectIdentifier: String]
  private(set) var rows: [ModelStatistics.Row] = []
  /// The tensors of the outermost call.
  private(set) var inputs: [Tensor] = []
  /// The calls that go on: the row, the module, and the operations counted before.
  private var open: [(row: Int, module: ObjectIdentifier, flops: Int)] = []
  private var last: [ObjectIdentifier: Int] = [:]
  private var called: Set<ObjectIdentifier> = []
  /// Who counts in the thread of the summary: other threads may call the same modules meanwhile.
  private var counter: FLOPCounter?

  init(_ root: any Module) {
    self.root = root
    paths = Dictionary(
      root.namedModules().map { (ObjectIdentifier($0.module), $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  func run(_ body: () -> Void) {
    counter = FLOPCounter.current
    let handles = root.namedModules().flatMap { _, module in
      [
        module.registerForwardPreHook { module, inputs in
          if FLOPCounter.current === self.counter { self.enter(module, inputs) }
          return nil
        } as HookHandle,
        module.registerForwardHook { module, _, output in
          if FLOPCounter.current === self.counter { self.leave(module, output) }
          return nil
        } as HookHandle,
      ]
    }
    defer { for handle in handles { handle.remove() } }
    body()
    takeParameters()
  }

  private func enter(_ module: any Module, _ tensors: [Tensor]) {
    let id = ObjectIdentifier(module)
    var row = ModelStatistics.Row(module, paths[id] ?? "", open.count)
    row.inputShapes = tensors.map(\.shape)
    row.isRecursive = !called.insert(id).inserted
    if open.isEmpty { inputs += tensors }
    open.append((rows.count, id, FLOPCounter.flopsSoFar))
    rows.append(row)
  }

  /// Called for each tensor that the module gives.
  private func leave(_ module: any Module, _ output: Tensor) {
    let id = ObjectIdentifier(module)
    if let place = open.lastIndex(where: { $0.module == id }) {
      let call = open[place]
      // A module that gives no tensors was not seen to end.
      open.removeSubrange(place...)
      last[id] = call.row
      rows[call.row].flops = FLOPCounter.flopsSoFar - call.flops
    }
    guard let row = last[id] else { return }
    rows[row].outputShapes.append(output.shape)
    rows[row].outputBytes += output.count * output.dtype.size
    if rows[row].outputShapes.count == 1 { rows[row].countMultAdds(module) }
  }

  /// What is not in the parameters of rows below a row is its own.
  private func takeParameters() {
    for i in rows.indices {
      let end = rows[(i + 1)...].firstIndex { $0.depth <= rows[i].depth } ?? rows.count
      let below = rows[(i + 1)..<end].filter { $0.depth == rows[i].depth + 1 && !$0.isRecursive }
      rows[i].ownParams = max(0, rows[i].totalParams - below.reduce(0) { $0 + $1.totalParams })
    }
  }
}
