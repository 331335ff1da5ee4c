import ApusCore
import ApusTrain
import ApusTune
import Testing

/// Objectives that are programs.
@Suite struct ProgramTests {
  private let space = """
    {"lr": {"type": "float", "low": 1e-3, "high": 1, "log": true, "default": 0.1},
     "layers": {"type": "int", "low": 1, "high": 4, "default": 2},
     "optimizer": {"type": "categorical", "choices": ["sgd", "adam"], "default": "adam"},
     "momentum": {"type": "float", "low": 0, "high": 0.9, "when": {"optimizer": ["sgd"]}},
     "decay": {"type": "float", "low": 0, "high": 1, "when": {"layers": {"low": 3}}, "default": 0.5}}
    """

  private func study() throws -> Study {
    try Study("programs", sampler: RandomTrialSampler(seed: 4), pruner: NopPruner())
  }

  private func objective(_ script: String, metrics: [String] = [], pattern: String? = nil) throws -> ProgramObjective {
    try ProgramObjective(["/bin/sh", "-c", script], space: SpaceFile(json: space), metrics: metrics, pattern: pattern)
  }

  private func failure(_ script: String, metrics: [String] = [], pattern: String? = nil) throws -> String {
    let study = try study()
    let objective = try objective(script, metrics: metrics, pattern: pattern)
    try study.optimizeAll(trials: 1, onError: .failTrial) { try objective($0) }
    let trial = try study.trials[0]
    #expect(trial.state == .failed)
    guard case .string(let text)? = trial.userAttributes["error"] else { return "" }
    return text
  }

  @Test func settingsComeInThreeWays() throws {
    let study = try study()
    let objective = try ProgramObjective(
      [
        "/bin/sh", "-c",
        #"read json; test "$0" = "--lr=$APUS_TUNE_LR" || exit 1; echo "$json" | grep -q '"layers"' || exit 2; echo metric=$APUS_TUNE_LAYERS"#,
        "--lr={lr}",
      ], space: SpaceFile(json: space))
    try study.optimizeAll(trials: 5) { try objective($0) }
    for trial in try study.trials {
      guard case .int(let layers)? = trial.params["layers"] else { continue }
      #expect(trial.values == [Double(layers)])
    }
  }

  @Test func conditionsDecideWhatExists() throws {
    let file = try SpaceFile(json: space)
    let study = try study()
    try study.optimize(trials: 40) { trial in
      let settings = try file.settings(of: trial)
      #expect((settings["momentum"] != nil) == (settings["optimizer"] == .string("sgd")))
      #expect((settings["decay"] != nil) == (settings["layers"] == .int(3) || settings["layers"] == .int(4)))
      return 0
    }
    #expect(file.defaults == ["lr": .double(0.1), "layers": .int(2), "optimizer": .string("adam")])
  }

  @Test func wordsOfMissingSettingsAreLeftOut() throws {
    let words = ["run", "--momentum={m}", "--decay", "{d}", "{{x}}", "-o", "out/{trial}-{study}", "{d}"]
    let template = try CommandTemplate(words, known: ["m", "d"])
    #expect(
      template.words(["m": .double(0.5)], trial: 7, study: "s")
        == ["run", "--momentum=0.5", "{x}", "-o", "out/7-s"])
    #expect(
      template.words(["d": .int(1)], trial: 7, study: "s")
        == ["run", "--decay", "1", "{x}", "-o", "out/7-s", "1"])
    #expect(throws: TensorError.self) { try CommandTemplate(["{lr}"], known: ["l"]) }
    #expect(throws: TensorError.self) { try CommandTemplate(["{lr"], known: ["lr"]) }
    #expect(throws: TensorError.self) { try CommandTemplate([], known: []) }
  }

  @Test(
    arguments: [
      ("echo metric=3; echo other=4", [], nil, [3.0]), ("echo step=1 loss=2; echo step=2 loss=1", [], nil, [1]),
      ("echo 'epoch 1 accuracy=0.5'; echo accuracy=0.75 >&2", [], nil, [0.75]),
      ("echo a=1 b=2; echo b=3", ["b", "a"], nil, [3, 1]),
      ("echo 'final loss: 2.5e-1!'", [], "loss: ([0-9.e-]+)", [0.25]),
      ("printf 'metric=1'", [], nil, [1]), ("echo metric=inf", [], nil, [.infinity]),
    ] as [(String, [String], String?, [Double])])
  func valuesAreReadFromLines(_ script: String, _ metrics: [String], _ pattern: String?, _ values: [Double]) throws {
    let study = try Study(
      directions: values.map { _ in .minimize }, sampler: RandomTrialSampler(seed: 4), pruner: NopPruner())
    let objective = try objective(script, metrics: metrics, pattern: pattern)
    try study.optimizeAll(trials: 1) { try objective($0) }
    #expect(try study.trials[0].values == values)
  }

  @Test func failuresSayWhatHappened() throws {
    #expect(try failure("echo deep trouble; exit 3").contains("status 3; its last lines:\ndeep trouble"))
    #expect(try failure("kill -9 $$").contains("signal 9"))
    #expect(try failure("true").contains("it printed no value"))
    #expect(try failure("echo loss=1", metrics: ["accuracy"]).contains("no 'accuracy=...'; it printed loss"))
    #expect(try failure("echo loss=1", pattern: "acc: ([0-9]+)").contains("no line matches"))
    #expect(try failure("exec /no/such/program").contains("status 127"))
    for program in ["/no/such/program", "no-such-program"] {
      #expect(throws: TensorError.self) { try ProgramObjective([program], space: SpaceFile(json: space)) }
    }
    #expect(throws: TensorError.self) { try ProgramObjective(["true"], space: SpaceFile(json: space), pattern: "loss") }
    #expect(throws: TensorError.self) { try ProgramObjective(["true"], space: SpaceFile(json: space), pattern: "(") }
  }

  @Test func numbersThatAreNoneFailTheTrial() throws {
    let study = try study()
    let objective = try objective("echo metric=nan")
    try study.optimizeAll(trials: 1) { try objective($0) }
    #expect(try study.trials[0].state == .failed)
  }

  @Test func aProgramThatHangsIsEnded() throws {
    let study = try study()
    var objective = try objective("echo started; sleep 600 & wait")
    objective.timeout = 0.3
    try study.optimizeAll(trials: 1, onError: .failTrial) { try objective($0) }
    guard case .string(let text)? = try study.trials[0].userAttributes["error"] else { return }
    #expect(text.contains("took longer than 0.3 s") && text.contains("started"))
  }

  @Test func aFloodOfOutputIsReadAndForgotten() throws {
    let study = try study()
    let objective = try objective(
      "head -c 30000000 /dev/zero | tr '\\\\0' x; echo; yes y | head -n 200000; echo metric=1")
    try study.optimizeAll(trials: 1) { try objective($0) }
    #expect(try study.trials[0].values == [1])
  }

  @Test func thePrunerEndsPrograms() throws {
    let study = try Study(sampler: RandomTrialSampler(seed: 1), pruner: ThresholdPruner(upper: 10))
    let objective = try objective("for i in 0 1 2 3; do echo step=$i loss=$((i * 10 + 5)); done; sleep 600")
    try study.optimizeAll(trials: 1) { try objective($0) }
    let trial = try study.trials[0]
    #expect(trial.state == .pruned && trial.reports.map(\.value) == [5, 15])
  }

  @Test(arguments: [
    ("[]", "an object of parameters"), (#"{"a": 1}"#, "'a'"), (#"{"a": {"type": "flaot"}}"#, "'type' should be float"),
    (#"{"a": {"type": "float", "low": 0, "hihg": 1}}"#, "did you mean 'high'"),
    (#"{"a": {"type": "float", "low": "x", "high": 1}}"#, "'low' should be a number"),
    (#"{"a": {"type": "int", "low": 0, "high": 1.5}}"#, "'high' should be a whole number"),
    (#"{"a": {"type": "int", "low": 3, "high": 1}}"#, "the range is empty"),
    (#"{"a": {"type": "categorical"}}"#, "'choices' should be a list"),
    (#"{"a": {"type": "bool", "when": {"b": 1}}}"#, "'when' names 'b'"),
    (#"{"a": {"type": "int", "low": 0, "high": 4, "default": 9}}"#, "the default 9"), (#"{"a": {"#, "not JSON"),
    (#"{"a": {"type": "bool"}, "a": {"type": "bool"}}"#, "a"),
  ])
  func mistakesInSpacesAreNamed(_ text: String, _ message: String) {
    do {
      _ = try SpaceFile(json: text)
      Issue.record("\(text) was read")
    } catch {
      #expect("\(error)".contains(message), "\(error)")
    }
  }
}
