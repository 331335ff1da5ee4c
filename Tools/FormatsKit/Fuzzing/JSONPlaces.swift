/// Where the values of a JSON text stand.
struct JSONPlaces {
  struct Value {
    /// Its bytes.
    var range: Range<Int>
    /// The name before it, with its quotes; nil in arrays.
    var key: Range<Int>?
    var parent: Int
    var childCount = 0
    /// Whether it lies in no long list.
    var isRare = true

    /// Its bytes with the name before it.
    var whole: Range<Int> { (key?.lowerBound ?? range.lowerBound)..<range.upperBound }
  }

  private(set) var values: [Value] = []
  /// The numbers of those that lie in no long list: what they say counts.
  private(set) var rare: [Int] = []

  /// Finds what there is, in damaged texts too.
  init(_ bytes: ArraySlice<UInt8>) {
    var open: [Int] = []
    var key: Range<Int>?
    var at = bytes.startIndex
    while at < bytes.endIndex {
      switch bytes[at] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        open.append(add(at..<at + 1, &key, open.last))
        at += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        at += 1
        if let last = open.popLast() { values[last].range = values[last].range.lowerBound..<at }
      case UInt8(ascii: "\""):
        var end = at + 1
        while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        end = min(end + 1, bytes.endIndex)
        let next = bytes[end...].first { $0 > 32 }
        if next == UInt8(ascii: ":") { key = at..<end } else { _ = add(at..<end, &key, open.last) }
        at = end
      case ...32, UInt8(ascii: ","), UInt8(ascii: ":"): at += 1
      default:
        let end = bytes[at...].firstIndex { $0 <= 32 || [0x2c, 0x3a, 0x5d, 0x7d, 0x22].contains($0) } ?? bytes.endIndex
        _ = add(at..<max(end, at + 1), &key, open.last)
        at = max(end, at + 1)
      }
    }
    for i in values.indices {
      if values[i].parent >= 0 {
        let parent = values[values[i].parent]
        values[i].isRare = parent.isRare && parent.childCount <= 64
      }
      if values[i].isRare { rare.append(i) }
    }
  }

  private mutating func add(_ range: Range<Int>, _ key: inout Range<Int>?, _ parent: Int?) -> Int {
    values.append(Value(range: range, key: key, parent: parent ?? -1))
    key = nil
    if let parent { values[parent].childCount += 1 }
    return values.count - 1
  }
}
