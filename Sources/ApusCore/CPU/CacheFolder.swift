#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder in which what compilers make is kept from one program to the next.
///
/// Several processes may use one folder: an entry appears whole, by renaming. What is read is code, so a folder or a file that another user
/// owns or may write to is not used. The folder is `APUS_CACHE`, else `apus/kernels` in `XDG_CACHE_HOME` or `~/.cache`.
package struct CacheFolder: Sendable {
  package let path: String

  /// Nil where there is no folder of this user alone that can be written to.
  package init?() {
    let base: String
    if let told = DynamicLibrary.environment("APUS_CACHE") {
      base = told
    } else if let cache = DynamicLibrary.environment("XDG_CACHE_HOME") {
      base = "\(cache)/apus/kernels"
    } else if let home = DynamicLibrary.environment("HOME") {
      base = "\(home)/.cache/apus/kernels"
    } else {
      base = "\(DynamicLibrary.environment("TMPDIR") ?? "/tmp")/apus-kernels-\(getuid())"
    }
    var path = base.hasPrefix("/") ? "" : "."
    for part in base.split(separator: "/") {
      path += "/\(part)"
      mkdir(path, 0o700)
    }
    // A link to the folder must be the user's as much as the folder itself.
    var link = stat()
    var status = stat()
    guard lstat(path, &link) == 0, link.st_uid == geteuid(), stat(path, &status) == 0,
      status.st_mode & S_IFMT == S_IFDIR, Self.isPrivate(status), access(path, W_OK) == 0
    else { return nil }
    self.path = path
  }

  /// A name for a file of this thread alone, which is moved into place once it is whole.
  package func ownName(_ purpose: String) -> String {
    "\(path)/.\(purpose).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
  }

  /// The bytes of a file, if it is the user's and nobody else may write to it.
  package static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var status = stat()
    guard fstat(fileno(file), &status) == 0, isPrivate(status) else { return nil }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let n = fread(&buffer, 1, buffer.count, file)
      if n == 0 { return ferror(file) == 0 ? result : nil }
      result += buffer[..<n]
    }
  }

  /// Writes a file that only the user may read.
  package static func write(_ bytes: [UInt8], to path: String) -> Bool {
    guard let file = fopen(path, "wb") else { return false }
    fchmod(fileno(file), 0o600)
    let written = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && written == bytes.count
  }

  /// Sets the time of use, which decides what stays.
  package static func touch(_ path: String) { utimensat(AT_FDCWD, path, nil, 0) }

  /// Removes the entries (files that end in `suffix`) that were not used for longest, above the limit, with the files of the same name
  /// that end in `others`.
  package func prune(_ suffix: String, with others: [String] = [], limit: Int) {
    guard let directory = opendir(path) else { return }
    var entries: [(name: String, used: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasSuffix(suffix), !name.hasPrefix(".") else { continue }
      var status = stat()
      if stat("\(path)/\(name)", &status) == 0 {
        entries.append((String(name.dropLast(suffix.utf8.count)), Int(status.st_mtim.tv_sec)))
      }
    }
    closedir(directory)
    guard entries.count > limit else { return }
    for entry in entries.sorted(by: { $0.used < $1.used }).prefix(entries.count - limit) {
      for suffix in [suffix] + others { unlink("\(path)/\(entry.name)\(suffix)") }
    }
  }

  /// Whether a file or folder is the user's, and nobody else may write to it.
  private static func isPrivate(_ status: stat) -> Bool {
    status.st_uid == geteuid() && status.st_mode & (S_IWGRP | S_IWOTH) == 0
  }

  /// A name for the content of `bytes`, the same in every process: two 64-bit FNV-1a sums from different starts.
  package static func fingerprint(_ bytes: some Sequence<UInt8>) -> String {
    var (a, b): (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
    for byte in bytes {
      a = (a ^ UInt64(byte)) &* 0x100_0000_01b3
      b = (b ^ UInt64(byte ^ 0x5a)) &* 0x100_0000_01b3
    }
    return hex(a) + hex(b)
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
