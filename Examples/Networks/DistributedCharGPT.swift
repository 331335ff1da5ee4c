import Apus
import ApusDistributed
import Foundation

// The small GPT on several processes: each takes its part of every batch, all keep one checkpoint, and a run that was ended goes on
// from it, on as many processes as there are then.
//
//   apus launch -n 2 .build/release/examples distributed-char-gpt --steps 200
//   apus launch -n 2 --max-restarts 3 .build/release/examples distributed-char-gpt --steps 200 --fail 120

/// Trains a ``GPT`` on a text with all processes that were started together.
public struct DistributedCharGPT: Example {
  public static let name = "distributed-char-gpt"
  public static let summary = "the GPT of characters on several processes, which goes on where it was ended"
  public static var options: [Option<Self>] {
    [
      Option("steps", \.steps, "steps of the optimiser"),
      Option("batch", \.batch, "sequences in a step of all processes together"),
      Option("context", \.context, "characters that it looks back"),
      Option("width", \.width, "numbers for a character"),
      Option("heads", \.heads, "heads of each attention"), Option("layers", \.layers, "blocks"),
      Option("rate", \.rate, "learning rate"), Option("sample", \.sample, "characters to write at the end"),
      Option("text", \.text, "a file to read in place of Austen, or 'chapters'"),
      Option("seed", \.seed, "where random numbers start"),
      Option("folder", \.folder, "where the checkpoint is, which all processes see; without it there is none"),
      Option("save", \.save, "steps from one checkpoint to the next"),
      Option("fail", \.fail, "the step in which the last process fails at the first start; 0 for none"),
    ]
  }
  public var (steps, batch, context, width, heads, layers) = (200, 16, 64, 128, 4, 4)
  public var (rate, sample, text, seed) = (1e-3, 200, "", 0)
  public var (folder, save, fail) = ("char-gpt-run", 50, 0)
  public init() {}

  /// What this start of the training gave.
  public struct Outcome: Sendable {
    /// The number of processes.
    public var processes: Int
    /// The steps that had been made before, by the checkpoint.
    public var firstStep: Int
    /// The loss of each step of this start, that of the whole batch, in nats for a character.
    public var losses: [Double]
    /// What it wrote; empty on other ranks than the first.
    public var written: String
  }

  public func run() throws -> Outcome {
    let world = if ProcessGroup.isInitialized { try ProcessGroup.world } else { try initProcessGroup() }
    guard heads > 0, width % heads == 0 else {
      throw ExampleError("\(width) numbers do not divide into \(heads) heads")
    }
    guard batch >= world.size, save > 0 else {
      throw ExampleError("a batch of \(batch) sequences is too small for \(world.size) processes, or --save is 0")
    }
    var reader = CharGPT()
    reader.text = text
    let characters = Array(try reader.reading().unicodeScalars)
    let vocabulary = Set(characters).sorted()
    let number = Dictionary(uniqueKeysWithValues: zip(vocabulary, 0...))
    let data = Tensor(characters.compactMap { number[$0] })
    let pieces = (data.count - 1) / max(1, context)
    guard context > 0, pieces >= batch else {
      throw ExampleError("a text of \(data.count) characters has no \(batch) pieces of \(context)")
    }

    manualSeed(seed)  // the same beginning everywhere
    let net = GPT(vocabulary: vocabulary.count, context: context, width: width, heads: heads, layers: layers)
    let model = try DistributedDataParallel(net)
    let optimizer = AdamW(model.parameters(), lr: rate, betas: (0.9, 0.99), weightDecay: 0.1)
    var order = try ResumableOrder(count: pieces, batchSize: batch, seed: seed)
    var step = 0
    // The last checkpoint, of however many processes.
    if !folder.isEmpty, FileManager.default.fileExists(atPath: folder + "/checkpoint.json") {
      let checkpoint = try ShardedCheckpoint(path: folder)
      try checkpoint.load(into: net)
      try checkpoint.load(into: optimizer, of: net)
      step = checkpoint.texts["step"].flatMap { Int($0) } ?? 0
      order.position = checkpoint.texts["position"].flatMap { Int($0) } ?? 0
    }
    try world.barrier()  // all have read it before somebody writes the next
    let first = step
    if world.rank == 0 { print("\(world.size) processes, \(data.count) characters, from step \(step)") }

    var losses: [Double] = []
    while step < steps {
      let part = order.next(for: world)
      let places = Tensor(part.indices, dtype: .int64).unsqueeze(1) * context + arange(context)
      optimizer.zeroGrad()
      let scores = model(data[places]).flatten(0, 1)
      // The part of this process in the mean of the whole batch; the gradients become means over the processes.
      let share =
        crossEntropy(scores, data[places + 1].flatten()) * Double(part.indices.count) / Double(part.globalCount)
      (share * Double(world.size)).backward()
      clipGradNorm(model.parameters(), 1.0)
      optimizer.step()
      step += 1
      losses.append(try world.allReduce(share.detach()).item())
      if world.rank == 0, isReported(step, of: steps) {
        print("step \(step)/\(steps)  loss \(fixed(losses[losses.count - 1], 4))")
      }
      if !folder.isEmpty, step % save == 0 || step == steps {
        var state = ShardedState()
        state.add(net)
        try state.add(optimizer, of: net)
        state.texts = ["step": "\(step)", "position": "\(order.position)"]
        try saveSharded(state, to: folder)
      }
      if step == fail, ProcessGroup.restartCount == 0, world.rank == world.size - 1 {
        throw ExampleError("a failure in step \(step), as --fail asked for")
      }
    }
    var written = ""
    if world.rank == 0, sample > 0 {
      let start = Tensor([number["T"] ?? 0]).unsqueeze(0)
      let ids: [[Int]] = noGrad { net.generate(start, sample, temperature: 0.8, topK: 20).array() }
      written = String(String.UnicodeScalarView(ids[0].map { vocabulary[$0] }))
      print(written)
    }
    return Outcome(processes: world.size, firstStep: first, losses: losses, written: written)
  }
}
