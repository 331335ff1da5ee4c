import ApusCore

/// Numbers with units, as people write them: `80GB`, `25Gbit/s`, `5ms`, `400 TFLOPS`.
public enum Quantity {
  private static let decimal: [Character: Double] = [
    "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18,
  ]

  /// Bytes: `80GB`, `512MiB`, `1.5TB`; GB are 10⁹ bytes, GiB 2³⁰.
  /// - Throws: `TensorError` that says which units there are.
  public static func bytes(_ text: String) throws(TensorError) -> Double {
    let (number, unit) = try parts(text, "a memory", "80GB, 64GiB or 512MB")
    if let scale = binary(unit, "iB") { return number * scale }
    if unit == "B" { return number }
    if let prefix = unit.first, unit.dropFirst() == "B", let scale = decimal[prefix] { return number * scale }
    throw wrong(text, "a memory", "80GB, 64GiB or 512MB")
  }

  /// Bytes per second, of bits or bytes: `1Gbit`, `100Gbit/s`, `25Gbps`, `900GB/s`.
  /// - Throws: `TensorError` that says which units there are.
  public static func bandwidth(_ text: String) throws(TensorError) -> Double {
    let example = "100Gbit (bits per second) or 12.5GB/s (bytes per second)"
    var (number, unit) = try parts(text, "a bandwidth", example)
    if unit.hasSuffix("/s") {
      unit = String(unit.dropLast(2))
    } else if unit.hasSuffix("ps") {
      unit = String(unit.dropLast(2))
    }
    guard let prefix = unit.first else { throw wrong(text, "a bandwidth", example) }
    let (scale, rest) = decimal[prefix].map { ($0, unit.dropFirst()) } ?? (1, unit[...])
    switch rest {
    case "bit", "b", "bits": number *= scale / 8
    case "B": number *= scale
    case "iB":
      guard let scale = binary(unit, "iB") else { throw wrong(text, "a bandwidth", example) }
      number *= scale
    default: throw wrong(text, "a bandwidth", example)
    }
    return number
  }

  /// Seconds: `5ms`, `20us`, `2µs`, `300ns`, `1s`.
  /// - Throws: `TensorError` that says which units there are.
  public static func seconds(_ text: String) throws(TensorError) -> Double {
    let (number, unit) = try parts(text, "a time", "5ms, 20us or 1s", allowsZero: true)
    switch unit {
    case "s": return number
    case "ms": return number * 1e-3
    case "us", "µs", "μs": return number * 1e-6
    case "ns": return number * 1e-9
    case "" where number == 0: return 0
    default: throw wrong(text, "a time", "5ms, 20us or 1s")
    }
  }

  /// Floating-point operations per second: `400TFLOPS`, `150 GFLOP/s`, `60G`.
  /// - Throws: `TensorError` that says which units there are.
  public static func flops(_ text: String) throws(TensorError) -> Double {
    let (number, unit) = try parts(text, "a rate of operations", "400TFLOPS or 50GFLOPS")
    let tail = unit.dropFirst().uppercased()
    guard let prefix = unit.first, let scale = decimal[prefix], ["", "FLOPS", "FLOP/S", "FLOP", "OPS"].contains(tail)
    else { throw wrong(text, "a rate of operations", "400TFLOPS or 50GFLOPS") }
    return number * scale
  }

  private static func binary(_ unit: String, _ tail: String) -> Double? {
    guard unit.hasSuffix(tail), unit.count == 3,
      let place = "KMGTP".firstIndex(of: Character(unit.prefix(1).uppercased()))
    else { return nil }
    let power = "KMGTP".distance(from: "KMGTP".startIndex, to: place) + 1
    return (0..<power).reduce(1.0) { product, _ in product * 1024 }
  }

  private static func parts(
    _ text: String, _ what: String, _ example: String, allowsZero: Bool = false
  ) throws(TensorError) -> (Double, String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number.isFinite, number > 0 || allowsZero && number == 0 else {
      throw wrong(text, what, example)
    }
    return (number, text.dropFirst(digits.count).filter { $0 != " " })
  }

  private static func wrong(_ text: String, _ what: String, _ example: String) -> TensorError {
    TensorError(.value, "plan", "'\(text)' is not \(what); write \(example)")
  }

  /// `12.3 GB`, at most three digits before the point.
  public static func text(bytes: Double) -> String { scaled(bytes, ["B", "kB", "MB", "GB", "TB", "PB", "EB"]) }

  /// `12.3 ms`.
  public static func text(seconds: Double) -> String {
    if seconds >= 100 { return "\(Int(seconds.rounded())) s" }
    if seconds >= 1 || seconds == 0 { return "\(digits(seconds)) s" }
    return seconds >= 1e-3 ? "\(digits(seconds * 1e3)) ms" : "\(digits(seconds * 1e6)) µs"
  }

  /// `7.24 B`: a number of parameters.
  public static func text(count: Double) -> String {
    count < 1000 ? "\(Int(count))" : scaled(count, ["", "k", "M", "B", "T"])
  }

  private static func scaled(_ value: Double, _ units: [String]) -> String {
    guard value.isFinite else { return "∞" }
    var (value, i) = (value, 0)
    while value >= 999.5, i + 1 < units.count { (value, i) = (value / 1000, i + 1) }
    return i == 0 ? "\(Int(value.rounded())) \(units[i])" : "\(digits(value)) \(units[i])"
  }

  /// Three digits that count.
  static func digits(_ value: Double) -> String {
    guard value.isFinite else { return "∞" }
    let places = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
    return fixed(value, places)
  }

  /// With so many digits behind the point.
  static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "∞" }
    let scale = [1.0, 10, 100, 1000][places]
    let all = Int((abs(value) * scale).rounded())
    let sign = value < 0 && all > 0 ? "-" : ""
    if places == 0 { return "\(sign)\(all)" }
    let rest = String(all % Int(scale))
    return "\(sign)\(all / Int(scale))." + String(repeating: "0", count: places - rest.count) + rest
  }
}
