import ApusCore
import ApusFunctional
import ApusNN

// The layers of Swin: attention inside of windows, and what merges patches.

/// Attention of the places of a window to each other, with a learned number for each distance.
final class SwinAttention: Module {
  let state = ModuleState()
  let query, key, value, output: Projection
  /// `[(2 window - 1)^2, heads]`.
  let relativePositionBiasTable: Tensor
  static let stateNames = [
    "query": "self.query", "key": "self.key", "value": "self.value", "output": "output.dense",
    "relativePositionBiasTable": "self.relative_position_bias_table",
  ]
  private let heads, window: Int
  private let dropout: Double
  /// The row of the table for each two places; counted at the first call.
  @Changeable private var counted: Tensor?

  init(_ c: SwinConfiguration, width: Int, heads: Int) {
    query = Projection(width, width, bias: c.qkvBias)
    key = Projection(width, width, bias: c.qkvBias)
    value = Projection(width, width, bias: c.qkvBias)
    output = Projection(width, width, bias: true)
    let span = 2 * c.window - 1
    relativePositionBiasTable = parameter(Tensor.zeros([span * span, heads]))
    (self.heads, window, dropout) = (heads, c.window, c.attentionDropout)
    counted = nil
  }

  private var distances: Tensor {
    if let counted { return counted }
    let places = (0..<window * window).map { (row: $0 / window, column: $0 % window) }
    let found = Tensor(
      places.flatMap { a in
        places.map { b -> Int in
          let (down, right) = (a.row - b.row + window - 1, a.column - b.column + window - 1)
          return down * (2 * window - 1) + right
        }
      })
    counted = found
    return found
  }

  /// - Parameter regions: what is added to the scores of each window, `[windows, places, places]`.
  func callAsFunction(_ x: Tensor, _ regions: Tensor?, _ notes: inout ForwardNotes) -> Tensor {
    let area = window * window
    var bias = relativePositionBiasTable.indexSelect(0, distances).reshape(area, area, heads).permute(2, 0, 1)
      .unsqueeze(0)
    if let regions {
      let batch = x.size(0) / regions.size(0)
      bias = (bias + regions.unsqueeze(1)).repeat([batch, 1, 1, 1])
    }
    var mask = AttentionMask()
    mask.bias = bias
    return output(
      attend(query(x), key(x), value(x), heads: heads, mask: mask, dropout: isTraining ? dropout : 0, notes: &notes))
  }
}

/// Attention in windows and a network for each place, each on normalised states and added to them.
final class SwinLayer: Module {
  let state = ModuleState()
  let layernormBefore, layernormAfter: LayerNorm
  let attention: SwinAttention
  let intermediate, output: Projection
  static let stateNames = ["intermediate": "intermediate.dense", "output": "output.dense"]
  private let window, shift: Int
  private let activation: Activation
  private let dropout: Dropout
  private let depthDropout: Double

  init(_ c: SwinConfiguration, width: Int, heads: Int, isShifted: Bool, depthDropout: Double) {
    layernormBefore = LayerNorm(width, eps: c.normEps)
    layernormAfter = LayerNorm(width, eps: c.normEps)
    attention = SwinAttention(c, width: width, heads: heads)
    let inner = Int(c.mlpRatio * Double(width))
    intermediate = Projection(width, inner, bias: true)
    output = Projection(inner, width, bias: true)
    (window, shift) = (c.window, isShifted ? c.window / 2 : 0)
    (activation, self.depthDropout) = (c.activation, depthDropout)
    dropout = Dropout(p: c.hiddenDropout)
  }

  /// - Parameter alwaysShifts: whether windows shift on a grid of any size, also one that they cover.
  func callAsFunction(
    _ x: Tensor, _ grid: PictureSize, alwaysShifts: Bool, _ notes: inout ForwardNotes
  ) -> Tensor {
    let attended = dropout(inWindows(layernormBefore(x), grid, alwaysShifts, &notes))
    let x = x + stochasticDepth(attended, depthDropout, isTraining: isTraining)
    return dropout(output(activation(intermediate(layernormAfter(x))))) + x
  }

  private func inWindows(
    _ x: Tensor, _ grid: PictureSize, _ alwaysShifts: Bool, _ notes: inout ForwardNotes
  ) -> Tensor {
    guard alwaysShifts || min(grid.height, grid.width) >= window else {
      return fail(
        TensorError(
          .shape, "Swin",
          "a stage has a grid of \(grid.sizes), which is smaller than its windows of \(window); give larger pictures"))
    }
    // A window as wide as the grid has nowhere to shift to.
    let shift = !alwaysShifts && min(grid.height, grid.width) == window ? 0 : shift
    let (batch, width) = (x.size(0), x.size(2))
    var y = x.reshape(batch, grid.height, grid.width, width)
    let missing = grid.sizes.map { (window - $0 % window) % window }
    if missing != [0, 0] { y = y.pad([0, 0, 0, missing[1], 0, missing[0]]) }
    let padded = PictureSize(height: grid.height + missing[0], width: grid.width + missing[1])
    if shift > 0 { y = y.roll([-shift, -shift], [1, 2]) }
    let inside = attention(windows(y), shift > 0 ? regions(padded, shift) : nil, &notes)
    y = inside.reshape(batch, padded.height / window, padded.width / window, window, window, width)
      .transpose(2, 3).reshape(batch, padded.height, padded.width, width)
    if shift > 0 { y = y.roll([shift, shift], [1, 2]) }
    if missing != [0, 0] { y = y.narrow(1, 0, grid.height).narrow(2, 0, grid.width) }
    return y.reshape(batch, grid.count, width)
  }

  /// `[batch, height, width, features]` as `[batch * windows, places, features]`.
  private func windows(_ x: Tensor) -> Tensor {
    let (batch, height, width, features) = (x.size(0), x.size(1), x.size(2), x.size(3))
    return x.reshape(batch, height / window, window, width / window, window, features)
      .transpose(2, 3).reshape(-1, window * window, features)
  }

  /// -100 for two places of a window that were not neighbours before the shift, `[windows, places, places]`.
  private func regions(_ size: PictureSize, _ shift: Int) -> Tensor {
    func parts(_ length: Int) -> Tensor {
      let place = arange(length)
      return place.ge(length - window).to(.float32) + place.ge(length - shift).to(.float32)
    }
    let number = parts(size.height).unsqueeze(1) * 3 + parts(size.width).unsqueeze(0)
    let inside = windows(number.unsqueeze(0).unsqueeze(-1)).squeeze(-1)
    return (inside.unsqueeze(1) - inside.unsqueeze(2)).ne(0).to(.float32) * -100
  }
}

/// Four neighbours become one place of twice the width.
final class SwinPatchMerging: Module {
  let state = ModuleState()
  let reduction: Projection
  let norm: LayerNorm

  init(_ width: Int) {
    reduction = Projection(4 * width, 2 * width)
    norm = LayerNorm(4 * width)
  }

  func callAsFunction(_ x: Tensor, _ grid: PictureSize) -> Tensor {
    var y = x.reshape(x.size(0), grid.height, grid.width, x.size(2))
    if grid.height % 2 + grid.width % 2 > 0 { y = y.pad([0, 0, 0, grid.width % 2, 0, grid.height % 2]) }
    // Places 2 by 2, those below each other first.
    let (batch, height, width, features) = (y.size(0), y.size(1) / 2, y.size(2) / 2, y.size(3))
    y = y.reshape(batch, height, 2, width, 2, features).permute(0, 1, 3, 4, 2, 5)
    return reduction(norm(y.reshape(batch, height * width, 4 * features)))
  }
}
