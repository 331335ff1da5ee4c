// Written by scripts/make-layer-spellings.py.

import ApusCore

extension MultiheadAttention {
  /// The call with labels only.
  public func callAsFunction(
    query: Tensor, key: Tensor, value: Tensor, keyPaddingMask: Tensor? = nil, needWeights: Bool = true,
    attnMask: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    self(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ keyPaddingMask: Tensor?, needWeights: Bool = true,
    attnMask: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    self(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ keyPaddingMask: Tensor?, _ needWeights: Bool,
    attnMask: Tensor? = nil, averageAttnWeights: Bool = true, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    self(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ keyPaddingMask: Tensor?, _ needWeights: Bool,
    _ attnMask: Tensor?, averageAttnWeights: Bool = true, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    self(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ keyPaddingMask: Tensor?, _ needWeights: Bool,
    _ attnMask: Tensor?, _ averageAttnWeights: Bool, isCausal: Bool = false
  ) -> (Tensor, Tensor?) {
    self(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ keyPaddingMask: Tensor?, _ needWeights: Bool,
    _ attnMask: Tensor?, _ averageAttnWeights: Bool, _ isCausal: Bool
  ) -> (Tensor, Tensor?) {
    self(
      query, key, value, keyPaddingMask: keyPaddingMask, needWeights: needWeights, attnMask: attnMask,
      averageAttnWeights: averageAttnWeights, isCausal: isCausal)
  }
}

extension Transformer {
  /// The call with labels only.
  public func callAsFunction(
    src: Tensor, tgt: Tensor, srcMask: Tensor? = nil, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    srcKeyPaddingMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil,
    srcKeyPaddingMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, memoryMask: Tensor? = nil,
    srcKeyPaddingMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    srcKeyPaddingMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    _ srcKeyPaddingMask: Tensor?, tgtKeyPaddingMask: Tensor? = nil, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    _ srcKeyPaddingMask: Tensor?, _ tgtKeyPaddingMask: Tensor?, memoryKeyPaddingMask: Tensor? = nil,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    _ srcKeyPaddingMask: Tensor?, _ tgtKeyPaddingMask: Tensor?, _ memoryKeyPaddingMask: Tensor?,
    srcIsCausal: Bool? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    _ srcKeyPaddingMask: Tensor?, _ tgtKeyPaddingMask: Tensor?, _ memoryKeyPaddingMask: Tensor?, _ srcIsCausal: Bool?,
    tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    _ srcKeyPaddingMask: Tensor?, _ tgtKeyPaddingMask: Tensor?, _ memoryKeyPaddingMask: Tensor?, _ srcIsCausal: Bool?,
    _ tgtIsCausal: Bool?, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ tgt: Tensor, _ srcMask: Tensor?, _ tgtMask: Tensor?, _ memoryMask: Tensor?,
    _ srcKeyPaddingMask: Tensor?, _ tgtKeyPaddingMask: Tensor?, _ memoryKeyPaddingMask: Tensor?, _ srcIsCausal: Bool?,
    _ tgtIsCausal: Bool?, _ memoryIsCausal: Bool
  ) -> Tensor {
    self(
      src, tgt, srcMask: srcMask, tgtMask: tgtMask, memoryMask: memoryMask, srcKeyPaddingMask: srcKeyPaddingMask,
      tgtKeyPaddingMask: tgtKeyPaddingMask, memoryKeyPaddingMask: memoryKeyPaddingMask, srcIsCausal: srcIsCausal,
      tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
}

extension TransformerDecoderLayer {
  /// The call with labels only.
  public func callAsFunction(
    tgt: Tensor, memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool = false, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, memoryMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool = false, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool = false, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool = false, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    _ memoryKeyPaddingMask: Tensor?, tgtIsCausal: Bool = false, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    _ memoryKeyPaddingMask: Tensor?, _ tgtIsCausal: Bool, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    _ memoryKeyPaddingMask: Tensor?, _ tgtIsCausal: Bool, _ memoryIsCausal: Bool
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
}

extension TransformerDecoding {
  /// The call with labels only.
  public func callAsFunction(
    tgt: Tensor, memory: Tensor, tgtMask: Tensor? = nil, memoryMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, memoryMask: Tensor? = nil, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, tgtKeyPaddingMask: Tensor? = nil,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    memoryKeyPaddingMask: Tensor? = nil, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    _ memoryKeyPaddingMask: Tensor?, tgtIsCausal: Bool? = nil, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    _ memoryKeyPaddingMask: Tensor?, _ tgtIsCausal: Bool?, memoryIsCausal: Bool = false
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ tgt: Tensor, _ memory: Tensor, _ tgtMask: Tensor?, _ memoryMask: Tensor?, _ tgtKeyPaddingMask: Tensor?,
    _ memoryKeyPaddingMask: Tensor?, _ tgtIsCausal: Bool?, _ memoryIsCausal: Bool
  ) -> Tensor {
    self(
      tgt, memory, tgtMask: tgtMask, memoryMask: memoryMask, tgtKeyPaddingMask: tgtKeyPaddingMask,
      memoryKeyPaddingMask: memoryKeyPaddingMask, tgtIsCausal: tgtIsCausal, memoryIsCausal: memoryIsCausal)
  }
}

extension TransformerEncoderLayer {
  /// The call with labels only.
  public func callAsFunction(
    src: Tensor, srcMask: Tensor? = nil, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor { self(src, srcMask: srcMask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
  /// The call with other arguments in their places.
  public func callAsFunction(
    _ src: Tensor, _ srcMask: Tensor?, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool = false
  ) -> Tensor { self(src, srcMask: srcMask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
  /// The call with other arguments in their places.
  public func callAsFunction(_ src: Tensor, _ srcMask: Tensor?, _ srcKeyPaddingMask: Tensor?, isCausal: Bool = false)
    -> Tensor
  { self(src, srcMask: srcMask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
  /// The call with other arguments in their places.
  public func callAsFunction(_ src: Tensor, _ srcMask: Tensor?, _ srcKeyPaddingMask: Tensor?, _ isCausal: Bool)
    -> Tensor
  { self(src, srcMask: srcMask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
}

extension TransformerEncoding {
  /// The call with labels only.
  public func callAsFunction(src: Tensor, mask: Tensor? = nil, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool? = nil)
    -> Tensor
  { self(src, mask: mask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
  /// The call with other arguments in their places.
  public func callAsFunction(_ src: Tensor, _ mask: Tensor?, srcKeyPaddingMask: Tensor? = nil, isCausal: Bool? = nil)
    -> Tensor
  { self(src, mask: mask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
  /// The call with other arguments in their places.
  public func callAsFunction(_ src: Tensor, _ mask: Tensor?, _ srcKeyPaddingMask: Tensor?, isCausal: Bool? = nil)
    -> Tensor
  { self(src, mask: mask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
  /// The call with other arguments in their places.
  public func callAsFunction(_ src: Tensor, _ mask: Tensor?, _ srcKeyPaddingMask: Tensor?, _ isCausal: Bool?) -> Tensor
  { self(src, mask: mask, srcKeyPaddingMask: srcKeyPaddingMask, isCausal: isCausal) }
}
