import ApusCore
import ApusFormats
import Testing

/// Blocks of 256 numbers that are written: what they give back, and that their search finds better scales than none.
@Suite struct KBlockTests {
  private func normal(_ rows: Int) -> Tensor {
    manualSeed(5)
    return randn([rows, 512])
  }

  /// The root of the mean squared error relative to that of the numbers.
  private func error(_ x: Tensor, _ type: GGUFTensorType) throws -> Double {
    let read = try QuantizedTensor(quantizing: x, as: type).dequantized()
    return ((read - x).square().mean() / x.square().mean()).sqrt().item()
  }

  @Test("Errors are those that the bits allow, and less than those of plain blocks")
  func errors() throws {
    let x = normal(64)
    // The steps of normal numbers in 4 and 6 bits; Q4_K has the bits of Q4_0.
    let (q4, q6) = (try error(x, .q4_K), try error(x, .q6_K))
    #expect(q4 < 0.08, "\(q4)")
    #expect(q6 < 0.02, "\(q6)")
    #expect(try q4 < error(x, .q4_0))
    #expect(try q6 < error(x, .q5_1))
    #expect(try error(x, .q8_0) < q6)
  }

  @Test("Numbers that levels can stand for come back as they were")
  func exact() throws {
    // Scales and offsets are multiples of one number, up to 63 times: steps of 63 and whole halves.
    let levels = (0..<256).map { Float(($0 * 7) % 16) }
    let x = Tensor(levels.map { $0 * 63 - 63 }).reshape([1, 256])
    #expect(((try QuantizedTensor(quantizing: x, as: .q4_K).dequantized()) - x).abs().max().item() < 1e-3 * 15 * 63)
    let six = Tensor((0..<256).map { Float(($0 * 5) % 64 - 32) }).reshape([1, 256])
    #expect(((try QuantizedTensor(quantizing: six, as: .q6_K).dequantized()) - six).abs().max().item() < 0.6)
  }

  @Test(
    "Zeros stay zeros, and numbers that are not finite or huge end no program", arguments: [GGUFTensorType.q4_K, .q6_K])
  func extremes(type: GGUFTensorType) throws {
    let zeros = try QuantizedTensor(quantizing: Tensor.zeros([2, 256]), as: type).dequantized()
    #expect(zeros.abs().max().item() == 0)
    for value in [Double.nan, .infinity, -.infinity, 3e38, 1e-40, -1e-20] {
      let mixed = Tensor((0..<256).map { $0 == 17 ? Float(value) : Float($0) / 100 }).reshape([1, 256])
      _ = try QuantizedTensor(quantizing: mixed, as: type)
      _ = try QuantizedTensor(quantizing: Tensor.full([1, 256], value, dtype: .float32), as: type)
    }
    #expect(throws: TensorError.self) { try QuantizedTensor(quantizing: Tensor.zeros([2, 128]), as: type) }
  }
}
