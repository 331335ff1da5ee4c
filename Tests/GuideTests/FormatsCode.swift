import Apus
import TestSupport
import Testing

/// The code of docs/formats.md. It names files that a test does not have, so that most of it is only compiled.
@Suite struct FormatsCode {
  func pictures() throws {
    let image = try readImage("photo.jpg", mode: .rgb)
    let upright = try readImage("photo.jpg", applyEXIFOrientation: true)
    let depth = try readImage("depth.png")
    let animation = try readFrames("clip.gif")
    try writeJPEG(image, "copy.jpg", quality: 90)
    try writePNG(image, "copy.png")
    print(upright.shape, depth.dtype, animation.milliseconds)
  }

  func sounds() throws {
    let (waveform, sampleRate) = try readSound("speech.flac")
    try writeWAV(waveform, "speech.wav", sampleRate: sampleRate, encoding: .int16)
  }

  func dataSets() throws {
    let fashion = try MNIST(root: "/usr/share/datasets/fashion-mnist", train: true)
    print(fashion.count)
  }

  func models(picture: Tensor) throws {
    let model = try TFLiteModel(path: "face_detection_front.tflite")
    print(model.inputs, model.outputs)
    let results = try model.run([picture])
    print(results.count)
  }

  @Test func picturesComeBack() throws {
    let folder = TemporaryFolder()
    let image = Tensor((0..<48).map { $0 * 5 }).to(.uint8).reshape([3, 4, 4])
    try writePNG(image, folder.file("a.png"))
    #expect(try readImage(folder.file("a.png")).array(as: Int.self) == image.array(as: Int.self))
  }
}
