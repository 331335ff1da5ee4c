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
  let bytesRead = Atomic(0)
  let programs = Atomic(0)

  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? { .allocate(byteCount: byteCount, alignment: 64) }
  func release(_ block: UnsafeMutableRawPointer) { block.deallocate() }
  func write(_ host: UnsafeRawPointer, to block: UnsafeMutableRawPointer, _ byteCount: Int) {
    block.copyMemory(from: host, byteCount: byteCount)
  }
  func read(_ block: UnsafeRawPointer, at offset: Int, to host: UnsafeMutableRawPointer, _ byteCount: Int) {
    bytesRead.add(byteCount, ordering: .relaxed)
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

  @Test("Who reads a part of a large tensor gets that part, who reads many parts the whole")
  func partsOfTensors() {
    let x = arange(10_000).to(.float32).to(device)
    let before = driver.bytesRead.load(ordering: .relaxed)
    #expect(x[77].item() == 77 && x[77].item() == 77)
    #expect(driver.bytesRead.load(ordering: .relaxed) == before + 4)
    #expect(x[100..<103].array(as: Float.self) == [100, 101, 102])
    #expect(driver.bytesRead.load(ordering: .relaxed) == before + 4 + 12)
    for i in stride(from: 0, to: 10_000, by: 9) { #expect(x[i].item() == Double(i)) }
    #expect(driver.bytesRead.load(ordering: .relaxed) < before + 40_000 + 100)
    #expect(x[9_990...].sum().device == device && x.cpu().sum().item() == 49_995_000)
  }

  @Test("A device that is not there is told with what it would need")
  func missingDevices() throws {
    let cuda = #expect(throws: TensorError.self) { try withErrors { Tensor.ones([2]).to("cuda:63") } }
    #expect(cuda?.description.contains("there is no device cuda:63; this program has cpu") == true)
    if !Devices.available.contains(where: { $0.type == "cuda" }) {
      #expect(cuda?.description.contains("libcuda.so.1") == true)
      #expect(GPUDevices.descriptions.contains { $0.hasPrefix("cuda: none. CUDA needs ") })
    }
    let other = #expect(throws: TensorError.self) { try withErrors { Tensor.ones([2]).to("abacus") } }
    #expect(other?.description.contains("there is no device abacus:0; this program has cpu") == true)
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
