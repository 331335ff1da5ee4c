import ApusCore

/// Functions as one C file for hosts that have no pointers of their own: arguments, results, state and intermediate values lie in
/// static arrays, whose addresses it tells.
struct WebModuleText {
  /// A function of the module, whose first arguments and results are its state.
  struct Function {
    /// What the names of its C functions begin with.
    let prefix: String
    let text: CLibraryText
    let program: CProgram
  }

  /// What is kept between calls.
  struct State {
    let parameter: CProgram.Parameter
    /// The member of the weights that it begins with; nil: zeros.
    let start: String?
  }

  private let name: String
  private let functions: [Function]
  private let state: [State]
  private let constants: [CProgram.Constant]
  private let placement: CLibrary.Weights
  private let description: String
  private let fingerprint: String
  /// How many threads run parts of operations at most.
  private let threads: Int

  private static let alignment = 64
  /// The bytes of a thread's stack.
  private static let stackSize = 1 << 16

  /// - Parameters:
  ///   - threads: with more than one the memory is shared, and workers of the host lend themselves by `NAME_serve`.
  ///   - about: what hosts are told, as members of an object of JSON.
  ///   - fingerprint: what the weights are told by; nil: what follows from all that is told.
  init(
    name: String, _ functions: [Function], state: [State] = [], constants: [CProgram.Constant],
    placement: CLibrary.Weights, threads: Int = 1, about: String, fingerprint: String? = nil
  ) {
    (self.name, self.functions, self.state, self.constants) = (name, functions, state, constants)
    (self.placement, self.threads, description) = (placement, threads, about)
    // Modules of the same functions for other numbers of threads take the same weights.
    self.fingerprint = fingerprint ?? CLibraryText.fingerprint(constants, [about])
  }

  /// The bytes of static memory that the module takes at least.
  var staticSize: Int {
    let parameters = functions.flatMap { ($0.program.inputs + $0.program.outputs) }
    let arrays = parameters.reduce(0) { $0 + $1.type.count * $1.type.dtype.size + Self.alignment }
    let inside = placement == .inSource ? CLibraryText.weightsSize(constants) : 0
    return arrays + (functions.map(\.program.arenaSize).max() ?? 0) + threads * Self.stackSize + inside
  }

  /// The structure of weights as bytes.
  var weights: [UInt8] { CLibraryText.weights(constants, fingerprint) }

  /// The functions that hosts call.
  var exports: [String] {
    let own = ["about"] + (state.isEmpty ? [] : ["state", "reset"])
    let team = threads > 1 ? ["threads", "stack", "serve"] : []
    return (own + team + (placement == .apart ? ["weights_size", "init"] : [])).map { "\(name)_\($0)" }
      + (threads > 1 ? ["__stack_pointer"] : [])
      + functions.flatMap { f in ["input", "output", "run"].map { "\(f.prefix)_\($0)" } }
  }

  /// The C file.
  var text: String {
    let type = CLibraryText.weightsType(constants, name: name)
    let arena = functions.map(\.program.arenaSize).max() ?? 0
    let size = placement == .apart ? ", \"weights\": \(CLibraryText.weightsSize(constants))" : ""
    return """
      \(CLibraryText.implementation(functions.map(\.text), weightsType: type, weightsName: name))
      \(placement == .inSource ? dataInside : dataApart)
      static _Alignas(\(Self.alignment)) unsigned char \(name)_arena[\(max(Self.alignment, arena))];

      \(CLibraryText.about(name, "{" + description + size + "}"))
      \(stateText)
      \(threads > 1 ? teamText : "#define \(name)_team 0")
      \(functions.map(functionText).joined(separator: "\n"))
      """
  }

  private var dataInside: String {
    """
    \(CLibraryText.weightsData(constants, fingerprint, name: name))
    #define \(name)_used (&\(name)_data)
    """
  }

  private var dataApart: String {
    """
    static const struct \(name)_weights *\(name)_used;
    unsigned long \(name)_weights_size(void) { return sizeof(struct \(name)_weights); }
    // The weights lie at an address, a multiple of \(Self.alignment). Gives 0, or 2: there are none or they are not aligned, 3: they
    // belong to another program.
    int \(name)_init(const void *weights) {
      if (!weights || (unsigned long)weights % \(Self.alignment)) return 2;
      if (((const struct \(name)_weights *)weights)->fingerprint != 0x\(fingerprint)ULL) return 3;
      \(name)_used = weights;
      return 0;
    }
    """
  }

  private var stateText: String {
    if state.isEmpty { return "" }
    let arrays = state.enumerated().map { k, one in
      """
      static _Alignas(\(Self.alignment)) \(one.parameter.cType) \(name)_state_\(k)[\(max(1, one.parameter.type.count))];
      """
    }
    let starts = state.enumerated().map { k, one in
      let from = one.start.map { "\(name)_used->\($0)[i]" } ?? "0"
      return "for (long i = 0; i < \(one.parameter.type.count); i++) \(name)_state_\(k)[i] = \(from);"
    }
    return """
      \(arrays.joined(separator: "\n"))
      \(address("\(name)_state", state.indices.map { "\(name)_state_\($0)" }))
      // Lets the state begin anew.
      void \(name)_reset(void) {
      \(starts.joined(separator: "\n"))
      }
      """
  }

  private func functionText(_ function: Function) -> String {
    func statics(_ parameters: [CProgram.Parameter], _ kind: String) -> (text: [String], names: [String]) {
      let own = parameters.dropFirst(state.count)
      let names = own.indices.map { "\(function.prefix)_\(kind)_\($0 - state.count)" }
      return (zip(own, names).map { "static \($0.cType) \($1)[\(max(1, $0.type.count))];" }, names)
    }
    let (inputs, outputs) = (statics(function.program.inputs, "input"), statics(function.program.outputs, "output"))
    let kept = state.indices.map { "\(name)_state_\($0)" }
    let all = ["\(name)_team", "\(name)_arena", "\(name)_used"] + kept + inputs.names + kept + outputs.names
    return """
      \((inputs.text + outputs.text).joined(separator: "\n"))
      \(address("\(function.prefix)_input", inputs.names))
      \(address("\(function.prefix)_output", outputs.names))
      void \(function.prefix)_run(void) { \(function.prefix)_compute(\(all.joined(separator: ", "))); }
      """
  }

  /// Workers of the host share operations: a number of parts counts down to zero, and whoever takes one runs it. Between operations
  /// workers look for the next one for a moment, and then sleep.
  private var teamText: String {
    """
    static struct {
      void (*task)(void *, int);
      void *argument;
      int left, done, round;
    } \(name)_work;
    static void \(name)_take(void) {
      for (;;) {
        int left = __atomic_load_n(&\(name)_work.left, __ATOMIC_SEQ_CST);
        do {
          if (left <= 0) return;
        } while (!__atomic_compare_exchange_n(&\(name)_work.left, &left, left - 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST));
        \(name)_work.task(\(name)_work.argument, left - 1);
        __atomic_fetch_add(&\(name)_work.done, 1, __ATOMIC_SEQ_CST);
      }
    }
    static void \(name)_share(void *context, int parts, void (*task)(void *, int), void *argument) {
      (void)context;
      \(name)_work.task = task;
      \(name)_work.argument = argument;
      __atomic_store_n(&\(name)_work.done, 0, __ATOMIC_SEQ_CST);
      __atomic_store_n(&\(name)_work.left, parts, __ATOMIC_SEQ_CST);
      __atomic_fetch_add(&\(name)_work.round, 1, __ATOMIC_SEQ_CST);
      __builtin_wasm_memory_atomic_notify(&\(name)_work.round, \(threads));
      \(name)_take();
      while (__atomic_load_n(&\(name)_work.done, __ATOMIC_SEQ_CST) < parts) {}
    }
    static apus_team \(name)_members;
    #define \(name)_team (&\(name)_members)
    // Lets up to `count` threads run: the caller and those that serve.
    void \(name)_threads(int count) {
      const int most = count < \(threads) ? count : \(threads);
      \(name)_members = (apus_team){most > 1 ? \(name)_share : 0, 0, most};
    }
    static _Alignas(16) unsigned char \(name)_stacks[\(threads)][\(Self.stackSize)];
    // Where the stack of worker i, from 0, begins: it grows down.
    void *\(name)_stack(int i) { return \(name)_stacks[i] + \(Self.stackSize); }
    // Runs parts until the host ends it.
    void \(name)_serve(void) {
      for (;;) {
        const int round = __atomic_load_n(&\(name)_work.round, __ATOMIC_SEQ_CST);
        \(name)_take();
        for (int i = 0; i < 20000 && __atomic_load_n(&\(name)_work.round, __ATOMIC_SEQ_CST) == round; i++) {}
        __builtin_wasm_memory_atomic_wait32(&\(name)_work.round, round, -1);
      }
    }
    """
  }

  /// A function that tells the addresses of arrays by number.
  private func address(_ function: String, _ names: [String]) -> String {
    """
    void *\(function)(int i) {
      \(names.isEmpty ? "(void)i;" : "void *all[] = {\(names.joined(separator: ", "))};")
      return \(names.isEmpty ? "0" : "i >= 0 && i < \(names.count) ? all[i] : 0");
    }
    """
  }
}
