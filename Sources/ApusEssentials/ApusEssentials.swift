@_exported import ApusCompiler
@_exported import ApusCore
@_exported import ApusData
@_exported import ApusFormats
@_exported import ApusFunctional
@_exported import ApusMedia
@_exported import ApusMetrics
@_exported import ApusNN
@_exported import ApusNumerics
@_exported import ApusOptim
@_exported import ApusProfiling
@_exported import ApusSpelling
@_exported import ApusTrain

/// The version of the library, by semantic versioning.
public let apusVersion = "0.12.0"
