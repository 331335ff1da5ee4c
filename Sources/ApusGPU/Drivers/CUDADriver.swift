import ApusCore

/// A card of NVIDIA's, by the driver's own interface and the compiler NVRTC.
final class CUDADriver: Driver {
  private typealias Handle = CUDAFunctions.Handle

  private struct Handles: @unchecked Sendable {
    let context: Handle
    let stream: Handle
  }

  let description: DriverDescription
  private let cuda: CUDAFunctions
  private let compiler: NVRTC
  private let handles: Handles
  /// "sm_90a".
  private let architecture: String

  /// All cards of the machine. None where the compiler is missing.
  static func all() -> [CUDADriver] {
    guard let cuda = CUDAFunctions.shared, let compiler = NVRTC.shared else { return [] }
    var count: Int32 = 0
    guard cuda.deviceCount(&count) == 0 else { return [] }
    return (0..<count).compactMap { CUDADriver(cuda, compiler, $0) }
  }

  private init?(_ cuda: CUDAFunctions, _ compiler: NVRTC, _ index: Int32) {
    (self.cuda, self.compiler) = (cuda, compiler)
    var (device, version): (Int32, Int32) = (0, 0)
    var (context, stream): (Handle?, Handle?) = (nil, nil)
    var memory = 0
    var name = [CChar](repeating: 0, count: 256)
    guard cuda.device(&device, index) == 0, cuda.deviceName(&name, 255, device) == 0,
      cuda.deviceMemory(&memory, device) == 0, cuda.version(&version) == 0,
      cuda.retainContext(&context, device) == 0, let context, cuda.setContext(context) == 0,
      cuda.createStream(&stream, Self.apartFromOthers) == 0, let stream
    else { return nil }
    func attribute(_ key: Int32) -> Int {
      var value: Int32 = 0
      return cuda.deviceAttribute(&value, key, device) == 0 ? Int(value) : 0
    }
    let (major, minor) = (attribute(Self.major), attribute(Self.minor))
    // What is new in these architectures is in the code for them alone.
    architecture = "sm_\(major)\(minor)\(major == 9 ? "a" : "")"
    handles = Handles(context: context, stream: stream)
    description = DriverDescription(
      driver: "CUDA \(version / 1000).\(version % 1000 / 10), NVRTC \(compiler.version), \(architecture)",
      name: String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), memory: memory,
      computeUnits: attribute(Self.multiprocessors), isHost: false)
  }

  // Numbers of the published interface.
  private static let apartFromOthers: UInt32 = 1
  private static let multiprocessors: Int32 = 16
  private static let (major, minor): (Int32, Int32) = (75, 76)
  private static let outOfMemory: CUDAFunctions.Code = 2

  private func check(_ code: CUDAFunctions.Code, _ what: String) throws(TensorError) {
    if code == 0 { return }
    throw TensorError(
      code == Self.outOfMemory ? .memory : .value, what, "\(description.name) reports \(cuda.name(code))")
  }

  /// Makes the device's context that of the calling thread.
  private func enter() throws(TensorError) { try check(cuda.setContext(handles.context), "device") }

  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    var address: UInt64 = 0
    guard cuda.setContext(handles.context) == 0, cuda.allocate(&address, byteCount) == 0 else { return nil }
    return UnsafeMutableRawPointer(bitPattern: UInt(address))
  }

  func release(_ block: UnsafeMutableRawPointer) {
    // Waits for what is queued, as the interface says of it.
    _ = cuda.setContext(handles.context)
    _ = cuda.free(UInt64(UInt(bitPattern: block)))
  }

  func write(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int) throws(TensorError) {
    try enter()
    // Of memory that is not pinned, the driver has taken a copy when this returns.
    try check(
      cuda.copyIn(UInt64(UInt(bitPattern: block)), host, byteCount, handles.stream), "copying to the device")
  }

  func read(
    _ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int
  ) throws(TensorError) {
    try enter()
    try check(
      cuda.copyOut(host, UInt64(UInt(bitPattern: block + offset)), byteCount, handles.stream), "copying to the host")
    try synchronize()
  }

  func synchronize() throws(TensorError) {
    try enter()
    try check(cuda.synchronize(handles.stream), "synchronize")
  }

  // MARK: Kernels

  private final class Program: DriverProgram, @unchecked Sendable {
    let handle: Handle
    let driver: CUDADriver
    init(_ handle: Handle, _ driver: CUDADriver) { (self.handle, self.driver) = (handle, driver) }

    func kernel(_ name: String) throws(TensorError) -> any DriverKernel {
      try driver.enter()
      var function: Handle?
      try driver.check(driver.cuda.function(&function, handle, name), name)
      guard let function else { throw TensorError(.value, name, "there is no such kernel") }
      return Kernel(function, self)
    }
  }

  private final class Kernel: DriverKernel, @unchecked Sendable {
    let handle: Handle
    let program: Program
    init(_ handle: Handle, _ program: Program) { (self.handle, self.program) = (handle, program) }
  }

  func build(_ source: String) throws(TensorError) -> any DriverProgram {
    let maker = "\(description.driver), \(NVRTC.options(architecture).joined(separator: " "))"
    let code = try KernelStore.code(source, from: maker) { () throws(TensorError) in
      try compiler.machineCode(source, architecture: architecture)
    }
    try enter()
    var module: Handle?
    try check(cuda.loadModule(&module, code), "loading a kernel")
    guard let module else { throw TensorError(.value, "loading a kernel", "\(description.name) gives no module") }
    return Program(module, self)
  }

  func launch(_ kernel: any DriverKernel, _ grid: Grid, _ arguments: [Argument]) throws(TensorError) {
    let kernel = unsafeDowncast(kernel, to: Kernel.self)
    try enter()
    // Every argument has a word of its own; a float lies in its first half.
    var words: [UInt64] = []
    words.reserveCapacity(2 * arguments.count)
    for argument in arguments {
      switch argument {
      case .place(let block, let offset):
        words.append(UInt64(UInt(bitPattern: block)))
        words.append(UInt64(bitPattern: Int64(offset)))
      case .tensor(let tensor):
        words.append(UInt64(UInt(bitPattern: tensor.deviceBlock)))
        words.append(UInt64(bitPattern: Int64(tensor.deviceAddress - tensor.deviceBlock)))
      case .int(let value): words.append(UInt64(bitPattern: Int64(value)))
      case .float(let value): words.append(UInt64(value.bitPattern))
      case .double(let value): words.append(value.bitPattern)
      }
    }
    let code = words.withUnsafeMutableBytes { words in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: max(1, words.count / 8)) { list in
        for i in 0..<words.count / 8 { list.initializeElement(at: i, to: words.baseAddress.map { $0 + 8 * i }) }
        return cuda.launch(
          kernel.handle, UInt32(grid.groups), 1, 1, UInt32(grid.threads), 1, 1, 0, handles.stream, list.baseAddress, nil
        )
      }
    }
    try check(code, "launching a kernel")
  }
}
