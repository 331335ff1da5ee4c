import ApusCore
import ApusPipeline
import ApusTrain
import TestSupport
import Testing

/// Databases that go to ML Metadata's library and come back.
@Suite(.enabled(if: PythonProgram.metadata.isInstalled)) struct MetadataPeerTests {
  private let folder = TemporaryFolder()

  private static let opening = """
    import sys
    from ml_metadata import metadata_store
    from ml_metadata.proto import metadata_store_pb2 as p
    from google.protobuf import struct_pb2, any_pb2, wrappers_pb2, json_format
    c = p.ConnectionConfig()
    c.sqlite.filename_uri = sys.argv[1]
    c.sqlite.connection_mode = 3
    s = metadata_store.MetadataStore(c)
    def value(v):
        kind = v.WhichOneof('value')
        x = getattr(v, kind)
        if kind == 'struct_value': return json_format.MessageToDict(x)
        if kind == 'proto_value':
            y = wrappers_pb2.StringValue(); x.Unpack(y); return y.value
        return x
    def show(n): return sorted((k, value(v)) for k, v in n.items())

    """

  @Test func whatIsWrittenIsReadAndContinuedByTheLibrary() throws {
    let path = folder.file("ours.sqlite")
    let store = try MetadataStore(path)
    let kinds: [String: MetadataValue.Kind] = [
      "i": .int, "d": .double, "s": .string, "t": .structure, "m": .message, "b": .bool,
    ]
    let data = try store.putType(
      MetadataType(.artifact, "Data", version: "3", properties: kinds, base: "mlmd.Dataset", note: "ü", externalID: "e")
    )
    let step = try store.putType(MetadataType(.execution, "Step", base: "mlmd.Train"))
    let run = try store.putType(MetadataType(.context, "pipeline_run"))
    let values: [String: MetadataValue] = [
      "i": -9_007_199_254_740_993, "d": 0.1, "s": "ü ' \" \n %",
      "t": ["x": [nil, 1, true, ["y": "ÿÿ>?~"]], "e": [:]].structure,
      "m": .message(
        type: "type.googleapis.com/google.protobuf.StringValue", bytes: [10, 5] + Array("ÿ>?~".utf8)),
      "b": false,
    ]
    let input = ArtifactRecord(
      typeID: data, uri: "/a b/ü", name: "first", externalID: "x1", properties: values, customProperties: values)
    let output = ArtifactRecord(typeID: data, uri: "/out", state: .pending)
    let published = try store.putExecution(
      ExecutionRecord(
        typeID: step, state: .cached, name: "n", customProperties: ["cache_key": "k", "inf": .double(.infinity)]),
      artifacts: [(input, EventRecord(.input, key: "data")), (output, EventRecord(.output, key: "model", index: 2))],
      contexts: [ContextRecord(typeID: run, name: "r"), ContextRecord(typeID: run, name: "parent")])
    try store.putParents([(child: published.contexts[0], parent: published.contexts[1])])
    let shown = try PythonProgram.metadata.output(
      of: Self.opening + """
        t = s.get_artifact_type('Data', '3')
        print(sorted(t.properties.items()), t.description, t.external_id)
        a, b = s.get_artifacts()
        print(a.uri, a.name, a.external_id, a.state, a.type, show(a.properties) == show(a.custom_properties))
        print(show(a.properties))
        print(b.uri, b.state, b.create_time_since_epoch > 1e12)
        [e] = s.get_executions()
        print(e.name, e.last_known_state, show(e.custom_properties))
        for v in s.get_events_by_execution_ids([1]):
            print(v.type, v.artifact_id, [x.key if x.HasField('key') else x.index for x in v.path.steps])
        print([x.name for x in s.get_contexts_by_execution(1)], [x.name for x in s.get_contexts_by_artifact(2)])
        print([x.name for x in s.get_parent_contexts_by_context(1)])
        o = p.LineageSubgraphQueryOptions(starting_artifacts=p.LineageSubgraphQueryOptions.StartingNodes(filter_query='id=2'),
            max_num_hops=9, direction=p.LineageSubgraphQueryOptions.UPSTREAM)
        g = s.get_lineage_subgraph(o)
        print(sorted(x.id for x in g.artifacts), sorted(x.id for x in g.executions), len(g.events), len(g.associations))
        # And on it goes.
        t.properties['new'] = p.STRING
        s.put_artifact_type(t, can_add_fields=True)
        m = s.put_artifact_type(p.ArtifactType(name='Model', base_type=p.ArtifactType.MODEL))
        b.state = p.Artifact.LIVE
        b.properties['new'].string_value = 'later'
        n = p.Artifact(type_id=m, uri='/model', state=p.Artifact.LIVE)
        st = struct_pb2.Struct(); st.update({'k': [1, None, 'ü', {'z': True}]})
        n.custom_properties['t'].struct_value.CopyFrom(st)
        y = any_pb2.Any(); y.Pack(wrappers_pb2.StringValue(value='boxed'))
        n.custom_properties['m'].proto_value.CopyFrom(y)
        n.custom_properties['d'].double_value = 0.1
        n.custom_properties['b'].bool_value = True
        x = p.Execution(type_id=e.type_id, last_known_state=p.Execution.FAILED)
        def event(kind, key):
            v = p.Event(type=kind); v.path.steps.add().key = key; v.path.steps.add().index = 1; return v
        [cx] = s.get_contexts_by_id([1])
        s.put_execution(x, [(b, event(p.Event.INPUT, 'examples')), (n, event(p.Event.OUTPUT, 'model'))], [cx])

        """, [path])
    #expect(
      shown == [
        "[('b', 6), ('d', 2), ('i', 1), ('m', 5), ('s', 3), ('t', 4)] ü e", "/a b/ü first x1 2 Data True",
        "[('b', False), ('d', 0.1), ('i', -9007199254740993), ('m', 'ÿ>?~'), ('s', 'ü \\' \" \\n %'), ('t', {'e': {}, "
          + "'x': [None, 1.0, True, {'y': 'ÿÿ>?~'}]})]",
        "/out 1 True", "n 5 [('cache_key', 'k'), ('inf', inf)]", "3 1 ['data', 0]", "4 2 ['model', 2]",
        "['r', 'parent'] ['r', 'parent']", "['parent']", "[1, 2] [1] 2 2",
      ])
    #expect(try store.type(.artifact, "Data", version: "3")?.properties["new"] == .string)
    let model = try #require(try store.artifacts(type: "Model").first)
    #expect(
      model.customProperties == [
        "t": .structure(["k": [1.0, nil, "ü", ["z": true]]]), "d": 0.1, "b": true,
        "m": .message(
          type: "type.googleapis.com/google.protobuf.StringValue", bytes: [10, 5] + Array("boxed".utf8)),
      ])
    let later = try #require(try store.artifacts(ids: [2]).first)
    #expect(later.state == .live && later.properties == ["new": "later"])
    let failed = try #require(try store.executions(state: .failed, contexts: [1]).first?.id)
    #expect(
      try store.events(ofExecutions: [failed]).map(\.path) == [
        [.key("examples"), .index(1)], [.key("model"), .index(1)],
      ])
    #expect(try store.lineage(ofArtifacts: [3]).artifacts.map(\.id) == [1, 2, 3])
  }

  /// Writers of both kinds at once, each for itself.
  @Test func bothWriteAtOnce() async throws {
    let path = folder.file("both.sqlite")
    let store = try MetadataStore(path)
    let data = try store.putType(MetadataType(.artifact, "Data"))
    async let theirs = Task.detached {
      try PythonProgram.metadata.output(
        of: Self.opening + """
          import time
          for i in range(30):
              s.put_artifacts([p.Artifact(type_id=\(data), uri='theirs %d' % i)])
          print(len(s.get_artifacts_by_type('Data')) >= 30)
          """, [path])
    }.value
    for i in 0..<30 { try store.putArtifacts([ArtifactRecord(typeID: data, uri: "ours \(i)")]) }
    #expect(try await theirs == ["True"])
    #expect(try Set(store.artifacts().compactMap(\.uri)).count == 60)
  }
}

extension Dictionary where Key == String, Value == SettingValue {
  fileprivate var structure: MetadataValue { .structure(self) }
}
