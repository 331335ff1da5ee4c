// What a schema's texts and whole numbers look like.

/// Patterns of the formats that a grammar keeps. A month has no day that it lacks, and February 28.
let jsonFormats = [
  "date": "^\(date)$", "time": "^\(time)$", "date-time": "^\(date)T\(time)$",
  "uuid": "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
  "email": "^[a-z0-9]{1,16}([._-][a-z0-9]{1,16}){0,2}@[a-z0-9]{1,16}(-[a-z0-9]{1,16}){0,2}(\\.[a-z]{2,6}){1,2}$",
  "ipv4": "^\(byte)(\\.\(byte)){3}$",
]

private let date =
  "[0-9]{3}[1-9]-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
private let time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
private let byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"

/// Whole numbers of one form: a range for each digit, and behind them any digits if it is open.
struct DigitPattern {
  var digits: [ClosedRange<UInt8>]
  var isOpen = false
}

/// The whole numbers from `low` to `high` (nil: without an end) as forms of digits, without leading zeros.
func decimalRanges(_ low: Int, _ high: Int?) -> [DigitPattern] {
  guard let high else {
    let length = String(low).utf8.count
    let all = length >= 15 ? [] : [DigitPattern(digits: [1...9] + Array(repeating: 0...9, count: length), isOpen: true)]
    let limit = (0..<length).reduce(1) { power, _ in power * 10 } - 1
    return decimalRanges(low, limit) + all
  }
  guard low <= high else { return [] }
  let (first, last) = (Array(String(low).utf8).map { $0 - 48 }, Array(String(high).utf8).map { $0 - 48 })
  if first.count < last.count {
    let limit = first.reduce(0) { number, _ in number * 10 + 9 }
    return decimalRanges(low, limit) + decimalRanges(limit + 1, high)
  }
  // Of equal length: digits that are the same, then one that differs.
  guard let place = first.indices.first(where: { first[$0] != last[$0] }) else {
    return [DigitPattern(digits: first.map { $0...$0 })]
  }
  let prefix = first[..<place].map { $0...$0 }
  let rest = first.count - place - 1
  if first[(place + 1)...].allSatisfy({ $0 == 0 }), last[(place + 1)...].allSatisfy({ $0 == 9 }) {
    return [DigitPattern(digits: prefix + [first[place]...last[place]] + Array(repeating: 0...9, count: rest))]
  }
  let unit = (0..<rest).reduce(1) { power, _ in power * 10 }
  // Split where the digit changes, so that one end of each part is round.
  let firstEnd = low / unit * unit + unit - 1
  let lastStart = high / unit * unit
  if low % unit != 0 { return decimalRanges(low, firstEnd) + decimalRanges(firstEnd + 1, high) }
  return decimalRanges(low, lastStart - 1) + decimalRanges(lastStart, high)
}
