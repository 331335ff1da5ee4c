// Where operations of the graph were called, and what a backward pass says of it.

/// Where the program called an operation, and what came of it.
final class ForwardCall: Sendable {
  let stack: CallStack
  /// The path of the module in which it was called.
  let module: String?
  /// What was not finite among the results, as far as that is looked for.
  let found: NonFinite

  private init(_ stack: CallStack, _ module: String?, _ found: NonFinite) {
    (self.stack, self.module, self.found) = (stack, module, found)
  }

  /// The call that goes on.
  static var current: ForwardCall { ForwardCall(CallStack.capture(), ModuleFrame.path, NonFinite()) }

  /// The call that has made `outputs`.
  @inline(never) convenience init(_ outputs: __shared SmallArray<Tensor>) {
    let checks = AnomalyMode.checks
    var found = NonFinite()
    if checks.contains(.nan) || checks.contains(.infinity) {
      for i in 0..<outputs.count { found.formUnion(NonFinite.kinds(in: outputs[i])) }
    }
    self.init(CallStack.capture(), ModuleFrame.path, found)
  }

  /// `in module Net.fc`, if it was in one.
  fileprivate var ofModule: String { module.map { " in module \($0)" } ?? "" }

  fileprivate var lines: String { stack.userCalls.map { "\n    at \($0)" }.joined() }

  /// The innermost call of the user's and the module, for a sentence; empty where neither is known.
  var inWords: String {
    (stack.userCall.map { ", called at \($0)" } ?? "") + (module.map { " (in module \($0))" } ?? "")
  }

  fileprivate var description: String {
    let calls = lines
    if calls.isEmpty { return ofModule.isEmpty ? "" : ". The forward call was made" + ofModule }
    return ". Traceback of the forward call\(ofModule) that caused the error:" + calls
  }
}

extension ModuleFrame {
  /// The path of the module whose call goes on in this thread.
  static var path: String? { innermost.map { $0.pointee.describe($0) } }
}

extension Node {
  /// An error of the backward pass at this node, with where it was called if that is known.
  func anomaly(_ error: TensorError) -> TensorError {
    guard AnomalyMode.isEnabled else { return error }
    var error = error
    error.message +=
      forwardCall?.description
      ?? ". No forward pass information available: enable detect anomaly during the forward pass for more information"
    return error
  }

  /// Reports the first of `gradients` that is not finite, if such are looked for.
  func checkGradients(_ gradients: [Tensor?]) throws(TensorError) {
    let checks = AnomalyMode.checks
    guard checks.contains(.nan) || checks.contains(.infinity) else { return }
    for (i, gradient) in gradients.enumerated() {
      guard let gradient else { continue }
      let found = NonFinite.kinds(in: gradient)
      let isNaN = found.contains(.nan) && checks.contains(.nan)
      guard isNaN || (found.contains(.infinity) && checks.contains(.infinity)) else { continue }
      let values = isNaN ? "nan" : "infinite"
      var error = anomaly(
        TensorError(.value, "backward", "Function '\(functionName)' returned \(values) values in its \(i)th output"))
      error.message += origin(of: isNaN ? .nan : .infinity, values)
      throw error
    }
  }

  /// Where the forward pass gave such a value first, among all that this node was computed from.
  private func origin(of kind: NonFinite, _ values: String) -> String {
    var first: Node?
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(self)]
    var stack: [Node] = [self]
    while let node = stack.popLast() {
      if node.forwardCall?.found.contains(kind) == true, node.sequence < first?.sequence ?? .max { first = node }
      for i in 0..<node.edges.count {
        guard let record = node.edges[i].record, record.sequence != 0, seen.insert(ObjectIdentifier(record)).inserted
        else { continue }
        stack.append(unsafeDowncast(record, to: Node.self))
      }
    }
    guard let first, let call = first.forwardCall else { return "" }
    if first === self { return "\nThe forward call gave \(values) values already." }
    return "\nThe forward pass had \(values) values before that, first in '\(first.functionName)'\(call.ofModule), "
      + "called" + (call.lines.isEmpty ? " in a place that is not known" : call.lines)
  }
}
