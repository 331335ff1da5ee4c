import Apus
import ApusCore

/// What an operation does beside its values, as seen on calls of it.
package struct OperationRules: Sendable {
  /// The names of its registry entry, PyTorch's first.
  package let names: [String]
  /// Kinds of elements that it takes.
  package fileprivate(set) var kinds: Set<ElementKind> = []
  /// A gradient flows back through it.
  package fileprivate(set) var hasDerivative = false
  /// Its derivative along a direction is there without a backward pass.
  package fileprivate(set) var hasForwardDerivative = false
  /// `vmap` maps it over samples in as many operations for many samples as for few.
  package fileprivate(set) var isBatched = false
  /// It is part of compiled graphs.
  package fileprivate(set) var isCompiled = false
  /// How many calls were looked at.
  package fileprivate(set) var calls = 0

  package enum ElementKind: String, CaseIterable, Sendable { case bool, integer, floating, complex }
}

extension OperationRules {
  /// The rules of every entry of the registry, overloads of a name together, found on recorded cases and on
  /// ``plainCalls``.
  package static func all(_ areas: [Area]) -> [OperationRules] {
    let names = OperationNames()
    var rules = names.all.map { OperationRules(names: $0) }
    for item in areas.flatMap(\.cases) {
      guard let known = OperationCall(item).known, let i = names.place[known], let function = CaseFunction(item) else {
        continue
      }
      rules[i].look(at: function)
    }
    for i in rules.indices {
      for function in plainCalls(rules[i].names[0], evenBare: rules[i].calls == 0) { rules[i].look(at: function) }
    }
    return rules
  }

  /// Notes what works on a call.
  private mutating func look(at function: CaseFunction) {
    calls += 1
    // A few calls tell; each of them takes time.
    if calls > 12 { return }
    let failure = Found()
    for (kind, dtype) in Self.samples where !kinds.contains(kind) {
      let leaves = function.leaves.map { $0.dtype == function.leaves[0].dtype ? $0.to(dtype) : $0 }
      if CaseFunction.attempt({ function.results(leaves, failure) }) != nil, failure.text == nil { kinds.insert(kind) }
      failure.text = nil
    }
    let moved = function.differentiable
    if !moved.isEmpty {
      let variables = function.leaves.map { $0.dtype.isInexact ? Tensor($0, requiresGrad: true) : $0 }
      let made = CaseFunction.attempt { function.results(variables, failure) } ?? []
      let isRecorded = failure.text == nil && made.contains { $0.dtype.isInexact && $0.requiresGrad }
      failure.text = nil
      if isRecorded, !hasDerivative {
        let all = function.leaves.map { _ in true }
        hasDerivative =
          CaseFunction.attempt({ function.gradients(function.leaves, all, failure) }) != nil && failure.text == nil
        failure.text = nil
      }
      if isRecorded, !hasForwardDerivative {
        let point = moved.map { function.leaves[$0] }
        let found = CaseFunction.attempt {
          jvp(
            { (x: [Tensor]) in
              function.results(CaseFunction.replacing(moved, of: function.leaves, by: x), failure).filter(
                \.dtype.isInexact)
            }, primals: point, tangents: point.map { onesLike($0) }
          ).tangent
        }
        hasForwardDerivative = found?.isEmpty == false && failure.text == nil
        failure.text = nil
      }
    }
    // What `empty` makes has whatever elements were there.
    let hasElements = !names[0].contains("empty")
    if !isBatched {
      var mapped = MappedOutcome()
      function.compare(function.leaves.map { _ in true }, isLast: false, &mapped)
      isBatched =
        mapped.isCompared && (mapped.failures.isEmpty || !hasElements) && !mapped.goesSampleBySample
    }
    if !isCompiled {
      var compiled = CompiledOutcome()
      withWarnings(.silent) { function.compareCompiled(.chunks, &compiled) }
      isCompiled =
        compiled.compared > 0 && compiled.eagerReason == nil && (compiled.failures.isEmpty || !hasElements)
    }
  }

  private static let samples: [(ElementKind, DType)] = [
    (.bool, .bool), (.integer, .int64), (.floating, .float32), (.complex, .complex64),
  ]
}

extension OperationRules {
  /// Calls of operations of which there are few recorded cases or none.
  /// - Parameter evenBare: whether one that is not in the table is called with a tensor alone.
  static func plainCalls(_ name: String, evenBare: Bool) -> [CaseFunction] {
    let x = (arange(6).to(.float64).reshape([2, 3]) + 1) / 8
    let square = Tensor([2, 0.5, 0.1, 0.3, 3, 0.2, 0.1, 0.4, 4], shape: [3, 3], dtype: .float64)
    let images = (arange(32).to(.float64).reshape([1, 2, 4, 4]) / 8).sin()
    let vector = x.reshape([6])
    let whole = Tensor([1, 0, 1, 0, 1, 1], shape: [2, 3])
    typealias Arguments = [OperationValue]
    let table: [String: Arguments] = [
      "Tensor.where": [.tensor(x), .tensor(x .> 0.3), .tensor(x * 2)],
      "addcmul": [.tensor(x), .tensor(x), .tensor(x)], "addcdiv": [.tensor(x), .tensor(x), .tensor(x)],
      "__rxor__": [.tensor(whole), .tensor(whole)], "polar": [.tensor(x), .tensor(x)],
      "Tensor.polygamma": [.tensor(x), .int(1)],
      "special.shifted_chebyshev_polynomial_w": [.tensor(x), .tensor(whole)],
      "new_zeros": [.tensor(x), .list([.int(2)])], "bernoulli_": [.tensor(x)],
      "slice_scatter": [.tensor(x), .tensor(x.narrow(0, 0, 1)), .int(0), .int(0), .int(1)],
      "split": [.tensor(x), .int(1)], "masked_fill": [.tensor(x), .tensor(x .> 0.3), .float(1)],
      "index_put": [.tensor(x), .list([.tensor(Tensor([0, 1]))]), .tensor(x)],
      "logcumsumexp": [.tensor(x), .int(1)], "cummax": [.tensor(x), .int(1)],
      "broadcast_tensors": [.list([.tensor(x), .tensor(x[0])])],
      "meshgrid": [.list([.tensor(x[0]), .tensor(x[1])])],
      "dot": [.tensor(vector), .tensor(vector)], "nn.functional.linear": [.tensor(x), .tensor(square)],
      "addbmm": [.tensor(square), .tensor(square.unsqueeze(0)), .tensor(square.unsqueeze(0))],
      "kron": [.tensor(x), .tensor(x)], "linalg.lu_factor": [.tensor(square)],
      "cholesky": [.tensor(square.matmul(square.mT))], "qr": [.tensor(square)], "linalg.pinv": [.tensor(square)],
      "linalg.lu_solve": [.tensor(square), .tensor(Tensor([1, 2, 3]).to(.int32)), .tensor(square)],
      "vander": [.tensor(vector), .int(3)],
      "as_strided_scatter": [.tensor(x), .tensor(vector.narrow(0, 0, 2)), .list([.int(2)]), .list([.int(1)]), .int(0)],
      "_upsample_bilinear2d_aa": [.tensor(images), .list([.int(2), .int(2)]), .bool(false)],
      "_scaled_mm": [.tensor(square), .tensor(square), .tensor(Tensor(1.0)), .tensor(Tensor(1.0))],
      "nn.functional.conv_transpose1d": [.tensor(images[0]), .tensor(images.reshape([4, 2, 4]))],
      "nn.functional.avg_pool3d": [.tensor(images), .int(1)],
      "nn.functional.softmin": [.tensor(x), .int(1)], "nn.functional.pairwise_distance": [.tensor(x), .tensor(x * 2)],
      "cdist": [.tensor(x), .tensor(square)], "nn.functional.dropout1d": [.tensor(images[0])],
      "nn.functional.ctc_loss": [
        .tensor(images.reshape([4, 2, 4]).logSoftmax(-1)), .tensor(Tensor([1, 2, 2, 1], shape: [2, 2])),
        .list([.int(4), .int(4)]), .list([.int(2), .int(2)]),
      ],
      "nn.utils.rnn.pad_sequence": [.list([.tensor(x), .tensor(x.narrow(0, 0, 1))])],
      "nn.functional.pixel_unshuffle": [.tensor(images), .int(2)],
      "nn.functional.fold": [
        .tensor(images.reshape([1, 4, 8])), .list([.int(4), .int(2)]), .list([.int(1), .int(1)]),
      ],
      "nn.functional.affine_grid": [.tensor(x.reshape([1, 2, 3])), .list([.int(1), .int(1), .int(2), .int(2)])],
      "stft": [.tensor(vector.repeat([4])), .int(4)],
      "prelu": [.tensor(x - 0.4), .tensor(Tensor([0.25], dtype: .float64))],
      "bfloat16": [.tensor(x)], "tile": [.tensor(x), .list([.int(2), .int(1)])],
      "narrow": [.tensor(x), .int(1), .int(1), .int(2)], "masked.amin": [.tensor(x), .int(1)],
      "mm": [.tensor(x), .tensor(square)], "linalg.vecdot": [.tensor(x), .tensor(x)], "linalg.norm": [.tensor(x)],
      "nn.functional.bilinear": [.tensor(x), .tensor(x), .tensor(square.unsqueeze(0))],
      "linalg.cholesky_ex": [.tensor(square.matmul(square.mT))], "linalg.inv_ex": [.tensor(square)],
      "linalg.solve_ex": [.tensor(square), .tensor(square)], "linalg.lstsq": [.tensor(square), .tensor(square)],
      "nn.functional.layer_norm": [.tensor(x), .list([.int(3)])],
      "nn.functional.group_norm": [.tensor(images), .int(2)],
      "native_layer_norm": [.tensor(x), .list([.int(3)]), .none, .none, .float(1e-5)],
      "native_group_norm": [
        .tensor(images), .none, .none, .int(1), .int(2), .int(16), .int(2), .float(1e-5),
      ],
      "nn.functional.pdist": [.tensor(x)],
      "nn.functional.max_unpool1d": [.tensor(x), .tensor(Tensor([0, 2, 4, 1, 3, 5], shape: [2, 3])), .int(2)],
      "nn.functional.max_unpool2d": [
        .tensor(images[0]), .tensor((arange(16) * 4).reshape([4, 4]).expand([2, 4, 4])), .int(2),
      ],
      "nn.functional.max_unpool3d": [.tensor(images), .tensor((arange(32) * 8).reshape([1, 2, 4, 4])), .int(2)],
      "fft.fftshift": [.tensor(x)], "fft.hfftn": [.tensor(x)], "fft.irfftn": [.tensor(complex(x, x))],
    ]
    guard let arguments = table[name] ?? (evenBare ? [.tensor(x)] : nil) else { return [] }
    return [
      CaseFunction(leaves: arguments.flatMap(\.tensorLeaves)) { tensors in
        var rest = tensors[...]
        let made = arguments.map { $0.replacingTensors { _ in rest.removeFirst() } }
        var named: [String: OperationValue] = [:]
        if name == "stft" { named["return_complex"] = .bool(true) }
        return try knownOperations.call(name, made, named).flatMap(\.tensorLeaves)
      }
    ]
  }
}
