/// The normalisation forms of Unicode (Standard Annex 15).
package enum UnicodeForm: Sendable {
  case nfd, nfc, nfkd, nfkc

  private var isCompatible: Bool { self == .nfkd || self == .nfkc }
  private var composes: Bool { self == .nfc || self == .nfkc }

  /// A scalar of the new text with its combining class, and how many scalars the text has more by it than the one that it comes from.
  package typealias Item = (scalar: UInt32, change: Int, combiningClass: UInt8)

  /// The scalars of a text in this form.
  /// - Parameter mayChange: whether a scalar decomposes, composes with those before it, or has a combining class; it may be true of others.
  package func items(_ scalars: [UInt32], mayChange: (UInt32) -> Bool) -> [Item] {
    let items = decomposed(scalars, mayChange)
    return composes ? Self.composed(items) : items
  }

  private func decomposed(_ scalars: [UInt32], _ mayChange: (UInt32) -> Bool) -> [Item] {
    let decompositions = Decompositions.shared
    var items: [Item] = []
    items.reserveCapacity(scalars.count)
    /// Where the run of scalars begins that combine.
    var run = 0
    func push(_ scalar: UInt32, _ change: Int) {
      let combiningClass = mayChange(scalar) ? Decompositions.combiningClass(scalar) : 0
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
      if mayChange(scalar), let parts = decompositions.parts(scalar, isCompatible: isCompatible) {
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
    var text = String.UnicodeScalarView()
    // What is below stands for itself.
    for item in UnicodeForm.nfkc.items(unicodeScalars.map(\.value), mayChange: { $0 >= 0xa0 }) {
      if let scalar = Unicode.Scalar(item.scalar) { text.append(scalar) }
    }
    return String(text)
  }
}
