import Apus
import TestSupport
import Testing

/// The code of the guides for those who come from Keras and from Lightning.
@Suite struct ComingFromCode {
  final class TwoInputs: Layer {
    let left = Linear(8, 16)
    let right = Linear(4, 16)
    let head = Linear(32, 1)

    func forward(_ x: Tensor) -> Tensor {
      let (a, b) = (left(x[0..., 0..<8]).relu(), right(x[0..., 8...]).relu())
      return head(cat([a, b], dim: 1))
    }
  }

  @Test func keras() throws {
    manualSeed(0)
    let digits = Digits(train: true)
    let model = Sequential(
      Conv2d(1, 16, kernelSize: 3, padding: 1), ReLU(), MaxPool2d(2), Flatten(), Linear(16 * 4 * 4, 10),
      Softmax(dim: -1))
    model.compile(optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"])
    let history = try model.fit(digits.images, digits.labels, batchSize: 32, epochs: 3, validationSplit: 0.1)
    print(history["val_accuracy"])
    let scores = try model.evaluate(Digits(train: false).images, Digits(train: false).labels)
    #expect(!scores.isEmpty)
    #expect(TwoInputs()(rand([3, 12])).shape == [3, 1])
  }

  @Test func lightning() throws {
    let folder = TemporaryFolder()
    let run = folder.path

    manualSeed(0)
    final class Classifier: Layer {
      let body = Sequential(Flatten(), Linear(64, 64), ReLU(), Dropout(0.1))
      let head = Linear(64, 10)

      func forward(_ x: Tensor) -> Tensor { head(body(x)) }
    }

    let model = Classifier()
    let optimizer = AdamW(model.parameters(), lr: 1e-3)
    let trainer = Trainer<(Tensor, Tensor)>(model, optimizer: optimizer) { images, labels in
      let output = model(images)  // training_step and validation_step
      return .init(loss: crossEntropy(output, labels), count: labels.count, output: output.detach(), target: labels)
    }
    trainer.metrics = [.accuracy]
    trainer.schedule = CosineAnnealingLR(optimizer, tMax: 3)
    trainer.maxGradNorm = 1
    trainer.accumulatedBatches = 2
    trainer.checkpoints = CheckpointPlan(folder: run, monitor: "validation loss", topK: 2)
    trainer.callbacks = [EarlyStopping(patience: 3), LearningRateMonitor(), EMAWeights(decay: 0.99)]
    trainer.loggers = [CSVLogger(path: run + "/values.csv"), try TensorBoardLogger(logDir: run)]
    let training = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let testing = DataLoader(Digits(train: false), batchSize: 64)
    try trainer.fit(training, validation: testing, epochs: 3)
    let values = try trainer.test(testing)
    #expect(values.map(\.name).contains("test loss") && folder.names.contains("best.safetensors"))
  }
}
