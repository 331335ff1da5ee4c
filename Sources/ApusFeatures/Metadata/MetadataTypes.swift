import ApusFormats

/// The messages of TensorFlow Metadata, version 0: statistics, schemas and anomalies of data
/// (https://github.com/tensorflow/metadata, `tensorflow_metadata/proto/v0`).
let metadataTypes = MessageTypes(
  """
  message Any
  1 type_url string
  2 value bytes
  message Path
  1 step string*

  message DatasetFeatureStatisticsList implicit
  1 datasets DatasetFeatureStatistics*
  message DatasetFeatureStatistics implicit
  1 name string
  2 num_examples uint64
  3 features FeatureNameStatistics*
  4 weighted_num_examples double
  5 cross_features CrossFeatureStatistics*
  message CrossFeatureStatistics implicit
  1 path_x Path
  2 path_y Path
  3 count uint64
  4 num_cross_stats NumericCrossStatistics cross_stats
  5 categorical_cross_stats CategoricalCrossStatistics cross_stats
  message NumericCrossStatistics implicit
  1 correlation float
  2 covariance float
  message CategoricalCrossStatistics implicit
  1 lift LiftStatistics
  message LiftStatistics implicit
  1 lift_series LiftSeries*
  2 weighted_lift_series LiftSeries*
  message LiftSeriesBucket implicit
  1 low_value double
  2 high_value double
  message LiftSeries implicit
  1 y_int int32 y_value
  2 y_string string y_value
  3 y_bucket LiftSeriesBucket y_value
  4 y_count uint64 y_count_value
  5 weighted_y_count double y_count_value
  6 lift_values LiftValue*
  message LiftValue implicit
  1 x_int int32 x_value
  2 x_string string x_value
  3 lift double
  4 x_count uint64 x_count_value
  5 weighted_x_count double x_count_value
  6 x_and_y_count uint64 x_and_y_count_value
  7 weighted_x_and_y_count double x_and_y_count_value
  enum FeatureNameStatisticsType INT=0 FLOAT=1 STRING=2 BYTES=3 STRUCT=4
  message FeatureNameStatistics implicit
  1 name string field_id
  2 type FeatureNameStatisticsType
  3 num_stats NumericStatistics stats
  4 string_stats StringStatistics stats
  5 bytes_stats BytesStatistics stats
  6 custom_stats CustomStatistic*
  7 struct_stats StructStatistics stats
  8 path Path field_id
  10 validation_derived_source DerivedFeatureSource
  message DerivedFeatureSource implicit
  1 deriver_name string
  2 description string
  3 source_path Path*
  4 declaratively_configured bool
  message WeightedCommonStatistics implicit
  1 num_non_missing double
  2 num_missing double
  3 avg_num_values double
  4 tot_num_values double
  message CustomStatistic implicit
  1 name string
  2 num double val
  3 str string val
  4 histogram Histogram val
  5 rank_histogram RankHistogram val
  6 any Any val
  message NumericStatistics implicit
  1 common_stats CommonStatistics
  2 mean double
  3 std_dev double
  4 num_zeros uint64
  5 min double
  6 median double
  7 max double
  8 histograms Histogram*
  9 weighted_numeric_stats WeightedNumericStatistics
  message FreqAndValue implicit
  2 value string
  3 frequency double
  message StringStatistics implicit
  1 common_stats CommonStatistics
  2 unique uint64
  3 top_values FreqAndValue*
  4 avg_length float
  5 rank_histogram RankHistogram
  6 weighted_string_stats WeightedStringStatistics
  7 vocabulary_file string
  8 invalid_utf8_count uint64
  message WeightedNumericStatistics implicit
  1 mean double
  2 std_dev double
  3 median double
  4 histograms Histogram*
  message WeightedStringStatistics implicit
  1 top_values FreqAndValue*
  2 rank_histogram RankHistogram
  message BytesStatistics implicit
  1 common_stats CommonStatistics
  2 unique uint64
  3 avg_num_bytes float
  4 min_num_bytes float
  5 max_num_bytes float
  6 max_num_bytes_int int64
  message StructStatistics implicit
  1 common_stats CommonStatistics
  message PresenceAndValencyStatistics implicit
  1 num_non_missing uint64
  2 num_missing uint64
  3 min_num_values uint64
  4 max_num_values uint64
  5 tot_num_values uint64
  message CommonStatistics implicit
  1 num_non_missing uint64
  2 num_missing uint64
  3 min_num_values uint64
  4 max_num_values uint64
  5 avg_num_values float
  6 num_values_histogram Histogram
  7 weighted_common_stats WeightedCommonStatistics
  8 tot_num_values uint64
  9 feature_list_length_histogram Histogram
  10 presence_and_valency_stats PresenceAndValencyStatistics*
  11 weighted_presence_and_valency_stats WeightedCommonStatistics*
  enum HistogramType STANDARD=0 QUANTILES=1
  message HistogramBucket implicit
  1 low_value double
  2 high_value double
  4 sample_count double
  message Histogram implicit
  1 num_nan uint64
  2 num_undefined uint64
  3 buckets HistogramBucket*
  4 type HistogramType
  5 name string
  message RankHistogramBucket implicit
  1 low_rank uint64
  2 high_rank uint64
  4 label string
  5 sample_count double
  message RankHistogram implicit
  1 buckets RankHistogramBucket*
  2 name string

  enum LifecycleStage UNKNOWN_STAGE=0 PLANNED=1 ALPHA=2 BETA=3 PRODUCTION=4 DEPRECATED=5 DEBUG_ONLY=6 DISABLED=7 VALIDATION_DERIVED=9
  enum FeatureType TYPE_UNKNOWN=0 BYTES=1 INT=2 FLOAT=3 STRUCT=4
  message Schema
  1 feature Feature*
  4 string_domain StringDomain*
  5 default_environment string*
  6 sparse_feature SparseFeature*
  7 generate_legacy_feature_spec bool
  8 annotation Annotation
  9 float_domain FloatDomain*
  10 int_domain IntDomain*
  11 dataset_constraints DatasetConstraints
  12 weighted_feature WeightedFeature*
  13 tensor_representation_group TensorRepresentationGroupEntry*
  14 represent_variable_length_as_ragged bool
  message ValueCountList
  1 value_count ValueCount*
  message Feature
  1 name string
  2 deprecated bool
  5 value_count ValueCount shape_type
  6 type FeatureType
  7 domain string domain_info
  9 int_domain IntDomain domain_info
  10 float_domain FloatDomain domain_info
  11 string_domain StringDomain domain_info
  13 bool_domain BoolDomain domain_info
  14 presence FeaturePresence presence_constraints
  15 distribution_constraints DistributionConstraints
  16 annotation Annotation
  17 group_presence FeaturePresenceWithinGroup presence_constraints
  18 skew_comparator FeatureComparator
  19 not_in_environment string*
  20 in_environment string*
  21 drift_comparator FeatureComparator
  22 lifecycle_stage LifecycleStage
  23 shape FixedShape shape_type
  24 natural_language_domain NaturalLanguageDomain domain_info
  25 image_domain ImageDomain domain_info
  26 mid_domain EmptyDomain domain_info
  27 url_domain EmptyDomain domain_info
  28 time_domain TimeDomain domain_info
  29 struct_domain StructDomain domain_info
  30 time_of_day_domain TimeOfDayDomain domain_info
  31 unique_constraints UniqueConstraints
  32 value_counts ValueCountList shape_type
  34 validation_derived_source DerivedFeatureSource
  35 sequence_metadata SequenceMetadata
  36 audio_domain EmptyDomain domain_info
  37 video_domain EmptyDomain domain_info
  38 content_chunk_domain EmptyDomain domain_info
  message EmptyDomain
  message Annotation
  1 tag string*
  2 comment string*
  3 extra_metadata Any*
  message NumericValueComparator
  1 min_fraction_threshold double
  2 max_fraction_threshold double
  message DatasetConstraints
  1 num_examples_drift_comparator NumericValueComparator
  2 num_examples_version_comparator NumericValueComparator
  3 min_examples_count int64
  4 max_examples_count int64
  message Dim
  1 size int64
  2 name string
  message FixedShape
  2 dim Dim*
  message ValueCount
  1 min int64
  2 max int64
  message WeightedFeature
  1 name string
  2 feature Path
  3 weight_feature Path
  4 lifecycle_stage LifecycleStage
  message NamedFeature
  1 name string
  message SparseFeature
  1 name string
  2 deprecated bool
  4 presence FeaturePresence
  5 dense_shape FixedShape
  6 index_feature NamedFeature*
  7 lifecycle_stage LifecycleStage
  8 is_sorted bool
  9 value_feature NamedFeature
  10 type FeatureType
  message DistributionConstraints
  1 min_domain_mass double
  message FeatureCoverageConstraints
  1 min_coverage float
  2 min_avg_token_length float
  3 excluded_string_tokens string*
  4 excluded_int_tokens int64*
  5 oov_string_tokens string*
  message SequenceValueConstraints
  1 int_value int64 value
  2 string_value string value
  3 min_per_sequence int64
  4 max_per_sequence int64
  5 min_fraction_of_sequences float
  6 max_fraction_of_sequences float
  message SequenceLengthConstraints
  1 excluded_int_value int64*
  2 excluded_string_value string*
  3 min_sequence_length int64
  4 max_sequence_length int64
  message IntDomain
  1 name string
  3 min int64
  4 max int64
  5 is_categorical bool
  message FloatDomain
  1 name string
  3 min float
  4 max float
  5 disallow_nan bool
  6 disallow_inf bool
  7 is_embedding bool
  8 is_categorical bool
  9 embedding_dim int64
  10 embedding_type string
  message StructDomain
  1 feature Feature*
  2 sparse_feature SparseFeature*
  enum Categorical CATEGORICAL_UNSPECIFIED=0 CATEGORICAL_YES=1 CATEGORICAL_NO=2
  message StringDomain
  1 name string
  2 value string*
  3 is_categorical Categorical
  message BoolDomain
  1 name string
  2 true_value string
  3 false_value string
  message NaturalLanguageDomain
  1 vocabulary string
  2 coverage FeatureCoverageConstraints
  3 token_constraints SequenceValueConstraints*
  5 sequence_length_constraints SequenceLengthConstraints
  message ImageDomain
  1 minimum_supported_image_fraction float
  2 max_image_byte_size int64
  enum IntegerTimeFormat FORMAT_UNKNOWN=0 UNIX_SECONDS=1 UNIX_MILLISECONDS=2 UNIX_MICROSECONDS=3 UNIX_NANOSECONDS=4 UNIX_DAYS=5
  message TimeDomain
  1 string_format string format
  2 integer_format IntegerTimeFormat format
  enum IntegerTimeOfDayFormat FORMAT_UNKNOWN=0 PACKED_64_NANOS=1
  message TimeOfDayDomain
  1 string_format string format
  2 integer_format IntegerTimeOfDayFormat format
  message FeaturePresence
  1 min_fraction double
  2 min_count int64
  message FeaturePresenceWithinGroup
  1 required bool
  message Threshold
  1 threshold double
  enum HistogramSelectionType DEFAULT=0 QUANTILES=1 STANDARD=2
  message HistogramSelection
  1 type HistogramSelectionType
  message JensenShannonDivergence
  1 threshold double
  2 source HistogramSelection
  message FeatureComparator
  1 infinity_norm Threshold
  2 jensen_shannon_divergence JensenShannonDivergence
  3 normalized_abs_difference Threshold
  message UniqueConstraints
  1 min int64
  2 max int64
  message DefaultValue
  1 float_value double kind
  2 int_value int64 kind
  3 bytes_value bytes kind
  4 uint_value uint64 kind
  message DenseTensor
  1 column_name string
  2 shape FixedShape
  3 default_value DefaultValue
  message VarLenSparseTensor
  1 column_name string
  message SparseTensor
  1 dense_shape FixedShape
  2 index_column_names string*
  3 value_column_name string
  4 already_sorted bool
  message Partition
  1 uniform_row_length int64 kind
  2 row_length string kind
  enum RowPartitionDType UNSPECIFIED=0 INT64=1 INT32=2
  message RaggedTensor
  1 feature_path Path
  2 row_partition_dtype RowPartitionDType
  3 partition Partition*
  message TensorRepresentation
  1 dense_tensor DenseTensor kind
  2 varlen_sparse_tensor VarLenSparseTensor kind
  3 sparse_tensor SparseTensor kind
  4 ragged_tensor RaggedTensor kind
  message TensorRepresentationEntry
  1 key string
  2 value TensorRepresentation
  message TensorRepresentationGroup
  1 tensor_representation TensorRepresentationEntry*
  message TensorRepresentationGroupEntry
  1 key string
  2 value TensorRepresentationGroup
  enum SequentialStatus SEQUENTIAL_UNSPECIFIED=0 SEQUENTIAL_YES=1 SEQUENTIAL_NO=2
  message SequenceMetadata
  3 sequential_status SequentialStatus
  4 joint_group string
  5 sequence_truncation_limit int64

  enum Severity UNKNOWN=0 WARNING=1 ERROR=2
  enum AnomalyType \(AnomalyType.allCases.map { "\($0.rawValue)=\($0.number)" }.joined(separator: " "))
  message Reason
  1 type AnomalyType
  2 short_description string
  3 description string
  message UnchangedRegion
  1 left_start int32
  2 right_start int32
  3 contents string*
  message OneSideRegion
  1 start int32
  2 contents string*
  message ChangedRegion
  1 left_start int32
  2 left_contents string*
  3 right_start int32
  4 right_contents string*
  message HiddenRegion
  1 left_start int32
  2 right_start int32
  3 size int32
  message DiffRegion
  1 unchanged UnchangedRegion details
  2 removed OneSideRegion details
  3 added OneSideRegion details
  4 changed ChangedRegion details
  5 hidden HiddenRegion details
  message AnomalyInfo
  2 description string
  4 diff_regions DiffRegion*
  5 severity Severity
  6 short_description string
  7 reason Reason*
  8 path Path
  enum MeasurementType UNKNOWN=0 L_INFTY=1 JENSEN_SHANNON_DIVERGENCE=2 NORMALIZED_ABSOLUTE_DIFFERENCE=3
  message Measurement
  1 type MeasurementType
  2 value double
  3 threshold double
  message DriftSkewInfo
  1 path Path
  2 drift_measurements Measurement*
  3 skew_measurements Measurement*
  enum AnomalyNameFormat UNKNOWN=0 SERIALIZED_PATH=1
  message AnomalyInfoEntry
  1 key string
  2 value AnomalyInfo
  message Anomalies
  1 baseline Schema baseline_schema
  2 anomaly_info AnomalyInfoEntry*
  3 data_missing bool
  6 baseline_v1 Schema baseline_schema
  7 anomaly_name_format AnomalyNameFormat
  8 dataset_anomaly_info AnomalyInfo
  9 drift_skew_info DriftSkewInfo*
  """)
