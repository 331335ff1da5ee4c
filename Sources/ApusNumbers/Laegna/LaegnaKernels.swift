import ApusCore
import CNumbers

// The loops over Laegna elements: integers in C, whatever the Swift type.

extension LaegnaFormat {
  /// The loops of this format.
  var kernels: CustomKernels {
    // Nothing of the loops that this begins with is left.
    var kernels = CustomKernels(Laegna<Int8, 1, 0>.self)
    kernels.name = name
    let (format, t) = (self, c)
    kernels.size = bytes
    kernels.alignment = bytes
    kernels.type = nil
    kernels.isOrdered = true
    kernels.gradient = .straightThrough(.float32)
    kernels.range = range
    kernels.layoutVersion = 1
    kernels.fields = fields
    kernels.hasUnary = { format.hasUnary($0) }
    kernels.hasBinary = { format.hasBinary($0) }
    kernels.unary = { format.unary($0, $1, $2, $3) }
    kernels.binary = { format.binary($0, $1, $2, $3, $4) }
    kernels.select = { cn_laegna_select(t, $0, $1, $2, $3, $4) }
    kernels.fill = { format.fill($0, $1, $2) }
    kernels.fold = { f, target, source, step, n in
      if let function = integerFunction(f) { cn_laegna_fold(t, function, target, source, step, n) }
    }
    kernels.sumSize = MemoryLayout<cn_laegna_sum>.stride
    kernels.clearSums = {
      $0.initializeMemory(as: UInt8.self, repeating: 0, count: $1 * MemoryLayout<cn_laegna_sum>.stride)
    }
    kernels.addToSums = { cn_laegna_add_to_sums(t, $0.assumingMemoryBound(to: cn_laegna_sum.self), $1, $2) }
    kernels.addToSum = { cn_laegna_add_to_sum(t, $0.assumingMemoryBound(to: cn_laegna_sum.self), $1, $2, $3) }
    kernels.roundSums = { cn_laegna_round_sums(t, $0, $1.assumingMemoryBound(to: cn_laegna_sum.self), $2) }
    kernels.multiply = { format.multiply($0) }
    kernels.multipliesWhole = true
    kernels.fromDouble = { cn_laegna_from_double(t, $0, $1, $2) }
    kernels.toDouble = { cn_laegna_to_double(t, $0, $1, $2) }
    let one = UInt64(min(scale, limit))
    kernels.fromBool = { target, flags, n in
      for i in 0..<n { format.write(flags[i] != 0 ? Int(one) : 0, to: target, i) }
    }
    kernels.toBool = { flags, source, n in
      for i in 0..<n { flags[i] = format.code(source, i) != 0 ? 1 : 0 }
    }
    // Gradients go straight through: there are no shares.
    kernels.isLess = { format.code($0, 0) < format.code($1, 0) }
    kernels.text = { source, _ in format.text(source) }
    return kernels
  }

  /// An element in memory: one integer.
  var fields: [ElementField] { [ElementField("s", bytes == 1 ? .int8 : bytes == 2 ? .int16 : .int32)] }

  /// The integer that element `i` is kept as, both zeros as 0.
  func code(_ source: UnsafeRawPointer, _ i: Int) -> Int {
    switch bytes {
    case 1:
      let s = source.load(fromByteOffset: i, as: Int8.self)
      return s == .min + 1 ? 0 : Int(s)
    case 2:
      let s = source.load(fromByteOffset: 2 * i, as: Int16.self)
      return s == .min + 1 ? 0 : Int(s)
    case _:
      let s = source.load(fromByteOffset: 4 * i, as: Int32.self)
      return s == .min + 1 ? 0 : Int(s)
    }
  }

  private func write(_ s: Int, to target: UnsafeMutableRawPointer, _ i: Int) {
    switch bytes {
    case 1: target.storeBytes(of: Int8(s), toByteOffset: i, as: Int8.self)
    case 2: target.storeBytes(of: Int16(s), toByteOffset: 2 * i, as: Int16.self)
    case _: target.storeBytes(of: Int32(s), toByteOffset: 4 * i, as: Int32.self)
    }
  }

  private func fill(_ value: CustomValue, _ target: UnsafeMutableRawPointer, _ n: Int) {
    if n == 0 { return }
    switch value {
    case .zero: write(0, to: target, 0)
    case .one: write(min(scale, limit), to: target, 0)
    case .number(var number): cn_laegna_from_double(c, target, &number, 1)
    }
    switch bytes {
    case 1: repeated(target, n, Int8.self)
    case 2: repeated(target, n, Int16.self)
    case _: repeated(target, n, Int32.self)
    }
  }

  private func repeated<T>(_ target: UnsafeMutableRawPointer, _ n: Int, _ type: T.Type) {
    let elements = target.assumingMemoryBound(to: type)
    elements.update(repeating: elements[0], count: n)
  }

  func text(_ source: UnsafeRawPointer) -> String {
    var x = 0.0
    cn_laegna_to_double(c, &x, source, 1)
    if x.isInfinite { return String((x > 0 ? LaegnaBoundary.infinity : .minusInfinity).letter) }
    if x == 0 { return String((x.sign == .minus ? LaegnaBoundary.minusZero : .zero).letter) }
    return numeral(code(source, 0)).description
  }

  // MARK: Functions

  func hasUnary(_ f: UnaryFunction) -> Bool { integerFunction(f) != nil || Dual<Double>.one.apply(f) != nil }
  func hasBinary(_ f: BinaryFunction) -> Bool {
    integerFunction(f) != nil || Dual<Double>.one.apply(f, Dual<Double>.one) != nil
  }

  /// Functions that integers do not have are those of the real numbers that elements stand for, rounded once.
  func unary(_ f: UnaryFunction, _ target: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ n: Int) {
    if let function = integerFunction(f) { return cn_laegna_unary(c, function, target, x, n) }
    // Where it pays, or has paid before, the function is looked up.
    if bytes <= 2, n >= 256, let table = LaegnaFunctionTable.of(f, self, makes: bytes == 1 || n >= 512) {
      return table.apply(target, x, n)
    }
    computed(f, target, x, n)
  }

  /// The function of each element by its real number.
  fileprivate func computed(
    _ f: UnaryFunction, _ target: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ n: Int
  ) {
    chunks(n) { numbers, start, count in
      cn_laegna_to_double(c, numbers, x + start * bytes, count)
      for i in 0..<count { numbers[i] = Dual<Double>(numbers[i]).apply(f)?.value ?? 0 }
      cn_laegna_from_double(c, target + start * bytes, numbers, count)
    }
  }

  func binary(
    _ f: BinaryFunction, _ target: UnsafeMutableRawPointer, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ n: Int
  ) {
    if let function = integerFunction(f) { return cn_laegna_binary(c, function, target, x, y, n) }
    chunks(n) { left, start, count in
      chunks(count) { right, offset, part in
        cn_laegna_to_double(c, left, x + (start + offset) * bytes, part)
        cn_laegna_to_double(c, right, y + (start + offset) * bytes, part)
        for i in 0..<part { left[i] = Dual<Double>(left[i]).apply(f, Dual<Double>(right[i]))?.value ?? 0 }
        cn_laegna_from_double(c, target + (start + offset) * bytes, left, part)
      }
    }
  }

  private func chunks(_ n: Int, _ body: (UnsafeMutablePointer<Double>, _ start: Int, _ count: Int) -> Void) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 256) { buffer in
      guard let numbers = buffer.baseAddress else { return }
      for start in stride(from: 0, to: n, by: 256) { body(numbers, start, min(256, n - start)) }
    }
  }
}

/// The values of a function for every element of a format of one or two bytes.
private final class LaegnaFunctionTable: Sendable {
  private struct Key: Hashable {
    let function: UnaryFunction
    let format: LaegnaFormat
  }
  /// At most 64 of them, of 128 KiB or less each.
  private static let tables = Lock<[Key: LaegnaFunctionTable]>([:])

  private let values: [UInt16]
  private let bytes: Int

  /// The table of `f`, made if there is none and `makes`.
  static func of(_ f: UnaryFunction, _ format: LaegnaFormat, makes: Bool) -> LaegnaFunctionTable? {
    let key = Key(function: f, format: format)
    if let known = tables.withLock({ $0[key] }) { return known }
    guard makes else { return nil }
    let made = LaegnaFunctionTable(f, format)
    tables.withLock {
      if $0.count >= 64 { $0.removeAll() }
      $0[key] = made
    }
    return made
  }

  private init(_ f: UnaryFunction, _ format: LaegnaFormat) {
    bytes = format.bytes
    let count = 1 << (8 * bytes)
    if bytes == 2 {
      let codes = (0..<count).map { UInt16($0) }
      values = [UInt16](unsafeUninitializedCapacity: count) { target, initialized in
        codes.withUnsafeBytes { codes in
          if let to = target.baseAddress, let from = codes.baseAddress { format.computed(f, to, from, count) }
        }
        initialized = count
      }
    } else {
      let codes = (0..<count).map { UInt8($0) }
      var found = codes
      codes.withUnsafeBytes { codes in
        found.withUnsafeMutableBytes { target in
          if let to = target.baseAddress, let from = codes.baseAddress { format.computed(f, to, from, count) }
        }
      }
      values = found.map { UInt16($0) }
    }
  }

  func apply(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ n: Int) {
    values.withUnsafeBufferPointer { values in
      if bytes == 2 {
        let (y, x) = (target.assumingMemoryBound(to: UInt16.self), source.assumingMemoryBound(to: UInt16.self))
        for i in 0..<n { y[i] = values[Int(x[i])] }
      } else {
        let (y, x) = (target.assumingMemoryBound(to: UInt8.self), source.assumingMemoryBound(to: UInt8.self))
        for i in 0..<n { y[i] = UInt8(truncatingIfNeeded: values[Int(x[i])]) }
      }
    }
  }
}

private func integerFunction(_ f: UnaryFunction) -> cn_laegna_unary_function? {
  switch f {
  case .neg: CN_NEG
  case .abs: CN_ABS
  case .relu: CN_RELU
  case .sign: CN_SIGN
  case .not: CN_NOT
  case .isinf: CN_ISINF
  case .isfinite: CN_ISFINITE
  case .isnan: CN_ISNAN
  case .signbit: CN_SIGNBIT
  default: nil
  }
}

private func integerFunction(_ f: BinaryFunction) -> cn_laegna_binary_function? {
  switch f {
  case .add: CN_ADD
  case .sub: CN_SUB
  case .mul: CN_MUL
  case .div: CN_DIV
  case .max, .fmax: CN_MAX
  case .min, .fmin: CN_MIN
  case .eq: CN_EQ
  case .ne: CN_NE
  case .lt: CN_LT
  case .le: CN_LE
  case .gt: CN_GT
  case .ge: CN_GE
  case .and: CN_AND
  case .or: CN_OR
  case .xor: CN_XOR
  default: nil
  }
}
