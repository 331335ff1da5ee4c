import ApusCore

/// The C of a recurrence: sums of all inputs first, then step by step those of the states, and the gates.
struct RecurrenceProgram {
  let text: String

  /// Nil where sizes do not fit together.
  init?(_ setup: RecurrenceSetup, _ inputs: [CArray], _ outputs: [CArray]) {
    guard let sizes = try? RecurrenceSizes(setup, inputs.map(\.type)) else { return nil }
    let d = RecurrentOperands(setup, inputs)
    let steps = RecurrentSteps(setup, shape: d.x.type.shape)
    let (y, h) = (outputs[0], outputs[1])
    let (hidden, outputCount, width) = (sizes.hidden, sizes.outputs, setup.cell.gates * sizes.hidden)
    let (type, size, isPacked) = (y.element, y.type.dtype.size, setup.batchSizes != nil)
    let row = isPacked ? ["offsets[t] + n"] : ["t", "n"]

    // Sums and states of one step lie in scratch memory, and for products those of all steps and the weights.
    let usesProducts =
      y.type.dtype == .float32 && h.strides == [outputCount, 1]
      && [d.biasIh, d.biasHh].allSatisfy { $0 == nil || $0?.strides == [1] }
    let count = usesProducts ? (steps.total, sizes.batch) : (1, 1)
    let x = usesProducts ? cRowMajor(d.x) : (text: "", name: "", bytes: 0)
    func panels(_ depth: Int) -> Int { usesProducts ? (width + 31) / 32 * 32 * depth : 0 }
    let floats = (count.0 + count.1) * width + hidden + panels(sizes.inputs) + panels(outputCount)
    let memory = """
      \(type) *sums = (\(type) *)((unsigned char *)\(cScratch(x.bytes + floats * size)) + \(x.bytes));
      \(type) *own = sums + \(count.0 * width), *given = own + \(count.1 * width);
      (void)given;
      """
    let before =
      usesProducts
      ? """
      float *first = given + \(hidden), *second = first + \(panels(sizes.inputs));
      apus_panels(\(sizes.inputs), \(width), \(d.weightIh.name), \(d.weightIh.strides[1]), \(d.weightIh.strides[0]), first);
      apus_panels(\(outputCount), \(width), \(d.weightHh.name), \(d.weightHh.strides[1]), \(d.weightHh.strides[0]), second);
      apus_product(team, \(steps.total), \(width), \(sizes.inputs), \(x.name), \(sizes.inputs), first, \(d.biasIh?.name ?? "0"), sums, \(width), 0);
      """ : ""
    let sequences = isPacked ? "sizes[t]" : "\(sizes.batch)"
    let stateSums =
      usesProducts
      ? "apus_product(team, \(sequences), \(width), \(outputCount), \(h.name), \(outputCount), second, \(d.biasHh?.name ?? "0"), own, \(width), 0);"
      : ""
    let plainSums =
      usesProducts
      ? """
      const \(type) *in = sums + (\(isPacked ? "offsets[t]" : "t * \(sizes.batch)") + n) * \(width), *state = own + n * \(width);
      """
      : """
      const \(type) *in = sums, *state = own;
      for (long j = 0; j < \(width); j++) {
      \(type) a = \(d.biasIh.map { $0("j") } ?? "0"), b = \(d.biasHh.map { $0("j") } ?? "0");
      for (long k = 0; k < \(sizes.inputs); k++) a += \(d.x(row + ["k"])) * \(d.weightIh("j", "k"));
      for (long k = 0; k < \(outputCount); k++) b += \(h("n", "k")) * \(d.weightHh("j", "k"));
      sums[j] = a;
      own[j] = b;
      }
      """
    let projection =
      d.weightHr.map { weight in
        """
        for (long j = 0; j < \(outputCount); j++) {
        \(type) sum = 0;
        for (long k = 0; k < \(hidden); k++) sum += given[k] * \(weight("j", "k"));
        \(h("n", "j")) = sum;
        }
        """
      } ?? ""
    let tables = isPacked ? cTable("sizes", steps.sizes) + "\n" + cTable("offsets", steps.offsets) : ""
    text = """
      \(tables)
      \(x.text)\(memory)
      \(before)
      \(cCopy(d.h) { h($0) })
      \(d.c.map { cCopy($0) { outputs[2]($0) } } ?? "")
      for (long step = 0; step < \(steps.count); step++) {
      const long t = \(setup.isReverse ? "\(steps.count - 1) - step" : "step");
      \(stateSums)
      for (long n = 0; n < \(sequences); n++) {
      \(plainSums)
      for (long j = 0; j < \(hidden); j++) \(Self.gates(setup, hidden, y, h, cell: outputs[outputs.count > 2 ? 2 : 1]))
      \(projection)
      for (long j = 0; j < \(outputCount); j++) \(y(row + ["j"])) = \(h("n", "j"));
      }
      }
      """
  }

  /// The C statement that gives element `j` of a state from the sums of inputs `in` and of states `state`.
  private static func gates(_ setup: RecurrenceSetup, _ hidden: Int, _ y: CArray, _ h: CArray, cell: CArray) -> String {
    func gate(_ i: Int) -> String { "in[\(i * hidden) + j]" }
    func state(_ i: Int) -> String { "state[\(i * hidden) + j]" }
    func sum(_ i: Int) -> String { "\(gate(i)) + \(state(i))" }
    let (type, tanh, sigmoid) = (y.element, y.math("tanh"), y.math("sigmoid"))
    let given = setup.hasProjection ? "given[j]" : h("n", "j")
    switch setup.cell {
    case .tanh: return "\(given) = \(tanh)(\(sum(0)));"
    case .relu: return "{ const \(type) v = \(sum(0)); \(given) = v < 0 ? 0 : v; }"
    case .gru:
      return """
        {
        const \(type) r = \(sigmoid)(\(sum(0))), z = \(sigmoid)(\(sum(1)));
        const \(type) v = \(tanh)(\(gate(2)) + r * (\(state(2))));
        \(given) = v + z * (\(h("n", "j")) - v);
        }
        """
    case .lstm:
      return """
        {
        const \(type) c = \(sigmoid)(\(sum(1))) * \(cell("n", "j")) + \(sigmoid)(\(sum(0))) * \(tanh)(\(sum(2)));
        \(cell("n", "j")) = c;
        \(given) = \(sigmoid)(\(sum(3))) * \(tanh)(c);
        }
        """
    }
  }
}
