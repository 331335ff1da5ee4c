import ApusCore
import ApusFunctional
import ApusNN

// Modules on batches of sequences.

/// A layer that works on each position of a sequence by itself, over the last dimensions: it can be called with a
/// ``NestedTensor``. A layer of one's own says so by conforming.
public protocol PositionwiseLayer: Layer {
  /// Whether it does as it stands; containers ask what they hold.
  var isPositionwise: Bool { get }
}

extension PositionwiseLayer {
  public var isPositionwise: Bool { true }
}

extension Linear: PositionwiseLayer {}
extension Identity: PositionwiseLayer {}
extension Embedding: PositionwiseLayer {}
extension LayerNorm: PositionwiseLayer {}
extension RMSNorm: PositionwiseLayer {}
extension Dropout: PositionwiseLayer {}
extension ReLU: PositionwiseLayer {}
extension ReLU6: PositionwiseLayer {}
extension SELU: PositionwiseLayer {}
extension SiLU: PositionwiseLayer {}
extension Mish: PositionwiseLayer {}
extension Sigmoid: PositionwiseLayer {}
extension Tanh: PositionwiseLayer {}
extension LogSigmoid: PositionwiseLayer {}
extension Softsign: PositionwiseLayer {}
extension Hardsigmoid: PositionwiseLayer {}
extension Hardswish: PositionwiseLayer {}
extension Hardtanh: PositionwiseLayer {}
extension LeakyReLU: PositionwiseLayer {}
extension ELU: PositionwiseLayer {}
extension CELU: PositionwiseLayer {}
extension GELU: PositionwiseLayer {}
extension Softplus: PositionwiseLayer {}
extension Sequential: PositionwiseLayer {
  public var isPositionwise: Bool { layers.allSatisfy { ($0 as? any PositionwiseLayer)?.isPositionwise ?? false } }
}

extension PositionwiseLayer {
  /// The layer at every position of every sequence, with hooks and module path.
  @_disfavoredOverload
  public func callAsFunction(_ x: NestedTensor) -> NestedTensor {
    attemptNested([x.failed]) { () throws(TensorError) in
      guard isPositionwise else {
        throw TensorError(
          .unsupported, Self.typeName,
          "holds a layer that does not work on each position by itself; call it with toPadded(), or with each of unbind()"
        )
      }
      guard x.raggedDim == 1 else {
        throw TensorError(
          .shape, Self.typeName,
          "needs sequences along dimension 1, and found them along \(x.raggedDim): transpose first")
      }
      return x.map { self($0) }
    }
  }
}

extension MultiheadAttention {
  /// Attention of each sequence to itself, or to the keys of the same place in the batch, without padding and masks: `[n, j,
  /// embedDim]`. There are no weights to give.
  ///
  /// - Parameter isCausal: whether position i of a sequence sees only positions up to i.
  @_disfavoredOverload
  public func callAsFunction(
    _ query: NestedTensor, _ key: NestedTensor, _ value: NestedTensor, isCausal: Bool = false
  ) -> (NestedTensor, Tensor?) {
    (callModule(self, query, key, value, of: NestedTensor.self) { attended($0, $1, $2, isCausal) }, nil)
  }

  private func attended(
    _ query: NestedTensor, _ key: NestedTensor, _ value: NestedTensor, _ isCausal: Bool
  ) -> NestedTensor {
    attemptNested([query.failed, key.failed, value.failed]) { () throws(TensorError) in
      guard biasK == nil, biasV == nil, !addZeroAttn else {
        throw TensorError(
          .unsupported, "MultiheadAttention", "added keys do not go with nested tensors; call it with toPadded()")
      }
      guard [query, key, value].allSatisfy({ $0.rank == 3 && $0.raggedDim == 1 }) else {
        throw TensorError(
          .shape, "MultiheadAttention",
          "needs batches [n, j, features], and found \(query.shape), \(key.shape) and \(value.shape)")
      }
      let weights: [Tensor] = inProjWeight.map { $0.chunk(3, dim: 0) } ?? [qProjWeight, kProjWeight, vProjWeight]
      let biases: [Tensor?] = inProjBias.map { $0.chunk(3, dim: 0) } ?? [nil, nil, nil]
      func heads(_ x: NestedTensor, _ i: Int) -> NestedTensor {
        linear(x, weights[i], biases[i]).unflatten(-1, [numHeads, headDim]).transpose(1, 2)
      }
      let mixed = scaledDotProductAttention(
        heads(query, 0), heads(key, 1), heads(value, 2), dropoutP: isTraining ? dropout : 0, isCausal: isCausal)
      return outProj(mixed.transpose(1, 2).flatten(2, 3))
    }
  }
}

extension TransformerEncoderLayer {
  /// The encoded sequences, each for itself, without padding and masks.
  ///
  /// - Parameter isCausal: whether position i of a sequence sees only positions up to i.
  @_disfavoredOverload
  public func callAsFunction(_ src: NestedTensor, isCausal: Bool = false) -> NestedTensor {
    callModule(self, src, of: NestedTensor.self) { src in
      func attended(_ x: NestedTensor) -> NestedTensor { dropout1(selfAttn(x, x, x, isCausal: isCausal).0) }
      func transformed(_ x: NestedTensor) -> NestedTensor {
        dropout2(linear2(dropout(linear1(x).map { activation($0) })))
      }
      if normFirst {
        let x = src + attended(norm1(src))
        return x + transformed(norm2(x))
      }
      let x = norm1(src + attended(src))
      return norm2(x + transformed(x))
    }
  }
}

extension TransformerEncoder {
  /// The encoded sequences, each for itself, without padding and masks.
  ///
  /// - Parameter isCausal: whether position i of a sequence sees only positions up to i.
  @_disfavoredOverload
  public func callAsFunction(_ src: NestedTensor, isCausal: Bool = false) -> NestedTensor {
    callModule(self, src, of: NestedTensor.self) { src in
      var x = src
      for layer in layers { x = layer(x, isCausal: isCausal) }
      guard let norm else { return x }
      guard let norm = norm as? any PositionwiseLayer else {
        return NestedTensor(
          failed: fail(
            TensorError(.unsupported, "TransformerEncoder", "its norm does not work on each position by itself")))
      }
      return norm(x)
    }
  }
}
