import ApusCore
import ApusModels
import ApusNN
import FormatsKit
import Foundation

/// Adapters whose configuration or weights are damaged: put onto their model, run, merged and taken off.
struct LoraFuzzing: FuzzTarget {
  let name = "lora"
  private let folders: FuzzedFolders
  var files: [FuzzFile] { folders.files }
  var losesFiles: Bool { true }
  let words = [
    "\"target_modules\": \"(.*a.*)*b|(x+x+)+y\", ", "\"r\": 65536, ", "\"rank_pattern\": {\".*\": 7}, ",
    "\"lora_alpha\": 1e308, ", "\"modules_to_save\": [\"\"], ", "\"layers_to_transform\": [-1, 99999999], ",
  ]

  init(_ path: String) {
    folders = FuzzedFolders(in: path) { $0 == "adapter_config.json" || $0 == "adapter_model.safetensors" }
  }

  func read(_ index: Int, _ bytes: [UInt8]?, in scratch: String) throws {
    try folders.withDamaged(index, bytes, in: scratch) { folder in
      try withErrors {
        let run = try LoraRun(name, folders.folder(index))
        let model = try run.model()
        let inputs = try run.inputs(labels: false)
        // As it is loaded, and as one begins with the same configuration.
        if Int(bytes?.count ?? 0) % 2 == 0 {
          _ = try LoraAdapter(on: model, LoraConfiguration(path: folder))
          _ = noGrad { model(inputs) }
          return
        }
        let adapter = try LoraAdapter(path: folder, on: model)
        _ = noGrad { model(inputs) }
        adapter.merge()
        _ = noGrad { model(inputs) }
        adapter.unmerge()
        try adapter.save(to: "\(scratch)/saved")
        adapter.remove()
      }
    }
  }
}
