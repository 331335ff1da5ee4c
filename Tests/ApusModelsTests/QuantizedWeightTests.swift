import Apus
import Testing

/// Products with quantised weights against the same products with their numbers.
@Suite struct QuantizedWeightTests {
  static let forms: [WeightForm] = [
    .blocks(.q4_0), .blocks(.q4_1), .blocks(.q5_0), .blocks(.q5_1), .blocks(.q8_0), .int8, .int4(group: 32),
    .int4(group: 128), .float16, .bfloat16,
  ]

  private func normal(_ shape: [Int], seed: Int) -> Tensor {
    manualSeed(seed)
    return Init.normal(Tensor.zeros(shape))
  }

  private func error(_ a: Tensor, _ b: Tensor) -> Double { ((a - b).abs().max() / b.abs().max()).item() }

  @Test("Products are those of the numbers, for one, a few and many rows", arguments: forms)
  func products(form: WeightForm) throws {
    let weight = try QuantizedWeight(quantizing: normal([37, 256], seed: 1), as: form)
    let bias = normal([37], seed: 2)
    for rows in [1, 3, 4, 9, 70] {
      let x = normal([rows, 256], seed: 3)
      #expect(error(weight.product(x, bias: bias), linear(x, weight.widened(), bias)) < 5e-5, "\(rows) rows")
    }
    #expect(weight.product(Tensor.zeros([0, 256])).shape == [0, 37])
  }

  @Test("A gradient reaches the input and the bias", arguments: forms)
  func gradients(form: WeightForm) throws {
    let weight = try QuantizedWeight(quantizing: normal([8, 128], seed: 1), as: form)
    let (x, bias) = (parameter(normal([5, 128], seed: 2)), parameter(Tensor.zeros([8])))
    let probe = normal([5, 8], seed: 3)
    (weight.product(x, bias: bias) * probe).sum().backward()
    #expect(error(try #require(x.grad), matmul(probe, weight.widened())) < 1e-5)
    #expect(error(try #require(bias.grad), probe.sum([0])) < 1e-5)
  }

  @Test("Rows come one by one, and numbers that are not finite stay so")
  func rows() throws {
    let weight = try QuantizedWeight(quantizing: normal([10, 64], seed: 1), as: .blocks(.q5_1))
    let rows = weight.rows(Tensor([[3, 0], [9, 3]]))
    #expect(rows.shape == [2, 2, 64])
    #expect(rows[1, 0].equal(weight.widened()[9]))
    #expect(throws: TensorError.self) { try withErrors { weight.rows(Tensor([10])) } }
    var x = normal([1, 64], seed: 2)
    x = cat([x.narrow(1, 0, 63), Tensor([[Double.nan]], dtype: .float32)], dim: 1)
    #expect(weight.product(x).isnan().all().item() != 0)
  }

  @Test("Interleaved heads are put in their order")
  func interleaved() throws {
    // Two heads of four rows: the file has the halves in turns.
    let plain = normal([8, 32], seed: 1)
    let mixed = plain.reshape([2, 2, 2, 32]).transpose(1, 2).reshape([8, 32])
    let stored = try QuantizedTensor(quantizing: mixed, as: .q8_0)
    let weight = try QuantizedWeight(stored, interleaved: 4)
    let want = try QuantizedTensor(quantizing: plain, as: .q8_0).dequantized()
    #expect(weight.widened().equal(want))
    #expect(weight.rows(Tensor([5]))[0].equal(want[5]))
    for rows in [1, 6] {
      let x = normal([rows, 32], seed: 2)
      #expect(error(weight.product(x), linear(x, want)) < 5e-5)
    }
  }

  @Test("Rows that are no whole groups are refused")
  func refused() {
    #expect(throws: TensorError.self) { try QuantizedWeight(quantizing: Tensor.zeros([2, 48]), as: .int4(group: 32)) }
    #expect(throws: TensorError.self) { try QuantizedWeight(quantizing: Tensor.zeros([2, 48]), as: .blocks(.q4_0)) }
    #expect(throws: TensorError.self) { try QuantizedWeight(quantizing: Tensor.zeros([2, 256]), as: .blocks(.q5_K)) }
  }
}
