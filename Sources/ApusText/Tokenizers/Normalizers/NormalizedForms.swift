import ApusFormats

extension UnicodeForm {
  /// Brings a text into this form.
  func apply(_ text: inout NormalizedText) {
    if text.isASCII { return }
    let table = UnicodeTable.shared
    let mayChange = { (scalar: UInt32) in table[scalar] & UnicodeTable.normalizes != 0 }
    let scalars = text.bytes.scalars
    guard scalars.contains(where: mayChange) else { return }
    let items = items(scalars, mayChange: mayChange)
    text.rebuild { text in
      for item in items { text.add(item.scalar, item.change) }
    }
  }
}
