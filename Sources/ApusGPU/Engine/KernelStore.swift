import ApusCore

#if canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Machine code of kernels, kept on disk for the next program: an entry is named by the text and by who made code of it for what (the
/// compiler, its version, the architecture). It holds both and a sum of them, so that one that is not what was written is made anew.
package enum KernelStore {
  private static let suffix = ".kernel"
  /// The kernels of many programs; the oldest go when there are more.
  private static let entryLimit = 4096
  private static let sumLength = 32

  /// The code of `source`, made by `make` where there is none from the same `maker` yet.
  package static func code(
    _ source: String, from maker: String, _ make: () throws(TensorError) -> [UInt8]
  ) throws(TensorError) -> [UInt8] {
    let text = Array((maker + "\n" + source).utf8)
    guard let folder = CacheFolder() else { return try make() }
    let path = "\(folder.path)/\(CacheFolder.fingerprint(text))\(suffix)"
    if let known = CacheFolder.read(path).flatMap({ code(in: $0, of: text) }) {
      CacheFolder.touch(path)
      return known
    }
    let made = try make()
    let content = text + made
    let own = folder.ownName("kernel")
    // Who cannot keep it has it all the same.
    if CacheFolder.write(Array(CacheFolder.fingerprint(content).utf8) + content, to: own), rename(own, path) == 0 {
      folder.prune(suffix, limit: entryLimit)
    } else {
      unlink(own)
    }
    return made
  }

  private static func code(in entry: [UInt8], of text: [UInt8]) -> [UInt8]? {
    let content = entry.dropFirst(sumLength)
    guard content.count > text.count, content.starts(with: text),
      entry.prefix(sumLength).elementsEqual(CacheFolder.fingerprint(content).utf8)
    else { return nil }
    return Array(content.dropFirst(text.count))
  }
}
