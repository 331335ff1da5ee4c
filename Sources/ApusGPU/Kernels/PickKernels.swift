import ApusCore
import ApusNumerics

// Extremes, sorted elements and their relatives, with the positions where they were. Sorting goes by a bitonic network over pairs of an
// element and its position, which no two share: equal elements keep their order, and the result is the same at every run.

extension Pick: GPUOperation {
  func run(on engine: GPUEngine, _ inputs: [Tensor], into results: [Tensor]) throws(TensorError) -> Bool {
    guard let number = NumberKind(computing: inputs[0].dtype), !number.isComplex, number != .u64,
      let text = ElementText(inputs[0].dtype),
      let x = try engine.dense(inputs[0])
    else { return false }
    let lanes = Lanes(x.shape, dim)
    let job = PickJob(
      engine: engine, number: number, text: text, x: x, lanes: lanes, isWide: x.count >= Int(Int32.max) / 2)
    // Results may lie in another order of dimensions.
    let values = results[0].isContiguous ? results[0] : try engine.make(results[0].shape, results[0].dtype)
    let places = results[1].isContiguous ? results[1] : try engine.make(results[1].shape, .int64)
    switch kind {
    case .max, .min: try job.extreme(kind == .max, values, places)
    case .cumulativeMax, .cumulativeMin: try job.running(kind == .cumulativeMax, values, places)
    case .sort(let descending): try job.sorted(descending, 0, lanes.size, values, places)
    case .top(let k, let largest): try job.sorted(largest, 0, k, values, places)
    case .smallest(let k): try job.sorted(false, k - 1, 1, values, places)
    case .median, .mode: return false
    }
    if results[0].count == 0 { return true }
    if values.strides != results[0].strides {
      guard try engine.write(values, to: results[0]) else { return false }
    }
    if places.strides != results[1].strides {
      guard try engine.write(places, to: results[1]) else { return false }
    }
    return true
  }
}

/// The lanes of a dense tensor from which elements are picked.
private struct PickJob {
  let engine: GPUEngine
  let number: NumberKind
  let text: ElementText
  let x: Tensor
  let lanes: Lanes
  let isWide: Bool

  private var isFloat: Bool { !number.isInteger }
  private var laneCount: Int { lanes.outer * lanes.inner }
  /// Elements that a group sorts in memory of its own.
  private static let blockSize = 1024

  private func key(_ name: StaticString, _ details: Int...) -> KernelKey {
    var key = KernelKey(name)
    key.add(x.dtype)
    key.add(isWide)
    for detail in details { key.add(detail) }
    return key
  }

  /// Whether (a, i) comes before (b, j): NaN is larger than all numbers, and of equals the first one comes first.
  private func before(_ descending: Bool) -> String {
    let less = isFloat ? "(a < b || (b != b && a == a))" : "(a < b)"
    let more = isFloat ? "(a > b || (a != a && b == b))" : "(a > b)"
    return "(\(descending ? more : less) || (!\(descending ? less : more) && i < j))"
  }

  /// The same for an extreme, where a NaN comes before all numbers.
  private func beforeExtreme(_ isLargest: Bool) -> String {
    if isLargest || !isFloat { return before(isLargest) }
    return "((a < b || (a != a && b == b)) || (!(b < a || (b != b && a == a)) && i < j))"
  }

  private func source(_ name: String, _ numbers: String...) -> KernelSource {
    var source = KernelSource(name)
    source.isWide = isWide
    for number in numbers { source.int(number) }
    return source
  }

  func extreme(_ isLargest: Bool, _ values: Tensor, _ places: Tensor) throws(TensorError) {
    if laneCount == 0 { return }
    let kernel = try engine.kernel(key("extreme", isLargest ? 1 : 0)) {
      var source = source("extreme", "size", "inner")
      source.place(text.storage, "out0")
      source.place("long", "out1")
      source.place("const \(text.storage)", "in0")
      let t = number.text
      source.body += [
        "SHARED(\(t), values, 64);", "SHARED(index, places, 64);",
        "const index base = GROUP / inner * size * inner + GROUP % inner;",
        "\(t) a = 0; index i = -1;", "for (index j = THREAD; j < size; j += 64) {",
        "const \(t) b = \(text.load("in0[base + j * inner]", as: number));",
        "if (i < 0 || !\(beforeExtreme(isLargest))) { a = b; i = j; }", "}",
        "values[THREAD] = a; places[THREAD] = i;", "BARRIER;", "if (THREAD == 0) {",
        "for (int k = 1; k < 64 && k < size; k++) { const \(t) b = values[k]; const index j = places[k];",
        "if (!\(beforeExtreme(isLargest))) { a = b; i = j; } }",
        "out0[GROUP] = \(text.store("a", from: number)); out1[GROUP] = i;", "}",
      ]
      return source
    }
    try engine.launch(
      kernel, Grid(groups: laneCount, threads: 64),
      [.int(lanes.size), .int(lanes.inner), .tensor(values), .tensor(places), .tensor(x)])
  }

  func running(_ isLargest: Bool, _ values: Tensor, _ places: Tensor) throws(TensorError) {
    if x.count == 0 { return }
    let kernel = try engine.kernel(key("running_extreme", isLargest ? 1 : 0)) {
      var source = source("running_extreme", "count", "size", "inner")
      source.place(text.storage, "out0")
      source.place("long", "out1")
      source.place("const \(text.storage)", "in0")
      let t = number.text
      // Of equals the last one counts, and a NaN stays.
      let stays = (isFloat ? "(a != a && b == b) || " : "") + (isLargest ? "b < a" : "b > a")
      source.body += [
        "const index lane = ELEMENT;", "if (lane >= count) return;",
        "const index base = lane / inner * size * inner + lane % inner;", "\(t) a = 0; index i = 0;",
        "for (index j = 0; j < size; j++) {", "const \(t) b = \(text.load("in0[base + j * inner]", as: number));",
        "if (j == 0 || !(\(stays))) { a = b; i = j; }", "out0[base + j * inner] = \(text.store("a", from: number));",
        "out1[base + j * inner] = i;", "}",
      ]
      return source
    }
    try engine.launch(
      kernel, Grid(over: laneCount, threads: 64),
      [.int(laneCount), .int(lanes.size), .int(lanes.inner), .tensor(values), .tensor(places), .tensor(x)])
  }

  /// Elements `first ..< first + count` of each lane in order.
  func sorted(_ descending: Bool, _ first: Int, _ count: Int, _ values: Tensor, _ places: Tensor) throws(TensorError) {
    if laneCount == 0 || count == 0 { return }
    var padded = 2
    while padded < lanes.size { padded *= 2 }
    let t = number.text
    // Position `size` and more stand for what fills a lane up: it comes behind all elements.
    let swap = "if ((i >= size && j < size) || (j < size && !\(before(descending)))) "
    let order = descending ? 1 : 0
    let store = [
      "if (at >= first && at < first + kept) { const index to = (lane / inner * kept + at - first) * inner + lane % inner;",
      "out0[to] = \(text.store("a", from: number)); out1[to] = i; }",
    ]
    if padded <= Self.blockSize {
      let kernel = try engine.kernel(key("sort_lanes", order, padded)) {
        var source = source("sort_lanes", "size", "inner", "first", "kept")
        source.place(text.storage, "out0")
        source.place("long", "out1")
        source.place("const \(text.storage)", "in0")
        source.body += [
          "SHARED(\(t), values, \(padded));", "SHARED(index, places, \(padded));", "const index lane = GROUP;",
          "const index base = lane / inner * size * inner + lane % inner;",
          "for (int k = THREAD; k < \(padded); k += THREADS) { \(t) a = 0; if (k < size) a = \(text.load("in0[base + k * inner]", as: number)); values[k] = a; places[k] = k; }",
          "BARRIER;", "for (int run = 2; run <= \(padded); run *= 2) for (int away = run / 2; away > 0; away /= 2) {",
          "for (int k = THREAD; k < \(padded / 2); k += THREADS) {",
          "const int low = k / away * 2 * away + k % away, high = low + away;",
          "const int p = (low & run) ? high : low, q = (low & run) ? low : high;",
          "const \(t) a = values[p], b = values[q]; const index i = places[p], j = places[q];",
          "\(swap){ values[p] = b; values[q] = a; places[p] = j; places[q] = i; }", "}", "BARRIER;", "}",
          "for (int at = THREAD; at < size; at += THREADS) { const \(t) a = values[at]; const index i = places[at];",
        ]
        source.body += store + ["}"]
        return source
      }
      try engine.launch(
        kernel, Grid(groups: laneCount, threads: min(256, max(16, padded / 2))),
        [
          .int(lanes.size), .int(lanes.inner), .int(first), .int(count), .tensor(values), .tensor(places), .tensor(x),
        ])
      return
    }
    // Longer lanes are sorted in memory of the device, a launch for each stage.
    let pairs = laneCount * padded
    let keys = try engine.make([pairs], number == .f32 ? .float32 : number == .f64 ? .float64 : .int64)
    let at = try engine.make([pairs], .int64)
    let load = try engine.kernel(key("sort_load")) {
      var source = source("sort_load", "count", "size", "inner", "padded")
      source.place(t, "keys")
      source.place("long", "places")
      source.place("const \(text.storage)", "in0")
      source.body += [
        "const index e = ELEMENT;", "if (e >= count) return;", "const index lane = e / padded, k = e % padded;",
        "\(t) a = 0; if (k < size) a = \(text.load("in0[lane / inner * size * inner + lane % inner + k * inner]", as: number));",
        "keys[e] = a; places[e] = k;",
      ]
      return source
    }
    try engine.launch(
      load, Grid(over: pairs),
      [.int(pairs), .int(lanes.size), .int(lanes.inner), .int(padded), .tensor(keys), .tensor(at), .tensor(x)])
    let stage = try engine.kernel(key("sort_stage", order)) {
      var source = source("sort_stage", "count", "size", "padded", "run", "away")
      source.place(t, "keys")
      source.place("long", "places")
      source.body += [
        "const index e = ELEMENT;", "if (e >= count) return;",
        "const index lane = e / (padded / 2), k = e % (padded / 2);",
        "const index low = k / away * 2 * away + k % away, high = low + away, base = lane * padded;",
        "const index p = base + ((low & run) ? high : low), q = base + ((low & run) ? low : high);",
        "const \(t) a = keys[p], b = keys[q]; const long i = places[p], j = places[q];",
        "\(swap){ keys[p] = b; keys[q] = a; places[p] = j; places[q] = i; }",
      ]
      return source
    }
    var run = 2
    while run <= padded {
      var away = run / 2
      while away > 0 {
        try engine.launch(
          stage, Grid(over: pairs / 2),
          [.int(pairs / 2), .int(lanes.size), .int(padded), .int(run), .int(away), .tensor(keys), .tensor(at)])
        away /= 2
      }
      run *= 2
    }
    let finish = try engine.kernel(key("sort_store")) {
      var source = source("sort_store", "count", "padded", "inner", "first", "kept")
      source.place(text.storage, "out0")
      source.place("long", "out1")
      source.place("const \(t)", "keys")
      source.place("const long", "places")
      source.body += [
        "const index e = ELEMENT;", "if (e >= count) return;", "const index lane = e / kept, at = first + e % kept;",
        "const \(t) a = keys[lane * padded + at]; const long i = places[lane * padded + at];",
      ]
      source.body += store
      return source
    }
    let total = laneCount * count
    try engine.launch(
      finish, Grid(over: total),
      [
        .int(total), .int(padded), .int(lanes.inner), .int(first), .int(count), .tensor(values), .tensor(places),
        .tensor(keys), .tensor(at),
      ])
  }
}
