import Apus
import Testing

/// The code of the guide to Keras, whose files are the reader's.
@Suite struct KerasCode {
  private func model(_ images: Tensor) throws -> Tensor {
    let model = try KerasModel(path: "classifier.keras")
    let probabilities = model(images)
    return probabilities
  }

  private func weights() throws -> Tensor {
    let file = try HDF5File(path: "model.weights.h5")
    for place in try file.datasets() { print(place, try file.dataset(place).shape) }
    let kernel = try file.tensor("layers/dense/vars/0")
    return kernel
  }

  @Test func missingFilesAreErrors() {
    #expect(throws: TensorError.self) { try model(zeros(1, 28, 28, 1)) }
    #expect(throws: TensorError.self) { try weights() }
  }
}
