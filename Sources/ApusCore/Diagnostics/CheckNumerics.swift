// Values that must be finite: of one tensor, or of all that operations give.

/// `x`, of which every element must be a finite number, as TensorFlow's `tf.debugging.check_numerics`: a mistake otherwise,
/// which tells `message`, how many elements are not, of which kind, and where the first of them is. The gradient that passes is
/// checked as well. A compiled function checks in every call, also where the result is not used.
///
///     let scores = checkNumerics(q.matmul(k.mT) / scale, "scores of \(name)")
///
/// Shape and type of the result are those of `x`.
@discardableResult
public func checkNumerics(_ x: Tensor, _ message: String = "") -> Tensor {
  apply(CheckNumerics(message: message, call: Tracer.current == nil ? nil : .current), x)
}

/// Runs `body` with a look at what every operation gives, as after `tf.debugging.enable_check_numerics()`: the first one that
/// gives NaN or infinity is a mistake that names the operation, the module and the line, how many elements are concerned and what
/// the operation was given. In backward passes it is the operation whose gradient is not finite. An infinity that an operation is
/// given, such as that of a mask, is none of its own. All takes longer; compiled functions run eagerly in it.
public func checkNumerics<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
  ResultChecks.begin()
  defer { ResultChecks.end() }
  return try Context.with(anomalies: AnomalyMode(ResultChecks.all), body)
}

/// Switches the checks of ``checkNumerics(_:)-(()->R)`` on for all of the program, as `tf.debugging.enable_check_numerics()`.
public func enableCheckNumerics() { ResultChecks.setCommon(true) }

/// Switches off what ``enableCheckNumerics()`` has switched on.
public func disableCheckNumerics() { ResultChecks.setCommon(false) }

/// Whether somebody looks at the results of operations. The short ways of operations are closed then.
enum ResultChecks {
  static let all: AnomalyChecks = [.calls, .nan, .infinity, .results]

  @inline(__always) static var areOn: Bool { Profiling.watched.contains(.results) }

  private static let isCommon = Lock(false)

  static func begin() { Profiling.watch(.results, true) }

  static func end() { Profiling.watch(.results, false) }

  static func setCommon(_ isOn: Bool) {
    let wasOn = isCommon.withLock { isCommon in
      defer { isCommon = isOn }
      return isCommon
    }
    if wasOn == isOn { return }
    AnomalyMode.set(isOn ? all : [], of: all)
    if isOn { begin() } else { end() }
  }

  /// Runs `body`, the gradient of an operation, without a look at what the operations in it give.
  static func onlyOfGradients<R>(_ body: () throws(TensorError) -> R) throws(TensorError) -> R {
    try Context.with(anomalies: AnomalyMode(AnomalyMode.checks.subtracting(.results)), body)
  }

  /// Reports a result of `primitive` that is not finite, if the calling thread looks for such.
  @inline(never)
  static func look(
    at outputs: [Tensor], of primitive: any Primitive, _ inputs: [Tensor]
  ) throws(TensorError) {
    guard AnomalyMode.checks.contains(.results) else { return }
    // Elements that are only seen in another way were looked at when they were made.
    for output in outputs where !inputs.contains(where: { $0.body.storage === output.body.storage }) {
      let kinds = NonFinite.kinds(in: output)
      if kinds.isEmpty { continue }
      let given = inputs.map { NonFinite.kinds(in: $0) }
      if !kinds.contains(.nan), inputs.isEmpty || given.contains(where: { $0.contains(.infinity) }) { continue }
      if !kinds.contains(.nan), namesInfinity(primitive) { continue }
      guard let text = NonFinite.text(of: output) else { continue }
      let name = primitive.name
      var sentence = "\(name) gave \(text)"
      if let i = given.firstIndex(where: { !$0.isEmpty }), let of = NonFinite.text(of: inputs[i]) {
        sentence += "; it was given \(of), in its input \(i)"
      } else if !inputs.isEmpty {
        sentence += "; it was given finite numbers, \(inputs.map(range).joined(separator: " and "))"
      }
      if let call = CallStack.capture().userCall { sentence += "; called at \(call)" }
      throw TensorError(.value, "checkNumerics", sentence)
    }
  }

  /// Whether an infinity is among the attributes of an operation, so that it is meant: `maskedFill(mask, -.infinity)`.
  private static func namesInfinity(_ primitive: any Primitive) -> Bool {
    func isInfinite(_ value: Any) -> Bool {
      switch value {
      case let number as Double: number.isInfinite
      case let scalar as Scalar: scalar.double.isInfinite
      case let scalars as [Scalar]: scalars.contains { $0.double.isInfinite }
      default: false
      }
    }
    return Mirror(reflecting: primitive).children.contains { isInfinite($0.value) }
  }

  /// Type and range of an input in words.
  private static func range(of tensor: Tensor) -> String {
    let type = "\(tensor.dtype)\(tensor.shape)"
    guard tensor.count > 0, !tensor.isMarked, tensor.dtype.isFloatingPoint, !tensor.dtype.isCustom else { return type }
    return Context.with(gradientEnabled: false, untraced: true, anomalies: .off) {
      let elements = tensor.detach().to(.float32)
      let least: Double = elements.amin().item()
      let greatest: Double = elements.amax().item()
      return "\(type) from \(Float(least)) to \(Float(greatest))"
    }
  }
}

/// The elements themselves, which must be finite.
package struct CheckNumerics: LinearPrimitive, ElementMove {
  let message: String
  /// Where it was called, if it runs later than that.
  let call: ForwardCall?

  package var name: String { "CheckNumerics" }
  package var takesCustomElements: Bool { true }
  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] { inputs }
  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout { .kept(inputs, type.shape) }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    if let text = NonFinite.text(of: inputs[0]) {
      throw TensorError(
        .value, "checkNumerics", (message.isEmpty ? "" : message + ": ") + "found " + text + (call?.inWords ?? ""))
    }
    results[0].fill(with: inputs[0])
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let text = message.isEmpty ? "the gradient" : "the gradient of " + message
    return [apply(CheckNumerics(message: text, call: call), single(node, cotangents))]
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, inputs)
  }

  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    cLoops(inputs[0].type.shape) { "\(outputs[0]($0)) = \(inputs[0]($0));" }
  }
}
