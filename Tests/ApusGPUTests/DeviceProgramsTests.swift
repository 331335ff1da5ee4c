import Apus
import ApusCore
import ApusGPU
import TestSupport
import Testing

/// The device that these suites run on: the first one of the machine's drivers, which is PoCL's where there is no card.
let graphics: Device? = Devices.available.first { $0.type == "cuda" || $0.type == "opencl" }

/// What the kernels of a device compute is what the host computes.
@Suite("Programs on a device", .enabled(if: graphics != nil, "needs a CUDA or OpenCL device; pocl-opencl-icd is one"))
struct DeviceProgramsTests {
  let device = graphics ?? .cpu

  private func expectClose(_ there: Tensor, _ here: Tensor, _ tolerance: Double = 1e-4, _ comment: Comment = "") {
    #expect(there.shape == here.shape && there.dtype == here.dtype, comment)
    #expect(allclose(there.cpu(), here, rtol: tolerance, atol: tolerance, equalNan: true), comment)
  }

  @Test("Formulas, views, reductions and products of random programs", arguments: 0..<40)
  func randomPrograms(seed: Int) {
    let here = program(seed, on: .cpu)
    let there = program(seed, on: device)
    for (i, (a, b)) in zip(there, here).enumerated() {
      #expect(a.device == device)
      expectClose(a, b, 1e-3, "seed \(seed), step \(i)")
    }
  }

  /// The results of twenty operations drawn by `seed`, each on earlier ones.
  private func program(_ seed: Int, on device: Device) -> [Tensor] {
    let generator = Generator(seed: UInt64(seed))
    var draws = SplitMix(seed: UInt64(seed))
    func draw(_ n: Int) -> Int { Int(draws.next() % UInt64(n)) }
    var values = [[6, 8], [6, 8], [8, 6], [2, 6, 8]].map { randn($0, generator: generator).to(device) }
    for _ in 0..<20 {
      let x = values[draw(values.count)]
      let same = values.filter { $0.shape == x.shape }
      let y = same[draw(same.count)]
      let last = x.rank - 1
      let made: Tensor
      switch draw(16) {
      case 0: made = x + y * 0.5
      case 1: made = (x * y).tanh()
      case 2: made = x.sigmoid() - y.gelu()
      case 3: made = (x.abs() + 1).log() * y.exp().clamp(min: 0, max: 3)
      case 4: made = x.transpose(-1, -2).contiguous()
      case 5: made = x.sum([last], keepDim: true) + y
      case 6: made = x - x.mean([0], keepDim: true)
      case 7: made = x.softmax(last)
      case 8: made = matmul(x, y.transpose(-1, -2)).tanh().matmul(y)
      case 9: made = cat([x.narrow(last, 0, 3), y.narrow(last, 3, x.shape[last] - 3)], dim: last)
      case 10: made = `where`(x.gt(y), x, y * 2)
      case 11: made = x.amax([last], keepDim: true) - y
      case 12: made = layerNorm(x, [x.shape[last]])
      case 13: made = x.flip([0]).cumsum(last).tanh()
      case 14: made = x.to(.float16).to(.float32) + y.to(.int32).to(.float32)
      default: made = x.relu().sqrt().pow(2) + y.sin() * y.cos()
      }
      values.append(made)
    }
    return values
  }

  @Test("A step of a network of convolutions, with its gradients")
  func convolutionalNetwork() throws {
    func gradients(on device: Device) -> [Tensor] {
      manualSeed(7)
      let net = Sequential(
        Conv2d(3, 8, kernelSize: 3, padding: 1), BatchNorm2d(8), ReLU(), MaxPool2d(2),
        Conv2d(8, 12, kernelSize: 3, stride: 2, groups: 4), ReLU(), AvgPool2d(2), Flatten(), Linear(12, 5))
      net.to(device)
      let x = randn([4, 3, 14, 14]).to(device)
      let loss = crossEntropy(net(x), Tensor([1, 4, 0, 2], dtype: .int64).to(device))
      loss.backward()
      return [loss.detach()] + net.parameters().map { $0.grad ?? Tensor.zeros([]) }
    }
    for (i, (there, here)) in zip(gradients(on: device), gradients(on: .cpu)).enumerated() {
      #expect(there.device == device)
      expectClose(there, here, 1e-3, "tensor \(i)")
    }
  }

  @Test("Attention and its gradients, with masks, windows, caps and shared heads")
  func attention() {
    func run(on device: Device, _ form: Int) -> [Tensor] {
      let generator = Generator(seed: UInt64(form))
      let heads = form == 3 ? 2 : 4
      let q = Tensor(randn([2, 4, 19, 16], generator: generator).to(device), requiresGrad: true)
      let k = Tensor(randn([2, heads, 23, 16], generator: generator).to(device), requiresGrad: true)
      let v = Tensor(randn([2, heads, 23, 24], generator: generator).to(device), requiresGrad: true)
      let g = randn([2, 4, 19, 24], generator: generator).to(device)
      let mask: Tensor? =
        form == 1
        ? rand([19, 23], generator: generator).gt(0.3).to(device)
        : form == 2 ? randn([2, 1, 19, 23], generator: generator).to(device) : nil
      let y = scaledDotProductAttention(q, k, v, attnMask: mask, isCausal: form == 4, enableGQA: form == 3)
      (y * g).sum().backward()
      return [y.detach()] + [q, k, v].map { $0.grad ?? Tensor.zeros([]) }
    }
    for form in 0..<5 {
      for (i, (there, here)) in zip(run(on: device, form), run(on: .cpu, form)).enumerated() {
        #expect(there.device == device)
        expectClose(there, here, 1e-4, "form \(form), tensor \(i)")
      }
    }
  }

  @Test(
    "Attention of narrow heads, and of wide ones that pass through a group's memory in parts",
    arguments: [(1, 3), (2, 2), (3, 1), (40, 72)])
  func attentionOfWidths(width: Int, valueWidth: Int) {
    func run(on device: Device) -> [Tensor] {
      let generator = Generator(seed: UInt64(width))
      func draw(_ shape: [Int]) -> Tensor {
        Tensor(randn(shape, generator: generator).to(device), requiresGrad: true)
      }
      let (q, k, v) = (draw([2, 37, width]), draw([2, 70, width]), draw([2, 70, valueWidth]))
      let y = scaledDotProductAttention(q, k, v, isCausal: true)
      y.square().sum().backward()
      return [y.detach()] + [q, k, v].map { $0.grad ?? Tensor.zeros([]) }
    }
    for (i, (there, here)) in zip(run(on: device), run(on: .cpu)).enumerated() {
      #expect(there.device == device)
      expectClose(there, here, 1e-4, "tensor \(i)")
    }
  }

  @Test("Rows by position: reading, adding, writing, and positions out of range")
  func indexing() throws {
    func run(on device: Device) -> [Tensor] {
      let generator = Generator(seed: 3)
      let table = Tensor(randn([10, 6], generator: generator).to(device), requiresGrad: true)
      let at = Tensor([3, 3, 9, 0, 3], dtype: .int64).to(device)
      let rows = embedding(at, table)
      (rows * randn([5, 6], generator: generator).to(device)).sum().backward()
      var x = table.detach().clone()
      x[at] = Tensor.ones([6]).to(device)
      let positions = Tensor([[0, 1, 1], [2, 0, 2]], dtype: .int64).to(device)
      let source = randn([2, 3], generator: generator).to(device)
      return [
        rows.detach(), table.grad ?? x, x, table.detach()[at, at % 6], x.indexSelect(1, at % 6),
        Tensor.zeros([3, 3]).to(device).scatterAdd(0, positions, source), source.gather(1, positions),
        Tensor.zeros([3, 3]).to(device).scatter(0, positions, source), x.tril(1), oneHot(at, 12),
        Tensor.zeros([10, 6]).to(device).indexAdd(0, at, rows.detach()),
      ]
    }
    for (i, (there, here)) in zip(run(on: device), run(on: .cpu)).enumerated() {
      #expect(there.device == device, "tensor \(i)")
      expectClose(there, here, 1e-5, "tensor \(i)")
    }
    let error = #expect(throws: TensorError.self) {
      try withErrors {
        embedding(Tensor([1, 12], dtype: .int64).to(device), Tensor.ones([4, 2]).to(device)).cpu().sum()
      }
    }
    #expect(error?.description.contains("index 12 is out of range for a dimension of size 4") == true)
  }

  @Test(
    "The kernels of a device are CUDA C as well", .enabled(if: GPUDevices.cudaCompiler != nil, "needs NVRTC"))
  func kernelsInCUDA() throws {
    _ = program(1, on: device)
    for (name, text) in GPUDevices.kernelsInCUDA(of: device).prefix(20) {
      let size = try GPUDevices.compileCUDA(text, architecture: "sm_80")
      #expect(size > 0, "\(name)")
    }
  }

  @Test("The host reads views that go backwards where it helps out")
  func backwardViews() {
    Devices.missing = .copySilently
    defer { Devices.missing = .copy }
    func gradients(on device: Device) -> [Tensor] {
      let generator = Generator(seed: 4)
      let (re, im) = (randn([3, 5], generator: generator), randn([3, 5], generator: generator))
      let z = Tensor(complex(re, im).to(device), requiresGrad: true)
      let sums = z.cumsum(1)
      (sums.real * sums.imag).sum().backward()
      return [sums.detach()] + [z.grad ?? Tensor.zeros([])]
    }
    for (there, here) in zip(gradients(on: device), gradients(on: .cpu)) {
      #expect(there.device == device)
      expectClose(there.real.contiguous(), here.real.contiguous())
      expectClose(there.imag.contiguous(), here.imag.contiguous())
    }
  }

  @Test("Memory of tensors that are gone serves the next ones")
  func memory() throws {
    let x = randn([64, 64]).to(device)
    func step() -> Double { (x.matmul(x).tanh() * 0.1).sum().item() }
    _ = step()
    let before = try #require(device.memory)
    for _ in 0..<200 { _ = step() }
    let after = try #require(device.memory)
    #expect(after.used == before.used && after.kept <= before.kept)
  }

  @Test("Tasks side by side get the results of each by itself")
  func concurrency() async {
    let device = device
    let sums = await withTaskGroup(of: (Int, Float).self) { group in
      for task in 0..<8 {
        group.addTask {
          var x = (arange(1000).to(.float32) * Double(task + 1)).to(device)
          for _ in 0..<20 { x = (x * 0.5 + 1).sqrt() }
          return (task, Float(x.sum().item()))
        }
      }
      return await group.reduce(into: [Int: Float]()) { $0[$1.0] = $1.1 }
    }
    for task in 0..<8 {
      var x = arange(1000).to(.float32) * Double(task + 1)
      for _ in 0..<20 { x = (x * 0.5 + 1).sqrt() }
      let expected = Float(x.sum().item())
      #expect(abs((sums[task] ?? 0) - expected) <= 1e-4 * expected)
    }
  }
}

/// A small generator of numbers for choices in tests.
private struct SplitMix {
  var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
