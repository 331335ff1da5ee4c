import FoundationEssentials
import Glibc

// Messages between the compiler and a macro plugin: JSON, each after its length in eight bytes, little end first. The
// compiler's own names (swift-syntax, SwiftCompilerPluginMessageHandling).

struct Request: Decodable {
  var getCapability: Ignored?
  var expandAttachedMacro: AttachedMacro?

  struct Ignored: Decodable {}

  struct AttachedMacro: Decodable {
    var macro: Macro
    var macroRole: Role
    var attributeSyntax: Syntax
    /// What the macro is attached to; for the role `memberAttribute` a member of that.
    var declSyntax: Syntax
    var parentDeclSyntax: Syntax?
    var extendedTypeSyntax: Syntax?
    var conformanceListSyntax: Syntax?
  }

  struct Macro: Decodable {
    var typeName: String
  }

  enum Role: String, Decodable {
    case member, memberAttribute, peer, accessor, conformance, preamble, body
    case `extension`
  }

  struct Syntax: Decodable {
    var source: String
    var location: Location
  }

  struct Location: Decodable {
    var fileName: String
    var offset: Int
  }
}

struct Response: Encodable {
  var getCapabilityResult: CapabilityResult?
  var expandMacroResult: Expansion?

  struct CapabilityResult: Encodable {
    var capability: Capability
  }
  struct Capability: Encodable {
    var protocolVersion: Int
  }
  struct Expansion: Encodable {
    var expandedSource: String?
    var diagnostics: [Diagnostic] = []
  }
  struct Diagnostic: Encodable {
    var message: String
    var severity = "error"
    var position: Position
    var highlights: [Position] = []
    var notes: [Position] = []
    var fixIts: [Position] = []

    init(_ error: MacroError, at syntax: Request.Syntax) {
      message = error.message
      // The place of a piece of source is where the blanks before it begin.
      let blanks = syntax.source.prefix { $0.isWhitespace }.utf8.count
      position = Position(fileName: syntax.location.fileName, offset: syntax.location.offset + blanks)
    }
  }
  struct Position: Encodable {
    var fileName: String
    var offset: Int
  }
}

/// Why a macro cannot be expanded, as the compiler shows it at the attribute.
struct MacroError: Error {
  var message: String
  init(_ message: String) { self.message = message }
}

enum Connection {
  static let protocolVersion = 7

  /// The next request; nil where the compiler has closed the connection.
  static func receive() -> Request? {
    guard let head = read(8) else { return nil }
    let count = head.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard let body = read(Int(count)) else { return nil }
    return try? JSONDecoder().decode(Request.self, from: Data(body))
  }

  static func send(_ response: Response) {
    guard let body = try? JSONEncoder().encode(response) else { return }
    write((0..<8).map { UInt8(truncatingIfNeeded: body.count >> (8 * $0)) } + Array(body))
  }

  private static func read(_ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes { Glibc.read(0, $0.baseAddress.map { $0 + filled }, count - filled) }
      if got <= 0 { return nil }
      filled += got
    }
    return bytes
  }

  private static func write(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let put = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress.map { $0 + sent }, bytes.count - sent) }
      if put <= 0 { return }
      sent += put
    }
  }
}
