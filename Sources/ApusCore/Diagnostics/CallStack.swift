import CKernels

#if canImport(Runtime) && !canImport(Darwin)
  internal import Runtime
#endif

/// The calls that go on in a thread. To take it costs microseconds; what the addresses mean is worked out only when asked.
package struct CallStack: Sendable {
  /// The return addresses, innermost first.
  let addresses: [UInt]

  /// More calls than this are not looked at.
  private static let limit = 256

  @inline(never) package static func capture() -> CallStack {
    CallStack(
      addresses: Array(unsafeUninitializedCapacity: limit) { buffer, count in
        count = buffer.baseAddress.map { Int(ck_stack($0, Int32(limit))) } ?? 0
      })
  }

  /// Most calls that a message shows.
  private static let shown = 8

  /// The user's own calls, innermost first. The first one has its file and line where there is debug information: finding a place
  /// means to go through all of it.
  package var userCalls: [UserCall] {
    let calls = Self.named(addresses).filter(\.isUser).prefix(Self.shown)
    guard let first = calls.first else { return [] }
    return Self.placed(first) + calls.dropFirst()
  }

  /// The user's innermost call.
  var userCall: UserCall? {
    let known = Self.known.withLock { $0 }
    for address in addresses {
      guard let call = known[address] else { return searchedUserCall() }
      if let call { return call }
    }
    return nil
  }

  /// The user's call at each address that was asked for; nil for addresses of the library and others.
  private static let known = Lock<[UInt: UserCall?]>([:])

  private func searchedUserCall() -> UserCall? {
    let call = Self.named(addresses).first(where: \.isUser)
    let placed = call.map { Self.placed($0)[0] }
    let before = addresses.prefix { $0 != call?.address }
    Self.known.withLock { known in
      for address in before where known[address] == nil { known[address] = .some(nil) }
      if let placed { known[placed.address] = placed }
    }
    return placed
  }

  /// The calls at the addresses by name.
  private static func named(_ addresses: [UInt]) -> [UserCall] { symbolicate(addresses, places: false) }

  /// The call with its place, and those that were inlined in it before; itself where nothing is known.
  private static func placed(_ call: UserCall) -> [UserCall] {
    let found = symbolicate([call.address], places: true).filter { $0.isUser && !$0.isInLibrary }
    return found.isEmpty ? [call] : found
  }

  private static func symbolicate(_ addresses: [UInt], places: Bool) -> [UserCall] {
    #if canImport(Runtime) && !canImport(Darwin)
      // The runtime's own walk follows frame pointers, which optimised code does not always keep.
      guard let architecture = try? Backtrace.capture(algorithm: .fast, limit: 1, images: images).architecture,
        let calls = try? Backtrace(from: AddressDecoder(architecture: architecture, addresses: addresses)),
        let symbols = calls.symbolicated(
          with: images, options: places ? [.showInlineFrames, .showSourceLocations, .useSymbolCache] : .useSymbolCache)
      else { return [] }
      return symbols.frames.compactMap { frame in
        guard let symbol = frame.symbol, !frame.isSwiftThunk, !frame.isSwiftRuntimeFailure,
          let address = UInt(frame.captured.originalProgramCounter)
        else { return nil }
        let place = symbol.sourceLocation.flatMap {
          $0.line > 0 && !$0.path.hasSuffix("<compiler-generated>") ? $0 : nil
        }
        return UserCall(
          address: address, symbol: symbol.rawName, name: symbol.name, path: place?.path ?? "", line: place?.line ?? 0)
      }
    #else
      return []
    #endif
  }

  #if canImport(Runtime) && !canImport(Darwin)
    /// The files that the program consisted of when the first message was made: it costs too much to ask each time.
    private static let images = ImageMap.capture()
  #endif
}

/// A call in the user's program.
package struct UserCall: Sendable, CustomStringConvertible {
  let address: UInt
  /// The mangled name.
  let symbol: String
  let name: String
  let path: String
  /// Zero where the place is not known.
  let line: Int

  /// The library's own modules.
  private static let modules: Set<String> = [
    "Apus", "ApusCore", "ApusNumerics", "ApusFunctional", "ApusSpelling", "ApusNN", "ApusOptim", "ApusCompiler",
    "ApusFormats", "ApusData", "ApusTrain",
  ]

  /// Whether the call is none of the library or of Swift itself, by the modules that its mangled name tells: what the user adds
  /// to a type of the library or of Swift is an extension (`E`) of the user's module.
  var isUser: Bool {
    guard symbol.hasPrefix("$s") else { return symbol == "main" }
    var rest = symbol.dropFirst(2)
    if let module = Self.takeName(&rest), !Self.modules.contains(module) { return true }
    while let place = rest.firstIndex(where: \.isNumber) {
      rest = rest[place...]
      guard let name = Self.takeName(&rest) else { return false }
      if rest.first == "E", !Self.modules.contains(name), !Self.systems.contains(name) { return true }
    }
    return false
  }

  /// Modules of the toolchain, whose extensions of Swift's types are not the user's.
  private static let systems: Set<String> = [
    "Swift", "Foundation", "FoundationEssentials", "Synchronization", "Runtime",
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

  /// Whether the place is a file of the library, whose path may be one from the package's folder on.
  fileprivate var isInLibrary: Bool {
    Self.modules.contains { path.contains("/Sources/\($0)/") || path.hasPrefix("Sources/\($0)/") }
  }

  /// File and line, the file as seen from the current folder if it lies there.
  var place: String? {
    guard line > 0 else { return nil }
    let here = DynamicLibrary.environment("PWD").map { $0 + "/" }
    let file = here.flatMap { path.hasPrefix($0) ? String(path.dropFirst($0.count)) : nil } ?? path
    return "\(file):\(line)"
  }

  package var description: String {
    let specialized = "specialized "
    let name = name.hasPrefix(specialized) ? String(name.dropFirst(specialized.count)) : name
    return name + (place.map { " in \($0)" } ?? "")
  }
}

#if canImport(Runtime) && !canImport(Darwin)
  /// Return addresses as the `Codable` form of a `Backtrace`, the only one that takes such.
  private struct AddressDecoder: Decoder {
    let architecture: String
    let addresses: [UInt]
    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
      KeyedDecodingContainer(Fields(values: ["architecture": architecture, "backtrace": compact]))
    }
    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw Missing() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw Missing() }

    struct Missing: Error {}

    /// The compact backtrace format in base 64: a byte for 64-bit words, for each call a byte that tells of a return address in
    /// eight bytes and the difference from the one before, and an end.
    private var compact: String {
      var bytes: [UInt8] = [0x02]
      var last: UInt = 0
      for address in addresses {
        bytes.append(0x27)
        withUnsafeBytes(of: UInt64(address &- last).bigEndian) { bytes += $0 }
        last = address
      }
      bytes.append(0)
      let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
      var text: [UInt8] = []
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start..<min(start + 3, bytes.count)]
        let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        for i in 0...group.count { text.append(digits[bits >> (18 - 6 * i) & 63]) }
      }
      return String(decoding: text, as: UTF8.self)
    }

    /// Named texts, and nothing else.
    private struct Fields<Key: CodingKey>: KeyedDecodingContainerProtocol {
      let values: [String: String]
      let codingPath: [any CodingKey] = []
      var allKeys: [Key] { values.keys.compactMap(Key.init(stringValue:)) }

      func contains(_ key: Key) -> Bool { values[key.stringValue] != nil }
      func decodeNil(forKey key: Key) throws -> Bool { !contains(key) }
      func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        guard let value = values[key.stringValue] as? T else { throw Missing() }
        return value
      }
      func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
      ) throws -> KeyedDecodingContainer<Nested> { throw Missing() }
      func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer { throw Missing() }
      func superDecoder() throws -> any Decoder { throw Missing() }
      func superDecoder(forKey key: Key) throws -> any Decoder { throw Missing() }
    }
  }
#endif
