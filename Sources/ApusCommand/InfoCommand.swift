import Apus
import ApusCore

/// `apus info`: what this program has found on the machine.
enum InfoCommand: Command {
  static let name = "info"
  static let abstract = "what was found on this machine, and what would make it faster"
  static let usage = """
    usage: apus info

    Prints the version, the processor and its vector instructions, threads and memory, the libraries that were found and
    where, and what would make it faster.
    """

  static func run(_ options: inout Options) throws {
    try options.finish()
    let vectors = ["avx512f", "avx512_bf16", "amx_bf16", "avx2", "fma", "f16c", "asimd"].filter {
      CPUInfo.features.contains($0)
    }
    let kernels = CPUInfo.hasAVX512 ? "AVX-512" : CPUInfo.features.contains("avx2") ? "AVX2" : "baseline"
    Parallel.prepare()
    let rows = [
      ("version", apusVersion),
      ("processor", CPUInfo.modelName),
      ("instructions", vectors.isEmpty ? "baseline" : vectors.joined(separator: " ")),
      ("kernels", kernels),
      ("threads", "\(getNumThreads()) of \(CPUInfo.logicalProcessors.count) processors"),
      ("memory", "\(CPUInfo.memoryBytes >> 20) MiB"),
      ("oneDNN", OneDNN.path.map { "\(OneDNN.version ?? "") in \($0)" } ?? "not found: portable kernels are used"),
      ("OpenMP", Parallel.runtimePath ?? "not found: Dispatch is used"),
    ]
    let width = rows.map(\.0.count).max() ?? 0
    for (label, value) in rows {
      print(label + String(repeating: " ", count: width - label.count + 2) + value)
    }
    var advice: [String] = []
    if !OneDNN.isAvailable {
      advice.append(
        "install oneDNN 3 (make setup in a checkout, or set APUS_ONEDNN to libdnnl.so.3): products and convolutions")
    }
    if Parallel.runtimePath == nil { advice.append("install libgomp (apt-get install libgomp1): starting threads") }
    print(
      advice.isEmpty
        ? "\nNothing is missing." : "\nFaster with:\n" + advice.map { "  - \($0)" }.joined(separator: "\n"))
  }
}
