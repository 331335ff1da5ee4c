import ApusCore
import ApusFormats

/// A sound as it was read.
public typealias Sound = (waveform: Tensor, sampleRate: Int)

/// Reads a sound file, as torchaudio's `load`: WAV by code of our own; FLAC, Ogg, AIFF, MP3 and the other formats of libsndfile
/// through that library.
///
///     let (waveform, sampleRate) = try readSound("speech.wav")       // float32, [channels, frames]
///
/// Integer samples become numbers from -1 to 1: those of 16 bits are divided by 32768, those of 24 by 2^23 and so on; A-law and
/// mu-law are expanded to 16 bits before.
///
/// - Parameters:
///   - path: a file, also gzip or zstd around it; `~` is the home folder.
///   - frameOffset: how many frames (a sample of each channel) are left out at the start.
///   - frameCount: the most frames that are read; nil for all.
/// - Returns: float32 of shape `[channels, frames]`, and the frames per second.
/// - Throws: `TensorError` of kind `file` when the file cannot be read, of kind `format` when it is damaged or cut short, of kind
///   `unsupported` for an encoding that is not read or where libsndfile is needed and not installed.
public func readSound(_ path: String, frameOffset: Int = 0, frameCount: Int? = nil) throws(TensorError) -> Sound {
  let contents = try readFile(path)
  return try withExtended(contents) { () throws(TensorError) in
    try decode(contents.bytes, path, frameOffset, frameCount)
  }
}

/// Decodes the bytes of a sound file; see ``readSound(_:frameOffset:frameCount:)``.
/// - Parameter name: what errors call the sound.
public func decodeSound(
  _ bytes: [UInt8], frameOffset: Int = 0, frameCount: Int? = nil, name: String = "decodeSound"
) throws(TensorError) -> Sound {
  try bytes.withUnsafeBufferPointer { bytes throws(TensorError) in
    try decode(UnsafeRawBufferPointer(bytes), name, frameOffset, frameCount)
  }
}

private func decode(
  _ bytes: UnsafeRawBufferPointer, _ name: String, _ frameOffset: Int, _ frameCount: Int?
) throws(TensorError) -> Sound {
  guard frameOffset >= 0, frameCount ?? 0 >= 0 else {
    throw TensorError(
      .value, name, "frames are counted from 0, and asked for are \(frameCount ?? 0) from \(frameOffset) on")
  }
  if WAVFile.begins(bytes) {
    let file = try WAVFile(bytes, name: name)
    if let encoding = file.encoding {
      let frames = file.frames(from: frameOffset, count: frameCount)
      let waveform = try SoundBuffer(channels: file.channels, frames: frames.count, name: name)
      file.decode(bytes, encoding, frames, into: waveform)
      return (waveform.tensor, file.sampleRate)
    }
  }
  return try SoundLibrary.library(for: name).decode(bytes, name: name, frameOffset: frameOffset, frameCount: frameCount)
}

/// The samples of a sound, channel after channel, in the memory of a tensor.
struct SoundBuffer {
  let tensor: Tensor
  let frames: Int

  init(channels: Int, frames: Int, name: String) throws(TensorError) {
    let type = TensorType([channels, frames], .float32)
    try checkMemory(type, name)
    tensor = Tensor.uninitialized(type.shape, .float32)
    self.frames = frames
  }

  /// The samples, which live as long as the tensor does.
  var samples: UnsafeMutablePointer<Float> { tensor.address.assumingMemoryBound(to: Float.self) }
}
