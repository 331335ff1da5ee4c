import ApusCore

extension Registry {
  /// The families of this module, those of a folder in a line.
  package static let functional: [[Operation]] = [
    matrixProducts, linearLayers, addedProducts, tensorProducts, contractions, crossProducts,
    factorisations, linearSystems, spectra, matrixFunctions, matrixNorms,
    convolutions,
    maxPoolings, averagePoolings, adaptivePoolings,
    batchNorms, layerNorms, groupNorms, responseNorms, vectorNorms, softmaxes,
    elementLosses, classLosses, marginLosses, distances, alignments,
    attentions, headedAttentions, dropouts, embeddings, sequences,
    images, resamplings, samplings,
  ]
}
