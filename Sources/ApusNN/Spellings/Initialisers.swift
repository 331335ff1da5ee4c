// Written by scripts/make-layer-spellings.py.

import ApusCore

extension Init {
  /// ``Init/uniform`` of a parameter or buffer, in place.
  @discardableResult public static func uniform_(
    _ tensor: Tensor, a: Double = 0, b: Double = 1, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "uniform") { uniform($0, a: a, b: b, generator: generator) } }
  /// ``Init/uniform`` of a parameter or buffer, in place.
  @discardableResult public static func uniform_(
    _ tensor: Tensor, _ a: Double, b: Double = 1, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "uniform") { uniform($0, a: a, b: b, generator: generator) } }
  /// ``Init/uniform`` of a parameter or buffer, in place.
  @discardableResult public static func uniform_(
    _ tensor: Tensor, _ a: Double, _ b: Double, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "uniform") { uniform($0, a: a, b: b, generator: generator) } }
  /// ``Init/normal`` of a parameter or buffer, in place.
  @discardableResult public static func normal_(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "normal") { normal($0, mean: mean, std: std, generator: generator) } }
  /// ``Init/normal`` of a parameter or buffer, in place.
  @discardableResult public static func normal_(
    _ tensor: Tensor, _ mean: Double, std: Double = 1, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "normal") { normal($0, mean: mean, std: std, generator: generator) } }
  /// ``Init/normal`` of a parameter or buffer, in place.
  @discardableResult public static func normal_(
    _ tensor: Tensor, _ mean: Double, _ std: Double, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "normal") { normal($0, mean: mean, std: std, generator: generator) } }
  /// ``Init/truncNormal`` of a parameter or buffer, in place.
  @discardableResult public static func truncNormal_(
    _ tensor: Tensor, mean: Double = 0, std: Double = 1, a: Double = -2, b: Double = 2, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "truncNormal") { truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
  }
  /// ``Init/truncNormal`` of a parameter or buffer, in place.
  @discardableResult public static func truncNormal_(
    _ tensor: Tensor, _ mean: Double, std: Double = 1, a: Double = -2, b: Double = 2, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "truncNormal") { truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
  }
  /// ``Init/truncNormal`` of a parameter or buffer, in place.
  @discardableResult public static func truncNormal_(
    _ tensor: Tensor, _ mean: Double, _ std: Double, a: Double = -2, b: Double = 2, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "truncNormal") { truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
  }
  /// ``Init/truncNormal`` of a parameter or buffer, in place.
  @discardableResult public static func truncNormal_(
    _ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, b: Double = 2, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "truncNormal") { truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
  }
  /// ``Init/truncNormal`` of a parameter or buffer, in place.
  @discardableResult public static func truncNormal_(
    _ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, _ b: Double, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "truncNormal") { truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
  }
  /// ``Init/constant`` of a parameter or buffer, in place.
  @discardableResult public static func constant_(_ tensor: Tensor, val: Double) -> Tensor {
    inPlace(tensor, "constant") { constant($0, val) }
  }
  /// ``Init/constant`` of a parameter or buffer, in place.
  @discardableResult public static func constant_(_ tensor: Tensor, _ val: Double) -> Tensor {
    inPlace(tensor, "constant") { constant($0, val) }
  }
  /// ``Init/ones`` of a parameter or buffer, in place.
  @discardableResult public static func ones_(_ tensor: Tensor) -> Tensor { inPlace(tensor, "ones") { ones($0) } }
  /// ``Init/zeros`` of a parameter or buffer, in place.
  @discardableResult public static func zeros_(_ tensor: Tensor) -> Tensor { inPlace(tensor, "zeros") { zeros($0) } }
  /// ``Init/eye`` of a parameter or buffer, in place.
  @discardableResult public static func eye_(_ tensor: Tensor) -> Tensor { inPlace(tensor, "eye") { eye($0) } }
  /// ``Init/dirac`` of a parameter or buffer, in place.
  @discardableResult public static func dirac_(_ tensor: Tensor, groups: Int = 1) -> Tensor {
    inPlace(tensor, "dirac") { dirac($0, groups: groups) }
  }
  /// ``Init/dirac`` of a parameter or buffer, in place.
  @discardableResult public static func dirac_(_ tensor: Tensor, _ groups: Int) -> Tensor {
    inPlace(tensor, "dirac") { dirac($0, groups: groups) }
  }
  /// ``Init/xavierUniform`` of a parameter or buffer, in place.
  @discardableResult public static func xavierUniform_(
    _ tensor: Tensor, gain: Double = 1, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "xavierUniform") { xavierUniform($0, gain: gain, generator: generator) } }
  /// ``Init/xavierUniform`` of a parameter or buffer, in place.
  @discardableResult public static func xavierUniform_(
    _ tensor: Tensor, _ gain: Double, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "xavierUniform") { xavierUniform($0, gain: gain, generator: generator) } }
  /// ``Init/xavierNormal`` of a parameter or buffer, in place.
  @discardableResult public static func xavierNormal_(
    _ tensor: Tensor, gain: Double = 1, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "xavierNormal") { xavierNormal($0, gain: gain, generator: generator) } }
  /// ``Init/xavierNormal`` of a parameter or buffer, in place.
  @discardableResult public static func xavierNormal_(_ tensor: Tensor, _ gain: Double, generator: Generator = .default)
    -> Tensor
  { inPlace(tensor, "xavierNormal") { xavierNormal($0, gain: gain, generator: generator) } }
  /// ``Init/kaimingUniform`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingUniform_(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingUniform") {
      kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingUniform`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingUniform_(
    _ tensor: Tensor, _ a: Double, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingUniform") {
      kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingUniform`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingUniform_(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, nonlinearity: Nonlinearity? = nil, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingUniform") {
      kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingUniform`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingUniform_(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, _ nonlinearity: Nonlinearity?, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingUniform") {
      kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingNormal`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingNormal_(
    _ tensor: Tensor, a: Double = 0, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingNormal") {
      kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingNormal`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingNormal_(
    _ tensor: Tensor, _ a: Double, mode: FanMode = .fanIn, nonlinearity: Nonlinearity? = nil,
    generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingNormal") {
      kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingNormal`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingNormal_(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, nonlinearity: Nonlinearity? = nil, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingNormal") {
      kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/kaimingNormal`` of a parameter or buffer, in place.
  @discardableResult public static func kaimingNormal_(
    _ tensor: Tensor, _ a: Double, _ mode: FanMode, _ nonlinearity: Nonlinearity?, generator: Generator = .default
  ) -> Tensor {
    inPlace(tensor, "kaimingNormal") {
      kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
    }
  }
  /// ``Init/orthogonal`` of a parameter or buffer, in place.
  @discardableResult public static func orthogonal_(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default)
    -> Tensor
  { inPlace(tensor, "orthogonal") { orthogonal($0, gain: gain, generator: generator) } }
  /// ``Init/orthogonal`` of a parameter or buffer, in place.
  @discardableResult public static func orthogonal_(_ tensor: Tensor, _ gain: Double, generator: Generator = .default)
    -> Tensor
  { inPlace(tensor, "orthogonal") { orthogonal($0, gain: gain, generator: generator) } }
  /// ``Init/sparse`` of a parameter or buffer, in place.
  @discardableResult public static func sparse_(
    _ tensor: Tensor, sparsity: Double, std: Double = 0.01, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "sparse") { sparse($0, sparsity: sparsity, std: std, generator: generator) } }
  /// ``Init/sparse`` of a parameter or buffer, in place.
  @discardableResult public static func sparse_(
    _ tensor: Tensor, _ sparsity: Double, std: Double = 0.01, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "sparse") { sparse($0, sparsity: sparsity, std: std, generator: generator) } }
  /// ``Init/sparse`` of a parameter or buffer, in place.
  @discardableResult public static func sparse_(
    _ tensor: Tensor, _ sparsity: Double, _ std: Double, generator: Generator = .default
  ) -> Tensor { inPlace(tensor, "sparse") { sparse($0, sparsity: sparsity, std: std, generator: generator) } }
}

/// ``Init/uniform`` of a parameter or buffer, in place.
@discardableResult public func uniform_(_ tensor: Tensor, a: Double = 0, b: Double = 1, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "uniform") { Init.uniform($0, a: a, b: b, generator: generator) } }
/// ``Init/uniform`` of a parameter or buffer, in place.
@discardableResult public func uniform_(_ tensor: Tensor, _ a: Double, b: Double = 1, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "uniform") { Init.uniform($0, a: a, b: b, generator: generator) } }
/// ``Init/uniform`` of a parameter or buffer, in place.
@discardableResult public func uniform_(_ tensor: Tensor, _ a: Double, _ b: Double, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "uniform") { Init.uniform($0, a: a, b: b, generator: generator) } }
/// ``Init/normal`` of a parameter or buffer, in place.
@discardableResult public func normal_(
  _ tensor: Tensor, mean: Double = 0, std: Double = 1, generator: Generator = .default
) -> Tensor { Init.inPlace(tensor, "normal") { Init.normal($0, mean: mean, std: std, generator: generator) } }
/// ``Init/normal`` of a parameter or buffer, in place.
@discardableResult public func normal_(
  _ tensor: Tensor, _ mean: Double, std: Double = 1, generator: Generator = .default
) -> Tensor { Init.inPlace(tensor, "normal") { Init.normal($0, mean: mean, std: std, generator: generator) } }
/// ``Init/normal`` of a parameter or buffer, in place.
@discardableResult public func normal_(_ tensor: Tensor, _ mean: Double, _ std: Double, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "normal") { Init.normal($0, mean: mean, std: std, generator: generator) } }
/// ``Init/truncNormal`` of a parameter or buffer, in place.
@discardableResult public func truncNormal_(
  _ tensor: Tensor, mean: Double = 0, std: Double = 1, a: Double = -2, b: Double = 2, generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "truncNormal") { Init.truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
}
/// ``Init/truncNormal`` of a parameter or buffer, in place.
@discardableResult public func truncNormal_(
  _ tensor: Tensor, _ mean: Double, std: Double = 1, a: Double = -2, b: Double = 2, generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "truncNormal") { Init.truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
}
/// ``Init/truncNormal`` of a parameter or buffer, in place.
@discardableResult public func truncNormal_(
  _ tensor: Tensor, _ mean: Double, _ std: Double, a: Double = -2, b: Double = 2, generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "truncNormal") { Init.truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
}
/// ``Init/truncNormal`` of a parameter or buffer, in place.
@discardableResult public func truncNormal_(
  _ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, b: Double = 2, generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "truncNormal") { Init.truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
}
/// ``Init/truncNormal`` of a parameter or buffer, in place.
@discardableResult public func truncNormal_(
  _ tensor: Tensor, _ mean: Double, _ std: Double, _ a: Double, _ b: Double, generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "truncNormal") { Init.truncNormal($0, mean: mean, std: std, a: a, b: b, generator: generator) }
}
/// ``Init/constant`` of a parameter or buffer, in place.
@discardableResult public func constant_(_ tensor: Tensor, val: Double) -> Tensor {
  Init.inPlace(tensor, "constant") { Init.constant($0, val) }
}
/// ``Init/constant`` of a parameter or buffer, in place.
@discardableResult public func constant_(_ tensor: Tensor, _ val: Double) -> Tensor {
  Init.inPlace(tensor, "constant") { Init.constant($0, val) }
}
/// ``Init/ones`` of a parameter or buffer, in place.
@discardableResult public func ones_(_ tensor: Tensor) -> Tensor { Init.inPlace(tensor, "ones") { Init.ones($0) } }
/// ``Init/zeros`` of a parameter or buffer, in place.
@discardableResult public func zeros_(_ tensor: Tensor) -> Tensor { Init.inPlace(tensor, "zeros") { Init.zeros($0) } }
/// ``Init/eye`` of a parameter or buffer, in place.
@discardableResult public func eye_(_ tensor: Tensor) -> Tensor { Init.inPlace(tensor, "eye") { Init.eye($0) } }
/// ``Init/dirac`` of a parameter or buffer, in place.
@discardableResult public func dirac_(_ tensor: Tensor, groups: Int = 1) -> Tensor {
  Init.inPlace(tensor, "dirac") { Init.dirac($0, groups: groups) }
}
/// ``Init/dirac`` of a parameter or buffer, in place.
@discardableResult public func dirac_(_ tensor: Tensor, _ groups: Int) -> Tensor {
  Init.inPlace(tensor, "dirac") { Init.dirac($0, groups: groups) }
}
/// ``Init/xavierUniform`` of a parameter or buffer, in place.
@discardableResult public func xavierUniform_(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "xavierUniform") { Init.xavierUniform($0, gain: gain, generator: generator) } }
/// ``Init/xavierUniform`` of a parameter or buffer, in place.
@discardableResult public func xavierUniform_(_ tensor: Tensor, _ gain: Double, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "xavierUniform") { Init.xavierUniform($0, gain: gain, generator: generator) } }
/// ``Init/xavierNormal`` of a parameter or buffer, in place.
@discardableResult public func xavierNormal_(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "xavierNormal") { Init.xavierNormal($0, gain: gain, generator: generator) } }
/// ``Init/xavierNormal`` of a parameter or buffer, in place.
@discardableResult public func xavierNormal_(_ tensor: Tensor, _ gain: Double, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "xavierNormal") { Init.xavierNormal($0, gain: gain, generator: generator) } }
/// ``Init/kaimingUniform`` of a parameter or buffer, in place.
@discardableResult public func kaimingUniform_(
  _ tensor: Tensor, a: Double = 0, mode: Init.FanMode = .fanIn, nonlinearity: Init.Nonlinearity? = nil,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingUniform") {
    Init.kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingUniform`` of a parameter or buffer, in place.
@discardableResult public func kaimingUniform_(
  _ tensor: Tensor, _ a: Double, mode: Init.FanMode = .fanIn, nonlinearity: Init.Nonlinearity? = nil,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingUniform") {
    Init.kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingUniform`` of a parameter or buffer, in place.
@discardableResult public func kaimingUniform_(
  _ tensor: Tensor, _ a: Double, _ mode: Init.FanMode, nonlinearity: Init.Nonlinearity? = nil,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingUniform") {
    Init.kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingUniform`` of a parameter or buffer, in place.
@discardableResult public func kaimingUniform_(
  _ tensor: Tensor, _ a: Double, _ mode: Init.FanMode, _ nonlinearity: Init.Nonlinearity?,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingUniform") {
    Init.kaimingUniform($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingNormal`` of a parameter or buffer, in place.
@discardableResult public func kaimingNormal_(
  _ tensor: Tensor, a: Double = 0, mode: Init.FanMode = .fanIn, nonlinearity: Init.Nonlinearity? = nil,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingNormal") {
    Init.kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingNormal`` of a parameter or buffer, in place.
@discardableResult public func kaimingNormal_(
  _ tensor: Tensor, _ a: Double, mode: Init.FanMode = .fanIn, nonlinearity: Init.Nonlinearity? = nil,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingNormal") {
    Init.kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingNormal`` of a parameter or buffer, in place.
@discardableResult public func kaimingNormal_(
  _ tensor: Tensor, _ a: Double, _ mode: Init.FanMode, nonlinearity: Init.Nonlinearity? = nil,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingNormal") {
    Init.kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/kaimingNormal`` of a parameter or buffer, in place.
@discardableResult public func kaimingNormal_(
  _ tensor: Tensor, _ a: Double, _ mode: Init.FanMode, _ nonlinearity: Init.Nonlinearity?,
  generator: Generator = .default
) -> Tensor {
  Init.inPlace(tensor, "kaimingNormal") {
    Init.kaimingNormal($0, a: a, mode: mode, nonlinearity: nonlinearity, generator: generator)
  }
}
/// ``Init/orthogonal`` of a parameter or buffer, in place.
@discardableResult public func orthogonal_(_ tensor: Tensor, gain: Double = 1, generator: Generator = .default)
  -> Tensor
{ Init.inPlace(tensor, "orthogonal") { Init.orthogonal($0, gain: gain, generator: generator) } }
/// ``Init/orthogonal`` of a parameter or buffer, in place.
@discardableResult public func orthogonal_(_ tensor: Tensor, _ gain: Double, generator: Generator = .default) -> Tensor
{ Init.inPlace(tensor, "orthogonal") { Init.orthogonal($0, gain: gain, generator: generator) } }
/// ``Init/sparse`` of a parameter or buffer, in place.
@discardableResult public func sparse_(
  _ tensor: Tensor, sparsity: Double, std: Double = 0.01, generator: Generator = .default
) -> Tensor { Init.inPlace(tensor, "sparse") { Init.sparse($0, sparsity: sparsity, std: std, generator: generator) } }
/// ``Init/sparse`` of a parameter or buffer, in place.
@discardableResult public func sparse_(
  _ tensor: Tensor, _ sparsity: Double, std: Double = 0.01, generator: Generator = .default
) -> Tensor { Init.inPlace(tensor, "sparse") { Init.sparse($0, sparsity: sparsity, std: std, generator: generator) } }
/// ``Init/sparse`` of a parameter or buffer, in place.
@discardableResult public func sparse_(
  _ tensor: Tensor, _ sparsity: Double, _ std: Double, generator: Generator = .default
) -> Tensor { Init.inPlace(tensor, "sparse") { Init.sparse($0, sparsity: sparsity, std: std, generator: generator) } }
