import ApusCore
import ApusNumbers
import Testing

private func numbers<S: LaegnaStorage, let R: Int, let F: Int>(_ type: Laegna<S, R, F>.Type) -> [Laegna<S, R, F>] {
  (-type.format.limit...type.format.limit).compactMap { type.init(signed: $0) }
}

/// The integer nearest to a / b, ties to even.
private func rounded(_ a: Int, _ b: Int) -> Int { Int((Double(a) / Double(b)).rounded(.toNearestOrEven)) }

@Suite struct LaegnaArithmeticTests {
  @Test func allSumsDifferencesProductsAndQuotientsAreRoundedOnce() {
    func check<S: LaegnaStorage, let R: Int, let F: Int>(_ type: Laegna<S, R, F>.Type) {
      let (limit, scale) = (type.format.limit, type.format.scale)
      func cut(_ s: Int) -> Int { max(-limit, min(limit, s)) }
      for a in numbers(type) {
        for b in numbers(type) {
          guard let x = a.signed, let y = b.signed else { continue }
          #expect((a + b).signed == cut(x + y) && (a - b).signed == cut(x - y))
          #expect((a * b).signed == cut(rounded(x * y, scale)))
          if y != 0 { #expect((a / b).signed == cut(rounded(x * scale, y))) }
        }
        #expect((a - a).boundary == .zero && a + .zero == a && (-a).signed == -(a.signed ?? 0))
      }
    }
    check(Laegna1.self)
    check(Laegna2.self)
    check(Laegna3.self)
    check(Laegna<Int8, 3, 0>.self)
    check(Laegna<Int8, 2, 3>.self)
    check(Laegna4.self)
  }

  @Test func wideFormatsAreExact() {
    let values = [1, 3, 7, 4097, 123_456_789, 536_870_912, -5, -268_435_456, -536_870_911]
    for x in values {
      for y in values {
        guard let a = Laegna15(signed: x), let b = Laegna15(signed: y) else { continue }
        #expect((a + b).signed == max(-536_870_912, min(536_870_912, x + y)))
        // Products of two are below 2^58: exact here, and divided by 2^28 with ties to even.
        let (q, r) = ((x * y) >> 28, (x * y) & ((1 << 28) - 1))
        let half = 1 << 27
        let product = q + (r > half || r == half && q & 1 == 1 ? 1 : 0)
        #expect((a * b).signed == max(-536_870_912, min(536_870_912, product)))
      }
    }
  }

  @Test func infinitiesAndZeros() {
    let (far, near, one) = (Laegna3.infinity, Laegna3.minusInfinity, Laegna3.one)
    #expect(far + one == far && one + near == near && far + far == far && near + near == near)
    #expect((far + near).boundary == .zero && (far - far).boundary == .zero && far - near == far && near - far == near)
    #expect(far * one == far && far * -one == near && near * near == far && (far * .zero).boundary == .zero)
    #expect((Laegna3.minusZero * far).boundary == .zero && (Laegna3.minusZero + .minusZero).boundary == .zero)
    #expect(one / .zero == far && -one / .minusZero == near && (Laegna3.zero / .zero).boundary == .zero)
    #expect((far / far).boundary == .zero && (one / far).boundary == .zero && near / -one == far)
    #expect(-far == near && (-Laegna3.zero).boundary == .zero && (-Laegna3.minusZero).boundary == .zero)
    #expect(Laegna3.minusZero == .zero && Laegna3.zero.complement.boundary == .minusZero && far.complement == near)
    // What is too far becomes the last number.
    #expect(Laegna3.greatest + .greatest == .greatest && Laegna3.least * .greatest == .least)
  }

  @Test func exactProductsAndSumsTakeMoreDigits() throws {
    // Unsigned: digit counts add, and E^R x E^R = E^2R, I^R x I^R = I^2R.
    for x in 1...16 {
      for y in 1...64 {
        let a = try #require(LaegnaUnsigned2(unsigned: x)), b = try #require(LaegnaUnsigned3(unsigned: y))
        guard case .digits(let digits) = a.multipliedFully(by: b) else {
          Issue.record("\(x) x \(y) has digits")
          continue
        }
        #expect(digits.count == 5 && digits.unsigned == x * y)
      }
    }
    #expect("\(try LaegnaUnsigned2("EE").multipliedFully(by: LaegnaUnsigned2("EE")))" == "EEEE")
    #expect("\(try LaegnaUnsigned2("II").multipliedFully(by: LaegnaUnsigned2("II")))" == "IIII")
    #expect(try LaegnaUnsigned4("EEEE").multipliedFully(by: LaegnaUnsigned4("EEEE")).description == "EEEEEEEE")
    // Signed.
    for a in numbers(Laegna2.self) {
      for b in numbers(Laegna2.self) {
        guard let x = a.signed, let y = b.signed else { continue }
        let (product, sum) = (a.multipliedFully(by: b), a.addedFully(to: b))
        #expect(product.signed == x * y && sum.signed == x + y)
        if case .digits(let digits) = product { #expect(digits.count == 4 && digits.base == 4) }
        if case .digits(let digits) = sum { #expect(digits.count == 5 && digits.base == 2) }
      }
    }
    #expect(Laegna2.infinity.multipliedFully(by: Laegna2.zero) == .boundary(.zero))
    #expect(Laegna2.infinity.addedFully(to: .minusInfinity) == .boundary(.zero))
  }

  @Test func unsignedNumbersBeginAtOne() throws {
    #expect(try LaegnaUnsigned2("IA").unsigned == 3 && LaegnaUnsigned2("AE").unsigned == 12)
    #expect(LaegnaUnsigned2.one.description == "II" && LaegnaUnsigned2.zero.description == "U")
    let (three, five) = (try #require(LaegnaUnsigned2(unsigned: 3)), try #require(LaegnaUnsigned2(unsigned: 5)))
    #expect((three + five).unsigned == 8 && (five - three).unsigned == 2 && (three - five).unsigned == 0)
    #expect((three * five).unsigned == 15 && (five * five).description == "EE" && three < five)
    #expect(
      LaegnaUnsigned2(unsigned: 17) == nil && LaegnaUnsigned2(7.6).unsigned == 8 && LaegnaUnsigned2(-1).unsigned == 0)
    let x = Tensor([3.0, 5, 16], dtype: LaegnaUnsigned2.dtype)
    #expect((x + x).array(as: LaegnaUnsigned2.self).map { $0.unsigned } == [6, 10, 16])
    #expect((x * x).array(as: LaegnaUnsigned2.self).map { $0.unsigned } == [9, 16, 16])
    #expect((x - 4).array(as: LaegnaUnsigned2.self).map { $0.unsigned } == [0, 1, 12])
  }

  @Test func digitsNameOperations() throws {
    let (a, b) = (Laegna3(1.5), Laegna3(0.5))
    #expect(try LaegnaOperator("O")(a, b).double == 1 && LaegnaOperator("A")(a, b).double == 2)
    #expect(try LaegnaOperator("E")(a, b).double == 0.75 && LaegnaOperator("U")(a, b).double == 1)
    #expect(try LaegnaOperator("I")(a, b).double == 2 && LaegnaOperator("I")(b, a).double == 0.3125)
    #expect(try LaegnaOperator("V")(a, b).double == 0.875)
    #expect(LaegnaOperator.geometricMean(a, -b).boundary == .zero)
    #expect(LaegnaOperator.average(Laegna3.infinity, .minusInfinity).boundary == .zero)
    #expect(throws: TensorError.self) { try LaegnaOperator("X") }
    let (x, y) = (Tensor([1.5, -1], dtype: Laegna3.dtype), Tensor([0.5, 0.5], dtype: Laegna3.dtype))
    for operation in LaegnaOperator.allCases {
      let found = operation(x, y).array(as: Laegna3.self)
      #expect(found[0] == operation(a, b) && found[1] == operation(Laegna3(-1), b))
    }
    #expect(LaegnaOperator.average(Tensor([1.0, 3]), Tensor([2.0, 4])).array() == [1.5, 3.5])
  }
}
