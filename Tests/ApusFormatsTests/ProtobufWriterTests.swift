import ApusCore
import ApusFormats
import Testing

@Suite struct ProtobufWriterTests {
  @Test func fieldsAreWrittenAsTheFormatSays() {
    var message = ProtobufWriter()
    message.add(1, int64: 150)
    message.add(2, string: "testing")
    message.add(3) { $0.add(1, int64: -1) }
    // The first two are the examples of the format's description.
    let negative: [UInt8] = [0x08] + [UInt8](repeating: 0xff, count: 9) + [0x01]
    #expect(
      message.bytes
        == [0x08, 0x96, 0x01, 0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67, 0x1a, 0x0b] + negative)
    #expect(message.count == message.bytes.count)
  }

  @Test func longBytesKeepTheirPlaceInNestedMessages() {
    let long = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
    var (plain, shared) = (ProtobufWriter(), ProtobufWriter())
    plain.add(4) { inner in
      inner.add(1, string: "before")
      inner.add(2, bytes: long)
      inner.add(3, string: "after")
    }
    shared.add(4) { inner in
      inner.add(1, string: "before")
      inner.add(2, slice: ByteSlice(long))
      inner.add(3, string: "after")
    }
    #expect(plain.bytes == shared.bytes)
  }

  @Test func modelsComeBackAsTheyWere() throws {
    let tensor = ONNX.TensorProto(
      name: "w", dims: [2, 2], dataType: ONNX.DataType.float.rawValue, rawData: ByteSlice([UInt8](0..<16)))
    let inner = ONNX.GraphProto(name: "then", node: [ONNX.NodeProto("Identity", input: ["x"], output: ["z"])])
    let attributes: [ONNX.AttributeProto.Value] = [
      .float(0.5), .int(-3), .string("text"), .tensor(tensor), .graph(inner), .floats([1, 2]), .ints([-1, 0, 1]),
      .strings(["a", ""]), .tensors([tensor]), .graphs([inner]), .reference("outer", .int),
      .type(ONNX.TypeProto(.sequence(ONNX.TypeProto(.tensor(elementType: 7, shape: nil))))),
    ]
    let node = ONNX.NodeProto(
      "If", domain: "test", name: "n", input: ["x", "", "w"], output: ["y"],
      attribute: attributes.enumerated().map { ONNX.AttributeProto("a\($0)", $1) }, docString: "about",
      metadataProps: [ONNX.StringEntry(key: "k", value: "v")])
    let shape = [ONNX.Dimension(.named("batch"), denotation: "N"), ONNX.Dimension(.known(3)), ONNX.Dimension(.unknown)]
    let info = ONNX.ValueInfoProto("x", type: ONNX.TypeProto(.tensor(elementType: 1, shape: shape)))
    let model = ONNX.ModelProto(
      irVersion: 9, opsetImport: [ONNX.OperatorSetID(version: 18), ONNX.OperatorSetID(domain: "test", version: 1)],
      producerName: "Apus", producerVersion: "1", domain: "d", modelVersion: 4, docString: "doc",
      graph: ONNX.GraphProto(
        name: "main", node: [node], initializer: [tensor],
        sparseInitializer: [ONNX.SparseTensorProto(values: tensor, indices: tensor, dims: [4, 4])], input: [info],
        output: [info], valueInfo: [info]),
      metadataProps: [ONNX.StringEntry(key: "author", value: "me")],
      functions: [ONNX.FunctionProto(name: "f", domain: "test", input: ["a"], output: ["b"], node: [node])])
    #expect(try ONNX.ModelProto(ByteSlice(model.encoded), name: "test") == model)
  }
}
