import ApusCore
import ApusFunctional

// Attention without a matrix of scores. A thread has a query (for the gradients of keys and values: a key) and holds its row; a group brings
// keys and values to memory of its own, some at a time. What a group adds up belongs to it alone, so that sums are the same at every run.

/// One call of attention, as kernels see it.
private struct AttentionText {
  let form: AttentionForm
  let query, key, value: Tensor
  let mask: Tensor?
  /// Bits of weights that dropout keeps.
  let coins: Tensor?

  static let threads = 64
  /// Rows that a group brings at a time.
  private static let block = 16

  init(_ form: AttentionForm, _ inputs: [Tensor], mask: Tensor?, coins: Tensor?) {
    self.form = form
    (query, key, value, self.mask, self.coins) = (inputs[0], inputs[1], inputs[2], mask, coins)
  }

  var width: Int { query.shape[query.rank - 1] }
  var valueWidth: Int { value.shape[value.rank - 1] }
  var queries: Int { query.shape[query.rank - 2] }
  var keys: Int { key.shape[key.rank - 2] }
  var heads: Int { query.shape.dropLast(2).reduce(1, *) }

  /// Whether rows are short enough to lie in the registers of a thread.
  var fits: Bool { width <= 128 && valueWidth <= 128 && width > 0 && valueWidth > 0 && keys > 0 && queries > 0 }

  private func lead(_ tensor: Tensor) -> LoopNest {
    LoopNest(Array(tensor.shape.dropLast(2)), Array(tensor.strides.dropLast(2)))
  }

  /// The tensors that are read, with the names of their parameters.
  private var operands: [(name: String, tensor: Tensor)] {
    var all = [("q", query), ("k", key), ("v", value)]
    if let mask { all.append(("mask", mask)) }
    return all
  }

  func key(_ name: StaticString, extra: [Tensor]) -> KernelKey {
    var made = KernelKey(name)
    for (_, tensor) in operands {
      made.add(tensor.dtype)
      made.add(lead(tensor).sizes.count)
    }
    for detail in [width, valueWidth, form.group] { made.add(detail) }
    made.add(mask != nil)
    made.add(coins != nil)
    made.add(form.softCap != nil)
    made.add(isWide(extra))
    return made
  }

  func isWide(_ extra: [Tensor]) -> Bool {
    (operands.map(\.tensor) + extra).contains { $0.span >= Int(Int32.max) }
  }

  /// The parameters, in the order of ``arguments``.
  func declare(_ source: inout KernelSource) {
    for (name, tensor) in operands {
      source.place("const \(ElementText(tensor.dtype)?.storage ?? "")", name)
      source.int("\(name)_row")
      source.int("\(name)_column")
      lead(tensor).declare("\(name)_at", &source)
    }
    if coins != nil { source.place("const ushort", "coins") }
    for name in ["queries", "keys", "position", "before", "after"] { source.parameters.append("long \(name)") }
    for name in ["scale", "cap", "kept"] { source.parameters.append("float \(name)") }
  }

  var arguments: [Argument] {
    var all: [Argument] = []
    for (_, tensor) in operands {
      all += [.tensor(tensor), .int(tensor.strides[tensor.rank - 2]), .int(tensor.strides[tensor.rank - 1])]
      lead(tensor).addArguments(&all)
    }
    if let coins { all.append(.tensor(coins)) }
    let far = 2 * AttentionForm.farthest
    all += [.int(queries), .int(keys), .int(form.position), .int(form.before ?? far), .int(form.after ?? far)]
    return all + [.float(Float(form.scale)), .float(Float(form.softCap ?? 0)), .float(Float(form.keptFactor ?? 1))]
  }

  /// Lines that find the matrices of `head` among the queries.
  func locate(_ source: inout KernelSource) {
    source.body.append("const index shared_head = head / \(form.group);")
    for (name, tensor) in operands {
      let nest = lead(tensor)
      source.body.append("{")
      nest.locate(name == "q" || name == "mask" ? "head" : "shared_head", "\(name)_at", &source)
      source.body += ["\(name) += \(nest.place("\(name)_at"));", "}"]
    }
    if coins != nil { source.body.append("coins += head * ((queries + 15) / 16) * keys;") }
  }

  func load(_ name: String, _ row: String, _ column: String) -> String {
    let tensor = operands.first { $0.name == name }?.tensor ?? query
    return ElementText(tensor.dtype)?.load("\(name)[(\(row)) * \(name)_row + (\(column)) * \(name)_column]", as: .f32)
      ?? ""
  }

  /// Lines that make of `s`, a product of a query and a key, the score of query `i` and key `j`. `-AP_INF` hides a key.
  var score: String {
    var lines = "s *= scale;"
    if form.softCap != nil { lines += " s = cap * ckm_tanh_f32(s / cap);" }
    if let mask {
      lines +=
        mask.dtype == .bool
        ? " if (mask[i * mask_row + j * mask_column] == 0) s = -AP_INF;"
        : " s += \(load("mask", "i", "j"));"
    }
    return lines + " { const long away = j - i - position; if (away > after || away < -before) s = -AP_INF; }"
  }

  /// The weight `w` of a key with what dropout makes of it.
  var dropped: String {
    coins == nil ? "" : "w = (coins[i / 16 * keys + j] >> (i % 16)) & 1 ? w * kept : 0;"
  }

  /// Lines that bring rows `first ..< first + block` of matrices to memory of the group.
  func bring(_ rows: String, _ matrices: [(name: String, local: String, width: Int)]) -> [String] {
    var lines = ["BARRIER;"]
    for (name, local, width) in matrices {
      lines.append(
        "for (int e = THREAD; e < \(Self.block * width); e += \(Self.threads)) { const index r = first + e / \(width); "
          + "\(local)[e] = r < \(rows) ? \(load(name, "r", "e % \(width)")) : 0; }")
    }
    return lines + ["BARRIER;"]
  }

  static func share(_ local: String, _ width: Int) -> String { "SHARED(float, \(local), \(block * width));" }

  /// A loop over the rows that were brought: `j` is the row.
  static func each(_ name: String, _ rows: String) -> String {
    "for (int t = 0; t < \(block); t++) { const index \(name) = first + t; if (\(name) >= \(rows)) break;"
  }

  static func blocks(_ rows: String) -> String { "for (index first = 0; first < \(rows); first += \(block)) {" }

  static func grid(_ rows: Int, _ heads: Int) -> Grid {
    Grid(groups: (rows + threads - 1) / threads * heads, threads: threads)
  }

  /// The first lines: which rows and which head a group has.
  static func begin(_ row: String, _ rows: String, heads: String) -> [String] {
    [
      "const index blocks = (\(rows) + \(threads - 1)) / \(threads);", "const index \(heads) = GROUP / blocks;",
      "const index \(row) = GROUP % blocks * \(threads) + THREAD;",
    ]
  }
}

/// A row of `width` numbers times another.
private func dot(_ a: String, _ b: String, _ width: Int) -> String {
  "for (int e = 0; e < \(width); e++) s += \(a)[e] * \(b)[e];"
}

extension FusedAttention: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard inputs.allSatisfy({ ElementText($0.dtype) != nil }) else { return false }
    let coins = form.keptFactor == nil ? nil : try engine.dense(inputs[inputs.count - 1])
    let text = AttentionText(form, inputs, mask: form.mask(among: inputs), coins: coins)
    guard text.fits else { return false }
    let (e, v) = (text.width, text.valueWidth)
    let kernel = try engine.kernel(text.key("attention", extra: results)) {
      var source = KernelSource("attention")
      source.isWide = text.isWide(results)
      source.place("float", "out0")
      source.place("float", "out1")
      text.declare(&source)
      source.body += AttentionText.begin("i", "queries", heads: "head")
      text.locate(&source)
      source.body += [
        AttentionText.share("ks", e), AttentionText.share("vs", v), "float row[\(e)], sum[\(v)];",
        "for (int e = 0; e < \(e); e++) row[e] = i < queries ? \(text.load("q", "i", "e")) : 0;",
        "for (int e = 0; e < \(v); e++) sum[e] = 0;", "float most = -AP_INF, total = 0;", AttentionText.blocks("keys"),
      ]
      source.body += text.bring("keys", [("k", "ks", e), ("v", "vs", v)])
      source.body += [
        "if (i < queries) {", AttentionText.each("j", "keys"), "float s = 0;", dot("row", "(ks + t * \(e))", e),
        text.score,
        "if (s > most || s != s) {", "const float less = most == -AP_INF ? 0 : ckm_exp_f32(most - s); total *= less;",
        "for (int e = 0; e < \(v); e++) sum[e] *= less;", "most = s;", "}",
        "float w = most == -AP_INF ? 0 : ckm_exp_f32(s - most); total += w;", text.dropped,
        "for (int e = 0; e < \(v); e++) sum[e] += w * vs[t * \(v) + e];", "}", "}", "}", "if (i < queries) {",
        "const float share = total == 0 ? 0 : 1 / total; out0 += (head * queries + i) * \(v);",
        "for (int e = 0; e < \(v); e++) out0[e] = sum[e] * share;",
        "out1[head * queries + i] = total == 0 ? AP_INF : most + ckm_log_f32(total);", "}",
      ]
      return source
    }
    try engine.launch(
      kernel, AttentionText.grid(text.queries, text.heads),
      [.tensor(results[0]), .tensor(results[1])] + text.arguments)
    return true
  }
}

extension FusedAttentionGradient: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard inputs.allSatisfy({ ElementText($0.dtype) != nil }) else { return false }
    let operands = Array(inputs[0...2]) + inputs.dropFirst(6)
    let coins = form.keptFactor == nil ? nil : try engine.dense(inputs[inputs.count - 1])
    let text = AttentionText(form, operands, mask: form.mask(among: operands), coins: coins)
    guard text.fits, let saved = try engine.allDense(Array(inputs[3...5])) else { return false }
    let (e, v) = (text.width, text.valueWidth)
    let slope = form.softCap == nil ? "" : "d *= 1 - capped * capped;"
    let score =
      form.softCap == nil
      ? text.score
      : text.score.replacing(
        "s = cap * ckm_tanh_f32(s / cap);", with: "capped = ckm_tanh_f32(s / cap); s = cap * capped;")
    // What keys and values of several heads of queries get is one sum.
    let names = ["out", "levels", "g"]
    func declareSaved(_ source: inout KernelSource) { for name in names { source.place("const float", name) } }
    let wide = text.isWide(inputs + results)

    let queryKernel = try engine.kernel(text.key("attention_query", extra: inputs + results)) {
      var source = KernelSource("attention_query")
      source.isWide = wide
      source.place("float", "out0")
      declareSaved(&source)
      text.declare(&source)
      source.body += AttentionText.begin("i", "queries", heads: "head")
      text.locate(&source)
      source.body += [
        AttentionText.share("ks", e), AttentionText.share("vs", v), "float row[\(e)], back[\(v)], sum[\(e)];",
        "for (int e = 0; e < \(e); e++) { row[e] = i < queries ? \(text.load("q", "i", "e")) : 0; sum[e] = 0; }",
        "out += (head * queries + i) * \(v); g += (head * queries + i) * \(v);", "float mean = 0, level = 0;",
        "for (int e = 0; e < \(v); e++) { back[e] = i < queries ? g[e] : 0; if (i < queries) mean += back[e] * out[e]; }",
        "if (i < queries) level = levels[head * queries + i];", AttentionText.blocks("keys"),
      ]
      source.body += text.bring("keys", [("k", "ks", e), ("v", "vs", v)])
      source.body += [
        "if (i < queries) {", AttentionText.each("j", "keys"), "float s = 0, capped = 0;",
        dot("row", "(ks + t * \(e))", e),
        score, "const float p = s == -AP_INF ? 0 : ckm_exp_f32(s - level); float w = 1;", text.dropped,
        "float d = 0; for (int e = 0; e < \(v); e++) d += back[e] * vs[t * \(v) + e];", "d = p * (d * w - mean);",
        slope,
        "d *= scale;", "for (int e = 0; e < \(e); e++) sum[e] += d * ks[t * \(e) + e];", "}", "}", "}",
        "if (i < queries) for (int e = 0; e < \(e); e++) out0[(head * queries + i) * \(e) + e] = sum[e];",
      ]
      return source
    }
    let saving = saved.map { Argument.tensor($0) }
    try engine.launch(
      queryKernel, AttentionText.grid(text.queries, text.heads),
      [.tensor(results[0])] + saving + text.arguments)

    let keyKernel = try engine.kernel(text.key("attention_key", extra: inputs + results)) {
      var source = KernelSource("attention_key")
      source.isWide = wide
      source.place("float", "out0")
      source.place("float", "out1")
      declareSaved(&source)
      text.declare(&source)
      source.body += AttentionText.begin("j", "keys", heads: "own")
      source.body += [
        AttentionText.share("qs", e), AttentionText.share("gs", v),
        "float row[\(e)], values[\(v)], sum[\(e)], sums[\(v)];",
        "for (int e = 0; e < \(e); e++) sum[e] = 0;", "for (int e = 0; e < \(v); e++) sums[e] = 0;",
        "GLOBAL const \(ElementText(text.query.dtype)?.storage ?? "") *q0 = q;",
        "GLOBAL const \(ElementText(text.key.dtype)?.storage ?? "") *k0 = k;",
        "GLOBAL const \(ElementText(text.value.dtype)?.storage ?? "") *v0 = v;",
      ]
      if let mask = text.mask {
        source.body.append("GLOBAL const \(ElementText(mask.dtype)?.storage ?? "") *mask0 = mask;")
      }
      if coins != nil { source.body.append("GLOBAL const ushort *coins0 = coins;") }
      source.body += [
        "for (index member = 0; member < \(form.group); member++) {",
        "const index head = own * \(form.group) + member;",
      ]
      source.body.append(
        "q = q0; k = k0; v = v0;\(text.mask == nil ? "" : " mask = mask0;")\(coins == nil ? "" : " coins = coins0;")")
      text.locate(&source)
      source.body += [
        "if (j < keys) {",
        "for (int e = 0; e < \(e); e++) row[e] = \(text.load("k", "j", "e"));",
        "for (int e = 0; e < \(v); e++) values[e] = \(text.load("v", "j", "e"));", "}",
        "GLOBAL const float *o = out + head * queries * \(v), *b = g + head * queries * \(v);",
        AttentionText.blocks("queries"),
      ]
      source.body += text.bring("queries", [("q", "qs", e)]).dropLast()
      source.body += [
        "for (int e = THREAD; e < 16 * \(v); e += \(AttentionText.threads)) gs[e] = first + e / \(v) < queries ? b[(first + e / \(v)) * \(v) + e % \(v)] : 0;",
        "BARRIER;", "if (j < keys) {", AttentionText.each("i", "queries"), "float s = 0, capped = 0;",
        dot("row", "(qs + t * \(e))", e), score,
        "const float p = s == -AP_INF ? 0 : ckm_exp_f32(s - levels[head * queries + i]); float w = 1;", text.dropped,
        "float d = 0, mean = 0;",
        "for (int e = 0; e < \(v); e++) { const float back = gs[t * \(v) + e]; d += back * values[e]; mean += back * o[i * \(v) + e]; sums[e] += p * w * back; }",
        "d = p * (d * w - mean);", slope, "d *= scale;",
        "for (int e = 0; e < \(e); e++) sum[e] += d * qs[t * \(e) + e];", "}", "}", "}", "}",
        "if (j < keys) {",
        "for (int e = 0; e < \(e); e++) out0[(own * keys + j) * \(e) + e] = sum[e];",
        "for (int e = 0; e < \(v); e++) out1[(own * keys + j) * \(v) + e] = sums[e];", "}",
      ]
      return source
    }
    try engine.launch(
      keyKernel, AttentionText.grid(text.keys, text.heads / form.group),
      [.tensor(results[1]), .tensor(results[2])] + saving + text.arguments)
    return true
  }
}
