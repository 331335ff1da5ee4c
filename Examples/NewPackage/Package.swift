// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "NAME",
  dependencies: [.package(path: "APUS")],
  targets: [
    .target(name: "NewPackage", dependencies: [.product(name: "ApusEssentials", package: "IDENTITY")]),
    .executableTarget(name: "train", dependencies: ["NewPackage"], path: "Sources/Train"),
    .testTarget(name: "NewPackageTests", dependencies: ["NewPackage"]),
  ]
)
