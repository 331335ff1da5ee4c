import ApusCore
import CKernels

/// A function as a C library that needs neither this library nor memory of its own: header, source and weights.
///
/// The function is captured with example arguments, whose shapes and types the library keeps; parameters and other tensors that
/// it holds become its weights. The source is C11 and needs at most libm. For a library called `net`:
///
///     size_t net_workspace_size(void);
///     int net_init(void *workspace, const void *weights);
///     void net_run(void *workspace, const float *in0, ..., float *out0, ...);
///
/// All that a run needs beside its arguments lies in the workspace, which the caller gives: there is no global state and
/// nothing is allocated, so threads run at the same time with a workspace each and share the weights. One run uses several threads if
/// it is written for them (`threads`) and the caller lends them:
///
///     void net_parallel(void *workspace, void (*run)(...), void *context);
///
///     let library = try CLibrary({ model($0) }, example: randn(1, 64), name: "net")
///     try library.write(.shared, to: "libnet.so")
public struct CLibrary: Sendable {
  /// Where the weights are.
  public enum Weights: Sendable, Hashable {
    /// Data of the source.
    case inSource
    /// Apart, in ``weights``: the caller loads or maps them, aligned to 64 bytes, and gives them to `NAME_init`.
    case apart
  }

  /// An argument or result.
  public struct Parameter: Sendable, Hashable {
    /// `in0`, `in1` ..., `out0` ...
    public let name: String
    /// The type of its elements and its shape; the array is row-major.
    public let type: TensorType
    /// The type of its elements in C.
    public let cType: String
  }

  /// What the names of its functions begin with.
  public let name: String
  /// The text of `NAME.h`.
  public let header: String
  /// The text of `NAME.c`, which includes the header.
  public let source: String
  /// The bytes of the weights as `NAME_init` takes them, little-endian.
  public let weights: [UInt8]
  /// How many threads a run may use.
  public let threads: Int
  /// Where the source has its weights.
  public let placement: Weights
  /// The arguments, in the order in which `NAME_run` takes them.
  public let inputs: [Parameter]
  /// The results, which follow them.
  public let outputs: [Parameter]
  /// The bytes of a workspace.
  public let workspaceSize: Int

  /// The functions `NAME(in0, ..., out0, ...)` and, for hosts that have no pointers of their own such as WebAssembly's,
  /// `NAME_input(i)`, `NAME_output(i)` and `NAME_run()`, in a text of one file.
  let simpleSource: String

  /// - Parameters:
  ///   - function: without side effects; a module is called in it, `{ model($0) }`, and in evaluation mode where it has one.
  ///   - example: arguments as calls will bring them.
  ///   - name: what the names of the C functions begin with: a name in C.
  ///   - weights: where the weights go.
  ///   - threads: how many threads a run may use; with more than one the library has `NAME_parallel`, by which a program lends them.
  /// - Throws: `TensorError` if the function reads values, stores variables, draws random numbers, or has an operation without
  ///   a C form, or where the name is none in C.
  public init<each Argument: TensorTree, Output: TensorTree>(
    _ function: (repeat each Argument) -> Output, example: repeat each Argument, name: String,
    weights: Weights = .inSource, threads: Int = 1
  ) throws(TensorError) {
    try self.init(
      function, example: (repeat each example), name: name, weights: weights, threads: threads, operation: "CLibrary")
  }

  /// A function of a list of tensors, as programs of files are.
  public init(
    tensors function: ([Tensor]) throws -> [Tensor], example: [Tensor], name: String, weights: Weights = .inSource,
    threads: Int = 1
  ) throws(TensorError) {
    try self.init(function, example, name, weights, threads, [:], operation: "CLibrary")
  }

  /// A function of a list of tensors, some of whose results may lie in the memory of arguments.
  /// - Parameter inPlace: for arguments, by their numbers, the number of the result that callers may want in the same memory: state that
  ///   one call leaves for the next, such as the parameters that a training step changes. Both have one type and shape. All other
  ///   arguments and results lie apart.
  public init(
    tensors function: ([Tensor]) throws -> [Tensor], example: [Tensor], name: String, weights: Weights = .inSource,
    threads: Int = 1, inPlace: [Int: Int]
  ) throws(TensorError) {
    try self.init(function, example, name, weights, threads, inPlace, operation: "CLibrary")
  }

  init<each Argument: TensorTree, Output: TensorTree>(
    _ function: (repeat each Argument) -> Output, example: (repeat each Argument), name: String, weights: Weights,
    threads: Int = 1, operation: String
  ) throws(TensorError) {
    var tensors: [Tensor] = []
    func collect<T: TensorTree>(_ tree: T) {
      _ = tree.mapTensors {
        tensors.append($0)
        return $0
      }
    }
    repeat collect(each example)
    let all = tensors
    try self.init(
      { given in
        var rest = given[...]
        func follow<T: TensorTree>(_ tree: T) -> T { tree.mapTensors { _ in rest.removeFirst() } }
        var outputs: [Tensor] = []
        _ = function(repeat follow(each example)).mapTensors {
          outputs.append($0)
          return $0
        }
        return outputs
      }, all, name, weights, threads, [:], operation: operation)
  }

  private init(
    _ function: ([Tensor]) throws -> [Tensor], _ example: [Tensor], _ name: String, _ placement: Weights,
    _ threads: Int, _ inPlace: [Int: Int], operation: String
  ) throws(TensorError) {
    try Self.checkName(name, operation)
    guard (1...1024).contains(threads) else {
      throw TensorError(.value, operation, "a run uses from 1 to 1024 threads, and found threads: \(threads)")
    }
    try CSharedMemory.check(inPlace, example, operation)
    var table = CWeightTable()
    let graph = try Graph.program(function, example: example, operation)
    let program = try CProgram(
      graph, name: name, threads: threads, operation, weights: &table, inPlace: inPlace)
    try CSharedMemory.check(inPlace, program, operation)
    let text = CLibraryText(program, name: name)
    self.name = name
    self.placement = placement
    self.threads = threads
    weights = text.weights
    header = text.header(placement)
    source = text.source(placement)
    simpleSource = text.simple(placement)
    workspaceSize = text.workspaceSize
    func parameter(_ p: CProgram.Parameter) -> Parameter { Parameter(name: p.name, type: p.type, cType: p.cType) }
    inputs = program.inputs.map(parameter)
    outputs = program.outputs.map(parameter)
  }

  /// - Throws: where `name` is none in C.
  static func checkName(_ name: String, _ operation: String) throws(TensorError) {
    let isName = name.utf8.enumerated().allSatisfy { i, c in
      c == UInt8(ascii: "_") || (c | 32 >= UInt8(ascii: "a") && c | 32 <= UInt8(ascii: "z"))
        || (i > 0 && c >= UInt8(ascii: "0") && c <= UInt8(ascii: "9"))
    }
    guard !name.isEmpty, isName else {
      throw TensorError(
        .value, operation, "the name must be one in C, letters, digits and _, and found '\(name)'; 'model' would do")
    }
  }

  /// Header and source in one text: a file that is included where the functions are used, with `NAME_IMPLEMENTATION` defined
  /// in one of these places.
  public var singleHeader: String {
    let body = source.replacing("#include \"\(name).h\"\n", with: "")
    return header + "\n#ifdef \(name.uppercased())_IMPLEMENTATION\n" + body + "#endif\n"
  }
}
