import ApusCore

// Images as the kernels of convolutions, poolings and normalisations find them in memory.

extension ImageLayout {
  /// That in which to read `body`: its own where it has one, else channels last.
  init(of body: TensorBody) {
    self = !Self.channelsLast.fits(body) && body.isContiguous ? .channelsFirst : .channelsLast
  }

  var oneDNN: OneDNN.Layout { self == .channelsLast ? .channelsLast : .channelsFirst }

  /// The layout of a result.
  var order: Layout { self == .channelsLast ? .channelsLast : .rowMajor }
}

extension Tensor {
  /// The elements of images as `dtype` in `layout`: the tensor's where they lie so already. See ``dense(_:)``.
  func dense(_ layout: ImageLayout, _ dtype: DType) throws(TensorError) -> TensorBody {
    if layout == .channelsFirst || rank < 3 { return try dense(dtype) }
    if self.dtype == dtype && layout.fits(body) { return body }
    let order = [0] + Array(2..<rank) + [1]
    let seen = try view(order.map { shape[$0] }, strides: order.map { body.strides[$0] }).dense(dtype)
    return Tensor(seen).view(shape, strides: layout.strides(shape)).body
  }

  /// The elements of a dense tensor one after the other as they lie in memory.
  var flat: Tensor { view([count], strides: [1]) }
}
