import ApusCore
import ApusFormats

/// A `ModelInferRequest` of the Open Inference Protocol.
struct InferenceMessage {
  var model = ""
  /// The version that is asked for; empty for the newest.
  var version = ""
  var body = InferenceBody()

  /// The most inputs or outputs of a request.
  private static let mostPorts = 1024

  private struct Input {
    var name = ""
    var type = ""
    var shape: [Int] = []
    var contents: ProtobufReader?
    var parameters: [String: JSON] = [:]
  }

  /// Reads a message.
  /// - Throws: what is wrong with it.
  init(_ bytes: [UInt8]) throws(ServeError) {
    do throws(TensorError) {
      try read(ByteSlice(bytes))
    } catch {
      throw ServeError(400, error.message)
    }
  }

  private mutating func read(_ bytes: ByteSlice) throws(TensorError) {
    var reader = ProtobufReader(bytes, name: "request", message: "ModelInferRequest")
    var inputs: [Input] = []
    var raw: [ByteSlice] = []
    var outputs: [InferenceBody.Output] = []
    while let field = try reader.next() {
      guard max(inputs.count, raw.count, outputs.count) < Self.mostPorts else {
        throw reader.error("there are more than \(Self.mostPorts) inputs or outputs")
      }
      switch field.number {
      case 1: model = try reader.string(field)
      case 2: version = try reader.string(field)
      case 3:
        let id = try reader.string(field)
        body.id = id.isEmpty ? nil : id
      case 4: try Self.parameter(&reader, field, &body.parameters)
      case 5: inputs.append(try Self.input(&reader, field))
      case 6: outputs.append(try Self.output(&reader, field))
      case 7: raw.append(try reader.bytes(field))
      default: try reader.skip(field)
      }
    }
    body.outputs = outputs.isEmpty ? nil : outputs
    guard raw.isEmpty || raw.count == inputs.count else {
      throw reader.error(
        "expected number of raw input contents to match number of inputs: \(raw.count) and \(inputs.count)")
    }
    for (i, input) in inputs.enumerated() {
      do throws(ServeError) {
        body.inputs.append((input.name, try Self.value(input, raw: raw.isEmpty ? nil : raw[i])))
      } catch {
        throw TensorError(.value, "request", error.message)
      }
    }
  }

  private static func input(_ reader: inout ProtobufReader, _ field: ProtobufReader.Field) throws(TensorError) -> Input
  {
    var (input, inner) = (Input(), try reader.inner(field, "InferInputTensor"))
    while let field = try inner.next() {
      switch field.number {
      case 1: input.name = try inner.string(field)
      case 2: input.type = try inner.string(field)
      case 3:
        try inner.append(field, to: &input.shape)
        guard input.shape.count <= 64 else {
          throw inner.error("the input '\(input.name)' has more than 64 dimensions")
        }
      case 4: try parameter(&inner, field, &input.parameters)
      case 5: input.contents = try inner.inner(field, "InferTensorContents")
      default: try inner.skip(field)
      }
    }
    return input
  }

  private static func output(
    _ reader: inout ProtobufReader, _ field: ProtobufReader.Field
  ) throws(TensorError) -> InferenceBody.Output {
    var (name, parameters) = ("", [String: JSON]())
    var inner = try reader.inner(field, "InferRequestedOutputTensor")
    while let field = try inner.next() {
      switch field.number {
      case 1: name = try inner.string(field)
      case 2: try parameter(&inner, field, &parameters)
      default: try inner.skip(field)
      }
    }
    let classes = parameters["classification"]?.int ?? 0
    guard 0...1 << 20 ~= classes else { throw inner.error("'classification' of '\(name)' is \(classes)") }
    return InferenceBody.Output(name: name, isBinary: true, classes: classes)
  }

  /// An entry of a map of parameters.
  static func parameter(
    _ reader: inout ProtobufReader, _ field: ProtobufReader.Field, _ parameters: inout [String: JSON]
  ) throws(TensorError) {
    var (key, value) = ("", JSON.null)
    var entry = try reader.inner(field, "ParametersEntry")
    while let field = try entry.next() {
      switch field.number {
      case 1: key = try entry.string(field)
      case 2:
        var choice = try entry.inner(field, "InferParameter")
        while let field = try choice.next() {
          switch (field.number, field.wire) {
          case (1, _): value = .bool(try choice.integer(field) != 0)
          case (2, _): value = .int(Int(try choice.integer(field)))
          // A text, or bytes.
          case (3, _), (4, .delimited): value = .string(try choice.string(field))
          case (4, _): value = .double(try choice.double(field))
          case (5, _): value = .int(Int(clamping: UInt64(bitPattern: try choice.integer(field))))
          default: try choice.skip(field)
          }
        }
      default: try entry.skip(field)
      }
    }
    guard parameters.count < 256 else { throw reader.error("there are more than 256 parameters") }
    parameters[key] = value
  }

  // MARK: Values

  private static func value(_ input: Input, raw: ByteSlice?) throws(ServeError) -> ServedValue {
    guard let type = ServedType(protocolName: input.type) else {
      throw ServeError(400, "invalid datatype '\(input.type)'")
    }
    guard input.shape.allSatisfy({ 0...1 << 40 ~= $0 }) else {
      throw ServeError(400, "the input '\(input.name)' has the shape \(input.shape)")
    }
    if input.parameters["shared_memory_region"] != nil {
      throw ServeError(501, "the input '\(input.name)' lies in shared memory, which is not served")
    }
    if let raw { return try BinaryTensors.value(raw.array[...], type, input.shape, name: input.name) }
    guard var contents = input.contents else {
      guard input.shape.contains(0) else {
        throw ServeError(400, "the input '\(input.name)' has neither contents nor raw_input_contents")
      }
      return try BinaryTensors.value([], type, input.shape, name: input.name)
    }
    do throws(TensorError) {
      return try value(&contents, type, input)
    } catch {
      throw ServeError(400, error.message)
    }
  }

  private static func value(
    _ contents: inout ProtobufReader, _ type: ServedType, _ input: Input
  ) throws(TensorError) -> ServedValue {
    var (signed, unsigned): ([Int64], [UInt64]) = ([], [])
    var (floats, doubles, texts): ([Float], [Double], [[UInt8]]) = ([], [], [])
    while let field = try contents.next() {
      switch field.number {
      case 1, 2, 3: try contents.append(field, to: &signed)
      case 4, 5: try contents.append(field, to: &unsigned)
      case 6: try contents.append(field, to: &floats)
      case 7: try contents.append(field, to: &doubles)
      case 8: texts.append(try contents.bytes(field).array)
      default: try contents.skip(field)
      }
    }
    let found: Int
    var bytes: [UInt8] = []
    func pack<Number: FixedWidthInteger>(_ values: [some FixedWidthInteger], _: Number.Type) {
      for value in values { withUnsafeBytes(of: Number(truncatingIfNeeded: value).littleEndian) { bytes += $0 } }
    }
    switch type.dtype {
    case nil: found = texts.count
    case .bool?, .int8?:
      found = signed.count
      pack(type.dtype == .bool ? signed.map { $0 == 0 ? 0 : 1 } : signed, Int8.self)
    case .int16?: (found, _) = (signed.count, pack(signed, Int16.self))
    case .int32?: (found, _) = (signed.count, pack(signed, Int32.self))
    case .int64?: (found, _) = (signed.count, pack(signed, Int64.self))
    case .uint8?: (found, _) = (unsigned.count, pack(unsigned, UInt8.self))
    case .uint16?: (found, _) = (unsigned.count, pack(unsigned, UInt16.self))
    case .uint32?: (found, _) = (unsigned.count, pack(unsigned, UInt32.self))
    case .uint64?: (found, _) = (unsigned.count, pack(unsigned, UInt64.self))
    case .float32?: (found, _) = (floats.count, pack(floats.map(\.bitPattern), UInt32.self))
    case .float64?: (found, _) = (doubles.count, pack(doubles.map(\.bitPattern), UInt64.self))
    default: throw contents.error("\(input.type) of the input '\(input.name)' must be in raw_input_contents")
    }
    let expected = input.shape.reduce(1) { $0.clampedMultiplying($1) }
    guard found == expected else {
      throw contents.error(
        "unexpected number of elements of the input '\(input.name)': \(found), and its shape \(input.shape) has \(expected)"
      )
    }
    guard type.dtype != nil else { return .texts(texts, shape: input.shape) }
    do throws(ServeError) {
      return try BinaryTensors.value(bytes[...], type, input.shape, name: input.name)
    } catch {
      throw contents.error(error.message)
    }
  }
}

extension ProtobufWriter {
  /// A `ModelInferResponse`.
  /// - Throws: where an output is unknown, or cannot be written.
  static func answer(_ model: ServedModel, _ body: InferenceBody, _ values: [ServedValue]) throws(ServeError)
    -> ProtobufWriter
  {
    var writer = ProtobufWriter()
    writer.add(1, string: model.name)
    writer.add(2, string: "\(model.version)")
    if let id = body.id { writer.add(3, string: id) }
    var raw: [[UInt8]] = []
    for (output, value) in try InferenceAnswer.outputs(model, body, values) {
      writer.add(5) { writer in
        writer.add(1, string: output.name)
        writer.add(2, string: value.type.protocolName)
        writer.add(3, packed: value.shape)
      }
      var bytes: [UInt8] = []
      _ = BinaryTensors.append(value, to: &bytes)
      raw.append(bytes)
    }
    for bytes in raw { writer.add(6, bytes: bytes) }
    return writer
  }

  /// A field that stands for nothing where it is false, 0 or empty.
  mutating func addUnlessZero(_ field: Int, _ value: Int) { if value != 0 { add(field, int64: Int64(value)) } }
  mutating func addUnlessEmpty(_ field: Int, _ value: String) { if !value.isEmpty { add(field, string: value) } }
}
