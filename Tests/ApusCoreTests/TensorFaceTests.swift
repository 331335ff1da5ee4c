import Apus
import Testing

/// Subscripts, names, creators and several results as a PyTorch user writes them.
@Suite struct TensorFace {
  let x = arange(12).reshape(3, 4)

  @Test func nilIsANewDimension() {
    #expect(x[nil].shape == [1, 3, 4] && x[nil, 0].shape == [1, 4] && x[0..., nil].shape == [3, 1, 4])
    #expect(x[..., nil].shape == [3, 4, 1] && x[0, nil, 1, nil].shape == [1, 1] && x[nil, ..., 1].shape == [1, 3])
    #expect(x[0..., [-1], nil].shape == [3, 1, 1])
    var y = zeros(2, 3)
    y[nil, 0] = Tensor([1.0, 2.0, 3.0])
    y[nil, 1] = 7.0
    #expect(y.tolist() == [[1, 2, 3], [7, 7, 7]])
  }

  @Test func subscriptsReadAndWrite() {
    let (wide, narrow): (Int64, Int32) = (1, 2)
    #expect(x[wide, narrow].item() == 6.0 && x[-1].tolist() == [8, 9, 10, 11])
    #expect(x[0..., [-1]].tolist() == [[3], [7], [11]] && x[[0, 2], 0].tolist() == [0, 8])
    #expect(x[stride(from: 0, to: 3, by: 2), 0].tolist() == [0, 8] && x[(-2)..., 0].tolist() == [4, 8])
    #expect(x[true].shape == [1, 3, 4] && x[false].shape == [0, 3, 4])
    var y = x
    y[y .> 9] = 0
    y[0, 1] = 3
    y[1..<3] += 1
    y[..., 0] = Tensor([7, 8, 9])
    #expect(y.tolist() == [[7, 3, 2, 3], [8, 6, 7, 8], [9, 10, 1, 1]])
    var logits = Tensor([[1.0, 3.0, 2.0]])
    let (v, _) = logits.topk(2)
    logits[logits .< v[0..., [-1]]] = -Double.infinity
    #expect(logits.tolist() == [[.number(.float(-.infinity)), 3, 2]])
    let one: Int = x[1, 2].item()
    #expect(one == 6)
  }

  @Test func namesArePyTorchs() {
    let t = x.t()
    #expect(t.numel() == 12 && t.dim() == 2 && t.size() == [4, 3] && t.nelement() == 12 && t.ndimension() == 2)
    #expect(t.stride() == [1, 4] && t.stride(-1) == 4 && x[1].storageOffset() == 4)
    #expect(x.elementSize() == 8 && x.itemsize == 8 && x.nbytes == 96 && !x.isFloatingPoint() && x.isSigned())
    #expect(x.to(.float).dtype == .float32 && x.to(.long).dtype == .int64 && x.to(.half).dtype == .float16)
    #expect(x.getDevice() == -1 && isTensor(x) && !isTensor(3) && numel(x) == 12 && !isFloatingPoint(x))
    let like = x.newZeros(2, 2)
    #expect(like.dtype == .int64 && x.newOnes([2], dtype: .float32).tolist() == [1, 1])
    #expect(x.newFull([2], 3).dtype == .int64 && x.newTensor([1.5]).tolist() == [1] && x.newEmpty(2).shape == [2])
  }

  @Test func creatorsAreFree() {
    #expect(zeros(2, 3).shape == [2, 3] && ones([2]).tolist() == [1, 1] && empty(2, 1).shape == [2, 1])
    #expect(full([2], 7).dtype == .int64 && full([2], 7.0, requiresGrad: true).requiresGrad)
    #expect(tensor([1.0, 2.0]).dtype == .float32 && tensor([[1, 2], [3, 4]], dtype: .float64).dtype == .float64)
    #expect(randn(3, 4, requiresGrad: true).requiresGrad && zeros([2], requiresGrad: true).isLeaf)
    #expect(arange(0, 10, step: 4).tolist() == [0, 4, 8] && arange(start: 1, end: 3).tolist() == [1, 2])
    #expect(
      linspace(0, 1, steps: 3).tolist() == [0, 0.5, 1] && logspace(start: 0, end: 2, steps: 3).tolist() == [1, 10, 100])
    #expect(linspace(-.pi, .pi, 3)[1].item() == 0 && scalarTensor(2).dtype == .float32)
    #expect(randint(10, [5], generator: Generator(seed: 0)).tolist() == [4, 9, 3, 0, 3])
    #expect(randint(0, 10, size: [5], generator: Generator(seed: 0)).tolist() == [4, 9, 3, 0, 3])
    let (a, b) = (Tensor(1.5, requiresGrad: true), Tensor(2.0))
    #expect(Tensor([a, b]).tolist() == [1.5, 2] && !tensor([a, b]).requiresGrad && !tensor(a).requiresGrad)
    #expect(asTensor(a).requiresGrad && Tensor(x, dtype: .float64).dtype == .float64)
    #expect(throws: TensorError.self) { try withErrors { Tensor([x, x]) } }
    #expect(!inferenceMode { a * 2 }.requiresGrad && !setGradEnabled(false) { a * 2 }.requiresGrad)
  }

  @Test func severalResultsAreTakenApart() {
    let y = Tensor([[1.0, 5.0], [4.0, 3.0]])
    let (values, indices) = y.max(1)
    #expect(values.tolist() == [5, 4] && indices.tolist() == [1, 0])
    let (low, high) = y.aminmax()
    #expect(low.item() == 1.0 && high.item() == 5.0 && y.aminmax().min.item() == 1.0)
    let (sorted, _) = y.sort(descending: true)
    #expect(sorted.tolist() == [[5, 1], [4, 3]] && y.max(1)[1].tolist() == [1, 0] && y.max(1).values.shape == [2])
    let repeated = Tensor([3, 1, 3])
    let (distinct, counts) = repeated.unique(returnCounts: true)
    let (_, inverse, _) = repeated.unique(returnInverse: true, returnCounts: true)
    #expect(distinct.tolist() == [1, 3] && counts.tolist() == [1, 2] && inverse.tolist() == [1, 0, 1])
    #expect(repeated.unique().numel() == 2)
    #expect(throws: TensorError.self) { try withErrors { y.max(1)[2] } }
  }

  @Test func theGraphIsLookedAt() {
    let a = Tensor([1.0, 2.0], requiresGrad: true)
    #expect(a.gradFn == nil)
    let y = (a * 2).sum()
    #expect("\(y.gradFn.map(\.description) ?? "None")" == "<SumBackward0>")
    let product = y.gradFn?.nextFunctions[0].0
    #expect(product?.name == "MulBackward0" && product?.nextFunctions[0].0?.name == "AccumulateGrad")
    #expect(product?.nextFunctions[0].0?.nextFunctions.isEmpty == true)
  }
}

/// Apart from the others, whose numbers would change.
@Suite struct DefaultType {
  @Test func floatingPointNumbersHaveIt() async {
    // In a process of its own: other tests run beside this one.
    await #expect(processExitsWith: .success) {
      setDefaultDType(.float64)
      precondition(getDefaultDType() == .float64)
      precondition(Tensor(1.5).dtype == .float64 && Tensor(Float(1.5)).dtype == .float32)
      precondition((Tensor([1]) * 2.5).dtype == .float64 && (Tensor([1]) / 2).dtype == .float64)
      precondition(arange(0, 1, 0.5).dtype == .float64 && arange(3).dtype == .int64)
      precondition(Tensor([Complex.i]).dtype == .complex128 && linspace(0, 1, 2).dtype == .float64)
      precondition(randn(2).dtype == .float64 && zeros(1).dtype == .float64 && Tensor([1]).sqrt().dtype == .float64)
      precondition("\(zeros(1))" == "tensor([0.])")
      precondition("\(zeros(1, dtype: .float32))" == "tensor([0.], dtype=torch.float32)")
      precondition((Tensor([Float(1)]) * 2.5).dtype == .float32)
      manualSeed(3)
      precondition(initialSeed() == 3)
    }
  }
}
