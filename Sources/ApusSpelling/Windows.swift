import ApusCore
import ApusNumerics

// PyTorch's older names of the windows of `signal.windows`, which are periodic unless asked otherwise.

/// The window of Hann: ``signal/windows/hann(_:sym:dtype:)``.
public func hannWindow(_ windowLength: Int, periodic: Bool = true, dtype: DType = .default) -> Tensor {
  windowed(windowLength, periodic, dtype) { signal.windows.hann($0, sym: $1, dtype: $2) }
}
/// The window of Hamming: ``signal/windows/generalHamming(_:alpha:sym:dtype:)``.
public func hammingWindow(
  _ windowLength: Int, periodic: Bool = true, alpha: Double = 0.54, beta: Double = 0.46, dtype: DType = .default
) -> Tensor {
  windowed(windowLength, periodic, dtype) { signal.windows.generalCosine($0, a: [alpha, beta], sym: $1, dtype: $2) }
}
/// The window of Blackman: ``signal/windows/blackman(_:sym:dtype:)``.
public func blackmanWindow(_ windowLength: Int, periodic: Bool = true, dtype: DType = .default) -> Tensor {
  windowed(windowLength, periodic, dtype) { signal.windows.blackman($0, sym: $1, dtype: $2) }
}
/// A triangle: ``signal/windows/bartlett(_:sym:dtype:)``.
public func bartlettWindow(_ windowLength: Int, periodic: Bool = true, dtype: DType = .default) -> Tensor {
  windowed(windowLength, periodic, dtype) { signal.windows.bartlett($0, sym: $1, dtype: $2) }
}
/// The window of Kaiser: ``signal/windows/kaiser(_:beta:sym:dtype:)``.
public func kaiserWindow(
  _ windowLength: Int, periodic: Bool = true, beta: Double = 12, dtype: DType = .default
) -> Tensor {
  windowed(windowLength, periodic, dtype) { signal.windows.kaiser($0, beta: beta, sym: $1, dtype: $2) }
}

/// A window of one element is 1, whatever its form.
private func windowed(
  _ length: Int, _ periodic: Bool, _ dtype: DType, _ window: (Int, Bool, DType) -> Tensor
) -> Tensor {
  length == 1 ? Tensor.ones([1], dtype: dtype) : window(length, !periodic, dtype)
}
