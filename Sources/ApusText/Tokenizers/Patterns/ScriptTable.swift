/// The scripts of characters (Unicode Standard Annex 24).
struct ScriptTable: Sendable {
  static let shared = ScriptTable()

  /// The names of scripts by their number; 0 is none.
  private(set) var names = [""]
  private var starts: [UInt32] = []
  private var ends: [UInt32] = []
  private var numbers: [UInt8] = []

  private init() {
    var ranges: [(start: UInt32, end: UInt32, script: UInt8)] = []
    var end: UInt32 = 0
    let source = ScriptData.ranges
    let bytes = UnsafeBufferPointer(start: source.utf8Start, count: source.utf8CodeUnitCount)
    for var entry in bytes.split(whereSeparator: { $0 == 32 || $0 == 10 }) {
      if entry.first == UInt8(ascii: "+") {
        entry = entry.dropFirst()
      } else {
        names.append(text(entry.prefix { $0 != UInt8(ascii: ":") }))
        entry = entry.drop { $0 != UInt8(ascii: ":") }.dropFirst()
        end = 0
      }
      for range in entry.split(separator: UInt8(ascii: ",")) {
        let parts = range.split(separator: UInt8(ascii: "-")).map { UInt32(text($0), radix: 16) ?? 0 }
        let start = end + parts[0]
        end = start + (parts.count > 1 ? parts[1] : 0)
        ranges.append((start, end, UInt8(names.count - 1)))
      }
    }
    ranges.sort { $0.start < $1.start }
    (starts, ends, numbers) = (ranges.map(\.start), ranges.map(\.end), ranges.map(\.script))
  }

  /// The number of the script of `scalar`, 0 where it has none.
  func script(_ scalar: UInt32) -> UInt8 {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= scalar { low = middle + 1 } else { high = middle }
    }
    return low > 0 && ends[low - 1] >= scalar ? numbers[low - 1] : 0
  }

  /// The ranges of a script by its name, nil where there is none of it.
  func ranges(named name: String) -> [ClosedRange<UInt32>]? {
    let plain = name.filter { $0 != "_" }.lowercased()
    guard let number = names.firstIndex(where: { $0.lowercased() == plain }), number > 0 else { return nil }
    return numbers.indices.filter { Int(numbers[$0]) == number }.map { starts[$0]...ends[$0] }
  }

  /// The number of a script by its name.
  func number(named name: String) -> UInt8 { UInt8(names.firstIndex(of: name) ?? 0) }
}
