import ApusCore

#if canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A library of MPI that was found at run time: Open MPI, or one with MPICH's binary interface (MPICH, Intel MPI).
///
/// The standard names functions and types, not what a handle is: in Open MPI a pointer to a structure that the library
/// exports, in MPICH a 32-bit number. Both fit a word, and both calling conventions (System V, AArch64) pass a 32-bit number as the
/// lower half of one, so here a handle is an `Int` and each function has one type. A word that starts as 0 receives either.
final class MPILibrary: @unchecked Sendable {
  /// What a handle is.
  typealias Handle = Int

  /// Whose binary interface it has.
  enum Interface: String, Sendable { case openMPI = "Open MPI", mpich = "MPICH" }

  let interface: Interface
  let path: String
  private let library: DynamicLibrary

  // Handles of the library.
  let world: Handle
  let byte: Handle
  /// Data types by Apus's element types; those that MPI can compute with.
  let types: [DType: Handle]
  /// Reductions by name.
  let operations: [NativeReduction: Handle]
  private let errorsReturn: Handle

  // Numbers of the interface.
  let anySource: Int32
  let undefined: Int32 = -32766
  /// Where a status says who sent.
  let sourceOffset: Int
  /// The largest tag that every library has.
  static let largestTag = 32_767

  // Functions.
  typealias Status = UnsafeMutableRawPointer
  let initThread:
    @convention(c) (UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int32, UnsafeMutablePointer<Int32>) -> Int32
  let initialized: @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
  let queryThread: @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
  let finalize: @convention(c) () -> Int32
  let abort: @convention(c) (Handle, Int32) -> Int32
  let rank: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32
  let size: @convention(c) (Handle, UnsafeMutablePointer<Int32>) -> Int32
  let duplicate: @convention(c) (Handle, UnsafeMutablePointer<Handle>) -> Int32
  let split: @convention(c) (Handle, Int32, Int32, UnsafeMutablePointer<Handle>) -> Int32
  let free: @convention(c) (UnsafeMutablePointer<Handle>) -> Int32
  let processorName: @convention(c) (UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
  private let setErrorHandler: @convention(c) (Handle, Handle) -> Int32
  private let errorString: @convention(c) (Int32, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Int32>) -> Int32
  let allReduce:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int32, Handle, Handle, Handle, UnsafeMutablePointer<Handle>
    ) -> Int32
  let reduceScatter:
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafeMutableRawPointer?, Int32, Handle, Handle, Handle, UnsafeMutablePointer<Handle>
    ) -> Int32
  let allGather:
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, Handle, UnsafeMutableRawPointer?, Int32, Handle, Handle,
      UnsafeMutablePointer<Handle>
    ) -> Int32
  let broadcast:
    @convention(c) (UnsafeMutableRawPointer?, Int32, Handle, Int32, Handle, UnsafeMutablePointer<Handle>) -> Int32
  let barrier: @convention(c) (Handle, UnsafeMutablePointer<Handle>) -> Int32
  typealias Message =
    @convention(c) (
      UnsafeMutableRawPointer?, Int32, Handle, Int32, Int32, Handle, UnsafeMutablePointer<Handle>
    ) -> Int32
  let send: Message
  let receive: Message
  let test: @convention(c) (UnsafeMutablePointer<Handle>, UnsafeMutablePointer<Int32>, Status) -> Int32
  let probe: @convention(c) (Int32, Int32, Handle, UnsafeMutablePointer<Int32>, Status) -> Int32
  let receiveNow: @convention(c) (UnsafeMutableRawPointer?, Int32, Handle, Int32, Int32, Handle, Status) -> Int32
  let countOf: @convention(c) (Status, Handle, UnsafeMutablePointer<Int32>) -> Int32

  /// Opens the library that the launcher of this process belongs to, or the one that `APUS_MPI` names.
  /// - Throws: `TensorError` of kind `unsupported` where there is none; it says what to install.
  init(preferring preferred: Interface) throws(TensorError) {
    let openMPI = ["libmpi.so.40", "libmpi.so.80"]
    let mpich = ["libmpich.so.12", "libmpi.so.12"]
    let names = (preferred == .openMPI ? openMPI + mpich : mpich + openMPI) + ["libmpi.so"]
    if let named = DynamicLibrary.environment("APUS_MPI"), named.contains("/"), access(named, R_OK) != 0 {
      throw TensorError(
        .unsupported, "initProcessGroup",
        "APUS_MPI names \(named), which cannot be read; name the file of a library of MPI, or leave the variable out")
    }
    let candidates = DynamicLibrary.candidates(names: names, folder: nil, variable: "APUS_MPI")
    // Open MPI's parts look for its functions among those of all the program: the file is opened for all first.
    for candidate in candidates where !candidate.contains("/") || access(candidate, R_OK) == 0 {
      if dlopen(candidate, RTLD_NOW | RTLD_GLOBAL) != nil { break }
    }
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "MPI_Init_thread") else {
      throw TensorError(
        .unsupported, "initProcessGroup",
        "no library of MPI was found; install openmpi-bin or mpich, or name the file in APUS_MPI")
    }
    self.library = library
    path = library.path
    let isOpenMPI = library.function("ompi_mpi_comm_world", as: UnsafeRawPointer.self) != nil
    interface = isOpenMPI ? .openMPI : .mpich
    var missing: [String] = []
    func handle(_ name: String, _ number: Int) -> Handle {
      guard isOpenMPI else { return number }
      guard let address = library.function(name, as: Int.self) else {
        missing.append(name)
        return 0
      }
      return address
    }
    world = handle("ompi_mpi_comm_world", 0x4400_0000)
    byte = handle("ompi_mpi_byte", 0x4c00_010d)
    errorsReturn = handle("ompi_mpi_errors_return", 0x5400_0001)
    types = [
      .bool: handle("ompi_mpi_uint8_t", 0x4c00_013b), .uint8: handle("ompi_mpi_uint8_t", 0x4c00_013b),
      .int8: handle("ompi_mpi_int8_t", 0x4c00_0137), .int16: handle("ompi_mpi_int16_t", 0x4c00_0238),
      .int32: handle("ompi_mpi_int32_t", 0x4c00_0439), .int64: handle("ompi_mpi_int64_t", 0x4c00_083a),
      .uint16: handle("ompi_mpi_uint16_t", 0x4c00_023c), .uint32: handle("ompi_mpi_uint32_t", 0x4c00_043d),
      .uint64: handle("ompi_mpi_uint64_t", 0x4c00_083e), .float32: handle("ompi_mpi_float", 0x4c00_040a),
      .float64: handle("ompi_mpi_double", 0x4c00_080b),
      .complex64: handle("ompi_mpi_c_float_complex", 0x4c00_0840),
      .complex128: handle("ompi_mpi_c_double_complex", 0x4c00_1041),
    ]
    operations = [
      .max: handle("ompi_mpi_op_max", 0x5800_0001), .min: handle("ompi_mpi_op_min", 0x5800_0002),
      .sum: handle("ompi_mpi_op_sum", 0x5800_0003), .product: handle("ompi_mpi_op_prod", 0x5800_0004),
      .and: handle("ompi_mpi_op_band", 0x5800_0006), .or: handle("ompi_mpi_op_bor", 0x5800_0008),
      .xor: handle("ompi_mpi_op_bxor", 0x5800_000a),
    ]
    anySource = isOpenMPI ? -1 : -2
    sourceOffset = isOpenMPI ? 0 : 8
    func function<Function>(_ name: String, _ type: Function.Type = Function.self) throws(TensorError) -> Function {
      guard let found = library.function(name, as: type) else {
        throw TensorError(
          .unsupported, "initProcessGroup", "\(library.path) has no \(name); Apus needs MPI 3.0 or newer")
      }
      return found
    }
    initThread = try function("MPI_Init_thread")
    initialized = try function("MPI_Initialized")
    queryThread = try function("MPI_Query_thread")
    finalize = try function("MPI_Finalize")
    abort = try function("MPI_Abort")
    rank = try function("MPI_Comm_rank")
    size = try function("MPI_Comm_size")
    duplicate = try function("MPI_Comm_dup")
    split = try function("MPI_Comm_split")
    free = try function("MPI_Comm_free")
    processorName = try function("MPI_Get_processor_name")
    setErrorHandler = try function("MPI_Comm_set_errhandler")
    errorString = try function("MPI_Error_string")
    allReduce = try function("MPI_Iallreduce")
    reduceScatter = try function("MPI_Ireduce_scatter_block")
    allGather = try function("MPI_Iallgather")
    broadcast = try function("MPI_Ibcast")
    barrier = try function("MPI_Ibarrier")
    send = try function("MPI_Isend")
    receive = try function("MPI_Irecv")
    test = try function("MPI_Test")
    probe = try function("MPI_Iprobe")
    receiveNow = try function("MPI_Recv")
    countOf = try function("MPI_Get_count")
    if let first = missing.first {
      throw TensorError(
        .unsupported, "initProcessGroup", "\(library.path) has no \(first); it is no MPI that Apus knows")
    }
  }

  /// Lets calls on `communicator` come back with their errors, where the library would end the process.
  func returnErrors(of communicator: Handle) { _ = setErrorHandler(communicator, errorsReturn) }

  /// Throws where `status` is not that of success.
  func check(_ status: Int32, _ operation: String) throws(TensorError) {
    if status == 0 { return }
    var text = [CChar](repeating: 0, count: 8192)
    var length: Int32 = 0
    let known = errorString(status, &text, &length) == 0 && length > 0
    let words =
      known ? String(decoding: text[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self) : "error \(status)"
    // Open MPI and MPICH name it, each in its way.
    let isTooLong = words.contains("MPI_ERR_TRUNCATE") || words.contains("Message truncated")
    let hint =
      isTooLong
      ? "; another rank sends more than is expected here: both must name one shape and type (APUS_DISTRIBUTED_DEBUG=1 says what each names)"
      : ""
    throw TensorError(.state, operation, "\(interface.rawValue) says: \(words)\(hint)")
  }
}

/// A reduction that MPI has itself.
enum NativeReduction: Sendable { case sum, product, min, max, and, or, xor }
