import Apus
import Testing

@Suite struct AudioCode {
  @Test func features() {
    let waveform = randn(2, 44100) * 0.1
    let transform = Sounds([
      Resample(origFreq: 44100, newFreq: 16000),
      MelSpectrogram(sampleRate: 16000, nFFT: 400, hopLength: 160, nMels: 80),
      AmplitudeToDB(topDB: 80),
    ])
    let features = transform(waveform)  // [2, 80, 101]
    #expect(features.shape == [2, 80, 101])

    let mfcc = MFCC(sampleRate: 16000, nMFCC: 13)(AF.resample(waveform, origFreq: 44100, newFreq: 16000))
    #expect(mfcc.shape == [2, 13, 81])

    let masks = Sounds([TimeMasking(timeMaskParam: 20), FrequencyMasking(freqMaskParam: 10)])
    let masked = masks(features)
    #expect(masked.shape == features.shape)
  }

  @Test func functions() {
    let sound = randn(1, 8000) * 0.1
    let low = AF.lowpassBiquad(sound, sampleRate: 8000, cutoffFreq: 900)
    let echo = AF.fftconvolve(sound, Tensor([[1.0, 0.0, 0.0, 0.5]]), mode: .same)
    let noisy = AF.addNoise(sound, noise: randn(1, 8000), snr: Tensor([10.0]))
    let higher = AF.pitchShift(sound, sampleRate: 8000, nSteps: 4)
    #expect([low, echo, noisy, higher].allSatisfy { $0.shape == sound.shape })

    var frames = kaldi.FrameOptions()
    frames.sampleFrequency = 8000
    let bank = kaldi.fbank(sound, frames: frames)  // [98, 23]
    #expect(bank.shape == [98, 23])
  }

  @Test func transforms() {
    let x = randn(4, 1000)
    let spectrum = fft.rfft(x)  // complex64 [4, 501]
    let y = fft.irfft(spectrum, n: 1000)
    #expect((x - y).abs().amax().item() < 1e-5)

    let window = hannWindow(256)
    let frames = stft(x, nFFT: 256, hopLength: 64, window: window)
    let back = istft(frames, nFFT: 256, hopLength: 64, window: window, length: 1000)
    #expect((x - back).abs().amax().item() < 1e-5)

    let slope = grad { (x: Tensor) in Spectrogram(nFFT: 128)(x).log1p().sum() }(x)
    #expect(slope.shape == x.shape)
  }
}
