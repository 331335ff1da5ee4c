import ApusCore
import ApusFormats
import ApusPipeline
import Foundation
import TestSupport
import Testing

/// Databases of ML Metadata: what its library wrote, what is written, what is asked, what is broken.
@Suite struct MetadataStoreTests {
  private let folder = TemporaryFolder()

  /// The database that the library of version 1.17 made, from its statements.
  private func recorded() throws -> String {
    let path = folder.file("recorded.sqlite")
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/ml_metadata-1.17.sql"
    let connection = try SQLiteConnection(path, mode: .create, wait: 1)
    try connection.runScript(String(decoding: contents(of: script), as: UTF8.self))
    return path
  }

  @Test func whatTheLibraryWroteIsRead() throws {
    let path = try recorded()
    let before = contents(of: path)
    let store = try MetadataStore(path)
    let type = try #require(try store.type(.artifact, "Examples", version: "1"))
    #expect(type.base == "mlmd.Dataset" && type.note == "rows of a table" && type.externalID == "type-x")
    #expect(
      type.properties == [
        "rows": .int, "loss": .double, "split": .string, "shape": .structure, "blob": .message, "ok": .bool,
      ])
    #expect(try store.type(.artifact, "Examples") == nil && store.type(.context, "Model") == nil)
    #expect(try store.types(.execution).map(\.name).suffix(2) == ["mlmd.Deploy", "Trainer"])
    let shape = MetadataValue.structure(["a": [1.0, 2.5, nil, "ü"], "b": ["c": true]])
    let boxed = MetadataValue.message(
      type: "type.googleapis.com/google.protobuf.StringValue", bytes: [10, 5] + Array("boxed".utf8))
    let data = try #require(try store.artifacts(name: "data-1").first)
    #expect(data.id == 1 && data.type == "Examples" && data.uri == "/x/dätä" && data.state == .live)
    #expect(data.externalID == "ext-1" && data.created == 1_796_059_461_452 && data.updated == 1_796_059_461_453)
    #expect(
      data.properties == [
        "rows": -5, "loss": 1.5, "split": "train é", "ok": true, "shape": shape, "blob": boxed,
      ])
    #expect(
      data.customProperties == [
        "digest": "ab", "nan": 1e300, "no": false, "st": shape, "any": boxed, "big": 4_611_686_018_427_387_904,
      ])
    let run = try #require(try store.executions().first)
    #expect(
      run.name == "exec-1" && run.state == .running && run.properties == ["state": "x"] && run.externalID == "exe")
    let events = try store.events(ofExecutions: [1])
    #expect(events.map(\.kind) == [.input, .output] && events.map(\.key) == ["examples", "model"])
    #expect(events.map(\.artifactID) == [1, 2] && events[0].path == [.key("examples"), .index(0)])
    #expect(try store.contexts(execution: 1).map(\.type) == ["pipeline", "pipeline_run", "node"])
    #expect(try store.contexts(parent: 1).map(\.name) == ["r"] && store.contexts(child: 2).map(\.name) == ["p"])
    #expect(try store.contexts(name: "r")[0].customProperties == ["note": "n"])
    // Reading leaves the file as it is.
    #expect(contents(of: path) == before && folder.names == ["recorded.sqlite"])
  }

  @Test func whatTheLibraryBeganIsContinued() throws {
    let store = try MetadataStore(try recorded())
    let model = try #require(try store.type(.artifact, "Model")?.id)
    #expect(try store.putType(MetadataType(.artifact, "Model", base: "mlmd.Model")) == model)
    var second = try #require(try store.artifacts(ids: [2]).first)
    second.state = .live
    second.customProperties["epochs"] = 3
    #expect(try store.putArtifacts([second, ArtifactRecord(typeID: model, uri: "/x/third")]) == [2, 3])
    let all = try store.artifacts(type: "Model")
    #expect(all.map(\.state) == [.live, .live] && all[0].customProperties == ["epochs": 3])
    #expect(all[0].updated > all[0].created && all[0].created == second.created)
  }

  /// A store with a type of each kind.
  private func made(_ name: String = "m.sqlite") throws -> (store: MetadataStore, data: Int, step: Int, run: Int) {
    let store = try MetadataStore(folder.file(name))
    let data = try store.putType(MetadataType(.artifact, "Data", properties: ["rows": .int], base: "mlmd.Dataset"))
    let step = try store.putType(MetadataType(.execution, "Step"))
    let run = try store.putType(MetadataType(.context, "pipeline_run"))
    return (store, data, step, run)
  }

  @Test func anExecutionIsPublishedWholeOrNotAtAll() throws {
    let (store, data, step, run) = try made()
    let good = ArtifactRecord(typeID: data, uri: "a", properties: ["rows": 5])
    let published = try store.putExecution(
      ExecutionRecord(typeID: step, state: .complete, customProperties: ["cache_key": "k"]),
      artifacts: [
        (good, EventRecord(.output, key: "data")), (good, EventRecord(.output, key: "data", index: 1)), (good, nil),
      ],
      contexts: [ContextRecord(typeID: run, name: "first")])
    #expect(published.artifacts == [1, 2, 3] && published.contexts == [1])
    #expect(try store.events(ofExecutions: [published.execution]).map(\.index) == [0, 1])
    #expect(try store.artifacts(contexts: [1]).count == 3 && store.executions(contexts: [1]).count == 1)
    // The context is there; it gets what it lacks.
    let again = try store.putExecution(
      ExecutionRecord(typeID: step), contexts: [ContextRecord(typeID: run, name: "first", customProperties: ["n": 1])])
    #expect(again.contexts == [1])
    #expect(try store.contexts(ids: [1])[0].customProperties == ["n": 1])
    let bad = ArtifactRecord(typeID: data, properties: ["rows": "five"])
    for artifacts in [
      [(good, EventRecord(.output, key: "x")), (bad, nil)], [(good, EventRecord(.input, key: "x", artifactID: 1))],
    ]
      as [[(ArtifactRecord, EventRecord?)]]
    {
      #expect(throws: TensorError.self) {
        try store.putExecution(
          ExecutionRecord(typeID: step), artifacts: artifacts, contexts: [ContextRecord(typeID: run, name: "second")])
      }
    }
    #expect(try store.artifacts().count == 3 && store.executions().count == 2 && store.contexts().count == 1)
  }

  @Test func whatIsAskedForIsFound() throws {
    let (store, data, step, run) = try made()
    let runs = try store.putContexts((1...2).map { ContextRecord(typeID: run, name: "run \($0)") })
    for i in 0..<6 {
      try store.putExecution(
        ExecutionRecord(
          typeID: step, state: i == 5 ? .failed : .complete,
          customProperties: ["cache_key": .string("key $1 '\(i % 3)"), "it's": .int(i), "ok": .bool(i > 3), "x": 0.5]),
        artifacts: [
          (ArtifactRecord(typeID: data, uri: "u\(i)", state: i < 4 ? .live : .pending), EventRecord(.output, key: "d"))
        ],
        contexts: try store.contexts(ids: [runs[i % 2]]))
    }
    let key: [String: MetadataValue] = ["cache_key": "key $1 '2"]
    #expect(try store.executions(customProperties: key).map(\.id) == [3, 6])
    #expect(
      try store.executions(type: "Step", state: .complete, customProperties: key, newestFirst: true, limit: 1).map(\.id)
        == [3])
    #expect(try store.executions(customProperties: ["it's": 4, "ok": true, "x": 0.5]).map(\.id) == [5])
    #expect(try store.executions(customProperties: ["cache_key": "' OR 1 = 1 --"]).isEmpty)
    #expect(try store.artifacts(type: "Data", state: .live, contexts: [runs[0]]).map(\.uri) == ["u0", "u2"])
    #expect(try store.artifacts(contexts: runs).isEmpty)
    #expect(try store.artifacts(newestFirst: true, limit: 2).map(\.uri) == ["u5", "u4"])
    #expect(try store.artifacts(ids: []).isEmpty && store.artifacts(uri: "u3").map(\.id) == [4])
  }

  @Test func lineageGoesBothWays() throws {
    let (store, data, step, _) = try made()
    // 1 -> A -> 2 -> B -> 3, and 2 -> C -> 4; 5 is also read by B.
    let ids = try store.putArtifacts((1...5).map { ArtifactRecord(typeID: data, uri: "\($0)") })
    for (inputs, outputs) in [([1], [2]), ([2, 5], [3]), ([2], [4])] {
      let found = try store.artifacts(ids: inputs.map { ids[$0 - 1] }),
        new = try store.artifacts(ids: outputs.map { ids[$0 - 1] })
      try store.putExecution(
        ExecutionRecord(typeID: step),
        artifacts: found.map { ($0, EventRecord(.input, key: "in")) }
          + new.map { ($0, EventRecord(.output, key: "out")) })
    }
    func uris(_ graph: LineageGraph) -> [String] { graph.artifacts.compactMap(\.uri) }
    #expect(uris(try store.lineage(ofArtifacts: [3])) == ["1", "2", "3", "5"])
    #expect(uris(try store.lineage(ofArtifacts: [1])) == ["1", "2", "3", "4"])
    #expect(uris(try store.lineage(ofArtifacts: [2], downstream: false)) == ["1", "2"])
    #expect(uris(try store.lineage(ofArtifacts: [3], mostSteps: 2)) == ["2", "3", "5"])
    let graph = try store.lineage(ofArtifacts: [4])
    #expect(graph.executions.map(\.id) == [1, 3] && graph.events.count == 4)
  }

  @Test func typesGrowAndKeepWhatTheyHave() throws {
    let (store, data, step, _) = try made()
    #expect(try store.putType(MetadataType(.artifact, "Data", properties: ["split": .string])) == data)
    #expect(try store.type(.artifact, "Data")?.properties == ["rows": .int, "split": .string])
    #expect(try store.putType(MetadataType(.artifact, "Data", version: "2")) != data)
    let mistakes = [
      Mistake("another kind", .state, "kind int") {
        try store.putType(MetadataType(.artifact, "Data", properties: ["rows": .string]))
      },
      Mistake("no addition wanted", .state, "addsProperties") {
        try store.putType(MetadataType(.artifact, "Data", properties: ["new": .string]), addsProperties: false)
      },
      Mistake("another base", .state, "cannot become one of 'mlmd.Model'") {
        try store.putType(MetadataType(.artifact, "Data", base: "mlmd.Model"))
      },
      Mistake("an unknown base", .value, "no artifact type of this name") {
        try store.putType(MetadataType(.artifact, "New", base: "mlmd.Train"))
      },
      Mistake("an unknown type", .value, "no type of artifacts of number 99") {
        try store.putArtifacts([ArtifactRecord(typeID: 99)])
      },
      Mistake("a type of another kind", .value, "no type of artifacts") {
        try store.putArtifacts([ArtifactRecord(typeID: step)])
      },
      Mistake("an undeclared property", .value, "declares no property 'x'") {
        try store.putArtifacts([ArtifactRecord(typeID: data, properties: ["x": 1])])
      },
      Mistake("a value that is no number", .value, "NaN") {
        try store.putArtifacts([ArtifactRecord(typeID: data, customProperties: ["x": .double(.nan)])])
      },
      Mistake("a zero byte", .value, "zero byte") {
        try store.putArtifacts([ArtifactRecord(typeID: data, customProperties: ["x": "a\0b"])])
      },
      Mistake("a name twice", .state, "the artifact 'n' of type 'Data' is there already (number 1)") {
        try store.putArtifacts((0..<2).map { _ in ArtifactRecord(typeID: data, name: "n") })
      },
      Mistake("an unknown number", .value, "no execution of number 7") {
        try store.putEvents([EventRecord(.input, path: [], artifactID: 1, executionID: 7)])
      },
    ]
    try store.putArtifacts([ArtifactRecord(typeID: data, name: "n")])
    for mistake in mistakes { #expect(mistake.complaint() == nil) }
  }

  @Test func brokenAndForeignDatabasesAreRefused() throws {
    put(Array("this is a text, and a long one, of more than sixteen bytes".utf8), at: folder.file("text"))
    let good = folder.file("good.sqlite")
    do {
      let (store, data, _, _) = try made("good.sqlite")
      let artifact = ArtifactRecord(typeID: data, uri: String(repeating: "x", count: 500))
      try store.putArtifacts([ArtifactRecord](repeating: artifact, count: 50))
    }
    _ = try SQLiteConnection(good, mode: .create, wait: 1).run("PRAGMA journal_mode = DELETE", []) { _ in }
    let bytes = contents(of: good)
    put(Array(bytes.prefix(bytes.count / 2)), at: folder.file("half"))
    for name in ["foreign", "older", "newer", "incomplete"] {
      let connection = try SQLiteConnection(folder.file(name), mode: .create, wait: 1)
      let version = ["older": 6, "newer": 11, "incomplete": 10][name]
      try connection.runScript(
        version.map { "CREATE TABLE MLMDEnv (schema_version INTEGER); INSERT INTO MLMDEnv VALUES (\($0))" }
          ?? "CREATE TABLE songs (id INTEGER)")
    }
    let mistakes = [
      Mistake("a text", .format, "no database of SQLite") { try MetadataStore(folder.file("text")) },
      Mistake("half of a file", .format, "damaged") { try MetadataStore(folder.file("half")).artifacts() },
      Mistake("another program's tables", .format, "no database of ML Metadata") {
        try MetadataStore(folder.file("foreign"))
      },
      Mistake("an older version", .state, "version 6") { try MetadataStore(folder.file("older")) },
      Mistake("a later version", .state, "later release") { try MetadataStore(folder.file("newer")) },
      Mistake("missing tables", .format, "lacks tables: Artifact") { try MetadataStore(folder.file("incomplete")) },
      Mistake("a folder", .file, "cannot be opened") { try MetadataStore(folder.path) },
      Mistake("no file to read", .file, "no database here") {
        try MetadataStore(folder.file("none"), isReadOnly: true)
      },
      Mistake("reading only", .file, "reading only") {
        try MetadataStore(good, isReadOnly: true).putType(MetadataType(.context, "new"))
      },
    ]
    for mistake in mistakes { #expect(mistake.complaint() == nil) }
    #expect(try MetadataStore(good, isReadOnly: true).artifacts().count == 50)
    // Any byte changed: an error or an answer, and no crash.
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<25 {
      var damaged = bytes
      for _ in 0..<8 { damaged[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255) }
      put(damaged, at: folder.file("damaged"))
      let store = try? MetadataStore(folder.file("damaged"), wait: 0.1)
      _ = try? store?.artifacts()
      _ = try? store?.putType(MetadataType(.execution, "Other"))
      _ = try? store?.lineage(ofArtifacts: [1, 2])
    }
  }

  @Test func aLockThatStaysIsNamed() throws {
    let (_, data, _, _) = try made()
    let other = try SQLiteConnection(folder.file("m.sqlite"), mode: .create, wait: 1)
    try other.run("BEGIN IMMEDIATE")
    let store = try MetadataStore(folder.file("m.sqlite"), wait: 0.05)
    let locked = Mistake("a lock", .file, "locked for too long") {
      try store.putArtifacts([ArtifactRecord(typeID: data)])
    }
    #expect(locked.complaint() == nil)
    // Reading goes on meanwhile.
    #expect(try store.artifacts().isEmpty)
    try other.run("COMMIT")
    #expect(try store.putArtifacts([ArtifactRecord(typeID: data)]) == [1])
  }

  @Test func writersShareADatabase() async throws {
    // Each makes the database if it is the first, its types, and what it has to write.
    let path = folder.file("shared.sqlite")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask {
          let store = try MetadataStore(path)
          let data = try store.putType(MetadataType(.artifact, "Data", properties: ["p\(writer)": .int]))
          let step = try store.putType(MetadataType(.execution, "Step"))
          let run = try store.putType(MetadataType(.context, "run"))
          for i in 0..<10 {
            try store.putExecution(
              ExecutionRecord(typeID: step),
              artifacts: [
                (ArtifactRecord(typeID: data, properties: ["p\(writer)": .int(i)]), EventRecord(.output, key: "d"))
              ],
              contexts: [ContextRecord(typeID: run, name: "the run")])
          }
        }
      }
      try await group.waitForAll()
    }
    let store = try MetadataStore(path)
    #expect(try store.executions().count == 40 && store.artifacts(contexts: [1]).count == 40)
    #expect(try store.contexts().count == 1 && store.type(.artifact, "Data")?.properties.count == 4)
  }
}
