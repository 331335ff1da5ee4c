// The table of element types: a row for each, the built-in ones first, registered ones behind them.
//
// To add a type, add its number, kind and size to `DType`, its row here, and its conversions in CKernels (`convert.c`). A type that numbers
// are only stored in names the one that they are computed in; a type to compute in needs kernels by name as well, and its
// Swift type in `DType.perform`.

/// What the library knows of an element type, beside the size and the kind that ``DType`` itself carries.
struct ElementType: Sendable {
  var dtype: DType
  /// PyTorch's name.
  var name: String
  /// Other names of PyTorch's.
  var aliases: [String] = []
  /// The type that formulas are computed in.
  var compute: DType
  /// The type that sums, products and statistics are formed in.
  var accumulate: DType
  /// The type in which the kernels that sort and select compare elements; nil where there are none.
  var order: DType?
  /// The place among integers, floating point or complex types in promotion: the higher one wins, and two types of one
  /// place give the one that `join` names. Nil: the type is not promoted to another of its kind.
  var rank: Int?
  var join: DType?
  /// The complex type that promotion leads to where it meets a complex number; nil: none.
  var complex: DType?
  /// The type of the parts of complex numbers; of others the type itself.
  var real: DType
  /// Bits of the significand of a floating point type, with the hidden one.
  var digits = 0
  /// The largest finite number of a floating point type.
  var largest = 0.0
  /// The range of an integer type.
  var lowest: Int = 0
  var highest: UInt = 0
  /// The name of the type in safetensors files.
  var safetensors: String?
  /// The name of the type in exported C.
  var c: String?
  /// What is known of a registered type.
  var registered: RegisteredType?

  /// The rows of the built-in types, each at the place of its number.
  static let builtIn: [ElementType] = [
    .integer(.bool, "bool", 0...1, order: .int32, rank: 0, file: "BOOL", c: "unsigned char"),
    .integer(.uint8, "uint8", 0...255, order: .int32, rank: 0, join: .int16, file: "U8", c: "unsigned char"),
    .integer(.int8, "int8", -0x80...0x7f, order: .int32, rank: 0, join: .int16, file: "I8", c: "signed char"),
    .integer(.int16, "int16", aliases: ["short"], -0x8000...0x7fff, order: .int32, rank: 1, file: "I16", c: "short"),
    .integer(
      .int32, "int32", aliases: ["int"], -0x8000_0000...0x7fff_ffff, order: .int32, rank: 2, file: "I32", c: "int"),
    .integer(
      .int64, "int64", aliases: ["long"], Int.min...Int.max, order: .int64, rank: 3, file: "I64", c: "long long"),
    .floating(
      .float16, "float16", aliases: ["half"], digits: 11, largest: 65504, rank: 0, join: .float32, complex: .complex32,
      file: "F16"),
    .floating(
      .bfloat16, "bfloat16", digits: 8, largest: 0x1.fep127, rank: 0, join: .float32, complex: .complex64, file: "BF16"),
    .floating(
      .float32, "float32", aliases: ["float"], digits: 24, largest: 0x1.fffffep127, rank: 1, complex: .complex64,
      file: "F32",
      c: "float"),
    .floating(
      .float64, "float64", aliases: ["double"], digits: 53, largest: .greatestFiniteMagnitude, in: .float64, rank: 2,
      complex: .complex128, file: "F64", c: "double"),
    // PyTorch promotes these integers to floating point types only.
    .integer(.uint16, "uint16", 0...0xffff, order: .int32, complex: nil, file: "U16"),
    .integer(.uint32, "uint32", 0...0xffff_ffff, order: .int64, complex: nil, file: "U32"),
    // Sums wrap as those of int64 do; what depends on the sign has kernels of its own.
    ElementType(
      dtype: .uint64, name: "uint64", compute: .uint64, accumulate: .int64, real: .uint64, highest: .max,
      safetensors: "U64"),
    .floating(.float8e4m3fn, "float8_e4m3fn", digits: 4, largest: 448, file: "F8_E4M3"),
    .floating(.float8e5m2, "float8_e5m2", digits: 3, largest: 57344, file: "F8_E5M2"),
    .complex(.complex64, "complex64", aliases: ["cfloat"], of: .float32, rank: 1, file: "C64"),
    .complex(.complex128, "complex128", aliases: ["cdouble"], of: .float64, rank: 2),
    .complex(.complex32, "complex32", aliases: ["chalf"], of: .float16, in: .complex64, rank: 0),
  ]

  private static func integer(
    _ dtype: DType, _ name: String, aliases: [String] = [], _ range: ClosedRange<Int>, order: DType,
    rank: Int? = nil, join: DType? = nil, complex: DType? = .complex64, file: String, c: String? = nil
  ) -> ElementType {
    ElementType(
      dtype: dtype, name: name, aliases: aliases, compute: .int64, accumulate: .int64, order: order, rank: rank,
      join: join, complex: complex, real: dtype, lowest: range.lowerBound, highest: UInt(range.upperBound),
      safetensors: file, c: c)
  }

  private static func floating(
    _ dtype: DType, _ name: String, aliases: [String] = [], digits: Int, largest: Double, in compute: DType = .float32,
    rank: Int? = nil, join: DType? = nil, complex: DType? = nil, file: String, c: String? = nil
  ) -> ElementType {
    ElementType(
      dtype: dtype, name: name, aliases: aliases, compute: compute, accumulate: compute, order: compute, rank: rank,
      join: join, complex: complex, real: dtype, digits: digits, largest: largest, safetensors: file, c: c)
  }

  private static func complex(
    _ dtype: DType, _ name: String, aliases: [String], of real: DType, in compute: DType? = nil, rank: Int,
    file: String? = nil
  ) -> ElementType {
    ElementType(
      dtype: dtype, name: name, aliases: aliases, compute: compute ?? dtype, accumulate: compute ?? dtype, rank: rank,
      complex: dtype,
      real: real, safetensors: file)
  }
}

/// The rows in memory, by number. A row is written once, before its number is given away, so reading needs no lock.
private final class ElementTable: Sendable {
  /// How many types can be registered.
  static let capacity = 64
  nonisolated(unsafe) let rows: UnsafeMutablePointer<ElementType>

  init() {
    rows = .allocate(capacity: ElementType.builtIn.count + Self.capacity)
    rows.initialize(from: ElementType.builtIn, count: ElementType.builtIn.count)
  }
}

private let table = ElementTable()

extension DType {
  /// What the table says of this type.
  var row: UnsafePointer<ElementType> { UnsafePointer(table.rows + Int(rawValue)) }

  /// How many types can be registered.
  static let customCapacity = ElementTable.capacity

  /// Makes the row of the registered type number `i`, before anybody knows its number.
  /// - Precondition: `i` is below ``customCapacity``, and was not used yet.
  static func append(_ kernels: CustomKernels, number i: Int) -> DType {
    let dtype = DType(raw: UInt8(ElementType.builtIn.count + i))
    (table.rows + Int(dtype.rawValue)).initialize(
      to: ElementType(
        dtype: dtype, name: kernels.name, compute: dtype, accumulate: dtype, real: dtype,
        largest: Double(Float.greatestFiniteMagnitude), registered: RegisteredType(kernels)))
    return dtype
  }

  /// The registered type number `i`, of those that there are.
  package static func custom(number i: Int) -> DType { table.rows[ElementType.builtIn.count + i].dtype }

  /// The loops of a registered type.
  /// - Precondition: ``isCustom``: only registration makes such types.
  package var custom: RegisteredType { row.pointee.registered.unsafelyUnwrapped }

  /// The version of how an element of a registered type lies in memory; nil of others.
  package var layoutVersion: Int? { isCustom ? custom.loops.layoutVersion : nil }
  /// The numbers that an element of a registered type has in memory; empty of others.
  package var fields: [ElementField] { isCustom ? custom.loops.fields : [] }

  /// The element type of gradients: the type itself, or what a registered type declares; nil: there are none.
  package var gradientType: DType? { isCustom ? custom.loops.gradient.type(of: self) : self }

  /// ``size`` of a registered type.
  @usableFromInline var customSize: Int { custom.loops.size }

  /// The type that formulas are computed in: float32 for float16, int64 for int8.
  package var computeType: DType { row.pointee.compute }
  /// The distance from 1 to the next larger number of a floating point type.
  package var epsilon: Double { Double(sign: .plus, exponent: 1 - row.pointee.digits, significand: 1) }
  /// The type that sums, products and statistics are formed in.
  package var accumulateType: DType { row.pointee.accumulate }
  /// The type that means are formed in. The sum of elements that stand for numbers of a narrow range may lie beyond it where
  /// their mean does not.
  package var meanType: DType {
    roundsNumbers ? .float64 : accumulateType
  }
  /// Whether elements are of a registered type and stand for numbers, which they round.
  package var roundsNumbers: Bool {
    if isCustom, case .straightThrough = custom.loops.gradient { return true }
    return false
  }
  /// - Throws: where elements of a registered type, whose bytes these are, refer to the memory of this program.
  package func requireSelfContained(_ bytes: UnsafeRawBufferPointer, _ operation: String) throws(TensorError) {
    guard isCustom, let first = bytes.baseAddress, !custom.loops.areSelfContained(first, bytes.count / size) else {
      return
    }
    throw TensorError(
      .value, operation,
      "some elements of \(self) refer to the memory of this program, and mean nothing in a file; convert them, for "
        + "example with .to(.float64)")
  }
  /// The type of the parts of complex numbers; of others the type itself.
  public var realType: DType { row.pointee.real }
  /// The type of complex numbers with parts that hold these numbers; nil where there is none.
  public var complexType: DType? { row.pointee.complex }
  /// The name of the type in safetensors files; nil: the format has none.
  package var safetensorsName: String? { row.pointee.safetensors }
  /// The name of the type in C; nil: exported programs cannot hold it.
  package var cName: String? { row.pointee.c }
  /// The largest finite number of a floating point type.
  package var largestFinite: Double { row.pointee.largest }
  /// Bits of the significand with its hidden one, for floating point types.
  package var significandDigits: Int { row.pointee.digits }
  /// The greatest value of an integer type, if an Int can hold it; 1 for bool.
  var greatestInteger: Int { Int(clamping: row.pointee.highest) }
  /// The least value of an integer type.
  var leastInteger: Int { row.pointee.lowest }

  /// The type in which elements are compared by the kernels that sort and select.
  package func orderType(_ operation: String) throws(TensorError) -> DType {
    if let order = row.pointee.order { return order }
    throw TensorError(
      .dtype, operation,
      isComplex ? "\(self) tensors have no order; use abs() or real" : "has no kernel that compares \(self) elements")
  }
}

/// Work on elements of a type that is known only when the program runs: written once, and compiled for each type.
protocol ElementTask {
  associatedtype Result
  func run<T: ComputeElement>(_: T.Type) throws(TensorError) -> Result
}

/// Work with sums and products: ``ElementTask`` for the types that those are formed in.
protocol AccumulationTask {
  associatedtype Result
  func run<T: ScanElement>(_: T.Type) throws(TensorError) -> Result
}

extension DType {
  /// Runs `task` on the Swift type that elements of this type are computed in.
  /// - Throws: what `task` throws, and an error for registered types, which have engines of their own.
  @inline(__always)
  func perform<Task: ElementTask>(_ task: Task) throws(TensorError) -> Task.Result {
    switch computeType {
    case .float32: return try task.run(Float.self)
    case .float64: return try task.run(Double.self)
    case .int64: return try task.run(Int64.self)
    case .uint64: return try task.run(UInt64.self)
    case .complex64: return try task.run(ComplexPair<Float>.self)
    case .complex128: return try task.run(ComplexPair<Double>.self)
    default: throw TensorError(.dtype, "compute", "there are no kernels for \(self) elements")
    }
  }

  /// Runs `task` on the Swift type that sums of elements of this type are formed in.
  @inline(__always)
  func accumulate<Task: AccumulationTask>(_ task: Task) throws(TensorError) -> Task.Result {
    switch accumulateType {
    case .float32: return try task.run(Float.self)
    case .float64: return try task.run(Double.self)
    case .int64: return try task.run(Int64.self)
    case .complex64: return try task.run(ComplexPair<Float>.self)
    case .complex128: return try task.run(ComplexPair<Double>.self)
    default: throw TensorError(.dtype, "sum", "there are no kernels for sums of \(self) elements")
    }
  }
}
