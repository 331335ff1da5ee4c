import ApusCore
import ApusFormats

/// Gives planned layers the weights of a file, by the rules of its form.
struct KerasWeights {
  let file: HDF5File
  /// The group that holds the weights: the root, or `model_weights` in a whole model of the older form.
  private let root: String
  /// Whether it is the older form, in which the layers are listed by name.
  private let isLegacy: Bool

  init(_ file: HDF5File) throws(TensorError) {
    self.file = file
    let whole = try file.attribute("layer_names")
    let first = try file.attribute("layer_names0")
    if whole != nil || first != nil {
      (root, isLegacy) = ("", true)
    } else if try file.kind(of: "model_weights") == .group {
      (root, isLegacy) = ("model_weights", true)
    } else {
      (root, isLegacy) = ("", false)
    }
  }

  /// Fills the weights of a model and all inside it.
  func load(into plan: KerasPlan) throws(TensorError) {
    if isLegacy {
      try loadLegacy(plan)
    } else {
      let kinds = try (file.kind(of: "layers"), file.kind(of: "_layer_checkpoint_dependencies"))
      guard kinds.0 == .group || kinds.1 == .group || plan.parts.isEmpty else {
        throw TensorError(
          .format, file.path,
          "this file has neither the group 'layers' of Keras 3 nor the attribute 'layer_names' of older ones; it holds no weights of Keras"
        )
      }
      try loadStore(plan, "")
    }
  }

  // MARK: Keras 3: numbered variables in groups by class

  private func loadStore(_ plan: KerasPlan, _ place: String) throws(TensorError) {
    if !plan.weights.isEmpty {
      let group = place.isEmpty ? "vars" : "\(place)/vars"
      let found = try file.kind(of: group) == .group ? try file.members(of: group) : []
      let needed = plan.weights.filter { $0.tensor == nil }.count
      guard found.count >= needed, found.count <= plan.weights.count else {
        throw plan.config.fail(
          .format,
          "has \(plan.weights.count) weights (\(plan.weights.map(\.name).joined(separator: ", "))), and '\(group)' in \(file.path) holds \(found.count)"
        )
      }
      for index in plan.weights.indices where index < found.count {
        try take("\(group)/\(index)", plan, index)
      }
    }
    for part in plan.parts where !part.attribute.isEmpty {
      // Several spellings of one attribute, newer first.
      let names = part.attribute.split(separator: "|").map { place.isEmpty ? String($0) : "\(place)/\($0)" }
      var chosen = names[0]
      for name in names.reversed() where try file.kind(of: older(name)) == .group { chosen = older(name) }
      for name in names.reversed() where try file.kind(of: name) == .group { chosen = name }
      try loadStore(part.plan, chosen)
    }
  }

  /// The place where Keras 2.12 wrote it.
  private func older(_ place: String) -> String {
    place.split(separator: "/").map { $0 == "layers" ? "_layer_checkpoint_dependencies" : $0 }.joined(separator: "/")
  }

  // MARK: Older files: lists of names

  private func loadLegacy(_ model: KerasPlan) throws(TensorError) {
    let listed = try names("layer_names", of: root)
    var withWeights: [(name: String, weights: [String])] = []
    for name in listed {
      let weights = try names("weight_names", of: joined(root, name))
      if !weights.isEmpty { withWeights.append((name, weights)) }
    }
    let layers = model.parts.map(\.plan).filter { !legacyWeights($0).isEmpty }
    guard layers.count == withWeights.count else {
      throw TensorError(
        .format, file.path,
        "the file has weights for \(withWeights.count) layers, and the model has \(layers.count) layers with weights")
    }
    // By place, as Keras does; by name where the names are all there, which is the same in files of the model.
    let byName = Dictionary(withWeights.map { ($0.name, $0.weights) }) { first, _ in first }
    let namesAgree = layers.allSatisfy { byName[$0.config.name] != nil }
    for (index, layer) in layers.enumerated() {
      let name = namesAgree ? layer.config.name : withWeights[index].name
      let stored = namesAgree ? byName[name] ?? [] : withWeights[index].weights
      let wanted = legacyWeights(layer)
      guard stored.count == wanted.count else {
        throw layer.config.fail(
          .format, "has \(wanted.count) weights, and the group '\(name)' in \(file.path) lists \(stored.count)")
      }
      for (path, weight) in zip(stored, wanted) {
        try take(joined(joined(root, name), path), weight.plan, weight.index)
      }
    }
    try loadTopLevel(model)
  }

  /// Weights that the model has beside those of its layers, which no layer here has.
  private func loadTopLevel(_ model: KerasPlan) throws(TensorError) {
    guard !model.weights.isEmpty else { return }
    throw model.config.fail(.unsupported, "weights of the model itself are not read from older files")
  }

  /// The weights of a layer in the order of the older form: those that are trained, then the others.
  private func legacyWeights(_ plan: KerasPlan) -> [(plan: KerasPlan, index: Int)] {
    let all = plan.allWeights
    let trains = { (item: (plan: KerasPlan, index: Int, trains: Bool)) in item.trains }
    return (all.filter(trains) + all.filter { !trains($0) }).map { ($0.plan, $0.index) }
  }

  /// A list of names in an attribute, which is cut into several where it is long.
  private func names(_ attribute: String, of place: String) throws(TensorError) -> [String] {
    if let value = try file.attribute(attribute, of: place) {
      guard let texts = value.texts else { throw file.error(place, "'\(attribute)' is no list of names") }
      return texts
    }
    var all: [String] = []
    var number = 0
    while let value = try file.attribute("\(attribute)\(number)", of: place) {
      guard let texts = value.texts else { throw file.error(place, "'\(attribute)\(number)' is no list of names") }
      all += texts
      number += 1
    }
    guard number > 0 else { throw file.error(place, "the attribute '\(attribute)' is missing") }
    return all
  }

  private func joined(_ a: String, _ b: String) -> String { a.isEmpty ? b : "\(a)/\(b)" }

  // MARK: One weight

  private func take(_ place: String, _ plan: KerasPlan, _ index: Int) throws(TensorError) {
    let weight = plan.weights[index]
    guard try file.kind(of: place) == .dataset else {
      throw plan.config.fail(
        .format, "its weight '\(weight.name)' should be at '\(place)' in \(file.path), which is not there")
    }
    let description = try file.dataset(place)
    guard weight.shape.admits(description.shape) else {
      throw plan.config.fail(
        .shape,
        "its weight '\(weight.name)' should have the shape \(weight.shape), and '\(place)' in \(file.path) has \(description.shape)"
      )
    }
    let tensor = try file.tensor(place)
    let type = try plan.config.types().variable
    let wanted = weight.dtype ?? type
    guard !tensor.dtype.isComplex else {
      throw plan.config.fail(
        .dtype, "its weight '\(weight.name)' should be of \(wanted), and '\(place)' holds \(tensor.dtype)")
    }
    plan.weights[index].tensor = wanted.isFloatingPoint && tensor.dtype != wanted ? tensor.to(wanted) : tensor
  }
}

extension KerasPlan {
  /// Its weights and those of the layers inside, in Keras' order, and whether each is trained.
  var allWeights: [(plan: KerasPlan, index: Int, trains: Bool)] { allWeights(frozen: false) }

  private func allWeights(frozen: Bool) -> [(plan: KerasPlan, index: Int, trains: Bool)] {
    let frozen = frozen || config["trainable"]?.bool == false
    let own = weights.indices.filter { weights[$0].isKept }.map { (self, $0, weights[$0].isTrainable && !frozen) }
    return own.filter(\.2) + own.filter { !$0.2 } + parts.flatMap { $0.plan.allWeights(frozen: frozen) }
  }
}

extension HDF5File {
  fileprivate func error(_ place: String, _ message: String) -> TensorError {
    TensorError(.format, path, "'\(place.isEmpty ? "/" : place)': \(message)")
  }
}
