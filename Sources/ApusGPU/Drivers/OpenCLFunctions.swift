import ApusCore

/// The functions of OpenCL 1.2 that the driver calls, from the loader that the system has (`libOpenCL.so.1`), found at run time.
/// `APUS_OPENCL` names another file, or says `off`. Declared here after the standard's text: handles are addresses, sizes are
/// `size_t`, flags are 64 bits wide.
struct OpenCLFunctions: Sendable {
  typealias Handle = UnsafeMutableRawPointer
  typealias Code = Int32

  typealias GetPlatforms =
    @Sendable @convention(c) (UInt32, UnsafeMutablePointer<Handle?>?, UnsafeMutablePointer<UInt32>?) -> Code
  typealias GetDevices =
    @Sendable @convention(c) (Handle, UInt64, UInt32, UnsafeMutablePointer<Handle?>?, UnsafeMutablePointer<UInt32>?) ->
    Code
  typealias GetInformation =
    @Sendable @convention(c) (Handle, UInt32, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Code
  typealias CreateContext =
    @Sendable @convention(c) (
      UnsafePointer<Int>?, UInt32, UnsafePointer<Handle?>, UnsafeRawPointer?, UnsafeRawPointer?,
      UnsafeMutablePointer<Code>?
    ) -> Handle?
  typealias CreateQueue = @Sendable @convention(c) (Handle, Handle, UInt64, UnsafeMutablePointer<Code>?) -> Handle?
  typealias CreateBuffer =
    @Sendable @convention(c) (Handle, UInt64, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Code>?) -> Handle?
  typealias Release = @Sendable @convention(c) (Handle) -> Code
  typealias Transfer =
    @Sendable @convention(c) (
      Handle, Handle, UInt32, Int, Int, UnsafeMutableRawPointer, UInt32, UnsafePointer<Handle?>?,
      UnsafeMutablePointer<Handle?>?
    ) -> Code
  typealias CreateProgram =
    @Sendable @convention(c) (
      Handle, UInt32, UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int>?, UnsafeMutablePointer<Code>?
    ) -> Handle?
  typealias BuildProgram =
    @Sendable @convention(c) (
      Handle, UInt32, UnsafePointer<Handle?>, UnsafePointer<CChar>?, UnsafeRawPointer?, UnsafeRawPointer?
    ) -> Code
  typealias GetBuildInformation =
    @Sendable @convention(c) (Handle, Handle, UInt32, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Code
  typealias CreateKernel =
    @Sendable @convention(c) (Handle, UnsafePointer<CChar>, UnsafeMutablePointer<Code>?) -> Handle?
  typealias SetArgument = @Sendable @convention(c) (Handle, UInt32, Int, UnsafeRawPointer?) -> Code
  typealias Enqueue =
    @Sendable @convention(c) (
      Handle, Handle, UInt32, UnsafePointer<Int>?, UnsafePointer<Int>, UnsafePointer<Int>?, UInt32,
      UnsafePointer<Handle?>?, UnsafeMutablePointer<Handle?>?
    ) -> Code

  let getPlatforms: GetPlatforms
  let platformInformation: GetInformation
  let getDevices: GetDevices
  let deviceInformation: GetInformation
  let createContext: CreateContext
  let createQueue: CreateQueue
  let createBuffer: CreateBuffer
  let releaseBuffer: Release
  let enqueueRead: Transfer
  let enqueueWrite: Transfer
  let createProgram: CreateProgram
  let buildProgram: BuildProgram
  let buildInformation: GetBuildInformation
  let createKernel: CreateKernel
  let setArgument: SetArgument
  let enqueue: Enqueue
  let finish: Release

  static let shared: OpenCLFunctions? = load()

  private static func load() -> OpenCLFunctions? {
    guard !DynamicLibrary.isDisabled("APUS_OPENCL") else { return nil }
    let candidates = DynamicLibrary.candidates(
      names: ["libOpenCL.so.1", "libOpenCL.so"], folder: nil, variable: "APUS_OPENCL")
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "clGetPlatformIDs") else { return nil }
    return OpenCLFunctions(library)
  }

  private init?(_ library: DynamicLibrary) {
    guard let getPlatforms = library.function("clGetPlatformIDs", as: GetPlatforms.self),
      let platformInformation = library.function("clGetPlatformInfo", as: GetInformation.self),
      let getDevices = library.function("clGetDeviceIDs", as: GetDevices.self),
      let deviceInformation = library.function("clGetDeviceInfo", as: GetInformation.self),
      let createContext = library.function("clCreateContext", as: CreateContext.self),
      let createQueue = library.function("clCreateCommandQueue", as: CreateQueue.self),
      let createBuffer = library.function("clCreateBuffer", as: CreateBuffer.self),
      let releaseBuffer = library.function("clReleaseMemObject", as: Release.self),
      let enqueueRead = library.function("clEnqueueReadBuffer", as: Transfer.self),
      let enqueueWrite = library.function("clEnqueueWriteBuffer", as: Transfer.self),
      let createProgram = library.function("clCreateProgramWithSource", as: CreateProgram.self),
      let buildProgram = library.function("clBuildProgram", as: BuildProgram.self),
      let buildInformation = library.function("clGetProgramBuildInfo", as: GetBuildInformation.self),
      let createKernel = library.function("clCreateKernel", as: CreateKernel.self),
      let setArgument = library.function("clSetKernelArg", as: SetArgument.self),
      let enqueue = library.function("clEnqueueNDRangeKernel", as: Enqueue.self),
      let finish = library.function("clFinish", as: Release.self)
    else { return nil }
    (self.getPlatforms, self.platformInformation, self.getDevices) = (getPlatforms, platformInformation, getDevices)
    (self.deviceInformation, self.createContext, self.createQueue) = (deviceInformation, createContext, createQueue)
    (self.createBuffer, self.releaseBuffer, self.enqueueRead) = (createBuffer, releaseBuffer, enqueueRead)
    (self.enqueueWrite, self.createProgram, self.buildProgram) = (enqueueWrite, createProgram, buildProgram)
    (self.buildInformation, self.createKernel, self.setArgument) = (buildInformation, createKernel, setArgument)
    (self.enqueue, self.finish) = (enqueue, finish)
  }

  /// The name of a result code, as the standard has it.
  static func name(_ code: Code) -> String {
    switch code {
    case -1: "DEVICE_NOT_FOUND"
    case -4: "MEM_OBJECT_ALLOCATION_FAILURE"
    case -5: "OUT_OF_RESOURCES"
    case -6: "OUT_OF_HOST_MEMORY"
    case -11: "BUILD_PROGRAM_FAILURE"
    case -30: "INVALID_VALUE"
    case -36: "INVALID_COMMAND_QUEUE"
    case -38: "INVALID_MEM_OBJECT"
    case -48: "INVALID_KERNEL"
    case -49: "INVALID_ARG_INDEX"
    case -51: "INVALID_ARG_SIZE"
    case -52: "INVALID_KERNEL_ARGS"
    case -54: "INVALID_WORK_GROUP_SIZE"
    case -61: "INVALID_BUFFER_SIZE"
    default: "error \(code)"
    }
  }
}
