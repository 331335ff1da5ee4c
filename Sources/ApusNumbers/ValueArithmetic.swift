import ApusCore

/// Arithmetic of elements whose parameters are known only when the program runs: a modulus, the place of a binary point.
///
/// Types with value parameters, as `FixedPoint<Int8, 3, 4>`, are compiled once for all values of them; loops over these would
/// call through tables at every element. What conforms here is compiled for its elements, with the parameters in registers.
protocol ValueArithmetic<Element>: Sendable {
  associatedtype Element: BitwiseCopyable
  associatedtype Sum: BitwiseCopyable

  func sum(_ a: Element, _ b: Element) -> Element
  func difference(_ a: Element, _ b: Element) -> Element
  func product(_ a: Element, _ b: Element) -> Element
  func quotient(_ a: Element, _ b: Element) -> Element

  var emptySum: Sum { get }
  func add(_ x: Element, to sum: inout Sum)
  func addProduct(_ a: Element, _ b: Element, to sum: inout Sum)
  func element(_ sum: Sum) -> Element

  func element(_ value: Double) -> Element
  func double(_ x: Element) -> Double
}

extension ValueArithmetic {
  /// Puts loops of this arithmetic in the place of those in `kernels`.
  @inline(__always)
  func replaceLoops(of kernels: inout CustomKernels) {
    let binary = kernels.binary
    kernels.binary = { f, out, a, b, n in
      let z = out.assumingMemoryBound(to: Element.self)
      let (x, y) = (a.assumingMemoryBound(to: Element.self), b.assumingMemoryBound(to: Element.self))
      switch f {
      case .add: for i in 0..<n { z[i] = sum(x[i], y[i]) }
      case .sub: for i in 0..<n { z[i] = difference(x[i], y[i]) }
      case .mul: for i in 0..<n { z[i] = product(x[i], y[i]) }
      case .div: for i in 0..<n { z[i] = quotient(x[i], y[i]) }
      default: binary(f, out, a, b, n)
      }
    }
    let fold = kernels.fold
    kernels.fold = { f, target, a, step, n in
      guard f == .mul else { return fold(f, target, a, step, n) }
      let (y, x) = (target.assumingMemoryBound(to: Element.self), a.assumingMemoryBound(to: Element.self))
      var result = y[0]
      for i in 0..<n { result = product(result, x[i * step]) }
      y[0] = result
    }
    kernels.clearSums = { sums, n in
      sums.assumingMemoryBound(to: Sum.self).update(repeating: emptySum, count: n)
    }
    kernels.addToSums = { sums, a, n in
      let (y, x) = (sums.assumingMemoryBound(to: Sum.self), a.assumingMemoryBound(to: Element.self))
      for i in 0..<n { add(x[i], to: &y[i]) }
    }
    kernels.addToSum = { sum, a, step, n in
      let (y, x) = (sum.assumingMemoryBound(to: Sum.self), a.assumingMemoryBound(to: Element.self))
      var result = y[0]
      for i in 0..<n { add(x[i * step], to: &result) }
      y[0] = result
    }
    kernels.roundSums = { out, sums, n in
      let (y, x) = (out.assumingMemoryBound(to: Element.self), sums.assumingMemoryBound(to: Sum.self))
      for i in 0..<n { y[i] = element(x[i]) }
    }
    kernels.multiply = { multiply($0) }
    kernels.fromDouble = { out, a, n in
      let y = out.assumingMemoryBound(to: Element.self)
      for i in 0..<n { y[i] = element(a[i]) }
    }
    kernels.toDouble = { out, a, n in
      let x = a.assumingMemoryBound(to: Element.self)
      for i in 0..<n { out[i] = double(x[i]) }
    }
  }

  /// A product of matrices: blocks of b are packed and stay in the cache while the rows of a pass over them.
  @inline(__always)
  private func multiply(_ p: CustomMatrices) {
    let c = p.c.assumingMemoryBound(to: Element.self)
    let (a, b) = (p.a.assumingMemoryBound(to: Element.self), p.b.assumingMemoryBound(to: Element.self))
    let (depth, width) = (min(p.k, 64), min(p.n, 64))
    withUnsafeTemporaryAllocation(of: Element.self, capacity: max(1, depth * width)) { scratch in
      withUnsafeTemporaryAllocation(of: Sum.self, capacity: max(1, p.m * width)) { tile in
        guard let block = scratch.baseAddress, let sums = tile.baseAddress else { return }
        for j0 in stride(from: 0, to: p.n, by: 64) {
          let jn = min(64, p.n - j0)
          sums.initialize(repeating: emptySum, count: p.m * jn)
          for k0 in stride(from: 0, to: p.k, by: 64) {
            let kn = min(64, p.k - k0)
            for k in 0..<kn {
              let row = b + (k0 + k) * p.bRow + j0 * p.bColumn
              for j in 0..<jn { (block + k * jn + j).initialize(to: row[j * p.bColumn]) }
            }
            for i in 0..<p.m {
              let (row, left) = (sums + i * jn, a + i * p.aRow + k0 * p.aColumn)
              for k in 0..<kn {
                let (x, right) = (left[k * p.aColumn], block + k * jn)
                for j in 0..<jn { addProduct(x, right[j], to: &row[j]) }
              }
            }
          }
          for i in 0..<p.m {
            for j in 0..<jn { c[i * p.cRow + j0 + j] = element(sums[i * jn + j]) }
          }
        }
      }
    }
  }
}
