import ApusCore
import ApusExchange
import ApusFormats
import Testing

@Suite struct ONNXQuantisedTests {
  typealias Models = ONNXNodeModels

  @Test func halvesRoundToEvenAndRangesEnd() throws {
    let x = Tensor([-3.0, -1.0, 1.0, 3.0, 5.0, 1000.0] as [Float])
    let y = try Models.tensor("QuantizeLinear", [x, Tensor(2.0 as Float), Tensor(UInt8(2))])
    // -1.5, -0.5, 0.5, 1.5, 2.5 round to -2, 0, 0, 2, 2.
    #expect(y.dtype == .uint8)
    #expect(y.array(as: Int.self) == [0, 2, 2, 4, 4, 255])
  }

  @Test func fourBitsAndBlocks() throws {
    let x = Tensor([0.0, 1.0, 2.0, 30.0, 40.0, -90.0] as [Float], shape: [1, 6])
    let scale = Tensor([1.0, 10.0] as [Float], shape: [1, 2])
    let attributes: [(String, ONNX.AttributeProto.Value)] = [
      ("axis", .int(1)), ("block_size", .int(3)), ("output_dtype", .int(Int64(ONNX.DataType.int4.rawValue))),
    ]
    let made = try Models.run("QuantizeLinear", [.tensor(x), .tensor(scale)], attributes)
    guard case .narrow(let codes, .int4) = made[0] else { throw TensorError(.value, "test", "is \(made[0].kindName)") }
    #expect(codes.array(as: Int.self) == [0, 1, 2, 3, 4, -8])
    let back = try Models.run(
      "DequantizeLinear", [made[0], .tensor(scale)], [("axis", .int(1)), ("block_size", .int(3))])
    #expect(back[0].tensor?.array() == [0, 1, 2, 30, 40, -80])
  }

  @Test func productsOfManyBytesAreExact() throws {
    // Sums beyond 2^24, which float32 does not hold.
    let a = Tensor.full([2, 2001], 255, dtype: .uint8)
    let b = Tensor.full([2001, 3], 255, dtype: .uint8)
    let sum = try Models.tensor("MatMulInteger", [a, b])
    #expect(sum.dtype == .int32)
    #expect(sum.array(as: Int.self) == [Int](repeating: 2001 * 255 * 255, count: 6))
    let centred = try Models.tensor("MatMulInteger", [a, b, Tensor(UInt8(254)), Tensor(UInt8(255))])
    #expect(centred.array(as: Int.self) == [Int](repeating: 0, count: 6))
  }

  @Test func dynamicRangesContainZero() throws {
    let made = try Models.run(
      "DynamicQuantizeLinear", [.tensor(Tensor([0, 2, -3, -2.5, 1.34, 0.5] as [Float]))], outputs: 3)
    #expect(made[0].tensor?.array(as: Int.self) == [153, 255, 0, 26, 221, 179])
    #expect(made[2].tensor?.item(as: Int.self) == 153)
  }

  @Test func missingScalesAreErrors() throws {
    let error = #expect(throws: TensorError.self) {
      _ = try Models.tensor("QuantizeLinear", [Tensor.zeros([2, 3]), Tensor.ones([4])], [("axis", .int(1))])
    }
    #expect(error?.description.contains("'n'") == true)
  }
}
