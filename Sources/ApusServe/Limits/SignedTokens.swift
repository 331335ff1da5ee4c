import ApusCore
import ApusFormats

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Which signed tokens (JSON Web Tokens, RFC 7519) are taken for keys.
public struct TokenRules: Sendable, Hashable {
  /// A file with the key: a public key of RSA in PEM for `RS256`, else the secret of `HS256`, of 32 bytes or more.
  public var keyFile: String
  /// What `iss` has to be, if anything.
  public var issuer: String?
  /// What `aud` has to be or to hold, if anything.
  public var audience: String?

  /// Rules.
  public init(keyFile: String, issuer: String? = nil, audience: String? = nil) {
    (self.keyFile, self.issuer, self.audience) = (keyFile, issuer, audience)
  }
}

/// Checks signed tokens.
final class SignedTokens: Sendable {
  private enum Key: Sendable {
    case secret([UInt8])
    case publicKey(SignatureLibrary.PublicKey)

    /// The only algorithm that is taken: tokens do not choose.
    var algorithm: String {
      switch self {
      case .secret: "HS256"
      case .publicKey: "RS256"
      }
    }
  }

  private let library: SignatureLibrary
  private let key: Key
  private let rules: TokenRules

  /// The longest token, in bytes, and by how many seconds clocks may differ.
  private static let longest = 1 << 14
  private static let leeway = 60.0

  /// - Throws: `TensorError` where the library is missing, or the key is none.
  init(_ rules: TokenRules) throws {
    self.rules = rules
    library = try SignatureLibrary.loaded()
    let text = try readText(expandedPath(rules.keyFile))
    if text.contains("-----BEGIN") {
      guard let found = library.publicKeyOfRSA(Array(text.utf8)) else {
        throw TensorError(.format, rules.keyFile, "is no public key of RSA in PEM (-----BEGIN PUBLIC KEY-----)")
      }
      key = .publicKey(found)
    } else {
      var bytes = Array(text.utf8)
      while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
      guard bytes.count >= 32 else {
        throw TensorError(.format, rules.keyFile, "a secret needs 32 bytes or more, and this one has \(bytes.count)")
      }
      key = .secret(bytes)
    }
  }

  /// Why a token is not taken, or nil.
  func mistake(in token: String, now: Double = Double(time(nil))) -> String? {
    guard token.utf8.count <= Self.longest else { return "the token has more than \(Self.longest) bytes" }
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
      let signature = decodeBase64(parts[2].utf8)
    else { return "the token is no JSON Web Token" }
    guard header["alg"]?.string == key.algorithm else {
      return "the token's algorithm is not \(key.algorithm)"
    }
    let message = Array("\(parts[0]).\(parts[1])".utf8)
    let isSigned: Bool
    switch key {
    case .secret(let secret):
      isSigned = library.hmacOfSHA256(message, key: secret).map { areEqualSecrets($0, signature) } ?? false
    case .publicKey(let key): isSigned = key.accepts(signature, of: message)
    }
    guard isSigned else { return "the token's signature is wrong" }
    guard let expires = claims["exp"]?.double else { return "the token has no time of expiry" }
    if expires < now - Self.leeway { return "the token has expired" }
    if let begins = claims["nbf"]?.double, begins > now + Self.leeway { return "the token is not valid yet" }
    if let issuer = rules.issuer, claims["iss"]?.string != issuer { return "the token's issuer is not '\(issuer)'" }
    if let audience = rules.audience {
      let told = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string].compactMap { $0 }
      guard told.contains(audience) else { return "the token is not for '\(audience)'" }
    }
    return nil
  }

  private static func object(_ part: String) -> JSON? {
    guard let bytes = decodeBase64(part.utf8), let json = try? JSON(parsing: bytes), json.object != nil else {
      return nil
    }
    return json
  }
}
