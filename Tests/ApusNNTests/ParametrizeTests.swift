import Apus
import ApusCore
import TestSupport
import Testing

// Expected numbers and texts are PyTorch 2.15's for the same seeds.

private final class Symmetric: Parametrization {
  func forward(_ x: Tensor) -> Tensor { x.triu() + x.triu(1).mT }
  func rightInverse(_ value: Tensor) -> Tensor { value.triu() }
}

private final class Doubled: Layer {
  func forward(_ x: Tensor) -> Tensor { x * 2 }
}

private func close(_ tensor: Tensor, _ expected: [Double], _ tolerance: Double = 2e-6) -> Bool {
  let found = tensor.detach().array(as: Double.self)
  return found.count == expected.count && zip(found, expected).allSatisfy { Swift.abs($0 - $1) <= tolerance }
}

@Suite(.serialized) struct ParametrizeTests {
  @Test func symmetricWeight() throws {
    manualSeed(0)
    let layer = Linear(3, 3)
    parametrize.registerParametrization(layer, "weight", Symmetric())
    #expect(
      "\(layer)" == """
        ParametrizedLinear(
          in_features=3, out_features=3, bias=True
          (parametrizations): ModuleDict(
            (weight): ParametrizationList(
              (0): Symmetric()
            )
          )
        )
        """)
    #expect(layer.stateDict().names == ["bias", "parametrizations.weight.original"])
    #expect(
      close(
        layer.weight,
        [-0.004323, 0.309716, -0.475185, 0.309716, -0.222369, 0.154821, -0.475185, 0.154821, -0.051236]))
    #expect(parametrize.isParametrized(layer) && parametrize.isParametrized(layer, "weight"))
    #expect(!parametrize.isParametrized(layer, "bias"))

    layer.weight = Tensor([[1.0, 2, 3], [2, 4, 5], [3, 5, 6]])
    #expect(close(layer.parametrizationDict.weight.original, [1, 2, 3, 0, 4, 5, 0, 0, 6]))
    layer(Tensor.ones([1, 3])).sum().backward()
    // Elements above the diagonal stand in two places, those below in none.
    #expect(close(layer.parametrizationDict.weight.original.grad!, [1, 2, 2, 0, 1, 2, 0, 0, 1]))

    let copy = deepCopy(layer)
    copy.weight = Tensor.zeros([3, 3])
    #expect(close(layer.weight, [1, 2, 3, 2, 4, 5, 3, 5, 6]))
    #expect(close(copy.weight, [Double](repeating: 0, count: 9)))

    let original = layer.parametrizationDict.weight.original
    parametrize.removeParametrizations(layer, "weight")
    #expect(layer.weight.variableIdentity == original.variableIdentity)
    #expect(close(layer.weight, [1, 2, 3, 2, 4, 5, 3, 5, 6]))
    #expect("\(layer)" == "Linear(in_features=3, out_features=3, bias=True)")
    #expect(layer.stateDict().names == ["weight", "bias"])
  }

  @Test func severalAndWithoutInverse() throws {
    let layer = Linear(2, 2)
    layer.weight = parameter(Tensor([[1.0, 2], [3, 4]]))
    parametrize.registerParametrization(layer, "weight", Symmetric())
    parametrize.registerParametrization(layer, "weight", Doubled())
    #expect(close(layer.weight, [2, 4, 4, 8]))
    #expect(throws: TensorError.self) { try withErrors { layer.weight = Tensor.zeros([2, 2]) } }
    parametrize.removeParametrizations(layer, "weight", leaveParametrized: false)
    #expect(close(layer.weight, [1, 2, 0, 4]))
  }

  @Test func throughTransformations() {
    let layer = Linear(2, 2)
    layer.weight = parameter(Tensor([[1.0, 2], [3, 4]]))
    parametrize.registerParametrization(layer, "weight", Symmetric())
    let x = Tensor([[1.0, 1]])
    let substituted = functionalCall(layer, ["parametrizations.weight.original": Tensor.ones([2, 2])], x)
    #expect(close(substituted - layer.bias, [2, 2]))
    let reads = parametrize.cached { [layer.weight, layer.weight] }
    #expect(reads[0].equal(reads[1]))
  }

  @Test func weightNormalisation() throws {
    manualSeed(0)
    let layer = parametrizations.weightNorm(Linear(3, 2))
    #expect(
      layer.stateDict().names == [
        "bias", "parametrizations.weight.original0", "parametrizations.weight.original1",
      ])
    #expect(close(layer.parametrizationDict.weight.original0, [0.567225, 0.503937]))
    layer(Tensor([[1.0, 2, 3]])).sum().backward()
    #expect(close(layer.parametrizationDict.weight.original0.grad!, [-1.428794, -0.804009], 5e-6))
    #expect(
      close(
        layer.parametrizationDict.weight.original1.grad!, [0.989112, 2.78015, 1.803046, 0.3221, 1.64522, 3.24701], 1e-5)
    )
    // The names of the older form load as well.
    let old = weightNorm(Linear(3, 2))
    #expect(old.stateDict().names == ["bias", "weight_g", "weight_v"])
    try layer.loadStateDict(old.stateDict())
    #expect(layer.weight.allclose(old.weight))
    let before = old.weight.detach()
    removeWeightNorm(old)
    #expect(old.stateDict().names == ["weight", "bias"] && old.weight.allclose(before))
  }

  @Test func spectralNormalisation() {
    manualSeed(0)
    let layer = parametrizations.spectralNorm(Linear(3, 2))
    #expect(
      layer.stateDict().names == [
        "bias", "parametrizations.weight.original", "parametrizations.weight.0._u", "parametrizations.weight.0._v",
      ])
    let weight = [-0.006573, 0.470957, -0.722571, -0.646098, -0.338136, 0.235422]
    #expect(close(layer.weight, weight, 1e-5))
    layer.eval()
    #expect(close(layer.weight, weight, 1e-5))

    manualSeed(0)
    let old = spectralNorm(ConvTranspose1d(2, 3, kernelSize: 2))
    #expect(old.stateDict().names == ["bias", "weight_orig", "weight_u", "weight_v"])
    #expect(
      close(
        old(Tensor.ones([1, 2, 3])),
        [
          -0.416682, 0.881628, 0.881628, 0.908291, -1.160887, -1.621214, -1.621214, -0.730703, -0.839616, -0.769695,
          -0.769695, -0.098368,
        ], 1e-5))
  }

  @Test func orthogonalWeights() {
    manualSeed(0)
    let square = parametrizations.orthogonal(Linear(3, 3))
    #expect(
      close(
        square.weight,
        [-0.010169, 0.558102, -0.82971, -0.999586, -0.028004, -0.006586, -0.026911, 0.8293, 0.558156], 1e-5))
    #expect(
      square.stateDict().names == ["bias", "parametrizations.weight.original", "parametrizations.weight.0.base"])
    manualSeed(0)
    let tall = parametrizations.orthogonal(Linear(2, 3))
    #expect(close(tall.weight, [-0.008239, 0.698106, -0.905702, -0.308673, -0.423835, 0.646041], 1e-5))
    let moves: [(OrthogonalMap, [Double])] = [
      (.cayley, [-0.441285, 0.021433, -0.897111, -0.823276, 0.388103, 0.414238, 0.35705, 0.921367, -0.153619]),
      (.matrixExp, [-0.477876, -0.011875, -0.878347, -0.797465, 0.425158, 0.428123, 0.368352, 0.905041, -0.212643]),
    ]
    for (map, expected) in moves {
      manualSeed(0)
      let layer = parametrizations.orthogonal(Linear(3, 3), orthogonalMap: map)
      var original = layer.parametrizationDict.weight.original
      noGrad { original.assign(original + arange(9).reshape([3, 3]).to(.float32) * 0.1) }
      #expect(close(layer.weight, expected, 1e-5))
    }
    manualSeed(0)
    let plain = parametrizations.orthogonal(Linear(2, 3), useTrivialization: false)
    #expect(close(plain.weight, [-0.008239, 0.698106, -0.905702, -0.308673, -0.423835, 0.646041], 1e-5))
  }

  @Test func mistakes() {
    for wrong: () -> Void in [
      { parametrize.registerParametrization(Linear(2, 2), "wieght", Symmetric()) },
      { parametrize.registerParametrization(Linear(2, 2, bias: false), "bias", Doubled()) },
      { parametrize.registerParametrization(Linear(2, 2), "weight", MSELoss()) },
      { parametrize.removeParametrizations(Linear(2, 2), "weight") },
      { parametrizations.spectralNorm(Linear(2, 2), nPowerIterations: 0) },
      { parametrizations.orthogonal(Linear(2, 2), name: "bias") },
      { removeWeightNorm(Linear(2, 2)) },
    ] {
      #expect(throws: TensorError.self) { try withErrors { wrong() } }
    }
  }
}

@Suite(.serialized) struct PruningTests {
  @Test func elements() {
    manualSeed(0)
    let layer = Linear(4, 3)
    prune.randomUnstructured(layer, name: "weight", amount: 0.5)
    #expect(layer.stateDict().names == ["bias", "weight_orig", "weight_mask"])
    #expect(close(layer.getBuffer("weight_mask"), [1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0]))
    prune.l1Unstructured(layer, name: "weight", amount: 2)
    #expect(close(layer.getBuffer("weight_mask"), [0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0]))
    #expect(prune.isPruned(Sequential(layer)))
    layer(Tensor.ones([1, 4])).sum().backward()
    #expect(close(layer.getParameter("weight_orig").grad!, [0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0]))
    let value = layer.weight.detach()
    prune.remove(layer, name: "weight")
    #expect(layer.stateDict().names == ["weight", "bias"] && layer.weight.equal(value))
    #expect(!prune.isPruned(layer))
  }

  @Test func channels() {
    manualSeed(0)
    let random = Linear(4, 3)
    prune.randomStructured(random, name: "weight", amount: 1, dim: 0)
    #expect(close(random.getBuffer("weight_mask"), [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]))
    manualSeed(0)
    let layer = Linear(4, 3)
    prune.lnStructured(layer, name: "weight", amount: 0.5, n: 2, dim: 1)
    #expect(close(layer.getBuffer("weight_mask"), [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]))
    prune.lnStructured(layer, name: "weight", amount: 1, n: 1, dim: 0)
    #expect(close(layer.getBuffer("weight_mask"), [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0]))
  }

  @Test func severalModules() {
    manualSeed(0)
    let (first, second) = (Linear(4, 3), Linear(3, 2))
    prune.globalUnstructured([(first, "weight"), (second, "weight")], amount: 0.4)
    #expect(close(first.getBuffer("weight_mask"), [0, 1, 1, 1, 1, 0, 0, 1, 0, 0, 1, 0]))
    #expect(close(second.getBuffer("weight_mask"), [0, 1, 1, 1, 1, 1]))
  }

  @Test func mistakes() {
    for wrong: () -> Void in [
      { prune.l1Unstructured(Linear(2, 2), name: "weight", amount: 5) },
      { prune.l1Unstructured(Linear(2, 2), name: "weight", amount: 1.5) },
      { prune.l1Unstructured(Linear(2, 2), name: "wieght", amount: 1) },
      { prune.customFromMask(Linear(2, 2), name: "weight", mask: Tensor.ones([3])) },
      { prune.remove(Linear(2, 2), name: "weight") },
      { prune.lnStructured(Linear(2, 2), name: "weight", amount: 1, n: 2, dim: 4) },
    ] {
      #expect(throws: TensorError.self) { try withErrors { wrong() } }
    }
  }
}

@Suite struct CrossMapTests {
  /// PyTorch's values: the first channel stays in its running sum. The gradient is the derivative of that.
  @Test func valuesArePyTorchs() {
    let x = Tensor((0..<12).map { Double($0) / 4 - 1 }, shape: [1, 6, 1, 2], dtype: .float64)
    let odd = [
      -0.8676806908128092, -0.6962821941646321, -0.4338403454064046, -0.23046532922576043, 0.0, 0.2169201727032023,
      0.3937703219396352, 0.5651564147926822, 0.6572361810832017, 0.7550836227875637, 1.0038337609738164,
      1.096734992276087,
    ]
    let even = [
      -0.5619862186590221, -0.43331878142199476, -0.28099310932951105, -0.14403367436606865, 0.0, 0.14049655466475552,
      0.2693644902168744, 0.3959385603071812, 0.4937442994019986, 0.5903819311547217, 0.747463480225524,
      0.8429382325508188,
    ]
    #expect(close(CrossMapLRN2d(size: 3, alpha: 0.5)(x), odd, 1e-12))
    #expect(close(CrossMapLRN2d(size: 4, alpha: 0.5, k: 2)(x), even, 1e-12))
    #expect(gradcheck({ CrossMapLRN2d(size: 3, alpha: 0.5)($0) }, Tensor(x, requiresGrad: true)))
  }
}
