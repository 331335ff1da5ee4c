import Apus
import Foundation
import Testing

/// The cache of machine code: entries are whole or made anew.
@Suite(.serialized) struct NativeCompilerTests {
  private typealias Function = @convention(c) (Int32) -> Int32

  @Test func damagedEntriesAreMadeAnew() throws {
    guard NativeCompiler.compiler != nil else { return }
    let cache = OwnCache()
    defer { cache.remove() }
    let folder = cache.folder
    let source = "int apus_test(int x) { return 3 * x; }"
    func value() -> Int32? {
      NativeCompiler.forgetLoaded()
      return NativeCompiler.library(source, symbol: "apus_test")?.function("apus_test", as: Function.self)?(14)
    }
    func files(_ suffix: String) throws -> [URL] {
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).filter {
        $0.lastPathComponent.hasSuffix(suffix)
      }
    }
    #expect(value() == 42)
    #expect(try files(".so").count == 1 && files(".c").count == 1)
    let library = try #require(try files(".so").first)
    let whole = try Data(contentsOf: library)

    for damaged in [Data(), whole.prefix(whole.count / 2), Data(repeating: 7, count: whole.count)] {
      // A new file: the one that is loaded stays as it is.
      try FileManager.default.removeItem(at: library)
      try damaged.write(to: library)
      #expect(value() == 42)
      #expect(try Data(contentsOf: library) != damaged)
    }
    let text = try #require(try files(".c").first)
    try "int apus_test(int x) { return 0; }".write(to: text, atomically: true, encoding: .utf8)
    #expect(value() == 42)
    #expect(try files("").allSatisfy { !$0.lastPathComponent.hasPrefix(".") })
  }

  /// What others may write to, or own, is code of others.
  @Test func whatOthersMayChangeIsNotLoaded() throws {
    guard NativeCompiler.compiler != nil else { return }
    let cache = OwnCache()
    defer { cache.remove() }
    let folder = cache.folder
    func value() -> Int32? {
      NativeCompiler.forgetLoaded()
      let library = NativeCompiler.library("int apus_owned(int x) { return x + 1; }", symbol: "apus_owned")
      return library?.function("apus_owned", as: Function.self)?(41)
    }
    func mode(_ path: String) throws -> Int {
      try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }
    #expect(value() == 42)
    #expect(try mode(folder.path) == 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let library = try #require(names.first { $0.hasSuffix(".so") }.map { folder.appendingPathComponent($0).path })
    #expect(try names.allSatisfy { try mode(folder.appendingPathComponent($0).path) & 0o077 == 0 })

    // An entry that others may write to is made anew.
    chmod(library, 0o666)
    #expect(value() == 42)
    #expect(try mode(library) & 0o022 == 0)

    // A folder that others may write to, or that is another user's, is not used; nor is a link of another user.
    for shared in [0o777, 0o770, 0o702] as [mode_t] {
      chmod(folder.path, shared)
      #expect(value() == nil)
    }
    chmod(folder.path, 0o700)
    #expect(value() == 42)
    if geteuid() == 0 {
      chown(folder.path, 65534, 65534)
      #expect(value() == nil)
    }
  }

  @Test func whatDoesNotCompileIsNoLibrary() {
    #expect(NativeCompiler.library("this is no C", symbol: "x") == nil)
  }
}

/// A folder of its own for machine code, until it is removed.
private struct OwnCache {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("apus-cache-\(UUID().uuidString)")
  private let before = ProcessInfo.processInfo.environment["APUS_CACHE"]

  init() { setenv("APUS_CACHE", folder.path, 1) }

  func remove() {
    if let before { setenv("APUS_CACHE", before, 1) } else { unsetenv("APUS_CACHE") }
    try? FileManager.default.removeItem(at: folder)
  }
}
