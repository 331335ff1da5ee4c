import Apus
import ApusCore

// Layers in training that keep something or draw something, of which few recorded cases are kept for tests.

/// A layer in training, called with numbers of the shape `shape`.
private func trained(
  _ name: String, _ id: String, _ shape: [Int], isLazy: Bool = false, _ make: @escaping @Sendable () -> any Layer
) -> CheckedModule {
  besides(name, "in training, \(id)") { draws in
    let layer = make()
    if isLazy { _ = noGrad { layer(Tensor.ones(shape)) } }
    layer.to(draws.dtype)
    return ModuleFunction(layer, [draws(shape)]) { [layer($0[0])] }
  }
}

/// Normalisation with running statistics, and what is dropped or placed at random.
func modulesInTraining<Spatial: SpatialRank>(_ spatial: Spatial.Type) -> [CheckedModule] {
  let rank = Spatial.rank
  let shape = [4, 3] + [Int](repeating: 3, count: rank)
  let norms: [CheckedModule] = [
    trained("nn.BatchNorm\(rank)d", "with momentum", shape) { BatchNormalization<Spatial>(numFeatures: 3) },
    trained("nn.BatchNorm\(rank)d", "averaged over batches", shape) {
      BatchNormalization<Spatial>(numFeatures: 3, momentum: nil)
    },
    trained("nn.InstanceNorm\(rank)d", "with statistics", shape) {
      InstanceNormalization<Spatial>(numFeatures: 3, affine: true, trackRunningStats: true)
    },
    trained("nn.LazyBatchNorm\(rank)d", "with momentum", shape, isLazy: true) { LazyBatchNormMaker<Spatial>()() },
    trained("nn.LazyInstanceNorm\(rank)d", "with statistics", shape, isLazy: true) {
      LazyInstanceNormMaker<Spatial>()()
    },
    trained("nn.Dropout\(rank)d", "p = 0.5", shape) { ChannelDropout<Spatial>(p: 0.5) },
  ]
  if rank == 1 { return norms }
  let images = [2, 3] + [Int](repeating: 5, count: rank)
  return norms + [
    trained("nn.FractionalMaxPool\(rank)d", "places drawn", images) {
      FractionalMaxPooling<Spatial>(kernelSize: 2, outputSize: [3])
    }
  ]
}

private func embedded(_ id: String, _ make: @escaping @Sendable () -> Embedding) -> CheckedModule {
  besides("nn.Embedding", id) { draws in
    let table = make()
    table.to(draws.dtype)
    return ModuleFunction(table, [Tensor([1, 2, 4, 6, 2, 0]).reshape([2, 3])]) { [table($0[0])] }
  }
}

let layersInTraining: [CheckedModule] = [
  trained("nn.Dropout", "p = 0.5", [3, 4]) { Dropout(p: 0.5) },
  trained("nn.AlphaDropout", "p = 0.5", [3, 4]) { AlphaDropout(p: 0.5) },
  trained("nn.FeatureAlphaDropout", "p = 0.5", [3, 4, 2]) { FeatureAlphaDropout(p: 0.5) },
  trained("nn.RReLU", "slopes drawn", [3, 4]) { RReLU() },
  embedded("a row of padding") { Embedding(numEmbeddings: 7, embeddingDim: 3, paddingIdx: 2) },
  embedded("rows scaled to a norm") { Embedding(numEmbeddings: 7, embeddingDim: 3, maxNorm: 0.7) },
  embedded("divided by uses") { Embedding(numEmbeddings: 7, embeddingDim: 3, scaleGradByFreq: true) },
]
