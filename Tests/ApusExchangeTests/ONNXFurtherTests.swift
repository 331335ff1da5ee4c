import ApusCore
import ApusExchange
import ApusFormats
import Foundation
import Testing

@Suite struct ONNXFurtherTests {
  typealias Models = ONNXNodeModels

  /// Lengths that are small, composite, prime, and so large and prime that they go by a chirp.
  @Test(arguments: [1, 12, 97, 600, 2 * 1031]) func spectraAreSums(_ n: Int) throws {
    let x = (0..<n).map { sin(Double($0 * $0)) }
    let y = try Models.tensor("DFT", [Tensor(x, shape: [1, n, 1], dtype: .float64)]).array(as: Double.self)
    for k in [0, n / 3, n - 1] {
      var (re, im) = (0.0, 0.0)
      for (i, value) in x.enumerated() {
        let angle = -2 * Double.pi * Double(i * k % n) / Double(n)
        (re, im) = (re + value * cos(angle), im + value * sin(angle))
      }
      #expect(abs(y[2 * k] - re) < 1e-9 * Double(n))
      #expect(abs(y[2 * k + 1] - im) < 1e-9 * Double(n))
    }
  }

  @Test func realSpectraComeBack() throws {
    for n in [8, 9] {
      let x = (0..<n).map { Double($0 * $0 % 7) }
      let given = Tensor(x, shape: [1, n, 1], dtype: .float64)
      let half = try Models.tensor("DFT", [given], [("onesided", .int(1))])
      #expect(half.shape == [1, n / 2 + 1, 2])
      let back = try Models.tensor(
        "DFT", [half, Tensor(Int64(n))], [("onesided", .int(1)), ("inverse", .int(1))])
      #expect((back - given).abs().amax().item() < 1e-9)
    }
  }

  @Test func boxesThatOverlapAreDropped() throws {
    let boxes = Tensor([0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 10, 1, 11] as [Float], shape: [1, 3, 4])
    let scores = Tensor([0.9, 0.75, 0.6] as [Float], shape: [1, 1, 3])
    let kept = try Models.tensor(
      "NonMaxSuppression", [boxes, scores, Tensor(Int64(3)), Tensor(0.5 as Float), Tensor(0.0 as Float)])
    #expect(kept.array(as: Int.self) == [0, 0, 0, 0, 0, 2])
  }

  @Test func treesDecide() throws {
    // x0 <= 1 ? 10 : (x1 > 2 ? 20 : 30)
    let attributes: [(String, ONNX.AttributeProto.Value)] = [
      ("n_targets", .int(1)), ("nodes_treeids", .ints([0, 0, 0, 0, 0])), ("nodes_nodeids", .ints([0, 1, 2, 3, 4])),
      ("nodes_featureids", .ints([0, 0, 1, 0, 0])),
      ("nodes_modes", .strings(["BRANCH_LEQ", "LEAF", "BRANCH_GT", "LEAF", "LEAF"])),
      ("nodes_values", .floats([1, 0, 2, 0, 0])), ("nodes_truenodeids", .ints([1, 0, 3, 0, 0])),
      ("nodes_falsenodeids", .ints([2, 0, 4, 0, 0])), ("nodes_missing_value_tracks_true", .ints([1, 0, 0, 0, 0])),
      ("target_treeids", .ints([0, 0, 0])), ("target_nodeids", .ints([1, 3, 4])), ("target_ids", .ints([0, 0, 0])),
      ("target_weights", .floats([10, 20, 30])),
    ]
    let x = Tensor([0, 0, 5, 3, 5, 1, .nan, 0] as [Float], shape: [4, 2])
    let y = try Models.tensor("TreeEnsembleRegressor", [x], domain: "ai.onnx.ml", opset: 1, attributes)
    #expect(y.array() == [10, 20, 30, 10])
    let astray = attributes.map { $0.0 == "nodes_falsenodeids" ? ($0.0, .ints([2, 0, 9, 0, 0])) : $0 }
    #expect(throws: TensorError.self) {
      _ = try Models.tensor("TreeEnsembleRegressor", [x], domain: "ai.onnx.ml", opset: 1, astray)
    }
  }

  @Test func textsAreSplitAndJoined() throws {
    let texts = ONNXValue.strings(StringTensor(["a,b,c", "d", ""]))
    let made = try Models.run("StringSplit", [texts], outputs: 2, [("delimiter", .string(",")), ("maxsplit", .int(1))])
    guard case .strings(let parts) = made[0] else { throw TensorError(.value, "test", "no text") }
    #expect(parts == StringTensor(["a", "b,c", "d", "", "", ""], shape: [3, 2]))
    #expect(made[1].tensor?.array(as: Int.self) == [2, 1, 1])
    let matches = try Models.run("RegexFullMatch", [texts], [("pattern", .string("[a-d]"))])
    #expect(matches[0].tensor?.array(as: Bool.self) == [false, true, false])
    let names = ONNXValue.strings(StringTensor(["ab12", "ab", "xab12", "ab1", "Ab12"]))
    let whole = try Models.run("RegexFullMatch", [names], [("pattern", .string("(?P<word>[a-z]+)\\d{2}|ab"))])
    #expect(whole[0].tensor?.array(as: Bool.self) == [true, true, true, false, false])
    #expect(throws: TensorError.self) { try Models.run("RegexFullMatch", [texts], [("pattern", .string("(a"))]) }
  }

  /// Letters change as the language has them: the i of Turkish keeps its dot.
  @Test(arguments: [
    ("LOWER", "", "IÇI \u{130}Ö", "içi i\u{307}ö"), ("LOWER", "tr_TR", "IÇI \u{130}Ö", "\u{131}ç\u{131} iö"),
    ("UPPER", "en_US", "i\u{131}ß", "IISS"), ("UPPER", "az", "i\u{131}ß", "\u{130}ISS"),
  ])
  private func lettersChange(action: String, locale: String, text: String, expected: String) throws {
    var attributes: [(String, ONNX.AttributeProto.Value)] = [("case_change_action", .string(action))]
    if !locale.isEmpty { attributes.append(("locale", .string(locale))) }
    let made = try Models.run("StringNormalizer", [.strings(StringTensor([text]))], attributes)
    guard case .strings(let changed) = made[0] else { throw TensorError(.value, "test", "no text") }
    #expect(changed.elements == [expected])
  }

  @Test func seedsGiveTheSameNumbers() throws {
    func drawn(_ seed: Float) throws -> [Float] {
      try Models.tensor("RandomNormal", [], [("shape", .ints([4])), ("seed", .float(seed))]).array()
    }
    #expect(try drawn(1) == drawn(1))
    #expect(try drawn(1) != drawn(2))
    #expect(throws: TensorError.self) {
      _ = try Models.tensor("RandomNormal", [], [("shape", .ints([1 << 40, 1 << 40]))])
    }
  }

  @Test func lossesLeaveOutWhatIsIgnored() throws {
    let x = Tensor([0.1, 0.9, 0.4, 0.6, 0.5, 0.5] as [Float], shape: [3, 2]).log()
    let target = Tensor([1, -1, 0] as [Int64])
    let loss = try Models.tensor("NegativeLogLikelihoodLoss", [x, target], [("ignore_index", .int(-1))])
    #expect(abs(loss.item() + (log(0.9) + log(0.5)) / 2) < 1e-6)
  }
}
