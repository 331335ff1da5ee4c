import ApusCore

extension OneDNN {
  /// How the dimensions of a dense tensor of images follow each other in memory; its shape is always `[N, C, spatial...]`.
  package enum Layout: Int, Sendable, Hashable {
    /// `N, C, spatial...`: plain row-major order.
    case channelsFirst
    /// `N, spatial..., C`: what the library is fastest with.
    case channelsLast

    /// Strides of a dense tensor of this layout; with `groups`, `dims` begins with a dimension of groups that is
    /// outermost in memory.
    func strides(of dims: [Int], groups: Bool = false) -> [Int] {
      var strides = [Int](repeating: 1, count: dims.count)
      var next = 1
      let first = groups ? 2 : 1
      var order = Array(dims.indices.reversed())
      if self == .channelsLast {
        order.removeAll { $0 == first }
        order.insert(first, at: 0)
      }
      for dim in order {
        strides[dim] = next
        next *= dims[dim]
      }
      return strides
    }
  }

  /// Sizes of a convolution with one to three spatial dimensions; numbers for dimensions that are not there are ignored.
  package struct ConvolutionShape: Sendable, Hashable {
    package var rank: Int
    package var batch: Int
    package var inChannels: Int
    package var outChannels: Int
    package var groups: Int
    package var input: SIMD3<Int>
    package var kernel: SIMD3<Int>
    package var stride: SIMD3<Int>
    /// 1 is an ordinary convolution, as in PyTorch.
    package var dilation: SIMD3<Int>
    package var padding: SIMD3<Int>
    /// Padding at the far end; may differ for "same" padding.
    package var paddingAfter: SIMD3<Int>

    /// The arrays have `rank` numbers each, outermost spatial dimension first.
    package init(
      batch: Int, inChannels: Int, outChannels: Int, groups: Int = 1, input: [Int], kernel: [Int], stride: [Int],
      dilation: [Int], padding: [Int], paddingAfter: [Int]? = nil
    ) {
      rank = input.count
      self.batch = batch
      self.inChannels = inChannels
      self.outChannels = outChannels
      self.groups = groups
      func pack(_ numbers: [Int]) -> SIMD3<Int> {
        SIMD3(numbers[0], numbers.count > 1 ? numbers[1] : 0, numbers.count > 2 ? numbers[2] : 0)
      }
      self.input = pack(input)
      self.kernel = pack(kernel)
      self.stride = pack(stride)
      self.dilation = pack(dilation)
      self.padding = pack(padding)
      self.paddingAfter = pack(paddingAfter ?? padding)
    }

    func spatial(_ numbers: SIMD3<Int>) -> [Int] { (0..<rank).map { numbers[$0] } }

    /// Spatial sizes of the result.
    package var output: SIMD3<Int> {
      var sizes = SIMD3<Int>()
      for dim in 0..<rank {
        let span = input[dim] + padding[dim] + paddingAfter[dim] - dilation[dim] * (kernel[dim] - 1) - 1
        sizes[dim] = span < 0 ? 0 : span / stride[dim] + 1
      }
      return sizes
    }

    var sourceDims: [Int] { [batch, inChannels] + spatial(input) }
    var destinationDims: [Int] { [batch, outChannels] + spatial(output) }
    var weightsDims: [Int] {
      groups == 1
        ? [outChannels, inChannels] + spatial(kernel)
        : [groups, outChannels / groups, inChannels / groups] + spatial(kernel)
    }

    var multiplications: Double {
      (spatial(output) + spatial(kernel)).reduce(Double(batch * outChannels) * Double(inChannels / groups)) {
        $0 * Double($1)
      }
    }

    /// Whether each weight is used so seldom that a copy of all of them takes long beside the sums.
    var isShort: Bool { spatial(output).reduce(batch, *) <= 4096 }

    var isValid: Bool {
      rank >= 1 && rank <= 3 && batch > 0 && inChannels > 0 && outChannels > 0 && groups > 0
        && inChannels % groups == 0 && outChannels % groups == 0 && spatial(output).allSatisfy { $0 > 0 }
        && spatial(kernel).allSatisfy { $0 > 0 }
    }
  }

  /// `destination = epilogue(convolution(source, weights) + bias)`.
  ///
  /// `source` is `[N, C, ...]` in the layout `sourceLayout`, `destination` `[N, O, ...]` in `destinationLayout`, `weights`
  /// dense `[O, C / groups, ...]` in `weightsLayout`, `bias` has `O` values. All are of type `element`. What the
  /// library wants otherwise it gets as a temporary copy, that of the weights as one that stays with `body` where
  /// copying takes long beside computing.
  package static func convolution(
    _ element: Element, _ shape: ConvolutionShape, source: UnsafeRawPointer, _ sourceLayout: Layout,
    weights: UnsafeRawPointer, _ weightsLayout: Layout = .channelsFirst, in body: TensorBody? = nil,
    bias: UnsafeRawPointer?, destination: UnsafeMutableRawPointer, _ destinationLayout: Layout,
    epilogue: Epilogue = .none
  ) -> Bool {
    let run = ConvolutionRun(element, shape, .forward, sourceLayout, weightsLayout, destinationLayout, epilogue)
    return run.perform(
      hasBias: bias != nil, [source, weights, UnsafeRawPointer(destination), bias],
      weights: shape.isShort ? body : nil)
  }

  /// The gradient with respect to the source: from `destinationGradient` (`[N, O, ...]`) and `weights` into
  /// `sourceGradient` (`[N, C, ...]`). It is also the transposed convolution.
  package static func convolutionBackwardData(
    _ element: Element, _ shape: ConvolutionShape, destinationGradient: UnsafeRawPointer,
    _ destinationLayout: Layout, weights: UnsafeRawPointer, _ weightsLayout: Layout = .channelsFirst,
    sourceGradient: UnsafeMutableRawPointer, _ sourceLayout: Layout
  ) -> Bool {
    let run = ConvolutionRun(element, shape, .backwardData, sourceLayout, weightsLayout, destinationLayout, .none)
    return run.perform(hasBias: false, [destinationGradient, weights, UnsafeRawPointer(sourceGradient), nil])
  }

  /// The gradients with respect to the weights (dense, in `weightsLayout`) and, where `biasGradient` is given, the bias.
  package static func convolutionBackwardWeights(
    _ element: Element, _ shape: ConvolutionShape, source: UnsafeRawPointer, _ sourceLayout: Layout,
    destinationGradient: UnsafeRawPointer, _ destinationLayout: Layout, weightsGradient: UnsafeMutableRawPointer,
    _ weightsLayout: Layout = .channelsFirst, biasGradient: UnsafeMutableRawPointer?
  ) -> Bool {
    let run = ConvolutionRun(element, shape, .backwardWeights, sourceLayout, weightsLayout, destinationLayout, .none)
    return run.perform(
      hasBias: biasGradient != nil,
      [source, destinationGradient, UnsafeRawPointer(weightsGradient), biasGradient.map { UnsafeRawPointer($0) }])
  }
}

/// One request for a convolution or one of its gradients.
private struct ConvolutionRun {
  enum Kind: Int { case forward, backwardData, backwardWeights }

  let element: OneDNN.Element
  let shape: OneDNN.ConvolutionShape
  let kind: Kind
  let source: OneDNN.Layout
  let weights: OneDNN.Layout
  let destination: OneDNN.Layout
  let epilogue: Epilogue

  init(
    _ element: OneDNN.Element, _ shape: OneDNN.ConvolutionShape, _ kind: Kind, _ source: OneDNN.Layout,
    _ weights: OneDNN.Layout, _ destination: OneDNN.Layout, _ epilogue: Epilogue
  ) {
    self.element = element
    self.shape = shape
    self.kind = kind
    // With one channel both layouts are the same memory: then the operands may as well agree.
    self.source = shape.inChannels == 1 ? destination : source
    self.weights = weights
    self.destination = shape.outChannels == 1 && shape.inChannels > 1 ? source : destination
    self.epilogue = epilogue
  }

  /// `pointers`: two inputs, the output, and the bias or its gradient; `body` keeps a copy of the second input.
  func perform(hasBias: Bool, _ pointers: [UnsafeRawPointer?], weights body: TensorBody? = nil) -> Bool {
    guard let library = OneDNN.library, shape.isValid else { return false }
    let threads = min(Parallel.availableThreads, max(1, Int(min(shape.multiplications / 300_000, 4096))))
    var key = OneDNNKey()
    let layouts = source.rawValue | weights.rawValue << 1 | destination.rawValue << 2
    key.append(Int(element.rawValue) << 16 | epilogue.rawValue << 8 | kind.rawValue << 4 | layouts)
    key.append(shape.rank << 1 | (hasBias ? 1 : 0))
    key.append(SIMD3(shape.batch, shape.inChannels, shape.outChannels))
    key.append(shape.groups)
    for numbers in [shape.input, shape.kernel, shape.stride, shape.dilation, shape.padding, shape.paddingAfter] {
      key.append(numbers)
    }
    key.append(threads)
    library.setThreads(Int32(threads))
    let made = convolutions.value(for: key) { make(library, hasBias: hasBias) }
    guard let first = pointers[0], let second = pointers[1], let third = pointers[2] else { return false }
    guard let made else { return performWidened(first, second, UnsafeMutableRawPointer(mutating: third), pointers[3]) }
    return made.run(first, second, UnsafeMutableRawPointer(mutating: third), pointers[3], body)
  }

  /// The same in float32, for processors without arithmetic in half precision.
  private func performWidened(
    _ first: UnsafeRawPointer, _ second: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ bias: UnsafeRawPointer?
  ) -> Bool {
    guard element == .bfloat16 || element == .float16 else { return false }
    let sourceCount = shape.sourceDims.reduce(1, *)
    let weightsCount = shape.weightsDims.reduce(1, *)
    let destinationCount = shape.destinationDims.reduce(1, *)
    let counts =
      switch kind {
      case .forward: (sourceCount, weightsCount, destinationCount)
      case .backwardData: (destinationCount, weightsCount, sourceCount)
      case .backwardWeights: (sourceCount, destinationCount, weightsCount)
      }
    let temporary = Temporaries()
    guard let wideFirst = OneDNN.widened(element, first, count: counts.0, temporary),
      let wideSecond = OneDNN.widened(element, second, count: counts.1, temporary),
      let wideResult = temporary.floats(counts.2)
    else { return false }
    var wideBias: UnsafeMutablePointer<Float>?
    if let bias {
      wideBias = OneDNN.widened(element, bias, count: shape.outChannels, temporary)
      guard wideBias != nil else { return false }
    }
    let wide = ConvolutionRun(.float32, shape, kind, source, weights, destination, epilogue)
    let pointers = [UnsafeRawPointer(wideFirst), UnsafeRawPointer(wideSecond), UnsafeRawPointer(wideResult)]
    guard wide.perform(hasBias: bias != nil, pointers + [wideBias.map { UnsafeRawPointer($0) }]) else { return false }
    OneDNN.narrowed(element, wideResult, into: result, count: counts.2)
    if kind == .backwardWeights, let bias, let wideBias {
      OneDNN.narrowed(element, wideBias, into: UnsafeMutableRawPointer(mutating: bias), count: shape.outChannels)
    }
    return true
  }

  /// The layouts to try for source and destination, the best first; nil lets the library choose.
  private var choices: [(OneDNN.Layout?, OneDNN.Layout?)] {
    var choices: [(OneDNN.Layout?, OneDNN.Layout?)] = [
      (source, destination), (.channelsLast, .channelsLast), (nil, nil),
    ]
    if prefersOwnLayout { choices.insert(choices.removeLast(), at: 0) }
    // The weights' gradient by plain products waits for other threads by spinning, a calamity on a busy machine.
    if kind == .backwardWeights, source == .channelsFirst, destination == .channelsFirst {
      choices.removeAll { $0.0 == .channelsFirst }
    }
    // The matrix kernels fill whole vectors with channels: for an image's few colours a plain product is faster.
    if kind == .backwardData, shape.groups == 1, shape.inChannels <= 4, kernelArea >= 25 {
      choices.insert((.channelsFirst, .channelsFirst), at: 0)
    }
    return choices
  }

  /// Where measurements say that the library's blocked layouts are worth the copies.
  private var prefersOwnLayout: Bool {
    let perElement = shape.multiplications / Double(shape.batch * shape.outChannels) / Double(max(1, outputArea))
    if source == .channelsFirst, destination == .channelsFirst {
      return shape.groups > 1 || perElement >= 64 && shape.inChannels > 4
    }
    // Blocked layouts pad the channels to whole vectors, which pays where few of them are used.
    if kind == .backwardData, shape.inChannels > 4, shape.inChannels < 16, shape.inChannels % 8 != 0 {
      return shape.groups == 1 && kernelArea >= 9
    }
    // AVX2 has no matrix kernel for the gradient of the weights in channels-last order.
    if kind == .backwardWeights, !CPUInfo.hasAVX512 {
      return shape.inChannels >= 16 && shape.groups == 1 && perElement >= 128 && shape.multiplications > 1e8
    }
    return false
  }

  private var kernelArea: Int { shape.spatial(shape.kernel).reduce(1, *) }

  private var outputArea: Int { shape.spatial(shape.output).reduce(1, *) }

  private func make(_ library: OneDNNLibrary, hasBias: Bool) -> Convolution? {
    for (source, destination) in choices {
      if let made = make(library, hasBias: hasBias, source, destination) { return made }
    }
    return nil
  }

  private func make(
    _ library: OneDNNLibrary, hasBias: Bool, _ sourceChoice: OneDNN.Layout?, _ destinationChoice: OneDNN.Layout?
  ) -> Convolution? {
    func describe(_ dims: [Int], _ layout: OneDNN.Layout?) -> OneDNNDescriptor? {
      guard let layout else { return OneDNNDescriptor(library, element, anyLayoutOf: dims) }
      return OneDNNDescriptor(library, element, dims: dims, strides: layout.strides(of: dims))
    }
    let grouped = shape.groups > 1
    let weightsDims = shape.weightsDims
    guard let sourceGiven = describe(shape.sourceDims, source),
      let destinationGiven = describe(shape.destinationDims, destination),
      let weightsGiven = OneDNNDescriptor(
        library, element, dims: weightsDims, strides: weights.strides(of: weightsDims, groups: grouped)),
      let sourceWanted = describe(shape.sourceDims, sourceChoice),
      let destinationWanted = describe(shape.destinationDims, destinationChoice),
      let weightsWanted = OneDNNDescriptor(library, element, anyLayoutOf: weightsDims)
    else { return nil }
    // Only the forward pass needs the bias in the type of the data; its gradient is made in that type too.
    let bias = hasBias ? OneDNNDescriptor(library, element, dims: [shape.outChannels], strides: [1]) : nil
    let strides = shape.spatial(shape.stride)
    let dilations = shape.spatial(shape.dilation &- 1)
    let before = shape.spatial(shape.padding)
    let after = shape.spatial(shape.paddingAfter)
    typealias Constant = OneDNNLibrary.Constant

    let forward = OneDNNPlan(library, epilogue: epilogue) { plan, attributes in
      library.convolutionForward(
        plan, library.engine, Constant.forwardTraining, Constant.convolutionDirect, sourceWanted.handle,
        weightsWanted.handle, bias?.handle, destinationWanted.handle, strides, dilations, before, after, attributes)
    }
    guard let forward else { return nil }
    func operand(_ role: Int32, _ query: Int32, _ given: OneDNNDescriptor) -> Convolution.Given {
      (.init(role, query), given)
    }
    let weightsOperand = operand(Constant.weights, Constant.queryWeights, weightsGiven)
    let sourceOperand = operand(Constant.source, Constant.querySource, sourceGiven)
    let gradientOperand = operand(Constant.destinationGradient, Constant.queryDestinationGradient, destinationGiven)
    switch kind {
    case .forward:
      return Convolution(
        forward, inputs: [sourceOperand, weightsOperand],
        output: operand(Constant.destination, Constant.queryDestination, destinationGiven),
        bias: hasBias ? .init(Constant.bias, Constant.queryWeights, 1) : nil)
    case .backwardData:
      let plan = OneDNNPlan(library) { plan, attributes in
        library.convolutionBackwardData(
          plan, library.engine, Constant.convolutionDirect, sourceWanted.handle, weightsWanted.handle,
          destinationWanted.handle, strides, dilations, before, after, forward.handle, attributes)
      }
      return plan.flatMap {
        Convolution(
          $0, inputs: [gradientOperand, weightsOperand],
          output: operand(Constant.sourceGradient, Constant.querySourceGradient, sourceGiven), bias: nil)
      }
    case .backwardWeights:
      let plan = OneDNNPlan(library) { plan, attributes in
        library.convolutionBackwardWeights(
          plan, library.engine, Constant.convolutionDirect, sourceWanted.handle, weightsWanted.handle, bias?.handle,
          destinationWanted.handle, strides, dilations, before, after, forward.handle, attributes)
      }
      return plan.flatMap {
        Convolution(
          $0, inputs: [sourceOperand, gradientOperand],
          output: operand(Constant.weightsGradient, Constant.queryWeightsGradient, weightsGiven),
          bias: hasBias ? .init(Constant.biasGradient, Constant.queryWeightsGradient, 1) : nil)
      }
    }
  }
}

private let convolutions = OneDNNCache<Convolution>(capacity: 512)

/// A convolution ready to run: the primitive, and a copy before or after it for each operand whose layout differs.
private final class Convolution: @unchecked Sendable {
  /// An operand of the library and how the caller's lies.
  typealias Given = (OneDNNPrimitive.Operand, OneDNNDescriptor)

  private struct Operand {
    var copy: OneDNNPrimitive?
    var bytes: Int
  }

  private let primitive: OneDNNPrimitive
  private let first: Operand
  private let second: WeightsCopy?
  private let output: Operand
  private let hasBias: Bool

  init?(
    _ plan: OneDNNPlan, inputs: [Given], output: Given, bias: OneDNNPrimitive.Operand?
  ) {
    guard !plan.isReference else { return nil }
    var operands = inputs.map(\.0) + [output.0]
    if let bias { operands.append(bias) }
    guard let primitive = OneDNNPrimitive(plan, operands: operands),
      let first = Self.operand(plan, inputs[0].0, inputs[0].1, isOutput: false),
      let wanted = plan.descriptor(inputs[1].0.query, inputs[1].0.index),
      let output = Self.operand(plan, output.0, output.1, isOutput: true)
    else { return nil }
    var second: WeightsCopy?
    if plan.library.descriptorEqual(wanted, inputs[1].1.handle) == 0 {
      second = WeightsCopy(plan, from: inputs[1].1, to: wanted)
      guard second != nil else { return nil }
    }
    self.primitive = primitive
    self.first = first
    self.second = second
    self.output = output
    hasBias = bias != nil
  }

  private static func operand(
    _ plan: OneDNNPlan, _ operand: OneDNNPrimitive.Operand, _ given: OneDNNDescriptor, isOutput: Bool
  ) -> Operand? {
    let library = plan.library
    guard let wanted = plan.descriptor(operand.query, operand.index) else { return nil }
    if library.descriptorEqual(wanted, given.handle) != 0 { return Operand(copy: nil, bytes: 0) }
    let copy =
      isOutput
      ? OneDNNPrimitive.reorder(library, from: wanted, to: given.handle)
      : OneDNNPrimitive.reorder(library, from: given.handle, to: wanted)
    return copy.map { Operand(copy: $0, bytes: library.descriptorSize(wanted)) }
  }

  func run(
    _ first: UnsafeRawPointer, _ second: UnsafeRawPointer, _ result: UnsafeMutableRawPointer,
    _ bias: UnsafeRawPointer?, _ body: TensorBody?
  ) -> Bool {
    let temporary = Temporaries()
    var inputs = (first, second)
    var kept: OneDNNWeights?
    defer { withExtendedLifetime(kept) {} }
    if let copy = self.first.copy {
      guard let block = temporary.bytes(self.first.bytes), copy.run(first, block) else { return false }
      inputs.0 = UnsafeRawPointer(block)
    }
    if let copy = self.second {
      if let body, let found = OneDNNWeights.kept(body, second, copy), let block = found.pointer {
        kept = found
        inputs.1 = UnsafeRawPointer(block)
      } else {
        guard let block = temporary.bytes(copy.bytes), copy.reorder.run(second, block) else { return false }
        inputs.1 = UnsafeRawPointer(block)
      }
    }
    guard let copy = output.copy else { return primitive.run(inputs.0, inputs.1, result, bias) }
    guard let block = temporary.bytes(output.bytes) else { return false }
    return primitive.run(inputs.0, inputs.1, block, bias) && copy.run(block, result)
  }
}
