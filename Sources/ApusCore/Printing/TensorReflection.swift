/// What `dump` shows of a tensor: its text, which summarises long ones, then type, shape, strides, where it lies, and what a
/// variable has besides.
///
///     dump(model.fc.weight)
extension Tensor: CustomReflectable {
  public var customMirror: Mirror {
    if isPoisoned { return Mirror(self, children: ["failure": body.failure?.description ?? ""], displayStyle: .struct) }
    var children: [(label: String?, value: Any)] = [
      ("dtype", "\(dtype)"), ("shape", shape.description), ("strides", strides.description),
      ("device", "\(device)"), ("bytes", count * dtype.size), ("requiresGrad", requiresGrad),
    ]
    if isParameter { children.append(("isParameter", true)) }
    if let gradFn { children.append(("gradFn", gradFn.description)) }
    if body.flags.contains(.variable) {
      children.append(("grad", variable.state.withLock { $0.gradient }.map(\.description) ?? "None"))
    }
    return Mirror(self, children: children, displayStyle: .struct)
  }
}
