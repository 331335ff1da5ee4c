// swift-tools-version: 6.0
import PackageDescription

// A package of its own, since it is what a program of one's own looks like: scripts/check-distributed-hosts.sh builds and runs it.
let package = Package(
  name: "DistributedTraining",
  dependencies: [.package(name: "Apus", path: "../..")],
  targets: [
    .executableTarget(
      name: "train",
      dependencies: [
        .product(name: "Apus", package: "Apus"), .product(name: "ApusDistributed", package: "Apus"),
      ], path: "Sources/Train")
  ]
)
