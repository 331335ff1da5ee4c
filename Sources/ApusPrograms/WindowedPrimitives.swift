import ApusCore
import ApusFunctional

/// An operation on images whose results are counted by windows: `(size + offset) / step + 1` along each spatial dimension.
protocol WindowedPrimitive: Primitive {
  /// Offset and step of each spatial dimension, for operands of these shapes.
  func windowCounts(_ shapes: [[Int]]) -> [(offset: Int, step: Int)]
}

extension ConvolutionForward: WindowedPrimitive {
  func windowCounts(_ shapes: [[Int]]) -> [(offset: Int, step: Int)] {
    settings.stride.indices.map { d in
      let reach = settings.dilation[d] * (shapes[1][d + 2] - 1) + 1
      return (settings.padding[d] + settings.paddingAfter[d] - reach, settings.stride[d])
    }
  }
}

extension PoolWindow {
  fileprivate var counts: [(offset: Int, step: Int)] {
    kernel.indices.map { d in
      let reach = dilation[d] * (kernel[d] - 1) + 1
      return (2 * padding[d] - reach + (ceilMode ? stride[d] - 1 : 0), stride[d])
    }
  }
}

extension MaxPool: WindowedPrimitive {
  func windowCounts(_ shapes: [[Int]]) -> [(offset: Int, step: Int)] { window.counts }
}

extension AveragePool: WindowedPrimitive {
  func windowCounts(_ shapes: [[Int]]) -> [(offset: Int, step: Int)] { window.counts }
}
