import ApusCore

/// Writes an operation as nodes and gives the names of its results.
typealias ExportLowering = @Sendable (ExportedOperation) throws -> [String]

/// How each primitive is written, apart from pointwise operations, see ``FormulaLowering``.
let exportTable: [PrimitiveKind: ExportLowering] = {
  let families: [(module: String, lowerings: [String: ExportLowering])] = [
    ("ApusCore", viewExports), ("ApusCore", writeExports), ("ApusCore", reductionExports),
    ("ApusCore", indexingExports),
    ("ApusCore", randomExports), ("ApusNumerics", sortingExports), ("ApusFunctional", matrixExports),
    ("ApusFunctional", convolutionExports), ("ApusFunctional", poolingExports),
    ("ApusFunctional", normalisationExports), ("ApusFunctional", attentionExports),
    ("ApusFunctional", recurrenceExports), ("ApusFunctional", lossExports), ("ApusFunctional", slopeExports),
    ("ApusFunctional", alignmentExports), ("ApusFunctional", quantisedExports),
    ("ApusFunctional", controlExports),
  ]
  var table: [PrimitiveKind: ExportLowering] = [:]
  for (module, lowerings) in families {
    for (name, lowering) in lowerings { table[PrimitiveKind(module, name)] = lowering }
  }
  return table
}()
