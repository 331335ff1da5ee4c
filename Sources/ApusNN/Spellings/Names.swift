// Written by scripts/make-layer-spellings.py.

import ApusCore

/// PyTorch's `torch.nn`: the layers under that name.
public enum nn {
  /// ``ApusNN/AdaptiveAvgPool1d``.
  public typealias AdaptiveAvgPool1d = ApusNN.AdaptiveAvgPool1d
  /// ``ApusNN/AdaptiveAvgPool2d``.
  public typealias AdaptiveAvgPool2d = ApusNN.AdaptiveAvgPool2d
  /// ``ApusNN/AdaptiveAvgPool3d``.
  public typealias AdaptiveAvgPool3d = ApusNN.AdaptiveAvgPool3d
  /// ``ApusNN/AdaptiveLogSoftmaxWithLoss``.
  public typealias AdaptiveLogSoftmaxWithLoss = ApusNN.AdaptiveLogSoftmaxWithLoss
  /// ``ApusNN/AdaptiveMaxPool1d``.
  public typealias AdaptiveMaxPool1d = ApusNN.AdaptiveMaxPool1d
  /// ``ApusNN/AdaptiveMaxPool2d``.
  public typealias AdaptiveMaxPool2d = ApusNN.AdaptiveMaxPool2d
  /// ``ApusNN/AdaptiveMaxPool3d``.
  public typealias AdaptiveMaxPool3d = ApusNN.AdaptiveMaxPool3d
  /// ``ApusNN/AlphaDropout``.
  public typealias AlphaDropout = ApusNN.AlphaDropout
  /// ``ApusNN/AvgPool1d``.
  public typealias AvgPool1d = ApusNN.AvgPool1d
  /// ``ApusNN/AvgPool2d``.
  public typealias AvgPool2d = ApusNN.AvgPool2d
  /// ``ApusNN/AvgPool3d``.
  public typealias AvgPool3d = ApusNN.AvgPool3d
  /// ``ApusNN/BCELoss``.
  public typealias BCELoss = ApusNN.BCELoss
  /// ``ApusNN/BCEWithLogitsLoss``.
  public typealias BCEWithLogitsLoss = ApusNN.BCEWithLogitsLoss
  /// ``ApusNN/BatchNorm1d``.
  public typealias BatchNorm1d = ApusNN.BatchNorm1d
  /// ``ApusNN/BatchNorm2d``.
  public typealias BatchNorm2d = ApusNN.BatchNorm2d
  /// ``ApusNN/BatchNorm3d``.
  public typealias BatchNorm3d = ApusNN.BatchNorm3d
  /// ``ApusNN/Bilinear``.
  public typealias Bilinear = ApusNN.Bilinear
  /// ``ApusNN/CELU``.
  public typealias CELU = ApusNN.CELU
  /// ``ApusNN/CTCLoss``.
  public typealias CTCLoss = ApusNN.CTCLoss
  /// ``ApusNN/ChannelShuffle``.
  public typealias ChannelShuffle = ApusNN.ChannelShuffle
  /// ``ApusNN/CircularPad1d``.
  public typealias CircularPad1d = ApusNN.CircularPad1d
  /// ``ApusNN/CircularPad2d``.
  public typealias CircularPad2d = ApusNN.CircularPad2d
  /// ``ApusNN/CircularPad3d``.
  public typealias CircularPad3d = ApusNN.CircularPad3d
  /// ``ApusNN/ConstantPad1d``.
  public typealias ConstantPad1d = ApusNN.ConstantPad1d
  /// ``ApusNN/ConstantPad2d``.
  public typealias ConstantPad2d = ApusNN.ConstantPad2d
  /// ``ApusNN/ConstantPad3d``.
  public typealias ConstantPad3d = ApusNN.ConstantPad3d
  /// ``ApusNN/Conv1d``.
  public typealias Conv1d = ApusNN.Conv1d
  /// ``ApusNN/Conv2d``.
  public typealias Conv2d = ApusNN.Conv2d
  /// ``ApusNN/Conv3d``.
  public typealias Conv3d = ApusNN.Conv3d
  /// ``ApusNN/ConvTranspose1d``.
  public typealias ConvTranspose1d = ApusNN.ConvTranspose1d
  /// ``ApusNN/ConvTranspose2d``.
  public typealias ConvTranspose2d = ApusNN.ConvTranspose2d
  /// ``ApusNN/ConvTranspose3d``.
  public typealias ConvTranspose3d = ApusNN.ConvTranspose3d
  /// ``ApusNN/CosineEmbeddingLoss``.
  public typealias CosineEmbeddingLoss = ApusNN.CosineEmbeddingLoss
  /// ``ApusNN/CosineSimilarity``.
  public typealias CosineSimilarity = ApusNN.CosineSimilarity
  /// ``ApusNN/CrossEntropyLoss``.
  public typealias CrossEntropyLoss = ApusNN.CrossEntropyLoss
  /// ``ApusNN/CrossMapLRN2d``.
  public typealias CrossMapLRN2d = ApusNN.CrossMapLRN2d
  /// ``ApusNN/Dropout``.
  public typealias Dropout = ApusNN.Dropout
  /// ``ApusNN/Dropout1d``.
  public typealias Dropout1d = ApusNN.Dropout1d
  /// ``ApusNN/Dropout2d``.
  public typealias Dropout2d = ApusNN.Dropout2d
  /// ``ApusNN/Dropout3d``.
  public typealias Dropout3d = ApusNN.Dropout3d
  /// ``ApusNN/ELU``.
  public typealias ELU = ApusNN.ELU
  /// ``ApusNN/Embedding``.
  public typealias Embedding = ApusNN.Embedding
  /// ``ApusNN/EmbeddingBag``.
  public typealias EmbeddingBag = ApusNN.EmbeddingBag
  /// ``ApusNN/FeatureAlphaDropout``.
  public typealias FeatureAlphaDropout = ApusNN.FeatureAlphaDropout
  /// ``ApusNN/Flatten``.
  public typealias Flatten = ApusNN.Flatten
  /// ``ApusNN/Fold``.
  public typealias Fold = ApusNN.Fold
  /// ``ApusNN/FractionalMaxPool2d``.
  public typealias FractionalMaxPool2d = ApusNN.FractionalMaxPool2d
  /// ``ApusNN/FractionalMaxPool3d``.
  public typealias FractionalMaxPool3d = ApusNN.FractionalMaxPool3d
  /// ``ApusNN/GELU``.
  public typealias GELU = ApusNN.GELU
  /// ``ApusNN/GLU``.
  public typealias GLU = ApusNN.GLU
  /// ``ApusNN/GRU``.
  public typealias GRU = ApusNN.GRU
  /// ``ApusNN/GRUCell``.
  public typealias GRUCell = ApusNN.GRUCell
  /// ``ApusNN/GaussianNLLLoss``.
  public typealias GaussianNLLLoss = ApusNN.GaussianNLLLoss
  /// ``ApusNN/GroupNorm``.
  public typealias GroupNorm = ApusNN.GroupNorm
  /// ``ApusNN/Hardshrink``.
  public typealias Hardshrink = ApusNN.Hardshrink
  /// ``ApusNN/Hardsigmoid``.
  public typealias Hardsigmoid = ApusNN.Hardsigmoid
  /// ``ApusNN/Hardswish``.
  public typealias Hardswish = ApusNN.Hardswish
  /// ``ApusNN/Hardtanh``.
  public typealias Hardtanh = ApusNN.Hardtanh
  /// ``ApusNN/HingeEmbeddingLoss``.
  public typealias HingeEmbeddingLoss = ApusNN.HingeEmbeddingLoss
  /// ``ApusNN/HuberLoss``.
  public typealias HuberLoss = ApusNN.HuberLoss
  /// ``ApusNN/Identity``.
  public typealias Identity = ApusNN.Identity
  /// ``ApusNN/InstanceNorm1d``.
  public typealias InstanceNorm1d = ApusNN.InstanceNorm1d
  /// ``ApusNN/InstanceNorm2d``.
  public typealias InstanceNorm2d = ApusNN.InstanceNorm2d
  /// ``ApusNN/InstanceNorm3d``.
  public typealias InstanceNorm3d = ApusNN.InstanceNorm3d
  /// ``ApusNN/KLDivLoss``.
  public typealias KLDivLoss = ApusNN.KLDivLoss
  /// ``ApusNN/L1Loss``.
  public typealias L1Loss = ApusNN.L1Loss
  /// ``ApusNN/LPPool1d``.
  public typealias LPPool1d = ApusNN.LPPool1d
  /// ``ApusNN/LPPool2d``.
  public typealias LPPool2d = ApusNN.LPPool2d
  /// ``ApusNN/LPPool3d``.
  public typealias LPPool3d = ApusNN.LPPool3d
  /// ``ApusNN/LSTM``.
  public typealias LSTM = ApusNN.LSTM
  /// ``ApusNN/LSTMCell``.
  public typealias LSTMCell = ApusNN.LSTMCell
  /// ``ApusNN/LayerNorm``.
  public typealias LayerNorm = ApusNN.LayerNorm
  /// ``ApusNN/LeakyReLU``.
  public typealias LeakyReLU = ApusNN.LeakyReLU
  /// ``ApusNN/Linear``.
  public typealias Linear = ApusNN.Linear
  /// ``ApusNN/LinearCrossEntropyLoss``.
  public typealias LinearCrossEntropyLoss = ApusNN.LinearCrossEntropyLoss
  /// ``ApusNN/LocalResponseNorm``.
  public typealias LocalResponseNorm = ApusNN.LocalResponseNorm
  /// ``ApusNN/LogSigmoid``.
  public typealias LogSigmoid = ApusNN.LogSigmoid
  /// ``ApusNN/LogSoftmax``.
  public typealias LogSoftmax = ApusNN.LogSoftmax
  /// ``ApusNN/MSELoss``.
  public typealias MSELoss = ApusNN.MSELoss
  /// ``ApusNN/MarginRankingLoss``.
  public typealias MarginRankingLoss = ApusNN.MarginRankingLoss
  /// ``ApusNN/MaxPool1d``.
  public typealias MaxPool1d = ApusNN.MaxPool1d
  /// ``ApusNN/MaxPool2d``.
  public typealias MaxPool2d = ApusNN.MaxPool2d
  /// ``ApusNN/MaxPool3d``.
  public typealias MaxPool3d = ApusNN.MaxPool3d
  /// ``ApusNN/MaxUnpool1d``.
  public typealias MaxUnpool1d = ApusNN.MaxUnpool1d
  /// ``ApusNN/MaxUnpool2d``.
  public typealias MaxUnpool2d = ApusNN.MaxUnpool2d
  /// ``ApusNN/MaxUnpool3d``.
  public typealias MaxUnpool3d = ApusNN.MaxUnpool3d
  /// ``ApusNN/Mish``.
  public typealias Mish = ApusNN.Mish
  /// ``ApusNN/Module``.
  public typealias Module = ApusNN.Module
  /// ``ApusNN/ModuleList``.
  public typealias ModuleList = ApusNN.ModuleList
  /// ``ApusNN/MultiLabelMarginLoss``.
  public typealias MultiLabelMarginLoss = ApusNN.MultiLabelMarginLoss
  /// ``ApusNN/MultiLabelSoftMarginLoss``.
  public typealias MultiLabelSoftMarginLoss = ApusNN.MultiLabelSoftMarginLoss
  /// ``ApusNN/MultiMarginLoss``.
  public typealias MultiMarginLoss = ApusNN.MultiMarginLoss
  /// ``ApusNN/MultiheadAttention``.
  public typealias MultiheadAttention = ApusNN.MultiheadAttention
  /// ``ApusNN/NLLLoss``.
  public typealias NLLLoss = ApusNN.NLLLoss
  /// ``ApusNN/PReLU``.
  public typealias PReLU = ApusNN.PReLU
  /// ``ApusNN/PairwiseDistance``.
  public typealias PairwiseDistance = ApusNN.PairwiseDistance
  /// ``ApusNN/ParameterDict``.
  public typealias ParameterDict = ApusNN.ParameterDict
  /// ``ApusNN/ParameterList``.
  public typealias ParameterList = ApusNN.ParameterList
  /// ``ApusNN/ParametrizationDict``.
  public typealias ParametrizationDict = ApusNN.ParametrizationDict
  /// ``ApusNN/ParametrizationList``.
  public typealias ParametrizationList = ApusNN.ParametrizationList
  /// ``ApusNN/PixelShuffle``.
  public typealias PixelShuffle = ApusNN.PixelShuffle
  /// ``ApusNN/PixelUnshuffle``.
  public typealias PixelUnshuffle = ApusNN.PixelUnshuffle
  /// ``ApusNN/PoissonNLLLoss``.
  public typealias PoissonNLLLoss = ApusNN.PoissonNLLLoss
  /// ``ApusNN/RMSNorm``.
  public typealias RMSNorm = ApusNN.RMSNorm
  /// ``ApusNN/RNN``.
  public typealias RNN = ApusNN.RNN
  /// ``ApusNN/RNNCell``.
  public typealias RNNCell = ApusNN.RNNCell
  /// ``ApusNN/RReLU``.
  public typealias RReLU = ApusNN.RReLU
  /// ``ApusNN/ReLU``.
  public typealias ReLU = ApusNN.ReLU
  /// ``ApusNN/ReLU6``.
  public typealias ReLU6 = ApusNN.ReLU6
  /// ``ApusNN/ReflectionPad1d``.
  public typealias ReflectionPad1d = ApusNN.ReflectionPad1d
  /// ``ApusNN/ReflectionPad2d``.
  public typealias ReflectionPad2d = ApusNN.ReflectionPad2d
  /// ``ApusNN/ReflectionPad3d``.
  public typealias ReflectionPad3d = ApusNN.ReflectionPad3d
  /// ``ApusNN/ReplicationPad1d``.
  public typealias ReplicationPad1d = ApusNN.ReplicationPad1d
  /// ``ApusNN/ReplicationPad2d``.
  public typealias ReplicationPad2d = ApusNN.ReplicationPad2d
  /// ``ApusNN/ReplicationPad3d``.
  public typealias ReplicationPad3d = ApusNN.ReplicationPad3d
  /// ``ApusNN/SELU``.
  public typealias SELU = ApusNN.SELU
  /// ``ApusNN/Sequential``.
  public typealias Sequential = ApusNN.Sequential
  /// ``ApusNN/SiLU``.
  public typealias SiLU = ApusNN.SiLU
  /// ``ApusNN/Sigmoid``.
  public typealias Sigmoid = ApusNN.Sigmoid
  /// ``ApusNN/SmoothL1Loss``.
  public typealias SmoothL1Loss = ApusNN.SmoothL1Loss
  /// ``ApusNN/SoftMarginLoss``.
  public typealias SoftMarginLoss = ApusNN.SoftMarginLoss
  /// ``ApusNN/Softmax``.
  public typealias Softmax = ApusNN.Softmax
  /// ``ApusNN/Softmax2d``.
  public typealias Softmax2d = ApusNN.Softmax2d
  /// ``ApusNN/Softmin``.
  public typealias Softmin = ApusNN.Softmin
  /// ``ApusNN/Softplus``.
  public typealias Softplus = ApusNN.Softplus
  /// ``ApusNN/Softshrink``.
  public typealias Softshrink = ApusNN.Softshrink
  /// ``ApusNN/Softsign``.
  public typealias Softsign = ApusNN.Softsign
  /// ``ApusNN/Tanh``.
  public typealias Tanh = ApusNN.Tanh
  /// ``ApusNN/Tanhshrink``.
  public typealias Tanhshrink = ApusNN.Tanhshrink
  /// ``ApusNN/Threshold``.
  public typealias Threshold = ApusNN.Threshold
  /// ``ApusNN/Transformer``.
  public typealias Transformer = ApusNN.Transformer
  /// ``ApusNN/TransformerDecoder``.
  public typealias TransformerDecoder = ApusNN.TransformerDecoder
  /// ``ApusNN/TransformerDecoderLayer``.
  public typealias TransformerDecoderLayer = ApusNN.TransformerDecoderLayer
  /// ``ApusNN/TransformerEncoder``.
  public typealias TransformerEncoder = ApusNN.TransformerEncoder
  /// ``ApusNN/TransformerEncoderLayer``.
  public typealias TransformerEncoderLayer = ApusNN.TransformerEncoderLayer
  /// ``ApusNN/TripletMarginLoss``.
  public typealias TripletMarginLoss = ApusNN.TripletMarginLoss
  /// ``ApusNN/TripletMarginWithDistanceLoss``.
  public typealias TripletMarginWithDistanceLoss = ApusNN.TripletMarginWithDistanceLoss
  /// ``ApusNN/Unflatten``.
  public typealias Unflatten = ApusNN.Unflatten
  /// ``ApusNN/Unfold``.
  public typealias Unfold = ApusNN.Unfold
  /// ``ApusNN/Upsample``.
  public typealias Upsample = ApusNN.Upsample
  /// ``ApusNN/ZeroPad1d``.
  public typealias ZeroPad1d = ApusNN.ZeroPad1d
  /// ``ApusNN/ZeroPad2d``.
  public typealias ZeroPad2d = ApusNN.ZeroPad2d
  /// ``ApusNN/ZeroPad3d``.
  public typealias ZeroPad3d = ApusNN.ZeroPad3d
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// A tensor that a module trains: see ``parameter(_:requiresGrad:)``.
  public static func Parameter(_ data: ApusCore.Tensor, requiresGrad: Bool = true) -> ApusCore.Tensor {
    ApusCore.parameter(data, requiresGrad: requiresGrad)
  }
  /// ``F``.
  public typealias functional = F
  /// ``Init``, whose functions with an underscore write into a parameter.
  public typealias `init` = Init
}
