import Apus
import TestSupport
import Testing

/// The code of docs/formats/pytorch.md. It names files that a test does not have, so that it is compiled only.
@Suite struct PyTorchFilesCode {
  final class Net: Layer {
    let fc = Linear(4, 2)
    func forward(_ x: Tensor) -> Tensor { fc(x) }
  }

  func weights() throws {
    let model = Net()
    try model.loadStateDict(load("resnet18.pth"))
    let state = try load("weights.pth").part("module")
    print(state.names)
  }

  func checkpoint(optimizer: some Optimizer) throws {
    let file = try PyTorchFile(path: "checkpoint.pt")
    print(file.root)  // the tree, tensors by shape and type
    let epoch = file.root["epoch"]?.int
    let rate = file.root["optimizer"]?["param_groups"]?[0]?["lr"]?.double
    for (name, tensor) in try file.tensors(at: "ema", "model") { print(name, tensor.shape) }
    let weight = try file.tensor(named: "fc.weight")  // reads this one only
    print(epoch ?? 0, rate ?? 0, weight.shape)

    if let state = file.root["optimizer"] { try optimizer.loadStateDict(StateDict(optimizerState: state)) }

    var tree = file.root.dictionary ?? PickledDictionary()
    tree["optimizer"] = nil
    try writePyTorch(.dictionary(tree), to: "small.pt")
  }

  func writing(model: Net, optimizer: some Optimizer) throws {
    try save(model.stateDict(), to: "model.pt")  // torch.load("model.pt", weights_only=True)

    try writePyTorch(
      [
        "epoch": 3,
        "model": PickledValue(model.stateDict()),
        "optimizer": PickledValue(optimizerState: optimizer.stateDict()),
        "history": [0.91, 0.95],
      ], to: "checkpoint.pt")
  }
}
