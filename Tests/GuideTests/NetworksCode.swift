import Apus
import Testing

/// A layer of one's own.
final class ScaledResidual: Layer {
  let body: Sequential
  let scale: Tensor

  init(_ features: Int) {
    body = Sequential(Linear(features, features), ReLU(), Linear(features, features))
    scale = parameter(Tensor.ones([features]))
  }

  func forward(_ x: Tensor) -> Tensor { x + body(x) * scale }
}

@Suite struct NetworksCode {
  @Test func ownLayer() {
    let layer = ScaledResidual(4)
    print(layer.namedParameters().map(\.name))
    // ["scale", "body.0.weight", "body.0.bias", "body.2.weight", "body.2.bias"]
    print(layer(Tensor.ones([2, 4])).shape)  // [2, 4]
    #expect(
      layer.namedParameters().map(\.name) == ["scale", "body.0.weight", "body.0.bias", "body.2.weight", "body.2.bias"])
  }

  @Test func states() throws {
    let folder = "/" + ["tmp", "apus-guide"].joined(separator: "/")
    let model = Sequential(Linear(4, 8), ReLU(), Dropout(0.5), Linear(8, 2))
    let path = folder + ".safetensors"

    try save(model.stateDict(), to: path)
    try model.loadStateDict(loadSafetensors(path))
    model.eval()
    print(model.isTraining)  // false
    #expect(!model.isTraining)
  }

  @Test func summary() {
    let model = Sequential(Conv2d(1, 8, kernelSize: 3), ReLU(), Flatten(), Linear(8 * 6 * 6, 10))
    print(model.summary(input: [1, 1, 8, 8]))
    #expect(model.parameters().reduce(0) { $0 + $1.count } == 80 + 2890)
  }
}
