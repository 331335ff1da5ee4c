import Apus
import Foundation
import TestSupport
import Testing

@Suite struct WatchingCode {
  @Test func watching() throws {
    let folder = TemporaryFolder()
    let run = folder.path

    manualSeed(0)
    let model = Sequential(Flatten(), Linear(64, 64), ReLU(), Linear(64, 10))
    let loader = DataLoader(Digits(train: true), batchSize: 64, shuffle: true)
    let test = DataLoader(Digits(train: false), batchSize: 360)
    let trainer = Trainer(model, optimizer: AdamW(model.parameters(), lr: 3e-3), loss: CrossEntropyLoss())
    trainer.metrics = [.accuracy]
    trainer.showsProgress = false

    let config: [String: SettingValue] = ["lr": 3e-3, "optimizer": "adamw", "layers": [64, 64]]
    let report = ReportLogger(
      path: run + "/report.html", title: "Digits", settings: config,
      modelSummary: model.summary(input: [1, 1, 8, 8]).description)
    let mlflow = try MLflowLogger(trackingURI: "file:" + run + "/mlruns", experiment: "digits", params: config)
    let wandb = try WandbLogger(project: "digits", config: config, dir: run, tags: ["small"])
    trainer.loggers = [
      CSVLogger(path: run + "/values.csv"), JSONLinesLogger(path: run + "/log.jsonl", config: config),
      try TensorBoardLogger(logDir: run), wandb, mlflow, report,
    ]
    try trainer.fit(loader, validation: test, epochs: 2)

    try mlflow.logArtifact(run + "/values.csv")
    try wandb.save(run + "/values.csv")
    try wandb.setSummary(["note": "first"])

    let digits = Digits(train: false)
    model.eval()
    let predicted: [Int] = noGrad { model(digits.images).argmax(1) }.array()
    let labels: [Int] = digits.labels.array()
    var confusion = ConfusionMatrix(classes: 10)
    try confusion.add(actual: labels, predicted: predicted)
    report.report.confusion = confusion
    report.report.samples = try (0..<24).map {
      .init(try Chart.Picture(digits.images[$0]), caption: "\(labels[$0]), taken for \(predicted[$0])")
    }
    try report.close()

    let writer = SummaryWriter(run + "/board")
    writer.addScalar("loss", 0.5, 10)
    writer.addScalars("accuracy", ["train": 0.9, "test": 0.8], globalStep: 10)
    writer.addHistogram("weights", randn([1000]), 10, bins: "auto")
    writer.addImages("digits", digits.images[..<16], 10)
    writer.addFigure("curve", Chart(title: "loss", series: [.init(name: "train", y: [3, 2, 1])]), 10)
    writer.addAudio("tone", (arange(0, 8000).to(.float32) * 0.3).sin(), 10, sampleRate: 8000)
    writer.addVideo("noise", rand([1, 8, 3, 32, 32]), 10, fps: 4)
    writer.addPrCurve("is it a seven", digits.labels.eq(7), rand([digits.count]), 10)
    writer.addEmbedding(randn([16, 8]), metadata: (0..<16).map { "digit \($0)" }, labelImg: digits.images[..<16])
    writer.addHParams(["lr": 0.1, "optimizer": "sgd"], ["hparam/accuracy": 0.8], runName: "first")
    writer.addGraph(model, digits.images[..<1])
    writer.addCustomScalars(["losses": ["all of them": .multiline(["loss.*"])]])
    writer.close()

    let chart = try Chart(
      title: "Digits",
      panels: [
        .init(title: "loss", xLabel: "step", yScale: .logarithmic, series: [.init(name: "train", y: [2.3, 1.1, 0.4])]),
        .scatter(title: "two features", x: [0.1, 0.5, 0.9], y: [1, 3, 2]),
        .bar(title: "accuracy", names: ["small", "large"], groups: [("train", [0.9, 0.99]), ("test", [0.85, 0.9])]),
        .histogram(title: "weights", values: randn([500]).to(.float64).array()),
        .heatMap(title: "correlation", [[1, 0.2], [0.2, 1]], rowNames: ["a", "b"], columnNames: ["a", "b"]),
        .confusionMatrix(counts: confusion.counts, classNames: confusion.classNames),
        .images(title: "digits", (0..<8).map { try Chart.Picture(digits.images[$0]) }, columns: 4),
      ])
    try chart.write(to: run + "/charts.svg")
    try chart.write(to: run + "/charts.png")

    for file in ["report.html", "charts.svg", "charts.png", "values.csv", "log.jsonl", "board/projector_config.pbtxt"] {
      #expect(FileManager.default.fileExists(atPath: run + "/" + file), "\(file)")
    }
  }
}
