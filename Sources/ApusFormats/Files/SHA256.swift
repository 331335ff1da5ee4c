import ApusCore

/// SHA-256 (FIPS 180-4) of bytes that come in pieces.
///
///     var digest = SHA256()
///     digest.update(bytes)
///     let name = digest.hexadecimal()
///
/// OpenSSL's libcrypto does it where the machine has it, with the processor's own instructions; else the rounds below.
package struct SHA256: ~Copyable {
  private let library: DigestLibrary?
  private let context: UnsafeMutableRawPointer?
  /// The first 32 bits behind the point of the square roots of the first 8 primes.
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Bytes that do not fill a block yet.
  private var rest: [UInt8] = []
  private var count: UInt64 = 0

  package init() { self.init(library: DigestLibrary.found) }

  /// - Parameter library: nil for the rounds below.
  init(library: DigestLibrary?) {
    context = library.flatMap { $0.begin() }
    self.library = context == nil ? nil : library
  }

  deinit { if let context { library?.free(context) } }

  /// Takes more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    if let library, let context {
      library.update(context, bytes)
      return
    }
    count += UInt64(bytes.count)
    var taken = 0
    if !rest.isEmpty {
      taken = min(64 - rest.count, bytes.count)
      rest.append(contentsOf: bytes[..<taken])
      guard rest.count == 64 else { return }
      rest.withUnsafeBytes { block in Self.mix(&state, block) }
      rest.removeAll(keepingCapacity: true)
    }
    while bytes.count - taken >= 64 {
      Self.mix(&state, UnsafeRawBufferPointer(rebasing: bytes[taken..<taken + 64]))
      taken += 64
    }
    rest.append(contentsOf: bytes[taken...])
  }

  /// Takes more bytes.
  package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The 32 bytes of all that was taken, as 64 hexadecimal digits.
  package consuming func hexadecimal() -> String {
    let bytes: [UInt8]
    if let library, let context {
      bytes = library.finish(context)
    } else {
      let bits = count * 8
      var last = rest
      last.append(0x80)
      while last.count % 64 != 56 { last.append(0) }
      for shift in stride(from: 56, through: 0, by: -8) {
        last.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
      }
      last.withUnsafeBytes { all in
        for start in stride(from: 0, to: all.count, by: 64) {
          Self.mix(&state, UnsafeRawBufferPointer(rebasing: all[start..<start + 64]))
        }
      }
      bytes = state.flatMap { word in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// The digest of a text's UTF-8 as hexadecimal digits.
  package static func hexadecimal(of text: String) -> String {
    var digest = SHA256()
    digest.update(Array(text.utf8))
    return digest.hexadecimal()
  }

  /// The digest of a file as hexadecimal digits.
  /// - Throws: `TensorError` of kind `file` when it cannot be read.
  package static func hexadecimal(ofFile path: String) throws(TensorError) -> String {
    let file = try MappedFile(path: path)
    var digest = SHA256()
    let step = 1 << 24
    for start in stride(from: 0, to: file.bytes.count, by: step) {
      let end = min(start + step, file.bytes.count)
      digest.update(UnsafeRawBufferPointer(rebasing: file.bytes[start..<end]))
      file.forget(start..<end)
    }
    return digest.hexadecimal()
  }

  /// One round of compression: a block of 64 bytes into the state.
  private static func mix(_ state: inout [UInt32], _ block: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
      for i in 0..<16 { w[i] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)) }
      for i in 16..<64 {
        let a = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3
        let b = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10
        w[i] = w[i - 16] &+ a &+ w[i - 7] &+ b
      }
      var (a, b, c, d) = (state[0], state[1], state[2], state[3])
      var (e, f, g, h) = (state[4], state[5], state[6], state[7])
      roundConstants.withUnsafeBufferPointer { constants in
        for i in 0..<64 {
          let first = h &+ (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) &+ (e & f ^ ~e & g) &+ constants[i] &+ w[i]
          let second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) &+ (a & b ^ a & c ^ b & c)
          (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
      }
      for (i, word) in [a, b, c, d, e, f, g, h].enumerated() { state[i] = state[i] &+ word }
    }
  }
}

/// What is used of OpenSSL's libcrypto to make digests, found at run time.
struct DigestLibrary: @unchecked Sendable {
  typealias Handle = UnsafeMutableRawPointer

  private let sha256: @convention(c) () -> Handle?
  private let make: @convention(c) () -> Handle?
  let free: @convention(c) (Handle?) -> Void
  private let start: @convention(c) (Handle?, Handle?, Handle?) -> Int32
  private let take: @convention(c) (Handle?, UnsafeRawPointer?, Int) -> Int32
  private let end: @convention(c) (Handle?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) -> Int32

  static let found: DigestLibrary? = DigestLibrary()

  private init?() {
    let candidates = DynamicLibrary.candidates(
      names: ["libcrypto.so.3", "libcrypto.so"], folder: nil, variable: "APUS_CRYPTO")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "EVP_MD_CTX_new"),
      let sha256 = library.function("EVP_sha256", as: (@convention(c) () -> Handle?).self),
      let make = library.function("EVP_MD_CTX_new", as: (@convention(c) () -> Handle?).self),
      let free = library.function("EVP_MD_CTX_free", as: (@convention(c) (Handle?) -> Void).self),
      let start = library.function(
        "EVP_DigestInit_ex", as: (@convention(c) (Handle?, Handle?, Handle?) -> Int32).self),
      let take = library.function(
        "EVP_DigestUpdate", as: (@convention(c) (Handle?, UnsafeRawPointer?, Int) -> Int32).self),
      let end = library.function(
        "EVP_DigestFinal_ex",
        as: (@convention(c) (Handle?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt32>?) -> Int32).self)
    else { return nil }
    (self.sha256, self.make, self.free, self.start, self.take, self.end) = (sha256, make, free, start, take, end)
  }

  /// A digest of nothing yet; nil where the library cannot.
  func begin() -> Handle? {
    guard let context = make() else { return nil }
    guard start(context, sha256(), nil) == 1 else {
      free(context)
      return nil
    }
    return context
  }

  func update(_ context: Handle, _ bytes: UnsafeRawBufferPointer) { _ = take(context, bytes.baseAddress, bytes.count) }

  /// The 32 bytes.
  func finish(_ context: Handle) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64)
    _ = end(context, &bytes, nil)
    return Array(bytes[..<32])
  }
}

private func turned(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

/// The first 32 bits behind the point of the cube roots of the first 64 primes.
private let roundConstants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
