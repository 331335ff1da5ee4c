import ApusCore
import CFourier

/// The parts of numbers that transforms run on.
protocol FourierElement: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  static var dtype: DType { get }
  static var fourierKernels: FourierKernels<Self> { get }
}

/// The C loops of one element type.
struct FourierKernels<Part>: Sendable {
  typealias In = UnsafePointer<Part>?
  typealias Out = UnsafeMutablePointer<Part>?
  typealias Places = UnsafePointer<cf_places>?

  let pass: @Sendable (Int, Int, Int, In, In, In, In, In, Out, Out, Int, Int) -> Void
  let load: @Sendable (In, Places, Int, Out, Out) -> Void
  let store: @Sendable (Out, Places, Int, In, In, Part) -> Void
  let columns: @Sendable (In, In, Int, Int, Int, Out, Out) -> Void
  let turnColumns: @Sendable (In, In, Int, Int, In, In, In, In, Int, Out, Out, Int) -> Void
  let rows: @Sendable (In, In, Int, Int, Int, Out, Out) -> Void
  let unpack: @Sendable (In, In, Out, Out, Int, Int, In, In) -> Void
  let pack: @Sendable (In, In, Out, Out, Int, Int, In, In) -> Void
  let turn: @Sendable (Out, Out, Int, Int, In, In) -> Void
}

extension Float: FourierElement {
  static var dtype: DType { .float32 }
  static var fourierKernels: FourierKernels<Float> {
    FourierKernels(
      pass: cf_pass_f32, load: cf_load_f32, store: cf_store_f32, columns: cf_columns_f32,
      turnColumns: cf_turn_columns_f32, rows: cf_rows_f32, unpack: cf_unpack_f32, pack: cf_pack_f32, turn: cf_turn_f32)
  }
}

extension Double: FourierElement {
  static var dtype: DType { .float64 }
  static var fourierKernels: FourierKernels<Double> {
    FourierKernels(
      pass: cf_pass_f64, load: cf_load_f64, store: cf_store_f64, columns: cf_columns_f64,
      turnColumns: cf_turn_columns_f64, rows: cf_rows_f64, unpack: cf_unpack_f64, pack: cf_pack_f64, turn: cf_turn_f64)
  }
}

/// Complex numbers as two arrays of their parts.
struct SplitNumbers<Part> {
  let real: UnsafeMutablePointer<Part>
  let imaginary: UnsafeMutablePointer<Part>

  /// The numbers with the parts exchanged: the transform of those is the inverse one with its parts exchanged.
  var exchanged: SplitNumbers { SplitNumbers(real: imaginary, imaginary: real) }

  static func + (numbers: SplitNumbers, places: Int) -> SplitNumbers {
    SplitNumbers(real: numbers.real + places, imaginary: numbers.imaginary + places)
  }
}

/// Two arrays of numbers for a while, from the caching allocator: fresh pages would cost more than a transform.
func withSplitNumbers<Part: FourierElement>(
  _ count: Int, of: Part.Type = Part.self, _ body: (SplitNumbers<Part>, SplitNumbers<Part>) -> Void
) {
  // Arrays that begin a multiple of pages apart would share the lines of the first cache.
  let room = (count + 15) / 16 * 16 + 32
  let bytes = max(64, 4 * room * MemoryLayout<Part>.stride)
  guard let memory = Allocator.shared.allocate(bytes) else {
    stop(TensorError(.memory, "out of memory", "cannot allocate \(bytes) bytes to transform in"))
  }
  defer { Allocator.shared.deallocate(memory, bytes) }
  let first = memory.assumingMemoryBound(to: Part.self)
  body(
    SplitNumbers(real: first, imaginary: first + room),
    SplitNumbers(real: first + 2 * room, imaginary: first + 3 * room))
}

/// Cosines and sines.
struct FourierFactors<Part: FourierElement>: Sendable {
  let cosines: [Part]
  let sines: [Part]

  /// Those of 2π times the fractions `numerators / denominator`.
  init(_ numerators: some Sequence<Int>, over denominator: Int) {
    var cosines: [Part] = []
    var sines: [Part] = []
    for numerator in numerators {
      let (c, s) = unitRoot(numerator, denominator)
      cosines.append(Part(c))
      sines.append(Part(s))
    }
    (self.cosines, self.sines) = (cosines, sines)
  }

  init(cosines: [Part], sines: [Part]) { (self.cosines, self.sines) = (cosines, sines) }
}
