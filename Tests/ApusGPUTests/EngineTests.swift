import Apus
import ApusCore
import ApusGPU
import Synchronization
import Testing

/// A driver that does nothing and returns at once: what remains is the work of the host.
private final class IdleDriver: Driver {
  private final class Program: DriverProgram {
    func kernel(_ name: String) -> any DriverKernel { Kernel() }
  }
  private final class Kernel: DriverKernel {}

  let description = DriverDescription(
    driver: "none", name: "idle", memory: 1 << 40, computeUnits: 1, isHost: false)
  let launches = Atomic(0)
  let programs = Atomic(0)

  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? { .allocate(byteCount: byteCount, alignment: 64) }
  func release(_ block: UnsafeMutableRawPointer) { block.deallocate() }
  func write(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int) {
    block.copyMemory(from: host, byteCount: byteCount)
  }
  func read(_ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int) {
    host.copyMemory(from: block + offset, byteCount: byteCount)
  }
  func build(_ source: String) -> any DriverProgram {
    programs.add(1, ordering: .relaxed)
    return Program()
  }
  func launch(_ kernel: any DriverKernel, _ grid: Grid, _ arguments: [Argument]) { launches.add(1, ordering: .relaxed) }
  func synchronize() {}
}

@Suite("The engine of a device without the device") struct EngineTests {
  private let driver = IdleDriver()
  private let device = Device("idle")

  init() throws { Devices.add(try GPUEngine(device, driver, dialect: Dialect.openCL)) }

  @Test("A kernel is made once for all sizes, and a chain of formulas launches one for each")
  func kernelsAreShared() {
    func chain(_ n: Int) -> Tensor {
      let x = Tensor.ones([n, 4]).to(device)
      return (x + x).tanh() * x
    }
    _ = chain(3)
    let (programs, launches) = (driver.programs.load(ordering: .relaxed), driver.launches.load(ordering: .relaxed))
    for n in [5, 70, 1000] { _ = chain(n) }
    #expect(driver.programs.load(ordering: .relaxed) == programs)
    #expect(driver.launches.load(ordering: .relaxed) == 4 * launches)
  }

  @Test("A compiled function launches one kernel for a chain of formulas")
  func fusedChains() {
    let x = Tensor.ones([64, 4]).to(device)
    let f = compile { (x: Tensor) in ((x * 2 + 1).tanh() * x).exp() - x.sigmoid() }
    _ = f(x)
    let before = driver.launches.load(ordering: .relaxed)
    _ = f(x)
    #expect(driver.launches.load(ordering: .relaxed) == before + 1)
  }

  @Test("What the engine lacks is said, or computed by what it has")
  func missingOperations() throws {
    let x = Tensor.ones([3, 3]).to(device)
    Devices.missing = .error
    defer { Devices.missing = .copy }
    let error = #expect(throws: TensorError.self) { try withErrors { linalg.inv(x) } }
    #expect(error?.description.contains("the engine of idle:0 has no such operation") == true)
  }
}
