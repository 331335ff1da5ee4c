import Apus
import ApusDistributed
import Foundation
import Testing

extension Cases {
  /// Measured steps beside simulated ones, from the lines that the cases above wrote into the file APUS_PLAN_FILE. The simulator gets what one process takes, what
  /// two take beside each other, and the links; of a row nothing but what is to be done.
  static func planCompare() throws {
    let path = try #require(ProcessInfo.processInfo.environment["APUS_PLAN_FILE"])
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: " ").map(String.init)
    }
    var models: [String: PlannedModel] = [:]
    var beside: [String: Double] = [:]
    var inside = PlannedLink(latency: 1e-6, bandwidth: 1e10)
    var link = inside
    var (environment, ranksPerHost) = ("", 1)
    var (cores, memory) = (2.0, 1e10)
    func model(_ words: [String]) throws -> PlannedModel {
      let network = try #require(PlanNetwork.named(words[1]))
      let blocks = words.dropFirst(3).enumerated().map { i, pair -> PlannedBlock in
        let times = pair.split(separator: ",").compactMap { Double($0) }
        let layer = network.layers[i]
        var block = PlannedBlock(
          name: "\(i)", parameters: layer.parameters().map(\.count), forward: times[0], backward: times[1],
          isLayer: !layer.parameters().isEmpty)
        network.facts(i, &block)
        return block
      }
      return PlannedModel(name: words[1], blocks: Array(blocks), unit: .seconds, optimizerTime: Double(words[2]))
    }
    func total(_ model: PlannedModel, _ examples: Int) -> Double {
      model.work * Double(examples) + (model.optimizerTime ?? 0)
    }
    var errors: [Double] = []
    for words in lines where words.first == "plan" {
      switch words[1] {
      case "memory": memory = Double(words[3]) ?? memory
      case "cores": cores = Double(words[2]) ?? 2
      case "profile":
        let found = try model(Array(words.dropFirst(2)))
        let name = found.name
        guard let network = PlanNetwork.named(name) else { continue }
        if words[2] == "1" {
          models[name] = found
        } else if let alone = models[name] {
          beside[name] = max(1, total(found, network.examples) / total(alone, network.examples))
          print(
            "\(name): \(total(alone, network.examples) * 1000) ms a step alone, \(beside[name] ?? 1) times as long beside another"
          )
        }
      case "environment": (environment, ranksPerHost) = (words[2], Int(words[3]) ?? 1)
      case "link":
        link = PlannedLink(
          latency: Double(words[2]) ?? 0, bandwidth: Double(words[3]) ?? 0, bothWays: Double(words[4]) ?? 2,
          processorTime: Double(words[5]) ?? 0)
        if environment == "memory" { inside = link }
        print("\(environment): \(link)")
      case "row":
        let world = try #require(Int(words[2]))
        let row = try #require(PlanRow(words[3]))
        let measured = try #require(Double(words[4]))
        let layout = row.layout(world)
        let planned = try #require(models[row.network.name])
        let cluster = PlannedCluster(
          world: world, ranksPerHost: environment == "memory" ? world : ranksPerHost, flops: 1, memoryBandwidth: memory,
          inside: inside,
          between: link, coresPerHost: cores, isOneMachine: true, sideBySide: beside[row.network.name] ?? 1)
        let training = PlannedTraining(batch: row.network.examples * row.microbatches * layout.data)
        let found = try TrainingSimulation(planned, training, layout, on: cluster)
        let error = found.stepTime / measured - 1
        errors.append(abs(error))
        print(
          "| \(environment) | \(world) | \(words[3]) | \(number(measured)) | \(number(found.stepTime)) | \(Int((error * 100).rounded())) % |"
        )
        if ProcessInfo.processInfo.environment["APUS_PLAN_EVENTS"] == "\(environment):\(world):\(words[3])" {
          for event in found.events.sorted(by: { $0.begin < $1.begin }) {
            print("    \(event.stage) \(number(event.begin)) \(number(event.end)) \(event.name)")
          }
        }
      default: continue
      }
    }
    let within = errors.filter { $0 <= 0.15 }.count
    print(
      "\(within) of \(errors.count) within 15 %; the largest difference is \(Int(((errors.max() ?? 0) * 100).rounded())) %"
    )
  }

  /// Milliseconds.
  private static func number(_ seconds: Double) -> String { String(format: "%.1f", seconds * 1000) }
}
