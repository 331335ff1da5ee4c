import ApusCore

/// A device that OpenCL offers: a graphics card, or through PoCL the processor itself.
final class OpenCLDriver: Driver {
  private typealias Handle = OpenCLFunctions.Handle

  /// Handles of OpenCL, whose functions may be called by all threads.
  private struct Handles: @unchecked Sendable {
    let device: Handle
    let context: Handle
    let queue: Handle
  }

  let description: DriverDescription
  private let cl: OpenCLFunctions
  private let handles: Handles
  /// Held while a kernel's arguments are set and it is queued: they belong to the kernel and not to the call.
  private let launching = Lock(())

  /// The devices of all platforms that have 64-bit floating point numbers, those that are not the host's processor first.
  static func all() -> [OpenCLDriver] {
    guard let cl = OpenCLFunctions.shared else { return [] }
    let drivers = handles { cl.getPlatforms($0, $1, $2) }.flatMap { platform in
      handles { cl.getDevices(platform, Self.allDevices, $0, $1, $2) }.compactMap { OpenCLDriver(cl, $0) }
    }
    return drivers.filter { !$0.description.isHost } + drivers.filter(\.description.isHost)
  }

  /// What a function lists that tells first how much there is.
  private static func handles(
    _ list: (UInt32, UnsafeMutablePointer<Handle?>?, UnsafeMutablePointer<UInt32>?) -> OpenCLFunctions.Code
  ) -> [Handle] {
    var count: UInt32 = 0
    guard list(0, nil, &count) == 0, count > 0 else { return [] }
    var found = [Handle?](repeating: nil, count: Int(count))
    guard list(count, &found, nil) == 0 else { return [] }
    return found.compactMap { $0 }
  }

  private init?(_ cl: OpenCLFunctions, _ device: Handle) {
    self.cl = cl
    func number<T: FixedWidthInteger>(_ key: UInt32, _: T.Type) -> Int {
      var value: T = 0
      guard cl.deviceInformation(device, key, MemoryLayout<T>.size, &value, nil) == 0 else { return 0 }
      return Int(clamping: value)
    }
    func text(_ key: UInt32) -> String {
      var size = 0
      guard cl.deviceInformation(device, key, 0, nil, &size) == 0, size > 0 else { return "" }
      var bytes = [UInt8](repeating: 0, count: size)
      guard cl.deviceInformation(device, key, size, &bytes, nil) == 0 else { return "" }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    // The kernels know doubles, if only where floats are rounded, and have groups of so many threads.
    guard text(Self.extensions).contains("cl_khr_fp64") || number(Self.doubleKinds, UInt64.self) != 0,
      number(Self.largestGroup, Int.self) >= Grid.largest
    else { return nil }
    let version = text(Self.deviceVersion)
    description = DriverDescription(
      driver: version, name: text(Self.deviceName), memory: number(Self.globalMemory, UInt64.self),
      computeUnits: number(Self.computeUnits, UInt32.self),
      isHost: number(Self.deviceType, UInt64.self) & Self.processor != 0)
    var code: OpenCLFunctions.Code = 0
    var list: [Handle?] = [device]
    guard let context = cl.createContext(nil, 1, &list, nil, nil, &code), code == 0,
      let queue = cl.createQueue(context, device, 0, &code), code == 0
    else { return nil }
    handles = Handles(device: device, context: context, queue: queue)
  }

  // Numbers of the standard.
  private static let allDevices: UInt64 = 0xffff_ffff
  private static let processor = 2
  private static let (deviceType, computeUnits, largestGroup): (UInt32, UInt32, UInt32) = (0x1000, 0x1002, 0x1004)
  private static let globalMemory: UInt32 = 0x101f
  private static let (deviceName, deviceVersion, extensions): (UInt32, UInt32, UInt32) = (0x102b, 0x102f, 0x1030)
  private static let doubleKinds: UInt32 = 0x1032
  private static let buildLog: UInt32 = 0x1183

  /// Throws what a result code tells.
  private func check(_ code: OpenCLFunctions.Code, _ what: String) throws(TensorError) {
    if code == 0 { return }
    let kind: TensorError.Kind = code == -4 || code == -5 || code == -6 ? .memory : .value
    throw TensorError(kind, what, "\(description.name) reports \(OpenCLFunctions.name(code))")
  }

  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    var code: OpenCLFunctions.Code = 0
    let readWrite: UInt64 = 1
    let buffer = cl.createBuffer(handles.context, readWrite, byteCount, nil, &code)
    return code == 0 ? buffer : nil
  }

  func release(_ block: UnsafeMutableRawPointer) { _ = cl.releaseBuffer(block) }

  func write(
    _ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int
  ) throws(TensorError) {
    // Blocking: the host's bytes are its own again when this returns.
    let bytes = UnsafeMutableRawPointer(mutating: host)
    try check(cl.enqueueWrite(handles.queue, block, 1, 0, byteCount, bytes, 0, nil, nil), "copying to the device")
  }

  func read(
    _ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int
  ) throws(TensorError) {
    let buffer = UnsafeMutableRawPointer(mutating: block)
    try check(cl.enqueueRead(handles.queue, buffer, 1, offset, byteCount, host, 0, nil, nil), "copying to the host")
  }

  func synchronize() throws(TensorError) { try check(cl.finish(handles.queue), "synchronize") }

  // MARK: Kernels

  private final class Program: DriverProgram, @unchecked Sendable {
    let handle: Handle
    let driver: OpenCLDriver
    init(_ handle: Handle, _ driver: OpenCLDriver) { (self.handle, self.driver) = (handle, driver) }

    func kernel(_ name: String) throws(TensorError) -> any DriverKernel {
      var code: OpenCLFunctions.Code = 0
      guard let made = driver.cl.createKernel(handle, name, &code), code == 0 else {
        throw TensorError(.value, name, "there is no such kernel: \(OpenCLFunctions.name(code))")
      }
      return Kernel(made, self)
    }
  }

  private final class Kernel: DriverKernel, @unchecked Sendable {
    let handle: Handle
    let program: Program
    init(_ handle: Handle, _ program: Program) { (self.handle, self.program) = (handle, program) }
  }

  func build(_ source: String) throws(TensorError) -> any DriverProgram {
    var code: OpenCLFunctions.Code = 0
    let made = source.withCString { text -> Handle? in
      var list: UnsafePointer<CChar>? = text
      return cl.createProgram(handles.context, 1, &list, nil, &code)
    }
    guard let made, code == 0 else {
      throw TensorError(.value, "building a kernel", "\(description.name) reports \(OpenCLFunctions.name(code))")
    }
    var list: [Handle?] = [handles.device]
    code = cl.buildProgram(made, 1, &list, "-cl-mad-enable", nil, nil)
    guard code == 0 else {
      throw TensorError(
        .value, "building a kernel",
        "the compiler of \(description.name) reports \(OpenCLFunctions.name(code)):\n\(log(of: made))")
    }
    return Program(made, self)
  }

  private func log(of program: Handle) -> String {
    var size = 0
    guard cl.buildInformation(program, handles.device, Self.buildLog, 0, nil, &size) == 0, size > 0 else { return "" }
    var bytes = [UInt8](repeating: 0, count: size)
    guard cl.buildInformation(program, handles.device, Self.buildLog, size, &bytes, nil) == 0 else { return "" }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  func launch(_ kernel: any DriverKernel, _ grid: Grid, _ arguments: [Argument]) throws(TensorError) {
    let kernel = unsafeDowncast(kernel, to: Kernel.self)
    try launching.withLock { (_: inout ()) throws(TensorError) in
      var index: UInt32 = 0
      func set<T>(_ value: T) throws(TensorError) {
        let code = withUnsafePointer(to: value) { cl.setArgument(kernel.handle, index, MemoryLayout<T>.size, $0) }
        index += 1
        if code != 0 { try check(code, "argument \(index - 1) of a kernel") }
      }
      for argument in arguments {
        switch argument {
        case .place(let block, let offset):
          try set(block)
          try set(Int64(offset))
        case .tensor(let tensor):
          try set(tensor.deviceBlock)
          try set(Int64(tensor.deviceAddress - tensor.deviceBlock))
        case .int(let value): try set(Int64(value))
        case .float(let value): try set(value)
        case .double(let value): try set(value)
        }
      }
      var (size, local) = (grid.groups * grid.threads, grid.threads)
      try check(
        cl.enqueue(handles.queue, kernel.handle, 1, nil, &size, &local, 0, nil, nil), "launching a kernel")
    }
  }
}
