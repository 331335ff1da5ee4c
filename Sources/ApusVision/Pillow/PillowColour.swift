import ApusCore
import CVision

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Pillow's arithmetic with the bytes of pictures `[C, H, W]`: `ImageEnhance`, `ImageOps` and conversions.
enum Pillow {
  /// The picture of bytes whose elements `fill` writes, from those of `x`.
  private static func made(
    _ shape: [Int], from x: Tensor, _ fill: (UnsafeBufferPointer<UInt8>, UnsafeMutableBufferPointer<UInt8>) -> Void
  ) -> Tensor {
    let result = Tensor.uninitialized(shape, .uint8)
    let bytes = result.body.data.assumingMemoryBound(to: UInt8.self)
    x.withUnsafeBytes { source in
      fill(
        source.assumingMemoryBound(to: UInt8.self), UnsafeMutableBufferPointer(start: bytes, count: result.count))
    }
    return result.placed(with: x)
  }

  /// Whether the last channel is alpha.
  static func hasAlpha(_ x: Tensor) -> Bool { x.channels == 2 || x.channels == 4 }

  static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

  /// The brightness, `[1, H, W]`.
  static func luma(_ x: Tensor) -> Tensor {
    if x.channels < 3 { return x.narrow(0, 0, 1) }
    let area = x.height * x.width
    return made([1, x.height, x.width], from: x) { source, out in
      for i in 0..<area {
        let sum = Int(source[i]) * 19595 + Int(source[area + i]) * 38470 + Int(source[2 * area + i]) * 7471
        out[i] = UInt8((sum + 0x8000) >> 16)
      }
    }
  }

  /// `first` + factor (second - first), cut to whole numbers. Alpha is that of the second.
  static func blend(_ first: Tensor, _ second: Tensor, _ factor: Double) -> Tensor {
    let factor = Float(factor)
    let count = second.count
    let colours = hasAlpha(second) ? count / second.channels * (second.channels - 1) : count
    let base = first.contiguous()
    return made(second.shape, from: second) { source, out in
      base.withUnsafeBytes { base in
        for i in 0..<count {
          guard i < colours else {
            out[i] = source[i]
            continue
          }
          let (a, b) = (Int32(base[i]), Int32(source[i]))
          let value = Float(a) + factor * Float(b - a)
          out[i] = value <= 0 ? 0 : value >= 255 ? 255 : UInt8(value)
        }
      }
    }
  }

  /// Each byte by a table; alpha stays.
  static func lookedUp(_ x: Tensor, _ table: [UInt8]) -> Tensor {
    let colours = hasAlpha(x) ? x.count / x.channels * (x.channels - 1) : x.count
    return made(x.shape, from: x) { source, out in
      guard let from = source.baseAddress, let to = out.baseAddress else { return }
      cv_look_up(from, to, colours, table)
      for i in colours..<x.count { to[i] = from[i] }
    }
  }

  /// Each channel by a table of its own, made of how often each value is there.
  private static func lookedUp(_ x: Tensor, by table: ([Int]) -> [UInt8]?) -> Tensor {
    let area = x.height * x.width
    return made(x.shape, from: x) { source, out in
      guard let from = source.baseAddress, let to = out.baseAddress else { return }
      for c in 0..<x.channels {
        var counts = [UInt32](repeating: 0, count: 256)
        cv_histogram(from + c * area, area, &counts)
        let table = table(counts.map { Int($0) }) ?? (0...255).map { UInt8($0) }
        cv_look_up(from + c * area, to + c * area, area, table)
      }
    }
  }

  static func autocontrast(_ x: Tensor) -> Tensor {
    lookedUp(
      x,
      by: { counts in
        guard let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }), low < high
        else { return nil }
        let scale = 255.0 / Double(high - low)
        return (0..<256).map { UInt8(clamping: Int(Double($0) * scale - Double(low) * scale)) }
      })
  }

  static func equalized(_ x: Tensor) -> Tensor {
    lookedUp(
      x,
      by: { counts in
        guard counts.count(where: { $0 > 0 }) > 1, let last = counts.last(where: { $0 > 0 }) else { return nil }
        let step = (counts.reduce(0, +) - last) / 255
        guard step > 0 else { return nil }
        var sum = step / 2
        return counts.map { count in
          defer { sum += count }
          return UInt8(clamping: sum / step)
        }
      })
  }

  /// The mean of 3 x 3 pixels, the middle counted five times; the border stays.
  static func smoothed(_ x: Tensor) -> Tensor {
    let (rows, columns) = (x.height, x.width)
    if rows < 3 || columns < 3 { return x }
    let (side, middle) = (Float(1.0 / 13), Float(5.0 / 13))
    return made(x.shape, from: x) { source, out in
      for i in 0..<x.count {
        let (y, column) = (i / columns % rows, i % columns)
        guard y > 0, y < rows - 1, column > 0, column < columns - 1 else {
          out[i] = source[i]
          continue
        }
        var sum: Float = 0.5
        for step in [1, 0, -1] {
          let row = i + step * columns
          sum +=
            Float(source[row - 1]) * side + Float(source[row]) * (step == 0 ? middle : side) + Float(source[row + 1])
            * side
        }
        out[i] = sum <= 0 ? 0 : sum >= 255 ? 255 : UInt8(sum)
      }
    }
  }

  // MARK: Hue

  static func withHue(_ x: Tensor, turnedBy factor: Double) -> Tensor {
    let area = x.height * x.width
    let step = UInt8(truncatingIfNeeded: Int(factor * 255))
    return made(x.shape, from: x) { source, out in
      for i in 0..<x.count where i >= 3 * area { out[i] = source[i] }
      for i in 0..<area {
        let (hue, saturation) = hueAndSaturation(source[i], source[area + i], source[2 * area + i])
        let value = max(source[i], source[area + i], source[2 * area + i])
        let (r, g, b) = colour(hue &+ step, saturation, value)
        (out[i], out[area + i], out[2 * area + i]) = (r, g, b)
      }
    }
  }

  private static func hueAndSaturation(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> (UInt8, UInt8) {
    let (most, least) = (max(r, g, b), min(r, g, b))
    if most == least { return (0, 0) }
    let range = Float(most - least)
    func part(_ c: UInt8) -> Float { Float(most - c) / range }
    let sector: Float =
      r == most
      ? part(b) - part(g)
      : Float(g == most ? 2 + Double(part(r)) - Double(part(b)) : 4 + Double(part(g)) - Double(part(r)))
    let hue = Float(fmod(Double(sector) / 6 + 1, 1))
    let saturation = range / Float(most)
    return (UInt8(clamping: Int(Double(hue) * 255)), UInt8(clamping: Int(Double(saturation) * 255)))
  }

  private static func colour(_ hue: UInt8, _ saturation: UInt8, _ value: UInt8) -> (UInt8, UInt8, UInt8) {
    if saturation == 0 { return (value, value, value) }
    let place = Double(Float(hue)) * 6 / 255
    let sector = place.rounded(.down)
    let part = Double(Float(place - sector))
    let s = Double(Float(Double(saturation) / 255))
    func byte(_ x: Double) -> UInt8 { UInt8(clamping: Int((Double(value) * x).rounded(.toNearestOrAwayFromZero))) }
    let (p, q, t) = (byte(1 - s), byte(1 - s * part), byte(1 - s * (1 - part)))
    switch Int(sector) % 6 {
    case 0: return (value, t, p)
    case 1: return (q, value, p)
    case 2: return (p, value, t)
    case 3: return (p, q, value)
    case 4: return (t, p, value)
    default: return (value, p, q)
    }
  }

  // MARK: Alpha

  /// Colours times alpha, so that what is transparent does not count where pixels are mixed.
  static func premultiplied(_ x: Tensor) -> Tensor {
    withAlpha(x) { colour, alpha in
      let product = Int(colour) * Int(alpha) + 128
      return UInt8(((product >> 8) + product) >> 8)
    }
  }

  /// The inverse of ``premultiplied(_:)``.
  static func unmultiplied(_ x: Tensor) -> Tensor {
    withAlpha(x) { colour, alpha in
      alpha == 255 || alpha == 0 ? colour : UInt8(clamping: 255 * Int(colour) / Int(alpha))
    }
  }

  private static func withAlpha(_ x: Tensor, _ change: (UInt8, UInt8) -> UInt8) -> Tensor {
    let area = x.height * x.width
    let colours = (x.channels - 1) * area
    return made(x.shape, from: x) { source, out in
      for i in 0..<x.count { out[i] = i < colours ? change(source[i], source[colours + i % area]) : source[i] }
    }
  }
}
