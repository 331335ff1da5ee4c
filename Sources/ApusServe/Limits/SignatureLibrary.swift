import ApusCore

/// What is used of OpenSSL's libcrypto to check signatures, found at run time.
struct SignatureLibrary: @unchecked Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Bytes = UnsafePointer<UInt8>

  private let sha256: @convention(c) () -> Handle?
  private let hmac:
    @convention(c) (Handle?, Bytes?, Int32, Bytes?, Int, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) ->
      UnsafeMutablePointer<UInt8>?
  private let makeBuffer: @convention(c) (Bytes?, Int32) -> Handle?
  private let freeBuffer: @convention(c) (Handle?) -> Int32
  private let readPublicKey: @convention(c) (Handle?, Handle?, Handle?, Handle?) -> Handle?
  private let freeKey: @convention(c) (Handle?) -> Void
  private let kindOfKey: @convention(c) (Handle?) -> Int32
  private let makeContext: @convention(c) () -> Handle?
  private let freeContext: @convention(c) (Handle?) -> Void
  private let begin: @convention(c) (Handle?, Handle?, Handle?, Handle?, Handle?) -> Int32
  private let verify: @convention(c) (Handle?, Bytes?, Int, Bytes?, Int) -> Int32

  private static let found: SignatureLibrary? = SignatureLibrary()

  /// The library of this machine, looked for once.
  /// - Throws: `TensorError` of kind `unsupported` where the machine has none.
  static func loaded() throws(TensorError) -> SignatureLibrary {
    guard let found else {
      throw TensorError(
        .unsupported, "tokens",
        "the library libcrypto of OpenSSL 3 was not found; install it (Debian and Ubuntu: `apt install libssl3`), or name it in the "
          + "environment variable APUS_CRYPTO")
    }
    return found
  }

  private init?() {
    let candidates = DynamicLibrary.candidates(
      names: ["libcrypto.so.3", "libcrypto.so"], folder: nil, variable: "APUS_CRYPTO")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "EVP_PKEY_get_base_id") else { return nil }
    func find<Function>(_ name: String, _: Function.Type) -> Function? { library.function(name, as: Function.self) }
    guard let sha256 = find("EVP_sha256", (@convention(c) () -> Handle?).self),
      let hmac = find(
        "HMAC",
        (@convention(c) (
          Handle?, Bytes?, Int32, Bytes?, Int, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?
        ) -> UnsafeMutablePointer<UInt8>?).self),
      let makeBuffer = find("BIO_new_mem_buf", (@convention(c) (Bytes?, Int32) -> Handle?).self),
      let freeBuffer = find("BIO_free", (@convention(c) (Handle?) -> Int32).self),
      let readPublicKey = find(
        "PEM_read_bio_PUBKEY", (@convention(c) (Handle?, Handle?, Handle?, Handle?) -> Handle?).self),
      let freeKey = find("EVP_PKEY_free", (@convention(c) (Handle?) -> Void).self),
      let kindOfKey = find("EVP_PKEY_get_base_id", (@convention(c) (Handle?) -> Int32).self),
      let makeContext = find("EVP_MD_CTX_new", (@convention(c) () -> Handle?).self),
      let freeContext = find("EVP_MD_CTX_free", (@convention(c) (Handle?) -> Void).self),
      let begin = find(
        "EVP_DigestVerifyInit", (@convention(c) (Handle?, Handle?, Handle?, Handle?, Handle?) -> Int32).self),
      let verify = find("EVP_DigestVerify", (@convention(c) (Handle?, Bytes?, Int, Bytes?, Int) -> Int32).self)
    else { return nil }
    (self.sha256, self.hmac, self.makeBuffer, self.freeBuffer) = (sha256, hmac, makeBuffer, freeBuffer)
    (self.readPublicKey, self.freeKey, self.kindOfKey) = (readPublicKey, freeKey, kindOfKey)
    (self.makeContext, self.freeContext, self.begin, self.verify) = (makeContext, freeContext, begin, verify)
  }

  /// The HMAC of `message` with SHA-256; nil where the library fails.
  func hmacOfSHA256(_ message: [UInt8], key: [UInt8]) -> [UInt8]? {
    var digest = [UInt8](repeating: 0, count: 64)
    var count: UInt32 = 0
    guard hmac(sha256(), key, Int32(clamping: key.count), message, message.count, &digest, &count) != nil else {
      return nil
    }
    return Array(digest.prefix(Int(count)))
  }

  /// A public key of RSA in PEM; nil where the text is none.
  func publicKeyOfRSA(_ text: [UInt8]) -> PublicKey? {
    guard let buffer = makeBuffer(text, Int32(clamping: text.count)) else { return nil }
    defer { _ = freeBuffer(buffer) }
    guard let key = readPublicKey(buffer, nil, nil, nil) else { return nil }
    // The number of RSA.
    guard kindOfKey(key) == 6 else {
      freeKey(key)
      return nil
    }
    return PublicKey(self, key)
  }

  /// A public key.
  final class PublicKey: @unchecked Sendable {
    private let library: SignatureLibrary
    private let key: Handle

    fileprivate init(_ library: SignatureLibrary, _ key: Handle) { (self.library, self.key) = (library, key) }

    deinit { library.freeKey(key) }

    /// Whether `signature` is that of `message` by SHA-256 and this key.
    func accepts(_ signature: [UInt8], of message: [UInt8]) -> Bool {
      guard let context = library.makeContext() else { return false }
      defer { library.freeContext(context) }
      return library.begin(context, nil, library.sha256(), nil, key) == 1
        && library.verify(context, signature, signature.count, message, message.count) == 1
    }
  }
}
