import Apus
import ApusCore
import GuardedDevice
import TestSupport
import Testing

/// The device `guarded` holds its elements where the host cannot read them: whoever reads past the door crashes.
@Suite("Devices") struct DeviceTests {
  let guarded: Device = "guarded"

  init() {
    GuardedDevice.install()
    Devices.missing = .copySilently
  }

  private func numbers(_ shape: [Int]) -> Tensor {
    (arange(elementCount(shape)).to(.float32) * 0.37).sin().reshape(shape)
  }

  @Test("Tensors move to a device and back, in type, order of memory and elements")
  func moving() {
    let x = numbers([2, 3, 4])
    let there = x.to(guarded)
    #expect(there.device == guarded && x.device == .cpu)
    #expect(there.description.hasSuffix("device='guarded:0')"))
    #expect(there.cpu().array() == x.array())
    #expect(there.to(guarded, .float64).dtype == .float64)
    let last = x.permute([0, 2, 1]).to(guarded)
    #expect(last.strides == [12, 1, 4] && last.cpu().array() == x.permute([0, 2, 1]).array())
    #expect(there.narrow(1, 1, 2).cpu().array() == x.narrow(1, 1, 2).array())
    #expect(there[1, 2, 3].item() == x[1, 2, 3].item())
    let name = "cuda:1"
    #expect(Device(name) == Device("cuda", index: 1) && Device(name).description == name && "cuda:1" == Device(name))
  }

  @Test("New tensors are made where it is asked for")
  func creation() {
    #expect(Tensor.zeros([2], device: guarded).device == guarded)
    #expect(Tensor([1.0, 2.0], device: guarded).device == guarded)
    #expect(arange(3, device: guarded).device == guarded && eye(2, device: guarded).device == guarded)
    #expect(onesLike(Tensor.zeros([2], device: guarded)).device == guarded)
    #expect(zerosLike(Tensor.ones([2]), device: guarded).device == guarded)
    let (a, b) = (Generator(seed: 3), Generator(seed: 3))
    #expect(randn([5], generator: a, device: guarded).cpu().array() == randn([5], generator: b).array())
    withDevice(guarded) {
      #expect(Tensor.ones([2]).device == guarded && rand([2]).device == guarded)
      #expect(Tensor.ones([2], device: .cpu).device == .cpu)
      #expect((Tensor.ones([2], device: .cpu).softmax(0)).device == .cpu)
    }
    #expect(Tensor.ones([2]).device == .cpu)
  }

  @Test("Operands on different devices are a mistake that names both; numbers go with any")
  func mixedOperands() throws {
    let there = numbers([3]).to(guarded)
    let error = #expect(throws: TensorError.self) { try withErrors { there + numbers([3]) } }
    for part in ["guarded:0", "cpu", ".to(", "Add"] { #expect(error?.description.contains(part) == true) }
    #expect((there * Tensor(2.0)).cpu().array() == (numbers([3]) * 2).array())
    #expect((there + 1).device == guarded)
    let missing = #expect(throws: TensorError.self) { try withErrors { there.to("cuda:7") } }
    #expect(missing?.description.contains("cuda:7") == true && missing?.description.contains("guarded:0") == true)
  }

  @Test("What an engine lacks is computed on the host, or is an error")
  func missingOperations() throws {
    let x = numbers([4, 5])
    #expect(x.to(guarded).softmax(1).cpu().array() == x.softmax(1).array())
    #expect(x.to(guarded).softmax(1).device == guarded)
    Devices.missing = .error
    defer { Devices.missing = .copySilently }
    let error = #expect(throws: TensorError.self) { try withErrors { x.to(guarded).softmax(1) } }
    #expect(error?.description.contains("guarded:0") == true)
    #expect((x.to(guarded) + 1).device == guarded)
  }

  @Test("Elements are changed in place as on the host")
  func mutation() {
    var here = numbers([3, 4])
    var there = here.to(guarded)
    for change: (inout Tensor) -> Void in [
      { $0 += 1 }, { $0 *= Tensor([1.0, 2.0, 3.0, 4.0]).to($0.device) }, { $0[1] = Tensor(7.0) },
      { $0[0..., 2] = Tensor([1.0, 2.0, 3.0]) }, { $0[Tensor([2, 0])] = Tensor.zeros([2, 4], device: $0.device) },
      { $0.assign(numbers([4])) }, { $0[0, 1] += 3.0 },
    ] {
      change(&here)
      change(&there)
      #expect(there.device == guarded)
      #expect(there.cpu().array() == here.array())
    }
    let before = there
    there -= 1
    #expect(before.cpu().array() == here.array())
  }

  @Test("Gradients cross devices, and are collected where the variable lies")
  func gradients() {
    let w = Tensor(numbers([3, 4]), requiresGrad: true)
    let v = Tensor(numbers([4, 2]).to(guarded), requiresGrad: true)
    let loss = ((w.to(guarded).matmul(v)).tanh().cpu() * 2).sum()
    loss.backward()
    let (a, b) = (Tensor(numbers([3, 4]), requiresGrad: true), Tensor(numbers([4, 2]), requiresGrad: true))
    (a.matmul(b).tanh() * 2).sum().backward()
    #expect(w.grad?.device == .cpu && w.grad?.array() == a.grad?.array())
    #expect(v.grad?.device == guarded && v.grad?.cpu().array() == b.grad?.array())
  }

  @Test("Gradients of numbers of the host come back to the host")
  func numbersOfTheHost() {
    func gradients(_ x: Tensor) -> (Tensor?, Tensor?) {
      let scale = Tensor(2.0, requiresGrad: true)
      let weights = Tensor(numbers([5]), requiresGrad: true)
      (x * scale * weights.square().sum()).sum().backward()
      return (scale.grad, weights.grad)
    }
    let (here, there) = (gradients(numbers([3, 4])), gradients(numbers([3, 4]).to(guarded)))
    #expect(there.0?.device == .cpu && there.1?.device == .cpu)
    #expect(there.0?.array() == here.0?.array() && there.1?.array() == here.1?.array())
  }

  private func train(on device: Device?, compiled: Bool) throws -> (losses: [Double], state: [[Float]]) {
    _ = manualSeed(11)
    let model = Sequential(Linear(6, 8), ReLU(), Dropout(0.25), BatchNorm1d(8), Linear(8, 3))
    if let device { model.to(device) }
    let optimizer = AdamW(model.parameters(), lr: 0.01)
    let x = device.map { numbers([10, 6]).to($0) } ?? numbers([10, 6])
    let classes = arange(10).remainder(3)
    let y = device.map { classes.to($0) } ?? classes
    let step = { @Sendable (x: Tensor, y: Tensor) in
      optimizer.zeroGrad()
      let loss = crossEntropy(model(x), y)
      loss.backward()
      _ = clipGradNorm(model.parameters(), maxNorm: 1)
      optimizer.step()
      return loss
    }
    let function = compile(step)
    let losses = (0..<4).map { _ in (compiled ? function(x, y) : step(x, y)).item() }
    for (_, tensor) in model.namedParameters() + model.namedBuffers() { #expect(tensor.device == device ?? .cpu) }
    return (losses, model.stateDict().map { $0.tensor.to(.float32).array() })
  }

  @Test("A module trains on a device as on the host, compiled or not", arguments: [false, true])
  func training(compiled: Bool) throws {
    let here = try train(on: nil, compiled: compiled)
    let there = try train(on: guarded, compiled: compiled)
    for (a, b) in zip(here.losses, there.losses) { #expect(abs(a - b) < 1e-5) }
    for (a, b) in zip(here.state, there.state) {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  @Test("A compiled function is captured anew for a module that has moved")
  func movedModule() {
    let model = Linear(3, 2)
    let f = compile { (x: Tensor) in model(x).relu() }
    let x = numbers([4, 3])
    let expected = f(x).array()
    #expect(f(x).array() == expected)
    model.to(guarded)
    #expect(f(x.to(guarded)).cpu().array() == expected)
    #expect(f(x.to(guarded)).device == guarded)
    model.to(.cpu)
    #expect(f(x).array() == expected && f(x).device == .cpu)
  }

  @Test("The state of a module is saved from a device and loaded to where the module is")
  func savingAndLoading() throws {
    let folder = TemporaryFolder()
    let model = Linear(3, 2)
    let expected = model.weight.array()
    model.to(guarded)
    try save(model.stateDict(), to: folder.file("model.safetensors"))
    let other = Linear(3, 2)
    other.to(guarded)
    try other.loadStateDict(loadSafetensors(folder.file("model.safetensors")))
    #expect(other.weight.device == guarded && other.weight.cpu().array() == expected)
  }

  @Test("Transforms see tensors of a device")
  func transforms() {
    let x = numbers([3, 4])
    let f = { @Sendable (x: Tensor) in (x.sin() * x).softmax(0).sum([0]) }
    #expect(vmap(f)(x.to(guarded)).cpu().array() == vmap(f)(x).array())
    let made = jvp(f, primals: x.to(guarded), tangents: x.to(guarded))
    #expect(made.tangent.cpu().array() == jvp(f, primals: x, tangents: x).tangent.array())
    #expect(grad { (x: Tensor) in f(x).sum() }(x.to(guarded)).device == guarded)
  }

  @Test("The memory of a device is given back")
  func release() {
    let before = GuardedDevice.shared.blockCount
    do {
      let x = numbers([100]).to(guarded)
      _ = (x * x).sum().item()
      #expect(GuardedDevice.shared.blockCount > before)
    }
    #expect(GuardedDevice.shared.blockCount == before)
  }
}
