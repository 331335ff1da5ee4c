import ApusFormats

extension ServedModel {
  /// Puts a request of the Open Inference Protocol in the queue, with the priority, the time and the sequence that its parameters tell.
  /// - Returns: the request, to be cancelled when nobody waits for it; nil where the model has been closed.
  /// - Throws: what is wrong with it.
  func submit(
    _ body: InferenceBody, arrival: Double, trace: RequestTrace?, caller: String,
    completion: @escaping @Sendable (Result<[ServedValue], ServeError>) -> Void
  ) throws(ServeError) -> InferenceRequest? {
    var asked = Asked(arrival: arrival, trace: trace, caller: caller)
    asked.priority = try body.wholeParameter("priority")
    asked.timeout = try body.wholeParameter("timeout")
    asked.sequence = body.sequence
    for output in body.outputs ?? [] where !outputs.contains(where: { $0.name == output.name }) {
      throw ServeError(400, "unexpected inference output '\(output.name)' for model '\(name)'")
    }
    for port in inputs where !port.allowsMissing && body.inputsWithMissing.contains(port.name) {
      throw port.missesValue
    }
    return try submit(body.inputs, asked, completion: completion)
  }
}

extension InferenceBody {
  fileprivate func wholeParameter(_ key: String) throws(ServeError) -> Int {
    guard let value = parameters[key] else { return 0 }
    guard let number = value.int ?? value.string.flatMap({ Int($0) }), number >= 0 else {
      throw ServeError(400, "the parameter '\(key)' is \(value.text()), which is no whole number")
    }
    return number
  }

  /// The place in a sequence that the parameters tell.
  fileprivate var sequence: SequenceTurn? {
    let id: String
    switch parameters["sequence_id"] {
    case .int(let number)? where number != 0: id = "\(number)"
    case .string(let text)? where !text.isEmpty: id = text
    default: return nil
    }
    return SequenceTurn(
      id: id, isFirst: parameters["sequence_start"]?.bool ?? false, isLast: parameters["sequence_end"]?.bool ?? false)
  }
}
