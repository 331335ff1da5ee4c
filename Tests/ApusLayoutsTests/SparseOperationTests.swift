import Apus
import Testing

/// Operations on sparse tensors give PyTorch's values and gradients.
@Suite(.serialized) struct SparseOperationTests {
  private let v = Recorded.variable("v")
  private let w = Recorded.variable("w")
  private let x = Recorded.variable("x")
  private let y = Recorded.variable("y")
  private let z = Recorded.variable("z")
  private let u = Recorded.variable("u")

  private var a: SparseTensor { sparseCooTensor(Recorded["i"], v, size: [5, 7]) }
  private var b: SparseTensor { sparseCooTensor(Recorded["j"], w, size: [5, 7]) }
  private var h: SparseTensor { sparseCooTensor(Recorded["k"], u, size: [5, 2]) }

  private func expect(_ found: Tensor, _ name: String, at location: SourceLocation = #_sourceLocation) {
    expectRecorded(found, name, gradients: ["v": v, "w": w, "x": x, "y": y, "z": z, "u": u], at: location)
  }
  private func expect(_ found: SparseTensor, _ name: String, at location: SourceLocation = #_sourceLocation) {
    expect(found.toDense(), name, at: location)
  }

  @Test func positionsAndLayouts() {
    let single = a.coalesce()
    #expect(!a.isCoalesced && single.isCoalesced)
    expectRecorded(single.indices(), "coalesced.indices")
    expectRecorded(single.values(), "coalesced.values")
    let (rows, columns) = (a.toSparseCsr(), a.toSparseCsc())
    expectRecorded(rows.crowIndices(), "csr.crow")
    expectRecorded(rows.colIndices(), "csr.col")
    expectRecorded(rows.values(), "csr.values")
    expectRecorded(columns.ccolIndices(), "csc.ccol")
    expectRecorded(columns.rowIndices(), "csc.row")
    expectRecorded(columns.values(), "csc.values")
    expect(a, "dense")
    for other in [single, rows, columns, rows.toSparseCsc(), columns.toSparseCsr(), columns.toSparseCoo()] {
      expect(other, "dense")
    }
    #expect(a.nnz == 14 && single.nnz == Recorded["coalesced.values"].count)
    #expect(a.sparseDim == 2 && a.denseDim == 0 && h.sparseDim == 1 && h.denseDim == 1)
  }

  @Test func productsWithDenseMatrices() {
    for form in [a, a.coalesce(), a.toSparseCsr(), a.toSparseCsc()] {
      expect(sparse.mm(form, x), "mm")
      expect(form.matmul(x.select(1, 0)), "mv")
      expect(z.matmul(form), "denseSparse")
      let base = z.t().matmul(Tensor.ones([3, 4], dtype: .float64))
      expect(sparse.addmm(base, form, x, beta: 0.5, alpha: 2), "addmm")
      for (name, reduce) in [("mean", SparseReduction.mean), ("amax", .amax), ("amin", .amin)] {
        expectRecorded(sparse.mm(form, x, reduce: reduce), "mm.\(name)")
      }
    }
  }

  @Test func productsOfSparseMatrices() {
    for (left, right) in [(a, b.t()), (a.toSparseCsr(), b.t().toSparseCsr()), (a.coalesce(), b.toSparseCsr().t())] {
      expect(sparse.mm(left, right), "sparseSparse")
    }
  }

  @Test func productsAtSomePositions() {
    let (left, right) = (z.t().matmul(z.narrow(1, 0, 1)), y.narrow(0, 0, 1))
    for form in [a, a.toSparseCsr(), a.toSparseCsc()] {
      expect(sparse.sampledAddmm(form, left, right, beta: 0.5, alpha: 2), "sampled")
    }
    expectRecorded(sparse.sampledAddmm(a, left, right, beta: 0.5, alpha: 2).toDense(), "sampled.torch")
  }

  @Test func sumsAndSoftmax() {
    for form in [a, a.toSparseCsr(), a.toSparseCsc()] {
      expect(form.sum(), "sum")
      expect(sparse.sum(form, dim: 0), "sum0")
      expect(sparse.sum(form, dim: -1), "sum1")
      expect(sparse.softmax(form, dim: 0), "softmax0")
      expect(sparse.softmax(form, dim: 1), "softmax1")
      expect(sparse.logSoftmax(form, dim: -1), "logSoftmax1")
      expect(form.norm(), "norm")
    }
    #expect(a.sum([0, 1]).toDense().allclose(a.sum()))
    #expect(a.sum(1, keepDim: true).shape == [5, 1])
  }

  @Test func elementByElement() {
    for (p, q) in [(a, b), (a.toSparseCsr(), b.toSparseCsr()), (a.coalesce(), b.toSparseCsc())] {
      expect(p + q, "add")
      expect(p.sub(q), "sub")
      expect(p * q, "mul")
      expect(p * y, "mulDense")
      expect(y.narrow(0, 0, 1) * p, "mulRow")
      expect(p.mul(y.narrow(0, 0, 1)), "mulRow")
      expect(y + p, "denseAdd")
      expect(p / 3, "div")
      expect(p.sinh(), "sinh")
    }
    let single = a.coalesce()
    expect(single * single, "square")
    expect(single.pow(2), "square")
  }

  @Test func shapes() {
    for form in [a, a.coalesce(), a.toSparseCsr(), a.toSparseCsc()] {
      expect(form.t(), "transpose")
      expect(form.permute([1, 0]), "transpose")
      expect(form.indexSelect(1, tensor([6, 0, 0, 3])), "select")
      expect(form.indexSelect(0, tensor([4, 1])), "select0")
      expect(y.sparseMask(form.coalesce()), "mask")
      expect(cat([form, b], dim: 0), "cat0")
      expect(cat([form, b], dim: 1), "cat1")
      #expect(form.select(0, -1).toDense().equal(Recorded["dense"].select(0, 4)))
      #expect(form.unsqueeze(1).toDense().equal(Recorded["dense"].unsqueeze(1)))
      #expect(form.resize([6, 9]).toDense().equal(Recorded["dense"].constantPadNd([0, 2, 0, 1])))
    }
  }

  @Test func elementsWithDimensions() {
    expect(h, "hybrid")
    expect(h.sum(0), "hybrid.sum0")
    expect(h.sum(1), "hybrid.sum1")
    expect(h.softmax(0), "hybrid.softmax0")
    expect(h.softmax(1), "hybrid.softmax1")
  }

  @Test func fromDenseAndDiagonals() {
    let dense = Recorded["dense"]
    let found = dense.toSparse()
    #expect(found.isCoalesced && found.toDense().equal(dense))
    #expect(dense.toSparse(1).toDense().equal(dense))
    #expect(dense.toSparseCsr().toDense().equal(dense))
    #expect(Tensor(3.0).toSparse().toDense().item() == 3)
    let x = Tensor([[0.0, 2.0], [3.0, 0.0]], requiresGrad: true)
    (x.toSparse() * x.toSparse()).sum().backward()
    #expect(x.grad?.array(as: Double.self) == [0, 4, 6, 0])
    let made = sparse.spdiags(arange(9.0).reshape(3, 3), tensor([0, -1, 2]), [3, 4])
    expectRecorded(made.toDense(), "spdiags")
    #expect(sparse.spdiags(arange(3.0), tensor([1]), [3, 3], layout: .sparseCsr).layout == .sparseCsr)
  }

  @Test func derivativesOfHigherOrder() {
    let (i, j) = (Recorded["i"], Recorded["j"])
    let (v, w, x) = (Recorded.variable("v"), Recorded.variable("w"), Recorded.variable("x"))
    func a(_ v: Tensor) -> SparseTensor { sparseCooTensor(i, v, size: [5, 7]) }
    func b(_ w: Tensor) -> SparseTensor { sparseCooTensor(j, w, size: [5, 7]) }
    #expect(gradcheck({ v, x in sparse.mm(a(v), x) }, (v, x)))
    #expect(gradgradcheck({ v, x in sparse.mm(a(v), x) }, (v, x)))
    #expect(gradgradcheck({ v, w in sparse.mm(a(v), b(w).t()).values() }, (v, w)))
    #expect(gradgradcheck({ v, w in sparse.mm(a(v).t().toSparseCsr(), b(w)).values() }, (v, w)))
    #expect(
      gradgradcheck(
        { v, x in sparse.sampledAddmm(a(v), x.t().matmul(x).narrow(0, 0, 1).expand(5, 4), x.t()).storedValues }, (v, x))
    )
    #expect(gradgradcheck({ v in sparse.softmax(a(v), dim: 1).values() }, v))
    #expect(gradgradcheck({ v, w in (a(v) * b(w)).values() }, (v, w)))
  }

  @Test func transformsFollowValuesAndDenseOperands() {
    let i = Recorded["i"]
    @Sendable func product(_ v: Tensor, _ x: Tensor) -> Tensor { sparse.mm(sparseCooTensor(i, v, size: [5, 7]), x) }
    let (values, x) = (Recorded["v"], Recorded["x"])
    let many = stack([x, x * 2, x.sin()], dim: 0)
    let all = vmap({ product(values, $0) })(many)
    for k in 0..<3 { #expect(all.select(0, k).allclose(product(values, many.select(0, k)))) }
    let scaled = vmap({ product($0, x) })(stack([values, values * 3], dim: 0))
    #expect(scaled.select(0, 1).allclose(product(values * 3, x)))
    let (_, tangent) = jvp(product, primals: values, x, tangents: values.cos(), x.cos())
    #expect(tangent.allclose(product(values.cos(), x) + product(values, x.cos())))
    let compiled = compile({ (v: Tensor, x: Tensor) in product(v, x).relu() })
    for scale in [1.0, 2.0] { #expect(compiled(values * scale, x).allclose(product(values * scale, x).relu())) }
    // Another pattern of the same size is another argument, not the first one again.
    let whole = compile({ (a: SparseTensor, x: Tensor) in a.matmul(x).sin() })
    let (first, second) = (
      sparseCooTensor(i, values, size: [5, 7]), sparseCooTensor(i.flip([1]), values, size: [5, 7])
    )
    for a in [first, second, first] { #expect(whole(a, x).allclose(a.matmul(x).sin())) }
  }

  @Test func otherElementTypes() {
    let i = tensor([[0, 1, 1], [2, 0, 2]])
    for type in [DType.float16, .bfloat16, .float32] {
      let a = sparseCooTensor(i, tensor([3.0, 4.0, 5.0], dtype: type), size: [2, 3])
      let product = a.matmul(Tensor.ones([3, 2], dtype: type))
      #expect(product.dtype == type && product.to(.float32).array(as: Double.self) == [3, 3, 9, 9])
    }
    let bools = sparseCooTensor(tensor([[0, 0]]), tensor([true, true]), size: [2]).coalesce()
    #expect(bools.dtype == .bool && bools.toDense().array(as: Bool.self) == [true, false])
    let whole = sparseCooTensor(i, tensor([1, 2, 3]), size: [2, 3])
    #expect((whole + whole).toDense().array(as: Int.self) == [0, 0, 2, 4, 0, 6])
    #expect(whole.to(.float64).dtype == .float64 && whole.sum().item() == 6)
  }

  @Test func sizesFollowFromIndices() {
    let i = tensor([[0, 1, 1], [2, 0, 2]])
    #expect(sparseCooTensor(i, tensor([1.0, 2.0, 3.0])).shape == [2, 3])
    #expect(sparseCsrTensor(tensor([0, 1, 3]), tensor([2, 0, 2]), tensor([1.0, 2.0, 3.0])).shape == [2, 3])
    #expect(sparseCooTensor(size: [0, 3]).toDense().shape == [0, 3])
    #expect(
      sparseCooTensor(size: [4, 3]).matmul(Tensor.ones([3, 2])).array(as: Double.self) == Array(repeating: 0, count: 8))
  }

  @Test func wideProductsAreThoseOfDenseOnes() {
    manualSeed(1)
    let dense = (randn(300, 200) * rand(300, 200).gt(0.9).to(.float32))
    for width in [1, 3, 16, 33, 64, 100] {
      let x = randn(200, width)
      #expect(dense.toSparseCsr().matmul(x).allclose(dense.matmul(x), rtol: 1e-4, atol: 1e-4))
      #expect(dense.double().toSparse().matmul(x.double()).allclose(dense.double().matmul(x.double())))
    }
  }
}
