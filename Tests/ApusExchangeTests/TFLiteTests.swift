import ApusCore
import ApusExchange
import ApusFormats
import ApusNN
import TestSupport
import Testing

@Suite struct TFLiteTests {
  func numbers(_ list: [Int32]) -> FlatValue {
    .elements(list.withUnsafeBytes { Array($0) }, count: list.count, alignment: 4)
  }

  func tensor(
    _ name: String, _ shape: [Int32], type: UInt8, buffer: Int32 = 0, scale: Float? = nil, zero: Int64 = 0
  ) -> FlatValue {
    var fields: [(id: Int, value: FlatValue)] = [
      (0, numbers(shape)), (1, .uint8(type)), (2, .int32(buffer)), (3, .string(name)),
    ]
    if let scale {
      let scales = withUnsafeBytes(of: scale.bitPattern) { Array($0) }
      let zeros = withUnsafeBytes(of: zero) { Array($0) }
      fields.append(
        (
          4,
          .table([
            (2, .elements(scales, count: 1, alignment: 4)), (3, .elements(zeros, count: 1, alignment: 8)),
          ])
        ))
    }
    return .table(fields)
  }

  /// A model of one operator; `options` are those of its table.
  func model(
    code: UInt8, tensors: [FlatValue], inputs: [Int32], output: Int32, buffers: [[UInt8]] = [],
    options: [(id: Int, value: FlatValue)] = []
  ) -> [UInt8] {
    let operation: FlatValue = .table([
      (0, .int32(0)), (1, numbers(inputs)), (2, numbers([output])), (4, .table(options)),
    ])
    let graph: FlatValue = .table([
      (0, .tables(tensors)), (1, numbers([0])), (2, numbers([output])), (3, .tables([operation])),
    ])
    let data = buffers.map { FlatValue.table([(0, .elements($0, count: $0.count, alignment: 1))]) }
    let plain = FlatValue.table([
      (0, .int32(3)), (1, .tables([.table([(0, .uint8(code))])])), (2, .tables([graph])),
      (3, .string("made by a test")),
      (4, .tables([.table([])] + data)),
    ]).encoded()
    // The letters of the format stand behind the offset of the root, which they move by their own length.
    let root = plain[..<4].reversed().reduce(0) { $0 << 8 | Int($1) } + 4
    return (0..<4).map { UInt8(truncatingIfNeeded: root >> (8 * $0)) } + Array("TFL3".utf8) + plain[4...]
  }

  func load(_ bytes: [UInt8]) throws -> TFLiteModel {
    let folder = TemporaryFolder()
    put(bytes, at: folder.file("a.tflite"))
    return try TFLiteModel(path: folder.file("a.tflite"))
  }

  var quantised: [UInt8] {
    // x = 0.5 (q - 1), weights 0.25 q, bias 0.125 q, y = q + 3.
    model(
      code: 9,
      tensors: [
        tensor("x", [1, 2], type: 9, scale: 0.5, zero: 1), tensor("w", [2, 2], type: 9, buffer: 1, scale: 0.25),
        tensor("b", [2], type: 2, buffer: 2, scale: 0.125), tensor("y", [1, 2], type: 9, scale: 1, zero: -3),
      ], inputs: [0, 1, 2], output: 3, buffers: [[4, 8, 252, 100], [8, 0, 0, 0, 0, 0, 0, 0]])
  }

  /// Numbers in a file may not ask for more memory than there is.
  @Test func resultsAreBounded() throws {
    let margins = [0, 0, 1 << 30, 1 << 30].flatMap { number in withUnsafeBytes(of: Int32(number)) { Array($0) } }
    let model = try load(
      model(
        code: 34,
        tensors: [
          tensor("x", [1, 2], type: 0), tensor("margins", [2, 2], type: 2, buffer: 1), tensor("y", [1, 2], type: 0),
        ], inputs: [0, 1], output: 2, buffers: [margins]))
    #expect { try model.run([Tensor.zeros([1, 2])]) } throws: {
      let error = $0 as? TensorError
      return error?.kind == .memory && error?.message.contains("PAD") == true
    }
  }

  @Test func quantisedProductsAreRounded() throws {
    let model = try load(quantised)
    #expect(model.inputs.map(\.description) == ["x: int8 [1, 2]"] && model.modelDescription == "made by a test")
    #expect(model.namedParameters().map(\.name).sorted() == ["b", "w"])
    // x = [2, 4.5]: 1 * 2 + 2 * 4.5 + 1 = 12 and -1 * 2 + 25 * 4.5 = 110.5, which is rounded to the even number.
    let y = try model.run([Tensor([5, 10]).to(.int8).reshape([1, 2])])[0]
    #expect(y.dtype == .int8 && y.array(as: Int.self) == [9, 107])
    // Beyond the largest number that fits.
    #expect(try model.run([Tensor([5, 127]).to(.int8).reshape([1, 2])])[0].array(as: Int.self) == [126, 127])
    #expect(throws: TensorError.self) { try model.run([Tensor.zeros([1, 3])]) }
    #expect(throws: TensorError.self) { try model.run([]) }
  }

  @Test func picturesKeepTheirOrder() throws {
    // Blocks of two by two pixels become channels: the last dimension.
    let bytes = model(
      code: 26, tensors: [tensor("x", [1, 2, 2, 1], type: 0), tensor("y", [1, 1, 1, 4], type: 0)], inputs: [0],
      output: 1,
      options: [(0, .int32(2))])
    let y = try load(bytes)(Tensor([1.0, 2, 3, 4]).reshape([1, 2, 2, 1]))
    #expect(y.shape == [1, 1, 1, 4] && y.array() == [1, 2, 3, 4])
  }

  @Test func unknownOperatorsAreNamed() throws {
    let bytes = model(
      code: 110, tensors: [tensor("x", [1], type: 0), tensor("y", [1], type: 0)], inputs: [0], output: 1)
    let error = #expect(throws: TensorError.self) { try load(bytes) }
    #expect(error?.kind == .unsupported && error?.message.contains("operator number 110") == true)
  }

  @Test func damagedModelsAreRefused() throws {
    let bytes = quantised
    for length in stride(from: 0, to: bytes.count, by: 7) { _ = try? load(Array(bytes[..<length])) }
    let error = #expect(throws: TensorError.self) { try load(Array(bytes[..<40])) }
    #expect(error?.kind == .format && error?.operation.hasSuffix("a.tflite") == true)
    for i in bytes.indices {
      var damaged = bytes
      damaged[i] ^= 0xff
      if let model = try? load(damaged) { _ = try? model.run([Tensor.zeros([1, 2], dtype: .int8)]) }
    }
  }
}
