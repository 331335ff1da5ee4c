#!/usr/bin/env python3
"""Records what torchaudio computes of one small sound, for Tests/ApusAudioTests.

    python3 scripts/peers/record_audio.py Tests/ApusAudioTests/Recorded/audio.safetensors

Needs torchaudio and safetensors.
"""

import sys
import warnings

import torch
import torchaudio.compliance.kaldi as K
import torchaudio.functional as F
import torchaudio.transforms as T
from safetensors.torch import save_file

warnings.simplefilter("ignore")
t = torch.arange(1200, dtype=torch.float64) / 8000
x = torch.stack([
    0.5 * torch.sin(2 * torch.pi * (300 + 900 * t) * t) + 0.1 * torch.sin(2 * torch.pi * 1700 * t),
    0.3 * torch.cos(2 * torch.pi * 440 * t) * torch.exp(-4 * t) + 0.05 * torch.sin(2 * torch.pi * 2500 * t),
]).float()
mono, noise = x[:1], torch.sin(torch.arange(1200.0) * 1.7)[None]
out = {"x": x}
mel = dict(n_fft=200, hop_length=100, n_mels=20)


def keep(name, value):
    out[name] = torch.view_as_real(value.detach()).contiguous() if value.is_complex() else value.detach().contiguous().clone()


keep("resample.up", F.resample(mono, 8000, 11025))
keep("resample.down", F.resample(mono, 8000, 3000, lowpass_filter_width=4, rolloff=0.9))
keep("resample.kaiser", T.Resample(8000, 6000, resampling_method="sinc_interp_kaiser")(mono))
keep("spectrogram", T.Spectrogram(n_fft=200)(mono))
keep("spectrogram.complex", T.Spectrogram(n_fft=128, win_length=100, hop_length=50, power=None, normalized=True, pad=7)(mono[:, :400]))
keep("spectrogram.frame", T.Spectrogram(n_fft=64, power=1.0, normalized="frame_length", center=False)(mono[:, :400]))
keep("spectrogram.two", T.Spectrogram(n_fft=64, onesided=False, pad_mode="constant")(mono[:, :200]))
keep("inverse", T.InverseSpectrogram(n_fft=128)(T.Spectrogram(n_fft=128, power=None)(x)[..., :9] * 0.7, 500))
keep("griffinlim", T.GriffinLim(n_fft=128, n_iter=5, rand_init=False)(T.Spectrogram(n_fft=128)(mono)))
torch.manual_seed(3)
keep("griffinlim.random", T.GriffinLim(n_fft=128, n_iter=3, momentum=0)(T.Spectrogram(n_fft=128)(mono)))
for norm in (None, "slaney"):
    for scale in ("htk", "slaney"):
        keep(f"fbanks.{norm}.{scale}", F.melscale_fbanks(65, 60.0, 3800.0, 16, 8000, norm, scale))
keep("fbanks.linear", F.linear_fbanks(65, 0.0, 4000.0, 12, 8000))
keep("dct", F.create_dct(8, 20, "ortho"))
keep("dct.plain", F.create_dct(8, 20, None))
keep("mel", T.MelSpectrogram(8000, norm="slaney", mel_scale="slaney", **mel)(mono))
keep("mfcc", T.MFCC(8000, n_mfcc=13, melkwargs=mel)(x))
keep("mfcc.log", T.MFCC(8000, n_mfcc=13, log_mels=True, melkwargs=mel)(mono))
keep("lfcc", T.LFCC(8000, n_filter=24, n_lfcc=10, speckwargs=dict(n_fft=200))(mono))
spectrum = T.Spectrogram(n_fft=128)(x)
keep("db", T.AmplitudeToDB("magnitude", top_db=30.0)(spectrum))
keep("inverse_mel", T.InverseMelScale(33, 12, 8000, driver="gelsd")(T.MelScale(12, 8000, n_stft=33)(T.Spectrogram(n_fft=64)(mono[:, :320]))))
keep("deltas", F.compute_deltas(spectrum, 7))
complexes = T.Spectrogram(n_fft=128, power=None)(mono)
keep("stretch", T.TimeStretch(hop_length=64, n_freq=65, fixed_rate=1.3)(complexes))
keep("pitch", F.pitch_shift(mono, 8000, 4, n_fft=256))
keep("speed", F.speed(mono, 8000, 1.1)[0])
torch.manual_seed(5)
keep("mask.time", T.TimeMasking(12)(spectrum))
keep("mask.frequency", T.FrequencyMasking(20, iid_masks=True)(spectrum, 1.5))
keep("specaugment", T.SpecAugment(2, 4, 2, 9, p=0.5)(spectrum))
for shape in ("linear", "exponential", "logarithmic", "quarter_sine", "half_sine"):
    keep(f"fade.{shape}", T.Fade(100, 150, shape)(mono[:, :400]))
for kind, gain in (("amplitude", 3.0), ("power", 2.0), ("db", -4.0)):
    keep(f"vol.{kind}", T.Vol(gain, kind)(mono[:, :100]))
long = mono.repeat(1, 4)
keep("loudness", T.Loudness(8000)(torch.cat([long, long * 0.3])))
keep("mulaw", F.mu_law_encoding(mono, 256))
keep("mulaw.back", F.mu_law_decoding(F.mu_law_encoding(mono, 128), 128))
keep("preemphasis", F.preemphasis(x, 0.9))
keep("deemphasis", F.deemphasis(x * 0.1, 0.9))
for center in (False, True):
    keep(f"cmn.{center}", F.sliding_window_cmn((torch.arange(520.0) * 0.37).sin().view(2, 26, 10), 9, 4, center, center))
keep("centroid", T.SpectralCentroid(8000, n_fft=200)(mono))
keep("add_noise", F.add_noise(x, noise.expand(2, -1), torch.tensor([3.0, -2.0]), torch.tensor([1200, 700])))
for mode in ("full", "valid", "same"):
    keep(f"convolve.{mode}", F.convolve(mono[:, :60], noise[:, :23], mode))
    keep(f"fftconvolve.{mode}", F.fftconvolve(x[:, :60], noise.expand(2, -1)[:, :23], mode))
a = torch.tensor([[1.0, -0.5, 0.2, 0.1], [2.0, 0.3, 0.0, -0.4]])
b = torch.tensor([[0.4, 0.2, 0.1, 0.0], [0.5, -0.3, 0.2, 0.1]])
keep("lfilter", F.lfilter(x, a, b))
keep("lfilter.each", F.lfilter(mono, a, b, batching=False, clamp=False))
keep("filtfilt", F.filtfilt(mono, a[0], b[0]))
keep("allpass", F.allpass_biquad(mono, 8000, 700.0))
keep("band", F.band_biquad(mono, 8000, 700.0, noise=True))
keep("bandpass", F.bandpass_biquad(mono, 8000, 700.0, const_skirt_gain=True))
keep("bandreject", F.bandreject_biquad(mono, 8000, 700.0))
keep("bass", F.bass_biquad(mono, 8000, 6.0, 200.0))
keep("treble", F.treble_biquad(mono, 8000, -5.0, 2000.0))
keep("equalizer", F.equalizer_biquad(mono, 8000, 1200.0, 4.0))
keep("highpass", F.highpass_biquad(mono, 8000, 500.0))
keep("lowpass", F.lowpass_biquad(mono, 8000, 900.0, 1.2))
keep("deemph", F.deemph_biquad(mono, 44100))
keep("riaa", F.riaa_biquad(mono, 48000))
keep("contrast", F.contrast(mono))
keep("dcshift", F.dcshift(mono.clone(), 0.6, 0.05))
keep("gain", F.gain(mono, 3.5))
keep("overdrive", F.overdrive(mono, 15, 10))
keep("pitchtrack", F.detect_pitch_frequency(long, 8000))
loud = mono * 3000
keep("kaldi.spectrogram", K.spectrogram(loud, sample_frequency=8000.0, window_type="hamming"))
keep("kaldi.fbank", K.fbank(loud, sample_frequency=8000.0))
keep("kaldi.fbank.all", K.fbank(loud, sample_frequency=8000.0, num_mel_bins=16, use_energy=True, htk_compat=True, snip_edges=False,
                                raw_energy=False, subtract_mean=True, window_type="blackman", round_to_power_of_two=False))
keep("kaldi.mfcc", K.mfcc(loud, sample_frequency=8000.0))
keep("kaldi.mfcc.energy", K.mfcc(loud, sample_frequency=8000.0, use_energy=True, num_ceps=10, window_type="hanning"))
w = mono.clone().requires_grad_()
T.MelSpectrogram(8000, **mel)(w).square().sum().backward()
keep("gradient.mel", w.grad)
w = mono.clone().requires_grad_()
F.lowpass_biquad(F.resample(w, 8000, 6000), 6000, 900.0).square().sum().backward()
keep("gradient.lowpass", w.grad)
save_file(out, sys.argv[1])
print(len(out), "tensors,", sum(v.numel() * v.element_size() for v in out.values()) // 1024, "KB")
