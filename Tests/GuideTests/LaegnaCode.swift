import Apus
import Testing

/// The code of docs/laegna.md.
@Suite struct LaegnaCode {
  @Test func digits() throws {
    let x = try Laegna4("AEIO")
    print(x.signed ?? 0, x.double)  // 50 0.78125
    let w = Tensor([0.5, -1.25, 0], dtype: .laegna(4))
    print(w * w)  // digits
    print(w.laegnaNumerals())
    #expect(x.signed == 50 && x.double == 0.78125 && x.truth == .position)
    #expect((w * w).array() == [0.25, 1.5625, 0] && w.laegnaNumerals()[2] == "U")
    let digits = try LaegnaDigits("AE")
    print(digits.unsigned, digits.signed, digits.bits, digits.complement)  // 12 4 AOAA OI
    print(try LaegnaInterval("A").contains(LaegnaInterval("Aa")))  // true
    print(Laegna2(containing: 0.3), Laegna2(nearest: 0.3))  // AO AI
    #expect("\(digits.unsigned) \(digits.signed) \(digits.bits) \(digits.complement)" == "12 4 AOAA OI")
    #expect(try LaegnaInterval("A").contains(LaegnaInterval("Aa")))
    #expect("\(Laegna2(containing: 0.3)) \(Laegna2(nearest: 0.3))" == "AO AI")
    let error = #expect(throws: TensorError.self) { try Laegna2("AX") }
    #expect(
      "\(error.map { "\($0)" } ?? "")".contains("'AX' is no number: 'X' at place 2 is none of the digits I, O, A, E"))
  }

  @Test func networks() throws {
    let model = Sequential(Linear(64, 32), ReLU(), Linear(32, 10))
    let images = rand([100, 64])
    let network = try Quantize.laegna(model, digits: 4, calibration: [images])
    print(network.weighted[0].weight.narrow(0, 0, 1).laegnaNumerals().prefix(4))
    let labels = network(images).argmax(1)
    let rounding = try Quantize.laegnaTraining(model, digits: 2, calibration: [images])
    let optimizer = AdamW(rounding.parameters(), lr: 1e-3)
    crossEntropy(rounding(images), labels).backward()
    optimizer.step()
    let small = try Quantize.laegna(trained: rounding)
    #expect(small(images).shape == [100, 10])
    #expect(try exportLaegnaC(network, inputShape: [64], name: "network").contains("void network("))
  }
}
