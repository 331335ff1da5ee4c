import Apus
import ApusFormats
import ApusTrain

/// A page that shows what pipelines did in a folder: their runs, the steps of each with states and times, and the artifacts, each with
/// what it was made from and what was made from it.
///
///     try PipelinePage(root: "pipeline-runs").write(to: "pipeline-runs/index.html")
///
/// The page is one HTML file that loads nothing else.
public struct PipelinePage: Sendable {
  /// So many runs of a pipeline are shown at most, and so many artifacts of all: the newest ones.
  private static let mostRuns = 100
  private static let mostArtifacts = 2000

  /// What stands above the page.
  public var title: String

  private struct Run: Sendable {
    let name: String
    let created: Int
    /// The newest execution of each step.
    let steps: [ExecutionRecord]
  }

  private let path: String
  private let pipelines: [(name: String, runs: [Run], hidden: Int)]
  private let artifacts: [ArtifactRecord]
  private let types: [Int: String]
  private let hiddenArtifacts: Int
  private let executions: [Int: ExecutionRecord]
  /// The events by execution and by artifact.
  private let ofExecution: [Int: [EventRecord]]
  private let ofArtifact: [Int: [EventRecord]]

  /// Reads the lineage of a folder as it is now.
  /// - Throws: `TensorError` of kind `file` where no pipeline has run there; what ``MetadataStore`` throws.
  public init(root: String) throws {
    let history = try PipelineHistory(root: root)
    let store = history.metadata
    path = store.path
    title = "Pipelines in \(splitPath(absolutePath(root)).name)"
    pipelines = try store.contexts(type: "pipeline").map { context in
      let runs = try store.contexts(type: "pipeline_run", parent: context.id ?? 0, newestFirst: true)
      let shown = try runs.prefix(Self.mostRuns).map { run in
        var steps: [ExecutionRecord] = []
        for record in try store.executions(contexts: [run.id ?? 0]) {
          if let place = steps.firstIndex(where: { $0.step == record.step }) {
            steps[place] = record
          } else {
            steps.append(record)
          }
        }
        return Run(name: run.customProperties["run"]?.text ?? run.name, created: run.created, steps: steps)
      }
      return (context.name, shown, runs.count - shown.count)
    }
    let all = try store.artifacts(newestFirst: true, limit: Self.mostArtifacts + 1)
    artifacts = Array(all.prefix(Self.mostArtifacts))
    types = Dictionary(artifacts.map { ($0.id ?? 0, $0.type) }, uniquingKeysWith: { $1 })
    hiddenArtifacts = all.count - artifacts.count
    let shownRuns = pipelines.flatMap { $0.runs.flatMap { $0.steps.compactMap(\.id) } }
    let near = try store.events(ofArtifacts: artifacts.compactMap(\.id))
    let events = try store.events(ofExecutions: Set(near.compactMap(\.executionID) + shownRuns).sorted())
    ofExecution = Dictionary(grouping: events) { $0.executionID ?? 0 }
    ofArtifact = Dictionary(grouping: events) { $0.artifactID ?? 0 }
    executions = Dictionary(
      try store.executions(ids: ofExecution.keys.sorted()).map { ($0.id ?? 0, $0) }, uniquingKeysWith: { $1 })
  }

  /// Writes the page to a file; an existing one is replaced only when the new one is wholly on disk.
  /// - Throws: `TensorError` of kind `file` when writing fails.
  public func write(to path: String) throws {
    try makeFolder(of: path)
    try writeText(html(), to: expandedPath(path))
  }

  // MARK: The page

  /// The page.
  public func html() -> String {
    let sections = pipelines.map { pipelineSection($0.name, $0.runs, hidden: $0.hidden) } + [artifactSection]
    let runs = pipelines.reduce(0) { $0 + $1.runs.count + $1.hidden }
    return htmlPage(
      title: title, style: pipelinePageStyle,
      main: """
        <p class="when">\(escapedHTML(LocalTime.now.readable)) · \(runs) \(runs == 1 ? "run" : "runs") · \
        \(escapedHTML(path))</p>
        \(sections.joined(separator: "\n"))
        <footer>Written by Apus.</footer>
        """)
  }

  private func pipelineSection(_ name: String, _ runs: [Run], hidden: Int) -> String {
    let graph = runs.first.map { StepGraph(steps: $0.steps, events: ofExecution, executions: executions).svg } ?? ""
    let rows = runs.enumerated().map { i, run in
      let state = Self.state(of: run.steps)
      let end = run.steps.map(\.updated).max() ?? run.created
      let steps = run.steps.map(row).joined(separator: "\n")
      return """
        <details\(i == 0 ? " open" : "")><summary>\(Self.mark(state)) <b>\(escapedHTML(run.name))</b>
        <span class="quiet">\(Self.time(run.created)) · \(Self.duration(end - run.created)) · \(state)</span></summary>
        <table><tr><th>step</th><th>state</th><th>began</th><th>took</th><th>made</th><th>said</th></tr>
        \(steps)
        </table></details>
        """
    }
    let rest = hidden > 0 ? "<p class=\"quiet\">\(hidden) older runs are not shown.</p>" : ""
    return """
      <section class="long"><h2>\(escapedHTML(name))</h2>
      \(graph)
      \(rows.joined(separator: "\n"))
      \(rest)</section>
      """
  }

  private func row(_ step: ExecutionRecord) -> String {
    let made = (ofExecution[step.id ?? 0] ?? []).filter(\.kind.isOutput).map { event in
      "<a href=\"#artifact-\(event.artifactID ?? 0)\">\(escapedHTML(event.key ?? "output"))</a>"
    }
    var said = step.customProperties.filter { $0.key.hasPrefix("result.") }.sorted { $0.key < $1.key }
      .map { "\($0.key.dropFirst(7)) \(Self.short($0.value))" }
    if let error = step.customProperties["error"] { said.append(error.text) }
    let state = step.state?.name.lowercased() ?? "unknown"
    let took = step.state == .running || step.state == .cached ? "" : Self.duration(step.updated - step.created)
    return "<tr><td>\(escapedHTML(step.step))<br><span class=\"quiet\">\(escapedHTML(step.type))</span></td>"
      + "<td>\(Self.mark(state)) \(state)</td><td>\(Self.time(step.created))</td><td>\(took)</td>"
      + "<td>\(made.joined(separator: "<br>"))</td><td>\(said.map(escapedHTML).joined(separator: "<br>"))</td></tr>"
  }

  private var artifactSection: String {
    // A link into a closed part opens it, a link to the part itself does not.
    let cards = artifacts.map { artifact -> String in
      let id = artifact.id ?? 0
      let events = ofArtifact[id] ?? []
      // The one that made it, rather than those that took it over.
      let makers = events.filter(\.kind.isOutput).compactMap { $0.executionID.flatMap { executions[$0] } }
      let maker = makers.first { $0.state != .cached } ?? makers.first
      let sources = maker.map { links($0.id ?? 0, isOutput: false) } ?? []
      let readers = events.filter { !$0.kind.isOutput }.compactMap(\.executionID)
      var uses: [String] = []
      for reader in readers {
        guard let record = executions[reader], record.state != .cached else { continue }
        let made = links(reader, isOutput: true)
        uses += made.isEmpty ? [escapedHTML(record.step)] : made
      }
      var said = artifact.customProperties.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.short($0.value))" }
      said += artifact.properties.sorted { $0.key < $1.key }.map { "\($0.key) \(Self.short($0.value))" }
      func line(_ name: String, _ values: [String]) -> String {
        values.isEmpty ? "" : "<tr><th>\(name)</th><td>\(values.joined(separator: ", "))</td></tr>"
      }
      return """
        <details><summary><b>\(escapedHTML(artifact.type)) \(id)</b>
        <span class="quiet">\(Self.time(artifact.created))\(maker.map { " · " + escapedHTML($0.step) } ?? "")</span></summary>
        <table id="artifact-\(id)">\(line("lies in", [escapedHTML(artifact.uri ?? "nowhere")]))\
        \(line("state", [artifact.state.map { "\($0)" } ?? "unknown"]))\
        \(line("made by", maker.map { ["\(escapedHTML($0.step)) (execution \($0.id ?? 0))"] } ?? []))\
        \(line("made from", sources))\(line("used for", Self.unique(uses)))\
        \(line("says", said.map(escapedHTML)))</table></details>
        """
    }
    let rest = hiddenArtifacts > 0 ? "<p class=\"quiet\">Older artifacts are not shown.</p>" : ""
    return "<section class=\"long\"><h2>Artifacts</h2>\n\(cards.joined(separator: "\n"))\n\(rest)</section>"
  }

  /// Links to the artifacts that an execution read or made.
  private func links(_ execution: Int, isOutput: Bool) -> [String] {
    let ids = (ofExecution[execution] ?? []).filter { $0.kind.isOutput == isOutput }.compactMap(\.artifactID)
    return Self.unique(
      ids.map { id in "<a href=\"#artifact-\(id)\">\(escapedHTML(types[id] ?? "artifact")) \(id)</a>" })
  }

  // MARK: Words

  private static func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  private static func state(of steps: [ExecutionRecord]) -> String {
    if steps.contains(where: { $0.state == .failed }) { return "failed" }
    if steps.contains(where: { $0.state == .running }) { return "running" }
    return "complete"
  }

  private static func mark(_ state: String) -> String { "<i class=\"mark \(state)\"></i>" }

  private static func time(_ milliseconds: Int) -> String {
    LocalTime(Double(milliseconds) / 1000, isUTC: false).readable
  }

  private static func duration(_ milliseconds: Int) -> String {
    let seconds = Double(max(0, milliseconds)) / 1000
    if seconds < 60 { return NumberText.short(seconds) + " s" }
    let minutes = Int(seconds / 60)
    return minutes < 60 ? "\(minutes) min \(Int(seconds) % 60) s" : "\(minutes / 60) h \(minutes % 60) min"
  }

  private static func short(_ value: MetadataValue) -> String {
    let text = if case .double(let number) = value { NumberText.short(number) } else { value.text }
    return text.count > 200 ? text.prefix(200) + " ..." : text
  }
}

extension ExecutionRecord {
  /// The name of the step.
  var step: String { customProperties["step"]?.text ?? name ?? type }
}

/// The style sheet of the page of pipelines: that of the page of a run, and what only this one has.
private let pipelinePageStyle =
  reportStyle + "\n" + """
    section { margin-bottom: 14px; }
    summary { cursor: pointer; padding: 5px 0; }
    details table { margin: 2px 0 12px 20px; width: calc(100% - 20px); }
    td, th { text-align: left; vertical-align: top; overflow-wrap: anywhere; }
    .quiet { color: var(--quiet); font-size: 13px; }
    .mark { display: inline-block; width: 10px; height: 10px; border-radius: 5px; background: var(--axis); }
    .mark.complete { background: var(--s2); } .mark.cached { background: var(--s0); }
    .mark.failed { background: var(--s4); } .mark.running { background: var(--s1); }
    .graph { overflow-x: auto; } .graph text { font-size: 13px; fill: var(--text); }
    .graph rect { fill: var(--card); stroke: var(--axis); stroke-width: 1.5; } .graph path { fill: none; stroke: var(--axis); }
    .graph .complete { stroke: var(--s2); } .graph .cached { stroke: var(--s0); } .graph .failed { stroke: var(--s4); }
    .graph .running { stroke: var(--s1); }
    a { color: var(--s0); }
    """
