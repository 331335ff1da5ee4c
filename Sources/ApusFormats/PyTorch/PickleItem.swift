import ApusCore

/// What lies on the stack of the pickle machine.
enum PickleItem {
  /// A finished value that has no parts in the machine.
  case value(PickledValue)
  /// A list, tuple, set, dictionary or object: its number among the machine's containers. Containers may hold each other in
  /// any way; what comes of it is a tree, see ``PickleTree``.
  case container(Int)
  /// A class or function of the list of those that are known.
  case global(PickleGlobal)
  /// A storage, or a part of one.
  case storage(PickleStorageView)
}

/// A container of the pickle machine.
struct PickleContainer {
  enum Kind {
    case list, tuple, set, dictionary(PickledDictionary.Kind)
    case object(String)
  }

  let kind: Kind
  /// The items; of dictionaries and objects keys and values in turn.
  var items: [PickleItem] = []
  /// What BUILD gave to an OrderedDict, or an object.
  var state: PickleItem?
}

/// A storage as a persistent identifier names it: all of it, or some elements.
final class PickleStorageView: Sendable {
  let storage: PickledStorage
  let elementType: PickledElementType
  let isTyped: Bool
  /// The first byte and the number of bytes.
  let start, byteCount: Int

  init(_ storage: PickledStorage, _ elementType: PickledElementType, isTyped: Bool, start: Int = 0, byteCount: Int) {
    self.storage = storage
    self.elementType = elementType
    self.isTyped = isTyped
    self.start = start
    self.byteCount = byteCount
  }
}

/// The classes and functions that a file may name. Nothing else is ever looked up, and none of these runs code of the file.
enum PickleGlobal: Equatable {
  case orderedDict, counter, set, byteArray, complex, encode
  case parameter, tensor, size, device, layout
  case dtype(PickledElementType)
  /// A storage class, with the type of its elements; nil: bytes without a type.
  case storage(PickledElementType?)
  /// A scheme of quantisation, `per_tensor_affine`.
  case scheme(String)
  case rebuildTensor(version: Int)
  case rebuildParameter, rebuildParameterWithState, rebuildSparse, rebuildMeta, rebuildQuantized, rebuildFromType
  case rebuildOnDevice
  /// A class that a TorchScript archive defines.
  case scriptClass(String)
  /// TorchScript's functions that only tell the type of a list or dictionary.
  case typeTag

  /// The global called `name` in `module`, or nil. TorchScript archives may name their own classes.
  init?(_ module: String, _ name: String, inScript: Bool) {
    let path = Self.path(module, name)
    if let found = Self.known[path] {
      self = found
      return
    }
    if module == "torch", let type = PickledElementType(name: name) {
      self = .dtype(type)
    } else if module == "torch" || module == "torch.cuda" || module == "torch.storage",
      let type = PickledElementType(storageClass: name)
    {
      self = .storage(type)
    } else if module == "torch" || module == "torch.cuda", name.hasSuffix("Tensor"),
      PickledElementType(storageClass: name.dropLast("Tensor".count) + "Storage") != nil
    {
      self = .tensor
    } else if inScript, module == "__torch__" || module.hasPrefix("__torch__.") {
      self = .scriptClass("\(module).\(name)")
    } else if inScript, module == "torch.jit._pickle" {
      self = .typeTag
    } else {
      return nil
    }
  }

  /// The dotted name, by the names of today.
  static func path(_ module: String, _ name: String) -> String {
    switch module {
    case "__builtin__": "builtins.\(name)"
    case "torch.tensor": "torch._tensor.\(name)"
    default: "\(module).\(name)"
    }
  }

  private static let known: [String: PickleGlobal] = {
    var known: [String: PickleGlobal] = [
      "collections.OrderedDict": .orderedDict, "collections.Counter": .counter, "builtins.set": .set,
      "builtins.bytearray": .byteArray, "builtins.complex": .complex, "_codecs.encode": .encode,
      "torch.nn.parameter.Parameter": .parameter, "torch.Tensor": .tensor, "torch.Size": .size,
      "torch.device": .device, "torch.serialization._get_layout": .layout,
      "torch.storage.UntypedStorage": .storage(nil), "torch.UntypedStorage": .storage(nil),
      "torch._utils._rebuild_tensor": .rebuildTensor(version: 1),
      "torch._utils._rebuild_tensor_v2": .rebuildTensor(version: 2),
      "torch._utils._rebuild_tensor_v3": .rebuildTensor(version: 3),
      "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameterWithState,
      "torch._utils._rebuild_sparse_tensor": .rebuildSparse,
      "torch._utils._rebuild_meta_tensor_no_storage": .rebuildMeta,
      "torch._utils._rebuild_qtensor": .rebuildQuantized,
      "torch._utils._rebuild_device_tensor_from_cpu_tensor": .rebuildOnDevice,
      "torch._tensor._rebuild_from_type_v2": .rebuildFromType,
    ]
    for scheme in [
      "per_tensor_affine", "per_tensor_symmetric", "per_channel_affine", "per_channel_symmetric",
      "per_channel_affine_float_qparams",
    ] { known["torch.\(scheme)"] = .scheme(scheme) }
    return known
  }()

  /// The name in Python, for errors.
  var name: String {
    Self.known.first { $0.value == self }?.key
      ?? {
        switch self {
        case .dtype(let type): "torch.\(type.name)"
        case .storage(let type): "torch.\(type?.storageClass ?? "storage")"
        case .scriptClass(let name): name
        default: "\(self)"
        }
      }()
  }
}
