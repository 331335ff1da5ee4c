// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "Apus",
  products: [
    .library(name: "Apus", targets: ["Apus"]),
    .executable(name: "apus", targets: ["ApusCommand"]),
  ],
  targets: [
    .target(name: "CKernels"),
    .target(name: "ApusCore", dependencies: ["CKernels"]),
    .target(name: "ApusNN", dependencies: ["ApusCore"]),
    .target(name: "ApusOptim", dependencies: ["ApusCore", "ApusNN"]),
    .target(name: "CDigits"),
    .target(name: "ApusData", dependencies: ["ApusCore", "CDigits"]),
    .target(name: "ApusFormats", dependencies: ["ApusCore"]),
    .target(
      name: "ApusTrain", dependencies: ["ApusCore", "ApusNN", "ApusOptim", "ApusData", "ApusFormats"]),
    .target(
      name: "Apus",
      dependencies: ["ApusCore", "ApusNN", "ApusOptim", "ApusData", "ApusFormats", "ApusTrain"]),
    .executableTarget(name: "ApusCommand", dependencies: ["Apus"]),
  ],
  swiftLanguageModes: [.v6]
)
