@_exported import ApusAudio
@_exported import ApusCompiler
@_exported import ApusCore
@_exported import ApusData
@_exported import ApusExchange
@_exported import ApusFeatures
@_exported import ApusFormats
@_exported import ApusFunctional
@_exported import ApusGPU
@_exported import ApusLayouts
@_exported import ApusMedia
@_exported import ApusMetrics
@_exported import ApusModels
@_exported import ApusNN
@_exported import ApusNumbers
@_exported import ApusNumerics
@_exported import ApusOptim
@_exported import ApusProfiling
@_exported import ApusPrograms
@_exported import ApusRecipes
@_exported import ApusSpelling
@_exported import ApusText
@_exported import ApusTrain
@_exported import ApusTune
@_exported import ApusVision

/// The version of the library, by semantic versioning.
public let apusVersion = "0.10.0"
