import ApusCore
import ApusData
import ApusFunctional
import ApusNN
import ApusNumbers
import ApusOptim
import Foundation
import Testing

private func message(_ body: () throws(TensorError) -> some Any) -> String {
  do throws(TensorError) {
    _ = try body()
    return ""
  } catch {
    return "\(error)"
  }
}

/// The layers' own arithmetic on whole numbers in float64, which is exact for these sizes.
private func expected(_ x: Tensor, _ layer: LaegnaWeightedLayer, _ products: (Tensor, Tensor) -> Tensor) -> [Double] {
  let weight = layer.weight.to(.float64) * Double(layer.format.scale)
  let shape = layer is LaegnaConv2d ? [-1, 1, 1] : [-1]
  let sums = products(x.to(.float64) * Double(layer.format.scale), weight) + layer.bias.to(.float64).reshape(shape)
  let factor = layer.multiplier.to(.float64) / Tensor(2.0, dtype: .float64).pow(layer.shift.to(.float64))
  let limit = layer.outputFormat.map { Double($0.limit) } ?? 0x1p30
  return (sums * factor.reshape(shape)).round().clamp(min: layer.isRectified ? 0 : -limit, max: limit).array()
}

private func integers(_ x: Tensor) -> [Double] {
  (x.to(.float64) * Double(LaegnaFormat(x.dtype)?.scale ?? 1)).array(as: Double.self)
}

private func smallDigitNetwork() -> Sequential {
  Sequential(
    Conv2d(1, 8, kernelSize: 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2),
    Conv2d(8, 16, kernelSize: 3, padding: 1),
    BatchNorm2d(16), ReLU(), MaxPool2d(2), Flatten(), Dropout(0.1), Linear(64, 10))
}

private func train(_ network: Sequential, epochs: Int, lr: Double) {
  network.train()
  let digits = Digits(train: true)
  let optimizer = Adam(network.parameters(), lr: lr)
  for _ in 0..<epochs {
    let order = randperm(digits.count)
    for start in stride(from: 0, to: digits.count - 63, by: 64) {
      let picked = order.narrow(0, start, 64)
      let loss = crossEntropy(network(digits.images.indexSelect(0, picked)), digits.labels.indexSelect(0, picked))
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
    }
  }
  network.eval()
}

private func accuracy(_ network: any Layer) -> Double {
  let test = Digits(train: false)
  return noGrad { network(test.images).argmax(1).eq(test.labels).to(.float64).mean().item() }
}

@Suite(.serialized) struct LaegnaNetworkTests {
  @Test(arguments: [2, 3, 4, 7])
  func layersAreIntegerArithmetic(digits: Int) throws {
    manualSeed(5)
    let model = Sequential(
      Conv2d(4, 6, kernelSize: (3, 2), stride: (2, 1), padding: (1, 0), dilation: (1, 2), groups: 2), ReLU(),
      Conv2d(6, 20, kernelSize: 2, bias: false), Flatten(), Linear(20 * 4 * 4, 37), ReLU(), Linear(37, 5))
    let x = randn([3, 4, 9, 7])
    let network = try Quantize.laegna(model, digits: digits, calibration: [x])
    let layers = network.layers.layers
    let first = try #require(layers[0] as? LaegnaConv2d), second = try #require(layers[1] as? LaegnaConv2d)
    let third = try #require(layers[3] as? LaegnaLinear), last = try #require(layers[4] as? LaegnaLinear)
    #expect(first.isRectified && !second.isRectified && third.isRectified && !last.isRectified)
    #expect(first.weight.dtype == .laegna(digits) && last.outputFormat == nil)
    let a = network.encode(x)
    let b = first(a)
    #expect(
      integers(b) == expected(a, first) { conv2d($0, $1, stride: (2, 1), padding: (1, 0), dilation: (1, 2), groups: 2) }
    )
    let c = second(b)
    #expect(integers(c) == expected(b, second) { conv2d($0, $1) })
    let d = c.flatten(1)
    let e = third(d)
    #expect(integers(e) == expected(d, third) { linear($0, $1) })
    #expect(last(e).dtype == .int32 && integers(last(e)) == expected(e, last) { linear($0, $1) })
    #expect(network.integers(x).array(as: Int.self) == last(e).array(as: Int.self))
    #expect(network(x).shape == [3, 5])
  }

  @Test func pooledNumbersAreTheGreatest() throws {
    let model = Sequential(MaxPool2d(kernelSize: 3, stride: 2, padding: 1), Conv2d(2, 1, kernelSize: 1))
    manualSeed(1)
    let x = randn([2, 2, 7, 8])
    let network = try Quantize.laegna(model, digits: 3, calibration: [x])
    let numbers = network.encode(x)
    let pool = network.layers.layers[0]
    let pooled = pool(numbers)
    #expect(pooled.to(.float32).array() == maxPool2d(numbers.to(.float32), 3, stride: 2, padding: 1).array())
  }

  @Test func conversionGivesWhatTrainingRounds() throws {
    manualSeed(3)
    let network = smallDigitNetwork()
    train(network, epochs: 4, lr: 4e-3)
    let test = Digits(train: false)
    let real = accuracy(network)
    for (digits, scaling) in [(4, LaegnaScaling.real), (3, .real), (2, .real), (4, .powersOfFour)] {
      let rounding = try Quantize.laegnaTraining(
        network, digits: digits, scaling: scaling, calibration: [Digits(train: true).images])
      if digits == 2 {
        let steps = rounding.parameters().map { deepCopy($0) }
        train(rounding, epochs: 1, lr: 5e-4)
        #expect(zip(steps, rounding.parameters()).allSatisfy { !$0.equal($1) })
      }
      rounding.eval()
      let converted = try Quantize.laegna(trained: rounding)
      let (a, b) = noGrad { (rounding(test.images), converted(test.images)) }
      #expect(a.argmax(1).array(as: Int.self) == b.argmax(1).array(as: Int.self), "\(digits) \(scaling)")
      let size = a.abs().max().item(as: Double.self)
      #expect((a - b).abs().max().item(as: Double.self) < 0.02 * size)
      #expect(accuracy(converted) > real - (digits == 2 ? 0.06 : 0.02))
      if scaling == .powersOfFour {
        for step in converted.weighted.flatMap({ $0.weightSteps }) + [converted.inputStep] {
          #expect(step.significand == 1 && step.exponent % 2 == 0)
        }
      }
    }
  }

  @Test func layersHaveFormatsOfTheirOwn() throws {
    let model = Sequential(["hidden": Linear(8, 6), "act": ReLU(), "output": Linear(6, 3)])
    let x = randn([20, 8])
    let network = try Quantize.laegna(
      model, digits: 4, formats: ["output": LaegnaFormat(digits: 2)], calibration: [x])
    #expect(network.weighted.map { $0.format.digits } == [4, 2])
    #expect(network.weighted[0].outputFormat == (try LaegnaFormat(digits: 2)))
    #expect(network(x).shape == [20, 3])
    #expect(network.weighted[1].weight.laegnaNumerals().allSatisfy { $0.count == 2 || $0 == "U" })
  }

  /// An embedding and a linear layer, which are no row of layers.
  private final class Words: Layer {
    let table = Embedding(7, 4)
    let answer = Linear(4, 3)
    func forward(_ x: Tensor) -> Tensor { answer(table(x).mean(1)) }
  }

  @Test func weightsOfAnyModelAreRounded() throws {
    manualSeed(2)
    let (model, plain) = (Words(), Words())
    try plain.loadStateDict(model.stateDict())
    let paths = try Quantize.laegnaWeights(model, digits: 2, formats: ["answer": LaegnaFormat(digits: 4)])
    #expect(paths == ["table", "answer"])
    // Numbers times steps, and no other number.
    for (layer, digits, weight) in [
      (model.table as any Module, 2, model.table.weight), (model.answer, 4, model.answer.weight),
    ] {
      let rounding = try #require(layer.parametrizationDict.weight[0] as? LaegnaWeight)
      let numbers = rounding.numbers(of: layer.parametrizationDict.weight.original)
      #expect(numbers.dtype == .laegna(digits))
      let integers = numbers.to(.float32) * Double(rounding.format.scale)
      #expect((integers * rounding.step.unsqueeze(1) - weight).abs().max().item(as: Double.self) < 1e-6)
    }
    let words = randint(0, 7, [5, 6])
    model(words).square().sum().backward()
    #expect(model.answer.parametrizationDict.weight.original.grad != nil)
    #expect((model(words) - plain(words)).abs().max().item(as: Double.self) < 0.3)
    #expect(throws: TensorError.self) { try Quantize.laegnaWeights(ReLU(), digits: 2) }
  }

  @Test func whatIsNotConvertedIsNamed() throws {
    let x = randn([4, 3])
    let soft = Sequential(["a": Linear(3, 3), "soft": Softmax(dim: 1)])
    #expect(
      message { () throws(TensorError) in try Quantize.laegna(soft, digits: 4, calibration: [x]) }.contains(
        "'soft' (Softmax)"))
    let plain = Sequential(Linear(3, 2))
    #expect(
      message { () throws(TensorError) in try Quantize.laegna(plain, digits: 9, calibration: [x]) }.contains("7 digits")
    )
    #expect(
      message { () throws(TensorError) in try Quantize.laegna(plain, digits: 4, calibration: []) }.contains("calibrate")
    )
    #expect(
      message { () throws(TensorError) in
        try Quantize.laegna(plain, digits: 4, formats: ["b": LaegnaFormat(digits: 2)], calibration: [x])
      }.contains("'b'"))
    let network = try Quantize.laegna(plain, digits: 4, calibration: [x])
    #expect(throws: TensorError.self) { try withErrors { network.layers(x) } }
    #expect(
      message { () throws(TensorError) in try exportLaegnaC(network, inputShape: [4], name: "n") }.contains("[4]"))
    #expect(
      message { () throws(TensorError) in try exportLaegnaC(network, inputShape: [3], name: "1n") }.contains(
        "identifier"))
  }

  @Test func theCFileGivesTheSameLabels() throws {
    let compiler = ["/usr/bin/clang", "/opt/swift/usr/bin/clang", "/usr/bin/cc", "/usr/bin/gcc"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let compiler else { return }
    manualSeed(4)
    let model = smallDigitNetwork()
    train(model, epochs: 2, lr: 4e-3)
    for digits in [1, 4] {
      let network = try Quantize.laegna(model, digits: digits, calibration: [Digits(train: true).images])
      let text = try exportLaegnaC(network, inputShape: [1, 8, 8], name: "digits")
      #expect(!text.contains("float") && !text.contains("double"))
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("laegna-\(UUID())")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let main = """
        #include <stdio.h>
        int main(void) {
          static int16_t input[DIGITS_INPUT], workspace[DIGITS_WORKSPACE];
          while (fread(input, sizeof *input, DIGITS_INPUT, stdin) == DIGITS_INPUT) putchar('0' + digits_label(input, workspace));
          return 0;
        }

        """
      let (source, program) = (folder.appendingPathComponent("digits.c"), folder.appendingPathComponent("digits"))
      try (text + main).write(to: source, atomically: true, encoding: .utf8)
      let compile = Process()
      compile.executableURL = URL(fileURLWithPath: compiler)
      compile.arguments = ["-std=c11", "-O1", "-Wall", "-Werror", source.path, "-o", program.path]
      try compile.run()
      compile.waitUntilExit()
      try #require(compile.terminationStatus == 0)
      let images = Digits(train: false).images
      let numbers = integers(network.encode(images)).map { Int16($0) }
      let input = folder.appendingPathComponent("input")
      try numbers.withUnsafeBytes { Data($0) }.write(to: input)
      let run = Process()
      let output = Pipe()
      run.executableURL = program
      run.standardInput = try FileHandle(forReadingFrom: input)
      run.standardOutput = output
      try run.run()
      let labels = output.fileHandleForReading.readDataToEndOfFile().map { Int($0) - 48 }
      run.waitUntilExit()
      #expect(labels == noGrad { network.integers(images).argmax(1).array(as: Int.self) })
    }
  }
}
