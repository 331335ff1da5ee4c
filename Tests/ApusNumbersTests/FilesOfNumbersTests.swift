import ApusCore
import ApusFormats
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusOptim
import ApusTrain
import TestSupport
import Testing

/// A number with a remark: parts of two sizes, with room between them.
private struct Marked: CustomElement {
  var mark: UInt8
  var value: Double
  init(_ value: Double) { (mark, self.value) = (7, value) }
  var double: Double { value }
  static let elementName = "marked"
  static let zero = Marked(0)
  static let one = Marked(1)
  static func + (a: Marked, b: Marked) -> Marked { Marked(a.value + b.value) }
  static func * (a: Marked, b: Marked) -> Marked { Marked(a.value * b.value) }
  static let layoutVersion = 3
  static let fields = [ElementField("mark", .uint8), ElementField("value", .float64, offset: 8)]
}

/// Halves between -4 and 4: numbers that are rounded and cut.
private struct Half: CustomElement, Comparable {
  var halves: Int8
  init(_ value: Double) { halves = value.isNaN ? 0 : Int8(max(-8, min(8, (value * 2).rounded()))) }
  var double: Double { Double(halves) / 2 }
  static let elementName = "half_number"
  static let zero = Half(0)
  static let one = Half(1)
  static func + (a: Half, b: Half) -> Half { Half(a.double + b.double) }
  static func * (a: Half, b: Half) -> Half { Half(a.double * b.double) }
  static func < (a: Half, b: Half) -> Bool { a.halves < b.halves }
  static let gradient = ElementGradient.straightThrough(.float32)
  static let range = -4.0...4.0
}

private func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite struct FilesOfNumbersTests {
  private let folder = TemporaryFolder()

  @Test func safetensorsKeepTheElements() throws {
    let path = folder.file("marked.safetensors")
    let x = Tensor([[1.5, -2.0, 3.0], [0.0, 4.25, 5.0]], dtype: Marked.dtype)
    try save(["x": x, "plain": Tensor([1.0, 2.0])], to: path)
    let back = try loadSafetensors(path)
    let y = try #require(back["x"])
    #expect(y.dtype == Marked.dtype && y.shape == [2, 3])
    #expect(y.array(as: Marked.self) == x.array(as: Marked.self))
    #expect(back["plain"]?.dtype == .float32)
    // Other programs see bytes.
    let file = try SafetensorsFile(path: path)
    #expect(try file.entry(named: "x").dtypeName == "U8")
    #expect(try file.entry(named: "x").shape == [2, 3, 16])
    #expect(file.metadata["apus.elements.x"] == "marked 3")
  }

  @Test func elementsThatReferToMemoryAreRefused() throws {
    let small = Tensor([Rational(1, 3), Rational(-2, 7)])
    let large = (0..<4).reduce(small) { x, _ in x * x * 1_000_003 }
    try save(["small": small], to: folder.file("small.safetensors"))
    #expect(
      try loadSafetensors(folder.file("small.safetensors"))["small"]?.array(as: Rational.self)
        == small.array(as: Rational.self))
    for text in [
      message { try save(["large": large], to: folder.file("large.safetensors")) },
      message { try saveNumpy(large, to: folder.file("large.npy")) },
    ] {
      #expect(text.contains("refer to the memory of this program") && text.contains(".to(.float64)"))
    }
  }

  @Test func typesThatRoundNumbersBecomeEachOther() {
    let x = Tensor([-3.3, 0.4, 1.3, 2.6], dtype: Half.dtype)
    let y = x.to(Posit8.dtype)
    #expect(y.dtype == Posit8.dtype && y.array() == [-3.5, 0.5, 1.5, 2.5])
    #expect(y.to(Half.dtype).array() == x.array())
    // The gradient is that of the numbers, zero where the other type has none so large.
    let p = Tensor(Tensor([1.0, 6.0], dtype: Posit8.dtype), requiresGrad: true)
    p.to(Half.dtype).to(.float32).sum().backward()
    #expect(p.grad?.dtype == .float32 && p.grad?.array() == [1, 0])
  }

  @Test(arguments: [
    ("unheard_of 1", "has not registered"), ("marked 2", "layout version 2, and this program has version 3"),
    ("marked", "is not the name and the layout version"), ("half_number 1", "take 1 bytes"),
  ])
  func unknownAndChangedTypesAreErrors(_ text: String, _ expected: String) throws {
    _ = (Marked.dtype, Half.dtype)
    let path = folder.file("unknown.safetensors")
    let tensor = SafetensorsTensor(name: "x", dtype: .uint8, shape: [1, 16], bytes: [UInt8](repeating: 0, count: 16))
    try writeSafetensors([tensor], metadata: ["apus.elements.x": text], to: path)
    #expect(message { _ = try loadSafetensors(path) }.contains(expected))
  }

  @Test func numpySeesStructures() throws {
    let path = folder.file("marked.npy")
    try saveNumpy(Tensor([1.0, 2.0], dtype: Marked.dtype), to: path)
    let bytes = try contents(path)
    let header = String(decoding: bytes[10..<192], as: UTF8.self)
    // As numpy 2 writes np.dtype({'names': ['mark', 'value'], 'formats': ['u1', '<f8'], 'offsets': [0, 8], 'itemsize': 16}).
    #expect(header.hasPrefix("{'descr': [('mark', '|u1'), ('', '|V7'), ('value', '<f8')], 'fortran_order': False, "))
    #expect(bytes.count == 192 + 2 * 16)
    let plain = folder.file("half.npy")
    try saveNumpy(Tensor([1.0, 2.0], dtype: Half.dtype), to: plain)
    #expect(String(decoding: try contents(plain)[10..<60], as: UTF8.self).contains("'|V1'"))
  }

  @Test func gradientsGoStraightThroughWithinTheRange() throws {
    let x = Tensor([0.7, 3.9, 4.4, -9.0], requiresGrad: true)
    let y = x.to(Half.dtype)
    #expect(y.array(as: Double.self) == [0.5, 4, 4, -4])
    (y * y).to(.float32).sum().backward()
    // 2y, and nothing from where x * x is beyond 4, or x itself.
    #expect(x.grad?.array(as: Double.self) == [1, 0, 0, 0])
    let w = Tensor(Tensor([[0.5, -1.0]], dtype: Half.dtype), requiresGrad: true)
    let product = matmul(w, Tensor([[1.0], [1.5]], dtype: Half.dtype))
    product.sum().backward()
    #expect(w.grad?.dtype == .float32)
    #expect(w.grad?.array(as: Double.self) == [1, 1.5])
  }

  @Test func stepsAreMadeOnNumbersBehindTheParameters() throws {
    let w = Tensor(Tensor([1.0, -1.0], dtype: Half.dtype), requiresGrad: true)
    let sgd = SGD([w], lr: 0.1)
    for _ in 0..<2 {
      w.grad = Tensor([1.0, 0.0])
      sgd.step()
    }
    // 1 - 0.2, which is still rounded to 1; the third step brings 0.7.
    #expect(w.array(as: Double.self) == [1, -1])
    let state = sgd.stateDict()
    #expect(isClose(state["state.0.master_weight"] ?? Tensor(0), Tensor([0.8, -1.0]), 1e-6))
    let other = Tensor(Tensor([1.0, -1.0], dtype: Half.dtype), requiresGrad: true)
    let resumed = SGD([other], lr: 0.1)
    try resumed.loadStateDict(state)
    for (parameter, optimizer) in [(w, sgd), (other, resumed)] {
      parameter.grad = Tensor([1.0, 0.0])
      optimizer.step()
      #expect(parameter.array(as: Double.self) == [0.5, -1])
    }
    // Elements that somebody else gave are where the next step begins.
    w.store(Tensor([3.0, 3.0], dtype: Half.dtype))
    w.grad = Tensor([10.0, 0.0])
    sgd.step()
    #expect(w.array(as: Double.self) == [2, 3])
  }
}

private func contents(_ path: String) throws -> [UInt8] {
  let file = try MappedFile(path: path)
  return withExtendedLifetime(file) { Array(file.bytes) }
}

private func isClose(_ a: Tensor, _ b: Tensor, _ tolerance: Double) -> Bool {
  zip(a.array(as: Double.self), b.array(as: Double.self)).allSatisfy { abs($0 - $1) <= tolerance }
}
