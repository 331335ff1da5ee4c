import ApusCore
import ApusFormats

/// The body of a request of the Open Inference Protocol: JSON, behind which binary tensors may lie.
struct InferenceBody {
  /// An output that is asked for.
  struct Output {
    let name: String
    var isBinary: Bool
    /// How many classes are told instead of the values; 0 for the values.
    var classes = 0
  }

  var id: String?
  var inputs: [(name: String, value: ServedValue)] = []
  /// The inputs of which a value was missing.
  var inputsWithMissing: Set<String> = []
  /// The outputs that are asked for; nil for all.
  var outputs: [Output]?
  var isBinaryOutput = false
  var parameters: [String: JSON] = [:]

  /// Reads a body.
  /// - Parameter jsonLength: how many bytes are JSON; nil for all.
  /// - Throws: what is wrong with it.
  init(_ body: [UInt8], jsonLength: Int?) throws(ServeError) {
    let length = jsonLength ?? body.count
    guard 0...body.count ~= length else {
      throw ServeError(
        400, "Inference-Header-Content-Length is \(length), and the body has \(body.count) bytes")
    }
    var result: Result<InferenceBody, ServeError> = .failure(ServeError(400, "the body is empty"))
    body.withUnsafeBufferPointer { bytes in
      do throws(ServeError) {
        var reading = InferenceBody()
        try reading.read(UnsafeBufferPointer(rebasing: bytes[..<length]), body, binaryFrom: length)
        result = .success(reading)
      } catch {
        result = .failure(error)
      }
    }
    self = try result.get()
  }

  /// A body without inputs.
  init() {}

  private mutating func read(
    _ json: UnsafeBufferPointer<UInt8>, _ body: [UInt8], binaryFrom: Int
  ) throws(ServeError) {
    guard json.count > 0 else { throw ServeError(400, "failed to parse the request JSON buffer: it is empty") }
    var cursor = JSONCursor(json)
    var binary = binaryFrom
    var hasInputs = false
    var (inputs, outputs): ([(name: String, value: ServedValue)], [JSON]?) = ([], nil)
    var (id, parameters): (String?, [String: JSON]) = (nil, [:])
    var incomplete: Set<String> = []
    try cursor.object { key, cursor throws(ServeError) in
      switch key {
      case "id":
        guard let text = try cursor.value().string else { throw ServeError(400, "'id' is no text") }
        id = text
      case "inputs":
        hasInputs = true
        try cursor.list { cursor throws(ServeError) in
          guard inputs.count < 1024 else { throw ServeError(400, "there are more than 1024 inputs") }
          let input = try Self.input(&cursor, body, &binary)
          inputs.append((input.name, input.value))
          if input.hasMissing { incomplete.insert(input.name) }
        }
      case "outputs":
        guard let items = try cursor.value().array else { throw ServeError(400, "'outputs' is no list") }
        outputs = items
      case "parameters":
        guard let object = try cursor.value().object else { throw ServeError(400, "'parameters' is no object") }
        parameters = object
      default: try cursor.skip()
      }
    }
    try cursor.end()
    guard hasInputs else { throw ServeError(400, "Unable to find 'inputs' in the request") }
    guard binary == body.count else {
      throw ServeError(
        400,
        "unexpected additional input data: the inputs take \(binary - binaryFrom) bytes behind the JSON, and there are "
          + "\(body.count - binaryFrom)")
    }
    self.inputs = inputs
    inputsWithMissing = incomplete
    self.id = id
    self.parameters = parameters
    isBinaryOutput = parameters["binary_data_output"]?.bool ?? false
    var asked: [Output] = []
    for output in outputs ?? [] {
      guard let name = output["name"]?.string else { throw ServeError(400, "an output has no 'name'") }
      let settings = output["parameters"]
      let classes = settings?["classification"]?.int ?? 0
      guard 0...1 << 20 ~= classes else { throw ServeError(400, "'classification' of '\(name)' is \(classes)") }
      asked.append(
        Output(name: name, isBinary: settings?["binary_data"]?.bool ?? isBinaryOutput, classes: classes))
    }
    self.outputs = asked.isEmpty ? nil : asked
  }

  private static func input(
    _ cursor: inout JSONCursor, _ body: [UInt8], _ binary: inout Int
  ) throws(ServeError) -> (name: String, value: ServedValue, hasMissing: Bool) {
    var (name, type, shape, size): (String?, ServedType?, [Int]?, Int?) = (nil, nil, nil, nil)
    var data: Range<Int>?
    var buffer: ElementBuffer?
    var isShared = false
    try cursor.object { key, cursor throws(ServeError) in
      switch key {
      case "name": name = try cursor.value().string
      case "datatype":
        let text = try cursor.value().string ?? ""
        guard let known = ServedType(protocolName: text) else { throw ServeError(400, "invalid datatype '\(text)'") }
        type = known
      case "shape":
        guard let items = try cursor.value().array, items.count <= 64 else {
          throw ServeError(400, "'shape' is no list of sizes")
        }
        var sizes: [Int] = []
        for item in items {
          guard let size = item.int, size >= 0, size <= 1 << 40 else {
            throw ServeError(400, "'shape' has \(item.text()), which is no size")
          }
          sizes.append(size)
        }
        shape = sizes
      case "parameters":
        let parameters = try cursor.value()
        isShared = parameters["shared_memory_region"] != nil
        if let told = parameters["binary_data_size"] {
          guard let bytes = told.int, bytes >= 0 else {
            throw ServeError(400, "'binary_data_size' is \(told.text()), which is no number of bytes")
          }
          size = bytes
        }
      case "data":
        if let type {
          var read = ElementBuffer(type)
          try read.readFlat(&cursor)
          buffer = read
        } else {
          // Clients may write the type behind the data.
          data = try cursor.skip()
        }
      default: try cursor.skip()
      }
    }
    guard let name else { throw ServeError(400, "an input has no 'name'") }
    guard let type else { throw ServeError(400, "the input '\(name)' has no 'datatype'") }
    guard let shape else { throw ServeError(400, "the input '\(name)' has no 'shape'") }
    if isShared { throw ServeError(501, "the input '\(name)' lies in shared memory, which is not served") }
    if let size {
      guard size <= body.count - binary else {
        throw ServeError(
          400,
          "the input '\(name)' has a 'binary_data_size' of \(size), and \(body.count - binary) bytes are left in the "
            + "request"
        )
      }
      defer { binary += size }
      return (name, try BinaryTensors.value(body[binary..<binary + size], type, shape, name: name), false)
    }
    if let data {
      var inner = JSONCursor(UnsafeBufferPointer(rebasing: cursor.text[data]))
      var read = ElementBuffer(type)
      try read.readFlat(&inner)
      try inner.end()
      buffer = read
    }
    guard let buffer else { throw ServeError(400, "the input '\(name)' has neither 'data' nor 'binary_data_size'") }
    return (name, try buffer.value(shape, name: name), buffer.hasMissing)
  }
}
