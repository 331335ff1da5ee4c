import Apus
import TestSupport
import Testing

/// Values of Keras 3 (its losses on the same numbers) and closed forms.
@Suite(.serialized) struct KerasFormTests {
  private func model() -> Sequential {
    manualSeed(0)
    return Sequential(Flatten(), Linear(64, 32), ReLU(), Linear(32, 10), Softmax(dim: -1))
  }

  @Test func compilesFitsEvaluatesAndPredicts() throws {
    let digits = Digits(train: true)
    let model = model()
    model.compile(optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"])
    let history = try model.fit(
      digits.images, digits.labels, epochs: 6, verbose: .silent, validationSplit: 0.2)
    #expect(history.epochs.count == 6)
    #expect(history.names == ["loss", "accuracy", "validation loss", "validation accuracy", "lr"])
    #expect(history["val_accuracy"].last ?? 0 > 0.8)
    #expect(Set(history.history.keys) == ["loss", "accuracy", "val_loss", "val_accuracy", "lr"])
    #expect(history["loss"][5] < history["loss"][0])
    let test = Digits(train: false)
    let values = try model.evaluate(test.images, test.labels)
    #expect(values.map(\.name) == ["loss", "accuracy"] && values[1].value > 0.8)
    let predicted = try model.predict(test.images, batchSize: 100)
    #expect(predicted.shape == [test.count, 10] && !predicted.requiresGrad)
    let right: Int = predicted.argmax(-1).eq(test.labels).sum().item()
    #expect(abs(Double(right) / Double(test.count) - values[1].value) < 1e-9)
    #expect(history.chart().panels[0].series.count == 2)
  }

  /// Keras' policies: the products are in bfloat16 or float16, the weights stay as they are, or the whole model is converted.
  @Test(arguments: [
    ("mixed_bfloat16", false, DType.float32), ("mixed_float16", false, .float32), ("mixed_float16", true, .float32),
    ("bfloat16", false, .bfloat16),
  ])
  private func computesInThePrecisionAskedFor(name: String, jit: Bool, weights: DType) throws {
    let digits = Digits(train: true)
    let seen = Lock<Set<DType>>([])
    let model = model()
    model.compile(
      optimizer: "adam", loss: "sparse_categorical_crossentropy", metrics: ["accuracy"], jitCompile: jit,
      precision: TrainingPrecision(stringLiteral: name))
    let hook = model[1].registerForwardHook { _, _, output in
      seen.withLock { _ = $0.insert(output.dtype) }
    }
    let history = try model.fit(digits.images, digits.labels, epochs: 3, verbose: .silent)
    #expect(history["accuracy"][2] > 0.8)
    #expect(model.parameters().allSatisfy { $0.dtype == weights })
    if !jit { #expect(seen.withLock { $0 } == [name.contains("bfloat16") ? .bfloat16 : .float16]) }
    let predicted = try model.predict(digits.images[..<50])
    let values = try model.evaluate(digits.images[..<50], digits.labels[..<50])
    let right: Int = predicted.argmax(-1).eq(digits.labels[..<50]).sum().item()
    #expect(abs(Double(right) / 50 - values[1].value) < 1e-9)
    hook.remove()
  }

  @Test(arguments: [
    // name, outputs, targets, mean loss of Keras 3.
    ("mse", [[1.0, 2], [3, 4]], [[1.5, 2], [2, 4.5]], 0.375),
    ("mae", [[1, 2], [3, 4]], [[1.5, 2], [2, 4.5]], 0.5),
    ("mape", [[1, 2], [3, 4]], [[2, 2], [2, 5]], 30.0),
    ("msle", [[1, 2], [3, 4]], [[1, 3], [3, 4]], 0.020690096),
    ("huber", [[1, 2], [3, 4]], [[1.5, 2], [1, 4]], 0.40625),
    ("log_cosh", [[1, 2], [3, 4]], [[1, 3], [3, 2]], 0.439696),
    ("hinge", [[0.5, -0.5], [2, 1]], [[1, 0], [1, 0]], 0.75),
    ("squared_hinge", [[0.5, -0.5], [2, 1]], [[1, 0], [1, 0]], 1.125),
    ("poisson", [[1, 2], [3, 4]], [[1, 2], [3, 4]], -0.056827),
    ("kl_divergence", [[0.5, 0.5], [0.25, 0.75]], [[0.5, 0.5], [0.5, 0.5]], 0.0719205),
    ("cosine_similarity", [[1, 0], [3, 4]], [[1, 0], [4, 3]], -0.98),
    ("binary_crossentropy", [[0.5, 0.25], [0.75, 1]], [[1, 0], [1, 1]], 0.317128),
    ("categorical_crossentropy", [[0.5, 0.5], [0.25, 0.75]], [[1, 0], [0, 1]], 0.490415),
  ])
  private func losses(name: String, output: [[Double]], target: [[Double]], expected: Double) throws {
    let model = Sequential(Identity(), Linear(2, 2, bias: false))
    let eye = Tensor([[1.0, 0], [0, 1]])
    noGrad { (model[1] as? Linear)?.weight.copy_(eye) }
    model.compile(optimizer: "sgd", loss: name)
    let values = try model.evaluate(Tensor(output), Tensor(target))
    #expect(abs(values[0].value - expected) < 2e-5, "\(name)")
  }

  @Test func weightsOfClassesAndExamples() throws {
    func plain() -> Sequential {
      manualSeed(4)
      return Sequential(Linear(3, 4), Softmax(dim: -1))
    }
    let (x, y) = (randn([8, 3]), Tensor([0, 1, 2, 3, 0, 1, 2, 3]))
    let own = Tensor([1.0, 2, 0, 1, 3, 1, 0.5, 2])
    let model = plain()
    model.compile(optimizer: SGD(model.parameters(), lr: 0.1), loss: "sparse_categorical_crossentropy")
    try model.fit(
      x, y, batchSize: 8, verbose: .silent, shuffle: false, classWeight: [0: 2, 2: 5], sampleWeight: own)
    let by = plain()
    let optimizer = SGD(by.parameters(), lr: 0.1)
    let weights = own * Tensor([2.0, 1, 5, 1, 2, 1, 5, 1])
    (-by(x).log().gather(1, y.unsqueeze(1)).squeeze(1) * weights).mean().backward()
    optimizer.step()
    for (a, b) in zip(model.parameters(), by.parameters()) { #expect(allclose(a, b, rtol: 1e-5, atol: 1e-6)) }

    let other = plain()
    other.compile(loss: CrossEntropyLoss())
    let error = #expect(throws: TensorError.self) { try other.fit(x, y, verbose: .silent, classWeight: [0: 2]) }
    #expect(error?.message.contains("given by its name") == true)
  }

  @Test func whatIsMissingOrUnknownIsSaid() throws {
    let model = Sequential(Linear(3, 4))
    let (x, y) = (randn([8, 3]), Tensor([0, 1, 2, 3, 0, 1, 2, 3]))
    let missing = #expect(throws: TensorError.self) { try model.fit(x, y) }
    #expect(missing?.message.contains("call compile(optimizer:loss:metrics:) first") == true)
    for (optimizer, loss, metric, text) in [
      ("adem", "mse", "mae", "no optimizer 'adem'"), ("adam", "mze", "mae", "no loss 'mze'"),
      ("adam", "mse", "accurate", "no metric 'accurate'"),
    ] {
      let error = #expect(throws: TensorError.self) {
        try withErrors { model.compile(optimizer: optimizer, loss: loss, metrics: [MetricChoice(metric)]) }
      }
      #expect(error?.message.contains(text) == true && error?.message.contains("known are") == true)
    }
    model.compile(optimizer: "adam", loss: "sparse_categorical_crossentropy")
    let logits = #expect(throws: TensorError.self) { try model.fit(x * 10, y, verbose: .silent) }
    #expect(logits?.message.contains("takes probabilities") == true)
  }

  @Test func kerasCallbacks() throws {
    let folder = TemporaryFolder()
    let digits = Digits(train: true)
    let model = model()
    let rates = LearningRateScheduler { epoch, rate in epoch == 1 ? 0.01 : rate / 2 }
    let optimizer = SGD(model.parameters(), lr: 1)
    model.compile(
      optimizer: optimizer, loss: "sparse_categorical_crossentropy", metrics: ["accuracy"], jitCompile: true)
    let history = try model.fit(
      digits.images[..<256], digits.labels[..<256], epochs: 3, verbose: .silent,
      callbacks: [
        rates, EarlyStopping(monitor: "val_loss", patience: 2),
        ModelCheckpoint(folder.file("e{epoch}.safetensors")),
        ModelCheckpoint(folder.file("best.safetensors"), monitor: "val_accuracy", isLoss: false, saveBestOnly: true),
      ], validationData: (digits.images[256..<300], digits.labels[256..<300]))
    #expect(history["lr"] == [0.01, 0.005, 0.0025])
    #expect(folder.names == ["best.safetensors", "e1.safetensors", "e2.safetensors", "e3.safetensors"])
    let last = try loadSafetensors(folder.file("e3.safetensors"))
    #expect(last["1.weight"]?.array() == model.stateDict()["1.weight"]?.array())
  }
}
