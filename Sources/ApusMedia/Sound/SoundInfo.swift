import ApusCore
import ApusFormats

/// What the head of a sound file says, as torchaudio's `info`.
public struct SoundInfo: Sendable, Hashable {
  /// Frames (a sample of each channel) per second.
  public let sampleRate: Int
  public let channels: Int
  /// How many frames there are; nil where the format does not tell (MP3).
  public let frames: Int?

  init(sampleRate: Int, channels: Int, frames: Int?) {
    (self.sampleRate, self.channels, self.frames) = (sampleRate, channels, frames)
  }

  /// Reads the head of the file at `path`, of a format that ``readSound(_:frameOffset:frameCount:)`` reads; the samples are not
  /// decoded.
  /// - Throws: as `readSound`.
  public init(path: String) throws(TensorError) {
    let contents = try readFile(path)
    self = try withExtended(contents) { () throws(TensorError) in
      if WAVFile.begins(contents.bytes) {
        let file = try WAVFile(contents.bytes, name: path)
        if file.encoding != nil {
          return SoundInfo(
            sampleRate: file.sampleRate, channels: file.channels, frames: file.frames(from: 0, count: nil).count)
        }
      }
      return try SoundLibrary.library(for: path).head(contents.bytes, name: path)
    }
  }
}
