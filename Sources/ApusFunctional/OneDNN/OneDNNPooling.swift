import ApusCore

extension OneDNN {
  /// What a window of a pooling yields.
  package enum Pooling: Int, Sendable, Hashable {
    case maximum
    /// The mean; padded zeros count.
    case averageIncludingPadding
    /// The mean of what lies inside of the image.
    case averageExcludingPadding

    var algorithm: Int32 {
      switch self {
      case .maximum: OneDNNLibrary.Constant.poolingMax
      case .averageIncludingPadding: OneDNNLibrary.Constant.poolingAverageIncludingPadding
      case .averageExcludingPadding: OneDNNLibrary.Constant.poolingAverageExcludingPadding
      }
    }
  }

  /// Bytes that ``pooling(_:_:_:_:source:destination:workspace:)`` notes for the backward pass: where each maximum lay.
  /// 0 for means, nil where the library cannot do the case fast.
  package static func poolingWorkspaceBytes(
    _ pooling: Pooling, _ element: Element, _ shape: ConvolutionShape, _ layout: Layout
  ) -> Int? { pool(pooling, element, shape, layout)?.workspaceBytes }

  /// Pools windows of `shape.kernel` of a `[N, C, ...]` tensor into `destination`; the channels of `shape` must agree.
  /// `workspace` is needed for a maximum.
  package static func pooling(
    _ pooling: Pooling, _ element: Element, _ shape: ConvolutionShape, _ layout: Layout, source: UnsafeRawPointer,
    destination: UnsafeMutableRawPointer, workspace: UnsafeMutableRawPointer?
  ) -> Bool {
    guard let made = pool(pooling, element, shape, layout) else { return false }
    guard made.workspaceBytes > 0 else { return made.forward.run(source, destination) }
    guard let workspace else { return false }
    return made.forward.run(source, destination, workspace)
  }

  /// The gradient with respect to the source from that of the result; `workspace` as the forward pass left it.
  package static func poolingBackward(
    _ pooling: Pooling, _ element: Element, _ shape: ConvolutionShape, _ layout: Layout,
    destinationGradient: UnsafeRawPointer, sourceGradient: UnsafeMutableRawPointer, workspace: UnsafeRawPointer?
  ) -> Bool {
    guard let made = pool(pooling, element, shape, layout), let backward = made.backward else { return false }
    guard made.workspaceBytes > 0 else { return backward.run(destinationGradient, sourceGradient) }
    guard let workspace else { return false }
    return backward.run(destinationGradient, sourceGradient, workspace)
  }

  private final class Pool: Sendable {
    let forward: OneDNNPrimitive
    let backward: OneDNNPrimitive?
    let workspaceBytes: Int

    init(_ forward: OneDNNPrimitive, _ backward: OneDNNPrimitive?, _ workspaceBytes: Int) {
      self.forward = forward
      self.backward = backward
      self.workspaceBytes = workspaceBytes
    }
  }

  private static let pools = OneDNNCache<Pool>(capacity: 256)

  private static func pool(_ pooling: Pooling, _ element: Element, _ shape: ConvolutionShape, _ layout: Layout)
    -> Pool?
  {
    guard let library, shape.isValid, shape.inChannels == shape.outChannels else { return nil }
    let work = shape.spatial(shape.output).reduce(shape.batch * shape.inChannels, *)
    let threads = min(Parallel.availableThreads, max(1, work / 8192))
    var key = OneDNNKey()
    key.append(Int(element.rawValue) << 16 | pooling.rawValue << 8 | shape.rank << 4 | layout.rawValue)
    key.append(threads)
    key.append(shape.batch)
    key.append(shape.inChannels)
    for numbers in [shape.input, shape.kernel, shape.stride, shape.dilation, shape.padding, shape.paddingAfter] {
      key.append(numbers)
    }
    library.setThreads(Int32(threads))
    return pools.value(for: key) { makePool(library, pooling, element, shape, layout) }
  }

  private static func makePool(
    _ library: OneDNNLibrary, _ pooling: Pooling, _ element: Element, _ shape: ConvolutionShape, _ layout: Layout
  ) -> Pool? {
    guard
      let source = OneDNNDescriptor(
        library, element, dims: shape.sourceDims, strides: layout.strides(of: shape.sourceDims)),
      let destination = OneDNNDescriptor(
        library, element, dims: shape.destinationDims, strides: layout.strides(of: shape.destinationDims))
    else { return nil }
    let strides = shape.spatial(shape.stride)
    let kernel = shape.spatial(shape.kernel)
    let dilations = shape.spatial(shape.dilation &- 1)
    let before = shape.spatial(shape.padding)
    let after = shape.spatial(shape.paddingAfter)
    typealias Constant = OneDNNLibrary.Constant
    let forward = OneDNNPlan(library) { plan, attributes in
      library.poolingForward(
        plan, library.engine, Constant.forwardTraining, pooling.algorithm, source.handle, destination.handle, strides,
        kernel, dilations, before, after, attributes)
    }
    guard let forward, !forward.isReference else { return nil }
    let bytes = pooling == .maximum ? forward.bytes(Constant.queryWorkspace) : 0
    var operands: [OneDNNPrimitive.Operand] = [
      .init(Constant.source, Constant.querySource), .init(Constant.destination, Constant.queryDestination),
    ]
    if bytes > 0 { operands.append(.init(Constant.workspace, Constant.queryWorkspace)) }
    guard let ready = OneDNNPrimitive(forward, operands: operands) else { return nil }

    let backward = OneDNNPlan(library) { plan, attributes in
      library.poolingBackward(
        plan, library.engine, pooling.algorithm, source.handle, destination.handle, strides, kernel, dilations, before,
        after, forward.handle, attributes)
    }
    var back: OneDNNPrimitive?
    if let backward, !backward.isReference {
      operands = [
        .init(Constant.destinationGradient, Constant.queryDestinationGradient),
        .init(Constant.sourceGradient, Constant.querySourceGradient),
      ]
      if bytes > 0 { operands.append(.init(Constant.workspace, Constant.queryWorkspace)) }
      back = OneDNNPrimitive(backward, operands: operands)
    }
    return Pool(ready, back, bytes)
  }
}
