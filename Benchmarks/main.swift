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
for _ in 0..<400 {time("chain fwdbwd", 2000) { for _ in 0..<200 { sg.grad = nil; var y = sg; for _ in 0..<5 { y = y * sg; y = y + sg }; y.backward(g) } }}
let big = Tensor.full([1 << 22], 0.7)
