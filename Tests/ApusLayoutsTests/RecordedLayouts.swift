import Apus
import Foundation
import Testing

/// What PyTorch 2.15 computes, recorded by scripts/record-layouts.py.
enum Recorded {
  static let values: StateDict = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Recorded/layouts.safetensors"
    do { return try loadSafetensors(path) } catch { fatalError("\(error)") }
  }()

  static subscript(name: String) -> Tensor { values[name] ?? Tensor.zeros([0]) }

  /// A recorded tensor as a variable.
  static func variable(_ name: String) -> Tensor { Tensor(self[name], requiresGrad: true) }

  /// The weights of the sum whose gradients are recorded.
  static func weights(_ x: Tensor) -> Tensor {
    Tensor(Array(0..<x.count), dtype: .float64).sin().to(x.dtype).reshape(x.shape)
  }
}

/// Whether `found` is the recorded tensor `name`.
func expectRecorded(
  _ found: Tensor, _ name: String, _ tolerance: Double = 1e-9, at location: SourceLocation = #_sourceLocation
) {
  let expected = Recorded[name]
  #expect(found.shape == expected.shape, "\(name)", sourceLocation: location)
  guard found.shape == expected.shape else { return }
  let (a, b) = (found.detach().to(.float64).array(as: Double.self), expected.to(.float64).array(as: Double.self))
  let worst = zip(a, b).map { abs($0 - $1) / max(1, abs($1)) }.filter { !$0.isNaN }.max() ?? 0
  let sameSpecials = zip(a, b).allSatisfy { ($0.isNaN && $1.isNaN) || $0 == $1 || (abs($0 - $1)).isFinite }
  #expect(worst <= tolerance && sameSpecials, "\(name): \(found) instead of \(expected)", sourceLocation: location)
}

/// Whether a value, and its gradients for the variables, are the recorded ones.
func expectRecorded(
  _ found: Tensor, _ name: String, gradients: [String: Tensor], _ tolerance: Double = 1e-9,
  at location: SourceLocation = #_sourceLocation
) {
  expectRecorded(found, name, tolerance, at: location)
  for variable in gradients.values { variable.grad = nil }
  (found * Recorded.weights(found)).sum().backward(retainGraph: true)
  for (key, variable) in gradients where Recorded.values["\(name).d\(key)"] != nil {
    guard let gradient = variable.grad else {
      Issue.record("\(name): no gradient for \(key)", sourceLocation: location)
      continue
    }
    expectRecorded(gradient, "\(name).d\(key)", tolerance, at: location)
  }
}
