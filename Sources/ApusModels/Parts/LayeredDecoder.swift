import ApusCore
import ApusNN

/// Makes of embedded tokens what the first layer takes.
typealias DecoderEntry = @Sendable (Tensor, DecoderPass) -> Tensor

/// A decoder that is embeddings, layers one after the other, and a norm, so that it can be cut between its layers.
protocol LayeredDecoder: DecoderModel {
  associatedtype Block: DecoderLayer
  associatedtype Norm: Layer
  /// The layers.
  var layers: [Block] { get }
  /// What follows them.
  var norm: Norm { get }
  /// The angles that the layers use, by the kind of layer.
  var angles: [String: RotaryEmbedding] { get }
  /// What stands between the table of tokens and the first layer.
  var entry: DecoderEntry { get }
}

extension LayeredDecoder {
  var angles: [String: RotaryEmbedding] { [:] }
  var entry: DecoderEntry { { x, _ in x } }

  public func forward(_ inputs: ModelInputs) -> ModelOutput {
    let x = embedded(inputs)
    if x.hasFailed { return ModelOutput(lastHiddenState: x) }
    let pass = DecoderPass(inputs, length: inputs.length(of: x), configuration)
    for (kind, rotary) in angles { pass.angles[kind] = rotary.angles(pass) }
    return pass.run(entry(x, pass), layers, norm)
  }
}

/// Some of the parts of a language model one after the other: the embeddings, layers, the head. It holds nothing of the others.
package final class CausalModelPart: Module {
  /// By their names in the whole model.
  let parts: [String: any Module]
  private let run: @Sendable (Tensor?, ModelInputs) -> Tensor

  package static let stateNames = ["parts": ""]
  package static var typeName: String { "CausalModelPart" }

  init(_ parts: [String: any Module], _ run: @escaping @Sendable (Tensor?, ModelInputs) -> Tensor) {
    (self.parts, self.run) = (parts, run)
  }

  /// - Parameters:
  ///   - x: what the part before gave, `[batch, length, features]`; nil where this is the first one, which takes the tokens of
  ///     `inputs`.
  ///   - inputs: tokens, masks and positions.
  /// - Returns: states `[batch, length, features]`, of the last part scores `[batch, length, tokens]`.
  package func forward(_ x: Tensor?, _ inputs: ModelInputs) -> Tensor { run(x, inputs) }
}

/// A language model that can be cut into parts that follow each other.
package protocol DivisibleModel: PretrainedModel {
  /// What can be cut: the numbers of parameters of the embeddings, of each layer, and of the head; of what parts share, all count
  /// it.
  /// - Throws: `TensorError` of kind `unsupported` for a model whose layers do not follow each other, or whose loss needs all of
  ///   them.
  func partSizes() throws(TensorError) -> [Int]
  /// The parts from one to another, in one.
  /// - Throws: as ``partSizes()``.
  func part(_ range: Range<Int>) throws(TensorError) -> CausalModelPart
}

extension CausalLanguageModel: DivisibleModel {
  package func partSizes() throws(TensorError) -> [Int] {
    let base = try divisibleBase()
    return (0..<(base.layerCount + 2)).map { i in
      modules(of: base, i).map { $0.parameters().map(\.count).reduce(0, +) }.reduce(0, +)
    }
  }

  package func part(_ range: Range<Int>) throws(TensorError) -> CausalModelPart {
    try part(of: try divisibleBase(), range)
  }

  private func divisibleBase() throws(TensorError) -> any LayeredDecoder {
    guard let divisible = base as? any LayeredDecoder else {
      throw TensorError(
        .unsupported, Self.typeName,
        "cannot be cut between its layers; models of the families GPT-2, GPT-NeoX, Llama, Mistral, Mixtral, Qwen, Phi-3 and "
          + "OLMo can")
    }
    let wantsRouters = try configuration.bool("output_router_logits", default: false)
    if base.experts != nil, wantsRouters {
      throw TensorError(
        .unsupported, Self.typeName,
        "the balance of the routers is a loss over all layers, and parts know only their own; set output_router_logits to "
          + "false in the configuration")
    }
    return divisible
  }

  /// The modules of a part.
  private func modules(of base: some LayeredDecoder, _ i: Int) -> [any Module] {
    let layers = base.layers
    if i == layers.count + 1 { return [base.norm, lmHead] }
    if i > 0 { return [layers[i - 1]] }
    let others = Set(layers.map { ObjectIdentifier($0) } + [ObjectIdentifier(base.norm)])
    return base.children().filter { !others.contains(ObjectIdentifier($0)) }
  }

  private func part(of base: some LayeredDecoder, _ range: Range<Int>) throws(TensorError) -> CausalModelPart {
    let count = base.layerCount + 2
    guard range.lowerBound >= 0, range.upperBound <= count, !range.isEmpty else {
      throw TensorError(
        .index, Self.typeName,
        "parts \(range) were asked for, and the model has \(count): the embeddings, \(count - 2) layers and the head")
    }
    let names = Dictionary(
      namedModules().map { (ObjectIdentifier($0.module), $0.name) }, uniquingKeysWith: { first, _ in first })
    var parts: [String: any Module] = [:]
    for i in range {
      for module in modules(of: base, i) { parts[names[ObjectIdentifier(module)] ?? "\(i)"] = module }
    }
    let blocks = Array(base.layers[max(range.lowerBound - 1, 0)..<min(range.upperBound - 1, count - 2)])
    let (isFirst, isLast) = (range.lowerBound == 0, range.upperBound == count)
    let first = isFirst ? (tokens: base.tokens, entry: base.entry) : nil
    let last = isLast ? (norm: base.norm, head: lmHead) : nil
    // What changes the scores needs the model; most have nothing of the kind.
    let finishing = isLast && base.finishesScores ? base : nil
    let (angles, configuration) = (base.angles, configuration)
    return CausalModelPart(parts) { x, inputs in
      var inputs = inputs
      var states: Tensor
      if let first {
        guard let ids = inputs.inputIds, ids.rank == 2 else {
          let found = inputs.inputIds.map { ", and found \($0.shape)" } ?? ""
          return fail(TensorError(.shape, Self.typeName, "the first part needs inputIds [batch, length]\(found)"))
        }
        states = first.tokens(ids)
      } else {
        guard let x, x.rank == 3 else {
          let found = x.map { ", and found \($0.shape)" } ?? ""
          return fail(
            TensorError(
              .shape, Self.typeName, "a later part needs the states [batch, length, features] of the one before\(found)"
            ))
        }
        states = x
        inputs.inputsEmbeds = x
      }
      if states.hasFailed { return states }
      let pass = DecoderPass(inputs, length: states.size(1), configuration)
      for (kind, rotary) in angles { pass.angles[kind] = rotary.angles(pass) }
      if let first { states = first.entry(states, pass) }
      for block in blocks { states = callModule(block, states) { block.forward($0, pass) } }
      guard let last else { return states }
      let logits = last.head(last.norm(states))
      return finishing?.finished(logits) ?? logits
    }
  }
}

extension LayeredDecoder {
  fileprivate var layerCount: Int { layers.count }
}
