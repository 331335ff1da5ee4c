import Apus
import Foundation
import Testing

/// Transforms against the sum that defines them, in double precision.
@Suite struct FourierTests {
  /// Σ x[j] exp(-2πi j k / n) along the last dimension.
  private static func sum(_ x: Tensor, sign: Double = -1) -> Tensor {
    let n = x.size(-1)
    let places = arange(n, dtype: .int64)
    let angles = (places.unsqueeze(1) * places).remainder(n).to(.float64) * (sign * 2 * Double.pi / Double(n))
    let (re, im) = (x.real, x.imag)
    let (c, s) = (angles.cos(), angles.sin())
    return complex(re.matmul(c) - im.matmul(s), re.matmul(s) + im.matmul(c))
  }

  private static func difference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs().amax().item() }

  /// Powers, products of all radices, primes with a pass of their own, and primes that need a convolution.
  @Test(arguments: [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 20, 31, 35, 37, 49, 60, 64, 74, 97, 121, 128, 210, 243, 256, 400, 509, 512,
    625, 1000,
    1024, 2310,
  ]) func lengths(_ n: Int) {
    for rows in n > 600 ? [3] : [1, 3, 17] {
      let z = complex(randn(rows, n, dtype: .float64), randn(rows, n, dtype: .float64))
      let size = Double(n).squareRoot()
      #expect(Self.difference(fft.fft(z), Self.sum(z)) < 1e-12 * size * 10)
      #expect(Self.difference(fft.ifft(z) * n, Self.sum(z, sign: 1)) < 1e-12 * size * 10)
      #expect(Self.difference(fft.ifft(fft.fft(z)), z) < 1e-13 * 10)
      let x = z.real
      let half = fft.rfft(x)
      #expect(half.shape == [rows, n / 2 + 1])
      #expect(Self.difference(half, Self.sum(complex(x, x * 0)).narrow(1, 0, n / 2 + 1)) < 1e-12 * size * 10)
      #expect(Self.difference(fft.irfft(half, n: n), x) < 1e-13 * 10)
      let single = fft.fft(z.to(.complex64))
      #expect(Self.difference(single.to(.complex128), Self.sum(z)) < 3e-6 * size * 4)
    }
  }

  /// Lengths that are split into columns and rows, and convolutions of such: some numbers of the spectrum against their sums.
  @Test(arguments: [4096, 4620, 5041, 10007, 24576, 65536]) func longLengths(_ n: Int) {
    for rows in [1, 2] {
      let z = complex(randn(rows, n, dtype: .float64), randn(rows, n, dtype: .float64))
      let size = Double(n).squareRoot()
      let places = [0, 1, 2, n / 3, n / 2, n - 1]
      let (spectrum, back, half) = (fft.fft(z), fft.ifft(z, norm: .forward), fft.rfft(z.real))
      let single = fft.fft(z.to(.complex64)).to(.complex128)
      for k in places {
        let angles = (arange(n, dtype: .int64) * k).remainder(n).to(.float64) * (2 * Double.pi / Double(n))
        let root = complex(angles.cos(), -angles.sin())
        let wanted = (z * root).sum([-1])
        #expect(Self.difference(spectrum.select(-1, k), wanted) < 1e-12 * size)
        #expect(Self.difference(single.select(-1, k), wanted) < 1e-5 * size)
        #expect(Self.difference(back.select(-1, k), (z * root.conj()).sum([-1])) < 1e-12 * size)
        if k <= n / 2 {
          #expect(Self.difference(half.select(-1, k), (z.real * root).sum([-1])) < 1e-12 * size)
        }
      }
      #expect(Self.difference(fft.ifft(spectrum), z) < 1e-12)
      #expect(Self.difference(fft.irfft(half, n: n), z.real) < 1e-12)
    }
  }

  @Test func severalDimensionsAreOneAfterTheOther() {
    let z = complex(randn(3, 20, 9, 33, dtype: .float64), randn(3, 20, 9, 33, dtype: .float64))
    let wanted = fft.fft(fft.fft(fft.fft(z, dim: 3), dim: 2), dim: 1)
    #expect(Self.difference(fft.fftn(z, dim: [1, 2, 3]), wanted) < 1e-11)
    #expect(Self.difference(fft.fftn(z.real, dim: [3, 1]), fft.fft(fft.fft(z.real, dim: 1), dim: 3)) < 1e-11)
    #expect(Self.difference(fft.ifftn(wanted, dim: [1, 2, 3]), z) < 1e-13)
    #expect(fft.fftn(z, s: [5, 40], dim: [1, 3]).shape == [3, 5, 9, 40])
  }

  @Test func dimensionsOtherThanTheLast() {
    let z = complex(randn(2, 12, 5, 3, dtype: .float64), randn(2, 12, 5, 3, dtype: .float64))
    #expect(Self.difference(fft.fft(z, dim: 1), Self.sum(z.movedim(1, -1)).movedim(-1, 1)) < 1e-12)
    #expect(
      Self.difference(fft.fft(z, n: 7, dim: 2), fft.fft(z.movedim(2, -1).contiguous(), n: 7).movedim(-1, 2)) < 1e-12)
    let x = z.real
    #expect(Self.difference(fft.rfft(x, dim: 1), fft.rfft(x.movedim(1, -1).contiguous()).movedim(-1, 1)) < 1e-12)
    #expect(Self.difference(fft.irfftn(fft.rfftn(x), s: x.shape), x) < 1e-13)
    #expect(Self.difference(fft.ifft2(fft.fft2(z)), z) < 1e-13)
  }

  @Test func normsAreEachOthersInverse() {
    let x = randn(4, 30, dtype: .float64)
    for norm in FourierNorm.allCases {
      #expect(Self.difference(fft.irfft(fft.rfft(x, norm: norm), norm: norm), x) < 1e-13)
      #expect(Self.difference(fft.hfft(fft.ihfft(x, norm: norm), norm: norm), x) < 1e-13)
    }
    let z = fft.fft(x, norm: .ortho)
    let energies: (Double, Double) = (z.abs().square().sum().item(), x.square().sum().item())
    #expect(abs(energies.0 - energies.1) < 1e-10)
  }

  @Test func derivatives() {
    func leaf(_ x: Tensor) -> Tensor { Tensor(x, requiresGrad: true) }
    for n in [5, 6, 37] {
      let x = leaf(randn(2, n, dtype: .float64))
      #expect(gradcheck({ fft.rfft($0).viewAsReal() }, x))
      #expect(gradcheck({ fft.irfft(complex($0, $0 * 2), n: 2 * n - 1) }, x))
      #expect(gradcheck({ fft.fft(complex($0, $0 * 3), dim: 0).viewAsReal() }, x))
      #expect(gradgradcheck({ fft.rfft($0).abs().square() }, x))
    }
    let x = leaf(randn(40, dtype: .float64))
    let window = signal.windows.hann(8, sym: false, dtype: .float64)
    #expect(gradcheck({ stft($0, nFFT: 8, hopLength: 3, window: window).viewAsReal() }, x))
    #expect(
      gradcheck(
        { istft(stft($0, nFFT: 8, hopLength: 2, window: window) * 1.5, nFFT: 8, hopLength: 2, window: window) }, x))
  }

  @Test func framesGiveTheSignalBack() {
    let x = randn(3, 500)
    for (size, hop) in [(64, 16), (100, 25), (60, 20)] {
      let window = signal.windows.hann(size, sym: false)
      let spectra = stft(x, nFFT: size, hopLength: hop, window: window)
      #expect(spectra.shape == [3, size / 2 + 1, 500 / hop + 1] && spectra.dtype == .complex64)
      #expect(Self.difference(istft(spectra, nFFT: size, hopLength: hop, window: window, length: 500), x) < 1e-5)
    }
  }

  @Test func manySamplesAtOnce() {
    let x = randn(6, 3, 10)
    let each = vmap { (x: Tensor) in fft.rfft(x, dim: 0).abs() }(x)
    #expect(Self.difference(each, fft.rfft(x, dim: 1).abs()) < 1e-6)
  }

  @Test func frequenciesAndShifts() {
    #expect(fft.fftfreq(5, d: 0.5).array() == [0, 0.4, 0.8, -0.8, -0.4] as [Float])
    #expect(fft.rfftfreq(4).array() == [0, 0.25, 0.5] as [Float])
    #expect(fft.fftshift(arange(5)).array(as: Int.self) == [3, 4, 0, 1, 2])
    #expect(fft.ifftshift(fft.fftshift(arange(5))).array(as: Int.self) == [0, 1, 2, 3, 4])
  }

  @Test func mistakesSayWhatWasFound() {
    #expect(throws: TensorError.self) { try withErrors { fft.rfft(complex(randn(3), randn(3))) } }
    #expect(throws: TensorError.self) { try withErrors { fft.fft(randn(3), n: 0) } }
    #expect(throws: TensorError.self) { try withErrors { fft.fft(randn(3).to(.float16)) } }
    #expect(throws: TensorError.self) { try withErrors { fft.fftn(randn(3, 4), dim: [0, 0]) } }
    #expect(throws: TensorError.self) { try withErrors { stft(randn(10), nFFT: 40) } }
    #expect(throws: TensorError.self) {
      try withErrors { istft(complex(randn(9, 4), randn(9, 4)), nFFT: 16, hopLength: 16, window: Tensor.zeros(16)) }
    }
  }

  /// A spectrum without elements can be of any length, and its gradient would need weights for all of it.
  @Test func gradientsOfLengthsBeyondAllMemoryAreRefused() {
    let x = Tensor(Tensor.zeros([2, 0, 3], dtype: .complex64), requiresGrad: true)
    let error = #expect(throws: TensorError.self) {
      try withErrors { fft.irfft(x, n: 1 << 40).sum().backward() }
    }
    #expect(error?.kind == .memory)
  }
}
