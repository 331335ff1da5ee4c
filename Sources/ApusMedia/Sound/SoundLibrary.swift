import ApusCore

/// libsndfile (https://libsndfile.github.io/libsndfile/api.html), which reads from memory through functions of ours.
struct SoundLibrary: Sendable {
  typealias Handle = OpaquePointer
  typealias Open =
    @convention(c) (UnsafeMutableRawPointer, Int32, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Handle?
  typealias Close = @convention(c) (Handle) -> Int32
  typealias ReadFrames = @convention(c) (Handle, UnsafeMutablePointer<Float>, Int64) -> Int64
  typealias Seek = @convention(c) (Handle, Int64, Int32) -> Int64
  typealias Message = @convention(c) (Handle?) -> UnsafePointer<CChar>?
  typealias Failure = @convention(c) (Handle?) -> Int32

  private let open: Open
  private let close: Close
  private let read: ReadFrames
  private let seek: Seek
  private let message: Message
  private let failure: Failure

  private static let loaded: SoundLibrary? = {
    let names = ["libsndfile.so.1", "libsndfile.so"]
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_SNDFILE")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "sf_open_virtual"),
      let open = library.function("sf_open_virtual", as: Open.self),
      let close = library.function("sf_close", as: Close.self),
      let read = library.function("sf_readf_float", as: ReadFrames.self),
      let seek = library.function("sf_seek", as: Seek.self),
      let message = library.function("sf_strerror", as: Message.self),
      let failure = library.function("sf_error", as: Failure.self)
    else { return nil }
    return SoundLibrary(open: open, close: close, read: read, seek: seek, message: message, failure: failure)
  }()

  /// The library, or an error for `name` that says how to get it.
  static func library(for name: String) throws(TensorError) -> SoundLibrary {
    guard let loaded else {
      throw TensorError(
        .unsupported, name,
        "this is no WAV file of plain samples, and other sounds (FLAC, Ogg, AIFF, MP3) need libsndfile.so.1, which is not "
          + "here; install it with `apt-get install libsndfile1`, or tell where it is in APUS_SNDFILE")
    }
    return loaded
  }

  /// `SF_INFO`, whose fields are these in all versions 1.0.
  private struct Info {
    var frames: Int64 = 0
    var sampleRate: Int32 = 0
    var channels: Int32 = 0
    var format: Int32 = 0
    var sections: Int32 = 0
    var seekable: Int32 = 0
  }

  /// The bytes of a file and where its reader is.
  private final class Input {
    let bytes: UnsafeRawBufferPointer
    var position = 0
    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    static func of(_ pointer: UnsafeMutableRawPointer?) -> Input? {
      pointer.map { Unmanaged<Input>.fromOpaque($0).takeUnretainedValue() }
    }
  }

  /// `SF_VIRTUAL_IO`.
  private struct Functions {
    var length: @convention(c) (UnsafeMutableRawPointer?) -> Int64 = { Int64(Input.of($0)?.bytes.count ?? 0) }
    var seek: @convention(c) (Int64, Int32, UnsafeMutableRawPointer?) -> Int64 = { offset, origin, user in
      guard let input = Input.of(user) else { return -1 }
      // From the start, from where it is, from the end.
      let base = origin == 0 ? 0 : origin == 1 ? input.position : input.bytes.count
      let (place, overflow) = base.addingReportingOverflow(Int(offset))
      guard !overflow, place >= 0 else { return -1 }
      input.position = place
      return Int64(place)
    }
    var read: @convention(c) (UnsafeMutableRawPointer?, Int64, UnsafeMutableRawPointer?) -> Int64 = {
      target, count, user in
      guard let input = Input.of(user), let target, count > 0, input.position < input.bytes.count else { return 0 }
      let part = input.bytes[input.position...].prefix(Int(count))
      target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: part).baseAddress ?? UnsafeRawPointer(target), byteCount: part.count)
      input.position += part.count
      return Int64(part.count)
    }
    var write: @convention(c) (UnsafeRawPointer?, Int64, UnsafeMutableRawPointer?) -> Int64 = { _, _, _ in 0 }
    var tell: @convention(c) (UnsafeMutableRawPointer?) -> Int64 = { Int64(Input.of($0)?.position ?? 0) }
  }

  private static let readMode: Int32 = 0x10
  /// Frames that are read at a time: memory grows with what the file holds, not with what its head tells.
  private static let step = 65536

  /// What the head of a sound says; no frames where the format does not tell how many there are.
  func head(_ bytes: UnsafeRawBufferPointer, name: String) throws(TensorError) -> SoundInfo {
    try opened(bytes, name) { (_, info) throws(TensorError) in
      SoundInfo(
        sampleRate: Int(info.sampleRate), channels: Int(info.channels),
        frames: Self.isEstimate(info) ? nil : Swift.max(0, Int(info.frames)))
    }
  }

  /// A length of the largest number says that the file does not tell it; that of MP3 (0x23) is an estimate.
  private static func isEstimate(_ info: Info) -> Bool { info.frames == .max || info.format >> 16 & 0xfff == 0x23 }

  private func opened<Result>(
    _ bytes: UnsafeRawBufferPointer, _ name: String, _ body: (Handle, Info) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    let input = Input(bytes)
    defer { withExtendedLifetime(input) {} }
    var (functions, info) = (Functions(), Info())
    let user = Unmanaged.passUnretained(input).toOpaque()
    guard let handle = open(&functions, Self.readMode, &info, user) else {
      throw TensorError(.format, name, "libsndfile cannot read the sound: \(text(nil))")
    }
    defer { _ = close(handle) }
    guard 1...1024 ~= info.channels, info.sampleRate > 0 else {
      throw TensorError(
        .format, name, "the sound tells \(info.channels) channels and \(info.sampleRate) frames per second")
    }
    return try body(handle, info)
  }

  func decode(
    _ bytes: UnsafeRawBufferPointer, name: String, frameOffset: Int, frameCount: Int?
  ) throws(TensorError) -> Sound {
    try opened(bytes, name) { (handle, info) throws(TensorError) in
      try decode(handle, info, name, frameOffset, frameCount)
    }
  }

  private func decode(
    _ handle: Handle, _ info: Info, _ name: String, _ frameOffset: Int, _ frameCount: Int?
  ) throws(TensorError) -> Sound {
    let channels = Int(info.channels)
    if frameOffset > 0, frameOffset >= info.frames || seek(handle, Int64(frameOffset), 0) < 0 {
      return (try SoundBuffer(channels: channels, frames: 0, name: name).tensor, Int(info.sampleRate))
    }
    let wanted = frameCount ?? .max
    var parts: [[Float]] = []
    var frames = 0
    while frames < wanted {
      let ask = Swift.min(Self.step, wanted - frames)
      var got = 0
      let part = [Float](unsafeUninitializedCapacity: ask * channels) { buffer, count in
        guard let start = buffer.baseAddress else { return }
        got = Swift.max(0, Swift.min(ask, Int(read(handle, start, Int64(ask)))))
        count = got * channels
      }
      if got == 0 { break }
      parts.append(part)
      frames += got
    }
    guard failure(handle) == 0 else {
      throw TensorError(.format, name, "libsndfile cannot read the sound after \(frames) frames: \(text(handle))")
    }
    let told = Self.isEstimate(info) ? frames : Swift.max(0, Int(info.frames) - frameOffset)
    guard frames >= Swift.min(told, wanted) else {
      throw TensorError(.format, name, "the sound tells \(told) frames and has \(frames); it is cut short")
    }
    let result = try SoundBuffer(channels: channels, frames: frames, name: name)
    var first = 0
    for part in parts {
      let count = part.count / channels
      for channel in 0..<channels {
        let out = result.samples + channel * frames + first
        for frame in 0..<count { out[frame] = part[frame * channels + channel] }
      }
      first += count
    }
    return (result.tensor, Int(info.sampleRate))
  }

  private func text(_ handle: Handle?) -> String {
    message(handle).map { String(cString: $0) } ?? "an error without a text"
  }
}
