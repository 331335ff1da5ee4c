import ApusCore
import ApusNumbers
import Testing

/// The signed number of the unsigned one u among T, by the formula of the tables.
private func signed(_ u: Int, _ total: Int) -> Int {
  let s = u - total / 2
  return s <= 0 ? s - 1 : s
}

private func message(_ body: () throws(TensorError) -> some Any) -> String {
  do throws(TensorError) {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}

@Suite struct LaegnaNumeralTests {
  // MARK: Strings of digits (groups 1 to 4 and 7 of the specification's tests)

  @Test func all340CodesAreABijectionInOrderWithoutZero() throws {
    var codes = 0
    for count in 1...4 {
      let total = 1 << (2 * count)
      let table = try LaegnaTable(digits: count).entries
      #expect(table.count == total)
      codes += table.count
      for (i, entry) in table.enumerated() {
        let u = i + 1
        #expect(entry.unsigned == u && entry.signed == signed(u, total) && entry.signed != 0)
        // The digits are those of u - 1 in base 4.
        let values = (0..<count).map { (u - 1) / (0..<(count - 1 - $0)).reduce(1) { p, _ in p * 4 } % 4 }
        #expect(entry.digits.values == values)
        #expect(try LaegnaDigits(unsigned: u, count: count) == entry.digits)
        #expect(try LaegnaDigits(signed: entry.signed, count: count) == entry.digits)
        #expect(try LaegnaDigits(entry.digits.text) == entry.digits)
        #expect(entry.real == 2 * Double(entry.signed) / (Double(total) / 2))
        if i > 0 {
          #expect(table[i - 1].digits < entry.digits && table[i - 1].digits.text != entry.digits.text)
          #expect(table[i - 1].signed < entry.signed && table[i - 1].unsigned < entry.unsigned)
        }
      }
    }
    #expect(codes == 340)
  }

  @Test func base2TablesHave30Entries() throws {
    var codes = 0
    for count in 1...4 {
      for (i, entry) in try LaegnaTable(digits: count, base: 2).entries.enumerated() {
        #expect(entry.unsigned == i + 1 && entry.signed == signed(i + 1, 1 << count))
        #expect(try LaegnaDigits(entry.digits.text, base: 2) == entry.digits)
        codes += 1
      }
    }
    #expect(codes == 30)
  }

  @Test(arguments: [
    ("I", 1, -2), ("O", 2, -1), ("A", 3, 1), ("E", 4, 2), ("IA", 3, -6), ("AE", 12, 4), ("EE", 16, 8),
    ("EEEE", 256, 128),
    ("II", 1, -8), ("OE", 8, -1), ("AI", 9, 1), ("AII", 33, 1), ("IIII", 1, -128),
  ])
  func examples(text: String, unsigned: Int, signed: Int) throws {
    let digits = try LaegnaDigits(text)
    #expect(digits.unsigned == unsigned && digits.signed == signed && digits.text == text)
  }

  @Test func endsAndNeighboursOfZero() throws {
    for count in 1...15 {
      let half = (1 << (2 * count)) / 2
      func repeated(_ first: Character, _ rest: Character) throws -> Int {
        try LaegnaDigits(String(first) + String(repeating: rest, count: count - 1)).signed
      }
      #expect(try repeated("E", "E") == half && repeated("I", "I") == -half)
      #expect(try repeated("O", "E") == -1 && repeated("A", "I") == 1)
    }
  }

  @Test func theComplementOfDigitsIsTheNegative() throws {
    for count in 1...4 {
      for entry in try LaegnaTable(digits: count).entries {
        let other = entry.digits.complement
        #expect(other.signed == -entry.signed && other.complement == entry.digits)
      }
    }
    let swapped = LaegnaDigits([.i, .o, .a, .e]).complement
    #expect(swapped == LaegnaDigits([.e, .a, .o, .i]))
  }

  @Test func base2DigitsOfTwiceTheLengthStandForTheSame() throws {
    for count in 1...4 {
      for entry in try LaegnaTable(digits: count).entries {
        #expect(entry.bits.count == 2 * count && entry.bits.base == 2)
        #expect(entry.bits.unsigned == entry.unsigned && entry.bits.signed == entry.signed)
      }
    }
    #expect(try LaegnaDigits("IOAE").bits.text == "OOOAAOAA")
  }

  @Test func boundaryValuesAreOrderedAndStandAlone() throws {
    let order: [LaegnaBoundary] = [.minusInfinity, .minusZero, .zero, .infinity]
    #expect(LaegnaBoundary.allCases == order && order == order.sorted())
    for boundary in order { #expect(try LaegnaNumeral(String(boundary.letter)) == .boundary(boundary)) }
    #expect(message { () throws(TensorError) in try LaegnaNumeral("AU") }.contains("'U' at place 2 stands alone"))
    #expect(
      message { () throws(TensorError) in try LaegnaNumeral("AX") }.contains("'X' at place 2 is none of the digits"))
    #expect(message { () throws(TensorError) in try LaegnaNumeral("") }.contains("no number"))
    #expect(message { () throws(TensorError) in try LaegnaDigits("AE", base: 2) }.contains("'E' at place 2"))
    #expect(message { () throws(TensorError) in try LaegnaDigits(signed: 0, count: 3) }.contains("U"))
    #expect(message { () throws(TensorError) in try LaegnaDigits(signed: 33, count: 3) }.contains("±32"))
    #expect(message { () throws(TensorError) in try LaegnaDigits(unsigned: 65, count: 3) }.contains("1 to 64"))
  }

  // MARK: Numbers of a format (groups 6 and 7)

  @Test func numbersAreReadInCapitalsAndSubdivided() throws {
    #expect(try Laegna4("AEIO").signed == LaegnaDigits("AEIO").signed)
    #expect(try Laegna4("Aeio") == Laegna4("AEIO") && Laegna4("Aeio").subdivided == "Aeio")
    #expect(try Laegna2("Ai").double == 0.25 && Laegna2("Ae").double == 1 && Laegna2("Oi").double == -1)
    #expect(message { () throws(TensorError) in try Laegna4("AeIO") }.contains("place 2"))
    #expect(message { () throws(TensorError) in try Laegna4("aeio") }.contains("place 1"))
    #expect(message { () throws(TensorError) in try Laegna4("AE") }.contains("interval"))
    #expect(message { () throws(TensorError) in try Laegna2("AU") }.contains("stands alone"))
    #expect(message { () throws(TensorError) in try Laegna2("AX") }.contains("'X' at place 2"))
    #expect(try Laegna2("∩") == .infinity && Laegna2("W") == .minusInfinity)
    #expect(try Laegna2("V").boundary == .minusZero && Laegna2("U").boundary == .zero)
  }

  @Test func digitsReadAsRealNumbers() throws {
    #expect(try Laegna2("IO").double == -1.75 && Laegna2("AI").double == 0.25 && Laegna2("EE").double == 2)
    #expect(try Laegna4("AIII").double == 1 / 64)
    #expect(Laegna1.greatest.double == 2 && Laegna2.greatest.double == 2 && Laegna3.greatest.double == 2)
    #expect(Laegna4.greatest.double == 2 && Laegna7.greatest.double == 2 && Laegna8.greatest.double == 2)
    #expect(Laegna15.greatest.double == 2 && Laegna15.least.double == -2)
    #expect(Laegna15.greatest.numeral.description == String(repeating: "E", count: 15))
  }

  @Test func numbersAreRoundedToTheNearestOrToTheirInterval() {
    // Steps of 1/4 from -2 to 2.
    #expect(Laegna2(nearest: 0.3).double == 0.25 && Laegna2(nearest: 0.125).double == 0)
    #expect(Laegna2(nearest: 0.375).double == 0.5 && Laegna2(nearest: -0.375).double == -0.5)
    #expect(Laegna2(nearest: 0).boundary == .zero && Laegna2(nearest: .nan).boundary == .zero)
    #expect(Laegna2(containing: 0.01).double == 0.25 && Laegna2(containing: -0.26).double == -0.5)
    #expect(Laegna2(containing: 0.25).double == 0.25 && Laegna2(containing: 0).boundary == .zero)
    // Beyond the range lies the last number, and no infinity.
    #expect(Laegna2(nearest: 7).numeral.description == "EE" && Laegna2(nearest: -1e300).numeral.description == "II")
    #expect(Laegna2(containing: 2.01).numeral.description == "EE")
    #expect(Laegna2(nearest: .infinity) == .infinity && Laegna2(nearest: -.infinity) == .minusInfinity)
  }

  @Test func theTotalOrderTellsZerosApart() throws {
    var all = try LaegnaTable(digits: 2).entries.map { try Laegna2($0.digits.text) }
    all.insert(.minusInfinity, at: 0)
    all.insert(contentsOf: [.minusZero, .zero], at: 9)
    all.append(.infinity)
    for (i, x) in all.enumerated() {
      for (j, y) in all.enumerated() {
        #expect(x.isTotallyOrdered(belowOrEqualTo: y) == (i <= j))
        let areZeros = Set([i, j]) == [9, 10]
        #expect((x == y) == (i == j || areZeros) && (x < y) == (i < j && !areZeros))
      }
    }
    #expect(Laegna2.minusZero.hashValue == Laegna2.zero.hashValue)
  }

  @Test func intervalsAreFoundByPrefix() throws {
    let a = try LaegnaInterval("A")
    #expect(a.lower == 0 && a.upper == 1 && !a.contains(0) && a.contains(1))
    for (i, text) in ["Ai", "Ao", "Aa", "Ae"].enumerated() {
      let quarter = try LaegnaInterval(text)
      #expect(quarter.lower == Double(i) / 4 && quarter.upper == Double(i + 1) / 4 && a.contains(quarter))
      #expect(!quarter.contains(a) && quarter.description == text)
    }
    for (i, text) in ["Oi", "Oo", "Oa", "Oe"].enumerated() {
      let quarter = try LaegnaInterval(text)
      #expect(quarter.lower == Double(i) / 4 - 1 && quarter.upper == Double(i + 1) / 4 - 1)
      #expect(try LaegnaInterval("O").contains(quarter) && !a.contains(quarter))
    }
    #expect(!(try LaegnaInterval("AA").contains(LaegnaInterval("Aa"))))
    #expect(message { () throws(TensorError) in try LaegnaInterval("aA") }.contains("capital"))
    // A number is the edge of its interval that is farthest from zero, and the interval reading finds it again.
    for entry in try LaegnaTable(digits: 3).entries {
      let x = try Laegna3(entry.digits.text)
      let interval = try #require(LaegnaInterval(x))
      #expect(interval.contains(x.double) && Laegna3(containing: (interval.lower + interval.upper) / 2) == x)
    }
  }

  @Test func truthIsThatOfTheFirstDigit() throws {
    #expect(try Laegna2("IE").truth == .negotion && Laegna2("OI").truth == .negation)
    #expect(try Laegna2("AI").truth == .position && Laegna2("EI").truth == .posetion)
    #expect(Laegna2.minusInfinity.truth == .negotion && Laegna2.minusZero.truth == .negation)
    #expect(Laegna2.zero.truth == .position && Laegna2.infinity.truth == .posetion)
    for a in LaegnaTruth.allCases {
      #expect(!(!a) == a && a.implies(a).isTrue && (a | !a).isTrue)
      for b in LaegnaTruth.allCases {
        #expect(!(a & b) == (!a | !b) && a & b == b & a && a & (a | b) == a)
      }
    }
    // Negating a number negates its truth.
    for entry in try LaegnaTable(digits: 2).entries {
      let x = try Laegna2(entry.digits.text)
      #expect((-x).truth == !x.truth && x.complement == -x)
    }
  }

  // MARK: What is printed

  @Test func reportsHaveAllForms() throws {
    func lines(_ text: String, _ digits: Int? = nil, _ fraction: Int? = nil) throws -> [String: String] {
      Dictionary(try LaegnaReport(text, digits: digits, fraction: fraction).lines.map { ($0.name, $0.value) }) { a, _ in
        a
      }
    }
    let digits = try lines("IO")
    #expect(digits["unsigned"] == "2" && digits["signed"] == "-7" && digits["real"] == "-1.75")
    #expect(digits["base 2"] == "OOOA" && digits["complement"] == "EA" && digits["truth"] == "I")
    #expect(digits["interval"] == "Io: -1.75 to -1.5")
    #expect(try lines("AIeo")["real"] == "0.875")
    let number = try lines("0.3", 2)
    #expect(number["nearest"] == "AI" && number["containing"] == "AO" && number["  real"] == "0.25")
    #expect(try lines("0.01", 2)["nearest"] == "U" && lines("-7", 3)["nearest"] == "III")
    #expect(try lines("∩")["stands for"] == "infinity")
    #expect(throws: TensorError.self) { try LaegnaReport("AXE") }
    #expect(throws: TensorError.self) { try LaegnaReport("AEI", digits: 2) }
    #expect(throws: TensorError.self) { try LaegnaReport("0.5", digits: 99) }
  }

  @Test func tensorsBecomeDigitsTimesAPowerOfFour() throws {
    let format = try LaegnaFormat(digits: 3)
    let x = Tensor([0.11, -0.3, 0.25, 0.0])
    let (step, numbers) = try format.digits(of: x)
    #expect(step == 1.0 / 64 && numbers.dtype == Laegna3.dtype)
    #expect(numbers.array(as: Laegna3.self).map { $0.signed } == [7, -19, 16, 0])
    // 7 + 32 - 1 = 38 is 2 1 2, -19 + 32 = 13 is 0 3 1, 16 + 32 - 1 = 47 is 2 3 3.
    #expect(numbers.laegnaNumerals() == ["AOA", "IEO", "AEE", "U"])
    #expect(try format.digits(of: Tensor.zeros([2, 2])).step == 1.0 / 16)
    #expect(throws: TensorError.self) { try format.digits(of: Tensor([1, 2])) }
  }
}
