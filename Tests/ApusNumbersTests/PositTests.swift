import ApusCore
import ApusFunctional
import ApusNumbers
import ApusNumerics
import Foundation
import TestSupport
import Testing

/// Posits against recorded results of an exact transcription of the standard (scripts/record-posits.py).
@Suite struct PositTests {
  /// What was recorded, read from the front.
  private struct Reader {
    var bytes: [UInt8]
    var place = 0

    init() throws {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Recorded/posits.bin")
      bytes = [UInt8](try Data(contentsOf: file))
    }

    mutating func next<T: FixedWidthInteger>(_ type: T.Type = T.self) -> T {
      defer { place += MemoryLayout<T>.size }
      return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: T.self)) }
    }

    mutating func double() -> Double { Double(bitPattern: next(UInt64.self)) }
  }

  private func pattern(_ x: Tensor) -> [Int8] { x.array(as: Posit8.self).map(\.bits) }

  @Test func everythingRecorded() throws {
    var reader = try Reader()
    let all = (0..<256).map { Posit8(bits: Int8(truncatingIfNeeded: $0)) }
    let (a, b) = (Tensor(all).unsqueeze(1), Tensor(all).unsqueeze(0))
    let (sums, products, quotients) = (pattern(a + b), pattern(a * b), pattern(a / b))
    let differences = pattern(a - b)
    var wrong = 0
    for i in 0..<256 {
      for j in 0..<256 {
        if i <= j {
          let (sum, product) = (reader.next(Int8.self), reader.next(Int8.self))
          for k in [i * 256 + j, j * 256 + i] { wrong += (sums[k] != sum ? 1 : 0) + (products[k] != product ? 1 : 0) }
          // a - b is a + (-b), and the negative is exact.
          wrong += differences[i * 256 + (256 - j) % 256] != sum ? 1 : 0
        }
        wrong += quotients[i * 256 + j] != reader.next(Int8.self) ? 1 : 0
      }
    }
    #expect(wrong == 0)
    let roots = pattern(Tensor(all).sqrt())
    #expect((0..<256).allSatisfy { roots[$0] == reader.next(Int8.self) })
    pairs(&reader, Posit16.self)
    pairs(&reader, Posit32.self)
    dotProducts(&reader, Posit8.self)
    dotProducts(&reader, Posit16.self)
    dotProducts(&reader, Posit32.self)
    numbers(&reader, Posit8.self)
    numbers(&reader, Posit16.self)
    numbers(&reader, Posit32.self)
    #expect(reader.place == reader.bytes.count)
  }

  private func pairs<Bits: PositBits>(_ reader: inout Reader, _ type: Posit<Bits>.Type) {
    func next() -> Posit<Bits> { Posit(bits: reader.next(Bits.self)) }
    for _ in 0..<3000 {
      let (a, b) = (next(), next())
      let (sum, difference, product, quotient, root) = (next(), next(), next(), next(), next())
      #expect(a + b == sum && a - b == difference && a * b == product && a / b == quotient && a.squareRoot() == root)
    }
  }

  private func dotProducts<Bits: PositBits>(_ reader: inout Reader, _ type: Posit<Bits>.Type) {
    for _ in 0..<60 {
      let count = Int(reader.next(UInt16.self))
      let a = (0..<count).map { _ in Posit<Bits>(bits: reader.next(Bits.self)) }
      let b = (0..<count).map { _ in Posit<Bits>(bits: reader.next(Bits.self)) }
      let expected = Posit<Bits>(bits: reader.next(Bits.self))
      let found = Tensor(a).unsqueeze(0).matmul(Tensor(b).unsqueeze(1)).item(as: type)
      #expect(found == expected, "\(count) terms of \(type)")
    }
  }

  private func numbers<Bits: PositBits>(_ reader: inout Reader, _ type: Posit<Bits>.Type) {
    for _ in 0..<1000 {
      let value = reader.double()
      let expected = Posit<Bits>(bits: reader.next(Bits.self))
      #expect(Posit<Bits>(value) == expected && Posit<Bits>(expected.double) == expected)
    }
  }

  @Test func patternsOfTheStandard() {
    #expect(Posit8(1).bits == 0x40 && Posit16(1).bits == 0x4000 && Posit32(-1).bits == -0x4000_0000)
    #expect(Posit16.greatest.double == 0x1p56 && Posit32.least.double == 0x1p-120 && Posit8.greatest.double == 0x1p24)
    #expect(Posit8(1e300) == .greatest && Posit8(1e-300) == .least && Posit8(-1e-300).bits == -1)
    #expect(Posit16(.infinity).isNaR && Posit16(.nan).isNaR && (Posit16.one / .zero).isNaR && Posit8(0).bits == 0)
    #expect(Posit8.nar == Posit8.nar && Posit8.nar < Posit8(-1e9) && Posit8.nar.double.isNaN)
    // Long before pi ends.
    #expect(Posit32(3.141592653589793).double == 3.1415926516056061)
  }

  @Test func tensors() throws {
    let x = Tensor([1.0, 3.0, -2.5]).to(.posit16)
    #expect("\(x)" == "tensor([     1.,      3., -2.5000], dtype=apus.posit16)")
    #expect(x.gt(0.0).array(as: Bool.self) == [true, true, false] && x.relu().array() == [1, 3, 0])
    #expect((x / 0.0).isnan().all().item() == 1 && "\(Tensor([Posit8.nar]))" == "tensor([NaR], dtype=apus.posit8)")
    #expect(x.sort().values.array() == [-2.5, 1, 3])
    #expect(abs(x.exp()[1].item() - 20.0855) < 0.01)
    // A long sum in which floats of 16 bits would stop growing.
    #expect(Tensor.full([4096], 1.0, dtype: .posit8).sum().item() == 4096)
    let w = Tensor([0.5, 2.0], requiresGrad: true)
    let y = (w.to(.posit16) * w.to(.posit16)).to(.float32).sum()
    #expect(try #require(gradients(of: [y], wrt: [w])[0]).array() == [1, 4])
  }
}
