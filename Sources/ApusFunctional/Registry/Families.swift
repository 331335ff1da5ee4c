import ApusCore

extension Registry {
  /// The families of this module, those of a folder in a line.
  package static let functional: [[Operation]] = [
    matrixProducts, linearLayers, addedProducts, tensorProducts, contractions, crossProducts,
    covariances,
    factorisations, symmetricFactors, reflections, linearSystems, determinants, leastSquares, spectra, matrixFunctions,
    matrixNorms,
    convolutions,
    maxPoolings, averagePoolings, adaptivePoolings, fractionalPoolings,
    batchNorms, layerNorms, groupNorms, responseNorms, vectorNorms, softmaxes, maskedSoftmaxes, nativeNorms,
    elementLosses, classLosses, linearClassLosses, marginLosses, distances, alignments,
    attentions, headedAttentions, dropouts, embeddings, embeddingBags, sequences,
    images, resamplings, samplings,
  ]
}
