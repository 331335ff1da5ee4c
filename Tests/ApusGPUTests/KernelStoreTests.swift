import Apus
import ApusCore
import ApusGPU
import Foundation
import Testing

/// Machine code of kernels stays on disk for the next program.
@Suite("Kernels on disk") struct KernelStoreTests {
  /// A text that no other run has kept.
  private let text = "kernel \(UUID())"

  /// What the store gives for the text, and how often it asked for it to be made.
  private func code(_ made: [UInt8], from maker: String = "a compiler") throws -> (code: [UInt8], calls: Int) {
    var calls = 0
    let found = try KernelStore.code(text, from: maker) { () throws(TensorError) in
      calls += 1
      return made
    }
    return (found, calls)
  }

  private var entry: URL? {
    let name = CacheFolder.fingerprint("a compiler\n\(text)".utf8)
    return CacheFolder().map { URL(fileURLWithPath: "\($0.path)/\(name).kernel") }
  }

  @Test("Code is made once for each text and maker")
  func keeping() throws {
    try #require(CacheFolder() != nil)
    #expect(try code([1, 2, 3]) == ([1, 2, 3], 1))
    #expect(try code([9]) == ([1, 2, 3], 0))
    #expect(try code([4], from: "another compiler") == ([4], 1))
    if let entry { try FileManager.default.removeItem(at: entry) }
  }

  @Test("An entry that is not what was written, or that others may write to, is made anew", arguments: 0..<4)
  func damage(form: Int) throws {
    let entry = try #require(entry)
    defer { try? FileManager.default.removeItem(at: entry) }
    _ = try code([1, 2, 3])
    var bytes = try Data(contentsOf: entry)
    switch form {
    case 0: bytes[bytes.count - 1] ^= 1
    case 1: bytes.removeLast()
    case 2: bytes = Data()
    default: break
    }
    try bytes.write(to: entry)
    if form == 3 { try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: entry.path) }
    #expect(try code([7]) == ([7], 1))
    #expect(try code([8]) == ([7], 0))
  }

  @Test("What does not compile is told, and not kept")
  func failures() throws {
    #expect(throws: TensorError.self) {
      try KernelStore.code(text, from: "a compiler") { () throws(TensorError) in
        throw TensorError(.value, "building a kernel", "no")
      }
    }
    #expect(try code([5]) == ([5], 1))
    if let entry { try FileManager.default.removeItem(at: entry) }
  }
}
