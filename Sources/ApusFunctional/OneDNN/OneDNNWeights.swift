import ApusCore

/// Weights in the layout that the library chose for a primitive, kept with the elements that they are made of.
final class OneDNNWeights: PreparedForm, @unchecked Sendable {
  private let source: UnsafeRawPointer
  private let copy: WeightsCopy
  private let block = Lock<UInt?>(nil)

  var byteCount: Int { copy.bytes }

  private init(_ source: UnsafeRawPointer, _ copy: WeightsCopy) { (self.source, self.copy) = (source, copy) }

  deinit {
    if let pointer { Allocator.shared.deallocate(pointer, byteCount) }
  }

  /// Where they lie, once they are made.
  var pointer: UnsafeMutableRawPointer? { block.withLock { $0.flatMap { UnsafeMutableRawPointer(bitPattern: $0) } } }

  func isMade(_ mayMake: () -> Bool) -> Bool {
    block.withLock { block in
      if block != nil { return true }
      guard mayMake(), let made = Allocator.shared.allocate(byteCount) else { return false }
      guard copy.reorder.run(source, made) else {
        Allocator.shared.deallocate(made, byteCount)
        return false
      }
      block = UInt(bitPattern: made)
      return true
    }
  }

  /// The weights at `source`, a place in `body`, as `copy` makes them; nil where they are not kept.
  static func kept(_ body: TensorBody, _ source: UnsafeRawPointer, _ copy: WeightsCopy) -> OneDNNWeights? {
    body.prepared(of: source, where: { $0.copy.isEqual(to: copy) }) { OneDNNWeights(source, copy) }
  }
}

/// How weights come from the caller's layout into the library's.
final class WeightsCopy: Sendable {
  let reorder: OneDNNPrimitive
  let bytes: Int
  private let given: OneDNNDescriptor
  /// Whose the wanted layout is.
  private let plan: OneDNNPlan
  private nonisolated(unsafe) let wanted: OpaquePointer

  init?(_ plan: OneDNNPlan, from given: OneDNNDescriptor, to wanted: OpaquePointer) {
    guard let reorder = OneDNNPrimitive.reorder(plan.library, from: given.handle, to: wanted) else { return nil }
    (self.reorder, self.given, self.plan, self.wanted) = (reorder, given, plan, wanted)
    bytes = plan.library.descriptorSize(wanted)
  }

  func isEqual(to other: WeightsCopy) -> Bool {
    self === other
      || plan.library.descriptorEqual(given.handle, other.given.handle) != 0
        && plan.library.descriptorEqual(wanted, other.wanted) != 0
  }
}
