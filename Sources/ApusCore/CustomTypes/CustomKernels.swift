/// The loops over elements of one registered type, by address. Made by ``init(_:)`` in the module that declares the type,
/// where they are compiled for that type alone.
public final class CustomKernels: Sendable {
  /// The address of elements that are written, and of elements that are read.
  public typealias Target = UnsafeMutableRawPointer
  /// Memory that a kernel reads elements from.
  public typealias Source = UnsafeRawPointer

  let name: String
  /// Bytes from one element to the next.
  package let size: Int
  let alignment: Int
  package let isOrdered: Bool
  let isDifferentiable: Bool
  let hasUnary: @Sendable (UnaryFunction) -> Bool
  let hasBinary: @Sendable (BinaryFunction) -> Bool
  package let unary: @Sendable (UnaryFunction, Target, Source, Int) -> Void
  package let binary: @Sendable (BinaryFunction, Target, Source, Source, Int) -> Void
  let select: @Sendable (Target, Source, Source, Source, Int) -> Void
  let fill: @Sendable (CustomValue, Target, Int) -> Void
  let fold: @Sendable (BinaryFunction, Target, Source, Int, Int) -> Void
  let multiply: @Sendable (CustomMatrices) -> Void
  let fromDouble: @Sendable (Target, UnsafePointer<Double>, Int) -> Void
  let toDouble: @Sendable (UnsafeMutablePointer<Double>, Source, Int) -> Void
  let fromBool: @Sendable (Target, UnsafePointer<UInt8>, Int) -> Void
  let toBool: @Sendable (UnsafeMutablePointer<UInt8>, Source, Int) -> Void
  package let isLess: @Sendable (Source, Source) -> Bool
  let text: @Sendable (Source, Int) -> String

  /// The loops for elements of `type`.
  @inlinable
  public convenience init<T: CustomElement>(_ type: T.Type) {
    self.init(
      name: T.elementName, size: MemoryLayout<T>.stride, alignment: MemoryLayout<T>.alignment,
      isOrdered: T.isOrdered, isDifferentiable: T.isDifferentiable,
      hasUnary: { CustomLoops<T>.has($0) },
      hasBinary: { CustomLoops<T>.has($0) },
      unary: { CustomLoops<T>.unary($0, $1, $2, $3) },
      binary: { CustomLoops<T>.binary($0, $1, $2, $3, $4) },
      select: { CustomLoops<T>.select($0, $1, $2, $3, $4) },
      fill: { CustomLoops<T>.fill($0, $1, $2) },
      fold: { CustomLoops<T>.fold($0, $1, $2, $3, $4) },
      multiply: { CustomLoops<T>.multiply($0) },
      fromDouble: { CustomLoops<T>.fromDouble($0, $1, $2) },
      toDouble: { CustomLoops<T>.toDouble($0, $1, $2) },
      fromBool: { CustomLoops<T>.fromBool($0, $1, $2) },
      toBool: { CustomLoops<T>.toBool($0, $1, $2) },
      isLess: { T.isLess($0.load(as: T.self), $1.load(as: T.self)) },
      text: { $0.load(as: T.self).text(precision: $1) })
  }

  @usableFromInline
  init(
    name: String, size: Int, alignment: Int, isOrdered: Bool, isDifferentiable: Bool,
    hasUnary: @escaping @Sendable (UnaryFunction) -> Bool,
    hasBinary: @escaping @Sendable (BinaryFunction) -> Bool,
    unary: @escaping @Sendable (UnaryFunction, Target, Source, Int) -> Void,
    binary: @escaping @Sendable (BinaryFunction, Target, Source, Source, Int) -> Void,
    select: @escaping @Sendable (Target, Source, Source, Source, Int) -> Void,
    fill: @escaping @Sendable (CustomValue, Target, Int) -> Void,
    fold: @escaping @Sendable (BinaryFunction, Target, Source, Int, Int) -> Void,
    multiply: @escaping @Sendable (CustomMatrices) -> Void,
    fromDouble: @escaping @Sendable (Target, UnsafePointer<Double>, Int) -> Void,
    toDouble: @escaping @Sendable (UnsafeMutablePointer<Double>, Source, Int) -> Void,
    fromBool: @escaping @Sendable (Target, UnsafePointer<UInt8>, Int) -> Void,
    toBool: @escaping @Sendable (UnsafeMutablePointer<UInt8>, Source, Int) -> Void,
    isLess: @escaping @Sendable (Source, Source) -> Bool,
    text: @escaping @Sendable (Source, Int) -> String
  ) {
    self.name = name
    self.size = size
    self.alignment = alignment
    self.isOrdered = isOrdered
    self.isDifferentiable = isDifferentiable
    self.hasUnary = hasUnary
    self.hasBinary = hasBinary
    self.unary = unary
    self.binary = binary
    self.select = select
    self.fill = fill
    self.fold = fold
    self.multiply = multiply
    self.fromDouble = fromDouble
    self.toDouble = toDouble
    self.fromBool = fromBool
    self.toBool = toBool
    self.isLess = isLess
    self.text = text
  }
}

/// A value that elements are filled with.
@usableFromInline
enum CustomValue: Sendable {
  case zero, one
  case number(Double)
}

/// c = a @ b for one pair of matrices; steps are in elements.
@usableFromInline
struct CustomMatrices {
  @usableFromInline var c: UnsafeMutableRawPointer
  @usableFromInline var cRow: Int
  @usableFromInline var a: UnsafeRawPointer
  @usableFromInline var aRow: Int
  @usableFromInline var aColumn: Int
  @usableFromInline var b: UnsafeRawPointer
  @usableFromInline var bRow: Int
  @usableFromInline var bColumn: Int
  @usableFromInline var m: Int
  @usableFromInline var n: Int
  @usableFromInline var k: Int

  init(
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

  /// target = target f a[0] f a[step] f ..., where f is a sum, a product or an extreme.
  @inlinable
  static func fold(_ f: BinaryFunction, _ target: Target, _ a: Source, _ step: Int, _ n: Int) {
    let (y, x) = (target.assumingMemoryBound(to: T.self), a.assumingMemoryBound(to: T.self))
    var result = y[0]
    switch f {
    case .add: for i in 0..<n { result = result + x[i * step] }
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
  static func multiply(_ p: CustomMatrices) {
    let c = p.c.assumingMemoryBound(to: T.self)
    let (a, b) = (p.a.assumingMemoryBound(to: T.self), p.b.assumingMemoryBound(to: T.self))
    for i in 0..<p.m { (c + i * p.cRow).update(repeating: T.zero, count: p.n) }
    // A block of b is packed and stays in the cache while the rows of a pass over it.
    let (depth, width) = (Swift.min(p.k, 64), Swift.min(p.n, 64))
    withUnsafeTemporaryAllocation(of: T.self, capacity: Swift.max(1, depth * width)) { scratch in
      guard let block = scratch.baseAddress else { return }
      for k0 in stride(from: 0, to: p.k, by: 64) {
        let kn = Swift.min(64, p.k - k0)
        for j0 in stride(from: 0, to: p.n, by: 64) {
          let jn = Swift.min(64, p.n - j0)
          for k in 0..<kn {
            let row = b + (k0 + k) * p.bRow + j0 * p.bColumn
            for j in 0..<jn { (block + k * jn + j).initialize(to: row[j * p.bColumn]) }
          }
          for i in 0..<p.m {
            let target = c + i * p.cRow + j0
            let left = a + i * p.aRow + k0 * p.aColumn
            for k in 0..<kn {
              let x = left[k * p.aColumn]
              let row = block + k * jn
              for j in 0..<jn { target[j] = target[j] + x * row[j] }
            }
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
