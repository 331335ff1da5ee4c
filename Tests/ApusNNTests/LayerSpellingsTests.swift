import Apus
import TestSupport
import Testing

/// Layers take the arguments that PyTorch's take, with and without labels, and print the same text.
@Suite struct LayerSpellingsTests {
  /// Texts recorded from PyTorch 2.15 for the same arguments.
  @Test(arguments: texts)
  func settingsPrintAsInPyTorch(_ text: String, _ layer: any Module) {
    #expect("\(type(of: layer).typeName)(\(layer.extraRepresentation))" == text)
  }

  @Test func settingsMayBeTextsOrCases() {
    #expect(Conv2d(1, 2, 3, padding: "same").padding == Conv2d(1, 2, 3, padding: .same).padding)
    #expect(Conv2d(1, 2, 3, 1, "valid").padding == ConvolutionPaddingMode.none)
    #expect(Conv1d(1, 2, 3, paddingMode: "circular").paddingMode == .circular)
    #expect(Conv1d(1, 2, 3, paddingMode: "zeros").paddingMode == .constant)
    #expect(MSELoss(reduction: "sum").reduction == .sum)
    #expect(KLDivLoss(reduction: "batchmean").reduction == .batchMean)
    #expect(Upsample(scaleFactor: 2, mode: "nearest-exact").mode == .nearestExact)
  }

  @Test(arguments: [
    Mistake("reduction", .value, "LossReduction", "\"total\"", "\"mean\"") { MSELoss(reduction: "total") },
    Mistake("padding", .value, "\"full\"", "\"same\"", "\"valid\"") { Conv2d(1, 2, 3, padding: "full") },
    Mistake("mode of padding", .value, "\"mirror\"", "\"reflect\"") { Conv2d(1, 2, 3, paddingMode: "mirror") },
    Mistake("mode of resizing", .value, "\"cubic\"", "\"bicubic\"") { Upsample(scaleFactor: 2, mode: "cubic") },
    Mistake("nonlinearity", .value, "'gelu'", "leaky_relu") { Init.calculateGain("gelu") },
    Mistake("a value initialised in place", .value, "init.normal_", "layer.weight", "Init.normal(x)") {
      normal_(Tensor.zeros([2]))
    },
    Mistake("a size of too many numbers", .value, "3", "2") { MaxPool2d((1, 2, 3))(Tensor.ones([1, 1, 4, 4])) },
  ])
  func mistakesSayWhatThereIs(_ mistake: Mistake) {
    let complaint = mistake.complaint()
    #expect(complaint == nil, "\(complaint ?? "")")
  }

  @Test func sizesMayBeTuples() {
    let x = Tensor(Array(0..<12)).to(.float32).reshape([1, 2, 2, 3]) / 10
    manualSeed(5)
    let conv = Conv2d(2, 4, (1, 2), padding: "same", groups: 2)
    expectClose(
      conv(x),
      [
        -0.7129393219947815, -0.7191106081008911, -0.5666540861129761, -0.7314530611038208, -0.7376242876052856,
        -0.4265401065349579, 0.7441272735595703, 0.8469966650009155, 0.814132571220398, 1.0527355670928955,
        1.1556049585342407, 0.9870073199272156, 0.1274804323911667, 0.13267745077610016, 0.6258054971694946,
        0.14307154715061188, 0.14826853573322296, 0.804040253162384, 0.04207246005535126, 0.02825714647769928,
        -0.28838008642196655, 0.0006265193223953247, -0.01318882405757904, -0.430766761302948,
      ])
    expectClose(AdaptiveAvgPool2d([nil, 1])(x), [0.1, 0.4, 0.7, 1.0])
    #expect(MaxPool2d((1, 2), stride: (2, 1))(x).shape == [1, 2, 1, 2])
    let resized = F.interpolate(x, scaleFactor: 2, mode: "bilinear")
    expectClose(resized.flatten()[0..<8], [0, 0.025, 0.075, 0.125, 0.175, 0.2, 0.075, 0.1])
    #expect(F.interpolate(x, size: (4, 5)).shape == [1, 2, 4, 5])
  }

  @Test func functionsHaveTheirNamesInF() {
    let x = Tensor([-1.0, 2])
    expectClose(F.relu(x, inplace: true), [0, 2])
    expectClose(F.leakyRelu(x, 0.5), [-0.5, 2])
    expectClose(F.softmax(Tensor.zeros([2]), 0), [0.5, 0.5])
    expectClose(F.mseLoss(x, Tensor.zeros([2]), reduction: "sum"), [5])
    expectClose(nn.functional.hardtanh(x, -0.25, 0.5), [-0.25, 0.5])
    #expect(F.conv2d(Tensor.ones([1, 1, 4, 4]), Tensor.ones([1, 1, 3, 3]), nil, 1, 1).shape == [1, 1, 4, 4])
    #expect(F.conv2d(Tensor.ones([1, 1, 4, 4]), Tensor.ones([1, 1, 3, 3]), padding: .same).shape == [1, 1, 4, 4])
  }

  @Test func aWeightMayBeTied() {
    let tied = Tied()
    #expect(tied.parameters().count == 1)
    #expect(tied.stateDict().names == ["wte.weight", "head.weight"])
    tied.head(tied.wte(Tensor([1]))).sum().backward()
    #expect(tied.wte.weight.grad != nil)
    let other = Linear(3, 5)
    #expect(other.bias.shape == [5])
    other.bias = nil
    #expect(other.stateDict().names == ["weight"])
    #expect(other.extraRepresentation == "in_features=3, out_features=5, bias=False")
  }

  @Test func initialisersWriteIntoParameters() {
    let layer = Linear(3, 2)
    manualSeed(5)
    normal_(layer.weight, 1.0, 0.02)
    expectClose(
      layer.weight,
      [
        0.990264356136322, 0.9879235625267029, 0.9888380765914917, 1.013350486755371, 0.9960516691207886,
        1.0388556718826294,
      ])
    kaimingNormal_(layer.weight, mode: "fan_out", nonlinearity: "leaky_relu")
    expectClose(
      layer.weight,
      [
        -1.4017020463943481, -0.7625571489334106, 0.6312134265899658, -0.899135172367096, -0.5577934384346008,
        0.6907187700271606,
      ])
    kaimingNormal_(layer.weight, a: 0.5, nonlinearity: "leaky_relu")
    expectClose(
      layer.weight,
      [
        0.16246077418327332, -0.48654213547706604, 0.4999919831752777, 0.41919147968292236, -0.4256773293018341,
        0.5608251690864563,
      ])
    xavierUniform_(layer.weight, gain: Init.calculateGain("leaky_relu", 0.2))
    expectClose(
      layer.weight,
      [
        1.4270638227462769, -1.334161639213562, -0.18691419064998627, 1.4790501594543457, 0.24875327944755554,
        -0.42838504910469055,
      ])
    constant_(layer.bias, 0.5)
    expectClose(layer.bias, [0.5, 0.5])
    Init.zeros_(layer.bias)
    expectClose(layer.bias, [0, 0])
  }

  @Test func modulesOfAnyTypeShowTheirWeight() {
    let modules: [any Module] = [Conv2d(1, 2, 3), BatchNorm2d(2)]
    #expect(modules.map { $0.weight.shape } == [[2, 1, 3, 3], [2]])
    #expect((modules + [ReLU()]).map { $0.bias?.shape } == [[2], [2], nil])
    #expect(throws: TensorError.self) { try withErrors { (ReLU() as any Module).weight } }
  }
}

private final class Tied: Module {
  let wte = Embedding(5, 3)
  let head = Linear(3, 5, bias: false)
  init() { head.weight = wte.weight }
}

private func expectClose(_ x: Tensor, _ expected: [Double]) {
  let values = x.detach().flatten().array(as: Double.self)
  #expect(values.count == expected.count)
  for (a, b) in zip(values, expected) { #expect(abs(a - b) < 1e-5, "\(values)") }
}

private let texts: [(String, any Module)] =
  first + second

private let first: [(String, any Module)] = [
  ("ReLU()", ReLU()),
  ("ReLU(inplace=True)", ReLU(true)),
  ("ReLU6()", ReLU6()),
  ("ReLU6(inplace=True)", ReLU6(true)),
  ("SELU(inplace=True)", SELU(true)),
  ("SELU()", SELU()),
  ("SiLU()", SiLU()),
  ("SiLU(inplace=True)", SiLU(true)),
  ("Mish()", Mish()),
  ("Mish(inplace=True)", Mish(true)),
  ("Sigmoid()", Sigmoid()),
  ("Tanh()", Tanh()),
  ("LogSigmoid()", LogSigmoid()),
  ("Softsign()", Softsign()),
  ("Tanhshrink()", Tanhshrink()),
  ("Hardsigmoid()", Hardsigmoid()),
  ("Hardswish()", Hardswish()),
  ("Softmax2d()", Softmax2d()),
  ("LeakyReLU(negative_slope=0.01)", LeakyReLU()),
  ("LeakyReLU(negative_slope=0.2, inplace=True)", LeakyReLU(0.2, inplace: true)),
  ("ELU(alpha=1.0)", ELU()),
  ("ELU(alpha=0.5, inplace=True)", ELU(0.5, true)),
  ("CELU(alpha=1.0)", CELU()),
  ("CELU(alpha=0.5, inplace=True)", CELU(0.5, true)),
  ("Softplus(beta=1.0, threshold=20.0)", Softplus()),
  ("Softplus(beta=2.0, threshold=10.0)", Softplus(2.0, 10.0)),
  ("GELU(approximate='none')", GELU()),
  ("GELU(approximate='tanh')", GELU("tanh")),
  ("RReLU(lower=0.125, upper=0.3333333333333333)", RReLU()),
  ("RReLU(lower=0.1, upper=0.3, inplace=True)", RReLU(0.1, 0.3, true)),
  ("Hardtanh(min_val=-1.0, max_val=1.0)", Hardtanh()),
  ("Hardtanh(min_val=-2.0, max_val=2.0, inplace=True)", Hardtanh(-2.0, 2.0, true)),
  ("Hardshrink(0.5)", Hardshrink()),
  ("Softshrink(0.5)", Softshrink()),
  ("Threshold(threshold=0.1, value=20.0)", Threshold(0.1, 20.0)),
  ("Threshold(threshold=0.1, value=20.0, inplace=True)", Threshold(0.1, 20.0, true)),
  ("Softmax(dim=1)", Softmax(1)),
  ("LogSoftmax(dim=-1)", LogSoftmax(dim: -1)),
  ("Softmin(dim=1)", Softmin(1)),
  ("GLU(dim=-1)", GLU()),
  ("PReLU(num_parameters=1)", PReLU()),
  ("PReLU(num_parameters=4)", PReLU(4)),
  ("BatchNorm2d(12, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)", BatchNorm2d(12)),
  (
    "BatchNorm1d(4, eps=0.001, momentum=None, affine=False, bias=False, track_running_stats=False)",
    BatchNorm1d(4, eps: 1e-3, momentum: nil, affine: false, trackRunningStats: false)
  ),
  (
    "InstanceNorm2d(3, eps=1e-05, momentum=0.1, affine=False, bias=False, track_running_stats=False)", InstanceNorm2d(3)
  ),
  (
    "InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=False)",
    InstanceNorm1d(3, affine: true)
  ),
  ("LayerNorm((64,), eps=1e-05, elementwise_affine=True, bias=True)", LayerNorm(64)),
  ("LayerNorm((4, 8), eps=1e-05, elementwise_affine=True, bias=False)", LayerNorm([4, 8], bias: false)),
  ("LayerNorm((4,), eps=1e-05, elementwise_affine=False, bias=False)", LayerNorm([4], elementwiseAffine: false)),
  ("RMSNorm((4,), eps=None, elementwise_affine=True)", RMSNorm(4)),
  ("RMSNorm((4, 2), eps=1e-06, elementwise_affine=False)", RMSNorm([4, 2], eps: 1e-6, elementwiseAffine: false)),
  ("GroupNorm(2, 4, eps=1e-05, affine=True, bias=True)", GroupNorm(2, 4)),
  ("GroupNorm(2, 4, eps=1e-05, affine=False, bias=False)", GroupNorm(2, 4, affine: false)),
  ("LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)", LocalResponseNorm(2)),
  ("Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))", Conv2d(3, 6, 5)),
  ("Conv1d(3, 6, kernel_size=(5,), stride=(1,))", Conv1d(3, 6, 5)),
  ("Conv3d(3, 6, kernel_size=(5, 5, 5), stride=(1, 1, 1), padding=(1, 1, 1))", Conv3d(3, 6, 5, padding: 1)),
  (
    "Conv2d(4, 6, kernel_size=(3, 5), stride=(2, 2), padding=(1, 2), dilation=(2, 2), groups=2, bias=False, padding_mode=reflect)",
    Conv2d(4, 6, (3, 5), stride: 2, padding: (1, 2), dilation: 2, groups: 2, bias: false, paddingMode: "reflect")
  ),
  ("Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=same)", Conv2d(1, 2, 3, padding: "same")),
  ("Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=valid)", Conv2d(1, 2, 3, padding: "valid")),
  ("ConvTranspose2d(3, 6, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))", ConvTranspose2d(3, 6, 4, 2, 1)),
  (
    "ConvTranspose2d(4, 6, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), dilation=(2, 2), output_padding=(1, 1), groups=2, bias=False)",
    ConvTranspose2d(4, 6, 4, 2, 1, outputPadding: 1, groups: 2, bias: false, dilation: 2)
  ),
  ("ConvTranspose1d(4, 6, kernel_size=(4,), stride=(1,))", ConvTranspose1d(4, 6, 4)),
  ("Dropout(p=0.5, inplace=False)", Dropout()),
  ("Dropout(p=0.6, inplace=True)", Dropout(0.6, true)),
  ("Dropout2d(p=0.1, inplace=False)", Dropout2d(0.1)),
  ("AlphaDropout(p=0.5, inplace=False)", AlphaDropout()),
  ("FeatureAlphaDropout(p=0.2, inplace=False)", FeatureAlphaDropout(0.2)),
]

private let second: [(String, any Module)] = [
  ("Embedding(10, 3)", Embedding(10, 3)),
  ("Embedding(10, 3, padding_idx=9)", Embedding(10, 3, paddingIdx: -1)),
  ("PixelShuffle(upscale_factor=2)", PixelShuffle(2)),
  ("PixelUnshuffle(downscale_factor=2)", PixelUnshuffle(2)),
  ("ChannelShuffle(groups=2)", ChannelShuffle(2)),
  ("Upsample(scale_factor=2.0, mode='nearest')", Upsample(scaleFactor: 2)),
  ("Upsample(size=4, mode='bilinear')", Upsample(size: 4, mode: "bilinear", alignCorners: true)),
  ("Upsample(scale_factor=(2.0, 3.0), mode='nearest')", Upsample(scaleFactor: (2.0, 3.0))),
  ("Upsample(size=(4, 5), mode='nearest')", Upsample(size: (4, 5))),
  ("Unfold(kernel_size=3, dilation=1, padding=0, stride=1)", Unfold(3)),
  ("Unfold(kernel_size=(2, 3), dilation=1, padding=0, stride=2)", Unfold((2, 3), stride: 2)),
  ("Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)", Fold((4, 5), 2)),
  ("Fold(output_size=4, kernel_size=2, dilation=1, padding=0, stride=1)", Fold(4, 2)),
  ("Linear(in_features=400, out_features=120, bias=True)", Linear(400, 120)),
  ("Linear(in_features=4, out_features=2, bias=False)", Linear(4, 2, bias: false)),
  ("Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)", Bilinear(2, 3, 4)),
  ("Identity()", Identity()),
  ("Flatten(start_dim=1, end_dim=-1)", Flatten()),
  ("Flatten(start_dim=0, end_dim=1)", Flatten(0, 1)),
  ("Unflatten(dim=1, unflattened_size=(2, 2))", Unflatten(1, (2, 2))),
  ("MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)", MaxPool2d(2, 2)),
  ("MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)", MaxPool2d(2)),
  (
    "MaxPool1d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True)",
    MaxPool1d(3, stride: 2, padding: 1, ceilMode: true)
  ),
  (
    "MaxPool2d(kernel_size=(2, 3), stride=(2, 3), padding=0, dilation=2, ceil_mode=False)",
    MaxPool2d((2, 3), dilation: 2)
  ),
  ("AvgPool2d(kernel_size=2, stride=2, padding=0)", AvgPool2d(2)),
  ("AvgPool1d(kernel_size=(2,), stride=(2,), padding=(0,))", AvgPool1d(2)),
  ("AvgPool1d(kernel_size=(2,), stride=(1,), padding=(0,))", AvgPool1d(2, stride: 1)),
  ("AvgPool3d(kernel_size=2, stride=2, padding=0)", AvgPool3d(2, 2, ceilMode: true)),
  ("AvgPool2d(kernel_size=(2, 3), stride=(2, 3), padding=1)", AvgPool2d((2, 3), padding: 1, countIncludePad: false)),
  ("AdaptiveAvgPool2d(output_size=1)", AdaptiveAvgPool2d(1)),
  ("AdaptiveAvgPool2d(output_size=(1, 1))", AdaptiveAvgPool2d((1, 1))),
  ("AdaptiveAvgPool2d(output_size=(None, 7))", AdaptiveAvgPool2d([nil, 7])),
  ("AdaptiveAvgPool1d(output_size=5)", AdaptiveAvgPool1d(5)),
  ("AdaptiveMaxPool2d(output_size=3)", AdaptiveMaxPool2d(3)),
  ("LPPool2d(norm_type=2.0, kernel_size=3, stride=None, ceil_mode=False)", LPPool2d(2.0, 3)),
  ("LPPool1d(norm_type=2.0, kernel_size=3, stride=2, ceil_mode=False)", LPPool1d(2.0, 3, stride: 2)),
  ("MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))", MaxUnpool2d(2)),
  ("MaxUnpool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))", MaxUnpool2d(3, stride: 2, padding: 1)),
  ("MaxUnpool1d(kernel_size=(2,), stride=(2,), padding=(0,))", MaxUnpool1d(2)),
  ("ReflectionPad2d((1, 1, 1, 1))", ReflectionPad2d(1)),
  ("ReflectionPad1d((1, 2))", ReflectionPad1d((1, 2))),
  ("ReplicationPad3d((1, 1, 1, 1, 1, 1))", ReplicationPad3d(1)),
  ("CircularPad2d((1, 1, 1, 1))", CircularPad2d(1)),
  ("ZeroPad2d((1, 1, 1, 1))", ZeroPad2d(1)),
  ("ZeroPad2d((1, 2, 3, 4))", ZeroPad2d((1, 2, 3, 4))),
  ("ConstantPad1d(padding=(2, 2), value=3.5)", ConstantPad1d(2, 3.5)),
  ("CrossEntropyLoss()", CrossEntropyLoss()),
  ("CrossEntropyLoss()", CrossEntropyLoss(weight: Tensor.ones([3]))),
  ("NLLLoss()", NLLLoss()),
  ("MSELoss()", MSELoss()),
  ("L1Loss()", L1Loss(reduction: "sum")),
  ("SmoothL1Loss()", SmoothL1Loss()),
  ("HuberLoss()", HuberLoss()),
  ("BCELoss()", BCELoss()),
  ("BCEWithLogitsLoss()", BCEWithLogitsLoss(posWeight: Tensor.ones([3]))),
  ("KLDivLoss()", KLDivLoss()),
  ("PoissonNLLLoss()", PoissonNLLLoss()),
  ("HingeEmbeddingLoss()", HingeEmbeddingLoss()),
  ("SoftMarginLoss()", SoftMarginLoss()),
  ("MultiMarginLoss()", MultiMarginLoss()),
  ("MultiLabelMarginLoss()", MultiLabelMarginLoss()),
  ("MultiLabelSoftMarginLoss()", MultiLabelSoftMarginLoss()),
  ("CosineSimilarity()", CosineSimilarity()),
  ("PairwiseDistance()", PairwiseDistance()),
  ("MarginRankingLoss()", MarginRankingLoss()),
  ("CosineEmbeddingLoss()", CosineEmbeddingLoss()),
  ("GaussianNLLLoss()", GaussianNLLLoss()),
  ("TripletMarginLoss()", TripletMarginLoss()),
]
