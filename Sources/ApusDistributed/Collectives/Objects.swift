import ApusCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension ProcessGroup {
  /// The value of `root`, on all ranks: PyTorch's `broadcast_object_list`. It travels as JSON.
  ///
  /// - Parameter value: on `root` the value; on others it does not count, and may be nil.
  /// - Throws: `TensorError` of kind `format` where it cannot be written or read as JSON.
  public func broadcastObject<Value: Codable & Sendable>(_ value: Value?, from root: Int) throws(TensorError) -> Value {
    try checkRank(root, "broadcastObject")
    var bytes: [UInt8] = []
    if rank == root {
      guard let value else { throw TensorError(.value, "broadcastObject", "rank \(root) gives no value to send") }
      bytes = try encoded(value, "broadcastObject")
    }
    let count = try broadcast(Tensor([bytes.count], dtype: .int64), from: root).array(as: Int.self)[0]
    let sent = rank == root ? Self.tensor(bytes) : try Self.room([count], .uint8, "broadcastObject")
    return try decoded(try broadcast(sent, from: root), "broadcastObject")
  }

  /// The values of all ranks, by rank: PyTorch's `all_gather_object`. They travel as JSON.
  /// - Throws: `TensorError` of kind `format` where one cannot be written or read as JSON.
  public func allGatherObject<Value: Codable & Sendable>(_ value: Value) throws(TensorError) -> [Value] {
    let bytes = Self.tensor(try encoded(value, "allGatherObject"))
    var values: [Value] = []
    for found in try allToAll([Tensor](repeating: bytes, count: size)) {
      values.append(try decoded(found, "allGatherObject"))
    }
    return values
  }

  private static func tensor(_ bytes: [UInt8]) -> Tensor {
    let tensor = Tensor.uninitialized([bytes.count], .uint8)
    bytes.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { tensor.body.data.copyMemory(from: base, byteCount: bytes.count) }
    }
    return tensor
  }

  private static let infinity = "Infinity"
  private static let nan = "NaN"

  private func encoded(_ value: some Encodable, _ operation: String) throws(TensorError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.infinity, negativeInfinity: "-\(Self.infinity)", nan: Self.nan)
    do { return Array(try encoder.encode(value)) } catch {
      throw TensorError(.format, operation, "a value of \(type(of: value)) cannot be written as JSON: \(error)")
    }
  }

  private func decoded<Value: Decodable>(_ bytes: Tensor, _ operation: String) throws(TensorError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.infinity, negativeInfinity: "-\(Self.infinity)", nan: Self.nan)
    let data = bytes.withUnsafeBytes { Data($0) }
    do { return try decoder.decode(Value.self, from: data) } catch {
      throw TensorError(.format, operation, "what came cannot be read as \(Value.self): \(error)")
    }
  }
}
