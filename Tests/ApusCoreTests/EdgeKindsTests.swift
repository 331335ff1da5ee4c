import Apus
import Testing

/// Kinds of arguments that PyTorch takes: its values.
@Suite struct EdgeKindsTests {
  @Test func meshgridInPictureOrder() {
    let (a, b, c) = (Tensor([0, 1, 2]), Tensor([10, 11]), Tensor([7, 8]))
    let two = meshgrid([a, b], indexing: .xy)
    #expect(two.map(\.shape) == [[2, 3], [2, 3]])
    #expect(
      two[0].array(as: Int.self) == [0, 1, 2, 0, 1, 2] && two[1].array(as: Int.self) == [10, 10, 10, 11, 11, 11])
    let three = meshgrid([a, b, c], indexing: .xy)
    #expect(three.map(\.shape) == [[2, 3, 2], [2, 3, 2], [2, 3, 2]])
    #expect(three[0].array(as: Int.self) == [0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2])
    #expect(three[1].array(as: Int.self) == [10, 10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 11])
    #expect(three[2].array(as: Int.self) == [7, 8, 7, 8, 7, 8, 7, 8, 7, 8, 7, 8])
    #expect(meshgrid([a, Tensor(5)], indexing: .xy).map(\.shape) == [[1, 3], [1, 3]])
    #expect(meshgrid([a], indexing: .xy)[0].shape == [3])
  }

  @Test func maskedFillTakesNumbersOfOtherTypes() {
    let (flags, mask) = (Tensor([true, false, true]), Tensor([true, true, false]))
    func filled(_ value: some ScalarConvertible) -> [Bool] { flags.maskedFill(mask, value).array(as: Bool.self) }
    #expect(filled(3) == [true, true, true] && filled(2.5) == [true, true, true] && filled(-1) == [true, true, true])
    #expect(filled(0) == [false, false, true] && filled(0.0) == [false, false, true])
    #expect(filled(Double.nan) == [true, true, true] && filled(false) == [false, false, true])
    let bytes = Tensor([1, 0, 1], dtype: .uint8)
    #expect(bytes.maskedFill(mask, 2.5).array(as: Int.self) == [2, 2, 1])
    #expect(bytes.maskedFill(mask, -1).array(as: Int.self) == [255, 255, 1])
    #expect(bytes.maskedFill(mask, 255.9).array(as: Int.self) == [255, 255, 1])
    #expect(bytes.to(.int8).maskedFill(mask, true).array(as: Int.self) == [1, 1, 1])
    #expect(Tensor([1, 2, 3]).maskedFill(mask, Tensor(2.5)).array(as: Int.self) == [2, 2, 3])
    #expect(flags.maskedFill(mask, Tensor(2.5)).array(as: Bool.self) == [true, true, true])
    // The number in the precision of the tensor.
    #expect(Tensor([1.0, 2.0, 3.0], dtype: .float64).maskedFill(mask, 0.1).array(as: Double.self) == [0.1, 0.1, 3])
    #expect(Tensor([1, 2, 3]).maskedFill(mask, Int.max).array(as: Int.self) == [Int.max, Int.max, 3])
    #expect(Tensor([1.0, 2.0, 3.0]).maskedFill(mask, -Double.infinity).array() == [-.infinity, -.infinity, 3])
  }

  /// PyTorch: value cannot be converted without overflow.
  @Test(arguments: [
    (DType.uint8, 300.0), (.uint8, -256), (.int8, 300), (.int32, .nan), (.int64, 0x1p63), (.float16, 1e6),
  ])
  func maskedFillRefusesNumbersOutOfRange(_ dtype: DType, _ value: Double) {
    let error = #expect(throws: TensorError.self) {
      try withErrors { Tensor.ones([2], dtype: dtype).maskedFill(Tensor([true, false]), value) }
    }
    #expect(error?.kind == .value && error?.operation == "maskedFill")
  }

  @Test func narrowFromATensor() {
    let x = arange(6).reshape(3, 2)
    #expect(x.narrow(0, Tensor(1), 2).array(as: Int.self) == [2, 3, 4, 5])
    #expect(x.narrow(1, Tensor(-1, dtype: .int32), 1).array(as: Int.self) == [1, 3, 5])
    #expect(x.narrow(0, Tensor(3), 0).shape == [0, 2])
    for start in [Tensor([1]), Tensor(1.0), Tensor(true)] {
      let error = #expect(throws: TensorError.self) { try withErrors { x.narrow(0, start, 1) } }
      #expect(error?.kind == .dtype)
    }
    for start in [7, -4, Int.min, Int.max] {
      let error = #expect(throws: TensorError.self) { try withErrors { x.narrow(0, Tensor(start), 1) } }
      #expect(error?.kind == .index)
    }
  }
}
