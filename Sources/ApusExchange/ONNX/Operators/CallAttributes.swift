import ApusCore
import ApusFormats

// Attributes of a call's node, for operators that read them when they run.

/// The operators' functions, family by family.
enum ONNXOperators {}

extension ONNXOperator {
  /// An operator that reads its attributes at each call.
  static func reading(
    _ name: String, domain: String = "", since: Int = 1, inputs: ClosedRange<Int>, outputs: ClosedRange<Int> = 1...1,
    settings: Set<Int> = [], isPure: Bool = true, _ run: @escaping ONNXOperator.Kernel
  ) -> ONNXOperator {
    ONNXOperator(
      name, domain: domain, since: since, inputs: inputs, outputs: outputs, settings: settings, isPure: isPure
    ) { _ in run }
  }
}

extension ONNXCall {
  /// The version of the operator set that the node is of.
  var opset: Int { node.opset }
  /// Whether somebody may use the output at that position.
  func wants(_ i: Int) -> Bool { node.hasOutput(i) }
  func hasAttribute(_ name: String) -> Bool { node.has(name) }

  func int(_ name: String, _ value: Int) throws(TensorError) -> Int { try node.int(name, default: value) }
  func optionalInt(_ name: String) throws(TensorError) -> Int? { try node.optionalInt(name) }
  func flag(_ name: String, _ value: Bool = false) throws(TensorError) -> Bool { try node.flag(name, default: value) }
  func float(_ name: String, _ value: Double) throws(TensorError) -> Double { try node.float(name, default: value) }
  func optionalFloat(_ name: String) throws(TensorError) -> Double? { try node.optionalFloat(name) }
  func string(_ name: String, _ value: String) throws(TensorError) -> String { try node.string(name, default: value) }
  func ints(_ name: String) throws(TensorError) -> [Int]? { try node.ints(name) }
  func floats(_ name: String) throws(TensorError) -> [Double]? { try node.floats(name)?.map { Double($0) } }
  func strings(_ name: String) throws(TensorError) -> [String]? { try node.strings(name) }

  /// A tensor's element type; nil where the attribute is not given or is 0.
  func optionalDType(_ name: String) throws(TensorError) -> DType? {
    guard let number = try node.optionalInt(name), number != 0 else { return nil }
    guard let type = try node.dataType(name), let dtype = type.dtype else {
      throw error(.unsupported, "'\(name)' asks for the element type \(number), which tensors cannot hold")
    }
    return dtype
  }

  /// A dimension that an attribute names; `mayBeEnd`: the one behind the last as well.
  func axis(_ name: String, _ value: Int, rank: Int, mayBeEnd: Bool = false) throws(TensorError) -> Int {
    let given = try int(name, value)
    return mayBeEnd && given == rank ? rank : try axis(given, rank: rank, name)
  }
}
