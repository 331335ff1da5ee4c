import Apus

// The numbers of the suite: a counter hash, the same bit for bit in every language.

/// Where the rows compute.
nonisolated(unsafe) var rowDevice = getDefaultDevice()

func hash32(_ seed: Int, _ i: Int) -> UInt32 {
  var x = UInt32(truncatingIfNeeded: i) &+ UInt32(truncatingIfNeeded: seed &* 0x9E37_79B9)
  x ^= x >> 16
  x = x &* 0x7FEB_352D
  x ^= x >> 15
  x = x &* 0x846C_A68B
  x ^= x >> 16
  return x
}

/// Uniform numbers in [lo, hi).
func uniformData(_ seed: Int, _ shape: [Int], _ lo: Float = -3, _ hi: Float = 3) -> Tensor {
  let count = shape.reduce(1, *)
  let values = (0..<count).map { lo + (hi - lo) * (Float(hash32(seed, $0) >> 8) * 0x1p-24) }
  return values.withUnsafeBytes { bytes in
    ((try? Tensor(bytes: bytes, shape: shape, dtype: .float32)) ?? Tensor.zeros(shape)).to(rowDevice)
  }
}

/// Integers in 0 ..< limit, as int64.
func integerData(_ seed: Int, _ shape: [Int], _ limit: Int) -> Tensor {
  let count = shape.reduce(1, *)
  return Tensor((0..<count).map { Int64(hash32(seed, $0) % UInt32(limit)) }, shape: shape).to(rowDevice)
}

/// A variable of the suite's uniform numbers.
func variableData(_ seed: Int, _ shape: [Int], _ lo: Float = -3, _ hi: Float = 3) -> Tensor {
  Tensor(uniformData(seed, shape, lo, hi), requiresGrad: true)
}

/// The elements of images `[N, C, H, W]` with the channels last in memory, the order that convolutions keep.
func channelsLast(_ images: Tensor) -> Tensor { images.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]) }
