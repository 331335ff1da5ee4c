/// What the library knows of a registered type, and the loops over its elements, by address. Made by ``init(_:)`` in the
/// module that declares the type, where they are compiled for that type alone.
///
/// A type with faster loops of its own puts them in the place of those:
///
///     static var kernels: CustomKernels {
///       var kernels = CustomKernels(Self.self)
///       kernels.multiply = { myProduct($0) }
///       return kernels
///     }
public struct CustomKernels: Sendable {
  /// The address of elements that are written.
  public typealias Target = UnsafeMutableRawPointer
  /// The address of elements that are read.
  public typealias Source = UnsafeRawPointer

  /// The name of the type: letters, digits and underscores.
  public var name: String
  /// Bytes from one element to the next.
  public var size: Int
  /// What the address of an element is a multiple of.
  public var alignment: Int
  /// The Swift type; nil where elements have none of their own.
  public var type: Any.Type?
  /// Whether elements have an order.
  public var isOrdered: Bool
  /// What gradient tensors have.
  public var gradient: ElementGradient
  /// The numbers that elements can stand for.
  public var range: ClosedRange<Double>
  /// The version of how an element lies in memory.
  public var layoutVersion: Int
  /// The parts of an element in memory.
  public var fields: [ElementField]

  /// Whether there is this function of elements.
  public var hasUnary: @Sendable (UnaryFunction) -> Bool
  /// Whether there is this function of two elements.
  public var hasBinary: @Sendable (BinaryFunction) -> Bool
  /// The function of `n` elements that lie one after the other; the target may be the source.
  public var unary: @Sendable (UnaryFunction, Target, Source, Int) -> Void
  /// The function of `n` pairs of elements that lie one after the other; the target may be a source.
  public var binary: @Sendable (BinaryFunction, Target, Source, Source, Int) -> Void
  /// Elements of the first of two sources where those of a condition (the first address) are not zero, else of the second.
  public var select: @Sendable (Target, Source, Source, Source, Int) -> Void
  /// Fills `n` elements with a value.
  public var fill: @Sendable (CustomValue, Target, Int) -> Void
  /// target = target f a[0] f a[step] f ..., for `n` elements of a product or an extreme.
  public var fold: @Sendable (BinaryFunction, Target, Source, Int, Int) -> Void
  /// Bytes of a sum that is not yet an element, a multiple of its alignment (at most 16).
  public var sumSize: Int
  /// Makes `n` sums those of nothing.
  public var clearSums: @Sendable (Target, Int) -> Void
  /// Adds `n` elements, each to the sum in its place.
  public var addToSums: @Sendable (Target, Source, Int) -> Void
  /// Adds `n` elements, a step (the first number) apart, to one sum.
  public var addToSum: @Sendable (Target, Source, Int, Int) -> Void
  /// The elements (the first address) that `n` sums stand for.
  public var roundSums: @Sendable (Target, Source, Int) -> Void
  /// A product of matrices.
  public var multiply: @Sendable (CustomMatrices) -> Void
  /// Whether ``multiply`` takes whole products and shares their work among threads itself. Otherwise it is called side by side
  /// for at most 64 rows of the left matrix each.
  public var multipliesWhole = false
  /// `n` elements for numbers.
  public var fromDouble: @Sendable (Target, UnsafePointer<Double>, Int) -> Void
  /// The numbers that `n` elements stand for.
  public var toDouble: @Sendable (UnsafeMutablePointer<Double>, Source, Int) -> Void
  /// `n` elements for truth values.
  public var fromBool: @Sendable (Target, UnsafePointer<UInt8>, Int) -> Void
  /// Whether `n` elements are not zero.
  public var toBool: @Sendable (UnsafeMutablePointer<UInt8>, Source, Int) -> Void
  /// ``CustomElement/share(of:in:)`` of `n` terms (the first source) in their sums.
  public var shares: @Sendable (UnsafeMutablePointer<Double>, Source, Source, Int) -> Void
  /// ``CustomElement/slopes(_:_:)`` of `n` pairs of elements.
  public var slopes: @Sendable (UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, Source, Source, Int) -> Void
  /// The gradients of a product of matrices whose result stands in it: adds to those of `a` and `b` (row-major, the second
  /// and third) what those of the result (row-major, the first) give by shares and slopes.
  public var productShares:
    @Sendable (CustomMatrices, UnsafePointer<Double>, UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>) ->
      Void
  /// Whether the first element comes before the second.
  public var isLess: @Sendable (Source, Source) -> Bool
  /// Whether the bytes of `n` elements say all of them (``CustomElement/isSelfContained``).
  public var areSelfContained: @Sendable (Source, Int) -> Bool
  /// An element in the text of a tensor.
  public var text: @Sendable (Source, Int) -> String

  /// The loops for elements of `type`.
  @inlinable
  public init<T: CustomElement>(_ type: T.Type) {
    name = T.elementName
    size = MemoryLayout<T>.stride
    alignment = MemoryLayout<T>.alignment
    self.type = type
    isOrdered = T.isOrdered
    gradient = T.gradient
    range = T.range
    layoutVersion = T.layoutVersion
    fields = T.fields
    hasUnary = { CustomLoops<T>.has($0) }
    hasBinary = { CustomLoops<T>.has($0) }
    unary = { CustomLoops<T>.unary($0, $1, $2, $3) }
    binary = { CustomLoops<T>.binary($0, $1, $2, $3, $4) }
    select = { CustomLoops<T>.select($0, $1, $2, $3, $4) }
    fill = { CustomLoops<T>.fill($0, $1, $2) }
    fold = { CustomLoops<T>.fold($0, $1, $2, $3, $4) }
    sumSize = MemoryLayout<T.Accumulator>.stride
    clearSums = { CustomLoops<T>.clearSums($0, $1) }
    addToSums = { CustomLoops<T>.addToSums($0, $1, $2) }
    addToSum = { CustomLoops<T>.addToSum($0, $1, $2, $3) }
    roundSums = { CustomLoops<T>.roundSums($0, $1, $2) }
    multiply = { CustomLoops<T>.multiply($0) }
    fromDouble = { CustomLoops<T>.fromDouble($0, $1, $2) }
    toDouble = { CustomLoops<T>.toDouble($0, $1, $2) }
    fromBool = { CustomLoops<T>.fromBool($0, $1, $2) }
    toBool = { CustomLoops<T>.toBool($0, $1, $2) }
    shares = { CustomLoops<T>.shares($0, $1, $2, $3) }
    slopes = { CustomLoops<T>.slopes($0, $1, $2, $3, $4) }
    productShares = { CustomLoops<T>.productShares($0, $1, $2, $3) }
    isLess = { T.isLess($0.load(as: T.self), $1.load(as: T.self)) }
    areSelfContained = { CustomLoops<T>.areSelfContained($0, $1) }
    text = { $0.load(as: T.self).text(precision: $1) }
  }
}

/// A value that elements are filled with.
public enum CustomValue: Sendable {
  /// What `+` leaves as it is.
  case zero
  /// What `*` leaves as it is.
  case one
  /// The element that a number stands for.
  case number(Double)
}

/// c = a @ b for one pair of matrices; steps are in elements, and those from one column of `c` to the next are 1.
public struct CustomMatrices {
  /// Where the result is written.
  public let c: UnsafeMutableRawPointer
  /// From one row of the result to the next.
  public let cRow: Int
  /// The left matrix.
  public let a: UnsafeRawPointer
  /// From one row of the left matrix to the next.
  public let aRow: Int
  /// From one column of the left matrix to the next.
  public let aColumn: Int
  /// The right matrix.
  public let b: UnsafeRawPointer
  /// From one row of the right matrix to the next.
  public let bRow: Int
  /// From one column of the right matrix to the next.
  public let bColumn: Int
  /// Rows of the result.
  public let m: Int
  /// Columns of the result.
  public let n: Int
  /// Columns of the left matrix, rows of the right one.
  public let k: Int

  /// The product of matrices that lie so.
  public init(
    c: UnsafeMutableRawPointer, cRow: Int, a: UnsafeRawPointer, aRow: Int, aColumn: Int, b: UnsafeRawPointer, bRow: Int,
    bColumn: Int, m: Int, n: Int, k: Int
  ) {
    (self.c, self.cRow) = (c, cRow)
    (self.a, self.aRow, self.aColumn) = (a, aRow, aColumn)
    (self.b, self.bRow, self.bColumn) = (b, bRow, bColumn)
    (self.m, self.n, self.k) = (m, n, k)
  }
}

/// The loops themselves. Everything is inlinable, so that they are compiled where the element type is known.
@usableFromInline
enum CustomLoops<T: CustomElement> {
  @usableFromInline typealias Target = UnsafeMutableRawPointer
  @usableFromInline typealias Source = UnsafeRawPointer

  @inlinable
  static func condition(_ value: Bool) -> T { value ? T.one : T.zero }

  // MARK: Functions of elements

  @inlinable
  static func has(_ f: UnaryFunction) -> Bool {
    switch f {
    case .not, .isnan: true
    default: T.one.apply(f) != nil
    }
  }

  @inlinable
  static func has(_ f: BinaryFunction) -> Bool {
    switch f {
    case .add, .mul, .eq, .ne, .and, .or, .xor: true
    case .max, .min, .fmax, .fmin, .lt, .le, .gt, .ge: T.isOrdered || T.one.apply(f, T.one) != nil
    default: T.one.apply(f, T.one) != nil
    }
  }

  @inlinable
  package static func unary(_ f: UnaryFunction, _ out: Target, _ a: Source, _ n: Int) {
    let (y, x) = (out.assumingMemoryBound(to: T.self), a.assumingMemoryBound(to: T.self))
    if f == .not && T.one.apply(.not) == nil {
      for i in 0..<n { y[i] = condition(x[i] == T.zero) }
    } else if f == .isnan && T.one.apply(.isnan) == nil {
      for i in 0..<n { y[i] = condition(x[i] != x[i]) }
    } else {
      // A function that the type has gives a value for every element.
      for i in 0..<n { y[i] = x[i].apply(f) ?? x[i] }
    }
  }

  @inlinable
  package static func binary(_ f: BinaryFunction, _ out: Target, _ a: Source, _ b: Source, _ n: Int) {
    let z = out.assumingMemoryBound(to: T.self)
    let (x, y) = (a.assumingMemoryBound(to: T.self), b.assumingMemoryBound(to: T.self))
    switch f {
    case .add: for i in 0..<n { z[i] = x[i] + y[i] }
    case .mul: for i in 0..<n { z[i] = x[i] * y[i] }
    case .sub: for i in 0..<n { z[i] = x[i].apply(.sub, y[i]) ?? x[i] }
    case .div: for i in 0..<n { z[i] = x[i].apply(.div, y[i]) ?? x[i] }
    case .eq: for i in 0..<n { z[i] = condition(x[i] == y[i]) }
    case .ne: for i in 0..<n { z[i] = condition(x[i] != y[i]) }
    case .and: for i in 0..<n { z[i] = condition(x[i] != T.zero && y[i] != T.zero) }
    case .or: for i in 0..<n { z[i] = condition(x[i] != T.zero || y[i] != T.zero) }
    case .xor: for i in 0..<n { z[i] = condition((x[i] != T.zero) != (y[i] != T.zero)) }
    case .max, .min, .fmax, .fmin, .lt, .le, .gt, .ge:
      if T.one.apply(f, T.one) == nil {
        ordered(f, z, x, y, n)
      } else {
        for i in 0..<n { z[i] = x[i].apply(f, y[i]) ?? x[i] }
      }
    default: for i in 0..<n { z[i] = x[i].apply(f, y[i]) ?? x[i] }
    }
  }

  /// What follows from the order. An element that does not equal itself compares as not-a-number does.
  @inlinable
  static func ordered(
    _ f: BinaryFunction, _ z: UnsafeMutablePointer<T>, _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ n: Int
  ) {
    switch f {
    case .max: for i in 0..<n { z[i] = T.isLess(x[i], y[i]) || y[i] != y[i] ? y[i] : x[i] }
    case .min: for i in 0..<n { z[i] = T.isLess(y[i], x[i]) || y[i] != y[i] ? y[i] : x[i] }
    case .fmax: for i in 0..<n { z[i] = T.isLess(x[i], y[i]) || x[i] != x[i] ? y[i] : x[i] }
    case .fmin: for i in 0..<n { z[i] = T.isLess(y[i], x[i]) || x[i] != x[i] ? y[i] : x[i] }
    case .lt: for i in 0..<n { z[i] = condition(T.isLess(x[i], y[i])) }
    case .gt: for i in 0..<n { z[i] = condition(T.isLess(y[i], x[i])) }
    case .le: for i in 0..<n { z[i] = condition(!T.isLess(y[i], x[i]) && x[i] == x[i] && y[i] == y[i]) }
    default: for i in 0..<n { z[i] = condition(!T.isLess(x[i], y[i]) && x[i] == x[i] && y[i] == y[i]) }
    }
  }

  @inlinable
  static func select(_ out: Target, _ c: Source, _ a: Source, _ b: Source, _ n: Int) {
    let (z, c) = (out.assumingMemoryBound(to: T.self), c.assumingMemoryBound(to: T.self))
    let (x, y) = (a.assumingMemoryBound(to: T.self), b.assumingMemoryBound(to: T.self))
    for i in 0..<n { z[i] = c[i] != T.zero ? x[i] : y[i] }
  }

  @inlinable
  static func fill(_ value: CustomValue, _ out: Target, _ n: Int) {
    let element =
      switch value {
      case .zero: T.zero
      case .one: T.one
      case .number(let number): T(number)
      }
    out.assumingMemoryBound(to: T.self).update(repeating: element, count: n)
  }

  // MARK: Reductions and products

  /// target = target f a[0] f a[step] f ..., where f is a product or an extreme.
  @inlinable
  static func fold(_ f: BinaryFunction, _ target: Target, _ a: Source, _ step: Int, _ n: Int) {
    let (y, x) = (target.assumingMemoryBound(to: T.self), a.assumingMemoryBound(to: T.self))
    var result = y[0]
    switch f {
    case .mul: for i in 0..<n { result = result * x[i * step] }
    default:
      let isOwn = T.one.apply(f, T.one) != nil
      for i in 0..<n {
        let next = x[i * step]
        if isOwn {
          result = result.apply(f, next) ?? next
        } else if f == .max ? T.isLess(result, next) : T.isLess(next, result) {
          result = next
        } else if next != next {
          result = next
        }
      }
    }
    y[0] = result
  }

  @inlinable
  static func areSelfContained(_ a: Source, _ n: Int) -> Bool {
    let x = a.assumingMemoryBound(to: T.self)
    for i in 0..<n where !x[i].isSelfContained { return false }
    return true
  }

  @inlinable
  static func clearSums(_ sums: Target, _ n: Int) {
    sums.assumingMemoryBound(to: T.Accumulator.self).update(repeating: T.emptySum, count: n)
  }

  @inlinable
  static func addToSums(_ sums: Target, _ a: Source, _ n: Int) {
    let (y, x) = (sums.assumingMemoryBound(to: T.Accumulator.self), a.assumingMemoryBound(to: T.self))
    for i in 0..<n { T.add(x[i], to: &y[i]) }
  }

  @inlinable
  static func addToSum(_ sum: Target, _ a: Source, _ step: Int, _ n: Int) {
    let (y, x) = (sum.assumingMemoryBound(to: T.Accumulator.self), a.assumingMemoryBound(to: T.self))
    var result = y[0]
    for i in 0..<n { T.add(x[i * step], to: &result) }
    y[0] = result
  }

  @inlinable
  static func roundSums(_ out: Target, _ sums: Source, _ n: Int) {
    let (y, x) = (out.assumingMemoryBound(to: T.self), sums.assumingMemoryBound(to: T.Accumulator.self))
    for i in 0..<n { y[i] = T(rounding: x[i]) }
  }

  @inlinable
  static func multiply(_ p: CustomMatrices) {
    let c = p.c.assumingMemoryBound(to: T.self)
    let (a, b) = (p.a.assumingMemoryBound(to: T.self), p.b.assumingMemoryBound(to: T.self))
    // A block of b is packed and stays in the cache while the rows of a pass over it, each with a row of sums.
    let (depth, width) = (Swift.min(p.k, 64), Swift.min(p.n, 64))
    withUnsafeTemporaryAllocation(of: T.self, capacity: Swift.max(1, depth * width)) { scratch in
      withUnsafeTemporaryAllocation(of: T.Accumulator.self, capacity: Swift.max(1, p.m * width)) { tile in
        guard let block = scratch.baseAddress, let sums = tile.baseAddress else { return }
        for j0 in stride(from: 0, to: p.n, by: 64) {
          let jn = Swift.min(64, p.n - j0)
          sums.initialize(repeating: T.emptySum, count: p.m * jn)
          for k0 in stride(from: 0, to: p.k, by: 64) {
            let kn = Swift.min(64, p.k - k0)
            for k in 0..<kn {
              let row = b + (k0 + k) * p.bRow + j0 * p.bColumn
              for j in 0..<jn { (block + k * jn + j).initialize(to: row[j * p.bColumn]) }
            }
            for i in 0..<p.m { addRow(sums + i * jn, a + i * p.aRow + k0 * p.aColumn, p.aColumn, block, jn, kn) }
          }
          for i in 0..<p.m {
            for j in 0..<jn { c[i * p.cRow + j0 + j] = T(rounding: sums[i * jn + j]) }
          }
        }
      }
    }
  }

  /// Adds `kn` elements of a row times as many rows of `width` elements to as many sums, four at a time: sums are read and
  /// written less often so.
  @inlinable
  static func addRow(
    _ sums: UnsafeMutablePointer<T.Accumulator>, _ a: UnsafePointer<T>, _ step: Int, _ block: UnsafePointer<T>,
    _ width: Int, _ kn: Int
  ) {
    var k = 0
    while k + 4 <= kn {
      let (x0, x1, x2, x3) = (a[k * step], a[(k + 1) * step], a[(k + 2) * step], a[(k + 3) * step])
      // Addresses are worked out before the loop: checked sums of positions would keep it from becoming one of vectors.
      let b0 = block + k * width
      let (b1, b2, b3) = (b0 + width, b0 + 2 * width, b0 + 3 * width)
      for j in 0..<width {
        var sum = sums[j]
        T.addProduct(x0, b0[j], to: &sum)
        T.addProduct(x1, b1[j], to: &sum)
        T.addProduct(x2, b2[j], to: &sum)
        T.addProduct(x3, b3[j], to: &sum)
        sums[j] = sum
      }
      k += 4
    }
    while k < kn {
      let (x, row) = (a[k * step], block + k * width)
      for j in 0..<width { T.addProduct(x, row[j], to: &sums[j]) }
      k += 1
    }
  }

  // MARK: Gradients of semirings

  @inlinable
  static func shares(_ out: UnsafeMutablePointer<Double>, _ terms: Source, _ sums: Source, _ n: Int) {
    let (x, y) = (terms.assumingMemoryBound(to: T.self), sums.assumingMemoryBound(to: T.self))
    for i in 0..<n { out[i] = T.share(of: x[i], in: y[i]) }
  }

  @inlinable
  static func slopes(
    _ left: UnsafeMutablePointer<Double>, _ right: UnsafeMutablePointer<Double>, _ a: Source, _ b: Source, _ n: Int
  ) {
    let (x, y) = (a.assumingMemoryBound(to: T.self), b.assumingMemoryBound(to: T.self))
    for i in 0..<n { (left[i], right[i]) = T.slopes(x[i], y[i]) }
  }

  @inlinable
  static func productShares(
    _ p: CustomMatrices, _ gradient: UnsafePointer<Double>, _ left: UnsafeMutablePointer<Double>,
    _ right: UnsafeMutablePointer<Double>
  ) {
    let c = p.c.assumingMemoryBound(to: T.self)
    let (a, b) = (p.a.assumingMemoryBound(to: T.self), p.b.assumingMemoryBound(to: T.self))
    withUnsafeTemporaryAllocation(of: Double.self, capacity: Swift.max(1, p.k)) { scratch in
      guard let shares = scratch.baseAddress else { return }
      for i in 0..<p.m {
        for j in 0..<p.n where gradient[i * p.n + j] != 0 {
          var total = 0.0
          for k in 0..<p.k {
            let term = a[i * p.aRow + k * p.aColumn] * b[k * p.bRow + j * p.bColumn]
            shares[k] = T.share(of: term, in: c[i * p.cRow + j])
            total += shares[k]
          }
          let scale = gradient[i * p.n + j] / Swift.max(total, 1)
          for k in 0..<p.k where shares[k] != 0 {
            let (x, y) = T.slopes(a[i * p.aRow + k * p.aColumn], b[k * p.bRow + j * p.bColumn])
            left[i * p.k + k] += shares[k] * scale * x
            right[k * p.n + j] += shares[k] * scale * y
          }
        }
      }
    }
  }

  // MARK: Conversions

  @inlinable
  static func fromDouble(_ out: Target, _ a: UnsafePointer<Double>, _ n: Int) {
    let y = out.assumingMemoryBound(to: T.self)
    for i in 0..<n { y[i] = T(a[i]) }
  }

  @inlinable
  static func toDouble(_ out: UnsafeMutablePointer<Double>, _ a: Source, _ n: Int) {
    let x = a.assumingMemoryBound(to: T.self)
    for i in 0..<n { out[i] = x[i].double }
  }

  @inlinable
  static func fromBool(_ out: Target, _ a: UnsafePointer<UInt8>, _ n: Int) {
    let y = out.assumingMemoryBound(to: T.self)
    for i in 0..<n { y[i] = condition(a[i] != 0) }
  }

  @inlinable
  static func toBool(_ out: UnsafeMutablePointer<UInt8>, _ a: Source, _ n: Int) {
    let x = a.assumingMemoryBound(to: T.self)
    for i in 0..<n { out[i] = x[i] != T.zero ? 1 : 0 }
  }
}
