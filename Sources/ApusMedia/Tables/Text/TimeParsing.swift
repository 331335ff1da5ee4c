/// Dates and times in text (ISO 8601), as Arrow's readers take them.
enum TimeParsing {
  /// Days since 1970-01-01 of a date of the Gregorian calendar.
  static func days(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date of a day since 1970-01-01.
  static func date(days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  struct Scanner {
    var position: UnsafePointer<UInt8>
    var end: UnsafePointer<UInt8>

    init(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
      position = bytes
      end = bytes + count
      NumberParsing.trim(&position, &end)
    }

    var isAtEnd: Bool { position == end }
    var rest: Int { end - position }

    mutating func take(_ character: UInt8) -> Bool {
      guard position < end, position.pointee == character else { return false }
      position += 1
      return true
    }

    /// A number of so many digits.
    mutating func number(_ digits: Int) -> Int? {
      guard rest >= digits else { return nil }
      var value = 0
      for _ in 0..<digits {
        let digit = position.pointee &- 48
        guard digit <= 9 else { return nil }
        value = value * 10 + Int(digit)
        position += 1
      }
      return value
    }

    /// `YYYY-MM-DD`, as days since 1970.
    mutating func date() -> Int? {
      guard let year = number(4), take(45), let month = number(2), take(45), let day = number(2),
        (1...12).contains(month)
      else { return nil }
      let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let length = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
      guard (1...length).contains(day) else { return nil }
      return TimeParsing.days(year: year, month: month, day: day)
    }

    /// `hh`, `hh:mm`, `hh:mm:ss` or `hh:mm:ss.fraction`, in units since midnight; `hourAlone` whether the first will do.
    mutating func time(_ unit: TimeUnit, hourAlone: Bool) -> Int64? {
      guard let hour = number(2), hour < 24 else { return nil }
      var seconds = Int64(hour) * 3600
      guard take(58) else { return hourAlone ? seconds * unit.perSecond : nil }
      guard let minute = number(2), minute < 60 else { return nil }
      seconds += Int64(minute) * 60
      guard take(58) else { return seconds * unit.perSecond }
      guard let second = number(2), second < 60 else { return nil }
      seconds += Int64(second)
      var result = seconds * unit.perSecond
      if take(46) {
        var scale = unit.perSecond
        var digits = 0
        while position < end, case let digit = position.pointee &- 48, digit <= 9 {
          scale /= 10
          guard scale > 0 else { return nil }
          result += Int64(digit) * scale
          position += 1
          digits += 1
        }
        guard digits > 0 else { return nil }
      }
      return result
    }

    /// `Z`, `+hh`, `+hhmm` or `+hh:mm`, in seconds; nil where there is none.
    mutating func zone() -> Int64? {
      if take(90) { return 0 }
      let negative = take(45)
      guard negative || take(43), let hour = number(2), hour < 24 else { return nil }
      var minute = 0
      if !isAtEnd {
        _ = take(58)
        guard let found = number(2), found < 60 else { return nil }
        minute = found
      }
      let seconds = Int64(hour * 3600 + minute * 60)
      return negative ? -seconds : seconds
    }
  }

  /// A date, as days since 1970.
  static func date(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int32? {
    var scanner = Scanner(bytes, count)
    guard let days = scanner.date(), scanner.isAtEnd else { return nil }
    return Int32(days)
  }

  /// A time of day in units since midnight.
  static func time(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ unit: TimeUnit) -> Int64? {
    var scanner = Scanner(bytes, count)
    guard let time = scanner.time(unit, hourAlone: false), scanner.isAtEnd else { return nil }
    return time
  }

  /// A date, or a date and a time with a blank or `T` between, in units since 1970. With a zone it needs an offset at its
  /// end, without one it has none.
  static func timestamp(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ unit: TimeUnit, zoned: Bool) -> Int64? {
    var scanner = Scanner(bytes, count)
    guard let days = scanner.date() else { return nil }
    var time: Int64 = 0
    if scanner.take(32) || scanner.take(84) {
      guard let found = scanner.time(unit, hourAlone: true) else { return nil }
      time = found
      if zoned {
        guard let offset = scanner.zone() else { return nil }
        time -= offset * unit.perSecond
      }
    } else if zoned {
      return nil
    }
    guard scanner.isAtEnd else { return nil }
    let (day, over) = Int64(days).multipliedReportingOverflow(by: 86_400 * unit.perSecond)
    let (sum, more) = day.addingReportingOverflow(time)
    return over || more ? nil : sum
  }
}
