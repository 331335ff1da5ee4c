import Apus
import TestSupport
import Testing

@Suite struct ONNXExportCode {
  @Test func modules() throws {
    let folder = TemporaryFolder()
    let path = folder.file("model.onnx")
    let model = Sequential(Conv2d(3, 4, kernelSize: 3, stride: 8), Flatten(), Linear(4 * 28 * 28, 10))
    try exportONNX(
      model, inputs: zeros(1, 3, 224, 224), to: path, inputNames: ["image"], outputNames: ["scores"],
      dynamicAxes: ["image": [0: "batch"]])
    let lstm = LSTM(inputSize: 8, hiddenSize: 16)
    try exportONNX({ (x: Tensor) in lstm(x).0 }, of: lstm, inputs: zeros(5, 1, 8), to: path, opset: 20)
    #expect(folder.names == ["model.onnx"])
  }
}
