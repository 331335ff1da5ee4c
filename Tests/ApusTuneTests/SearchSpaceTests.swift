import ApusCore
import ApusTrain
import ApusTune
import Testing

/// Settings as a structure.
@Suite struct SearchSpaceTests {
  enum Activation: String, Codable, CaseIterable { case relu, gelu, silu }

  struct Settings: SearchSpace {
    @Tuned(1e-4...1e-1, log: true, "learning rate") var lr = 1e-3
    @Tuned(1...4, "hidden layers") var layers = 2
    @Tuned(0.0...0.5, step: 0.1) var dropout: Float = 0.1
    @Tuned([16, 64, 256]) var width = 64
    @Tuned("activation") var activation = Activation.gelu
    @Tuned("whether to shuffle") var shuffle = true
  }

  @Test func theSpaceIsThatOfTheProperties() throws {
    let space = try Settings.space
    #expect(space.names == ["lr", "layers", "dropout", "width", "activation", "shuffle"])
    #expect(space["lr"] == .float(low: 1e-4, high: 1e-1, log: true))
    #expect(space["width"] == .categorical([.int(16), .int(64), .int(256)]))
    #expect(space["activation"] == .categorical([.string("relu"), .string("gelu"), .string("silu")]))
    #expect(Settings().params["activation"] == .string("gelu"))
  }

  @Test func copiesAreValues() {
    let first = Settings()
    var second = first
    second.lr = 0.05
    second.layers = 4
    #expect(first.lr == 1e-3 && first.layers == 2)
    #expect(second.lr == 0.05 && second.layers == 4)
  }

  @Test func aStudyTriesTheDefaultsFirst() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 3), pruner: NopPruner())
    try study.optimize(Settings.self, trials: 30) { settings, _ in
      abs(settings.lr - 1e-3) + (settings.activation == .gelu ? 0 : 1) + Double(settings.layers)
    }
    let first = try study.trials[0]
    #expect(first.params == Settings().params)
    #expect(try study.bestValue <= 2)
    let best = try Settings(study.bestParams)
    #expect(best.params == (try study.bestParams))
  }

  @Test func wordsOfACommandLineAreSettings() throws {
    let settings = try Settings(arguments: ["--lr", "0.02", "--layers=3", "--activation", "silu", "--shuffle=false"])
    #expect(settings.lr == 0.02 && settings.layers == 3 && settings.activation == .silu && !settings.shuffle)
    #expect(settings.width == 64)
    #expect(Settings.help.contains("--layers"))
  }

  @Test(arguments: [
    (["--larers", "3"], "did you mean 'layers'"), (["--layers", "9"], "a whole number from 1 to 4"),
    (["--lr"], "needs a value"), (["--activation", "tanh"], "one of relu, gelu, silu"), (["lr"], "no setting"),
  ])
  func mistakesAreNamed(_ arguments: [String], _ message: String) {
    #expect(throws: TensorError.self) { try Settings(arguments: arguments) }
    do { _ = try Settings(arguments: arguments) } catch { #expect("\(error)".contains(message), "\(error)") }
  }
}
