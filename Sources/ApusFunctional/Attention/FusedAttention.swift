import ApusCore
import CKernels

// Attention as one operation, and its gradient as another: the rules. FusedAttentionKernels.swift runs them.

/// Inputs: query `[..., L, E]` in float32, key `[..., S, E]` and value `[..., S, Ev]` in float32 or a type of 16 bits, and the
/// mask `[..., L, S]`, bool or float32, if there is one, and with `form.keptFactor` what dropout keeps as bits `[..., L / 16, S]`. Leading dimensions are equal, but for the heads (the last of them), of
/// which `form.group` queries share one key. Results, in float32: `[..., L, Ev]`, and `[..., L]`, the logarithms of the sums of
/// exponentials of the scores, which serve the gradient only.
package struct FusedAttention: Primitive, Hashable {
  package let form: AttentionForm
  package var name: String { "ScaledDotProductAttention" }
  package var saves: Saves { [.inputs, .outputs] }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    let rows = Array(inputs[0].shape.dropLast())
    return [TensorType(rows + [inputs[2].shape[inputs[2].shape.count - 1]], .float32), TensorType(rows, .float32)]
  }

  package func layout(of i: Int, _ inputs: [Tensor], _ type: TensorType) -> Layout {
    i == 0 ? AttentionKernel.layout(inputs) : .rowMajor
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    try AttentionKernel(inputs, form, keyType: inputs[1].dtype).run(into: results[0], results[1].body)
  }

  /// Scores, and the weighted sums of values: masks leave nothing out of the count.
  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    let keys = inputs[1].shape[inputs[1].shape.count - 2]
    return 2 * keys * (inputs[0].count + results[0].count)
  }

  /// The definition by other operations.
  package func composed(_ inputs: [Tensor]) -> Tensor {
    let shared = inputs[1...2].map { x in
      let wide = x.to(.float32)
      return form.group == 1 ? wide : wide.repeatInterleave(form.group, dim: -3)
    }
    return form.composed(inputs[0], shared[0], shared[1], form.mask(among: inputs)) { weights in
      guard let factor = form.keptFactor, let coins = inputs.last else { return weights }
      return weights * (unpacked(coins, weights.shape).to(weights.dtype) * factor)
    }
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }

  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let count = node.inputCount
    guard let g = cotangents[0] else { return [Tensor?](repeating: nil, count: count) }
    let inputs = (0..<count).map { node.input($0) }
    if count > 3, node.needs(3) {
      return composedGradients(inputs, needs: (0..<count).map { node.needs($0) }, cotangents: [g]) { [composed($0)] }
    }
    let saved = [inputs[0], inputs[1], inputs[2], node.output(0), node.output(1), g] + inputs.dropFirst(3)
    let made = results(apply(FusedAttentionGradient(form: form), saved), 3)
    return (0..<count).map { i in
      i >= 3 ? nil : made[i].dtype == inputs[i].dtype ? made[i] : made[i].to(inputs[i].dtype)
    }
  }

  /// Scores of all queries of a head are a product, and so are the weighted sums of values.
  package func source(_ inputs: [CArray], _ outputs: [CArray]) -> String? {
    guard inputs[1].type.dtype == .float32, form.scale.isFinite, form.keptFactor == nil else { return nil }
    let (q, k, v, y) = (inputs[0], inputs[1], inputs[2], outputs[0])
    let rank = q.type.shape.count
    let (rows, depth) = (q.type.shape[rank - 2], q.type.shape[rank - 1])
    let (keys, width) = (k.type.shape[rank - 2], v.type.shape[rank - 1])
    guard q.strides[rank - 1] == 1 || depth == 1, y.strides[rank - 1] == 1 || width == 1, depth > 0 else { return nil }
    var step = "\(Float(form.scale))f * row[k]"
    if let cap = form.softCap { step = "\(Float(cap))f * ckm_tanh_f32(\(step) / \(Float(cap))f)" }
    func panels(_ columns: Int, _ depth: Int) -> Int { (columns + 31) / 32 * 32 * depth }
    let start = "float *scores = \(cScratch(4 * (rows * keys + max(panels(keys, depth), panels(width, keys)))));"
    return "\(start)\nfloat *panels = scores + \(rows * keys);\n"
      + cLoops(Array(q.type.shape.dropLast(2))) { lead in
        var shared = lead
        if form.group > 1, let head = shared.popLast() { shared.append("\(head) / \(form.group)") }
        var score = "float s = \(step);"
        if inputs.count > 3 {
          let m = inputs[3](lead + ["i", "k"])
          score += inputs[3].type.dtype == .bool ? " s = \(m) ? s : -__builtin_inff();" : " s += \(m);"
        }
        let away = "k - i - \(form.position)"
        if let after = form.after { score += " if (\(away) > \(after)) s = -__builtin_inff();" }
        if let before = form.before { score += " if (\(away) < -\(before)) s = -__builtin_inff();" }
        let origin = ["0", "0"]
        return """
          apus_panels(\(depth), \(keys), &\(k(shared + origin)), \(k.strides[rank - 1]), \(k.strides[rank - 2]), panels);
          apus_product(team, \(rows), \(keys), \(depth), &\(q(lead + origin)), \(q.strides[rank - 2]), panels, 0, scores, \(keys), 0);
          for (long i = 0; i < \(rows); i++) {
          float *row = scores + i * \(keys);
          float top = -__builtin_inff(), sum = 0;
          for (long k = 0; k < \(keys); k++) { \(score) row[k] = s; top = s > top ? s : top; }
          const float base = top == -__builtin_inff() ? 0 : top;
          for (long k = 0; k < \(keys); k++) { row[k] = ckm_exp_f32(row[k] - base); sum += row[k]; }
          const float share = sum == 0 ? 0 : 1 / sum;
          for (long k = 0; k < \(keys); k++) row[k] *= share;
          \(outputs[1].isRead ? "\(outputs[1](lead + ["i"])) = sum == 0 ? __builtin_inff() : top + ckm_log_f32(sum);" : "")
          }
          apus_panels(\(keys), \(width), &\(v(shared + origin)), \(v.strides[rank - 2]), \(v.strides[rank - 1]), panels);
          apus_product(team, \(rows), \(width), \(keys), scores, \(keys), panels, 0, &\(y(lead + origin)), \(y.strides[rank - 2]), 0);
          """
      }
  }
}

/// The gradients of query, key and value of ``FusedAttention``, in float32. Inputs: these, both results, the cotangent and the
/// mask if there is one.
package struct FusedAttentionGradient: Primitive, Hashable {
  package let form: AttentionForm
  package var name: String { "ScaledDotProductAttentionBackward" }

  package func outputTypes(_ inputs: [TensorType]) throws(TensorError) -> [TensorType] {
    inputs.prefix(3).map { TensorType($0.shape, .float32) }
  }

  package func evaluate(_ inputs: [Tensor], into results: [Tensor]) throws(TensorError) {
    let operands = Array(inputs[0...2]) + inputs.dropFirst(6)
    try AttentionKernel(operands, form, keyType: .float32).runGradient(
      out: inputs[3], levels: inputs[4].dense(.float32), cotangent: inputs[5],
      into: results.map(\.body))
  }

  /// The scores once more, their gradients, and those of query, key and value.
  package func flops(_ inputs: [TensorType], _ results: [TensorType]) -> Int {
    let keys = inputs[1].shape[inputs[1].shape.count - 2]
    return 2 * keys * (3 * inputs[0].count + 2 * inputs[3].count)
  }

  package func batch(_ inputs: [Tensor], isBatched: [Bool], size: Int) throws(TensorError) -> [Tensor]? {
    apply(self, everySample(inputs, isBatched, size))
  }

  /// By the definition: both results are functions of query and key, and what reaches them goes there.
  package func vjp(_ node: Recorded, cotangents: [Tensor?]) throws(TensorError) -> [Tensor?] {
    let count = node.inputCount
    let read = [0, 1, 2, 5] + Array(6..<count)
    let forward = FusedAttention(form: form)
    let found = composedGradients(
      read.map { node.input($0) }, needs: read.map { node.needs($0) }, cotangents: cotangents
    ) { leaves in
      let inputs = Array(leaves[0...2]) + leaves.dropFirst(4)
      let needs = [true, true, true] + (6..<count).map { node.needs($0) }
      let first = composedGradients(inputs, needs: needs, cotangents: [leaves[3]]) { [forward.composed($0)] }
      return (0..<3).map { i in (first[i] ?? Tensor.zeros(inputs[i].shape, dtype: .float32)).to(.float32) }
    }
    return [found[0], found[1], found[2], nil, nil, found[3]] + found.dropFirst(4)
  }
}

extension AttentionForm {
  /// The mask among the inputs of ``FusedAttention``.
  package func mask(among inputs: [Tensor]) -> Tensor? { inputs.count > (keptFactor == nil ? 3 : 4) ? inputs[3] : nil }
}

/// The bits `[..., L / 16, S]` as 0 and 1 in `shape`, `[..., L, S]`.
private func unpacked(_ coins: Tensor, _ shape: [Int]) -> Tensor {
  let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
  let words = coins.to(.int32).unsqueeze(-2)
  let bits = (words >> arange(16, dtype: .int32).unsqueeze(1)) & 1
  let all = bits.reshape(Array(shape.dropLast(2)) + [(rows + 15) / 16 * 16, columns])
  return all.narrow(-2, 0, rows)
}
