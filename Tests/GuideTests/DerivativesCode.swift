import Apus
import Testing

@Suite struct DerivativesCode {
  @Test func matrices() {
    let squares = { (x: Tensor) in x * x }
    print(jacrev(squares)(Tensor([1.0, 2.0])))
    // tensor([[2., 0.],
    //         [0., 4.]])
    let third = { (x: Tensor) in (x * x * x).sum() }
    print(hessian(third)(Tensor([1.0, 2.0])))
    // tensor([[ 6.,  0.],
    //         [ 0., 12.]])
    #expect(jacrev(squares)(Tensor([1.0, 2.0])).array() == [2, 0, 0, 4] as [Float])
    #expect("\(hessian(third)(Tensor([1.0, 2.0])))" == "tensor([[ 6.,  0.],\n        [ 0., 12.]])")
  }

  @Test func pullback() {
    let (sine, pull) = vjp({ $0.sin() }, Tensor([0.0, 1.0]))
    print(sine, pull(Tensor([1.0, 1.0])))  // tensor([0.0000, 0.8415]) tensor([1.0000, 0.5403])
    #expect("\(pull(Tensor([1.0, 1.0])))" == "tensor([1.0000, 0.5403])")
  }

  @Test func models() {
    let model = Linear(3, 1)
    let parameters = Dictionary(uniqueKeysWithValues: model.namedParameters().map { ($0.name, $0.tensor.detach()) })
    let lossOf = { (p: [String: Tensor], x: Tensor) in functionalCall(model, p, x).square().sum() }
    let ofEachSample = vmap(grad(lossOf), inDims: (nil, 0))(parameters, randn(8, 3))
    print(ofEachSample["weight"]?.shape ?? [])  // [8, 1, 3]
    #expect(ofEachSample["weight"]?.shape == [8, 1, 3])
  }
}
