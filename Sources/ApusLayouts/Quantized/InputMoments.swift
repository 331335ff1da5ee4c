import ApusCore
import ApusFunctional

/// What has been seen of the inputs of a product: their means, and how they vary together.
///
/// Rounding a weight `w` to `q` changes the product's result by `(q - w) x`. The mean of that over the inputs is a number for each channel,
/// which a bias takes away; what is left is `(q - w)^T C (q - w)`, `C` being the covariance of what one weight's row is multiplied with.
struct InputMoments {
  /// Sums over samples, for each shape of one: `[1, C, ...]` of convolutions, `[in]` of linear layers.
  private var sums: [[Int]: (sum: Tensor, count: Int)] = [:]
  /// Sums of the patches that meet a kernel, `[groups, K]`, and of their products `[groups, K, K]`, float64.
  private var firsts: Tensor?
  private var seconds: Tensor?
  private var rows = 0

  /// The most products of a channel for which covariances are kept: those of so many take 32 MB.
  private static let widest = 2048

  /// The memory of the covariance of what a weight of this shape is multiplied with; 0 where none is kept.
  static func covarianceBytes(_ kind: QuantizedSite.Kind, weight: [Int]) -> Int {
    let width = elementCount(Array(weight.dropFirst()))
    guard width > 0, width <= widest else { return 0 }
    switch kind {
    case .convolution(let settings): return settings.groups * width * width * 8
    case .linear: return width * width * 8
    case .rows: return 0
    }
  }

  /// About how many patches of a batch are looked at.
  private static let mostRows = 4096

  /// Takes the input of a product in.
  /// - Parameter weight: the shape of its weight.
  mutating func observe(_ x: Tensor, _ kind: QuantizedSite.Kind, weight: [Int], withCovariance: Bool) {
    noGrad {
      let x = x.detach()
      guard x.count > 0 else { return }
      switch kind {
      case .convolution:
        add(x.sum([0], keepDim: true), x.size(0))
      case .linear:
        let lines = x.reshape([-1, x.size(-1)])
        add(lines.sum([0]), lines.size(0))
      case .rows: return
      }
      if withCovariance, let patches = Self.patches(x, kind, weight: weight) {
        let (first, second) = (patches.sum([1]).to(.float64), patches.transpose(1, 2).matmul(patches).to(.float64))
        firsts = firsts.map { $0 + first } ?? first
        seconds = seconds.map { $0 + second } ?? second
        rows += patches.size(1)
      }
    }
  }

  private mutating func add(_ sum: Tensor, _ count: Int) {
    let former = sums[sum.shape]
    sums[sum.shape] = (former.map { $0.sum + sum } ?? sum, count + (former?.count ?? 0))
  }

  /// What a row of the weight is multiplied with, at some places of the first samples: `[groups, rows, K]`. Nil where that is not
  /// written out.
  private static func patches(_ x: Tensor, _ kind: QuantizedSite.Kind, weight: [Int]) -> Tensor? {
    guard case .convolution(let settings) = kind else {
      let lines = x.reshape([-1, x.size(-1)])
      let step = max(1, lines.size(0) / mostRows)
      return lines.narrow(0, 0, lines.size(0) / step * step).reshape([-1, step, lines.size(1)]).select(1, 0).unsqueeze(
        0)
    }
    guard weight.count == 4, settings.dilation == [1, 1] else { return nil }
    let places = elementCount(Array(settings.outputShape(x.shape, weight).dropFirst(2)))
    guard places > 0 else { return nil }
    let some = x.narrow(0, 0, max(1, min(x.size(0), mostRows / places)))
    let (before, after) = (settings.padding, settings.paddingAfter)
    let padded = before + after == [0, 0, 0, 0] ? some : some.pad([before[1], after[1], before[0], after[0]])
    let windows = padded.unfold(2, weight[2], settings.stride[0]).unfold(3, weight[3], settings.stride[1])
    let (n, height, width) = (windows.size(0), windows.size(2), windows.size(3))
    return windows.reshape([n, settings.groups, weight[1], height, width, weight[2], weight[3]])
      .permute([1, 0, 3, 4, 2, 5, 6]).reshape([settings.groups, n * height * width, -1])
  }

  /// The mean of `difference` times the inputs, for each channel: `[channels]`. Nil where nothing was seen.
  func meanResult(_ difference: Tensor, _ kind: QuantizedSite.Kind) -> Tensor? {
    let all = sums.values.reduce(0) { $0 + $1.count }
    guard all > 0 else { return nil }
    return noGrad {
      var mean = Tensor.zeros([difference.size(0)])
      for (sum, count) in sums.values {
        let share = Double(count) / Double(all)
        switch kind {
        case .convolution(let settings):
          let made = apply(ConvolutionForward(settings: settings), sum / Double(count), difference)
          mean = mean + made.mean([0] + Array(2..<made.rank)) * share
        case .linear: mean = mean + difference.matmul(sum / Double(count)) * share
        case .rows: return nil
        }
      }
      return mean
    }
  }

  /// The covariance of patches `[groups, K, K]`, float64, drawn towards its diagonal as far as there are few of them. Nil where they
  /// were not kept.
  var covariance: Tensor? {
    guard let firsts, let seconds, rows > 1 else { return nil }
    return noGrad {
      let mean = firsts / Double(rows)
      let exact = seconds / Double(rows) - mean.unsqueeze(2) * mean.unsqueeze(1)
      let width = exact.size(1)
      let isDiagonal = eye(width, dtype: .float64)
      let sizes = (exact * isDiagonal).sum([2])
      let floor = sizes.mean([1], keepDim: true) * 0.01 + 1e-12
      let trust = Double(rows) / Double(rows + width)
      return exact * trust + isDiagonal * (sizes * (1 - trust) + floor).unsqueeze(2)
    }
  }
}
