import ApusCore

extension Tensor {
  /// `count` equal parts along `dim`; failed ones where there are no such, so that a layer can name them all.
  func parts(_ count: Int, dim: Int) -> [Tensor] { counted(chunk(count, dim: dim), count) }

  /// Parts of the given sizes along `dim`; failed ones where there are no such.
  func parts(_ sizes: [Int], dim: Int) -> [Tensor] { counted(split(sizes, dim: dim), sizes.count) }

  private func counted(_ found: [Tensor], _ count: Int) -> [Tensor] {
    if found.count == count { return found }
    let failed =
      hasFailed || found.first?.hasFailed == true
      ? found.first ?? self
      : fail(TensorError(.shape, "parts", "\(shape) cannot be cut into \(count) parts, but into \(found.count)"))
    return [Tensor](repeating: failed, count: count)
  }
}
