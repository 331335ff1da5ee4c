import ApusCore
import ApusFunctional

// The arguments of transforms, checked as torchvision checks them.

/// Height and width of one number or two.
func settledSize(_ size: [Int]?, _ name: String) -> [Int] {
  guard let size, size.count == 1 || size.count == 2 else {
    report(TensorError(.value, name, "Please provide only two dimensions (h, w) for size, and found \(size ?? [])"))
    return [1, 1]
  }
  return size.count == 1 ? [size[0], size[0]] : size
}

/// A range of one number, around 0, or of as many as `counts` says.
func settledAngles(_ angles: [Double], _ label: String, _ name: String, counts: [Int] = [2]) -> [Double] {
  if angles.count == 1 {
    if angles[0] < 0 {
      report(TensorError(.value, name, "If \(label) is a single number, it must be positive, and found \(angles[0])"))
    }
    return [0 - abs(angles[0]), abs(angles[0])]
  }
  if !counts.contains(angles.count) {
    report(
      TensorError(
        .value, name,
        "\(label) should be a sequence of length \(counts.map { "\($0)" }.joined(separator: " or ")), and found \(angles)"
      ))
    return [0, 0]
  }
  return angles
}

/// Two numbers of one or two.
func settledPair(_ values: [Double], _ label: String, _ name: String) -> [Double] {
  guard values.count == 1 || values.count == 2 else {
    report(
      TensorError(.value, name, "If \(label) is a sequence its length should be 1 or 2. Got \(values.count)"))
    return [1, 1]
  }
  return values.count == 1 ? [values[0], values[0]] : values
}

/// A point of two numbers, or none.
func settledCentre(_ values: [Double], _ name: String) -> [Double]? {
  if values.isEmpty { return nil }
  if values.count != 2 {
    report(TensorError(.value, name, "center should be a sequence of length 2, and found \(values)"))
    return nil
  }
  return values
}

/// Says where a range is none.
func warnUnlessRising(_ ranges: (Double, Double)..., in name: String) {
  if ranges.contains(where: { $0.0 > $0.1 }) { warn(name, "Scale and ratio should be of kind (min, max)") }
}

/// Settings by name as Python prints them; those that are nil are left out.
func settings(_ pairs: (String, String?)...) -> String {
  pairs.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: ", ")
}

/// A point as Python writes it, whole numbers without a point.
func pythonPoint(_ values: [Double]) -> String {
  "(" + values.map { $0 == $0.rounded() && abs($0) < 1e15 ? "\(Int($0))" : python($0) }.joined(separator: ", ") + ")"
}

extension Fill {
  /// What is printed: numbers only.
  var setting: String? { text == "None" || text.hasPrefix("{") ? nil : text }
}
