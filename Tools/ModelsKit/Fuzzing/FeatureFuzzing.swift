import ApusCore
import ApusModels
import FormatsKit
import Foundation

/// What sounds and pictures are made into: `preprocessor_config.json`.
struct FeatureFuzzing: FuzzTarget {
  let name = "features"
  let files: [FuzzFile]
  var mostMemory: Int { 512 << 20 }

  init(_ path: String) {
    files =
      contents(path).compactMap { name in
        FuzzFile(path: "\(path)/\(name)/preprocessor_config.json", name: "\(name)/preprocessor_config.json")
      }
      + pictures.enumerated().map {
        FuzzFile(name: "picture\($0.offset)/preprocessor_config.json", Array($0.element.utf8))
      }
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    let file = "\(scratch)/preprocessor_config.json"
    try Data(bytes ?? []).write(to: URL(fileURLWithPath: file))
    try withErrors {
      switch files[index].name {
      case let name where name.hasPrefix("picture"):
        let processor = try ImageProcessor(path: file)
        _ = try processor([Tensor.zeros([3, 20, 31], dtype: .uint8), Tensor.ones([3, 31, 20], dtype: .uint8)])
      case let name where name.hasPrefix("wav2vec2"):
        _ = try Wav2Vec2FeatureExtractor(path: file)(Tensor.ones([700]), samplingRate: nil)
      default: _ = try WhisperFeatureExtractor(path: file)(Tensor.ones([700]), samplingRate: nil)
      }
    }
  }
}

private let pictures = [
  """
  {"image_processor_type": "ViTImageProcessor", "do_resize": true, "size": {"height": 32, "width": 32}, "resample": 2,
    "do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5]}
  """,
  """
  {"feature_extractor_type": "CLIPFeatureExtractor", "do_resize": true, "size": 24, "resample": 3, "do_center_crop": true,
    "crop_size": 24, "do_normalize": true, "image_mean": [0.48, 0.45, 0.40], "image_std": [0.26, 0.26, 0.27], "do_convert_rgb": true}
  """,
  """
  {"image_processor_type": "ConvNextImageProcessor", "crop_pct": 0.875, "do_resize": true, "size": {"shortest_edge": 28},
    "resample": 3, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
  """,
  """
  {"image_processor_type": "EfficientNetImageProcessor", "size": {"height": 30, "width": 26}, "resample": 0, "do_center_crop": false,
    "crop_size": {"height": 20, "width": 20}, "rescale_offset": true, "include_top": true, "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5]}
  """,
  """
  {"image_processor_type": "SegformerImageProcessor", "do_reduce_labels": false, "size": {"shortest_edge": 25, "longest_edge": 40},
    "resample": 2, "do_resize": true}
  """,
]
