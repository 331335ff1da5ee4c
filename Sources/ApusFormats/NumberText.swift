#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Numbers as people write them.
package enum NumberText {
  /// With a fixed number of decimals.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    let scaled = (abs(value) * pow(10, Double(decimals))).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    var digits = String(Int(scaled))
    if digits.count <= decimals { digits = String(repeating: "0", count: decimals + 1 - digits.count) + digits }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    return sign + digits.dropLast(decimals) + (decimals > 0 ? "." + digits.suffix(decimals) : "")
  }

  /// A tick of an axis whose ticks are `step` apart: `0.25`, `40`, `20k`, `3e-5`.
  package static func tick(_ value: Double, step: Double) -> String {
    if value == 0 { return "0" }
    if step < 0.99e-4 || abs(value) >= 1e9 { return scientific(value) }
    if step >= 999, value.truncatingRemainder(dividingBy: 1000) == 0 {
      return step >= 999_999 && value.truncatingRemainder(dividingBy: 1e6) == 0
        ? fixed(value / 1e6, decimals: 0) + "M" : fixed(value / 1000, decimals: 0) + "k"
    }
    return fixed(value, decimals: max(0, Int((-log10(step) - 1e-9).rounded(.up))))
  }

  /// With about three digits that matter: `0.0312`, `0.984`, `27.4`, `3.2e-5`.
  package static func short(_ value: Double) -> String {
    let size = abs(value)
    guard value.isFinite else { return "\(value)" }
    if value == 0 { return "0" }
    if size >= 1e6 || size < 1e-3 { return scientific(value) }
    let decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4
    let text = fixed(value, decimals: decimals)
    guard text.contains(".") else { return text }
    return String(String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()))
  }

  /// With as many decimals as its neighbours in time, so that columns stay in place: `0.0312`, `0.3000`, `27.40`, `3.2e-5`.
  package static func steady(_ value: Double) -> String {
    let size = abs(value)
    guard value.isFinite, size == 0 || 1e-3..<1e6 ~= size else { return short(value) }
    return fixed(value, decimals: size < 10 ? 4 : size < 1000 ? 2 : 0)
  }

  private static func scientific(_ value: Double) -> String {
    // Here powers of ten are no longer exact.
    guard abs(value) > 1e-300 else { return "\(value)" }
    var power = Int(log10(abs(value)).rounded(.down))
    var digits = fixed(value / pow(10, Double(power)), decimals: 1)
    if digits.hasPrefix("10") || digits.hasPrefix("-10") {
      power += 1
      digits = fixed(value / pow(10, Double(power)), decimals: 1)
    }
    if digits.hasSuffix(".0") { digits.removeLast(2) }
    return "\(digits)e\(power)"
  }
}

extension String {
  /// This text with other texts in place of the characters that `replacement` gives one for.
  package func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
    var result = ""
    for scalar in unicodeScalars {
      if let text = replacement(scalar) { result += text } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }
}
