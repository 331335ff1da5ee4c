@_exported import ApusCore
@_exported import ApusData
@_exported import ApusFormats
@_exported import ApusNN
@_exported import ApusOptim
@_exported import ApusTrain
