/// What is wrong with data, under the names that TensorFlow Data Validation gives it.
public enum AnomalyType: String, Sendable, Hashable, CaseIterable {
  /// Something that is not known here.
  case unknownType = "UNKNOWN_TYPE"
  /// Several reasons at once.
  case multipleReasons = "MULTIPLE_REASONS"

  /// Whole numbers above 1 where truth values should be.
  case boolTypeBigInt = "BOOL_TYPE_BIG_INT"
  /// Byte strings where whole numbers should be truth values.
  case boolTypeBytesNotInt = "BOOL_TYPE_BYTES_NOT_INT"
  /// Byte strings where texts should be truth values.
  case boolTypeBytesNotString = "BOOL_TYPE_BYTES_NOT_STRING"
  /// Numbers where whole numbers should be truth values.
  case boolTypeFloatNotInt = "BOOL_TYPE_FLOAT_NOT_INT"
  /// Numbers where texts should be truth values.
  case boolTypeFloatNotString = "BOOL_TYPE_FLOAT_NOT_STRING"
  /// Whole numbers where texts should be truth values.
  case boolTypeIntNotString = "BOOL_TYPE_INT_NOT_STRING"
  /// Whole numbers below 0 where truth values should be.
  case boolTypeSmallInt = "BOOL_TYPE_SMALL_INT"
  /// Texts where whole numbers should be truth values.
  case boolTypeStringNotInt = "BOOL_TYPE_STRING_NOT_INT"
  /// A text that stands for no truth value.
  case boolTypeUnexpectedString = "BOOL_TYPE_UNEXPECTED_STRING"
  /// Numbers other than 0 and 1 where truth values should be.
  case boolTypeUnexpectedFloat = "BOOL_TYPE_UNEXPECTED_FLOAT"
  /// A domain of truth values that makes no sense.
  case boolTypeInvalidConfig = "BOOL_TYPE_INVALID_CONFIG"

  /// Byte strings where texts should be.
  case enumTypeBytesNotString = "ENUM_TYPE_BYTES_NOT_STRING"
  /// Numbers where texts should be.
  case enumTypeFloatNotString = "ENUM_TYPE_FLOAT_NOT_STRING"
  /// Whole numbers where texts should be.
  case enumTypeIntNotString = "ENUM_TYPE_INT_NOT_STRING"
  /// Texts that are no UTF-8.
  case enumTypeInvalidUtf8 = "ENUM_TYPE_INVALID_UTF8"
  /// Texts that are not among those of the schema.
  case enumTypeUnexpectedStringValues = "ENUM_TYPE_UNEXPECTED_STRING_VALUES"

  /// Rows with too many values.
  case featureTypeHighNumberValues = "FEATURE_TYPE_HIGH_NUMBER_VALUES"
  /// Too small a part of the rows has the feature.
  case featureTypeLowFractionPresent = "FEATURE_TYPE_LOW_FRACTION_PRESENT"
  /// Too few rows have the feature.
  case featureTypeLowNumberPresent = "FEATURE_TYPE_LOW_NUMBER_PRESENT"
  /// Rows with too few values.
  case featureTypeLowNumberValues = "FEATURE_TYPE_LOW_NUMBER_VALUES"
  /// No row has the feature.
  case featureTypeNotPresent = "FEATURE_TYPE_NOT_PRESENT"
  /// The feature is there without values.
  case featureTypeNoValues = "FEATURE_TYPE_NO_VALUES"
  /// Several values where one should be.
  case featureTypeUnexpectedRepeated = "FEATURE_TYPE_UNEXPECTED_REPEATED"
  /// Too many different values.
  case featureTypeHighUnique = "FEATURE_TYPE_HIGH_UNIQUE"
  /// Too few different values.
  case featureTypeLowUnique = "FEATURE_TYPE_LOW_UNIQUE"
  /// Different values should be counted, and the feature has none that are.
  case featureTypeNoUnique = "FEATURE_TYPE_NO_UNIQUE"

  /// A number above the greatest of the schema.
  case floatTypeBigFloat = "FLOAT_TYPE_BIG_FLOAT"
  /// Something else where numbers should be.
  case floatTypeNotFloat = "FLOAT_TYPE_NOT_FLOAT"
  /// A number below the least of the schema.
  case floatTypeSmallFloat = "FLOAT_TYPE_SMALL_FLOAT"
  /// A text that is no number.
  case floatTypeStringNotFloat = "FLOAT_TYPE_STRING_NOT_FLOAT"
  /// Something else where numbers as texts should be.
  case floatTypeNonString = "FLOAT_TYPE_NON_STRING"
  /// Statistics of a type that is not known, of numbers.
  case floatTypeUnknownTypeNumber = "FLOAT_TYPE_UNKNOWN_TYPE_NUMBER"
  /// NaN where the schema allows none.
  case floatTypeHasNan = "FLOAT_TYPE_HAS_NAN"
  /// Infinite numbers where the schema allows none.
  case floatTypeHasInf = "FLOAT_TYPE_HAS_INF"

  /// A whole number above the greatest of the schema.
  case intTypeBigInt = "INT_TYPE_BIG_INT"
  /// Something else where whole numbers should be.
  case intTypeIntExpected = "INT_TYPE_INT_EXPECTED"
  /// A text that is no whole number.
  case intTypeNotIntString = "INT_TYPE_NOT_INT_STRING"
  /// Something else where texts should be whole numbers.
  case intTypeNotString = "INT_TYPE_NOT_STRING"
  /// A whole number below the least of the schema.
  case intTypeSmallInt = "INT_TYPE_SMALL_INT"
  /// Something else where whole numbers as texts should be.
  case intTypeStringExpected = "INT_TYPE_STRING_EXPECTED"
  /// Statistics of a type that is not known, of whole numbers.
  case intTypeUnknownTypeNumber = "INT_TYPE_UNKNOWN_TYPE_NUMBER"

  /// The data lacks a feature.
  case schemaMissingColumn = "SCHEMA_MISSING_COLUMN"
  /// The schema lacks a feature of the data.
  case schemaNewColumn = "SCHEMA_NEW_COLUMN"
  /// Training and serving differ.
  case schemaTrainingServingSkew = "SCHEMA_TRAINING_SERVING_SKEW"

  /// Numbers where texts were.
  case stringTypeNowFloat = "STRING_TYPE_NOW_FLOAT"
  /// Whole numbers where texts were.
  case stringTypeNowInt = "STRING_TYPE_NOW_INT"

  /// The data to compare with lacks the feature.
  case comparatorControlDataMissing = "COMPARATOR_CONTROL_DATA_MISSING"
  /// The data itself lacks the feature that should be compared.
  case comparatorTreatmentDataMissing = "COMPARATOR_TREATMENT_DATA_MISSING"
  /// The part of a text differs too much from that in other data.
  case comparatorLInftyHigh = "COMPARATOR_L_INFTY_HIGH"
  /// Too few rows in comparison with other data.
  case comparatorLowNumExamples = "COMPARATOR_LOW_NUM_EXAMPLES"
  /// Too many rows in comparison with other data.
  case comparatorHighNumExamples = "COMPARATOR_HIGH_NUM_EXAMPLES"
  /// The distribution differs too much from that of other data.
  case comparatorJensenShannonDivergenceHigh = "COMPARATOR_JENSEN_SHANNON_DIVERGENCE_HIGH"
  /// The count of a text differs too much from that in other data.
  case comparatorNormalizedAbsoluteDifferenceHigh = "COMPARATOR_NORMALIZED_ABSOLUTE_DIFFERENCE_HIGH"

  /// No rows in a span of the data.
  case noDataInSpan = "NO_DATA_IN_SPAN"
  /// Too few rows.
  case datasetLowNumExamples = "DATASET_LOW_NUM_EXAMPLES"
  /// Too many rows.
  case datasetHighNumExamples = "DATASET_HIGH_NUM_EXAMPLES"

  /// A sparse feature without values.
  case sparseFeatureMissingValue = "SPARSE_FEATURE_MISSING_VALUE"
  /// A sparse feature without positions.
  case sparseFeatureMissingIndex = "SPARSE_FEATURE_MISSING_INDEX"
  /// A sparse feature with other numbers of values and positions.
  case sparseFeatureLengthMismatch = "SPARSE_FEATURE_LENGTH_MISMATCH"
  /// A sparse feature and a column of one name.
  case sparseFeatureNameCollision = "SPARSE_FEATURE_NAME_COLLISION"
  /// A feature with weights and a column of one name.
  case weightedFeatureNameCollision = "WEIGHTED_FEATURE_NAME_COLLISION"
  /// A feature with weights without values.
  case weightedFeatureMissingValue = "WEIGHTED_FEATURE_MISSING_VALUE"
  /// A feature with weights that lacks them.
  case weightedFeatureMissingWeight = "WEIGHTED_FEATURE_MISSING_WEIGHT"
  /// A feature with other numbers of values and weights.
  case weightedFeatureLengthMismatch = "WEIGHTED_FEATURE_LENGTH_MISMATCH"

  /// Statistics that know more of what values mean than the schema.
  case semanticDomainUpdate = "SEMANTIC_DOMAIN_UPDATE"
  /// A domain that does not go with the type.
  case domainInvalidForType = "DOMAIN_INVALID_FOR_TYPE"
  /// A feature of the schema without a name.
  case featureMissingName = "FEATURE_MISSING_NAME"
  /// A feature of the schema without a type.
  case featureMissingType = "FEATURE_MISSING_TYPE"
  /// A constraint of the schema that makes no sense.
  case invalidSchemaSpecification = "INVALID_SCHEMA_SPECIFICATION"
  /// A domain of the schema that makes no sense.
  case invalidDomainSpecification = "INVALID_DOMAIN_SPECIFICATION"
  /// A derived feature at a wrong stage.
  case derivedFeatureBadLifecycle = "DERIVED_FEATURE_BAD_LIFECYCLE"
  /// A derived feature without a source.
  case derivedFeatureInvalidSource = "DERIVED_FEATURE_INVALID_SOURCE"

  /// Data of another type than the schema's.
  case unexpectedDataType = "UNEXPECTED_DATA_TYPE"
  /// Lists of another depth than the schema's.
  case valueNestednessMismatch = "VALUE_NESTEDNESS_MISMATCH"
  /// Values that do not have the shape of the schema.
  case invalidFeatureShape = "INVALID_FEATURE_SHAPE"
  /// An embedding of no fixed size.
  case embeddingShapeInvalid = "EMBEDDING_SHAPE_INVALID"

  /// A value that comes too seldom in a sequence.
  case sequenceValueTooFewOccurrences = "SEQUENCE_VALUE_TOO_FEW_OCCURRENCES"
  /// A value that comes too often in a sequence.
  case sequenceValueTooManyOccurrences = "SEQUENCE_VALUE_TOO_MANY_OCCURRENCES"
  /// A value that too few sequences have.
  case sequenceValueTooSmallFraction = "SEQUENCE_VALUE_TOO_SMALL_FRACTION"
  /// A value that too many sequences have.
  case sequenceValueTooLargeFraction = "SEQUENCE_VALUE_TOO_LARGE_FRACTION"
  /// A vocabulary that too small a part of the values is in.
  case featureCoverageTooLow = "FEATURE_COVERAGE_TOO_LOW"
  /// Tokens that are too short on average.
  case featureCoverageTooShortAvgTokenLength = "FEATURE_COVERAGE_TOO_SHORT_AVG_TOKEN_LENGTH"
  /// A token at a wrong place.
  case nlpWrongLocation = "NLP_WRONG_LOCATION"

  /// Too many values that are pictures of no known format.
  case lowSupportedImageFraction = "LOW_SUPPORTED_IMAGE_FRACTION"
  /// A picture of too many bytes.
  case maxImageByteSizeExceeded = "MAX_IMAGE_BYTE_SIZE_EXCEEDED"

  /// A constraint whose statistics are not there.
  case statsNotAvailable = "STATS_NOT_AVAILABLE"
  /// A check of one's own that failed.
  case customValidation = "CUSTOM_VALIDATION"

  /// The number in files.
  package var number: Int {
    switch self {
    case .unknownType: 0
    case .boolTypeBigInt: 1
    case .boolTypeBytesNotInt: 2
    case .boolTypeBytesNotString: 3
    case .boolTypeFloatNotInt: 4
    case .boolTypeFloatNotString: 5
    case .boolTypeIntNotString: 6
    case .boolTypeSmallInt: 7
    case .boolTypeStringNotInt: 8
    case .boolTypeUnexpectedString: 9
    case .enumTypeBytesNotString: 10
    case .enumTypeFloatNotString: 11
    case .enumTypeIntNotString: 12
    case .enumTypeInvalidUtf8: 13
    case .enumTypeUnexpectedStringValues: 14
    case .featureTypeHighNumberValues: 15
    case .featureTypeLowFractionPresent: 16
    case .featureTypeLowNumberPresent: 17
    case .featureTypeLowNumberValues: 18
    case .featureTypeNotPresent: 19
    case .featureTypeNoValues: 20
    case .featureTypeUnexpectedRepeated: 21
    case .floatTypeBigFloat: 22
    case .floatTypeNotFloat: 23
    case .floatTypeSmallFloat: 24
    case .floatTypeStringNotFloat: 25
    case .floatTypeNonString: 26
    case .floatTypeUnknownTypeNumber: 27
    case .intTypeBigInt: 28
    case .intTypeIntExpected: 29
    case .intTypeNotIntString: 30
    case .intTypeNotString: 31
    case .intTypeSmallInt: 32
    case .intTypeStringExpected: 33
    case .intTypeUnknownTypeNumber: 34
    case .schemaMissingColumn: 35
    case .schemaNewColumn: 36
    case .schemaTrainingServingSkew: 37
    case .stringTypeNowFloat: 38
    case .stringTypeNowInt: 39
    case .comparatorControlDataMissing: 40
    case .comparatorTreatmentDataMissing: 41
    case .comparatorLInftyHigh: 42
    case .noDataInSpan: 43
    case .sparseFeatureMissingValue: 44
    case .sparseFeatureMissingIndex: 45
    case .sparseFeatureLengthMismatch: 46
    case .sparseFeatureNameCollision: 47
    case .semanticDomainUpdate: 48
    case .comparatorLowNumExamples: 49
    case .comparatorHighNumExamples: 50
    case .datasetLowNumExamples: 51
    case .boolTypeUnexpectedFloat: 52
    case .floatTypeHasNan: 53
    case .weightedFeatureNameCollision: 54
    case .weightedFeatureMissingValue: 55
    case .weightedFeatureMissingWeight: 56
    case .weightedFeatureLengthMismatch: 57
    case .datasetHighNumExamples: 58
    case .featureTypeHighUnique: 59
    case .featureTypeLowUnique: 60
    case .featureTypeNoUnique: 61
    case .floatTypeHasInf: 62
    case .comparatorJensenShannonDivergenceHigh: 63
    case .lowSupportedImageFraction: 64
    case .valueNestednessMismatch: 65
    case .domainInvalidForType: 66
    case .featureMissingName: 67
    case .featureMissingType: 68
    case .invalidSchemaSpecification: 69
    case .unexpectedDataType: 70
    case .sequenceValueTooFewOccurrences: 71
    case .sequenceValueTooManyOccurrences: 72
    case .sequenceValueTooSmallFraction: 73
    case .sequenceValueTooLargeFraction: 74
    case .featureCoverageTooLow: 75
    case .featureCoverageTooShortAvgTokenLength: 76
    case .nlpWrongLocation: 77
    case .embeddingShapeInvalid: 78
    case .maxImageByteSizeExceeded: 79
    case .invalidFeatureShape: 80
    case .invalidDomainSpecification: 81
    case .multipleReasons: 82
    case .statsNotAvailable: 83
    case .derivedFeatureBadLifecycle: 84
    case .derivedFeatureInvalidSource: 85
    case .customValidation: 86
    case .comparatorNormalizedAbsoluteDifferenceHigh: 87
    case .boolTypeInvalidConfig: 88
    }
  }

  /// The type with a number; one that is not known here is ``unknownType``.
  package init(number: Int) { self = Self.byNumber[number] ?? .unknownType }

  private static let byNumber = Dictionary(
    allCases.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
}
