import Apus
import Foundation

/// A program of this folder: what it is called, what can be set, and what it does.
///
/// The properties of the struct are its settings with their usual values, `run` trains, prints and gives what it learned:
/// a program reads the settings from the command line, a test sets small ones.
public protocol Example: Sendable {
  /// What `run` learned.
  associatedtype Outcome
  /// The name on the command line: `char-gpt`.
  static var name: String { get }
  /// One line for the list of examples.
  static var summary: String { get }
  /// The settings that the command line may change.
  static var options: [Option<Self>] { get }
  /// The usual settings.
  init()
  /// Trains, and prints how it goes.
  func run() throws -> Outcome
}

/// A setting of an example: `--steps 200` sets the property `steps`.
public struct Option<Settings> {
  /// The name on the command line, without the two dashes.
  public let name: String
  /// What it means, for the help.
  public let meaning: String
  /// Sets it from the text on the command line; nil where the text says nothing sensible.
  let set: (inout Settings, String) -> Void?
  /// Its value as text.
  let show: (Settings) -> String

  /// A whole number that is not negative.
  public init(_ name: String, _ place: WritableKeyPath<Settings, Int>, _ meaning: String) {
    self.init(name, place, meaning) { text in Int(text).flatMap { $0 >= 0 ? $0 : nil } }
  }
  /// A number.
  public init(_ name: String, _ place: WritableKeyPath<Settings, Double>, _ meaning: String) {
    self.init(name, place, meaning) { text in Double(text).flatMap { $0.isFinite ? $0 : nil } }
  }
  /// A text.
  public init(_ name: String, _ place: WritableKeyPath<Settings, String>, _ meaning: String) {
    self.init(name, place, meaning) { $0 }
  }

  private init<Value>(
    _ name: String, _ place: WritableKeyPath<Settings, Value>, _ meaning: String, read: @escaping (String) -> Value?
  ) {
    (self.name, self.meaning) = (name, meaning)
    set = { settings, text in read(text).map { settings[keyPath: place] = $0 } }
    show = { "\($0[keyPath: place])" }
  }
}

/// A call that makes no sense, or data that are not what they should be.
public struct ExampleError: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

extension Example {
  /// Runs the example with the settings of a command line: `["--steps", "200"]` or `["--steps=200"]`.
  public static func run(_ arguments: [String]) throws {
    if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) { return print(help) }
    var settings = Self()
    var words = arguments[...]
    while let word = words.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard let option = options.first(where: { "--\($0.name)" == parts.first }) else {
        let known = options.map { "--\($0.name)" }.joined(separator: ", ")
        throw ExampleError("'\(word)' is no option of \(name); there are \(known)")
      }
      guard let value = parts.count > 1 ? parts[1] : words.popFirst() else {
        throw ExampleError("--\(option.name) needs a value")
      }
      guard option.set(&settings, value) != nil else {
        throw ExampleError("--\(option.name) (\(option.meaning)) cannot be '\(value)'")
      }
    }
    _ = try settings.run()
  }

  static var help: String {
    let width = (options.map(\.name.count).max() ?? 0) + 2
    let lines = options.map { option in
      "  --" + option.name.padding(toLength: width, withPad: " ", startingAt: 0)
        + "\(option.meaning) (\(option.show(Self())))"
    }
    return "\(name): \(summary)\n\noptions:\n" + lines.joined(separator: "\n")
  }
}

/// All examples, in the order of the guide.
public let examples: [any Example.Type] = [
  CharGPT.self, DistributedCharGPT.self, Names.self, Addition.self, VAE.self, GAN.self, Reinforce.self, DQN.self,
  PPO.self, Bayes.self,
  Classify.self, DigitTuning.self, PenguinPipeline.self, DigitsPipeline.self, DigitsPage.self,
  DigitsMicrocontroller.self, TrainingPage.self, SentencesPage.self,
  ChatPage.self, JSONAnswers.self, Arithmetic.self, Austen.self,
  DeclarationSearch.self,
  OwnNumber.self, Segmentation.self, Certificate.self,
  LaegnaNumbers.self,
]

/// A number with a fixed count of decimals.
func fixed(_ value: Double, _ decimals: Int = 3) -> String { String(format: "%.\(decimals)f", value) }

/// Calls `print` for step 1, for the last one and about ten times between.
func isReported(_ step: Int, of steps: Int) -> Bool { step == 1 || step == steps || step % max(1, steps / 10) == 0 }

/// The folder in which `scripts/example-data.sh` put the data called `name`, or nil where it has not been run.
/// `APUS_DATA` names another place than `.apus/data` of this checkout.
func dataFolder(_ name: String) -> String? {
  let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..").path
  let places = [ProcessInfo.processInfo.environment["APUS_DATA"], ".apus/data", checkout + "/.apus/data"]
  return places.compactMap { $0.map { $0 + "/" + name } }.first { FileManager.default.fileExists(atPath: $0) }
}
