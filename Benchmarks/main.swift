import Apus
let x = Tensor([1.0, 2.0, 3.0]); let y = Tensor([4.0, 5.0, 6.0]); print(x + y)
let a = Tensor([[1.0, 2.0], [3.0, 4.0]], requiresGrad: true)
let z = (a * a).sum()
z.backward()
print(a.grad!, z, a * 2.5, (a.tanh() * a.t()).mean(0))
let d3 = grad(grad(grad { x in (x * x * x * x).sum() }))
print(d3(Tensor(2.0)))
do { _ = try withErrors { x + Tensor([1.0, 2.0]) } } catch { print(error) }
func time(_ name: String, _ n: Int, _ f: () -> Void) {
  f()
  var best = 1e9
  for _ in 0..<5 { let t = ContinuousClock.now; f(); let e = (ContinuousClock.now - t); best = min(best, Double(e.components.attoseconds) / 1e9 / Double(n)) }
  print(name, best, "ns/op")
}
let s = Tensor([0.1,0.2,0.3,0.4,0.5,0.1,0.2,0.3,0.4,0.5])
time("add", 1000) { for _ in 0..<1000 { _ = s + s } }
let sg = Tensor(s, requiresGrad: true)
time("add_grad", 1000) { for _ in 0..<1000 { _ = sg + sg } }
let g = Tensor.ones([10])
time("chain fwdbwd", 2000) { for _ in 0..<200 { sg.grad = nil; var y = sg; for _ in 0..<5 { y = y * sg; y = y + sg }; y.backward(g) } }
let big = Tensor.full([1 << 22], 0.7)
time("exp", 1) { _ = big.exp() }
time("tanh", 1) { _ = big.tanh() }
time("add big", 1) { _ = big + big }
let b1 = Tensor.full([4096, 1024], 0.7), c1 = Tensor.full([1024], 0.3)
time("bcast mul", 1) { _ = b1 * c1 }
time("gelu", 1) { _ = big.gelu() }
let t1 = Tensor.full([2048, 2048], 0.5)
time("transpose", 1) { _ = t1.t().contiguous() }
time("sum ax0", 1) { _ = t1.sum(0) }
time("sum ax1", 1) { _ = t1.sum(1) }
time("sum all", 1) { _ = t1.sum() }
time("scalar mul small", 1000) { for _ in 0..<1000 { _ = s * 2.0 } }
