import Foundation
import TestSupport
import Testing

/// `apus tune`, as a user has it.
@Suite struct TuneCommandTests {
  private let temporary = TemporaryFolder()
  private var folder: URL { URL(fileURLWithPath: temporary.path, isDirectory: true) }

  private func tune(_ words: String...) throws -> (status: Int32, output: String, errors: String) {
    try runTool(["tune"] + words, in: folder)
  }

  private func writeSpace() {
    put(
      Array(
        """
        {"x": {"type": "float", "low": -1, "high": 1, "default": 0.5},
         "kind": {"type": "categorical", "choices": ["a", "b"], "default": "a"},
         "n": {"type": "int", "low": 1, "high": 3, "when": {"kind": "b"}}}
        """.utf8), at: temporary.file("space.json"))
  }

  private static let script = """
    echo "settings: $0"; echo step=1 metric=3
    awk "BEGIN {{ print \\"metric=\\" ($APUS_TUNE_X) * ($APUS_TUNE_X) }}"
    """

  private func run(_ trials: Int) throws -> (status: Int32, output: String, errors: String) {
    try tune(
      "run", "--study", "parabola", "--space", "space.json", "--trials", "\(trials)", "--workers", "2", "--seed", "1",
      "--", "/bin/sh",
      "-c", Self.script, "--x={x} --n={n}")
  }

  @Test func aProgramIsTunedAndTheStudyGoesOn() throws {
    writeSpace()
    let first = try run(6)
    #expect(first.status == 0, "\(first.errors)")
    // The first trial has the defaults.
    #expect(first.output.contains("trial 0: 0.2500  x=0.5000 kind=a"), "\(first.output)")
    let second = try run(6)
    #expect(second.status == 0 && second.output.contains("trial 11: "), "\(second.output)")

    let list = try tune("list")
    #expect(list.output.contains("parabola") && list.output.contains("12"))
    let best = try tune("best", "--json")
    let trials = try #require(JSONSerialization.jsonObject(with: Data(best.output.utf8)) as? [[String: Any]])
    let value = try #require((trials.first?["values"] as? [Double])?.first)
    let x = try #require((trials.first?["params"] as? [String: Any])?["x"] as? Double)
    #expect(abs(value - x * x) < 1e-4 && value <= 0.25)
    #expect(try tune("show", "--last", "3").output.split(separator: "\n").count == 4)
    let csv = try tune("export").output.split(separator: "\n")
    #expect(csv.count == 13 && csv[0] == "number,state,value,start,end,param_x,param_kind,param_n")
    #expect(try tune("export", "trials.json").status == 0)
    let importance = try tune("importance", "--method", "fanova", "--seed", "1")
    #expect(importance.output.hasPrefix("x"), "\(importance.output) \(importance.errors)")
    #expect(try tune("report").output == "parabola.html\n")
    #expect(contents(of: temporary.file("parabola.html")).count > 10_000)
    #expect(try tune("delete", "--study", "parabola").output.contains("12 trials"))
    #expect(try tune("list").output.split(separator: "\n").count == 1)
  }

  @Test func programsThatFailAreShown() throws {
    writeSpace()
    let failed = try tune(
      "run", "--space", "space.json", "--trials", "2", "--", "/bin/sh", "-c", "echo no luck; exit 7")
    #expect(failed.status == 0 && failed.output.contains("failed (trial 0: the program ended with status 7"))
    let shown = try tune("show", "--failed")
    #expect(shown.output.contains("no luck"))
    #expect(try tune("best").errors.contains("no trial is complete"))
  }

  @Test(arguments: [
    (["run"], 2, "apus tune run: --space FILE is missing"),
    (["run", "--space", "space.json", "--", "no-such-program"], 1, "no folder of PATH"),
    (["run", "--space", "space.json"], 2, "no program was given"),
    (["run", "--space", "missing.json", "--", "true"], 1, "missing.json"),
    (["run", "--space", "space.json", "--", "true", "{y}"], 1, "'{y}' is no setting"),
    (["run", "--space", "space.json", "--sampler", "tpf", "--", "true"], 1, "did you mean 'tpe'"),
    (["run", "--space", "space.json", "--direction", "up", "--", "true"], 2, "minimize or maximize"),
    (["run", "--space", "space.json", "--storage", "mysql://x", "--", "true"], 1, "mysql"),
    (["best"], 1, "tune.db"), (["best", "--storage", "nowhere.db"], 1, "there is no such file"),
    (["wrong"], 2, "none of run, list"),
    (["delete"], 2, "--study NAME is missing"),
  ])
  func mistakesAreNamed(_ words: [String], _ status: Int32, _ message: String) throws {
    writeSpace()
    let result = try runTool(["tune"] + words, in: folder)
    #expect(result.status == status && result.errors.contains(message), "\(words): \(result.status) \(result.errors)")
  }
}
