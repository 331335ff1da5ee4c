import Examples
import Foundation
import Testing

/// Each example learns in a few seconds, on data that are always there, what its page says that it learns.
@Suite(.serialized) struct ExamplesTests {
  @Test func charGPT() throws {
    var example = CharGPT()
    (example.text, example.steps, example.context, example.width) = ("chapters", 150, 32, 32)
    (example.heads, example.layers, example.rate, example.sample) = (2, 2, 3e-3, 60)
    let outcome = try example.run()
    // The first losses of scripts/peers/char_gpt.py with these settings.
    for (loss, expected) in zip(outcome.losses, CharGPTLosses.first) { #expect(abs(loss - expected) < 1e-4) }
    #expect(outcome.losses.count == 150 && outcome.losses[149] < 2.6)
    #expect(outcome.validationLoss < 2.7)
    #expect(outcome.written.hasPrefix("It is a truth") && outcome.written.unicodeScalars.count == 13 + 60)
  }

  /// The losses of the PyTorch program with the usual settings.
  @Test(.enabled(if: Novels.areInstalled)) func charGPTReadsTheNovels() throws {
    var example = CharGPT()
    (example.steps, example.sample) = (1, 1)
    #expect(abs(try example.run().losses[0] - 4.4593) < 1e-3)
  }

  @Test func names() throws {
    var example = Names()
    (example.epochs, example.name) = (15, "Ottilie")
    let outcome = try example.run()
    #expect(outcome.losses[0] > 1.8 && outcome.losses[14] < 0.3)
    #expect(outcome.accuracy > 0.5)  // one in eight by chance
  }

  @Test func addition() throws {
    var example = Addition()
    (example.steps, example.batch) = (300, 64)
    let outcome = try example.run()
    #expect(outcome.losses[0] > 2 && outcome.losses[299] < 0.3)
    #expect(outcome.accuracy > 0.8)
  }

  @Test func laegna() throws {
    var example = LaegnaNumbers()
    (example.epochs, example.more, example.digits, example.beside) = (6, 1, 3, 0)
    let rows = try example.run()
    #expect(rows.map(\.name) == ["float32", "Laegna R = 3", "Laegna R = 2", "Laegna R = 1"])
    #expect(rows[0].trained > 0.9 && rows[1].rounded > rows[0].trained - 0.02 && rows[1].trained > 0.9)
    #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.bytes > $1.bytes })
  }

  @Test func vae() throws {
    var example = VAE()
    (example.data, example.epochs, example.output) = ("digits", 5, "")
    let outcome = try example.run()
    #expect(outcome.losses[0] > 36 && outcome.losses[4] < 28.5)
    #expect(outcome.testLoss < 29)
  }

  @Test func gan() throws {
    var example = GAN()
    (example.data, example.epochs, example.output) = ("digits", 12, "")
    let outcome = try example.run()
    #expect(outcome.distances[0] > 3)
    #expect(outcome.distances[12] < 0.5)
  }

  @Test func ownNumber() throws {
    var example = OwnNumber()
    (example.epochs, example.output) = (10, NSTemporaryDirectory() + "own-number-\(getpid()).safetensors")
    defer { try? FileManager.default.removeItem(atPath: example.output) }
    let outcome = try example.run()
    #expect(outcome.accuracy > 0.85 && outcome.loaded == outcome.accuracy)
    #expect(outcome.isSameCompiled)
  }

  @Test func segmentation() throws {
    var example = Segmentation()
    (example.letters, example.epochs, example.width) = (20_000, 12, 64)
    let outcome = try example.run()
    #expect(outcome.tagByTag > 0.15 && outcome.chain > 0.15)
    #expect(outcome.field > outcome.tagByTag)
  }

  @Test func certificate() throws {
    var example = Certificate()
    example.samples = 30_000
    let outcome = try example.run()
    #expect(outcome.accuracy > 0.85)
    #expect(outcome.rows.allSatisfy { $0.certified <= $0.unbroken })
    #expect(outcome.rows[0].certified > 0.6)
    #expect(outcome.escaped == 0)
    #expect(outcome.firstLayerRatio >= 1 && outcome.firstLayerRatio < 3)
  }

  /// The numbers of the classes daisy and palace among ImageNet's.
  @Test(.enabled(if: Classify.isInstalled), arguments: [("flower.jpg", 985), ("china.jpg", 698)])
  func classify(picture: String, number: Int) throws {
    var example = Classify()
    example.picture = picture
    let answers = try example.run()
    #expect(answers.count == 3 && answers[0].number == number && answers[0].probability > 0.2)
  }

  @Test func bayes() throws {
    let outcome = try Bayes().run()
    // Least squares gives these, with standard errors of 0.028 and 0.088.
    #expect(abs(outcome.slope.mean - 0.7517) < 0.02 && (0.015...0.045).contains(outcome.slope.deviation))
    #expect(abs(outcome.middle.mean - 3.1402) < 0.05 && (0.05...0.13).contains(outcome.middle.deviation))
    #expect(abs(outcome.spread.mean - 0.70) < 0.06 && (0.03...0.12).contains(outcome.spread.deviation))
  }

  @Test func reinforce() throws {
    var example = Reinforce()
    example.episodes = 160
    let outcome = try example.run()
    let first = outcome.returns.prefix(20).reduce(0.0, +)
    #expect(first < 20 * 60)
    #expect(outcome.finalReturn > 120)  // about 22 by chance
  }

  @Test func dqn() throws {
    var example = DQN()
    (example.steps, example.batch, example.rate) = (5000, 64, 1e-3)
    let last = try example.run().returns.suffix(20).reduce(0.0, +)
    #expect(last > 20 * 80)
  }

  @Test func ppo() throws {
    var example = PPO()
    example.steps = 15_000
    #expect(try example.run().finalReturn > 150)
  }
}

/// Recorded from PyTorch 2.15.
private enum CharGPTLosses {
  static let first = [4.064011, 3.932307, 3.850479, 3.808320, 3.734818]
}
