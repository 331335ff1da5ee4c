import Apus
import TestSupport
import Testing

@Suite struct PerformanceCode {
  @Test func profiling() throws {
    let folder = TemporaryFolder().path
    manualSeed(0)
    let model = Sequential(Conv2d(1, 8, kernelSize: 3), ReLU(), Flatten(), Linear(8 * 6 * 6, 10))
    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let (images, labels) = (randn(32, 1, 8, 8), randint(0, 10, [32]))

    let profiler = profile(recordShapes: true, profileMemory: true, withFLOPs: true) { _ in
      let loss = recordFunction("forward") { crossEntropy(model(images), labels) }
      loss.backward()
      optimizer.step()
    }
    print(profiler.keyAverages().table(sortBy: .selfCPUTimeTotal, rowLimit: 10))
    print(profiler.keyAverages(groupByInputShape: true).table(sortBy: "cpu_time_total", rowLimit: 10))
    print(profiler.moduleAverages())
    #expect(profiler.keyAverages()["forward"]?.count == 1)

    let seen = schedule(wait: 1, warmup: 1, active: 3, repeat: 1)
    try profile(schedule: seen, onTraceReady: tensorboardTraceHandler(folder + "/runs")) { profiler in
      for _ in 0..<6 {
        optimizer.zeroGrad()
        crossEntropy(model(images), labels).backward()
        optimizer.step()
        profiler.step()
      }
    }

    try profiler.exportChromeTrace(folder + "/trace.json")

    let trainer = Trainer(model, optimizer: optimizer, loss: CrossEntropyLoss())
    trainer.profiler = "advanced"
    trainer.showsProgress = false
    try trainer.fit(DataLoader(TensorDataset(images, labels), batchSize: 4), epochs: 1)
    print(trainer.profilerReport ?? "")

    print(profiler.whySlow())
  }

  @Test func size() {
    let model = Sequential(Conv2d(1, 8, kernelSize: 3), ReLU(), Flatten(), Linear(8 * 6 * 6, 10))
    let images = randn(32, 1, 8, 8)
    let summary = model.summary(
      input: [1, 1, 8, 8], depth: 2, columns: [.outputSize, .kernelSize, .numParams, .flops])
    print(summary)
    print(summary.totalParams, summary.totalBytes)

    let flops = countFLOPs { model(images).sum().backward() }
    print(flops.total, flops["Sequential.0"])
    print(flops)
    #expect(summary.totalParams == 2970 && flops["Sequential.0"] > 0)
  }

  @Test func faster() {
    let model = Sequential(Conv2d(1, 8, kernelSize: 3), ReLU(), Flatten(), Linear(8 * 6 * 6, 10))
    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let (images, labels) = (randn(32, 1, 8, 8), randint(0, 10, [32]))

    let before = getNumThreads()
    setNumThreads(1)
    let one = model(images)
    setNumThreads(before)
    #expect(one.allclose(model(images), rtol: 1e-4, atol: 1e-5))

    let step = compile { (images: Tensor, labels: Tensor) in
      optimizer.zeroGrad()
      let loss = crossEntropy(model(images), labels)
      loss.backward()
      optimizer.step()
      return loss
    }
    print(step(images, labels).item())

    let half = Sequential(Linear(64, 64), ReLU(), Linear(64, 10)).bfloat16()
    let logits = half(randn(8, 64).to(.bfloat16))
    #expect(logits.dtype == .bfloat16)
  }
}
