import Apus
import ApusCore
import ApusPrograms
import Testing

/// Operations as data, and back.
@Suite struct StoredOperationTests {
  /// Functions with the operations that files know.
  private static let functions: [(name: String, inputs: [Tensor], call: @Sendable ([Tensor]) -> [Tensor])] = {
    manualSeed(0)
    let (x, square) = (randn(4, 6), randn(4, 4))
    let positive = matmul(square, square.mT) + eye(4)
    let index = Tensor([2, 0, 1])
    let (lstm, gru) = (LSTM(3, 4), GRU(3, 4))
    let (images, volumes) = (randn(1, 2, 8, 8), randn(1, 2, 4, 4, 4))
    return [
      ("elements", [x], { [$0[0].exp().gelu() + 2, $0[0].to(.float64), `where`($0[0].gt(0), $0[0], 0 - $0[0])] }),
      ("views", [x], { [$0[0].mT, $0[0].expand(2, 4, 6), $0[0].reshape(3, 8), $0[0].clone(), $0[0][1..., .all] * 1] }),
      ("windows", [x], { [$0[0].unfold(1, 2, 2), $0[0].asStrided([2, 2], [1, 2])] }),
      (
        "diagonals", [square],
        { [$0[0].diagonal() * 1, $0[0].diagonal().diagEmbed(), $0[0].diagonalScatter(ones(4)), $0[0].tril()] }
      ),
      (
        "parts", [x],
        { [cat([$0[0], $0[0]], dim: 1), $0[0].sliceScatter(zeros(2, 6), dim: 0, start: 1, end: 3, step: 1)] }
      ),
      (
        "sums", [x],
        { [$0[0].sum([0]), $0[0].amax([1]), $0[0].prod(1), $0[0].std(1), $0[0].cumsum(1), $0[0].logcumsumexp(0)] }
      ),
      (
        "positions", [x, index],
        {
          [
            $0[0].indexSelect(0, $0[1]), $0[0].indexAdd(0, $0[1], ones(3, 6)), $0[0].gather(0, $0[1].unsqueeze(1)),
            $0[0].scatter(0, $0[1].unsqueeze(1), zeros(3, 1)), $0[0].scatterAdd(0, $0[1].unsqueeze(1), ones(3, 1)),
          ]
        }
      ),
      ("picked", [x], { [$0[0].sort(1).values, $0[0].topk(2).values, $0[0].median(), $0[0].argmax(1)] }),
      ("searched", [x], { [searchsorted(Tensor([-1.0, 0, 1]), $0[0])] }),
      ("products", [x], { [linear($0[0], ones(3, 6), ones(3)), matmul($0[0], $0[0].mT)] }),
      ("networks", [x], { [$0[0].softmax(1), $0[0].logSoftmax(1), layerNorm($0[0], [6]), rmsNorm($0[0], [6])] }),
      (
        "classes", [x, Tensor([0, 5, 2, 3])], { [crossEntropy($0[0], $0[1]), nllLoss($0[0], $0[1]), oneHot($0[1], 6)] }
      ),
      (
        "images", [images],
        {
          [
            conv2d($0[0], ones(3, 2, 3, 3), stride: 2, padding: 1), convTranspose2d($0[0], ones(2, 3, 2, 2), stride: 2),
            maxPool2d($0[0], 2), avgPool2d($0[0], 2), adaptiveAvgPool2d($0[0], 3), gridSample($0[0], zeros(1, 2, 2, 2)),
          ]
        }
      ),
      ("volumes", [volumes], { [maxPool3d($0[0], 2)] }),
      ("tables", [index], { [embedding($0[0], ones(4, 3))] }),
      (
        "matrices", [positive],
        {
          [
            linalg.inv($0[0]), linalg.det($0[0]), linalg.cholesky($0[0]), linalg.solve($0[0], ones(4, 2)),
            linalg.qr($0[0]).Q.abs(),
            linalg.eigvalsh($0[0]), linalg.svdvals($0[0]),
          ]
        }
      ),
      ("spectra", [x], { [fft.rfft($0[0]).abs(), fft.irfft(fft.rfft($0[0]))] }),
      ("distances", [x], { [pdist($0[0])] }),
      (
        "gradients", [images, randn(1, 2, 5, 8), randn(4, 1, 3)],
        { t in
          [
            grad { (x: Tensor) in avgPool2d(x, 2).square().sum() }(t[0]),
            grad { (x: Tensor) in scaledDotProductAttention(x, x * 2, x + 1, isCausal: true).square().sum() }(t[1]),
            grad { (x: Tensor) in lstm(x).0.square().sum() }(t[2]),
            grad { (x: Tensor) in gru(x).0.square().sum() }(t[2]),
          ]
        }
      ),
    ]
  }()

  @Test(arguments: functions.indices) func operationsComeBack(_ i: Int) throws {
    let (name, inputs, call) = Self.functions[i]
    try withFile { path in
      try export({ (tensors: [Tensor]) in call(tensors) }, example: inputs, to: path)
      let program = try Program.load(path)
      let expected = noGrad { call(inputs) }
      for (k, (found, tensor)) in zip(try program(inputs), expected).enumerated() {
        #expect(found.dtype == tensor.dtype, "\(name) \(k)")
        expectClose(found, tensor)
      }
    }
  }

  /// What is written of an operation makes one that is the same.
  @Test(arguments: functions.indices) func attributesComeBack(_ i: Int) throws {
    let (name, inputs, call) = Self.functions[i]
    let tracer = Tracer()
    noGrad { tracer.follow { _ = call(inputs.map { tracer.input($0) }) } }
    tracer.close()
    for case .operation(let primitive, _, _) in tracer.trace.instructions {
      let stored = try #require(OperationTable.stored(primitive), "\(name): \(primitive.name)")
      let type = try #require(OperationTable.type(stored.name))
      let again = try type.init(stored.operation.attribute)
      #expect(again.attribute == stored.operation.attribute)
      // A formula is told from others by its place in memory.
      if !(again is Pointwise) { #expect(again.identity == stored.operation.identity, "\(name): \(stored.name)") }
    }
  }

  @Test func formulasWithALoopOfTheirOwnAreTheSame() throws {
    let x = randn(100)
    for call in [{ $0.leakyRelu() }, { $0.hardswish() }, { $0.clamp(min: -1.0, max: 1.0) }] as [(Tensor) -> Tensor] {
      let tracer = Tracer()
      tracer.follow { _ = call(tracer.input(x)) }
      tracer.close()
      let primitives = tracer.trace.instructions.compactMap {
        if case .operation(let p, _, _) = $0 { p as? Pointwise } else { nil }
      }
      let primitive = try #require(primitives.first)
      #expect(try Pointwise(primitive.attribute).formula === primitive.formula)
    }
  }

  /// Somebody could write a formula whose steps double at each other one: it must not take for ever.
  @Test func formulasThatRepeatThemselves() throws {
    var steps: [Attribute] = [.list([.string("input"), .int(0)])]
    for i in 0..<100 {
      for _ in 0..<2 { steps.append(.list([.string("mul"), .int(max(0, 2 * i - 1)), .int(2 * i)])) }
    }
    let formula = Attribute.record([
      "name": .string("x"), "inputs": .int(1), "typing": .string("arithmetic"), "steps": .list(steps),
      "results": .list([.int(199), .int(200)]), "numbers": .list([]),
    ])
    let made = try Pointwise(formula)
    #expect(made.formula.outputs[0] == made.formula.outputs[1])
  }

  /// Where a part has no elements its steps are not followed, but they are still multiplied.
  @Test func partsWithoutElementsHaveStepsThatFit() throws {
    let operands = StoredOperands([TensorType([4, 4], .float32)], of: "slice")
    try Slice(starts: [3, 0], counts: [4, 0], steps: [-1, 1]).check(operands)
    try Slice(starts: [0, 0], counts: [1, 1], steps: [.max, .min]).check(operands)
    #expect(throws: TensorError.self) {
      try Slice(starts: [0, 0], counts: [2, 0], steps: [1 << 62, 1]).check(operands)
    }
    #expect(throws: TensorError.self) { try Slice(starts: [0, 0], counts: [2, 2], steps: [4, 1]).check(operands) }
  }
}
