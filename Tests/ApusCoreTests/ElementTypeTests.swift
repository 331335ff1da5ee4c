import Apus
import Testing

/// The table of element types: sizes, kinds, promotion, conversion and printing of the types that are stored.
@Suite struct ElementTypeTests {
  static let all: [DType] = DType.allCases

  @Test func numbersNamesAndSizes() {
    #expect(Self.all.map(\.rawValue) == Array(0..<UInt8(Self.all.count)))
    #expect(Self.all.map(\.size) == [1, 1, 1, 2, 4, 8, 2, 2, 4, 8, 2, 4, 8, 1, 1, 8, 16, 4])
    for dtype in Self.all {
      #expect(DType(name: dtype.name) == dtype && DType(name: "torch." + dtype.name) == dtype)
      let kinds = [dtype == .bool, dtype.isInteger, dtype.isFloatingPoint, dtype.isComplex]
      #expect(kinds.filter { $0 }.count == 1, "\(dtype)")
    }
    #expect(DType(name: "cdouble") == .complex128 && DType(name: "half") == .float16 && DType(name: "float7") == nil)
    #expect(DType.float8e4m3fn.name == "float8_e4m3fn" && DType.float8e4m3fn.isFloatingPoint)
    #expect(DType.complex64.realType == .float32 && DType.float64.complexType == .complex128)
  }

  /// PyTorch's promote_types: rows are the first type, nil where there is none.
  @Test func promotionIsPyTorchs() {
    let first: [DType] = [
      .bool, .uint8, .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64, .complex64, .complex128,
    ]
    let table: [[DType]] = [
      first,
      [.uint8, .uint8, .int16, .int16, .int32, .int64] + first[6...],
      [.int8, .int16, .int8, .int16, .int32, .int64] + first[6...],
      [.int16, .int16, .int16, .int16, .int32, .int64] + first[6...],
      [.int32, .int32, .int32, .int32, .int32, .int64] + first[6...],
      [.int64, .int64, .int64, .int64, .int64, .int64] + first[6...],
      [DType](repeating: .float16, count: 7) + [.float32, .float32, .float64, .complex64, .complex128],
      [DType](repeating: .bfloat16, count: 6) + [.float32, .bfloat16, .float32, .float64, .complex64, .complex128],
      [DType](repeating: .float32, count: 9) + [.float64, .complex64, .complex128],
      [DType](repeating: .float64, count: 10) + [.complex128, .complex128],
      [DType](repeating: .complex64, count: 9) + [.complex128, .complex64, .complex128],
      [DType](repeating: .complex128, count: 12),
    ]
    for (a, row) in zip(first, table) {
      for (b, expected) in zip(first, row) { #expect(promoteTypes(a, b) == expected, "\(a) and \(b)") }
    }
    // The complex type of float16 parts: with others of its kind by their parts.
    let halves: [DType] =
      [DType](repeating: .complex32, count: 7) + [.complex64, .complex64, .complex128, .complex64, .complex128]
    for (other, expected) in zip(first, halves) {
      #expect(promoteTypes(.complex32, other) == expected && promoteTypes(other, .complex32) == expected, "\(other)")
    }
    for type in [DType.uint16, .uint32, .uint64] {
      for other in [DType.float16, .bfloat16, .float32, .float64] {
        #expect(promoteTypes(type, other) == other && promoteTypes(other, type) == other)
      }
    }
    let apart: [(DType, DType)] = [
      (.uint16, .int64), (.bool, .uint32), (.uint16, .uint32), (.uint64, .complex64), (.float8e5m2, .float32),
      (.float8e4m3fn, .float8e5m2), (.float8e4m3fn, .int32), (.uint64, .float8e5m2), (.complex64, .float8e4m3fn),
    ]
    for (a, b) in apart {
      for (x, y) in [(a, b), (b, a)] {
        let error = #expect(throws: TensorError.self) {
          try withErrors { Tensor.ones([2], dtype: x) * Tensor.ones([2], dtype: y) }
        }
        #expect(error?.message.contains("\(x)") == true && error?.message.contains("\(y)") == true, "\(x) and \(y)")
      }
    }
  }

  @Test func numbersBesideTensors() {
    #expect((Tensor.ones([2], dtype: .uint16) + 1).dtype == .uint16)
    #expect((Tensor.ones([2], dtype: .uint16) * 1.5).dtype == .float32)
    #expect((Tensor.ones([2], dtype: .float8e5m2) * 1.5).dtype == .float8e5m2)
    #expect((Tensor.ones([2], dtype: .int32) * Complex.i).dtype == .complex64)
    #expect((Tensor.ones([2], dtype: .float64) * Complex.i).dtype == .complex128)
    #expect((Tensor.ones([2], dtype: .float16) * Complex.i).dtype == .complex32)
    #expect((Tensor.ones([2], dtype: .complex64) * 2.0).dtype == .complex64)
    #expect((Tensor.ones([2], dtype: .complex64) + Tensor(1.0, dtype: .float64)).dtype == .complex64)
    #expect((Tensor.ones([2], dtype: .float32) + Tensor(Complex(0), dtype: .complex128)).dtype == .complex64)
  }

  /// Every type to every other and back, of numbers that all of them hold.
  @Test func smallNumbersSurviveEveryConversion() {
    for from in Self.all where from != .bool {
      let numbers = Tensor([0, 1, 2, 3, 96, 112], dtype: from)
      for to in Self.all where to != .bool {
        #expect(numbers.to(to).to(.int64).array(as: Int.self) == [0, 1, 2, 3, 96, 112], "\(from) to \(to)")
      }
      #expect(numbers.to(.bool).array(as: Bool.self) == [false, true, true, true, true, true], "\(from)")
    }
  }

  /// PyTorch's float8 bytes: rounding to even, subnormal numbers, saturation of e4m3fn and the infinity of e5m2.
  @Test func narrowFloatsRoundAsPyTorchs() {
    func bytes(_ values: [Double], _ dtype: DType) -> [UInt8] {
      Tensor(values).to(dtype).withUnsafeBytes { Array($0) }
    }
    #expect(
      bytes(
        [0.1, 300, 448, 464, 465, 480, 1e9, -0.0, .nan, .infinity, 0x1p-9, 0x1p-10, 0x1.8p-10], .float8e4m3fn)
        == [29, 121, 126, 126, 126, 126, 126, 128, 127, 126, 1, 0, 1])
    #expect(
      bytes([0.1, 57344, 61439, 61440, 65536, 1e9, -0.0, .nan, .infinity, 0x1p-16, 0x1p-17, 0x1.8p-17], .float8e5m2)
        == [46, 123, 123, 124, 124, 124, 128, 127, 124, 1, 0, 1])
    let e5m2 = Tensor([0.1, 57344, 61440, -0.0]).to(.float8e5m2)
    #expect(e5m2.to(.float32).array() == [0.09375, 57344, .infinity, 0])
    #expect(Tensor([0.1, 300, -1e9]).to(.float8e4m3fn).array(as: Double.self) == [0.1015625, 288, -448])
  }

  @Test func largeUnsignedIntegers() {
    let x = Tensor([UInt64(1), UInt64(1) << 63 + 5])
    #expect(x.dtype == .uint64 && x.array(as: UInt64.self) == [1, 1 << 63 + 5])
    #expect("\(x)" == "tensor([                  1, 9223372036854775813], dtype=torch.uint64)")
    #expect(x.to(.float64).array(as: Double.self) == [1, 0x1p63])
    #expect((x + 1).array(as: UInt64.self) == [2, 1 << 63 + 6])
    #expect(x.gt(3).array(as: Bool.self) == [false, true])
    #expect(x.maximum(Tensor([UInt64(7), 7])).array(as: UInt64.self) == [7, 1 << 63 + 5])
    #expect(x.floorDivide(Tensor([UInt64(2), 2])).array(as: UInt64.self) == [0, 1 << 62 + 2])
    #expect((-Tensor([UInt64(1)])).array(as: UInt64.self) == [.max])
    // PyTorch sums in int64, which wraps.
    #expect(x.sum().array(as: Int.self) == [-9_223_372_036_854_775_802])
    #expect(Tensor([-1.0, 3e9, 0x1.8p63]).to(.uint64).array(as: UInt64.self) == [.max, 3_000_000_000, 3 << 62])
    #expect(Tensor([-1, 70000]).to(.uint16).array(as: UInt16.self) == [65535, 4464])
    #expect(Tensor([-1, 70000]).to(.uint32).array(as: UInt32.self) == [.max, 70000])
    #expect((Tensor([UInt16(3), 4]) / 2).array() == [1.5, 2])
    let error = #expect(throws: TensorError.self) { try withErrors { x.sort() } }
    #expect(error?.message.contains("uint64") == true)
  }

  @Test func storedTypesAreMoved() {
    for dtype in Self.all {
      let x = Tensor([0, 1, 1, 0, 1, 0, 0, 1], dtype: dtype).reshape([2, 4])
      #expect(x.t().contiguous().to(.int64).array(as: Int.self) == [0, 1, 1, 0, 1, 0, 0, 1], "\(dtype)")
      #expect(x.indexSelect(1, Tensor([3, 1])).to(.int64).array(as: Int.self) == [0, 1, 1, 0], "\(dtype)")
      #expect(x.gather(0, Tensor([[1, 0, 1, 0]])).to(.int64).array(as: Int.self) == [1, 1, 0, 0], "\(dtype)")
      #expect(cat([x, x], dim: 1).flip([1]).select(0, 1).to(.int64).array(as: Int.self) == [1, 0, 0, 1, 1, 0, 0, 1])
      #expect(`where`(x.to(.bool), x, x).equal(x), "\(dtype)")
      var y = x
      y[0] = x[1]
      #expect(y.to(.int64).array(as: Int.self) == [1, 0, 0, 1, 1, 0, 0, 1], "\(dtype)")
      #expect(x.scatter(0, Tensor([[0, 0, 0, 0]]), x.narrow(0, 1, 1)).equal(y), "\(dtype)")
      #expect(Tensor.full([3], 1, dtype: dtype).equal(Tensor.ones([3], dtype: dtype)), "\(dtype)")
    }
  }

  @Test func printedTypes() {
    #expect("\(Tensor([1.5, 0.1]).to(.float8e5m2))" == "tensor([1.5000, 0.0938], dtype=torch.float8_e5m2)")
    #expect("\(Tensor([7, 300]).to(.uint16))" == "tensor([  7, 300], dtype=torch.uint16)")
    #expect(
      "\(Tensor([Complex(1, .nan), Complex(2, .infinity), Complex(3, -.infinity), Complex(0, -0.0)]))"
        == "tensor([1.+nanj, 2.+infj, 3.-infj, 0.-0.j])")
  }

  /// Stored in halves, computed as complex64.
  @Test func complexNumbersOfHalves() {
    let z = Tensor([1.0001, -70000, 0.1]).to(.complex32)
    #expect(z.real.dtype == .float16 && z.real.array(as: Double.self) == [1, -.infinity, 0.0999755859375])
    #expect("\(z[0])" == "tensor(1.+0.j, dtype=torch.complex32)")
    let (a, b) = (Tensor([Complex(1, 2)]).to(.complex32), Tensor([Complex(3, -1)]).to(.complex32))
    #expect((a * b).dtype == .complex32 && (a * b).array(as: Complex.self) == [Complex(5, 5)])
    #expect(a.viewAsReal().dtype == .float16 && a.viewAsReal().viewAsComplex().dtype == .complex32)
    #expect(matmul(a.unsqueeze(0), b.unsqueeze(1)).array(as: Complex.self) == [Complex(5, 5)])
    #expect(complex(a.real, a.imag).dtype == .complex32 && (a.abs().square() - 5).abs().item() < 0.01)
    #expect(a.to(.complex128).to(.complex32).to(.bool).item() == 1)
    let gradient = valueAndGrad { (x: Tensor) in (x.to(.complex32) * Complex(2, 3)).real.sum() }(Tensor([1.5])).gradient
    #expect(gradient.dtype == .float32 && gradient.item() == 2)
  }

  /// A row of the table is what a type is: nothing is drawn of a type for storage, and the message says what to do.
  @Test func storageTypesAreNotDrawn() {
    for dtype in [DType.float8e4m3fn, .float8e5m2] {
      let error = #expect(throws: TensorError.self) { try withErrors { rand([3], dtype: dtype) } }
      #expect(error?.message.contains("float32") == true)
    }
  }
}
