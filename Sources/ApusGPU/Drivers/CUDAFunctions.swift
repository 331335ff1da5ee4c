import ApusCore

/// The functions of CUDA's driver that are called here, found at run time in the driver's own library (`libcuda.so.1`).
/// `APUS_CUDA` names another file, or says `off`. Declared after the published interface: handles are addresses, a device is a number,
/// an address of the device has 64 bits.
struct CUDAFunctions: Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Code = Int32

  typealias WithNumber = @Sendable @convention(c) (UInt32) -> Code
  typealias GetNumber = @Sendable @convention(c) (UnsafeMutablePointer<Int32>) -> Code
  typealias GetDevice = @Sendable @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Code
  typealias GetName = @Sendable @convention(c) (UnsafeMutablePointer<CChar>, Int32, Int32) -> Code
  typealias GetMemory = @Sendable @convention(c) (UnsafeMutablePointer<Int>, Int32) -> Code
  typealias GetAttribute = @Sendable @convention(c) (UnsafeMutablePointer<Int32>, Int32, Int32) -> Code
  typealias RetainContext = @Sendable @convention(c) (UnsafeMutablePointer<Handle?>, Int32) -> Code
  typealias WithHandle = @Sendable @convention(c) (Handle) -> Code
  typealias CreateStream = @Sendable @convention(c) (UnsafeMutablePointer<Handle?>, UInt32) -> Code
  typealias Allocate = @Sendable @convention(c) (UnsafeMutablePointer<UInt64>, Int) -> Code
  typealias Free = @Sendable @convention(c) (UInt64) -> Code
  typealias CopyIn = @Sendable @convention(c) (UInt64, UnsafeRawPointer, Int, Handle) -> Code
  typealias CopyOut = @Sendable @convention(c) (UnsafeMutableRawPointer, UInt64, Int, Handle) -> Code
  typealias LoadModule = @Sendable @convention(c) (UnsafeMutablePointer<Handle?>, UnsafeRawPointer) -> Code
  typealias GetFunction = @Sendable @convention(c) (UnsafeMutablePointer<Handle?>, Handle, UnsafePointer<CChar>) -> Code
  typealias Launch =
    @Sendable @convention(c) (
      Handle, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, Handle,
      UnsafeMutablePointer<UnsafeMutableRawPointer?>?, UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> Code
  typealias GetErrorName = @Sendable @convention(c) (Code, UnsafeMutablePointer<UnsafePointer<CChar>?>) -> Code

  let start: WithNumber
  let version: GetNumber
  let deviceCount: GetNumber
  let device: GetDevice
  let deviceName: GetName
  let deviceMemory: GetMemory
  let deviceAttribute: GetAttribute
  let retainContext: RetainContext
  let setContext: WithHandle
  let createStream: CreateStream
  let synchronize: WithHandle
  let allocate: Allocate
  let free: Free
  let copyIn: CopyIn
  let copyOut: CopyOut
  let loadModule: LoadModule
  let function: GetFunction
  let launch: Launch
  private let errorName: GetErrorName

  static let shared: CUDAFunctions? = load()

  private static func load() -> CUDAFunctions? {
    guard !DynamicLibrary.isDisabled("APUS_CUDA") else { return nil }
    let candidates = DynamicLibrary.candidates(
      names: ["libcuda.so.1", "libcuda.so"], folder: nil, variable: "APUS_CUDA")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "cuInit"), let cuda = CUDAFunctions(library),
      cuda.start(0) == 0
    else { return nil }
    return cuda
  }

  private init?(_ library: DynamicLibrary) {
    guard let start = library.function("cuInit", as: WithNumber.self),
      let version = library.function("cuDriverGetVersion", as: GetNumber.self),
      let deviceCount = library.function("cuDeviceGetCount", as: GetNumber.self),
      let device = library.function("cuDeviceGet", as: GetDevice.self),
      let deviceName = library.function("cuDeviceGetName", as: GetName.self),
      let deviceMemory = library.function("cuDeviceTotalMem_v2", as: GetMemory.self),
      let deviceAttribute = library.function("cuDeviceGetAttribute", as: GetAttribute.self),
      let retainContext = library.function("cuDevicePrimaryCtxRetain", as: RetainContext.self),
      let setContext = library.function("cuCtxSetCurrent", as: WithHandle.self),
      let createStream = library.function("cuStreamCreate", as: CreateStream.self),
      let synchronize = library.function("cuStreamSynchronize", as: WithHandle.self),
      let allocate = library.function("cuMemAlloc_v2", as: Allocate.self),
      let free = library.function("cuMemFree_v2", as: Free.self),
      let copyIn = library.function("cuMemcpyHtoDAsync_v2", as: CopyIn.self),
      let copyOut = library.function("cuMemcpyDtoHAsync_v2", as: CopyOut.self),
      let loadModule = library.function("cuModuleLoadData", as: LoadModule.self),
      let function = library.function("cuModuleGetFunction", as: GetFunction.self),
      let launch = library.function("cuLaunchKernel", as: Launch.self),
      let errorName = library.function("cuGetErrorName", as: GetErrorName.self)
    else { return nil }
    (self.start, self.version, self.deviceCount, self.device) = (start, version, deviceCount, device)
    (self.deviceName, self.deviceMemory, self.deviceAttribute) = (deviceName, deviceMemory, deviceAttribute)
    (self.retainContext, self.setContext, self.createStream) = (retainContext, setContext, createStream)
    (self.synchronize, self.allocate, self.free) = (synchronize, allocate, free)
    (self.copyIn, self.copyOut, self.loadModule) = (copyIn, copyOut, loadModule)
    (self.function, self.launch, self.errorName) = (function, launch, errorName)
  }

  /// The name of a result code.
  func name(_ code: Code) -> String {
    var text: UnsafePointer<CChar>?
    guard errorName(code, &text) == 0, let text else { return "error \(code)" }
    return String(cString: text)
  }
}
