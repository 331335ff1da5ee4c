import Apus
import Testing

/// What the formula language simplifies gives the same bits for every number: PyTorch's `x * 0`, `x + 0` and so on.
@Suite struct FormulaNumbersTests {
  private let x = Tensor([0.0, -0.0, 3.0, -3.0, Double.infinity, Double.nan])

  private func text(_ formula: Formula) -> [String] { formula(x).array().map { $0.isNaN ? "nan" : "\($0)" } }

  @Test func zerosAreNotDropped() {
    #expect(text(Formula("A") { x in x * 0 }) == ["0.0", "-0.0", "0.0", "-0.0", "nan", "nan"])
    #expect(text(Formula("B") { x in 0 * x }) == ["0.0", "-0.0", "0.0", "-0.0", "nan", "nan"])
    #expect(text(Formula("C") { x in x + 0 }) == ["0.0", "0.0", "3.0", "-3.0", "inf", "nan"])
    #expect(text(Formula("D") { x in x + -0.0 }) == ["0.0", "-0.0", "3.0", "-3.0", "inf", "nan"])
    #expect(text(Formula("E") { x in x - 0 }) == ["0.0", "-0.0", "3.0", "-3.0", "inf", "nan"])
    #expect(text(Formula("F") { x in 0 - x }) == ["0.0", "0.0", "-3.0", "3.0", "-inf", "nan"])
    #expect(text(Formula("G") { x in -0.0 - x }) == ["-0.0", "0.0", "-3.0", "3.0", "-inf", "nan"])
    #expect(text(Formula("H") { x in 0 / x }) == ["nan", "nan", "0.0", "-0.0", "0.0", "nan"])
    #expect(text(Formula("I") { x in x - -0.0 }) == ["0.0", "0.0", "3.0", "-3.0", "inf", "nan"])
    #expect(text(Formula("J") { x in x * 1 / 1 }) == ["0.0", "-0.0", "3.0", "-3.0", "inf", "nan"])
  }

  @Test func zerosOfBothSignsAreTwoNumbers() {
    let (plus, minus) = (Expression.number(0.0), Expression.number(-0.0))
    let formula = Formula("K") { x in (x.squared * plus)(.copysign, minus) + (x.squared * minus)(.copysign, plus) }
    #expect(formula(Tensor([2.0])).array().map { "\($0)" } == ["0.0"])
    let both = Formula("L") { x in (1 / (x * 0.0)) * (1 / (x * -0.0)) }
    #expect(both(Tensor([2.0])).item() == -Double.infinity)
    #expect(Scalar.float(0.0) != .float(-0.0) && Scalar.float(.nan) == .float(.nan) && Scalar.int(1) != .float(1))
  }

  @Test func derivativesAreAsShortAsBefore() {
    let formula = Formula("M") { x in x * 3 + x }
    let (value, tangent) = jvp({ formula($0) }, primals: Tensor(2.0), tangents: Tensor(-0.0))
    #expect(value.item() == 8)
    #expect("\(tangent.item())" == "-0.0")
  }
}
