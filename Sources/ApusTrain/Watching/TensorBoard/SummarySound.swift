import ApusCore
import ApusFormats
import ApusMedia

extension SummaryWriter {
  /// Records a sound of one channel, as WAV of 16 bits.
  /// - Parameters:
  ///   - sound: `[frames]`, or with dimensions of size 1 besides: numbers from -1 to 1, beyond which they are cut.
  ///   - sampleRate: frames per second.
  public func addAudio(
    _ tag: String, _ sound: Tensor, _ step: Int = 0, sampleRate: Int = 44100, walltime: Double? = nil
  ) {
    guard !sound.hasFailed else { return }
    let frames = sound.count
    guard frames > 0, sound.shape.filter({ $0 != 1 }).count <= 1 else {
      report(
        TensorError(.shape, "addAudio", "a sound has one dimension, of one frame or more, and this is \(sound.shape)"))
      return
    }
    let samples = (sound.detach().to(.float64).reshape([frames]).clamp(min: -1.0, max: 1.0) * 32767).to(.int16)
    guard let file = reported("addAudio", { try encodeWAV(samples, sampleRate: sampleRate) }) else { return }
    write {
      try $0.add(tag, step, walltime) { value in
        value.add(6) { audio in
          audio.add(1, float: Float(sampleRate))
          audio.add(2, int64: 1)
          audio.add(3, int64: Int64(frames))
          audio.add(4, bytes: file)
          audio.add(5, string: "audio/wav")
        }
      }
    }
  }
}
