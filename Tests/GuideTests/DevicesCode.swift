import Apus
import Testing

/// The code of docs/gpu.md.
@Suite struct DevicesCode {
  @Test func choosing() throws {
    let device = Device.gpu ?? .cpu  // the first card of the machine
    let model = Sequential(Linear(4, 16), ReLU(), Linear(16, 3)).to(device)
    let inputs = randn([8, 4], device: device)
    let loss = crossEntropy(model(inputs), Tensor.zeros([8], dtype: .int64, device: device))
    loss.backward()
    print(loss.device == device, loss.item().isFinite)  // true true
    try device.synchronize()
    #expect(loss.device == device && loss.item().isFinite)
  }
}
