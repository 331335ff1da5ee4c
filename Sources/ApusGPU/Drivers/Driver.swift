import ApusCore

/// What an engine asks of a device's driver: memory, kernels, and one queue in which all that is asked happens in order.
///
/// A block is an address that only the driver can follow: of a CUDA device its own address, of an OpenCL device the handle
/// of a buffer. Everything may be called by several threads at once.
package protocol Driver: AnyObject, Sendable {
  var description: DriverDescription { get }

  /// A block of the device's memory, not initialised; nil where there is none left.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer?
  /// Gives a block back; what is queued may still use it.
  func release(_ block: UnsafeMutableRawPointer)

  /// Copies bytes of the host to the device. The host's bytes may change afterwards.
  func write(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int) throws(TensorError)
  /// Copies bytes of the device to the host, after all that was queued before.
  func read(_ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int)
    throws(TensorError)

  /// Makes a program of kernels.
  func build(_ source: String) throws(TensorError) -> any DriverProgram
  /// Queues a kernel.
  func launch(_ kernel: any DriverKernel, _ grid: Grid, _ arguments: [Argument]) throws(TensorError)

  /// Waits until all that was queued is done.
  func synchronize() throws(TensorError)
}

/// What a driver tells of its device.
package struct DriverDescription: Sendable {
  /// Which driver: "OpenCL 3.0 PoCL", "CUDA 12.4".
  package let driver: String
  /// The device's name.
  package let name: String
  /// Bytes of its memory.
  package let memory: Int
  /// Its multiprocessors.
  package let computeUnits: Int
  /// Whether the processor of the host does the work.
  package let isHost: Bool

  package init(
    driver: String, name: String, memory: Int, computeUnits: Int, isHost: Bool
  ) {
    (self.driver, self.name, self.memory, self.computeUnits) = (driver, name, memory, computeUnits)
    self.isHost = isHost
  }
}

/// Kernels of one source.
package protocol DriverProgram: AnyObject, Sendable {
  func kernel(_ name: String) throws(TensorError) -> any DriverKernel
}

/// A kernel that can be launched.
package protocol DriverKernel: AnyObject, Sendable {}

/// How many groups of threads run a kernel, and the threads of a group.
package struct Grid: Equatable {
  /// The most threads that a kernel asks for in a group.
  static let largest = 256

  package let groups: Int
  package let threads: Int

  package init(groups: Int, threads: Int) { (self.groups, self.threads) = (groups, threads) }

  /// One thread for each of `count` elements.
  package init(over count: Int, threads: Int = 256) {
    self.init(groups: (count + threads - 1) / threads, threads: threads)
  }
}

/// An argument of a kernel.
package enum Argument {
  /// A place in a block, so many bytes behind its start: two parameters, an address and the offset in bytes.
  case place(UnsafeMutableRawPointer, offset: Int)
  /// Where a tensor of the device lies, as a place. It is kept until the kernel is queued: else another thread could get its block,
  /// and queue what writes to it, before.
  case tensor(Tensor)
  /// `long`.
  case int(Int)
  /// `float`.
  case float(Float)
  /// `double`.
  case double(Double)
}
