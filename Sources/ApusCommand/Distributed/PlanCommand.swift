import Apus
import ApusCore
import ApusDistributed
import ApusTrain

/// `apus plan`: how a model is trained on a cluster, before there is one.
struct PlanCommand: Command {
  static let name = "plan"
  static let summary = "say how to divide a training among many processes, and how long a step takes"
  static let help = """
    usage: apus plan MODEL --world N [OPTIONS]

    Simulates the steps of a training on N ranks, divided in every way that makes sense, and lists the best of each kind: what a rank keeps,
    what it sends in a step, how long a step takes, the speed beside N ranks that lose nothing, and what is in the way.
    MODEL is a configuration (config.json, or a folder with it) or a GGUF file; weights are not needed. A program of one's own asks
    for DistributedPlan.

      --world N           how many ranks: processes of one processor or GPU each
      --ranks-per-host N  how many of them a host has; without it 8, or all
      --memory 80GB       of each rank; without it there is no limit
      --link 100Gbit      the link of a host, in each direction; without it 100Gbit
      --links N           how many such links a host has; without it 1
      --latency 5us       until a small message is at another host; without it 10us
      --inside 300GB/s    between ranks of a host; without it 10GB/s (GPUs: 300GB/s)
      --flops 400TFLOPS   what a rank reaches in products of matrices, not its peak; without it as measured on this processor
      --memory-rate 2TB/s how fast a rank's memory is; without it 10GB/s (GPUs: 2TB/s)
      --gpu               ranks are GPUs with NCCL; without it processes with MPI
      --library NAME      openmpi, mpich or nccl
      --batch N           examples of a step of all ranks together; without it 4 for each rank
      --length N          tokens of an example; without it what the model takes, at most 2048
      --dtype NAME        float32 or bfloat16 (parameters, gradients and activations in 16 bits, states in 32); without it bfloat16 with --gpu
      --strategy NAME     all, data, zero1, zero2, zero3, tensor, pipeline, context or experts
      --scale             how many more ranks still pay: the best way for 1, 2, 4 ... N ranks with the same batch
      --json              for programs
    """

  private let path: String
  private let cluster: PlannedCluster
  private let batch: Int
  private let length: Int?
  private let elementBytes: Int
  private let strategy: DistributedPlan.Strategy
  private let scales, isJSON: Bool

  init(_ words: inout Words) throws {
    func quantity(_ name: String, _ read: (String) throws -> Double) throws -> Double? {
      guard let text = try words.take(name) else { return nil }
      do { return try read(text) } catch let error as TensorError {
        throw UsageError(message: "\(name): \(error.message)")
      }
    }
    guard let world = try words.takeNumber("--world", in: 1...1_048_576) else {
      throw UsageError(message: "--world is missing: how many ranks train together")
    }
    let isGPU = words.takeFlag("--gpu")
    let perHost = try words.takeNumber("--ranks-per-host", in: 1...1024) ?? min(8, world)
    let memory = try quantity("--memory", Quantity.bytes) ?? .infinity
    let links = try words.takeNumber("--links", in: 1...64) ?? 1
    let link = try quantity("--link", Quantity.bandwidth) ?? 12.5e9
    let latency = try quantity("--latency", Quantity.seconds) ?? 1e-5
    let inside = try quantity("--inside", Quantity.bandwidth) ?? (isGPU ? 300e9 : 10e9)
    let given = try quantity("--flops", Quantity.flops)
    let memoryRate = try quantity("--memory-rate", Quantity.bandwidth) ?? (isGPU ? 2e12 : 10e9)
    guard given != nil || !isGPU else {
      throw UsageError(
        message: "--gpu needs --flops: what such a GPU reaches in products, for example --flops 400TFLOPS")
    }
    var library = isGPU ? PlannedCluster.Library.nccl : .openMPI
    if let text = try words.take("--library") {
      guard let known = PlannedCluster.Library(rawValue: text) else {
        throw UsageError(
          message:
            "--library is one of \(PlannedCluster.Library.allCases.map(\.rawValue).joined(separator: ", ")), and not '\(text)'"
        )
      }
      library = known
    }
    batch = try words.takeNumber("--batch", in: 1...1 << 40) ?? 4 * world
    length = try words.takeNumber("--length", in: 1...1 << 30)
    let dtype = try words.take("--dtype") ?? (isGPU ? "bfloat16" : "float32")
    switch dtype {
    case "float32": elementBytes = 4
    case "bfloat16", "float16": elementBytes = 2
    default: throw UsageError(message: "--dtype is float32, bfloat16 or float16, and not '\(dtype)'")
    }
    let text = try words.take("--strategy") ?? "all"
    guard let known = DistributedPlan.Strategy(rawValue: text) else {
      throw UsageError(
        message:
          "--strategy is one of \(DistributedPlan.Strategy.allCases.map(\.rawValue).joined(separator: ", ")), and not '\(text)'"
      )
    }
    strategy = known
    scales = words.takeFlag("--scale")
    isJSON = words.takeFlag("--json")
    path = try words.takeOperand("MODEL")
    cluster = PlannedCluster(
      world: world, ranksPerHost: perHost, memory: memory, flops: given ?? PlannedCluster.measuredFLOPS(),
      memoryBandwidth: memoryRate,
      inside: PlannedLink(latency: isGPU ? 3e-6 : 1e-6, bandwidth: inside, processorTime: 0),
      between: PlannedLink(latency: latency, bandwidth: link * Double(links)), library: library)
  }

  func run() throws {
    let model = try PlannedModel(path: path, length: length)
    let training = PlannedTraining(batch: batch, elementBytes: elementBytes)
    if scales {
      let plan = try ScalingPlan(model, training, on: cluster, strategy: strategy)
      print(isJSON ? plan.json : plan.description)
      return
    }
    let plan = try DistributedPlan(model, training, on: cluster, strategy: strategy)
    print(isJSON ? plan.json : plan.description)
  }
}
