/// Small HDF5 files, put together byte by byte in the newer form of the format (first block and object headers of version 2).
public struct HDF5Sample {
  private var bytes = [UInt8](repeating: 0, count: 48)

  public init() {}

  /// The weights of a Keras model with one Dense layer of 3 inputs and 2 units.
  public static func dense(kernel: [Float], bias: [Float]) -> [UInt8] {
    var file = HDF5Sample()
    let arrays = [("0", file.dataset(kernel, [3, 2])), ("1", file.dataset(bias, [2]))]
    let variables = file.group(arrays)
    let layer = file.group([("vars", variables)])
    let layers = file.group([("dense", layer)])
    let root = file.group([("layers", layers)])
    return file.finished(root: root)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { byte in UInt8(truncatingIfNeeded: value >> (8 * byte)) }
  }

  /// Adds an object; gives its address.
  private mutating func object(_ messages: [(kind: UInt8, body: [UInt8])]) -> Int {
    var body: [UInt8] = []
    for message in messages {
      body.append(message.kind)
      body += Self.little(message.body.count, 2)
      body.append(0)
      body += message.body
    }
    let address = bytes.count
    bytes += Array("OHDR".utf8)
    bytes += [2, 2]
    bytes += Self.little(body.count, 4)
    bytes += body
    bytes += [0, 0, 0, 0]
    return address
  }

  /// Adds a group of links of one kind: 0 leads to objects, 1 is soft, 64 external.
  public mutating func group(_ links: [(name: String, address: Int)], kind: UInt8 = 0) -> Int {
    var messages: [(kind: UInt8, body: [UInt8])] = []
    for link in links {
      let name = Array(link.name.utf8)
      var body: [UInt8] = kind == 0 ? [1, 0] : [1, 8, kind]
      body.append(UInt8(name.count))
      body += name
      body += kind == 0 ? Self.little(link.address, 8) : [2, 0, 0x2f, 0x61]
      messages.append((6, body))
    }
    return object(messages)
  }

  /// Adds a dataset of float32 numbers; `claimed` is the size that it says to have.
  public mutating func dataset(_ numbers: [Float], _ shape: [Int], claimed: Int? = nil) -> Int {
    let start = bytes.count
    for number in numbers { bytes += Self.little(Int(number.bitPattern), 4) }
    var space: [UInt8] = [2, UInt8(shape.count), 0, 1]
    for size in shape { space += Self.little(size, 8) }
    let type: [UInt8] = [0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0]
    var layout: [UInt8] = [3, 1]
    layout += Self.little(start, 8)
    layout += Self.little(claimed ?? numbers.count * 4, 8)
    return object([(1, space), (3, type), (8, layout)])
  }

  /// The file with its first block.
  public func finished(root: Int) -> [UInt8] {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a]
    var first = signature
    first += [2, 8, 8, 0]
    first += Self.little(0, 8)
    first += [UInt8](repeating: 255, count: 8)
    first += Self.little(bytes.count, 8)
    first += Self.little(root, 8)
    first += [0, 0, 0, 0]
    return first + bytes[first.count...]
  }
}
