import ApusCore
import ApusMedia
import TestSupport
import Testing

@Suite struct SoundTests {
  let sound = Tensor((0..<100).map { (i: Int) -> Float in Float(i * 37 % 101) / 51 - 1 }, shape: [2, 50])

  @Test(
    arguments: [
      (.uint8, 0.004), (.int16, 2e-5), (.int24, 1e-7), (.int32, 1e-7), (.float32, 0), (.float64, 0), (.aLaw, 0.02),
      (.muLaw, 0.03),
    ] as [(SoundEncoding, Double)])
  func whatIsWrittenIsReadAgain(encoding: SoundEncoding, tolerance: Double) throws {
    let folder = TemporaryFolder()
    try writeWAV(sound, folder.file("a.wav"), sampleRate: 16000, encoding: encoding)
    let (waveform, sampleRate) = try readSound(folder.file("a.wav"))
    #expect(sampleRate == 16000 && waveform.shape == [2, 50] && waveform.dtype == .float32)
    #expect((waveform - sound).abs().amax().item() <= tolerance)
  }

  @Test func framesAreChosen() throws {
    let bytes = try encodeWAV(Tensor([0, 16384, -32768, 32767]).to(.int16), sampleRate: 8000)
    #expect(try decodeSound(bytes).waveform.array() == [0, 0.5, -1, 32767.0 / 32768])
    #expect(try decodeSound(bytes, frameOffset: 1, frameCount: 2).waveform.array() == [0.5, -1])
    #expect(try decodeSound(bytes, frameOffset: 9).waveform.shape == [1, 0])
  }

  /// The extremes of ITU-T G.711.
  @Test func telephoneSamplesAreExpanded() throws {
    func read(_ tag: UInt8, _ samples: [UInt8]) throws -> [Double] {
      let size = UInt8(samples.count)
      let format: [UInt8] = [16, 0, 0, 0, tag, 0, 1, 0, 64, 31, 0, 0, 64, 31, 0, 0, 1, 0, 8, 0]
      let file =
        Array("RIFF".utf8) + [36 + size, 0, 0, 0] + Array("WAVEfmt ".utf8) + format + Array("data".utf8)
        + [size, 0, 0, 0] + samples
      return try decodeSound(file).waveform.array().map { $0 * 32768 }
    }
    #expect(try read(7, [0x00, 0x80, 0xff, 0x7f]) == [-32124, 32124, 0, 0])
    #expect(try read(6, [0xaa, 0x2a, 0xd5, 0x55]) == [32256, -32256, 8, -8])
  }

  @Test func damagedSoundsAreRefused() throws {
    let bytes = try encodeWAV(sound, sampleRate: 8000)
    for length in 0..<bytes.count { #expect(throws: TensorError.self) { try decodeSound(Array(bytes[..<length])) } }
    let error = #expect(throws: TensorError.self) { try decodeSound(Array(bytes.dropLast()), name: "x.wav") }
    #expect(error?.operation == "x.wav" && error?.message.contains("cut short") == true)
    #expect(throws: TensorError.self) { try encodeWAV(Tensor.zeros([2, 3, 4]), sampleRate: 8000) }
    #expect(throws: TensorError.self) { try encodeWAV(sound, sampleRate: 0) }
  }
}
