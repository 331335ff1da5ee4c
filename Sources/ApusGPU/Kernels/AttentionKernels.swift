import ApusCore
import ApusFunctional

// Attention without a matrix of scores: it exists a square at a time. What a group adds up belongs to it alone and has one order, so that sums
// are the same at every run.

extension FusedAttention: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard inputs.allSatisfy({ ElementText($0.dtype) != nil }) else { return false }
    let coins = form.keptFactor == nil ? nil : try engine.dense(inputs[inputs.count - 1])
    let text = AttentionText(form, inputs, mask: form.mask(among: inputs), coins: coins)
    guard text.fits else { return false }
    let kernel = try engine.kernel(text.key("attention", extra: results)) { source(text, text.isWide(results)) }
    try engine.launch(
      kernel, AttentionText.grid(text.queries, text.heads),
      [.tensor(results[0]), .tensor(results[1])] + text.arguments)
    return true
  }

  private func source(_ text: AttentionText, _ isWide: Bool) -> KernelSource {
    let (side, pitch, lanes) = (AttentionText.side, AttentionText.pitch, AttentionText.lanes)
    let width = text.valueWidth
    var source = KernelSource("attention")
    source.isWide = isWide
    source.place("float", "out0")
    source.place("float", "out1")
    text.declare(&source)
    source.body += AttentionText.begin("queries", head: "head")
    text.locate(&source)
    source.body += [
      AttentionText.square("left"), AttentionText.square("right"), AttentionText.square("weights"),
      "SHARED(float, parts, \(side * lanes));", "SHARED(float, factors, \(side));", AttentionText.sums("sum", width),
      // Of the row that the thread looks at with others: the highest score so far, and the thread's part of the sum of weights.
      "float most = -AP_INF, total = 0;",
    ]
    source.body += text.others(isKeys: true)
    source.body.append("float scores[8]; for (int e = 0; e < 8; e++) scores[e] = 0;")
    source.body += text.multiply(
      .operand("q"), of: "queries", .operand("k"), of: "keys", text.width, into: "scores")
    source.body += AttentionText.eachNumber(
      ["const index i = begin + ty + r, j = first + tx + c;", "float s = scores[2 * r + c];"]
        + text.score(slope: false) + ["weights\(AttentionText.place) = s;"])
    let keysOfLane = "for (int t = lane; t < \(side); t += \(lanes)) {"
    let parts = "parts[line * \(lanes) + lane]"
    source.body += [
      "BARRIER;", "float high = most;", keysOfLane, "const float s = weights[t * \(pitch) + line];",
      "if (s > high || s != s) high = s;", "}", "\(parts) = high;", "BARRIER;", "high = parts[line * \(lanes)];",
      "for (int l = 1; l < \(lanes); l++) { const float s = parts[line * \(lanes) + l]; if (s > high || s != s) high = s; }",
      "const float less = most == -AP_INF ? 0 : ckm_exp_f32(most - high);", "total *= less;", "most = high;",
      "if (lane == 0) factors[line] = less;", keysOfLane, "const index i = begin + line, j = first + t;",
      "float w = most == -AP_INF ? 0 : ckm_exp_f32(weights[t * \(pitch) + line] - most);", "total += w;", text.dropped,
      "weights[t * \(pitch) + line] = w;", "}", "BARRIER;",
      "for (int e = 0; e < \(8 * AttentionText.passes(width).count); e++) sum[e] *= factors[ty + e % 8 / 2];",
    ]
    source.body += text.accumulate("weights", .operand("v"), of: "keys", width, into: "sum")
    source.body += [
      "}", "BARRIER;", "\(parts) = total;", "BARRIER;", "if (lane == 0) {",
      "for (int l = 1; l < \(lanes); l++) total += parts[line * \(lanes) + l];",
      "factors[line] = total == 0 ? 0 : 1 / total;",
      "if (begin + line < queries) out1[head * queries + begin + line] = total == 0 ? AP_INF : most + ckm_log_f32(total);",
      "}", "BARRIER;",
    ]
    source.body += AttentionText.store(
      "sum", width, rows: "queries", to: "out0", row: "head * queries + own", factor: " * factors[ty + r]")
    return source
  }
}

extension FusedAttentionGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard inputs.allSatisfy({ ElementText($0.dtype) != nil }) else { return false }
    let operands = Array(inputs[0...2]) + inputs.dropFirst(6)
    let coins = form.keptFactor == nil ? nil : try engine.dense(inputs[inputs.count - 1])
    let text = AttentionText(form, operands, mask: form.mask(among: operands), coins: coins)
    guard text.fits, let saved = try engine.allDense(Array(inputs[3...5])) else { return false }
    let isWide = text.isWide(inputs + results)
    // A number for each query, which the first kernel computes for both.
    let means = try engine.make([text.heads * text.queries], .float32)
    let levels = Argument.tensor(saved[1])
    let gradient = Argument.tensor(saved[2])

    let queryKernel = try engine.kernel(text.key("attention_query", extra: inputs + results)) {
      querySource(text, isWide)
    }
    try engine.launch(
      queryKernel, AttentionText.grid(text.queries, text.heads),
      [.tensor(results[0]), .tensor(means), .tensor(saved[0]), levels, gradient] + text.arguments)
    let keyKernel = try engine.kernel(text.key("attention_key", extra: inputs + results)) { keySource(text, isWide) }
    try engine.launch(
      keyKernel, AttentionText.grid(text.keys, text.heads / form.group),
      [.tensor(results[1]), .tensor(results[2]), .tensor(means), levels, gradient] + text.arguments)
    return true
  }

  /// Lines for each query `i` and key `j` that make of `scores`, the products of queries and keys, and `slopes`, those of gradients and
  /// values, the squares `slope` and, if asked for, `weight`.
  private func squares(
    _ text: AttentionText, i: String, j: String, level: String, mean: String, weight: Bool
  ) -> [String] {
    let cap = form.softCap == nil ? "" : "d *= 1 - capped * capped;"
    return AttentionText.eachNumber(
      ["const index i = \(i), j = \(j);", "float s = scores[2 * r + c], d = slopes[2 * r + c], capped = 0;"]
        + text.score(slope: true)
        + [
          "const float p = s == -AP_INF ? 0 : ckm_exp_f32(s - \(level));", "float w = 1;", text.dropped,
          "d = p * (d * w - \(mean));", cap, "slope\(AttentionText.place) = d * scale;",
          weight ? "weight\(AttentionText.place) = p * w;" : "",
        ])
  }

  private static let noProducts = "float scores[8], slopes[8]; for (int e = 0; e < 8; e++) scores[e] = slopes[e] = 0;"

  private func querySource(_ text: AttentionText, _ isWide: Bool) -> KernelSource {
    let (side, lanes) = (AttentionText.side, AttentionText.lanes)
    let (width, valueWidth) = (text.width, text.valueWidth)
    var source = KernelSource("attention_query")
    source.isWide = isWide
    for name in ["out0", "means"] { source.place("float", name) }
    for name in ["out", "levels", "g"] { source.place("const float", name) }
    text.declare(&source)
    source.body += AttentionText.begin("queries", head: "head")
    text.locate(&source)
    source.body += [
      AttentionText.square("left"), AttentionText.square("right"), AttentionText.square("slope"),
      "SHARED(float, parts, \(side * lanes));", "SHARED(float, mean, \(side));", "SHARED(float, level, \(side));",
      AttentionText.sums("sum", width), "const index query = head * queries + begin + line;",
      "GLOBAL const float *back = g + head * queries * \(valueWidth);", "float part = 0;",
      "if (begin + line < queries) for (int e = lane; e < \(valueWidth); e += \(lanes)) "
        + "part += g[query * \(valueWidth) + e] * out[query * \(valueWidth) + e];",
      "parts[line * \(lanes) + lane] = part;", "BARRIER;", "if (lane == 0) {",
      "for (int l = 1; l < \(lanes); l++) part += parts[line * \(lanes) + l];", "mean[line] = part;",
      "level[line] = begin + line < queries ? levels[query] : 0;", "if (begin + line < queries) means[query] = part;",
      "}",
    ]
    source.body += text.others(isKeys: true)
    source.body.append(Self.noProducts)
    source.body += text.multiply(.operand("q"), of: "queries", .operand("k"), of: "keys", width, into: "scores")
    source.body += text.multiply(
      .dense("back", valueWidth), of: "queries", .operand("v"), of: "keys", valueWidth, into: "slopes")
    source.body += squares(
      text, i: "begin + ty + r", j: "first + tx + c", level: "level[ty + r]", mean: "mean[ty + r]", weight: false)
    source.body += text.accumulate("slope", .operand("k"), of: "keys", width, into: "sum")
    source.body.append("}")
    source.body += AttentionText.store("sum", width, rows: "queries", to: "out0", row: "head * queries + own")
    return source
  }

  /// What keys and values of several heads of queries get is one sum.
  private func keySource(_ text: AttentionText, _ isWide: Bool) -> KernelSource {
    let side = AttentionText.side
    let (width, valueWidth) = (text.width, text.valueWidth)
    var source = KernelSource("attention_key")
    source.isWide = isWide
    for name in ["out0", "out1"] { source.place("float", name) }
    for name in ["means", "levels", "g"] { source.place("const float", name) }
    text.declare(&source)
    source.body += AttentionText.begin("keys", head: "own_head")
    source.body += [
      AttentionText.square("left"), AttentionText.square("right"), AttentionText.square("slope"),
      AttentionText.square("weight"), "SHARED(float, mean, \(side));", "SHARED(float, level, \(side));",
      AttentionText.sums("sum", width), AttentionText.sums("sums", valueWidth),
      "for (index member = 0; member < \(form.group); member++) {",
      "const index head = own_head * \(form.group) + member;",
    ]
    text.locate(&source)
    source.body.append("GLOBAL const float *back = g + head * queries * \(valueWidth);")
    source.body += text.others(isKeys: false)
    source.body += [
      Self.noProducts, "BARRIER;", "if (THREAD < \(side)) {", "const index query = first + THREAD;",
      "mean[THREAD] = query < queries ? means[head * queries + query] : 0;",
      "level[THREAD] = query < queries ? levels[head * queries + query] : 0;", "}",
    ]
    source.body += text.multiply(.operand("k"), of: "keys", .operand("q"), of: "queries", width, into: "scores")
    source.body += text.multiply(
      .operand("v"), of: "keys", .dense("back", valueWidth), of: "queries", valueWidth, into: "slopes")
    source.body += squares(
      text, i: "first + tx + c", j: "begin + ty + r", level: "level[tx + c]", mean: "mean[tx + c]", weight: true)
    source.body += text.accumulate("slope", .operand("q"), of: "queries", width, into: "sum")
    source.body += text.accumulate("weight", .dense("back", valueWidth), of: "queries", valueWidth, into: "sums")
    source.body += ["}", "}"]
    source.body += AttentionText.store("sum", width, rows: "keys", to: "out0", row: "own_head * keys + own")
    source.body += AttentionText.store("sums", valueWidth, rows: "keys", to: "out1", row: "own_head * keys + own")
    return source
  }
}
