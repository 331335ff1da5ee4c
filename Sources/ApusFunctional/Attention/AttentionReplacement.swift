import ApusCore

/// What a call of ``scaledDotProductAttention(_:_:_:attnMask:dropoutP:isCausal:scale:enableGQA:slidingWindow:softCap:position:generator:)``
/// asks for, its arguments checked.
package struct AttentionCall {
  /// `[..., L, E]`, `[..., S, E]`, `[..., S, Ev]`.
  package let query, key, value: Tensor
  package let mask: Tensor?
  package let dropout: Double
  package let isCausal: Bool
  package let scale: Double
  /// Whether key and value have fewer heads, each shared by a group of query heads.
  package let isGrouped: Bool
  package let window: Int?
  package let softCap: Double?
  package let position: Int
}

/// What computes attention in the place of this module, for a thread: positions of one text may lie on several processes.
package protocol AttentionReplacement: Sendable {
  /// The result, of the shape that the call asks for.
  /// - Throws: what it cannot compute.
  func attention(_ call: AttentionCall) throws(TensorError) -> Tensor
}

/// The present ``AttentionReplacement``.
package enum AttentionReplacements {
  /// What stands in place of the kernels for what the calling thread runs; nil: nothing.
  @TaskLocal package static var current: (any AttentionReplacement)?
}
