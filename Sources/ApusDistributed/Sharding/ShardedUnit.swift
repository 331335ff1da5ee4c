import ApusCore
import ApusNN

/// Parameters that are gathered together, and whose gradients are reduced together.
///
/// How whole parameters come and go. The variables of the module hold this rank's rows, always. A call of the module makes whole tensors of
/// them and uses these in the place of the variables (``Substitutes``), for this thread and as long as the call lasts; in the graph they are the results of
/// ``GatheredParameters``, whose gradient rule runs when all operations of the call have had theirs: it reduces. What operations keep for
/// their gradients of a whole parameter (itself, its transpose, a part of it) is kept as a place (``SavedTensorHooks``): who comes to it in the
/// backward pass gathers again. So nobody holds whole parameters between the two, without any memory being taken away under a tensor.
///
/// One thread at a time calls sharded modules, as it is with collectives.
final class ShardedUnit: @unchecked Sendable {
  let name: String
  let parameters: [ShardedParameter]
  let group: ProcessGroup
  let replicas: ProcessGroup?
  private let precision: MixedPrecisionPolicy
  private let reshardsAfterForward: Bool
  /// Whether parameters come and gradients go while other units compute.
  private let overlaps: Bool
  var reducesGradients = true
  /// How many reductions of gradients have begun.
  private(set) var reductionCount = 0

  /// Rows that are on their way, or whole parameters that a backward pass uses.
  private var coming: Gathering?
  private var ready: (rows: [Tensor], whole: [Tensor])?
  /// The order of the units in the last pass that began with this one.
  private var lastOrder: [ShardedUnit] = []
  /// The last pass that it had a part in.
  private weak var lastPass: ShardedPass?
  /// Whole gradients that were not reduced yet, by parameter.
  private var unreduced: [Tensor?]
  private var reductions: [GradientReduction] = []
  private var hooked: [GradientHookHandle?]
  /// Memory for the gradients of this rank's rows, by parameter. It is taken when the rows are: cut later, from what whole parameters leave, its
  /// odd sizes would leave holes that no whole one fits into.
  private var gradientRooms: [Tensor?]

  /// Rows on their way, with what was sent: as long as they are on their way nobody changes it.
  private struct Gathering {
    let rows: [Tensor]
    /// Waits for the whole parameters.
    let whole: () throws(TensorError) -> [Tensor]
  }

  init(
    name: String, _ parameters: [ShardedParameter], group: ProcessGroup, replicas: ProcessGroup?,
    precision: MixedPrecisionPolicy, reshardsAfterForward: Bool, overlaps: Bool
  ) {
    self.name = name
    self.parameters = parameters
    self.group = group
    self.replicas = replicas
    self.precision = precision
    self.reshardsAfterForward = reshardsAfterForward
    self.overlaps = overlaps
    unreduced = parameters.map { _ in nil }
    hooked = parameters.map { _ in nil }
    let type = precision.reductionType ?? precision.parameterType ?? parameters.first?.type.dtype ?? .float32
    gradientRooms = parameters.map { try? ProcessGroup.room([$0.ownRange.count * $0.rowCount], type, "fullyShard") }
    let unit = WeakUnit(unit: self)
    for parameter in parameters {
      guard let identity = parameter.handle.variableIdentity else { continue }
      shardedUnits.withLock { units in
        units = units.filter { $0.value.unit != nil }
        units[identity] = unit
      }
    }
  }

  /// The units of the parameters of a module, each once.
  static func units(of module: any Module) -> [ShardedUnit] {
    var found: [ShardedUnit] = []
    for parameter in module.parameters() {
      guard let identity = parameter.variableIdentity, let unit = shardedUnits.withLock({ $0[identity]?.unit }),
        !found.contains(where: { $0 === unit })
      else { continue }
      found.append(unit)
    }
    return found
  }

  // MARK: Gathering

  /// The type that whole parameters have.
  private var wholeType: DType { precision.parameterType ?? parameters.first?.type.dtype ?? .float32 }

  /// Whether rows go straight from rank to rank.
  private var isDirect: Bool {
    let most = mostDirectRanks.withLock { $0 }
    return group.size <= most
  }

  /// What the variables hold now, by parameter.
  private var presentRows: [Tensor] { parameters.map { $0.handle.detach().resolved.detach() } }

  private func start(_ rows: [Tensor]) throws(TensorError) -> Gathering {
    let dense = rows.map { rows in noGrad { rows.to(wholeType).contiguous() } }
    var whole: [Tensor] = []
    for parameter in parameters { whole.append(try ProcessGroup.room(parameter.type.shape, wholeType, "fullyShard")) }
    let (own, wholes) = (group.rank, whole)
    if isDirect {
      var (sending, receiving): ([Part], [Part]) = ([], [])
      for (i, parameter) in parameters.enumerated() {
        for rank in 0..<group.size {
          let part = parameter.part(of: wholes[i], rank)
          if rank == own {
            part.address.copyMemory(from: dense[i].body.data, byteCount: dense[i].byteCount)
            continue
          }
          if part.byteCount > 0 { receiving.append(part) }
          if dense[i].byteCount > 0 {
            sending.append(Part(rank: rank, address: dense[i].body.data, byteCount: dense[i].byteCount))
          }
        }
      }
      let phase = Phases.exchange(sending: sending, receiving: receiving)
      let work = group.start("gathering of \(name)", group.size == 1 ? [] : [phase]) { () throws(TensorError) in
        withExtendedLifetime(dense) { wholes }
      }
      return Gathering(rows: rows) { () throws(TensorError) in try work.wait() }
    }
    let sent = try ProcessGroup.room([parameters.reduce(0) { $0 + $1.chunkCount }], wholeType, "fullyShard")
    sent.body.data.initializeMemory(as: UInt8.self, repeating: 0, count: sent.byteCount)
    var offset = 0
    for (parameter, rows) in zip(parameters, dense) {
      (sent.body.data + offset).copyMemory(from: rows.body.data, byteCount: rows.byteCount)
      offset += parameter.chunkCount * wholeType.size
    }
    let work = try group.startAllGather(sent)
    return Gathering(rows: rows) { [parameters] () throws(TensorError) in
      for (rank, found) in try work.wait().enumerated() {
        var offset = 0
        for (parameter, whole) in zip(parameters, wholes) {
          let part = parameter.part(of: whole, rank)
          part.address.copyMemory(from: found.body.data + offset, byteCount: part.byteCount)
          offset += parameter.chunkCount * whole.dtype.size
        }
      }
      return wholes
    }
  }

  /// The whole parameters.
  func gathered() throws(TensorError) -> [Tensor] {
    parameters.isEmpty ? [] : try start(presentRows).whole()
  }

  /// Starts to gather these rows, if that has not been done.
  fileprivate func prefetch(_ rows: [Tensor]?) throws(TensorError) {
    if overlaps, coming == nil, ready == nil, !parameters.isEmpty { coming = try start(rows ?? presentRows) }
  }

  /// Whole parameters of these rows: those that are there, that are on their way, or that come now.
  private func take(_ rows: [Tensor]) throws(TensorError) -> [Tensor] {
    if parameters.isEmpty { return [] }
    if let ready, ready.rows.isSame(as: rows) { return ready.whole }
    var gathering = coming
    coming = nil
    if let known = gathering, !known.rows.isSame(as: rows) {
      _ = try known.whole()
      gathering = nil
    }
    if let gathering { return try gathering.whole() }
    return try start(rows).whole()
  }

  /// Forgets what was gathered.
  private func forget() {
    coming = nil
    ready = nil
  }

  // MARK: The forward pass

  /// Enters a call: what is given ends it.
  func enter() -> () -> Void {
    do throws(TensorError) {
      let pass = ShardedPass.current ?? recomputing ?? ShardedPass(lastOrder)
      lastPass = pass
      if pass.calls.isEmpty {
        for unit in lastOrder { unit.forget() }
        forget()
      }
      let rows = presentRows
      let whole = try take(rows)
      let call = ShardedCall(self, rows, whole, pass)
      let isRecorded = isGradEnabled && parameters.contains { $0.handle.requiresGrad }
      let isOutermost = pass.depth == 0
      call.keepsPlaces = reshardsAfterForward && isGradEnabled
      call.isRecorded = isRecorded
      pass.begin(call)
      try pass.prefetchAfter(call)
      let substitutes = Context.current?.substitutes.map(Substitutes.init(copying:)) ?? Substitutes()
      var tensors = whole
      if isRecorded {
        let places = parameters.indices.filter { parameters[$0].handle.requiresGrad }
        for i in places { watch(i) }
        let recorded = GatheredParameters.apply(
          GatheredCall(call: call, places: places), places.map { parameters[$0].handle })
        for (i, tensor) in zip(places, recorded) { tensors[i] = tensor }
      }
      for (parameter, tensor) in zip(parameters, tensors) { substitutes.use(tensor, for: parameter.handle) }
      let outer = Context.current?.savedTensorHooks
      let leave = Context.enter(
        substitutes: substitutes, savedTensorHooks: call.keepsPlaces ? call.hooks(outer) : outer)
      if pass.isBackward, reshardsAfterForward, isRecorded { ready = (rows, whole) }
      return {
        leave()
        call.whole = []
        pass.end()
        if isOutermost { self.group.failIfFailing() }
        if isOutermost, !pass.isBackward { self.lastOrder = pass.calls.compactMap { $0.call?.unit } }
      }
    } catch {
      report(error)
      group.failIfFailing()
      return {}
    }
  }

  /// The pass whose backward part calls this unit again, as ``checkpoint(_:_:useReentrant:preserveRngState:)-swift.function`` does.
  private var recomputing: ShardedPass? {
    guard let lastPass, lastPass.isBackward, lastPass.first !== self else { return nil }
    return lastPass
  }

  // MARK: The backward pass

  /// Parameter `i` whole, for what a call has kept.
  fileprivate func restored(_ i: Int, for call: ShardedCall) throws(TensorError) -> Tensor {
    let rows = call.rows.isEmpty ? presentRows : call.rows
    if let ready, ready.rows.isSame(as: rows) { return ready.whole[i] }
    call.pass.isBackward = true
    call.pass.releaseFrozen(after: call)
    let whole = try take(rows)
    ready = (rows, whole)
    try call.pass.prefetchBefore(call)
    return whole[i]
  }

  /// Gives the memory of whole parameters back.
  fileprivate func release() { ready = nil }

  /// Takes whole gradients of parameters, which no more come to from this call.
  fileprivate func reduce(_ gradients: [Tensor?], of places: [Int], _ call: ShardedCall) throws(TensorError)
    -> [Tensor?]
  {
    call.pass.isBackward = true
    ready = nil
    call.isOver = true
    // The graph may be there for longer, and the optimiser is to change the rows where they lie.
    call.rows = []
    for (i, gradient) in zip(places, gradients) {
      guard let gradient else { continue }
      let sum = unreduced[i].map { before in noGrad { before + gradient.detach() } }
      unreduced[i] = sum ?? gradient.detach()
    }
    guard reducesGradients else { return places.map { _ in nil } }
    let reduction = try startReduction(places)
    reductions.append(reduction)
    if !overlaps { _ = try reduction.result() }
    // In the place of the gradient, which ``watch(_:)`` puts there when the pass has come to its end.
    return places.map { i in
      let (shape, dtype) = (parameters[i].ownShape, parameters[i].type.dtype)
      return noGrad {
        shape.contains(0) ? Tensor.zeros(shape, dtype: dtype) : Tensor.zeros([1], dtype: dtype).expand(shape)
      }
    }
  }

  /// Reduces the gradients that passes without a reduction have left, and adds them to those of the parameters. All ranks call it where all have
  /// made the same passes.
  func reduceCollected() throws(TensorError) {
    let places = parameters.indices.filter { unreduced[$0] != nil }
    guard !places.isEmpty else { return }
    let reduction = try startReduction(places)
    for (i, part) in zip(places, try reduction.result()) {
      let gradient = try summed(part, i)
      let parameter = parameters[i].handle
      parameter.grad = parameter.grad.map { before in noGrad { before + gradient } } ?? gradient
    }
  }

  /// Starts to reduce what has come of the gradients of these parameters.
  private func startReduction(_ places: [Int]) throws(TensorError) -> GradientReduction {
    // Not more than one reduction is going on while the next one is prepared: each has the memory of its unit.
    try GradientReduction.advanceAll()
    let type = precision.reductionType ?? wholeType
    var dense: [Tensor] = []
    for i in places {
      let gradient = unreduced[i] ?? Tensor.zeros(parameters[i].type.shape, dtype: type)
      unreduced[i] = nil
      dense.append(noGrad { gradient.to(type).contiguous() })
    }
    let members = places.map { parameters[$0] }
    reductionCount += 1
    return isDirect
      ? try reduceDirectly(dense, members, places, type) : try reduceTogether(dense, members, places, type)
  }

  /// Each rank gets the rows that it holds from all others, and averages them.
  private func reduceDirectly(
    _ dense: [Tensor], _ members: [ShardedParameter], _ places: [Int], _ type: DType
  ) throws(TensorError) -> GradientReduction {
    let (size, own) = (group.size, group.rank)
    var (sending, receiving): ([Part], [Part]) = ([], [])
    var (phases, results): ([Phase], [Tensor]) = ([], [])
    // Memory for each parameter by itself: it is of the sizes that the parameters have, and fits into what they leave.
    for (place, (member, gradient)) in zip(places, zip(members, dense)) {
      let count = member.ownRange.count * member.rowCount
      let others = try ProcessGroup.room([size - 1, count], type, "fullyShard")
      let result = try gradientRoom(place, count, type)
      var rows = noGrad { others.unbind(0) }
      let ranks = (0..<size).filter { $0 != own }
      for (rank, row) in zip(ranks, rows) {
        let part = member.part(of: gradient, rank)
        if part.byteCount > 0 { sending.append(part) }
        if count > 0 { receiving.append(Part(rank: rank, address: row.body.data, byteCount: row.byteCount)) }
      }
      let first = member.ownRange.lowerBound * member.rowCount
      rows.insert(noGrad { gradient.reshape([gradient.count]).narrow(0, first, count) }, at: own)
      if count > 0 { phases.append(Phases.reduce(rows, .mean, into: result.body.data)) }
      results.append(result)
    }
    let parts = results
    let exchange = size == 1 ? [] : [Phases.exchange(sending: sending, receiving: receiving)]
    let work = group.start("gradients of \(name)", exchange + phases) { () throws(TensorError) in
      withExtendedLifetime(dense) { parts }
    }
    return GradientReduction(places, replicas: replicas) { () throws(TensorError) in try work.wait() }
  }

  /// Room for `count` elements of the gradient of parameter `i`: the same one again, if nobody holds what was in it.
  private func gradientRoom(_ i: Int, _ count: Int, _ type: DType) throws(TensorError) -> Tensor {
    if var room = gradientRooms[i], room.dtype == type {
      gradientRooms[i] = nil
      let isFree = TensorBody.isUnique(&room.body)
      gradientRooms[i] = room
      if isFree { return room }
    }
    return try ProcessGroup.room([count], type, "fullyShard")
  }

  /// ``reduceDirectly(_:_:_:_:)`` by a collective of MPI.
  private func reduceTogether(
    _ dense: [Tensor], _ members: [ShardedParameter], _ places: [Int], _ type: DType
  ) throws(TensorError) -> GradientReduction {
    let count = members.reduce(0) { $0 + $1.chunkCount }
    let sent = try ProcessGroup.room([group.size, count], type, "fullyShard")
    sent.body.data.initializeMemory(as: UInt8.self, repeating: 0, count: sent.byteCount)
    var offsets: [Int] = []
    var offset = 0
    for (member, gradient) in zip(members, dense) {
      offsets.append(offset)
      for rank in 0..<group.size {
        let part = member.part(of: gradient, rank)
        (sent.body.data + (rank * count + offset) * type.size).copyMemory(from: part.address, byteCount: part.byteCount)
      }
      offset += member.chunkCount
    }
    let work = try group.startReduceScatter(sent, .mean)
    let starts = offsets
    return GradientReduction(places, replicas: replicas) { () throws(TensorError) in
      let row = try work.wait()
      return noGrad {
        zip(members, starts).map { member, start in
          row.reshape([row.count]).narrow(0, start, member.ownRange.count * member.rowCount)
        }
      }
    }
  }

  /// Puts the reduced gradient of parameter `i` in the place of what the graph brings to its variable, at the end of a backward pass.
  private func watch(_ i: Int) {
    if hooked[i] != nil { return }
    hooked[i] = parameters[i].handle.registerHook { [weak self] (gradient: Tensor) -> Tensor? in
      guard let self else { return nil }
      do throws(TensorError) { return try finished(i) } catch { return fail(error) }
    }
  }

  /// The reduced gradient of this rank's rows of parameter `i`, of all calls.
  private func finished(_ i: Int) throws(TensorError) -> Tensor? {
    var total: Tensor?
    for reduction in reductions {
      guard let place = reduction.places.firstIndex(of: i) else { continue }
      let gradient = try summed(try reduction.result()[place], i)
      total = total.map { before in noGrad { before + gradient } } ?? gradient
      reduction.taken.insert(i)
    }
    reductions.removeAll { $0.taken.count == $0.places.count }
    return total
  }

  /// A reduced gradient of parameter `i` in its shape and type, and the sum over the processes that each have computed a part of it.
  private func summed(_ part: Tensor, _ i: Int) throws(TensorError) -> Tensor {
    let parameter = parameters[i]
    let gradient = noGrad { part.reshape(parameter.ownShape).to(parameter.type.dtype) }
    guard let group = DividedParameter.of(parameter.handle)?.summing else { return gradient }
    return try group.allReduce(gradient)
  }
}

/// Up to so many ranks each sends its rows straight to where they belong with the others: no memory but that of the result is needed. More leave
/// it to collectives of MPI, whose messages grow less with the ranks.
package let mostDirectRanks = Lock(16)

private let shardedUnits = Lock<[ObjectIdentifier: WeakUnit]>([:])

private struct WeakUnit: Sendable {
  weak var unit: ShardedUnit?
}

extension [Tensor] {
  /// Whether these are the same elements in the same memory.
  fileprivate func isSame(as other: [Tensor]) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.body.data == $1.body.data && $0.type == $1.type }
  }
}

extension ShardedParameter {
  /// Where the rows of a rank lie in a whole tensor of its shape.
  fileprivate func part(of whole: Tensor, _ rank: Int) -> Part {
    let (range, width) = (range(of: rank), rowCount * whole.dtype.size)
    return Part(rank: rank, address: whole.body.data + range.lowerBound * width, byteCount: range.count * width)
  }

  /// The whole parameter, or the whole of these rows, which lie as it does: of its gradient.
  func gathered(_ rows: Tensor? = nil) throws(TensorError) -> Tensor {
    let rows = noGrad { (rows ?? handle.detach().resolved).to(type.dtype).contiguous() }
    let own = try ProcessGroup.room([chunkCount], type.dtype, "fullyShard")
    own.body.data.initializeMemory(as: UInt8.self, repeating: 0, count: own.byteCount)
    own.body.data.copyMemory(from: rows.body.data, byteCount: rows.byteCount)
    let all = try group.allGather(own, dim: 0)
    return noGrad { all.narrow(0, 0, type.count).reshape(type.shape).clone() }
  }
}

/// A call of a module with a unit.
final class ShardedCall: @unchecked Sendable {
  fileprivate let unit: ShardedUnit
  /// The rows that the call computes with. Who has them holds them, so that a later step of an optimiser changes others.
  fileprivate var rows: [Tensor]
  /// The whole parameters, as long as the call goes on.
  fileprivate var whole: [Tensor]
  fileprivate let pass: ShardedPass
  fileprivate var position = 0
  /// Whether gradients of its parameters will come.
  fileprivate var isRecorded = false
  /// Whether operations keep places in the place of whole parameters.
  fileprivate var keepsPlaces = false
  /// Whether the gradients have come.
  fileprivate var isOver = false

  fileprivate init(_ unit: ShardedUnit, _ rows: [Tensor], _ whole: [Tensor], _ pass: ShardedPass) {
    self.unit = unit
    self.rows = rows
    self.whole = whole
    self.pass = pass
  }

  /// Keeps of whole parameters their places; `outer` says how other tensors are kept.
  fileprivate func hooks(_ outer: SavedTensorHooks?) -> SavedTensorHooks {
    SavedTensorHooks { [self] tensor in
      let address = tensor.body.data
      for (i, whole) in whole.enumerated()
      where address >= whole.body.data && address < whole.body.data + whole.byteCount && tensor.dtype == whole.dtype {
        let offset = (address - whole.body.data) / whole.dtype.size
        let (shape, strides) = (tensor.shape, tensor.strides)
        return { [self] in
          do throws(TensorError) {
            return try unit.restored(i, for: self).view(shape, strides: strides, offset: offset)
          } catch { return fail(error) }
        }
      }
      return outer?.pack(tensor)
    }
  }
}

/// Calls from that of an outermost module on: what tells which unit comes next.
final class ShardedPass: @unchecked Sendable {
  fileprivate struct WeakCall {
    weak var call: ShardedCall?
  }

  /// What is going on in the thread that calls sharded modules.
  private static let going = Lock<ShardedPass?>(nil)
  fileprivate static var current: ShardedPass? { going.withLock { $0 } }

  private let expected: [ShardedUnit]
  fileprivate var calls: [WeakCall] = []
  fileprivate var depth = 0
  /// Whether the backward pass has begun.
  fileprivate var isBackward = false

  fileprivate init(_ expected: [ShardedUnit]) { self.expected = expected }

  /// The unit that it began with.
  fileprivate private(set) weak var first: ShardedUnit?

  fileprivate func begin(_ call: ShardedCall) {
    if depth == 0 { Self.going.withLock { $0 = self } }
    if calls.isEmpty { first = call.unit }
    depth += 1
    call.position = calls.count
    calls.append(WeakCall(call: call))
  }

  fileprivate func end() {
    depth -= 1
    if depth == 0 { Self.going.withLock { $0 = nil } }
  }

  /// Lets the unit that came after this one the last time come while this one computes.
  fileprivate func prefetchAfter(_ call: ShardedCall) throws(TensorError) {
    let next = call.position + 1
    guard expected.indices.contains(next), expected[call.position] === call.unit, expected[next] !== call.unit else {
      return
    }
    try expected[next].prefetch(nil)
  }

  /// Gives back the parameters of later calls that no gradient comes to: all operations of these are done.
  fileprivate func releaseFrozen(after call: ShardedCall) {
    for later in calls.dropFirst(call.position + 1) {
      if let later = later.call, !later.isRecorded, later.unit !== call.unit { later.unit.release() }
    }
  }

  /// Lets the unit that was called before this one come back while the gradients of this one are computed.
  fileprivate func prefetchBefore(_ call: ShardedCall) throws(TensorError) {
    for earlier in calls[..<call.position].reversed() {
      guard let earlier = earlier.call, earlier.keepsPlaces, !earlier.isOver else { continue }
      if earlier.unit !== call.unit { try earlier.unit.prefetch(earlier.rows) }
      return
    }
  }
}

/// The inputs of ``GatheredParameters`` that are no tensors.
private struct GatheredCall: Sendable {
  let call: ShardedCall
  let places: [Int]
}

/// Whole parameters from the rows of all ranks; the gradients of the rows are those of the whole, averaged over the ranks.
private enum GatheredParameters: Function {
  static func forward(_ ctx: FunctionContext, _ gathered: GatheredCall, _ rows: [Tensor]) -> [Tensor] {
    ctx.setMaterializeGrads(false)
    ctx.values["call"] = gathered
    return gathered.places.map { gathered.call.whole[$0] }
  }

  static func backward(_ ctx: FunctionContext, _ gradients: [Tensor?]) -> [Tensor?] {
    guard let gathered = ctx.values["call"] as? GatheredCall else { return gradients.map { _ in nil } }
    do throws(TensorError) {
      return try gathered.call.unit.reduce(gradients, of: gathered.places, gathered.call)
    } catch {
      let failed = fail(error)
      return gradients.map { _ in failed }
    }
  }
}

/// Gradients of a unit on their way to the ranks that hold the rows.
private final class GradientReduction: @unchecked Sendable {
  let places: [Int]
  /// Waits for this rank's rows of each gradient.
  private let scattered: () throws(TensorError) -> [Tensor]
  private let replicas: ProcessGroup?
  private var averaged: [Work<Tensor>]?
  /// The parameters whose gradient was taken.
  var taken: Set<Int> = []

  /// The one that was started last.
  private static let latest = Lock<GradientReduction?>(nil)

  init(_ places: [Int], replicas: ProcessGroup?, _ scattered: @escaping () throws(TensorError) -> [Tensor]) {
    self.places = places
    self.scattered = scattered
    self.replicas = replicas
    Self.latest.withLock { $0 = self }
  }

  /// Waits for the one that was started last, and has it go on among the replicas.
  static func advanceAll() throws(TensorError) { try latest.withLock { $0 }?.advance() }

  private func advance() throws(TensorError) {
    let parts = try scattered()
    guard let replicas, averaged == nil else { return }
    var works: [Work<Tensor>] = []
    for part in parts { works.append(try replicas.startAllReduce(part, .mean)) }
    averaged = works
  }

  /// This rank's rows of each gradient, one behind the other in a row.
  func result() throws(TensorError) -> [Tensor] {
    try advance()
    Self.latest.withLock { if $0 === self { $0 = nil } }
    guard let averaged else { return try scattered() }
    var parts: [Tensor] = []
    for work in averaged { parts.append(try work.wait()) }
    return parts
  }
}
