import ApusCore
import CKernels

/// A program as the texts of a C library.
struct CLibraryText {
  private let program: CProgram
  private let name: String
  /// Tells the weights of this program from those of others.
  private let fingerprint: String

  /// Bytes in front of the intermediate results in a workspace: the place of the weights.
  private static let headSize = 64
  private static let alignment = 64

  init(_ program: CProgram, name: String) {
    self.program = program
    self.name = name
    fingerprint = Self.fingerprint(program.constants, program.statements)
  }

  /// Tells weights of one layout, for functions of these bodies, from others.
  static func fingerprint(_ constants: [CProgram.Constant], _ body: [String]) -> String {
    let layout = constants.map { "\($0.name) \($0.cType) \($0.tensor.count)" }
    return String(CacheFolder.fingerprint((layout + body).joined(separator: "\n").utf8).prefix(16))
  }

  var workspaceSize: Int { Self.headSize + max(Self.alignment, program.arenaSize) }

  /// The structure of weights as bytes.
  var weights: [UInt8] { Self.weights(program.constants, fingerprint) }

  /// How many bytes ``weights(_:_:)`` has.
  static func weightsSize(_ constants: [CProgram.Constant]) -> Int {
    constants.reduce(alignment) { sum, constant in
      let size = max(1, constant.tensor.count * constant.tensor.dtype.size)
      return sum + (size + alignment - 1) / alignment * alignment
    }
  }

  /// The structure of weights as bytes: the fingerprint, then each constant from a multiple of 64 bytes on.
  static func weights(_ constants: [CProgram.Constant], _ fingerprint: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(weightsSize(constants))
    func pad() {
      bytes += [UInt8](repeating: 0, count: (Self.alignment - bytes.count % Self.alignment) % Self.alignment)
    }
    withUnsafeBytes(of: (UInt64(fingerprint, radix: 16) ?? 0).littleEndian) { bytes += $0 }
    pad()
    for constant in constants {
      constant.tensor.withUnsafeBytes { bytes.append(contentsOf: $0) }
      if constant.tensor.count == 0 { bytes.append(0) }
      pad()
    }
    return bytes
  }

  // MARK: Parts

  private static func declaration(_ p: CProgram.Parameter, isInput: Bool) -> String {
    "\(isInput ? "const " : "")\(p.cType) *\(p.name)"
  }
  /// The parameters of the function.
  var parameters: String { Self.parameters(program) }
  /// The parameters of the function of a program.
  static func parameters(_ program: CProgram) -> String {
    (program.inputs.map { declaration($0, isInput: true) } + program.outputs.map { declaration($0, isInput: false) })
      .joined(separator: ", ")
  }
  private var arguments: String { (program.inputs + program.outputs).map(\.name).joined(separator: ", ") }

  private var described: String {
    (program.inputs + program.outputs).map { "//   \($0.name): \($0.type.dtype)\($0.type.shape)" }
      .joined(separator: "\n")
  }

  /// The structure of weights in C.
  static func weightsType(_ constants: [CProgram.Constant], name: String) -> String {
    let members = constants.map {
      "  _Alignas(\(Self.alignment)) \($0.cType) \($0.name)[\(max(1, $0.tensor.count))];"
    }
    return """
      // The weights, as they lie in memory and in files.
      struct \(name)_weights {
        _Alignas(\(Self.alignment)) unsigned long long fingerprint;
      \(members.joined(separator: "\n"))
      };
      """
  }

  /// The weights as data.
  static func weightsData(_ constants: [CProgram.Constant], _ fingerprint: String, name: String) -> String {
    let members = constants.map { constant in
      let tensor = constant.tensor
      let numbers: [String] =
        switch tensor.dtype {
        case .float32: tensor.array().map { cNumber(Double($0), .float32) }
        case .float64: tensor.array(as: Double.self).map { cNumber($0, .float64) }
        case .int64: tensor.array(as: Int64.self).map { cInteger(Int($0)) }
        default: tensor.array(as: Int64.self).map(String.init)
        }
      return "  {\(numbers.isEmpty ? "0" : numbers.joined(separator: ", "))},"
    }
    return """
      static const struct \(name)_weights \(name)_data = {
        0x\(fingerprint)ULL,
      \(members.joined(separator: "\n"))
      };
      """
  }

  /// The math prelude, the helpers and the function that does the work.
  private var implementation: String {
    Self.implementation([self], weightsType: Self.weightsType(program.constants, name: name))
  }

  /// The function that computes the results, behind those of steps that it calls, which reads the structure `NAME_weights`.
  private func work(_ weightsName: String) -> String {
    let own = CStepFunction(name: "\(name)_compute", parameters: parameters, body: program.body)
    return (program.functions + [own]).map { function in
      let shared = function.parameters.isEmpty ? "" : ", " + function.parameters
      return """
        static void \(function.name)(
            const apus_team *team, unsigned char *arena, const struct \(weightsName)_weights *weights\(shared)) {
          (void)team, (void)arena, (void)weights;
        \(Self.indented(function.body))
        }
        """
    }.joined(separator: "\n")
  }

  /// The math prelude, the helpers, the structure of weights and the functions that do the work.
  static func implementation(_ functions: [CLibraryText], weightsType: String, weightsName: String? = nil) -> String {
    let kernels = functions.flatMap(\.program.kernels).joined(separator: "\n")
    let work = functions.map { $0.work(weightsName ?? $0.name) }.joined(separator: "\n")
    let stream = kernels.contains("apus_stream(") || kernels.contains("APUS_INTERLEAVED") ? CKernelSource.common : ""
    let prelude = String(cString: ck_math_text()).replacing("#pragma once\n", with: "")
    return """
      #if defined(__clang__)
      #pragma clang diagnostic ignored "-Wunused-function"
      #pragma clang diagnostic ignored "-Wpass-failed"
      #pragma clang fp reassociate(on)
      #endif
      \(CHelper.guarded("math", prelude))
      \(CHelper.texts(for: kernels + work))
      \(stream.isEmpty ? "" : CHelper.guarded("stream", stream))
      \(weightsType)

      \(kernels)
      \(work)
      """
  }

  private static func indented(_ lines: [String]) -> String {
    var depth = 1
    var text = ""
    for line in lines.joined(separator: "\n").split(separator: "\n") {
      let line = line.drop { $0 == " " }
      if line.isEmpty { continue }
      if line.hasPrefix("}") { depth -= 1 }
      text += String(repeating: "  ", count: max(0, depth)) + line + "\n"
      if line.hasSuffix("{") { depth += 1 }
    }
    return text
  }

  /// The name, arguments and results as JSON, which hosts that are written without the header read.
  private var about: String { Self.about(name, "{" + json + "}") }

  /// A function that gives a text of JSON.
  static func about(_ name: String, _ json: String) -> String {
    "const char *\(name)_about(void) { return \"\(json.replacing("\"", with: "\\\""))\"; }"
  }

  /// The name, arguments and results as members of an object of JSON.
  private var json: String {
    "\"name\": \"\(name)\", \"inputs\": \(Self.list(program.inputs.map { ($0.name, $0.type) }))"
      + ", \"outputs\": \(Self.list(program.outputs.map { ($0.name, $0.type) }))"
  }

  /// Arguments or results as a list of JSON.
  static func list(_ parameters: [(name: String, type: TensorType)]) -> String {
    let items = parameters.map {
      "{\"name\": \"\($0.name)\", \"dtype\": \"\($0.type.dtype)\", \"shape\": \($0.type.shape)}"
    }
    return "[\(items.joined(separator: ", "))]"
  }

  // MARK: Threads

  private static let runType =
    "void (*run)(void *context, int parts, void (*task)(void *argument, int part), void *argument)"
  private var team: String { program.threads > 1 ? "&head->team" : "0" }
  private var parallelHeader: String {
    if program.threads == 1 { return "" }
    return """

      // Lets runs in this workspace use up to \(program.threads) threads: run(context, parts, task, argument) is called, by which task(argument, part) is to
      // be called once for each part below `parts`, at the same time, and which returns when all are done. NULL: no threads.
      void \(name)_parallel(void *workspace, \(Self.runType), void *context);
      """
  }
  private var parallelSource: String {
    if program.threads == 1 { return "" }
    return """

      void \(name)_parallel(void *workspace, \(Self.runType), void *context) {
        ((struct \(name)_head *)workspace)->team = (apus_team){run, context, \(program.threads)};
      }
      """
  }

  // MARK: Texts

  func header(_ placement: CLibrary.Weights) -> String {
    let guardName = "\(name.uppercased())_H"
    let own =
      placement == .inSource
      ? "\n// The weights in this library: what \(name)_init takes for NULL.\nconst void *\(name)_weights(void);" : ""
    return """
      // \(name): made by Apus from a captured function. Arrays are row-major:
      \(described)
      #ifndef \(guardName)
      #define \(guardName)
      #include <stddef.h>
      #ifdef __cplusplus
      extern "C" {
      #endif

      // The bytes of memory that a run needs beside its arguments. Each thread that runs has its own.
      size_t \(name)_workspace_size(void);
      // The bytes of the weights.
      size_t \(name)_weights_size(void);\(own)
      // Makes a workspace, aligned to 16 bytes, ready to run with weights, aligned to 64 bytes, which stay where they are while it is used.
      // Gives 0, or 1: there is no workspace or it is not aligned, 2: there are no weights or they are not aligned, 3: they belong to another program.
      int \(name)_init(void *workspace, const void *weights);
      // Name, arguments and results as JSON.
      const char *\(name)_about(void);
      // Runs in a workspace that \(name)_init made ready.
      void \(name)_run(void *workspace, \(parameters));\(parallelHeader)

      #ifdef __cplusplus
      }
      #endif
      #endif

      """
  }

  func source(_ placement: CLibrary.Weights) -> String {
    let isInside = placement == .inSource
    return """
      #include "\(name).h"
      \(implementation)

      \(about)
      size_t \(name)_workspace_size(void) { return \(workspaceSize); }
      size_t \(name)_weights_size(void) { return sizeof(struct \(name)_weights); }
      // What lies at the beginning of a workspace.
      struct \(name)_head {
        const struct \(name)_weights *weights;
        apus_team team;
      };
      \(isInside ? Self.weightsData(program.constants, fingerprint, name: name) + "\nconst void *\(name)_weights(void) { return &\(name)_data; }" : "")
      int \(name)_init(void *workspace, const void *weights) {
        if (!workspace || (size_t)workspace % 16) return 1;
        \(isInside ? "if (!weights) weights = &\(name)_data;" : "")
        if (!weights || (size_t)weights % \(Self.alignment)) return 2;
        if (((const struct \(name)_weights *)weights)->fingerprint != 0x\(fingerprint)ULL) return 3;
        struct \(name)_head *head = (struct \(name)_head *)workspace;
        head->weights = (const struct \(name)_weights *)weights;
        head->team = (apus_team){0, 0, \(program.threads)};
        return 0;
      }
      void \(name)_run(void *workspace, \(parameters)) {
        struct \(name)_head *head = (struct \(name)_head *)workspace;
        \(name)_compute(\(team), (unsigned char *)workspace + \(Self.headSize), head->weights, \(arguments));
      }\(parallelSource)

      """
  }

  /// All in one file with static memory, behind functions that need no workspace: what ``WebModuleText`` makes of one function, and
  /// the function itself.
  func simple(_ placement: CLibrary.Weights) -> String {
    let module = WebModuleText(
      name: name, [WebModuleText.Function(prefix: name, text: self, program: program)], constants: program.constants,
      placement: placement, about: json, fingerprint: fingerprint)
    return """
      // \(name): made by Apus from a captured function. Arrays are row-major:
      \(described)
      // It keeps its memory in static arrays, so that one thread at a time may call it.
      \(module.text)
      void \(name)(\(parameters)) { \(name)_compute(0, \(name)_arena, \(name)_used, \(arguments)); }

      """
  }
}
