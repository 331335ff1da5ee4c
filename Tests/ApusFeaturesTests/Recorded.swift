import ApusFormats
import Foundation

import ApusFeatures

/// Files that TensorFlow Data Validation 1.16.1 wrote; `scripts/record-data-validation.py` makes them.
enum Recorded {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/" + name
  }

  static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

/// What differs between two messages, numbers apart that are equal but for rounding.
func differences(
  _ a: ProtobufMessage, _ b: ProtobufMessage, tolerance: Double = 1e-9, _ path: String = ""
) -> [String] {
  a.type.fields.flatMap { field -> [String] in
    let (x, y) = (a.values(field.number), b.values(field.number))
    let place = path + "/" + field.name
    guard x.count == y.count else { return ["\(place): \(x.count) values and \(y.count)"] }
    return zip(x, y).enumerated().flatMap { i, pair -> [String] in
      let name = field.isRepeated ? "\(place)[\(i)]" : place
      switch pair {
      case (.message(let x), .message(let y)): return differences(x, y, tolerance: tolerance, name)
      case (.real(let x), .real(let y)):
        let near = field.kind == .float ? max(tolerance, 1e-6) : tolerance
        if x == y || x.isNaN && y.isNaN || abs(x - y) <= near * max(1, abs(x), abs(y)) { return [] }
        return ["\(name): \(x) and \(y)"]
      case let (x, y): return x == y ? [] : ["\(name): \(x) and \(y)"]
      }
    }
  }
}

/// What differs between the statistics of a data set, feature by feature.
func differences(_ a: TableStatistics, _ b: TableStatistics, tolerance: Double = 1e-9) throws -> [String] {
  let (x, y) = (try a.all, try b.all)
  var result =
    x.rows == y.rows && x.weight == y.weight ? [] : ["rows: \(x.rows) and \(y.rows), \(x.weight) and \(y.weight)"]
  if Set(x.features.map(\.path)) != Set(y.features.map(\.path)) {
    result.append("features: \(x.features.map(\.path)) and \(y.features.map(\.path))")
  }
  for feature in x.features {
    guard let other = y[feature.path] else { continue }
    result += differences(feature.message, other.message, tolerance: tolerance, "\(feature.path)")
  }
  return result
}
