import ApusCore

/// Finds the devices of this machine when somebody first asks for one. The core looks this type up by its name, so that a program
/// that links this module has its devices without saying so.
public enum GPUDevices: DeviceProvider {
  /// The engines, made at the first question.
  private static let engines: [GPUEngine] = {
    func engines(_ drivers: [any Driver], _ kind: String, _ dialect: String) -> [GPUEngine] {
      drivers.enumerated().compactMap { index, driver in
        try? GPUEngine(Device(kind, index: index), driver, dialect: dialect)
      }
    }
    return engines(CUDADriver.all(), "cuda", Dialect.cuda) + engines(OpenCLDriver.all(), "opencl", Dialect.openCL)
  }()

  /// Adds the devices of all drivers that this machine has.
  public static func addAll() { for engine in engines { Devices.add(engine) } }

  /// What this machine lacks for devices of a kind, for people; nil where there is one, or the kind is not known.
  package static func missing(for kind: String) -> String? {
    if engines.contains(where: { $0.device.type == kind }) { return nil }
    switch kind {
    case "cuda":
      let driver =
        CUDAFunctions.shared == nil
        ? ["NVIDIA's driver with a card (libcuda.so.1 is not found or does not start; APUS_CUDA names another file)"]
        : []
      let compiler =
        NVRTC.shared == nil
        ? ["CUDA's compiler NVRTC (pip install nvidia-cuda-nvrtc; APUS_NVRTC names another file or folder)"] : []
      let missing = driver + compiler
      return missing.isEmpty ? "CUDA's driver finds no card" : "CUDA needs \(missing.joined(separator: ", and "))"
    case "opencl":
      return OpenCLFunctions.shared == nil
        ? "OpenCL needs its loader (apt-get install ocl-icd-libopencl1; APUS_OPENCL names another file) and a driver"
        : "OpenCL needs a driver for a device with 64-bit floating point numbers; pocl-opencl-icd is one for the processor"
    default: return nil
    }
  }

  /// The texts of all kernels that a device has been given so far, each once, as CUDA C: whether a compiler takes them can be seen
  /// without a card.
  package static func kernelsInCUDA(of device: Device) -> [(name: String, text: String)] {
    var seen: Set<String> = []
    return (engine(device)?.kernelSources ?? []).map { ($0.name, $0.text(Dialect.cuda)) }.filter {
      seen.insert($0.1).inserted
    }
  }

  /// CUDA's compiler: its version, and nil where it is not found.
  package static var cudaCompiler: String? { NVRTC.shared?.version }

  /// Compiles a text for an architecture ("sm_90a"), with warnings as errors; gives the bytes of its machine code.
  package static func compileCUDA(_ text: String, architecture: String) throws(TensorError) -> Int {
    guard let compiler = NVRTC.shared else {
      throw TensorError(.value, "NVRTC", "it is not found; APUS_NVRTC names its file")
    }
    return try compiler.machineCode(text, architecture: architecture, warningsAreErrors: true).count
  }

  static func engine(_ device: Device) -> GPUEngine? { engines.first { $0.device == device } }

  /// What there is, for people: a line for each device, and for each kind of which there is none what it would need.
  public static var descriptions: [String] {
    let lacks = ["cuda", "opencl"].compactMap { kind in missing(for: kind).map { "\(kind): none. \($0)" } }
    return engines.map { engine in
      let about = engine.driver.description
      return "\(engine.device): \(about.name), \(about.driver), \(about.memory >> 20) MiB, "
        + "\(about.computeUnits) compute units"
    } + lacks
  }
}

extension Device {
  /// The first graphics card of this machine; nil where there is none. The processor seen as a device of OpenCL is none: the host is faster by
  /// itself.
  public static var gpu: Device? {
    Devices.available.first { device in GPUDevices.engine(device).map { !$0.driver.description.isHost } ?? false }
  }

  /// A card of NVIDIA's.
  public static func cuda(_ index: Int = 0) -> Device { Device("cuda", index: index) }

  /// A device that OpenCL offers.
  public static func opencl(_ index: Int = 0) -> Device { Device("opencl", index: index) }

  /// Waits until all work of this device is done, as `torch.cuda.synchronize`. The host is never behind.
  /// - Throws: what went wrong in that work.
  public func synchronize() throws(TensorError) { try GPUDevices.engine(self)?.synchronize() }

  /// What the memory of this device holds; nil for the host and for devices of others.
  public var memory: GPUMemory? { GPUDevices.engine(self)?.memory }

  /// Gives memory that no tensor uses back to the device's driver, as `torch.cuda.empty_cache`.
  public func emptyCache() { GPUDevices.engine(self)?.emptyCache() }
}
