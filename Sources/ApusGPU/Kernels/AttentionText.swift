import ApusCore
import ApusFunctional

/// What the kernels of attention have in common. A group has 32 rows (queries, or keys for the gradients of keys and values) and goes
/// through the rows that they meet, 32 at a time: a square of scores is 4 x 2 numbers of each of its 128 threads. Heads of any width pass
/// through memory of the group 32 columns at a time, and what is summed for a row is spread over 16 threads, so that registers do.
struct AttentionText {
  let form: AttentionForm
  let query, key, value: Tensor
  let mask: Tensor?
  /// Bits of weights that dropout keeps.
  let coins: Tensor?

  static let threads = 128
  /// Rows and columns of a square.
  static let side = 32
  /// From a row of a square to the next: 16 bytes more than it needs, so that threads meet in fewer banks and four numbers are one read.
  static let pitch = side + 4
  /// The threads that look at a row of a square together.
  static let lanes = threads / side
  /// The widest heads whose sums fit into the registers of a group.
  private static let widest = 256

  init(_ form: AttentionForm, _ inputs: [Tensor], mask: Tensor?, coins: Tensor?) {
    self.form = form
    (query, key, value, self.mask, self.coins) = (inputs[0], inputs[1], inputs[2], mask, coins)
  }

  var width: Int { query.shape[query.rank - 1] }
  var valueWidth: Int { value.shape[value.rank - 1] }
  var queries: Int { query.shape[query.rank - 2] }
  var keys: Int { key.shape[key.rank - 2] }
  var heads: Int { query.shape.dropLast(2).reduce(1, *) }

  var fits: Bool {
    (1...Self.widest).contains(width) && (1...Self.widest).contains(valueWidth) && keys > 0 && queries > 0
  }

  private func lead(_ tensor: Tensor) -> LoopNest {
    LoopNest(Array(tensor.shape.dropLast(2)), Array(tensor.strides.dropLast(2)))
  }

  /// The tensors that are read, with the names of their parameters.
  private var operands: [(name: String, tensor: Tensor)] {
    var all = [("q", query), ("k", key), ("v", value)]
    if let mask { all.append(("mask", mask)) }
    return all
  }

  private var isWindow: Bool { form.before != nil || form.after != nil }

  // MARK: The kernel's parameters

  func key(_ name: StaticString, extra: [Tensor]) -> KernelKey {
    var made = KernelKey(name)
    for (_, tensor) in operands {
      made.add(tensor.dtype)
      made.add(lead(tensor).sizes.count)
    }
    for detail in [width, valueWidth, form.group] { made.add(detail) }
    for flag in [mask != nil, coins != nil, form.softCap != nil, isWindow, isWide(extra)] { made.add(flag) }
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
    source.int("queries")
    source.int("keys")
    for name in ["position", "before", "after"] { source.parameters.append("long \(name)") }
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

  static func grid(_ rows: Int, _ heads: Int) -> Grid {
    Grid(groups: (rows + side - 1) / side * heads, threads: threads)
  }

  // MARK: Where a group is

  /// The first lines: the group's rows, from `begin` on, the head that they are of, the thread's 4 rows and 2 columns of a square, and
  /// the row that it looks at together with other threads.
  static func begin(_ rows: String, head: String) -> [String] {
    [
      "const index blocks = (\(rows) + \(side - 1)) / \(side), \(head) = GROUP / blocks;",
      "const index begin = GROUP % blocks * \(side);",
      "const int ty = THREAD / 16 * 4, tx = THREAD % 16 * 2, line = THREAD / \(lanes), lane = THREAD % \(lanes);",
    ]
  }

  /// Lines that find the matrices of `head` among the queries: `q_here` and so on.
  func locate(_ source: inout KernelSource) {
    source.body.append("const index shared_head = head / \(form.group);")
    for (name, tensor) in operands {
      let nest = lead(tensor)
      source.body += ["GLOBAL const \(ElementText(tensor.dtype)?.storage ?? "") *\(name)_here = \(name);", "{"]
      nest.locate(name == "q" || name == "mask" ? "head" : "shared_head", "\(name)_at", &source)
      source.body += ["\(name)_here += \(nest.place("\(name)_at"));", "}"]
    }
    if coins != nil {
      source.body.append("GLOBAL const ushort *coins_here = coins + head * ((queries + 15) / 16) * keys;")
    }
  }

  /// The start of a loop over the other rows, 32 at a time from `first`: those that the window lets the group's rows meet.
  func others(isKeys: Bool) -> [String] {
    let count = isKeys ? "keys" : "queries"
    guard isWindow else { return ["for (index first = 0; first < \(count); first += \(Self.side)) {"] }
    let (nearest, farthest) =
      isKeys
      ? ("begin + position - before", "begin + \(Self.side) + position + after")
      : ("begin - position - after", "begin + \(Self.side) - position + before")
    return [
      "long nearest = \(nearest), farthest = \(farthest);",
      "nearest = nearest < 0 ? 0 : nearest > \(count) ? \(count) : nearest / \(Self.side) * \(Self.side);",
      "farthest = farthest < 0 ? 0 : farthest > \(count) ? \(count) : farthest;",
      "for (index first = (index)nearest; first < (index)farthest; first += \(Self.side)) {",
    ]
  }

  // MARK: Squares

  static func square(_ name: String) -> String { "SHARED(float, \(name), \(side * pitch));" }

  /// The columns of a head in the order in which they pass: the first one, and how many.
  static func passes(_ width: Int) -> [(first: Int, width: Int)] {
    stride(from: 0, to: width, by: side).map { ($0, min(side, width - $0)) }
  }

  /// The declaration of what a thread sums for its rows of `width` numbers.
  static func sums(_ name: String, _ width: Int) -> String {
    let count = 8 * passes(width).count
    return "float \(name)[\(count)]; for (int e = 0; e < \(count); e++) \(name)[e] = 0;"
  }

  /// Where elements of a matrix are read: by its name, or `name` as a dense matrix of floats.
  enum Rows {
    case operand(String)
    case dense(String, Int)
  }

  private func load(_ rows: Rows, _ row: String, _ column: String) -> String {
    switch rows {
    case .operand(let name):
      let tensor = operands.first { $0.name == name }?.tensor ?? query
      let element = "\(name)_here[(\(row)) * \(name)_row + (\(column)) * \(name)_column]"
      return ElementText(tensor.dtype)?.load(element, as: .f32) ?? ""
    case .dense(let name, let width): return "\(name)[(\(row)) * \(width) + (\(column))]"
    }
  }

  /// A loop that brings columns of 32 rows from `start` on to memory of the group, with zeros where there are none. `down`: a row of the
  /// square is a column of the matrix.
  private func bring(
    _ rows: Rows, _ start: String, of rowCount: String, _ pass: (first: Int, width: Int), to square: String, down: Bool
  ) -> String {
    let columns = down ? pass.width : Self.side
    let isInside = columns > pass.width ? "c < \(pass.width) && r < \(rowCount)" : "r < \(rowCount)"
    let count = Self.side * columns
    // Every thread makes as many turns: with loops that some threads leave early PoCL computed wrong gradients of heads below 4.
    return
      "for (int n = 0; n < \((count + Self.threads - 1) / Self.threads); n++) { const int e = n * \(Self.threads) + THREAD; "
      + (count % Self.threads == 0 ? "" : "if (e < \(count)) ") + "{ "
      + "const int c = e % \(columns); const index r = \(start) + e / \(columns); "
      + "\(square)[\(down ? "c * \(Self.pitch) + e / \(columns)" : "e / \(columns) * \(Self.pitch) + c")] = "
      + "\(isInside) ? \(load(rows, "r", "\(pass.first) + c")) : 0; } }"
  }

  /// Lines that add the products of the group's rows and the others to the 4 x 2 numbers of `sum`.
  func multiply(
    _ own: Rows, of ownCount: String, _ other: Rows, of otherCount: String, _ width: Int, into sum: String
  ) -> [String] {
    Self.passes(width).flatMap { pass in
      [
        "BARRIER;", bring(own, "begin", of: ownCount, pass, to: "left", down: true),
        bring(other, "first", of: otherCount, pass, to: "right", down: true), "BARRIER;",
        "for (int e = 0; e < \(pass.width); e++) for (int r = 0; r < 4; r++) for (int c = 0; c < 2; c++) "
          + "\(sum)[2 * r + c] += left[e * \(Self.pitch) + ty + r] * right[e * \(Self.pitch) + tx + c];",
      ]
    }
  }

  /// Lines that add the others, each times its number in the square `weights`, to what is summed for the group's rows.
  func accumulate(_ weights: String, _ other: Rows, of count: String, _ width: Int, into sum: String) -> [String] {
    Self.passes(width).enumerated().flatMap { number, pass in
      [
        "BARRIER;", bring(other, "first", of: count, pass, to: "right", down: false), "BARRIER;",
        "for (int t = 0; t < \(Self.side); t++) for (int r = 0; r < 4; r++) for (int c = 0; c < 2; c++) "
          + "\(sum)[\(8 * number) + 2 * r + c] += \(weights)[t * \(Self.pitch) + ty + r] * right[t * \(Self.pitch) + tx + c];",
      ]
    }
  }

  /// Lines that do something with each of a thread's 4 x 2 numbers, row `r` and column `c`.
  static func eachNumber(_ lines: [String]) -> [String] {
    ["for (int r = 0; r < 4; r++) for (int c = 0; c < 2; c++) {"] + lines + ["}"]
  }

  /// Where the number of row `r` and column `c` stands in a square whose rows are the others.
  static let place = "[(tx + c) * \(pitch) + ty + r]"

  /// Lines that store what was summed: `value` becomes the number of row `ty + r` and column `column`.
  static func store(_ sum: String, _ width: Int, rows: String, to result: String, row: String, factor: String = "")
    -> [String]
  {
    passes(width).enumerated().flatMap { number, pass in
      eachNumber([
        "const index own = begin + ty + r; const int column = \(pass.first) + tx + c;",
        "if (own < \(rows) && column < \(width)) "
          + "\(result)[(\(row)) * \(width) + column] = \(sum)[\(8 * number) + 2 * r + c]\(factor);",
      ])
    }
  }

  // MARK: Scores

  /// Lines that make of `s`, a product of a query and a key, the score of query `i` and key `j`. `-AP_INF` hides a key. `capped` is
  /// the cap's own function of it, if its slope is asked for.
  func score(slope: Bool) -> [String] {
    var lines = ["s *= scale;"]
    if form.softCap != nil {
      lines.append(
        slope ? "capped = ckm_tanh_f32(s / cap); s = cap * capped;" : "s = cap * ckm_tanh_f32(s / cap);")
    }
    var hidden = "i >= queries || j >= keys"
    if let mask {
      let element = "mask_here[i * mask_row + j * mask_column]"
      if mask.dtype == .bool {
        hidden += " || \(element) == 0"
      } else {
        let bias = ElementText(mask.dtype)?.load(element, as: .f32) ?? ""
        lines.append("if (i < queries && j < keys) s += \(bias);")
      }
    }
    if isWindow { hidden += " || j - i - position > after || j - i - position < -before" }
    return lines + ["if (\(hidden)) s = -AP_INF;"]
  }

  /// The weight `w` of key `j` with what dropout makes of it.
  var dropped: String {
    coins == nil
      ? "" : "if (i < queries && j < keys) w = (coins_here[i / 16 * keys + j] >> (i % 16)) & 1 ? w * kept : 0;"
  }
}
