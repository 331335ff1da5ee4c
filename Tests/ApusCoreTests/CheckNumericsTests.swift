import Apus
import Testing

/// Values that must be finite. Messages tell how many are not and where.
@Suite struct CheckNumericsTests {
  private static func message(_ body: () throws -> Void) -> String {
    do {
      try withErrors { try withWarnings(.silent, body) }
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func whatIsNotFiniteIsCounted() {
    let x = Tensor([[1.0, Double.nan, 2.0], [Double.infinity, Double.nan, -Double.infinity]])
    #expect(
      Self.message { checkNumerics(x, "scores") }
        == "checkNumerics: scores: found 2 nan and 2 infinite among 6 elements "
        + "of shape [2, 3], float32, the first at [0, 1]")
    #expect(
      Self.message { checkNumerics(Tensor(Double.infinity)) }
        == "checkNumerics: found 1 infinite among 1 element of shape [], float32")
    let complex = Self.message { checkNumerics(Tensor([Complex(1, .nan)])) }
    #expect(complex.contains("1 nan among 1 element of shape [1], complex64"), "\(complex)")
    let half = Tensor([1, .nan]).to(.bfloat16)
    #expect(Self.message { checkNumerics(half) }.contains("1 nan among 2 elements of shape [2], bfloat16"))
  }

  @Test func whatIsFinitePasses() throws {
    let x = Tensor([1.0, 2.0], requiresGrad: true)
    let y = try withErrors { checkNumerics(x, "x") }
    #expect(y.array() == [1, 2])
    (y * Tensor([3.0, 4.0])).sum().backward()
    #expect(x.grad?.array() == [3, 4])
    #expect(checkNumerics(Tensor([1, 2]), "integers").array() == [1, 2])
    #expect(checkNumerics(zeros([0, 3])).shape == [0, 3])
  }

  @Test func theGradientIsCheckedToo() {
    let x = Tensor([0.0, 1.0], requiresGrad: true)
    let text = Self.message { checkNumerics(x, "x").sqrt().sum().backward() }
    #expect(text.hasPrefix("checkNumerics: the gradient of x: found 1 infinite among 2 elements"), "\(text)")
  }

  @Test func transformationsPassThrough() throws {
    let x = Tensor([1.0, 2.0])
    let mapped = vmap { (x: Tensor) in checkNumerics(x * 2, "row") }
    #expect(mapped(Tensor([[1.0, 2.0], [3.0, 4.0]])).array() == [2, 4, 6, 8])
    let (value, tangent) = jvp({ checkNumerics($0 * $0, "square") }, primals: x, tangents: ones(2))
    #expect(value.array() == [1, 4] && tangent.array() == [2, 4])
  }

  @Test func compiledFunctionsCheckInEveryCall() throws {
    let f = compile { (x: Tensor) in
      let y = x.log()
      checkNumerics(y, "the logarithm")
      return x + 1
    }
    let line = #line - 3
    for _ in 0..<2 { #expect(try withErrors { f(Tensor([1.0, 2.0])) }.array() == [2, 3]) }
    #expect(!f.explain().contains("eagerly"), "\(f.explain())")
    let text = Self.message { _ = f(Tensor([1.0, -2.0])) }
    #expect(text.hasPrefix("checkNumerics: the logarithm: found 1 nan among 2 elements of shape [2]"), "\(text)")
    #if compiler(>=6.2) && os(Linux)
      #expect(text.hasSuffix("CheckNumericsTests.swift:\(line)"), "\(text)")
    #endif
  }

  @Test func theFirstOperationIsNamed() {
    let model = Sequential(Linear(2, 2), ReLU())
    noGrad { model[0].weight.assign(Tensor([[1.0, 2.0], [3.0, .nan]])) }
    let text = Self.message { checkNumerics { _ = model(ones(1, 2)) } }
    #expect(text.hasPrefix("checkNumerics: "), "\(text)")
    #expect(text.contains("it was given 1 nan among 4 elements of shape [2, 2], float32, the first at [1, 1]"))
    #expect(text.hasSuffix("(in module Sequential.0)"), "\(text)")
  }

  @Test func inPlaceOperationsAreSeen() {
    let text = Self.message {
      checkNumerics {
        var x = Tensor([1.0, -1.0])
        x -= Tensor([1.0, 1.0])
        x /= Tensor([0.0, 1.0])
      }
    }
    #expect(text.hasPrefix("checkNumerics: Div gave 1 nan among 2 elements"), "\(text)")
    let large = Self.message { checkNumerics { _ = (zeros(20000) + 1).log() / zeros(20000) } }
    #expect(large.hasPrefix("checkNumerics: Div gave 20000 nan among 20000 elements"), "\(large)")
  }

  /// Scores that a mask has set to minus infinity are meant.
  @Test func givenInfinitiesAreMeant() {
    let mask = Tensor([[false, true], [false, false]])
    let text = Self.message {
      checkNumerics {
        let scores = ones(2, 2).maskedFill(mask, -Double.infinity)
        _ = scores.softmax(-1).sum()
        _ = (full([2], Double.infinity) + 1).exp()
      }
    }
    #expect(text == "")
    let own = Self.message { checkNumerics { _ = full([2], 1000.0).exp() } }
    #expect(own.hasPrefix("checkNumerics: Exp gave 2 infinite"), "\(own)")
  }

  @Test func itIsOffOutside() throws {
    checkNumerics {}
    #expect(Tensor([-1.0]).log().array()[0].isNaN)
    #expect(!isAnomalyEnabled)
  }

  @Test func compiledFunctionsSayThatTheyRunEagerly() {
    let f = compile { (x: Tensor) in x + 1 }
    let warnings = catchWarnings { for _ in 0..<2 { setDetectAnomaly(true) { _ = f(ones(2)) } } }.warnings
    #expect(warnings.first?.operation == "compile")
    #expect(warnings.first?.message.contains("runs eagerly while anomalies are looked for") == true)
  }

  #if compiler(>=6.2)
    @Test func forAllOfTheProgram() async {
      let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
        enableCheckNumerics()
        disableCheckNumerics()
        _ = Tensor([-1.0]).log()
        enableCheckNumerics()
        _ = Tensor([-4.0]).sqrt()
      }
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(text.hasPrefix("checkNumerics: Sqrt gave 1 nan among 1 element of shape [1], float32"), "\(text)")
    }
  #endif
}
