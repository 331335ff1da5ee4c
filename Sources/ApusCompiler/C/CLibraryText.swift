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
    let layout = program.constants.map { "\($0.name) \($0.cType) \($0.tensor.count)" }
    fingerprint = String(CacheFolder.fingerprint((layout + program.body).joined(separator: "\n").utf8).prefix(16))
  }

  var workspaceSize: Int { Self.headSize + max(Self.alignment, program.arenaSize) }

  /// The structure of weights as bytes: the fingerprint, then each constant from a multiple of 64 bytes on.
  var weights: [UInt8] {
    var bytes: [UInt8] = []
    func pad() {
      bytes += [UInt8](repeating: 0, count: (Self.alignment - bytes.count % Self.alignment) % Self.alignment)
    }
    withUnsafeBytes(of: (UInt64(fingerprint, radix: 16) ?? 0).littleEndian) { bytes += $0 }
    pad()
    for constant in program.constants {
      constant.tensor.withUnsafeBytes { bytes += $0.isEmpty ? [0] : Array($0) }
      pad()
    }
    return bytes
  }

  // MARK: Parts

  private func declaration(_ p: CProgram.Parameter, isInput: Bool) -> String {
    "\(isInput ? "const " : "")\(p.cType) *\(p.name)"
  }
  private var parameters: String {
    (program.inputs.map { declaration($0, isInput: true) } + program.outputs.map { declaration($0, isInput: false) })
      .joined(separator: ", ")
  }
  private var arguments: String { (program.inputs + program.outputs).map(\.name).joined(separator: ", ") }

  private var described: String {
    (program.inputs + program.outputs).map { "//   \($0.name): \($0.type.dtype)\($0.type.shape)" }
      .joined(separator: "\n")
  }

  private var weightsType: String {
    let members = program.constants.map {
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
  private var weightsData: String {
    let members = program.constants.map { constant in
      let tensor = constant.tensor
      let numbers: [String] =
        switch tensor.dtype {
        case .float32: tensor.array().map { cNumber(Double($0), .float32) }
        case .float64: tensor.array(as: Double.self).map { cNumber($0, .float64) }
        default: tensor.array(as: Int64.self).map { cInteger(Int($0)) }
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
    let kernels = program.kernels.joined(separator: "\n")
    let body = Self.indented(program.body)
    let work = """
      static void \(name)_compute(
          unsigned char *arena, const struct \(name)_weights *weights, \(parameters)) {
        (void)arena, (void)weights;
      \(body)
      }
      """
    let stream = kernels.contains("apus_stream(") || kernels.contains("APUS_INTERLEAVED") ? CKernelSource.common : ""
    let prelude = String(cString: ck_math_text()).replacing("#pragma once\n", with: "")
    return """
      #if defined(__clang__)
      #pragma clang diagnostic ignored "-Wunused-function"
      #pragma clang diagnostic ignored "-Wpass-failed"
      #pragma clang fp reassociate(on)
      #endif
      \(CHelper.guarded("math", prelude))
      \(CHelper.texts(for: kernels + body))
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
  private var about: String {
    func list(_ parameters: [CProgram.Parameter]) -> String {
      let items = parameters.map {
        "{\"name\": \"\($0.name)\", \"dtype\": \"\($0.type.dtype)\", \"shape\": \($0.type.shape)}"
      }
      return "[\(items.joined(separator: ", "))]"
    }
    let text = "{\"name\": \"\(name)\", \"inputs\": \(list(program.inputs)), \"outputs\": \(list(program.outputs))}"
    return "const char *\(name)_about(void) { return \"\(text.replacing("\"", with: "\\\""))\"; }"
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
      void \(name)_run(void *workspace, \(parameters));

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
      \(isInside ? weightsData + "\nconst void *\(name)_weights(void) { return &\(name)_data; }" : "")
      int \(name)_init(void *workspace, const void *weights) {
        if (!workspace || (size_t)workspace % 16) return 1;
        \(isInside ? "if (!weights) weights = &\(name)_data;" : "")
        if (!weights || (size_t)weights % \(Self.alignment)) return 2;
        if (((const struct \(name)_weights *)weights)->fingerprint != 0x\(fingerprint)ULL) return 3;
        *(const void **)workspace = weights;
        return 0;
      }
      void \(name)_run(void *workspace, \(parameters)) {
        \(name)_compute((unsigned char *)workspace + \(Self.headSize), *(const void **)workspace, \(arguments));
      }

      """
  }

  /// All in one file with static memory, behind functions that need no workspace.
  var simple: String {
    func statics(_ parameters: [CProgram.Parameter], _ prefix: String) -> (text: [String], names: [String]) {
      let names = parameters.indices.map { "\(prefix)_\($0)" }
      return (zip(parameters, names).map { "static \($0.cType) \($1)[\(max(1, $0.type.count))];" }, names)
    }
    let (inputs, outputs) = (statics(program.inputs, "input"), statics(program.outputs, "output"))
    func address(_ suffix: String, _ names: [String]) -> String {
      """
      void *\(name)_\(suffix)(int i) {
        \(names.isEmpty ? "(void)i;" : "void *all[] = {\(names.joined(separator: ", "))};")
        return \(names.isEmpty ? "0" : "i >= 0 && i < \(names.count) ? all[i] : 0");
      }
      """
    }
    return """
      // \(name): made by Apus from a captured function. Arrays are row-major:
      \(described)
      // It keeps its memory in static arrays, so that one thread at a time may call it.
      \(implementation)

      \(weightsData)
      static _Alignas(64) unsigned char \(name)_arena[\(max(Self.alignment, program.arenaSize))];

      void \(name)(\(parameters)) { \(name)_compute(\(name)_arena, &\(name)_data, \(arguments)); }

      \((inputs.text + outputs.text).joined(separator: "\n"))
      \(about)
      \(address("input", inputs.names))
      \(address("output", outputs.names))
      void \(name)_run(void) { \(name)(\((inputs.names + outputs.names).joined(separator: ", "))); }

      """
  }
}
