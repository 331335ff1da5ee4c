import ApusCore
import ApusFunctional

/// What a choice of layers needs: the codes of activations, weights of integers, and the program for the first batch.
struct QuantizedParts {
  let plan: QuantizationPlan
  let codes: [Int: AffineCode]
  let layers: [QuantizedLayer]
  let program: QuantizedProgram

  /// - Parameter layer: the weight of a site.
  init(
    _ graph: CapturedGraph, _ plan: QuantizationPlan, _ estimators: [Int: RangeEstimator], isDynamic: Bool,
    _ layer: (QuantizedSite) throws -> QuantizedLayer
  ) throws {
    var codes: [Int: AffineCode] = [:]
    for value in plan.roots {
      if let known = graph.rounded.codes[value] {
        codes[value] = known
      } else if let range = estimators[value]?.range {
        codes[value] = AffineCode(low: range.lowerBound, high: range.upperBound)
      } else {
        throw TensorError(
          .value, "quantize", "the calibration data has no finite numbers at \(graph.types[value].shape)")
      }
    }
    (self.plan, self.codes) = (plan, codes)
    layers = try plan.sites.map(layer)
    program = try QuantizedProgram(graph, plan, codes: codes, layers: layers, isDynamic: isDynamic, floats: [:])
  }

  /// The first samples of a batch, as many as have two million numbers in `result`.
  private static func some(_ x: Tensor, of result: Tensor) -> Tensor {
    guard x.rank > 1, x.size(0) == result.size(0), result.count > 2_000_000 else { return x }
    return x.narrow(0, 0, max(1, 2_000_000 * result.size(0) / result.count))
  }

  /// What each layer loses: alone, from the exact input, and in the network.
  func losses(
    _ graph: CapturedGraph, _ plan: QuantizationPlan, _ batch: [Tensor], _ isDynamic: Bool
  ) throws -> [LayerLoss] {
    var exact: [Int: Tensor] = [:]
    var wanted: Set<Int> = []
    for site in plan.sites { wanted.formUnion([site.input, site.result] + (site.former.map { [$0] } ?? [])) }
    graph.run(batch) { value, tensor in if wanted.contains(value) { exact[value] = tensor } }
    var found: [Int: Tensor] = [:]
    let places = Dictionary(program.places.map { ($0.value, $0) }) { first, _ in first }
    _ = noGrad {
      program.run(batch) { value, tensor in
        guard let place = places[value] else { return }
        found[place.site] = place.code.map { apply(DequantizeElements($0), tensor) } ?? tensor
      }
    }
    let codesOfSites = Dictionary(program.places.map { ($0.site, $0.code) }) { first, _ in first }
    return plan.sites.enumerated().map { i, site in
      let layer = layers[i]
      guard let whole = exact[site.result], !site.isRows, let given = exact[site.input] else {
        return LayerLoss(table: layer, exact: graph.constants[site.weight])
      }
      let (result, input) = (Self.some(whole, of: whole), Self.some(given, of: whole))
      let output = codesOfSites[i] ?? nil
      let alone = noGrad { () -> Tensor in
        let weights = [layer.weight.detach(), layer.scale.detach(), layer.bias?.detach()].compactMap { $0 }
        if isDynamic { return apply(DynamicLinear(epilogue: site.epilogue), [input] + weights)[0] }
        guard let code = codes[QuantizationPlan.root(site.input, graph)] else { return result }
        let x = apply(QuantizeElements(code), input)
        switch site.kind {
        case .convolution(let settings):
          let former = site.former.flatMap { value in
            codes[QuantizationPlan.root(value, graph)].flatMap { code in
              exact[value].map { (code, Self.some($0, of: whole)) }
            }
          }
          let rest = former.map { [apply(QuantizeElements($0.0), $0.1)] } ?? []
          let made = apply(
            QuantizedConvolution(settings: settings, input: code, output: output, former: former?.0),
            [x] + weights + rest)[0]
          return output.map { apply(DequantizeElements($0), made) } ?? made
        case .linear, .rows:
          let made = apply(QuantizedLinear(input: code, output: output, epilogue: site.epilogue), [x] + weights)[0]
          return output.map { apply(DequantizeElements($0), made) } ?? made
        }
      }
      let inputCode = codes[QuantizationPlan.root(site.input, graph)]
      return LayerLoss(
        layer, site, exact: result, alone: alone, found: found[i].map { Self.some($0, of: whole) } ?? result,
        clipped: output.map { LayerLoss.clipped(result, $0.bounds) }
          ?? inputCode.map { LayerLoss.clipped(input, $0.bounds) } ?? 0)
    }
  }
}
