import ApusCore
import ApusFormats

/// The answer to a request of the Open Inference Protocol.
enum InferenceAnswer {
  /// The outputs that were asked for, all where none were named, with their values or their classes.
  /// - Throws: where an output is unknown, or has no classes.
  static func outputs(
    _ model: ServedModel, _ body: InferenceBody, _ values: [ServedValue]
  ) throws(ServeError) -> [(InferenceBody.Output, ServedValue)] {
    let hidden = Set(model.configuration.states.map(\.output))
    let asked =
      body.outputs
      ?? model.outputs.filter { !hidden.contains($0.name) }.map {
        InferenceBody.Output(name: $0.name, isBinary: body.isBinaryOutput)
      }
    var found: [(InferenceBody.Output, ServedValue)] = []
    for output in asked {
      guard let place = model.outputs.firstIndex(where: { $0.name == output.name }), place < values.count else {
        throw ServeError(400, "unexpected inference output '\(output.name)' for model '\(model.name)'")
      }
      let classes =
        output.classes == 0
        ? nil
        : try Classification.value(
          values[place], classes: output.classes, labels: model.labels[output.name] ?? [], hasRows: model.takesRows)
      found.append((output, classes ?? values[place]))
    }
    return found
  }

  /// The outputs that were asked for.
  /// - Throws: where an output is unknown, or cannot be written.
  static func make(_ model: ServedModel, _ body: InferenceBody, _ values: [ServedValue]) throws(ServeError)
    -> HTTPAnswer
  {
    var text = Array("{".utf8)
    if let id = body.id { text += "\"id\":\(quotedJSON(id)),".utf8 }
    text += "\"model_name\":\(quotedJSON(model.name)),\"model_version\":\"\(model.version)\",\"outputs\":[".utf8
    var binary: [UInt8] = []
    var hasBinary = false
    for (i, (output, value)) in try outputs(model, body, values).enumerated() {
      if i > 0 { text.append(UInt8(ascii: ",")) }
      let shape = value.shape.map(String.init).joined(separator: ",")
      text +=
        "{\"name\":\(quotedJSON(output.name)),\"datatype\":\"\(value.type.protocolName)\",\"shape\":[\(shape)],".utf8
      if output.isBinary {
        hasBinary = true
        text += "\"parameters\":{\"binary_data_size\":\(BinaryTensors.append(value, to: &binary))}}".utf8
      } else {
        text += "\"data\":".utf8
        try ElementText(value).appendFlat(to: &text)
        text.append(UInt8(ascii: "}"))
      }
    }
    text += "]}".utf8
    guard hasBinary else { return HTTPAnswer(headers: [HTTPField("Content-Type", "application/json")], body: text) }
    return HTTPAnswer(
      headers: [
        HTTPField("Content-Type", "application/octet-stream"),
        HTTPField("Inference-Header-Content-Length", "\(text.count)"),
      ], body: text + binary)
  }
}

/// The best classes of an output, as texts `value:index:label`.
enum Classification {
  /// - Parameters:
  ///   - hasRows: whether the first dimension counts rows, each of which has classes of its own.
  /// - Throws: where the output has no numbers.
  static func value(
    _ value: ServedValue, classes: Int, labels: [String], hasRows: Bool
  ) throws(ServeError) -> ServedValue {
    guard case .tensor(let tensor) = value, !tensor.dtype.isComplex else {
      throw ServeError(400, "classification needs an output of numbers")
    }
    let rows = hasRows ? tensor.shape.first ?? 1 : 1
    let columns = rows == 0 ? 0 : tensor.count / rows
    let count = min(classes, columns)
    var texts: [[UInt8]] = []
    let isWhole = tensor.dtype.isInteger || tensor.dtype == .bool
    let floats = tensor.dtype == .float64 ? tensor : tensor.to(isWhole ? .float64 : .float32)
    floats.withUnsafeBytes { bytes in
      func pick<Element: BinaryFloatingPoint & CustomStringConvertible>(_: Element.Type) {
        let elements = bytes.bindMemory(to: Element.self)
        for row in 0..<rows {
          let part = elements[row * columns..<(row + 1) * columns]
          // Not a number is least; of equals the first counts.
          let order = part.indices.sorted { a, b in
            part[a] > part[b] || (!part[a].isNaN && part[b].isNaN) || part[a] == part[b] && a < b
          }
          for place in order.prefix(count) {
            let index = place - part.startIndex
            let number = isWhole ? "\(Int(part[place]))" : part[place].description
            texts.append(Array("\(number):\(index)\(index < labels.count ? ":" + labels[index] : "")".utf8))
          }
        }
      }
      if floats.dtype == .float64 { pick(Double.self) } else { pick(Float.self) }
    }
    return .texts(texts, shape: hasRows ? [rows, count] : [count])
  }
}
