import ApusCore

/// oneDNN, the library for matrix products and convolutions, found at run time.
///
/// Functions of this type that compute return false where the library is absent, does not support the case on this
/// processor, or would run one of its reference implementations, which are hundreds of times slower than a plain loop of
/// ours: the caller then uses a portable kernel. The environment variable `APUS_ONEDNN` names the library's file, or
/// says `off`.
///
/// Everything here may be called from several threads at once. Objects of the library are created once for a shape and
/// kept, bounded in number.
package enum OneDNN {
  /// Element types that oneDNN computes with; raw values are the library's.
  package enum Element: Int32, Sendable, Hashable {
    case float16 = 1
    case bfloat16 = 2
    case float32 = 3
    case int32 = 4
    case int8 = 5
    case uint8 = 6

    package init?(_ dtype: DType) {
      switch dtype {
      case .float16: self = .float16
      case .bfloat16: self = .bfloat16
      case .float32: self = .float32
      case .int32: self = .int32
      case .int8: self = .int8
      case .uint8: self = .uint8
      default: return nil
      }
    }

    package var size: Int {
      switch self {
      case .int8, .uint8: 1
      case .float16, .bfloat16: 2
      case .float32, .int32: 4
      }
    }
  }

  /// Whether the library was found and may be used.
  package static var isAvailable: Bool { library != nil }

  /// The library's file, or nil.
  package static var path: String? { library?.path }

  /// The library's version, `3.2.0`, or nil.
  package static var version: String? { library?.version }

  static let library: OneDNNLibrary? = OneDNNLibrary.load()
}

/// The entry points of the library and its engine. Types and numbers below are those of the C interface of oneDNN 3,
/// which is the same in all its minor versions: handles are pointers, enumerations are 32-bit integers.
final class OneDNNLibrary: @unchecked Sendable {
  typealias Handle = OpaquePointer
  typealias Out = UnsafeMutablePointer<OpaquePointer?>
  typealias Dims = UnsafePointer<Int>
  typealias Status = Int32

  typealias EngineCreate = @convention(c) (Out, Int32, Int) -> Status
  typealias StreamCreate = @convention(c) (Out, Handle, UInt32) -> Status
  typealias Destroy = @convention(c) (Handle?) -> Status
  typealias Create = @convention(c) (Out) -> Status
  typealias DescriptorWithStrides = @convention(c) (Out, Int32, Dims, Int32, Dims) -> Status
  typealias DescriptorWithTag = @convention(c) (Out, Int32, Dims, Int32, Int32) -> Status
  typealias DescriptorSize = @convention(c) (Handle?) -> Int
  typealias DescriptorEqual = @convention(c) (Handle?, Handle?) -> Int32
  typealias MemoryCreate = @convention(c) (Out, Handle, Handle, UnsafeMutableRawPointer?) -> Status
  typealias MemorySet = @convention(c) (Handle, UnsafeMutableRawPointer?) -> Status
  typealias PrimitiveCreate = @convention(c) (Out, Handle) -> Status
  typealias PrimitiveExecute = @convention(c) (Handle, Handle, Int32, UnsafeRawPointer) -> Status
  typealias Query = @convention(c) (Handle, Int32, Int32, UnsafeMutableRawPointer) -> Status
  typealias QueryDescriptor = @convention(c) (Handle, Int32, Int32) -> Handle?
  typealias SetMode = @convention(c) (Handle, Int32) -> Status
  typealias SetPostOps = @convention(c) (Handle, Handle) -> Status
  /// attributes, argument, which dimensions have a number for each position
  typealias SetMask = @convention(c) (Handle, Int32, Int32) -> Status
  typealias AppendSum = @convention(c) (Handle, Float, Int32, Int32) -> Status
  typealias AppendEltwise = @convention(c) (Handle, Int32, Float, Float) -> Status
  typealias AppendBinary = @convention(c) (Handle, Int32, Handle) -> Status
  /// source, weights, bias, destination
  typealias MatmulCreate = @convention(c) (Out, Handle, Handle, Handle, Handle?, Handle, Handle?) -> Status
  /// propagation, algorithm, source, weights, bias, destination, strides, dilations, left and right padding
  typealias ConvolutionForward =
    @convention(c) (
      Out, Handle, Int32, Int32, Handle, Handle, Handle?, Handle, Dims, Dims, Dims, Dims, Handle?
    ) -> Status
  /// algorithm, source gradient, weights, destination gradient, strides, dilations, paddings, forward hint
  typealias ConvolutionBackwardData =
    @convention(c) (
      Out, Handle, Int32, Handle, Handle, Handle, Dims, Dims, Dims, Dims, Handle, Handle?
    ) -> Status
  /// algorithm, source, weights gradient, bias gradient, destination gradient, strides, dilations, paddings, hint
  typealias ConvolutionBackwardWeights =
    @convention(c) (
      Out, Handle, Int32, Handle, Handle, Handle?, Handle, Dims, Dims, Dims, Dims, Handle, Handle?
    ) -> Status
  /// source, its engine, destination, its engine
  typealias ReorderCreate = @convention(c) (Out, Handle, Handle, Handle, Handle, Handle?) -> Status
  typealias SetThreads = @convention(c) (Int32) -> Void
  /// forms of both matrices, rows, columns, inner size, factor, both matrices with their strides, factor and matrix of the result
  typealias Sgemm =
    @convention(c) (
      CChar, CChar, Int, Int, Int, Float, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int, Float,
      UnsafeMutablePointer<Float>, Int
    ) -> Status

  let path: String
  let version: String
  let engine: Handle

  let streamCreate: StreamCreate
  let streamDestroy: Destroy
  let descriptorWithStrides: DescriptorWithStrides
  let descriptorWithTag: DescriptorWithTag
  let descriptorDestroy: Destroy
  let descriptorSize: DescriptorSize
  let descriptorEqual: DescriptorEqual
  let memoryCreate: MemoryCreate
  let memorySet: MemorySet
  let memoryDestroy: Destroy
  let primitiveCreate: PrimitiveCreate
  let primitiveDestroy: Destroy
  let primitiveExecute: PrimitiveExecute
  let primitiveDescriptorDestroy: Destroy
  let query: Query
  let queryDescriptor: QueryDescriptor
  let attributesCreate: Create
  let attributesDestroy: Destroy
  let attributesSetScratchpad: SetMode
  let attributesSetPostOps: SetPostOps
  /// Absent from versions before 3.1, which quantise in another way.
  let attributesSetScales: SetMask?
  let attributesSetZeroPoints: SetMask?
  let postOpsCreate: Create
  let postOpsDestroy: Destroy
  let postOpsAppendSum: AppendSum
  let postOpsAppendEltwise: AppendEltwise
  let postOpsAppendBinary: AppendBinary
  let matmulCreate: MatmulCreate
  let convolutionForward: ConvolutionForward
  let convolutionBackwardData: ConvolutionBackwardData
  let convolutionBackwardWeights: ConvolutionBackwardWeights
  let reorderCreate: ReorderCreate
  let setThreads: SetThreads
  /// Absent from builds without their BLAS interface.
  let sgemm: Sgemm?

  static func load() -> OneDNNLibrary? {
    guard !DynamicLibrary.isDisabled("APUS_ONEDNN") else { return nil }
    Parallel.prepare()
    let candidates = DynamicLibrary.candidates(
      names: ["libdnnl.so.3", "libdnnl.so"], folder: "onednn", variable: "APUS_ONEDNN")
    // Versions before 3 have another interface under the same file name; this function came with 3.
    guard let library = DynamicLibrary(firstOf: candidates, thatHas: "dnnl_convolution_forward_primitive_desc_create")
    else { return nil }
    return try? OneDNNLibrary(library)
  }

  private struct MissingFunction: Error {}

  private init(_ library: DynamicLibrary) throws {
    func find<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
      guard let function = library.function(name, as: type) else { throw MissingFunction() }
      return function
    }
    path = library.path
    streamCreate = try find("dnnl_stream_create")
    streamDestroy = try find("dnnl_stream_destroy")
    descriptorWithStrides = try find("dnnl_memory_desc_create_with_strides")
    descriptorWithTag = try find("dnnl_memory_desc_create_with_tag")
    descriptorDestroy = try find("dnnl_memory_desc_destroy")
    descriptorSize = try find("dnnl_memory_desc_get_size")
    descriptorEqual = try find("dnnl_memory_desc_equal")
    memoryCreate = try find("dnnl_memory_create")
    memorySet = try find("dnnl_memory_set_data_handle")
    memoryDestroy = try find("dnnl_memory_destroy")
    primitiveCreate = try find("dnnl_primitive_create")
    primitiveDestroy = try find("dnnl_primitive_destroy")
    primitiveExecute = try find("dnnl_primitive_execute")
    primitiveDescriptorDestroy = try find("dnnl_primitive_desc_destroy")
    query = try find("dnnl_primitive_desc_query")
    queryDescriptor = try find("dnnl_primitive_desc_query_md")
    attributesCreate = try find("dnnl_primitive_attr_create")
    attributesDestroy = try find("dnnl_primitive_attr_destroy")
    attributesSetScratchpad = try find("dnnl_primitive_attr_set_scratchpad_mode")
    attributesSetPostOps = try find("dnnl_primitive_attr_set_post_ops")
    attributesSetScales = library.function("dnnl_primitive_attr_set_scales_mask", as: SetMask.self)
    attributesSetZeroPoints = library.function("dnnl_primitive_attr_set_zero_points_mask", as: SetMask.self)
    postOpsCreate = try find("dnnl_post_ops_create")
    postOpsDestroy = try find("dnnl_post_ops_destroy")
    postOpsAppendSum = try find("dnnl_post_ops_append_sum")
    postOpsAppendEltwise = try find("dnnl_post_ops_append_eltwise")
    postOpsAppendBinary = try find("dnnl_post_ops_append_binary")
    matmulCreate = try find("dnnl_matmul_primitive_desc_create")
    convolutionForward = try find("dnnl_convolution_forward_primitive_desc_create")
    convolutionBackwardData = try find("dnnl_convolution_backward_data_primitive_desc_create")
    convolutionBackwardWeights = try find("dnnl_convolution_backward_weights_primitive_desc_create")
    reorderCreate = try find("dnnl_reorder_primitive_desc_create")
    // Builds on other thread pools lack it; their threads cannot be ours, so such a library is not used.
    setThreads = try find("omp_set_num_threads")
    sgemm = library.function("dnnl_sgemm", as: Sgemm.self)

    typealias Version = @convention(c) () -> UnsafePointer<Int32>?
    let numbers = try find("dnnl_version", Version.self)()
    version = numbers.map { "\($0[0]).\($0[1]).\($0[2])" } ?? "unknown"
    guard numbers?[0] == 3 else { throw MissingFunction() }

    var engine: Handle?
    let cpu: Int32 = 1
    let create = try find("dnnl_engine_create", EngineCreate.self)
    guard create(&engine, cpu, 0) == 0, let engine else { throw MissingFunction() }
    self.engine = engine
  }
}

extension OneDNNLibrary {
  /// Kinds of propagation, algorithms, arguments and queries: values of the C interface.
  enum Constant {
    static let forwardTraining: Int32 = 64
    static let forwardInference: Int32 = 96
    static let convolutionDirect: Int32 = 1
    static let relu: Int32 = 0x20
    static let linear: Int32 = 0x26
    static let geluTanh: Int32 = 0x2b
    static let geluErf: Int32 = 0x31
    static let add: Int32 = 0x1fff0
    static let formatAny: Int32 = 1
    static let scratchpadUser: Int32 = 1
    static let streamInOrder: UInt32 = 1

    static let queryImplementation: Int32 = 8
    static let querySource: Int32 = 129
    static let querySourceGradient: Int32 = 130
    static let queryWeights: Int32 = 131
    static let queryWeightsGradient: Int32 = 132
    static let queryDestination: Int32 = 133
    static let queryDestinationGradient: Int32 = 134
    static let queryScratchpad: Int32 = 136

    static let source: Int32 = 1
    static let destination: Int32 = 17
    static let weights: Int32 = 33
    static let bias: Int32 = 41
    static let scratchpad: Int32 = 80
    /// What the first function of the result adds.
    static let addend: Int32 = 16386
    static let sourceGradient: Int32 = 129
    static let destinationGradient: Int32 = 145
    static let weightsGradient: Int32 = 161
    static let biasGradient: Int32 = 169
    /// Added to an argument's number: the scales and the zero point of that argument.
    static let scales: Int32 = 4096
    static let zeroPoints: Int32 = 8192
  }
}
