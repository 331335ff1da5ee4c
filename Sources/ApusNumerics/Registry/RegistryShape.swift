import ApusCore

extension Registry {
  /// Views, joining and indexing.
  static let shape: [Operation] = views + viewCopies + joining + gathering + scattering + diagonals + grids

  private static let views: [Operation] = [
    .unary("T") { $0.T },
    .unary("H") { $0.H },
    .unary("mT") { $0.mT },
    .unary("mH adjoint") { $0.mH },
    .unary("ravel") { $0.ravel() },
    .unary("contiguous") { $0.contiguous() },
    .unary("fliplr") { $0.fliplr() },
    .unary("flipud") { $0.flipud() },
    .tensor("expand", "input, *size") { try $0.tensor("input").expand(try $0.ints("size")) },
    .tensor("broadcast_to", "input, *size") { try $0.tensor("input").broadcastTo(try $0.ints("size")) },
    .binary("expand_as") { $0.expandAs($1) },
    .binary("view_as") { $0.viewAs($1) },
    .binary("reshape_as") { $0.reshapeAs($1) },
    .tensor("reshape", "input, *shape") { try $0.tensor("input").reshape(try $0.ints("shape")) },
    .tensor("flatten", "input, start_dim=0, end_dim=-1") {
      try $0.tensor("input").flatten(try $0.int("start_dim"), try $0.int("end_dim"))
    },
    .tensor("unflatten", "input, dim, sizes") {
      try $0.tensor("input").unflatten(try $0.int("dim"), try $0.ints("sizes"))
    },
    .tensor("movedim moveaxis", "input, source, destination") {
      try $0.tensor("input").movedim(try $0.ints("source"), try $0.ints("destination"))
    },
    .tensor("flip", "input, *dims") { try $0.tensor("input").flip(try $0.ints("dims")) },
    .tensor("roll", "input, shifts, dims=[]") {
      try $0.tensor("input").roll(try $0.ints("shifts"), try $0.optionalInts("dims") ?? [])
    },
    .tensor("rot90", "input, k=1, dims=None") {
      try $0.tensor("input").rot90(try $0.int("k"), try $0.optionalInts("dims") ?? [0, 1])
    },
    .tensor("repeat", "input, *repeats") { try $0.tensor("input").repeat(try $0.ints("repeats")) },
    .tensor("tile", "input, *dims") { try $0.tensor("input").tile(try $0.ints("dims")) },
    .tensor("repeat_interleave", "input, repeats, dim=None, *, output_size=None") {
      let (x, dim) = (try $0.tensor("input"), try $0.optionalInt("dim"))
      return try $0.isTensor("repeats")
        ? x.repeatInterleave(try $0.tensor("repeats"), dim: dim) : x.repeatInterleave(try $0.int("repeats"), dim: dim)
    },
    .tensor("select", "input, dim, index") { try $0.tensor("input").select(try $0.int("dim"), try $0.int("index")) },
    .tensor("narrow narrow_copy", "input, dim, start, length") {
      let (x, dim, length) = (try $0.tensor("input"), try $0.int("dim"), try $0.int("length"))
      return try $0.isTensor("start")
        ? x.narrow(dim, try $0.tensor("start"), length) : x.narrow(dim, try $0.int("start"), length)
    },
    .tensor("slice aten.slice.Tensor", "input, dim=0, start=None, end=None, step=1") {
      try $0.tensor("input").slice(
        try $0.int("dim"), try $0.optionalInt("start"), try $0.optionalInt("end"), try $0.int("step"))
    },
    .tensor("as_strided as_strided_copy", "input, size, stride, storage_offset=None") {
      try $0.tensor("input").asStrided(
        try $0.ints("size"), try $0.ints("stride"), storageOffset: try $0.optionalInt("storage_offset"))
    },
    .tensor("resize_", "input, *size") {
      let (x, size) = (try $0.tensor("input"), try $0.ints("size"))
      return Tensor.zeros(size, dtype: x.dtype)
    },
    .tensor("resize_as_", "input, other") {
      Tensor.zeros(try $0.tensor("other").shape, dtype: try $0.tensor("input").dtype)
    },
    .tensor("atleast_1d", "input: tensor") { try $0.tensor("input").atleast1d() },
    .tensor("atleast_2d", "input: tensor") { try $0.tensor("input").atleast2d() },
    .tensor("atleast_3d", "input: tensor") { try $0.tensor("input").atleast3d() },
    .tensors("atleast_1d", "*tensors") { try $0.tensors("tensors").map { $0.atleast1d() } },
    .tensors("atleast_2d", "*tensors") { try $0.tensors("tensors").map { $0.atleast2d() } },
    .tensors("atleast_3d", "*tensors") { try $0.tensors("tensors").map { $0.atleast3d() } },
    .tensor("constant_pad_nd", "input, pad, value=0") {
      try $0.tensor("input").constantPadNd(try $0.ints("pad"), try $0.scalar("value"))
    },
    .tensor("nn.functional.pad", "input, pad, mode='constant', value=None") {
      let name = try $0.string("mode")
      guard let mode = PadMode(rawValue: name) else {
        throw TensorError(
          .value, "pad", "mode must be constant, reflect, replicate or circular, and found '\(name)'")
      }
      return try $0.tensor("input").pad(
        try $0.ints("pad"), mode: mode, value: try $0.optionalScalar("value") ?? .int(0))
    },
  ]

  /// Views, and the same under the names of the forms that copy: results are values here.
  private static let viewCopies: [Operation] = [
    .tensor("view view_copy", "input, dtype: string") { throw $0.mismatch("dtype", "a shape") },
    .tensor("view view_copy", "input, *size") { try $0.tensor("input").view(try $0.ints("size")) },
    .tensor("expand_copy", "input, *size") { try $0.tensor("input").expand(try $0.ints("size")) },
    .tensor("permute permute_copy", "input, *dims") { try $0.tensor("input").permute(try $0.ints("dims")) },
    .tensor("transpose transpose_copy swapaxes swapdims", "input, dim0, dim1") {
      try $0.tensor("input").transpose(try $0.int("dim0"), try $0.int("dim1"))
    },
    .unary("t t_copy") { $0.t() },
    .tensor("unsqueeze unsqueeze_copy", "input, dim") { try $0.tensor("input").unsqueeze(try $0.int("dim")) },
    .tensor("squeeze squeeze_copy", "input, dim=None") {
      let x = try $0.tensor("input")
      guard let dims = try $0.optionalInts("dim") else { return x.squeeze() }
      return dims.isEmpty ? x.reshape(x.shape) : x.squeeze(dims)
    },
    .tensor("unfold unfold_copy", "input, dimension, size, step") {
      try $0.tensor("input").unfold(try $0.int("dimension"), try $0.int("size"), try $0.int("step"))
    },
    .tensor("diagonal diagonal_copy", "input, offset=0, dim1=0, dim2=1") {
      try $0.tensor("input").diagonal(
        offset: try $0.int("offset"), dim1: try $0.int("dim1"), dim2: try $0.int("dim2"))
    },
    .tensors("unbind unbind_copy", "input, dim=0") { try $0.tensor("input").unbind(try $0.int("dim")) },
    .tensors("split_with_sizes split_with_sizes_copy", "input, split_sizes, dim=0") {
      try $0.tensor("input").split(try $0.ints("split_sizes"), dim: try $0.int("dim"))
    },
  ]

  private static let joining: [Operation] = [
    .tensor("cat concat concatenate", "tensors: list, dim=0") {
      cat(try $0.tensors("tensors"), dim: try $0.int("dim"))
    },
    .tensor("stack", "tensors, dim=0") { stack(try $0.tensors("tensors"), dim: try $0.int("dim")) },
    .tensor("hstack", "tensors") { hstack(try $0.tensors("tensors")) },
    .tensor("vstack row_stack", "tensors") { vstack(try $0.tensors("tensors")) },
    .tensor("dstack", "tensors") { dstack(try $0.tensors("tensors")) },
    .tensor("column_stack", "tensors") { columnStack(try $0.tensors("tensors")) },
    .tensors("chunk unsafe_chunk", "input, chunks, dim=0") {
      try $0.tensor("input").chunk(try $0.int("chunks"), dim: try $0.int("dim"))
    },
    .tensors("split unsafe_split", "input, split_size: int, dim=0") {
      try $0.tensor("input").split(try $0.int("split_size"), dim: try $0.int("dim"))
    },
    .tensors("split unsafe_split", "input, split_size, dim=0") {
      try $0.tensor("input").split(try $0.ints("split_size"), dim: try $0.int("dim"))
    },
    .tensors("tensor_split", "input, indices_or_sections, dim=0") {
      let (x, dim) = (try $0.tensor("input"), try $0.int("dim"))
      switch try $0.value("indices_or_sections") {
      case .int(let sections): return x.tensorSplit(sections, dim: dim)
      case .tensor(let t) where t.rank == 0: return x.tensorSplit(try $0.int("indices_or_sections"), dim: dim)
      default: return x.tensorSplit(try $0.ints("indices_or_sections"), dim: dim)
      }
    },
    .tensors("hsplit", "input, sections: int") { try $0.tensor("input").hsplit(try $0.int("sections")) },
    .tensors("hsplit", "input, indices") { try $0.tensor("input").hsplit(try $0.ints("indices")) },
    .tensors("vsplit", "input, sections: int") { try $0.tensor("input").vsplit(try $0.int("sections")) },
    .tensors("vsplit", "input, indices") { try $0.tensor("input").vsplit(try $0.ints("indices")) },
    .tensors("dsplit", "input, sections: int") { try $0.tensor("input").dsplit(try $0.int("sections")) },
    .tensors("dsplit", "input, indices") { try $0.tensor("input").dsplit(try $0.ints("indices")) },
  ]

  private static let gathering: [Operation] = [
    .tensor("__getitem__", "input, *index") {
      let indices = try indexList(try $0.value("index"), $0)
      return try $0.tensor("input")[indices: indices]
    },
    .tensor("index_select", "input, dim, index") {
      try $0.tensor("input").indexSelect(try $0.int("dim"), try $0.tensor("index"))
    },
    .tensor("gather", "input, dim, index, *, sparse_grad=False") {
      try $0.tensor("input").gather(try $0.int("dim"), try $0.tensor("index"))
    },
    .tensor("take", "input, index") { try $0.tensor("input").take(try $0.tensor("index")) },
    .tensor("take_along_dim", "input, indices, dim=None") {
      try $0.tensor("input").takeAlongDim(try $0.tensor("indices"), dim: try $0.optionalInt("dim"))
    },
    .tensor("masked_select", "input, mask") { try $0.tensor("input").maskedSelect(try $0.tensor("mask")) },
    .tensor("masked_scatter", "input, mask, source") {
      try $0.tensor("input").maskedScatter(try $0.tensor("mask"), try $0.tensor("source"))
    },
    Operation("nonzero", "input, *, as_tuple=False") {
      let x = try $0.tensor("input")
      return try $0.bool("as_tuple") ? x.nonzeroAsTuple().map { .tensor($0) } : [.tensor(x.nonzero())]
    },
    .tensor("nonzero_static", "input, *, size, fill_value=-1") {
      try $0.tensor("input").nonzeroStatic(size: try $0.int("size"), fillValue: try $0.int("fill_value"))
    },
    .unary("argwhere") { $0.argwhere() },
    .tensors("unravel_index", "indices, shape") { try $0.tensor("indices").unravelIndex(try $0.ints("shape")) },
  ]

  private static let scattering: [Operation] = [
    .tensor("scatter", "input, dim, index, src: tensor, *, reduce=None") {
      let (x, dim, index) = (try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"))
      return try scattered(x, dim, index, try $0.tensor("src"), $0)
    },
    .tensor("scatter", "input, dim, index, value, *, reduce=None") {
      let (x, dim, index) = (try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"))
      guard try !$0.isNone("reduce") else { return x.scatter(dim, index, try $0.scalar("value")) }
      return try scattered(x, dim, index, Tensor.full(index.shape, try $0.scalar("value"), dtype: x.dtype), $0)
    },
    .tensor("scatter_add", "input, dim, index, src") {
      try $0.tensor("input").scatterAdd(try $0.int("dim"), try $0.tensor("index"), try $0.tensor("src"))
    },
    .tensor("scatter_reduce", "input, dim, index, src, reduce, *, include_self=True") {
      try $0.tensor("input").scatterReduce(
        try $0.int("dim"), try $0.tensor("index"), try $0.tensor("src"), reduce: try reduction($0),
        includeSelf: try $0.bool("include_self"))
    },
    .tensor("index_add", "input, dim, index, source, *, alpha=1") {
      let (x, dim, index, source) = (
        try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"), try $0.tensor("source")
      )
      let alpha = try $0.scalar("alpha")
      return alpha == .int(1) ? x.indexAdd(dim, index, source) : x.indexAdd(dim, index, source, alpha: alpha)
    },
    .tensor("index_copy", "input, dim, index, source") {
      try $0.tensor("input").indexCopy(try $0.int("dim"), try $0.tensor("index"), try $0.tensor("source"))
    },
    .tensor("index_fill", "input, dim, index, value") {
      let (x, dim, index) = (try $0.tensor("input"), try $0.int("dim"), try $0.tensor("index"))
      switch try $0.operand("value") {
      case .tensor(let value): return x.indexFill(dim, index, value)
      case .scalar(let value): return x.indexFill(dim, index, value)
      }
    },
    .tensor("index_reduce", "input, dim, index, source, reduce, *, include_self=True") {
      try $0.tensor("input").indexReduce(
        try $0.int("dim"), try $0.tensor("index"), try $0.tensor("source"), reduce: try reduction($0),
        includeSelf: try $0.bool("include_self"))
    },
    .tensor("index_put", "input, indices, values, accumulate=False") {
      guard case .list(let items) = try $0.value("indices") else { throw $0.mismatch("indices", "a list of tensors") }
      let indices = items.map { item in
        if case .tensor(let t) = item { return Optional(t) }
        return nil
      }
      return try $0.tensor("input").indexPut(
        indices, try $0.tensor("values"), accumulate: try $0.bool("accumulate"))
    },
    .tensor("put", "input, index, source, accumulate=False") {
      try $0.tensor("input").put(
        try $0.tensor("index"), try $0.tensor("source"), accumulate: try $0.bool("accumulate"))
    },
    .tensor("select_scatter", "input, src, dim, index") {
      try $0.tensor("input").selectScatter(try $0.tensor("src"), try $0.int("dim"), try $0.int("index"))
    },
    .tensor("slice_scatter", "input, src, dim=0, start=None, end=None, step=1") {
      try $0.tensor("input").sliceScatter(
        try $0.tensor("src"), dim: try $0.int("dim"), start: try $0.optionalInt("start"),
        end: try $0.optionalInt("end"), step: try $0.int("step"))
    },
    .tensor("diagonal_scatter", "input, src, offset=0, dim1=0, dim2=1") {
      try $0.tensor("input").diagonalScatter(
        try $0.tensor("src"), offset: try $0.int("offset"), dim1: try $0.int("dim1"), dim2: try $0.int("dim2"))
    },
  ]

  private static let diagonals: [Operation] = [
    .tensor("diag", "input, diagonal=0") { try $0.tensor("input").diag(try $0.int("diagonal")) },
    .tensor("diag_embed", "input, offset=0, dim1=-2, dim2=-1") {
      try $0.tensor("input").diagEmbed(
        offset: try $0.int("offset"), dim1: try $0.int("dim1"), dim2: try $0.int("dim2"))
    },
    .tensor("diagflat", "input, offset=0") { try $0.tensor("input").diagflat(try $0.int("offset")) },
    .tensor("tril", "input, diagonal=0") { try $0.tensor("input").tril(try $0.int("diagonal")) },
    .tensor("triu", "input, diagonal=0") { try $0.tensor("input").triu(try $0.int("diagonal")) },
  ]

  private static let grids: [Operation] = [
    .tensors("broadcast_tensors", "*tensors") { broadcastTensors(try $0.tensors("tensors")) },
    Operation("broadcast_shapes", "*shapes") {
      guard case .list(let items) = try $0.value("shapes") else { throw $0.mismatch("shapes", "shapes") }
      let shapes = try items.map { item -> [Int] in
        switch item {
        case .int(let n): return [n]
        case .list(let sizes):
          return sizes.compactMap {
            if case .int(let n) = $0 { return n }
            return nil
          }
        default: throw TensorError(.value, "broadcast_shapes", "expected shapes, and found \(item.kind)")
        }
      }
      return [.list(try broadcastShapes(shapes, "broadcastShapes").map { .int($0) })]
    },
    .tensors("meshgrid", "*tensors, indexing='ij'") {
      let name = try $0.string("indexing")
      guard let indexing = MeshgridIndexing(rawValue: name) else {
        throw TensorError(.value, "meshgrid", "indexing must be 'ij' or 'xy', and found '\(name)'")
      }
      return meshgrid(try $0.tensors("tensors"), indexing: indexing)
    },
    .tensor("cartesian_prod", "*tensors") { cartesianProd(try $0.tensors("tensors")) },
    .tensor("block_diag", "*tensors") { blockDiag(try $0.tensors("tensors")) },
    .tensor("combinations", "input, r=2, with_replacement=False") {
      try $0.tensor("input").combinations(try $0.int("r"), withReplacement: try $0.bool("with_replacement"))
    },
  ]

  private static func reduction(_ arguments: OperationArguments) throws -> ScatterReduction {
    let name = try arguments.string("reduce")
    guard let found = ScatterReduction(rawValue: name) else {
      throw TensorError(
        .value, "scatterReduce", "reduce must be one of sum, prod, mean, amax and amin, and found '\(name)'")
    }
    return found
  }

  /// scatter with its old `reduce` argument.
  private static func scattered(
    _ x: Tensor, _ dim: Int, _ index: Tensor, _ src: Tensor, _ arguments: OperationArguments
  ) throws -> Tensor {
    switch try arguments.optionalString("reduce") {
    case nil: return x.scatter(dim, index, src)
    case "add": return x.scatterAdd(dim, index, src)
    case "multiply": return x.scatterReduce(dim, index, src, reduce: .prod)
    case let name?:
      throw TensorError(.value, "scatter", "reduce must be 'add' or 'multiply', and found '\(name)'")
    }
  }

  /// What stands in Python's brackets as a list of indices.
  private static func indexList(_ value: OperationValue, _ arguments: OperationArguments) throws -> [TensorIndex] {
    guard case .list(let items) = value else { return [try index(value, arguments)] }
    return try items.map { try index($0, arguments) }
  }

  private static func index(_ value: OperationValue, _ arguments: OperationArguments) throws -> TensorIndex {
    switch value {
    case .int(let i): return .index(i)
    case .bool(let b): return .tensor(Tensor(b))
    case .tensor(let t):
      return t.rank == 0 && t.dtype != .bool && !t.dtype.isInexact ? .index(t.itemScalar().int) : .tensor(t)
    case .slice(let start, let stop, let step): return .range(start: start, stop: stop, step: step ?? 1)
    case .ellipsis: return .remaining
    case .none: return .newDimension
    case .list(let items):
      if items.isEmpty { return .tensor(Tensor.zeros([0], dtype: .int64)) }
      let flags = items.compactMap { item -> Bool? in
        if case .bool(let b) = item { return b }
        return nil
      }
      if flags.count == items.count { return .tensor(Tensor(flags)) }
      return .tensor(
        Tensor(
          try items.map { item in
            guard case .int(let i) = item else { throw arguments.mismatch("index", "indices") }
            return i
          }))
    default: throw arguments.mismatch("index", "indices")
    }
  }
}
