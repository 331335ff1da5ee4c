import ApusCore

extension TensorFileFormat {
  static let numpy = TensorFileFormat(
    name: "NumPy array", extensions: ["npy"], recognizes: { NumpyHeader.recognizes($0.bytes) },
    open: { try NumpyTensorFile(NumpyFile(path: $0)) },
    write: { request in
      guard let tensor = request.tensors.first, request.tensors.count == 1 else {
        throw TensorError(
          .value, request.path,
          "a .npy file holds one array, and there are \(request.tensors.count) tensors; write a .npz archive")
      }
      try saveNumpy(tensor.load(), to: request.path)
    })

  static let numpyArchive = TensorFileFormat(
    name: "NumPy archive", extensions: ["npz"],
    recognizes: { sample in
      // An archive without arrays has no files at all.
      !sample.zipNames.isEmpty ? sample.zipNames.allSatisfy { $0.hasSuffix(".npy") } : sample.path.hasSuffix(".npz")
    },
    open: { try NumpyArchiveTensorFile(NumpyArchive(path: $0)) },
    write: { request in
      let tensors = request.tensors.map { tensor in (tensor.name, { try tensor.load() }) }
      try saveNumpyArchive(tensors, to: request.path, isCompressed: request.isCompressed)
    })
}

private struct NumpyTensorFile: TensorFile {
  let file: NumpyFile
  /// What the array is called, which has no name of its own.
  private static let name = "array"
  init(_ file: NumpyFile) { self.file = file }

  var entries: [TensorFileEntry] { [describe(Self.name, file.header)] }
  var sections: [TensorFileSection] {
    let header = file.header
    return [
      TensorFileSection(
        "format",
        [
          "version \(header.version), \(header.byteOrder == .little ? "little" : "big") endian, "
            + (header.isFortranOrder
              ? "first dimension fastest (Fortran's order)" : "last dimension fastest (C's order)")
        ])
    ]
  }
  func tensor(named name: String) throws -> Tensor {
    guard name == Self.name else { throw TensorError(.index, file.path, "the only array is called '\(Self.name)'") }
    return try file.tensor()
  }
}

private struct NumpyArchiveTensorFile: TensorFile {
  let archive: NumpyArchive
  let entries: [TensorFileEntry]
  /// Files of the archive that are no arrays of numbers, and why.
  private let others: [String]

  init(_ archive: NumpyArchive) {
    self.archive = archive
    var entries: [TensorFileEntry] = []
    var others: [String] = []
    for name in archive.names {
      do throws(TensorError) {
        entries.append(describe(name, try archive.header(named: name)))
      } catch {
        others.append("\(name): \(error.message)")
      }
    }
    (self.entries, self.others) = (entries, others)
  }

  var sections: [TensorFileSection] { others.isEmpty ? [] : [TensorFileSection("not read", others)] }
  func tensor(named name: String) throws -> Tensor { try archive.tensor(named: name) }
}

private func describe(_ name: String, _ header: NumpyHeader) -> TensorFileEntry {
  TensorFileEntry(
    name: name, typeName: header.dtype.name, dtype: header.dtype, shape: header.shape, byteCount: header.dataSize)
}
