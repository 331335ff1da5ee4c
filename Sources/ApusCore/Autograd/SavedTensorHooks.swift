/// Runs `body`, whose operations keep what their gradients need as `pack` makes it of the tensor, and get it back by `unpack` when the backward
/// pass comes to them: PyTorch's `torch.autograd.graph.saved_tensors_hooks`.
///
///     let loss = savedTensorsHooks(pack: { $0.to(.bfloat16) }, unpack: { $0.to(.float32) }) { model(x) }
///
/// `pack` sees inputs and results that operations keep, one by one, not parameters, whose memory is the model's. What `unpack` gives must have
/// the shape and type of the tensor; both run without recording. Gradients of gradients flow as without hooks. `unpack` is called once for
/// each backward pass. Inside of ``checkpoint(_:_:useReentrant:preserveRngState:)-swift.function`` the arguments are packed, which is
/// all that it keeps.
public func savedTensorsHooks<Packed, R, E: Error>(
  pack: @escaping @Sendable (Tensor) -> Packed, unpack: @escaping @Sendable (Packed) -> Tensor,
  _ body: () throws(E) -> R
) throws(E) -> R {
  let hooks = SavedTensorHooks { tensor in
    let packed = pack(tensor)
    return { unpack(packed) }
  }
  return try Context.with(savedTensorHooks: hooks, body)
}

/// Runs `body`, whose operations keep large tensors for their gradients in bfloat16: half the memory, and gradients that differ by what that
/// type rounds, at most 2^-8 of each number.
///
/// Tensors of float32 with at least `minimum` elements are kept so; one that several operations keep, once.
public func savedInBfloat16<R, E: Error>(minimum: Int = 4096, _ body: () throws(E) -> R) throws(E) -> R {
  let known = SharedPacks<TensorBody>()
  let hooks = SavedTensorHooks { tensor in
    guard tensor.dtype == .float32, tensor.count >= minimum else { return { tensor } }
    let packed = known.pack(tensor) { $0.to(.bfloat16).body }
    return { Tensor(packed).to(.float32) }
  }
  return try Context.with(savedTensorHooks: hooks, body)
}

/// How operations of a scope keep tensors: gives what gives the tensor back, nil for one that is kept as it is.
package final class SavedTensorHooks: @unchecked Sendable {
  package let pack: (Tensor) -> (() -> Tensor)?

  package init(_ pack: @escaping (Tensor) -> (() -> Tensor)?) { self.pack = pack }
}

/// What was made of tensors that are still there, so that one that several operations keep is packed once.
package final class SharedPacks<Packed: AnyObject>: Sendable {
  /// The same elements in the same order.
  private struct Key: Hashable, @unchecked Sendable {
    let storage: ObjectIdentifier
    let data: UnsafeMutableRawPointer
    let shape: [Int]
    let strides: [Int]
    let dtype: DType
  }

  private struct Entry: @unchecked Sendable {
    /// A block that is gone may have left its place to another one, and elements may have been changed since.
    weak var era: PreparedForms?
    weak var packed: Packed?
  }

  private let entries = Lock<[Key: Entry]>([:])

  package init() {}

  /// What `make` made of the elements of `tensor`, if somebody still has it, else what it makes.
  package func pack(_ tensor: Tensor, _ make: (Tensor) -> Packed) -> Packed {
    let body = tensor.body
    let era = body.storage.era
    let key = Key(
      storage: ObjectIdentifier(body.storage), data: body.data, shape: body.shape, strides: body.strides,
      dtype: body.dtype)
    let known = entries.withLock { entries -> Packed? in
      guard let entry = entries[key], entry.era === era else { return nil }
      return entry.packed
    }
    if let known { return known }
    let made = make(tensor)
    let entry = Entry(era: era, packed: made)
    entries.withLock { entries in
      if entries.count >= 4096 { entries = entries.filter { $0.value.era != nil && $0.value.packed != nil } }
      entries[key] = entry
    }
    return made
  }
}

/// What a node keeps of its tensors in a form of hooks.
final class PackedTensors: @unchecked Sendable {
  /// What gives the tensors back, by place.
  private struct Content: @unchecked Sendable {
    var inputs: [Int: () -> Tensor] = [:]
    var outputs: [Int: () -> Tensor] = [:]
  }

  private let content: Lock<Content>

  /// Packs what is kept, and leaves stand-ins without memory that have the place in the graph. Nil where nothing is packed.
  init?(_ hooks: SavedTensorHooks, _ saved: inout Node.Saved) {
    if Context.tracer != nil { return nil }
    var (inputs, outputs): ([Int: () -> Tensor], [Int: () -> Tensor]) = ([:], [:])
    func packed(_ body: TensorBody) -> (() -> Tensor)? {
      // Variables are the model's own memory.
      if body.record is Variable || Tensor(body).isPoisoned || Tensor(body).isMarked || body.flags.contains(.variable) {
        return nil
      }
      return noGrad { hooks.pack(Tensor(TensorBody(sharing: body))) }
    }
    var (newInputs, newOutputs) = (SmallArray<Tensor>(), SmallArray<TensorBody>())
    for i in 0..<saved.inputs.count {
      let body = saved.inputs[i].body
      if let packed = packed(body) {
        inputs[i] = packed
        newInputs.append(Tensor(Self.standIn(body)))
      } else {
        newInputs.append(saved.inputs[i])
      }
    }
    for i in 0..<saved.outputs.count {
      let body = saved.outputs[i]
      if let packed = packed(body) {
        outputs[i] = packed
        newOutputs.append(Self.standIn(body))
      } else {
        newOutputs.append(body)
      }
    }
    if inputs.isEmpty, outputs.isEmpty { return nil }
    (saved.inputs, saved.outputs) = (newInputs, newOutputs)
    content = Lock(Content(inputs: inputs, outputs: outputs))
  }

  /// A body of the type and the place in the graph of another one, without elements.
  private static func standIn(_ body: TensorBody) -> TensorBody {
    let made = TensorBody(
      handle: body.type, flags: body.flags.intersection(.requiresGrad),
      record: body.record ?? GradientRecord(sequence: 0))
    if body.record == nil { made.record = nil }
    made.outputIndex = body.outputIndex
    return made
  }

  /// Gives up what was packed.
  func release() { content.withLock { $0 = Content() } }

  /// What was kept, unpacked.
  func unpacked(_ saved: Node.Saved, _ name: String) throws(TensorError) -> Node.Saved {
    let content = content.withLock { $0 }
    func restored(_ body: TensorBody, _ unpack: (() -> Tensor)?) throws(TensorError) -> TensorBody {
      guard let unpack else { return body }
      let tensor = noGrad(unpack)
      guard tensor.type == body.type, !tensor.isPoisoned else {
        throw TensorError(
          .autograd, "savedTensorsHooks",
          "unpack gave \(tensor.dtype) of shape \(tensor.shape) for what \(name) had kept as \(body.dtype) of shape \(body.shape)"
        )
      }
      let made = TensorBody(sharing: tensor.detach().body)
      if let record = body.record {
        made.record = record
        made.outputIndex = body.outputIndex
        if body.flags.contains(.requiresGrad) { made.flags.insert(.requiresGrad) }
      }
      return made
    }
    var result = saved
    (result.inputs, result.outputs) = (SmallArray(), SmallArray())
    for i in 0..<saved.inputs.count {
      result.inputs.append(Tensor(try restored(saved.inputs[i].body, content.inputs[i])))
    }
    for i in 0..<saved.outputs.count { result.outputs.append(try restored(saved.outputs[i], content.outputs[i])) }
    return result
  }
}
