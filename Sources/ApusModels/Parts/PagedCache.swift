import ApusCore
import CKernels

/// What one run of a model reads: tokens of several texts, behind each other in one row.
struct PagedStep {
  /// Tokens of one text that follow each other.
  struct Run {
    /// Where its tokens stand in the row of all runs.
    var start: Int
    /// How many tokens it has.
    var count: Int
    /// The place of its first token in the text.
    var position: Int
    /// The pages of the text, in order, up to that of the last token at least.
    var pages: [Int32]
    /// How long the text is with all that is yet to be read of it: what angles that depend on lengths go by.
    var length: Int
    /// Which of its tokens get logits.
    var logits: Logits

    enum Logits { case none, last, all }

    /// The place behind its last token.
    var end: Int { position + count }
  }

  private(set) var runs: [Run] = []
  /// The number of tokens of all runs.
  private(set) var count = 0

  /// Adds a run behind the others.
  mutating func append(_ run: Run) {
    var run = run
    run.start = count
    runs.append(run)
    count += run.count
  }

  /// The places of the tokens that get logits; the last one where none was to have some, as a head takes no empty rows.
  var rowsWithLogits: [Int] {
    let rows = runs.flatMap { run in
      switch run.logits {
      case .none: [Int]()
      case .last: [run.start + run.count - 1]
      case .all: Array(run.start..<run.start + run.count)
      }
    }
    return rows.isEmpty ? [count - 1] : rows
  }
}

/// Keys and values of many texts in pages of a few tokens each. A text has a table of pages, which texts that begin alike share; a run of
/// the model reads tokens of several texts at once, each of which sees its own text alone.
///
/// Who has which page, and what it holds, is the business of ``PagePool``.
final class PagedCache: AttentionCache, @unchecked Sendable {
  // One scheduler uses it, one step after the other.
  /// How many tokens a page holds.
  static let pageRows = 32
  /// How many queries of a text at most read its pages where they are; for more they are put together first.
  private static let fewQueries = 4

  /// How many pages there are.
  let pageCount: Int
  /// What keys and values are kept in: float32, or float16 or bfloat16, which are computed with in float32.
  let type: DType
  /// What the next call of the model reads.
  var step = PagedStep()
  /// Whether the model turns keys by angles that depend on the length of the text, so that equal beginnings have different keys.
  private(set) var dependsOnLengths = false
  private var layers: [Layer] = []

  private struct Layer {
    /// `[pages, heads, rows, width]`.
    var keys: Tensor
    var values: Tensor
  }

  /// A cache of so many pages.
  /// - Parameter type: one of ``types``.
  init(pageCount: Int, type: DType = .float32) { (self.pageCount, self.type) = (pageCount, type) }

  /// What keys and values can be kept in.
  static let types: [DType] = [.float32, .float16, .bfloat16]

  /// Positions are given with every call.
  var length: Int { 0 }

  /// Bytes of keys and values of one token in all layers; 0 before the first run.
  var bytesPerToken: Int {
    layers.reduce(0) { $0 + ($1.keys.count + $1.values.count) * type.size } / max(1, pageCount * Self.pageRows)
  }

  /// Attention that does not know of pages cannot read them.
  func update(_ keys: Tensor, _ values: Tensor, layer: Int, window: Int?) -> (keys: Tensor, values: Tensor) {
    let failed = fail(
      TensorError(.unsupported, "generate", "the attention of this model reads keys and values of one text alone"))
    return (failed, failed)
  }

  func reorder(_ rows: [Int]) {}
  func truncate(to length: Int) {}

  /// Says that keys depend on the lengths of texts.
  func noteLengths() { dependsOnLengths = true }

  /// The states that get logits, of `[1, tokens, features]`.
  func withLogits(_ states: Tensor) -> Tensor {
    let rows = step.rowsWithLogits
    if rows.count == states.size(1) { return states }
    return states.indexSelect(1, Tensor(rows.map { Int64($0) }))
  }

  /// Adds keys and values `[1, shared heads, tokens, width]` of the step to the pages, and lets queries `[1, heads, tokens, width]` attend
  /// to those of their own texts.
  /// - Returns: `[1, tokens, heads * width]`.
  func attend(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, layer: Int, _ options: AttentionOptions, scale: Double
  ) -> Tensor {
    for x in [query, key, value] where x.hasFailed { return x }
    do throws(TensorError) {
      let (keys, values) = (try HeadRows(key), try HeadRows(value))
      guard query.rank == 4, query.size(0) == 1, query.size(2) == step.count, keys.tokens == step.count,
        values.width == keys.width, query.size(3) == keys.width
      else {
        throw TensorError(
          .shape, "generate", "\(step.count) tokens are run, and queries are \(query.shape), keys \(key.shape)")
      }
      let pages = try pages(of: layer, keys)
      store(keys, into: pages.keys)
      store(values, into: pages.values)
      let result = Tensor.uninitialized([1, step.count, query.size(1) * keys.width], .float32)
      guard !result.isPoisoned else { return result }
      try attendFew(try HeadRows(query), pages, options, scale: scale, into: result)
      for run in step.runs where run.count > Self.fewQueries {
        attendMany(run, query, key, value, pages, options, scale: scale, into: result)
      }
      return result
    } catch {
      return fail(error)
    }
  }

  /// Copies the first `count` rows of a page to another one, in all layers.
  func copy(from source: Int32, to target: Int32, count: Int) {
    for layer in layers {
      for memory in [layer.keys, layer.values] {
        let (heads, row) = (memory.size(1), memory.size(3) * type.size)
        let base = memory.body.data
        for head in 0..<heads {
          (base + (Int(target) * heads + head) * Self.pageRows * row).copyMemory(
            from: base + (Int(source) * heads + head) * Self.pageRows * row, byteCount: count * row)
        }
        withExtendedLifetime(memory) {}
      }
    }
  }

  private func pages(of layer: Int, _ rows: HeadRows) throws(TensorError) -> Layer {
    while layers.count <= layer {
      let shape = [pageCount, rows.heads, Self.pageRows, rows.width]
      try checkMemory(TensorType(shape, type), "generate")
      layers.append(Layer(keys: Tensor.uninitialized(shape, type), values: Tensor.uninitialized(shape, type)))
    }
    return layers[layer]
  }

  private func store(_ rows: HeadRows, into memory: Tensor) {
    let (heads, width, size) = (rows.heads, rows.width, type.size)
    let target = memory.body.data
    guard let convert = ck_convert_function(Int32(DType.float32.rawValue), Int32(type.rawValue)) else { return }
    for run in step.runs {
      for i in 0..<run.count {
        let (page, row) = (Int(run.pages[(run.position + i) / Self.pageRows]), (run.position + i) % Self.pageRows)
        for head in 0..<heads {
          let place = ((page * heads + head) * Self.pageRows + row) * width * size
          convert(target + place, rows.row(head, run.start + i), width)
        }
      }
    }
    withExtendedLifetime((memory, rows.body)) {}
  }

  /// Runs of few tokens: pages are read where they are, each head of keys once for all heads of queries that share it.
  private func attendFew(
    _ query: HeadRows, _ layer: Layer, _ options: AttentionOptions, scale: Double, into result: Tensor
  ) throws(TensorError) {
    let runs = step.runs.filter { $0.count <= Self.fewQueries }
    let (shared, width) = (layer.keys.size(1), query.width)
    let group = query.heads / max(1, shared)
    guard !runs.isEmpty, group > 0, group * shared == query.heads else { return }
    let (keys, values) = (layer.keys.body.data, layer.values.body.data)
    let (size, code) = (type.size, Int32(type.rawValue))
    nonisolated(unsafe) let out = result.body.data.assumingMemoryBound(to: Float.self)
    let work = runs.reduce(0) { $0 + $1.end * $1.count } / runs.count * group * 2 * width
    let scratch = ck_attention_rows_scratch(group, Self.fewQueries, width, width) / MemoryLayout<Float>.size
    withExtendedLifetime((layer.keys, layer.values, query.body, result)) {
      parallelFor(runs.count * shared, grain: max(1, 100_000 / max(1, work))) { range in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: scratch + group * Self.fewQueries * width) { memory in
          guard let scratch = memory.baseAddress else { return }
          let found = scratch + (memory.count - group * Self.fewQueries * width)
          for item in range {
            let (run, head) = (runs[item / shared], item % shared)
            var a = ck_attention()
            a.query = UnsafePointer(query.row(head * group, run.start))
            a.key = UnsafeRawPointer(keys) + head * Self.pageRows * width * size
            a.value = UnsafeRawPointer(values) + head * Self.pageRows * width * size
            a.type = code
            (a.query_rs, a.key_rs, a.value_rs) = (query.tokenStride, width, width)
            (a.queries, a.keys, a.width, a.value_width) = (run.count, run.end, width, width)
            a.position = run.position
            a.before = options.window.map { $0 - 1 } ?? run.end
            a.after = 0
            a.scale = Float(scale)
            a.cap = Float(options.softCap ?? 0)
            run.pages.withUnsafeBufferPointer { pages in
              ck_attention_pages(
                &a, group, query.headStride, pages.baseAddress, Self.pageRows, shared * Self.pageRows * width, found,
                scratch)
            }
            for member in 0..<group {
              for token in 0..<run.count {
                (out + ((run.start + token) * query.heads + head * group + member) * width).update(
                  from: found + (member * run.count + token) * width, count: width)
              }
            }
          }
        }
      }
    }
  }

  /// A run of many tokens: the pages that they see are put together, and read as those of one text.
  private func attendMany(
    _ run: PagedStep.Run, _ query: Tensor, _ key: Tensor, _ value: Tensor, _ layer: Layer, _ options: AttentionOptions,
    scale: Double, into result: Tensor
  ) {
    let first = options.window.map { max(0, run.position - $0 + 1) } ?? 0
    var mask = AttentionMask()
    (mask.isCausal, mask.window, mask.position) = (true, options.window, run.position - first)
    let (keys, values) =
      run.position == 0
      ? (key.narrow(2, run.start, run.count), value.narrow(2, run.start, run.count))
      : (gathered(layer.keys, run, from: first), gathered(layer.values, run, from: first))
    let output = noGrad {
      ApusModels.attend(
        query.narrow(2, run.start, run.count), keys, values, mask, scale: scale, softCap: options.softCap
      ).output.transpose(1, 2).to(.float32).contiguous()
    }
    let dense = output.resolved
    guard !dense.isPoisoned else { return }
    let row = result.size(2)
    (result.body.data + run.start * row * 4).copyMemory(from: dense.body.data, byteCount: run.count * row * 4)
    withExtendedLifetime((dense, result)) {}
  }

  /// The rows of a text from `first` on in float32, `[1, heads, rows, width]`.
  private func gathered(_ memory: Tensor, _ run: PagedStep.Run, from first: Int) -> Tensor {
    let (heads, width, count) = (memory.size(1), memory.size(3), run.end - first)
    let result = Tensor.uninitialized([1, heads, count, width], .float32)
    guard !result.isPoisoned,
      let convert = ck_convert_function(Int32(type.rawValue), Int32(DType.float32.rawValue))
    else { return result }
    let (source, target, size) = (memory.body.data, result.body.data, type.size)
    for head in 0..<heads {
      var place = first
      while place < run.end {
        let row = place % Self.pageRows
        let rows = min(Self.pageRows - row, run.end - place)
        let page = Int(run.pages[place / Self.pageRows])
        convert(
          target + (head * count + place - first) * width * 4,
          source + ((page * heads + head) * Self.pageRows + row) * width * size, rows * width)
        place += rows
      }
    }
    withExtendedLifetime((memory, result)) {}
    return result
  }
}

/// The rows of `[1, heads, tokens, width]` in float32 where they lie.
private struct HeadRows: @unchecked Sendable {
  // Read only.
  let body: TensorBody
  let heads: Int
  let tokens: Int
  let width: Int
  let headStride: Int
  let tokenStride: Int

  init(_ x: Tensor) throws(TensorError) {
    guard x.rank == 4, x.size(0) == 1 else {
      throw TensorError(.shape, "generate", "needs heads [1, heads, tokens, width], and found \(x.shape)")
    }
    let found = x.detach().resolved.body
    let isUsable = found.dtype == .float32 && found.strides[3] == 1
    body = isUsable ? found : try x.detach().resolved.dense(.float32)
    (heads, tokens, width) = (x.size(1), x.size(2), x.size(3))
    (headStride, tokenStride) = isUsable ? (found.strides[1], found.strides[2]) : (tokens * width, width)
  }

  func row(_ head: Int, _ token: Int) -> UnsafeMutablePointer<Float> {
    body.data.assumingMemoryBound(to: Float.self) + head * headStride + token * tokenStride
  }
}
