import ApusCore

/// Reduces the gradients of some parameters over the ranks while backward passes bring them, in buckets whose
/// reductions begin in one order on all ranks.
///
/// Sendable: one backward pass at a time reaches it, as with the gradients of the parameters themselves.
final class GradientReducer: GradientObserver, @unchecked Sendable {
  let group: ProcessGroup
  let names: [String]
  let parameters: [Tensor]
  let findsUnused: Bool
  let isStatic: Bool
  let keepsViews: Bool
  let bucketBytes: Int

  /// Whether backward passes are reduced at present.
  var isOn = true
  /// What is done in place of the mean.
  var hook: CommunicationHook?
  /// What reduced gradients are multiplied by, of a bucket that some ranks have no data for.
  var factor = 1.0
  /// How many passes have ended.
  private(set) var passes = 0
  /// The buckets.
  private(set) var plan: BucketPlan
  private var watch: GradientWatch?

  // The pass that is going on.
  private var isActive = false
  private var isShadow = false
  private var isComplete: [Bool] = []
  private var hasArrived: [Bool] = []
  /// What passes that were not reduced brought gradients to since the last one that was.
  private var collected: Set<Int> = []
  /// The parameters in the order in which their gradients became complete.
  private var arrivals: [Int] = []
  private var nextBucket = 0
  private var endings: [() throws(TensorError) -> Void] = []
  private var failure: TensorError?
  /// The gradients before the pass of parameters that it does not reach.
  private var untouched: [Int: Tensor?] = [:]

  private var hasOrder = false
  /// The parameters that the graph of the first pass reaches on some rank, of a graph that does not change.
  private var members: [Int]

  /// Bytes from which on a gradient is reduced where it lies, not in memory that several share.
  private static let ownBytes = 1 << 18
  /// Bytes of the first bucket.
  private static let firstBytes = 1 << 20

  init(
    _ parameters: [(name: String, tensor: Tensor)], _ group: ProcessGroup, bucketBytes: Int, findsUnused: Bool,
    isStatic: Bool, keepsViews: Bool
  ) {
    self.group = group
    names = parameters.map(\.name)
    self.parameters = parameters.map(\.tensor)
    self.findsUnused = findsUnused
    self.isStatic = isStatic
    self.keepsViews = keepsViews
    self.bucketBytes = bucketBytes
    members = Array(parameters.indices)
    // Gradients come about in the order opposite to that of the layers.
    plan = BucketPlan(
      members.reversed(), self.parameters, firstBytes: min(Self.firstBytes, bucketBytes), bytes: bucketBytes)
  }

  /// Begins to reduce what backward passes bring.
  func start() { watch = GradientWatch(parameters, self) }

  // MARK: A pass

  func passBegan(reaching variables: [Int]) {
    guard isOn else { return isActive = false }
    begin()
    guard findsUnused || isFirstOfStatic else { return }
    let reached = Set(variables)
    for number in members where !reached.contains(number) { isComplete[number] = true }
    launchFull()
  }

  func gradientIsComplete(_ variable: Int) {
    if !isOn { collected.insert(variable) }
    guard isActive, !isComplete[variable] else { return }
    isComplete[variable] = true
    arrivals.append(variable)
    hasArrived[variable] = true
    launchFull()
  }

  func passEnded() throws(TensorError) {
    guard isActive else { return }
    try finish(missing: isShadow ? [] : members.filter { !isComplete[$0] })
  }

  /// Takes part in the pass of other ranks with the gradients that were collected before, or zeros; all get the result.
  func contributeCollected() throws(TensorError) {
    begin()
    for member in members where parameters[member].grad != nil { hasArrived[member] = true }
    try finish(missing: [])
  }

  /// Takes part in the pass of other ranks without being part of it: gradients stay as they are.
  func shadow() throws(TensorError) {
    begin()
    isShadow = true
    try finish(missing: [])
  }

  /// Ends a pass in which this rank has failed, so that others do not wait for it.
  func completeFailedPass() throws(TensorError) {
    if !isActive { begin() }
    try finish(missing: [])
  }

  private var isFirstOfStatic: Bool { isStatic && !hasOrder }

  private func begin() {
    isActive = true
    isShadow = false
    isComplete = [Bool](repeating: false, count: parameters.count)
    arrivals = []
    hasArrived = isComplete
    for number in collected { hasArrived[number] = true }
    collected = []
    nextBucket = 0
    endings = []
    failure = nil
    untouched = [:]
  }

  /// Starts the buckets whose gradients are all there, in their order.
  private func launchFull() {
    while nextBucket < plan.buckets.count, plan.buckets[nextBucket].allSatisfy({ isComplete[$0] }) { launchNext() }
  }

  private func launchNext() {
    let number = nextBucket
    nextBucket += 1
    guard failure == nil else { return }
    do throws(TensorError) {
      endings.append(try noGrad { () throws(TensorError) in try launch(number) })
    } catch {
      failure = error
    }
  }

  private func finish(missing: [Int]) throws(TensorError) {
    defer {
      passes += 1
      isActive = false
      endings = []
      untouched = [:]
    }
    while nextBucket < plan.buckets.count { launchNext() }
    if let failure { throw failure }
    // Who has no gradient says so to all, so that none goes on where one does not.
    let tellsUnused = findsUnused || isFirstOfStatic
    let told = Tensor(tellsUnused ? hasArrived.map { $0 ? 1 : 0 } : [missing.count], dtype: .int32)
    let usage = try group.startAllReduce(told)
    for end in endings { try noGrad { () throws(TensorError) in try end() } }
    let counts = try usage.wait().array(as: Int.self)
    if tellsUnused {
      // What no rank has used stays as it was.
      if !isShadow {
        for (number, gradient) in untouched where counts[number] == 0 { parameters[number].grad = gradient }
      }
    } else if counts[0] > 0 {
      throw try missingGradients(missing)
    }
    if !hasOrder { try takeOrder(isUsed: counts) }
  }

  /// Starts to reduce the gradients of a bucket: large ones where they lie, the others together in memory that they
  /// share.
  /// - Returns: what waits for them and stores them.
  private func launch(_ number: Int) throws(TensorError) -> () throws(TensorError) -> Void {
    if let hook { return try launch(number, by: hook) }
    enum Place { case own(Tensor), shared(offset: Int) }
    let members = plan.buckets[number]
    let dtype = parameters[members[0]].gradientDType
    // Each at the beginning of a line of the cache.
    let step = max(1, 64 / dtype.size)
    var length = 0
    var places: [Place] = []
    var small: [(gradient: Tensor, offset: Int)] = []
    for member in members {
      let count = parameters[member].count
      if count * dtype.size >= Self.ownBytes {
        places.append(.own(try group.writable(taken(member, dtype), "allReduce")))
      } else {
        small.append((taken(member, dtype), length))
        places.append(.shared(offset: length))
        length += (count + step - 1) / step * step
      }
    }
    let shared = try group.memory(length, dtype)
    for (gradient, offset) in small { try group.copy(gradient, to: shared, at: offset) }
    var regions = places.compactMap { if case .own(let gradient) = $0 { gradient } else { nil } }
    if length > 0 { regions.append(shared) }
    let work = try group.startReducing(together: regions, .mean)
    return { [self] () throws(TensorError) in
      try work.wait()
      if isShadow { return }
      for (member, place) in zip(members, places) {
        switch place {
        case .own(let gradient): store(gradient, in: member)
        case .shared(let offset):
          let shape = parameters[member].shape
          let view = shared.view(shape, strides: rowMajorStrides(shape), offset: offset)
          store(keepsViews ? view : view.clone(), in: member)
        }
      }
    }
  }

  private func launch(
    _ number: Int, by hook: CommunicationHook
  ) throws(TensorError) -> () throws(TensorError) -> Void {
    let members = plan.buckets[number]
    let dtype = parameters[members[0]].gradientDType
    let buffer = try group.memory(members.reduce(0) { $0 + parameters[$1].count }, dtype)
    var offset = 0
    for member in members {
      try group.copy(taken(member, dtype), to: buffer, at: offset)
      offset += parameters[member].count
    }
    let bucket = GradientBucket(
      index: number, isLast: number == plan.buckets.count - 1, buffer: buffer,
      parameters: members.map { parameters[$0] })
    let end = try hook(bucket, group)
    return { [self] () throws(TensorError) in
      let result = try end()
      guard result.shape == buffer.shape, result.dtype == dtype else {
        throw TensorError(
          .shape, "registerCommHook",
          "a hook gives the elements of a bucket as it got them, \(buffer.type), and gave \(result.type)")
      }
      if isShadow { return }
      let dense = try group.elements(result, "registerCommHook")
      for (member, gradient) in zip(members, bucket.gradients(in: dense)) {
        store(keepsViews ? gradient : gradient.clone(), in: member)
      }
    }
  }

  /// The gradient that a parameter has collected, which it does not have any more; zeros where there is none.
  private func taken(_ member: Int, _ dtype: DType) -> Tensor {
    let parameter = parameters[member]
    if !isShadow, let gradient = parameter.grad {
      if hasArrived[member] { parameter.grad = nil } else { untouched[member] = gradient }
      let typed = gradient.dtype == dtype ? gradient : gradient.to(dtype)
      return typed.contiguous()
    }
    untouched[member] = .some(nil)
    return Tensor.zeros(parameter.shape, dtype: dtype, device: .cpu)
  }

  private func store(_ gradient: Tensor, in member: Int) {
    let scaled = factor == 1 ? gradient : gradient * factor
    parameters[member].grad = scaled.placed(with: parameters[member])
  }

  /// Puts the parameters into buckets in the order in which rank 0 got their gradients.
  private func takeOrder(isUsed counts: [Int]) throws(TensorError) {
    hasOrder = true
    if isStatic { members = members.filter { counts[$0] > 0 } }
    // What is reached differs from pass to pass: so does the order.
    if findsUnused, !isStatic { return }
    let known = Set(members)
    var order = arrivals.filter { known.contains($0) }
    let arrived = Set(order)
    order += members.reversed().filter { !arrived.contains($0) }
    let common = try group.broadcast(Tensor(order, dtype: .int64), from: 0).array(as: Int.self)
    plan = BucketPlan(common, parameters, firstBytes: min(Self.firstBytes, bucketBytes), bytes: bucketBytes)
  }

  /// The error of a pass that left out parameters on some rank, the same on all ranks.
  private func missingGradients(_ missing: [Int]) throws(TensorError) -> TensorError {
    let all = try group.allGatherObject(missing.map { names[$0] })
    let texts = all.enumerated().filter { !$0.element.isEmpty }.map { rank, names in
      "rank \(rank): \(names.prefix(8).joined(separator: ", "))"
        + (names.count > 8 ? " and \(names.count - 8) more" : "")
    }
    return TensorError(
      .autograd, "DistributedDataParallel",
      "the backward pass brought no gradient to some parameters (\(texts.joined(separator: "; "))): each has to take "
        + "part in the loss; findUnusedParameters: true allows for some that do not, and parameters that are not to be "
        + "trained have requiresGrad = false before the model is wrapped")
  }
}

extension ProcessGroup {
  /// Memory of the host for `count` elements, zeros.
  fileprivate func memory(_ count: Int, _ dtype: DType) throws(TensorError) -> Tensor {
    if dtype.isCustom { return try writable(Tensor.zeros([count], dtype: dtype, device: .cpu), "allReduce") }
    let memory = try Self.room([count], dtype, "allReduce")
    memory.body.data.initializeMemory(as: UInt8.self, repeating: 0, count: memory.byteCount)
    return memory
  }

  /// Copies the elements of `x` to `memory` from element `offset` on.
  fileprivate func copy(_ x: Tensor, to memory: Tensor, at offset: Int) throws(TensorError) {
    let dense = try elements(x, "allReduce")
    (memory.body.data + offset * dense.dtype.size).copyMemory(from: dense.body.data, byteCount: dense.byteCount)
  }
}
