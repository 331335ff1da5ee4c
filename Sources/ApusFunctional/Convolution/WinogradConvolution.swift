import ApusCore
import CKernels

/// What makes filters of weights `[O, C, 3, 3]`.
private struct WinogradTransform: FilterRecipe {
  var from: Int
  var to: Int
  var isTurned: Bool

  var byteCount: Int { ck_winograd_filter_f32(from, to) }

  func callAsFunction(_ weight: UnsafeRawPointer) -> TensorBody {
    let result = Tensor.uninitialized([byteCount / 4], .float32).body
    let (u, filters) = (result.data.f32, weight.assumingMemoryBound(to: Float.self))
    parallelFor(to / 16, grain: max(1, 4096 / from)) { panels in
      ck_winograd_weights_f32(u, filters, from, to, isTurned, panels.lowerBound, panels.upperBound)
    }
    return result
  }
}

/// Convolutions of channels-last images with 3 x 3 filters by Winograd's minimal filtering: 16 multiplications where the
/// plain sum takes 36, with the same rounding error. See `winograd.c`.
struct WinogradConvolution {
  private let batch: Int
  private let inChannels: Int
  private let outChannels: Int
  private let input: [Int]
  private let output: [Int]
  private let padding: [Int]

  /// Nil for convolutions of another kind, or with so few or so many channels that the plain sum is faster.
  init?(_ geometry: ConvolutionGeometry, _ dtype: DType) {
    let settings = geometry.settings
    (inChannels, outChannels) = (geometry.input[1], geometry.weight[0])
    guard dtype == .float32, Array(geometry.weight[2...]) == [3, 3], settings.groups == 1,
      settings.stride == [1, 1], settings.dilation == [1, 1], settings.padding.allSatisfy({ 0...2 ~= $0 }),
      inChannels % 16 == 0, outChannels % 16 == 0, 32...512 ~= inChannels, 32...512 ~= outChannels
    else { return nil }
    batch = geometry.input[0]
    input = Array(geometry.input[2...])
    output = Array(geometry.output[2...])
    padding = settings.padding
    guard batch > 0, output.allSatisfy({ $0 > 0 }), input.allSatisfy({ $0 > 0 }) else { return nil }
    // Fewer patches leave most of a panel empty, while transformed weights are nearly twice as many to read.
    guard batch * ((output[0] + 1) / 2) * ((output[1] + 1) / 2) >= 4 else { return nil }
  }

  /// Whether the sums of products of the weights' gradient stay in the caches.
  var isFastForWeights: Bool { inChannels * outChannels <= 128 * 128 }

  /// The result (`[N, O, H, W]`, channels last) of `x` and a weight `[O, C, 3, 3]`.
  func forward(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?, into result: Tensor) throws(TensorError) {
    let place = CkWinograd(
      height: input[0], width: input[1], out_height: output[0], out_width: output[1], pad_top: padding[0],
      pad_left: padding[1])
    try convolve(x, weight, bias, into: result, place, inChannels, outChannels, isTurned: false)
  }

  /// The gradient of the input (channels last) from that of the output: a convolution with the turned filter.
  func inputGradient(_ g: Tensor, _ weight: Tensor, into result: Tensor) throws(TensorError) {
    let place = CkWinograd(
      height: output[0], width: output[1], out_height: input[0], out_width: input[1], pad_top: 2 - padding[0],
      pad_left: 2 - padding[1])
    try convolve(g, weight, nil, into: result, place, outChannels, inChannels, isTurned: true)
  }

  private func convolve(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, into result: Tensor, _ place: CkWinograd, _ from: Int, _ to: Int,
    isTurned: Bool
  ) throws(TensorError) {
    let source = try x.dense(.channelsLast, .float32)
    let (dense, added) = (try weight.dense(), try bias?.dense())
    let patches = batch * ((place.out_height + 1) / 2) * ((place.out_width + 1) / 2)
    let transform = WinogradTransform(from: from, to: to, isTurned: isTurned)
    // Beside many patches the transformed weights cost little, and backward passes see them once.
    let keeps = patches <= 1024 && !isTurned && weight.body.keepsForms(beside: x.body)
    let filter = keeps ? transform.kept(dense) : transform(dense.data)
    let u = filter.data.f32
    let (y, images, b) = (result.body.data.f32, source.data.f32, added?.data.f32)
    withExtendedLifetime((source, dense, added, filter)) {
      parallelFor(patches, grain: grain) { range in
        var place = place
        let scratch = Tensor.uninitialized([ck_winograd_scratch_f32(from, to) / 4], .float32)
        ck_winograd_f32(
          y, images, u, b, &place, from, to, range.lowerBound, range.upperBound, scratch.body.data.f32)
        withExtendedLifetime(scratch) {}
      }
    }
  }

  /// The gradient of the weights, `[O, C, 3, 3]`: every thread sums over patches of its own.
  func weightGradient(_ x: Tensor, _ g: Tensor, into result: Tensor) throws(TensorError) {
    let (source, gradient) = (try x.dense(.channelsLast, .float32), try g.dense(.channelsLast, .float32))
    let place = CkWinograd(
      height: input[0], width: input[1], out_height: output[0], out_width: output[1], pad_top: padding[0],
      pad_left: padding[1])
    let patches = batch * ((output[0] + 1) / 2) * ((output[1] + 1) / 2)
    let size = ck_winograd_filter_f32(inChannels, outChannels) / 4
    let parts = parallelParts(patches, grain: grain)
    let sums = Tensor.uninitialized([parts, size], .float32)
    let (images, back, products) = (source.data.f32, gradient.data.f32, sums.body.data.f32)
    withExtendedLifetime((source, gradient)) {
      parallelChunks(patches, parts: parts) { index, range in
        var place = place
        let scratch = Tensor.uninitialized([ck_winograd_scratch_f32(inChannels, outChannels) / 4], .float32)
        ck_fill_f32(products + index * size, 0, size)
        ck_winograd_products_f32(
          products + index * size, images, back, &place, inChannels, outChannels, range.lowerBound,
          range.upperBound, scratch.body.data.f32)
        withExtendedLifetime(scratch) {}
      }
    }
    for part in 1..<max(parts, 1) {
      parallelFor(size, grain: 1 << 16) { range in
        let at = products + range.lowerBound
        ck_add_f32(at, at, at + part * size, range.count)
      }
    }
    let filters = result.body.data.f32
    parallelFor(outChannels / 16, grain: max(1, 4096 / inChannels)) { panels in
      ck_winograd_weights_grad_f32(
        filters, products, inChannels, outChannels, panels.lowerBound, panels.upperBound)
    }
    withExtendedLifetime(sums) {}
  }

  /// Patches that are worth a thread.
  private var grain: Int { max(4, 2_000_000 / (16 * inChannels * outChannels)) }
}
