// swift-format-ignore-file
// Each name of PyTorch's that the library has, written once. Written by scripts/make-spellings.py.

import Apus

enum SpelledNames {
  static func functions() -> [String: Any] {
    var made: [String: Any] = [:]
    made["abs"] = { (x: Tensor) in _ = abs(x) }
    made["absolute"] = { (x: Tensor) in _ = absolute(x) }
    made["acos"] = { (x: Tensor) in _ = acos(x) }
    made["acosh"] = { (x: Tensor) in _ = acosh(x) }
    made["add"] = { (x: Tensor) in _ = add(x, x) }
    made["addbmm"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = addbmm(x, batch1: a0, batch2: a1) }
    made["addcdiv"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = addcdiv(x, a0, a1) }
    made["addcmul"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = addcmul(x, a0, a1) }
    made["addmm"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = addmm(x, mat1: a0, mat2: a1) }
    made["addmv"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = addmv(x, mat: a0, vec: a1) }
    made["addr"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = addr(x, vec1: a0, vec2: a1) }
    made["all"] = { (x: Tensor) in _ = all(x) }
    made["allclose"] = { (x: Tensor, a0: Tensor) in _ = allclose(x, a0) }
    made["alphaDropout"] = { (x: Tensor, a0: Double) in _ = alphaDropout(x, a0) }
    made["amax"] = { (x: Tensor) in _ = amax(x) }
    made["amin"] = { (x: Tensor) in _ = amin(x) }
    made["aminmax"] = { (x: Tensor) in _ = aminmax(x) }
    made["angle"] = { (x: Tensor) in _ = angle(x) }
    made["any"] = { (x: Tensor) in _ = any(x) }
    made["arccos"] = { (x: Tensor) in _ = arccos(x) }
    made["arccosh"] = { (x: Tensor) in _ = arccosh(x) }
    made["arcsin"] = { (x: Tensor) in _ = arcsin(x) }
    made["arcsinh"] = { (x: Tensor) in _ = arcsinh(x) }
    made["arctan"] = { (x: Tensor) in _ = arctan(x) }
    made["arctan2"] = { (x: Tensor, a0: Tensor) in _ = arctan2(x, a0) }
    made["arctanh"] = { (x: Tensor) in _ = arctanh(x) }
    made["argmax"] = { (x: Tensor) in _ = argmax(x) }
    made["argmin"] = { (x: Tensor) in _ = argmin(x) }
    made["argsort"] = { (x: Tensor) in _ = argsort(x) }
    made["argwhere"] = { (x: Tensor) in _ = argwhere(x) }
    made["asStrided"] = { (x: Tensor, a0: [Int], a1: [Int]) in _ = asStrided(x, a0, a1) }
    made["asStridedScatter"] = { (x: Tensor, a0: Tensor, a1: [Int], a2: [Int]) in _ = asStridedScatter(x, a0, a1, a2) }
    made["asin"] = { (x: Tensor) in _ = asin(x) }
    made["asinh"] = { (x: Tensor) in _ = asinh(x) }
    made["atan"] = { (x: Tensor) in _ = atan(x) }
    made["atan2"] = { (x: Tensor, a0: Tensor) in _ = atan2(x, a0) }
    made["atanh"] = { (x: Tensor) in _ = atanh(x) }
    made["atleast1d"] = { (x: Tensor) in _ = atleast1d(x) }
    made["atleast2d"] = { (x: Tensor) in _ = atleast2d(x) }
    made["atleast3d"] = { (x: Tensor) in _ = atleast3d(x) }
    made["baddbmm"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = baddbmm(x, batch1: a0, batch2: a1) }
    made["batchNorm"] = { (x: Tensor, a0: Tensor?) in _ = batchNorm(x, a0) }
    made["bilinear"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = bilinear(x, input2: a0, weight: a1) }
    made["binaryCrossEntropy"] = { (x: Tensor, a0: Tensor) in _ = binaryCrossEntropy(x, target: a0) }
    made["binaryCrossEntropyWithLogits"] = { (x: Tensor, a0: Tensor) in _ = binaryCrossEntropyWithLogits(x, target: a0) }
    made["bincount"] = { (x: Tensor) in _ = bincount(x) }
    made["bitwiseAnd"] = { (x: Tensor) in _ = bitwiseAnd(x, x) }
    made["bitwiseLeftShift"] = { (x: Tensor) in _ = bitwiseLeftShift(x, x) }
    made["bitwiseOr"] = { (x: Tensor) in _ = bitwiseOr(x, x) }
    made["bitwiseRightShift"] = { (x: Tensor) in _ = bitwiseRightShift(x, x) }
    made["bitwiseXor"] = { (x: Tensor) in _ = bitwiseXor(x, x) }
    made["bmm"] = { (x: Tensor, a0: Tensor) in _ = bmm(x, mat2: a0) }
    made["broadcastTo"] = { (x: Tensor, a0: [Int]) in _ = broadcastTo(x, a0) }
    made["bucketize"] = { (x: Tensor, a0: Tensor) in _ = bucketize(x, boundaries: a0) }
    made["cdist"] = { (x: Tensor, a0: Tensor) in _ = cdist(x, x2: a0) }
    made["ceil"] = { (x: Tensor) in _ = ceil(x) }
    made["celu"] = { (x: Tensor) in _ = celu(x) }
    made["channelShuffle"] = { (x: Tensor, a0: Int) in _ = channelShuffle(x, groups: a0) }
    made["choleskyInverse"] = { (x: Tensor) in _ = choleskyInverse(x) }
    made["choleskySolve"] = { (x: Tensor, a0: Tensor) in _ = choleskySolve(x, a0) }
    made["chunk"] = { (x: Tensor, a0: Int) in _ = chunk(x, a0) }
    made["clamp"] = { (x: Tensor) in _ = clamp(x) }
    made["clip"] = { (x: Tensor) in _ = clip(x) }
    made["clone"] = { (x: Tensor) in _ = clone(x) }
    made["combinations"] = { (x: Tensor) in _ = combinations(x) }
    made["complex"] = { (x: Tensor, a0: Tensor) in _ = complex(x, imag: a0) }
    made["conj"] = { (x: Tensor) in _ = conj(x) }
    made["constantPadNd"] = { (x: Tensor, a0: [Int]) in _ = constantPadNd(x, a0) }
    made["copysign"] = { (x: Tensor, a0: Tensor) in _ = copysign(x, a0) }
    made["corrcoef"] = { (x: Tensor) in _ = corrcoef(x) }
    made["cos"] = { (x: Tensor) in _ = cos(x) }
    made["cosh"] = { (x: Tensor) in _ = cosh(x) }
    made["cosineEmbeddingLoss"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = cosineEmbeddingLoss(x, input2: a0, target: a1) }
    made["cosineSimilarity"] = { (x: Tensor, a0: Tensor) in _ = cosineSimilarity(x, x2: a0) }
    made["countNonzero"] = { (x: Tensor) in _ = countNonzero(x) }
    made["cov"] = { (x: Tensor) in _ = cov(x) }
    made["cross"] = { (x: Tensor, a0: Tensor) in _ = cross(x, other: a0) }
    made["crossEntropy"] = { (x: Tensor, a0: Tensor) in _ = crossEntropy(x, target: a0) }
    made["ctcLoss"] = { (x: Tensor, a0: Tensor, a1: [Int], a2: [Int]) in _ = ctcLoss(x, targets: a0, inputLengths: a1, targetLengths: a2) }
    made["cummax"] = { (x: Tensor, a0: Int) in _ = cummax(x, a0) }
    made["cummin"] = { (x: Tensor, a0: Int) in _ = cummin(x, a0) }
    made["cumprod"] = { (x: Tensor, a0: Int) in _ = cumprod(x, a0) }
    made["cumsum"] = { (x: Tensor, a0: Int) in _ = cumsum(x, a0) }
    made["cumulativeTrapezoid"] = { (x: Tensor) in _ = cumulativeTrapezoid(x) }
    made["deg2rad"] = { (x: Tensor) in _ = deg2rad(x) }
    made["diag"] = { (x: Tensor) in _ = diag(x) }
    made["diagEmbed"] = { (x: Tensor) in _ = diagEmbed(x) }
    made["diagflat"] = { (x: Tensor) in _ = diagflat(x) }
    made["diagonal"] = { (x: Tensor) in _ = diagonal(x) }
    made["diagonalScatter"] = { (x: Tensor, a0: Tensor) in _ = diagonalScatter(x, a0) }
    made["diff"] = { (x: Tensor) in _ = diff(x) }
    made["digamma"] = { (x: Tensor) in _ = digamma(x) }
    made["dist"] = { (x: Tensor, a0: Tensor) in _ = dist(x, a0) }
    made["div"] = { (x: Tensor) in _ = div(x, x) }
    made["divide"] = { (x: Tensor) in _ = divide(x, x) }
    made["dot"] = { (x: Tensor, a0: Tensor) in _ = dot(x, tensor: a0) }
    made["dropout"] = { (x: Tensor, a0: Double) in _ = dropout(x, a0) }
    made["dropout1d"] = { (x: Tensor, a0: Double) in _ = dropout1d(x, a0) }
    made["dropout2d"] = { (x: Tensor, a0: Double) in _ = dropout2d(x, a0) }
    made["dropout3d"] = { (x: Tensor, a0: Double) in _ = dropout3d(x, a0) }
    made["dsplit"] = { (x: Tensor, a0: Int) in _ = dsplit(x, a0) }
    made["elu"] = { (x: Tensor) in _ = elu(x) }
    made["embedding"] = { (x: Tensor, a0: Tensor) in _ = embedding(x, weight: a0) }
    made["eq"] = { (x: Tensor, a0: Tensor) in _ = eq(x, a0) }
    made["equal"] = { (x: Tensor, a0: Tensor) in _ = equal(x, a0) }
    made["erf"] = { (x: Tensor) in _ = erf(x) }
    made["erfc"] = { (x: Tensor) in _ = erfc(x) }
    made["erfinv"] = { (x: Tensor) in _ = erfinv(x) }
    made["exp"] = { (x: Tensor) in _ = exp(x) }
    made["exp2"] = { (x: Tensor) in _ = exp2(x) }
    made["expm1"] = { (x: Tensor) in _ = expm1(x) }
    made["featureAlphaDropout"] = { (x: Tensor, a0: Double) in _ = featureAlphaDropout(x, a0) }
    made["featureDropout"] = { (x: Tensor, a0: Double) in _ = featureDropout(x, a0) }
    made["fix"] = { (x: Tensor) in _ = fix(x) }
    made["flatten"] = { (x: Tensor) in _ = flatten(x) }
    made["flip"] = { (x: Tensor, a0: [Int]) in _ = flip(x, a0) }
    made["fliplr"] = { (x: Tensor) in _ = fliplr(x) }
    made["flipud"] = { (x: Tensor) in _ = flipud(x) }
    made["floatPower"] = { (x: Tensor, a0: Tensor) in _ = floatPower(x, a0) }
    made["floor"] = { (x: Tensor) in _ = floor(x) }
    made["floorDivide"] = { (x: Tensor, a0: Tensor) in _ = floorDivide(x, a0) }
    made["fmax"] = { (x: Tensor, a0: Tensor) in _ = fmax(x, a0) }
    made["fmin"] = { (x: Tensor, a0: Tensor) in _ = fmin(x, a0) }
    made["fmod"] = { (x: Tensor, a0: Tensor) in _ = fmod(x, a0) }
    made["frac"] = { (x: Tensor) in _ = frac(x) }
    made["frexp"] = { (x: Tensor) in _ = frexp(x) }
    made["gather"] = { (x: Tensor, a0: Int, a1: Tensor) in _ = gather(x, a0, a1) }
    made["gaussianNLLLoss"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = gaussianNLLLoss(x, target: a0, var: a1) }
    made["gaussianNllLoss"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = gaussianNllLoss(x, a0, a1) }
    made["gcd"] = { (x: Tensor, a0: Tensor) in _ = gcd(x, a0) }
    made["ge"] = { (x: Tensor, a0: Tensor) in _ = ge(x, a0) }
    made["gelu"] = { (x: Tensor) in _ = gelu(x) }
    made["ger"] = { (x: Tensor, a0: Tensor) in _ = ger(x, a0) }
    made["glu"] = { (x: Tensor) in _ = glu(x) }
    made["gradient"] = { (x: Tensor) in _ = gradient(x) }
    made["greater"] = { (x: Tensor, a0: Tensor) in _ = greater(x, a0) }
    made["greaterEqual"] = { (x: Tensor, a0: Tensor) in _ = greaterEqual(x, a0) }
    made["gridSample"] = { (x: Tensor, a0: Tensor) in _ = gridSample(x, grid: a0) }
    made["groupNorm"] = { (x: Tensor, a0: Int) in _ = groupNorm(x, numGroups: a0) }
    made["gt"] = { (x: Tensor, a0: Tensor) in _ = gt(x, a0) }
    made["hardshrink"] = { (x: Tensor) in _ = hardshrink(x) }
    made["hardsigmoid"] = { (x: Tensor) in _ = hardsigmoid(x) }
    made["hardswish"] = { (x: Tensor) in _ = hardswish(x) }
    made["hardtanh"] = { (x: Tensor) in _ = hardtanh(x) }
    made["heaviside"] = { (x: Tensor, a0: Tensor) in _ = heaviside(x, a0) }
    made["hingeEmbeddingLoss"] = { (x: Tensor, a0: Tensor) in _ = hingeEmbeddingLoss(x, target: a0) }
    made["histc"] = { (x: Tensor) in _ = histc(x) }
    made["histogram"] = { (x: Tensor) in _ = histogram(x) }
    made["histogramdd"] = { (x: Tensor, a0: Int) in _ = histogramdd(x, bins: a0) }
    made["hsplit"] = { (x: Tensor, a0: Int) in _ = hsplit(x, a0) }
    made["huberLoss"] = { (x: Tensor, a0: Tensor) in _ = huberLoss(x, target: a0) }
    made["hypot"] = { (x: Tensor, a0: Tensor) in _ = hypot(x, a0) }
    made["igamma"] = { (x: Tensor, a0: Tensor) in _ = igamma(x, a0) }
    made["igammac"] = { (x: Tensor, a0: Tensor) in _ = igammac(x, a0) }
    made["indexAdd"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = indexAdd(x, a0, a1, a2) }
    made["indexCopy"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = indexCopy(x, a0, a1, a2) }
    made["indexFill"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = indexFill(x, a0, a1, a2) }
    made["indexPut"] = { (x: Tensor, a0: [Tensor?], a1: Tensor) in _ = indexPut(x, a0, a1) }
    made["indexReduce"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor, a3: ScatterReduction) in _ = indexReduce(x, a0, a1, a2, reduce: a3) }
    made["indexSelect"] = { (x: Tensor, a0: Int, a1: Tensor) in _ = indexSelect(x, a0, a1) }
    made["inner"] = { (x: Tensor, a0: Tensor) in _ = inner(x, other: a0) }
    made["instanceNorm"] = { (x: Tensor, a0: Tensor?) in _ = instanceNorm(x, a0) }
    made["isclose"] = { (x: Tensor, a0: Tensor) in _ = isclose(x, a0) }
    made["isfinite"] = { (x: Tensor) in _ = isfinite(x) }
    made["isin"] = { (x: Tensor, a0: Tensor) in _ = isin(x, testElements: a0) }
    made["isinf"] = { (x: Tensor) in _ = isinf(x) }
    made["isnan"] = { (x: Tensor) in _ = isnan(x) }
    made["isneginf"] = { (x: Tensor) in _ = isneginf(x) }
    made["isposinf"] = { (x: Tensor) in _ = isposinf(x) }
    made["klDiv"] = { (x: Tensor, a0: Tensor) in _ = klDiv(x, target: a0) }
    made["kron"] = { (x: Tensor, a0: Tensor) in _ = kron(x, other: a0) }
    made["kthvalue"] = { (x: Tensor, a0: Int) in _ = kthvalue(x, a0) }
    made["l1Loss"] = { (x: Tensor, a0: Tensor) in _ = l1Loss(x, target: a0) }
    made["layerNorm"] = { (x: Tensor, a0: [Int]) in _ = layerNorm(x, normalizedShape: a0) }
    made["lcm"] = { (x: Tensor, a0: Tensor) in _ = lcm(x, a0) }
    made["ldexp"] = { (x: Tensor, a0: Tensor) in _ = ldexp(x, a0) }
    made["le"] = { (x: Tensor, a0: Tensor) in _ = le(x, a0) }
    made["leakyRelu"] = { (x: Tensor) in _ = leakyRelu(x) }
    made["lerp"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = lerp(x, a0, a1) }
    made["less"] = { (x: Tensor, a0: Tensor) in _ = less(x, a0) }
    made["lessEqual"] = { (x: Tensor, a0: Tensor) in _ = lessEqual(x, a0) }
    made["lgamma"] = { (x: Tensor) in _ = lgamma(x) }
    made["linear"] = { (x: Tensor, a0: Tensor) in _ = linear(x, weight: a0) }
    made["linearCrossEntropy"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = linearCrossEntropy(x, linearWeight: a0, target: a1) }
    made["localResponseNorm"] = { (x: Tensor, a0: Int) in _ = localResponseNorm(x, size: a0) }
    made["log"] = { (x: Tensor) in _ = log(x) }
    made["log10"] = { (x: Tensor) in _ = log10(x) }
    made["log1p"] = { (x: Tensor) in _ = log1p(x) }
    made["log2"] = { (x: Tensor) in _ = log2(x) }
    made["logSigmoid"] = { (x: Tensor) in _ = logSigmoid(x) }
    made["logSoftmax"] = { (x: Tensor, a0: Int) in _ = logSoftmax(x, a0) }
    made["logaddexp"] = { (x: Tensor, a0: Tensor) in _ = logaddexp(x, a0) }
    made["logaddexp2"] = { (x: Tensor, a0: Tensor) in _ = logaddexp2(x, a0) }
    made["logcumsumexp"] = { (x: Tensor, a0: Int) in _ = logcumsumexp(x, a0) }
    made["logdet"] = { (x: Tensor) in _ = logdet(x) }
    made["logicalAnd"] = { (x: Tensor, a0: Tensor) in _ = logicalAnd(x, a0) }
    made["logicalNot"] = { (x: Tensor) in _ = logicalNot(x) }
    made["logicalOr"] = { (x: Tensor, a0: Tensor) in _ = logicalOr(x, a0) }
    made["logicalXor"] = { (x: Tensor, a0: Tensor) in _ = logicalXor(x, a0) }
    made["logit"] = { (x: Tensor) in _ = logit(x) }
    made["logsigmoid"] = { (x: Tensor) in _ = logsigmoid(x) }
    made["logsumexp"] = { (x: Tensor, a0: Int) in _ = logsumexp(x, a0) }
    made["lt"] = { (x: Tensor, a0: Tensor) in _ = lt(x, a0) }
    made["luSolve"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = luSolve(x, a0, a1) }
    made["luUnpack"] = { (x: Tensor, a0: Tensor) in _ = luUnpack(x, LUPivots: a0) }
    made["marginRankingLoss"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = marginRankingLoss(x, input2: a0, target: a1) }
    made["maskedFill"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = maskedFill(x, a0, a1) }
    made["maskedScatter"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = maskedScatter(x, a0, a1) }
    made["maskedSelect"] = { (x: Tensor, a0: Tensor) in _ = maskedSelect(x, a0) }
    made["matmul"] = { (x: Tensor, a0: Tensor) in _ = matmul(x, other: a0) }
    made["matrixExp"] = { (x: Tensor) in _ = matrixExp(x) }
    made["max"] = { (x: Tensor) in _ = max(x) }
    made["maximum"] = { (x: Tensor, a0: Tensor) in _ = maximum(x, a0) }
    made["mean"] = { (x: Tensor) in _ = mean(x) }
    made["median"] = { (x: Tensor) in _ = median(x) }
    made["min"] = { (x: Tensor) in _ = min(x) }
    made["minimum"] = { (x: Tensor, a0: Tensor) in _ = minimum(x, a0) }
    made["mish"] = { (x: Tensor) in _ = mish(x) }
    made["mm"] = { (x: Tensor, a0: Tensor) in _ = mm(x, mat2: a0) }
    made["mode"] = { (x: Tensor) in _ = mode(x) }
    made["moveaxis"] = { (x: Tensor, a0: Int, a1: Int) in _ = moveaxis(x, a0, a1) }
    made["movedim"] = { (x: Tensor, a0: Int, a1: Int) in _ = movedim(x, a0, a1) }
    made["mseLoss"] = { (x: Tensor, a0: Tensor) in _ = mseLoss(x, target: a0) }
    made["msort"] = { (x: Tensor) in _ = msort(x) }
    made["mul"] = { (x: Tensor) in _ = mul(x, x) }
    made["multiMarginLoss"] = { (x: Tensor, a0: Tensor) in _ = multiMarginLoss(x, target: a0) }
    made["multilabelMarginLoss"] = { (x: Tensor, a0: Tensor) in _ = multilabelMarginLoss(x, target: a0) }
    made["multilabelSoftMarginLoss"] = { (x: Tensor, a0: Tensor) in _ = multilabelSoftMarginLoss(x, target: a0) }
    made["multinomial"] = { (x: Tensor, a0: Int) in _ = multinomial(x, numSamples: a0) }
    made["multiply"] = { (x: Tensor) in _ = multiply(x, x) }
    made["mv"] = { (x: Tensor, a0: Tensor) in _ = mv(x, vec: a0) }
    made["mvlgamma"] = { (x: Tensor, a0: Int) in _ = mvlgamma(x, a0) }
    made["nanToNum"] = { (x: Tensor) in _ = nanToNum(x) }
    made["nanmean"] = { (x: Tensor) in _ = nanmean(x) }
    made["nanmedian"] = { (x: Tensor) in _ = nanmedian(x) }
    made["nanquantile"] = { (x: Tensor, a0: Tensor) in _ = nanquantile(x, a0) }
    made["nansum"] = { (x: Tensor) in _ = nansum(x) }
    made["narrow"] = { (x: Tensor, a0: Int, a1: Int, a2: Int) in _ = narrow(x, a0, a1, a2) }
    made["ne"] = { (x: Tensor, a0: Tensor) in _ = ne(x, a0) }
    made["nextafter"] = { (x: Tensor, a0: Tensor) in _ = nextafter(x, a0) }
    made["nllLoss"] = { (x: Tensor, a0: Tensor) in _ = nllLoss(x, target: a0) }
    made["nonzero"] = { (x: Tensor) in _ = nonzero(x) }
    made["nonzeroStatic"] = { (x: Tensor, a0: Int) in _ = nonzeroStatic(x, size: a0) }
    made["norm"] = { (x: Tensor) in _ = norm(x) }
    made["normalize"] = { (x: Tensor, a0: Double) in _ = normalize(x, a0) }
    made["notEqual"] = { (x: Tensor, a0: Tensor) in _ = notEqual(x, a0) }
    made["oneHot"] = { (x: Tensor, a0: Int) in _ = oneHot(x, a0) }
    made["ormqr"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = ormqr(x, input2: a0, input3: a1) }
    made["outer"] = { (x: Tensor, a0: Tensor) in _ = outer(x, vec2: a0) }
    made["pad"] = { (x: Tensor, a0: [Int]) in _ = pad(x, a0) }
    made["pairwiseDistance"] = { (x: Tensor, a0: Tensor) in _ = pairwiseDistance(x, x2: a0) }
    made["pdist"] = { (x: Tensor, a0: Double) in _ = pdist(x, a0) }
    made["permute"] = { (x: Tensor, a0: [Int]) in _ = permute(x, a0) }
    made["pinverse"] = { (x: Tensor) in _ = pinverse(x) }
    made["pixelShuffle"] = { (x: Tensor, a0: Int) in _ = pixelShuffle(x, upscaleFactor: a0) }
    made["pixelUnshuffle"] = { (x: Tensor, a0: Int) in _ = pixelUnshuffle(x, downscaleFactor: a0) }
    made["poissonNLLLoss"] = { (x: Tensor, a0: Tensor) in _ = poissonNLLLoss(x, target: a0) }
    made["poissonNllLoss"] = { (x: Tensor, a0: Tensor) in _ = poissonNllLoss(x, a0) }
    made["polar"] = { (x: Tensor, a0: Tensor) in _ = polar(x, angle: a0) }
    made["pow"] = { (x: Tensor, a0: Tensor) in _ = pow(x, a0) }
    made["prelu"] = { (x: Tensor, a0: Tensor) in _ = prelu(x, a0) }
    made["prod"] = { (x: Tensor) in _ = prod(x) }
    made["put"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = put(x, a0, a1) }
    made["quantile"] = { (x: Tensor, a0: Tensor) in _ = quantile(x, a0) }
    made["rad2deg"] = { (x: Tensor) in _ = rad2deg(x) }
    made["ravel"] = { (x: Tensor) in _ = ravel(x) }
    made["reciprocal"] = { (x: Tensor) in _ = reciprocal(x) }
    made["relu"] = { (x: Tensor) in _ = relu(x) }
    made["relu6"] = { (x: Tensor) in _ = relu6(x) }
    made["remainder"] = { (x: Tensor, a0: Tensor) in _ = remainder(x, a0) }
    made["renorm"] = { (x: Tensor, a0: Double, a1: Int, a2: Double) in _ = renorm(x, p: a0, dim: a1, maxnorm: a2) }
    made["repeatInterleave"] = { (x: Tensor, a0: Int) in _ = repeatInterleave(x, a0) }
    made["reshape"] = { (x: Tensor, a0: [Int]) in _ = reshape(x, a0) }
    made["rmsNorm"] = { (x: Tensor, a0: [Int]) in _ = rmsNorm(x, normalizedShape: a0) }
    made["roll"] = { (x: Tensor, a0: Int) in _ = roll(x, a0) }
    made["rot90"] = { (x: Tensor) in _ = rot90(x) }
    made["round"] = { (x: Tensor) in _ = round(x) }
    made["rrelu"] = { (x: Tensor, a0: Double) in _ = rrelu(x, a0) }
    made["rsqrt"] = { (x: Tensor) in _ = rsqrt(x) }
    made["scaledDotProductAttention"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = scaledDotProductAttention(x, key: a0, value: a1) }
    made["scatter"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = scatter(x, a0, a1, a2) }
    made["scatterAdd"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = scatterAdd(x, a0, a1, a2) }
    made["scatterReduce"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor, a3: ScatterReduction) in _ = scatterReduce(x, a0, a1, a2, reduce: a3) }
    made["searchsorted"] = { (x: Tensor, a0: Tensor) in _ = searchsorted(x, self: a0) }
    made["select"] = { (x: Tensor, a0: Int, a1: Int) in _ = select(x, a0, a1) }
    made["selectScatter"] = { (x: Tensor, a0: Tensor, a1: Int, a2: Int) in _ = selectScatter(x, a0, a1, a2) }
    made["selu"] = { (x: Tensor) in _ = selu(x) }
    made["sgn"] = { (x: Tensor) in _ = sgn(x) }
    made["sigmoid"] = { (x: Tensor) in _ = sigmoid(x) }
    made["sign"] = { (x: Tensor) in _ = sign(x) }
    made["signbit"] = { (x: Tensor) in _ = signbit(x) }
    made["silu"] = { (x: Tensor) in _ = silu(x) }
    made["sin"] = { (x: Tensor) in _ = sin(x) }
    made["sinc"] = { (x: Tensor) in _ = sinc(x) }
    made["sinh"] = { (x: Tensor) in _ = sinh(x) }
    made["sliceScatter"] = { (x: Tensor, a0: Tensor) in _ = sliceScatter(x, a0) }
    made["smoothL1Loss"] = { (x: Tensor, a0: Tensor) in _ = smoothL1Loss(x, target: a0) }
    made["softMarginLoss"] = { (x: Tensor, a0: Tensor) in _ = softMarginLoss(x, target: a0) }
    made["softmax"] = { (x: Tensor, a0: Int) in _ = softmax(x, a0) }
    made["softmin"] = { (x: Tensor, a0: Int) in _ = softmin(x, a0) }
    made["softplus"] = { (x: Tensor) in _ = softplus(x) }
    made["softshrink"] = { (x: Tensor) in _ = softshrink(x) }
    made["softsign"] = { (x: Tensor) in _ = softsign(x) }
    made["sort"] = { (x: Tensor) in _ = sort(x) }
    made["split"] = { (x: Tensor, a0: Int) in _ = split(x, a0) }
    made["sqrt"] = { (x: Tensor) in _ = sqrt(x) }
    made["square"] = { (x: Tensor) in _ = square(x) }
    made["squeeze"] = { (x: Tensor, a0: Int) in _ = squeeze(x, a0) }
    made["std"] = { (x: Tensor) in _ = std(x) }
    made["stdMean"] = { (x: Tensor) in _ = stdMean(x) }
    made["sub"] = { (x: Tensor) in _ = sub(x, x) }
    made["subtract"] = { (x: Tensor) in _ = subtract(x, x) }
    made["sum"] = { (x: Tensor) in _ = sum(x) }
    made["svd"] = { (x: Tensor) in _ = svd(x) }
    made["swapaxes"] = { (x: Tensor, a0: Int, a1: Int) in _ = swapaxes(x, a0, a1) }
    made["swapdims"] = { (x: Tensor, a0: Int, a1: Int) in _ = swapdims(x, a0, a1) }
    made["t"] = { (x: Tensor) in _ = t(x) }
    made["take"] = { (x: Tensor, a0: Tensor) in _ = take(x, a0) }
    made["takeAlongDim"] = { (x: Tensor, a0: Tensor) in _ = takeAlongDim(x, a0) }
    made["tan"] = { (x: Tensor) in _ = tan(x) }
    made["tanh"] = { (x: Tensor) in _ = tanh(x) }
    made["tanhshrink"] = { (x: Tensor) in _ = tanhshrink(x) }
    made["tensorSplit"] = { (x: Tensor, a0: Int) in _ = tensorSplit(x, a0) }
    made["tensordot"] = { (x: Tensor, a0: Tensor) in _ = tensordot(x, other: a0) }
    made["threshold"] = { (x: Tensor, a0: Double, a1: Double) in _ = threshold(x, a0, a1) }
    made["tile"] = { (x: Tensor, a0: [Int]) in _ = tile(x, a0) }
    made["topk"] = { (x: Tensor, a0: Int) in _ = topk(x, a0) }
    made["trace"] = { (x: Tensor) in _ = trace(x) }
    made["transpose"] = { (x: Tensor, a0: Int, a1: Int) in _ = transpose(x, a0, a1) }
    made["trapezoid"] = { (x: Tensor) in _ = trapezoid(x) }
    made["triangularSolve"] = { (x: Tensor, a0: Tensor) in _ = triangularSolve(x, a0) }
    made["tril"] = { (x: Tensor) in _ = tril(x) }
    made["tripletMarginLoss"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = tripletMarginLoss(x, positive: a0, negative: a1) }
    made["tripletMarginWithDistanceLoss"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = tripletMarginWithDistanceLoss(x, positive: a0, negative: a1) }
    made["triu"] = { (x: Tensor) in _ = triu(x) }
    made["trueDivide"] = { (x: Tensor) in _ = trueDivide(x, x) }
    made["trunc"] = { (x: Tensor) in _ = trunc(x) }
    made["unbind"] = { (x: Tensor) in _ = unbind(x) }
    made["unflatten"] = { (x: Tensor, a0: Int, a1: [Int]) in _ = unflatten(x, a0, a1) }
    made["unfold"] = { (x: Tensor, a0: Int, a1: Int, a2: Int) in _ = unfold(x, a0, a1, a2) }
    made["unique"] = { (x: Tensor) in _ = unique(x) }
    made["uniqueConsecutive"] = { (x: Tensor) in _ = uniqueConsecutive(x) }
    made["unravelIndex"] = { (x: Tensor, a0: [Int]) in _ = unravelIndex(x, a0) }
    made["unsqueeze"] = { (x: Tensor, a0: Int) in _ = unsqueeze(x, a0) }
    made["var"] = { (x: Tensor) in _ = `var`(x) }
    made["varMean"] = { (x: Tensor) in _ = varMean(x) }
    made["vdot"] = { (x: Tensor, a0: Tensor) in _ = vdot(x, other: a0) }
    made["viewAsComplex"] = { (x: Tensor) in _ = viewAsComplex(x) }
    made["viewAsReal"] = { (x: Tensor) in _ = viewAsReal(x) }
    made["vsplit"] = { (x: Tensor, a0: Int) in _ = vsplit(x, a0) }
    made["xlogy"] = { (x: Tensor, a0: Tensor) in _ = xlogy(x, a0) }
    return made
  }
  static func methods() -> [String: Any] {
    var made: [String: Any] = [:]
    made["absolute"] = { (x: Tensor) in _ = x.absolute() }
    made["add"] = { (x: Tensor) in _ = x.add(x) }
    made["addbmm"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.addbmm(a0, a1) }
    made["addcdiv"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.addcdiv(tensor1: a0, tensor2: a1) }
    made["addcmul"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.addcmul(tensor1: a0, tensor2: a1) }
    made["addmm"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.addmm(a0, a1) }
    made["addmv"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.addmv(a0, a1) }
    made["addr"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.addr(a0, a1) }
    made["all"] = { (x: Tensor, a0: Int) in _ = x.all(dim: a0) }
    made["allclose"] = { (x: Tensor, a0: Tensor) in _ = x.allclose(other: a0) }
    made["amax"] = { (x: Tensor, a0: Int) in _ = x.amax(a0) }
    made["amin"] = { (x: Tensor, a0: Int) in _ = x.amin(a0) }
    made["aminmax"] = { (x: Tensor, a0: Bool) in _ = x.aminmax(keepdim: a0) }
    made["any"] = { (x: Tensor, a0: Int) in _ = x.any(dim: a0) }
    made["arccos"] = { (x: Tensor) in _ = x.arccos() }
    made["arccosh"] = { (x: Tensor) in _ = x.arccosh() }
    made["arcsin"] = { (x: Tensor) in _ = x.arcsin() }
    made["arcsinh"] = { (x: Tensor) in _ = x.arcsinh() }
    made["arctan"] = { (x: Tensor) in _ = x.arctan() }
    made["arctan2"] = { (x: Tensor, a0: Tensor) in _ = x.arctan2(a0) }
    made["arctanh"] = { (x: Tensor) in _ = x.arctanh() }
    made["argmax"] = { (x: Tensor, a0: Int?) in _ = x.argmax(dim: a0) }
    made["argmin"] = { (x: Tensor, a0: Int?) in _ = x.argmin(dim: a0) }
    made["argsort"] = { (x: Tensor, a0: Int) in _ = x.argsort(dim: a0) }
    made["asStrided"] = { (x: Tensor, a0: [Int], a1: [Int]) in _ = x.asStrided(size: a0, stride: a1) }
    made["asStridedScatter"] = { (x: Tensor, a0: Tensor, a1: [Int], a2: [Int]) in _ = x.asStridedScatter(src: a0, size: a1, stride: a2) }
    made["atan2"] = { (x: Tensor, a0: Tensor) in _ = x.atan2(other: a0) }
    made["baddbmm"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.baddbmm(a0, a1) }
    made["bincount"] = { (x: Tensor, a0: Tensor?) in _ = x.bincount(a0) }
    made["bitwiseAnd"] = { (x: Tensor) in _ = x.bitwiseAnd(x) }
    made["bitwiseLeftShift"] = { (x: Tensor) in _ = x.bitwiseLeftShift(x) }
    made["bitwiseOr"] = { (x: Tensor) in _ = x.bitwiseOr(x) }
    made["bitwiseRightShift"] = { (x: Tensor) in _ = x.bitwiseRightShift(x) }
    made["bitwiseXor"] = { (x: Tensor) in _ = x.bitwiseXor(x) }
    made["bmm"] = { (x: Tensor, a0: Tensor) in _ = x.bmm(mat2: a0) }
    made["broadcastTo"] = { (x: Tensor, a0: [Int]) in _ = x.broadcastTo(size: a0) }
    made["celu"] = { (x: Tensor, a0: Double) in _ = x.celu(a0) }
    made["choleskyInverse"] = { (x: Tensor, a0: Bool) in _ = x.choleskyInverse(a0) }
    made["choleskySolve"] = { (x: Tensor, a0: Tensor) in _ = x.choleskySolve(input2: a0) }
    made["chunk"] = { (x: Tensor, a0: Int) in _ = x.chunk(chunks: a0) }
    made["clamp"] = { (x: Tensor, a0: Tensor?, a1: Tensor?) in _ = x.clamp(a0, max: a1) }
    made["clip"] = { (x: Tensor) in _ = x.clip() }
    made["combinations"] = { (x: Tensor, a0: Int) in _ = x.combinations(r: a0) }
    made["constantPadNd"] = { (x: Tensor, a0: [Int]) in _ = x.constantPadNd(pad: a0) }
    made["copysign"] = { (x: Tensor, a0: Tensor) in _ = x.copysign(other: a0) }
    made["countNonzero"] = { (x: Tensor, a0: Int) in _ = x.countNonzero(dim: a0) }
    made["cross"] = { (x: Tensor, a0: Tensor) in _ = x.cross(other: a0) }
    made["cummax"] = { (x: Tensor, a0: Int) in _ = x.cummax(dim: a0) }
    made["cummin"] = { (x: Tensor, a0: Int) in _ = x.cummin(dim: a0) }
    made["cumprod"] = { (x: Tensor, a0: Int) in _ = x.cumprod(dim: a0) }
    made["cumsum"] = { (x: Tensor, a0: Int) in _ = x.cumsum(dim: a0) }
    made["cumulativeTrapezoid"] = { (x: Tensor, a0: Tensor) in _ = x.cumulativeTrapezoid(x: a0) }
    made["diag"] = { (x: Tensor, a0: Int) in _ = x.diag(diagonal: a0) }
    made["diagEmbed"] = { (x: Tensor, a0: Int) in _ = x.diagEmbed(a0) }
    made["diagflat"] = { (x: Tensor, a0: Int) in _ = x.diagflat(offset: a0) }
    made["diagonal"] = { (x: Tensor, a0: Int) in _ = x.diagonal(a0) }
    made["diagonalScatter"] = { (x: Tensor, a0: Tensor) in _ = x.diagonalScatter(src: a0) }
    made["diff"] = { (x: Tensor, a0: Int) in _ = x.diff(n: a0) }
    made["dist"] = { (x: Tensor, a0: Tensor) in _ = x.dist(other: a0) }
    made["div"] = { (x: Tensor) in _ = x.div(x) }
    made["divide"] = { (x: Tensor) in _ = x.divide(x) }
    made["dot"] = { (x: Tensor, a0: Tensor) in _ = x.dot(tensor: a0) }
    made["dsplit"] = { (x: Tensor, a0: Int) in _ = x.dsplit(sections: a0) }
    made["elu"] = { (x: Tensor, a0: Double) in _ = x.elu(a0) }
    made["eq"] = { (x: Tensor, a0: Tensor) in _ = x.eq(other: a0) }
    made["equal"] = { (x: Tensor, a0: Tensor) in _ = x.equal(other: a0) }
    made["expand"] = { (x: Tensor, a0: [Int]) in _ = x.expand(size: a0) }
    made["expandAs"] = { (x: Tensor, a0: Tensor) in _ = x.expandAs(other: a0) }
    made["fix"] = { (x: Tensor) in _ = x.fix() }
    made["flatten"] = { (x: Tensor, a0: Int) in _ = x.flatten(startDim: a0) }
    made["flip"] = { (x: Tensor, a0: [Int]) in _ = x.flip(dims: a0) }
    made["floatPower"] = { (x: Tensor, a0: Tensor) in _ = x.floatPower(exponent: a0) }
    made["floorDivide"] = { (x: Tensor, a0: Tensor) in _ = x.floorDivide(other: a0) }
    made["fmax"] = { (x: Tensor, a0: Tensor) in _ = x.fmax(other: a0) }
    made["fmin"] = { (x: Tensor, a0: Tensor) in _ = x.fmin(other: a0) }
    made["fmod"] = { (x: Tensor, a0: Tensor) in _ = x.fmod(other: a0) }
    made["gather"] = { (x: Tensor, a0: Int, a1: Tensor) in _ = x.gather(dim: a0, index: a1) }
    made["gcd"] = { (x: Tensor, a0: Tensor) in _ = x.gcd(other: a0) }
    made["ge"] = { (x: Tensor, a0: Tensor) in _ = x.ge(other: a0) }
    made["geqrf"] = { (x: Tensor) in _ = x.geqrf() }
    made["ger"] = { (x: Tensor, a0: Tensor) in _ = x.ger(a0) }
    made["glu"] = { (x: Tensor, a0: Int) in _ = x.glu(a0) }
    made["greater"] = { (x: Tensor, a0: Tensor) in _ = x.greater(a0) }
    made["greaterEqual"] = { (x: Tensor, a0: Tensor) in _ = x.greaterEqual(a0) }
    made["gt"] = { (x: Tensor, a0: Tensor) in _ = x.gt(other: a0) }
    made["hardshrink"] = { (x: Tensor, a0: Double) in _ = x.hardshrink(a0) }
    made["hardtanh"] = { (x: Tensor, a0: Double) in _ = x.hardtanh(a0) }
    made["heaviside"] = { (x: Tensor, a0: Tensor) in _ = x.heaviside(values: a0) }
    made["histc"] = { (x: Tensor, a0: Int) in _ = x.histc(bins: a0) }
    made["histogram"] = { (x: Tensor, a0: Int) in _ = x.histogram(a0) }
    made["histogramdd"] = { (x: Tensor, a0: Int) in _ = x.histogramdd(bins: a0) }
    made["hsplit"] = { (x: Tensor, a0: Int) in _ = x.hsplit(sections: a0) }
    made["hypot"] = { (x: Tensor, a0: Tensor) in _ = x.hypot(other: a0) }
    made["igamma"] = { (x: Tensor, a0: Tensor) in _ = x.igamma(other: a0) }
    made["igammac"] = { (x: Tensor, a0: Tensor) in _ = x.igammac(other: a0) }
    made["indexAdd"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.indexAdd(dim: a0, index: a1, source: a2) }
    made["indexCopy"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.indexCopy(dim: a0, index: a1, source: a2) }
    made["indexFill"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.indexFill(dim: a0, index: a1, value: a2) }
    made["indexPut"] = { (x: Tensor, a0: [Tensor?], a1: Tensor) in _ = x.indexPut(indices: a0, values: a1) }
    made["indexReduce"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor, a3: ScatterReduction) in _ = x.indexReduce(dim: a0, index: a1, source: a2, reduce: a3) }
    made["indexSelect"] = { (x: Tensor, a0: Int, a1: Tensor) in _ = x.indexSelect(dim: a0, index: a1) }
    made["inner"] = { (x: Tensor, a0: Tensor) in _ = x.inner(a0) }
    made["isclose"] = { (x: Tensor, a0: Tensor) in _ = x.isclose(other: a0) }
    made["kron"] = { (x: Tensor, a0: Tensor) in _ = x.kron(a0) }
    made["kthvalue"] = { (x: Tensor, a0: Int) in _ = x.kthvalue(k: a0) }
    made["lcm"] = { (x: Tensor, a0: Tensor) in _ = x.lcm(other: a0) }
    made["ldexp"] = { (x: Tensor, a0: Tensor) in _ = x.ldexp(other: a0) }
    made["le"] = { (x: Tensor, a0: Tensor) in _ = x.le(other: a0) }
    made["leakyRelu"] = { (x: Tensor, a0: Double) in _ = x.leakyRelu(a0) }
    made["lerp"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.lerp(end: a0, weight: a1) }
    made["less"] = { (x: Tensor, a0: Tensor) in _ = x.less(a0) }
    made["lessEqual"] = { (x: Tensor, a0: Tensor) in _ = x.lessEqual(a0) }
    made["logSoftmax"] = { (x: Tensor, a0: Int) in _ = x.logSoftmax(dim: a0) }
    made["logaddexp"] = { (x: Tensor, a0: Tensor) in _ = x.logaddexp(other: a0) }
    made["logaddexp2"] = { (x: Tensor, a0: Tensor) in _ = x.logaddexp2(other: a0) }
    made["logcumsumexp"] = { (x: Tensor, a0: Int) in _ = x.logcumsumexp(dim: a0) }
    made["logicalAnd"] = { (x: Tensor, a0: Tensor) in _ = x.logicalAnd(other: a0) }
    made["logicalOr"] = { (x: Tensor, a0: Tensor) in _ = x.logicalOr(other: a0) }
    made["logicalXor"] = { (x: Tensor, a0: Tensor) in _ = x.logicalXor(other: a0) }
    made["logit"] = { (x: Tensor, a0: Double?) in _ = x.logit(a0) }
    made["logsumexp"] = { (x: Tensor, a0: Int) in _ = x.logsumexp(dim: a0) }
    made["lt"] = { (x: Tensor, a0: Tensor) in _ = x.lt(other: a0) }
    made["luSolve"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.luSolve(LUData: a0, LUPivots: a1) }
    made["maskedFill"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.maskedFill(mask: a0, value: a1) }
    made["maskedScatter"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.maskedScatter(mask: a0, source: a1) }
    made["maskedSelect"] = { (x: Tensor, a0: Tensor) in _ = x.maskedSelect(mask: a0) }
    made["matmul"] = { (x: Tensor, a0: Tensor) in _ = x.matmul(other: a0) }
    made["max"] = { (x: Tensor, a0: Int) in _ = x.max(dim: a0) }
    made["maximum"] = { (x: Tensor, a0: Tensor) in _ = x.maximum(other: a0) }
    made["mean"] = { (x: Tensor, a0: Int) in _ = x.mean(dim: a0) }
    made["median"] = { (x: Tensor, a0: Int) in _ = x.median(dim: a0) }
    made["min"] = { (x: Tensor, a0: Int) in _ = x.min(dim: a0) }
    made["minimum"] = { (x: Tensor, a0: Tensor) in _ = x.minimum(other: a0) }
    made["mm"] = { (x: Tensor, a0: Tensor) in _ = x.mm(mat2: a0) }
    made["mode"] = { (x: Tensor, a0: Int) in _ = x.mode(dim: a0) }
    made["moveaxis"] = { (x: Tensor, a0: Int, a1: Int) in _ = x.moveaxis(source: a0, destination: a1) }
    made["movedim"] = { (x: Tensor, a0: Int, a1: Int) in _ = x.movedim(source: a0, destination: a1) }
    made["mul"] = { (x: Tensor) in _ = x.mul(x) }
    made["multinomial"] = { (x: Tensor, a0: Int) in _ = x.multinomial(a0) }
    made["multiply"] = { (x: Tensor) in _ = x.multiply(x) }
    made["mv"] = { (x: Tensor, a0: Tensor) in _ = x.mv(vec: a0) }
    made["mvlgamma"] = { (x: Tensor, a0: Int) in _ = x.mvlgamma(p: a0) }
    made["nanToNum"] = { (x: Tensor, a0: Double) in _ = x.nanToNum(a0) }
    made["nanmean"] = { (x: Tensor, a0: Int) in _ = x.nanmean(a0) }
    made["nanmedian"] = { (x: Tensor, a0: Int) in _ = x.nanmedian(dim: a0) }
    made["nanquantile"] = { (x: Tensor, a0: Tensor) in _ = x.nanquantile(q: a0) }
    made["nansum"] = { (x: Tensor, a0: Int) in _ = x.nansum(a0) }
    made["narrow"] = { (x: Tensor, a0: Int, a1: Int, a2: Int) in _ = x.narrow(dim: a0, start: a1, length: a2) }
    made["ne"] = { (x: Tensor, a0: Tensor) in _ = x.ne(other: a0) }
    made["nextafter"] = { (x: Tensor, a0: Tensor) in _ = x.nextafter(other: a0) }
    made["norm"] = { (x: Tensor, a0: Int) in _ = x.norm(dim: a0) }
    made["notEqual"] = { (x: Tensor, a0: Tensor) in _ = x.notEqual(a0) }
    made["ormqr"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.ormqr(a0, a1) }
    made["outer"] = { (x: Tensor, a0: Tensor) in _ = x.outer(a0) }
    made["pad"] = { (x: Tensor, a0: [Int]) in _ = x.pad(pad: a0) }
    made["permute"] = { (x: Tensor, a0: [Int]) in _ = x.permute(dims: a0) }
    made["pinverse"] = { (x: Tensor, a0: Double) in _ = x.pinverse(a0) }
    made["pow"] = { (x: Tensor, a0: Tensor) in _ = x.pow(exponent: a0) }
    made["prelu"] = { (x: Tensor, a0: Tensor) in _ = x.prelu(weight: a0) }
    made["prod"] = { (x: Tensor, a0: Int) in _ = x.prod(dim: a0) }
    made["put"] = { (x: Tensor, a0: Tensor, a1: Tensor) in _ = x.put(index: a0, source: a1) }
    made["quantile"] = { (x: Tensor, a0: Tensor) in _ = x.quantile(q: a0) }
    made["remainder"] = { (x: Tensor, a0: Tensor) in _ = x.remainder(other: a0) }
    made["renorm"] = { (x: Tensor, a0: Double, a1: Int, a2: Double) in _ = x.renorm(a0, dim: a1, maxnorm: a2) }
    made["repeat"] = { (x: Tensor, a0: [Int]) in _ = x.`repeat`(repeats: a0) }
    made["repeatInterleave"] = { (x: Tensor, a0: Int) in _ = x.repeatInterleave(repeats: a0) }
    made["reshape"] = { (x: Tensor, a0: [Int]) in _ = x.reshape(shape: a0) }
    made["reshapeAs"] = { (x: Tensor, a0: Tensor) in _ = x.reshapeAs(other: a0) }
    made["roll"] = { (x: Tensor, a0: Int) in _ = x.roll(shifts: a0) }
    made["rot90"] = { (x: Tensor, a0: Int) in _ = x.rot90(k: a0) }
    made["scatter"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.scatter(dim: a0, index: a1, src: a2) }
    made["scatterAdd"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.scatterAdd(dim: a0, index: a1, src: a2) }
    made["scatterReduce"] = { (x: Tensor, a0: Int, a1: Tensor, a2: Tensor, a3: ScatterReduction) in _ = x.scatterReduce(dim: a0, index: a1, src: a2, reduce: a3) }
    made["select"] = { (x: Tensor, a0: Int, a1: Int) in _ = x.select(dim: a0, index: a1) }
    made["selectScatter"] = { (x: Tensor, a0: Tensor, a1: Int, a2: Int) in _ = x.selectScatter(src: a0, dim: a1, index: a2) }
    made["slice"] = { (x: Tensor, a0: Int) in _ = x.slice(dim: a0) }
    made["sliceScatter"] = { (x: Tensor, a0: Tensor) in _ = x.sliceScatter(src: a0) }
    made["softmax"] = { (x: Tensor, a0: Int) in _ = x.softmax(dim: a0) }
    made["softplus"] = { (x: Tensor, a0: Double) in _ = x.softplus(a0) }
    made["softshrink"] = { (x: Tensor, a0: Double) in _ = x.softshrink(a0) }
    made["sort"] = { (x: Tensor, a0: Int) in _ = x.sort(dim: a0) }
    made["split"] = { (x: Tensor, a0: Int) in _ = x.split(splitSize: a0) }
    made["squeeze"] = { (x: Tensor, a0: Int) in _ = x.squeeze(a0) }
    made["std"] = { (x: Tensor, a0: Int) in _ = x.std(dim: a0) }
    made["stdMean"] = { (x: Tensor, a0: Int) in _ = x.stdMean(a0) }
    made["sub"] = { (x: Tensor) in _ = x.sub(x) }
    made["subtract"] = { (x: Tensor) in _ = x.subtract(x) }
    made["sum"] = { (x: Tensor, a0: Int) in _ = x.sum(dim: a0) }
    made["sumToSize"] = { (x: Tensor, a0: [Int]) in _ = x.sumToSize(size: a0) }
    made["svd"] = { (x: Tensor, a0: Bool) in _ = x.svd(a0) }
    made["swapaxes"] = { (x: Tensor, a0: Int, a1: Int) in _ = x.swapaxes(dim0: a0, dim1: a1) }
    made["swapdims"] = { (x: Tensor, a0: Int, a1: Int) in _ = x.swapdims(dim0: a0, dim1: a1) }
    made["take"] = { (x: Tensor, a0: Tensor) in _ = x.take(index: a0) }
    made["takeAlongDim"] = { (x: Tensor, a0: Tensor) in _ = x.takeAlongDim(indices: a0) }
    made["tensorSplit"] = { (x: Tensor, a0: Int) in _ = x.tensorSplit(sections: a0) }
    made["threshold"] = { (x: Tensor, a0: Double, a1: Double) in _ = x.threshold(threshold: a0, value: a1) }
    made["tile"] = { (x: Tensor, a0: [Int]) in _ = x.tile(dims: a0) }
    made["topk"] = { (x: Tensor, a0: Int) in _ = x.topk(k: a0) }
    made["transpose"] = { (x: Tensor, a0: Int, a1: Int) in _ = x.transpose(dim0: a0, dim1: a1) }
    made["trapezoid"] = { (x: Tensor, a0: Tensor) in _ = x.trapezoid(x: a0) }
    made["triangularSolve"] = { (x: Tensor, a0: Tensor) in _ = x.triangularSolve(A: a0) }
    made["tril"] = { (x: Tensor, a0: Int) in _ = x.tril(diagonal: a0) }
    made["triu"] = { (x: Tensor, a0: Int) in _ = x.triu(diagonal: a0) }
    made["trueDivide"] = { (x: Tensor) in _ = x.trueDivide(x) }
    made["unbind"] = { (x: Tensor, a0: Int) in _ = x.unbind(dim: a0) }
    made["unflatten"] = { (x: Tensor, a0: Int, a1: [Int]) in _ = x.unflatten(dim: a0, sizes: a1) }
    made["unfold"] = { (x: Tensor, a0: Int, a1: Int, a2: Int) in _ = x.unfold(dimension: a0, size: a1, step: a2) }
    made["uniqueConsecutive"] = { (x: Tensor, a0: Bool) in _ = x.uniqueConsecutive(a0) }
    made["unravelIndex"] = { (x: Tensor, a0: [Int]) in _ = x.unravelIndex(shape: a0) }
    made["unsqueeze"] = { (x: Tensor, a0: Int) in _ = x.unsqueeze(dim: a0) }
    made["var"] = { (x: Tensor, a0: Int) in _ = x.`var`(dim: a0) }
    made["varMean"] = { (x: Tensor, a0: Int) in _ = x.varMean(a0) }
    made["vdot"] = { (x: Tensor, a0: Tensor) in _ = x.vdot(other: a0) }
    made["view"] = { (x: Tensor, a0: [Int]) in _ = x.view(size: a0) }
    made["viewAs"] = { (x: Tensor, a0: Tensor) in _ = x.viewAs(other: a0) }
    made["vsplit"] = { (x: Tensor, a0: Int) in _ = x.vsplit(sections: a0) }
    made["xlogy"] = { (x: Tensor, a0: Tensor) in _ = x.xlogy(other: a0) }
    return made
  }
  static func changes() -> [String: Any] {
    var made: [String: Any] = [:]
    made["abs_"] = { (x: inout Tensor) in _ = x.abs_() }
    made["absolute_"] = { (x: inout Tensor) in _ = x.absolute_() }
    made["acos_"] = { (x: inout Tensor) in _ = x.acos_() }
    made["acosh_"] = { (x: inout Tensor) in _ = x.acosh_() }
    made["add_"] = { (x: inout Tensor) in _ = x.add_(1) }
    made["addbmm_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.addbmm_(a0, a1) }
    made["addcdiv_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.addcdiv_(a0, a1) }
    made["addcmul_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.addcmul_(a0, a1) }
    made["addmm_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.addmm_(a0, a1) }
    made["addmv_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.addmv_(a0, a1) }
    made["addr_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.addr_(a0, a1) }
    made["arccos_"] = { (x: inout Tensor) in _ = x.arccos_() }
    made["arccosh_"] = { (x: inout Tensor) in _ = x.arccosh_() }
    made["arcsin_"] = { (x: inout Tensor) in _ = x.arcsin_() }
    made["arcsinh_"] = { (x: inout Tensor) in _ = x.arcsinh_() }
    made["arctan2_"] = { (x: inout Tensor, a0: Tensor) in _ = x.arctan2_(a0) }
    made["arctan_"] = { (x: inout Tensor) in _ = x.arctan_() }
    made["arctanh_"] = { (x: inout Tensor) in _ = x.arctanh_() }
    made["asStrided_"] = { (x: inout Tensor, a0: [Int], a1: [Int]) in _ = x.asStrided_(a0, a1) }
    made["asin_"] = { (x: inout Tensor) in _ = x.asin_() }
    made["asinh_"] = { (x: inout Tensor) in _ = x.asinh_() }
    made["atan2_"] = { (x: inout Tensor, a0: Tensor) in _ = x.atan2_(a0) }
    made["atan_"] = { (x: inout Tensor) in _ = x.atan_() }
    made["atanh_"] = { (x: inout Tensor) in _ = x.atanh_() }
    made["baddbmm_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.baddbmm_(a0, a1) }
    made["bernoulli_"] = { (x: inout Tensor) in _ = x.bernoulli_() }
    made["bitwiseAnd_"] = { (x: inout Tensor) in _ = x.bitwiseAnd_(1) }
    made["bitwiseLeftShift_"] = { (x: inout Tensor) in _ = x.bitwiseLeftShift_(1) }
    made["bitwiseNot_"] = { (x: inout Tensor) in _ = x.bitwiseNot_() }
    made["bitwiseOr_"] = { (x: inout Tensor) in _ = x.bitwiseOr_(1) }
    made["bitwiseRightShift_"] = { (x: inout Tensor) in _ = x.bitwiseRightShift_(1) }
    made["bitwiseXor_"] = { (x: inout Tensor) in _ = x.bitwiseXor_(1) }
    made["cauchy_"] = { (x: inout Tensor) in _ = x.cauchy_() }
    made["ceil_"] = { (x: inout Tensor) in _ = x.ceil_() }
    made["clamp_"] = { (x: inout Tensor) in _ = x.clamp_() }
    made["clip_"] = { (x: inout Tensor) in _ = x.clip_() }
    made["copy_"] = { (x: inout Tensor) in _ = x.copy_(x) }
    made["copysign_"] = { (x: inout Tensor, a0: Tensor) in _ = x.copysign_(a0) }
    made["cos_"] = { (x: inout Tensor) in _ = x.cos_() }
    made["cosh_"] = { (x: inout Tensor) in _ = x.cosh_() }
    made["cumprod_"] = { (x: inout Tensor, a0: Int) in _ = x.cumprod_(a0) }
    made["cumsum_"] = { (x: inout Tensor, a0: Int) in _ = x.cumsum_(a0) }
    made["deg2rad_"] = { (x: inout Tensor) in _ = x.deg2rad_() }
    made["digamma_"] = { (x: inout Tensor) in _ = x.digamma_() }
    made["div_"] = { (x: inout Tensor) in _ = x.div_(1) }
    made["divide_"] = { (x: inout Tensor) in _ = x.divide_(1) }
    made["eq_"] = { (x: inout Tensor, a0: Tensor) in _ = x.eq_(a0) }
    made["erf_"] = { (x: inout Tensor) in _ = x.erf_() }
    made["erfc_"] = { (x: inout Tensor) in _ = x.erfc_() }
    made["erfinv_"] = { (x: inout Tensor) in _ = x.erfinv_() }
    made["exp2_"] = { (x: inout Tensor) in _ = x.exp2_() }
    made["exp_"] = { (x: inout Tensor) in _ = x.exp_() }
    made["expm1_"] = { (x: inout Tensor) in _ = x.expm1_() }
    made["exponential_"] = { (x: inout Tensor) in _ = x.exponential_() }
    made["fill_"] = { (x: inout Tensor) in _ = x.fill_(1) }
    made["fix_"] = { (x: inout Tensor) in _ = x.fix_() }
    made["floatPower_"] = { (x: inout Tensor, a0: Tensor) in _ = x.floatPower_(a0) }
    made["floorDivide_"] = { (x: inout Tensor, a0: Tensor) in _ = x.floorDivide_(a0) }
    made["floor_"] = { (x: inout Tensor) in _ = x.floor_() }
    made["fmod_"] = { (x: inout Tensor, a0: Tensor) in _ = x.fmod_(a0) }
    made["frac_"] = { (x: inout Tensor) in _ = x.frac_() }
    made["gcd_"] = { (x: inout Tensor, a0: Tensor) in _ = x.gcd_(a0) }
    made["ge_"] = { (x: inout Tensor, a0: Tensor) in _ = x.ge_(a0) }
    made["geometric_"] = { (x: inout Tensor) in _ = x.geometric_(0.5) }
    made["greaterEqual_"] = { (x: inout Tensor, a0: Tensor) in _ = x.greaterEqual_(a0) }
    made["greater_"] = { (x: inout Tensor, a0: Tensor) in _ = x.greater_(a0) }
    made["gt_"] = { (x: inout Tensor, a0: Tensor) in _ = x.gt_(a0) }
    made["heaviside_"] = { (x: inout Tensor, a0: Tensor) in _ = x.heaviside_(a0) }
    made["hypot_"] = { (x: inout Tensor, a0: Tensor) in _ = x.hypot_(a0) }
    made["igamma_"] = { (x: inout Tensor, a0: Tensor) in _ = x.igamma_(a0) }
    made["igammac_"] = { (x: inout Tensor, a0: Tensor) in _ = x.igammac_(a0) }
    made["indexAdd_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.indexAdd_(a0, a1, a2) }
    made["indexCopy_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.indexCopy_(a0, a1, a2) }
    made["indexFill_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.indexFill_(a0, a1, a2) }
    made["indexPut_"] = { (x: inout Tensor, a0: [Tensor?], a1: Tensor) in _ = x.indexPut_(a0, a1) }
    made["indexReduce_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor, a3: ScatterReduction) in _ = x.indexReduce_(a0, a1, a2, reduce: a3) }
    made["lcm_"] = { (x: inout Tensor, a0: Tensor) in _ = x.lcm_(a0) }
    made["ldexp_"] = { (x: inout Tensor, a0: Tensor) in _ = x.ldexp_(a0) }
    made["le_"] = { (x: inout Tensor, a0: Tensor) in _ = x.le_(a0) }
    made["lerp_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.lerp_(a0, a1) }
    made["lessEqual_"] = { (x: inout Tensor, a0: Tensor) in _ = x.lessEqual_(a0) }
    made["less_"] = { (x: inout Tensor, a0: Tensor) in _ = x.less_(a0) }
    made["lgamma_"] = { (x: inout Tensor) in _ = x.lgamma_() }
    made["log10_"] = { (x: inout Tensor) in _ = x.log10_() }
    made["log1p_"] = { (x: inout Tensor) in _ = x.log1p_() }
    made["log2_"] = { (x: inout Tensor) in _ = x.log2_() }
    made["logNormal_"] = { (x: inout Tensor) in _ = x.logNormal_() }
    made["log_"] = { (x: inout Tensor) in _ = x.log_() }
    made["logicalAnd_"] = { (x: inout Tensor, a0: Tensor) in _ = x.logicalAnd_(a0) }
    made["logicalNot_"] = { (x: inout Tensor) in _ = x.logicalNot_() }
    made["logicalOr_"] = { (x: inout Tensor, a0: Tensor) in _ = x.logicalOr_(a0) }
    made["logicalXor_"] = { (x: inout Tensor, a0: Tensor) in _ = x.logicalXor_(a0) }
    made["logit_"] = { (x: inout Tensor) in _ = x.logit_() }
    made["lt_"] = { (x: inout Tensor, a0: Tensor) in _ = x.lt_(a0) }
    made["maskedFill_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.maskedFill_(a0, a1) }
    made["maskedScatter_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.maskedScatter_(a0, a1) }
    made["mul_"] = { (x: inout Tensor) in _ = x.mul_(1) }
    made["multiply_"] = { (x: inout Tensor) in _ = x.multiply_(1) }
    made["mvlgamma_"] = { (x: inout Tensor, a0: Int) in _ = x.mvlgamma_(a0) }
    made["nanToNum_"] = { (x: inout Tensor) in _ = x.nanToNum_() }
    made["ne_"] = { (x: inout Tensor, a0: Tensor) in _ = x.ne_(a0) }
    made["neg_"] = { (x: inout Tensor) in _ = x.neg_() }
    made["negative_"] = { (x: inout Tensor) in _ = x.negative_() }
    made["nextafter_"] = { (x: inout Tensor, a0: Tensor) in _ = x.nextafter_(a0) }
    made["normal_"] = { (x: inout Tensor) in _ = x.normal_() }
    made["notEqual_"] = { (x: inout Tensor, a0: Tensor) in _ = x.notEqual_(a0) }
    made["pow_"] = { (x: inout Tensor, a0: Tensor) in _ = x.pow_(a0) }
    made["put_"] = { (x: inout Tensor, a0: Tensor, a1: Tensor) in _ = x.put_(a0, a1) }
    made["rad2deg_"] = { (x: inout Tensor) in _ = x.rad2deg_() }
    made["random_"] = { (x: inout Tensor) in _ = x.random_(1) }
    made["reciprocal_"] = { (x: inout Tensor) in _ = x.reciprocal_() }
    made["relu_"] = { (x: inout Tensor) in _ = x.relu_() }
    made["remainder_"] = { (x: inout Tensor, a0: Tensor) in _ = x.remainder_(a0) }
    made["renorm_"] = { (x: inout Tensor, a0: Double, a1: Int, a2: Double) in _ = x.renorm_(p: a0, dim: a1, maxnorm: a2) }
    made["round_"] = { (x: inout Tensor) in _ = x.round_() }
    made["rsqrt_"] = { (x: inout Tensor) in _ = x.rsqrt_() }
    made["scatterAdd_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.scatterAdd_(a0, a1, a2) }
    made["scatterReduce_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor, a3: ScatterReduction) in _ = x.scatterReduce_(a0, a1, a2, reduce: a3) }
    made["scatter_"] = { (x: inout Tensor, a0: Int, a1: Tensor, a2: Tensor) in _ = x.scatter_(a0, a1, a2) }
    made["sgn_"] = { (x: inout Tensor) in _ = x.sgn_() }
    made["sigmoid_"] = { (x: inout Tensor) in _ = x.sigmoid_() }
    made["sign_"] = { (x: inout Tensor) in _ = x.sign_() }
    made["sin_"] = { (x: inout Tensor) in _ = x.sin_() }
    made["sinc_"] = { (x: inout Tensor) in _ = x.sinc_() }
    made["sinh_"] = { (x: inout Tensor) in _ = x.sinh_() }
    made["sqrt_"] = { (x: inout Tensor) in _ = x.sqrt_() }
    made["square_"] = { (x: inout Tensor) in _ = x.square_() }
    made["squeeze_"] = { (x: inout Tensor, a0: Int) in _ = x.squeeze_(a0) }
    made["sub_"] = { (x: inout Tensor) in _ = x.sub_(1) }
    made["subtract_"] = { (x: inout Tensor) in _ = x.subtract_(1) }
    made["swapaxes_"] = { (x: inout Tensor, a0: Int, a1: Int) in _ = x.swapaxes_(a0, a1) }
    made["swapdims_"] = { (x: inout Tensor, a0: Int, a1: Int) in _ = x.swapdims_(a0, a1) }
    made["t_"] = { (x: inout Tensor) in _ = x.t_() }
    made["tan_"] = { (x: inout Tensor) in _ = x.tan_() }
    made["tanh_"] = { (x: inout Tensor) in _ = x.tanh_() }
    made["transpose_"] = { (x: inout Tensor, a0: Int, a1: Int) in _ = x.transpose_(a0, a1) }
    made["tril_"] = { (x: inout Tensor) in _ = x.tril_() }
    made["triu_"] = { (x: inout Tensor) in _ = x.triu_() }
    made["trueDivide_"] = { (x: inout Tensor) in _ = x.trueDivide_(1) }
    made["trunc_"] = { (x: inout Tensor) in _ = x.trunc_() }
    made["uniform_"] = { (x: inout Tensor) in _ = x.uniform_() }
    made["unsqueeze_"] = { (x: inout Tensor, a0: Int) in _ = x.unsqueeze_(a0) }
    made["xlogy_"] = { (x: inout Tensor, a0: Tensor) in _ = x.xlogy_(a0) }
    made["zero_"] = { (x: inout Tensor) in _ = x.zero_() }
    return made
  }
}
