import ApusCore

extension Registry {
  /// The families of this module, those of a folder in a line.
  package static let functional: [[Operation]] = [
    matrixProducts, linearLayers, addedProducts, tensorProducts,
    convolutions,
    maxPoolings, averagePoolings, adaptivePoolings,
    batchNorms, layerNorms, groupNorms, responseNorms, vectorNorms, softmaxes,
    elementLosses, classLosses, marginLosses, distances,
    attentions, dropouts, embeddings,
    images, resamplings,
  ]
}
