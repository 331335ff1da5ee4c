import Apus
import Testing

@Suite struct TensorsCode {
  @Test func creating() {
    let a = Tensor([[1.0, 2.0], [3.0, 4.0]])
    let b = Tensor([1, 2, 3], dtype: .int32)
    let c = Tensor.zeros([2, 3])
    let d = arange(0, 10, 2)
    let e = rand([2, 2])
    print(a.shape, b.dtype, c.count, d, e.rank)
    #expect(d.array(as: Int.self) == [0, 2, 4, 6, 8])
  }

  @Test func reading() {
    let x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    let total: Double = x.sum().item()
    let values: [Float] = x.array()
    print(total, values)  // 10.0 [1.0, 2.0, 3.0, 4.0]
    let rows: [[Double]] = x.array()
    let (highest, places) = x.max(1)
    print(rows, x.tolist(), highest, places)  // ... tensor([2., 4.]) tensor([1, 1])
    for row in x { print(row.sum()) }  // tensor(3.) tensor(7.)
    #expect(rows == [[1, 2], [3, 4]] && "\(highest) \(places)" == "tensor([2., 4.]) tensor([1, 1])")
    #expect(total == 10 && values == [1, 2, 3, 4])
  }

  @Test func indexing() {
    var x = arange(0, 12).reshape(3, 4)
    print(x[0])  // tensor([0, 1, 2, 3])
    print(x[1..<3, -1])  // tensor([ 7, 11])
    print(x[.slice(step: 2), 0])  // tensor([0, 8])
    print(x[x .> 8])  // tensor([ 9, 10, 11])
    x[0] = Tensor([9, 9, 9, 9])
    x[..., 1] += 100
    #expect(x.array(as: Int.self) == [9, 109, 9, 9, 4, 105, 6, 7, 8, 109, 10, 11])
  }

  @Test func values() {
    var x = Tensor([1.0, 2.0])
    let y = x
    x += 1.0
    print(x, y)  // tensor([2., 3.]) tensor([1., 2.])
    #expect("\(x) \(y)" == "tensor([2., 3.]) tensor([1., 2.])")
  }

  @Test func inPlaceNames() {
    var x = zeros(2)
    x.fill_(2)
    x.add_(ones(2), alpha: 3)
    let w = parameter(x)
    noGrad { w.mul_(0.5) }
    w.data.clamp_(0, 1)
    print(x, w.data)  // tensor([5., 5.]) tensor([1., 1.])
    #expect("\(x) \(w.data)" == "tensor([5., 5.]) tensor([1., 1.])")
  }

  @Test func types() {
    let whole = Tensor([1, 2, 3])
    print((whole * 2).dtype)  // int64
    print((whole * 2.5).dtype)  // float32
    print(whole.to(.float16) + Tensor([0.5, 0.5, 0.5], dtype: .float64))
    #expect((whole * 2).dtype == .int64 && (whole * 2.5).dtype == .float32)
  }

  @Test func complexNumbers() {
    let z = Tensor([Complex(3, 4), Complex(0, -1)], requiresGrad: true)
    print(z * Complex.i)  // tensor([-4.+3.j,  1.+0.j], grad_fn=<MulBackward0>)
    print(z.abs(), z.real)  // tensor([5., 1.], ...) tensor([3., 0.], ...)
    z.abs().square().sum().backward()
    let gradient = z.grad?.array(as: Complex.self) ?? []
    print(gradient)  // [6.0+8.0j, 0.0-2.0j]
    #expect("\(z * Complex.i)" == "tensor([-4.+3.j,  1.+0.j], grad_fn=<MulBackward0>)")
    #expect("\(gradient)" == "[6.0+8.0j, 0.0-2.0j]" && z.abs().detach().array() == [5, 1])
  }

  @Test func devices() {
    let device = Devices.available.last ?? .cpu
    let inputs = randn([8, 4], device: device)
    let layer = Linear(4, 2).to(device)
    let outputs = layer(inputs)
    print(outputs.device == device, outputs.cpu().device)  // true cpu
    withDevice(device) { print(Tensor.zeros([2]).device == device) }  // true
    #expect(outputs.device == device && outputs.cpu().device == .cpu)
    withDevice(device) { #expect(Tensor.zeros([2]).device == device) }
  }

  @Test func errors() {
    do {
      let sum = try withErrors { Tensor([1.0, 2.0]) + Tensor([1.0, 2.0, 3.0]) }
      print(sum)
      Issue.record("the shapes differ")
    } catch {
      print(error)
      // Add: cannot broadcast [2] with [3]: the sizes 2 and 3 at dimension 0 differ and neither is 1
      #expect(
        "\(error)" == "Add: cannot broadcast [2] with [3]: the sizes 2 and 3 at dimension 0 differ and neither is 1")
    }
  }

  @Test func printing() {
    setPrintOptions(precision: 2)
    print(Tensor([1.0, 0.3333]))  // tensor([1.00, 0.33])
    #expect("\(Tensor([1.0, 0.3333]))" == "tensor([1.00, 0.33])")
    setPrintOptions(profile: .default)
  }
}
