import Apus

/// Compiles the texts of all kernels that a device has been given as CUDA C for each architecture, with warnings as errors, and prints
/// what the compiler has to say and a line of counts.
/// - Returns: whether it took all of them.
package func compileKernels(of device: Device, for architectures: [String]) -> Bool {
  guard let version = GPUDevices.cudaCompiler else {
    print("NVRTC is not found; APUS_NVRTC names its file")
    return false
  }
  let kernels = GPUDevices.kernelsInCUDA(of: device)
  var isDone = true
  for architecture in architectures {
    var (failed, bytes) = (0, 0)
    for (name, text) in kernels {
      do throws(TensorError) {
        bytes += try GPUDevices.compileCUDA(text, architecture: architecture)
      } catch {
        failed += 1
        print("\(name): \(error)")
      }
    }
    print(
      "\(architecture): \(kernels.count - failed) kernels compile by NVRTC \(version), \(failed) fail, \(bytes) bytes")
    isDone = isDone && failed == 0
  }
  return isDone
}
