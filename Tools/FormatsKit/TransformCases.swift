import ApusCore
import ApusFormats
import ApusFunctional
import ApusVision

/// The cases of the group `images` that change pictures: a function of torchvision with its arguments, and what it gave.
enum TransformCases {
  static func run(_ item: FormatCase) throws {
    let file = try SafetensorsFile(path: item.path("expected"))
    guard let input = item.json["input"]?.string, let operation = item.json["op"]?.string else {
      throw JSON.SyntaxError(description: "\(item.id): there is no input or operation")
    }
    let call = TransformCall(
      operation: operation, params: item.json["params"] ?? .null, input: try file.tensor(named: input),
      isPIL: item.json["backend"]?.string == "pil", file: file)
    let found = try withErrors { try call.results() }
    let names = item.json["output"]?.array?.compactMap(\.string) ?? []
    guard found.count == names.count else {
      throw FormatDifference("\(found.count) results instead of \(names.count)")
    }
    let tolerance = item.json["atol"]?.double ?? 0
    for (name, result) in zip(names, found) {
      let expected = try file.tensor(named: name)
      guard result.shape == expected.shape, result.dtype == expected.dtype else {
        throw FormatDifference(
          "\(name) is \(result.dtype) \(result.shape) and not \(expected.dtype) \(expected.shape)")
      }
      // Equal values have no difference, also where both are infinite or not a number.
      let pairs = zip(result.array(as: Double.self), expected.array(as: Double.self))
      let difference = pairs.map { $0 == $1 || ($0.isNaN && $1.isNaN) ? 0 : abs($0 - $1) }.max() ?? 0
      guard difference <= tolerance else {
        throw FormatDifference("\(name) differs by up to \(difference), allowed are \(tolerance)")
      }
    }
  }
}

/// A function and its arguments, by torchvision's names.
private struct TransformCall {
  let operation: String
  let params: JSON
  let input: Tensor
  let isPIL: Bool
  let file: SafetensorsFile

  func results() throws -> [Tensor] {
    switch operation {
    case "five_crop", "ten_crop":
      let size = ints("size") ?? []
      func crops<Input: VisionTensor>(_ x: Input) -> [Tensor] {
        let parts =
          operation == "five_crop"
          ? TF.fiveCrop(x, size) : TF.tenCrop(x, size, verticalFlip: bool("vertical_flip") ?? false)
        return parts.map(\.tensor)
      }
      return isPIL ? crops(PILImage(input)) : crops(input)
    case "mixup":
      let lam = double("lam") ?? 1
      return [TF.mixup(input, lam: lam), try mixedLabels(lam)]
    case "cutmix":
      return [TF.cutmix(input, box: ints("box") ?? []), try mixedLabels(double("lam_adjusted") ?? 1)]
    default:
      return [isPIL ? try result(PILImage(input)).tensor : try result(input)]
    }
  }

  /// The labels of the file, of 4 classes, mixed with those of the sample before.
  private func mixedLabels(_ lam: Double) throws -> Tensor {
    TF.mixup(oneHot(try file.tensor(named: "in.labels"), numClasses: 4).to(.float32), lam: lam)
  }

  private func result<Input: VisionTensor>(_ x: Input) throws -> Input {
    let interpolation = ImageInterpolation(named: params["interpolation"]?.string ?? "bilinear")
    // Turning takes the nearest pixel unless told otherwise.
    let turning = ImageInterpolation(named: params["interpolation"]?.string ?? "nearest")
    let antialias = bool("antialias") ?? true
    let centre = doubles("center") ?? []
    switch operation {
    case "resize":
      return TF.resize(
        x, size: ints("size"), interpolation: interpolation, maxSize: params["max_size"]?.int, antialias: antialias)
    case "crop": return TF.crop(x, int("top"), int("left"), int("height"), int("width"))
    case "center_crop": return TF.centerCrop(x, ints("output_size") ?? ints("size") ?? [])
    case "resized_crop":
      return TF.resizedCrop(
        x, top: int("top"), left: int("left"), height: int("height"), width: int("width"), size: ints("size") ?? [],
        interpolation: interpolation, antialias: antialias)
    case "pad":
      return TF.pad(
        x, padding: ints("padding") ?? [], fill: fill,
        paddingMode: PaddingMode(named: params["padding_mode"]?.string ?? "constant"))
    case "horizontal_flip", "hflip": return TF.horizontalFlip(x)
    case "vertical_flip", "vflip": return TF.verticalFlip(x)
    case "rotate":
      return TF.rotate(
        x, double("angle") ?? 0, interpolation: turning, expand: bool("expand") ?? false, center: centre, fill: fill)
    case "affine":
      return TF.affine(
        x, angle: double("angle") ?? 0, translate: doubles("translate") ?? [0, 0], scale: double("scale") ?? 1,
        shear: doubles("shear") ?? [0, 0], interpolation: turning, fill: fill, center: centre)
    case "perspective":
      if let numbers = doubles("coefficients") {
        return TF.perspective(x, coefficients: numbers, interpolation: interpolation, fill: fill)
      }
      return TF.perspective(
        x, startpoints: points("startpoints"), endpoints: points("endpoints"), interpolation: interpolation, fill: fill)
    case "elastic":
      let name = params["displacement_seed"]?.string ?? params["displacement"]?.string ?? "in.displacement"
      return TF.elastic(x, displacement: try file.tensor(named: name), interpolation: interpolation, fill: fill)
    default: return try changedColours(x)
    }
  }

  private func changedColours<Input: VisionTensor>(_ x: Input) throws -> Input {
    switch operation {
    case "gaussian_blur":
      return TF.gaussianBlur(x, kernelSize: ints("kernel_size") ?? [], sigma: doubles("sigma") ?? [])
    case "adjust_brightness": return TF.adjustBrightness(x, double("brightness_factor") ?? 1)
    case "adjust_contrast": return TF.adjustContrast(x, double("contrast_factor") ?? 1)
    case "adjust_saturation": return TF.adjustSaturation(x, double("saturation_factor") ?? 1)
    case "adjust_sharpness": return TF.adjustSharpness(x, double("sharpness_factor") ?? 1)
    case "adjust_hue": return TF.adjustHue(x, double("hue_factor") ?? 0)
    case "adjust_gamma": return TF.adjustGamma(x, double("gamma") ?? 1, gain: double("gain") ?? 1)
    case "rgb_to_grayscale", "to_grayscale":
      return TF.rgbToGrayscale(x, numOutputChannels: params["num_output_channels"]?.int ?? 1)
    case "grayscale_to_rgb": return TF.grayscaleToRgb(x)
    case "equalize": return TF.equalize(x)
    case "autocontrast": return TF.autocontrast(x)
    case "invert": return TF.invert(x)
    case "posterize": return TF.posterize(x, int("bits"))
    case "solarize": return TF.solarize(x, double("threshold") ?? 0)
    case "permute_channels": return TF.permuteChannels(x, ints("permutation") ?? [])
    case "normalize": return TF.normalize(x, mean: doubles("mean") ?? [], std: doubles("std") ?? [])
    case "to_dtype", "convert_image_dtype":
      guard let dtype = DType(name: params["dtype"]?.string ?? "float32") else { throw UnknownKind(operation) }
      return TF.toDtype(x, dtype, scale: bool("scale") ?? (operation == "convert_image_dtype"))
    case "erase":
      return TF.erase(
        x, i: int("i"), j: int("j"), h: int("h"), w: int("w"),
        v: Tensor(doubles("v") ?? [0], shape: [doubles("v")?.count ?? 1, 1, 1], dtype: .float32))
    case "jpeg": return TF.jpeg(x, quality: int("quality"))
    case "uniform_temporal_subsample": return TF.uniformTemporalSubsample(x, numSamples: int("num_samples"))
    default: throw UnknownKind(operation)
    }
  }

  // MARK: Arguments

  private func int(_ name: String) -> Int { params[name]?.int ?? 0 }
  private func double(_ name: String) -> Double? { params[name]?.double }
  private func bool(_ name: String) -> Bool? { params[name]?.bool }

  /// A list of whole numbers, or one.
  private func ints(_ name: String) -> [Int]? {
    params[name]?.array?.compactMap(\.int) ?? params[name]?.int.map { [$0] }
  }
  private func doubles(_ name: String) -> [Double]? {
    params[name]?.array?.compactMap(\.double) ?? params[name]?.double.map { [$0] }
  }
  private func points(_ name: String) -> [[Int]] {
    params[name]?.array?.map { $0.array?.compactMap(\.int) ?? [] } ?? []
  }

  private var fill: Fill { Fill(doubles("fill")) }
}
