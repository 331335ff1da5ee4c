import Apus
import ApusCore

/// What there is on this machine and what is used of it, as lines of text.
func systemReport() -> [String] {
  let gigabytes = Double(CPUInfo.memoryBytes) / Double(1 << 30)
  let wanted = [
    "avx2", "fma", "avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512_bf16", "amx_tile", "neon", "asimd",
  ]
  let features = wanted.filter { CPUInfo.features.contains($0) }
  let quota = CPUInfo.quota.map { ", limited to \($0) by the container" } ?? ""
  let oneDNN = OneDNN.path.map { "\(OneDNN.version ?? "") at \($0)" } ?? "not found: portable kernels are used"
  var lines: [String] = ["apus \(apusVersion)", ""]
  lines.append("processor   \(CPUInfo.modelName)")
  lines.append("            \(CPUInfo.physicalCores) cores, \(CPUInfo.logicalProcessors.count) threads\(quota)")
  lines.append("features    \(features.isEmpty ? "none that kernels are made for" : features.joined(separator: " "))")
  lines.append("memory      \((gigabytes * 10).rounded() / 10) GiB")
  lines.append("threads     \(getNumThreads()) for operations (APUS_NUM_THREADS sets another number)")
  lines += ["", "engines", "  oneDNN    \(oneDNN)"]
  let lapack = LAPACK.path.map { "\(LAPACK.version ?? "") at \($0)" } ?? "not found: plain code of Apus is used"
  lines.append("  LAPACK    \(lapack)")
  lines.append("  OpenMP    \(Parallel.runtimePath ?? "not found: Dispatch is used")")
  lines += ["", "devices"]
  lines += GPUDevices.descriptions.map { "  \($0)" }
  var advice: [String] = []
  if !OneDNN.isAvailable {
    advice.append(
      "oneDNN makes matrix products and convolutions several times faster: run scripts/setup.sh in the checkout")
  }
  if !LAPACK.isAvailable {
    advice.append(
      "OpenBLAS factorises matrices several times faster: run scripts/setup.sh, or apt-get install libopenblas0-openmp")
  }
  if Parallel.runtimePath == nil {
    advice.append("libgomp starts threads faster than Dispatch: apt-get install libgomp1")
  }
  if getNumThreads() < CPUInfo.physicalCores {
    advice.append("operations use \(getNumThreads()) of \(CPUInfo.physicalCores) cores: set APUS_NUM_THREADS")
  }
  if isDebugBuild {
    advice.append("this is a debug build, in which kernels are far slower: build with swift build -c release")
  }
  lines += ["", advice.isEmpty ? "Nothing is missing that would make it faster." : "What would make it faster"]
  lines += advice.map { "  " + $0 }
  return lines
}

private var isDebugBuild: Bool {
  // An assertion's condition is evaluated in debug builds only.
  var evaluated = false
  assert(
    {
      evaluated = true
      return true
    }())
  return evaluated
}
