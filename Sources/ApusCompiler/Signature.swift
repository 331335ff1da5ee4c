import ApusCore

/// What tells apart the calls that one captured graph cannot serve together.
struct Signature: Equatable {
  struct Part: Equatable {
    var type: TensorType
    var strides: [Int]
    var requiresGrad: Bool
    /// Where it lies, if there are devices.
    var device: Device?
    /// A variable is itself: the graph reads and stores its elements.
    var variable: ObjectIdentifier?

    var description: String { "\(type.dtype)\(type.shape)" + (requiresGrad ? " requiring a gradient" : "") }
  }
  var tensors: [Part]
  var others: [AnyHashable]
  var isGradEnabled: Bool
  /// What products compute in.
  var autocast: DType?

  init(_ tensors: [Tensor], _ others: [AnyHashable]) {
    self.tensors = tensors.map {
      Part(
        type: $0.type, strides: $0.isVariable ? [] : $0.strides, requiresGrad: $0.requiresGrad,
        device: $0.deviceIfUsed, variable: $0.variableIdentity)
    }
    self.others = others
    isGradEnabled = ApusCore.isGradEnabled
    autocast = autocastDType
  }

  /// Whether it is the signature of a call with these tensors and other parts.
  func matches(_ given: [Tensor], _ parts: [AnyHashable]) -> Bool {
    guard given.count == tensors.count, isGradEnabled == ApusCore.isGradEnabled, autocast == autocastDType,
      parts == others
    else { return false }
    for (tensor, part) in zip(given, tensors) {
      guard tensor.dtype == part.type.dtype, tensor.requiresGrad == part.requiresGrad,
        tensor.variableIdentity == part.variable, tensor.shape == part.type.shape,
        part.variable != nil || tensor.strides == part.strides, tensor.deviceIfUsed == part.device
      else { return false }
    }
    return true
  }

  var description: String {
    "(" + (tensors.map(\.description) + others.map { "\($0)" }).joined(separator: ", ") + ")"
      + (isGradEnabled ? "" : " without gradients") + (autocast.map { " under autocast to \($0)" } ?? "")
  }

  /// Whether only shapes of tensors are others than in `other`.
  func differsInShapes(from other: Signature) -> Bool {
    guard tensors.count == other.tensors.count, others == other.others, isGradEnabled == other.isGradEnabled,
      autocast == other.autocast
    else { return false }
    return zip(tensors, other.tensors).contains { $0.type.shape != $1.type.shape }
      && zip(tensors, other.tensors).allSatisfy { $0.type.dtype == $1.type.dtype && $0.device == $1.device }
  }

  /// What is new against `other`, in words.
  func difference(from other: Signature) -> String {
    if tensors.count != other.tensors.count {
      return "\(tensors.count) tensors instead of \(other.tensors.count)"
    }
    for (i, (a, b)) in zip(tensors, other.tensors).enumerated() where a != b {
      if a.type != b.type {
        return "argument \(i) is \(a.type.dtype)\(a.type.shape), and was \(b.type.dtype)\(b.type.shape)"
      }
      if a.variable != b.variable { return "argument \(i) is another variable" }
      if a.requiresGrad != b.requiresGrad {
        return "argument \(i) \(a.requiresGrad ? "requires a" : "needs no") gradient"
      }
      if let device = a.device, device != b.device { return "argument \(i) lies on \(device)" }
      return "argument \(i) lies in memory with strides \(a.strides), and had \(b.strides)"
    }
    if isGradEnabled != other.isGradEnabled { return "gradients are \(isGradEnabled ? "" : "not ")recorded" }
    if autocast != other.autocast { return autocast.map { "autocast to \($0) is on" } ?? "autocast is off" }
    return "another value of an argument that is no tensor"
  }
}
