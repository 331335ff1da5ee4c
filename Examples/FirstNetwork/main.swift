import Apus
var shapes: [[Int]] = []
for _ in 0..<6 { shapes.append([512, 975]); shapes.append([512]); shapes.append([512]) }
let ps = shapes.map { parameter(Tensor.full($0, 0.05)) }
for p in ps { p.grad = Tensor.full(p.shape, 0.001) }
print(ps.reduce(0) { $0 + $1.count })
let o = AdamW(ps, lr: 1e-3, weightDecay: 0.01)
func time(_ name: String, _ n: Int, _ f: () -> Void) {
  for _ in 0..<3 { f() }
  var all: [Double] = []
  for _ in 0..<n { let t = ContinuousClock.now; f(); let e = (ContinuousClock.now - t); all.append(Double(e.components.attoseconds) / 1e15) }
  all.sort()
  print(name, "min", all[0], "median", all[all.count/2], "ms")
}
time("adamw", 300) { o.step() }
final class Net: Layer { let a = Inner(); func forward(_ x: Tensor) -> Tensor { a(x) } }
final class Inner: Layer { func forward(_ x: Tensor) -> Tensor { x } }
let net = Net()
let x = Tensor([1.0])
time("call x2000 (ms)", 20) { for _ in 0..<1000 { _ = net(x) } }
let small = (0..<100).map { _ in parameter(Tensor.full([10], 0.05)) }
for p in small { p.grad = Tensor.full(p.shape, 0.001) }
let so = AdamW(small)
time("adamw 100 small (ms)", 20) { so.step() }
