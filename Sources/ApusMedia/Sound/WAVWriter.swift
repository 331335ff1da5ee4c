import ApusCore
import ApusFormats

/// The sound as a WAV file.
///
/// - Parameters:
///   - waveform: `[channels, frames]` or `[frames]`: floating point numbers from -1 to 1, or samples as integers (uint8, int16,
///     int32).
///   - sampleRate: frames per second.
///   - encoding: how samples are stored; nil for the type of the tensor. Numbers beyond -1 to 1 are clamped where they become
///     integers.
/// - Throws: `TensorError` of kind `shape`, `dtype` or `value` when the sound cannot be stored so.
public func encodeWAV(
  _ waveform: Tensor, sampleRate: Int, encoding: SoundEncoding? = nil
) throws(TensorError) -> [UInt8] {
  let name = "encodeWAV"
  let planes = waveform.rank == 1 ? waveform.unsqueeze(0) : waveform
  guard planes.rank == 2, 1...0xffff ~= planes.shape[0] else {
    throw TensorError(.shape, name, "a sound is [channels, frames] or [frames], and this is \(waveform.shape)")
  }
  guard 1...Int(UInt32.max) ~= sampleRate else {
    throw TensorError(.value, name, "there are at least 1 and below 2^32 frames per second, not \(sampleRate)")
  }
  let natural: [DType: SoundEncoding] = [
    .float32: .float32, .float64: .float64, .float16: .float32, .bfloat16: .float32, .uint8: .uint8, .int16: .int16,
    .int32: .int32,
  ]
  guard let own = natural[waveform.dtype] else {
    throw TensorError(.dtype, name, "samples are floating point numbers, uint8, int16 or int32, not \(waveform.dtype)")
  }
  let encoding = encoding ?? own
  guard waveform.dtype.isFloatingPoint || encoding == own else {
    throw TensorError(
      .dtype, name,
      "samples of type \(waveform.dtype) are written as \(own.rawValue); for \(encoding.rawValue) give numbers from -1 to 1"
    )
  }
  let interleaved = planes.detach().permute([1, 0])
  let values = waveform.dtype.isFloatingPoint ? interleaved.to(.float64) : interleaved
  let samples = values.withUnsafeBytes { bytes -> [UInt8] in
    waveform.dtype.isFloatingPoint ? coded(bytes.bindMemory(to: Double.self), encoding) : littleEndian(bytes, own)
  }
  let header = try wavHeader(
    channels: planes.shape[0], frames: planes.shape[1], sampleRate: sampleRate, encoding: encoding, bytes: samples.count
  )
  return header + samples + [UInt8](repeating: 0, count: samples.count & 1)
}

/// Writes a sound to a WAV file, as torchaudio's `save`; see ``encodeWAV(_:sampleRate:encoding:)``. An existing file is replaced
/// only when the new one is wholly on disk.
/// - Throws: as `encodeWAV`, and of kind `file` when writing fails.
public func writeWAV(_ waveform: Tensor, _ path: String, sampleRate: Int, encoding: SoundEncoding? = nil) throws {
  let bytes = try encodeWAV(waveform, sampleRate: sampleRate, encoding: encoding)
  try replaceFile(at: expandedPath(path)) { file in try file.write(bytes) }
}

private func wavHeader(
  channels: Int, frames: Int, sampleRate: Int, encoding: SoundEncoding, bytes: Int
) throws(TensorError) -> [UInt8] {
  let block = channels * encoding.bits / 8
  guard bytes <= Int(UInt32.max) - 64, block <= 0xffff, block * sampleRate <= Int(UInt32.max) else {
    throw TensorError(
      .shape, "encodeWAV", "a WAV file has at most 4 GiB, and the sound \(bytes) bytes; write it in parts")
  }
  var header: [UInt8] = []
  func add(_ value: Int, _ size: Int) {
    for i in 0..<size { header.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
  }
  // What is no integer has a longer format chunk and tells the number of frames besides.
  let isPlain = encoding.tag == 1
  header += Array("RIFF".utf8)
  add((isPlain ? 36 : 50) + bytes + bytes & 1, 4)
  header += Array("WAVEfmt ".utf8)
  add(isPlain ? 16 : 18, 4)
  add(encoding.tag, 2)
  add(channels, 2)
  add(sampleRate, 4)
  add(sampleRate * block, 4)
  add(block, 2)
  add(encoding.bits, 2)
  if !isPlain {
    add(0, 2)
    header += Array("fact".utf8)
    add(4, 4)
    add(frames, 4)
  }
  header += Array("data".utf8)
  add(bytes, 4)
  return header
}

/// Samples that are integers already, in the order of the file.
private func littleEndian(_ bytes: UnsafeRawBufferPointer, _ encoding: SoundEncoding) -> [UInt8] {
  switch encoding {
  case .int16: bytes.bindMemory(to: Int16.self).map(\.littleEndian).withUnsafeBytes { Array($0) }
  case .int32: bytes.bindMemory(to: Int32.self).map(\.littleEndian).withUnsafeBytes { Array($0) }
  default: Array(bytes)
  }
}

private func coded(_ values: UnsafeBufferPointer<Double>, _ encoding: SoundEncoding) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(values.count * encoding.bits / 8)
  let table = encoding == .aLaw ? Telephone.table(Telephone.expandALaw) : Telephone.table(Telephone.expandMuLaw)
  /// The nearest integer of so many bits; what is no number is silence.
  func integer(_ value: Double, _ bits: Int) -> Int {
    let most = Double(1 << (bits - 1))
    return value.isNaN ? 0 : Int(Swift.max(-most, Swift.min((value * most).rounded(.toNearestOrEven), most - 1)))
  }
  func add(_ value: UInt64, _ size: Int) {
    for i in 0..<size { result.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }
  for value in values {
    switch encoding {
    case .uint8: add(UInt64(integer(value, 8) + 128), 1)
    case .int16, .int24, .int32:
      add(UInt64(bitPattern: Int64(integer(value, encoding.bits))), encoding.bits / 8)
    case .float32: add(UInt64(Float(value).bitPattern), 4)
    case .float64: add(value.bitPattern, 8)
    case .aLaw, .muLaw: result.append(Telephone.compress(integer(value, 16), table))
    }
  }
  return result
}
