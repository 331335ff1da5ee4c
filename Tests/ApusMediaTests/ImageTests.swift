import ApusCore
import ApusMedia
import TestSupport
import Testing

@Suite struct ImageTests {
  /// A picture whose samples differ from each other.
  func picture(_ channels: Int, _ dtype: DType = .uint8, height: Int = 5, width: Int = 7) -> Tensor {
    let count = channels * height * width
    let most = dtype == .uint8 ? 256 : 65536
    return Tensor((0..<count).map { ($0 * $0 * 37 + $0 * 11) % most }).to(dtype).reshape([channels, height, width])
  }

  func expectEqual(_ a: Tensor, _ b: Tensor, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(a.shape == b.shape && a.dtype == b.dtype, sourceLocation: sourceLocation)
    let (left, right) = (a.withUnsafeBytes { Array($0) }, b.withUnsafeBytes { Array($0) })
    #expect(left == right, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 2, 3, 4], [DType.uint8, .uint16])
  func whatIsWrittenAsPNGIsReadAgain(channels: Int, dtype: DType) throws {
    let folder = TemporaryFolder()
    let image = picture(channels, dtype)
    try writePNG(image, folder.file("a.png"))
    expectEqual(try readImage(folder.file("a.png")), image)
    let info = try ImageInfo(path: folder.file("a.png"))
    #expect(info.format == .png && info.width == 7 && info.height == 5 && info.channels == channels)
    #expect(info.bits == 8 * dtype.size)
  }

  @Test func channelsAndSizesOfSamplesAreChosen() throws {
    let pixel = Tensor([10, 200, 30, 128]).to(.uint8).reshape([4, 1, 1])
    let file = try encodePNG(pixel)
    #expect(try decodeImage(file, mode: .rgb).array(as: Int.self) == [10, 200, 30])
    // 0.299 R + 0.587 G + 0.114 B
    #expect(try decodeImage(file, mode: .gray).array(as: Int.self) == [124])
    #expect(try decodeImage(file, mode: .grayAlpha).array(as: Int.self) == [124, 128])
    #expect(try decodeImage(file, dtype: .uint16).to(.int64).array(as: Int.self) == [2570, 51400, 7710, 32896])
    let wide = try encodePNG(Tensor([0x1234]).to(.uint16).reshape([1, 1, 1]))
    #expect(try decodeImage(wide, mode: .rgba, dtype: .uint8).array(as: Int.self) == [0x12, 0x12, 0x12, 255])
    #expect(throws: TensorError.self) { try decodeImage(file, dtype: .float32) }
  }

  @Test func framesOfAGIFAreDrawnAboveEachOther() throws {
    // Two by one pixels, black and red; the second frame makes the right one red.
    var file: [UInt8] = Array("GIF89a".utf8) + [2, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 0, 0]
    file += [0x2c, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 2, 0x04, 0x0a, 0]
    file += [0x21, 0xf9, 4, 0, 7, 0, 0, 0, 0x2c, 1, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4c, 0x01, 0, 0x3b]
    let folder = TemporaryFolder()
    put(file, at: folder.file("a.gif"))
    let animation = try readFrames(folder.file("a.gif"))
    #expect(animation.frames.shape == [2, 4, 1, 2] && animation.milliseconds == [0, 70])
    #expect(animation.frames.select(0, 0).select(0, 0).array(as: Int.self) == [0, 0])
    #expect(animation.frames.select(0, 1).select(0, 0).array(as: Int.self) == [0, 255])
    #expect(try readImage(folder.file("a.gif"), mode: .rgb).array(as: Int.self) == [0, 0, 0, 0, 0, 0])
  }

  @Test func bitmapsAreReadFromBelow() throws {
    // One column of a blue and, above it, a red pixel; rows are filled up to four bytes.
    let header: [UInt8] = [
      0x42, 0x4d, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0,
    ]
    let file = header + [UInt8](repeating: 0, count: 24) + [255, 0, 0, 0, 0, 0, 255, 0]
    #expect(try decodeImage(file).array(as: Int.self) == [255, 0, 0, 0, 0, 255])
  }

  @Test func lossyFormatsComeClose() throws {
    let ramp = Tensor((0..<3 * 32 * 32).map { $0 % 32 * 4 + 40 }).to(.uint8).reshape([3, 32, 32])
    let folder = TemporaryFolder()
    do {
      try writeImage(ramp, folder.file("a.jpg"))
      try writeWebP(ramp, folder.file("a.webp"), lossless: true)
    } catch let error as TensorError where error.kind == .unsupported {
      // The libraries are not part of the package.
      #expect(error.message.contains("apt-get install"))
      return
    }
    let jpeg = try readImage(folder.file("a.jpg"), mode: .rgb)
    #expect(jpeg.shape == [3, 32, 32])
    #expect((jpeg.to(.float32) - ramp.to(.float32)).abs().amax().item() < 12)
    #expect(try ImageInfo(path: folder.file("a.jpg")).format == .jpeg)
    expectEqual(try readImage(folder.file("a.webp")), ramp)
  }

  @Test func damagedPicturesAreRefused() throws {
    let file = try encodePNG(picture(3))
    for length in 0..<file.count { #expect(throws: TensorError.self) { try decodeImage(Array(file[..<length])) } }
    var wrong = file
    wrong[45] ^= 1
    let error = #expect(throws: TensorError.self) { try decodeImage(wrong, name: "x.png") }
    #expect(error?.kind == .format && error?.operation == "x.png" && error?.message.contains("checksum") == true)
    #expect(throws: TensorError.self) { try decodeImage(Array("no picture".utf8)) }
    #expect(throws: TensorError.self) { try readImage("/no/such/file.png") }
    // A small file that tells an enormous size allocates nothing.
    let screen: [UInt8] = Array("GIF89a".utf8) + [255, 255, 255, 255, 0, 0, 0]
    #expect(throws: TensorError.self) {
      try decodeImage(screen + [0x2c, 0, 0, 0, 0, 255, 255, 255, 255, 0, 2, 1, 0, 0, 0x3b])
    }
  }

  @Test func whatIsNoPictureIsNotWritten() {
    #expect(throws: TensorError.self) { try encodePNG(Tensor.zeros([3, 4, 4])) }
    #expect(throws: TensorError.self) { try encodePNG(picture(3).unsqueeze(0)) }
    #expect(throws: TensorError.self) { try encodeJPEG(picture(3), quality: 0) }
    #expect(throws: TensorError.self) { try writeImage(picture(3), "a.tiff") }
  }
}
