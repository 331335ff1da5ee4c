import ApusCore

// Products and convolutions of integers of 8 bits, which are added up in 32.

extension OneDNN {
  /// What becomes of the sums of a product or a convolution of integers:
  /// `y = function(sum * factors[o] * sourceScale + offsets[o] + former * formerScale) * resultScale + resultOffset`, o being the channel.
  package struct Requantization {
    /// A number for each channel of the result.
    package var factors: UnsafePointer<Float>
    package var offsets: UnsafePointer<Float>
    /// What is subtracted from each element of the source.
    package var sourceZeroPoint: Int32 = 0
    /// Nil: 1.
    package var sourceScale: Float?
    /// What the elements that the result had before are multiplied by; nil: they are not read.
    package var formerScale: Float?
    package var epilogue = Epilogue.none
    /// What is done to the value of ``epilogue``; not looked at without one.
    package var resultScale: Float = 1
    package var resultOffset: Float = 0

    package init(factors: UnsafePointer<Float>, offsets: UnsafePointer<Float>) {
      (self.factors, self.offsets) = (factors, offsets)
    }
  }

  /// A convolution of integers of 8 bits: `source` (`[N, C, ...]`, channels last, int8 or uint8) with `weights` (`[O, C / groups, ...]`,
  /// channels first, int8) into `destination` (`[N, O, ...]`, channels last, float32 or rounded and cut to int8 or uint8).
  ///
  /// False, with `destination` untouched, where the library cannot do it fast or not exactly.
  ///
  /// - Parameter body: where the weights lie, which keeps them as the library wants them.
  package static func quantizedConvolution(
    _ shape: ConvolutionShape, source: UnsafeRawPointer, _ sourceElement: Element, weights: UnsafeRawPointer,
    in body: TensorBody?, destination: UnsafeMutableRawPointer, _ destinationElement: Element, _ work: Requantization
  ) -> Bool {
    guard let library, shape.isValid else { return false }
    let threads = min(Parallel.availableThreads, max(1, Int(min(shape.multiplications / 1_200_000, 4096))))
    var key = OneDNNKey()
    key.append(Int(sourceElement.rawValue) << 8 | Int(destinationElement.rawValue))
    key.append(shape.rank)
    key.append(SIMD3(shape.batch, shape.inChannels, shape.outChannels))
    key.append(shape.groups)
    for numbers in [shape.input, shape.kernel, shape.stride, shape.dilation, shape.padding, shape.paddingAfter] {
      key.append(numbers)
    }
    key.append(threads)
    work.identify(in: &key)
    library.setThreads(Int32(threads))
    let made = quantizedProducts.value(for: key) {
      let (strides, dilations) = (shape.spatial(shape.stride), shape.spatial(shape.dilation &- 1))
      let (before, after) = (shape.spatial(shape.padding), shape.spatial(shape.paddingAfter))
      let (sourceDims, destinationDims, dims) = (shape.sourceDims, shape.destinationDims, shape.weightsDims)
      let isGrouped = shape.groups > 1
      let given = OneDNNDescriptor(
        library, .int8, dims: dims, strides: Layout.channelsFirst.strides(of: dims, groups: isGrouped))
      let wanted = OneDNNDescriptor(library, .int8, anyLayoutOf: dims)
      let source = OneDNNDescriptor(
        library, sourceElement, dims: sourceDims, strides: Layout.channelsLast.strides(of: sourceDims))
      let destination = OneDNNDescriptor(
        library, destinationElement, dims: destinationDims, strides: Layout.channelsLast.strides(of: destinationDims))
      let bias = OneDNNDescriptor(library, .float32, dims: [shape.outChannels], strides: [1])
      guard let given, let wanted, let source, let destination, let bias else { return nil }
      return QuantizedProduct(library, work, channels: shape.outChannels, mask: isGrouped ? 3 : 1, weights: given) {
        library.convolutionForward(
          $0, library.engine, OneDNNLibrary.Constant.forwardInference, OneDNNLibrary.Constant.convolutionDirect,
          source.handle, wanted.handle, bias.handle, destination.handle, strides, dilations, before, after, $1)
      }
    }
    return made?.run(source, weights, body, destination, work) ?? false
  }

  /// The product of `source` (`[m, k]`, rows one after the other, int8 or uint8) and the transposed `weights` (`[n, k]`, int8) into
  /// `destination` (`[m, n]`, float32 or rounded and cut to int8 or uint8).
  ///
  /// False, with `destination` untouched, where the library cannot do it fast or not exactly.
  ///
  /// - Parameter body: where the weights lie, which keeps them as the library wants them.
  package static func quantizedMatmul(
    m: Int, n: Int, k: Int, source: UnsafeRawPointer, _ sourceElement: Element, weights: UnsafeRawPointer,
    in body: TensorBody?, destination: UnsafeMutableRawPointer, _ destinationElement: Element, _ work: Requantization
  ) -> Bool {
    guard let library, m > 0, n > 0, k > 0 else { return false }
    let size = Double(m) * Double(n) * Double(k)
    let threads = min(Parallel.availableThreads, max(1, Int(min(size / 1_200_000, 4096))))
    var key = OneDNNKey()
    key.append(-1)
    key.append(Int(sourceElement.rawValue) << 8 | Int(destinationElement.rawValue))
    key.append(SIMD3(m, n, k))
    key.append(threads)
    work.identify(in: &key)
    library.setThreads(Int32(threads))
    let made = quantizedProducts.value(for: key) {
      guard let given = OneDNNDescriptor(library, .int8, dims: [k, n], strides: [1, k]),
        let wanted = OneDNNDescriptor(library, .int8, anyLayoutOf: [k, n]),
        let source = OneDNNDescriptor(library, sourceElement, dims: [m, k], strides: [k, 1]),
        let destination = OneDNNDescriptor(library, destinationElement, dims: [m, n], strides: [n, 1]),
        let bias = OneDNNDescriptor(library, .float32, dims: [1, n], strides: [n, 1])
      else { return nil }
      return QuantizedProduct(library, work, channels: n, mask: 2, weights: given) {
        library.matmulCreate(
          $0, library.engine, source.handle, wanted.handle, bias.handle, destination.handle, $1)
      }
    }
    return made?.run(source, weights, body, destination, work) ?? false
  }

  private static let quantizedProducts = OneDNNCache<QuantizedProduct>(capacity: 1024)

  /// Numbers as integers and back: `destination = source * scale` with `zeroPoint` added to integers, rounded and cut, or subtracted
  /// from them before. Shapes are equal; strides may differ. False where the library cannot do it fast.
  package static func requantize(
    dims: [Int], from source: UnsafeRawPointer, _ sourceElement: Element, strides sourceStrides: [Int],
    to destination: UnsafeMutableRawPointer, _ destinationElement: Element, strides destinationStrides: [Int],
    scale: Float, zeroPoint: Int32
  ) -> Bool {
    guard let library, !dims.isEmpty, dims.count <= 6, dims.allSatisfy({ $0 > 0 }) else { return false }
    let size = dims.reduce(1) { $0 &* $1 }
    let threads = min(Parallel.availableThreads, max(1, size / 32768))
    var key = OneDNNKey()
    key.append(dims.count << 16 | Int(sourceElement.rawValue) << 8 | Int(destinationElement.rawValue))
    key.append(threads)
    key.append(zeroPoint == 0 ? 0 : 1)
    for dim in dims.indices { key.append(SIMD3(dims[dim], sourceStrides[dim], destinationStrides[dim])) }
    library.setThreads(Int32(threads))
    typealias Constant = OneDNNLibrary.Constant
    let shifted = sourceElement == .float32 ? Constant.destination : Constant.source
    let primitive = requantizations.value(for: key) {
      guard let from = OneDNNDescriptor(library, sourceElement, dims: dims, strides: sourceStrides),
        let to = OneDNNDescriptor(library, destinationElement, dims: dims, strides: destinationStrides),
        let number = OneDNNDescriptor(library, .float32, dims: [1], strides: [1]),
        let integer = OneDNNDescriptor(library, .int32, dims: [1], strides: [1])
      else { return nil }
      var attributes = OneDNNPlan.Attributes()
      attributes.scales = [(Constant.source, 0)]
      attributes.zeroPoints = zeroPoint == 0 ? [] : [shifted]
      let plan = OneDNNPlan(library, attributes) {
        library.reorderCreate($0, from.handle, library.engine, to.handle, library.engine, $1)
      }
      guard let plan, !plan.isReference else { return nil }
      return OneDNNPrimitive(
        plan,
        operands: [
          .init(Constant.source, Constant.querySource), .init(Constant.destination, Constant.queryDestination),
        ],
        further: [(Constant.scales | Constant.source, number)]
          + (zeroPoint == 0 ? [] : [(Constant.zeroPoints | shifted, integer)]))
    }
    guard let primitive else { return false }
    return withUnsafePointer(to: scale) { scale in
      withUnsafePointer(to: zeroPoint) { zero in
        primitive.run([source, UnsafeRawPointer(destination), UnsafeRawPointer(scale), UnsafeRawPointer(zero)])
      }
    }
  }

  private static let requantizations = OneDNNCache<OneDNNPrimitive>(capacity: 512)
}

extension OneDNN.Requantization {
  /// Everything that code is made for; the other numbers are given at the call.
  fileprivate func identify(in key: inout OneDNNKey) {
    key.append(epilogue.rawValue << 3 | (sourceZeroPoint == 0 ? 0 : 1) | (sourceScale == nil ? 0 : 2))
    key.append(formerScale.map { Int($0.bitPattern) } ?? -1)
    if epilogue != .none { key.append(Int(resultScale.bitPattern) << 32 | Int(resultOffset.bitPattern)) }
  }
}

/// A product or convolution of integers ready to run.
private final class QuantizedProduct: Sendable {
  private let primitive: OneDNNPrimitive
  private let copy: WeightsCopy?

  /// - Parameters:
  ///   - mask: the bits of the weights' dimensions whose positions are the channels of the result.
  ///   - weights: how the weights lie.
  init?(
    _ library: OneDNNLibrary, _ work: OneDNN.Requantization, channels: Int, mask: Int32, weights: OneDNNDescriptor,
    _ create: (UnsafeMutablePointer<OpaquePointer?>, OpaquePointer) -> Int32
  ) {
    typealias Constant = OneDNNLibrary.Constant
    var attributes = OneDNNPlan.Attributes(sum: work.formerScale, epilogue: work.epilogue)
    if work.epilogue != .none, work.resultScale != 1 || work.resultOffset != 0 {
      attributes.functions.append((Constant.linear, work.resultScale, work.resultOffset))
    }
    attributes.scales = [(Constant.weights, mask)]
    if work.sourceScale != nil { attributes.scales.append((Constant.source, 0)) }
    if work.sourceZeroPoint != 0 { attributes.zeroPoints = [Constant.source] }
    guard let plan = OneDNNPlan(library, attributes, create), plan.addsIntegersExactly,
      let wanted = plan.descriptor(Constant.queryWeights),
      let factors = OneDNNDescriptor(library, .float32, dims: [channels], strides: [1]),
      let number = OneDNNDescriptor(library, .float32, dims: [1], strides: [1]),
      let integer = OneDNNDescriptor(library, .int32, dims: [1], strides: [1])
    else { return nil }
    var further = [(Constant.scales | Constant.weights, factors)]
    if work.sourceScale != nil { further.append((Constant.scales | Constant.source, number)) }
    if work.sourceZeroPoint != 0 { further.append((Constant.zeroPoints | Constant.source, integer)) }
    let primitive = OneDNNPrimitive(
      plan,
      operands: [
        .init(Constant.source, Constant.querySource), .init(Constant.weights, Constant.queryWeights),
        .init(Constant.destination, Constant.queryDestination), .init(Constant.bias, Constant.queryWeights, 1),
      ], further: further)
    guard let primitive else { return nil }
    self.primitive = primitive
    if library.descriptorEqual(wanted, weights.handle) != 0 {
      copy = nil
    } else {
      guard let made = WeightsCopy(plan, from: weights, to: wanted) else { return nil }
      copy = made
    }
  }

  func run(
    _ source: UnsafeRawPointer, _ weights: UnsafeRawPointer, _ body: TensorBody?,
    _ destination: UnsafeMutableRawPointer, _ work: OneDNN.Requantization
  ) -> Bool {
    let temporary = Temporaries()
    var matrix = weights
    var kept: OneDNNWeights?
    defer { withExtendedLifetime(kept) {} }
    if let copy {
      if let body, let found = OneDNNWeights.kept(body, weights, copy), let block = found.pointer {
        kept = found
        matrix = UnsafeRawPointer(block)
      } else {
        guard let block = temporary.bytes(copy.bytes), copy.reorder.run(weights, block) else { return false }
        matrix = UnsafeRawPointer(block)
      }
    }
    return withUnsafePointer(to: work.sourceScale ?? 1) { scale in
      withUnsafePointer(to: work.sourceZeroPoint) { zero in
        var pointers = [
          source, matrix, UnsafeRawPointer(destination), UnsafeRawPointer(work.offsets), UnsafeRawPointer(work.factors),
        ]
        if work.sourceScale != nil { pointers.append(UnsafeRawPointer(scale)) }
        if work.sourceZeroPoint != 0 { pointers.append(UnsafeRawPointer(zero)) }
        return primitive.run(pointers)
      }
    }
  }
}

extension OneDNNPlan {
  /// Whether products of 8 bits are added in 32: instructions of older processors add pairs of them in 16, which overflow.
  fileprivate var addsIntegersExactly: Bool {
    if isReference { return false }
    let name = Array(implementation.utf8)
    return ["vnni", "amx", "avx10"].contains { part in
      let wanted = Array(part.utf8)
      return name.indices.contains { name[$0...].starts(with: wanted) }
    }
  }
}
