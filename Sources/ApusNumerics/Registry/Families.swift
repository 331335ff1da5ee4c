import ApusCore

extension Registry {
  /// The families of this module, each of which stands in the file of its functions.
  package static let numerics: [[Operation]] = [
    combining,
    extremes,
    maskedExtremes,
    positions,
    searching,
    distinctValues,
    quantiles,
    histograms,
    integration,
    segments,
    signalWindows,
    fourierTransforms,
    shortTimeTransforms,
  ]
}
