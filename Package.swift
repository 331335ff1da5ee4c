// swift-tools-version: 6.0
import CompilerPluginSupport
import PackageDescription

/// The parts of the library, each of which a program can have by itself beside the loops that all of them need.
let parts = [
  "ApusCore", "ApusNumerics", "ApusFunctional", "ApusSpelling", "ApusCompiler", "ApusNN", "ApusOptim", "ApusData",
  "ApusFormats", "ApusMedia", "ApusMetrics", "ApusProfiling", "ApusTrain", "ApusAudio", "ApusExchange", "ApusFeatures",
  "ApusGPU", "ApusLayouts", "ApusModels", "ApusNumbers", "ApusPrograms", "ApusRecipes", "ApusText", "ApusTune",
  "ApusVision",
]

let package = Package(
  name: "Apus",
  products: [
    .library(name: "Apus", targets: ["Apus"]),
    .library(name: "ApusEssentials", targets: ["ApusEssentials"]),
    .library(name: "ApusServe", targets: ["ApusServe"]),
    .library(name: "ApusPipeline", targets: ["ApusPipeline"]),
    .library(name: "ApusDistributed", targets: ["ApusDistributed"]),
    .executable(name: "apus", targets: ["ApusCommand"]),
    .executable(name: "benchmarks", targets: ["Benchmarks"]),
    .executable(name: "conformance", targets: ["Conformance"]),
    .executable(name: "parity", targets: ["Parity"]),
    .executable(name: "first-network", targets: ["FirstNetwork"]),
    .executable(name: "examples", targets: ["ExamplesCommand"]),
  ] + parts.map { .library(name: $0, targets: [$0, "ApusCLoops"]) },
  targets: [
    // What Swift sees of the kernels, apart from their loops, so that the core need not wait for these. Of what is ready the
    // build takes first what comes last in the alphabet: the core before the loops, which then compile beside it.
    .target(name: "CKernels"),
    .target(name: "ApusCLoops", dependencies: ["CKernels"]),
    .target(name: "CDigits"),
    .target(name: "ApusCore", dependencies: ["CKernels"]),
    // The families of operations that the core does not need, side by side.
    .target(name: "CFourier", dependencies: ["CKernels"]),
    .target(name: "ApusNumerics", dependencies: ["ApusCore", "CKernels", "CFourier"]),
    .target(name: "ApusFunctional", dependencies: ["ApusCore", "CKernels"]),
    // The compiler's plugin for @Module and @Changeable.
    .macro(name: "ApusMacros"),
    .target(name: "ApusNN", dependencies: ["ApusMacros", "ApusCore", "ApusNumerics", "ApusFunctional"]),
    // Number types of their own as elements of tensors.
    .target(name: "CNumbers"),
    .target(
      name: "ApusNumbers",
      dependencies: ["ApusCore", "CKernels", "CNumbers", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusLayouts"]),
    // PyTorch's spellings of what the three above have: nothing of the library needs it.
    .target(name: "ApusSpelling", dependencies: ["ApusCore", "ApusNumerics", "ApusFunctional"]),
    .target(name: "ApusOptim", dependencies: ["ApusCore", "ApusFunctional", "ApusNN"]),
    .target(name: "ApusCompiler", dependencies: ["ApusCore", "CKernels"]),
    .target(name: "ApusData", dependencies: ["ApusCore", "ApusFunctional", "ApusFormats", "ApusMedia", "CDigits"]),
    // Files of weights and models, and what all files are made of.
    .target(name: "ApusFormats", dependencies: ["ApusCore"]),
    // Pictures, sound, tables and records of training.
    .target(name: "CText"),
    .target(name: "ApusMedia", dependencies: ["ApusCore", "ApusFormats", "CText"]),
    // Programs of others, as modules, and modules as programs of others.
    .target(
      name: "ApusExchange",
      dependencies: [
        "ApusCore", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusFormats", "ApusMedia", "ApusText",
      ]),
    // Tokenisers and chat templates.
    .target(name: "ApusText", dependencies: ["ApusCore", "ApusFormats"]),
    // Pictures changed: resized, cut, turned, coloured, with what belongs to them.
    .target(name: "CVision"),
    .target(
      name: "ApusVision",
      dependencies: ["ApusCore", "CVision", "ApusNumerics", "ApusFunctional", "ApusFormats", "ApusMedia"]),
    // Sound changed: rates, spectra, bands, filters.
    .target(name: "ApusAudio", dependencies: ["ApusCore", "ApusNumerics", "ApusFunctional"]),
    // Published models, and what they generate.
    .target(
      name: "ApusModels",
      dependencies: [
        "ApusMacros", "ApusCore", "CKernels", "ApusCLoops", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusFormats",
        "ApusMedia", "ApusText", "ApusVision",
      ]),
    // Captured functions with their weights as files.
    .target(
      name: "ApusPrograms",
      dependencies: [
        "ApusCore", "ApusCompiler", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusFormats", "ApusVision",
        "ApusAudio",
        "ApusLayouts", "ApusModels",
      ]),
    // Tensors that are made of dense ones: sparse, of sequences of their own lengths, quantised.
    .target(name: "CLayouts"),
    .target(
      name: "ApusLayouts",
      dependencies: ["ApusCore", "CLayouts", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusFormats"]),
    // What is measured of models, as torchmetrics does.
    .target(
      name: "ApusMetrics", dependencies: ["ApusCore", "ApusNumerics", "ApusFunctional", "ApusFormats"]),
    // Devices: graphics cards, and the processor seen as one.
    .target(name: "ApusGPU", dependencies: ["ApusCore", "CKernels", "ApusNumerics", "ApusFunctional"]),
    // What takes the time of a program, and what a model takes.
    .target(name: "ApusProfiling", dependencies: ["ApusCore", "ApusFunctional", "ApusNN", "ApusFormats"]),
    .target(
      name: "ApusTrain",
      dependencies: [
        "ApusCore", "ApusProfiling", "ApusNumerics", "ApusMetrics", "ApusCompiler", "ApusNN", "ApusOptim", "ApusData",
        "ApusFormats",
        "ApusMedia",
      ]),
    // The search for good settings.
    .target(name: "CTune", dependencies: ["CKernels"]),
    .target(
      name: "ApusTune",
      dependencies: [
        "ApusCore", "CTune", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusOptim", "ApusData", "ApusFormats",
        "ApusMedia",
        "ApusTrain",
      ]),
    // Published models made one's own: data of texts, losses of preferences, recipes of training.
    .target(
      name: "ApusRecipes",
      dependencies: [
        "ApusCore", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusMedia",
        "ApusMetrics", "ApusText", "ApusModels", "ApusTrain",
      ]),
    // Tables on their way to a model: statistics, schemas, anomalies, transforms, measures by slice.
    .target(
      name: "ApusFeatures",
      dependencies: [
        "ApusCore", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusData", "ApusFormats", "ApusMedia", "ApusMetrics",
        "ApusPrograms", "ApusTrain",
      ]),
    // What a network of one's own and its training need, for programs that are to be small and quickly built.
    .target(
      name: "ApusEssentials",
      dependencies: [
        "ApusCLoops", "ApusCore", "ApusNumerics", "ApusFunctional", "ApusSpelling", "ApusCompiler", "ApusNN",
        "ApusOptim", "ApusData", "ApusFormats", "ApusMedia", "ApusMetrics", "ApusProfiling", "ApusTrain",
      ]),
    .target(
      name: "Apus",
      dependencies: [
        "ApusEssentials", "ApusCore", "ApusNumerics", "ApusFunctional", "ApusExchange", "ApusText", "ApusModels",
        "ApusVision", "ApusAudio", "ApusLayouts", "ApusGPU", "ApusTune", "ApusRecipes", "ApusNumbers", "ApusPrograms",
        "ApusFeatures",
      ]),
    // Models answered for over a network. `Apus` does not bring it: who serves imports it.
    .target(name: "CServe"),
    .target(
      name: "ApusServe",
      dependencies: ["ApusCore", "CServe", "ApusFormats", "ApusExchange", "ApusPrograms", "ApusText", "ApusModels"]),
    // Steps from files to a served model, which remember what they did. Who has a pipeline imports it.
    .target(name: "ApusPipeline", dependencies: ["Apus", "ApusServe"]),
    // Processes that compute together. Who trains on several imports it.
    .target(name: "ApusDistributed", dependencies: ["Apus"]),
    .executableTarget(
      name: "ApusCommand", dependencies: ["Apus", "ApusServe", "ApusPipeline", "ApusDistributed"]),
    .executableTarget(name: "Benchmarks", dependencies: ["Apus"], path: "Benchmarks"),
    .executableTarget(
      name: "Conformance", dependencies: ["Apus", "ConformanceKit", "FormatsKit", "ModelsKit", "TuningKit"],
      path: "Tools/Conformance"),
    .executableTarget(name: "Parity", dependencies: ["Apus", "ConformanceKit"], path: "Tools/Parity"),
    // Recorded files and what is in them.
    .target(
      name: "FormatsKit",
      dependencies: [
        "ApusCLoops", "ApusCore", "ApusNumerics", "ApusFunctional", "ApusNN", "ApusFormats", "ApusMedia",
        "ApusExchange", "ApusVision", "ApusMetrics",
      ],
      path: "Tools/FormatsKit"),
    .target(
      name: "ConformanceKit", dependencies: ["Apus", "FormatsKit", "GuardedDevice"], path: "Tools/ConformanceKit"),
    // Recorded models, tokenisers and generations.
    .target(
      name: "ModelsKit",
      dependencies: [
        "ApusCLoops", "ApusCore", "ApusNN", "ApusOptim", "ApusFormats", "ApusText", "ApusModels", "FormatsKit",
      ],
      path: "Tools/ModelsKit"),
    // Recorded studies, what pruners, samplers and importances make of them, and problems to compare samplers on.
    .target(
      name: "TuningKit",
      dependencies: [
        "ApusCore", "ApusFunctional", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusTrain", "ApusTune",
        "FormatsKit",
      ],
      path: "Tools/TuningKit"),
    .executableTarget(name: "FirstNetwork", dependencies: ["Apus"], path: "Examples/FirstNetwork"),
    .target(
      name: "Examples", dependencies: ["Apus", "ApusPipeline", "ApusDistributed"], path: "Examples/Networks",
      packageAccess: false),
    // What `apus new` writes.
    .target(
      name: "NewPackage", dependencies: ["ApusEssentials"], path: "Examples/NewPackage/Sources/NewPackage",
      packageAccess: false),
    .executableTarget(name: "NewPackageTrain", dependencies: ["NewPackage"], path: "Examples/NewPackage/Sources/Train"),
    .executableTarget(name: "ExamplesCommand", dependencies: ["Examples"], path: "Examples/Command"),
    // A training on several processes, as a package of one's own would have it.
    .executableTarget(
      name: "DistributedTraining", dependencies: ["Apus", "ApusDistributed"], path: "Examples/Distributed/Sources/Train"
    ),
    // A device whose memory the host cannot read.
    .target(name: "GuardedDevice", dependencies: ["ApusCore"], path: "Tests/GuardedDevice"),
    .target(name: "TestSupport", dependencies: ["ApusCore"], path: "Tests/TestSupport"),
    .testTarget(
      name: "ApusCoreTests", dependencies: ["Apus", "TestSupport", "GuardedDevice"], exclude: ["Recorded"]),
    // Sees the library as other packages do.
    .testTarget(name: "ApusCompilerTests", dependencies: ["Apus"], packageAccess: false),
    .testTarget(name: "ApusNNTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusOptimTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(name: "ApusDataTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(
      name: "ApusFormatsTests", dependencies: ["Apus", "FormatsKit", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(name: "ApusMediaTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusExchangeTests", dependencies: ["Apus", "FormatsKit", "TestSupport"]),
    .testTarget(name: "ApusTextTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusVisionTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusAudioTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(name: "ApusModelsTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(name: "ApusLayoutsTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(
      name: "ApusProgramsTests", dependencies: ["Apus", "TestSupport", "GuardedDevice"], exclude: ["Recorded"]),
    .testTarget(name: "ApusMetricsTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusProfilingTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusTrainTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(name: "ApusTuneTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(name: "ApusRecipesTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(name: "ApusNumbersTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    // Sees the library as other packages do.
    .testTarget(name: "ApusServeTests", dependencies: ["Apus", "ApusServe"]),
    .testTarget(name: "ApusFeaturesTests", dependencies: ["Apus", "TestSupport"], exclude: ["Recorded"]),
    .testTarget(
      name: "ApusPipelineTests", dependencies: ["Apus", "ApusPipeline", "TestSupport"], exclude: ["Recorded"]),
    // Starts itself again under mpirun.
    .testTarget(name: "ApusDistributedTests", dependencies: ["Apus", "ApusDistributed", "GuardedDevice"]),
    .testTarget(name: "ApusGPUTests", dependencies: ["Apus", "TestSupport"]),
    .testTarget(
      name: "GuideTests", dependencies: ["Apus", "ApusServe", "ApusPipeline", "ApusDistributed", "TestSupport"]),
    .testTarget(name: "ExamplesTests", dependencies: ["Examples", "ApusDistributed"]),
    .testTarget(
      name: "NewPackageTests", dependencies: ["NewPackage"], path: "Examples/NewPackage/Tests/NewPackageTests"),
    // Runs the command as a user does.
    .testTarget(name: "ApusCommandTests", dependencies: ["ApusCommand", "TestSupport"]),
    .testTarget(
      name: "ConformanceTests", dependencies: ["ConformanceKit", "FormatsKit", "ModelsKit", "TuningKit", "Apus"],
      exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)
