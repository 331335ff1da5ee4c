import Foundation

/// Jane Austen's novels, from the data of R's package "janeaustenr".
///
/// R keeps a package's data in one file: for each object its size, then its bytes, compressed by zlib. Each novel is a
/// vector of lines.
public enum Novels {
  /// Whether `scripts/example-data.sh` has brought them.
  public static var areInstalled: Bool { dataFolder("janeaustenr") != nil }

  /// The six novels as one text, or nil where they are not installed.
  /// - Throws: when the file is damaged.
  public static func text() throws -> String? {
    guard let folder = dataFolder("janeaustenr") else { return nil }
    return try text(of: Array(Data(contentsOf: URL(fileURLWithPath: folder + "/Rdata.rdb"))))
  }

  /// The texts in the bytes of such a file, an empty line between two.
  /// - Throws: when they are something else.
  public static func text(of file: [UInt8]) throws -> String {
    var novels: [String] = []
    var rest = file[...]
    while !rest.isEmpty {
      let size = try rest.takeNumber()
      guard size <= 1 << 26 else { throw damaged }
      var vector = try inflate(&rest, to: size)[...]
      novels.append(try lines(of: &vector).joined(separator: "\n"))
    }
    return novels.joined(separator: "\n\n")
  }

  /// The texts of a vector as R writes it: a header, the encoding's name, then a mark and a length before each text.
  private static func lines(of vector: inout ArraySlice<UInt8>) throws -> [String] {
    guard vector.starts(with: Array("X\n".utf8)) else { throw damaged }
    _ = try vector.take(14)
    _ = try vector.take(try vector.takeNumber())
    guard try vector.takeNumber() & 0xff == 16 else { throw damaged }
    let count = try vector.takeNumber()
    guard count <= vector.count / 8 else { throw damaged }
    return try (0..<count).map { _ in
      _ = try vector.takeNumber()
      return String(decoding: try vector.take(try vector.takeNumber()), as: UTF8.self)
    }
  }

  /// The first `size` bytes that the beginning of `bytes` was made of; what follows is left in `bytes`.
  private static func inflate(_ bytes: inout ArraySlice<UInt8>, to size: Int) throws -> [UInt8] {
    typealias Uncompress =
      @convention(c) (
        UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt>, UnsafePointer<UInt8>?, UnsafeMutablePointer<UInt>
      ) -> Int32
    guard let zlib = dlopen("libz.so.1", RTLD_NOW), let symbol = dlsym(zlib, "uncompress2") else {
      throw ExampleError("reading the novels needs zlib (Debian: zlib1g)")
    }
    let uncompress = unsafeBitCast(symbol, to: Uncompress.self)
    var (written, read) = (UInt(size), UInt(bytes.count))
    var status: Int32 = 0
    let result = [UInt8](unsafeUninitializedCapacity: size) { memory, count in
      status = bytes.withUnsafeBufferPointer { uncompress(memory.baseAddress, &written, $0.baseAddress, &read) }
      count = status == 0 ? Int(written) : 0
    }
    guard status == 0, result.count == size else { throw damaged }
    bytes.removeFirst(Int(read))
    return result
  }

  fileprivate static var damaged: ExampleError {
    ExampleError("the file of the novels is damaged; scripts/example-data.sh brings a new one")
  }
}

extension ArraySlice<UInt8> {
  /// Takes the first `count` bytes off.
  fileprivate mutating func take(_ count: Int) throws -> ArraySlice {
    guard self.count >= count else { throw Novels.damaged }
    defer { removeFirst(count) }
    return prefix(count)
  }
  /// Takes a number of four bytes off, the highest one first.
  fileprivate mutating func takeNumber() throws -> Int { try take(4).reduce(0) { $0 << 8 | Int($1) } }
}
