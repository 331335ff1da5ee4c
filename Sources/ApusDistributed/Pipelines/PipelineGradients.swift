import ApusCore

/// Makes the gradients of parameters the mean over the ranks that have the same stage, while other stages are still computing.
final class DataGradients {
  private let group: ProcessGroup
  private var started: [(parameters: [Tensor], work: Work<Tensor>)] = []

  init(_ group: ProcessGroup) { self.group = group }

  /// Starts reducing the gradients of these parameters. Who has none takes part with zeros, and who has failed says so.
  func start(_ parameters: [Tensor], hasFailed: Bool = false) throws(TensorError) {
    var types: [DType] = []
    for parameter in parameters where parameter.requiresGrad && !types.contains(parameter.dtype) {
      types.append(parameter.dtype)
    }
    for dtype in types {
      let part = parameters.filter { $0.requiresGrad && $0.dtype == dtype }
      let joined = noGrad {
        // Behind the gradients stands which of them there are, and whether there are none because of a failure.
        cat(
          part.map { ($0.grad ?? Tensor.zeros($0.shape, dtype: dtype)).to(dtype).reshape([-1]) }
            + [Tensor(part.map { $0.grad == nil ? 0.0 : 1.0 } + [hasFailed ? 1.0 : 0.0], dtype: dtype)])
      }
      started.append((part, try group.startAllReduce(joined, .mean)))
    }
  }

  /// Waits for the means, and stores them.
  /// - Throws: also where another rank has failed.
  func finish() throws(TensorError) {
    var hasFailed = false
    for (parameters, work) in started {
      let joined = try work.wait()
      noGrad {
        let marks = joined.narrow(0, joined.count - parameters.count - 1, parameters.count + 1).to(.float64)
          .array(as: Double.self)
        hasFailed = hasFailed || marks[parameters.count] > 0
        var place = 0
        for (parameter, mark) in zip(parameters, marks) {
          // What no rank has used stays without a gradient.
          if mark > 0 { parameter.grad = joined.narrow(0, place, parameter.count).reshape(parameter.shape).clone() }
          place += parameter.count
        }
      }
    }
    started = []
    if hasFailed {
      throw TensorError(.state, "step", "another rank of the data group has failed, and its gradients are missing")
    }
  }
}

/// Adds up the gradients of parameters that several stages have: embeddings that are also the head.
final class SharedGradients {
  /// A parameter and the other ranks that have it.
  private struct Entry {
    let parameter: Tensor
    let ranks: [Int]
  }

  private let group: ProcessGroup
  private let entries: [Entry]
  /// The parameters here that an earlier rank has too.
  var repeated: Set<ObjectIdentifier> {
    Set(entries.filter { $0.ranks[0] != group.rank }.compactMap(\.parameter.variableIdentity))
  }
  static let tag = MPILibrary.largestTag - 1 - 16384

  /// Finds who has what, and gives all the values of the first rank that has them. All ranks call it.
  init(_ stages: [PipelineStage], _ group: ProcessGroup) throws(TensorError) {
    self.group = group
    var own: [(name: String, tensor: Tensor)] = []
    for shared in stages.flatMap(\.shared) where !own.contains(where: { $0.name == shared.name }) { own.append(shared) }
    let all = try group.allGatherObject(own.map(\.name))
    var entries: [Entry] = []
    for (name, parameter) in own.sorted(by: { $0.name < $1.name }) {
      let ranks = all.indices.filter { all[$0].contains(name) }
      guard ranks.count > 1 else { continue }
      entries.append(Entry(parameter: parameter, ranks: ranks))
      var value = parameter
      if ranks[0] == group.rank {
        for rank in ranks.dropFirst() { try group.send(parameter, to: rank, tag: Self.tag) }
      } else {
        try group.receive(into: &value, from: ranks[0], tag: Self.tag)
      }
    }
    self.entries = entries
  }

  /// Adds up, on all ranks in one order, so that all have the same bits.
  /// - Parameter failure: what went wrong on this rank, which the others are told in the place of gradients.
  /// - Throws: what went wrong on another rank.
  func add(failure: TensorError?) throws(TensorError) {
    var sends: [Work<Void>] = []
    var sums: [(Tensor, Tensor)] = []
    var failure = failure
    for entry in entries {
      let parameter = entry.parameter
      let own = parameter.grad ?? Tensor.zeros(parameter.shape, dtype: parameter.dtype)
      for rank in entry.ranks where rank != group.rank {
        let list = failure.map { Result<[Tensor?], TensorError>.failure($0) } ?? .success([own])
        sends.append(try group.startSendList(list, to: rank, tag: Self.tag))
      }
      var sum: Tensor?
      for rank in entry.ranks {
        var part = own
        if rank != group.rank {
          do throws(TensorError) {
            part = (try group.startReceiveList(from: rank, tag: Self.tag).wait().first ?? nil) ?? own
          } catch {
            if failure == nil { failure = error }
          }
        }
        sum = noGrad { sum.map { $0 + part } ?? part }
      }
      if let sum { sums.append((parameter, sum)) }
    }
    for work in sends { try work.wait() }
    if let failure { throw failure }
    for (parameter, sum) in sums { parameter.grad = sum }
  }
}
