import Apus
import ApusCore

// Modules that are arguments of others, described by class and keywords.

/// The module that `json`, `{"class", "kwargs"}`, describes; nil where its class is not known.
func builtModule(_ json: JSON, _ arguments: CaseArguments, _ dtype: DType) throws -> BuiltModule? {
  var name = json["class"]?.string ?? ""
  if name.hasPrefix("torch.") { name.removeFirst(6) }
  // The module that declares a class may be written out: `nn.modules.linear.Linear`.
  if let last = name.split(separator: ".").last, name.hasPrefix("nn.") { name = "nn.\(last)" }
  guard let builder = moduleBuilders[name] else { return nil }
  var arguments = arguments
  var settings = try ModuleArguments(
    name, builder.parameters, [], json["kwargs"]?.object ?? [:], dtype, from: &arguments, ("", ""))
  let made = try builder.make(&settings)
  return settings.rest == nil ? made : nil
}

/// The layers of `nn.Sequential`, which are its arguments.
func builtSequence(_ item: Case, _ dtype: DType) throws -> BuiltModule? {
  let arguments = CaseArguments(tensors: item.tensors, recordsGradients: false)
  var layers: [any Layer] = []
  for json in item.json["ctor_args"]?.array ?? [] {
    guard let module = json["module"], let layer = try builtModule(module, arguments, dtype)?.module as? any Layer
    else {
      return nil
    }
    layers.append(layer)
  }
  return BuiltModule(Sequential(layers))
}
