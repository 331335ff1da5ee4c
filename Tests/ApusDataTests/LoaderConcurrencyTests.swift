import Apus
import Testing

/// One loader in several tasks. Run under the thread sanitizer by scripts/sanitize.sh.
@Suite(.serialized) struct LoaderConcurrencyTests {
  private let numbers = TensorDataset(Tensor(Array(0..<60)), Tensor(Array(0..<60)))

  @Test(arguments: [0, 1, 3])
  func tasksLoopOverOneLoader(workers: Int) async {
    let loader = DataLoader(numbers, batchSize: 7, shuffle: true, numWorkers: workers)
    await withTaskGroup(of: Set<Int>.self) { group in
      for _ in 0..<4 {
        group.addTask { loader.reduce(into: []) { $0.formUnion($1.0.array(as: Int.self)) } }
      }
      for await seen in group { #expect(seen == Set(0..<60)) }
    }
  }

  @Test func tasksLeaveTheirLoopsEarly() async {
    let loader = DataLoader(numbers, batchSize: 2, numWorkers: 3)
    await withTaskGroup(of: [Int].self) { group in
      for i in 0..<6 {
        group.addTask { loader.prefix(i).flatMap { $0.0.array(as: Int.self) } }
      }
      for await seen in group { #expect(seen == Array(0..<seen.count)) }
    }
  }

  @Test func copiesOfAnIteratorGoOnByThemselves() throws {
    var first = DataLoader(numbers, batchSize: 20, numWorkers: 2).makeIterator()
    _ = try first.nextBatch()
    var second = first
    for _ in 0..<2 {
      #expect(try first.nextBatch()?.0.array(as: Int.self) == second.nextBatch()?.0.array(as: Int.self))
    }
    #expect(try first.nextBatch() == nil && second.nextBatch() == nil)
  }

  @Test func workersFeedModelsInSeveralTasks() async {
    let digits = Digits(train: true).subset(0..<256)
    let loader = DataLoader(digits, batchSize: 64, shuffle: true, numWorkers: 2)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<3 {
        group.addTask {
          let model = Sequential(Flatten(), Linear(64, 10))
          let optimizer = SGD(model.parameters(), lr: 0.1)
          var losses: [Double] = []
          for _ in 0..<3 {
            for (images, labels) in loader {
              optimizer.zeroGrad()
              let loss = crossEntropy(model(images), labels)
              loss.backward()
              optimizer.step()
              losses.append(loss.item())
            }
          }
          return losses.count == 12 && losses[11] < losses[0]
        }
      }
      for await learned in group { #expect(learned) }
    }
  }

  @Test func aDatasetMayDrawFromTheSharedGenerator() async {
    struct Noise: Dataset {
      let count = 40
      subscript(i: Int) -> Tensor { randn([3]) }
    }
    let loader = DataLoader(Noise(), batchSize: 4, numWorkers: 4)
    await withTaskGroup(of: Int.self) { group in
      for _ in 0..<3 { group.addTask { loader.reduce(0) { $0 + $1.shape[0] } } }
      for await count in group { #expect(count == 40) }
    }
  }
}
