import Apus

/// How orchestrators run the steps of a pipeline: what they call, where runs are kept, when.
///
///     var how = Orchestration(command: ["/usr/local/bin/penguins"], root: "/runs")
///     how.image = "registry.example/penguins:1"
///     try penguins.airflow(how)   // the text of a file for Airflow's folder of DAGs
///     try penguins.kubeflow(how)  // a specification for Kubeflow Pipelines
///     try penguins.argo(how)      // a workflow for Argo
///
/// Each step is one call, `COMMAND step --root ROOT --run RUN --step STEP`, in a process or container of its own. All of them need
/// the folder `root`: there lie the lineage and the artifacts, by which one step finds what another has made.
public struct Orchestration: Sendable {
  /// The words that call the pipeline's program, in front of `step`.
  public var command: [String]
  /// The folder of runs, the same for all steps.
  public var root: String
  /// The image of the containers in which steps run. Kubeflow and Argo need it.
  public var image = ""
  /// The name of the claim of the volume that is mounted at ``root``. Argo needs it; for Kubeflow it is written for Kubernetes.
  public var volumeClaim = ""
  /// When runs begin by themselves, in five fields as cron has them; nil for never.
  public var schedule: String?
  /// Seconds between a failure and the next attempt.
  public var retryDelay = 30
  /// Variables of the environment of all steps.
  public var environment: [String: String] = [:]

  /// Calls of `command`, with runs in the folder `root`.
  public init(command: [String], root: String) {
    self.command = command
    self.root = root
  }

  /// Checks what all orchestrators need.
  func check(_ pipeline: Pipeline, _ system: String, needsImage: Bool = false, needsVolume: Bool = false) throws {
    try pipeline.check()
    func fail(_ text: String) -> TensorError { TensorError(.value, "\(system): pipeline \(pipeline.name)", text) }
    guard !pipeline.steps.isEmpty else { throw fail("it has no steps that could be run") }
    guard let program = command.first, !program.isEmpty else {
      throw fail("the command that runs a step is missing; give the words that call the pipeline's program")
    }
    guard root.hasPrefix("/") else {
      throw fail(
        "the folder of runs is '\(root)'; give a path that begins with a slash, since steps run in other folders")
    }
    guard !needsImage || !image.isEmpty else { throw fail("the image of the containers is missing; set `image`") }
    guard !needsVolume || !volumeClaim.isEmpty else {
      throw fail("the claim of the volume of runs is missing; set `volumeClaim`")
    }
    guard retryDelay >= 0 else { throw fail("the delay between attempts is \(retryDelay) s; give 0 or more") }
    if let schedule, schedule.split(separator: " ").count != 5 {
      throw fail(
        "'\(schedule)' is no schedule: give minute, hour, day, month and day of the week, such as \"0 3 * * *\"")
    }
    let texts = command + [root, image, volumeClaim] + environment.flatMap { [$0.key, $0.value] }
    guard !texts.contains(where: { $0.utf8.contains(0) }) else { throw fail("a word has a zero byte") }
    for step in pipeline.steps {
      let given = step.resources
      let isPossible =
        step.retries >= 0 && (given.processors.map { $0 > 0 && $0 <= 1e6 } ?? true) && (given.memory ?? 1) > 0
        && (given.accelerators ?? 0) >= 0 && (given.timeout ?? 1) > 0
      guard isPossible else {
        throw fail(
          "the step '\(step.name)' is to have \(given.processors.map { "\($0)" } ?? "any") processors, "
            + "\(given.memory.map(String.init) ?? "any") MB of memory, \(given.accelerators ?? 0) graphics cards, "
            + "\(given.timeout.map(String.init) ?? "any") seconds and \(step.retries) retries; give numbers above 0, or none"
        )
      }
    }
    for name in environment.keys {
      let isName = !name.isEmpty && !name.contains("=") && name.utf8.first.map { $0 < 48 || $0 > 57 } == true
      guard isName else { throw fail("'\(name)' is no name of a variable of the environment") }
    }
  }

  /// The words of the call of a step.
  func words(step: String, root: String, run: String) -> [String] {
    command + ["step", "--root", root, "--run", run, "--step", step]
  }
}

/// A text in which a part has become another, byte by byte: an accent behind a quote makes one character of both, and the shell sees
/// the quote all the same.
func replaced(_ part: String, in text: String, with other: String) -> String {
  let (bytes, wanted) = (Array(text.utf8), Array(part.utf8))
  var out: [UInt8] = []
  var i = 0
  while i < bytes.count {
    if bytes[i...].starts(with: wanted) {
      out += other.utf8
      i += wanted.count
    } else {
      out.append(bytes[i])
      i += 1
    }
  }
  return String(decoding: out, as: UTF8.self)
}

/// Whether a text has a part, byte by byte.
func has(_ part: String, in text: String) -> Bool {
  let (bytes, wanted) = (Array(text.utf8), Array(part.utf8))
  return bytes.indices.contains { bytes[$0...].starts(with: wanted) }
}

/// Names for a system that takes fewer letters: what it does not take becomes a `replacement`, and no two become one.
struct PlainNames {
  private var given: [String: String] = [:]
  private var taken: Set<String> = []
  private let isLetter: (UInt8) -> Bool
  private let replacement: Character
  private let longest: Int

  /// - Parameter isLetter: whether a letter or digit in lowercase, or another ASCII character, may stand in a name. Capitals become
  ///   small where they may not.
  init(replacement: Character, longest: Int, isLetter: @escaping (UInt8) -> Bool) {
    (self.replacement, self.longest, self.isLetter) = (replacement, longest, isLetter)
  }

  /// Names in lowercase with hyphens, as Kubernetes has them.
  static func kubernetes(longest: Int = 60) -> PlainNames {
    PlainNames(replacement: "-", longest: longest) { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
  }

  /// Names as Python has them, in lowercase.
  static func python() -> PlainNames {
    PlainNames(replacement: "_", longest: 100) { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }

  /// The name for a name, always the same.
  mutating func name(_ name: String) -> String {
    if let known = given[name] { return known }
    var plain = ""
    for byte in name.utf8 {
      let small = (65...90).contains(byte) ? byte + 32 : byte
      if isLetter(byte) {
        plain.unicodeScalars.append(UnicodeScalar(byte))
      } else if isLetter(small) {
        plain.unicodeScalars.append(UnicodeScalar(small))
      } else {
        plain.append(replacement)
      }
    }
    while plain.first == replacement { plain.removeFirst() }
    // A name begins with a letter everywhere.
    if plain.first?.isLetter != true { plain = "x" + (plain.isEmpty ? "" : String(replacement)) + plain }
    plain = String(plain.prefix(longest))
    while plain.last == replacement { plain.removeLast() }
    var candidate = plain
    var number = 2
    while !taken.insert(candidate).inserted {
      let end = "\(replacement)\(number)"
      candidate = plain.prefix(longest - end.count) + end
      number += 1
    }
    given[name] = candidate
    return candidate
  }
}
