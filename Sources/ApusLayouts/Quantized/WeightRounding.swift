import ApusCore
import ApusFunctional

/// How the integers of a weight are chosen.
public enum WeightRounding: String, Sendable, Hashable, CaseIterable {
  /// The nearest ones.
  case nearest
  /// Those with which the layer's result changes least on the calibration data: the error of each weight is made up for by those
  /// that are rounded after it, as far as their inputs vary together. Of layers with more than 2048 products for a number, and of all behind
  /// those whose statistics take a gigabyte, weights become the nearest (Frantar et al., "GPTQ", 2023; Hassibi and Stork, 1993).
  case leastChange
}

/// The integers of a weight, with what they are multiplied by.
struct RoundedWeight {
  /// From -127 to 127, or -128 where the weight has it, int8.
  let integers: Tensor
  /// `[channels]`, float32.
  let scale: Tensor

  /// - Parameter covariance: of what rows are multiplied with, `[groups, K, K]`; nil: integers are the nearest ones.
  init(_ weight: Tensor, covariance: Tensor?) {
    let channels = weight.shape[0]
    let rows = weight.reshape([channels, -1])
    let values = rows.array(as: Float.self)
    let width = rows.size(1)
    var scales = [Float](repeating: 1, count: channels)
    var isOnGrid = width > 0
    for o in 0..<channels {
      let row = values[o * width..<(o + 1) * width]
      if let step = Self.step(row) {
        scales[o] = step
      } else {
        isOnGrid = false
        scales[o] = max((row.map(\.magnitude).max() ?? 0) / 127, 0x1p-100)
      }
    }
    scale = Tensor(scales)
    let places = (rows / scale.unsqueeze(1)).round()
    let nearest = places.clamp(min: isOnGrid ? -128 : -127, max: 127)
    let better = isOnGrid ? nil : covariance.flatMap { Self.leastChange(values, scales, $0, width: width) }
    // Row by row, however the weight lay: products keep what they make of weights that lie so.
    integers = (better?.reshape(rows.shape) ?? nearest).to(.int8).reshape(weight.shape).contiguous()
  }

  /// The step of which all numbers are multiples by integers of 8 bits, as those of weights that were quantised before are; nil if
  /// there is none.
  private static func step(_ row: ArraySlice<Float>) -> Float? {
    guard let extreme = row.max(by: { $0.magnitude < $1.magnitude }), extreme != 0 else { return 0x1p-100 }
    // Any number of few is a multiple of something.
    guard row.count > 4 else { return nil }
    for most in stride(from: extreme < 0 ? 128 : 127, to: 15, by: -1) {
      let step = extreme.magnitude / Float(most)
      let isMultiple = row.allSatisfy { value in
        let place = value / step
        return (place - place.rounded()).magnitude < 1e-4 * Float(most)
      }
      if isMultiple { return step }
    }
    return nil
  }

  /// Rounds one weight of each row after another, those with the greatest inputs first.
  private static func leastChange(_ rows: [Float], _ scales: [Float], _ covariance: Tensor, width: Int) -> Tensor? {
    let groups = covariance.size(0)
    guard width > 1, covariance.size(1) == width, scales.count % groups == 0 else { return nil }
    let perGroup = scales.count / groups
    var result = [Float](repeating: 0, count: rows.count)
    for group in 0..<groups {
      let own = covariance.select(0, group)
      let sizes = own.diagonal().array(as: Double.self)
      let order = sizes.indices.sorted { sizes[$0] > sizes[$1] }
      let places = Tensor(order)
      let sorted = own.indexSelect(0, places).indexSelect(1, places)
      guard let upper = inverseFactor(sorted) else { return nil }
      let first = group * perGroup
      result.withUnsafeMutableBufferPointer { result in
        guard let base = result.baseAddress else { return }
        let target = Rows(base)
        parallelFor(perGroup, grain: max(1, 1_000_000 / (width * width))) { part in
          for row in part {
            let o = first + row
            let made = round(rows, from: o * width, scales[o], upper, order)
            for (j, place) in order.enumerated() { target.start[o * width + place] = made[j] }
          }
        }
      }
    }
    return Tensor(result)
  }

  /// The upper triangular factor of the inverse of a covariance; nil where it is none to the accuracy of its numbers.
  private static func inverseFactor(_ covariance: Tensor) -> [Float]? {
    let lower = linalg.choleskyEx(covariance)
    guard lower.info.item(as: Int.self) == 0 else { return nil }
    let upper = linalg.choleskyEx(lower.L.choleskyInverse(), upper: true)
    guard upper.info.item(as: Int.self) == 0 else { return nil }
    let numbers = upper.L.to(.float32).array(as: Float.self)
    return numbers.allSatisfy(\.isFinite) ? numbers : nil
  }

  /// Threads write rows of their own.
  private struct Rows: @unchecked Sendable {
    let start: UnsafeMutablePointer<Float>
    init(_ start: UnsafeMutablePointer<Float>) { self.start = start }
  }

  /// The integers of a row in the order given; `upper` is the triangular factor of the inverse of the covariance.
  private static func round(
    _ rows: [Float], from start: Int, _ scale: Float, _ upper: [Float], _ order: [Int]
  ) -> [Float] {
    let width = order.count
    var rest = order.map { rows[start + $0] }
    var made = rest
    rest.withUnsafeMutableBufferPointer { rest in
      upper.withUnsafeBufferPointer { upper in
        for j in 0..<width {
          let line = j * width
          let integer = min(max((rest[j] / scale).rounded(.toNearestOrEven), -127), 127)
          made[j] = integer
          let error = (rest[j] - integer * scale) / upper[line + j]
          for k in (j + 1)..<max(width, j + 1) { rest[k] -= error * upper[line + k] }
        }
      }
    }
    return made
  }
}
