import ApusCore
import ApusMedia

extension ONNXOperators {
  /// The picture in the bytes of a file, `[height, width, channels]`; an empty one where they are none.
  static func imageDecoder(_ call: ONNXCall) throws -> [ONNXValue?] {
    let given = try call.tensor(0)
    guard given.dtype == .uint8 else { throw call.error(.dtype, "needs bytes, and found \(given.dtype)") }
    let format = try call.node.choice("pixel_format", default: "RGB", of: ["RGB", "BGR", "Grayscale"])
    let bytes = given.settled.array(as: UInt8.self)
    let rows: Tensor
    do throws(TensorError) {
      if let plain = try PlainPicture.decode(bytes) {
        rows = plain
      } else {
        rows = try decodeImage(bytes, mode: .rgb, dtype: .uint8).permute([1, 2, 0])
      }
    } catch {
      // What is no picture gives an empty one; what cannot be read here is told.
      guard error.kind == .format else { throw error }
      return [.tensor(Tensor.zeros([0, 0, format == "Grayscale" ? 1 : 3], dtype: .uint8))]
    }
    switch format {
    case "Grayscale":
      // The weights of ITU-R 601 in 16 bits, as Pillow has them.
      let weights = Tensor([19595, 38470, 7471] as [Int32], shape: [3])
      let sums = (rows.to(.int32) * weights).sum([2], keepDim: true) + 0x8000
      return [.tensor(sums.floorDivide(0x10000).to(.uint8))]
    case "BGR": return [.tensor(rows.flip(2).contiguous())]
    default: return [.tensor(rows.contiguous())]
    }
  }
}

/// Pictures without compression: PNM (`P2`, `P3`, `P5`, `P6`) and baseline TIFF.
private struct PlainPicture {
  private let bytes: [UInt8]
  private var position = 0

  /// The picture as `[height, width, 3]`; nil where the bytes are of another format.
  static func decode(_ bytes: [UInt8]) throws(TensorError) -> Tensor? {
    if bytes.count > 2, bytes[0] == UInt8(ascii: "P"), [0x32, 0x33, 0x35, 0x36].contains(bytes[1]) {
      var picture = PlainPicture(bytes: bytes, position: 2)
      return try picture.portable(kind: bytes[1] - 0x30)
    }
    if bytes.starts(with: [0x49, 0x49, 42, 0]) { return try TIFF(bytes, isLittle: true).picture() }
    if bytes.starts(with: [0x4d, 0x4d, 0, 42]) { return try TIFF(bytes, isLittle: false).picture() }
    if bytes.starts(with: [0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20]) || bytes.starts(with: [0xff, 0x4f, 0xff, 0x51]) {
      throw TensorError(.unsupported, "", "JPEG 2000 is not read")
    }
    return nil
  }

  private static func failure(_ message: String) -> TensorError { TensorError(.format, "", message) }

  /// The next number of a header, behind white space and comments.
  private mutating func number() throws(TensorError) -> Int {
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "#") {
        while position < bytes.count, bytes[position] != 10 { position += 1 }
      } else if [9, 10, 11, 12, 13, 32].contains(bytes[position]) {
        position += 1
      } else {
        break
      }
    }
    var value = 0
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]), position < start + 9 {
      value = value * 10 + Int(bytes[position] - 0x30)
      position += 1
    }
    guard position > start else { throw Self.failure("a number is missing at byte \(position)") }
    return value
  }

  private mutating func portable(kind: UInt8) throws(TensorError) -> Tensor {
    let (width, height, most) = (try number(), try number(), try number())
    let channels = kind % 3 == 0 ? 3 : 1
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels > 0, pixels <= bytes.count, (1...0xffff).contains(most) else {
      throw Self.failure("the header tells a size of \(width) x \(height) in \(bytes.count) bytes")
    }
    var values: [Int] = []
    values.reserveCapacity(pixels * channels)
    if kind < 5 {
      for _ in 0..<pixels * channels { values.append(try number()) }
    } else {
      position += 1
      let size = most > 255 ? 2 : 1
      guard bytes.count - position >= pixels * channels * size else { throw Self.failure("the picture is cut short") }
      for i in 0..<pixels * channels {
        let at = position + i * size
        values.append(size == 1 ? Int(bytes[at]) : Int(bytes[at]) << 8 | Int(bytes[at + 1]))
      }
    }
    let scaled =
      most == 255 ? values.map { UInt8(clamping: $0) } : values.map { UInt8(clamping: ($0 * 255 + most / 2) / most) }
    return Tensor(scaled, shape: [height, width, channels]).expand([height, width, 3])
  }

  /// A TIFF file: fields of a directory, and strips of pixels.
  private struct TIFF {
    private let bytes: [UInt8]
    private let isLittle: Bool

    init(_ bytes: [UInt8], isLittle: Bool) {
      self.bytes = bytes
      self.isLittle = isLittle
    }

    private func number(_ at: Int, _ size: Int) throws(TensorError) -> Int {
      guard at >= 0, at <= bytes.count - size else { throw failure("the file ends before byte \(at + size)") }
      return (0..<size).reduce(0) { $0 << 8 | Int(bytes[at + (isLittle ? size - 1 - $1 : $1)]) }
    }

    /// The numbers of each field, by its tag.
    private func fields() throws(TensorError) -> [Int: [Int]] {
      let start = try number(4, 4)
      var fields: [Int: [Int]] = [:]
      for i in 0..<(try number(start, 2)) {
        let at = start + 2 + 12 * i
        let (tag, type, count) = (try number(at, 2), try number(at + 2, 2), try number(at + 4, 4))
        guard let size = [1: 1, 3: 2, 4: 4][type], count <= bytes.count / size else { continue }
        let place = count * size <= 4 ? at + 8 : try number(at + 8, 4)
        var numbers: [Int] = []
        for k in 0..<count { numbers.append(try number(place + k * size, size)) }
        fields[tag] = numbers
      }
      return fields
    }

    func picture() throws(TensorError) -> Tensor {
      let fields = try fields()
      func one(_ tag: Int, _ standard: Int) -> Int { fields[tag]?.first ?? standard }
      let (width, height, channels) = (one(256, 0), one(257, 0), one(277, 1))
      guard one(259, 1) == 1, (fields[258] ?? [1]).allSatisfy({ $0 == 8 }), one(284, 1) == 1,
        [1, 2].contains(one(262, 2)),
        channels == 1 || channels == 3 || channels == 4
      else {
        throw TensorError(.unsupported, "", "of TIFF, grey and RGB pictures of 8 bits without compression are read")
      }
      let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
      guard !overflow, pixels > 0, pixels <= bytes.count else {
        throw failure("the header tells a size of \(width) x \(height) in \(bytes.count) bytes")
      }
      var data: [UInt8] = []
      for (start, count) in zip(fields[273] ?? [], fields[279] ?? []) {
        guard start <= bytes.count, count <= bytes.count - start, data.count <= bytes.count else {
          throw failure("a strip lies beyond the end of the file")
        }
        data += bytes[start..<start + count]
      }
      guard data.count >= pixels * channels else { throw failure("the strips hold fewer bytes than the picture") }
      let rows = Tensor(Array(data.prefix(pixels * channels)), shape: [height, width, channels])
      return channels == 1 ? rows.expand([height, width, 3]) : rows.narrow(2, 0, 3)
    }

    private func failure(_ message: String) -> TensorError { PlainPicture.failure(message) }
  }
}
