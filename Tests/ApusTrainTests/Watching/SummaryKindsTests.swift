import Apus
import ApusTrain
import Foundation
import TestSupport
import Testing

/// What `SummaryWriter` writes beside curves. Numbers and texts expected are those that PyTorch's writes for the same calls.
@Suite struct SummaryKindsTests {
  private func events(_ folder: String) throws -> Data {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("tfevents") }
    return try Data(contentsOf: URL(fileURLWithPath: folder + "/" + #require(names.first)))
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func embeddingsAreFilesOfTheProjector() throws {
    let folder = TemporaryFolder()
    let writer = SummaryWriter(folder.path)
    let mat = Tensor([0.5, 1, 0.25, -2], shape: [2, 2], dtype: .float32)
    writer.addEmbedding(mat, metadata: ["a", "b"], labelImg: Tensor.ones([2, 3, 4, 5]), globalStep: 7, tag: "em/b")
    writer.addEmbedding(mat, metadata: [["a", "1"], ["b", "2"]], metadataHeader: ["x", "y"])
    writer.close()
    #expect(try text(folder.path + "/00007/em%2fb/tensors.tsv") == "0.5\t1.0\n0.25\t-2.0\n")
    #expect(try text(folder.path + "/00007/em%2fb/metadata.tsv") == "a\nb\n")
    #expect(try text(folder.path + "/00000/default/metadata.tsv") == "x\ty\na\t1\nb\t2\n")
    let sprite = try readImage(folder.path + "/00007/em%2fb/sprite.png")
    #expect(sprite.shape == [3, 10, 10])
    #expect(
      try text(folder.path + "/projector_config.pbtxt") == """
        embeddings {
          tensor_name: "em/b:00007"
          metadata_path: "00007/em%2fb/metadata.tsv"
          sprite {
            image_path: "00007/em%2fb/sprite.png"
            single_image_dim: 5
            single_image_dim: 4
          }
          tensor_path: "00007/em%2fb/tensors.tsv"
        }
        embeddings {
          tensor_name: "default:00000"
          metadata_path: "00000/default/metadata.tsv"
          tensor_path: "00000/default/tensors.tsv"
        }

        """)
  }

  @Test func hyperparametersAreARunOfTheirOwn() throws {
    let folder = TemporaryFolder()
    let writer = SummaryWriter(folder.path)
    writer.addHParams(
      ["lr": 0.1, "bs": 32, "opt": "adam", "flag": true], ["hparam/acc": 0.5],
      hparamDomainDiscrete: ["lr": [0.1, 0.2]], runName: "hp")
    writer.close()
    let run = try #require(recordedRuns(under: folder.path).runs.first { $0.name == "hp" })
    #expect(run.settings == ["lr": "0.1", "bs": "32", "opt": "adam", "flag": "True"])
    #expect(run["hparam/acc"]?.last == 0.5)
  }

  @Test func allKindsReachTheFile() throws {
    let folder = TemporaryFolder()
    let writer = SummaryWriter(folder.path, filenameSuffix: ".end")
    let image = arange(0, 60).to(.float32).reshape([3, 4, 5]) / 59.0
    for (order, tensor) in [
      ("CHW", image), ("HWC", image.permute([1, 2, 0])), ("WCH", image.permute([2, 0, 1])), ("HW", image[0]),
    ] { writer.addImage("image/\(order)", tensor, 1, dataformats: order) }
    writer.addImages("grid", image.unsqueeze(0).expand([10, 3, 4, 5]), globalStep: 1)
    writer.addFigure("figure", Chart(title: "t", series: [.init(name: "s", y: [1, 2])]))
    writer.addVideo("video", Tensor.ones([2, 3, 1, 4, 5]), fps: 10)
    writer.addAudio("sound", linspace(-2, 2, 100), sampleRate: 8000)
    writer.addHistogram("histogram", linspace(0, 1, 50), 1, bins: "auto")
    writer.addHistogram("histogram/edges", [1, 2, 3], 1, bins: [0, 1.5, 4])
    writer.addPrCurve("curve", Tensor([0, 1, 1]), Tensor([0.1, 0.9, 1.0]), 1, numThresholds: 5)
    writer.addCustomScalars(["category": ["chart": .multiline(["loss/.*"])]])
    writer.addGraph(Sequential(Linear(4, 2), ReLU()), Tensor.ones([3, 4]))
    writer.close()
    let bytes = try events(folder.path)
    for part in [
      "image/CHW", "image/HWC", "image/WCH", "image/HW", "grid", "figure", "GIF89a", "WAVE", "histogram", "pr_curves",
      "custom_scalars__config__", "loss/.*", "Sequential/Linear[0]/weight", "output/output.1",
    ] { #expect(bytes.range(of: Data(part.utf8)) != nil, "\(part)") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).contains { $0.hasSuffix(".end") })
  }

  /// The counts at five thresholds of three examples, by hand: a bucket is the floor of four times the prediction.
  @Test func curvesOfPrecisionAndRecall() throws {
    let folder = TemporaryFolder()
    let writer = SummaryWriter(folder.path)
    writer.addPrCurve("curve", Tensor([0, 1, 1]), Tensor([0.1, 0.9, 1.0]), 1, numThresholds: 5)
    writer.close()
    let wanted: [Float] = [2, 2, 2, 2, 1] + [1, 0, 0, 0, 0] + [0, 1, 1, 1, 1] + [0, 0, 0, 0, 1]
    let packed = wanted.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    #expect(try events(folder.path).range(of: Data(packed)) != nil)
  }

  @Test(arguments: [
    "picture", "order", "video", "sound", "curve", "predictions", "margin", "hyperparameter", "domain", "matrix",
    "labels", "header", "sprite", "rule", "raw",
  ])
  func mistakes(_ name: String) throws {
    let folder = TemporaryFolder()
    let writer = SummaryWriter(folder.path)
    let matrix = Tensor.ones([2, 2])
    let error = #expect(throws: TensorError.self) {
      try withErrors {
        switch name {
        case "picture": writer.addImage("a", matrix)
        case "order": writer.addImage("a", Tensor.ones([3, 2, 2]), dataformats: "CHH")
        case "video": writer.addVideo("a", matrix)
        case "sound": writer.addAudio("a", matrix)
        case "curve": writer.addPrCurve("a", Tensor([1]), Tensor([0.5, 0.5]))
        case "predictions": writer.addPrCurve("a", Tensor([1]), Tensor([1.5]))
        case "margin": writer.addCustomScalarsMarginchart(["a"])
        case "hyperparameter": writer.addHParams(["a": [1, 2]], [:])
        case "domain": writer.addHParams(["a": 1], [:], hparamDomainDiscrete: ["a": ["x"]])
        case "matrix": writer.addEmbedding(Tensor([1.0]))
        case "labels": writer.addEmbedding(matrix, metadata: ["a"])
        case "header": writer.addEmbedding(matrix, metadata: [["a"], ["b"]], metadataHeader: ["x", "y"])
        case "sprite": writer.addEmbedding(matrix, labelImg: matrix)
        case "rule": writer.addHistogram("a", matrix, bins: "none")
        default:
          writer.addHistogramRaw(
            "a", min: 0, max: 1, num: 1, sum: 1, sumSquares: 1, bucketLimits: [1], bucketCounts: [1, 2])
        }
      }
    }
    #expect((error?.message.count ?? 0) > 20)
  }
}
