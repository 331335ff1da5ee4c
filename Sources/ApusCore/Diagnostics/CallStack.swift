import CKernels

#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The calls that go on in a thread. To take it costs microseconds; what the addresses mean is worked out only when asked.
package struct CallStack: Sendable {
  /// The return addresses, innermost first.
  let addresses: [UInt]

  /// More calls than this are not looked at.
  private static let limit = 256

  @inline(never) package static func capture() -> CallStack {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: limit) { buffer in
      let count = buffer.baseAddress.map { Int(ck_stack($0, Int32(limit))) } ?? 0
      return CallStack(addresses: Array(buffer.prefix(count)))
    }
  }

  /// Most calls that a message shows.
  private static let shown = 8

  /// The user's own calls, innermost first; none in a program without symbols. The optimiser leaves functions without lines,
  /// which are told only where none has one.
  package var userCalls: [UserCall] {
    let calls = Self.calls(at: addresses).filter(\.isUser)
    let placed = calls.filter { $0.line > 0 }
    return Array((placed.isEmpty ? calls : placed).prefix(Self.shown))
  }

  /// The user's innermost call.
  var userCall: UserCall? {
    let known = Self.known.withLock { $0 }
    for address in addresses {
      guard let call = known[address] else { return searchedUserCall() }
      if call.isUser, call.line > 0 { return call }
    }
    return addresses.lazy.compactMap { known[$0] }.first(where: \.isUser)
  }

  /// Whether the program's files name its functions, of which some of the library's are going on.
  var hasSymbols: Bool { Self.calls(at: addresses).contains { $0.symbol.hasPrefix("$s8ApusCore") } }

  /// The calls at addresses that have been asked for.
  private static let known = Lock<[UInt: UserCall]>([:])

  private func searchedUserCall() -> UserCall? {
    let calls = Self.calls(at: addresses)
    Self.known.withLock { known in
      for call in calls { known[call.address] = call }
    }
    return calls.first { $0.isUser && $0.line > 0 } ?? calls.first(where: \.isUser)
  }

  /// Held while files of the program are looked into.
  private static let search = Lock<Void>(())

  private static func calls(at addresses: [UInt]) -> [UserCall] {
    var places = [ck_place](repeating: ck_place(), count: addresses.count)
    search.withLock { _ in
      ck_places(addresses, Int32(addresses.count), &places) { place in
        place.map { UserCall.isHidden(UserCall.path(of: $0.pointee)) } ?? true
      }
    }
    return zip(addresses, places).map { UserCall($0, $1) }
  }
}

/// A call in the user's program.
package struct UserCall: Sendable, CustomStringConvertible {
  let address: UInt
  /// The mangled name; empty where it is not known.
  let symbol: String
  /// The file of the source; empty where it is not known.
  let path: String
  /// Zero where the place is not known.
  let line: Int

  init(_ address: UInt, _ place: ck_place) {
    self.address = address
    symbol = place.symbol.map { String(cString: $0) } ?? ""
    let path = Self.path(of: place)
    let isWritten = place.line > 0 && !Self.isMade(path)
    self.path = isWritten ? path : ""
    line = isWritten ? Int(place.line) : 0
  }

  static func path(of place: ck_place) -> String {
    var path = ""
    for part in [place.base, place.folder, place.file] {
      guard let part = part.map({ String(cString: $0) }), !part.isEmpty, part != path else { continue }
      path = part.hasPrefix("/") || path.isEmpty ? part : path + "/" + part
    }
    return path
  }

  /// Whether the compiler or a macro made it, so that nobody wrote it.
  private static func isMade(_ path: String) -> Bool {
    path.hasSuffix("<compiler-generated>") || path.contains("swift-generated-sources/")
  }

  /// Whether nobody but the library's authors looks for a place in the file.
  static func isHidden(_ path: String) -> Bool {
    isMade(path) || path.contains("/lib/swift/")
      || modules.contains { path.contains("/Sources/\($0)/") || path.hasPrefix("Sources/\($0)/") }
  }

  /// The library's own modules.
  private static let modules: Set<String> = [
    "Apus", "ApusEssentials", "ApusCore", "ApusNumerics", "ApusFunctional", "ApusSpelling", "ApusNN", "ApusOptim",
    "ApusCompiler", "ApusFormats", "ApusMedia", "ApusMetrics", "ApusVision", "ApusAudio", "ApusExchange", "ApusText",
    "ApusModels", "ApusData", "ApusProfiling", "ApusTrain", "ApusLayouts", "ApusGPU", "ApusPrograms", "ApusNumbers",
    "ApusTune", "ApusRecipes", "ApusFeatures", "ApusServe", "ApusPipeline", "ApusDistributed", "CKernels", "ApusCLoops",
    "CText", "CDigits", "CVision", "CFourier", "CNumbers", "CLayouts", "CTune", "CServe",
  ]

  /// Whether the call is none of the library or of Swift itself, by the modules that its mangled name tells: what the user adds
  /// to a type of the library or of Swift is an extension (`E`) of the user's module, and a function that was made for a closure
  /// of the user has the closure's own mangled name (`$s`) in it.
  var isUser: Bool {
    // The library's generic functions are compiled for the user's types in the user's modules, too.
    !Self.isHidden(path) && Self.isUser(symbol: symbol)
  }

  private static func isUser(symbol: String) -> Bool {
    guard symbol.hasPrefix("$s") else { return isMain(symbol) }
    var rest = symbol.dropFirst(2)
    if let module = takeName(&rest), !modules.contains(module) { return !systems.contains(module) }
    while let place = rest.firstIndex(where: \.isNumber) {
      rest = rest[place...]
      guard let name = takeName(&rest) else { return false }
      if name.hasPrefix("$s"), isUser(symbol: name) { return true }
      if rest.first == "E", !modules.contains(name), !systems.contains(name) { return true }
    }
    return false
  }

  /// Whether it is the code of a main file: `main`, or `Train_main` as the package manager names that of the module Train.
  private static func isMain(_ symbol: String) -> Bool { symbol == "main" || symbol.hasSuffix("_main") }

  /// Modules of the toolchain, whose extensions of Swift's types are not the user's.
  private static let systems: Set<String> = [
    "Swift", "Foundation", "FoundationEssentials", "Synchronization", "Runtime", "Dispatch", "Testing",
  ]

  /// The name that begins `text` behind its length, which is taken off.
  private static func takeName(_ text: inout Substring) -> String? {
    let digits = text.prefix { $0.isNumber }
    guard let length = Int(digits), length > 0, length <= text.count - digits.count else {
      text = text.dropFirst(max(1, digits.count))
      return digits.isEmpty ? nil : ""
    }
    let name = text.dropFirst(digits.count).prefix(length)
    text = text.dropFirst(digits.count + length)
    return String(name)
  }

  /// File and line, the file as seen from the current folder if it lies there.
  var place: String? {
    guard line > 0 else { return nil }
    let here = DynamicLibrary.environment("PWD").map { $0 + "/" }
    let file = here.flatMap { path.hasPrefix($0) ? String(path.dropFirst($0.count)) : nil } ?? path
    return "\(file):\(line)"
  }

  /// The function without types: `Net.forward(_:)` is told as `Net.forward`.
  private var name: String {
    if Self.isMain(symbol) { return "main" }
    guard let text = ck_demangled(symbol) else { return symbol }
    defer { free(text) }
    var name = ""
    var depth = 0
    var last: Character = " "
    for letter in Self.withoutDiscriminators(String(cString: text)) {
      if "(<[".contains(letter) { depth += 1 }
      let isArrow = letter == ">" && last == "-"
      if depth == 0 { name.append(letter) }
      if !isArrow, ")>]".contains(letter) { depth -= 1 }
      last = letter
    }
    // Behind an arrow stands the result, and before the first point the module.
    var words: [String] = []
    var isResult = false
    for word in name.split(separator: " ") where !["throws", "async", "@Sendable"].contains(word) {
      if word == "->" {
        isResult = true
      } else if isResult, word != "in" {
        isResult = false
      } else {
        isResult = false
        words.append(word.split(separator: ".").dropFirst(word.contains(".") ? 1 : 0).joined(separator: "."))
      }
    }
    var told = words.joined(separator: " ")
    // How the compiler came to have the function says nothing to its author.
    while let prefix = Self.makings.first(where: told.hasPrefix) { told.removeFirst(prefix.count) }
    return Self.ofConformingType(told)
  }

  /// What serves a protocol, `Layer.forward in conformance Net : Layer in Train`, is told as the type's: `Net.forward`.
  private static func ofConformingType(_ name: String) -> String {
    guard let middle = name.firstRange(of: " in conformance "), let end = name.firstRange(of: " : "),
      middle.upperBound <= end.lowerBound, let member = name[..<middle.lowerBound].split(separator: ".").last
    else { return name }
    return "\(name[middle.upperBound..<end.lowerBound]).\(member)"
  }

  /// What is private is told as `(name in _0123456789ABCDEF)`, of which the name is left.
  private static func withoutDiscriminators(_ text: String) -> String {
    var (told, rest) = ("", text[...])
    while let start = rest.firstIndex(of: "(") {
      told += rest[..<start]
      rest = rest[rest.index(after: start)...]
      if let end = rest.firstIndex(of: ")"), let middle = rest[..<end].firstRange(of: " in _") {
        told += rest[..<middle.lowerBound]
        rest = rest[rest.index(after: end)...]
      } else {
        told += "("
      }
    }
    return told + rest
  }

  private static let makings = [
    "protocol witness for ", "function signature specialization of ", "generic specialization of ",
    "partial apply forwarder for ", "merged ",
    "specialized ", "suspend resume partial function for ", "await resume partial function for ",
  ]

  package var description: String { name + (place.map { " in \($0)" } ?? "") }
}
