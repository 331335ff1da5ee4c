#!/usr/bin/env python3
"""Records what TensorFlow Data Validation says of small data sets: statistics, inferred schemas, and the anomalies of data that breaks a
schema.

    scripts/record-data-validation.py FOLDER

Needs tensorflow-data-validation (1.16.1 was used), scikit-learn and palmerpenguins. Tests/ApusFeaturesTests/Recorded has the files."""
import base64, json, math, os, sys, tempfile
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import apache_beam as beam
import numpy as np, pandas as pd, pyarrow as pa
import tensorflow_data_validation as tfdv
from apache_beam.runners.direct.direct_runner import BundleBasedDirectRunner
from google.protobuf import text_format
from tensorflow_data_validation.api import validation_api
from tensorflow_data_validation.statistics import stats_impl, stats_options
from tensorflow_metadata.proto.v0 import schema_pb2, statistics_pb2

OUT = os.path.join(sys.argv[1], '')

def wrap(arr):
    # flat arrays become lists of one, nulls missing
    if pa.types.is_null(arr.type) or pa.types.is_list(arr.type) or pa.types.is_large_list(arr.type): return arr
    if pa.types.is_struct(arr.type): return arr
    out=[None if v is None else [v] for v in arr.to_pylist()]
    t=arr.type
    return pa.array(out, pa.list_(t))
def batch(cols):
    return pa.RecordBatch.from_arrays([wrap(a) for a in cols.values()], list(cols.keys()))
def stats(b, **options):
    """As a pipeline makes them: exactly, not with the sketches of statistics in memory."""
    path = os.path.join(tempfile.mkdtemp(), 'statistics.pb')
    def write(found):
        with open(path, 'wb') as file: file.write(found.SerializeToString())
    with beam.Pipeline(runner=BundleBasedDirectRunner()) as p:
        p | beam.Create([b]) | tfdv.GenerateStatistics(stats_options.StatsOptions(**options)) | beam.Map(write)
    result = statistics_pb2.DatasetFeatureStatisticsList()
    with open(path, 'rb') as file: result.ParseFromString(file.read())
    return result
def save(name, st, shape_schema=True):
    open(OUT+name+'.pb','wb').write(st.SerializeToString())
    for shape in (True, False):
        s=tfdv.infer_schema(st, infer_feature_shape=shape)
        open(OUT+name+('.shape' if shape else '.count')+'.pbtxt','w').write(text_format.MessageToString(s))
def frame(df):
    cols={}
    for c in df.columns:
        s=df[c]
        if s.dtype==object:
            cols[c]=pa.array([None if (v is None or (isinstance(v,float) and math.isnan(v))) else str(v) for v in s], pa.string())
        elif s.dtype.kind=='f':
            cols[c]=pa.array([None if math.isnan(v) else float(v) for v in s], pa.float64())
        else: cols[c]=pa.array([int(v) for v in s], pa.int64())
    return cols
def data_sets():
    from palmerpenguins import load_penguins
    p=load_penguins(); p.to_csv(OUT+'penguins.csv',index=False,na_rep='NA')
    st=stats(batch(frame(p))); save('penguins',st)
    from sklearn.datasets import load_wine, load_diabetes
    for n,f in (('wine',load_wine),('diabetes',load_diabetes)):
        d=f(as_frame=True).frame; d.to_csv(OUT+n+'.csv',index=False)
        d=pd.read_csv(OUT+n+'.csv',float_precision='round_trip')
        save(n,stats(batch(frame(d))))
    # weighted and with top values of texts as numbers
    st=stats(batch({**frame(p.dropna()), 'weight': pa.array([0.5+(i%7)/4 for i in range(len(p.dropna()))], pa.float64())}), weight_feature='weight')
    save('weighted',st)
    q=p.dropna().copy(); q['weight']=[0.5+(i%7)/4 for i in range(len(q))]; q.to_csv(OUT+'weighted.csv',index=False)
    # values of every kind
    inf,nan=float('inf'),float('nan')
    n=40
    cols={
     'ints':pa.array([[i,i*i] if i%3 else ([] if i%2 else None) for i in range(n)],pa.list_(pa.int64())),
     'nested':pa.array([[[1,2],[3]],[[]],None,[],[[4,5,6],None]]*8,pa.list_(pa.list_(pa.int64()))),
     'floats':pa.array([[nan] if i%5==0 else [i/3.0] for i in range(n)],pa.list_(pa.float64())),
     'infinite':pa.array([[inf] if i==3 else [-inf] if i==7 else [float(i)] for i in range(n)],pa.list_(pa.float32())),
     'allnan':pa.array([[nan]]*n,pa.list_(pa.float64())),
     'constant':pa.array([[7]]*n,pa.list_(pa.int32())),
     'binary':pa.array([[b'\xff\xfe'] if i%4==0 else [b'ok%d'%(i%3)] for i in range(n)],pa.list_(pa.binary())),
     'numbers as texts':pa.array([[str(i%5)] for i in range(n)],pa.list_(pa.string())),
     'reals as texts':pa.array([[str(i/4)] for i in range(n)],pa.list_(pa.string())),
     'truths':pa.array([['true' if i%2 else 'false'] for i in range(n)],pa.list_(pa.string())),
     'bits':pa.array([[i%2] for i in range(n)],pa.list_(pa.int64())),
     'mostly missing':pa.array([['x'] if i==11 else None for i in range(n)],pa.list_(pa.string())),
     'nothing':pa.array([None]*n,pa.null()),
     'many':pa.array([['v%d'%(i*7919%1009)] for i in range(n)],pa.list_(pa.string())),
     'umlaute':pa.array([['grün' if i%2 else 'weiß' ] for i in range(n)],pa.list_(pa.string())),
     'person':pa.array([{'name':['n%d'%(i%4)],'age':[i],'home':{'zip':['z%d'%(i%2)]}} if i%10 else None for i in range(n)],
        pa.struct([('name',pa.list_(pa.string())),('age',pa.list_(pa.int64())),('home',pa.struct([('zip',pa.list_(pa.string()))]))])),
     'visits':pa.array([[{'at':[j],'cost':[j*0.5]} for j in range(i%3)] for i in range(n)],
        pa.list_(pa.struct([('at',pa.list_(pa.int64())),('cost',pa.list_(pa.float64()))]))),
    }
    b=pa.RecordBatch.from_arrays(list(cols.values()),list(cols.keys()))
    with pa.OSFile(OUT+'kinds.arrow','wb') as f:
        with pa.ipc.new_file(f,b.schema) as w: w.write_batch(b)
    save('kinds',stats(b))
    # one row, none, many distinct
    save('one',stats(batch({'a':pa.array([3],pa.int64()),'b':pa.array(['x'],pa.string()),'c':pa.array([None],pa.float64())})))
    # A pipeline leaves out the features of data without rows.
    save('none',stats_impl.generate_statistics_in_memory(batch({'a':pa.array([],pa.int64()),'b':pa.array([],pa.string())}),stats_options.StatsOptions()))
    big=[(i*2654435761)%5003 for i in range(20000)]
    save('big',stats(batch({'t':pa.array(['t%d'%(v%901) for v in big],pa.string()),'n':pa.array([float(v)*0.25 for v in big],pa.float64()),'i':pa.array(big,pa.int64())})))
def S(text): return text_format.Parse(text, schema_pb2.Schema())
def B(**cols):
    return batch({k:(v if isinstance(v,pa.Array) else pa.array(v)) for k,v in cols.items()})
nan=float('nan'); inf=float('inf')
cases=[]
def case(name, schema, data, previous=None, serving=None, environment=None, version=None, weight=None, stat_schema=False):
    sch=S(schema)
    kw={}
    if weight: kw['weight_feature']=weight
    if stat_schema: kw['schema']=sch
    st=stats(data,**kw)
    opt=lambda b: stats(b,**kw) if b is not None else None
    pv,sv,vv=opt(previous),opt(serving),opt(version)
    an=validation_api.validate_statistics_internal(st,sch,environment,pv,sv,vv,None,False)
    up=tfdv.update_schema(sch,st)
    enc=lambda s: base64.b64encode(s.SerializeToString()).decode() if s is not None else None
    cases.append(dict(name=name,schema=schema,statistics=enc(st),previous=enc(pv),serving=enc(sv),version=enc(vv),environment=environment,
      anomalies=text_format.MessageToString(an), updated=text_format.MessageToString(up)))
P='presence { min_fraction: 1.0 min_count: 1 }'
words=lambda *w: pa.array(list(w))
case('nothing wrong','feature { name: "a" type: INT '+P+' shape { dim { size: 1 } } }',B(a=[1,2,3]))
case('new column','feature { name: "a" type: INT '+P+' }',B(a=[1],b=['x']))
case('missing column','feature { name: "a" type: INT '+P+' } feature { name: "b" type: BYTES '+P+' }',B(a=[1]))
case('not present','feature { name: "a" type: FLOAT presence { min_count: 1 } } feature { name: "b" type: INT }',B(a=pa.array([None,None],pa.float64()),b=[1,2]))
case('low fraction','feature { name: "a" type: INT '+P+' } feature { name: "b" type: INT presence { min_fraction: 0.9 min_count: 3 } }',B(a=[1,None,2],b=[1,None,2]))
case('low number','feature { name: "a" type: INT presence { min_count: 30 } }',B(a=[1,2,3]))
case('unexpected texts','feature { name: "a" type: BYTES domain: "d" } string_domain { name: "d" value: "x" value: "y" }',B(a=['x','z"q','y','x']*40+['once']))
case('inline texts','feature { name: "a" type: BYTES string_domain { value: "x" } }',B(a=['x','weiß','new\nline']))
case('off domain mass','feature { name: "a" type: BYTES domain: "d" distribution_constraints { min_domain_mass: 0.5 } } feature { name: "b" type: BYTES domain: "d" distribution_constraints { min_domain_mass: 0.9 } } string_domain { name: "d" value: "x" }',B(a=['x','x','z'],b=['x','x','z']))
case('shared domain','feature { name: "a" type: BYTES domain: "d" } feature { name: "b" type: BYTES domain: "d" } string_domain { name: "d" value: "x" }',B(a=['x','y'],b=['z','x']))
case('bad texts','feature { name: "a" type: BYTES domain: "d" } feature { name: "b" type: BYTES string_domain { value: "x" } } string_domain { name: "d" value: "x" }',B(a=pa.array([b'\xff',b'x'],pa.binary()),b=pa.array([b'\xff',b'x'],pa.binary())))
case('repeated values','feature { name: "a" type: BYTES string_domain { value: "x" value: "x" } }',B(a=['x']))
case('big and small ints','feature { name: "a" type: INT int_domain { min: 0 max: 10 } }',B(a=[-3,5,99]))
case('ints as texts','feature { name: "a" type: BYTES int_domain { min: 0 max: 10 } } feature { name: "b" type: BYTES int_domain { } }',B(a=['-3','5','99'],b=['1','x2','3']))
case('floats','feature { name: "a" type: FLOAT float_domain { min: 0 max: 1.5 } } feature { name: "b" type: FLOAT float_domain { disallow_nan: true disallow_inf: true } }',B(a=[-0.25,3.75,1.0],b=[nan,inf,1.0]))
case('floats as texts','feature { name: "a" type: BYTES float_domain { min: 0 max: 1.5 disallow_nan: true } } feature { name: "b" type: BYTES float_domain { } }',B(a=['-0.25','nan','7e3'],b=['1','oh','3']))
case('bool ints','feature { name: "a" type: INT bool_domain { } } feature { name: "b" type: INT bool_domain { } } feature { name: "c" type: INT bool_domain { } }',B(a=[0,1,2],b=[-1,0,1],c=[0,1,1]))
case('bool floats','feature { name: "a" type: FLOAT bool_domain { } } feature { name: "b" type: FLOAT bool_domain { } } feature { name: "c" type: FLOAT bool_domain { } } feature { name: "d" type: FLOAT bool_domain { } }',B(a=[0.0,1.0,2.0],b=[-1.0,0.0,1.0],c=[0.0,1.0,nan],d=[0.0,0.5,1.0]))
case('bool texts','feature { name: "a" type: BYTES bool_domain { true_value: "true" false_value: "false" } } feature { name: "b" type: BYTES bool_domain { } }',B(a=['true','no','false'],b=['x','x','x']))
case('equal bool texts','feature { name: "a" type: BYTES bool_domain { true_value: "x" false_value: "x" } }',B(a=['x']))
case('types','feature { name: "a" type: INT } feature { name: "b" type: BYTES } feature { name: "c" type: FLOAT }',B(a=['x'],b=[1],c=[2]))
case('type and domain','feature { name: "a" type: BYTES domain: "d" '+P+' } string_domain { name: "d" value: "x" }',B(a=[1.5,None]))
L=lambda v,t=pa.int64(): pa.array(v,pa.list_(t))
case('value counts','feature { name: "a" type: INT value_count { min: 1 max: 2 } } feature { name: "b" type: INT value_count { min: 2 } } feature { name: "c" type: INT value_count { max: 1 } }',B(a=L([[],[1,2,3]]),b=L([[1],[1,2]]),c=L([[1,2],[3]])))
case('nested counts','feature { name: "a" type: INT value_count { min: 1 } } feature { name: "b" type: INT value_counts { value_count { min: 1 max: 1 } value_count { min: 2 max: 2 } } } feature { name: "c" type: INT value_counts { value_count { min: 1 } } }',
  B(a=pa.array([[[1]],[[2,3]]],pa.list_(pa.list_(pa.int64()))),b=pa.array([[[1],[5]],[[2,3,4]]],pa.list_(pa.list_(pa.int64()))),c=pa.array([[[1]],[[2,3]]],pa.list_(pa.list_(pa.int64())))))
case('shapes','feature { name: "a" type: INT shape { dim { size: 2 } } } feature { name: "b" type: INT shape { dim { size: 1 } } } feature { name: "c" type: INT shape { dim { size: 1 } } } feature { name: "d" type: INT shape { } }',B(a=L([[1],[2]]),b=L([[1],None]),c=L([[1],[2,3]]),d=[1,2]))
case('mistakes of schemas','feature { name: "a" type: INT presence { min_fraction: -1 } value_count { min: -2 } } feature { name: "b" type: INT presence { min_fraction: 2 } value_count { min: 3 max: 1 } } feature { name: "c" } feature { name: "d" domain: "gone" } feature { name: "e" type: INT shape { dim { size: 0 } } } feature { name: "f" type: INT float_domain { } } feature { name: "g" type: BYTES domain: "gone" } feature { type: INT } feature { name: "h" string_domain { value: "x" } }',
  B(a=[1],b=[1],c=[1],d=['x'],e=[1],f=[1],g=['x'],h=['x']))
case('constraints without domain',' '.join('feature { name: "%s" type: %s %s distribution_constraints { min_domain_mass: 0.5 } }'%x for x in [('a','INT',''),('b','INT','int_domain { }'),('c','FLOAT','float_domain { }'),('d','INT','bool_domain { }'),('e','BYTES','url_domain { }')]),B(a=[1],b=[1],c=[1.0],d=[1],e=['x']))
case('environments','feature { name: "a" type: INT '+P+' not_in_environment: "SERVING" } feature { name: "b" type: INT '+P+' } default_environment: "TRAINING" default_environment: "SERVING"',B(b=[1]),environment='SERVING')
case('environment broken','feature { name: "a" type: INT '+P+' not_in_environment: "SERVING" } feature { name: "b" type: INT '+P+' in_environment: "OTHER" } default_environment: "TRAINING" default_environment: "SERVING"',B(a=[1]),environment='SERVING')
case('environment training','feature { name: "a" type: INT '+P+' not_in_environment: "SERVING" } default_environment: "TRAINING" default_environment: "SERVING"',B(b=[1]),environment='TRAINING')
case('lifecycles',' '.join('feature { name: "%s" type: INT %s lifecycle_stage: %s }'%(n,P,s) for n,s in zip('abcdefgh',['PLANNED','ALPHA','BETA','PRODUCTION','DEPRECATED','DEBUG_ONLY','DISABLED','UNKNOWN_STAGE']))+' feature { name: "i" type: INT '+P+' deprecated: true }',B(z=[1],a=['x']))
case('uniques','feature { name: "a" type: BYTES unique_constraints { min: 3 max: 4 } } feature { name: "b" type: BYTES unique_constraints { min: 1 max: 1 } } feature { name: "c" type: FLOAT unique_constraints { min: 1 max: 2 } }',B(a=['x','y'],b=['x','y'],c=[1.0,2.0]))
D='feature { name: "a" type: BYTES drift_comparator { infinity_norm { threshold: 0.01 } } skew_comparator { infinity_norm { threshold: 0.6 } } } feature { name: "n" type: FLOAT drift_comparator { jensen_shannon_divergence { threshold: 0.1 } } skew_comparator { jensen_shannon_divergence { threshold: 0.001 source { type: QUANTILES } } } } feature { name: "t" type: BYTES drift_comparator { jensen_shannon_divergence { threshold: 0.02 } normalized_abs_difference { threshold: 0.05 } } }'
n1=[float(i*i%97) for i in range(200)]; n2=[float(i*i%89)*1.3+5 for i in range(300)]; n3=[nan if i%9==0 else inf if i==4 else float(i%50) for i in range(150)]
case('drift and skew',D,B(a=['x','y']*100,n=n1,t=['p','q','q','r']*50),previous=B(a=['x','x','y']*100,n=n2,t=['p','p','q']*100),serving=B(a=['x','z']*75,n=n3,t=['p']*150))
case('drift of same',D,B(a=['x','y']*100,n=n1,t=['p','q','q','r']*50),previous=B(a=['x','y']*100,n=n1,t=['p','q','q','r']*50))
case('control missing',D,B(a=['x','y'],n=[1.0,2.0],t=['p','q']),previous=B(t=['p']),serving=B(b=[1]))
case('constant against spread','feature { name: "n" type: FLOAT drift_comparator { jensen_shannon_divergence { threshold: 0.0 } } } feature { name: "m" type: INT drift_comparator { jensen_shannon_divergence { threshold: 0.0 } } }',B(n=[3.0]*50,m=[1,2]*25),previous=B(n=n1[:50],m=[2]*50))
case('rows','feature { name: "a" type: INT } dataset_constraints { num_examples_drift_comparator { min_fraction_threshold: 0.9 max_fraction_threshold: 1.1 } num_examples_version_comparator { max_fraction_threshold: 1.5 } min_examples_count: 10 max_examples_count: 2 }',B(a=[1,2,3]),previous=B(a=list(range(30))),version=B(a=[1]))
case('no rows','feature { name: "a" type: INT '+P+' }',B(a=pa.array([],pa.int64())))
st=pa.struct([('name',pa.list_(pa.string())),('age',pa.list_(pa.int64()))])
PS='feature { name: "p" type: STRUCT struct_domain { feature { name: "name" type: BYTES domain: "names" '+P+' } feature { name: "age" type: INT int_domain { max: 5 } } feature { name: "gone" type: INT '+P+' } } } string_domain { name: "names" value: "u" }'
case('structures',PS,batch({'p':pa.array([{'name':['u'],'age':[3]},{'name':['w'],'age':[9]},None],st)}))
case('new structure','',batch({'p':pa.array([{'name':['u'],'age':[3]},{'name':['w'],'age':[9]},None],st)}))
case('new field','feature { name: "p" type: STRUCT struct_domain { feature { name: "name" type: BYTES } } }',batch({'p':pa.array([{'name':['u'],'age':[3]}],st)}))
case('names with points','feature { name: "a.b" type: INT '+P+' } feature { name: "it\'s" type: INT '+P+' }',B(x=[1]))
case('weighted','feature { name: "a" type: BYTES domain: "d" presence { min_fraction: 0.9 } } feature { name: "w" type: FLOAT } string_domain { name: "d" value: "x" }',B(a=['x','y',None],w=[1.5,0.25,4.0]),weight='w')
case('categories','feature { name: "a" type: INT int_domain { is_categorical: true min: 0 max: 5 } unique_constraints { min: 1 max: 2 } }',B(a=[1,2,3,9]),stat_schema=True)
case('pictures','feature { name: "a" type: BYTES image_domain { max_image_byte_size: 3 } }',B(a=pa.array([b'\xff\xd8abcdef',b'xy'],pa.binary())),stat_schema=True)
case('many texts','feature { name: "a" type: BYTES domain: "d" } string_domain { name: "d" value: "v1" }',B(a=['v%d'%(i%7) for i in range(1000)]))

data_sets()
with open(OUT + 'validation.json', 'w') as file: json.dump(cases, file, indent=0)
