/// The normalisation forms of Unicode (Standard Annex 15).
enum UnicodeForm: Sendable {
  case nfd, nfc, nfkd, nfkc

  private var isCompatible: Bool { self == .nfkd || self == .nfkc }
  private var composes: Bool { self == .nfc || self == .nfkc }

  /// A scalar with its combining class and how it changes the text before it (``TextRebuilder/add(_:_:)``).
  private typealias Item = (scalar: UInt32, change: Int, combiningClass: UInt8)

  func apply(_ text: inout NormalizedText) {
    let table = UnicodeTable.shared
    if text.isASCII { return }
    let scalars = text.bytes.scalars
    guard scalars.contains(where: { table[$0] & UnicodeTable.normalizes != 0 }) else { return }
    var items = decomposed(scalars)
    if composes { items = Self.composed(items) }
    text.rebuild { text in
      for item in items { text.add(item.scalar, item.change) }
    }
  }

  private func decomposed(_ scalars: [UInt32]) -> [Item] {
    let (table, decompositions) = (UnicodeTable.shared, Decompositions.shared)
    var items: [Item] = []
    items.reserveCapacity(scalars.count)
    /// Where the run of scalars begins that combine.
    var run = 0
    func push(_ scalar: UInt32, _ change: Int) {
      let combiningClass = table[scalar] & UnicodeTable.combines != 0 ? Decompositions.combiningClass(scalar) : 0
      if combiningClass == 0 {
        sort(from: run)
        items.append((scalar, change, 0))
        run = items.count
      } else {
        items.append((scalar, change, combiningClass))
      }
    }
    func sort(from run: Int) {
      if items.count - run < 2 { return }
      // The order of equals stays.
      let sorted = items[run...].enumerated().sorted {
        ($0.element.combiningClass, $0.offset) < ($1.element.combiningClass, $1.offset)
      }
      items.replaceSubrange(run..., with: sorted.map(\.element))
    }
    for scalar in scalars {
      if table[scalar] & UnicodeTable.normalizes != 0,
        let parts = decompositions.parts(scalar, isCompatible: isCompatible)
      {
        for (i, part) in parts.enumerated() { push(part, i == 0 ? 0 : 1) }
      } else {
        push(scalar, 0)
      }
    }
    sort(from: run)
    return items
  }

  private static func composed(_ items: [Item]) -> [Item] {
    let decompositions = Decompositions.shared
    var out: [Item] = []
    out.reserveCapacity(items.count)
    /// The place of the last scalar that others may join, and the combining class of the last that did not.
    var starter = -1
    var last: UInt8?
    for item in items {
      if starter >= 0, last == nil || last! < item.combiningClass,
        let whole = decompositions.composition(out[starter].scalar, item.scalar)
      {
        out[starter] = (whole, out[starter].change + item.change - 1, 0)
        continue
      }
      if item.combiningClass == 0 {
        starter = out.count
        last = nil
      } else {
        last = item.combiningClass
      }
      out.append(item)
    }
    return out
  }
}

extension String {
  /// In the form NFKC: letters that stand for the same are one, and what combines is composed.
  package var composedByCompatibility: String {
    var text = NormalizedText(Array(utf8))
    UnicodeForm.nfkc.apply(&text)
    return String(decoding: text.bytes, as: UTF8.self)
  }
}
