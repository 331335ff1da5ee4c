import Apus
import Testing

import ApusCore

/// Batching rules against a loop over the samples, and as many operations for many samples as for few.
@Suite struct BatchingTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    /// The shapes of the arguments of one sample; integers below `below` where that is given.
    let shapes: [[Int]]
    var below: [Int: Int] = [:]
    let function: @Sendable ([Tensor]) -> Tensor
    var testDescription: String { name }

    init(
      _ name: String, _ shapes: [Int]..., below: [Int: Int] = [:], function: @escaping @Sendable ([Tensor]) -> Tensor
    ) {
      (self.name, self.shapes, self.below, self.function) = (name, shapes, below, function)
    }

    func arguments(_ count: Int?) -> [Tensor] {
      shapes.enumerated().map { k, shape in
        let whole = (count.map { [$0] } ?? []) + shape
        return below[k].map { randint(0, $0, whole) } ?? randn(whole, dtype: .float64)
      }
    }
  }

  static let rules: [Rule] = [
    Rule("maxPool1d", [2, 3, 8]) { maxPool1d($0[0], 2) },
    Rule("maxPool2d", [2, 3, 6, 6]) { maxPool2d($0[0], 3, stride: 2, padding: 1) },
    Rule("maxPool3d", [1, 2, 4, 4, 4]) { maxPool3d($0[0], 2) },
    Rule("adaptiveMaxPool2d", [2, 3, 5, 7]) { adaptiveMaxPool2d($0[0], [2, 3]) },
    Rule("avgPool2d", [2, 3, 6, 6]) { avgPool2d($0[0], 2) },
    Rule("adaptiveAvgPool2d", [2, 3, 5, 7]) { adaptiveAvgPool2d($0[0], [2, 3]) },
    Rule("conv2d", [2, 3, 5, 5], [4, 3, 3, 3], [4]) { conv2d($0[0], $0[1], $0[2], padding: 1) },
    Rule("conv2d in groups", [2, 4, 5, 5], [6, 2, 3, 3], [6]) { conv2d($0[0], $0[1], $0[2], stride: 2, groups: 2) },
    Rule("conv1d", [3, 9], [4, 3, 2]) { conv1d($0[0], $0[1], dilation: 2) },
    Rule("convTranspose2d", [2, 3, 4, 4], [3, 2, 3, 3], [2]) {
      convTranspose2d($0[0], $0[1], $0[2], stride: 2, outputPadding: 1)
    },
    Rule("batchNorm", [4, 3, 5, 2], [3], [3]) { batchNorm($0[0], weight: $0[1], bias: $0[2], training: true) },
    Rule("batchNorm of rows", [6, 3], [3], [3]) { batchNorm($0[0], weight: $0[1], bias: $0[2], training: true) },
    Rule("batchNorm with given statistics", [4, 3, 5], [3], [3]) {
      batchNorm($0[0], runningMean: $0[1], runningVar: $0[2].square())
    },
    Rule("layerNorm", [4, 2, 3], [2, 3], [2, 3]) { layerNorm($0[0], [2, 3], weight: $0[1], bias: $0[2]) },
    Rule("layerNorm without weight", [4, 6]) { layerNorm($0[0], [6]) },
    Rule("rmsNorm", [4, 6], [6]) { rmsNorm($0[0], [6], weight: $0[1]) },
    Rule("groupNorm", [2, 4, 3], [4], [4]) { groupNorm($0[0], 2, weight: $0[1], bias: $0[2]) },
    Rule("linear", [2, 5, 3], [4, 3], [4]) { linear($0[0], $0[1], $0[2]) },
    Rule("matmul", [2, 3], [3, 4]) { matmul($0[0], $0[1]) },
    Rule("embedding", [5, 3], [2, 4], below: [1: 5]) { embedding($0[1], $0[0], paddingIdx: 1) },
    Rule("indexSelect", [4, 5, 2], [3], below: [1: 5]) { $0[0].indexSelect(1, $0[1]) },
    Rule("indexAdd", [4, 5, 2], [3], [4, 3, 2], below: [1: 5]) { $0[0].indexAdd(1, $0[1], $0[2]) },
    Rule("indexCopy", [5, 2], [1], [1, 2], below: [1: 5]) { $0[0].indexCopy(0, $0[1], $0[2]) },
    Rule("gather", [4, 5], [4, 2], below: [1: 5]) { $0[0].gather(1, $0[1]) },
    Rule("scatterAdd", [4, 5], [4, 2], [4, 2], below: [1: 5]) { $0[0].scatterAdd(1, $0[1], $0[2]) },
    Rule("scatter", [4, 5], [4, 1], [4, 1], below: [1: 5]) { $0[0].scatter(1, $0[1], $0[2]) },
    Rule("scatterReduce", [4, 5], [4, 2], [4, 2], below: [1: 5]) {
      $0[0].scatterReduce(1, $0[1], $0[2], reduce: .amax)
    },
    Rule("take", [3, 4], [5], below: [1: 12]) { $0[0].take($0[1]) },
    Rule("subscript by tensors", [3, 4, 2], [5], [5], below: [1: 3, 2: 4]) { $0[0][$0[1], $0[2]] },
    Rule("subscript assigned", [3, 4], [4]) { arguments in
      var x = arguments[0] * 1
      x[1] = arguments[1]
      return x
    },
    Rule("cat", [2, 3], [1, 3]) { cat($0) },
    Rule("stack", [2, 3], [2, 3]) { stack($0, dim: 1) },
    Rule("where", [2, 3], [3]) { `where`($0[0] .> 0, $0[0], $0[1]) },
    Rule("cumsum", [2, 3]) { $0[0].cumsum(0) },
    Rule("cumprod", [2, 3]) { $0[0].cumprod(1) },
    Rule("logcumsumexp", [2, 3]) { $0[0].logcumsumexp(-1) },
    Rule("sort", [3, 4]) { $0[0].sort(0).values },
    Rule("topk", [3, 4]) { $0[0].topk(2).values },
    Rule("argsort", [3, 4]) { $0[0].argsort(0, descending: true) },
    Rule("argmax", [3, 4]) { $0[0].argmax(1) },
    Rule("argmin of all", [3, 4]) { $0[0].argmin() },
    Rule("max along a dimension", [3, 4]) { $0[0].max(0).values },
    Rule("median along a dimension", [3, 5]) { $0[0].median(1).values },
    Rule("median of all", [3, 5]) { $0[0].median() },
    Rule("searchsorted", [6], [3, 4]) { searchsorted($0[0].sort().values, $0[1]) },
    Rule("searchsorted in rows", [2, 6], [2, 4]) { searchsorted($0[0].sort().values, $0[1]) },
    Rule("binaryCrossEntropy", [3, 4], [3, 4]) { binaryCrossEntropy($0[0].sigmoid(), $0[1].sigmoid()) },
    Rule("flip", [3, 4]) { $0[0].flip([0, 1]) },
    Rule("roll", [3, 4]) { $0[0].roll([1], [1]) },
    Rule("pad", [3, 4]) { $0[0].pad([1, 2]) },
    Rule("oneHot", [4], below: [0: 3]) { oneHot($0[0], numClasses: 3) },
    Rule("unfold", [3, 6]) { $0[0].unfold(1, 3, 2) },
    Rule("diagonal", [3, 4]) { $0[0].diagonal(offset: 1) },
    Rule("diagEmbed", [3]) { $0[0].diagEmbed() },
    Rule("tril", [3, 3]) { $0[0].tril() },
    Rule("asStrided", [3, 4]) { $0[0].asStrided([2, 2], [4, 1]) },
    Rule("scaledDotProductAttention", [2, 3, 4], [2, 3, 4], [2, 3, 4]) {
      scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true)
    },
    Rule("crossEntropy", [4, 3], [4], below: [1: 3]) { crossEntropy($0[0], $0[1]) },
  ]

  private func loop(_ f: ([Tensor]) -> Tensor, _ arguments: [Tensor], _ isMapped: [Bool], _ count: Int) -> Tensor {
    stack((0..<count).map { i in f(zip(arguments, isMapped).map { $1 ? $0[i] : $0 }) })
  }

  private func mapped(
    _ f: @escaping ([Tensor]) -> Tensor, _ arguments: [Tensor], _ isMapped: [Bool], dim: Int = 0
  ) -> Tensor {
    let some = zip(arguments, isMapped).filter(\.1).map { dim == 0 ? $0.0 : $0.0.movedim(0, dim) }
    return vmap(inDims: [dim]) { (samples: [Tensor]) in
      var rest = samples[...]
      return f(zip(arguments, isMapped).map { $1 ? rest.removeFirst() : $0 })
    }(some)
  }

  /// The operations that `body` runs on inputs that a trace follows.
  private func operations(_ inputs: [Tensor], _ body: ([Tensor]) -> Tensor) -> Int {
    let tracer = Tracer()
    let followed = inputs.map { tracer.input($0) }
    _ = tracer.follow { body(followed) }
    return tracer.trace.instructions.count
  }

  @Test(arguments: rules)
  func everyRule(_ rule: Rule) {
    manualSeed(7)
    let n = rule.shapes.count
    var choices = [Array(repeating: true, count: n)]
    if n > 1 { choices += (0..<n).map { k in (0..<n).map { $0 == k } } }
    for choice in choices {
      let (three, one) = (rule.arguments(3), rule.arguments(nil))
      let arguments = choice.indices.map { choice[$0] ? three[$0] : one[$0] }
      let value = loop(rule.function, arguments, choice, 3)
      expectClose(mapped(rule.function, arguments, choice), value, 1e-9)
      expectClose(mapped(rule.function, arguments, choice, dim: -1), value, 1e-9)
      guard value.dtype.isFloatingPoint, value.requiresGrad || rule.below[0] == nil else { continue }
      // The gradient of every sample for the mapped arguments, and that of all samples for the others.
      let weights = randn(Array(value.shape.dropFirst()), dtype: .float64)
      for k in choice.indices where rule.below[k] == nil {
        if choice[k] {
          let slope = { (x: [Tensor]) in
            grad { (y: Tensor) in
              var x = x
              x[k] = y
              return (rule.function(x) * weights).sum()
            }(x[k])
          }
          expectClose(mapped(slope, arguments, choice), loop(slope, arguments, choice, 3), 1e-9)
        }
        let outer = { (run: @escaping ([Tensor]) -> Tensor) in
          grad { (y: Tensor) in
            var x = arguments
            x[k] = y
            return (run(x) * weights).sum()
          }(arguments[k])
        }
        expectClose(
          outer { mapped(rule.function, $0, choice) }, outer { loop(rule.function, $0, choice, 3) }, 1e-9)
      }
    }
    let counts = [2, 5].map { count in
      operations(rule.arguments(count)) { mapped(rule.function, $0, choices[0]) }
    }
    #expect(counts[0] == counts[1])
  }

  @Test func perSampleGradientsOfALinearNetworkAreOneOperationEach() {
    manualSeed(0)
    let parameters = [randn(16, 8), randn(16), randn(4, 16), randn(4)]
    let loss = { (p: [Tensor], x: Tensor, y: Tensor) in
      crossEntropy(linear(linear(x.unsqueeze(0), p[0], p[1]).relu(), p[2], p[3]), y.unsqueeze(0))
    }
    checkPerSampleGradients(parameters, [8], loss)
  }

  @Test func perSampleGradientsOfAConvolutionalNetworkAreOneOperationEach() {
    manualSeed(1)
    let parameters = [
      randn(4, 1, 3, 3), randn(4), randn(4), randn(4), randn(6, 4, 3, 3), randn(6), randn(4, 24), randn(4),
    ]
    let loss = { (p: [Tensor], x: Tensor, y: Tensor) in
      var h = conv2d(x.unsqueeze(0), p[0], p[1], padding: 1)
      h = maxPool2d(batchNorm(h, weight: p[2], bias: p[3], training: true).relu(), 2)
      h = avgPool2d(conv2d(h, p[4], p[5], padding: 1).relu(), 2)
      return crossEntropy(linear(h.flatten(1), p[6], p[7]), y.unsqueeze(0))
    }
    checkPerSampleGradients(parameters, [1, 8, 8], loss)
  }

  private func checkPerSampleGradients(
    _ parameters: [Tensor], _ sample: [Int], _ loss: @escaping ([Tensor], Tensor, Tensor) -> Tensor
  ) {
    let gradients = { (x: Tensor, y: Tensor) in
      valueAndGrad { (p: [Tensor]) in loss(p, x, y) }(parameters).gradients
    }
    var counts: [Int] = []
    for count in [3, 7] {
      let (x, y) = (randn([count] + sample), randint(0, 4, [count]))
      let together = vmap(gradients)(x, y)
      for k in parameters.indices {
        expectClose(together[k], stack((0..<count).map { gradients(x[$0], y[$0])[k] }), 1e-4)
      }
      counts.append(operations([x, y]) { vmap(gradients)($0[0], $0[1])[0] })
    }
    #expect(counts[0] == counts[1])
  }

  @Test func jacobiansByMappingCotangents() {
    manualSeed(2)
    let weight = randn(2, 1, 3, 3, dtype: .float64)
    let x = randn(1, 1, 4, 4, dtype: .float64)
    let f = { (x: Tensor) in maxPool2d(conv2d(x, weight, padding: 1), 2).flatten() }
    let rows = vmap { (v: Tensor) in grad { (f($0) * v).sum() }(x) }(eye(8, dtype: .float64))
    let columns = vmap(outDim: 1) { (v: Tensor) in jvp(f, primals: x, tangents: v.reshape([1, 1, 4, 4])).tangent }(
      eye(16, dtype: .float64))
    expectClose(rows.reshape([8, 16]), columns, 1e-12)
  }

  @Test func positionsAreCheckedInEverySample() {
    let table = Tensor.ones(2, 3, 1)
    let index = Tensor([[0, 1], [2, 3]])
    for f in [
      { (t: Tensor, i: Tensor) in embedding(i, t) }, { $0.indexSelect(0, $1) }, { $0[$1] },
      { $0.indexAdd(0, $1, Tensor.ones(2, 1)) },
    ] {
      let error = #expect(throws: TensorError.self) { try withErrors { vmap(f)(table, index) } }
      #expect(error?.description.contains("index 3 is out of range for a dimension of size 3") == true)
    }
    let negative = #expect(throws: TensorError.self) {
      try withErrors { vmap { (t: Tensor, i: Tensor) in t.indexSelect(0, i) }(table, Tensor([[0], [-1]])) }
    }
    #expect(negative?.description.contains("-1 is out of range") == true)
    #expect(vmap { (t: Tensor, i: Tensor) in t[i] }(table, Tensor([[0], [-1]])).shape == [2, 1, 1])
  }

  @Test func stridesStayWithinTheSample() {
    let x = arange(6).reshape([2, 3])
    let windows = vmap { (x: Tensor) in x.asStrided([2, 2], [1, 1]) }(x)
    #expect(windows.array(as: Int.self) == [0, 1, 1, 2, 3, 4, 4, 5])
    let error = #expect(throws: TensorError.self) {
      try withErrors { vmap { (x: Tensor) in x.asStrided([4], [1]) }(x) }
    }
    #expect(error?.description.contains("last sample") == true)
  }

  @Test func runningStatisticsCannotDifferFromSampleToSample() {
    let (mean, variance) = (buffer(Tensor.zeros(2)), buffer(Tensor.ones(2)))
    let error = #expect(throws: TensorError.self) {
      try withErrors {
        vmap { (x: Tensor) in batchNorm(x, runningMean: mean, runningVar: variance, training: true) }(randn(3, 4, 2))
      }
    }
    #expect(error?.description.contains("without running statistics") == true)
    #expect(mean.array() == [0, 0])
  }

  @Test func noSamplesAtAll() {
    let x = Tensor.zeros(0, 2, 4, 4)
    let y = vmap { (x: Tensor) in maxPool2d(conv2d(x.unsqueeze(0), Tensor.ones(3, 2, 1, 1)), 2) }(x)
    #expect(y.shape == [0, 1, 3, 2, 2])
  }

  @Test func nestedMaps() {
    manualSeed(3)
    let (x, y) = (randn(3, 2, 4), randint(0, 4, [5, 2]))
    let all = vmap { (row: Tensor) in vmap { (index: Tensor) in row.gather(1, index.unsqueeze(1)) }(y) }(x)
    let loop = stack((0..<3).map { i in stack((0..<5).map { j in x[i].gather(1, y[j].unsqueeze(1)) }) })
    expectClose(all, loop, 1e-4)
  }
}
