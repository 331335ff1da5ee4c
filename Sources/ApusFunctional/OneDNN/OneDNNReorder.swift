import ApusCore

extension OneDNNPrimitive {
  /// A copy between two layouts or types of the same shape.
  static func reorder(_ library: OneDNNLibrary, from source: OpaquePointer, to destination: OpaquePointer)
    -> OneDNNPrimitive?
  {
    let plan = OneDNNPlan(library) { plan, attributes in
      library.reorderCreate(plan, source, library.engine, destination, library.engine, attributes)
    }
    typealias Constant = OneDNNLibrary.Constant
    guard let plan else { return nil }
    return OneDNNPrimitive(
      plan,
      operands: [
        .init(Constant.source, Constant.querySource), .init(Constant.destination, Constant.queryDestination),
      ])
  }
}

extension OneDNN {
  /// Copies a tensor of `dims` (at most six dimensions) between two sets of strides, and converts it from one type to
  /// another. False where the library cannot do it fast.
  package static func reorder(
    dims: [Int], from source: UnsafeRawPointer, _ sourceElement: Element, strides sourceStrides: [Int],
    to destination: UnsafeMutableRawPointer, _ destinationElement: Element, strides destinationStrides: [Int]
  ) -> Bool {
    guard let library, !dims.isEmpty, dims.count <= 6, dims.allSatisfy({ $0 > 0 }) else { return false }
    let size = dims.reduce(1) { $0 &* $1 }
    let threads = min(Parallel.availableThreads, max(1, size / 32768))
    var key = OneDNNKey()
    key.append(dims.count << 16 | Int(sourceElement.rawValue) << 8 | Int(destinationElement.rawValue))
    key.append(threads)
    for dim in dims.indices { key.append(SIMD3(dims[dim], sourceStrides[dim], destinationStrides[dim])) }
    library.setThreads(Int32(threads))
    let primitive = reorders.value(for: key) {
      guard let from = OneDNNDescriptor(library, sourceElement, dims: dims, strides: sourceStrides),
        let to = OneDNNDescriptor(library, destinationElement, dims: dims, strides: destinationStrides),
        let made = OneDNNPrimitive.reorder(library, from: from.handle, to: to.handle), !made.plan.isReference
      else { return nil }
      return made
    }
    return primitive?.run(source, destination) ?? false
  }

  private static let reorders = OneDNNCache<OneDNNPrimitive>(capacity: 512)
}
