import ApusCore
import ApusNN

/// Computes the running statistics of all batch normalisations of `model` anew, as the plain average over the batches of
/// `loader`: after weights have been averaged, theirs are not known. PyTorch's `update_bn`.
///
///     updateBN(loader, averaged.module)
///
/// - Parameter device: where inputs go before the model sees them; they stay where they are if nil.
public func updateBN<Model: Layer>(_ loader: some Sequence<Tensor>, _ model: Model, device: Device? = nil) {
  updateBN(loader, model) { model, x in _ = model(placed(x, device)) }
}

/// ``updateBN(_:_:device:)`` with batches of inputs and targets, of which the model sees the inputs.
public func updateBN<Model: Layer, Target>(
  _ loader: some Sequence<(Tensor, Target)>, _ model: Model, device: Device? = nil
) {
  updateBN(loader, model) { model, batch in _ = model(placed(batch.0, device)) }
}

/// ``updateBN(_:_:device:)`` with batches of several tensors, of which the model sees the first.
public func updateBN<Model: Layer>(_ loader: some Sequence<[Tensor]>, _ model: Model, device: Device? = nil) {
  updateBN(loader, model) { model, batch in
    if let x = batch.first { _ = model(placed(x, device)) }
  }
}

/// ``updateBN(_:_:device:)`` for any model and any batches: `forward` runs the model on one.
public func updateBN<Model: Module, Batch, Failure: Error>(
  _ loader: some Sequence<Batch>, _ model: Model, forward: (Model, Batch) throws(Failure) -> Void
) throws(Failure) {
  let layers = model.modules().compactMap { RunningAverage($0) }
  if layers.isEmpty { return }
  let wasTraining = model.modules().map { ($0, $0.isTraining) }
  model.train()
  defer { for (module, mode) in wasTraining { module.state.isTraining = mode } }
  for layer in layers { layer.reset() }
  for batch in loader {
    try noGrad { () throws(Failure) in try forward(model, batch) }
    for layer in layers { layer.take() }
  }
  for layer in layers { layer.store() }
}

private func placed(_ x: Tensor, _ device: Device?) -> Tensor { device.map { x.to($0) } ?? x }

/// The statistics of a batch normalisation over all batches.
private final class RunningAverage {
  private let layer: ChannelNormalization
  /// What share of a batch's statistics a call adds to the running ones.
  private let share: Double
  private var sums: (mean: Tensor, variance: Tensor)?
  private var count = 0

  init?(_ module: any Module) {
    let momentum: Double?
    switch module {
    case let norm as BatchNorm1d: momentum = norm.momentum
    case let norm as BatchNorm2d: momentum = norm.momentum
    case let norm as BatchNorm3d: momentum = norm.momentum
    default: return nil
    }
    guard let norm = module as? ChannelNormalization, norm.runningMean != nil else { return nil }
    if momentum == 0 {
      report(
        TensorError(
          .value, "updateBN",
          "a batch normalisation with momentum 0 never takes the statistics of a batch; give it another"))
      return nil
    }
    layer = norm
    share = momentum ?? 1
  }

  func reset() { set(mean: Tensor.zeros([layer.numFeatures]), variance: Tensor.zeros([layer.numFeatures]), batches: 0) }

  /// Takes the statistics of the last batch over. From zero on they are the running ones over their share.
  func take() {
    // A layer that was not called has seen no batch.
    guard let tracked = layer.numBatchesTracked, tracked.detach().item() > 0 else { return }
    let mean = layer.runningMean.detach().to(.float64) / share
    let variance = layer.runningVar.detach().to(.float64) / share
    sums = sums.map { ($0.mean + mean, $0.variance + variance) } ?? (mean, variance)
    count += 1
    reset()
  }

  func store() {
    guard let sums else {
      return set(mean: Tensor.zeros([layer.numFeatures]), variance: Tensor.ones([layer.numFeatures]), batches: 0)
    }
    set(mean: sums.mean / Double(count), variance: sums.variance / Double(count), batches: count)
  }

  private func set(mean: Tensor, variance: Tensor, batches: Int) {
    noGrad {
      for (target, value) in [
        (layer.runningMean, mean), (layer.runningVar, variance),
        (layer.numBatchesTracked, Tensor([batches]).reshape([])),
      ] as [(Tensor?, Tensor)] {
        guard var target else { continue }
        target.assign(value)
      }
    }
  }
}
