import ApusCore
import CFourier

/// The parts of numbers that transforms run on: the loops of one element type.
protocol FourierElement: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  typealias Source = UnsafePointer<Self>
  typealias Target = UnsafeMutablePointer<Self>

  static var dtype: DType { get }
  static func pass(
    _ stage: FourierPlan<Self>.Stage, inner: Int, _ x: SplitNumbers<Self>, _ y: SplitNumbers<Self>, _ blocks: Range<Int>
  )
  static func load(_ from: Source, _ places: inout cf_places, _ count: Int, _ to: SplitNumbers<Self>)
  static func store(_ to: Target, _ places: inout cf_places, _ count: Int, _ from: SplitNumbers<Self>, _ scale: Self)
  static func unpack(
    _ z: SplitNumbers<Self>, _ x: SplitNumbers<Self>, _ half: Int, _ lanes: Int, _ factors: FourierFactors<Self>)
  static func pack(
    _ x: SplitNumbers<Self>, _ z: SplitNumbers<Self>, _ half: Int, _ lanes: Int, _ factors: FourierFactors<Self>)
  static func turn(_ x: SplitNumbers<Self>, _ count: Int, _ lanes: Int, _ factors: FourierFactors<Self>)
}

/// Complex numbers as two arrays of their parts.
struct SplitNumbers<Part> {
  let real: UnsafeMutablePointer<Part>
  let imaginary: UnsafeMutablePointer<Part>

  /// The numbers with the parts exchanged: the transform of those is the inverse one with its parts exchanged.
  var exchanged: SplitNumbers { SplitNumbers(real: imaginary, imaginary: real) }
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

extension Float: FourierElement {
  static var dtype: DType { .float32 }

  static func pass(
    _ stage: FourierPlan<Float>.Stage, inner: Int, _ x: SplitNumbers<Float>, _ y: SplitNumbers<Float>,
    _ blocks: Range<Int>
  ) {
    cf_pass_f32(
      stage.radix, stage.m, inner, stage.cosines, stage.sines, stage.roots, x.real, x.imaginary, y.real, y.imaginary,
      blocks.lowerBound, blocks.upperBound)
  }
  static func load(_ from: Source, _ places: inout cf_places, _ count: Int, _ to: SplitNumbers<Float>) {
    cf_load_f32(from, &places, count, to.real, to.imaginary)
  }
  static func store(
    _ to: Target, _ places: inout cf_places, _ count: Int, _ from: SplitNumbers<Float>, _ scale: Float
  ) { cf_store_f32(to, &places, count, from.real, from.imaginary, scale) }
  static func unpack(
    _ z: SplitNumbers<Float>, _ x: SplitNumbers<Float>, _ half: Int, _ lanes: Int, _ factors: FourierFactors<Float>
  ) { cf_unpack_f32(z.real, z.imaginary, x.real, x.imaginary, half, lanes, factors.cosines, factors.sines) }
  static func pack(
    _ x: SplitNumbers<Float>, _ z: SplitNumbers<Float>, _ half: Int, _ lanes: Int, _ factors: FourierFactors<Float>
  ) { cf_pack_f32(x.real, x.imaginary, z.real, z.imaginary, half, lanes, factors.cosines, factors.sines) }
  static func turn(_ x: SplitNumbers<Float>, _ count: Int, _ lanes: Int, _ factors: FourierFactors<Float>) {
    cf_turn_f32(x.real, x.imaginary, count, lanes, factors.cosines, factors.sines)
  }
}

extension Double: FourierElement {
  static var dtype: DType { .float64 }

  static func pass(
    _ stage: FourierPlan<Double>.Stage, inner: Int, _ x: SplitNumbers<Double>, _ y: SplitNumbers<Double>,
    _ blocks: Range<Int>
  ) {
    cf_pass_f64(
      stage.radix, stage.m, inner, stage.cosines, stage.sines, stage.roots, x.real, x.imaginary, y.real, y.imaginary,
      blocks.lowerBound, blocks.upperBound)
  }
  static func load(_ from: Source, _ places: inout cf_places, _ count: Int, _ to: SplitNumbers<Double>) {
    cf_load_f64(from, &places, count, to.real, to.imaginary)
  }
  static func store(
    _ to: Target, _ places: inout cf_places, _ count: Int, _ from: SplitNumbers<Double>, _ scale: Double
  ) { cf_store_f64(to, &places, count, from.real, from.imaginary, scale) }
  static func unpack(
    _ z: SplitNumbers<Double>, _ x: SplitNumbers<Double>, _ half: Int, _ lanes: Int, _ factors: FourierFactors<Double>
  ) { cf_unpack_f64(z.real, z.imaginary, x.real, x.imaginary, half, lanes, factors.cosines, factors.sines) }
  static func pack(
    _ x: SplitNumbers<Double>, _ z: SplitNumbers<Double>, _ half: Int, _ lanes: Int, _ factors: FourierFactors<Double>
  ) { cf_pack_f64(x.real, x.imaginary, z.real, z.imaginary, half, lanes, factors.cosines, factors.sines) }
  static func turn(_ x: SplitNumbers<Double>, _ count: Int, _ lanes: Int, _ factors: FourierFactors<Double>) {
    cf_turn_f64(x.real, x.imaginary, count, lanes, factors.cosines, factors.sines)
  }
}
