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

  /// The user's own calls, innermost first: those that debug information places in a file; where there is none, the innermost
  /// one by its name; none in a program without symbols.
  package var userCalls: [UserCall] {
    let calls = Self.symbolicate(addresses).filter(\.isUser)
    let placed = calls.filter { $0.line > 0 }
    return Array((placed.isEmpty ? calls.prefix(1) : placed.prefix(Self.shown)))
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
    var found: [UInt: UserCall?] = [:]
    for address in addresses { found[address] = .some(nil) }
    for call in Self.symbolicate(addresses) where call.isUser {
      if case .some(.none) = found[call.address] { found[call.address] = call }
    }
    Self.known.withLock { [found] in $0.merge(found) { old, _ in old } }
    return addresses.lazy.compactMap { found[$0] ?? nil }.first
  }

  private static func symbolicate(_ addresses: [UInt]) -> [UserCall] {
    #if canImport(Runtime) && !canImport(Darwin)
      // The runtime's own walk follows frame pointers, which optimised code does not always keep.
      guard let architecture = try? Backtrace.capture(algorithm: .fast, limit: 1, images: images).architecture,
        let calls = try? Backtrace(from: AddressDecoder(architecture: architecture, addresses: addresses)),
        let symbols = calls.symbolicated(with: images)
      else { return [] }
      return symbols.frames.compactMap { frame in
        guard let symbol = frame.symbol, !frame.isSwiftThunk, !frame.isSwiftRuntimeFailure,
          let address = UInt(frame.captured.originalProgramCounter)
        else { return nil }
        let place = symbol.sourceLocation.flatMap { $0.line > 0 && !$0.path.hasPrefix("<") ? $0 : nil }
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

  /// Whether the call is none of the library or of Swift itself.
  var isUser: Bool {
    guard symbol.hasPrefix("$s") else { return symbol == "main" }
    // A mangled name begins with the module: its length and it. Swift's own begin with a letter.
    let digits = symbol.dropFirst(2).prefix { $0.isNumber }
    if let length = Int(digits), !Self.modules.contains(String(symbol.dropFirst(2 + digits.count).prefix(length))) {
      return true
    }
    // What the user adds to a type of the library or of Swift bears their names, but lies in the user's file; so do Swift's
    // generic functions that were compiled for the library, in the library's.
    return line > 0 && !isInLibrary && !path.hasSuffix("<compiler-generated>")
  }

  /// Whether the place is a file of the library, whose path may be one from the package's folder on.
  private var isInLibrary: Bool {
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
