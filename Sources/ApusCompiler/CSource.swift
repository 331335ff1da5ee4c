import ApusCore

/// One fused node as a C function `NAME(in, out, start, end)`: elements `start ..< end` of the walk, or its rows where an
/// operand is broadcast or strided. One for any sizes has them as a last argument, `const long *n`.
struct CKernelSource {
  let name: String
  let text: String
  /// The sizes and steps that one for any sizes takes; nil: they stand in the text.
  let numbers: [Int]?

  /// Bytes of a result from which it is written past the caches.
  private static let streamingBytes = 8 << 20
  /// Elements of a block of such a result.
  private static let blockSize = 512
  /// Rows that are added up in float before their sum goes to a double.
  private static let rowGroup = 64

  /// What the kernels of one file have in common.
  static let common = """
    // Functions of many steps wait for their own results: four vectors at once keep the units busy.
    #if defined(__clang__) && !defined(__wasm__)
    #define APUS_INTERLEAVED _Pragma("clang loop interleave_count(4)")
    #else
    #define APUS_INTERLEAVED
    #endif
    typedef float apus_vector __attribute__((vector_size(32), aligned(32)));
    // Copies a block of an aligned size past the caches.
    static inline void apus_stream(float *to, const float *from, long n) {
      long i = 0;
      for (; i < n && ((unsigned long)(to + i) & 31); i++) to[i] = from[i];
      for (; i + 8 <= n; i += 8) {
        apus_vector v;
        __builtin_memcpy(&v, from + i, sizeof v);
    #if defined(__clang__) && !defined(__wasm__)
        __builtin_nontemporal_store(v, (apus_vector *)(to + i));
    #else
        __builtin_memcpy(to + i, &v, sizeof v);
    #endif
      }
      for (; i < n; i++) to[i] = from[i];
    }

    """

  /// Nil where the formula has no C form.
  init?(
    _ fused: FusedPointwise, _ walk: FusedWalk, inputs: [Trace.Value], name: String, anySizes: Bool = false
  ) {
    guard let body = CExpressions(fused.formula) else { return nil }
    self.init(fused, walk, inputs: inputs, name: name, body: body, anySizes: anySizes)
  }

  /// The same with the formula as it is written in C.
  init?(
    _ fused: FusedPointwise, _ walk: FusedWalk, inputs: [Trace.Value], name: String, body: CExpressions,
    anySizes: Bool = false
  ) {
    self.name = name
    let (layout, rowed, accumulated) = (walk.layout, walk.isRowed, walk.accumulated)
    var numbers: [Int] = []
    func number(_ value: Int) -> String {
      guard anySizes else { return "\(value)" }
      numbers.append(value)
      return "n\(numbers.count - 1)"
    }
    let inner = number(walk.inner)
    let isStrided = layout.isStrided
    let total = layout.sizes.reduce(1, *)
    let hasSums = fused.sums.contains { $0 != nil }
    // Results that no cache can hold are written past the caches, without reading what was there: by blocks from the
    // first-level cache.
    let streams =
      !hasSums && fused.types.allSatisfy { $0.dtype == .float32 && $0.count * 4 >= Self.streamingBytes }
      && walk.inner % 16 == 0
    let interleaved = body.statements.contains { $0.contains("ckm_") } ? ["APUS_INTERLEAVED"] : []
    var lines = ["// from " + fused.parts.joined(separator: ", ")]
    lines += fused.lines.dropLast().map { "// " + $0 }
    lines.append(
      "void \(name)(const void *const *in, void *const *out, long start, long end\(anySizes ? ", const long *n" : "")) {"
    )
    if hasSums { lines += ["#if defined(__clang__)", "#pragma clang fp reassociate(on)", "#endif"] }
    let head = lines.count
    func cType(_ dtype: DType) -> String { dtype == .bool ? "unsigned char" : "float" }
    for (k, input) in inputs.enumerated() {
      lines.append("const \(cType(input.type.dtype)) *in\(k) = in[\(k)];")
      if layout.access[k] == .uniform { lines.append("float x\(k) = in\(k)[0];") }
    }
    for (k, type) in fused.types.enumerated() {
      let isAccumulated = accumulated[k] > 0
      lines.append("\(isAccumulated ? "double" : cType(type.dtype)) *restrict out\(k) = out[\(k)];")
    }
    func streamed(_ target: (Int) -> String, _ count: String) -> [String] {
      fused.types.indices.map { "apus_stream(\(target($0)), block\($0), \(count));" }
    }
    if streams {
      for k in fused.types.indices {
        lines.append("_Alignas(64) float block\(k)[\(Self.blockSize)];")
      }
    }
    func store(_ k: Int, _ index: String) -> String {
      let value = fused.types[k].dtype == .bool ? "(\(body.results[k])) != 0.0f" : body.results[k]
      return "out\(k)[\(index)] = \(value);"
    }
    // Sums over columns run down a block of columns, in float for a few rows and then in double.
    let sumsColumns = fused.sums.contains { $0?.kind == .columns }
    let summed = fused.types.indices.filter { fused.sums[$0] != nil }
    if rowed {
      if sumsColumns {
        lines += [
          "for (long first = 0; first < \(inner); first += \(Self.blockSize)) {",
          "for (long top = start; top < end; top += \(Self.rowGroup)) {",
          "long last = first + \(Self.blockSize) < \(inner) ? first + \(Self.blockSize) : \(inner);",
          "long bottom = top + \(Self.rowGroup) < end ? top + \(Self.rowGroup) : end;",
        ]
        for k in summed { lines.append("float sum\(k)[\(Self.blockSize)] = {0};") }
        lines.append("for (long row = top; row < bottom; row++) {")
      } else {
        lines.append("for (long row = start; row < end; row++) {")
      }
      let outer = isStrided ? Array(layout.sizes.dropLast()) : [total / max(1, walk.inner)]
      if outer.count > 1 {
        lines.append("long rest = row;")
        for d in outer.indices.reversed() {
          let size = number(outer[d])
          lines.append(d == 0 ? "long i0 = rest;" : "long i\(d) = rest % \(size); rest /= \(size);")
          lines.append("(void)i\(d);")
        }
      } else if outer.count == 1 {
        lines.append("long i0 = row; (void)i0;")
      }
      var elements: [Int: String] = [:]
      for (k, access) in layout.access.enumerated() {
        switch access {
        case .uniform: continue
        case .dense:
          lines.append("const \(cType(inputs[k].type.dtype)) *p\(k) = in\(k) + row * \(inner);")
          elements[k] = "p\(k)[j]"
        case .strided(let strides):
          let offset = outer.indices.filter { strides[$0] != 0 }.map { "i\($0) * \(number(strides[$0]))" }
          let place = offset.isEmpty ? "in\(k)" : "in\(k) + " + offset.joined(separator: " + ")
          lines.append("const \(cType(inputs[k].type.dtype)) *p\(k) = \(place);")
          let step = strides[strides.count - 1]
          elements[k] = step == 0 ? "p\(k)[0]" : step == 1 ? "p\(k)[j]" : "p\(k)[j * \(number(step))]"
        }
      }
      for (k, type) in fused.types.enumerated() {
        if let sum = fused.sums[k] {
          if sum.kind != .columns { lines.append("double total\(k) = 0;") }
        } else {
          lines.append("\(cType(type.dtype)) *restrict q\(k) = out\(k) + row * \(inner);")
        }
      }
      if sumsColumns {
        lines += interleaved + ["for (long j = first; j < last; j++) {"]
      } else if streams || hasSums {
        lines.append("for (long first = 0; first < \(inner); first += \(Self.blockSize)) {")
        lines.append("long last = first + \(Self.blockSize) < \(inner) ? first + \(Self.blockSize) : \(inner);")
        for k in summed { lines.append("float sum\(k) = 0;") }
        lines += interleaved + ["for (long j = first; j < last; j++) {"]
      } else {
        lines += interleaved + ["for (long j = 0; j < \(inner); j++) {"]
      }
      for k in inputs.indices { if let element = elements[k] { lines.append("float x\(k) = \(element);") } }
      lines += body.statements
      for k in fused.types.indices {
        if let sum = fused.sums[k] {
          lines.append("sum\(k)\(sum.kind == .columns ? "[j - first]" : "") += \(body.results[k]);")
          continue
        }
        lines.append(
          store(k, "j").replacing("out\(k)[j]", with: streams ? "block\(k)[j - first]" : "q\(k)[j]"))
      }
      lines.append("}")
      if streams { lines += streamed({ "q\($0) + first" }, "last - first") + ["}"] }
      if sumsColumns {
        lines.append("}")
        for k in summed { lines.append("for (long j = first; j < last; j++) out\(k)[j] += sum\(k)[j - first];") }
        lines.append("}")
      } else if hasSums {
        for k in summed { lines.append("total\(k) += sum\(k);") }
        lines.append("}")
        for (k, sum) in fused.sums.enumerated() {
          if sum?.kind == .rows { lines.append("out\(k)[row] = (float)total\(k);") }
          if sum?.kind == .all { lines.append("out\(k)[0] += total\(k);") }
        }
      }
      lines += ["}", "}"]
    } else {
      let isBlocked = streams || hasSums
      for k in summed { lines.append("double total\(k) = 0;") }
      if isBlocked {
        lines.append("for (long first = start; first < end; first += \(Self.blockSize)) {")
        lines.append("long last = first + \(Self.blockSize) < end ? first + \(Self.blockSize) : end;")
        for k in summed { lines.append("float sum\(k) = 0;") }
      }
      lines += interleaved
      lines.append("for (long i = \(isBlocked ? "first" : "start"); i < \(isBlocked ? "last" : "end"); i++) {")
      for (k, access) in layout.access.enumerated() where access == .dense { lines.append("float x\(k) = in\(k)[i];") }
      lines += body.statements
      for k in fused.types.indices {
        if fused.sums[k] != nil {
          lines.append("sum\(k) += \(body.results[k]);")
        } else {
          lines.append(streams ? store(k, "i").replacing("out\(k)[i]", with: "block\(k)[i - first]") : store(k, "i"))
        }
      }
      lines.append("}")
      if streams { lines += streamed({ "out\($0) + first" }, "last - first") }
      for k in summed { lines.append("total\(k) += sum\(k);") }
      if isBlocked { lines.append("}") }
      for k in summed { lines.append("out\(k)[0] += total\(k);") }
      lines.append("}")
    }
    lines.insert(contentsOf: numbers.indices.map { "const long n\($0) = n[\($0)];" }, at: head)
    text = Self.indented(lines)
    self.numbers = anySizes ? numbers : nil
  }

  /// The lines as a text indented by its braces.
  private static func indented(_ lines: [String]) -> String {
    var depth = 0
    var text = ""
    for line in lines {
      let line = line.drop { $0 == " " }
      if line.hasPrefix("}") { depth -= 1 }
      text += (line.hasPrefix("#") ? "" : String(repeating: "  ", count: depth)) + line + "\n"
      if line.hasSuffix("{") { depth += 1 }
    }
    return text
  }
}
